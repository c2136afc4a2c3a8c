//! The table of a run on the screen.

use std::path::Path;

use super::Run;
use super::averages::Averages;
use super::balance::{Closure, stress_budgets};
use super::decay::Decay;
use super::reference::{PublishedHistory, PublishedSpectra, PublishedStresses, References};
use super::verdict;
use crate::report::rows::{Row, aligned, errors_told, figures_row, heading, number, significant, with_error};
use crate::report::series::History;

/// The table as lines of name and value; `drawn` are the figures in the directory `figures`. The
/// series must have at least one row.
pub fn table(run: &Run, references: &References, figures: &Path, drawn: &[String]) -> String {
    let mut rows = overview(run);
    rows.extend(turbulence(run));
    rows.extend(averages(run));
    rows.extend(balances(run));
    for reference in &references.histories {
        rows.extend(compare_history(reference, &run.history, run.labels.viscosity));
    }
    for reference in &references.spectra {
        rows.extend(compare_spectra(reference, run));
    }
    for reference in &references.stresses {
        rows.push(compare_stresses(reference, run));
    }
    rows.extend(references.gone.iter().map(|gone| ("reference", gone.clone())));
    rows.push(figures_row(figures, drawn));
    rows.extend(verdict::next(references, figures));
    aligned(&rows)
}

fn overview(run: &Run) -> Vec<Row> {
    let history = &run.history;
    let mut rows = heading(run.labels, &run.tables.series, &history.time);
    rows.push(("energy", from_to(&history.energy)));
    if let Some((peak, time)) = extreme(&history.dissipation, &history.time, 1.0) {
        rows.push(("peak dissipation", format!("{} at t = {}", number(peak), number(time))));
    }
    rows
}

/// Rows that characterise the turbulence at the first and the last sample.
fn turbulence(run: &Run) -> Vec<Row> {
    let column = |name: &str| run.column(name).filter(|values| values.iter().any(|value| value.is_finite()));
    let line = |title, name: &str| column(name).map(|values| (title, from_to(values)));
    let mut rows: Vec<Row> = line("Taylor Reynolds number", "taylor_reynolds").into_iter().collect();
    if let Some(values) = column("kmax_eta")
        && let Some((least, time)) = extreme(values, &run.history.time, -1.0)
    {
        rows.push((
            "kmax eta",
            format!(
                "{}, minimum {} at t = {}; k_max of the coarsest direction",
                from_to(values),
                number(least),
                number(time)
            ),
        ));
        rows.push(("resolution", verdict::resolution(least, run.grid)));
    }
    if let Some(decay) = &run.decay {
        let text = decay.map_or_else(
            |reason| format!("none: {reason}"),
            |Decay { exponent, window, .. }| {
                let [from, to] = window.map(|time| number(significant(time, 4)));
                let n = number(significant(exponent, 4));
                format!("n = {n} of E ~ (t - t_0)^-n, from ln eps against ln E over t = {from} to {to}")
            },
        );
        rows.push(("decay", text));
    }
    rows.extend(line("integral length", "integral_length"));
    rows.extend(line("eps L / u'^3", "dissipation_coefficient"));
    if let Some(budget) = &run.tables.budget
        && let [Some(x), Some(y), Some(z)] =
            ["skewness_x", "skewness_y", "skewness_z"].map(|name| budget.find(name))
    {
        let mean: Vec<f64> = (0..x.len()).map(|i| (x[i] + y[i] + z[i]) / 3.0).collect();
        rows.push(("derivative skewness", from_to(&mean)));
    }
    if column("shear_parameter").is_some_and(|values| values.iter().any(|value| *value != 0.0)) {
        rows.extend(line("S q^2 / eps", "shear_parameter"));
        rows.extend(line("b_xy", "b_xy"));
    }
    rows
}

/// Rows about the averages over time, or why there are none.
fn averages(run: &Run) -> Vec<Row> {
    let averages = match &run.averages {
        None => return Vec::new(),
        Some(Err(reason)) => return vec![("averaged", reason.clone())],
        Some(Ok(averages)) => averages,
    };
    let Averages { begin, end, samples, turnover, .. } = averages;
    let times = [*begin, *end, (end - begin) / turnover, *turnover].map(|time| number(significant(time, 4)));
    let [from, to, turnovers, unit] = times;
    let over = format!("t = {from} to {to}, {turnovers} T (T = L/u' = {unit}); {samples} samples");
    let mut rows = vec![("averaged", over)];
    rows.extend(averages.note.iter().map(|note| ("", note.clone())));
    rows.push(("errors", errors_told(&averages.sampling, *begin)));
    rows.push(("stationary", averages.stationarity.told(*begin)));
    rows.extend(averages.numbers.iter().map(|(name, value, error)| (*name, with_error(*value, *error))));
    rows.extend(run.mean.as_ref().map(|mean| {
        let [from, to] = [mean.begin, mean.end].map(|time| number(significant(time, 4)));
        let known = mean.errors.iter().filter(|error| error.is_finite()).count();
        let (all, samples) = (mean.errors.len(), mean.samples);
        let errors = format!("{known} of {all} shells have errors, the others are too slow for this time");
        let errors = if known == all { "all shells have errors".to_owned() } else { errors };
        ("  spectrum", format!("t = {from} to {to}, {samples} samples: {errors}"))
    }));
    rows
}

fn balances(run: &Run) -> Vec<Row> {
    let mut rows = Vec::new();
    if let Some(closure) = run.energy.closure(&run.history) {
        let Closure { worst, time, .. } = closure;
        let limit = limit([closure], run.history.time.len(), "series");
        rows.push((
            "balance of energy",
            format!("residual up to {worst:.1e} of the energy dissipated, at t = {}{limit}", number(time)),
        ));
        rows.push(("", verdict::balance(&closure)));
    }
    let budgets: Vec<_> = run.tables.budget.iter().flat_map(stress_budgets).collect();
    if let Some(samples) =
        run.tables.budget.as_ref().and_then(|budget| budget.find("time")).filter(|_| !budgets.is_empty())
    {
        let worst: Vec<String> =
            budgets.iter().map(|(component, closure)| format!("{component} {:.1e}", closure.worst)).collect();
        let limit = limit(budgets.iter().map(|(_, closure)| *closure), samples.len(), "spectra");
        rows.push((
            "stress budgets",
            format!("residuals up to, of the energy dissipated: {}{limit}", worst.join(", ")),
        ));
    }
    rows
}

/// Describes the number of samples in the time integrals of budgets, and whether their spacing limits
/// the closure.
fn limit(closures: impl IntoIterator<Item = Closure>, samples: usize, output: &str) -> String {
    let worst = closures.into_iter().max_by(|a, b| a.worst.total_cmp(&b.worst));
    match worst.filter(Closure::is_of_the_samples) {
        // Round-off needs no explanation.
        Some(Closure { worst, halved, .. }) if worst > 1e-6 => format!(
            " (limited by the spacing of {samples} samples: with every second one alone, the time integral \
             changes by {halved:.1e}; sample more often with output.{output})"
        ),
        _ => format!(" ({samples} samples)"),
    }
}

fn compare_history(reference: &PublishedHistory, run: &History, own: Option<f64>) -> Vec<Row> {
    let common = reference.common(run).zip(reference.deviations(run));
    let Some(((from, to), (energy, dissipation))) = common else {
        return vec![("reference", format!("{}: no time in common with the run", reference.label))];
    };
    let mut rows =
        vec![("reference", format!("{}, t = {} to {}", reference.label, number(from), number(to)))];
    rows.extend(another_viscosity(reference.viscosity, own));
    for (name, deviation) in [("  energy", energy), ("  dissipation", dissipation)] {
        let text = format!(
            "differs by up to {:.2e} of the peak, at t = {}",
            deviation.fraction,
            number(deviation.time)
        );
        rows.push((name, text));
    }
    rows
}

/// Row about a reference whose viscosity differs from that of the run by more than 1 %.
fn another_viscosity(published: Option<f64>, own: Option<f64>) -> Option<Row> {
    let (other, own) = published.zip(own)?;
    let text = format!("{} in the reference, {} in this run: the flows differ", number(other), number(own));
    ((other / own - 1.0).abs() > 0.01).then_some(("  viscosity", text))
}

fn compare_spectra(reference: &PublishedSpectra, run: &Run) -> Vec<Row> {
    let matched = reference.matched(&run.spectra);
    let (all, label) = (reference.spectra.len(), &reference.label);
    let mut rows =
        vec![("reference", format!("{label}, {} of {all} spectra at times of the run", matched.len()))];
    rows.extend(another_viscosity(reference.viscosity, run.labels.viscosity));
    for matched in matched {
        let at = format!("t = {}", number(run.spectra[matched.sample].time));
        let text = matched.distance.map_or_else(
            || format!("{at}: no two wavenumbers in common"),
            |distance| {
                let (from, to) = distance.range;
                let k = format!("k = {} to {}", number(from), number(to));
                format!(
                    "{at}, {k}: rms of log10 ratio {:.3}, energy ratio {:.3}",
                    distance.rms_log, distance.energy_ratio
                )
            },
        );
        rows.push(("  spectrum", text));
    }
    rows
}

fn compare_stresses(reference: &PublishedStresses, run: &Run) -> Row {
    let compared = run
        .stresses
        .shear
        .as_ref()
        .zip(run.stresses.published())
        .and_then(|(shear, b)| reference.deviations(shear, b));
    let label = &reference.label;
    let text = match compared.as_ref().map(|(stations, off)| (&stations[..], off)) {
        Some((stations @ [from, ..], [xx, yy, zz, xy])) => {
            let to = stations[stations.len() - 1];
            let range = format!("S t = {} to {}", number(*from), number(to));
            format!("{label}, {range}: rms difference b_xx {xx:.3}, b_yy {yy:.3}, b_zz {zz:.3}, b_xy {xy:.3}")
        }
        _ => format!("{label}: no total shear in common with the run"),
    };
    ("reference", text)
}

/// Formats the first and the last value.
fn from_to(values: &[f64]) -> String {
    match values {
        [] => String::new(),
        [only] => format!("{} at the start", number(*only)),
        [first, .., last] => format!("{} at the start, {} at the end", number(*first), number(*last)),
    }
}

/// The largest (`sign` = 1) or smallest (-1) finite value, and its time.
pub fn extreme(values: &[f64], time: &[f64], sign: f64) -> Option<(f64, f64)> {
    let finite = values.iter().copied().zip(time.iter().copied()).filter(|(value, _)| value.is_finite());
    finite.max_by(|a, b| (sign * a.0).total_cmp(&(sign * b.0)))
}
