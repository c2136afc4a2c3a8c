use super::*;
use series::Table;

/// A run directory with `samples` samples of a decay and spectra of a few of them; the last line is torn.
fn run_dir(samples: usize) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let mut series = String::from("step,time,dt,cfl,energy,dissipation,kmax_eta,taylor_reynolds\n");
    let mut spectra = String::from("step,time,k,energy\n");
    for i in 0..samples {
        let time = 0.1 * i as f64;
        series += &format!("{},{time},0.01,0.5,{},{},2.5,30\n", 10 * i, (-time).exp(), (-time).exp());
        for k in 0..12 {
            spectra += &format!("{},{time},{k},{:e}\n", 10 * i, (-time).exp() * f64::from(k).powi(2) * (-f64::from(k)).exp());
        }
    }
    fs::write(dir.path().join("series.csv"), series + "999,9").unwrap();
    fs::write(dir.path().join("spectra.csv"), spectra).unwrap();
    fs::write(dir.path().join("case.toml"), "[domain]\ngrid = [16, 16, 16]\n[fluid]\nviscosity = 0.01\n").unwrap();
    dir
}

#[test]
fn a_run_is_reported_with_its_figures() {
    let dir = run_dir(40);
    let reference = dir.path().join("published.csv");
    fs::write(&reference, "time,energy,dissipation\n0,1,1\n1,0.4,0.4\n2,0.1,0.1\n3,0.05,0.05\n4,0.01,0.01\n").unwrap();
    let text = report(dir.path(), &[reference]).unwrap();
    for expected in ["16 x 16 x 16", "3.9  (step 390, 40 samples)", "1 at the start", "1 at t = 0", "published, t = 0 to 3.9"] {
        assert!(text.contains(expected), "no `{expected}` in\n{text}");
    }
    for name in ["dissipation", "energy", "spectrum"] {
        let figure = dir.path().join("figures").join(name);
        assert!(fs::read_to_string(figure.with_extension("svg")).unwrap().contains("<svg"));
        assert!(fs::read(figure.with_extension("png")).unwrap().starts_with(b"\x89PNG"));
    }
    let svg = fs::read_to_string(dir.path().join("figures/dissipation.svg")).unwrap();
    assert!(svg.contains("published") && svg.contains("dE/dt"));
}

#[test]
fn one_sample_no_spectra_and_no_case_are_enough() {
    let dir = run_dir(1);
    fs::remove_file(dir.path().join("spectra.csv")).unwrap();
    fs::remove_file(dir.path().join("case.toml")).unwrap();
    let text = report(dir.path(), &[]).unwrap();
    assert!(text.contains("1 sample)") && !text.contains("spectrum"), "{text}");
}

#[test]
fn what_is_missing_is_said() {
    let dir = run_dir(3);
    let message = |path: &Path| report(path, &[]).unwrap_err().message;
    assert!(message(&dir.path().join("nowhere")).contains("no run directory"));
    fs::write(dir.path().join("series.csv"), "step,time,energy,dissipation\n0,0").unwrap();
    assert!(message(dir.path()).contains("holds no sample"));
    fs::remove_file(dir.path().join("series.csv")).unwrap();
    assert!(message(dir.path()).contains("cannot read"));
}

#[test]
fn diverged_and_constant_runs_are_drawn() {
    for row in ["{i},{i},0,NaN", "{i},{i},0,0", "{i},{i},-3,1e-9", "{i},0,1,1"] {
        let dir = run_dir(3);
        let rows: String = (0..8).map(|i| row.replace("{i}", &i.to_string()) + "\n").collect();
        fs::write(dir.path().join("series.csv"), format!("step,time,energy,dissipation\n{rows}")).unwrap();
        fs::write(dir.path().join("spectra.csv"), "step,time,k,energy\n0,0,0,0\n0,0,1,0\n8,1,0,0\n8,1,1,NaN\n").unwrap();
        report(dir.path(), &[]).unwrap();
        assert_eq!(Table::read(&dir.path().join("series.csv")).unwrap().column("step").unwrap().len(), 8);
    }
}
