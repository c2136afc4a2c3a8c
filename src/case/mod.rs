//! The case: what a run computes, read from a TOML file and the overrides of the command line.
//!
//! A key is declared once, next to the field of the case that it fills: the keys of every flow in
//! `general`, the others in the `case` of the flow. `keys` has the parts of a declaration;
//! `codec` and `lengths` read and write single values; `sampling` and `scalar` declare what several flows
//! have. Three visitors use the declarations: `reader` reads a case, `writer` writes it, and `list`
//! describes all possible keys for `reference` (`rogallo keys`) and `schema`. `document` parses the texts
//! into one tree of values with their places, `problems` shows all problems at once, `resolved` compares
//! cases, and `bounds` checks the numbers of a case with its defaults filled in.

mod bounds;
#[doc(hidden)]
pub mod codec;
#[doc(hidden)]
pub mod document;
#[doc(hidden)]
pub mod general;
#[doc(hidden)]
pub mod keys;
#[doc(hidden)]
pub mod lengths;
mod list;
mod problems;
mod reader;
mod reference;
mod resolved;
#[doc(hidden)]
pub mod sampling;
#[doc(hidden)]
pub mod scalar;
mod schema;
#[cfg(test)]
pub mod tests;
mod writer;

use std::io::ErrorKind;
use std::path::Path;

use crate::definition::{Chosen, Flows};
use crate::error::{Error, Result};
use crate::files;
use problems::{Problem, Sources};

pub use general::{
    Case, Checkpoint, Domain, Fluid, Numerics, Output, Parallel, Precision, Retry, Stop, Time,
};
pub(crate) use lengths::is_fast;
pub use reference::{markdown as keys_in_markdown, text as keys};
pub use resolved::{
    batch_differences, noted_differences, physics_differences, physics_text, read_physics, recorded_name,
    refused_differences,
};
pub use sampling::{Batches, Sampling};
pub use schema::schema;

/// Reads the case file at `path`, of one of the `flows`; each of `overrides`, `key.sub=value`, replaces a
/// value of the file.
///
/// # Errors
/// An unreadable file, or all problems with the case, each with its line (kind `Input`).
pub fn load(flows: Flows, path: &Path, overrides: &[String]) -> Result<Case> {
    let name = path.display();
    if path.is_dir() {
        let run = path.join("case.toml").is_file();
        let what_to_do = if run {
            format!("`rogallo continue {name}` continues its run")
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
    parse(flows, &name.to_string(), &text, path.parent().unwrap_or(Path::new("")), overrides)
}

/// Reads a case from `text`. Errors show `name` as the file; its last component without `.toml` is the
/// name of the case. Paths in the case are relative to `dir`.
///
/// # Errors
/// All problems with the case, each with its line (kind `Input`).
pub fn parse(flows: Flows, name: &str, text: &str, dir: &Path, overrides: &[String]) -> Result<Case> {
    let file = name.rsplit('/').next().unwrap_or(name);
    let stem = file.strip_suffix(".toml").unwrap_or(file);
    let mut problems = Vec::new();
    if let Some(case) = case(flows.first(), stem, text, dir, overrides, &mut problems) {
        problems = bounds::problems(&case);
        if problems.is_empty() {
            return Ok(case);
        }
    }
    Err(Sources::new(name, text, overrides).error(problems))
}

/// The case in a text, if there are no problems with it.
fn case(
    flow: Chosen,
    stem: &str,
    text: &str,
    dir: &Path,
    overrides: &[String],
    problems: &mut Vec<Problem>,
) -> Option<Case> {
    let root = document::read(text, overrides, problems);
    // With a syntax error, the meaning of the file is a guess: its keys are not checked.
    if !problems.is_empty() {
        return None;
    }
    let mut case = Case { name: stem.to_owned(), ..Case::blank(flow) };
    reader::read(&root, problems, |keys| case.visit(keys, dir));
    Some(case).filter(|_| problems.is_empty())
}
