//! The keys of a case as a JSON Schema (draft 2020-12), with which editors complete and check case
//! files.

use serde_json::{Map, Value as Json, json};

use super::keys::{Absent, By, Facts, Form};
use super::list::{Flow, Item, Table, tables};
use crate::definition::Flows;

/// The schema of a case file of any flow.
pub fn schema(flows: Flows) -> Json {
    let flow = |Flow { says, tables, .. }: &Flow| object(tables, says);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Case file of rogallo",
        "type": "object",
        "anyOf": tables(flows).iter().map(flow).collect::<Vec<_>>(),
    })
}

/// Keys that a table may have together.
#[derive(Clone, Default)]
struct Keys {
    properties: Map<String, Json>,
    required: Vec<Json>,
    /// Lists of keys, from each of which the table needs at least one.
    at_least_one: Vec<Json>,
}

/// The schema of a table with these items: one object for each combination of variants.
fn object(items: &[Item], says: &str) -> Json {
    let of = |Keys { properties, required, at_least_one }: Keys| {
        let mut object = json!({
            "type": "object",
            "description": says,
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        });
        if !at_least_one.is_empty() {
            object["allOf"] = at_least_one.into();
        }
        object
    };
    let mut objects: Vec<Json> = combinations(items).into_iter().map(of).collect();
    if objects.len() == 1 { objects.remove(0) } else { json!({ "description": says, "anyOf": objects }) }
}

/// Every combination of variants.
fn combinations(items: &[Item]) -> Vec<Keys> {
    let mut all = vec![Keys::default()];
    for item in items {
        match item {
            Item::Key(facts) => {
                all.iter_mut().for_each(|keys| keys.add(facts.name, key(facts), is_required(facts)))
            }
            Item::Table(table) => {
                let (value, required) = (self::table(table), needs_a_key(table));
                all.iter_mut().for_each(|keys| keys.add(table.head.name, value.clone(), required));
            }
            Item::AtLeastOne(names) => {
                let any: Vec<Json> = names.iter().map(|name| json!({ "required": [name] })).collect();
                all.iter_mut().for_each(|keys| keys.at_least_one.push(json!({ "anyOf": any })));
            }
            Item::Choice(choice) => {
                let mut chosen = Vec::new();
                for branch in &choice.branches {
                    for others in combinations(&branch.items) {
                        for keys in &all {
                            let mut keys = keys.clone();
                            if choice.by == By::Word {
                                let word = json!({ "const": branch.word, "description": branch.says });
                                keys.add(choice.facts.name, word, true);
                            }
                            chosen.push(keys.with(others.clone()));
                        }
                    }
                }
                all = chosen;
            }
        }
    }
    all
}

impl Keys {
    fn add(&mut self, name: &str, value: Json, required: bool) {
        self.properties.insert(name.to_owned(), value);
        self.required.extend(required.then(|| name.into()));
    }

    fn with(mut self, others: Self) -> Self {
        self.properties.extend(others.properties);
        self.required.extend(others.required);
        self.at_least_one.extend(others.at_least_one);
        self
    }
}

fn is_required(facts: &Facts) -> bool {
    matches!(facts.absent, Absent::Missing { .. })
}

/// Returns whether a table that every case has contains a required key; the file must then have it.
fn needs_a_key(table: &Table) -> bool {
    table.is_section
        && table.items.iter().any(|item| match item {
            Item::Key(facts) => is_required(facts),
            Item::Choice(_) | Item::AtLeastOne(_) => true,
            Item::Table(table) => needs_a_key(table),
        })
}

fn key(facts: &Facts) -> Json {
    let mut schema = facts.range.schema.clone();
    let unit = if facts.unit.is_empty() { String::new() } else { format!(" Unit: {}.", facts.unit) };
    schema["description"] = format!("{}{unit}", facts.says).into();
    schema
}

fn table(table: &Table) -> Json {
    let one = object(&table.items, table.head.says);
    match table.head.form {
        Form::Block | Form::Inline => one,
        Form::Array => json!({ "type": "array", "items": one }),
        Form::Named => json!({ "type": "object", "additionalProperties": one }),
    }
}
