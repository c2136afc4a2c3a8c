//! The mean flow, and whether it can be steady.

use super::super::*;
use crate::case::tests::*;

const AT_ONCE: [(f64, f64); 1] = [(0.0, 1.0)];

fn mean(gradient: Gradient, rotation: [f64; 3]) -> Mean {
    Mean { gradient, rotation, schedule: AT_ONCE.to_vec() }
}

fn assert_complaint(set: &str, expected: &str) {
    assert_eq!(complaints(&[set]), expected, "{set}");
}

#[test]
fn mean_flows() {
    let general = [[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0; 3]];
    let kinds = [
        ("{ kind = 'none' }", Mean::default()),
        ("{ kind = 'shear', rate = -2 }", mean(Gradient::Shear { rate: -2.0 }, [0.0; 3])),
        ("{ kind = 'plane-strain', rate = 0.5 }", mean(Gradient::PlaneStrain { rate: 0.5 }, [0.0; 3])),
        (
            "{ kind = 'axisymmetric-contraction', rate = 3 }",
            mean(Gradient::AxisymmetricContraction { rate: 3.0 }, [0.0; 3]),
        ),
        (
            "{ kind = 'axisymmetric-expansion', rate = 3 }",
            mean(Gradient::AxisymmetricExpansion { rate: 3.0 }, [0.0; 3]),
        ),
        ("{ kind = 'rotation', rotation = [1, 0, -0.5] }", mean(Gradient::None, [1.0, 0.0, -0.5])),
        (
            "{ kind = 'gradient', gradient = [[0, 1, 0], [-1, 0, 0], [0, 0, 0]] }",
            mean(Gradient::General(general), [0.0; 3]),
        ),
        (
            "{ kind = 'shear', rate = 1, rotation = [0, 0, 0.5] }",
            mean(Gradient::Shear { rate: 1.0 }, [0.0, 0.0, 0.5]),
        ),
        (
            "{ kind = 'plane-strain', rate = 1, schedule = [[0, 1], [2.0, 0], [3, 0.25]] }",
            Mean {
                schedule: vec![(0.0, 1.0), (2.0, 0.0), (3.0, 0.25)],
                ..mean(Gradient::PlaneStrain { rate: 1.0 }, [0.0; 3])
            },
        ),
    ];
    for (text, expected) in kinds {
        assert_eq!(homogeneous(&[&format!("mean={text}")]).mean, expected, "{text}");
    }
    assert_eq!(
        homogeneous(&["mean={ kind = 'shear', rate = 1 }", "mean.rate=2"]).mean.gradient,
        Gradient::Shear { rate: 2.0 }
    );
}

#[test]
fn wrong_mean_flows() {
    let missing =
        |key: &str, example: &str| format!("mean.{key} is missing; help: add {key} = {example} to [mean]");
    assert_complaint("mean.rate=2", &missing("kind", "\"none\""));
    assert_complaint("mean.kind=shear", &missing("rate", "1.0"));
    assert_complaint("mean.kind=rotation", &missing("rotation", "[0.0, 0.0, 0.5]"));
    assert_complaint(
        "mean.kind=gradient",
        &missing("gradient", "[[0.0, 1.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]"),
    );
    assert_complaint("mean={ kind = 'shear', rate = 0 }", "mean.rate: must not be 0");
    for kind in ["plane-strain", "axisymmetric-contraction", "axisymmetric-expansion"] {
        for rate in ["0", "-1"] {
            assert_complaint(
                &format!("mean={{ kind = '{kind}', rate = {rate} }}"),
                "mean.rate: must be greater than 0",
            );
        }
    }
    let rate = "mean.rate: unknown key; help: allowed here: kind, rotation";
    assert_complaint("mean={ kind = 'rotation', rotation = [0, 0, 1], rate = 1 }", rate);
    let schedule = "mean.schedule: unknown key; help: allowed here: kind, rotation";
    assert_complaint("mean={ kind = 'rotation', rotation = [0, 0, 1], schedule = [[0, 1]] }", schedule);
    assert_complaint("mean={ kind = 'none', schedule = [[0, 1]] }", schedule);
    let turned = "mean.rotation: a mean flow of kind \"none\" does not rotate; help: set kind \
        = \"rotation\", or remove rotation";
    assert_complaint("mean={ kind = 'none', rotation = [0, 0, 1] }", turned);
    let zero = "at least one of the numbers must not be 0; help: a fluid at rest has kind = \"none\"";
    assert_complaint("mean={ kind = 'rotation', rotation = [0, 0, 0] }", &format!("mean.rotation: {zero}"));
    let gradient = |rows: &str, expected: &str| {
        assert_complaint(&format!("mean={{ kind = 'gradient', gradient = {rows} }}"), expected)
    };
    gradient("[[0, 0, 0], [0, 0, 0], [0, 0, 0]]", &format!("mean.gradient: {zero}"));
    let trace = "mean.gradient: the diagonal adds up to 0.5: this mean flow is not incompressible";
    gradient(
        "[[1, 0, 0], [0, -0.5, 0], [0, 0, 0]]",
        &format!("{trace}; help: the diagonal of dU_i/dx_j must add up to 0"),
    );
    gradient("[[0, 1], [0, 0, 0], [0, 0, 0]]", "mean.gradient: expected an array of 3 values, found 2");
    let help = "help: for instance schedule = [[0.0, 1.0], [2.0, 0.0]]";
    for (rows, wrong) in [
        ("[]", "the first row must have the time 0"),
        ("[[1, 1]]", "the first row must have the time 0"),
        ("[[0, 1], [2, 0], [2, 1]]", "row 3: times must ascend"),
        ("[[0, 1], [2, -1]]", "row 2: a factor must not be negative"),
    ] {
        let set = format!("mean={{ kind = 'shear', rate = 1, schedule = {rows} }}");
        assert_complaint(&set, &format!("mean.schedule: {wrong}; {help}"));
    }
    let rows = "mean.schedule: expected an array of rows [time, factor], found the integer 1";
    assert_complaint("mean={ kind = 'shear', rate = 1, schedule = 1 }", rows);
}

/// A steady mean flow keeps its absolute vorticity: A (omega + 2 Omega) = 0, omega the curl of A.
#[test]
fn a_mean_flow_can_be_steady() {
    let strain = "kind = 'plane-strain', rate = 1";
    let shear = "kind = 'shear', rate = 1";
    let elliptic = "kind = 'gradient', gradient = [[0, -1, 0], [2, 0, 0], [0, 0, 0]]";
    // Omega = -omega / 2: no vorticity as seen from a frame at rest, so that a strain in all three
    // directions fits.
    let strain_seen_turning = "kind = 'gradient', gradient = [[1, 0, 0], [0, 2, -4], [0, 4, -3]]";
    for (flow, rotation) in
        [(strain, "[0, 0, 2]"), (shear, "[0, 0, -7]"), (shear, "[3, 0, 1]"), (elliptic, "[0, 0, 0.3]")]
    {
        with(&[&format!("mean={{ {flow}, rotation = {rotation} }}")]);
    }
    with(&[&format!("mean={{ {strain_seen_turning}, rotation = [-4, 0, 0] }}")]);

    let complaint = |key: &str, at: &str| {
        format!("mean.{key}: this mean flow cannot be steady{at}: no mean pressure balances it; help: A A ")
    };
    let refused = |flow: &str, expected: &str| {
        let found = complaints(&[&format!("mean={{ {flow} }}")]);
        assert!(found.starts_with(expected), "{flow}: {found}");
    };
    refused(strain_seen_turning, &complaint("gradient", ""));
    refused(
        &format!("{strain_seen_turning}, schedule = [[0, 0], [1, 3]]"),
        &complaint("gradient", " at the factor 3 of its schedule"),
    );
    for (flow, rotation) in [
        (strain, "[0, 0.1, 0]"),
        (strain, "[1, 0, 0]"),
        (shear, "[0, 1, 0]"),
        ("kind = 'axisymmetric-contraction', rate = 1", "[1, 0, 0]"),
        ("kind = 'axisymmetric-expansion', rate = 1", "[0, 1e-6, 0]"),
        (elliptic, "[1, 0, 0]"),
    ] {
        refused(&format!("{flow}, rotation = {rotation}"), &complaint("rotation", ""));
    }
    // The balance is lost where only A has the factor.
    let relaxed = format!("{strain_seen_turning}, rotation = [-4, 0, 0], schedule = [[0, 1], [1, 0.5]]");
    refused(&relaxed, &complaint("rotation", " at the factor 0.5 of its schedule"));
}

/// `A A + 2 Omega x A - b_i G_j` must be symmetric, while `dG/dt = -A^T G`.
#[test]
fn a_mean_state_with_buoyancy_can_be_steady() {
    let scalar = |name: &str, gradient: &str, buoyancy: &str| {
        format!("scalar.{name}={{ gradient = {gradient}, buoyancy = {buoyancy} }}")
    };
    let (along_x, along_y) = ("[1, 0, 0]", "[0, 1, 0]");
    // A wind U = S z with Omega along z: 2 Omega S = -b_z G_y (thermal wind). The wind leaves G alone.
    let wind = |s: &str| {
        format!(
            "mean={{ kind = 'gradient', gradient = [[0, 0, {s}], [0, 0, 0], [0, 0, 0]], \
             rotation = [0, 0, 0.7] }}"
        )
    };
    let shear = "mean={ kind = 'shear', rate = 2 }".to_owned();
    let strain = "mean={ kind = 'plane-strain', rate = 2 }".to_owned();
    let steady = [
        vec![scalar("t", along_y, along_y)],
        vec![scalar("t", "[2, -4, 6]", "[-1, 2, -3]"), scalar("dye", along_x, "[0, 0, 0]")],
        // Two scalars that balance each other.
        vec![scalar("t", along_x, along_y), scalar("s", along_y, along_x)],
        vec![shear.clone(), scalar("t", along_y, along_y)],
        vec![strain.clone(), scalar("t", along_y, along_y)],
        vec![wind("-1.5"), scalar("t", "[0, 2.1, 0.3]", "[0, 0, 1]")],
        vec!["mean={ kind = 'rotation', rotation = [1, 2, 3] }".into(), scalar("t", along_x, along_x)],
    ];
    for sets in &steady {
        with(&sets.iter().map(String::as_str).collect::<Vec<_>>());
    }
    let begin = |what: &str| format!("scalar.t.gradient: this mean state cannot {what}");
    let at_once = begin("be steady: no mean pressure balances the buoyancy of the mean scalar; help: ");
    let later = begin("stay steady: the mean flow turns the gradient");
    let scheduled = "mean={ kind = 'gradient', gradient = [[0, 0, -1.5], [0, 0, 0], [0, 0, 0]], \
                     rotation = [0, 0, 0.7], schedule = [[0, 1], [1, 0.5]] }";
    for (sets, expected) in [
        (vec![scalar("t", along_x, along_y)], at_once.clone()),
        (vec![scalar("t", "[1e-6, 1, 0]", along_y)], at_once.clone()),
        (
            vec!["mean={ kind = 'rotation', rotation = [0, 1, 0] }".into(), scalar("t", along_x, along_y)],
            at_once.clone(),
        ),
        (vec![shear.clone(), scalar("t", along_y, along_x)], at_once.clone()),
        // Balanced at time zero, but the shear turns G towards y, the strain towards x.
        (vec![shear, scalar("t", along_x, along_x)], later.clone()),
        (vec![strain, scalar("t", "[1, 1, 0]", "[1, 1, 0]")], later),
        (vec![wind("1.5"), scalar("t", "[0, 2.1, 0.3]", "[0, 0, 1]")], at_once),
        (
            vec![scheduled.into(), scalar("t", "[0, 2.1, 0]", "[0, 0, 1]")],
            begin("be steady at the factor 0.5 of its schedule: "),
        ),
    ] {
        let found = complaints(&sets.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(found.starts_with(&expected), "{sets:?}: {found}");
    }
}
