//! Checkpoints of nothing but fields.

use rogallo::parallel::World;
use rogallo::statistics::Records;
use rogallo::store::{Contents, Field, Header, Piece, Rotation, Written, write_checkpoint};
use std::path::Path;

/// Writes this rank's piece of fields as the checkpoint of step 1. Collective.
pub fn write_fields(world: &World, directory: &Path, piece: Piece, fields: &[Field]) -> Written {
    let header = Header {
        flow: "test".into(),
        step: 1,
        time: 0.0,
        case: String::new(),
        layout: String::new(),
        numbers: Vec::new(),
    };
    let contents = Contents {
        header: &header,
        tables: &[],
        columns: Piece { offset: 0, total: 0 },
        piece,
        fields,
        records: &Records::default(),
    };
    write_checkpoint(world, directory, &mut Rotation::new(1), &contents).unwrap()
}
