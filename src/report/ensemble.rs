//! Tables of members of an ensemble, averaged: each column at the times that all members have, and behind
//! it, as NAME_error, the error of the mean between members.

use super::cubic::interpolate;
use super::series::{Table, samples};
use crate::error::{Error, Result};
use crate::statistics::errors::between;
use crate::statistics::stationarity::mean;
use std::path::Path;

/// Columns that say where a row belongs; they are the same in all members.
const PLACES: [&str; 8] = ["step", "time", "k", "n", "kx", "ky", "kz", "dt"];
/// Part of the common time within which two samples are of one time.
const CLOSE: f64 = 1e-3;

/// The mean of tables with a row for each time, `path` being the file that it may be written to. Members
/// that were sampled at other times than the first are interpolated.
///
/// # Errors
/// No time in common; a table without `time`.
pub fn over_time(members: &[&Table], path: &Path) -> Result<Table> {
    let times = members.iter().map(|member| member.column("time")).collect::<Result<Vec<_>>>()?;
    let end = |of: fn(&[f64]) -> Option<&f64>, sign: f64| {
        let ends = times.iter().filter_map(|time| of(time)).map(|end| sign * end);
        sign * ends.fold(f64::NEG_INFINITY, f64::max)
    };
    let (from, to) = (end(<[f64]>::first, 1.0), end(<[f64]>::last, -1.0));
    let rows: Vec<usize> = (0..times[0].len()).filter(|&i| (from..=to).contains(&times[0][i])).collect();
    if rows.is_empty() || !times.iter().all(|time| time.is_sorted_by(|a, b| a < b)) {
        return Err(Error::input(format!(
            "the members have no time in common in {}, or times that do not increase",
            members[0].path().display()
        )));
    }
    let value = |member: usize, values: &[f64], i: usize| {
        let at = times[0][i];
        match times[member].get(i) {
            Some(own) if *own == at => values[i],
            _ => interpolate(times[member], values, at),
        }
    };
    Ok(averaged(members, path, &rows, &|member, values, i| value(member, values, rows[i])))
}

/// The mean of tables with several rows for each sample, of the samples that all members have, and of the
/// rows that all of these have. None if there is no such sample.
///
/// # Errors
/// A table without `step` or `time`.
pub fn over_samples(members: &[&Table], path: &Path) -> Result<Option<Table>> {
    let mut all = Vec::new();
    for member in members {
        let time = member.column("time")?;
        all.push(samples(member)?.into_iter().map(|rows| (time[rows.start], rows)).collect::<Vec<_>>());
    }
    let last = all.iter().filter_map(|samples| samples.last()).map(|(time, _)| *time);
    let close = CLOSE * last.fold(0.0, f64::max);
    // The first row of each sample in each member, and the number of rows.
    let mut common: Vec<(Vec<usize>, usize)> = Vec::new();
    for (time, _) in &all[0] {
        let there = |samples: &Vec<(f64, std::ops::Range<usize>)>| {
            let off = |sample: &&(f64, _)| (sample.0 - time).abs();
            let nearest = samples.iter().min_by(|a, b| off(a).total_cmp(&off(b)))?;
            (off(&nearest) <= close).then(|| nearest.1.clone())
        };
        let Some(rows) = all.iter().map(there).collect::<Option<Vec<_>>>() else { continue };
        let least = rows.iter().map(|rows| rows.len()).min().unwrap_or(0);
        common.push((rows.into_iter().map(|rows| rows.start).collect(), least));
    }
    let places: Vec<Vec<usize>> = (0..members.len())
        .map(|member| common.iter().flat_map(|(first, rows)| first[member]..first[member] + rows).collect())
        .collect();
    if places[0].is_empty() {
        return Ok(None);
    }
    Ok(Some(averaged(members, path, &places[0], &|member, values, i| values[places[member][i]])))
}

/// The means of the columns that all members have, over rows of which `value` says what a member has there;
/// `rows` are those of the first member.
fn averaged(
    members: &[&Table],
    path: &Path,
    rows: &[usize],
    value: &dyn Fn(usize, &[f64], usize) -> f64,
) -> Table {
    let mut columns = Vec::new();
    for (name, first) in members[0].columns() {
        if PLACES.contains(&name) {
            columns.push((name.to_owned(), rows.iter().map(|&i| first[i]).collect()));
            continue;
        }
        let found: Option<Vec<&[f64]>> = members.iter().map(|member| member.find(name)).collect();
        let Some(found) = found else { continue };
        let at = |i: usize| -> Vec<f64> {
            found.iter().enumerate().map(|(member, values)| value(member, values, i)).collect()
        };
        let pairs = (0..rows.len()).map(at).map(|values| (mean(&values), between(&values)));
        let (means, errors) = pairs.unzip();
        columns.push((name.to_owned(), means));
        columns.push((format!("{name}_error"), errors));
    }
    Table::of(path.to_owned(), columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table {
        Table::parse("series.csv".as_ref(), text).unwrap()
    }

    fn line(step: f64, rate: f64, level: f64) -> Table {
        let rows = (0..=40).map(|i| {
            let t = step * f64::from(i);
            format!("{i},{t},{}\n", level + rate * t * t)
        });
        table(&format!("step,time,energy\n{}", rows.collect::<String>()))
    }

    /// Cubics are interpolated exactly: the mean of 1 and 3 is 2, its error 1.8373 (3 - 1) / 2.
    #[test]
    fn members_sampled_at_other_times_are_compared_at_those_of_the_first() {
        let (one, other) = (line(0.1, 1.0, 1.0), line(0.07, 1.0, 3.0));
        let mean = over_time(&[&one, &other], "mean.csv".as_ref()).unwrap();
        let (time, energy) = (mean.find("time").unwrap(), mean.find("energy").unwrap());
        assert!((time[time.len() - 1] - 2.8).abs() < 1e-12 && time.len() == 29, "{time:?}");
        for ((t, energy), error) in time.iter().zip(energy).zip(mean.find("energy_error").unwrap()) {
            assert!((energy - 2.0 - t * t).abs() < 1e-12 && (error - 1.8373).abs() < 1e-9, "{t}: {energy}");
        }
        assert!(mean.text().starts_with("step,time,energy,energy_error\n0e0,0e0,2e0,1.8"), "{}", mean.text());
        let later = table("step,time,energy\n0,50,1\n1,51,1\n");
        let error = over_time(&[&one, &later], "mean.csv".as_ref()).err().unwrap();
        assert!(error.message.contains("no time in common"), "{error}");
    }

    #[test]
    fn spectra_of_all_members_are_averaged_over_the_shells_of_all() {
        let member = |factor: f64, shells: usize, last: f64| {
            let rows = [0.0, 1.0, last].into_iter().enumerate().flat_map(|(step, time)| {
                (0..shells).map(move |k| format!("{step},{time},{k},{}\n", factor * k as f64))
            });
            table(&format!("step,time,k,energy\n{}", rows.collect::<String>()))
        };
        let members = [member(1.0, 4, 2.0), member(2.0, 3, 2.5), member(3.0, 4, 2.0)];
        let mean = over_samples(&members.each_ref(), "mean.csv".as_ref()).unwrap().unwrap();
        // The last times differ, and one has three shells.
        assert_eq!(mean.find("time").unwrap(), [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
        assert_eq!(mean.find("energy").unwrap(), [0.0, 2.0, 4.0, 0.0, 2.0, 4.0]);
        let error = mean.find("energy_error").unwrap();
        // Three members of deviations -1, 0, 1: 1.32 (2 / 6)^(1/2).
        assert!((error[1] - 1.3203 * (1.0f64 / 3.0).sqrt()).abs() < 1e-3 && error[0] == 0.0, "{error:?}");
        let apart = member(1.0, 2, 2.0);
        let shifted = table("step,time,k,energy\n0,0.5,1,1\n");
        assert!(over_samples(&[&apart, &shifted], "mean.csv".as_ref()).unwrap().is_none());
    }
}
