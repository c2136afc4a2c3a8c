//! The case file: what a run computes, read from TOML with the overrides of the command line laid over it.
//!
//! `types` is what the program knows of a case; `schema` has every key with its default and its
//! checks. The rest is general: `document` turns texts into one tree of values that know where they
//! stand, `reader` takes a tree apart key by key, `problems` shows the user all that is wrong at
//! once, `resolved` writes a case out again, `bounds` looks at the numbers that a case has then.
//! `nominal` estimates what a channel will be like.

mod bounds;
mod document;
mod nominal;
mod problems;
mod reader;
mod resolved;
mod schema;
#[cfg(test)]
mod tests;
mod types;
mod values;

use std::io::ErrorKind;
use std::path::Path;

use crate::error::{Error, Result};
use crate::files;
use problems::{Problem, Sources};

pub use nominal::{Nominal, nominal};
pub use resolved::{
    batch_differences, noted_differences, of_the_state, physics_differences, physics_text, read_physics,
    recorded_name,
};
pub use types::*;

/// Reads the case file at `path`; each of `overrides` is a `key.sub=value` that takes the place of
/// what the file says.
///
/// # Errors
/// An unreadable file, or all that is wrong with the case, each problem with its line (kind `Input`).
pub fn load(path: &Path, overrides: &[String]) -> Result<Case> {
    let name = path.display();
    if path.is_dir() {
        let run = path.join("case.toml").is_file();
        let what_to_do = if run {
            format!("`rogallo continue {name}` goes on with the run in it")
        } else {
            "give the file of the case".to_owned()
        };
        return Err(Error::input(format!(
            "{name} is a directory, not a case file: {what_to_do}; nothing was run."
        )));
    }
    let text = files::read_text(path, files::TEXT).map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            let here =
                std::env::current_dir().map(|dir| format!(" (from {})", dir.display())).unwrap_or_default();
            Error::input(format!("there is no case file {name}{here}; nothing was run."))
        }
        _ => Error::input(format!("cannot read the case file {name}: {error}; nothing was run.")),
    })?;
    parse(&name.to_string(), &text, path.parent().unwrap_or(Path::new("")), overrides)
}

/// Reads a case from `text`. Errors show `name` as the file; its last part without `.toml` names
/// the case. Files that the case names are relative to `dir`.
///
/// # Errors
/// All that is wrong with the case, each problem with its line (kind `Input`).
pub fn parse(name: &str, text: &str, dir: &Path, overrides: &[String]) -> Result<Case> {
    let file = name.rsplit('/').next().unwrap_or(name);
    let stem = file.strip_suffix(".toml").unwrap_or(file);
    let mut problems = Vec::new();
    if let Some(case) = case(stem, text, dir, overrides, &mut problems) {
        problems = bounds::problems(&case);
        if problems.is_empty() {
            return Ok(case);
        }
    }
    Err(Sources::new(name, text, overrides).error(problems))
}

/// The case in a text, if nothing is wrong with it.
fn case(
    stem: &str,
    text: &str,
    dir: &Path,
    overrides: &[String],
    problems: &mut Vec<Problem>,
) -> Option<Case> {
    let root = document::read(text, overrides, problems);
    // What a file with a syntax error means is a guess: its keys are not judged.
    let case = if problems.is_empty() { schema::case(stem, dir, &root, problems) } else { None };
    case.filter(|_| problems.is_empty())
}
