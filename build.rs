//! Tells the crate its commit (ROGALLO_COMMIT), and the program where to find an HDF5 given by HDF5_DIR.

use std::process::Command;

fn main() {
    println!("cargo::rustc-env=ROGALLO_COMMIT={}", commit().unwrap_or_else(|| "unknown".into()));
    for path in ["build.rs", "src", "Cargo.toml", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={path}");
    }
    // Libraries of modules are outside the loader's path.
    if let Ok(directory) = std::env::var("HDF5_DIR") {
        println!("cargo::rustc-link-arg=-Wl,-rpath,{directory}/lib");
    }
    println!("cargo::rerun-if-env-changed=HDF5_DIR");
}

/// Twelve digits of the commit, with `-dirty` if files differ from it; none outside a git clone.
fn commit() -> Option<String> {
    // Git's log of HEAD grows with every commit, checkout and reset, and with nothing else.
    println!("cargo::rerun-if-changed={}", git(&["rev-parse", "--git-path", "logs/HEAD"])?);
    git(&["describe", "--always", "--exclude=*", "--abbrev=12", "--dirty"])
}

fn git(arguments: &[&str]) -> Option<String> {
    // `.git` here and not above: sources unpacked inside another repository must not take its commit.
    let output = Command::new("git").arg("--git-dir=.git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_string())
}
