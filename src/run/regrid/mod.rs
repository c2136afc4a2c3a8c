//! Conversion of a checkpoint to another grid or box, into a new file or as the initial field of a
//! run.

mod carry;
mod mapping;

use super::{directory, output};
use crate::case::{self, Case, Stop};
use crate::definition::Flows;
use crate::error::{Error, Result};
use crate::files;
use crate::flow::Flow;
use crate::parallel::World;
use crate::store::{self, Header, Inventory, Parts};
use crate::time::StepSize;
use crate::transform::{Order, ValuesMut};
use carry::Carry;
use num_complex::Complex;
use std::fs;
use std::path::Path;

/// Number of modes of a field that are converted at a time, unless one column has more.
const BLOCK: i64 = 1 << 15;

/// The destination of a converted checkpoint.
#[derive(Clone, Copy, Debug)]
pub enum Target<'a> {
    File(&'a Path),
    /// A new run directory, ready to continue from the checkpoint.
    Run(&'a Path),
}

/// Converts the checkpoint `from` with these overrides of its case (`domain.grid=..`,
/// `domain.size=..`) and writes it to `to`. Returns a summary for the user. One process does the
/// work, with a part of each field in memory. Collective.
///
/// # Errors
/// The same on all ranks: `from` is damaged or not a checkpoint; an invalid grid or box; `to` exists,
/// or cannot be written.
pub fn regrid(world: &World, flows: Flows, from: &Path, to: Target, overrides: &[String]) -> Result<String> {
    let alone = world.split(world.rank());
    world.root_text(|| rewrite(&alone, flows, from, to, overrides))
}

fn rewrite(world: &World, flows: Flows, from: &Path, target: Target, overrides: &[String]) -> Result<String> {
    let from_name = from.display();
    match target {
        Target::File(file) if fs::symlink_metadata(file).is_ok() => {
            return Err(Error::input(format!(
                "{} exists and is not overwritten: choose another name, or remove it",
                file.display()
            )));
        }
        Target::Run(directory) if directory::is_taken(directory, flows) => {
            return Err(Error::input(format!(
                "{} already holds a run, which is not overwritten: choose another directory",
                directory.display()
            )));
        }
        _ => {}
    }
    let mut parts = Parts::open(world, from)?;
    let header = &parts.inventory.header.clone();
    let to = match target {
        Target::File(file) => file.to_path_buf(),
        Target::Run(directory) => {
            store::checkpoint_file(&directory.join(directory::CHECKPOINTS), header.step)
        }
    };
    let to_name = to.display();
    let name = case_name(&header.case);
    let old = stored_case(flows, from, &header.case)?;
    let new = case::parse(flows, &name, &header.case, Path::new(""), overrides).map_err(|error| Error {
        message: format!("the case of {from_name} cannot have this grid or box:\n{error}"),
        ..error
    })?;
    let mut carry = Carry::new(header, &old, &new, header.time).map_err(in_file(from))?;
    let dropped = carry.verify(world, &mut parts)?;

    let (set, fields) = (new.flow.truncation(&new), parts.inventory.fields.clone());
    let (layout, order) = (set.name(), Order::new(set));
    let columns = || store::blocks(order.list(0..set.count_columns()), BLOCK);
    let numbers = carry.conversion.restart_scalars(&header.numbers)?;
    let mut new_header = Header { case: new.to_toml(), layout: layout.clone(), numbers, ..header.clone() };
    new_header.retain(false);
    let absolute = std::path::absolute(&to)
        .map_err(|error| Error::io(format!("cannot resolve the path {to_name}"), error))?;
    files::require_utf8(&absolute)?;
    if let Some(directory) = absolute.parent() {
        fs::create_dir_all(directory).map_err(|error| {
            Error::io(format!("cannot create the directory {}", directory.display()), error)
        })?;
    }
    let mut file = store::Remake::create(
        world,
        &absolute,
        &new_header,
        columns().map(|block| output::tables(&block)),
        &fields,
        order.modes(),
    )?;
    let (numbers, mut column) = ((0..fields.len()).collect::<Vec<usize>>(), 0);
    for block in columns() {
        file.write_tables(column, &output::tables(&block));
        column += block.len() as u64;
        let first = block[0][2] as u64;
        let states = carry.columns(&mut parts, &block, &numbers);
        parts.agree()?;
        numbers.iter().zip(states).for_each(|(&field, values)| file.write(field, first, &values));
    }
    file.finish()?;

    let mut text = format!("{to_name}: step {}, time {}, modes {}\n", header.step, header.time, layout);
    text += &format!("from {from_name}, modes {}: {}\n", header.layout, story(&carry, &dropped));
    text += "Averages are not transferred. ";
    text += &match target {
        Target::File(_) => {
            "With --to-run DIR instead of a file, regrid makes a run directory for `rogallo continue`."
                .to_owned()
        }
        Target::Run(directory) => {
            if let Some(checkpoints) = absolute.parent() {
                store::point_latest(checkpoints, header.step)?;
            }
            files::replace(&directory.join("case.toml"), new.to_toml().as_bytes())?;
            how_to_continue(directory, header, &new)
        }
    };
    Ok(text)
}

/// Tells the user of a new run directory how to continue.
fn how_to_continue(directory: &Path, header: &Header, case: &Case) -> String {
    let directory = directory.display();
    let Stop { end, steps } = case.time.stop;
    let further = match (end.filter(|end| header.time >= *end), steps.filter(|steps| header.step >= *steps)) {
        (Some(end), _) => format!(" --set time.end=..` (it has reached its end, {end})"),
        (None, Some(steps)) => format!(" --set time.steps=..` (it has done its {steps} steps)"),
        (None, None) => "`".to_owned(),
    };
    let step = match case.time.step {
        StepSize::Fixed(dt) => format!("\nThe step remains time.dt = {dt}; --set time.dt=.. changes it."),
        StepSize::Courant(_) => String::new(),
    };
    format!("To continue from it: `rogallo continue {directory}{further}.{step}")
}

/// Remarks on the checkpoint from which a case starts, by this process alone; none if the case names
/// no checkpoint, or it does not exist.
///
/// # Errors
/// Those of [`take_initial`] that do not require reading all of the file.
pub fn notes(case: &Case) -> Result<Vec<String>> {
    let Some(path) = case.flow.initial_file().filter(|path| path.exists()) else { return Ok(Vec::new()) };
    let inventory = Inventory::new(path)?;
    let old = stored_case(case.flow.flows, path, &inventory.header.case)?;
    let carry = Carry::new(&inventory.header, &old, case, 0.0).map_err(in_file(path))?;
    carry.conversion.notes(&|name| {
        let mean = old.flow.truncation(&old).find([0, 0]);
        let field = inventory.fields.iter().position(|field| field.name == name);
        let (Some(column), Some(field)) = (mean, field) else { return Ok(None) };
        // It is the first of all columns.
        inventory.read(path, field, 0..column.len() as u64).map(Some)
    })
}

/// Replaces the initial velocity, and the scalars that the file holds, by the state of the checkpoint
/// that the case names, if it names one. Returns a summary for the user. Each rank reads the part it
/// needs. Collective.
///
/// # Errors
/// The same on all ranks: a file that is missing, damaged or of another flow; a box to which it
/// cannot be converted.
pub fn take_initial(world: &World, case: &Case, flow: &mut dyn Flow) -> Result<Option<String>> {
    let Some(path) = case.flow.initial_file() else { return Ok(None) };
    let mut parts = Parts::open(world, path)?;
    let header = parts.inventory.header.clone();
    let old = stored_case(case.flow.flows, path, &header.case)?;
    let mut carry = Carry::new(&header, &old, case, 0.0).map_err(in_file(path))?;
    let dropped = carry.verify(world, &mut parts)?;

    let modes = flow.modes();
    let mut state = flow.state_mut();
    let own = modes.own_columns();
    let number = |name: &str| parts.inventory.fields.iter().position(|field| field.name == name);
    let (fields, mut targets): (Vec<usize>, Vec<&mut ValuesMut>) =
        state.iter_mut().filter_map(|(name, values)| Some((number(name)?, values))).unzip();
    let rounds = parts.rounds(store::blocks(own.iter().copied(), BLOCK).count());
    let mut blocks = store::blocks(own.iter().copied(), BLOCK);
    for _ in 0..rounds {
        let block = blocks.next().unwrap_or_default();
        let place = block.first().map_or(0, |column| column[2] as u64 - modes.before) as usize;
        let states = carry.columns(&mut parts, &block, &fields);
        targets.iter_mut().zip(states).for_each(|(target, values)| put(target, place, &values));
    }
    parts.agree()?;
    flow.started_elsewhere(&old)?;
    let Header { step, time, layout, .. } = &header;
    Ok(Some(format!(
        "starting from {}, step {step}, time {time}, modes {layout}: {}",
        path.display(),
        story(&carry, &dropped)
    )))
}

fn story(carry: &Carry, dropped: &str) -> String {
    carry.describe().into_iter().chain([dropped.to_owned()]).collect::<Vec<_>>().join("; ")
}

/// The case of the checkpoint or snapshot at `path`, from its text.
///
/// # Errors
/// A case that this program cannot read.
pub fn stored_case(flows: Flows, path: &Path, text: &str) -> Result<Case> {
    case::parse(flows, &case_name(text), text, Path::new(""), &[])
        .map_err(|error| Error::input(format!("the case in {} cannot be read: {error}", path.display())))
}

/// The name of the file from which a resolved case was read.
fn case_name(text: &str) -> String {
    format!("{}.toml", case::recorded_name(text))
}

fn in_file(path: &Path) -> impl Fn(Error) -> Error {
    move |error| Error { message: format!("{} cannot be used: {error}", path.display()), ..error }
}

fn put(target: &mut ValuesMut, place: usize, values: &[Complex<f64>]) {
    match target {
        ValuesMut::F32(target) => {
            target[place..]
                .iter_mut()
                .zip(values)
                .for_each(|(target, value)| *target = Complex::new(value.re as f32, value.im as f32));
        }
        ValuesMut::F64(target) => target[place..place + values.len()].copy_from_slice(values),
    }
}
