//! Exchange of blocks of complex numbers between all ranks of a group, for the transposes. The
//! transforms pack and unpack the blocks during their passes over memory.

use super::activity::{Waiting, waits};
use super::{Blocks, BlocksMut, Element, World};
use crate::error::{Error, Result};
use bytemuck::{cast_slice, cast_slice_mut};
use mpi::datatype::{Partition, PartitionMut};
use mpi::point_to_point::send_receive_into;
use mpi::traits::{Communicator, CommunicatorCollectives};
use num_complex::Complex;

/// The method of an exchange. All methods give the same bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// One `MPI_Alltoallv`.
    #[default]
    AllToAll,
    /// P - 1 rounds of `MPI_Sendrecv`, to the i-th rank ahead from the i-th behind.
    Pairwise,
}

/// Buffers for the data that the ranks of a group send to each other. A rank's own block is not
/// copied: it has a single buffer, in which the data for the next exchange overwrite those of the
/// last. The data lie at the end of the buffer. A list of equal pieces that is at least as long can
/// therefore be written piece by piece, from the first to the last, while the old one is read: the
/// written pieces stay behind those not read yet. A shorter list must be written from the last piece
/// to the first.
pub struct Exchange<T> {
    group: World,
    method: Method,
    own: Vec<Complex<T>>,
    /// Buffer for data to other ranks.
    send: Vec<Complex<T>>,
    receive: Vec<Complex<T>>,
    send_counts: Vec<i32>,
    send_offsets: Vec<i32>,
    receive_counts: Vec<i32>,
    receive_offsets: Vec<i32>,
    traffic: Traffic,
}

/// The messages and bytes sent to other ranks so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    pub messages: u64,
    pub bytes: u64,
}

impl<T: Element> Exchange<T>
where
    Complex<T>: bytemuck::Pod,
{
    /// Buffers for `times` these counts of complex numbers for each rank of the group, in both
    /// directions; a rank's own count is the same in both. Fails if a buffer is too long for MPI's
    /// 32-bit counts.
    pub fn new(group: World, method: Method, times: usize, counts: [&[usize]; 2]) -> Result<Self> {
        let own = times * counts[0][group.rank()];
        let others = counts.map(|counts| times * counts.iter().sum::<usize>() - own);
        let longest = others[0].max(others[1]);
        // Counts and displacements are in reals, two per complex number.
        if i32::try_from(2 * longest as u64).is_err() {
            return Err(Error::input(format!(
                "one rank would exchange {longest} complex numbers at once, but MPI counts to 2^31 reals \
                 only: use more ranks"
            )));
        }
        let ranks = group.size();
        let zeros = |length: usize| vec![Complex::<T>::default(); length];
        Ok(Self {
            group,
            method,
            own: zeros(own),
            send: zeros(longest),
            receive: zeros(longest),
            send_counts: vec![0; ranks],
            send_offsets: vec![0; ranks],
            receive_counts: vec![0; ranks],
            receive_offsets: vec![0; ranks],
            traffic: Traffic::default(),
        })
    }

    /// The blocks to be filled with `times * to[r]` numbers for each rank r.
    pub fn to_send(&mut self, times: usize, to: &[usize]) -> BlocksMut<'_, T> {
        let Lengths { before, own, others } = self.lengths(times, to);
        let own_start = self.own.len() - own;
        BlocksMut { others: &mut self.send[..others], before, own: &mut self.own[own_start..] }
    }

    /// The `times * from[r]` numbers from each rank r, received in the last exchange.
    pub fn received(&self, times: usize, from: &[usize]) -> Blocks<'_, T> {
        let Lengths { before, own, others } = self.lengths(times, from);
        Blocks { others: &self.receive[..others], before, own: &self.own[self.own.len() - own..] }
    }

    fn lengths(&self, times: usize, counts: &[usize]) -> Lengths {
        let me = self.group.rank();
        let [before, behind] =
            [&counts[..me], &counts[me + 1..]].map(|counts| times * counts.iter().sum::<usize>());
        Lengths { before, own: times * counts[me], others: before + behind }
    }

    pub fn traffic(&self) -> Traffic {
        self.traffic
    }

    /// The ranks that exchange.
    pub fn group(&self) -> &World {
        &self.group
    }

    /// Sends `times * to[r]` complex numbers to each rank r of the group and receives
    /// `times * from[r]`; collective.
    pub fn exchange(&mut self, times: usize, to: &[usize], from: &[usize]) {
        if self.group.size() == 1 {
            return;
        }
        let me = self.group.rank();
        fill(times, to, me, &mut self.send_counts, &mut self.send_offsets);
        fill(times, from, me, &mut self.receive_counts, &mut self.receive_offsets);
        for &count in self.send_counts.iter().filter(|count| **count > 0) {
            self.traffic.messages += 1;
            self.traffic.bytes += count as u64 * size_of::<T>() as u64;
        }
        let _waits = waits(Waiting::Exchange);
        match self.method {
            Method::AllToAll => self.all_to_all(),
            Method::Pairwise => self.pairwise(),
        }
    }

    fn all_to_all(&mut self) {
        let (send, receive): (&[T], &mut [T]) = (cast_slice(&self.send), cast_slice_mut(&mut self.receive));
        let send = Partition::new(send, &self.send_counts[..], &self.send_offsets[..]);
        let mut receive = PartitionMut::new(receive, &self.receive_counts[..], &self.receive_offsets[..]);
        self.group.communicator().all_to_all_varcount_into(&send, &mut receive);
    }

    fn pairwise(&mut self) {
        let (ranks, me, communicator) = (self.group.size(), self.group.rank(), self.group.communicator());
        let (send, receive): (&[T], &mut [T]) = (cast_slice(&self.send), cast_slice_mut(&mut self.receive));
        for distance in 1..ranks {
            let to = (me + distance) % ranks;
            let from = (me + ranks - distance) % ranks;
            let source = &send[span(&self.send_offsets, &self.send_counts, to)];
            let target = &mut receive[span(&self.receive_offsets, &self.receive_counts, from)];
            send_receive_into(
                source,
                &communicator.process_at_rank(to as i32),
                target,
                &communicator.process_at_rank(from as i32),
            );
        }
    }
}

/// Numbers of complex elements in the blocks before a rank's own, in that block, and in all others.
struct Lengths {
    before: usize,
    own: usize,
    others: usize,
}

/// Sets counts and offsets in reals, with zero for this rank's own block; `Exchange::new` has checked
/// that they fit.
fn fill(times: usize, blocks: &[usize], me: usize, counts: &mut [i32], offsets: &mut [i32]) {
    let mut offset = 0;
    for (rank, ((&block, count), start)) in blocks.iter().zip(counts).zip(offsets).enumerate() {
        *count = if rank == me { 0 } else { (2 * times * block) as i32 };
        *start = offset;
        offset += *count;
    }
}

fn span(offsets: &[i32], counts: &[i32], rank: usize) -> std::ops::Range<usize> {
    offsets[rank] as usize..(offsets[rank] + counts[rank]) as usize
}
