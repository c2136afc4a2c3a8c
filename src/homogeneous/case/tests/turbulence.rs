//! Scalars, forcing and random fields.

use super::super::*;
use crate::case::tests::*;

fn assert_complaint(set: &str, expected: &str) {
    assert_eq!(complaints(&[set]), expected, "{set}");
}

#[test]
fn scalars_have_names_of_their_own() {
    let zero = |name: &str| Scalar {
        name: name.into(),
        schmidt: 1.0,
        gradient: [0.0; 3],
        buoyancy: [0.0; 3],
        initial: ScalarInitial::Zero,
    };
    let flow = homogeneous(&[
        "scalar.temperature={ gradient = [0, 1, 0], buoyancy = [0, -9.81, 0] }",
        "scalar.temperature.schmidt=0.7",
        "scalar.dye_2={}",
        "scalar.mode.initial={ kind = 'mode', wavenumber = [0, 1, 0] }",
        "scalar.noise.initial={ kind = 'random', spectrum = 'top-hat', k_min = 1, k_max = 2, energy = 0.5 }",
        "scalar.still.initial.kind='zero'",
    ]);
    let mode = ScalarInitial::Mode { wavenumber: [0, 1, 0], amplitude: 1.0, phase: 0.0 };
    let noise = ScalarInitial::Random {
        energy: Some(0.5),
        spectrum: Spectrum::Power { exponent: 0.0, k_min: 1.0, k_max: 2.0 },
    };
    let expected = [
        zero("dye_2"),
        Scalar { initial: mode, ..zero("mode") },
        Scalar { initial: noise, ..zero("noise") },
        zero("still"),
        Scalar {
            schmidt: 0.7,
            gradient: [0.0, 1.0, 0.0],
            buoyancy: [0.0, -9.81, 0.0],
            ..zero("temperature")
        },
    ];
    assert_eq!(flow.scalars, expected);
    assert_eq!(homogeneous(&["scalar={}"]).scalars, []);
    assert_eq!(homogeneous(&["fluid.viscosity=0", "scalar.dye={}"]).scalars, [zero("dye")]);

    let choose = "help: choose another name, such as temperature";
    for name in ["u", "v", "w", "x", "y", "z"] {
        assert_complaint(
            &format!("scalar.{name}={{}}"),
            &format!("scalar.{name}: a velocity or a direction has this name; {choose}"),
        );
    }
    for name in ["T", "_t", "2t", "t-2", "caf\u{e9}"] {
        let wrong = "the name of a scalar is lower-case letters, digits and _, a letter first";
        assert_complaint(&format!("scalar.{name}={{}}"), &format!("scalar.{name}: {wrong}; {choose}"));
    }
    let long = "a".repeat(24);
    assert_eq!(homogeneous(&[&format!("scalar.{long}={{}}")]).scalars, [zero(&long)]);
    let too_long = format!("scalar.{long}a: the name of a scalar has at most 24 characters; {choose}");
    assert_complaint(&format!("scalar.{long}a={{}}"), &too_long);
}

#[test]
fn wrong_scalars() {
    assert_complaint("scalar.t.schmidt=0", "scalar.t.schmidt: must be greater than 0");
    assert_complaint(
        "scalar.t.gradient=1",
        "scalar.t.gradient: expected an array of 3 values, found the integer 1",
    );
    let unknown = "scalar.t.schmit: unknown key; help: did you mean schmidt? allowed here: schmidt, \
        gradient, buoyancy, initial";
    assert_complaint("scalar.t.schmit=1", unknown);
    assert_complaint("scalar.schmidt=1", "scalar.schmidt: expected a table, found the integer 1");
    let bare = complaints(&["scalar.t.initial={ kind = 'random', spectrum = 'passot-pouquet' }"]);
    assert!(
        bare.contains("scalar.t.initial.energy is missing; help: add energy = 0.5 to [scalar.t.initial]"),
        "{bare}"
    );
    let far =
        "scalar.t.initial.kind: unknown value \"abc\"; help: allowed here: \"zero\", \"mode\", \"random\"";
    assert_complaint("scalar.t.initial.kind=abc", far);
    // Each problem is shown at its own line.
    let message =
        read(&format!("{SMALLEST}[scalar.T]\nschmidt = -1\n[scalar.x]\n"), &[]).unwrap_err().message;
    for place in [
        "scalar.T: the name",
        "case.toml:13:1\n",
        "scalar.T.schmidt: must be",
        "case.toml:14:11\n",
        "scalar.x: a velocity",
        "case.toml:15:1\n",
    ] {
        assert!(message.contains(place), "{message}");
    }
}

#[test]
fn forcings() {
    let kinds = [
        (
            "{ kind = 'constant-power', power = 1, k_max = 2 }",
            Forcing::ConstantPower { power: 1.0, k_min: 0.0, k_max: 2.0 },
        ),
        (
            "{ kind = 'ornstein-uhlenbeck', variance = 2, correlation_time = 0.5, k_min = 1, k_max = 2.5 }",
            Forcing::OrnsteinUhlenbeck { variance: 2.0, correlation_time: 0.5, k_min: 1.0, k_max: 2.5 },
        ),
        ("{ kind = 'linear', rate = 0.1 }", Forcing::Linear { rate: 0.1 }),
        (
            "{ kind = 'frozen-shells', k_min = 0.5, k_max = 2 }",
            Forcing::FrozenShells { k_min: 0.5, k_max: 2.0 },
        ),
        ("{ kind = 'kolmogorov' }", Forcing::Body(BodyForce::Kolmogorov { amplitude: 1.0, wavenumber: 1 })),
        (
            "{ kind = 'taylor-green', amplitude = -2, wavenumber = 3 }",
            Forcing::Body(BodyForce::TaylorGreen { amplitude: -2.0, wavenumber: 3 }),
        ),
        ("{ kind = 'abc', b = 2 }", Forcing::Body(BodyForce::Abc { a: 1.0, b: 2.0, c: 1.0, wavenumber: 1 })),
    ];
    for (text, expected) in kinds {
        assert_eq!(homogeneous(&[&format!("forcing={text}")]).forcing, Some(expected), "{text}");
    }
    assert_eq!(
        homogeneous(&["forcing={kind='linear',rate=0.1}"]).forcing,
        Some(Forcing::Linear { rate: 0.1 })
    );
    // Turning keeps the box at rest.
    with(&["forcing.kind=abc", "mean={ kind = 'rotation', rotation = [0, 0, 1] }"]);
    with(&["forcing={ kind = 'linear', rate = 1 }", "mean={ kind = 'shear', rate = 1 }"]);

    assert_complaint(
        "forcing={}",
        "forcing.kind is missing; help: add kind = \"constant-power\" to [forcing]",
    );
    let near = complaints(&["forcing.kind=liner"]);
    assert!(
        near.starts_with("forcing.kind: unknown value \"liner\"; help: did you mean \"linear\"? "),
        "{near}"
    );
    let missing = |key: &str, example: &str| {
        format!("forcing.{key} is missing; help: add {key} = {example} to [forcing]")
    };
    assert_complaint("forcing.kind=linear", &missing("rate", "0.1"));
    assert_complaint("forcing.kind=frozen-shells", &missing("k_max", "2.5"));
    assert_complaint(
        "forcing.kind=constant-power",
        &format!("{}; {}", missing("power", "0.1"), missing("k_max", "2.5")),
    );
    let process = [missing("variance", "0.01"), missing("correlation_time", "1.0"), missing("k_max", "2.5")];
    assert_complaint("forcing.kind=ornstein-uhlenbeck", &process.join("; "));
    for (text, key) in [
        ("kind = 'constant-power', power = 0, k_max = 2", "power"),
        ("kind = 'ornstein-uhlenbeck', variance = -1, correlation_time = 1, k_max = 2", "variance"),
        ("kind = 'ornstein-uhlenbeck', variance = 1, correlation_time = 0, k_max = 2", "correlation_time"),
        ("kind = 'linear', rate = -1", "rate"),
        ("kind = 'frozen-shells', k_max = 0", "k_max"),
    ] {
        assert_complaint(&format!("forcing={{ {text} }}"), &format!("forcing.{key}: must be greater than 0"));
    }
    assert_complaint(
        "forcing={ kind = 'frozen-shells', k_min = -1, k_max = 2 }",
        "forcing.k_min: must not be negative",
    );
    let band = "forcing.k_max: must be greater than k_min = 2; help: the force acts on the modes between \
        k_min and k_max";
    assert_complaint("forcing={ kind = 'frozen-shells', k_min = 2, k_max = 2 }", band);
    assert_complaint(
        "forcing={ kind = 'kolmogorov', wavenumber = 0 }",
        "forcing.wavenumber: must be at least 1",
    );
}

#[test]
fn forcing_agrees_with_the_mean_flow() {
    let shear = "mean={ kind = 'shear', rate = 1 }";
    let help = "help: remove [mean], or choose constant-power, ornstein-uhlenbeck or linear";
    for kind in ["kolmogorov", "taylor-green", "abc"] {
        let expected = format!(
            "forcing.kind: a steady force needs a box at rest, and this mean flow deforms it; {help}"
        );
        assert_eq!(complaints(&[shear, &format!("forcing.kind={kind}")]), expected);
    }
    let shells = format!(
        "forcing.kind: shells of constant energy need a box at rest, and this mean flow deforms it; {help}"
    );
    assert_eq!(complaints(&[shear, "forcing={ kind = 'frozen-shells', k_max = 2 }"]), shells);
}

#[test]
fn a_linear_run_has_only_what_is_linear() {
    let linear = homogeneous(&["flow.nonlinear=false", "mean={ kind = 'shear', rate = 1 }", "scalar.dye={}"]);
    assert!(!linear.nonlinear && homogeneous(&["flow.nonlinear=true"]).nonlinear);
    let random = "initial={ kind = 'random', spectrum = 'passot-pouquet', peak_wavenumber = 4, energy = 1, \
                  develop = {} }";
    let all = complaints(&[
        "flow.nonlinear=false",
        "forcing={ kind = 'linear', rate = 1 }",
        random,
        "time.cfl=0.5",
    ]);
    let expected = [
        "forcing.kind: a linear run takes no forcing; help: remove [forcing], or set flow.nonlinear = true",
        "initial.develop: a linear run does not develop turbulence; help: remove develop, or set \
         flow.nonlinear = true",
        "time.cfl: nothing is convected where flow.nonlinear = false; help: give time.dt in its place, such \
         as dt = 0.01",
    ];
    assert_eq!(all, expected.join("; "));
}

#[test]
fn random_fields() {
    let read = |text: &str| {
        let Initial::Random { spectrum, develop, .. } =
            homogeneous(&[&format!("initial={{ kind = 'random', energy = 1, {text} }}")]).initial
        else {
            panic!("not a random field")
        };
        (spectrum, develop)
    };
    let pao = |kolmogorov_length| Spectrum::VonKarmanPao { peak_wavenumber: 4.0, kolmogorov_length };
    let top_hat = Spectrum::Power { exponent: 0.0, k_min: 8.0, k_max: 16.0 };
    let von_karman = "spectrum = 'von-karman-pao', peak_wavenumber = 4";
    assert_eq!(read("spectrum = 'top-hat', k_min = 8, k_max = 16"), (top_hat, None));
    assert_eq!(read(von_karman), (pao(None), None));
    assert_eq!(read(&format!("{von_karman}, kolmogorov_length = 0.01")), (pao(Some(0.01)), None));
    for (text, skewness, rescale) in [
        ("", -0.4, Rescale::Spectrum),
        ("skewness = -0.3, rescale = 'energy'", -0.3, Rescale::Energy),
        ("rescale = 'nothing'", -0.4, Rescale::Nothing),
        ("rescale = 'spectrum'", -0.4, Rescale::Spectrum),
    ] {
        assert_eq!(
            read(&format!("{von_karman}, develop = {{ {text} }}")).1,
            Some(Develop { skewness, rescale }),
            "{text}"
        );
    }

    let complaint = |text: &str, expected: &str| {
        assert_complaint(&format!("initial={{ kind = 'random', energy = 1, {text} }}"), expected)
    };
    complaint(
        &format!("{von_karman}, kolmogorov_length = 0"),
        "initial.kolmogorov_length: must be greater than 0",
    );
    let band = "initial.k_max: must be greater than k_min = 2; help: E(k) lies between k_min and k_max";
    complaint("spectrum = 'top-hat', k_min = 2, k_max = 1", band);
    let exponent =
        "initial.exponent: unknown key; help: allowed here: kind, spectrum, k_min, k_max, energy, develop";
    complaint("spectrum = 'top-hat', k_min = 2, k_max = 3, exponent = 1", exponent);
    for skewness in ["0", "-1", "0.4", "-2"] {
        let expected = "initial.develop.skewness: must lie between -1 and 0; help: the skewness of du/dx in \
            developed turbulence is about -0.5";
        complaint(&format!("{von_karman}, develop.skewness = {skewness}"), expected);
    }
    let rescale = "initial.develop.rescale: unknown value \"none\"; help: allowed \
        here: \"spectrum\", \"energy\", \"nothing\"";
    complaint(&format!("{von_karman}, develop.rescale = 'none'"), rescale);
    let random = "initial={ kind = 'random', spectrum = 'passot-pouquet', peak_wavenumber = 4, energy = 1, \
                  develop = {} }";
    let still = complaints(&["fluid.viscosity=0", random]);
    assert!(
        still.contains("initial.develop: a fluid without viscosity does not decay to turbulence"),
        "{still}"
    );
    let clash = complaints(&["scalar.remesh.schmidt=1"]);
    assert!(clash.contains("scalar.remesh: remesh_dissipation is a column of the series already"), "{clash}");
    let clash = complaints(&["scalar.omega_y.schmidt=1"]);
    assert!(clash.contains("scalar.omega_y: a field of the channel's state has this name"), "{clash}");
    let table = "initial.develop: expected a table, found a boolean";
    complaint(&format!("{von_karman}, develop = true"), table);
}

#[test]
fn a_resolved_case_reads_back_with_all_of_it() {
    let general = "kind = 'gradient', gradient = [[0.1, 0.2, 0], [-0.3, -0.1, 0], [0, -0.0, 0]]";
    let means = [
        "kind = 'shear', rate = -0.30000000000000004, rotation = [0, -0.0, 1e-300], schedule = [[0, 1], \
         [0.1, 0.2], [3, 0]]",
        "kind = 'plane-strain', rate = 1e-50",
        "kind = 'axisymmetric-contraction', rate = 0.1",
        "kind = 'axisymmetric-expansion', rate = 0.1, schedule = [[0, 0.3333333333333333]]",
        "kind = 'rotation', rotation = [0.1, -0.0, 0.7]",
        general,
    ];
    // Those that a moving box allows, then those that want one at rest.
    let moving = [
        "kind = 'linear', rate = 0.1",
        "kind = 'constant-power', power = 0.1, k_min = 0.7, k_max = 2.2",
        "kind = 'ornstein-uhlenbeck', variance = 0.1, correlation_time = 0.2, k_min = 0.3, k_max = 0.4",
    ];
    let at_rest = [
        "kind = 'frozen-shells', k_min = 0, k_max = 2.5",
        "kind = 'kolmogorov', amplitude = 0.1, wavenumber = 4",
        "kind = 'taylor-green', amplitude = -0.1, wavenumber = 2",
        "kind = 'abc', a = 0.1, b = -0.0, c = 0.3, wavenumber = 5",
    ];
    let fields = [
        "scalar.a={ schmidt = 0.71, gradient = [0.1, -0.0, 0.3] }",
        "scalar.b={ buoyancy = [0.1, -0.0, -9.81] }",
        "scalar.b.initial={ kind = 'mode', wavenumber = [1, -2, 3], amplitude = 0.1, \
         phase = 0.3333333333333333 }",
        "scalar.c.initial={ kind = 'random', spectrum = 'table', table = [[1, 0.1], [2.5, 1e-3]] }",
        "scalar.d.initial={ kind = 'random', spectrum = 'top-hat', k_min = 0.1, k_max = 0.2, energy = 0.3 }",
        "initial={ kind = 'random', spectrum = 'von-karman-pao', peak_wavenumber = 3.3, \
         kolmogorov_length = 0.07, energy = 1.1 }",
        "initial.develop={ skewness = -0.30000000000000004, rescale = 'nothing' }",
    ];
    let with_mean = means.iter().flat_map(|mean| {
        moving.map(|forcing| vec![format!("mean={{ {mean} }}"), format!("forcing={{ {forcing} }}")])
    });
    let without = at_rest.iter().map(|forcing| vec![format!("forcing={{ {forcing} }}")]);
    let linear = [vec!["flow.nonlinear=false".to_owned(), "initial={ kind = 'taylor-green' }".to_owned()]];
    for sets in with_mean.chain(without).chain(linear) {
        let sets: Vec<&str> = fields.iter().copied().chain(sets.iter().map(String::as_str)).collect();
        let case = with(&sets);
        let text = case.to_toml();
        let again = read(&text, &[]).unwrap();
        assert_eq!(again, case, "{text}");
        // Equality does not see the sign of zero; the text does.
        assert_eq!(again.to_toml(), text);
        assert_eq!(physics_differences(&case, &again), Vec::<String>::new());
    }
    let plain = with(&["mean.kind=none"]).to_toml();
    assert!(plain.contains("[flow]\nkind = \"homogeneous\"\nnonlinear = true\n"), "{plain}");
    for table in ["[mean]", "[forcing]", "[scalar", "[initial.develop]"] {
        assert!(!plain.contains(table), "{plain}");
    }
}

#[test]
fn differences_see_every_key() {
    let before = [
        "mean={ kind = 'shear', rate = 1 }",
        "scalar.dye={}",
        "forcing={ kind = 'linear', rate = 0.1 }",
        "initial={ kind = 'random', spectrum = 'von-karman-pao', peak_wavenumber = 4, energy = 1, \
         develop = {} }",
    ];
    let changes = [
        ("mean.rate=2", "mean.rate: 1.0 -> 2.0"),
        ("mean.rotation=[0, 0, 1]", "mean.rotation: [0.0, 0.0, 0.0] -> [0.0, 0.0, 1.0]"),
        ("mean.schedule=[[0, 1], [2, 0]]", "mean.schedule: [[0.0, 1.0]] -> [[0.0, 1.0], [2.0, 0.0]]"),
        ("mean.kind=plane-strain", "mean.kind: \"shear\" -> \"plane-strain\""),
        ("scalar.dye.schmidt=2", "scalar.dye.schmidt: 1.0 -> 2.0"),
        ("scalar.dye.gradient=[0, 1, 0]", "scalar.dye.gradient: [0.0, 0.0, 0.0] -> [0.0, 1.0, 0.0]"),
        ("scalar.dye.buoyancy=[0, 1, 0]", "scalar.dye.buoyancy: [0.0, 0.0, 0.0] -> [0.0, 1.0, 0.0]"),
        ("forcing.rate=0.2", "forcing.rate: 0.1 -> 0.2"),
        ("initial.kolmogorov_length=0.01", "initial.kolmogorov_length: (none) -> 0.01"),
        ("initial.develop.skewness=-0.5", "initial.develop.skewness: -0.4 -> -0.5"),
        ("initial.develop.rescale=energy", "initial.develop.rescale: \"spectrum\" -> \"energy\""),
    ];
    for (set, expected) in changes {
        let sets: Vec<&str> = before.iter().copied().chain([set]).collect();
        assert_eq!(physics_differences(&with(&before), &with(&sets)), [expected]);
    }
    assert_eq!(
        physics_differences(&with(&[]), &with(&["flow.nonlinear=false"])),
        ["flow.nonlinear: true -> false"]
    );
    let scalar = physics_differences(
        &with(&[]),
        &with(&["scalar.dye.initial={ kind = 'mode', wavenumber = [1, 0, 0] }"]),
    );
    assert!(scalar.contains(&"scalar.dye.initial.wavenumber: (none) -> [1, 0, 0]".to_owned()), "{scalar:?}");
    let mean = physics_differences(&with(&["mean={ kind = 'rotation', rotation = [0, 0, 1] }"]), &with(&[]));
    assert_eq!(mean, ["mean.kind: \"rotation\" -> (none)", "mean.rotation: [0.0, 0.0, 1.0] -> (none)"]);
}
