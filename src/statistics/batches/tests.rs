//! Whatever is sampled when: sums of weights and of values are those of the window, and a restart
//! at any sample changes no bit.

use super::*;

/// Sums over samples as a flow keeps them.
struct Sums {
    batching: Batching,
    moments: f64,
    spectra: f64,
    closed: Vec<(Closed, f64, Option<f64>)>,
}

impl Sums {
    fn new(length: f64, spectra_batches: u64) -> Self {
        Self {
            batching: Batching::new(Axis::new(length), spectra_batches),
            moments: 0.0,
            spectra: 0.0,
            closed: Vec::new(),
        }
    }

    fn sample(&mut self, time: f64, value: f64) {
        let closed = match self.batching.sample(time) {
            Sampled::Opens { left } => left,
            Sampled::Weighs(weight) => {
                self.moments += weight.value() * value;
                self.spectra += weight.value() * value;
                self.batching.added(weight)
            }
        };
        if let Some(closed) = closed {
            let moments = std::mem::take(&mut self.moments);
            let spectra = closed.spectra.map(|_| std::mem::take(&mut self.spectra));
            self.closed.push((closed, moments, spectra));
        }
    }

    /// Restarts the batches as a checkpoint does.
    fn restart(&mut self) {
        let Some(so_far) = self.batching.so_far() else { return };
        let records: Vec<Record> =
            self.batching.records(&so_far).into_iter().chain([self.batching.last_sample()]).collect();
        let mut again = Batching::new(self.batching.axis, self.batching.spectra_batches);
        again.recall(&records).unwrap();
        assert_eq!(again.open, self.batching.open);
        self.batching = again;
    }

    /// The sum of all moments, closed and open, and what it covers.
    fn total(&self) -> (f64, Option<Tally>) {
        let open = self.batching.so_far().map(|so_far| so_far.moments);
        let tallies = self
            .closed
            .iter()
            .map(|(closed, ..)| closed.moments)
            .chain(open)
            .filter(|tally| tally.samples > 0);
        (
            self.closed.iter().map(|(_, moments, _)| moments).sum::<f64>() + self.moments,
            tallies.reduce(|a, b| a.and(&b)),
        )
    }
}

/// The times at which steps of different lengths end, where they land on the boundaries of batches
/// and on those of a schedule; and those that are sampled.
fn times(schedule: Schedule, axis: Axis, steps: u64) -> Vec<f64> {
    let (mut time, mut sampled) = (0.0, vec![0.0]);
    for step in 1..=steps {
        let limit = schedule.next_time(time).min(axis.boundaries().next_time(time));
        let full = 0.013 * (1.0 + (step % 7) as f64 / 5.0);
        time = if time + full * (1.0 + 1e-6) >= limit { limit } else { time + full };
        if schedule.is_due(step, time) || axis.boundaries().is_due(step, time) {
            sampled.push(time);
        }
    }
    sampled
}

#[test]
fn sums_are_those_of_the_window_however_it_is_cut_and_restarted() {
    let by_steps = Schedule { every_steps: Some(3), every_time: None };
    let by_time = Schedule { every_steps: None, every_time: Some(0.11) };
    let both = Schedule { every_steps: Some(4), every_time: Some(0.3) };
    for (schedule, length, spectra_batches) in
        [(by_steps, 0.5, 1), (by_time, 0.7, 3), (both, 0.1, 2), (by_steps, 1e3, 1)]
    {
        let sampled = times(schedule, Axis::new(length), 400);
        let value = |time: f64| 2.0 + (3.0 * time).sin();
        let exact: f64 = sampled.windows(2).map(|pair| (pair[1] - pair[0]) * value(pair[1])).sum();
        let end = *sampled.last().unwrap();
        let (mut one, mut restarted) =
            (Sums::new(length, spectra_batches), Sums::new(length, spectra_batches));
        for time in &sampled {
            one.sample(*time, value(*time));
            restarted.sample(*time, value(*time));
            restarted.restart();
        }
        let (total, tally) = one.total();
        let tally = tally.unwrap();
        assert!((total - exact).abs() < 1e-12 * exact, "{schedule:?}: {total} for {exact}");
        assert!((tally.weight - end).abs() < 1e-12 * end && (tally.begin, tally.end) == (0.0, end));
        assert_eq!(tally.samples as usize, sampled.len() - 1);
        assert_eq!(
            (total.to_bits(), one.closed.len()),
            (restarted.total().0.to_bits(), restarted.closed.len())
        );
        // Each batch covers its own time, and nothing lies in two of them.
        for (m, (closed, _, spectra)) in one.closed.iter().enumerate() {
            let extent = Axis::new(length).extent(m as u64);
            let ends = [closed.moments.begin, closed.moments.end];
            assert!(
                ends.iter().zip(extent).all(|(end, exact)| (end - exact).abs() < 1e-12),
                "{ends:?}, not {extent:?}"
            );
            assert_eq!(closed.number, m as u64);
            assert!((closed.moments.weight - length).abs() < 1e-12);
            assert_eq!(spectra.is_some(), (m as u64 + 1).is_multiple_of(spectra_batches));
            if let Some(tally) = closed.spectra {
                assert!((tally.weight - spectra_batches as f64 * length).abs() < 1e-12);
                let of_batches: f64 = one.closed[m + 1 - spectra_batches as usize..=m]
                    .iter()
                    .map(|(_, moments, _)| moments)
                    .sum();
                assert!((spectra.unwrap() - of_batches).abs() < 1e-13 * of_batches);
            }
        }
        assert_eq!(one.closed.len(), (end / length + CLOSE) as usize);
    }
}

/// Steps of one length and every n of them: the old mean over samples, but for the first.
#[test]
fn equal_intervals_weigh_equally() {
    let mut sums = Sums::new(1.0, 1);
    (0..=8).for_each(|n| sums.sample(f64::from(n) / 8.0, f64::from(n * n)));
    let (closed, moments, _) = &sums.closed[0];
    assert_eq!(moments / closed.moments.weight, (1..=8).map(|n| f64::from(n * n)).sum::<f64>() / 8.0);
    assert_eq!((closed.moments.samples, closed.moments.squares), (8, 8.0 / 64.0));
}

/// A cadence that changes in between weighs no part of the time more than another.
#[test]
fn a_changed_cadence_weighs_time_alone() {
    let mut sums = Sums::new(10.0, 1);
    let times = (0..=10).map(|n| 0.1 * f64::from(n)).chain((1..=100).map(|n| 1.0 + 0.01 * f64::from(n)));
    times.for_each(|time| sums.sample(time, if time > 1.0 { 4.0 } else { 2.0 }));
    let (total, tally) = sums.total();
    assert!((total / tally.unwrap().weight - 3.0).abs() < 1e-12);
}

#[test]
fn a_gap_has_no_weight() {
    for (resumed, numbers) in [(1.75, vec![]), (2.5, vec![1]), (2.0, vec![1])] {
        let mut sums = Sums::new(1.0, 1);
        [1.0, 1.25, 1.5].into_iter().for_each(|time| sums.sample(time, 1.0));
        sums.batching.interrupt();
        sums.restart();
        sums.sample(resumed, 100.0);
        assert_eq!(
            sums.closed.iter().map(|(closed, ..)| closed.number).collect::<Vec<_>>(),
            numbers,
            "{resumed}"
        );
        sums.sample(resumed + 0.125, 3.0);
        let (total, tally) = sums.total();
        let tally = tally.unwrap();
        assert_eq!((total, tally.weight, tally.samples), (0.5 + 3.0 * 0.125, 0.625, 3));
    }
    // Nothing is left of a batch that has only been opened, unless spectra of the batches before it wait.
    for (spectra_batches, left) in [(1, 0), (4, 1)] {
        let mut sums = Sums::new(1.0, spectra_batches);
        [0.0, 1.0].into_iter().for_each(|time| sums.sample(time, 1.0));
        sums.batching.interrupt();
        sums.sample(9.0, 1.0);
        assert_eq!(sums.closed.len(), 1 + left);
        assert!(
            sums.closed
                .last()
                .is_some_and(|(closed, ..)| closed.spectra.is_some_and(|spectra| spectra.weight == 1.0))
        );
    }
}

#[test]
fn whole_batches_are_told_from_others_and_windows_hold_them_whole() {
    let axis = Axis::new(0.1);
    let batch = |from: f64, to: f64| {
        let mut sums = Sums::new(0.1, 1);
        (0..=3).for_each(|n| sums.sample(from + (to - from) * f64::from(n) / 3.0, 1.0));
        let closed = sums.closed.pop().map(|(closed, ..)| closed).or(sums.batching.so_far()).unwrap();
        Batch::new(sums.batching.records(&closed)).unwrap()
    };
    // Boundaries carry round-off: 3 * 0.1 is not 0.3.
    let whole = batch(0.2, 0.3);
    assert!(whole.is_whole() && whole.number == 2);
    assert!(!batch(0.25, 0.3).is_whole() && !batch(0.3, 0.35).is_whole());
    assert_eq!([axis.batch_from(0.3), axis.batch_from(0.29), axis.first_from(0.3)], [3, 2, 3]);
    let holds = |from, to| Window { from, to }.holds(&whole.moments, axis);
    assert!(holds(0.2, 0.3) && holds(0.0, f64::INFINITY) && !holds(0.21, 1.0) && !holds(0.0, 0.29));
}

#[test]
fn a_checkpoint_says_how_long_its_batches_are_and_damaged_ones_are_refused() {
    let mut sums = Sums::new(0.5, 3);
    sums.sample(0.1, 1.0);
    let so_far = sums.batching.so_far().unwrap();
    let mut records = sums.batching.records(&so_far);
    records.push(sums.batching.last_sample());
    let mut other = Batching::new(Axis::new(0.7), 1);
    other.recall(&records).unwrap();
    assert_eq!((other.axis, other.spectra_batches), (Axis::new(0.5), 3));
    for (name, value) in [("batch_length", 0.0), ("batch_length", f64::NAN), ("spectra_batches", 0.0)] {
        let mut crafted = records.clone();
        crafted.iter_mut().filter(|record| record.name == name).for_each(|record| record.values[0] = value);
        assert!(
            Batching::new(Axis::new(0.5), 1).recall(&crafted).is_err() && Batch::new(crafted).is_err(),
            "{name} = {value}"
        );
    }
    records.retain(|record| record.name != "weight");
    assert!(Batching::new(Axis::new(0.5), 1).recall(&records).unwrap_err().message.contains("no \"weight\""));
}
