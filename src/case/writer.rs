//! Writes a case: its tables and keys in the order of the file. Keys that are not set are included,
//! marked as such, with an example.

use super::codec::{alternatives, bracketed};
use super::general::Case;
use super::keys::{Absent, Branches, By, Change, Facts, Form, Group, Head, Keys, Slot, Visitor};
use std::path::Path;

/// A table of the case.
pub struct Section {
    /// Its name, preceded by those of the tables that contain it.
    pub name: String,
    pub says: &'static str,
    /// Whether the case has it; otherwise it is an example.
    pub is_set: bool,
    pub entries: Vec<Line>,
}

/// A key of the case, or a table in one line.
#[derive(Clone)]
pub struct Line {
    pub name: &'static str,
    /// The value as TOML; an example if the key is not set.
    pub value: String,
    pub is_set: bool,
    /// An explanation, if the value needs one.
    pub says: String,
    pub change: Change,
}

/// Every table of the case, including those that it could have.
pub fn sections(case: &Case) -> Vec<Section> {
    let mut writer = Writer::default();
    case.clone().visit(&mut writer, Path::new(""));
    writer.sections
}

/// The table that is being written.
#[derive(Default)]
struct Writer {
    sections: Vec<Section>,
    /// Entries of the inline table that is being written, if any.
    inline: Option<Vec<Line>>,
    /// Index of the section to which keys are added.
    current: usize,
    path: Vec<String>,
    change: Option<Change>,
    /// The table is not set and is written as an example.
    is_example: bool,
}

impl Visitor for Writer {
    fn value(&mut self, facts: &Facts, slot: &mut dyn Slot) {
        let text = slot.text().filter(|_| facts.written && !self.is_example);
        let (value, is_set) = match (&facts.absent, text) {
            (_, Some(text)) => (text, true),
            (Absent::Missing { example } | Absent::Unset { example }, None) => (example.clone(), false),
            (Absent::Default { text }, None) => (text.clone(), false),
        };
        let says = if is_set { String::new() } else { facts.says.to_owned() };
        self.push(facts.name, value, is_set, says, facts.change);
    }

    fn choice(&mut self, facts: &Facts, by: By, branches: &mut dyn Branches) -> bool {
        let words: Vec<_> = branches.words().into_iter().map(|(word, _)| word).collect();
        let current = branches.current().unwrap_or(0);
        if by == By::Word {
            let value = format!("{:?}", words[current]);
            let others: Vec<&str> = words.iter().filter(|word| **word != words[current]).copied().collect();
            let says =
                if others.is_empty() { String::new() } else { format!("or {}", alternatives(&others)) };
            self.push(facts.name, value, !self.is_example, says, facts.change);
        }
        branches.visit(current, self);
        for n in (0..words.len()).filter(|n| by == By::Key && *n != current) {
            self.example(true, |writer| branches.example(n, writer));
        }
        true
    }

    fn section(&mut self, head: &Head, visit: &mut dyn FnMut(&mut Keys)) {
        self.block(head.name, head, visit);
    }

    fn group(&mut self, head: &Head, group: &mut dyn Group) {
        let none = group.count() == 0;
        if none {
            group.add("name");
        }
        self.example(none, |writer| match head.form {
            Form::Block => writer.block(head.name, head, &mut |keys| group.visit(0, keys)),
            Form::Named => {
                writer.path.push(head.name.to_owned());
                for n in 0..group.count() {
                    let name = group.name(n).to_owned();
                    writer.block(&name, head, &mut |keys| group.visit(n, keys));
                }
                writer.path.pop();
            }
            Form::Inline | Form::Array => {
                let tables: Vec<String> =
                    (0..group.count()).map(|n| writer.line(&mut |keys| group.visit(n, keys))).collect();
                let value = match head.form {
                    Form::Array => bracketed(tables.into_iter()),
                    _ => tables.concat(),
                };
                let says = if none { head.says.to_owned() } else { String::new() };
                writer.push(head.name, value, !writer.is_example, says, head.change);
            }
        });
        if none {
            group.reset();
        }
    }

    fn given(&mut self, _: &'static str) -> Option<bool> {
        None
    }

    fn at_least_one(&mut self, _: &[&'static str], _: &str) {}

    fn problem(&mut self, _: &[&str], _: &str, _: &str) {}

    fn ignore_others(&mut self) {}
}

impl Writer {
    fn push(
        &mut self,
        name: &'static str,
        value: String,
        is_set: bool,
        says: String,
        change: Option<Change>,
    ) {
        let change = change.or(self.change).unwrap_or(Change::Asked);
        let line = Line { name, value, is_set, says, change };
        match &mut self.inline {
            Some(entries) => entries.push(line),
            None => self.sections[self.current].entries.push(line),
        }
    }

    /// Writes an item as an example if the case does not have it.
    fn example(&mut self, is_example: bool, write: impl FnOnce(&mut Self)) {
        let outer = self.is_example;
        self.is_example |= is_example;
        write(self);
        self.is_example = outer;
    }

    /// Writes a table below its heading.
    fn block(&mut self, name: &str, head: &Head, visit: &mut dyn FnMut(&mut Keys)) {
        self.path.push(name.to_owned());
        let (section, change) = (self.current, self.change);
        (self.current, self.change) = (self.sections.len(), head.change.or(change));
        let (name, says, is_set) = (self.path.join("."), head.says, !self.is_example);
        self.sections.push(Section { name, says, is_set, entries: Vec::new() });
        visit(self);
        (self.current, self.change) = (section, change);
        self.path.pop();
    }

    /// Writes an inline table.
    fn line(&mut self, visit: &mut dyn FnMut(&mut Keys)) -> String {
        let outer = self.inline.replace(Vec::new());
        visit(self);
        let entries = std::mem::replace(&mut self.inline, outer).unwrap_or_default();
        let set = entries.iter().filter(|line| line.is_set || self.is_example);
        let set: Vec<String> = set.map(|line| format!("{} = {}", line.name, line.value)).collect();
        if set.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", set.join(", ")) }
    }
}
