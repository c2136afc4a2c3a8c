//! The plane channel, written out again and compared.

use super::*;
use std::path::PathBuf;

#[test]
fn an_initial_file_is_relative_to_the_case_and_resolved() {
    let sets = ["initial={ kind = 'file', file = 'a/b.h5' }".to_owned()];
    let read = |dir: &str, text: &str, sets: &[String]| {
        let case = parse("x.toml", text, Path::new(dir), sets).unwrap();
        case.flow.of::<Channel>().unwrap().initial.clone()
    };
    assert_eq!(read("/cases", CHANNEL, &sets), ChannelInitial::File { path: PathBuf::from("/cases/a/b.h5") });
    let here = std::env::current_dir().unwrap();
    assert_eq!(read("cases", CHANNEL, &sets), ChannelInitial::File { path: here.join("cases/a/b.h5") });
    let text = parse("x.toml", CHANNEL, Path::new(""), &sets).unwrap().to_toml();
    assert_eq!(read("/elsewhere", &text, &[]), ChannelInitial::File { path: here.join("a/b.h5") });
}

#[test]
fn a_resolved_case_reads_back_to_the_bit() {
    let common = [
        "domain.size=['4/3 pi', 2, 'pi/7']",
        "walls={ velocity = [-0.0, 0.30000000000000004], oscillation = { amplitude = 0.1, period = 1e-50 } }",
        "walls.transpiration=[{ amplitude = 0.1, wavenumber = [1, -2], phase = -0.0 }, \
         { wall = 'upper', amplitude = 1e50, wavenumber = [0, 1] }]",
        "scalar.a={ schmidt = 0.71, values = [-0.0, 0.1] }",
        "scalar.b={ source = 0.1 }",
        "numerics={ dealiase_y = true, precision = 'single', seed = 18446744073709551615 }",
        "output.statistics={ every_time = 0.1, from = 20.1, batch = 0.30000000000000004, spectra_batch = 3 }",
    ];
    let drives = [
        vec!["drive.rotation=0.1"],
        vec!["drive.kind=pressure-gradient"],
        vec!["fluid.reynolds_bulk=2857.1", "drive.kind=pressure-gradient"],
        vec!["fluid.reynolds_bulk=2857.1", "numerics.frame_velocity=-0.0"],
        vec!["fluid.viscosity=0.0123", "drive.bulk_velocity=-0.0"],
        vec![
            "fluid.viscosity=0.0123",
            "drive={ kind = 'pressure-gradient', gradient = 0 }",
            "output.statistics={}",
        ],
    ];
    let initials = [
        "kind = 'laminar'",
        "kind = 'turbulent', amplitude = 0.30000000000000004",
        "kind = 'eigenmode', wavenumber = [1, -1], index = 2, amplitude = 1e-5",
        "kind = 'eigenmode', family = 'squire', wavenumber = [0, 1]",
        "kind = 'file', file = 'a \"b\"/c.h5'",
    ];
    for drive in &drives {
        for initial in initials {
            let initial = format!("initial={{ {initial} }}");
            let sets: Vec<&str> = common.iter().chain(drive).copied().chain([initial.as_str()]).collect();
            let case = channel_case(&sets);
            let text = case.to_toml();
            let again = parse("case.toml", &text, Path::new("/elsewhere"), &[])
                .unwrap_or_else(|error| panic!("{text}\n{error}"));
            assert_eq!(again, case, "{text}");
            // Equality does not see the sign of zero; the text does.
            assert_eq!(again.to_toml(), text);
            assert_eq!(physics_differences(&case, &again), Vec::<String>::new());
            let physics = read_physics(FLOWS, &physics_text(&case)).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(physics_differences(&case, &physics), Vec::<String>::new());
        }
    }
    let plain = channel_case(&["fluid.reynolds_bulk=2800"]).to_toml();
    for part in [
        "[flow]\nkind = \"channel\"\n\n[domain]",
        "[fluid]\nviscosity = 0.00035714285714285714\n\n[drive]\nkind = \"mass-flux\"\nbulk_velocity = \
         1.0\nrotation = 0.0\n",
        "[walls]\nvelocity = [0.0, 0.0]\n\n[initial]\nkind = \"turbulent\"\namplitude = 0.1\n",
        "[numerics]\ndealiasing = \"two-thirds\"\ndealiase_y = false\nframe_velocity = 1.0\nprecision \
         = \"double\"\nseed = 1\n",
        "[time]\nscheme = \"rk3\"\ncfl = 0.8\nend = 100.0\n",
        "statistics = { every_steps = 10, from = 0.0, batch = 15.",
    ] {
        assert!(plain.contains(part), "{plain}");
    }
}

#[test]
fn differences_see_every_key() {
    let before = ["scalar.dye={ source = 1 }", "walls.oscillation={ amplitude = 1, period = 1 }"];
    let bulk = bulk_reynolds(180.0) / 180.0;
    let changes = [
        ("drive.rotation=1", "drive.rotation: 0.0 -> 1.0"),
        ("walls.velocity=[-1, 1]", "walls.velocity: [0.0, 0.0] -> [-1.0, 1.0]"),
        (
            "walls.oscillation.period=2",
            "walls.oscillation: { amplitude = 1.0, period = 1.0 } -> { amplitude = 1.0, period = 2.0 }",
        ),
        (
            "walls.transpiration=[{ amplitude = 1, wavenumber = [1, 0] }]",
            "walls.transpiration: (none) -> \
             [{ wall = \"both\", amplitude = 1.0, wavenumber = [1, 0], phase = 0.0 }]",
        ),
        ("scalar.dye.schmidt=2", "scalar.dye.schmidt: 1.0 -> 2.0"),
        ("scalar.dye.source=2", "scalar.dye.source: 1.0 -> 2.0"),
        ("initial.amplitude=0.2", "initial.amplitude: 0.1 -> 0.2"),
        ("numerics.dealiase_y=true", "numerics.dealiase_y: false -> true"),
        ("numerics.frame_velocity=0", &format!("numerics.frame_velocity: {bulk:?} -> 0.0")),
    ];
    for (set, expected) in changes {
        let sets: Vec<&str> = before.iter().copied().chain([set]).collect();
        assert_eq!(physics_differences(&channel_case(&before), &channel_case(&sets)), [expected]);
    }
    let fluid = physics_differences(
        &channel_case(&["drive.bulk_velocity=1"]),
        &channel_case(&["drive.bulk_velocity=1", "fluid.reynolds_tau=100"]),
    );
    assert_eq!(fluid, [format!("fluid.viscosity: {:?} -> 0.01", 1.0 / 180.0)]);
    let frame = "numerics.frame_velocity=15";
    let drive =
        physics_differences(&channel_case(&[frame]), &channel_case(&[frame, "drive.kind=pressure-gradient"]));
    let bulk = format!("drive.bulk_velocity: {bulk:?} -> (none)");
    assert_eq!(
        drive,
        ["drive.kind: \"mass-flux\" -> \"pressure-gradient\"", &bulk, "drive.gradient: (none) -> 1.0"]
    );
    // More or other samples are no other flow.
    assert_eq!(
        physics_differences(&channel_case(&[]), &channel_case(&["output.statistics={ from = 9 }"])),
        Vec::<String>::new()
    );
    let [fewer, longer] =
        ["output.statistics={ every_steps = 20 }", "output.statistics={ batch = 2, spectra_batch = 3 }"]
            .map(|set| channel_case(&[set]));
    let noted = noted_differences(&fewer, &longer);
    assert!(
        noted.len() == 1
            && noted[0].starts_with("output.statistics: { every_steps = 20, from = 0.0, batch = 1.0"),
        "{noted:?}"
    );
    let batches = batch_differences(&fewer, &longer);
    assert!(
        batches[0].ends_with(" -> 2") && batches[1] == "output.statistics.spectra_batch: 1 -> 3",
        "{batches:?}"
    );
    assert_eq!(batch_differences(&longer, &channel_case(&["output.statistics={}"])), Vec::<String>::new());
    let flows = physics_differences(&with(&[]), &channel_case(&[]));
    assert!(flows.contains(&"flow.kind: \"homogeneous\" -> \"channel\"".to_owned()), "{flows:?}");
}

#[test]
fn the_physics_of_older_batches_had_a_step() {
    let case = channel_case(&[]);
    for step in ["cfl = 0.8", "dt = 0.01"] {
        let old = physics_text(&case).replace("[time]\n", &format!("[time]\n{step}\n"));
        assert!(old.contains(step), "{old}");
        assert_eq!(physics_differences(&read_physics(FLOWS, &old).unwrap(), &case), Vec::<String>::new());
    }
}
