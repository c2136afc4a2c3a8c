//! Moving blocks of complex numbers between all ranks of a group: the transposes' communication. Packing and unpacking are
//! left to the transforms, whose passes over memory do it on the way.

use super::activity::{Waiting, waits};
use super::{Element, World};
use crate::error::{Error, Result};
use bytemuck::{cast_slice, cast_slice_mut};
use mpi::datatype::{Partition, PartitionMut};
use mpi::point_to_point::send_receive_into;
use mpi::traits::{Communicator, CommunicatorCollectives};
use num_complex::Complex;

/// How an exchange is carried out; the result is the same to the bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// One `MPI_Alltoallv`.
    AllToAll,
    /// P - 1 rounds of `MPI_Sendrecv`, to the i-th rank ahead from the i-th behind.
    Pairwise,
}

/// A send and a receive buffer over a group of ranks. Blocks lie in the order of the ranks, without gaps, at the end of the buffers.
///
/// A group of one rank sends nothing: it has one buffer, where the data that are written for the next exchange take the place of those of the
/// last. Since they lie at the end, a longer list of equal pieces can be written there while a shorter one, or one as long, is read: piece by
/// piece, what is written stays behind what is not read yet. A shorter list takes the place of a longer one from the last piece to the first.
pub struct Exchange<T> {
    group: World,
    method: Method,
    send: Vec<Complex<T>>,
    /// Empty in a group of one.
    receive: Vec<Complex<T>>,
    send_counts: Vec<i32>,
    send_offsets: Vec<i32>,
    receive_counts: Vec<i32>,
    receive_offsets: Vec<i32>,
    traffic: Traffic,
}

/// What has been sent to other ranks so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    pub messages: u64,
    pub bytes: u64,
}

impl<T: Element> Exchange<T>
where
    Complex<T>: bytemuck::Pod,
{
    /// Buffers of `capacity` complex numbers each. Fails if a buffer is too long for MPI's 32-bit counts.
    pub fn new(group: World, method: Method, capacity: usize) -> Result<Self> {
        // Counts and displacements are those of reals, two a complex number.
        if group.size() > 1 && i32::try_from(2 * capacity as u64).is_err() {
            return Err(Error::input(format!(
                "one rank would exchange {capacity} complex numbers at once, more than MPI can count (2^31 reals): use more ranks"
            )));
        }
        let ranks = group.size();
        let zero = Complex::<T>::default();
        Ok(Self {
            group,
            method,
            send: vec![zero; capacity],
            receive: vec![zero; if ranks > 1 { capacity } else { 0 }],
            send_counts: vec![0; ranks],
            send_offsets: vec![0; ranks],
            receive_counts: vec![0; ranks],
            receive_offsets: vec![0; ranks],
            traffic: Traffic::default(),
        })
    }

    /// Where so many numbers that are to be sent belong.
    pub fn send_buffer(&mut self, length: usize) -> &mut [Complex<T>] {
        end_of(&mut self.send, length)
    }

    /// The so many numbers that the last exchange brought.
    pub fn received(&self, length: usize) -> &[Complex<T>] {
        let received = if self.group.size() == 1 { &self.send } else { &self.receive };
        &received[received.len() - length..]
    }

    pub fn traffic(&self) -> Traffic {
        self.traffic
    }

    /// Sends `times * to[r]` complex numbers to each rank r of the group and receives `times * from[r]`; collective.
    pub fn exchange(&mut self, times: usize, to: &[usize], from: &[usize]) {
        if self.group.size() == 1 {
            return;
        }
        fill(times, to, &mut self.send_counts, &mut self.send_offsets);
        fill(times, from, &mut self.receive_counts, &mut self.receive_offsets);
        let me = self.group.rank();
        for (rank, &count) in self.send_counts.iter().enumerate() {
            if rank != me && count > 0 {
                self.traffic.messages += 1;
                self.traffic.bytes += count as u64 * size_of::<T>() as u64;
            }
        }
        let lengths = [to, from].map(|counts| times * counts.iter().sum::<usize>());
        let _waits = waits(Waiting::Exchange);
        match self.method {
            Method::AllToAll => self.all_to_all(lengths),
            Method::Pairwise => self.pairwise(lengths),
        }
    }

    fn all_to_all(&mut self, [to, from]: [usize; 2]) {
        let send: &[T] = cast_slice(end_of(&mut self.send, to));
        let receive: &mut [T] = cast_slice_mut(end_of(&mut self.receive, from));
        let send = Partition::new(send, &self.send_counts[..], &self.send_offsets[..]);
        let mut receive = PartitionMut::new(receive, &self.receive_counts[..], &self.receive_offsets[..]);
        self.group.communicator().all_to_all_varcount_into(&send, &mut receive);
    }

    fn pairwise(&mut self, [to, from]: [usize; 2]) {
        let (ranks, me) = (self.group.size(), self.group.rank());
        let send: &[T] = cast_slice(end_of(&mut self.send, to));
        let receive: &mut [T] = cast_slice_mut(end_of(&mut self.receive, from));
        for distance in 0..ranks {
            let to = (me + distance) % ranks;
            let from = (me + ranks - distance) % ranks;
            let source = &send[span(&self.send_offsets, &self.send_counts, to)];
            let target = &mut receive[span(&self.receive_offsets, &self.receive_counts, from)];
            if distance == 0 {
                target.copy_from_slice(source);
            } else {
                let communicator = self.group.communicator();
                send_receive_into(source, &communicator.process_at_rank(to as i32), target, &communicator.process_at_rank(from as i32));
            }
        }
    }
}

fn end_of<T>(buffer: &mut [T], length: usize) -> &mut [T] {
    let start = buffer.len() - length;
    &mut buffer[start..]
}

/// Counts and offsets in reals; `Exchange::new` has made sure that they fit.
fn fill(times: usize, blocks: &[usize], counts: &mut [i32], offsets: &mut [i32]) {
    let mut offset = 0;
    for ((&block, count), start) in blocks.iter().zip(counts).zip(offsets) {
        *count = (2 * times * block) as i32;
        *start = offset;
        offset += *count;
    }
}

fn span(offsets: &[i32], counts: &[i32], rank: usize) -> std::ops::Range<usize> {
    offsets[rank] as usize..(offsets[rank] + counts[rank]) as usize
}
