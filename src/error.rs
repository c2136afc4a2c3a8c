//! The error type of the program: a message for the user and the exit code.

use std::fmt;

/// Kind of an error. The exit codes are documented for batch scripts (docs/batch.md, "Exit codes").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any error not listed below: a full disk, an unreadable file, a lost rank.
    Failure = 1,
    /// The case, the command line or an input file is wrong; nothing was computed.
    Input = 2,
    /// The run was asked to stop before there was anything to save; the same command begins again.
    Stopped = 3,
    /// The solution is no longer finite.
    Diverged = 4,
}

impl Kind {
    /// The exit code of the process.
    pub fn exit_code(self) -> i32 {
        self as i32
    }

    pub(crate) fn from_code(code: i32) -> Self {
        match code {
            2 => Self::Input,
            3 => Self::Stopped,
            4 => Self::Diverged,
            _ => Self::Failure,
        }
    }
}

/// An error with its message for the user: what happened, where, and what to do. Display prints the
/// whole text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    pub kind: Kind,
    pub message: String,
}

impl Error {
    pub fn input(message: impl Into<String>) -> Self {
        Self { kind: Kind::Input, message: message.into() }
    }

    pub fn failure(message: impl Into<String>) -> Self {
        Self { kind: Kind::Failure, message: message.into() }
    }

    pub fn stopped(message: impl Into<String>) -> Self {
        Self { kind: Kind::Stopped, message: message.into() }
    }

    pub fn diverged(message: impl Into<String>) -> Self {
        Self { kind: Kind::Diverged, message: message.into() }
    }

    /// A failure with the text `what: error`, for errors of the operating system and of libraries.
    pub fn io(what: impl fmt::Display, error: impl fmt::Display) -> Self {
        Self::failure(format!("{what}: {error}"))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

pub type Result<T> = std::result::Result<T, Error>;
