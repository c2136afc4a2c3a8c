//! The ranks that share the memory of a node.

use super::World;
use mpi::traits::Communicator;

/// The node of this rank.
pub struct Node {
    /// Its ranks, in the order in which they have numbers in the job.
    pub ranks: World,
    /// Its place among all nodes, in the order of their first ranks, and how many nodes there are.
    pub number: usize,
    pub count: usize,
}

impl World {
    /// The node of this rank. Collective.
    pub fn node(&self) -> Node {
        let ranks = World::new(self.communicator().split_shared(self.rank() as i32), self.program());
        let firsts = self.split(usize::from(!ranks.is_root()));
        let mut place = vec![firsts.rank() as u64, firsts.size() as u64];
        ranks.broadcast(0, &mut place);
        Node { ranks, number: place[0] as usize, count: place[1] as usize }
    }
}
