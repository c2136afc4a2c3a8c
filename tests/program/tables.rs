//! The tables of a run and of its report: what their columns mean, what other programs make of them, and
//! batches that a report has read before.

use crate::ensure;
use crate::place::{Outcome, Place};
use libtest_mimic::Trial;
use std::fs;

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("every_column_of_every_table_is_explained", explained),
        Trial::test("the_tables_of_a_box_have_named_coordinates", of_a_box),
        Trial::test("a_report_reads_again_only_what_has_changed", kept),
    ]
}

const BOX: &str = r#"
flow.kind = "homogeneous"
domain.grid = [12, 12, 12]
fluid.viscosity = 0.1
scalar.heat = { schmidt = 0.7, gradient = [0, 1, 0] }
initial = { kind = "random", spectrum = "passot-pouquet", peak_wavenumber = 1.5, energy = 0.5 }
forcing = { kind = "linear", rate = 0.2 }
time = { dt = 0.05, end = 30.0 }
output = { series = { every_steps = 2 }, spectra = { every_steps = 4 } }
"#;

const CHANNEL: &str = r#"
flow.kind = "channel"
domain = { size = ["pi", 2, "1/2 pi"], grid = [12, 17, 12] }
fluid.reynolds_tau = 50
drive = { kind = "mass-flux", bulk_velocity = 10.0, rotation = 0.1 }
scalar.dye = { schmidt = 0.7, values = [0.0, 1.0] }
initial = { kind = "turbulent", amplitude = 0.1 }
time = { dt = 0.01, end = 0.6 }
output = { series = { every_steps = 5 }, statistics = { every_steps = 1, batch = 0.01 } }
"#;

fn with(case: &str) -> Result<Place, libtest_mimic::Failed> {
    let place = Place::new()?;
    fs::write(place.at("case.toml"), case)?;
    Ok(place)
}

/// The names of a CSV file, without errors; those of the scalar as `NAME`.
fn names(text: &str, scalar: &str) -> Vec<String> {
    let header = text.lines().find(|line| !line.starts_with('#')).unwrap_or_default();
    let own = header.split(',').filter(|name| !name.ends_with("_error"));
    own.map(|name| name.replace(scalar, "NAME")).collect()
}

fn explained() -> Outcome {
    let mut count = 0;
    for (case, scalar, other) in [(BOX, "heat", "correlations_z"), (CHANNEL, "dye", "spectrum")] {
        let place = with(case)?;
        place.run(2, "run", "")?;
        for entry in fs::read_dir(place.at("run"))? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if !name.ends_with(".csv") || name.starts_with(other) {
                continue;
            }
            // Those of z are as those of x.
            let page = name.replace("_z.csv", "_x.csv");
            let told = place.rogallo(1, &format!("columns {page}"))?.output;
            for column in names(&place.read(&format!("run/{name}"))?, scalar) {
                let column =
                    if page == name { column } else { column.replace("kz", "kx").replace("dz", "dx") };
                let line = told.lines().find(|line| line.trim().starts_with(&format!("{column} ")));
                ensure!(
                    line.is_some_and(|line| line.len() > 20),
                    "{column} of {name} is not explained:\n{told}"
                );
                count += 1;
            }
        }
    }
    ensure!(count > 200, "only {count} columns");
    let place = Place::new()?;
    place.ends(
        1,
        "columns odd.csv",
        2,
        &["a run has no table odd.csv; the tables are series.csv, spectra.csv"],
    )?;
    Ok(())
}

fn of_a_box() -> Outcome {
    let place = with(BOX)?;
    place.run(2, "run", "")?;
    place.python(
        "import csv, xarray
def rows(name):
    return list(csv.DictReader(line for line in open('run/' + name) if line[0] != '#'))
tables = xarray.open_dataset('run/tables.h5')
assert tables.energy.dims == ('time',) and tables.energy.attrs['units'] == 'velocity^2', tables
assert [float(row['energy']) for row in rows('series.csv')] == list(tables.energy.values)
assert tables.heat_variance.attrs['units'] == '[heat]^2'
assert tables.spectrum_energy.dims == ('time_spectra', 'k')
last = tables.spectrum_energy.sel(time_spectra=30, k=2, method='nearest')
assert float(last) == [float(row['energy']) for row in rows('spectra.csv') if float(row['k']) == 2][-1]
mean = rows('spectrum.csv')
assert [float(row['energy']) for row in mean] == list(tables.spectrum_mean.values)
# The mean spectrum sums to the mean energy of the same time, if for the linear interpolation in between.
time = tables.spectrum_energy.time_spectra.values
begin, end = (float(word) for word in tables.attrs['averages'].split(';')[0].replace('t = ', '').split(' to '))
inside = tables.energy.sel(time=slice(begin, end))
assert abs(float(tables.spectrum_mean.sum()) / float(inside.mean()) - 1) < 0.02
assert tables.budget_slow_xx.dims == ('time_budget',)",
    )
}

fn kept() -> Outcome {
    let place = with(CHANNEL)?;
    place.run(2, "run", "")?;
    ensure!(place.at("run/.batches").exists(), "nothing is kept");
    let tables = ["profiles.csv", "budgets.csv", "spectra_x.csv", "tables.h5"];
    let read = || tables.map(|name| fs::read(place.at("run").join(name)).ok());
    let first = read();
    place.ends(1, "stats run", 0, &["whole batches of 0.01: 59"])?;
    ensure!(read() == first && first.iter().all(Option::is_some), "what is kept gives other averages");
    // Damaged: all are read again, and kept again.
    let mut damaged = fs::read(place.at("run/.batches"))?;
    let middle = damaged.len() / 2;
    damaged[middle] ^= 4;
    fs::write(place.at("run/.batches"), &damaged)?;
    place.ends(1, "stats run", 0, &["whole batches of 0.01: 59"])?;
    ensure!(read() == first && fs::read(place.at("run/.batches"))? != damaged, "the damaged file was used");
    // A batch that has gone does not count, and a damaged one is named.
    let batch = place.at("run/statistics/00000020.h5");
    let mut bytes = fs::read(&batch)?;
    fs::remove_file(&batch)?;
    place.ends(1, "stats run", 0, &["whole batches of 0.01: 58"])?;
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    fs::write(&batch, &bytes)?;
    place.ends(1, "stats run", 2, &["00000020.h5"])?;
    bytes[middle] ^= 4;
    fs::write(&batch, &bytes)?;
    place.ends(1, "stats run", 0, &["whole batches of 0.01: 59"])?;
    ensure!(read() == first, "the mended batch gives other averages");
    // A new beginning keeps nothing.
    place.run(1, "run", "--fresh --set time.steps=2")?;
    ensure!(!place.at("run/.batches").exists(), "--fresh leaves what was kept");
    Ok(())
}
