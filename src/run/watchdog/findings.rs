//! Which ranks stand still where: the lines that nodes add to `hang.txt`, and what they say together.

use super::board::Entry;
use crate::parallel::activity::Waiting;
use chrono::{DateTime, SecondsFormat, Utc};
use std::collections::BTreeMap;
use std::time::SystemTime;

/// Numbers of ranks that a message names.
const SHOWN: usize = 12;

/// What is said of ranks that do not respond.
const SILENT: &str = "no response";

/// The lines of a node: `ranks 0-3,5 on HOST: waiting in an exchange after step 7`.
pub fn lines(host: &str, entries: &[Entry]) -> String {
    let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for Entry { rank, still } in entries {
        let place = still.map_or(SILENT.to_owned(), |(waiting, step)| format!("{} {step}", named(waiting)));
        places.entry(place).or_default().push(*rank);
    }
    places.into_iter().map(|(place, ranks)| format!("ranks {} on {host}: {place}\n", spans(&ranks))).collect()
}

/// Describes which of so many `ranks` wait where and which do not respond, by the lines of their nodes.
/// If these are not `complete`, nothing is known of ranks that are not listed.
pub fn describe(ranks: usize, text: &str, complete: bool, since: SystemTime) -> String {
    let mut places: BTreeMap<&str, Vec<[usize; 2]>> = BTreeMap::new();
    for (who, place) in text.lines().filter_map(|line| line.strip_prefix("ranks ")?.split_once(": ")) {
        let listed = who.split(' ').next().unwrap_or_default().split(',').filter_map(|span| {
            let (first, last) = span.split_once('-').unwrap_or((span, span));
            Some([first.parse().ok()?, last.parse().ok()?])
                .filter(|[first, last]| first <= last && *last < ranks)
        });
        places.entry(place).or_default().extend(listed);
    }
    let mut silent = places.remove(SILENT).unwrap_or_default();
    let mut listed: Vec<[usize; 2]> = places.values().flatten().chain(&silent).copied().collect();
    listed.sort_unstable();
    let mut next = 0;
    for [first, last] in listed.into_iter().chain([[ranks, ranks]]) {
        if next < first && complete {
            silent.push([next, first - 1]);
        }
        next = next.max(last + 1);
    }
    let since = DateTime::<Utc>::from(since).to_rfc3339_opts(SecondsFormat::Secs, true);
    let mut message = format!("no progress since {since}");
    for (place, spans) in places {
        message += &format!("; {}: {place}", numbers(spans));
    }
    if !complete {
        message += "; other nodes are not listed";
    }
    if !silent.is_empty() {
        message += &format!("; {SILENT} from {}", numbers(silent));
    }
    message
}

/// The activity of a rank that stands still; the number of its step follows.
fn named(waiting: Waiting) -> &'static str {
    match waiting {
        Waiting::Exchange => "waiting in an exchange after step",
        Waiting::Reduction => "waiting in a reduction after step",
        Waiting::Nowhere => "computing, or waiting for the disk, after step",
    }
}

/// Ascending numbers as `0-3,5`.
fn spans(ranks: &[usize]) -> String {
    let spans = ranks.chunk_by(|a, b| a + 1 == *b);
    let text = |span: &[usize]| match span {
        [first, .., last] => format!("{first}-{last}"),
        _ => format!("{}", span[0]),
    };
    spans.map(text).collect::<Vec<_>>().join(",")
}

/// Numbers for a message.
fn numbers(mut spans: Vec<[usize; 2]>) -> String {
    spans.sort_unstable();
    let count: usize = spans.iter().map(|[first, last]| last + 1 - first).sum();
    let shown: Vec<String> = spans
        .iter()
        .flat_map(|[first, last]| *first..=*last)
        .take(SHOWN)
        .map(|rank| rank.to_string())
        .collect();
    let more = if count > SHOWN { format!(" and {} more", count - SHOWN) } else { String::new() };
    format!("rank{} {}{more}", if count == 1 { "" } else { "s" }, shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::{describe, lines};
    use crate::parallel::activity::Waiting;
    use crate::run::watchdog::board::Entry;
    use std::time::SystemTime;

    #[test]
    fn nodes_say_together_who_waits_where_and_who_is_silent() {
        let entry = |rank: usize| {
            let waiting = if rank == 3 { Waiting::Nowhere } else { Waiting::Exchange };
            Entry { rank, still: Some((waiting, 7)).filter(|_| rank != 2) }
        };
        let a: Vec<Entry> = [0, 1, 2, 3, 8].map(entry).to_vec();
        let first = lines("a", &a);
        assert_eq!(
            first,
            "ranks 3 on a: computing, or waiting for the disk, after step 7\nranks 2 on a: no \
             response\nranks 0-1,8 on a: waiting in an exchange after step 7\n"
        );
        let second = lines("b", &(20..60).map(entry).collect::<Vec<_>>());
        let said = |complete| {
            let text = describe(
                62,
                &format!("{first}warned\n{second}ranks 7-99 on c: x\nranks"),
                complete,
                SystemTime::UNIX_EPOCH,
            );
            text.split_once("00:00:00Z; ").unwrap().1.to_owned()
        };
        let places = "rank 3: computing, or waiting for the disk, after step 7; ranks 0, 1, 8, 20, 21, \
             22, 23, 24, 25, 26, 27, 28 and 31 more: waiting in an exchange after step 7";
        assert!(said(true).starts_with(places), "{}", said(true));
        assert!(
            said(true)
                .ends_with("; no response from ranks 2, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15 and 6 more")
        );
        assert!(said(false).ends_with("; other nodes are not listed; no response from rank 2"));
    }
}
