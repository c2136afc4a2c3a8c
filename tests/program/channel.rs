//! A channel: its averages are the same to the bit on any ranks and in two pieces, and `stats` makes tables and figures of them.

use crate::ensure;
use crate::place::{Outcome, Place};
use libtest_mimic::Trial;
use std::fs;

pub fn trials() -> Vec<Trial> {
    vec![Trial::test("a_channel_is_averaged_in_two_pieces_and_reported", averaged)]
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
statistics = { every_steps = 1, from = 0.009 }
"#;

/// 40 steps on two ranks; and 37 on two, then the others on three. These go on with the 33rd sample, the one after which batches hold two.
fn averaged() -> Outcome {
    let place = Place::new()?;
    fs::write(place.at("case.toml"), CASE)?;
    place.run(2, "whole", "")?;
    place.run(2, "pieces", "--set time.steps=37")?;
    place.ends(3, "run case.toml --dir pieces", 0, &["continuing from pieces/checkpoints/00000037.h5, step 37,", "done: step 40,"])?;
    place.same_state("whole", "pieces")?;
    place.python(
        "import h5py, numpy as np
a, b = (h5py.File(run + '/statistics.h5') for run in ('whole', 'pieces'))
names = [name for name in a if name != 'numbers']
assert set(a) == set(b) and {'y', 'samples', 'uu', 'p_uy', 'd_ww', 'v[dye]'} <= set(names), sorted(a)
assert a['samples'][:].sum() == 36 and len(a['samples']) == 18, a['samples'][:]
for name in names:
    assert np.array_equal(a[name][:].view('u8'), b[name][:].view('u8')), name
assert abs(a['uu'][:]).max() > 1",
    )?;
    // `stats` writes again what the end of the run has written.
    let files = ["profiles.csv", "budgets.csv", "figures/mean_velocity.svg", "figures/budget_k.png"];
    for file in files {
        ensure!(fs::read(place.at("whole").join(file))? == fs::read(place.at("pieces").join(file))?, "{file} of the two runs differ");
        fs::remove_file(place.at("pieces").join(file))?;
    }
    fs::write(place.at("published.txt"), "# y/h y+ U+ uv+\n0 0 0 0\n0.1 6 6 -0.1\n1 60 15 0\n")?;
    let parts = [
        "36 samples",
        "Re_tau ",
        "published, this run minus the published\n",
        "\n  uv+ ",
        "(mean_velocity, stresses, vorticity, budget_k, friction;",
    ];
    place.ends(1, "stats pieces --reference published.txt", 0, &parts)?;
    ensure!(place.at("pieces/figures/budget_k.png").exists(), "no figure");
    place.same_text("whole", "pieces", "profiles.csv")?;
    place.same_text("whole", "pieces", "budgets.csv")?;
    let header = place.read("pieces/profiles.csv")?;
    ensure!(header.starts_with("y,y_plus,U,U_error,") && header.contains(",v_dye,v_dye_error\n"), "{header}");
    place.ends(1, "stats pieces --reference case.toml", 2, &["case.toml: unknown form of a reference, no line names a column `y+`"])?;

    // A damaged file is told, and a run that starts over has nothing of the old one.
    let bytes = fs::read(place.at("pieces/statistics.h5"))?;
    fs::write(place.at("pieces/statistics.h5"), &bytes[..bytes.len() / 2])?;
    place.ends(1, "stats pieces", 2, &["pieces/statistics.h5 is damaged"])?;
    place.run(1, "pieces", "--fresh --set time.steps=2")?;
    for file in ["statistics.h5", "profiles.csv", "budgets.csv", "figures/mean_velocity.svg"] {
        ensure!(!place.at("pieces").join(file).exists(), "--fresh leaves {file}");
    }
    Ok(())
}
