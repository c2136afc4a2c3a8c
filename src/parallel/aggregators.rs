//! Aggregators: ranks that write and read files for others. Of every group of consecutive ranks, the
//! first is the aggregator of all.

use super::World;
use super::activity::{Waiting, waits};
use crate::error::{Error, Result};
use mpi::point_to_point::{Destination, Source};
use mpi::traits::Communicator;
use std::rc::Rc;

/// The number of ranks up to which each writes and reads its own data.
const FEW: usize = 4;

/// The number of aggregators where the case does not say: twice the square root, so
/// that neither the writers of a file nor the ranks of one writer become many.
fn usual(ranks: usize) -> usize {
    ranks.min((2 * ranks.isqrt()).max(FEW))
}

/// Refuses more aggregators than there are ranks.
///
/// # Errors
/// There are more aggregators than ranks.
pub fn check_aggregators(aggregators: Option<usize>, ranks: usize) -> Result<()> {
    match aggregators.filter(|aggregators| *aggregators > ranks) {
        Some(aggregators) => Err(Error::input(format!(
            "checkpoint.aggregators = {aggregators}, but there {}: choose at most as many, or omit the key",
            if ranks == 1 { "is 1 rank".to_owned() } else { format!("are {ranks} ranks") }
        ))),
        None => Ok(()),
    }
}

impl World {
    /// Sets the number of aggregators, `None` for the usual one. Must be the same on all ranks.
    /// Collective.
    ///
    /// # Errors
    /// More aggregators than ranks.
    pub fn aggregate(&self, aggregators: Option<usize>) -> Result<()> {
        check_aggregators(aggregators, self.size())?;
        self.form_groups(aggregators.unwrap_or(usual(self.size())));
        Ok(())
    }

    /// The ranks with the same aggregator, which is their root. Collective at the first call.
    pub fn group(&self) -> Rc<World> {
        let group = self.group.borrow().clone();
        group.unwrap_or_else(|| self.form_groups(usual(self.size())))
    }

    fn form_groups(&self, aggregators: usize) -> Rc<World> {
        let group = Rc::new(self.split(self.rank() * aggregators / self.size()));
        *self.group.borrow_mut() = Some(group.clone());
        group
    }

    /// Sends bytes to a rank, which receives as many.
    pub fn send(&self, to: usize, bytes: &[u8]) {
        let _waits = waits(Waiting::Exchange);
        self.communicator().process_at_rank(to as i32).send(bytes);
    }

    /// Receives bytes from a rank, as many as it sends.
    pub fn receive(&self, from: usize, bytes: &mut [u8]) {
        let _waits = waits(Waiting::Exchange);
        self.communicator().process_at_rank(from as i32).receive_into(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::usual;

    #[test]
    fn the_number_of_aggregators_grows_as_the_square_root_of_many_ranks() {
        let numbers = [1, 2, 3, 4, 5, 16, 64, 256, 16_384, 262_144].map(usual);
        assert_eq!(numbers, [1, 2, 3, 4, 4, 8, 16, 32, 256, 1024]);
    }
}
