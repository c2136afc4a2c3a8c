//! The table of a channel on the screen. The number after `+-` is the sampling error: the interval holds
//! the true average in 68 of 100 cases.

use std::path::Path;

use super::profiles::{Column, find};
use super::reference::{Published, References};
use super::{Averaged, Run};
use crate::error::Result;
use crate::report::rows::{Row, aligned, errors_told, figures_row, heading, number, significant, with_error};
use crate::statistics::{Tally, Window};

/// Columns that are compared with published profiles, and their names in the table.
pub const COMPARED: [(&str, &str); 5] =
    [("U", "  U+"), ("uu", "  uu+"), ("vv", "  vv+"), ("ww", "  ww+"), ("uv", "  uv+")];

/// Peak production in wall units below which the budget is round-off; turbulence has about 0.2.
const LAMINAR: f64 = 1e-6;

/// The table as lines of name and value; `drawn` are the figures in `figures`.
pub fn table(run: &Run, references: &References, figures: &Path, drawn: &[&str]) -> Result<String> {
    let mut rows = match &run.members[..] {
        [] => heading(run.labels, run.series, run.series.column("time")?),
        members => vec![("ensemble", format!("{} members: {}", members.len(), members.join(", ")))],
    };
    match &run.averaged {
        None => {
            let from = number(run.flow.sampling.from);
            let text = match run.window {
                Window { from: begin, to } if begin == run.flow.sampling.from && to == f64::INFINITY => {
                    format!(
                        "nothing yet: samples are taken from t = {from} on and saved with the checkpoints"
                    )
                }
                Window { from: begin, to } if to == f64::INFINITY => {
                    format!("nothing: no batch begins at t = {} or later", number(begin))
                }
                Window { from: begin, to } => {
                    format!("nothing: no batch lies between t = {} and {}", number(begin), number(to))
                }
            };
            rows.push(("averaged", text));
            rows.extend(notes(run));
        }
        Some(averaged) => {
            rows.extend(bulk(run, averaged));
            rows.extend(balances(averaged));
        }
    }
    for reference in &references.profiles {
        rows.extend(beside(reference, run));
    }
    let mut lines: Vec<(&str, f64)> =
        references.lines.iter().map(|line| (&*line.label, line.re_tau)).collect();
    lines.sort_by(|a, b| a.0.cmp(b.0));
    lines.dedup_by(|a, b| a.0 == b.0);
    lines.retain(|(label, _)| references.profiles.iter().all(|profiles| profiles.label != *label));
    for (label, re_tau) in lines {
        rows.push(("reference", format!("{label}: only in the figures")));
        rows.extend(of_another_reynolds_number(run, Some(re_tau), re_tau));
    }
    rows.extend(references.gone.iter().map(|gone| ("reference", gone.clone())));
    rows.push(figures_row(figures, drawn));
    if references.is_empty() {
        rows.extend(drawn.first().map(|first| {
            let first = figures.join(first).with_extension("svg");
            let compare = "compare with published data by `rogallo stats DIR --reference NAME|FILE`";
            ("next", format!("look at {}; {compare}", first.display()))
        }));
    }
    Ok(aligned(&rows))
}

/// Lines about what the averages leave out.
fn notes(run: &Run) -> impl Iterator<Item = Row> {
    run.notes.iter().map(|note| ("", note.clone()))
}

/// Lines about the averages, the friction and the velocities.
fn bulk(run: &Run, averaged: &Averaged) -> Vec<Row> {
    let Averaged { tally: Tally { begin, end, samples, .. }, sampling, stationarity, .. } = averaged;
    let (count, length) = sampling.batches();
    let value =
        |name: &str| averaged.number(name).map(|(value, error)| with_error(value, error)).unwrap_or_default();
    let units = averaged.number("u_tau").map_or(0.0, |(u_tau, _)| (end - begin) * u_tau);
    let over = format!("t = {} to {}, {} h/u_tau", number(*begin), number(*end), number(round(units)));
    let of_batches = match run.members.is_empty() {
        true => format!("; whole batches of {}: {count}", number(length)),
        false => String::new(),
    };
    let mut rows = vec![("averaged", format!("{over}; {samples} samples{of_batches}"))];
    rows.extend(notes(run));
    rows.push(("errors", errors_told(sampling, *begin)));
    rows.extend(stationarity.as_ref().map(|stationarity| ("stationary", stationarity.told(*begin))));
    rows.push(("Re_tau", value("re_tau")));
    if !run.symmetric() {
        rows.push((
            "nu dU/dy",
            format!(
                "lower wall {}, upper wall {}; both halves are kept",
                value("shear_lower"),
                value("shear_upper")
            ),
        ));
        let both = format!("wall units use {}, the root mean square of both", value("u_tau"));
        rows.push((
            "u_tau",
            format!("lower wall {}, upper wall {}; {both}", value("u_tau_lower"), value("u_tau_upper")),
        ));
    }
    let [lower, upper] = run.flow.walls.velocity;
    let walls = if lower == upper { "the walls" } else { "the mean of the walls" };
    let observer = if [lower, upper] == [0.0; 2] { String::new() } else { format!(" relative to {walls}") };
    rows.push(("U_b", format!("{}{observer}, U_b h/nu {}", value("bulk"), value("re_bulk"))));
    if !observer.is_empty() {
        rows.push((
            "U+",
            format!("relative to {}", if lower == upper { "the walls" } else { "the nearer wall" }),
        ));
    }
    if lower == upper {
        rows.push(("U_centre / U_b", value("centre_over_bulk")));
        rows.push(("C_f", format!("{} (2 u_tau^2 / U_b^2)", value("friction_of_bulk"))));
    } else {
        rows.push((
            "C_f",
            format!(
                "{} (2 u_tau^2 / U_w^2, where U_w is half the velocity difference of the walls)",
                value("friction_of_walls")
            ),
        ));
    }
    rows.push(("peak of u'+", format!("{} at y+ = {}", value("peak_u_rms"), value("peak_at"))));
    rows
}

fn balances(averaged: &Averaged) -> Vec<Row> {
    let mut rows = Vec::new();
    if let Some((value, error, at)) = stress_off_line(averaged) {
        rows.push((
            "total stress",
            format!(
                "largest deviation from a straight line {} u_tau^2, at y+ = {}",
                with_error(value, error),
                number(at)
            ),
        ));
    }
    if let Some((value, error, at)) = residual(averaged) {
        let part = with_error(value.abs(), error);
        rows.push((
            "budget of k",
            format!("residual up to {part} of the peak production, at y+ = {}", number(at)),
        ));
        rows.push(("", closure(value, error)));
    }
    rows
}

/// The largest deviation of the total stress from a straight line, its error, and its y+.
pub fn stress_off_line(averaged: &Averaged) -> Option<(f64, f64, f64)> {
    let profiles = &averaged.findings.profiles;
    largest(find(profiles, "stress_off_line")?, &profiles[1].values)
}

/// The largest residual of the budget of k as part of the peak production, its error, and its y+. None for
/// a laminar flow.
pub fn residual(averaged: &Averaged) -> Option<(f64, f64, f64)> {
    let budgets = &averaged.findings.budgets;
    let largest = |name| largest(find(budgets, name)?, &budgets[1].values);
    let ((peak, ..), (value, error, at)) = (largest("production_k")?, largest("residual_k")?);
    (peak.abs() > LAMINAR).then(|| (value / peak, error / peak.abs(), at))
}

/// Residual of the budget of k, as part of the peak production, that is no worse than other errors.
const CLOSED: f64 = 0.02;
/// Residuals of more errors than this are no accident.
const DOUBTFUL: f64 = 3.0;

/// What the residual of a budget means.
fn closure(residual: f64, error: f64) -> String {
    let what = "it is the sum of all terms, zero in a stationary flow that is resolved";
    let verdict = match residual.abs() {
        residual if residual <= CLOSED => "closed",
        residual if residual > DOUBTFUL * error.abs() => "more than sampling explains: try a finer grid",
        _ => "average longer to tell",
    };
    format!("{what}: {verdict}")
}

fn beside(reference: &Published, run: &Run) -> Vec<Row> {
    let label = &reference.label;
    let Some(averaged) = run.averaged.as_ref().filter(|_| run.symmetric()) else {
        let why = if run.symmetric() {
            "nothing is averaged yet"
        } else {
            "not compared; it is for channels whose halves are alike"
        };
        return vec![("reference", format!("{label}: {why}"))];
    };
    let profiles = &averaged.findings.profiles;
    let row = |(name, shown): (&str, &'static str)| {
        let distance = reference.distance(&profiles[1].values, find(profiles, name)?)?;
        let rms = digits(distance.rms);
        let sampling = if distance.rms_error.is_finite() {
            format!(" (sampling {})", digits(distance.rms_error))
        } else {
            String::new()
        };
        let largest = with_error(distance.largest, distance.error);
        Some((
            shown,
            format!("differs by {largest} at y+ = {}, rms {rms}{sampling}", number(round(distance.y_plus))),
        ))
    };
    let rows: Vec<Row> = COMPARED.into_iter().filter_map(row).collect();
    let what = if rows.is_empty() { ": only in the figures" } else { ", this run minus the published" };
    let other = of_another_reynolds_number(run, reference.re_tau, reference.last());
    [("reference", format!("{label}{what}"))].into_iter().chain(other).chain(rows).collect()
}

/// Relative difference of Re_tau within one nominal value: published channels at 180 have 178 to 186.
const SAME_RE_TAU: f64 = 0.05;

/// The line about a reference with another Re_tau than the run or, if it does not state any, with
/// another last y+.
fn of_another_reynolds_number(run: &Run, re_tau: Option<f64>, last: f64) -> Option<Row> {
    let (own, _) = run.averaged.as_ref()?.number("re_tau")?;
    let other = re_tau.unwrap_or(last);
    let differs = (other / own - 1.0).abs() > SAME_RE_TAU;
    let [other, own] = [other, own].map(|value| number(round(value)));
    let text = match re_tau {
        Some(_) => {
            format!("{other} in the reference, {own} in this run: the flows differ away from the wall")
        }
        None => format!("the reference ends at y+ = {other}, this run at {own}"),
    };
    differs.then_some(("  Re_tau", text))
}

/// The finite value of the largest magnitude, its error, and its position.
fn largest(column: &Column, places: &[f64]) -> Option<(f64, f64, f64)> {
    let finite = (0..places.len()).filter(|&i| column.values[i].is_finite());
    let most = finite.max_by(|&a, &b| column.values[a].abs().total_cmp(&column.values[b].abs()))?;
    Some((column.values[most], column.errors[most], round(places[most])))
}

/// Rounds to two digits.
fn digits(value: f64) -> String {
    number(significant(value, 2))
}

/// Rounds to one decimal.
fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
