//! What follows from the declaration of the keys: the reference, the schema, the case with comments.

use super::super::keys::By;
use super::super::list::{Item, tables};
use super::*;
use crate::channel::case::tests::{CHANNEL, channel_case};
use serde_json::{Value as Json, json};

/// The cases of `configs/` and their texts.
fn configs() -> Vec<(String, Case)> {
    let directory = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/configs")).unwrap();
    let paths = directory.map(|entry| entry.unwrap().path());
    paths.map(|path| (fs::read_to_string(&path).unwrap(), load(&path, &[]).unwrap())).collect()
}

#[test]
fn the_reference_in_docs_is_what_is_declared() {
    let docs = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/keys.md")).unwrap();
    assert!(docs == keys_in_markdown(FLOWS), "write it anew: rogallo keys --markdown > docs/keys.md");
}

#[test]
fn the_reference_shows_the_tables_asked_for() {
    let text = keys(FLOWS, Some("checkpoint")).unwrap();
    assert!(text.contains("keep (default 2)\n      Number of checkpoints kept"), "{text}");
    assert!(!text.contains("[parallel]"), "{text}");
    let scalars = keys(FLOWS, Some("scalar")).unwrap();
    for part in ["[scalar.NAME]", "[scalar.NAME.initial]", "wavenumber (required), with kind = \"mode\""] {
        assert!(scalars.contains(part), "{scalars}");
    }
    // What several variants have alike is there once.
    let forcing = keys(FLOWS, Some("forcing")).unwrap();
    assert!(
        forcing.contains("with kind = \"kolmogorov\", \"taylor-green\" or \"abc\"")
            && forcing.matches("  wavenumber (").count() == 1,
        "{forcing}"
    );
    let time = keys(FLOWS, Some("time")).unwrap();
    assert!(time.contains("  dt (required, or cfl)\n"), "{time}");
    let statistics = keys(FLOWS, Some("output.statistics")).unwrap();
    assert_eq!(statistics.matches("a change needs --accept-changes").count(), 2, "{statistics}");
    let error = keys(FLOWS, Some("chekpoint")).unwrap_err().message;
    assert!(error.starts_with("a case has no table [chekpoint]; did you mean checkpoint? "), "{error}");
}

#[test]
fn every_key_is_explained() {
    fn check(items: &[Item]) {
        for item in items {
            match item {
                Item::Key(facts) => assert!(facts.says.ends_with('.'), "{facts:?}"),
                Item::Choice(choice) => {
                    // One by keys has no key of its own.
                    assert!(choice.by == By::Key || choice.facts.says.ends_with('.'), "{choice:?}");
                    for branch in &choice.branches {
                        assert!(branch.says.ends_with('.'), "{branch:?}");
                        check(&branch.items);
                    }
                }
                Item::Table(table) => {
                    assert!(table.head.says.ends_with('.'), "{table:?}");
                    check(&table.items);
                }
                Item::AtLeastOne(_) => {}
            }
        }
    }
    tables(FLOWS).iter().for_each(|flow| check(&flow.tables));
}

#[test]
fn an_explained_case_is_the_same_case() {
    for (_, case) in configs() {
        let text = case.explained();
        let again = read(&text, &[]).unwrap_or_else(|error| panic!("{text}\n{error}"));
        assert_eq!(again.to_toml().lines().skip(1).collect::<Vec<_>>(), lines(&case.to_toml()), "{text}");
    }
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().skip(1).collect()
}

#[test]
fn an_explained_case_shows_every_table_and_examples_that_are_good() {
    for (text, tables) in [
        (with(&[]).explained(), ["mean", "scalar.name", "scalar.name.initial", "forcing"].as_slice()),
        (channel_case(&[]).explained(), ["scalar.name"].as_slice()),
    ] {
        for table in tables {
            let heading = format!("\n# [{table}]  # ");
            let (before, after) = text.split_once(&heading).unwrap_or_else(|| panic!("{table}: {text}"));
            let (says, rest) = after.split_once('\n').unwrap();
            // The keys of the table, those of alternatives left out.
            let (keys, rest) = rest.split_once("\n\n").unwrap_or((rest, ""));
            let keys: Vec<&str> = keys
                .lines()
                .map(|line| line.strip_prefix("# ").unwrap())
                .filter(|line| !line.contains("excludes values"))
                .collect();
            let used = format!("{before}\n[{table}] # {says}\n{}\n\n{rest}", keys.join("\n"));
            read(&used, &[]).unwrap_or_else(|error| panic!("{used}\n{error}"));
        }
    }
    let text = with(&[]).explained();
    for part in [
        "kind = \"taylor-green\"  # or \"abc\", \"mode\", \"random\" or \"file\"\n",
        "\n# cfl = 0.5  # Courant number",
        "\n# retry = { factor = 0.5, times = 3 }  # Retries",
        "\n# every_steps = 1000  # Number of steps",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let channel = channel_case(&[]).explained();
    assert!(channel.contains("\n# oscillation = { amplitude = 12.0, period = 0.5 }  # "), "{channel}");
}

/// Whether a value is as a schema, of the keywords that ours has, wants it; else why not.
fn validate(value: &Json, schema: &Json) -> std::result::Result<(), String> {
    let wrong = |what: &str| Err(format!("{value} {what} {schema}"));
    let object = schema.as_object().unwrap();
    for (keyword, wanted) in object {
        let number = || value.as_f64().unwrap_or(f64::NAN);
        let limit = || wanted.as_f64().unwrap();
        let length = || value.as_array().map_or(0, Vec::len) as u64;
        let good = match keyword.as_str() {
            "$schema" | "title" | "description" | "properties" => true,
            "type" => match wanted.as_str().unwrap() {
                "object" => value.is_object(),
                "array" => value.is_array(),
                "string" => value.is_string(),
                "boolean" => value.is_boolean(),
                "integer" => value.is_i64() || value.is_u64(),
                "number" => value.is_number(),
                other => panic!("type {other}"),
            },
            "const" => value == wanted || value.as_f64().is_some_and(|x| wanted.as_f64() == Some(x)),
            "enum" => wanted.as_array().unwrap().contains(value),
            "minimum" => number() >= limit(),
            "exclusiveMinimum" => number() > limit(),
            "exclusiveMaximum" => number() < limit(),
            "not" => validate(value, wanted).is_err(),
            "minItems" => length() >= wanted.as_u64().unwrap(),
            "maxItems" => length() <= wanted.as_u64().unwrap(),
            "items" => {
                value.as_array().is_some_and(|all| all.iter().all(|one| validate(one, wanted).is_ok()))
            }
            "prefixItems" => {
                let pairs = value.as_array().into_iter().flatten().zip(wanted.as_array().unwrap());
                pairs.into_iter().all(|(one, schema)| validate(one, schema).is_ok())
            }
            "required" => {
                let mut names = wanted.as_array().unwrap().iter();
                names.all(|name| value.get(name.as_str().unwrap()).is_some())
            }
            "anyOf" => wanted.as_array().unwrap().iter().any(|schema| validate(value, schema).is_ok()),
            "allOf" => wanted.as_array().unwrap().iter().all(|schema| validate(value, schema).is_ok()),
            "additionalProperties" => value.as_object().is_none_or(|table| {
                table.iter().all(|(key, value)| match object.get("properties").and_then(|all| all.get(key)) {
                    Some(schema) => validate(value, schema).is_ok(),
                    None => wanted.is_object() && validate(value, wanted).is_ok(),
                })
            }),
            other => panic!("keyword {other}"),
        };
        if !good {
            return wrong(keyword);
        }
    }
    Ok(())
}

#[test]
fn the_schema_takes_every_config_and_refuses_what_is_wrong() {
    let schema = schema(FLOWS);
    let parsed = |text: &str| toml::from_str::<Json>(text).unwrap();
    for (text, case) in configs() {
        for text in [text, case.to_toml(), case.explained()] {
            validate(&parsed(&text), &schema).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        }
    }
    for (text, table, key, value) in [
        (SMALLEST, "domain", "grid", json!([8, 8])),
        (SMALLEST, "fluid", "viscosity", json!(-1)),
        (SMALLEST, "fluid", "reynolds_tau", json!(180)),
        (SMALLEST, "initial", "kind", json!("eigenmode")),
        (SMALLEST, "initial", "energy", json!(1)),
        (SMALLEST, "time", "cfl", json!(0.5)),
        (SMALLEST, "time", "retry", json!({ "factor": 1.0 })),
        (SMALLEST, "checkpoint", "keep", json!(0)),
        (SMALLEST, "drive", "kind", json!("mass-flux")),
        (CHANNEL, "drive", "gradient", json!(1)),
        (CHANNEL, "mean", "kind", json!("none")),
        (CHANNEL, "walls", "oscillation", json!({ "amplitude": 1 })),
        (CHANNEL, "walls", "transpiration", json!([{ "amplitude": 1, "wavenumber": [1, 0], "speed": 1 }])),
        (CHANNEL, "scalar", "heat", json!({ "source": 1, "values": [0, 1] })),
    ] {
        let mut case = parsed(text);
        validate(&case, &schema).unwrap();
        case[table][key] = value;
        assert!(validate(&case, &schema).is_err(), "{case}");
    }
    for (table, key) in [("time", "end"), ("time", "dt"), ("domain", "grid"), ("flow", "kind")] {
        let mut case = parsed(SMALLEST);
        case[table].as_object_mut().unwrap().remove(key);
        assert!(validate(&case, &schema).is_err(), "{case}");
    }
}
