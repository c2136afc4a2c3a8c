//! Several runs in one report: beside each other, as an ensemble, and with references that the run directory
//! remembers.

use crate::ensure;
use crate::place::{Outcome, Place, RANDOM};
use libtest_mimic::Trial;
use std::fs;

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("runs_stand_beside_each_other", beside),
        Trial::test("members_of_an_ensemble_are_averaged_with_their_errors", ensemble),
        Trial::test("channels_are_compared_and_averaged_as_members", channels),
        Trial::test("references_are_remembered_and_forgotten", remembered),
    ]
}

fn beside() -> Outcome {
    let place = Place::new()?;
    place.run(2, "coarse", "--set domain.grid=[16,16,16]")?;
    place.run(1, "fine", "")?;
    let parts = [
        "coarse",
        "fine",
        "16 x 16 x 16",
        "24 x 20 x 18",
        "energy, end",
        "coarse/comparison (dissipation, energy",
    ];
    let told = place.rogallo(1, "stats coarse fine")?;
    for part in parts {
        ensure!(told.output.contains(part), "no `{part}` in\n{}", told.output);
    }
    let svg = place.read("coarse/comparison/energy.svg")?;
    ensure!(svg.contains("coarse") && svg.contains("fine"), "the curves have no names");
    ensure!(!place.at("fine/comparison").exists(), "figures in the second run");
    place.ends(1, "stats coarse fine --out both", 0, &["figures   both (dissipation"])?;
    ensure!(place.at("both/energy.pdf").exists(), "no figure in both");
    // A run alone writes there too.
    place.ends(1, "stats fine --out elsewhere", 0, &["elsewhere (dissipation"])?;
    ensure!(place.at("elsewhere/energy.png").exists(), "no figure elsewhere");
    // What cannot be compared.
    place.ends(1, "stats coarse ./coarse", 2, &["./coarse is given twice"])?;
    place.ends(1, "stats coarse nowhere", 2, &["there is no run directory nowhere"])?;
    place.ends(1, "stats", 2, &["\n  <DIRECTORIES>..."])?;
    fs::write(place.at("channel.toml"), CHANNEL)?;
    place.ends(2, "run channel.toml --dir channel --set time.end=0.02", 0, &["done: step 2,"])?;
    let told =
        ["runs of different flows cannot be reported together", "coarse: homogeneous", "channel: channel"];
    place.ends(1, "stats coarse channel", 2, &told)?;
    // --fresh takes the figures of a comparison away with the other results.
    place.ends(1, "run case.toml --dir coarse --fresh --set time.steps=2", 0, &["done: step 2,"])?;
    ensure!(!place.at("coarse/comparison/energy.svg").exists(), "the comparison is still there");
    Ok(())
}

const CHANNEL: &str = r#"
flow.kind = "channel"
domain = { size = ["pi", 2, "1/2 pi"], grid = [12, 17, 12] }
fluid.reynolds_tau = 50
drive = { kind = "mass-flux", bulk_velocity = 10.0 }
initial = { kind = "turbulent", amplitude = 0.1 }
time = { dt = 0.01, end = 0.5 }
output = { series = { every_steps = 5 }, statistics = { every_steps = 2, batch = 0.1 } }
"#;

fn ensemble() -> Outcome {
    let place = Place::new()?;
    for seed in 1..=3 {
        place.run(1, &format!("member-{seed}"), &format!("--set numerics.seed={seed}"))?;
    }
    let members = "member-1 member-2 member-3";
    let told = [
        "3 members: member-1, member-2, member-3",
        "between 3 members, Student's t",
        "Taylor Reynolds number",
        "member-1/ensemble (dissipation, energy, spectrum",
    ];
    place.ends(1, &format!("stats {members} --ensemble"), 0, &told)?;
    // The mean and Student's error of the last sample: members have a Courant step and other times.
    place.python(
        "import csv, math
def read(name):
    return list(csv.DictReader(line for line in open(name) if not line.startswith('#')))
mean = read('member-1/ensemble/series.csv')[0]
first = [float(read('member-%d/series.csv' % m)[0]['dissipation']) for m in (1, 2, 3)]
average = sum(first) / 3
error = 1.3213 * math.sqrt(sum((x - average) ** 2 for x in first) / 6)
assert abs(float(mean['dissipation']) / average - 1) < 1e-12, (mean['dissipation'], average)
assert abs(float(mean['dissipation_error']) / error - 1) < 2e-3, (mean['dissipation_error'], error)
spectra = read('member-1/ensemble/spectra.csv')
assert any(float(row['energy_error']) > 0 for row in spectra)",
    )?;
    place.ends(
        1,
        "stats member-1 --ensemble",
        2,
        &["an ensemble has at least two members, and member-1 is one"],
    )?;
    place.run(1, "again", "--set numerics.seed=1")?;
    place.ends(1, "stats member-1 again --ensemble", 2, &["member-1 and again are the same realisation"])?;
    place.run(1, "thin", "--set numerics.seed=4 --set fluid.viscosity=0.02")?;
    let told = ["member-1 and thin differ in\n  fluid.viscosity: 0.01 -> 0.02"];
    place.ends(1, "stats member-1 thin --ensemble", 2, &told)?;
    // A vortex is the same from any seed, and its table says that it has no errors.
    let text = RANDOM.replace("kind = \"random\"", "kind = \"taylor-green\"");
    let text = text.replace("spectrum = \"passot-pouquet\"\npeak_wavenumber = 2.0\nenergy = 0.5\n", "");
    fs::write(place.at("case.toml"), text)?;
    place.run(1, "vortex-1", "")?;
    place.run(1, "vortex-2", "--set numerics.seed=8")?;
    place.ends(
        1,
        "stats vortex-1",
        0,
        &["its initial field is not random: there is one realisation, without errors"],
    )?;
    let told = ["vortex-1 and vortex-2 are the same realisation: their series are equal"];
    place.ends(1, "stats vortex-1 vortex-2 --ensemble", 2, &told)
}

fn channels() -> Outcome {
    let place = Place::new()?;
    fs::write(place.at("case.toml"), CHANNEL)?;
    for seed in 1..=2 {
        place.run(2, &format!("c{seed}"), &format!("--set numerics.seed={seed}"))?;
    }
    place.run(1, "finer", "--set domain.grid=[16,25,16]")?;
    let told = place.rogallo(1, "stats c1 finer --reference mkm180")?;
    let parts = [
        "Re_tau ",
        "12 x 17 x 12",
        "16 x 25 x 16",
        "uv+ from Moser, Kim & Mansour 1999",
        "c1/comparison (mean_velocity, stresses",
    ];
    for part in parts {
        ensure!(told.output.contains(part), "no `{part}` in\n{}", told.output);
    }
    let svg = place.read("c1/comparison/stresses.svg")?;
    ensure!(svg.contains("finer") && svg.contains("Moser, Kim"), "curves without names");
    // Both runs remember the reference.
    place.ends(1, "stats finer", 0, &["reference        Moser, Kim & Mansour 1999, this run minus"])?;
    let told = ["ensemble         2 members: c1, c2", "between 2 members, Student's t", "Re_tau           "];
    place.ends(1, "stats c1 c2 --ensemble --forget", 0, &told)?;
    // The mean of two members of the same length, and half their difference times Student's factor.
    place.ends(1, "stats c1 --out one", 0, &[])?;
    place.ends(1, "stats c2 --out two", 0, &[])?;
    place.python(
        "import csv
def read(name):
    return list(csv.DictReader(line for line in open(name) if not line.startswith('#')))
both, one, two = (read(name + '/profiles.csv') for name in ('c1/ensemble', 'one', 'two'))
for row, a, b in list(zip(both, one, two))[1:]:
    # vv is in u_tau^2 of the mean; members differ in u_tau by per cents.
    a, b = float(a['U']), float(b['U'])
    assert abs(float(row['U']) - (a + b) / 2) < 0.02 * abs(a - b) + 1e-3 * abs(a), (row['U'], a, b)
    assert abs(float(row['U_error']) - 1.8373 * abs(a - b) / 2) < 0.1 * abs(a - b) + 1e-3 * abs(a)
spectra = read('c1/ensemble/spectra_x.csv')
assert all(row['E_uu_error'] != '' for row in spectra)
assert all(row['E_uu_error'] == '' for row in read('one/spectra_x.csv'))",
    )
}

fn remembered() -> Outcome {
    let place = Place::new()?;
    place.run(1, "run", "")?;
    fs::write(place.at("own.csv"), "time,energy,dissipation\n0,0.5,0.1\n0.05,0.4,0.1\n0.1,0.3,0.1\n")?;
    place.ends(
        1,
        "stats run --reference own.csv --reference taylor-green-400",
        0,
        &["own, t = 0 to", "another program, 128³ points, t = 0"],
    )?;
    // Next time both are there, and in the directory they are named.
    place.ends(1, "stats run", 0, &["own, t = 0 to", "another program, 128³ points, t = 0"])?;
    let stored = place.read("run/references.toml")?;
    ensure!(
        stored.contains("place = \"taylor-green-400\"") && stored.contains("own.csv\"\ncitation = \"own\""),
        "{stored}"
    );
    // One that has gone is told, and what is left is drawn.
    fs::remove_file(place.at("own.csv"))?;
    let gone = [
        "own: left out: cannot read ",
        "No such file",
        "own.csv drops it",
        "another program, 128³ points, t = 0",
    ];
    place.ends(1, "stats run", 0, &gone)?;
    place.ends(1, "stats run --forget=nothing", 2, &["references.toml remembers no nothing; it has /"])?;
    place.ends(1, "stats run --forget=own", 0, &["another program, 128³ points, t = 0"])?;
    let text = place.rogallo(1, "stats run --forget")?.output;
    ensure!(!text.contains("another program") && text.contains("--reference NAME|FILE"), "{text}");
    // A reference that is refused is not remembered.
    fs::write(place.at("own.csv"), "1 2 3\n")?;
    place.ends(
        1,
        "stats run --reference own.csv",
        2,
        &["own.csv is not a reference for homogeneous turbulence"],
    )?;
    place.ends(
        1,
        "stats run --reference mkm180",
        2,
        &["mkm180 is not a reference for homogeneous turbulence:\nIt holds profiles of a channel"],
    )?;
    place.ends(1, "stats run --reference mkm18", 2, &["did you mean mkm180?"])?;
    ensure!(!place.read("run/references.toml")?.contains("own"), "remembered all the same");
    fs::write(place.at("run/references.toml"), "[[reference]]\nplace = 3\n")?;
    place.ends(
        1,
        "stats run",
        2,
        &["run/references.toml:2: invalid type", "mend it, or remove it to forget all"],
    )?;
    place.ends(1, "stats --references", 0, &["mkm180  ", "doi:10.1017/jfm.2015.268", "tavoularis-karnik"])
}
