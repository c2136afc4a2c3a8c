//! The memory that `check` predicts is what the ranks of real runs take.

use crate::ensure;
use crate::place::{Outcome, Place, binary};
use libtest_mimic::Trial;
use std::fs;
use std::process::Command;

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("memory_of_boxes_is_as_predicted", boxes),
        Trial::test("memory_of_channels_is_as_predicted", channels),
        Trial::test("check_is_small_for_any_grid", any_grid),
    ]
}

const BOX: &str = r#"
flow.kind = "homogeneous"
domain.grid = [128, 128, 128]
fluid.viscosity = 0.01
initial.kind = "abc"
time = { dt = 0.001, steps = 2 }
"#;

const CHANNEL: &str = r#"
flow.kind = "channel"
domain = { size = ["4 pi", 2, "4/3 pi"], grid = [128, 129, 128] }
fluid.reynolds_tau = 180
drive.kind = "pressure-gradient"
initial.kind = "turbulent"
time = { dt = 0.0001, steps = 4 }
output.statistics = { every_steps = 1, batch = 0.0002 }
"#;

/// Every rank takes what is predicted, or up to a tenth less.
fn as_predicted(place: &Place, case: &str, ranks: usize, sets: &str) -> Outcome {
    let run = place.rogallo(ranks, &format!("run {case}.toml --fresh{sets}"))?;
    let found = run.output.lines().find_map(|line| line.strip_prefix("measured / predicted of all ranks: "));
    let [least, most] = found
        .and_then(|found| found.split_once(" to "))
        .map(|(least, most)| [least.parse::<f64>(), most.parse()])
        .ok_or_else(|| format!("{case}{sets} on {ranks} ranks:\n{}", run.output))?;
    let (least, most) = (least?, most?);
    println!("{case}{sets} on {ranks} ranks: {least:.3} to {most:.3}");
    ensure!(least >= 0.9 && most <= 1.0, "{case}{sets} on {ranks} ranks: {least} to {most}\n{}", run.output);
    Ok(())
}

fn boxes() -> Outcome {
    let place = Place::new()?;
    fs::write(place.at("box.toml"), BOX)?;
    for (ranks, sets) in [
        (1, ""),
        (2, ""),
        (4, " --set output.snapshots.every_steps=1"),
        (4, " --set parallel.process_grid=[4,1]"),
        (8, " --set numerics.precision=single --set domain.grid=[192,192,192]"),
        (16, " --set domain.grid=[192,192,192]"),
    ] {
        as_predicted(&place, "box", ranks, sets)?;
    }
    place.ends(2, "run box.toml --fresh --dir old --set domain.grid=[96,96,96]", 0, &["done"])?;
    let latest = fs::read_dir(place.at("old/checkpoints"))?.filter_map(|file| Some(file.ok()?.path()));
    let file = latest.filter(|path| path.extension().is_some_and(|end| end == "h5")).max();
    let file = file.ok_or("no checkpoint")?;
    let from = format!(" --set initial={{kind=\"file\",file=\"{}\"}}", file.display());
    as_predicted(&place, "box", 4, &from)
}

fn channels() -> Outcome {
    let place = Place::new()?;
    fs::write(place.at("channel.toml"), CHANNEL)?;
    for (ranks, sets) in [
        (1, ""),
        (2, ""),
        (4, " --set output.snapshots.every_steps=2"),
        (4, " --set domain.grid=[64,641,64]"),
        (8, " --set parallel.process_grid=[4,2] --set output.statistics.spectra_2d_at=[5,15,50]"),
        (2, " --set output.statistics.spectra_2d_at=[5,10,15,20,30,40,50,60,80,100,120,150,180]"),
        (16, ""),
        // Many batches, all of which the report holds.
        (
            2,
            " --set domain.grid=[32,65,32] --set time={dt=1e-4,end=0.006} --set output.statistics.batch=1e-4",
        ),
    ] {
        as_predicted(&place, "channel", ranks, sets)?;
    }
    Ok(())
}

/// 16384^3 on one rank and on 2^20, and a channel as large.
fn any_grid() -> Outcome {
    let place = Place::new()?;
    fs::write(place.at("box.toml"), BOX.replace("128, 128, 128", "16384, 16384, 16384"))?;
    fs::write(place.at("channel.toml"), CHANNEL.replace("128, 129, 128", "16384, 2049, 16384"))?;
    for case in ["box", "channel"] {
        for ranks in [1, 1 << 20] {
            // In kB, of the heap.
            let line =
                format!("ulimit -d 50000 && exec {} check {case}.toml --ranks {ranks}", binary().display());
            let checked = Command::new("sh").args(["-c", &line]).current_dir(place.at("")).output()?;
            ensure!(checked.status.success(), "{line}: {}", String::from_utf8_lossy(&checked.stderr));
        }
    }
    Ok(())
}
