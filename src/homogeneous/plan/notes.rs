//! Notes on what the box or the grid cuts off from the fields and forces of a case: for `check`, and for
//! the log of a run.

use super::super::{Band, Cumulative, Parameters, Wavenumbers, sums};
use crate::case::Case;
use crate::error::Result;
use crate::homogeneous::case::{Forcing, Homogeneous, Initial, ScalarInitial, Spectrum};

/// Fractions of the energy and of the dissipation of a spectrum that may be lost without a note.
const ENERGY: f64 = 0.01;
const DISSIPATION: f64 = 0.05;

/// The notes on a case, one line each.
///
/// # Errors
/// A field or a force that the run would refuse.
pub fn notes(case: &Case, flow: &Homogeneous) -> Result<Vec<String>> {
    let parameters = Parameters::new(case, flow);
    parameters.refuse_impossible()?;
    let mut notes = Vec::new();
    if let Initial::Random { energy, spectrum, .. } = &flow.initial {
        notes.extend(of_spectrum("initial", *energy, spectrum, &parameters));
    }
    for scalar in &flow.scalars {
        if let ScalarInitial::Random { energy, spectrum } = &scalar.initial {
            notes.extend(of_spectrum(
                &format!("scalar.{}.initial", scalar.name),
                *energy,
                spectrum,
                &parameters,
            ));
        }
    }
    notes.extend(of_forcing(flow, &parameters)?);
    Ok(notes)
}

/// Describes the part of a spectrum that the box and the grid hold.
fn of_spectrum(key: &str, wanted: Option<f64>, spectrum: &Spectrum, parameters: &Parameters) -> Vec<String> {
    let truncation = parameters.truncation();
    let wavenumbers = Wavenumbers::new(parameters.size, &truncation);
    let whole = Cumulative::new(spectrum);
    let lost = whole.lost(&wavenumbers, &truncation);
    let mut notes = Vec::new();
    if lost.below[0] > ENERGY || lost.beyond[0] > ENERGY || lost.beyond[1] > DISSIPATION {
        let (held, _) = sums(spectrum, &wavenumbers, &truncation);
        let total = whole.total()[0];
        let holds = match (spectrum, wanted) {
            (Spectrum::Table { .. }, _) => {
                format!(
                    "the grid holds an energy of {} of the {} in the table",
                    figures(held.energy),
                    figures(total)
                )
            }
            _ => format!("the grid holds {} of the energy of the spectrum", percent(held.energy / total)),
        };
        let mut text = format!(
            "{key}: {holds}, and {} of its dissipation",
            percent(1.0 - lost.below[1] - lost.beyond[1])
        );
        if lost.below[0] > ENERGY {
            let least = wavenumbers.unit.into_iter().fold(f64::INFINITY, f64::min);
            text += &format!(
                "; {} of its energy lies below the wavenumbers of the box (2 pi/L = {})",
                percent(lost.below[0]),
                figures(least)
            );
        }
        if lost.beyond[0] > ENERGY || lost.beyond[1] > DISSIPATION {
            text += &format!(
                "; {} of its energy lies beyond those of the grid (k_max {} in the coarsest direction)",
                percent(lost.beyond[0]),
                figures(wavenumbers.largest())
            );
        }
        if let Some(wanted) = wanted {
            text += &format!(
                "; what it holds is scaled up to energy = {wanted}: by {} against the whole spectrum",
                figures(total / held.energy)
            );
        }
        notes.push(text);
    }
    if let Spectrum::VonKarmanPao { kolmogorov_length: Some(eta), .. } = spectrum
        && wavenumbers.largest() * eta < 1.0
    {
        notes.push(format!(
            "{key}.kolmogorov_length: k_max eta is {} with it: the grid does not resolve it (1 to 1.5 does)",
            figures(wavenumbers.largest() * eta)
        ));
    }
    notes
}

/// Describes the part of a forced band that the box and the grid lack.
fn of_forcing(flow: &Homogeneous, parameters: &Parameters) -> Result<Vec<String>> {
    let (Some(Forcing::ConstantPower { k_min, k_max, .. })
    | Some(Forcing::OrnsteinUhlenbeck { k_min, k_max, .. })
    | Some(Forcing::FrozenShells { k_min, k_max })) = flow.forcing
    else {
        return Ok(Vec::new());
    };
    let wavenumbers = Wavenumbers::new(parameters.size, &parameters.truncation());
    let band = Band::new(parameters, k_min, k_max)?;
    let modes = band.as_ref().map_or(String::new(), |band| format!(", {} modes", band.modes));
    let mut notes = Vec::new();
    if k_max > wavenumbers.largest() {
        notes.push(format!(
            "forcing.k_max = {k_max} lies beyond k_max = {} of the grid: only the modes that it keeps are \
             forced{modes}",
            figures(wavenumbers.largest())
        ));
    }
    let least = wavenumbers.unit.into_iter().fold(f64::INFINITY, f64::min);
    if k_min > 0.0 && k_min < least {
        notes.push(format!(
            "forcing.k_min = {k_min} lies below the wavenumbers of the box, which begin at {}",
            figures(least)
        ));
    }
    if let (Some(Forcing::FrozenShells { .. }), Some(band)) = (&flow.forcing, band) {
        let all = band.energy();
        let empty = band.shells.iter().filter(|(_, energy)| *energy <= 1e-20 * all);
        let empty: Vec<String> =
            empty.map(|(shell, _)| figures(*shell as f64 * wavenumbers.shell_width())).collect();
        if !empty.is_empty() {
            notes.push(format!(
                "forcing: shells without energy at the start stay without it: those at k = {}",
                empty.join(", ")
            ));
        }
    }
    Ok(notes)
}

/// Formats three digits.
pub fn figures(x: f64) -> String {
    if x != 0.0 && !(1e-3..1e5).contains(&x.abs()) {
        return format!("{x:.2e}");
    }
    let decimals = (2.0 - x.abs().max(1e-3).log10().floor()).max(0.0) as usize;
    let text = format!("{x:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Formats a fraction as a percentage.
fn percent(part: f64) -> String {
    format!("{} %", figures(100.0 * part))
}

#[cfg(test)]
mod tests {
    use super::figures;
    use crate::case;
    use std::path::Path;

    fn of(text: &str, overrides: &[&str]) -> Vec<String> {
        let base = "flow.kind = \"homogeneous\"\ndomain.grid = [48, 48, 48]\nfluid.viscosity = 0.02\ntime = \
            { dt = 0.01, end = 1.0 }\n";
        let overrides: Vec<String> = overrides.iter().map(|set| set.to_string()).collect();
        let case =
            case::parse(crate::FLOWS, "case.toml", &format!("{base}{text}"), Path::new(""), &overrides)
                .unwrap_or_else(|error| panic!("{error}"));
        case.flow.notes(&case).unwrap()
    }

    const TABLE: &str =
        "initial = { kind = \"random\", spectrum = \"table\", table = [[1, 0.1], [10, 0.1], [100, 0.1]] }";
    const PEAK: &str =
        "initial = { kind = \"random\", spectrum = \"passot-pouquet\", peak_wavenumber = 4, energy = 0.5 }";

    #[test]
    fn a_spectrum_that_does_not_fit_is_noted_with_figures() {
        // The box of the report: k_x to 14, k_y to 15.3, k_z to 24. Its run began with an energy of 2.047.
        let case = ["domain.size=['2 pi', 3.7, '4/3 pi']", "domain.grid=[45, 28, 50]"];
        let [note] = &of(TABLE, &case)[..] else { panic!("not one note") };
        let begin = "initial: the grid holds an energy of 2.05 of the 9.9 in the table, and ";
        assert!(
            note.starts_with(begin)
                && note.ends_with("beyond those of the grid (k_max 14 in the coarsest direction)"),
            "{note}"
        );
        let [note] = &of(TABLE, &["initial.energy=3"])[..] else { panic!("not one note") };
        assert!(note.contains("; what it holds is scaled up to energy = 3: by "), "{note}");
        // Below 2 pi/L: the cell about k = 0 reaches to 0.61 in the mean.
        let [note] = &of(TABLE, &["initial.table=[[0.2, 1], [10, 1]]"])[..] else { panic!("not one note") };
        assert!(
            note.contains("; 4.19 % of its energy lies below the wavenumbers of the box (2 pi/L = 1)"),
            "{note}"
        );
        assert!(!note.contains("beyond"), "{note}");
        assert_eq!(of(PEAK, &[]), Vec::<String>::new());
        // A top hat of which half the width lies beyond the grid, and one for a scalar.
        let hat = "{ kind = 'random', spectrum = 'top-hat', k_min = 8, k_max = 40, energy = 1 }";
        let [velocity, scalar] =
            &of(PEAK, &[&format!("initial={hat}"), &format!("scalar.t.initial={hat}")])[..]
        else {
            panic!("not two")
        };
        assert!(
            velocity.starts_with("initial: the grid holds ")
                && scalar.starts_with("scalar.t.initial: the grid holds ")
        );
        let pao = "initial={ kind = 'random', spectrum = 'von-karman-pao', peak_wavenumber = 3, \
                   kolmogorov_length = 0.04, energy = 1 }";
        let found = of(PEAK, &[pao]);
        assert!(
            found.iter().any(|note| note.starts_with("initial.kolmogorov_length: k_max eta is 0.6 with it")),
            "{found:?}"
        );
    }

    #[test]
    fn bands_and_shells_that_lack_something_are_noted() {
        let forcing = |kind: &str, band: &str| format!("forcing={{ kind = '{kind}', {band} }}");
        assert_eq!(of(PEAK, &[&forcing("frozen-shells", "k_max = 2.5")]), Vec::<String>::new());
        let [note] = &of(PEAK, &[&forcing("constant-power", "power = 1, k_min = 14, k_max = 30")])[..] else {
            panic!("not one note")
        };
        assert!(
            note.starts_with(
                "forcing.k_max = 30 lies beyond k_max = 15 of the grid: only the modes that it \
                keeps are forced, "
            ),
            "{note}"
        );
        let [note] = &of(PEAK, &[&forcing("constant-power", "power = 1, k_min = 0.5, k_max = 2")])[..] else {
            panic!("not one note")
        };
        assert_eq!(note, "forcing.k_min = 0.5 lies below the wavenumbers of the box, which begin at 1");
        // Taylor-Green vortices are at |k| = 3^(1/2), in the shell of 2.
        let vortices = "initial = { kind = \"taylor-green\" }";
        let [note] = &of(vortices, &[&forcing("frozen-shells", "k_max = 3.2")])[..] else {
            panic!("not one note")
        };
        assert_eq!(note, "forcing: shells without energy at the start stay without it: those at k = 1, 3");
    }

    #[test]
    fn numbers_have_three_figures() {
        let found = [2.0469, 9.9, 14.0, 1234.5, 0.0123, 4.2e-7, 0.0, 31.0 / 15.0].map(figures);
        assert_eq!(found, ["2.05", "9.9", "14", "1234", "0.0123", "4.20e-7", "0", "2.07"]);
    }
}
