//! The tables of a report: what their columns mean, and what other programs make of them.

use crate::ensure;
use crate::place::{Outcome, Place};
use libtest_mimic::{Failed, Trial};
use std::fs;

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("every_column_of_every_table_is_explained", explained),
        Trial::test("the_tables_of_a_channel_have_named_coordinates", of_a_channel),
        Trial::test("the_tables_of_a_box_have_named_coordinates", of_a_box),
        Trial::test("tables_have_the_same_bytes_on_any_ranks", same_bytes),
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

/// Rotating, so that all terms of the budgets are there.
const CHANNEL: &str = r#"
flow.kind = "channel"
domain = { size = ["pi", 2, "1/2 pi"], grid = [12, 17, 12] }
fluid.reynolds_tau = 50
drive = { kind = "mass-flux", bulk_velocity = 10.0, rotation = 0.1 }
scalar.dye = { schmidt = 0.7, values = [0.0, 1.0] }
initial = { kind = "turbulent", amplitude = 0.1 }
time = { dt = 0.01, end = 0.3 }
output = { series = { every_steps = 5 }, statistics = { every_steps = 1, batch = 0.1 } }
"#;

/// Python: `opened(FOLDER)` is its `tables.h5` as xarray opens it, by both libraries alike, after a comparison
/// with every CSV file beside it; `facts(FILE)` are the lines at the top of a table.
const READERS: &str = "
import glob, math, os, numpy, pandas, xarray
def opened(folder):
    path = folder + '/tables.h5'
    tables, other = (xarray.open_dataset(path, engine=name) for name in ('h5netcdf', 'netcdf4'))
    xarray.testing.assert_identical(tables, other)
    for name, variable in tables.variables.items():
        assert variable.attrs['units'] and variable.attrs['long_name'], name
        assert all(dim in tables.coords for dim in variable.dims), (name, variable.dims)
    marked = [of for of in tables.variables.values() if 'table' in of.attrs]
    found = {(of.attrs['table'], of.attrs['column']): of for of in marked}
    compared = set()
    for path in glob.glob(folder + '/*.csv'):
        file = os.path.basename(path)
        if ('series.csv', 'energy') not in found and file == 'series.csv': continue
        frame = pandas.read_csv(path, comment='#', float_precision='round_trip')
        places = [name for name in frame if (file, name) not in found]
        axes = {'time', 'step', 'k', 'n', 'y', 'kx', 'kz', 'dx', 'dz'}
        assert set(name.replace('_plus', '') for name in places) <= axes, places
        for name in set(frame) - set(places):
            numpy.testing.assert_array_equal(frame[name], found[file, name].values.ravel(), name)
            compared.add((file, name))
    assert compared == set(found), set(found) - compared
    return tables
def facts(path):
    return dict(line[2:].rstrip('\\n').split(': ', 1) for line in open(path) if line[0] == '#')
";

fn with(case: &str) -> Result<Place, Failed> {
    let place = Place::new()?;
    fs::write(place.at("case.toml"), case)?;
    Ok(place)
}

/// The names of the columns of a CSV file, without those of errors; those of the scalar as `NAME`.
fn names(text: &str, scalar: &str) -> Vec<String> {
    let header = text.lines().find(|line| !line.starts_with('#')).unwrap_or_default();
    let own = header.split(',').filter(|name| !name.ends_with("_error"));
    own.map(|name| name.replace(scalar, "NAME")).collect()
}

/// On the page of the documentation, and by the command.
fn explained() -> Outcome {
    let page = fs::read_to_string("docs/columns.md")?;
    let mut count = 0;
    for (case, flow, scalar) in [(BOX, "homogeneous", "heat"), (CHANNEL, "channel", "dye")] {
        let place = with(case)?;
        place.run(2, "run", "")?;
        for entry in fs::read_dir(place.at("run"))? {
            let file = entry?.file_name().to_string_lossy().into_owned();
            if !file.ends_with(".csv") {
                continue;
            }
            let heading = format!("## `{file}` of `flow.kind = \"{flow}\"`\n");
            let (_, section) = page.split_once(&heading).ok_or_else(|| format!("no `{heading}`"))?;
            let section = section.split("\n## ").next().unwrap_or_default();
            let told = place.rogallo(1, &format!("columns {file}"))?.output;
            for column in names(&place.read(&format!("run/{file}"))?, scalar) {
                let row = section.lines().find(|line| line.starts_with(&format!("| `{column}` | ")));
                let cells: Vec<&str> = row.unwrap_or_default().split(" | ").collect();
                ensure!(
                    cells.len() > 2 && !cells[1].trim().is_empty() && cells[2].len() > 3,
                    "{column} of {file} is not explained:\n{section}"
                );
                ensure!(told.contains(&format!("\n  {column} ")), "{column} is not told:\n{told}");
                count += 1;
            }
        }
    }
    ensure!(count > 300, "only {count} columns");
    let place = Place::new()?;
    let told = "a run has no table odd.csv; the tables are series.csv, spectra.csv, ";
    place.ends(1, "columns odd.csv", 2, &[told])?;
    place.ends(1, "columns profiles", 0, &["profiles.csv of flow.kind = \"channel\": Profiles of a channel."])
}

fn of_a_channel() -> Outcome {
    let place = with(CHANNEL)?;
    place.run(2, "run", "")?;
    place.python(&format!(
        "{READERS}
tables, told = opened('run'), facts('run/profiles.csv')
keys = 'title flow citation averages errors Re_tau normalisation program units'.split()
assert list(told) == keys, told
assert told['title'] == 'Profiles of a channel' and told['citation'] == 'run', told
assert told['flow'] == 'channel, grid 12 x 17 x 12, viscosity 0.02' and 'wall units' in told['normalisation']
assert told['averages'].startswith('t = 0 to 0.3, ') and told['errors'].startswith('none: '), told
assert told['program'].count('rogallo ') == 2 and '(' in told['program'], told
assert tables.attrs['Re_tau'] == told['Re_tau']
assert tables.attrs['title'].startswith(told['title'] + '; Budgets of ')
assert abs(float(told['Re_tau']) / float(tables.re_tau) - 1) < 1e-4
# pandas, numpy, and the units below the names.
frame = pandas.read_csv('run/profiles.csv', comment='#')
lines = (line for line in open('run/profiles.csv') if line[0] != '#')
array = numpy.genfromtxt(lines, delimiter=',', names=True)
assert list(frame) == list(array.dtype.names) and abs(array['uu'] - frame['uu']).max() < 1e-14
units = dict(zip(frame, told['units'].split(',')))
assert [units[name] for name in ('y', 'uu', 'v_dye_error')] == ['h', 'u_tau^2', 'u_tau dye_tau'], units
# Coordinates by their names: the point next to the wall, and the second wavenumber.
assert tables.U.dims == ('y',) and set(tables.U.coords) == {{'y', 'y_plus'}}
assert tables.y.attrs['units'] == 'h'
assert tables.spectrum_z_uu.dims == ('y', 'kz') and tables.correlation_x_ww.dims == ('y', 'dx')
assert set(tables.spectrum_x_uu.coords) == {{'y', 'y_plus', 'kx', 'kx_plus'}} and tables.re_tau.dims == ()
assert tables.production_u_dye.attrs['units'] == 'u_tau^3 dye_tau/nu'
assert tables.production_k_error.attrs['long_name'] == 'sampling error (68 %) of production_k'
there = tables.spectrum_x_uu.sel(y=0.02, kx=2.1, method='nearest')
assert float(there.y) == float(tables.y[1]) and float(there.kx) == 2.0
# The sum of E dk is the stress.
total = tables.spectrum_z_vv.sum('kz') * float(tables.kz_plus[1])
numpy.testing.assert_allclose(total, tables.vv, rtol=1e-9, atol=1e-12)"
    ))?;
    // A table is a reference for another run, with the name of its own.
    place.run(2, "plain", "--set drive={kind=\"mass-flux\",bulk_velocity=10.0} --set time.end=0.2")?;
    let told = "reference        plain, this run minus the published";
    place.ends(1, "stats plain --reference plain/profiles.csv", 0, &[told])
}

fn of_a_box() -> Outcome {
    let place = with(BOX)?;
    place.run(2, "run", "")?;
    place.run(2, "other", "--set numerics.seed=2")?;
    place.ends(1, "stats run other --ensemble", 0, &["2 members: run, other"])?;
    place.python(&format!(
        "{READERS}
tables, told = opened('run'), facts('run/spectrum.csv')
assert told['title'] == 'Mean spectrum of a forced box'
assert told['flow'].startswith('homogeneous, grid 12 x 12 x 12')
assert told['normalisation'] == 'units of the case'
assert told['units'].split(',') == ['1/length'] + 2 * ['velocity^2 length'], told
assert tables.energy.dims == ('time',) and set(tables.energy.coords) == {{'time', 'step'}}
assert tables.energy.attrs['units'] == 'velocity^2' and tables.heat_variance.attrs['units'] == '[heat]^2'
assert tables.spectrum_energy.dims == ('time_spectra', 'k') and tables.budget_slow_xx.dims == ('time_budget',)
assert tables.spectrum_uu_x.dims == ('time_spectra_1d', 'n') and tables.kx.dims == tables.spectrum_uu_x.dims
assert tables.spectrum_heat_flux_y.attrs['units'] == 'velocity [heat] length'
begin, end = (float(word) for word in told['averages'].split(';')[0].replace('t = ', '').split(' to '))
mean = tables.energy.sel(time=slice(begin, end)).mean()
# Within the linear interpolation in between.
assert abs(float(tables.spectrum_mean.sum()) / float(mean) - 1) < 0.02
mean, told = opened('run/ensemble'), facts('run/ensemble/series.csv')
assert told['ensemble'] == 'run, other' and told['title'] == 'History of a box', told
assert 'spectrum_energy_error' in mean and mean.energy_error.dims == ('time',)
assert len(told['units'].split(',')) == len(pandas.read_csv('run/ensemble/series.csv', comment='#').columns)"
    ))
}

/// In two directories of one name.
fn same_bytes() -> Outcome {
    for (case, files) in [
        (BOX, &["spectrum.csv", "tables.h5"][..]),
        (
            CHANNEL,
            &[
                "profiles.csv",
                "budgets.csv",
                "numbers.csv",
                "spectra_x.csv",
                "correlations_z.csv",
                "tables.h5",
            ],
        ),
    ] {
        let place = with(case)?;
        place.run(1, "one/run", "")?;
        place.run(3, "three/run", "")?;
        for file in files {
            let [one, three] = ["one", "three"].map(|ranks| fs::read(place.at(ranks).join("run").join(file)));
            let one = one?;
            ensure!(one == three?, "{file} of 1 and of 3 ranks differ");
            fs::remove_file(place.at("one/run").join(file))?;
        }
        place.ends(1, "stats one/run", 0, &["\nfigures  "])?;
        for file in files {
            let [one, three] = ["one", "three"].map(|ranks| fs::read(place.at(ranks).join("run").join(file)));
            ensure!(one? == three?, "{file} of `stats` and of the end of the run differ");
        }
    }
    Ok(())
}
