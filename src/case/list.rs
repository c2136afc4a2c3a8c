//! The list of all keys that a case of each flow may have, with all variants of every choice.

use std::path::Path;

use super::general::Case;
use super::keys::{Absent, Branches, By, Change, Facts, Group, Head, Keys, Slot, Visitor};
use crate::definition::Flows;

/// A flow and its tables.
pub struct Flow {
    pub word: &'static str,
    pub says: &'static str,
    pub tables: Vec<Item>,
}

/// An entry of a table.
#[derive(Clone, Debug)]
pub enum Item {
    Key(Facts),
    Choice(Choice),
    Table(Table),
    /// Keys, at least one of which the table needs.
    AtLeastOne(Vec<&'static str>),
}

/// A key that decides which other keys the table has.
#[derive(Clone, Debug)]
pub struct Choice {
    pub facts: Facts,
    pub by: By,
    pub branches: Vec<Branch>,
}

/// One of the variants of a choice.
#[derive(Clone, Debug)]
pub struct Branch {
    pub word: &'static str,
    pub says: &'static str,
    pub items: Vec<Item>,
}

/// A table and its possible entries.
#[derive(Clone, Debug)]
pub struct Table {
    pub head: Head,
    /// Whether every case has it.
    pub is_section: bool,
    pub items: Vec<Item>,
}

/// Every flow with all possible keys of its cases.
pub fn tables(flows: Flows) -> Vec<Flow> {
    let flow = |variant: &super::keys::Variant<_>| {
        let mut case = Case::blank(flows.chosen((variant.blank)()));
        let mut lister = Lister::default();
        case.visit(&mut lister, Path::new(""));
        let mut tables = lister.items;
        only(&mut tables, variant.word);
        Flow { word: variant.word, says: variant.says, tables }
    };
    flows.0.iter().map(flow).collect()
}

/// Removes all kinds of `[flow]` but the one to which the other tables belong.
fn only(tables: &mut [Item], word: &str) {
    let flow = tables.iter_mut().find_map(|item| match item {
        Item::Table(table) if table.head.name == "flow" => Some(table),
        _ => None,
    });
    for item in flow.into_iter().flat_map(|table| &mut table.items) {
        if let Item::Choice(choice) = item {
            choice.branches.retain(|branch| branch.word == word);
        }
    }
}

#[derive(Default)]
struct Lister {
    items: Vec<Item>,
    change: Option<Change>,
}

impl Lister {
    /// The items that `visit` adds within a table or a variant.
    fn within(&mut self, change: Option<Change>, visit: impl FnOnce(&mut Self)) -> Vec<Item> {
        let outer = std::mem::take(&mut self.items);
        let outer_change = self.change;
        self.change = change.or(outer_change);
        visit(self);
        self.change = outer_change;
        std::mem::replace(&mut self.items, outer)
    }
}

impl Visitor for Lister {
    fn value(&mut self, facts: &Facts, slot: &mut dyn Slot) {
        // In a table that has a default as a whole, an optional key has a default too.
        let absent = match (&facts.absent, facts.by_default, slot.text()) {
            (_, Some(text), _) => Absent::Default { text: text.to_owned() },
            (Absent::Unset { .. }, _, Some(text)) => Absent::Default { text },
            (absent, ..) => absent.clone(),
        };
        let change = facts.change.or(self.change);
        self.items.push(Item::Key(Facts { absent, change, ..facts.clone() }));
    }

    fn choice(&mut self, facts: &Facts, by: By, branches: &mut dyn Branches) -> bool {
        let words = branches.words();
        let listed = words.into_iter().enumerate().map(|(n, (word, says))| {
            let items = self.within(None, |lister| branches.example(n, lister));
            Branch { word, says, items }
        });
        let branches = listed.collect();
        let facts = Facts { change: facts.change.or(self.change), ..facts.clone() };
        self.items.push(Item::Choice(Choice { facts, by, branches }));
        true
    }

    fn section(&mut self, head: &Head, visit: &mut dyn FnMut(&mut Keys)) {
        let items = self.within(head.change, |lister| visit(lister));
        self.items.push(Item::Table(Table { head: *head, is_section: true, items }));
    }

    fn group(&mut self, head: &Head, group: &mut dyn Group) {
        group.reset();
        let none = group.count() == 0;
        if none {
            group.add("name");
        }
        let items = self.within(head.change, |lister| group.visit(0, lister));
        if none {
            group.reset();
        }
        self.items.push(Item::Table(Table { head: *head, is_section: false, items }));
    }

    fn given(&mut self, _: &'static str) -> Option<bool> {
        None
    }

    fn at_least_one(&mut self, keys: &[&'static str], _: &str) {
        self.items.push(Item::AtLeastOne(keys.to_vec()));
    }

    fn problem(&mut self, _: &[&str], _: &str, _: &str) {}

    fn ignore_others(&mut self) {}
}
