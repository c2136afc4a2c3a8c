//! What the launcher of a job says of its nodes.

use super::World;

/// Variables in which launchers say how many ranks a node has: Open MPI, MPICH and Intel MPI, MVAPICH,
/// Cray PALS, SLURM.
const VARIABLES: [&str; 6] = [
    "OMPI_COMM_WORLD_LOCAL_SIZE",
    "MPI_LOCALNRANKS",
    "MV2_COMM_WORLD_LOCAL_SIZE",
    "PALS_LOCAL_SIZE",
    "SLURM_STEP_TASKS_PER_NODE",
    "SLURM_NTASKS_PER_NODE",
];

/// Ranks of a node where no launcher says a number.
const ASSUMED: usize = 16;

/// The number of ranks on this node, as the launcher says it.
pub fn ranks_of_node() -> usize {
    let number = |name: &&str| first_number(&std::env::var(name).ok()?);
    VARIABLES.iter().find_map(number).unwrap_or(ASSUMED)
}

/// The first number of a text: SLURM writes `16(x4)` for 16 ranks on each of 4 nodes.
fn first_number(text: &str) -> Option<usize> {
    let digits = text.trim_start().split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok().filter(|ranks| *ranks > 0)
}

impl World {
    /// The number of ranks on a node, the smallest of all nodes. Collective.
    pub fn ranks_per_node(&self) -> usize {
        self.min_u64(ranks_of_node() as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::first_number;

    #[test]
    fn launchers_write_numbers_in_their_ways() {
        let read = ["16", "16(x4)", " 8\n", "0", "", "x"].map(first_number);
        assert_eq!(read, [Some(16), Some(16), Some(8), None, None, None]);
    }
}
