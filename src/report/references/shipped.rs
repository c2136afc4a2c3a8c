//! References that the program has, each under a name: the folder `references` of the repository. The
//! head of each file states what it holds, its citation, source, licence, and how it was extracted.

use crate::error::{Error, Result};
use crate::table::TextTable;
use std::path::Path;

/// Published data under a name, in one file or several.
#[derive(Debug, PartialEq, Eq)]
pub struct Shipped {
    pub name: &'static str,
    files: &'static [File],
}

/// Path in the repository and text.
type File = (&'static str, &'static str);

macro_rules! shipped {
    ($($name:literal: $($file:literal)+;)+) => {
        &[$(Shipped { name: $name, files: &[$(file!($file)),+] }),+]
    };
}

macro_rules! file {
    ($file:literal) => {
        (concat!("references/", $file), include_str!(concat!("../../../references/", $file)))
    };
}

const SHIPPED: &[Shipped] = shipped! {
    "mkm180": "mkm180.dat" "mkm180-x-5.dat" "mkm180-x-19.dat" "mkm180-x-98.dat" "mkm180-z-5.dat" "mkm180-z-19.dat"
        "mkm180-z-98.dat";
    "mkm590": "mkm590.dat";
    "lee-moser-180": "lee-moser-180.dat";
    "del-alamo-jimenez-180": "del-alamo-jimenez-180.dat";
    "taylor-green-400": "taylor-green-400.dat";
    "taylor-green-1600": "taylor-green-1600.dat";
    "comte-bellot-corrsin": "comte-bellot-corrsin.dat";
    "tavoularis-karnik": "tavoularis-karnik.dat";
};

impl Shipped {
    /// The one of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        SHIPPED.iter().find(|shipped| shipped.name == name)
    }

    /// The name closest to a misspelt one.
    pub fn nearest(name: &str) -> Option<&'static str> {
        const ALIKE: f64 = 0.75;
        let alike = |shipped: &'static Self| (strsim::jaro_winkler(shipped.name, name), shipped.name);
        let best = SHIPPED.iter().map(alike).max_by(|a, b| a.0.total_cmp(&b.0));
        best.filter(|(alike, _)| *alike > ALIKE).map(|(_, name)| name)
    }

    /// Its tables.
    ///
    /// # Errors
    /// None but those of a damaged program.
    pub fn tables(&self) -> Result<Vec<TextTable>> {
        let parse = |(path, text): &File| TextTable::parse(Path::new(path), text.as_bytes());
        self.files.iter().map(parse).collect()
    }
}

/// Names, contents, citations and sources of all of them, for the screen.
///
/// # Errors
/// None but those of a damaged program.
pub fn list() -> Result<String> {
    let entry = |shipped: &Shipped| {
        let tables = shipped.tables()?;
        let table = tables.first().ok_or_else(|| Error::failure(format!("{} is empty", shipped.name)))?;
        let stated = |key: &str| table.text_after(key).unwrap_or_default();
        let what = table.head().next().unwrap_or_default();
        let more = match tables.len() - 1 {
            0 => String::new(),
            spectra => format!("; {spectra} spectra"),
        };
        let lines = [
            format!("{:<22} {}", shipped.name, stated("citation")),
            format!("{:<22} {what}{more}", ""),
            format!("{:<22} {}", "", stated("source")),
        ];
        Ok(lines.join("\n"))
    };
    let entries = SHIPPED.iter().map(entry).collect::<Result<Vec<_>>>()?;
    Ok(format!(
        "{}\n\nrogallo stats RUN --reference NAME compares a run with one of them",
        entries.join("\n")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_states_what_it_is_and_the_program_stays_small() {
        for shipped in SHIPPED {
            for table in shipped.tables().unwrap() {
                for key in ["citation", "source", "licence", "extract"] {
                    let text = table.text_after(key).unwrap_or_default();
                    assert!(text.len() >= 8, "{} states no {key}", table.path().display());
                }
                assert!(table.width().unwrap() > 2, "{}", table.path().display());
            }
        }
        let bytes: usize = SHIPPED.iter().flat_map(|shipped| shipped.files).map(|(_, text)| text.len()).sum();
        assert!(bytes < 100_000, "{bytes}");
        // Nothing lies in the folder that the program does not have.
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("references");
        let files = SHIPPED.iter().map(|shipped| shipped.files.len()).sum::<usize>();
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), files + 1);
    }

    #[test]
    fn names_are_listed_and_nearly_right_ones_are_known() {
        let text = list().unwrap();
        assert!(text.contains("mkm180                 Moser, Kim & Mansour 1999\n"), "{text}");
        assert!(text.contains("; 6 spectra\n") && text.contains("doi:10.1017/jfm.2015.268"), "{text}");
        assert_eq!(Shipped::nearest("mkm18"), Some("mkm180"));
        assert_eq!(Shipped::nearest("lee-moser180"), Some("lee-moser-180"));
        assert_eq!(Shipped::nearest("published.csv"), None);
    }
}
