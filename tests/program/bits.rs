//! The same velocity, to the bit, and the same series, however the work is dealt out over ranks and jobs.

use crate::ensure;
use crate::place::{Outcome, Place};
use libtest_mimic::{Failed, Trial};

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("same_bits_on_any_ranks", any_ranks),
        Trial::test("same_bits_on_any_process_grid_and_exchange", any_process_grid),
        Trial::test("same_bits_in_two_pieces", two_pieces),
        Trial::test("same_bits_in_two_pieces_between_samples", two_pieces_between_samples),
        Trial::test("same_bits_on_odd_shapes", odd_shapes),
        Trial::test("same_bits_with_a_mean_flow_and_scalars", mean_flows),
        Trial::test("same_bits_with_each_forcing", forcings),
    ]
}

const PHASE_SHIFT: &str =
    "--set domain.grid=[16,16,16] --set numerics.dealiasing=\"phase-shift\" --set time.scheme=\"rk2\"";
const PHASE_SHIFT_EXACT: &str =
    "--set domain.grid=[16,16,16] --set numerics.dealiasing=\"phase-shift-exact\" --set time.scheme=\"rk4\"";
const FIXED: &str = "--set time.dt=0.02";

const TABLES: [&str; 4] = ["series.csv", "spectra.csv", "spectra_1d.csv", "budget.csv"];

/// Runs on one rank and on each of `ranks`, all with `set`, and compares.
fn compare(place: &Place, ranks: &[usize], set: &str) -> Outcome {
    place.run(1, "on-1", &format!("--fresh {set}"))?;
    for &ranks in ranks {
        let run = format!("on-{ranks}");
        place.run(ranks, &run, &format!("--fresh {set}"))?;
        place.same_state("on-1", &run).map_err(|error| format!("{set}: {error:?}"))?;
        TABLES.iter().try_for_each(|table| place.same_text("on-1", &run, table))?;
    }
    Ok(())
}

fn any_ranks() -> Outcome {
    let place = Place::new()?;
    compare(&place, &[2, 3, 4, 6, 8], "")?;
    compare(&place, &[3, 8], FIXED)?;
    compare(&place, &[2, 3, 4, 6, 8], &format!("{PHASE_SHIFT} {FIXED}"))?;
    compare(&place, &[4, 6], PHASE_SHIFT)?;
    compare(&place, &[4], PHASE_SHIFT_EXACT)?;
    compare(&place, &[6], "--set mean={kind=\"shear\",rate=2.0,rotation=[0.0,0.0,0.3]}")?;
    compare(&place, &[6], "--set numerics.precision=\"single\"")
}

fn any_process_grid() -> Outcome {
    let place = Place::new()?;
    place.run(1, "on-1", "")?;
    for exchange in ["all-to-all", "pairwise"] {
        for grid in ["[1,6]", "[2,3]", "[3,2]", "[6,1]"] {
            let set =
                format!("--fresh --set parallel.process_grid={grid} --set parallel.exchange=\"{exchange}\"");
            place.run(6, "on-6", &set)?;
            place.same_state("on-1", "on-6").map_err(|error| format!("{grid} {exchange}: {error:?}"))?;
            TABLES.iter().try_for_each(|table| place.same_text("on-1", "on-6", table))?;
        }
    }
    Ok(())
}

/// 10 steps, then 10 more on other ranks.
fn two_pieces() -> Outcome {
    let place = Place::new()?;
    for (first, second, set) in
        [(3, 4, ""), (6, 1, FIXED), (1, 3, PHASE_SHIFT), (4, 2, "--set numerics.precision=\"single\"")]
    {
        place.run(2, "whole", &format!("--fresh {set}"))?;
        place.run(first, "pieces", &format!("--fresh {set} --set time.steps=10"))?;
        ensure!(place.latest("pieces")? == 10, "no checkpoint at step 10");
        let arguments = format!("run case.toml --dir pieces {set}");
        place.ends(
            second,
            &arguments,
            0,
            &["continuing from pieces/checkpoints/00000010.h5, step 10,", "done: step 20,"],
        )?;
        place
            .same_state("whole", "pieces")
            .map_err(|error| format!("{first} then {second} ranks {set}: {error:?}"))?;
        TABLES.iter().try_for_each(|table| place.same_text("whole", "pieces", table))?;
    }
    Ok(())
}

/// A piece that ends between two samples leaves one of its own; otherwise the series is that of the
/// run in one piece. The first job ends off schedule, at step 7: its last row is taken back when
/// the second one goes on.
fn two_pieces_between_samples() -> Outcome {
    let place = Place::new()?;
    place.run(1, "whole", "")?;
    place.run(3, "pieces", "--set time.steps=7")?;
    let first = place.read("pieces/series.csv")?;
    ensure!(first.lines().last().is_some_and(|line| line.starts_with("7,")), "{first}");
    place.run(2, "pieces", "")?;
    place.same_text("whole", "pieces", "series.csv")?;
    place.same_state("whole", "pieces")
}

fn odd_shapes() -> Outcome {
    let place = Place::new()?;
    compare(&place, &[7], "--set domain.grid=[30,42,64] --set time.steps=2")?;
    compare(&place, &[3], "--set domain.grid=[32,32,32] --set time.steps=2")?;
    compare(&place, &[5], "--set domain.grid=[4,6,4] --set time.steps=2 --set initial.peak_wavenumber=1")?;
    compare(&place, &[64], "--set domain.grid=[16,16,16] --set time.steps=2")
}

/// Ranks and process grids of a run in one piece, and of the two pieces of another one; the flows
/// take them in turn.
const DEALINGS: [[(usize, &str); 3]; 3] = [
    [(4, "[2,2]"), (3, "[1,3]"), (2, "[2,1]")],
    [(3, "[3,1]"), (2, "[1,2]"), (6, "[3,2]")],
    [(6, "[2,3]"), (4, "[4,1]"), (3, "[1,3]")],
];

/// A run on one rank, one on several, and one that is continued on another number of ranks.
fn in_one_piece_and_in_two(place: &Place, turn: usize, set: &str) -> Outcome {
    let [(ranks, grid), (first, first_grid), (second, second_grid)] = DEALINGS[turn % DEALINGS.len()];
    let run =
        |run: &str, grid: &str| format!("run case.toml --dir {run} {set} --set parallel.process_grid={grid}");
    let compare = |run: &str| -> Outcome {
        place.same_state("on-1", run).map_err(|error| format!("{set}: {error:?}"))?;
        TABLES.iter().try_for_each(|table| place.same_text("on-1", run, table))
    };
    place.ends(1, &format!("{} --fresh", run("on-1", "[1,1]")), 0, &["done: step 20,"])?;
    place.ends(ranks, &format!("{} --fresh", run("whole", grid)), 0, &["done: step 20,"])?;
    compare("whole")?;
    place.ends(
        first,
        &format!("{} --fresh --set time.steps=10", run("pieces", first_grid)),
        0,
        &["done: step 10,"],
    )?;
    let from = "continuing from pieces/checkpoints/00000010.h5, step 10,";
    place.ends(second, &run("pieces", second_grid), 0, &[from, "done: step 20,"])?;
    compare("pieces")
}

fn mean_flows() -> Outcome {
    let place = Place::new()?;
    // Its gradient may not lie along x, where the mean shear would turn it.
    let scalar = "--set scalar.heat={schmidt=0.7,gradient=[0,1,0.5]}";
    let shear = "--set mean={kind=\"shear\",rate=6}";
    let sets = [
        &format!("{shear} {scalar}"),
        &format!("{shear} {scalar} {PHASE_SHIFT}"),
        &format!("{shear} --set numerics.precision=\"single\""),
        "--set mean={kind=\"shear\",rate=4,rotation=[0.5,0,1],schedule=[[0,1],[0.3,0.5],[0.6,0]]}",
        "--set mean={kind=\"plane-strain\",rate=1}",
        // All nine components: k_x and k_z depend on n_y.
        &format!(
            "--set mean={{kind=\"gradient\",gradient=[[0.5,0.3,-0.2],[0.3,-0.8,0.4],[-0.2,0.4,0.3]]}} \
             {scalar}"
        ),
        "--set scalar.b={gradient=[0,4,0],buoyancy=[0,1,0]} --set parallel.exchange=\"pairwise\"",
        &format!("{shear} {scalar} --set flow.nonlinear=false --set time.dt=0.03"),
    ];
    for (turn, set) in sets.into_iter().enumerate() {
        in_one_piece_and_in_two(&place, turn, set)?;
        // In both pieces the sheared box was remeshed.
        if set.contains(shear) {
            let dropped = |line: usize| column(&place, "pieces/series.csv", "remesh_energy", line);
            ensure!(
                0.0 < dropped(2)? && dropped(2)? < dropped(4)?,
                "{set}: {}",
                place.read("pieces/series.csv")?
            );
        }
    }
    Ok(())
}

fn forcings() -> Outcome {
    let place = Place::new()?;
    let random = "{kind=\"ornstein-uhlenbeck\",variance=0.01,correlation_time=0.5,k_max=2.5}";
    let sets = [
        "{kind=\"constant-power\",power=0.5,k_max=2.5}",
        random,
        "{kind=\"linear\",rate=0.3}",
        "{kind=\"frozen-shells\",k_max=2.5}",
        "{kind=\"kolmogorov\",amplitude=0.5,wavenumber=2}",
        // The band of the forced modes changes with the box.
        &format!("{random} --set mean={{kind=\"shear\",rate=6}}"),
    ];
    sets.into_iter().enumerate().try_for_each(|(turn, forcing)| {
        in_one_piece_and_in_two(&place, turn, &format!("--set forcing={forcing}"))
    })
}

/// A number of a table, its first line of numbers counted as 0.
fn column(place: &Place, table: &str, name: &str, line: usize) -> Result<f64, Failed> {
    let text = place.read(table)?;
    let mut lines = text.lines();
    let column = lines
        .next()
        .and_then(|names| names.split(',').position(|other| other == name))
        .ok_or("no such column")?;
    let value = lines.nth(line).and_then(|line| line.split(',').nth(column)).ok_or("no such line")?;
    Ok(value.parse()?)
}
