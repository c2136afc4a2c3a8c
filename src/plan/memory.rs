//! The memory of a rank, part by part.

use std::fmt;

/// How long a part is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// As long as the run lasts.
    Always,
    /// At times; of all such parts the largest counts.
    AtTimes,
    /// At the end of the run, when the flow is gone: all that the rank then takes.
    AtTheEnd,
}

/// A part of the memory of a rank, in bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    pub name: &'static str,
    pub bytes: f64,
    pub when: When,
}

/// The memory of a rank.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Memory(Vec<Part>);

impl Memory {
    /// With a part that is taken as long as the run lasts.
    pub fn always(mut self, name: &'static str, bytes: usize) -> Self {
        self.0.push(Part { name, bytes: bytes as f64, when: When::Always });
        self
    }

    /// With a part that is taken at times.
    pub fn at_times(mut self, name: &'static str, bytes: usize) -> Self {
        self.0.push(Part { name, bytes: bytes as f64, when: When::AtTimes });
        self
    }

    /// With all that is taken at the end of the run, when the flow is gone.
    pub fn at_the_end(mut self, name: &'static str, bytes: usize) -> Self {
        self.0.push(Part { name, bytes: bytes as f64, when: When::AtTheEnd });
        self
    }

    pub fn parts(&self) -> &[Part] {
        &self.0
    }

    /// Bytes of a part; zero if there is none of this name.
    pub fn of(&self, name: &str) -> f64 {
        self.0.iter().filter(|part| part.name == name).map(|part| part.bytes).sum()
    }

    /// The most that is taken at any time.
    pub fn most(&self) -> f64 {
        let of = |when: When| self.0.iter().filter(move |part| part.when == when).map(|part| part.bytes);
        let run = of(When::Always).sum::<f64>() + of(When::AtTimes).fold(0.0, f64::max);
        of(When::AtTheEnd).fold(run, f64::max)
    }
}

impl fmt::Display for Memory {
    /// The parts that count, the largest first.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let list = |when: When| {
            let mut parts: Vec<&Part> =
                self.0.iter().filter(|part| part.when == when && part.bytes >= 0.05e6).collect();
            parts.sort_by(|a, b| b.bytes.total_cmp(&a.bytes));
            let texts = parts.iter().map(|part| format!("{} {}", part.name, bytes(part.bytes)));
            texts.collect::<Vec<_>>().join(", ")
        };
        f.write_str(&list(When::Always))?;
        for (when, text) in
            [(When::AtTimes, "at times"), (When::AtTheEnd, "at the end, everything included:")]
        {
            let parts = list(when);
            if !parts.is_empty() {
                write!(f, "; {text} {parts}")?;
            }
        }
        Ok(())
    }
}

/// A number of bytes with its unit.
pub fn bytes(bytes: f64) -> String {
    match bytes {
        _ if bytes < 1e9 => format!("{:.1} MB", bytes / 1e6),
        _ if bytes < 1e12 => format!("{:.1} GB", bytes / 1e9),
        _ => format!("{:.1} TB", bytes / 1e12),
    }
}

#[cfg(test)]
mod tests {
    use super::Memory;

    #[test]
    fn of_what_is_taken_at_times_the_largest_counts() {
        let memory = Memory::default().always("state", 5_000_000).always("planes", 2_000_000);
        assert_eq!(memory.most(), 7e6);
        let memory = memory.at_times("sample", 1_000_000).at_times("snapshot", 3_000_000).at_times("none", 0);
        assert_eq!((memory.most(), memory.of("planes"), memory.of("start")), (10e6, 2e6, 0.0));
        assert_eq!(
            memory.to_string(),
            "state 5.0 MB, planes 2.0 MB; at times snapshot 3.0 MB, sample 1.0 MB"
        );
        let memory = memory.at_the_end("report", 9_000_000);
        assert_eq!((memory.most(), memory.at_the_end("report", 11_000_000).most()), (10e6, 11e6));
    }
}
