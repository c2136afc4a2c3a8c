//! The ranks of the job, and their reductions and agreements.

use super::ExactSum;
use super::activity::{Waiting, waits};
use crate::error::{Error, Kind, Result};
use crate::program::Program;
use mpi::collective::SystemOperation;
use mpi::datatype::PartitionMut;
use mpi::topology::{Color, SimpleCommunicator};
use mpi::traits::{Communicator, CommunicatorCollectives, Equivalence, Root};
use std::cell::RefCell;
use std::rc::Rc;

/// An MPI session from initialisation to finalisation; dropped last, at the end of `main`.
pub struct Session {
    universe: mpi::environment::Universe,
    program: Program,
}

impl Session {
    /// Starts MPI for this program. From now on a panic on any rank prints its location and ends the
    /// whole job: unwinding would run `MPI_Finalize`, in which the other ranks would wait for ever.
    pub fn start(program: Program) -> Result<Self> {
        // The watchdog, the lock and the printer are threads, which never call MPI. A library that grants
        // less is used all the same: it only learns that there are threads.
        let (universe, _) = mpi::initialize_with_threading(mpi::Threading::Funneled)
            .ok_or_else(|| Error::failure("MPI was already initialised in this process"))?;
        let rank = universe.world().rank();
        std::panic::set_hook(Box::new(move |panic| {
            eprintln!(
                "rogallo: internal error on rank {rank}: {panic}\nThis is a bug in rogallo; please report it \
                 with the case file."
            );
            mpi::topology::SimpleCommunicator::world().abort(Kind::Failure.exit_code());
        }));
        Ok(Self { universe, program })
    }

    /// All ranks of the job.
    pub fn world(&self) -> World {
        World::new(self.universe.world().duplicate(), self.program)
    }
}

/// A group of ranks: all of the job, or a row or column of its process grid. All methods that
/// communicate are collective: all ranks of the group call them, in the same order.
pub struct World {
    comm: SimpleCommunicator,
    /// The ranks with the same aggregator, when they are known.
    pub(super) group: RefCell<Option<Rc<World>>>,
    program: Program,
}

impl World {
    pub(super) fn new(comm: SimpleCommunicator, program: Program) -> Self {
        Self { comm, group: RefCell::new(None), program }
    }

    /// Number of this rank in the group, from 0.
    pub fn rank(&self) -> usize {
        self.comm.rank() as usize
    }

    /// Number of ranks in the group.
    pub fn size(&self) -> usize {
        self.comm.size() as usize
    }

    pub fn is_root(&self) -> bool {
        self.rank() == 0
    }

    /// The group of the ranks that give the same `color`, in the order of their ranks here.
    pub fn split(&self, color: usize) -> World {
        let comm = self.comm.split_by_color(Color::with_value(color as i32));
        // A colour was given, so every rank is a member of some group.
        World::new(comm.expect("a rank with a colour belongs to a group"), self.program)
    }

    pub fn barrier(&self) {
        let _waits = waits(Waiting::Reduction);
        self.comm.barrier();
    }

    /// The program that computes, for what it writes.
    pub fn program(&self) -> Program {
        self.program
    }

    pub(super) fn communicator(&self) -> &SimpleCommunicator {
        &self.comm
    }

    /// Agrees on errors: if any rank failed, all ranks return the error of the lowest failed rank, so
    /// that all take the same path and the message is printed once. Otherwise each rank gets its own
    /// value back.
    pub fn agree<T>(&self, local: Result<T>) -> Result<T> {
        let candidate = if local.is_err() { self.rank() as u64 } else { u64::MAX };
        let failed = self.min_u64(candidate);
        if failed == u64::MAX {
            return local;
        }
        let (mut code, mut text) = match local {
            Err(error) if failed == self.rank() as u64 => (error.kind.exit_code(), error.message),
            _ => (0, String::new()),
        };
        if failed as usize == self.rank() && failed != 0 {
            text = format!("{text} (rank {failed} of {})", self.size());
        }
        self.comm.process_at_rank(failed as i32).broadcast_into(&mut code);
        let message = self.broadcast_text(failed as usize, text);
        Err(Error { kind: Kind::from_code(code), message })
    }

    /// Computes a text on the root only and broadcasts it to all ranks.
    pub fn root_text(&self, local: impl FnOnce() -> Result<String>) -> Result<String> {
        let result = if self.is_root() { local() } else { Ok(String::new()) };
        let text = self.agree(result)?;
        Ok(self.broadcast_text(0, text))
    }

    /// Runs `action` on the root only; all ranks return its error.
    pub fn root_does(&self, action: impl FnOnce() -> Result<()>) -> Result<()> {
        self.agree(if self.is_root() { action() } else { Ok(()) })
    }

    /// The text of the rank whose value is the largest (NaN is larger than all), on all ranks.
    pub fn text_of_largest(&self, value: f64, text: impl FnOnce() -> String) -> String {
        let value = if value.is_nan() { f64::INFINITY } else { value };
        let has_it = value == self.max(value);
        let first = self.min_u64(if has_it { self.rank() as u64 } else { u64::MAX }) as usize;
        self.broadcast_text(first, if first == self.rank() { text() } else { String::new() })
    }

    fn broadcast_text(&self, root: usize, text: String) -> String {
        let mut bytes = text.into_bytes();
        self.broadcast(root, &mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Broadcasts the values of rank `root`, of any length, to all ranks.
    pub fn broadcast<T: Equivalence + Clone + Default>(&self, root: usize, values: &mut Vec<T>) {
        let _waits = waits(Waiting::Reduction);
        let root = self.comm.process_at_rank(root as i32);
        let mut length = values.len() as u64;
        root.broadcast_into(&mut length);
        values.resize(length as usize, T::default());
        if values.is_empty() {
            return; // an empty buffer's address may be one that Open MPI takes for MPI_IN_PLACE
        }
        root.broadcast_into(&mut values[..]);
    }

    /// The largest value of all ranks, independent of their number; a NaN on any rank gives NaN.
    pub fn max(&self, value: f64) -> f64 {
        let [largest] = self.maxima([value]);
        largest
    }

    /// The largest of each value, like [`World::max`].
    pub fn maxima<const N: usize>(&self, values: [f64; N]) -> [f64; N] {
        let _waits = waits(Waiting::Reduction);
        let send = values.map(|value| if value.is_nan() { [f64::INFINITY, 1.0] } else { [value, 0.0] });
        let mut receive = [[0.0; 2]; N];
        self.comm.all_reduce_into(send.as_flattened(), receive.as_flattened_mut(), SystemOperation::max());
        receive.map(|[largest, nan]| if nan > 0.0 { f64::NAN } else { largest })
    }

    pub fn min_u64(&self, value: u64) -> u64 {
        let _waits = waits(Waiting::Reduction);
        let mut result = 0;
        self.comm.all_reduce_into(&value, &mut result, SystemOperation::min());
        result
    }

    /// The bits that are set on any rank.
    pub fn any_bits(&self, bits: u64) -> u64 {
        let _waits = waits(Waiting::Reduction);
        let mut result = 0;
        self.comm.all_reduce_into(&bits, &mut result, SystemOperation::bitwise_or());
        result
    }

    /// Sums each element over the ranks modulo 2^64, exactly and therefore independent of the order.
    pub fn sum_u64(&self, values: &mut [u64]) {
        let _waits = waits(Waiting::Reduction);
        let send = values.to_vec();
        self.comm.all_reduce_into(&send[..], values, SystemOperation::sum());
    }

    /// Puts together numbers of which each rank has some and leaves the others zero, on all ranks. To
    /// the bit, but that -0 becomes 0.
    pub fn assemble(&self, values: &mut [f64]) {
        let mut bits: Vec<u64> = values.iter().map(|value| (value + 0.0).to_bits()).collect();
        self.sum_u64(&mut bits);
        values.iter_mut().zip(bits).for_each(|(value, bits)| *value = f64::from_bits(bits));
    }

    pub(super) fn sum_i64(&self, send: &[i64], receive: &mut [i64]) {
        let _waits = waits(Waiting::Reduction);
        self.comm.all_reduce_into(send, receive, SystemOperation::sum());
    }

    /// Gathers the numbers of all ranks, of any length, at the root, ordered by rank; empty elsewhere.
    pub fn gather_at_root(&self, values: &[f64]) -> Vec<f64> {
        let _waits = waits(Waiting::Reduction);
        let root = self.comm.process_at_rank(0);
        let own = values.len() as i32;
        if !self.is_root() {
            root.gather_into(&own);
            root.gather_varcount_into(values);
            return Vec::new();
        }
        let mut counts = vec![0_i32; self.size()];
        root.gather_into_root(&own, &mut counts[..]);
        let mut all = vec![0.0; counts.iter().map(|count| *count as usize).sum()];
        let starts: Vec<i32> =
            counts.iter().scan(0, |next, count| Some(std::mem::replace(next, *next + count))).collect();
        root.gather_varcount_into_root(values, &mut PartitionMut::new(&mut all[..], counts, starts));
        all
    }

    /// The least and the largest value of all ranks, and their mean.
    pub fn spread(&self, value: f64) -> Spread {
        let [largest, lowered] = self.maxima([value, -value]);
        let mut sum = ExactSum::default();
        sum.add(value);
        Spread { least: -lowered, mean: sum.total(self) / self.size() as f64, largest }
    }
}

/// A quantity over the ranks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    pub least: f64,
    pub mean: f64,
    pub largest: f64,
}

/// Name and version of the MPI library, for logs and the ledger.
pub fn library_version() -> String {
    mpi::environment::library_version().map_or_else(|_| "unknown MPI".into(), |text| first_words(&text))
}

/// The first line of the version text of a library, up to a comma. MPICH continues with its configure
/// options, Open MPI with the place of the build.
fn first_words(text: &str) -> String {
    let text = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
    let line = text.lines().next().and_then(|line| line.split(',').next()).unwrap_or_default();
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::first_words;

    #[test]
    fn a_library_is_named_by_its_first_words() {
        let mpich = "MPICH Version:\t4.0.2\nMPICH Release date:\tThu Apr  7 12:34:45 CDT 2022\nMPICH \
            ABI:\t14:2:2\nMPICH Device:\tch4:ofi\n\
                     MPICH configure:\t--with-hwloc-prefix=/usr --enable-option-checking=no\0";
        assert_eq!(first_words(mpich), "MPICH Version: 4.0.2");
        assert_eq!(
            first_words(
                "Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4, repo rev: v4.1.4, May 26, 2022\0\0"
            ),
            "Open MPI v4.1.4"
        );
        assert_eq!(
            first_words("Intel(R) MPI Library 2021.6 for Linux* OS\n"),
            "Intel(R) MPI Library 2021.6 for Linux* OS"
        );
        assert_eq!(first_words(""), "");
    }
}
