//! Standard output from a separate thread, so that the run goes on if its reader stops reading. Open
//! MPI's `mpirun` stops reading as soon as it is asked to end the job: a rank that prints would then
//! wait until it is killed.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Maximum number of bytes that wait for the reader; lines beyond it are not printed.
const MOST_WAITING: usize = 16 << 20;

/// Time for which a run in a hurry waits for a reader that does not read.
const PATIENCE: Duration = Duration::from_millis(300);
/// Time between two looks at the reader.
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

/// Printer of lines. When dropped, it waits until all lines are printed, or until the reader has
/// read none for its `patience`.
pub struct Printer {
    patience: Option<Duration>,
    lines: Option<Sender<String>>,
    waiting: Arc<AtomicUsize>,
    printing: Option<JoinHandle<()>>,
}

impl Printer {
    /// A printer to standard output.
    ///
    /// # Errors
    /// The system cannot start a thread.
    pub fn new() -> io::Result<Self> {
        Self::to(io::stdout())
    }

    fn to(output: impl Write + Send + 'static) -> io::Result<Self> {
        let (lines, receiver) = mpsc::channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        let printing = thread::Builder::new().spawn({
            let waiting = Arc::clone(&waiting);
            move || print(output, &receiver, &waiting)
        })?;
        Ok(Self { patience: None, lines: Some(lines), waiting, printing: Some(printing) })
    }

    /// Limits the wait for the reader from now on.
    pub fn hurry(&mut self) {
        self.patience = Some(PATIENCE);
    }

    pub fn line(&self, text: &str) {
        let Some(lines) = self.lines.as_ref().filter(|_| self.waiting.load(Ordering::Relaxed) < MOST_WAITING)
        else {
            return;
        };
        self.waiting.fetch_add(text.len(), Ordering::Relaxed);
        let _ = lines.send(format!("{text}\n"));
    }
}

fn print(mut output: impl Write, lines: &Receiver<String>, waiting: &AtomicUsize) {
    for line in lines {
        // The reader may leave before the run ends (`| head`).
        let _ = output.write_all(line.as_bytes()).and_then(|()| output.flush());
        waiting.fetch_sub(line.len() - 1, Ordering::Relaxed);
    }
}

impl Drop for Printer {
    fn drop(&mut self) {
        drop(self.lines.take());
        let (mut waiting, mut since) = (usize::MAX, Instant::now());
        while let (Some(patience), Some(printing)) = (self.patience, &self.printing)
            && !printing.is_finished()
        {
            let still = self.waiting.load(Ordering::Relaxed);
            if still != waiting {
                (waiting, since) = (still, Instant::now());
            } else if since.elapsed() > patience {
                return;
            }
            thread::sleep(BETWEEN_LOOKS);
        }
        let _ = self.printing.take().map(JoinHandle::join);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn a_reader_that_does_not_read_holds_nothing_up_and_gets_all_lines_in_order() {
        let (mut reader, writer) = std::io::pipe().unwrap();
        let printer = Printer::to(writer).unwrap();
        // More than a pipe takes.
        let lines: Vec<String> = (0..10_000).map(|n| format!("line {n} {}", "x".repeat(100))).collect();
        lines.iter().for_each(|line| printer.line(line));
        let read = thread::spawn(move || {
            let mut text = String::new();
            reader.read_to_string(&mut text).map(|_| text)
        });
        drop(printer);
        assert_eq!(read.join().unwrap().unwrap(), lines.join("\n") + "\n");
    }

    #[test]
    fn a_run_that_hurries_does_not_wait_for_a_reader_that_does_not_read() {
        let (mut reader, writer) = std::io::pipe().unwrap();
        let mut printer = Printer::to(writer).unwrap();
        printer.line(&"x".repeat(1 << 20));
        printer.hurry();
        drop(printer);
        // It was still being written.
        assert_eq!(reader.read(&mut [0; 10]).unwrap(), 10);
    }

    #[test]
    fn what_is_too_much_to_keep_is_not_printed() {
        let (reader, writer) = std::io::pipe().unwrap();
        let printer = Printer::to(writer).unwrap();
        let line = "x".repeat(1 << 20);
        (0..40).for_each(|_| printer.line(&line));
        assert!(printer.waiting.load(Ordering::Relaxed) <= MOST_WAITING + line.len());
        // A reader that leaves.
        drop(reader);
    }
}
