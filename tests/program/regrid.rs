//! Checkpoints on other grids and in other boxes, by `rogallo regrid` and as the initial field of a run.

use crate::ensure;
use crate::place::{Outcome, Place, check};
use libtest_mimic::{Failed, Trial};
use std::fs;

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("regrid_to_the_same_grid_changes_nothing", same_grid),
        Trial::test("regrid_to_a_finer_grid_and_back_changes_nothing", finer_and_back),
        Trial::test("regrid_says_what_a_coarser_grid_drops", coarser),
        Trial::test("a_run_goes_on_from_a_finer_grid", going_on),
        Trial::test("a_repeated_box_flows_like_the_one_it_is_made_of", repeated),
        Trial::test("a_stretched_box_goes_on", stretched),
        Trial::test("regrid_refuses_what_cannot_be", refusals),
        Trial::test("initial_fields_from_files_are_the_same_on_any_ranks", initial_files),
        Trial::test("the_first_step_mends_the_slip_of_a_cut_field", slip),
    ]
}

const CHANNEL: &str = r#"
[flow]
kind = "channel"
[domain]
size = ["2 pi", 2, "pi"]
grid = [16, 25, 12]
[fluid]
viscosity = 0.005
[drive]
kind = "mass-flux"
bulk_velocity = 0.6666666666666666
[scalar.heat]
values = [-1.0, 1.0]
[initial]
kind = "turbulent"
[time]
dt = 0.02
steps = 4
[output]
statistics = { every_steps = 2, batch = 0.06 }
"#;

/// A place with a channel and a homogeneous case, which both have run to step 4 in the directories
/// of their names.
fn with_runs() -> Result<Place, Failed> {
    let place = Place::new()?;
    fs::write(place.at("channel.toml"), CHANNEL)?;
    place.ends(2, "run channel.toml --dir channel", 0, &["done: step 4,"])?;
    place.ends(
        2,
        "run case.toml --dir case --set time.steps=4 --set scalar.heat={gradient=[0,1,0]}",
        0,
        &["done: step 4,"],
    )?;
    Ok(place)
}

const LATEST: &str = "checkpoints/latest";

/// What the scripts below need: fields and labels of a file, n_y or the polynomial among them.
const READ: &str = r#"
import h5py, numpy as np
def modes(path):
    f = h5py.File(path, "r")
    nx, nz, count = (f["modes"][name][:] for name in ("nx", "nz", "count"))
    channel = f.attrs["flow"] == b"channel"
    ny = np.concatenate([np.arange(m) if channel else np.r_[0:m // 2 + 1, -(m // 2):0] for m in count])
    labels = np.c_[np.repeat(nx, count), ny, np.repeat(nz, count)]
    return labels, {name: f["state"][name][:] for name in f["state"]}
def by_label(path):
    labels, fields = modes(path)
    return {name: dict(zip(map(tuple, labels), field)) for name, field in fields.items()}
"#;

fn python(place: &Place, script: &str) -> Outcome {
    place.python(&format!("{READ}{script}"))
}

/// Fails unless two files have the same fields, bit for bit.
fn same_fields(place: &Place, a: &str, b: &str) -> Outcome {
    python(
        place,
        &format!(
            "(la, a), (lb, b) = modes('{a}'), modes('{b}')\n\
             assert (la == lb).all() and a.keys() == b.keys()\n\
             for name in a: assert abs(a[name]).max() > 1e-3 and a[name].dtype == b[name].dtype and \
             a[name].tobytes() == b[name].tobytes(), name\n"
        ),
    )
}

fn same_grid() -> Outcome {
    let place = with_runs()?;
    place.ends(
        3,
        "run case.toml --dir ellipsoid --set numerics.dealiasing=\"phase-shift\" --set time.steps=2",
        0,
        &["done: step 2,"],
    )?;
    place.ends(
        3,
        "run case.toml --dir single --set numerics.precision=\"single\" --set time.steps=2",
        0,
        &["done: step 2,"],
    )?;
    for (run, grid) in
        [("channel", "16,25,12"), ("case", "24,20,18"), ("ellipsoid", "24,20,18"), ("single", "24,20,18")]
    {
        let (from, to) = (format!("{run}/{LATEST}"), format!("new/{run}.h5"));
        let said = ["all modes are kept", "Averages are not transferred"];
        place.ends(1, &format!("regrid {from} {to} --grid {grid}"), 0, &said)?;
        same_fields(&place, &from, &to)?;
        place.ends(1, &format!("inspect {to}"), 0, &["written by"])?;
        let statistics = format!(
            "import h5py\na, b = h5py.File('{from}'), h5py.File('{to}')\nassert 'statistics' not in b"
        );
        place.python(&statistics)?;
    }
    // Also where mpirun starts it, and with what the case says of its box in other words.
    place.ends(
        3,
        "regrid channel/checkpoints/latest new/again.h5 --size 2pi,2,pi",
        0,
        &["all modes are kept"],
    )?;
    same_fields(&place, "new/channel.h5", "new/again.h5")
}

fn finer_and_back() -> Outcome {
    let place = with_runs()?;
    for (run, fine, coarse) in [("channel", "18,33,20", "16,25,12"), ("case", "25,24,20", "24,20,18")] {
        let from = format!("{run}/{LATEST}");
        place.ends(1, &format!("regrid {from} {run}-fine.h5 --grid {fine}"), 0, &["all modes are kept"])?;
        place
            .ends(1, &format!("regrid {run}-fine.h5 {run}-back.h5 --grid {coarse}"), 0, &["e0 of"])
            .or_else(|_| place.ends(1, &format!("inspect {run}-back.h5"), 0, &["written by"]))?;
        same_fields(&place, &from, &format!("{run}-back.h5"))?;
        python(
            &place,
            &format!(
                "a, b = by_label('{from}'), by_label('{run}-fine.h5')\n\
                 for name in a:\n\
                 \x20   assert len(b[name]) > len(a[name])\n\
                 \x20   assert all(value == a[name].get(label, 0) for label, value in b[name].items()), \
                 name\n"
            ),
        )?;
    }
    Ok(())
}

/// The shares are those that Python finds. In a channel the last two polynomials keep the values at
/// the walls.
fn coarser() -> Outcome {
    let place = with_runs()?;
    for (run, grid) in [("channel", "10,17,8"), ("case", "16,12,15")] {
        let to = format!("{run}-coarse.h5");
        let finished = place.rogallo(1, &format!("regrid {run}/{LATEST} {to} --grid {grid}"))?;
        fs::write(place.at("said.txt"), &finished.output)?;
        python(
            &place,
            &format!(
                r#"
a, b, said = by_label('{run}/{LATEST}'), by_label('{to}'), open('said.txt').read()
weight = lambda label: 1 if label[0] == label[2] == 0 else 2
power = lambda field: sum(weight(label) * abs(value) ** 2 for label, value in field.items())
for name in a:
    cut = 15 if '{run}' == 'channel' else 99
    assert all(value == a[name][label] for label, value in b[name].items() if label[1] < cut), name
    if cut == 15:
        wall = lambda field: sum(value for label, value in field.items() if label[0] == 1 and label[2] == 1)
        mended = abs(wall(a[name]) - wall(b[name])) < 1e-13
        assert mended == (name != 'laplacian_v'), name
    dropped = power(dict((label, a[name][label]) for label in a[name].keys() - b[name].keys()))
    share = float(said.split(" of " + name)[0].split()[-1])
    lost = dropped / power(a[name])
    assert share > 0 and abs(share / lost - 1) < 0.006, (name, share, lost, said)
"#
            ),
        )?;
    }
    Ok(())
}

/// An unbroken run on a fine grid, and one that begins on a coarse grid which resolves it as well.
fn going_on() -> Outcome {
    let place = Place::new()?;
    fs::write(place.at("channel.toml"), CHANNEL)?;
    let eigenmode = "channel.toml --set initial={kind=\"eigenmode\",wavenumber=[1,1],amplitude=1e-3} --set \
        fluid.viscosity=0.02";
    let vortices = "case.toml --set initial={kind=\"taylor-green\"} --set fluid.viscosity=0.2 --set \
        time={dt=0.002,steps=8}";
    for (run, case, coarse, fine, tolerance) in [
        ("channel", eigenmode, "16,49,12", "24,65,20", 1e-9),
        ("vortices", vortices, "24,24,24", "32,36,30", 1e-10),
    ] {
        let on = |grid: &str| format!("{case} --set domain.grid=[{grid}]");
        place.ends(
            2,
            &format!("run {} --dir {run}-coarse --set time.steps=4", on(coarse)),
            0,
            &["done: step 4,"],
        )?;
        let file = format!("--set initial={{kind=\"file\",file=\"{run}-coarse/checkpoints/00000000.h5\"}}");
        place.ends(
            2,
            &format!("run {} {file} --dir {run} --set time.steps=8", on(fine)),
            0,
            &["done: step 8,"],
        )?;
        let regrid = format!("regrid {run}-coarse/{LATEST} --to-run {run}-fine --grid {fine}");
        let how = format!(
            "To continue from it: `rogallo continue {run}-fine --set time.steps=..` (it has done \
             its 4 steps).\nThe step remains time.dt = "
        );
        place.ends(2, &regrid, 0, &["all modes are kept", &how])?;
        place.ends(1, &regrid, 2, &[&format!("{run}-fine already holds a run, which is not overwritten")])?;
        // With the case that lies there, or with the user's own.
        let go_on = if run == "channel" {
            format!("continue {run}-fine")
        } else {
            format!("run {} --dir {run}-fine", on(fine))
        };
        let finished = place.rogallo(3, &format!("{go_on} --set time.steps=8"))?;
        check(&finished, 0, &["00000004.h5, step 4,", "done: step 8,"])?;
        ensure!(!finished.output.contains("latest"), "{}", finished.output);
        python(
            &place,
            &format!(
                "(_, a), (_, b) = modes('{run}/{LATEST}'), modes('{run}-fine/{LATEST}')\n\
                 for name in a:\n\
                 \x20   off, largest = abs(a[name] - b[name]).max(), max(abs(a[name]).max(), 1e-3)\n\
                 \x20   assert off < {tolerance} * largest, (name, off, largest)\n"
            ),
        )?;
    }
    Ok(())
}

/// Modes of the larger box that the smaller one does not have stay zero.
fn repeated() -> Outcome {
    let place = with_runs()?;
    // The larger box would choose a shorter step.
    place.ends(2, "run case.toml --dir case --fresh --set time={dt=0.01,steps=4}", 0, &["done: step 4,"])?;
    for (run, steps, size, grid, factors) in [
        ("channel", "--set time.steps=6", "4pi,2,3pi", "32,25,36", "2, 1, 3"),
        ("case", "--set time={dt=0.01,steps=6}", "2pi,4pi,4pi", "24,40,54", "1, 2, 3"),
    ] {
        let to = format!("{run}-large/checkpoints/00000004.h5");
        let said = ["repeated 3 times in z", "all modes are kept"];
        place.ends(1, &format!("regrid {run}/{LATEST} {to} --size {size} --grid {grid}"), 0, &said)?;
        let quoted = size.replace(',', "','");
        let large = format!("--dir {run}-large --set domain.size=['{quoted}'] --set domain.grid=[{grid}]");
        for directory in [&*large, &format!("--dir {run}")] {
            place.ends(
                2,
                &format!("run {run}.toml {directory} {steps}"),
                0,
                &["continuing from", "done: step 6,"],
            )?;
        }
        python(
            &place,
            &format!(
                r#"
a, b, m = by_label('{run}/{LATEST}'), by_label('{run}-large/{LATEST}'), ({factors})
for name in a:
    larger = {{tuple(n * f for n, f in zip(label, m)): value for label, value in a[name].items()}}
    largest = max(map(abs, larger.values()))
    assert larger.keys() <= b[name].keys()
    off = max(abs(value - larger.get(label, 0)) for label, value in b[name].items())
    assert off < 1e-12 * largest, (name, off, largest)
"#
            ),
        )?;
    }
    Ok(())
}

fn stretched() -> Outcome {
    let place = with_runs()?;
    for (run, size, set) in [("channel", "5,2,pi", "['5',2,'pi']"), ("case", "7,6,4", "[7,6,4]")] {
        let scalar = if run == "case" { "--set scalar.heat={gradient=[0,1,0]}" } else { "" };
        let to = format!("{run}-stretched/checkpoints/00000004.h5");
        place.ends(
            1,
            &format!("regrid {run}/{LATEST} {to} --size {size}"),
            0,
            &["stretched in x", "all modes are kept"],
        )?;
        let go_on = format!(
            "run {run}.toml --dir {run}-stretched --set domain.size={set} {scalar} --set time.steps=6"
        );
        place.ends(2, &go_on, 0, &["continuing from", "done: step 6,"])?;
    }
    // phi changes with k, omega_y does not; the velocity is made solenoidal.
    python(
        &place,
        r#"
(labels, a), (_, b) = modes('channel/checkpoints/latest'), modes('channel-stretched/checkpoints/00000004.h5')
assert (a['omega_y'] == b['omega_y']).all() and (a['heat'] == b['heat']).all()
along = labels[:, 0] != 0
assert (a['laplacian_v'][~along] == b['laplacian_v'][~along]).all()
assert abs((a['laplacian_v'] - b['laplacian_v'])[along]).max() > 1e-4
labels, b = modes('case-stretched/checkpoints/00000004.h5')
k = 2 * np.pi * labels / [7, 6, 4]
divergence = sum(k[:, i] * b[name] for i, name in enumerate('uvw'))
assert abs(divergence).max() < 1e-14 and abs(b['u']).max() > 1e-3, abs(divergence).max()
"#,
    )
}

fn refusals() -> Outcome {
    let place = with_runs()?;
    let refused = |arguments: &str, parts: &[&str]| -> Outcome {
        place.ends(3, &format!("regrid {arguments}"), 2, parts)?;
        ensure!(!place.at("new").exists(), "`regrid {arguments}` has left something");
        Ok(())
    };
    let latest = "channel/checkpoints/latest";
    refused("none.h5 new/a.h5 --grid 16,25,12", &["cannot read the checkpoint none.h5"])?;
    refused("channel.toml new/a.h5 --grid 16,25,12", &["channel.toml is damaged or not an HDF5 file"])?;
    refused(
        "channel/statistics/00000000.h5 new/a.h5 --grid 16,25,12",
        &["is a statistics file of rogallo, not a checkpoint"],
    )?;
    refused(
        &format!("{latest} {latest} --grid 16,25,12"),
        &["channel/checkpoints/latest exists and is not overwritten"],
    )?;
    refused(&format!("{latest} case.toml --grid 16,25,12"), &["case.toml exists and is not overwritten"])?;
    refused(&format!("{latest} new/a.h5"), &["the following required arguments were not provided"])?;
    refused(&format!("{latest} --grid 16,25,12"), &["the following required arguments were not provided"])?;
    refused(&format!("{latest} new/a.h5 --to-run new --grid 16,25,12"), &["cannot be used with"])?;
    refused(&format!("{latest} --to-run channel --grid 16,25,12"), &["channel already holds a run"])?;
    refused(
        &format!("{latest} new/a.h5 --grid 16,24,12"),
        &["cannot have this grid or box", "24 - 1 = 23 has a prime factor"],
    )?;
    refused(
        &format!("{latest} new/a.h5 --grid 16,25"),
        &["cannot have this grid or box", "an array of 3 values, found 2"],
    )?;
    refused(&format!("{latest} new/a.h5 --grid 16,25,many"), &["cannot have this grid or box"])?;
    refused(&format!("{latest} new/a.h5 --size 2pi,3,pi"), &["the height of a channel is 2"])?;
    refused(&format!("{latest} new/a.h5 --size 2pi,2,-1"), &["a length must be greater than 0"])?;

    let shells = "--set forcing={kind=\"frozen-shells\",k_max=2.5} --set time.steps=2";
    place.ends(2, &format!("run case.toml --dir shells {shells}"), 0, &["done: step 2,"])?;
    refused(
        "shells/checkpoints/latest new/a.h5 --size 4pi,4pi,4pi",
        &["frozen-shells", "this box cannot be another"],
    )?;

    let sound = fs::read(place.at(latest))?;
    let mut flipped = sound.clone();
    let field = hdf5::File::open(place.at(latest))?.dataset("state/omega_y")?;
    flipped[field.offset().ok_or("a field without a place")? as usize + 100] ^= 4;
    for (damaged, parts) in
        [(&flipped[..], "their checksum does not match"), (&sound[..sound.len() / 2], "is damaged")]
    {
        fs::write(place.at("damaged.h5"), damaged)?;
        refused("damaged.h5 new/a.h5 --grid 16,25,12", &[parts])?;
        let start = "run channel.toml --dir started --set initial={kind=\"file\",file=\"damaged.h5\"}";
        place.ends(3, start, 2, &[parts])?;
    }
    let other = "--set initial={kind=\"file\",file=\"case/checkpoints/latest\"}";
    place.ends(3, &format!("run channel.toml --dir started {other}"), 2, &["its flow is \"homogeneous\""])?;
    place.ends(
        1,
        "check channel.toml --set initial={kind=\"file\",file=\"none.h5\"}",
        0,
        &["initial.file: there is no"],
    )?;
    ensure!(!place.at("started/series.csv").exists(), "a run that is refused has written results");
    Ok(())
}

/// Onto a grid that is finer in one direction and coarser in others, in another box, with a scalar
/// that the file has and one that it lacks.
fn initial_files() -> Outcome {
    let place = with_runs()?;
    let channel = "run channel.toml --set initial={kind=\"file\",file=\"channel/checkpoints/latest\"} --set \
        domain.size=['4pi',2,4] \
                   --set domain.grid=[24,33,10] --set scalar.salt={source=1}";
    let case = "run case.toml --set initial={kind=\"file\",file=\"case/checkpoints/latest\"} --set \
        domain.size=['4pi',5,5] \
                --set domain.grid=[40,24,15] --set scalar.heat={} --set \
                scalar.salt={initial={kind=\"mode\",wavenumber=[1,0,0]}}";
    for (run, command) in [("channel", channel), ("case", case)] {
        for ranks in [1, 3, 4] {
            let said = [
                "step 4, time",
                "repeated 2 times in x; ",
                "dropped modes that the grid does not hold",
                "done: step 3,",
            ];
            place.ends(ranks, &format!("{command} --dir {run}-on-{ranks} --set time.steps=3"), 0, &said)?;
            place.same_state(&format!("{run}-on-1"), &format!("{run}-on-{ranks}"))?;
            place.same_text(&format!("{run}-on-1"), &format!("{run}-on-{ranks}"), "series.csv")?;
        }
    }
    // On its own grid the file is the initial field to the bit, and its scalars are; what it lacks
    // is as it would be.
    for run in ["channel", "case"] {
        let scalars = if run == "case" {
            "--set scalar.heat={gradient=[0,1,0]}"
        } else {
            "--set scalar.salt={source=1}"
        };
        let start = format!(
            "run {run}.toml --dir {run}-same {scalars} --set \
             initial={{kind=\"file\",file=\"{run}/{LATEST}\"}}"
        );
        place.ends(
            2,
            &format!("{start} --set time.steps=0"),
            0,
            &["step 4, time", "all modes are kept", "done: step 0,"],
        )?;
    }
    place.ends(
        1,
        "run channel.toml --dir conduction --set scalar.salt={source=1} --set initial.kind=laminar --set \
         time.steps=0",
        0,
        &[],
    )?;
    python(
        &place,
        "for run in ['channel', 'case']:\n\
         \x20   (_, a), (_, b) = modes(run + '/checkpoints/latest'), modes(run + \
         '-same/checkpoints/latest')\n\
         \x20   for name in a: assert a[name].tobytes() == b[name].tobytes(), (run, name)\n\
         (_, a), (_, b) = modes('channel-same/checkpoints/latest'), modes('conduction/checkpoints/latest')\n\
         assert a['salt'].tobytes() == b['salt'].tobytes() and abs(a['salt']).max() > 1\n",
    )
}

/// A field with fewer polynomials slips at the walls, until the first substep imposes both conditions.
fn slip() -> Outcome {
    let place = with_runs()?;
    let cut =
        "--set domain.grid=[16,13,12] --set initial={kind=\"file\",file=\"channel/checkpoints/latest\"}";
    place.ends(
        2,
        &format!(
            "run channel.toml --dir cut {cut} --set output.snapshots={{every_steps=1}} --set time.steps=1"
        ),
        0,
        &[],
    )?;
    place.python(
        r#"
import h5py, numpy as np
slip, heat = [], []
for step in range(2):
    f = h5py.File(f'cut/snapshots/{step:08}.h5')
    fields = [f[name][:] for name in 'uvw']
    slip.append(max(abs(field[:, [0, -1], :]).max() for field in fields))
    heat.append(abs(f['heat'][:][:, [0, -1], :] - np.array([-1, 1])[:, None]).max())
assert slip[0] > 1e-6 and slip[1] < 1e-13 and max(heat) < 1e-13, (slip, heat)
"#,
    )
}
