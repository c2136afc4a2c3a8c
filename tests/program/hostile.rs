//! What does not belong where a run reads and writes: pipes and devices, links that lead away,
//! absurd sizes, names that are not text, limits of the system. One message and an exit code;
//! nothing is waited for, and nothing is lost that is not the run's own.

use crate::disks::{saving, wait_for_checkpoint};
use crate::ensure;
use crate::place::{Outcome, Place, binary, check};
use crate::support::mpirun::{Finished, Job};
use crate::trouble::{ENDLESS, goes_on, signal_last_rank};
use libtest_mimic::{Failed, Trial};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, prlimit};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("pipes_in_the_place_of_files_are_named", pipes),
        Trial::test("a_run_does_not_wait_for_a_pipe", running),
        Trial::test("a_link_out_of_the_run_directory_is_refused", links),
        Trial::test("shapes_that_a_file_cannot_hold_are_damage", shapes),
        Trial::test("a_limit_on_file_sizes_is_a_full_disk", size_limit),
        Trial::test("a_full_disk_under_standard_output_is_an_error", standard_output),
        Trial::test("a_fresh_run_keeps_the_link_to_its_checkpoints", linked_folder),
        Trial::test("names_and_tables_that_are_not_text_are_refused", not_text),
    ]
}

const PIPE: &str = "it is a named pipe, not a regular file";

fn with_run() -> Result<Place, Failed> {
    let place = Place::new()?;
    place.run(1, "run", "--set time.steps=2 --set checkpoint.keep=3")?;
    Ok(place)
}

fn make_pipe(place: &Place, name: &str) -> Outcome {
    Ok(mknodat(CWD, place.at(name), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0)?)
}

fn relink(place: &Place, target: &str) -> Outcome {
    fs::remove_file(place.at("run/checkpoints/latest"))?;
    Ok(symlink(target, place.at("run/checkpoints/latest"))?)
}

/// Runs the shell's `line`, in which `$ROGALLO` is the program.
fn shell(place: &Place, line: &str) -> Result<Finished, Failed> {
    let mut command = Command::new("bash");
    command.args(["-c", line]).env("ROGALLO", binary()).current_dir(place.at(""));
    Ok(Job::start(&mut command, Duration::from_secs(60))?.finish()?)
}

fn pipes() -> Outcome {
    let place = with_run()?;
    make_pipe(&place, "pipe")?;
    for (arguments, told) in [
        ("check pipe", "cannot read the case file pipe: "),
        (
            "submit case.toml --ranks 2 --walltime 60 --scheduler slurm --dry-run --template pipe",
            "cannot read the template pipe: ",
        ),
        ("stats run --reference pipe", "cannot read pipe: "),
        ("inspect pipe", "cannot read the checkpoint or statistics pipe: "),
        ("regrid pipe to.h5 --grid 16,16,16", "cannot read the checkpoint pipe: "),
    ] {
        place.ends(1, arguments, 2, &[&format!("{told}{PIPE}")])?;
    }
    for (name, code, told) in [
        ("series.csv", 1, "cannot cut back run/series.csv to step 2: "),
        ("lock", 1, "cannot open the lock run/lock: "),
        ("run.log", 0, "warning: cannot write run/run.log: "),
        ("ledger.jsonl", 0, "warning: cannot write run/ledger.jsonl: "),
    ] {
        let (file, aside) = (place.at("run").join(name), place.at("aside"));
        let is_there = fs::rename(&file, &aside).is_ok();
        make_pipe(&place, &format!("run/{name}"))?;
        place.ends(2, "run case.toml --dir run --set time.steps=2", code, &[&format!("{told}{PIPE}")])?;
        if name == "series.csv" {
            place.ends(
                1,
                "stats run",
                2,
                &[&format!("cannot read run/series.csv: {PIPE}; fix it, or move it away")],
            )?;
        }
        fs::remove_file(&file)?;
        if is_there {
            fs::rename(&aside, &file)?;
        }
    }
    fs::remove_file(place.at("run/checkpoints/00000002.h5"))?;
    make_pipe(&place, "run/checkpoints/00000002.h5")?;
    let told = format!("cannot read the checkpoint run/checkpoints/00000002.h5: {PIPE}");
    place.ends(
        2,
        "run case.toml --dir run --set time.steps=3",
        0,
        &[&told, "continuing from run/checkpoints/00000000.h5", "done: step 3,"],
    )
}

fn running() -> Outcome {
    let place = Place::new()?;
    let job = place.start(2, ENDLESS)?;
    place.wait_for("run", 5)?;
    make_pipe(&place, "run/command")?;
    fs::create_dir(place.at("run/stop"))?;
    let of_command = format!("warning: run/command is ignored: {PIPE}. Remove it");
    let told = [&*of_command, "warning: run/stop does not stop the run: it is not a regular file. Remove it"];
    let begin = Instant::now();
    while !place.read("run/run.log").is_ok_and(|log| told.iter().all(|told| log.contains(told))) {
        ensure!(begin.elapsed() < Duration::from_secs(20), "the log does not tell of the pipe");
        std::thread::sleep(Duration::from_millis(5));
    }
    signal_last_rank(&place, Signal::TERM)?;
    check(&job.finish()?, 3, &[told[0], told[1], "stopping: the job received a signal"])?;
    fs::remove_dir(place.at("run/stop"))?;
    goes_on(&place)
}

fn links() -> Outcome {
    let place = with_run()?;
    place.run(1, "other", "--set time.steps=3")?;
    fs::write(place.at("precious.txt"), "my thesis")?;
    fs::write(place.at("precious.h5.aside"), "another")?;
    for target in ["../../precious.txt", "../../other/checkpoints/00000003.h5"] {
        relink(&place, target)?;
        let before = place.files("run")?;
        let told = format!(
            "run/checkpoints/latest points to {target}, which is not a checkpoint in run/checkpoints. Remove \
             the link"
        );
        place.ends(2, "run case.toml --dir run --set time.steps=4", 2, &[&told])?;
        ensure!(place.files("run")? == before, "a refused run has changed its directory");
    }
    let kept = [place.read("precious.txt")?, place.read("precious.h5.aside")?];
    ensure!(kept == ["my thesis", "another"], "files outside were changed: {kept:?}");

    // A run that was branched by the link alone does not begin at t = 0.
    fs::create_dir_all(place.at("branch/checkpoints"))?;
    symlink("../../other/checkpoints/00000003.h5", place.at("branch/checkpoints/latest"))?;
    place.ends(
        2,
        "run case.toml --dir branch --set time.steps=4",
        2,
        &["use its checkpoint as the initial field"],
    )?;

    // A file that is called so is kept; a link that leads nowhere is found before the run.
    fs::remove_file(place.at("run/checkpoints/latest"))?;
    fs::write(place.at("run/checkpoints/latest"), "my notes")?;
    let told = ["run/checkpoints/latest is not a link: it is put aside", "done: step 3,"];
    place.ends(2, "run case.toml --dir run --set time.steps=3", 0, &told)?;
    ensure!(place.read("run/checkpoints/latest.h5.aside")? == "my notes", "a file was replaced by the link");
    fs::rename(place.at("run/series.csv"), place.at("series.csv"))?;
    symlink("nowhere/series.csv", place.at("run/series.csv"))?;
    let told = "run/series.csv is a link that cannot be followed";
    place.ends(2, "run case.toml --dir run --set time.steps=4", 1, &[told])?;
    fs::rename(place.at("series.csv"), place.at("run/series.csv"))?;

    // Put aside under a name that is free.
    relink(&place, "00000002.h5")?;
    fs::write(place.at("run/checkpoints/00000002.h5"), "damaged")?;
    fs::write(place.at("run/checkpoints/00000002.h5.aside"), "of a user")?;
    place.ends(
        2,
        "run case.toml --dir run --set time.steps=3",
        0,
        &["put aside, since damaged or of later steps: run/checkpoints/00000002.h5.2.aside", "done: step 3,"],
    )?;
    ensure!(
        place.read("run/checkpoints/00000002.h5.aside")? == "of a user",
        "a file was renamed over another"
    );
    ensure!(
        place.read("run/checkpoints/00000002.h5.2.aside")? == "damaged",
        "the damaged checkpoint is not there"
    );
    // A checkpoint under the name of another step.
    fs::copy(place.at("run/checkpoints/00000003.h5"), place.at("run/checkpoints/00000009.h5"))?;
    relink(&place, "00000009.h5")?;
    place.ends(
        2,
        "run case.toml --dir run --set time.steps=4",
        2,
        &["run/checkpoints/00000009.h5 holds step 3: rename it to run/checkpoints/00000003.h5"],
    )
}

/// Datasets that claim more than the file holds, as no run writes them; what would be read first differs.
const CLAIMS: &str = r#"
import h5py, shutil
def text(place, name, value):
    place.attrs.create(name, value.encode(), dtype=h5py.string_dtype('utf-8', len(value)))
def claim(file, path, dtype, shape):
    shutil.copy('sound.h5', file)
    with h5py.File(file, 'r+', libver=('v110', 'v110')) as f:
        if path in f:
            del f[path]
        d = f.create_dataset(path, shape=shape, dtype=dtype, chunks=tuple(min(n, 2 ** (16 // len(shape))) for n in shape))
        for name, value in (('units', '1'), ('description', 'x'), ('axes', ', '.join('abc'[:len(shape)]))):
            text(d, name, value)
        d.attrs['checksum'] = 0
claim('modes.h5', 'modes/nx', 'i8', (10**12,))
claim('modes-61.h5', 'modes/nx', 'i8', (2**61,))
claim('state.h5', 'state/u', [('r', 'f8'), ('i', 'f8')], (10**12,))
claim('records.h5', 'statistics/bomb', 'f8', (10**12,))
claim('records-64.h5', 'statistics/bomb', 'f8', (2**21, 2**21, 2**22))
"#;

fn shapes() -> Outcome {
    let place = with_run()?;
    fs::copy(place.at("run/checkpoints/00000002.h5"), place.at("sound.h5"))?;
    place.python(CLAIMS)?;
    for name in ["modes", "modes-61", "state", "records", "records-64"] {
        place.ends(
            1,
            &format!("inspect {name}.h5"),
            2,
            &["its shape is", "but the file holds 0 bytes of it; use an older checkpoint"],
        )?;
        let regrids = name.starts_with("records");
        place.ends(
            1,
            &format!("regrid {name}.h5 {name}-to.h5 --grid 16,16,16"),
            if regrids { 0 } else { 2 },
            &[],
        )?;
    }
    fs::copy(place.at("records.h5"), place.at("run/checkpoints/00000002.h5"))?;
    let told = "the data of \"/statistics/bomb\" in run/checkpoints/00000002.h5 are damaged: its shape is \
        [1000000000000]";
    place.ends(
        2,
        "run case.toml --dir run --set time.steps=3",
        0,
        &[told, "continuing from run/checkpoints/00000000.h5", "done: step 3,"],
    )
}

/// The limit is set while the run goes, since MPI itself does not start below some megabytes.
fn size_limit() -> Outcome {
    let place = Place::new()?;
    let job = place.start(1, &saving())?;
    wait_for_checkpoint(&place, 0)?;
    let rank = place.ranks()?.first().copied().and_then(Pid::from_raw);
    let limit = |current| prlimit(rank, Resource::Fsize, Rlimit { current, ..getrlimit(Resource::Fsize) });
    // Enough for the log, and for no checkpoint; the table of spectra comes to it soon.
    limit(Some(fs::metadata(place.at("run/checkpoints/00000000.h5"))?.len() / 2))?;
    let told = [
        "(ulimit -f)",
        "warning: cannot write run/spectra.csv: File too large",
        "The last checkpoint is of step",
    ];
    let begin = Instant::now();
    while !place.read("run/run.log").is_ok_and(|log| told.iter().all(|told| log.contains(told))) {
        ensure!(
            begin.elapsed() < Duration::from_secs(20),
            "the log does not tell of the limit: {}",
            place.read("run/run.log")?
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    let before = place.latest("run")?;
    limit(None)?;
    wait_for_checkpoint(&place, before)?;
    signal_last_rank(&place, Signal::USR1)?;
    check(
        &job.finish()?,
        3,
        &["run/spectra.csv can be written again; no lines are lost", "stopping: the job received a signal"],
    )?;
    goes_on(&place)
}

fn standard_output() -> Outcome {
    let place = Place::new()?;
    for arguments in [
        "check case.toml --resolved",
        "submit case.toml --ranks 2 --walltime 60 --scheduler slurm --dry-run",
        "--help",
    ] {
        let finished = shell(&place, &format!("\"$ROGALLO\" {arguments} >/dev/full"))?;
        check(&finished, 1, &["rogallo: cannot write to standard output: No space left on device"])?;
    }
    // A reader that has had enough is no failure.
    let finished = shell(&place, "set -o pipefail; \"$ROGALLO\" check case.toml --resolved | true")?;
    check(&finished, 0, &[])
}

fn linked_folder() -> Outcome {
    let place = Place::new()?;
    fs::create_dir_all(place.at("disk/checkpoints"))?;
    fs::create_dir(place.at("run"))?;
    symlink("../disk/checkpoints", place.at("run/checkpoints"))?;
    place.run(1, "run", "--set time.steps=2")?;
    fs::write(place.at("disk/checkpoints/notes.txt"), "a user's own")?;
    place.run(1, "run", "--fresh --set time.steps=1")?;
    ensure!(place.at("run/checkpoints").is_symlink(), "the link was replaced by a folder");
    ensure!(place.at("disk/checkpoints/00000001.h5").exists(), "the checkpoint is elsewhere");
    ensure!(!place.at("disk/checkpoints/00000002.h5").exists(), "a checkpoint of the earlier run is left");
    ensure!(
        place.read("disk/checkpoints/notes.txt")? == "a user's own",
        "what is not the run's own was removed"
    );
    // A disk that is not there: nothing is removed.
    fs::rename(place.at("disk"), place.at("away"))?;
    let before = place.files("run")?;
    place.ends(
        1,
        "run case.toml --dir run --fresh",
        1,
        &["run/checkpoints is a link that cannot be followed"],
    )?;
    ensure!(place.files("run")? == before, "something was removed all the same");
    Ok(())
}

fn not_text() -> Outcome {
    let place = with_run()?;
    let series = place.at("run/series.csv");
    let text = fs::read(&series)?;
    fs::write(&series, [&text[..], b"3,K\xe1rm\xe1n\n"].concat())?;
    let (again, advice) = (
        "run case.toml --dir run --set time.steps=3",
        "fix it, or move it away to let the run begin a new one",
    );
    let told = format!("cannot cut back run/series.csv to step 1: line 4: it is not UTF-8 text; {advice}");
    place.ends(2, again, 1, &[&told])?;
    fs::remove_file(&series)?;
    fs::create_dir(&series)?;
    place.ends(
        2,
        again,
        1,
        &[&format!(
            "cannot cut back run/series.csv to step 1: it is a directory, not a regular file; {advice}"
        )],
    )?;
    fs::remove_dir(&series)?;
    place.ends(2, again, 0, &["done: step 3,"])?;

    let rogallo = |arguments: &[&OsStr]| -> Result<Finished, Failed> {
        let mut command = Command::new(binary());
        command.args(arguments).current_dir(place.at("")).stdin(Stdio::null());
        Ok(Job::start(&mut command, Duration::from_secs(60))?.finish()?)
    };
    let words = |text: &'static str| text.split_whitespace().map(OsStr::new).collect::<Vec<_>>();
    let (run, submit) = (
        words("run case.toml"),
        words("submit case.toml --ranks 2 --walltime 60 --scheduler slurm --dry-run"),
    );
    for begin in [&run, &submit] {
        let odd = [OsStr::new("--dir"), OsStr::from_bytes(b"r\xff")];
        check(&rogallo(&[&begin[..], &odd].concat())?, 2, &["is not UTF-8: rename"])?;
    }
    ensure!(
        !place.at("").read_dir()?.any(|entry| entry.is_ok_and(|entry| entry.file_name().to_str().is_none())),
        "a directory was made"
    );
    for (option, told) in [("--account", "--account"), ("--queue", "--queue"), ("--set", "a --set")] {
        let value = if option == "--set" { "output.directory=\"a\"\n" } else { "me\ntouch owned" };
        let told = format!(
            "{told} has the control character '\\n', which a job script cannot contain; nothing was \
             submitted"
        );
        check(&rogallo(&[&submit[..], &[OsStr::new(option), OsStr::new(value)]].concat())?, 2, &[&told])?;
    }
    Ok(())
}
