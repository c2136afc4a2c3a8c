//! Initial fields of a box.

use super::super::*;
use crate::case::tests::*;

#[test]
fn initial_fields() {
    let abc = homogeneous(&["initial={ kind = 'abc', b = 2, wavenumber = 3 }"]).initial;
    assert_eq!(abc, Initial::Abc { a: 1.0, b: 2.0, c: 1.0, wavenumber: 3 });
    let mode =
        homogeneous(&["initial={ kind = 'mode', wavenumber = [1, -2, 0], amplitude = [0, 0, 1.5] }"]).initial;
    assert_eq!(mode, Initial::Mode { wavenumber: [1, -2, 0], amplitude: [0.0, 0.0, 1.5], phase: 0.0 });
    let random = homogeneous(&[
        "initial={ kind = 'random', spectrum = 'passot-pouquet', peak_wavenumber = 4, energy = 0.5 }",
    ])
    .initial;
    assert_eq!(
        random,
        Initial::Random {
            energy: Some(0.5),
            spectrum: Spectrum::PassotPouquet { peak_wavenumber: 4.0 },
            develop: None
        }
    );

    assert_eq!(complaints(&["initial.dimensions=1"]), "initial.dimensions: must be 2 or 3");
    let wrong = complaints(&["initial={ kind = 'abc', amplitude = 2 }"]);
    assert_eq!(wrong, "initial.amplitude: unknown key; help: allowed here: kind, a, b, c, wavenumber");
    assert_eq!(
        complaints(&["initial={ kind = 'abc', wavenumber = 0 }"]),
        "initial.wavenumber: must be at least 1"
    );
    let zero = complaints(&["initial={ kind = 'mode', wavenumber = [0, 0, 0], amplitude = [0, 0, 1] }"]);
    assert_eq!(zero, "initial.wavenumber: at least one of the labels must not be zero");
    let power =
        complaints(&["initial={ kind = 'random', spectrum = 'power', k_min = 2, k_max = 2.0, energy = 0 }"]);
    let order = "initial.energy: must be greater than 0; initial.exponent is missing; help: add exponent = \
        -1.6667 to [initial]";
    let power_expected =
        ["initial.k_max: must be greater than k_min = 2; help: E(k) lies between k_min and k_max", order];
    for expected in power_expected.iter().flat_map(|text| text.split("; ")) {
        assert!(power.contains(expected), "{power}");
    }
    let bare = complaints(&["initial={ kind = 'random', spectrum = 'von-karman-pao' }"]);
    assert!(
        bare.contains("initial.peak_wavenumber is missing") && bare.contains("initial.energy is missing"),
        "{bare}"
    );
}

#[test]
fn a_spectrum_is_read_from_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let read = |spectrum: &str, more: &str| {
        std::fs::write(dir.path().join("e.dat"), spectrum).unwrap();
        let set = format!("initial={{ kind = 'random', spectrum = 'table', file = 'e.dat'{more} }}");
        parse("case.toml", SMALLEST, dir.path(), &[set]).map(|case| of_flow(case).initial)
    };
    let Initial::Random { energy, spectrum: Spectrum::Table { table }, .. } =
        read("# k E\n1 0\n\n2.5 1e-3 # peak\n", "").unwrap()
    else {
        panic!("not a table")
    };
    assert_eq!((energy, &table), (None, &vec![(1.0, 0.0), (2.5, 1e-3)]));
    let rows =
        homogeneous(&["initial={ kind = 'random', spectrum = 'table', table = [[1, 0], [2.5, 1e-3]] }"]);
    assert_eq!(
        rows.initial,
        Initial::Random { energy: None, spectrum: Spectrum::Table { table }, develop: None }
    );
    assert!(matches!(read("1 1\n2 1", ", energy = 2").unwrap(), Initial::Random { energy: Some(2.0), .. }));
    let bad = [
        ("1 1\n2 x\n", ":2: `x` is not a number"),
        ("1 1\n1 2\n", ":2: k must be positive and ascend"),
        ("# k E\n-1 1\n", ":2: k must be positive and ascend"),
        ("1 1\n0 1\n", ":2: k must be positive and ascend"),
        ("1 -1\n", ":1: E(k) must not be negative"),
        ("1 nan\n", ":1: k or E(k) is missing"),
        ("1 2 3\n", ": 3 columns, and no line above them names k and E(k), as `# k E(k)` does"),
        ("1 2\n", ": one row makes no spectrum"),
        ("1 0\n2 0\n", ": it holds no energy"),
    ];
    for (spectrum, expected) in bad {
        let message = read(spectrum, "").unwrap_err().message;
        assert!(
            message.starts_with("error: initial.file: ") && message.contains(&format!("e.dat{expected}\n")),
            "{message}"
        );
    }
    let none = complaints(&["initial={ kind = 'random', spectrum = 'table', file = 'none.dat' }"]);
    assert!(none.starts_with("initial.file: cannot read none.dat: No such file"), "{none}");
}
