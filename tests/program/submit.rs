//! `rogallo submit` without a real batch system: the filled job scripts, what is refused, and the
//! commands that are called.

use crate::ensure;
use crate::place::{Outcome, Place, check};
use libtest_mimic::{Failed, Trial};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::{Duration, Instant};

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("job_scripts_are_filled_and_pass_shellcheck", filled),
        Trial::test("what_a_job_cannot_have_is_refused", refused),
        Trial::test("a_template_of_ones_own_is_filled", own_template),
        Trial::test("jobs_of_a_chain_wait_for_each_other", chain),
        Trial::test("a_job_without_a_batch_system_runs_to_the_end", detached),
    ]
}

/// One job script for each batch system, and lines it must have.
const SCRIPTS: [(&str, &str, &[&str]); 6] = [
    (
        "slurm",
        "--ranks 6 --nodes 2 --account me --partition fast --requeue",
        &[
            "#SBATCH --job-name=rogallo-case",
            "#SBATCH --ntasks=6",
            "#SBATCH --nodes=2",
            "#SBATCH --ntasks-per-node=3",
            "#SBATCH --mem-per-cpu=101M",
            "#SBATCH --time=11:30:00",
            "#SBATCH --account=me",
            "#SBATCH --partition=fast",
            "#SBATCH --signal=B:USR1@120",
            "$cancelled || [[ $status != 3 ]] || scontrol requeue \"$SLURM_JOB_ID\"",
        ],
    ),
    ("slurm", "--ranks 2", &["#SBATCH --ntasks=2", "#SBATCH --requeue"]),
    (
        "pbs",
        "--ranks 5 --nodes 2 --queue fast",
        &["#PBS -l select=2:ncpus=3:mpiprocs=3:mem=303mb", "#PBS -l walltime=11:30:00", "#PBS -q fast"],
    ),
    (
        "lsf",
        "--ranks 4 --requeue",
        &["#BSUB -n 4", "#BSUB -R \"rusage[mem=101MB/task]\"", "#BSUB -W 11:30", "#BSUB -Q \"3\""],
    ),
    ("mpirun", "--ranks 4", &["trap '' HUP"]),
    ("bluegene", "--ranks 64 --nodes 4", &["# @ bg_size = 4", "# @ wall_clock_limit = 11:30:00"]),
];

fn filled() -> Outcome {
    let place = Place::new()?;
    for (scheduler, words, lines) in SCRIPTS {
        let arguments = format!(
            "submit case.toml --scheduler {scheduler} --walltime 11:30:00 --dry-run --set time.end=3 {words}"
        );
        let finished = place.rogallo(1, &arguments)?;
        check(&finished, 0, &[" --set time.end=3"])?;
        let script = finished.output;
        for line in lines {
            ensure!(script.lines().any(|found| found == *line), "`{arguments}`: no line {line} in\n{script}");
        }
        // Whatever was not given has no line.
        let left: Vec<_> = script.lines().filter(|line| line.matches('@').count() > 1).collect();
        ensure!(left.is_empty(), "{left:?}");
        ensure!(
            words.contains("--account")
                || !["--account", " -A ", " -P ", "account_no"].iter().any(|name| script.contains(name)),
            "{script}"
        );
        fs::write(place.at("job.sh"), &script)?;
        let passes =
            |program: &str, option: &str| Command::new(program).arg(option).arg(place.at("job.sh")).output();
        ensure!(passes("bash", "-n")?.status.success(), "bash does not read\n{script}");
        match passes("shellcheck", "--shell=bash") {
            Ok(output) => {
                ensure!(output.status.success(), "{scheduler}: {}", String::from_utf8_lossy(&output.stdout));
            }
            Err(_) => eprintln!("skipped: shellcheck is not installed"),
        }
    }
    ensure!(!place.at("runs").exists(), "a dry run has written something");
    Ok(())
}

fn refused() -> Outcome {
    let place = Place::new()?;
    let refuses = |words: &str, part: &str| {
        place.ends(1, &format!("submit case.toml --walltime 1:00:00 {words}"), 2, &[part])
    };
    // All that is wrong with the case, as in `check`.
    refuses(
        "--ranks 2 --scheduler slurm --set time.step=1 --set fluid.viscocity=1",
        "did you mean viscosity?",
    )?;
    refuses(
        "--ranks 2 --scheduler slurm --set parallel.process_grid=[3,1]",
        "has 3 places but the job has 2 ranks",
    )?;
    refuses("--ranks 2 --scheduler pbs", "give --nodes")?;
    refuses("--ranks 2 --scheduler slurm --nodes 3", "3 nodes are more than 2 ranks")?;
    refuses(
        "--ranks 6 --nodes 2 --scheduler bluegene",
        "a node has 3 ranks; a Blue Gene/Q takes 1, 2, 4, .. 64",
    )?;
    refuses("--ranks 2 --scheduler mpirun --chain 2", "--chain needs a batch system")?;
    refuses("--ranks 2 --nodes 1 --scheduler pbs --requeue", "does not use --requeue (@REQUEUE@)")?;
    refuses("--ranks 2 --scheduler slurm --dir a%b", "batch systems do not accept '%' in the run directory")?;
    let empty = place.at("empty").to_string_lossy().into_owned();
    let job = place.start_in(1, "submit case.toml --walltime 1:00:00 --ranks 2", &[("PATH", &empty)])?;
    check(&job.finish()?, 2, &["no batch system found (sbatch, qsub, bsub)"])?;
    ensure!(!place.at("runs").exists(), "what was refused has left something");
    Ok(())
}

fn own_template() -> Outcome {
    let place = Place::new()?;
    fs::write(place.at("own.sh"), "#SBATCH -n @RANKS@ -t @WALLTIME@\n#SBATCH -p @QUEUE@\nsrun @COMMAND@\n")?;
    let submit = "submit case.toml --ranks 3 --walltime 90 --scheduler slurm --template own.sh --dry-run";
    let finished = place.rogallo(1, submit)?;
    check(&finished, 0, &["#SBATCH -n 3 -t 0:01:30\nsrun "])?;
    ensure!(!finished.output.contains("-p"), "{}", finished.output);
    place.ends(1, &format!("{submit} --account me"), 2, &["own.sh does not use --account (@ACCOUNT@)"])?;
    fs::write(place.at("own.sh"), "@COMMAND@\n@CORES@\n")?;
    place.ends(1, submit, 2, &["own.sh:2: there is no value @CORES@, only @NAME@, @RANKS@,"])
}

/// A folder with a command that writes down its arguments and answers as the real one does.
fn pretend(place: &Place, name: &str, answer: &str) -> Result<String, Failed> {
    let folder = place.at(&format!("bin-{name}"));
    fs::create_dir(&folder)?;
    let script = format!("#!/bin/bash\necho \"$@\" >>'{}'\necho \"{answer}\"\n", place.at("calls").display());
    fs::write(folder.join(name), script)?;
    fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o755))?;
    Ok(format!("{}:/usr/bin:/bin", folder.display()))
}

fn chain() -> Outcome {
    let place = Place::new()?;
    let answer = "$(wc -l <'@')".replace('@', &place.at("calls").to_string_lossy());
    for (name, answer, scheduler, then, calls) in [
        (
            "qsub",
            format!("{answer}.host"),
            "pbs",
            "1.host, then 2.host, then 3.host",
            "@\n-Wdepend=afterany:1.host @\n-Wdepend=afterany:2.host @\n",
        ),
        (
            "bsub",
            format!("Job <{answer}> is submitted to queue <normal>."),
            "lsf",
            "1, then 2, then 3",
            "\n-wended(1)\n-wended(2)\n",
        ),
    ] {
        let path = pretend(&place, name, &answer)?;
        let submit = format!(
            "submit case.toml --ranks 2 --nodes 1 --walltime 1:00:00 --chain 3 --scheduler {scheduler} --dir \
             run"
        );
        let finished = place.start_in(1, &submit, &[("PATH", &path)])?.finish()?;
        check(&finished, 0, &[then])?;
        let expected = calls.replace('@', &place.at("run/job.sh").to_string_lossy());
        ensure!(place.read("calls")? == expected, "{} is not {expected}", place.read("calls")?);
        fs::remove_file(place.at("calls"))?;
    }
    // One that is not taken.
    let path = pretend(&place, "sbatch", "no such partition")?;
    let job = place.start_in(
        1,
        "submit case.toml --ranks 2 --walltime 1:00:00 --scheduler slurm",
        &[("PATH", &path)],
    )?;
    check(&job.finish()?, 1, &["sbatch rejects", "no such partition"])
}

fn detached() -> Outcome {
    let place = Place::new()?;
    place.ends(
        1,
        "submit case.toml --scheduler mpirun --ranks 2 --walltime 1:00 --dir run",
        0,
        &["kill -USR1"],
    )?;
    let begin = Instant::now();
    while !place.read("run/job.log")?.contains("\ndone: step 20") {
        ensure!(
            begin.elapsed() < Duration::from_secs(60),
            "the job does not end: {}",
            place.read("run/job.log")?
        );
        std::thread::sleep(Duration::from_millis(100));
    }
    place.run(1, "whole", "")?;
    place.same_state("run", "whole")
}
