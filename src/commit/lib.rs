//! The commit that the program is built from.
//!
//! A macro, since cargo compiles the library of a package again whenever its build script has run. A
//! macro runs when the target that it stands in is compiled: a commit makes stale that one only.

use proc_macro::TokenStream;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Twelve digits of the commit, with `-dirty` if files differ from it; "unknown" outside a git clone.
#[proc_macro]
pub fn commit(_: TokenStream) -> TokenStream {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    let describe = ["describe", "--always", "--exclude=*", "--abbrev=12", "--dirty"];
    let commit = git(&package, &describe).unwrap_or_else(|| "unknown".into());
    let literal = match log_of_head(&package) {
        // The constant has no name and takes no room in the program; with it cargo watches the file.
        Some(log) => format!("{{ const _: &[u8] = include_bytes!({log:?}); {commit:?} }}"),
        None => format!("{commit:?}"),
    };
    literal.parse().unwrap_or_default()
}

/// Git's log of HEAD, which grows with every commit, checkout and reset, and with nothing else; `None`
/// where git keeps none.
fn log_of_head(package: &Path) -> Option<PathBuf> {
    let log = package.join(git(package, &["rev-parse", "--git-path", "logs/HEAD"])?);
    log.is_file().then_some(log)
}

/// The output of git, if it succeeds.
fn git(package: &Path, arguments: &[&str]) -> Option<String> {
    // `.git` here and not above: sources unpacked inside another repository must not take its commit.
    let output =
        Command::new("git").current_dir(package).arg("--git-dir=.git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_string())
}
