//! What may befall a run, and when.

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Disturbance {
    /// `kill -9` of one rank.
    KillOne,
    /// Of all ranks at once.
    KillAll,
    /// Of the launcher; its ranks must not live on.
    KillLauncher,
    /// TERM, USR1 or USR2 to one rank.
    Signal,
    /// A second one soon after.
    SignalTwice,
    /// As a batch system does: a signal, and death before long.
    SignalThenKill,
    /// TERM to the launcher.
    SignalLauncher,
    /// One rank stands still for a while.
    Pause,
    /// No byte is left while it runs.
    FullDisk,
    /// While it runs.
    CheckpointsDeleted,
    /// These between two jobs.
    Truncated,
    Flipped,
    LatestRemoved,
    ReadOnly,
}

impl Disturbance {
    /// Of a run under way: those that come more often stand more often.
    pub const OF_A_JOB: [Self; 12] = [
        Self::KillOne,
        Self::KillOne,
        Self::KillAll,
        Self::KillAll,
        Self::KillLauncher,
        Self::Signal,
        Self::SignalTwice,
        Self::SignalThenKill,
        Self::SignalLauncher,
        Self::Pause,
        Self::FullDisk,
        Self::CheckpointsDeleted,
    ];
    /// Of its files while nothing runs.
    pub const OF_FILES: [Self; 4] = [Self::Truncated, Self::Flipped, Self::LatestRemoved, Self::ReadOnly];

    /// Whether it needs a disk of its own.
    pub fn needs_disk(self) -> bool {
        matches!(self, Self::FullDisk | Self::ReadOnly)
    }

    /// Whether the job is over after it.
    pub fn ends_job(self) -> bool {
        !matches!(self, Self::Pause | Self::FullDisk | Self::CheckpointsDeleted)
    }
}

/// When it comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Before or while the job starts.
    Starting,
    Running,
    /// While a checkpoint or statistics are written.
    Saving,
}

impl Moment {
    pub const ALL: [Self; 5] = [Self::Starting, Self::Running, Self::Running, Self::Saving, Self::Saving];
}
