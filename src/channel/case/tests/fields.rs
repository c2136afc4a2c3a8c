//! The walls, the frame, the scalars and the initial fields of the channel.

use super::*;

#[test]
fn walls() {
    assert_eq!(channel(&["walls={}"]).walls, AT_REST);
    assert_eq!(channel(&["walls.velocity=[-1, 1]"]).walls, Walls { velocity: [-1.0, 1.0], ..AT_REST });
    let oscillation = Some(Oscillation { amplitude: 12.0, period: 0.5 });
    assert_eq!(
        channel(&["walls.oscillation={ amplitude = 12, period = 0.5 }"]).walls,
        Walls { oscillation, ..AT_REST }
    );
    let wave = Transpiration { wall: WallSide::Both, amplitude: 0.1, wavenumber: [15, -7], phase: 0.0 };
    let other = Transpiration { wall: WallSide::Upper, amplitude: -2.0, wavenumber: [0, 1], phase: 0.5 };
    let lower = Transpiration { wall: WallSide::Lower, ..wave };
    let waves = "{ amplitude = 0.1, wavenumber = [15, -7] }, \
        { wall = 'upper', amplitude = -2, wavenumber = [0, 1], phase = 0.5 }";
    let more = "{ wall = 'lower', amplitude = 0.1, wavenumber = [15, -7] }";
    let found = channel(&[&format!("walls.transpiration=[{waves}, {more}]")]).walls.transpiration;
    assert_eq!(found, [wave, other, lower]);
    let tables = format!("{CHANNEL}[[walls.transpiration]]\namplitude = 0.1\nwavenumber = [15, -7]\n");
    let case = read(&tables, &[]).unwrap();
    let flow = case.flow.of::<Channel>().unwrap();
    assert_eq!(flow.walls.transpiration, [wave]);
}

#[test]
fn wrong_walls() {
    assert_complaint(
        "walls.velocity=1",
        "walls.velocity: expected an array of 2 values, found the integer 1",
    );
    let missing = |key: &str, example: &str, table: &str| {
        format!("{table}.{key} is missing; help: add {key} = {example} to [{table}]")
    };
    assert_complaint("walls.oscillation={ amplitude = 1 }", &missing("period", "0.5", "walls.oscillation"));
    assert_complaint(
        "walls.oscillation={ amplitude = 1, period = 0 }",
        "walls.oscillation.period: must be greater than 0",
    );
    assert_complaint(
        "walls.oscilation={}",
        "walls.oscilation: unknown table; help: did you mean oscillation? allowed here: velocity, \
         oscillation, transpiration",
    );
    let waves =
        |waves: &str, expected: &str| assert_complaint(&format!("walls.transpiration={waves}"), expected);
    waves("1", "walls.transpiration: expected an array of tables, found the integer 1");
    waves("{}", "walls.transpiration: expected an array of tables, found a table");
    waves("[1]", "walls.transpiration: expected a table, found the integer 1");
    let both = [
        missing("amplitude", "0.1", "walls.transpiration"),
        missing("wavenumber", "[1, 0]", "walls.transpiration"),
    ];
    waves("[{}]", &both.join("; "));
    let wave = |keys: &str, expected: &str| {
        waves(&format!("[{{ amplitude = 1, {keys} }}]"), &format!("walls.transpiration.{expected}"))
    };
    wave(
        "wavenumber = [0, 0]",
        "wavenumber: this has a net flux through the wall; help: at least one of n_x, n_z must not be 0",
    );
    let kept = "wavenumber: the grid does not keep this mode: only |n_x| <= 15 and |n_z| <= 7; help: a \
        smaller wavenumber, or a larger \
                domain.grid: modes below a third of the points are kept";
    wave("wavenumber = [16, 0]", kept);
    wave("wavenumber = [0, -8]", kept);
    wave("wavenumber = [-9223372036854775808, 0]", kept);
    wave("wavenumber = [1, 0, 0]", "wavenumber: expected an array of 2 values, found 3");
    let far = "wall: unknown value \"left\"; help: allowed here: \"lower\", \"upper\", \"both\"";
    wave("wavenumber = [1, 0], wall = 'left'", far);
    wave(
        "wavenumber = [1, 0], speed = 1",
        "speed: unknown key; help: allowed here: wall, amplitude, wavenumber, phase",
    );
    // A grid that cannot be read has no say in it.
    let set = ["domain.grid=[1, 33, 24]", "walls.transpiration=[{ amplitude = 1, wavenumber = [99, 0] }]"];
    assert_eq!(complaints_of(CHANNEL, &set), "domain.grid: must be at least 4");
}

#[test]
fn the_frame_moves_with_the_bulk() {
    let frame = |sets: &[&str]| channel(sets).frame_velocity;
    let still = "drive={ kind = 'pressure-gradient', gradient = 0 }";
    let bulk = bulk_reynolds(180.0) / 180.0;
    assert_eq!(frame(&["numerics.frame_velocity=auto"]), bulk);
    assert_eq!(frame(&["drive.bulk_velocity=10"]), 10.0);
    let by_pressure = frame(&["drive.kind=pressure-gradient"]);
    assert!((by_pressure / bulk - 1.0).abs() < 1e-14, "{by_pressure}");
    assert_eq!(frame(&["fluid.viscosity=0.01", still, "walls.velocity=[-1, 1]"]), 0.0);
    assert_eq!(frame(&["fluid.viscosity=0.01", still, "walls.velocity=[0, 2]"]), 1.0);
    assert_eq!(frame(&["numerics.frame_velocity=-3"]), -3.0);
    let word = "numerics.frame_velocity: expected a number, found the string \"bulk\"; help: or \"auto\"";
    assert_complaint("numerics.frame_velocity=bulk", word);
}

#[test]
fn scalars() {
    let found =
        channel(&["scalar.heat={ values = [-1, 1] }", "scalar.dye={ schmidt = 0.71, source = -2 }"]).scalars;
    let dye =
        ChannelScalar { name: "dye".into(), schmidt: 0.71, boundary: ScalarBoundary::Source { rate: -2.0 } };
    let heat = ChannelScalar {
        name: "heat".into(),
        schmidt: 1.0,
        boundary: ScalarBoundary::Values { lower: -1.0, upper: 1.0 },
    };
    assert_eq!(found, [dye, heat]);

    let example = "values = [-1.0, 1.0] or source = 1.0";
    assert_complaint(
        "scalar.t={}",
        &format!("scalar.t.values or scalar.t.source is missing; help: add {example} to [scalar.t]"),
    );
    let both =
        format!("scalar.t.source: values and source exclude each other; help: keep one of them: {example}");
    assert_complaint("scalar.t={ values = [0, 1], source = 1 }", &both);
    assert_complaint("scalar.t={ source = 0 }", "scalar.t.source: must not be 0");
    assert_complaint("scalar.t={ source = 1, schmidt = 0 }", "scalar.t.schmidt: must be greater than 0");
    let gradient = "scalar.t.gradient: unknown key; help: allowed here: schmidt, values, source";
    assert_complaint("scalar.t={ source = 1, gradient = [0, 1, 0] }", gradient);
    let name =
        "scalar.u: a velocity or a direction has this name; help: choose another name, such as temperature";
    assert_complaint("scalar.u={ source = 1 }", name);
    // A name that only the other flow has no room for.
    channel(&["scalar.remesh={ source = 1 }"]);
}

#[test]
fn initial_fields() {
    let initial = |text: &str| channel(&[&format!("initial={{ {text} }}")]).initial;
    assert_eq!(initial("kind = 'laminar'"), ChannelInitial::Laminar);
    assert_eq!(initial("kind = 'turbulent', amplitude = 0"), ChannelInitial::Turbulent { amplitude: 0.0 });
    let mode = |family, wavenumber, index, amplitude| ChannelInitial::Eigenmode {
        family,
        wavenumber,
        index,
        amplitude,
    };
    assert_eq!(
        initial("kind = 'eigenmode', wavenumber = [1, 0]"),
        mode(Eigenfamily::OrrSommerfeld, [1, 0], 0, 1e-4)
    );
    let squire =
        initial("kind = 'eigenmode', family = 'squire', wavenumber = [0, -7], index = 3, amplitude = 0.5");
    assert_eq!(squire, mode(Eigenfamily::Squire, [0, -7], 3, 0.5));

    let complaint = |text: &str, expected: &str| {
        assert_complaint(&format!("initial={{ {text} }}"), &format!("initial.{expected}"))
    };
    complaint("kind = 'turbulent', amplitude = -1", "amplitude: must not be negative");
    complaint("kind = 'laminar', amplitude = 1", "amplitude: unknown key; help: allowed here: kind");
    complaint("kind = 'eigenmode'", "wavenumber is missing; help: add wavenumber = [1, 0] to [initial]");
    let none = "wavenumber: the mean flow has no eigenmodes; help: at least one of n_x, n_z must not be 0";
    complaint("kind = 'eigenmode', wavenumber = [0, 0]", none);
    let kept = complaints_of(CHANNEL, &["initial={ kind = 'eigenmode', wavenumber = [0, 8] }"]);
    assert!(
        kept.starts_with(
            "initial.wavenumber: the grid does not keep this mode: only |n_x| <= 15 and |n_z| <= 7; "
        ),
        "{kept}"
    );
    let family = "family: unknown value \"orr\"; help: allowed here: \"orr-sommerfeld\", \"squire\"";
    complaint("kind = 'eigenmode', wavenumber = [1, 0], family = 'orr'", family);
    complaint("kind = 'eigenmode', wavenumber = [1, 0], index = -1", "index: this integer is out of range");
    complaint("kind = 'eigenmode', wavenumber = [1, 0], amplitude = 0", "amplitude: must not be 0");
    complaint(
        "kind = 'file'",
        "file is missing; help: add file = \"runs/NAME/checkpoints/latest\" to [initial]",
    );
    let kinds = "kind: unknown value \"random\"; help: allowed \
        here: \"turbulent\", \"laminar\", \"eigenmode\", \"file\"";
    complaint("kind = 'random', spectrum = 'power'", kinds);
}
