//! The keys of a channel. The drive is written out, so that the Reynolds number it was worked out
//! from need not be.

use super::super::schema::{EIGENFAMILIES, WALL_SIDES};
use super::super::types::*;
use super::{Entries, Own, array, cadence_keys, inline, number, quoted, word};
use crate::time::Schedule;

/// What this flow adds to a case file.
pub fn own(flow: &Channel) -> Own {
    let Channel { drive, rotation, walls, frame_velocity, scalars, initial, dealiase_y, sampling } = flow;
    let mut tables =
        vec![("drive".to_owned(), self::drive(*drive, *rotation)), ("walls".to_owned(), self::walls(walls))];
    tables.extend(scalars.iter().map(|scalar| (format!("scalar.{}", scalar.name), self::scalar(scalar))));
    tables.push(("initial".to_owned(), self::initial(initial)));
    Own {
        kind: "channel",
        flow: Vec::new(),
        tables,
        numerics: vec![
            ("dealiasing", quoted("two-thirds")),
            ("dealiase_y", dealiase_y.to_string()),
            ("frame_velocity", number(*frame_velocity)),
        ],
        time: vec![("scheme", quoted("rk3"))],
        output: vec![("statistics", self::sampling(*sampling))],
    }
}

fn drive(drive: Drive, rotation: f64) -> Entries {
    let [kind, value] = match drive {
        Drive::MassFlux { bulk_velocity } => {
            [("kind", quoted("mass-flux")), ("bulk_velocity", number(bulk_velocity))]
        }
        Drive::PressureGradient { gradient } => {
            [("kind", quoted("pressure-gradient")), ("gradient", number(gradient))]
        }
    };
    vec![kind, value, ("rotation", number(rotation))]
}

fn walls(walls: &Walls) -> Entries {
    let Walls { velocity, oscillation, transpiration } = walls;
    let mut entries = vec![("velocity", array(velocity))];
    entries.extend(oscillation.map(|Oscillation { amplitude, period }| {
        ("oscillation", inline(&[("amplitude", number(amplitude)), ("period", number(period))]))
    }));
    if !transpiration.is_empty() {
        let waves: Vec<String> = transpiration.iter().map(wave).collect();
        entries.push(("transpiration", format!("[{}]", waves.join(", "))));
    }
    entries
}

fn wave(wave: &Transpiration) -> String {
    let Transpiration { wall, amplitude, wavenumber, phase } = wave;
    let wall = ("wall", word(WALL_SIDES, *wall));
    inline(&[
        wall,
        ("amplitude", number(*amplitude)),
        ("wavenumber", array(wavenumber)),
        ("phase", number(*phase)),
    ])
}

fn scalar(scalar: &ChannelScalar) -> Entries {
    let ChannelScalar { name: _, schmidt, boundary } = scalar;
    let boundary = match boundary {
        ScalarBoundary::Values { lower, upper } => ("values", array(&[*lower, *upper])),
        ScalarBoundary::Source { rate } => ("source", number(*rate)),
    };
    vec![("schmidt", number(*schmidt)), boundary]
}

fn initial(initial: &ChannelInitial) -> Entries {
    match initial {
        ChannelInitial::Laminar => vec![("kind", quoted("laminar"))],
        ChannelInitial::Turbulent { amplitude } => {
            vec![("kind", quoted("turbulent")), ("amplitude", number(*amplitude))]
        }
        ChannelInitial::Eigenmode { family, wavenumber, index, amplitude } => vec![
            ("kind", quoted("eigenmode")),
            ("family", word(EIGENFAMILIES, *family)),
            ("wavenumber", array(wavenumber)),
            ("index", index.to_string()),
            ("amplitude", number(*amplitude)),
        ],
        ChannelInitial::File { path } => vec![("kind", quoted("file")), ("file", quoted(path.display()))],
    }
}

fn sampling(sampling: Sampling) -> String {
    let Sampling { schedule, from, batches: Batches { length, of_spectra } } = sampling;
    // Without a cadence these would mean the usual one.
    let others =
        [("from", number(from)), ("batch", number(length)), ("spectra_batch", of_spectra.to_string())];
    let others = others.into_iter().filter(|_| schedule != Schedule::default());
    inline(&cadence_keys(schedule).into_iter().chain(others).collect::<Entries>())
}
