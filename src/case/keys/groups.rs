//! Optional tables, and tables of which there may be several.

use super::{Change, Keys};

/// The form of a table in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A heading, `[mean]`.
    Block,
    /// An inline table, `series = { every_steps = 10 }`.
    Inline,
    /// An array of inline tables.
    Array,
    /// Headings named by the user, `[scalar.heat]`.
    Named,
}

/// The name, meaning and form of a table, and what a change of its keys means.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    pub name: &'static str,
    /// One sentence.
    pub says: &'static str,
    pub form: Form,
    /// `None` takes that of the enclosing table.
    pub change: Option<Change>,
}

impl Head {
    /// A table below a heading.
    pub fn new(name: &'static str, says: &'static str) -> Self {
        Self { name, says, form: Form::Block, change: None }
    }

    pub fn form(self, form: Form) -> Self {
        Self { form, ..self }
    }

    pub fn change(self, change: Change) -> Self {
        Self { change: Some(change), ..self }
    }
}

/// The tables of one name in the case being visited.
pub trait Group {
    /// Number of tables.
    fn count(&self) -> usize;

    /// The user's name for a table.
    fn name(&self, n: usize) -> &str;

    /// Sets the tables of a file that has none.
    fn reset(&mut self);

    /// Adds a table of this name.
    fn add(&mut self, name: &str);

    /// Visits the keys of a table.
    fn visit(&mut self, n: usize, keys: &mut Keys);
}

/// At most one table.
pub struct Optional<'a, T, F> {
    pub value: &'a mut Option<T>,
    pub start: T,
    pub visit: F,
}

impl<T: Clone, F: FnMut(&mut T, &mut Keys)> Group for Optional<'_, T, F> {
    fn count(&self) -> usize {
        usize::from(self.value.is_some())
    }

    fn name(&self, _: usize) -> &str {
        ""
    }

    fn reset(&mut self) {
        *self.value = None;
    }

    fn add(&mut self, _: &str) {
        *self.value = Some(self.start.clone());
    }

    fn visit(&mut self, _: usize, keys: &mut Keys) {
        if let Some(value) = self.value {
            (self.visit)(value, keys);
        }
    }
}

/// One table with a default as a whole.
pub struct Whole<'a, T, F> {
    pub value: &'a mut T,
    pub default: T,
    pub start: T,
    pub visit: F,
}

impl<T: Clone, F: FnMut(&mut T, &mut Keys)> Group for Whole<'_, T, F> {
    fn count(&self) -> usize {
        1
    }

    fn name(&self, _: usize) -> &str {
        ""
    }

    fn reset(&mut self) {
        *self.value = self.default.clone();
    }

    fn add(&mut self, _: &str) {
        *self.value = self.start.clone();
    }

    fn visit(&mut self, _: usize, keys: &mut Keys) {
        (self.visit)(self.value, keys);
    }
}

/// Any number of tables in an array.
pub struct List<'a, T, F> {
    pub values: &'a mut Vec<T>,
    pub start: T,
    pub visit: F,
}

impl<T: Clone, F: FnMut(&mut T, &mut Keys)> Group for List<'_, T, F> {
    fn count(&self) -> usize {
        self.values.len()
    }

    fn name(&self, _: usize) -> &str {
        ""
    }

    fn reset(&mut self) {
        self.values.clear();
    }

    fn add(&mut self, _: &str) {
        self.values.push(self.start.clone());
    }

    fn visit(&mut self, n: usize, keys: &mut Keys) {
        (self.visit)(&mut self.values[n], keys);
    }
}

/// Any number of tables named by the user.
pub struct Named<'a, T, F> {
    pub values: &'a mut Vec<T>,
    pub start: fn(&str) -> T,
    pub name: fn(&T) -> &str,
    pub visit: F,
}

impl<T: Clone, F: FnMut(&mut T, &mut Keys)> Group for Named<'_, T, F> {
    fn count(&self) -> usize {
        self.values.len()
    }

    fn name(&self, n: usize) -> &str {
        (self.name)(&self.values[n])
    }

    fn reset(&mut self) {
        self.values.clear();
    }

    fn add(&mut self, name: &str) {
        self.values.push((self.start)(name));
    }

    fn visit(&mut self, n: usize, keys: &mut Keys) {
        (self.visit)(&mut self.values[n], keys);
    }
}
