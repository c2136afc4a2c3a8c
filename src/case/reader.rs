//! Takes a table apart key by key. Whatever is wrong is noted and a stand-in is returned, so that
//! one reading finds every problem; a case with a problem is never used.

use super::document::{Entry, Node, Table, Value};
use super::problems::{Place, Problem};
use super::values::{Read, choice, expected, suggestion};

/// The keys of one table while they are read.
pub struct Keys<'a> {
    /// `time` for the keys of `[time]`; empty for the tables of the file.
    path: String,
    /// Where the table stands, if it does.
    place: Option<Place>,
    table: Option<&'a Table>,
    /// The keys that were asked for.
    known: Vec<&'a str>,
    /// Keys that are not asked for, or are missing, are no problem.
    lenient: bool,
    problems: &'a mut Vec<Problem>,
}

impl<'a> Keys<'a> {
    /// Reads the whole tree by `read`; the keys it does not ask for are unknown ones.
    pub fn root<T>(
        table: &'a Table,
        problems: &'a mut Vec<Problem>,
        read: impl FnOnce(&mut Keys<'_>) -> T,
    ) -> T {
        let keys = Keys {
            path: String::new(),
            place: None,
            table: Some(table),
            known: Vec::new(),
            lenient: false,
            problems,
        };
        keys.read(read)
    }

    /// Reads the table `key` by `read`; without one in the file, each of its keys is missing.
    pub fn table<T>(&mut self, key: &'a str, read: impl FnOnce(&mut Keys<'_>) -> T) -> T {
        let path = self.path_of(key);
        let node = self.node(key);
        let table = match node.map(|node| &node.value) {
            Some(Value::Table(table)) => Some(table),
            _ => None,
        };
        let lenient = node.is_some() && table.is_none();
        if let Some(node) = node.filter(|_| lenient) {
            self.note(key, expected("a table", node));
        }
        let place = node.map(|node| node.place.clone());
        Keys { path, place, table, known: Vec::new(), lenient, problems: &mut *self.problems }.read(read)
    }

    /// The same for a table that need not be there.
    pub fn optional_table<T>(&mut self, key: &'a str, read: impl FnOnce(&mut Keys<'_>) -> T) -> Option<T> {
        self.has(key).then(|| self.table(key, read))
    }

    /// Reads each table of the array `key` by `read`; none where the key is not given.
    pub fn tables<T>(&mut self, key: &'a str, read: impl Fn(&mut Keys<'_>) -> T) -> Vec<T> {
        let path = self.path_of(key);
        let Some(node) = self.node(key) else { return Vec::new() };
        let Value::Array(nodes) = &node.value else {
            self.note(key, expected("an array of tables", node));
            return Vec::new();
        };
        let mut values = Vec::new();
        for node in nodes {
            let Value::Table(table) = &node.value else {
                self.note(key, expected("a table", node));
                continue;
            };
            let (path, place) = (path.clone(), Some(node.place.clone()));
            let keys = Keys {
                path,
                place,
                table: Some(table),
                known: Vec::new(),
                lenient: false,
                problems: &mut *self.problems,
            };
            values.push(keys.read(&read));
        }
        values
    }

    /// The keys that the file gives, in alphabetical order, for a table whose keys the user names.
    pub fn names(&self) -> Vec<&'a str> {
        self.table.into_iter().flatten().map(|(key, _)| key.as_str()).collect()
    }

    /// The value of a key that must be there; `example` shows one.
    pub fn required<T: Default>(
        &mut self,
        key: &'a str,
        example: &str,
        read: impl Fn(&Node) -> Read<T>,
    ) -> T {
        if !self.has(key) {
            self.missing(&[key], &format!("{key} = {example}"));
        }
        self.or(key, T::default(), read)
    }

    /// The value of a key, or the default where the key is not given.
    pub fn or<T>(&mut self, key: &'a str, default: T, read: impl Fn(&Node) -> Read<T>) -> T {
        let Some(node) = self.node(key) else { return default };
        match read(node) {
            Ok(value) => value,
            Err(problems) => {
                problems.into_iter().for_each(|problem| self.note(key, problem));
                default
            }
        }
    }

    /// The value of a key, or `None` where the key is not given.
    pub fn optional<T>(&mut self, key: &'a str, read: impl Fn(&Node) -> Read<T>) -> Option<T> {
        self.or(key, None, |node| read(node).map(Some))
    }

    /// The required key that decides which other keys the table has. Where it is wrong (then it is
    /// ""), those are not judged.
    pub fn variant(&mut self, key: &'a str, names: &'static [&'static str]) -> &'static str {
        let example = format!("{:?}", names.first().unwrap_or(&""));
        let name = self.required(key, &example, |node| choice(node, names));
        self.lenient |= name.is_empty();
        name
    }

    /// Which one of `keys` is given: an override beats the file. Otherwise none is a problem, and
    /// so is a second one.
    pub fn exactly_one(&mut self, keys: &[&'static str], example: &str) -> Option<&'static str> {
        let mut given: Vec<(Place, &'static str)> =
            keys.iter().filter_map(|key| Some((self.entry(key)?.key.clone(), *key))).collect();
        given.sort();
        if given.last().is_some_and(|(place, _)| place.source > 0) {
            given.retain(|(place, _)| place.source > 0);
        }
        if let [(_, first), (place, second), ..] = given.as_slice() {
            let problem =
                Problem::new(Some(place.clone()), format!("{first} and {second} exclude each other"));
            self.note(second, problem.help(format!("keep one of them: {example}")));
        }
        if given.is_empty() {
            self.missing(keys, example);
        }
        given.first().map(|(_, key)| *key)
    }

    /// Notes that the table has none of `keys`; `example` shows what to add.
    pub fn missing(&mut self, keys: &[&str], example: &str) {
        let help = format!("add {example} to [{}]", self.path);
        self.missing_since(keys, &help);
    }

    /// The same with another help.
    pub fn missing_since(&mut self, keys: &[&str], help: &str) {
        if !self.lenient {
            let paths: Vec<String> = keys.iter().map(|key| self.path_of(key)).collect();
            let message = format!("{} is missing", paths.join(" or "));
            self.problems.push(Problem::new(self.place.clone(), message).help(help));
        }
    }

    /// Notes a problem with the value of `key`.
    pub fn problem(&mut self, key: &'a str, message: &str, help: &str) {
        let place = self.node(key).map(|node| node.place.clone());
        self.note(key, Problem::new(place, message).help(help));
    }

    /// The keys that are not asked for are not judged.
    pub fn ignore_others(&mut self) {
        self.lenient = true;
    }

    pub fn has(&mut self, key: &'a str) -> bool {
        self.entry(key).is_some()
    }

    fn read<T>(mut self, read: impl FnOnce(&mut Keys<'_>) -> T) -> T {
        let value = read(&mut self);
        if !self.lenient {
            let known = std::mem::take(&mut self.known);
            for (key, entry) in
                self.table.into_iter().flatten().filter(|(key, _)| !known.contains(&key.as_str()))
            {
                let what = if matches!(entry.node.value, Value::Table(_)) { "table" } else { "key" };
                let problem = Problem::new(Some(entry.key.clone()), format!("unknown {what}"));
                self.note(key, problem.help(suggestion(key, known.iter().copied())));
            }
        }
        value
    }

    fn entry(&mut self, key: &'a str) -> Option<&'a Entry> {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
        self.table.and_then(|table| table.get(key))
    }

    fn node(&mut self, key: &'a str) -> Option<&'a Node> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// Adds a problem with `key`, whose name goes before the message.
    fn note(&mut self, key: &str, problem: Problem) {
        let message = format!("{}: {}", self.path_of(key), problem.message);
        self.problems.push(Problem { message, ..problem });
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}
