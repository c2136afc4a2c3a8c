//! Version and commit of the program.

use std::fmt;

/// The version and commit of the program, which its files, logs and ledgers name. The library does
/// not know the commit: it would be compiled again after each.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    pub version: &'static str,
    /// Digits of the commit, with `-dirty` if files differed from it; "unknown" outside a git clone.
    pub commit: &'static str,
}

impl Default for Program {
    /// The library, which does not know its commit.
    fn default() -> Self {
        Self { version: env!("CARGO_PKG_VERSION"), commit: "unknown" }
    }
}

impl fmt::Display for Program {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "{} ({})", self.version, self.commit)
    }
}
