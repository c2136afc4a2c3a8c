//! The batches of a run as a report has read them before, in one file beside their folder: HDF5 takes
//! milliseconds to open the many datasets of a file, and a run may have thousands of files. What is there
//! counts only as long as its file is the one that it was, of the same length and time of writing.
//!
//! ```text
//! checksum of the next line
//! a line of JSON (`Index`), then the values of all records of all batches, little-endian f64
//! ```

use super::checksum;
use super::{batches, read_batch};
use crate::error::Result;
use crate::files;
use crate::statistics::{Batch, Record};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt::Display;
use std::fs;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::UNIX_EPOCH;

/// The name of the file, in the directory of a run.
pub const KEPT_BATCHES: &str = ".batches";

/// With fewer files nothing is kept; larger ones take longer to be read than to be opened.
const MANY: usize = 50;
const LARGE: u64 = 1 << 20;
const FORMAT: u32 = 1;

#[derive(Debug, Default, Serialize, Deserialize)]
struct Index {
    format: u32,
    /// Of the values.
    checksum: u64,
    /// The texts of the physics of the cases.
    cases: Vec<String>,
    /// What records there are in a batch.
    forms: Vec<Vec<Form>>,
    batches: Vec<Entry>,
}

/// A record without its values, units and description.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Form {
    name: String,
    axes: Vec<String>,
    shape: Vec<usize>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Entry {
    stamp: Stamp,
    /// Indices of the case and of the form.
    case: usize,
    form: usize,
}

/// A file as it was.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Stamp {
    file: String,
    /// Its number on the disk.
    inode: u64,
    bytes: u64,
    /// Nanoseconds since 1970.
    written: u64,
}

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        let data = fs::metadata(path).ok()?;
        let written = data.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        let file = path.file_name()?.to_str()?.to_owned();
        let written = u64::try_from(written.as_nanos()).ok()?;
        Some(Self { file, inode: data.ino(), bytes: data.len(), written })
    }
}

/// What was read.
#[derive(Default)]
struct Kept {
    index: Index,
    values: Vec<f64>,
    /// Entry and first value of each file.
    places: HashMap<Stamp, (usize, usize)>,
}

impl Kept {
    /// Reads what is kept; nothing if it is damaged or of another version.
    fn read(path: &Path) -> Self {
        files::read(path, files::TABLE).ok().and_then(|bytes| Self::parse(&bytes)).unwrap_or_default()
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let line = |from: usize| bytes[from..].iter().position(|byte| *byte == b'\n').map(|end| from + end);
        let first = line(0)?;
        let end = line(first + 1)?;
        let [sum, text] =
            [&bytes[..first], &bytes[first + 1..end]].map(|line| std::str::from_utf8(line).ok());
        let text = text.filter(|text| sum == Some(&*checksum::of_text(text).to_string()))?;
        let index: Index = serde_json::from_str(text).ok()?;
        let (words, rest) = bytes[end + 1..].as_chunks::<8>();
        let values: Vec<f64> = words.iter().map(|word| f64::from_le_bytes(*word)).collect();
        let is_whole = rest.is_empty() && checksum::of_reals(0, &values) == index.checksum;
        if index.format != FORMAT || !is_whole {
            return None;
        }
        let (mut places, mut first) = (HashMap::new(), 0);
        for (i, Entry { stamp, case, form }) in index.batches.iter().enumerate() {
            places.insert(stamp.clone(), (i, first));
            first += length(index.forms.get(*form)?);
            index.cases.get(*case)?;
        }
        (first == values.len()).then_some(Self { index, values, places })
    }

    /// Case and records of a file.
    fn find(&self, stamp: &Stamp) -> Option<(&str, Vec<Record>)> {
        let (entry, first) = *self.places.get(stamp)?;
        let Entry { case, form, .. } = &self.index.batches[entry];
        let mut values = &self.values[first..];
        let record = |Form { name, axes, shape }: &Form| {
            let (own, others) = values.split_at(shape.iter().product());
            values = others;
            Record {
                name: name.clone(),
                units: String::new(),
                description: String::new(),
                axes: axes.clone(),
                shape: shape.clone(),
                values: own.to_vec(),
            }
        };
        Some((&self.index.cases[*case], self.index.forms[*form].iter().map(record).collect()))
    }

    fn add(&mut self, stamp: Stamp, case: &str, records: &[Record]) {
        let forms: Vec<Form> = records
            .iter()
            .map(|Record { name, axes, shape, .. }| Form {
                name: name.clone(),
                axes: axes.clone(),
                shape: shape.clone(),
            })
            .collect();
        let Index { cases, forms: known, batches, .. } = &mut self.index;
        let case = place_of(cases, |own| own == case, || case.to_owned());
        let form = place_of(known, |own| *own == forms, || forms.clone());
        batches.push(Entry { stamp, case, form });
        self.values.extend(records.iter().flat_map(|record| &record.values));
    }

    fn write(mut self, path: &Path) -> Result<()> {
        (self.index.format, self.index.checksum) = (FORMAT, checksum::of_reals(0, &self.values));
        let failed =
            |error: &dyn Display| crate::Error::io(format!("cannot write {}", path.display()), error);
        let text = serde_json::to_string(&self.index).map_err(|error| failed(&error))?;
        let mut bytes = format!("{}\n{text}\n", checksum::of_text(&text)).into_bytes();
        bytes.extend(self.values.iter().flat_map(|value| value.to_le_bytes()));
        files::replace_with(path, |file| file.write_all(&bytes).map_err(|error| failed(&error)))
    }
}

/// The index of an element, which is added if it is not there.
fn place_of<T>(all: &mut Vec<T>, is: impl Fn(&T) -> bool, new: impl Fn() -> T) -> usize {
    all.iter().position(is).unwrap_or_else(|| {
        all.push(new());
        all.len() - 1
    })
}

/// Number of values of the records of this form.
fn length(form: &[Form]) -> usize {
    form.iter().map(|form| form.shape.iter().product::<usize>()).sum()
}

/// Shows `see` the physics of the case and the content of each batch of a run, ascending; of what is kept,
/// records have neither units nor descriptions. Serial: for one process alone, without MPI.
///
/// # Errors
/// Those of [`read_batch`], or of `see`.
pub fn each_batch(run_dir: &Path, see: &mut dyn FnMut(&str, Batch) -> Result<()>) -> Result<()> {
    let (all, path) = (batches(&run_dir.join("statistics"))?, run_dir.join(KEPT_BATCHES));
    if all.len() < MANY {
        return all.iter().try_for_each(|file| {
            let (header, batch) = read_batch(file)?;
            see(&header.case, batch)
        });
    }
    let (old, mut new, mut read) = (Kept::read(&path), Kept::default(), 0);
    for file in &all {
        let stamp = Stamp::of(file).filter(|stamp| stamp.bytes < LARGE);
        let kept = stamp.as_ref().and_then(|stamp| old.find(stamp));
        let kept = kept.and_then(|(case, records)| Some((case.to_owned(), Batch::new(records).ok()?)));
        let (case, batch) = match kept {
            Some(kept) => kept,
            None => {
                read += usize::from(stamp.is_some());
                let (header, batch) = read_batch(file)?;
                (header.case, batch)
            }
        };
        if let Some(stamp) = stamp {
            new.add(stamp, &case, &batch.records);
        }
        see(&case, batch)?;
    }
    if read > 0 || new.index.batches.len() < old.index.batches.len() {
        // In a directory that cannot be written all are read each time.
        let _ = new.write(&path);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(value: f64) -> Vec<Record> {
        let mut line = Record::scalar("uu", "velocity^2", "energy", 0.0);
        (line.axes, line.shape, line.values) = (vec!["y".into()], vec![3], vec![value, -0.0, f64::NAN]);
        vec![Record::scalar("batch", "1", "number", value), line]
    }

    fn stamp(file: &str) -> Stamp {
        Stamp { file: file.into(), inode: 3, bytes: 7, written: 99 }
    }

    #[test]
    fn what_is_kept_comes_back_to_the_bit() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(KEPT_BATCHES);
        let mut kept = Kept::default();
        for (file, case, value) in [("0.h5", "nu = 1", 1.0), ("1.h5", "nu = 1", 2.0), ("2.h5", "nu = 2", 3.0)]
        {
            kept.add(stamp(file), case, &records(value));
        }
        assert_eq!((kept.index.cases.len(), kept.index.forms.len()), (2, 1));
        kept.write(&path).unwrap();
        let back = Kept::read(&path);
        let (case, found) = back.find(&stamp("2.h5")).unwrap();
        assert_eq!((case, &*found[1].name, found[1].shape.clone()), ("nu = 2", "uu", vec![3]));
        let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&found[1].values), bits(&records(3.0)[1].values));
        // Of a file that has changed nothing is known.
        assert!(back.find(&Stamp { written: 100, ..stamp("2.h5") }).is_none());
        assert!(back.find(&stamp("3.h5")).is_none());
    }

    #[test]
    fn damage_and_other_versions_are_as_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(KEPT_BATCHES);
        let mut kept = Kept::default();
        kept.add(stamp("0.h5"), "nu = 1", &records(1.0));
        kept.write(&path).unwrap();
        let sound = fs::read(&path).unwrap();
        for at in 0..sound.len() {
            let mut damaged = sound.clone();
            damaged[at] ^= 1;
            assert!(Kept::parse(&damaged).is_none() && Kept::parse(&sound[..at]).is_none(), "byte {at}");
        }
        assert!(Kept::read(&dir.path().join("none")).places.is_empty());
    }
}
