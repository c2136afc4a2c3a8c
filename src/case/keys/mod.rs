//! The declaration of keys: a key is declared once, with its table, by name, codec, default, unit and
//! one sentence. A [`Visitor`] uses the declarations: `reader` takes values from a case file, `writer`
//! writes them, and `list` describes the keys for the reference and the schema.
//!
//! ```text
//! fn checkpoint(keys: &mut Keys, checkpoint: &mut Checkpoint) {
//!     keys.key(&mut checkpoint.keep, Key::or("keep", at_least(1), 2).says("Number of checkpoints kept."));
//!     // ...
//! }
//! ```

mod groups;
mod variants;

use super::codec::{Codec, Range, Read, some};
use super::document::Node;
pub use groups::{Form, Group, Head};
pub(crate) use variants::variant;
pub use variants::{Branches, By, Variant};

use groups::{List, Named, Optional, Whole};
use variants::Choice;

/// The keys of a case, as a visitor sees them.
pub type Keys<'a> = dyn Visitor + 'a;

/// A visitor of keys, tables and choices, in the order of the file.
pub trait Visitor {
    /// A single value.
    fn value(&mut self, facts: &Facts, slot: &mut dyn Slot);

    /// A choice: one key decides, by its word or its presence, which other keys the table has.
    /// Returns whether the choice is known.
    fn choice(&mut self, facts: &Facts, by: By, branches: &mut dyn Branches) -> bool;

    /// A table that every case has; if the file has none, each of its required keys is missing.
    fn section(&mut self, head: &Head, visit: &mut dyn FnMut(&mut Keys));

    /// Optional tables.
    fn group(&mut self, head: &Head, group: &mut dyn Group);

    /// Returns whether the file gives the key; `None` if no file is read.
    fn given(&mut self, key: &'static str) -> Option<bool>;

    /// Records that the table needs one of `keys`; `example` shows what to add.
    fn at_least_one(&mut self, keys: &[&'static str], example: &str);

    /// Records a problem with the value at this path within the table.
    fn problem(&mut self, path: &[&str], message: &str, help: &str);

    /// Accepts the keys that are not visited.
    fn ignore_others(&mut self);
}

impl<'a> dyn Visitor + 'a {
    /// Visits a key.
    pub fn key<T: Clone + 'static>(&mut self, value: &mut T, key: Key<T>) {
        self.value(&key.facts, &mut Bound { value, key: &key });
    }

    /// Visits the required key `name`, whose word chooses a variant, and then, by `visit`, the keys of
    /// this variant. Returns whether the word is known.
    pub fn kind<T: Clone>(
        &mut self,
        value: &mut T,
        name: &'static str,
        says: &'static str,
        variants: &[Variant<T>],
        visit: impl FnMut(&mut T, &str, &mut Keys),
    ) -> bool {
        let example = format!("{:?}", variants.first().map_or("", |variant| variant.word));
        let facts = Facts::new(name, Range::default(), Absent::Missing { example }).says(says);
        self.choice(&facts, By::Word, &mut Choice { value, variants, visit })
    }

    /// Visits the keys of the one variant whose key is given. Returns whether there is one.
    pub fn one_of_keys<T: Clone>(
        &mut self,
        value: &mut T,
        example: &'static str,
        variants: &[Variant<T>],
        visit: impl FnMut(&mut T, &str, &mut Keys),
    ) -> bool {
        let facts = Facts::new("", Range::default(), Absent::Missing { example: example.to_owned() });
        self.choice(&facts, By::Key, &mut Choice { value, variants, visit })
    }

    /// Visits a table that every case has.
    pub fn table(&mut self, head: Head, mut visit: impl FnMut(&mut Keys)) {
        self.section(&head, &mut visit);
    }

    /// Visits an optional table; one that is given begins as `start`.
    pub fn optional<T: Clone>(
        &mut self,
        value: &mut Option<T>,
        head: Head,
        start: T,
        visit: impl FnMut(&mut T, &mut Keys),
    ) {
        self.group(&head, &mut Optional { value, start, visit });
    }

    /// Visits a table with a default as a whole: without the table, the value is `default`; with it,
    /// the keys begin as `start`.
    pub fn whole<T: Clone>(
        &mut self,
        value: &mut T,
        head: Head,
        default: T,
        start: T,
        visit: impl FnMut(&mut T, &mut Keys),
    ) {
        self.group(&head, &mut Whole { value, default, start, visit });
    }

    /// Visits each table of an array.
    pub fn list<T: Clone>(
        &mut self,
        values: &mut Vec<T>,
        head: Head,
        start: T,
        visit: impl FnMut(&mut T, &mut Keys),
    ) {
        self.group(&head, &mut List { values, start, visit });
    }

    /// Visits each of the tables named by the user.
    pub fn named<T: Clone>(
        &mut self,
        values: &mut Vec<T>,
        head: Head,
        start: fn(&str) -> T,
        name: fn(&T) -> &str,
        visit: impl FnMut(&mut T, &mut Keys),
    ) {
        self.group(&head, &mut Named { values, start, name, visit });
    }
}

/// The effect of a changed key on a run that continues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The stored state would have another meaning: the run cannot continue.
    Refused,
    /// The physics or the numbers change: the user must accept it.
    Asked,
    /// Neither physics nor averages change, but the log notes it.
    Noted,
    /// The key may differ from job to job.
    Free,
}

/// The state of a key that is not given.
#[derive(Clone, Debug, PartialEq)]
pub enum Absent {
    /// It must be given; an example.
    Missing { example: String },
    /// It has this value.
    Default { text: String },
    /// It is not set; an example.
    Unset { example: String },
}

/// The facts about a key apart from its value.
#[derive(Clone, Debug)]
pub struct Facts {
    pub name: &'static str,
    /// One sentence.
    pub says: &'static str,
    /// Empty for a pure number.
    pub unit: &'static str,
    pub range: Range,
    pub absent: Absent,
    /// The default in words, if it depends on other keys.
    pub by_default: Option<&'static str>,
    /// `None` takes that of the table.
    pub change: Option<Change>,
    /// Written with the other keys of its table.
    pub written: bool,
    /// Advice if the key is missing, instead of adding the example.
    pub advice: Option<String>,
}

impl Facts {
    fn new(name: &'static str, range: Range, absent: Absent) -> Self {
        Self {
            name,
            says: "",
            unit: "",
            range,
            absent,
            by_default: None,
            change: None,
            written: true,
            advice: None,
        }
    }

    fn says(self, says: &'static str) -> Self {
        Self { says, ..self }
    }
}

/// The declaration of a key whose values are `T`.
pub struct Key<T> {
    facts: Facts,
    codec: Codec<T>,
    /// `None` if the key must be given.
    default: Option<T>,
    is_set: fn(&T) -> bool,
}

impl<T: 'static> Key<T> {
    /// A key with a default.
    pub fn or(name: &'static str, codec: Codec<T>, default: T) -> Self {
        let absent = Absent::Default { text: codec.write(&default) };
        let facts = Facts::new(name, codec.range.clone(), absent);
        Self { facts, codec, default: Some(default), is_set: |_| true }
    }

    /// A key that must be given.
    pub fn required(name: &'static str, codec: Codec<T>, example: &str) -> Self {
        let facts = Facts::new(name, codec.range.clone(), Absent::Missing { example: example.to_owned() });
        Self { facts, codec, default: None, is_set: |_| true }
    }

    pub fn says(self, says: &'static str) -> Self {
        Self { facts: self.facts.says(says), ..self }
    }

    pub fn unit(self, unit: &'static str) -> Self {
        Self { facts: Facts { unit, ..self.facts }, ..self }
    }

    pub fn change(self, change: Change) -> Self {
        Self { facts: Facts { change: Some(change), ..self.facts }, ..self }
    }

    /// Describes a default that depends on other keys.
    pub fn by_default(self, text: &'static str) -> Self {
        Self { facts: Facts { by_default: Some(text), ..self.facts }, ..self }
    }

    /// Leaves the key out of a written case unless `written`.
    pub fn written(self, written: bool) -> Self {
        Self { facts: Facts { written, ..self.facts }, ..self }
    }

    /// Sets the advice for a missing key, in place of adding the example.
    pub fn advice(self, advice: Option<String>) -> Self {
        Self { facts: Facts { advice, ..self.facts }, ..self }
    }
}

impl<T: 'static> Key<Option<T>> {
    /// An optional key.
    pub fn optional(name: &'static str, codec: Codec<T>, example: &str) -> Self {
        let codec = some(codec);
        let facts = Facts::new(name, codec.range.clone(), Absent::Unset { example: example.to_owned() });
        Self { facts, codec, default: Some(None), is_set: Option::is_some }
    }
}

/// The value of a key in the case being visited.
pub trait Slot {
    /// Reads the value from the file.
    fn read(&mut self, node: &Node) -> Read<()>;

    /// Takes the default, if there is one.
    fn reset(&mut self);

    /// The value as TOML, if it is set.
    fn text(&self) -> Option<String>;
}

/// A key and its value in the case.
struct Bound<'a, T> {
    value: &'a mut T,
    key: &'a Key<T>,
}

impl<T: Clone + 'static> Slot for Bound<'_, T> {
    fn read(&mut self, node: &Node) -> Read<()> {
        *self.value = self.key.codec.read(node)?;
        Ok(())
    }

    fn reset(&mut self) {
        if let Some(default) = &self.key.default {
            *self.value = default.clone();
        }
    }

    fn text(&self) -> Option<String> {
        (self.key.is_set)(self.value).then(|| self.key.codec.write(self.value))
    }
}
