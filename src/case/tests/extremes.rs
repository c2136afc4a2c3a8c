//! Texts that are no cases: tables, files of absurd sizes, tables in tables without end.

use super::*;
use std::fs::File;

#[test]
fn a_table_in_the_place_of_a_case_is_told_in_few_words() {
    let text: String = (0..3000).map(|row| format!("{row},0.5,1.5\n")).collect();
    let error = parse("t.csv", &text, Path::new(""), &[]).unwrap_err().message;
    assert_eq!(error.matches("error: ").count(), 20);
    let end = "These are the first 20; 2980 more are not shown.\n\n3000 errors in t.csv; nothing was run.";
    assert!(error.ends_with(end), "{}", &error[error.len() - 200..]);
}

#[test]
fn a_file_that_is_no_case_by_its_size_is_not_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("series.csv");
    File::create(&path).unwrap().set_len(1 + crate::files::TEXT).unwrap();
    let error = load(&path, &[]).unwrap_err().message;
    assert!(
        error.ends_with("series.csv: it has 1048577 bytes or more; the limit is 1048576; nothing was run."),
        "{error}"
    );
}

/// Tables in tables are taken apart by recursion, whose depth is the stack's.
#[test]
fn tables_are_not_too_deep() {
    const DEPTH: usize = 60_000;
    let key = "a.".repeat(DEPTH) + "b";
    let limit = "a key has at most 16 parts; help: for instance --set fluid.viscosity=0.005";
    assert_eq!(complaints(&[&format!("{key}=1")]), limit);
    let of_values =
        [format!("a={{{key}=1}}"), format!("a={}", "[".repeat(DEPTH)), format!("a={}", "{a=".repeat(DEPTH))];
    of_values.iter().for_each(|text| {
        assert!(parse("case.toml", SMALLEST, Path::new(""), std::slice::from_ref(text)).is_err())
    });
    for text in [format!("{key}=1"), format!("[{key}]")].iter().chain(&of_values) {
        assert!(parse("case.toml", text, Path::new(""), &[]).is_err());
    }
}
