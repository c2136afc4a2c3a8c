//! Averages over time of a box that is forced and so may be stationary, from its series.

use crate::error::{Error, Result};
use crate::homogeneous::case::{Gradient, Homogeneous, Initial};
use crate::report::convergence::{Convergence, lengths};
use crate::report::series::{History, Table};
use crate::report::stationarity::{Stationarity, parts, settled};
use crate::report::{Span, Unit};
use crate::statistics::errors::{Floor, Sampling, Signal};
use crate::statistics::stationarity::{drift, mean, means};

/// Columns of the series, their names in the table and their labels in the figure. The integral time of
/// an average is the longest of theirs.
const AVERAGED: [(&str, &str, &str); 6] = [
    ("energy", "  energy", "$E$"),
    ("dissipation", "  dissipation", "$ε$"),
    ("taylor_reynolds", "  Taylor Re", "$Re_λ$"),
    ("kmax_eta", "  kmax eta", "$k_\"max\" η$"),
    ("integral_length", "  integral length", "$L$"),
    ("dissipation_coefficient", "  eps L / u'^3", "$ε L / u'^3$"),
];
/// The columns in which the start of the averages is looked for.
const WATCHED: [&str; 2] = ["energy", "dissipation"];
/// An average is at least this number of turnover times long, or it has no error.
const TURNOVERS: f64 = 5.0;
/// Least number of parts.
const LEAST_PARTS: usize = 5;

/// The averages of a run.
pub struct Averages {
    pub begin: f64,
    pub end: f64,
    pub samples: usize,
    /// L/u', and the remark where the averages begin by default.
    pub turnover: f64,
    pub note: Option<String>,
    /// Name in the table, average and error of each column.
    pub numbers: Vec<(&'static str, f64, f64)>,
    pub sampling: Sampling,
    /// What an average must be as long as to have an error, beside ten integral times.
    pub floor: Floor,
    pub stationarity: Stationarity,
    /// Over the time in turnover times.
    pub convergence: Vec<Convergence>,
}

/// Returns why a flow has no averages over time, if it has none.
fn reason(flow: &Homogeneous) -> Option<&'static str> {
    match (&flow.forcing, flow.mean.gradient) {
        (Some(_), Gradient::None) => None,
        (None, Gradient::None) => Some("without a force it decays"),
        (_, _) => Some("in a mean gradient it grows or decays"),
    }
}

/// What the table says of the errors of a flow that is not averaged over time.
fn without_averages(flow: &Homogeneous) -> &'static str {
    match (&flow.initial, &flow.forcing) {
        (Initial::Random { .. } | Initial::File { .. }, _) | (_, Some(_)) => {
            "errors are those between members of an ensemble, runs from other seeds: rogallo stats A B --ensemble"
        }
        _ => "its initial field is not random: there is one realisation, without errors",
    }
}

/// The averages of a run over a span of its time or, by default, from where its series settles. The reason
/// if there are none.
///
/// # Errors
/// A span for a flow that is not averaged, in the unit of another flow, or that is empty.
pub fn of(
    flow: &Homogeneous,
    series: &Table,
    history: &History,
    span: Span,
) -> Result<std::result::Result<Averages, String>> {
    if let Some(reason) = reason(flow) {
        let text = format!("the flow is not stationary: {reason}");
        return match span.is_given() {
            true => Err(Error::input(format!("--from and --to choose the time to average, but {text}"))),
            false => Ok(Err(format!("none: {text}; {}", without_averages(flow)))),
        };
    }
    let time = &history.time;
    let columns = AVERAGED.map(|(name, ..)| series.find(name));
    let [Some(energy), .., Some(length), _] = columns else {
        return Ok(Err("none: the series lacks columns".to_owned()));
    };
    let turnover = {
        let half = time.len() / 2;
        let later = energy[half..].iter().zip(&length[half..]);
        later.map(|(energy, length)| length / (energy / 1.5).sqrt()).sum::<f64>() / (time.len() - half) as f64
    };
    let (first, last) = (time[0], time[time.len() - 1]);
    let start = settled(series, &WATCHED);
    let window = span.window(start.unwrap_or(0.5 * (first + last)), (Unit::Turnovers, turnover))?;
    let (begin, end) = (window.from.max(first), window.to.min(last));
    let samples = time.iter().filter(|time| (begin..=end).contains(*time)).count();
    let parts = parts(samples);
    if parts < LEAST_PARTS || !time.is_sorted_by(|a, b| a < b) {
        return Ok(Err(format!("none: {samples} samples are too few")));
    }
    let found = AVERAGED.into_iter().zip(columns).filter_map(|(what, values)| Some((what, values?)));
    let all: Vec<_> = found.map(|(what, values)| (what, means(time, values, [begin, end], parts))).collect();
    let part = (end - begin) / parts as f64;
    let floor = Floor::new(TURNOVERS * turnover, format!("{TURNOVERS} T"));
    let sampling = |parts: usize| {
        let signals: Vec<Signal> = all.iter().map(|(_, means)| vec![means[..parts].to_vec()]).collect();
        Sampling::new(parts, part, &signals, vec![floor.clone()])
    };
    let mut convergence: Vec<Convergence> =
        all.iter().map(|((.., label), _)| Convergence::new(label)).collect();
    for parts in lengths(parts) {
        let sampling = sampling(parts);
        for (convergence, (_, means)) in convergence.iter_mut().zip(&all) {
            let means = &means[..parts];
            convergence.push(part * parts as f64 / turnover, mean(means), sampling.error(means));
        }
    }
    let whole = sampling(parts);
    let drifts = all.iter().filter(|((name, ..), _)| WATCHED.contains(name));
    let drifts =
        drifts.filter_map(|((_, shown, _), means)| Some((shown.trim_start(), drift(means, mean(means))?)));
    let stationarity =
        Stationarity::new(drifts, Some(balance(series, history, [begin, end], parts, &whole)), start);
    let note = match (span.from, start) {
        (None, Some(_)) => Some("averages begin where the series settles; --from changes it".to_owned()),
        (None, None) => Some("the series has not settled: its second half is averaged".to_owned()),
        (Some(_), _) => None,
    };
    Ok(Ok(Averages {
        begin,
        end,
        samples,
        turnover,
        note,
        numbers: all.iter().map(|((_, name, _), means)| (*name, mean(means), whole.error(means))).collect(),
        sampling: whole,
        floor: floor.clone(),
        stationarity,
        convergence,
    }))
}

/// By how many errors the mean of `injection + buoyancy flux` is off that of the dissipation.
fn balance(
    series: &Table,
    history: &History,
    span: [f64; 2],
    parts: usize,
    sampling: &Sampling,
) -> (&'static str, f64) {
    let gains: Vec<&[f64]> =
        ["injection", "buoyancy_flux"].iter().filter_map(|name| series.find(name)).collect();
    let gain = |i: usize| gains.iter().map(|values| values[i]).sum::<f64>();
    let excess: Vec<f64> = history.dissipation.iter().enumerate().map(|(i, loss)| gain(i) - loss).collect();
    let means = means(&history.time, &excess, span, parts);
    ("mean power differs from mean dissipation", (mean(&means) / sampling.error(&means)).abs())
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::homogeneous::case::Forcing;

    /// A box that settles at t = 4 or so, with fluctuations of several periods.
    pub fn series(samples: usize) -> (Table, History) {
        let mut text = String::from(
            "step,time,energy,dissipation,taylor_reynolds,kmax_eta,integral_length,\
             dissipation_coefficient,injection\n",
        );
        for i in 0..samples {
            let t = 0.1 * i as f64;
            let wave = (2.0 * t).sin() + (1.3 * t).cos() + (3.1 * t + 1.0).sin();
            let energy = 1.5 + 0.1 * wave + 2.0 * (-t).exp();
            text += &format!("{i},{t},{energy},{},40,1.5,1,0.5,1\n", 1.0 + 0.05 * wave + (-t).exp());
        }
        let table = Table::parse("series.csv".as_ref(), &text).unwrap();
        let history = History::of(&table).unwrap();
        (table, history)
    }

    pub fn forced() -> Homogeneous {
        Homogeneous { forcing: Some(Forcing::default()), ..Homogeneous::default() }
    }

    fn span(from: &str, to: &str) -> Span {
        Span { from: from.parse().ok(), to: to.parse().ok() }
    }

    #[test]
    fn a_forced_box_is_averaged_from_where_it_settles() {
        let (table, history) = series(1000);
        let averages = of(&forced(), &table, &history, Span::default()).unwrap().unwrap();
        assert!((1.0..12.0).contains(&averages.begin), "{}", averages.begin);
        assert!((averages.turnover - 1.0).abs() < 0.05 && averages.note.is_some());
        let (_, energy, error) = averages.numbers[0];
        assert!((energy - 1.5).abs() < 0.01 && error > 1e-4 && error < 0.05, "{energy} +- {error}");
        assert!(averages.stationarity.told(averages.begin).starts_with("yes"));
        // The last point is the average itself.
        let last = |values: &[f64]| *values.last().unwrap();
        assert_eq!(last(&averages.convergence[0].values), energy);
        assert_eq!(last(&averages.convergence[0].errors), error);
        assert!(averages.convergence[0].errors[0].is_nan());
    }

    #[test]
    fn the_span_is_kept_and_a_transient_is_seen() {
        let (table, history) = series(1000);
        let averages = of(&forced(), &table, &history, span("20T", "50")).unwrap().unwrap();
        assert!((averages.begin - 20.0).abs() < 1.0 && averages.end == 50.0 && averages.note.is_none());
        let short = of(&forced(), &table, &history, span("40", "43")).unwrap().unwrap();
        assert!(short.numbers.iter().all(|(.., error)| error.is_nan()) && !short.sampling.is_long());
        let early = of(&forced(), &table, &history, span("0", "10")).unwrap().unwrap();
        let told = early.stationarity.told(0.0);
        assert!(told.starts_with("yes") || told.contains("--from"), "{told}");
        assert!(of(&forced(), &table, &history, span("98.9", "99")).unwrap().is_err());
        assert!(of(&forced(), &table, &history, span("5h/u_tau", "")).is_err());
    }

    #[test]
    fn what_decays_or_grows_is_not_averaged() {
        let (table, history) = series(100);
        let flow = Homogeneous::default();
        let none = of(&flow, &table, &history, Span::default()).unwrap().err().unwrap();
        assert!(none.contains("decays") && none.contains("without errors"), "{none}");
        assert!(of(&flow, &table, &history, span("5", "")).err().unwrap().message.contains("--from"));
    }
}
