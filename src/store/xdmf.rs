//! Small text files that tell ParaView how to read the snapshots' HDF5: XDMF, and the list of all times
//! for its reader of VTKHDF.

use super::directory;
use crate::error::{Error, Result};
use crate::files;
use std::fmt::Write;
use std::path::Path;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Xdmf Version=\"3.0\">\n<Domain>\n";
const TAIL: &str = "</Domain>\n</Xdmf>\n";

/// The list of all snapshots for ParaView's reader of VTKHDF: JSON, as its release notes of 5.5 give it.
const LIST: &str = "series.vtkhdf.series";

/// A field of a snapshot.
pub(super) struct Attribute {
    pub name: String,
    /// Bytes of a number: 4 or 8.
    pub bytes: usize,
}

/// The grid of one snapshot in the file `name`, with `shape` points in z, y, x. XDMF counts the
/// slowest axis first in `Dimensions`, but lists the coordinates as x, y, z.
pub(super) fn grid(name: &str, step: u64, time: f64, shape: [usize; 3], fields: &[Attribute]) -> String {
    let [nz, ny, nx] = shape;
    let mut text = format!(
        "<Grid Name=\"step {step}\" GridType=\"Uniform\">\n<Time Value=\"{time:?}\"/>\n\
         <Topology TopologyType=\"3DRectMesh\" Dimensions=\"{nz} {ny} {nx}\"/>\n<Geometry \
         GeometryType=\"VXVYVZ\">\n"
    );
    let item = |dimensions: &str, bytes: usize, dataset: &str| {
        let dataset = escaped(dataset);
        format!(
            "<DataItem Dimensions=\"{dimensions}\" NumberType=\"Float\" Precision=\"{bytes}\" \
             Format=\"HDF\">{name}:/{dataset}</DataItem>\n"
        )
    };
    for (axis, points) in [("x", nx), ("y", ny), ("z", nz)] {
        text += &item(&points.to_string(), 8, axis);
    }
    text += "</Geometry>\n";
    for Attribute { name, bytes } in fields {
        // Writing to a string cannot fail.
        let _ =
            writeln!(text, "<Attribute Name=\"{}\" AttributeType=\"Scalar\" Center=\"Node\">", escaped(name));
        text += &item(&format!("{nz} {ny} {nx}"), *bytes, name);
        text += "</Attribute>\n";
    }
    text + "</Grid>\n"
}

/// A whole file around a grid.
pub(super) fn document(grid: &str) -> String {
    format!("{HEAD}{grid}{TAIL}")
}

/// Writes `series.xdmf` and `series.vtkhdf.series`: the snapshots of the directory, one after the other
/// in time. The former has the coordinates of the box, the latter leaves each file its own grid in space.
pub(super) fn write_series(directory: &Path) -> Result<()> {
    let failed = |path: &Path, error| Error::io(format!("cannot read {}", path.display()), error);
    let mut listed = Vec::new();
    let mut series =
        "<Grid Name=\"series\" GridType=\"Collection\" CollectionType=\"Temporal\">\n".to_string();
    for step in directory::steps(directory, "xdmf").map_err(|error| failed(directory, error))? {
        let path = directory.join(directory::file_name(step, "xdmf"));
        let snapshot = files::read_text(&path, files::TEXT).map_err(|error| failed(&path, error))?;
        let grid = snapshot.strip_prefix(HEAD).and_then(|rest| rest.strip_suffix(TAIL));
        // A snapshot whose data were deleted is left out, and so is a file that is not ours.
        let name = directory::file_name(step, "h5");
        if let Some(grid) = grid.filter(|_| directory.join(&name).is_file()) {
            series += grid;
            listed.extend(time_of(grid).map(|time| serde_json::json!({ "name": name, "time": time })));
        }
    }
    let list = serde_json::json!({ "file-series-version": "1.0", "files": listed });
    files::replace(&directory.join(LIST), format!("{list:#}\n").as_bytes())?;
    let text = document(&(series + "</Grid>\n"));
    files::replace(&directory.join("series.xdmf"), text.as_bytes())
}

/// The time in the text of a [`grid`].
fn time_of(grid: &str) -> Option<f64> {
    let (_, rest) = grid.split_once("<Time Value=\"")?;
    rest.split_once('"')?.0.parse().ok()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_series_holds_the_snapshots_that_are_there() {
        let directory = tempfile::tempdir().unwrap();
        for (step, kept) in [(20, true), (3, true), (7, false)] {
            let name = directory::file_name(step, "h5");
            let text = document(&grid(
                &name,
                step,
                0.5 * step as f64,
                [4, 3, 2],
                &[Attribute { name: "p<0".into(), bytes: 4 }],
            ));
            fs::write(directory.path().join(directory::file_name(step, "xdmf")), text).unwrap();
            if kept {
                fs::write(directory.path().join(name), "").unwrap();
            }
        }
        write_series(directory.path()).unwrap();
        let series = fs::read_to_string(directory.path().join("series.xdmf")).unwrap();
        let times: Vec<&str> = series.lines().filter(|line| line.starts_with("<Time")).collect();
        assert_eq!(times, ["<Time Value=\"1.5\"/>", "<Time Value=\"10.0\"/>"]);
        let list: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(directory.path().join(LIST)).unwrap()).unwrap();
        let files = [("00000003.h5", 1.5), ("00000020.h5", 10.0)];
        let files = files.map(|(name, time)| serde_json::json!({ "name": name, "time": time }));
        assert_eq!(list, serde_json::json!({ "file-series-version": "1.0", "files": files }));
        assert!(series.contains(
            "Dimensions=\"4 3 2\" NumberType=\"Float\" Precision=\"4\" Format=\"HDF\">00000003.h5:/p&lt;0<"
        ));
    }
}
