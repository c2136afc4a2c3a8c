//! The commands of the README, of the user guide and of the gallery work as they stand there.

use crate::ensure;
use crate::place::{Outcome, Place, binary, check};
use crate::support::mpirun::Job;
use libtest_mimic::Trial;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("the_commands_of_the_readme_work", || commands("README.md")),
        Trial::test("the_commands_of_the_guide_work", || commands("docs/guide.md")),
        Trial::test("the_commands_of_the_gallery_work", || commands("docs/gallery.md")),
    ]
}

/// What makes a run short.
const SHORT: &str = "--set time.steps=2 --set domain.grid=[16,16,16]";

/// Runs every `rogallo` and `mpirun` line of the shell blocks, in order, in one directory that has
/// the ready cases and jobs.
fn commands(page: &str) -> Outcome {
    let text = fs::read_to_string(page)?;
    let place = Place::new()?;
    for folder in ["configs", "jobs", "docs"].into_iter().filter(|folder| Path::new(folder).exists()) {
        ensure!(
            Command::new("cp").args(["-r", folder]).arg(place.at(folder)).status()?.success(),
            "cannot copy {folder}"
        );
    }
    fs::write(place.at("points.csv"), "x,y,z\n0.1,0.2,0.3\n")?;
    for line in shell_lines(&text) {
        match line.split_whitespace().next().unwrap_or_default() {
            "rogallo" | "mpirun" => run(&place, page, &line)?,
            script if script.starts_with("./") => {
                let executable =
                    fs::metadata(script).is_ok_and(|metadata| metadata.permissions().mode() & 0o111 != 0);
                ensure!(executable, "{page}: {script} is not there, or cannot be executed");
            }
            _ => {}
        }
    }
    Ok(())
}

/// The lines of the blocks fenced as `sh`, continued ones joined, without comments.
fn shell_lines(text: &str) -> Vec<String> {
    let mut inside = false;
    let mut shell = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            inside = line.trim() == "```sh";
        } else if inside {
            shell += &format!("{}\n", line.split(" #").next().unwrap_or_default().trim());
        }
    }
    shell.replace("\\\n", " ").lines().map(str::to_owned).collect()
}

fn run(place: &Place, page: &str, line: &str) -> Outcome {
    let is_run = line.split_whitespace().any(|word| word == "run");
    let short = if is_run { format!("{line} {SHORT}") } else { line.to_owned() };
    let mut path = binary().parent().map(Path::to_path_buf).unwrap_or_default().into_os_string();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    let mut command = Command::new("bash");
    command.args(["-c", &short]).env("PATH", path).current_dir(place.at("."));
    let finished = Job::start(&mut command, Duration::from_secs(60))?.finish()?;
    check(&finished, 0, &[])
        .map_err(|error| format!("{page}: `{line}`: {}", error.message().unwrap_or_default()).into())
}
