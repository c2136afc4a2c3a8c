//! The reference of the keys of a case, for the terminal and as Markdown.

use super::codec::{alternatives, suggestion};
use super::keys::{Absent, By, Change, Facts, Form};
use super::list::{Choice, Flow, Item, Table, tables};
use crate::definition::Flows;
use crate::error::{Error, Result};

/// A table of the reference.
#[derive(Clone, PartialEq)]
struct Section {
    path: String,
    says: &'static str,
    form: Form,
    rows: Vec<Row>,
}

/// A key of the reference.
#[derive(Clone, PartialEq)]
struct Row {
    name: &'static str,
    /// The key that decides whether this one exists, and the words with which it does.
    only: Option<(&'static str, Vec<&'static str>)>,
    values: String,
    unit: &'static str,
    absent: Absent,
    /// The keys that may be given instead of this required one.
    instead: Vec<&'static str>,
    change: Change,
    says: String,
}

/// A heading with its explanation, and the tables below it.
type Chapter = (String, Vec<Section>);

/// The keys of the tables whose path begins with `table`, or of all tables, as text for a terminal.
///
/// # Errors
/// There is no such table (kind `Input`).
pub fn text(flows: Flows, table: Option<&str>) -> Result<String> {
    let mut text = String::new();
    for (heading, sections) in chapters(flows) {
        let sections = sections.iter().filter(|section| table.is_none_or(|table| section.is_below(table)));
        let shown: String = sections.map(Section::text).collect();
        if !shown.is_empty() {
            text += &format!("{heading}\n\n{shown}");
        }
    }
    match table {
        Some(table) if text.is_empty() => {
            let mut paths: Vec<String> = chapters(flows)
                .into_iter()
                .flat_map(|(_, sections)| sections)
                .map(|section| section.path)
                .collect();
            paths.sort();
            paths.dedup();
            let help = suggestion(table, paths.iter().map(String::as_str));
            Err(Error::input(format!("a case has no table [{table}]; {help}")))
        }
        _ => Ok(text),
    }
}

/// The keys of all tables as Markdown.
pub fn markdown(flows: Flows) -> String {
    let mut text =
        "# Keys of a case\n\nWritten by `rogallo keys --markdown`. Units are those of the case: a \
        length, a velocity, their quotient the time. The last column says whether a key may change when a \
        run continues: *fixed* keys cannot, *accept* needs `--accept-changes`, *free* keys may.\n"
            .to_owned();
    for (heading, sections) in chapters(flows) {
        text += &format!("\n## {heading}\n");
        text += &sections.iter().map(Section::markdown).collect::<String>();
    }
    text
}

/// The tables that are the same in all flows, then those of each flow.
fn chapters(flows: Flows) -> Vec<Chapter> {
    let flows: Vec<(Flow, Vec<Section>)> = tables(flows)
        .into_iter()
        .map(|flow| {
            let sections = sections(&flow.tables, "");
            (flow, sections)
        })
        .collect();
    let is_general = |section: &Section| flows.iter().all(|(_, sections)| sections.contains(section));
    let general = flows.first().map(|(_, sections)| sections.iter().filter(|s| is_general(s)).cloned());
    let mut chapters = vec![("Every flow".to_owned(), general.into_iter().flatten().collect())];
    for (flow, sections) in &flows {
        let own = sections.iter().filter(|section| !is_general(section)).cloned().collect();
        chapters.push((format!("flow.kind = {:?}: {}", flow.word, flow.says), own));
    }
    chapters
}

/// The tables among the items, and the tables within them.
fn sections(items: &[Item], path: &str) -> Vec<Section> {
    let mut found = Vec::new();
    for item in items {
        match item {
            Item::Table(table) => {
                let path = path_of(path, table);
                let rows = rows(&table.items, None);
                found.push(Section {
                    path: path.clone(),
                    says: table.head.says,
                    form: table.head.form,
                    rows,
                });
                found.extend(sections(&table.items, &path));
            }
            Item::Choice(choice) => {
                found.extend(choice.branches.iter().flat_map(|branch| sections(&branch.items, path)));
            }
            Item::Key(_) | Item::AtLeastOne(_) => {}
        }
    }
    found
}

fn path_of(path: &str, table: &Table) -> String {
    let name = if table.head.form == Form::Named { ".NAME" } else { "" };
    let dot = if path.is_empty() { "" } else { "." };
    format!("{path}{dot}{}{name}", table.head.name)
}

/// The keys among the items. A key that is the same in several variants is shown once.
fn rows(items: &[Item], only: Option<(&'static str, &'static str)>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut add = |row: Row| {
        let same = rows.iter_mut().find(|other| {
            let key = |row: &Row| row.only.as_ref().map(|(key, _)| *key);
            key(other) == key(&row)
                && Row { only: None, ..(*other).clone() } == Row { only: None, ..row.clone() }
        });
        match (same.and_then(|same| same.only.as_mut()), &row.only) {
            (Some((_, words)), Some((_, more))) => words.extend(more),
            _ => rows.push(row),
        }
    };
    for item in items {
        match item {
            Item::Key(facts) => add(Row::new(facts, only)),
            Item::Choice(choice) => {
                if choice.by == By::Word {
                    add(Row::of_choice(choice, only));
                }
                for branch in &choice.branches {
                    let inner = match choice.by {
                        By::Word => Some((choice.facts.name, branch.word)),
                        By::Key => only,
                    };
                    for row in self::rows(&branch.items, inner) {
                        let is_choice = choice.by == By::Key && row.name == branch.word;
                        let others = choice.branches.iter().map(|other| other.word);
                        let instead = others.filter(|other| is_choice && *other != row.name).collect();
                        add(if is_choice { Row { instead, ..row } } else { row });
                    }
                }
            }
            Item::Table(_) | Item::AtLeastOne(_) => {}
        }
    }
    rows
}

impl Row {
    fn new(facts: &Facts, only: Option<(&'static str, &'static str)>) -> Self {
        Self {
            name: facts.name,
            only: only.map(|(key, word)| (key, vec![word])),
            values: facts.range.words.clone(),
            unit: facts.unit,
            absent: facts.absent.clone(),
            instead: Vec::new(),
            change: facts.change.unwrap_or(Change::Asked),
            says: facts.says.to_owned(),
        }
    }

    /// The key whose word decides a choice.
    fn of_choice(choice: &Choice, only: Option<(&'static str, &'static str)>) -> Self {
        let words: Vec<&str> = choice.branches.iter().map(|branch| branch.word).collect();
        let meanings = choice.branches.iter().map(|branch| format!("{:?}: {}", branch.word, branch.says));
        let says = [choice.facts.says.to_owned()].into_iter().chain(meanings).collect::<Vec<_>>().join(" ");
        Self { values: alternatives(&words), says, ..Self::new(&choice.facts, only) }
    }

    /// The words with which this key exists.
    fn only(&self) -> String {
        self.only.as_ref().map_or(String::new(), |(key, words)| format!("{key} = {}", alternatives(words)))
    }

    /// The value if it is not given, with `mark` around each name and value.
    fn absent(&self, mark: &str) -> String {
        match &self.absent {
            Absent::Missing { .. } if self.instead.is_empty() => "required".to_owned(),
            Absent::Missing { .. } => {
                let others: Vec<String> =
                    self.instead.iter().map(|other| format!("{mark}{other}{mark}")).collect();
                format!("required, or {}", others.join(", "))
            }
            Absent::Unset { .. } => String::new(),
            Absent::Default { text } => format!("{mark}{text}{mark}"),
        }
    }

    fn text(&self) -> String {
        let absent = match &self.absent {
            Absent::Missing { .. } => self.absent(""),
            Absent::Unset { .. } => "not set".to_owned(),
            Absent::Default { .. } => format!("default {}", self.absent("")),
        };
        let only = self.only();
        let only = if only.is_empty() { only } else { format!(", with {only}") };
        let unit = if self.unit.is_empty() { String::new() } else { format!("; unit: {}", self.unit) };
        let change = match self.change {
            Change::Refused => "; fixed once the run has begun",
            Change::Asked => "; a change needs --accept-changes",
            Change::Noted | Change::Free => "",
        };
        let Self { name, says, values, .. } = self;
        format!("  {name} ({absent}){only}\n      {says}\n      {values}{unit}{change}\n")
    }

    fn markdown(&self) -> String {
        let only = self.only();
        let only = if only.is_empty() { only } else { format!(" ({only})") };
        let change = match self.change {
            Change::Refused => "fixed",
            Change::Asked => "accept",
            Change::Noted | Change::Free => "free",
        };
        let cells = [
            format!("`{}`{only}", self.name),
            self.values.clone(),
            self.absent("`"),
            self.unit.to_owned(),
            self.says.clone(),
            change.to_owned(),
        ];
        format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | "))
    }
}

impl Section {
    /// Returns whether this is the table of this name, or lies within it.
    fn is_below(&self, table: &str) -> bool {
        self.path.strip_prefix(table).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }

    fn heading(&self) -> String {
        if self.form == Form::Array { format!("[[{}]]", self.path) } else { format!("[{}]", self.path) }
    }

    fn text(&self) -> String {
        format!(
            "{}  {}\n{}\n",
            self.heading(),
            self.says,
            self.rows.iter().map(Row::text).collect::<String>()
        )
    }

    fn markdown(&self) -> String {
        let rows: String = self.rows.iter().map(Row::markdown).collect();
        let columns = "| key | values | default | unit | meaning | on continuing |";
        let rule = "| --- | --- | --- | --- | --- | --- |";
        format!("\n### `{}`\n\n{}\n\n{columns}\n{rule}\n{rows}", self.heading(), self.says)
    }
}
