//! What the ranks of a node tell each other without MPI: a file without a name in the memory of the
//! node, with a place for each of its ranks. Every rank has opened it by itself, so that the system's
//! lock keeps them apart.

use crate::error::{Error, Result};
use crate::parallel::World;
use crate::parallel::activity::{Sign, Waiting};
use rustix::fs::{FlockOperation, flock};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::time::SystemTime;

/// Something that only one rank of a node does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// To list the ranks of the node.
    List,
    /// To end the job.
    End,
}

/// The words, of eight bytes each, of the duties and of a rank: its number, its activity, its step.
const DUTIES: usize = 2;
const WORDS: usize = 3;

/// A rank that stands still has its place here plus one, any other rank zero.
const PLACES: [Waiting; 3] = [Waiting::Nowhere, Waiting::Exchange, Waiting::Reduction];

/// The board of a node.
pub struct Board {
    file: File,
    /// Ranks of the node, and the place of this one among them.
    ranks: usize,
    pub place: usize,
}

/// A rank on the board: its number in the job, and where it stands still after which step, if it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub rank: usize,
    pub still: Option<(Waiting, u64)>,
}

impl Board {
    /// Makes a board for the ranks of a node; `rank` is the number of this one in the job. Collective on
    /// the node.
    ///
    /// # Errors
    /// The same on the node: no file can be made in its memory.
    pub fn new(node: &World, rank: usize) -> Result<Self> {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { memory.to_path_buf() } else { std::env::temp_dir() };
        let failed =
            |error: io::Error| Error::io(format!("cannot make a file in {}", folder.display()), error);
        let options = || {
            let mut options = OpenOptions::new();
            options.read(true).write(true).mode(0o600);
            options
        };
        let name = node.root_text(|| {
            let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_nanos();
            let path = folder.join(format!("rogallo-{}-{now}", std::process::id()));
            let file = options().create_new(true).open(&path).map_err(failed)?;
            if let Err(error) = file.write_all_at(&vec![0; 8 * (DUTIES + WORDS * node.size())], 0) {
                let _ = fs::remove_file(&path);
                return Err(failed(error));
            }
            Ok(path.to_string_lossy().into_owned())
        })?;
        let opened = node.agree(options().open(&name).map_err(failed));
        // It lives on until the last rank ends.
        node.root_does(|| fs::remove_file(&name).map_err(failed))?;
        let board = Self { file: opened?, ranks: node.size(), place: node.rank() };
        node.agree(board.write(DUTIES + WORDS * board.place, &[rank as u64]).map_err(failed))?;
        Ok(board)
    }

    /// Says that this rank stands still with this last sign of life, or moves again.
    pub fn post(&self, still: Option<Sign>) {
        let words = still.map_or([0; 2], |sign| {
            [1 + PLACES.iter().position(|place| *place == sign.place()).unwrap_or(0) as u64, sign.step]
        });
        // A rank whose word is lost is reported as one that does not respond.
        let _ = self.write(DUTIES + WORDS * self.place + 1, &words);
    }

    /// Returns whether this rank is the first on its node to take a duty.
    pub fn takes(&self, duty: Duty) -> bool {
        if flock(&self.file, FlockOperation::NonBlockingLockExclusive).is_err() {
            return false;
        }
        let first = self.read::<1>(duty as usize).is_ok_and(|[taken]| taken == 0)
            && self.write(duty as usize, &[1]).is_ok();
        let _ = flock(&self.file, FlockOperation::Unlock);
        first
    }

    /// Gives a duty back.
    pub fn leaves(&self, duty: Duty) {
        let _ = self.write(duty as usize, &[0]);
    }

    /// The ranks of the node.
    pub fn entries(&self) -> Vec<Entry> {
        let of_place = |place: usize| {
            let [rank, activity, step] = self.read(DUTIES + WORDS * place).ok()?;
            let still = PLACES.get((activity as usize).wrapping_sub(1)).map(|place| (*place, step));
            Some(Entry { rank: rank as usize, still })
        };
        (0..self.ranks).filter_map(of_place).collect()
    }

    fn write(&self, first: usize, words: &[u64]) -> io::Result<()> {
        self.file.write_all_at(bytemuck::cast_slice(words), 8 * first as u64)
    }

    fn read<const N: usize>(&self, first: usize) -> io::Result<[u64; N]> {
        let mut words = [0; N];
        self.file.read_exact_at(bytemuck::cast_slice_mut(&mut words), 8 * first as u64)?;
        Ok(words)
    }
}

#[cfg(test)]
pub mod tests {
    use super::{Board, DUTIES, Duty, Entry, WORDS};
    use crate::parallel::activity::{Sign, Waiting};
    use rustix::fs::{FlockOperation, flock};
    use std::fs::{self, File};

    /// The boards of ranks of one node.
    pub fn of_node(ranks: &[usize]) -> Vec<Board> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("board");
        fs::write(&path, vec![0; 8 * (DUTIES + WORDS * ranks.len())]).unwrap();
        let opened = |(place, rank): (usize, &usize)| {
            let file = File::options().read(true).write(true).open(&path).unwrap();
            let board = Board { file, ranks: ranks.len(), place };
            board.write(DUTIES + WORDS * place, &[*rank as u64]).unwrap();
            board
        };
        ranks.iter().enumerate().map(opened).collect()
    }

    #[test]
    fn one_rank_of_a_node_takes_a_duty_and_sees_all() {
        let boards = of_node(&[4, 5, 9]);
        assert!(boards[1].takes(Duty::List) && !boards[0].takes(Duty::List) && boards[0].takes(Duty::End));
        flock(&boards[2].file, FlockOperation::LockExclusive).unwrap();
        boards[1].leaves(Duty::List);
        assert!(!boards[0].takes(Duty::List), "a duty is taken while another rank takes it");
        flock(&boards[2].file, FlockOperation::Unlock).unwrap();
        assert!(boards[0].takes(Duty::List) && !boards[1].takes(Duty::List));
        let sign = Sign::last();
        boards[2].post(Some(sign));
        boards[1].post(Some(sign));
        boards[1].post(None);
        let still = Some((Waiting::Nowhere, sign.step));
        let [a, b] = [4, 5].map(|rank| Entry { rank, still: None });
        assert_eq!(boards[0].entries(), [a, b, Entry { rank: 9, still }]);
    }
}
