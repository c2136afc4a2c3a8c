//! Reads a case from a tree of values, key by key. A problem is recorded and the key takes a
//! placeholder, so that one reading finds every problem; a case with a problem is never used.

use super::codec::{choice, expected, suggestion};
use super::document::{Entry, Node, Table, Value};
use super::keys::{Absent, Branches, By, Facts, Form, Group, Head, Keys, Slot, Visitor};
use super::problems::{Place, Problem};

/// A table whose keys are being read.
pub struct Reader<'a> {
    /// `time` for the keys of `[time]`; empty for the tables of the file.
    path: String,
    /// The place of the table, if the file has it.
    place: Option<Place>,
    table: Option<&'a Table>,
    /// The keys visited so far.
    known: Vec<String>,
    /// Unknown and missing keys are not problems.
    lenient: bool,
    problems: &'a mut Vec<Problem>,
}

/// Reads the whole tree by `visit`; keys that it does not visit are unknown.
pub fn read(table: &Table, problems: &mut Vec<Problem>, visit: impl FnOnce(&mut Keys)) {
    let known = Vec::new();
    let mut reader =
        Reader { path: String::new(), place: None, table: Some(table), known, lenient: false, problems };
    visit(&mut reader);
    reader.finish();
}

impl Visitor for Reader<'_> {
    fn value(&mut self, facts: &Facts, slot: &mut dyn Slot) {
        let Some(node) = self.entry(facts.name).map(|entry| &entry.node) else {
            slot.reset();
            return match (&facts.absent, &facts.advice) {
                (Absent::Missing { .. }, Some(advice)) => self.missing(&[facts.name], advice),
                (Absent::Missing { example }, None) => {
                    self.missing_example(&[facts.name], &format!("{} = {example}", facts.name));
                }
                _ => {}
            };
        };
        if let Err(problems) = slot.read(node) {
            slot.reset();
            problems.into_iter().for_each(|problem| self.note(&[facts.name], problem));
        }
    }

    fn choice(&mut self, facts: &Facts, by: By, branches: &mut dyn Branches) -> bool {
        let words: Vec<_> = branches.words().into_iter().map(|(word, _)| word).collect();
        let chosen = match by {
            By::Word => self.word(facts, &words),
            By::Key => self.exactly_one(facts, &words),
        };
        if let Some(n) = chosen {
            branches.take(n);
            branches.visit(n, self);
        }
        chosen.is_some()
    }

    fn section(&mut self, head: &Head, visit: &mut dyn FnMut(&mut Keys)) {
        let node = self.entry(head.name).map(|entry| &entry.node);
        self.table(head.name, node, visit);
    }

    fn group(&mut self, head: &Head, group: &mut dyn Group) {
        group.reset();
        let Some(node) = self.entry(head.name).map(|entry| &entry.node) else { return };
        let mut add_and_visit = |name: &str, keys: &mut Keys| {
            group.add(name);
            group.visit(group.count() - 1, keys);
        };
        match (head.form, &node.value) {
            (Form::Block | Form::Inline, _) => {
                self.table(head.name, Some(node), &mut |keys| add_and_visit("", keys));
            }
            (Form::Array, Value::Array(nodes)) => {
                for node in nodes {
                    if matches!(node.value, Value::Table(_)) {
                        self.table(head.name, Some(node), &mut |keys| add_and_visit("", keys));
                    } else {
                        self.note(&[head.name], expected("a table", node));
                    }
                }
            }
            (Form::Array, _) => self.note(&[head.name], expected("an array of tables", node)),
            (Form::Named, Value::Table(table)) => {
                let path = self.path_of(&[head.name]);
                for (name, entry) in table {
                    let mut named = self.inner(path.clone(), Some(node), Some(table));
                    named.table(name, Some(&entry.node), &mut |keys| add_and_visit(name, keys));
                }
            }
            (Form::Named, _) => self.note(&[head.name], expected("a table", node)),
        }
    }

    fn given(&mut self, key: &'static str) -> Option<bool> {
        Some(self.entry(key).is_some())
    }

    fn at_least_one(&mut self, keys: &[&'static str], example: &str) {
        if !keys.iter().any(|key| self.entry(key).is_some()) {
            self.missing_example(keys, example);
        }
    }

    fn problem(&mut self, path: &[&str], message: &str, help: &str) {
        let mut table = self.table;
        let mut place = None;
        for key in path {
            let entry = table.and_then(|table| table.get(*key));
            place = entry.map(|entry| entry.node.place.clone());
            table = entry.and_then(|entry| match &entry.node.value {
                Value::Table(table) => Some(table),
                _ => None,
            });
        }
        self.note(path, Problem::new(place, message).help(help));
    }

    fn ignore_others(&mut self) {
        self.lenient = true;
    }
}

impl<'a> Reader<'a> {
    /// A reader of a table within this one.
    fn inner<'b>(&'b mut self, path: String, node: Option<&Node>, table: Option<&'b Table>) -> Reader<'b> {
        let place = node.map(|node| node.place.clone());
        Reader { path, place, table, known: Vec::new(), lenient: false, problems: &mut *self.problems }
    }

    /// Reads the table `key`; if the file has none, each of its required keys is missing.
    fn table(&mut self, key: &str, node: Option<&Node>, visit: &mut dyn FnMut(&mut Keys)) {
        let table = match node.map(|node| &node.value) {
            Some(Value::Table(table)) => Some(table),
            _ => None,
        };
        let lenient = node.is_some() && table.is_none();
        if let Some(node) = node.filter(|_| lenient) {
            self.note(&[key], expected("a table", node));
        }
        let path = self.path_of(&[key]);
        let mut inner = self.inner(path, node, table);
        inner.lenient = lenient;
        visit(&mut inner);
        inner.finish();
    }

    /// Records the unknown keys.
    fn finish(mut self) {
        let known = std::mem::take(&mut self.known);
        let unknown = |key: &String| !self.lenient && !known.contains(key);
        for (key, entry) in self.table.into_iter().flatten().filter(|(key, _)| unknown(key)) {
            let what = if matches!(entry.node.value, Value::Table(_)) { "table" } else { "key" };
            let problem = Problem::new(Some(entry.key.clone()), format!("unknown {what}"));
            let names = known.iter().map(String::as_str);
            note(&self.path, self.problems, &[key], problem.help(suggestion(key, names)));
        }
    }

    /// The index of the word that the required key has. If it is none of them, the other keys are not
    /// checked.
    fn word(&mut self, facts: &Facts, words: &[&'static str]) -> Option<usize> {
        let Some(node) = self.entry(facts.name).map(|entry| &entry.node) else {
            if let Absent::Missing { example } = &facts.absent {
                self.missing_example(&[facts.name], &format!("{} = {example}", facts.name));
            }
            self.lenient = true;
            return None;
        };
        match choice(node, words) {
            Ok(n) => Some(n),
            Err(problems) => {
                problems.into_iter().for_each(|problem| self.note(&[facts.name], problem));
                self.lenient = true;
                None
            }
        }
    }

    /// The index of the one of `keys` that is given; an override takes precedence over the file. None
    /// or two are a problem.
    fn exactly_one(&mut self, facts: &Facts, keys: &[&'static str]) -> Option<usize> {
        let Absent::Missing { example } = &facts.absent else { return None };
        let mut given: Vec<(Place, usize)> = (keys.iter().enumerate())
            .filter_map(|(n, key)| Some((self.entry(key)?.key.clone(), n)))
            .collect();
        given.sort();
        if given.last().is_some_and(|(place, _)| place.source > 0) {
            given.retain(|(place, _)| place.source > 0);
        }
        if let [(_, first), (place, second), ..] = given.as_slice() {
            let (first, second) = (keys[*first], keys[*second]);
            let message = format!("{first} and {second} exclude each other");
            let help = format!("keep one of them: {example}");
            self.note(&[second], Problem::new(Some(place.clone()), message).help(help));
        }
        if given.is_empty() {
            self.missing_example(keys, example);
        }
        given.first().map(|(_, n)| *n)
    }

    fn missing_example(&mut self, keys: &[&str], example: &str) {
        let help = format!("add {example} to [{}]", self.path);
        self.missing(keys, &help);
    }

    /// Records that the table has none of `keys`.
    fn missing(&mut self, keys: &[&str], help: &str) {
        if !self.lenient {
            let paths: Vec<String> = keys.iter().map(|key| self.path_of(&[key])).collect();
            let message = format!("{} is missing", paths.join(" or "));
            self.problems.push(Problem::new(self.place.clone(), message).help(help));
        }
    }

    fn entry(&mut self, key: &str) -> Option<&'a Entry> {
        if !self.known.iter().any(|known| known == key) {
            self.known.push(key.to_owned());
        }
        self.table.and_then(|table| table.get(key))
    }

    fn note(&mut self, path: &[&str], problem: Problem) {
        note(&self.path, self.problems, path, problem);
    }

    fn path_of(&self, path: &[&str]) -> String {
        path_of(&self.path, path)
    }
}

/// Adds a problem with a key of the table `table`; the path of the key precedes the message.
fn note(table: &str, problems: &mut Vec<Problem>, path: &[&str], problem: Problem) {
    let message = format!("{}: {}", path_of(table, path), problem.message);
    problems.push(Problem { message, ..problem });
}

fn path_of(table: &str, path: &[&str]) -> String {
    let parts: Vec<&str> =
        Some(table).filter(|table| !table.is_empty()).into_iter().chain(path.iter().copied()).collect();
    parts.join(".")
}
