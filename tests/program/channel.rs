//! A channel: its averages are the same to the bit on any ranks and in two pieces, and `stats`
//! makes tables and figures of them.

use crate::ensure;
use crate::place::{Outcome, Place};
use libtest_mimic::Trial;
use std::fs;

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("a_channel_is_averaged_in_two_pieces_and_reported", averaged),
        Trial::test("spectra_have_the_same_bits_on_any_ranks", spectra_on_any_ranks),
        Trial::test("averages_at_phases_have_the_same_bits_on_any_ranks_and_in_two_pieces", phases),
        Trial::test("spectra_at_other_y_begin_with_the_next_sum", other_places),
        Trial::test("walls_that_move_and_blow_have_the_same_bits_in_two_pieces", moving_walls),
        Trial::test("what_is_reported_does_not_depend_on_the_observer", observers),
        Trial::test("averages_that_are_incomplete_are_refused", incomplete),
        Trial::test("averages_that_an_earlier_version_lacks_begin_with_the_next_batch", added),
        Trial::test("averages_of_an_older_version_are_refused", older),
    ]
}

const CASE: &str = r#"
flow.kind = "channel"
domain = { size = ["pi", 2, "1/2 pi"], grid = [16, 33, 16] }
fluid.reynolds_tau = 60
drive.kind = "mass-flux"
scalar.dye = { schmidt = 0.7, values = [-1.0, 1.0] }
initial = { kind = "turbulent", amplitude = 0.3 }
time = { dt = 0.002, steps = 40 }
[output]
series = { every_steps = 4 }
statistics = { every_steps = 1, from = 0.009, batch = 0.02, spectra_2d_at = [5, 30] }
"#;

/// Spectra and correlations over all k and r at all y from the wall to the centre, which say what
/// the profiles do.
const LINES: &str = "
import csv, math
def read(name):
    rows = list(csv.DictReader(line for line in open('pieces/run/' + name + '.csv') if line[0] != '#'))
    lines = {}
    for row in rows: lines.setdefault(float(row['y']), \
    []).append({key: float(value or 'nan') for key, value in row.items()})
    return lines
profiles = {y: rows[0] for y, rows in read('profiles').items()}
for axis, waves, length in (('x', 6, math.pi), ('z', 6, 0.5 * math.pi)):
    spectra, correlations = read('spectra_' + axis), read('correlations_' + axis)
    assert list(spectra) == list(profiles) == list(correlations) and len(profiles) == 17
    for y, rows in spectra.items():
        assert len(rows) == waves and len(correlations[y]) == waves + 1
        k = [row['k' + axis + '_plus'] for row in rows]
        for name in ('uu', 'vv', 'ww', 'uv', 'u_dye', 'v_dye'):
            variance = sum(row['E_' + name] for row in rows) * k[1]
            # Values near the walls are differences of the mean flow's.
            assert abs(variance - profiles[y][name]) < 1e-9 * (1 + abs(profiles[y][name])), (axis, y, name, \
            variance, profiles[y][name])
        for name in ('p', 'dye'):
            variance = sum(row['E_' + name + '_' + name if name == 'dye' else 'E_pp'] for row in rows) * k[1]
            assert abs(variance - profiles[y][name + '_rms'] ** 2) < 1e-9 * (1 + variance), (axis, y, name)
        r = correlations[y]
        assert abs(r[-1]['d' + axis] - length / 2) < 1e-12
        assert 0 < y < 1 and abs(r[0]['R_uu'] - 1) < 1e-12 and abs(r[1]['R_uu']) < 1 or y in (0, 1), r
in_planes = read('spectra_xz')
assert len(in_planes) == 2, list(in_planes)
for y, rows in in_planes.items():
    assert len(rows) == 36
    for axis, other in (('x', 'z'), ('z', 'x')):
        lines = read('spectra_' + axis)[y]
        cell = next(row['k' + other + '_plus'] for row in rows if row['k' + other] > 0)
        for name in ('uu', 'vv', 'ww', 'uv', 'pp', 'u_dye', 'dye_dye'):
            for line in lines:
                part = [row['E_' + name] for row in rows if row['k' + axis] == line['k' + axis]]
                assert len(part) == 6 and abs(sum(part) * cell - line['E_' + name]) <= 1e-9 * (1 + abs(line['E_' + name])), (y, \
                axis, name, sum(part) * cell, line)
";

/// 40 steps on two ranks; and 37 on two, then the others on three. The window opens at step 5; batches end
/// at each tenth. Figures name the directory of their run: both have the same name.
fn averaged() -> Outcome {
    let place = Place::new()?;
    fs::write(place.at("case.toml"), CASE)?;
    place.run(2, "whole/run", "")?;
    place.run(2, "pieces/run", "--set time.steps=37")?;
    place.ends(
        3,
        "run case.toml --dir pieces/run",
        0,
        &["continuing from pieces/run/checkpoints/00000037.h5, step 37,", "done: step 40,"],
    )?;
    place.same_state("whole/run", "pieces/run")?;
    place.python(
        "import h5py, numpy as np
batches = [h5py.File('whole/run/statistics/%08d.h5' % m) for m in range(4)]
assert [b['samples'][()] for b in batches] == [5, 10, 10, 10] and [b['batch'][()] for b in batches] == [0, \
1, 2, 3]
assert np.allclose([b['weight'][()] for b in batches], [0.01, 0.02, 0.02, 0.02], rtol=1e-12, atol=0)
assert np.allclose([b['t_end'][()] for b in batches], [0.02, 0.04, 0.06, 0.08], rtol=1e-12, atol=0)
for b in batches:
    assert {'y', 'uu', 'p_uy', 'd_ww', 'v[dye]', 'frame_velocity', 'weight_squares', 'spectra_weight'} <= \
    set(b), sorted(b)
    assert b.attrs['format'] == 2 and b.attrs['kind'] == b'statistics' and b'end' not in b.attrs['case'], \
    b.attrs['case']
    assert abs(b['uu'][:]).max() > 0.01 and b['uu'].attrs['axes'] == b'y' and \
    b['spectrum_x_uu'].attrs['axes'] == b'y, kx'
    assert b['y'][0] == -1 and (np.diff(b['y'][:]) > 0).all()
    # The scalar, and the wall on which it is -1.
    assert abs(b['[dye]'][0] / b['weight'][()] + 1) < 1e-12 and b['[dye]'][1] < b['[dye]'][-2]
    # dU/dy is positive at the lower wall.
    u = b['u'][:] / b['weight'][()] + b['frame_velocity'][()]
    assert b['frame_velocity'][()] > 1 and u[1] > 0.1 and abs(u[0]) < 1e-12
    for name in ('uu', 'uv', 'pp', '[dye][dye]'):
        assert abs(b['spectrum_z_' + name][:].sum(1) - b[name][:]).max() < 1e-12 * abs(b[name][:]).max(), \
        name",
    )?;
    for batch in 0..4 {
        let file = format!("statistics/{batch:08}.h5");
        ensure!(
            fs::read(place.at("whole/run").join(&file))? == fs::read(place.at("pieces/run").join(&file))?,
            "{file} of the two runs differ"
        );
    }
    // `stats` writes again what the end of the run has written.
    let files = [
        "profiles.csv",
        "budgets.csv",
        "spectra_x.csv",
        "spectra_xz.csv",
        "correlations_z.csv",
        "numbers.csv",
        "tables.h5",
        "figures/mean_velocity.svg",
        "figures/budget_k.png",
        "figures/spectra_z_ww.svg",
        "figures/spectra_xz_uv.png",
        "figures/premultiplied_z.svg",
    ];
    for file in files {
        ensure!(
            fs::read(place.at("whole/run").join(file))? == fs::read(place.at("pieces/run").join(file))?,
            "{file} of the two runs differ"
        );
        fs::remove_file(place.at("pieces/run").join(file))?;
    }
    place.ends(1, "stats pieces/run --width 4in", 0, &["Re_tau "])?;
    let figure = place.read("pieces/run/figures/mean_velocity.svg")?;
    // Two panels.
    ensure!(figure.contains("width=\"576pt\""), "{}", &figure[..200]);
    place.ends(1, "stats pieces/run --width 4cm", 2, &["give a width from 50mm to 600mm"])?;
    fs::write(place.at("published.txt"), "# y/h y+ U+ uv+\n0 0 0 0\n0.1 6.6 6 -0.1\n1 66 15 0\n")?;
    let parts = [
        "t = 0.01 to 0.08, ",
        "; 35 samples; whole batches of 0.02: 3\n",
        "none: the average is shorter than 5 h/u_tau",
        "Re_tau ",
        "published, this run minus the published\n",
        "\n  uv+ ",
        "(mean_velocity, stresses, vorticity, moments, budget_k, budget_uu, budget_vv, budget_ww, budget_uv, \
         budget_dye_dye, budget_u_dye, budget_v_dye, scalar_mean, scalar_rms, spectra_x_uu, correlations_x_uu, ",
    ];
    place.ends(1, "stats pieces/run --reference published.txt", 0, &parts)?;
    ensure!(place.at("pieces/run/figures/budget_k.png").exists(), "no figure");
    place.same_text("whole/run", "pieces/run", "profiles.csv")?;
    place.same_text("whole/run", "pieces/run", "budgets.csv")?;
    place.python(LINES)?;
    let profiles = place.read("pieces/run/profiles.csv")?;
    let header = profiles.lines().find(|line| !line.starts_with('#')).ok_or("no names")?;
    ensure!(
        header.starts_with("y,y_plus,U,U_error,") && header.contains(",v_dye,v_dye_error,w_dye,"),
        "{header}"
    );
    dressed_references(&place)?;

    // A damaged file is told, and a run that starts over has nothing of the old one.
    let batch = place.at("pieces/run/statistics/00000001.h5");
    let bytes = fs::read(&batch)?;
    fs::write(&batch, &bytes[..bytes.len() / 2])?;
    place.ends(
        1,
        "stats pieces/run",
        2,
        &[
            "pieces/run/statistics/00000001.h5 is damaged",
            "or move it away to average over the other batches only",
        ],
    )?;
    fs::remove_file(&batch)?;
    place.ends(1, "stats pieces/run", 0, &["; 25 samples; whole batches of 0.02: 2\n"])?;
    place.run(1, "pieces/run", "--fresh --set time.steps=2")?;
    for file in [
        "statistics",
        "profiles.csv",
        "budgets.csv",
        "spectra_z.csv",
        "correlations_x.csv",
        "numbers.csv",
        "tables.h5",
        "figures/mean_velocity.svg",
    ] {
        ensure!(!place.at("pieces/run").join(file).exists(), "--fresh leaves {file}");
    }
    Ok(())
}

/// The reference `published.txt` gives the same table whoever has written it, and what is none is refused.
fn dressed_references(place: &Place) -> Outcome {
    let stats = "stats pieces/run --reference published.txt";
    let plain = place.rogallo(1, stats)?.output;
    for (text, columns) in [
        (
            &b"\xef\xbb\xbf# columns: y/h [-] y+ [-] U+ [-] uv+ [-]\r\n0 0 0 0\r\n0.1 6.6 6 -1.0D-01 ! J. \
            Jim\xe9nez\r\n1 66 15 0"[..],
            "",
        ),
        (b"c y/h;y+;U+;uv+\n0;0;0;0\n0,1;6,6;6;-0,1\n1;66;15;0\n", ""),
        (b"0 0 0 0\n0.1 6.6 6 -.1\n1 66 15 0\n", "--columns y/h,y+,U+,uv+"),
    ] {
        fs::write(place.at("published.txt"), text)?;
        let output = place.rogallo(1, &format!("{stats} {columns}"))?.output;
        ensure!(output == plain, "{}\n{plain}\n{output}", String::from_utf8_lossy(text));
    }
    fs::write(place.at("published.txt"), "# y/h y+ U+ uv+\n0 0 0 0\n0.1 20 6 -0.1\n1 200 15 0\n")?;
    place.ends(1, stats, 0, &["  Re_tau   ", "200 in the reference, "])?;
    fs::write(place.at("published.txt"), "# data of y/h y+ U+ uv+ odd\n0 0 0 0\n0.1 6 6 -0.1\n")?;
    place.ends(
        1,
        stats,
        2,
        &["published.txt:2: 4 numbers under 5 names of columns: line 1 has `y/h`, `y+`, `U+`, `uv+`, `odd`; \
            --columns"],
    )?;
    place.ends(
        1,
        "stats pieces/run --reference case.toml",
        2,
        &["case.toml is not a reference for a channel:\nIt has no rows of numbers.\nProfiles"],
    )
}

/// What the walls do depends on the time, and in a moving frame also where they blow.
fn moving_walls() -> Outcome {
    let place = Place::new()?;
    let walls = "[walls]\noscillation = { amplitude = 5.0, period = 0.05 }\ntranspiration = \
        [{ amplitude = 0.5, wavenumber = [1, 1] }]\n";
    fs::write(place.at("case.toml"), format!("{CASE}[numerics]\nframe_velocity = 7.0\n{walls}"))?;
    place.run(1, "whole", "")?;
    place.run(3, "pieces", "--set time.steps=16")?;
    place.ends(
        2,
        "run case.toml --dir pieces",
        0,
        &["continuing from pieces/checkpoints/00000016.h5", "done: step 40,"],
    )?;
    place.same_state("whole", "pieces")?;
    place.same_text("whole", "pieces", "series.csv")?;
    // In single precision the mean profiles go on in double.
    let single = "--set numerics.precision=\"single\" --set numerics.frame_velocity=7";
    place.run(2, "whole", &format!("--fresh {single}"))?;
    place.run(3, "pieces", &format!("--fresh {single} --set time.steps=16"))?;
    place.run(1, "pieces", single)?;
    place.same_state("whole", "pieces")?;
    place.same_text("whole", "pieces", "series.csv")?;
    place.python(
        "import h5py
f = h5py.File('whole/checkpoints/latest')
mean = f['state/laplacian_v'][:33]
assert 0 < abs(mean.imag).max() < 6e-8 * abs(mean.real).max(), mean",
    )?;
    // They are in the state.
    place.run(1, "still", "--set walls.transpiration=[]")?;
    ensure!(place.same_state("whole", "still").is_err(), "the walls do not blow");
    Ok(())
}

/// The same flow between walls at rest and between walls that move with 3.
fn observers() -> Outcome {
    let place = Place::new()?;
    fs::write(place.at("case.toml"), CASE)?;
    fs::write(place.at("published.txt"), "# y/h y+ U+ uv+\n0 0 0 0\n0.1 6 6 -0.1\n1 60 15 0\n")?;
    let mut tables = Vec::new();
    for (run, bulk, wall) in [("rest", "10", "0"), ("moving", "13", "3")] {
        let further = format!(
            "--set time.steps=16 --set drive.bulk_velocity={bulk} --set walls.velocity=[{wall},{wall}]"
        );
        place.run(1, run, &further)?;
        let checked = place.rogallo(1, &format!("check {run}/case.toml"))?.output;
        let stats = place.rogallo(1, &format!("stats {run} --reference published.txt"))?.output;
        let of = |text: &str, names: &[&str]| -> Vec<String> {
            let lines = text.lines().filter(|line| names.iter().any(|name| line.starts_with(name)));
            lines
                .map(|line| {
                    line.replace("; U_b is relative to the walls", "").replace(" relative to the walls", "")
                })
                .collect()
        };
        let found =
            [of(&checked, &["Reynolds numbers"]), of(&stats, &["Re_tau", "U_b ", "C_f", "  U+", "  uv+"])]
                .concat();
        ensure!(found.len() == 6 && found[0].contains("U_b h/nu 600.0"), "{found:?}");
        tables.push(found);
    }
    ensure!(tables[0] == tables[1], "{tables:?}");
    place.python(
        "import csv
def read(run, name):
    return [{key: float(value or 'nan') for key, value in row.items()} for row in \
    csv.DictReader(line for line in open(run + '/' + name) if line[0] != '#')]
# Round-off of the raw moments, in which the velocity of the walls is: 1e-16 U_w^n / u_tau^n, and more where \
they are differentiated twice.
for name in ('profiles.csv', 'budgets.csv', 'spectra_x.csv', 'spectra_z.csv'):
    rest, moving = read('rest', name), read('moving', name)
    for key in rest[0]:
        if key.endswith('_error') or key.startswith(('skewness', 'flatness')): continue
        size = max(abs(row[key]) for row in rest)
        off = max(abs(a[key] - b[key]) for a, b in zip(rest, moving))
        assert off <= 1e-7 * (1 + size), (name, key, off, size)
profiles = [read(run, 'profiles.csv') for run in ('rest', 'moving')]
assert all(abs(rows[0]['U']) < 1e-12 and rows[-1]['U'] > 10 for rows in profiles)
for key in ('skewness_u', 'skewness_v', 'flatness_u', 'flatness_w'):
    # Where the variance is not that of the last digits.
    off = [abs(a[key] - b[key]) for a, b in zip(*profiles) if a['uu'] > 1e-3]
    assert len(off) > 8 and max(off) < 1e-6, (key, off)
rest, moving = read('rest', 'series.csv'), read('moving', 'series.csv')
for a, b in zip(rest, moving):
    for key in ('re_bulk', 're_tau'):
        assert abs(a[key] / b[key] - 1) < 1e-8, (key, a[key], b[key])
assert abs(rest[-1]['re_bulk'] - 600) < 1e-6 and abs(moving[-1]['bulk_velocity'] - 13) < 1e-9",
    )
}

fn spectra_on_any_ranks() -> Outcome {
    let place = Place::new()?;
    fs::write(place.at("case.toml"), CASE)?;
    let steps = "--set time.steps=8 --set output.statistics.batch=0.016";
    place.run(1, "on-1", steps)?;
    for (ranks, grid) in [(2, "[2,1]"), (3, "[3,1]"), (4, "[2,2]"), (6, "[3,2]"), (6, "[6,1]"), (6, "[1,6]")]
    {
        place.run(ranks, "other", &format!("--fresh {steps} --set parallel.process_grid={grid}"))?;
        place
            .python(
                "import h5py, numpy as np
paths = [run + '/statistics/00000000.h5' for run in ('on-1', 'other')]
a = h5py.File(paths[0])
assert {'kx', 'kz', 'spectrum_x_uu', 'spectrum_z_v[dye]', 'spectra_y'} <= set(a), sorted(a)
assert a['spectrum_xz_uv'].shape == (4, 6, 6) and a['spectrum_xz_uv'].attrs['axes'] == b'spectra_y, kx, kz'
y = a['spectra_y'][:]
assert abs(y + y[::-1]).max() < 1e-15 and set(y) < set(a['y'][:]) and abs(60 * (1 + y[:2]) - [5, 30]).max() < 3, y
assert a['spectrum_x_pp'].shape == (33, 6) and a['spectra_samples'][()] == 3
assert open(paths[0], 'rb').read() == open(paths[1], 'rb').read()
for direction in 'xz':
    for name in ('uu', 'uv', 'pp', '[dye][dye]', 'u[dye]'):
        # In the bin of k = 0 is the mean flow, which is the same on any grid.
        assert abs(a['spectrum_' + direction + '_' + name][:, 1:]).max() > 1e-8, (direction, name)",
            )
            .map_err(|error| format!("{ranks} ranks, {grid}: {error:?}"))?;
    }
    Ok(())
}

/// Averages at five phases of oscillating walls, and with other phases from a later step on.
fn phases() -> Outcome {
    let place = Place::new()?;
    let walls = "[walls]\noscillation = { amplitude = 5.0, period = 0.0231 }\n";
    fs::write(
        place.at("case.toml"),
        format!("{}{walls}", CASE.replace("spectra_2d_at = [5, 30]", "phases = 5")),
    )?;
    let refused = "the walls do not oscillate, and have no phases";
    fs::write(place.at("still.toml"), CASE.replace("spectra_2d_at = [5, 30]", "phases = 5"))?;
    place.ends(1, "check still.toml", 2, &[refused])?;
    place.run(1, "whole", "")?;
    place.run(3, "pieces", "--set time.steps=16")?;
    place.run(4, "pieces", "")?;
    for batch in 0..4 {
        let file = format!("statistics/{batch:08}.h5");
        ensure!(
            fs::read(place.at("whole").join(&file))? == fs::read(place.at("pieces").join(&file))?,
            "{file} differs"
        );
    }
    place.same_text("whole", "pieces", "phases.csv")?;
    place.ends(
        1,
        "stats whole",
        0,
        &["budget_uw, budget_vw", "phases_W, phases_uu, phases_ww, phases_uv"],
    )?;
    place.python(
        "import csv, h5py, numpy as np
def columns(name):
    lines = [line for line in open('whole/' + name) if not line.startswith('#')]
    rows = list(csv.DictReader(lines))
    return {key: np.array([float(row[key] or 'nan') for row in rows]) for key in rows[0]}
batches = [h5py.File('whole/statistics/%08d.h5' % m) for m in range(4)]
total = lambda name: sum(b[name][()] for b in batches)
# All phases together are the whole.
for name in ('u', 'w', 'uu', 'vv', 'ww', 'uv', 'uw', 'vw'):
    assert batches[0]['phase_' + name].shape == (5, 33) and batches[0]['phase_' + name].attrs['axes'] == b'phase, y'
    assert abs(total('phase_' + name).sum(0) - total(name)).max() < 1e-12 * abs(total(name)).max(), name
weights = total('phase_weight')
assert abs(weights.sum() - total('weight')) < 1e-12 and total('phase_samples').sum() == 35
def halves(name):
    mean = total('phase_' + name) / weights[:, None]
    return 0.5 * (mean + (-1 if name in ('uv', 'vw') else 1) * mean[:, ::-1])[:, :17]
u, w, uu, vv, ww, uv, uw, vw = map(halves, ('u', 'w', 'uu', 'vv', 'ww', 'uv', 'uw', 'vw'))
central = {'U': u + batches[0]['frame_velocity'][()], 'W': w, 'uu': uu - u ** 2, 'vv': vv, 'ww': ww - w ** 2, 'uv': uv, \
'uw': uw - u * w, 'vw': vw}
table, profiles = columns('phases.csv'), columns('profiles.csv')
phase = np.arange(5) / 5 + total('phase_offset') / weights
assert abs(table['phase'].reshape(5, 17) - phase[:, None]).max() < 1e-12 and abs(phase - np.arange(5) / 5).max() < 0.1
u_tau = profiles['y_plus'][-1] / 60
for name, exact in central.items():
    found = table[name].reshape(5, 17) * u_tau ** len(name)
    assert abs(found - exact).max() < 1e-9 * (1 + abs(exact).max()), (name, abs(found - exact).max())
# The wall itself.
wall = table['W'].reshape(5, 17)[:, 0] * u_tau
times = [0.002 * n for n in range(6, 41)]
for n in range(5):
    own = [t for t in times if round(5 * t / 0.0231) % 5 == n]
    assert abs(wall[n] - 5 * np.mean(np.sin(2 * np.pi * np.array(own) / 0.0231))) < 1e-9, (n, wall[n])",
    )?;
    let story = "the case has changed; averages continue:\n  output.statistics: ";
    place.ends(
        2,
        "run case.toml --dir whole --set time.steps=45 --set output.statistics.phases=3",
        0,
        &[story],
    )?;
    place.run(1, "whole", "--set time.steps=65 --set output.statistics.phases=3")?;
    place.python(
        "import h5py
batches = [h5py.File('whole/statistics/%08d.h5' % m) for m in range(6)]
assert [len(b['phase']) if 'phase' in b else 0 for b in batches] == [5, 5, 5, 5, 3, 3]
assert len(set(line.split(',')[0] for line in open('whole/phases.csv') if line[0] != '#')) == 4",
    )
}

/// Spectra over both directions at some y to step 13, at others up to 33, and then at none.
fn other_places() -> Outcome {
    let place = Place::new()?;
    fs::write(place.at("case.toml"), CASE)?;
    let at = |places: &str| format!("--set output.statistics.spectra_2d_at={places}");
    place.run(2, "run", &format!("--set time.steps=13 {}", at("[5]")))?;
    let story = "the case has changed; averages continue:\n  output.statistics: ";
    place.ends(3, &format!("run case.toml --dir run --set time.steps=33 {}", at("[5,30]")), 0, &[story])?;
    place.ends(1, "stats run", 0, &["spectra over kx and kz are averaged from t = 0.04 to 0.066"])?;
    place.ends(2, &format!("run case.toml --dir run {}", at("[]")), 0, &[story])?;
    let from = "spectra over kx and kz are averaged from t = 0.04 to 0.06";
    place.ends(1, "stats run", 0, &["; 35 samples; ", from, "spectra_xz_uu"])?;
    place.python(
        "import h5py
batches = [h5py.File('run/statistics/%08d.h5' % m) for m in range(4)]
assert [len(b['spectra_y']) if 'spectra_y' in b else 0 for b in batches] == [2, 0, 4, 0]
assert [('spectrum_xz_uu' in b, 'spectrum_x_uu' in b) for b in batches] == [(True, True), (False, True)] * 2
for b in batches[::2]:
    y = list(b['y'][:])
    for place, plane in zip(b['spectra_y'], b['spectrum_xz_uu']):
        assert abs(plane.sum() - b['uu'][y.index(place)]) < 1e-12 * b['uu'][:].max()",
    )
}

/// As a checkpoint of a version that averages less.
fn incomplete() -> Outcome {
    let place = Place::new()?;
    fs::write(place.at("case.toml"), CASE)?;
    for missing in ["uvv", "spectra_mean_p", "spectrum_x_u[dye]"] {
        place.run(2, "old", "--fresh --set time.steps=8")?;
        place.python(&format!(
            "import h5py; del h5py.File('old/checkpoints/latest', 'r+')['statistics/{missing}']"
        ))?;
        let refused = format!(
            "00000008.h5 is not of this version of rogallo: it has statistics, but no \"{missing}\". Continue \
             with"
        );
        place.ends(3, "run case.toml --dir old --set time.steps=12", 2, &[&refused])?;
        let warned = format!("warning: averages start afresh: it has statistics, but no \"{missing}\"");
        place.ends(
            3,
            "run case.toml --dir old --set time.steps=12 --accept-changes",
            0,
            &[&warned, "done: step 12,"],
        )?;
        place.python(&format!(
            "import h5py
f = h5py.File('old/statistics/00000000.h5')
assert '{missing}' in f and f['samples'][()] == f['spectra_samples'][()] == 1 and f['t_begin'][()] > 0.0179
assert abs(f['spectrum_x_uu'][:].sum(1) - f['uu'][:]).max() < 1e-12 * f['uu'][:].max()"
        ))?;
    }
    Ok(())
}

/// As a checkpoint of a version without these averages.
fn added() -> Outcome {
    let place = Place::new()?;
    fs::write(place.at("case.toml"), CASE)?;
    place.run(2, "whole", "")?;
    place.run(2, "old", "--set time.steps=8")?;
    place.python(
        "import h5py
f = h5py.File('old/checkpoints/latest', 'r+')['statistics']
names = 'uuw uvw vvw pw e_uw d_uw e_vw d_vw p_wx p_wy p_uz p_vz ws ps uvs vvs vws vss sss ssss e_ss d_ss \
e_us d_us e_vs d_vs e_ws d_ws p_sx p_sy p_sz u_sy v_sy w_sy'
for name in names.replace('s', '[dye]').split(): del f[name]",
    )?;
    place.ends(
        3,
        "run case.toml --dir old",
        0,
        &["continuing from old/checkpoints/00000008.h5", "done: step 40,"],
    )?;
    place.python(
        "import h5py
old, whole = ([h5py.File('%s/statistics/%08d.h5' % (run, m)) for m in range(4)] for run in ('old', 'whole'))
lacking = set(whole[0]) - set(old[0])
assert len(lacking) == 34 and 'uvw' in lacking and not set(old[0]) - set(whole[0]), lacking
for name in set(old[0]) - {'numbers'}: assert old[0][name][()].tobytes() == whole[0][name][()].tobytes(), name",
    )?;
    for batch in 1..4 {
        let file = format!("statistics/{batch:08}.h5");
        ensure!(
            fs::read(place.at("old").join(&file))? == fs::read(place.at("whole").join(&file))?,
            "{file} differs"
        );
    }
    let without = "left out: 34 averages that batches of an earlier version lack, such as `uuw`";
    place.ends(1, "stats old", 0, &["; 35 samples; ", without, "budget_uv, scalar_mean"])?;
    let header = place.read("old/profiles.csv")?;
    ensure!(
        header.contains(",uww,") && !header.contains(",uvw,") && !header.contains("skewness_dye"),
        "{header}"
    );
    let header = place.read("old/budgets.csv")?;
    ensure!(
        header.contains("residual_uv,") && !header.contains("_uw") && !header.contains("_dye"),
        "{header}"
    );
    place.ends(
        1,
        "stats old --from 0.02",
        0,
        &["; 30 samples; ", "budget_uv, budget_dye_dye, budget_u_dye"],
    )?;
    ensure!(place.read("old/budgets.csv")?.contains("residual_w_dye,"), "a budget is missing");
    Ok(())
}

/// As a run of rogallo 0.1, which counted samples, in batches of one record.
fn older() -> Outcome {
    let place = Place::new()?;
    fs::write(place.at("case.toml"), CASE)?;
    place.run(2, "old", "--set time.steps=8")?;
    place.python(
        "import h5py
f = h5py.File('old/checkpoints/latest', 'r+')['statistics']
for name in ('samples', 'weight', 'batch', 't_begin', 'last_sample'): del f[name]
f.copy(f['u'], f, 'samples')",
    )?;
    fs::write(place.at("old/statistics.h5"), "of that version")?;
    let without = [
        "nothing yet: samples are taken from",
        "left out: the unfinished batch: ",
        "statistics.h5 was written by rogallo 0.1, whose averages have no times",
    ];
    place.ends(1, "stats old", 0, &without)?;
    let refused = [
        "its averages count samples and not time, as those of rogallo 0.1 do. Continue with the version that \
         wrote it, or with --accept-changes",
    ];
    place.ends(3, "run case.toml --dir old --set time.steps=12", 2, &refused)?;
    let warned = [
        "warning: averages start afresh: its averages count samples",
        "averaged         t = 0.018 to 0.024, ",
    ];
    place.ends(3, "run case.toml --dir old --set time.steps=12 --accept-changes", 0, &warned)
}
