//! Case files as a whole: overrides, cases written out again, the ready cases.

use super::*;

#[test]
fn overrides_are_laid_over_the_file() {
    let case = with(&["fluid.viscosity = 0.5", "initial.kind=abc", "time.end=3", "time.end=4"]);
    assert_eq!((case.fluid.viscosity, case.time.stop.end), (0.5, Some(4.0)));
    assert!(matches!(of_flow(case).initial, Initial::Abc { .. }));
    // A table of the file may be malformed where the override replaces what is wrong.
    assert_eq!(
        read(&SMALLEST.replace("[8, 8, 8]", "8"), &["domain.grid=[4,4,4]"]).unwrap().domain.grid,
        [4; 3]
    );
    for malformed in ["foo", "=1", "a..b=1", ".a=1"] {
        assert_eq!(
            complaints(&[malformed]),
            "an override is KEY=VALUE; help: for instance --set fluid.viscosity=0.005"
        );
    }
    let message = read(SMALLEST, &["time.end=2", "fluid.viscosity= thick"]).unwrap_err().message;
    let expected = "error: fluid.viscosity: expected a number, found the string \"thick\"
 --> --set:1:18
  |
1 | fluid.viscosity= thick
  |                  ^^^^^

1 error in --set; nothing was run.";
    assert_eq!(message, expected);
    assert!(complaints(&["vicsosity=1"]).starts_with("vicsosity: unknown key; "));
}

#[test]
fn a_resolved_case_reads_back_to_the_bit() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a \"b\".dat"), "1 2\n3 4\n").unwrap();
    let initials = [
        "{ kind = 'taylor-green', amplitude = 1e15, dimensions = 2 }",
        "{ kind = 'abc', a = -0.0, b = 0.1, c = 1e-300 }",
        "{ kind = 'mode', wavenumber = [1, -2, 3], amplitude = [1, 2, 3], phase = 0.3333333333333333 }",
        "{ kind = 'random', spectrum = 'passot-pouquet', peak_wavenumber = 4.1, energy = 1e-50 }",
        "{ kind = 'random', spectrum = 'von-karman-pao', peak_wavenumber = 123456789012345, energy = 1 }",
        "{ kind = 'random', spectrum = 'power', exponent = -1.6666666666666667, k_min = 1, k_max = 9, \
         energy = 1 }",
        "{ kind = 'random', spectrum = 'table', file = 'a \"b\".dat' }",
        "{ kind = 'random', spectrum = 'table', file = 'a \"b\".dat', energy = 2 }",
    ];
    let others = [
        "time.cfl=0.7",
        "time.steps=3",
        "domain.size=['4/3 pi', 'pi/7', 0.1]",
        "checkpoint={ every_minutes = 'never', every_steps = 5 }",
    ];
    let more = [
        "parallel.process_grid=[1, 2]",
        "output={ directory = 'a\\b', snapshots = { every_time = 0.1, every_steps = 2 }, series = {} }",
    ];
    let words = [
        "numerics={ dealiasing = 'phase-shift-exact', precision = 'single', seed = 18446744073709551615 }",
        "time.scheme='rk2'",
    ];
    for initial in initials {
        let sets: Vec<String> = others
            .iter()
            .chain(&more)
            .chain(&words)
            .map(|set| set.to_string())
            .chain([format!("initial={initial}")])
            .collect();
        let case = parse("x.toml", SMALLEST, dir.path(), &sets).unwrap();
        let text = case.to_toml();
        let again = parse("x.toml", &text, Path::new("/elsewhere"), &[]).unwrap();
        assert_eq!(again, case, "{text}");
        // Equality does not see the sign of zero; the text does.
        assert_eq!(again.to_toml(), text);
        assert_eq!(physics_differences(&case, &again), Vec::<String>::new());
    }
}

#[test]
fn differences_are_those_of_the_physics() {
    let a = with(&[]);
    let b = with(&[
        "fluid.viscosity=0.02",
        "time.cfl=0.5",
        "time.end=9",
        "time.steps=9",
        "output.series={}",
        "checkpoint.keep=9",
        "parallel.exchange=pairwise",
    ]);
    assert_eq!(physics_differences(&a, &b), ["fluid.viscosity: 0.01 -> 0.02"]);
    assert_eq!(noted_differences(&a, &b), ["time.dt: 0.01 -> (none)", "time.cfl: (none) -> 0.5"]);
    assert_eq!(
        physics_differences(&a, &with(&["domain.grid=[8,8,16]"])),
        ["domain.grid: [8, 8, 8] -> [8, 8, 16]"]
    );
}

#[test]
fn a_missing_file_is_named() {
    let error = load(Path::new("none/such.toml"), &[]).unwrap_err();
    assert!(error.message.starts_with("there is no case file none/such.toml (from /"), "{error}");
    assert!(
        load(Path::new("configs"), &[])
            .unwrap_err()
            .message
            .starts_with("configs is a directory, not a case file: give the file of the case; ")
    );
}

#[test]
fn the_cases_of_configs_are_good() {
    let mut names = Vec::new();
    for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/configs")).unwrap() {
        names.push(load(&entry.unwrap().path(), &[]).unwrap().name);
    }
    assert!(names.len() >= 19, "only {names:?}");
}
