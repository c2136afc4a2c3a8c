use crate::definition::Flows;
use crate::error::Result;
use crate::report::series::Table;
use crate::report::{self, Given, Options};
use std::fs;
use std::path::{Path, PathBuf};

fn report(flows: Flows, run_dir: &Path, references: &[Given]) -> Result<String> {
    report::report(flows, &[run_dir.to_owned()], references, None, &Options::default())
}

/// A run directory with `samples` samples of a decay and spectra of a few of them; the last line is torn.
fn run_dir(samples: usize) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let mut series = String::from("step,time,dt,cfl,energy,dissipation,kmax_eta,taylor_reynolds\n");
    let mut spectra = String::from("step,time,k,energy\n");
    for i in 0..samples {
        let time = 0.1 * i as f64;
        series += &format!("{},{time},0.01,0.5,{},{},2.5,30\n", 10 * i, (-time).exp(), (-time).exp());
        for k in 0..12 {
            spectra += &format!(
                "{},{time},{k},{:e}\n",
                10 * i,
                (-time).exp() * f64::from(k).powi(2) * (-f64::from(k)).exp()
            );
        }
    }
    fs::write(dir.path().join("series.csv"), series + "999,9").unwrap();
    fs::write(dir.path().join("spectra.csv"), spectra).unwrap();
    fs::write(dir.path().join("case.toml"), "[domain]\ngrid = [16, 16, 16]\n[fluid]\nviscosity = 0.01\n")
        .unwrap();
    dir
}

#[test]
fn a_run_is_reported_with_its_figures() {
    let dir = run_dir(40);
    let reference = dir.path().join("published.csv");
    fs::write(&reference, "time,energy,dissipation\n0,1,1\n1,0.4,0.4\n2,0.1,0.1\n3,0.05,0.05\n4,0.01,0.01\n")
        .unwrap();
    let text = report(crate::FLOWS, dir.path(), &[reference.into()]).unwrap();
    for expected in [
        "16 x 16 x 16",
        "3.9  (step 390, 40 samples)",
        "1 at the start",
        "1 at t = 0",
        "published, t = 0 to 3.9",
    ] {
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
    let text = report(crate::FLOWS, dir.path(), &[]).unwrap();
    assert!(text.contains("1 sample)") && !text.contains("spectrum"), "{text}");
}

#[test]
fn what_is_missing_is_said() {
    let dir = run_dir(3);
    let message = |path: &Path| report(crate::FLOWS, path, &[]).unwrap_err().message;
    assert!(message(&dir.path().join("nowhere")).contains("no run directory"));
    fs::write(dir.path().join("series.csv"), "step,time,energy,dissipation\n0,0").unwrap();
    assert!(message(dir.path()).contains("has no samples"));
    fs::remove_file(dir.path().join("series.csv")).unwrap();
    assert!(message(dir.path()).contains("has no series.csv"));
}

#[test]
fn diverged_and_constant_runs_are_drawn() {
    for row in ["{i},{i},0,NaN", "{i},{i},0,0", "{i},{i},-3,1e-9", "{i},0,1,1"] {
        let dir = run_dir(3);
        let rows: String = (0..8).map(|i| row.replace("{i}", &i.to_string()) + "\n").collect();
        fs::write(dir.path().join("series.csv"), format!("step,time,energy,dissipation\n{rows}")).unwrap();
        fs::write(
            dir.path().join("spectra.csv"),
            "step,time,k,energy\n0,0,0,0\n0,0,1,0\n8,1,0,0\n8,1,1,NaN\n",
        )
        .unwrap();
        report(crate::FLOWS, dir.path(), &[]).unwrap();
        assert_eq!(Table::read(&dir.path().join("series.csv")).unwrap().column("step").unwrap().len(), 8);
    }
}

/// A run of homogeneous shear flow that satisfies every equation: E decays, then grows, the
/// anisotropy tends to that of Tavoularis & Karnik; a -5/3 spectrum with transfer, one-dimensional
/// spectra, skewness.
fn shear_flow() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let rate = 2.0;
    let mut series = String::from(
        "step,time,dt,cfl,energy,dissipation,uu,vv,ww,uv,uw,vw,b_xx,b_yy,b_zz,b_xy,b_xz,b_yz,production,injection,buoyancy_flux,\
         shear_parameter,taylor_reynolds,kmax_eta,integral_length,dissipation_coefficient,remesh_energy\n",
    );
    let mut budget = String::from("step,time");
    for c in ["xx", "yy", "zz", "xy", "xz", "yz"] {
        budget += &format!(
            ",R_{c},production_{c},rapid_{c},slow_{c},rotation_{c},buoyancy_{c},injection_{c},dissipation_{c}"
        );
    }
    budget += ",skewness_x,skewness_y,skewness_z\n";
    for i in 0..=140 {
        let t = 0.1 * f64::from(i);
        let developed = 1.0 - (-0.3 * rate * t).exp();
        // E'/E
        let growth = 0.25 * developed - 0.1;
        let energy = (0.25 * (t - developed / (0.3 * rate)) - 0.1 * t).exp();
        let q2 = 2.0 * energy;
        let b = [0.21, -0.14, -0.07, -0.16].map(|b| b * developed);
        let uv = b[3] * q2;
        let production = -rate * uv;
        let dissipation = production - growth * energy + 0.01;
        let [uu, vv, ww] = [0, 1, 2].map(|c| (b[c] + 1.0 / 3.0) * q2);
        let parameter = rate * q2 / dissipation;
        series += &format!(
            "{i},{t},0.1,0.5,{energy},{dissipation},{uu},{vv},{ww},{uv},0,0,{},{},{},{},1e-5,0",
            b[0], b[1], b[2], b[3]
        );
        series += &format!(",{production},0.01,0,{parameter},{},1.5,{},0.9,0\n", 30.0 + t, 0.5 + 0.1 * t);
        if i % 5 == 0 {
            budget += &format!("{i},{t}");
            for (stress, c) in [uu, vv, ww, uv, 0.0, 0.0].into_iter().zip(0..) {
                // dR/dt of R = (b_0 (1 - e) + d/3) q^2
                let b0 = [0.21, -0.14, -0.07, -0.16, 0.0, 0.0][c];
                let change = growth * stress + b0 * 0.3 * rate * (1.0 - developed) * q2;
                let dissipation = if c < 3 { 2.0 / 3.0 * dissipation } else { 0.0 };
                budget += &format!(",{stress},{},0,0.5,0,0,0,{dissipation}", change - 0.5 + dissipation);
            }
            budget += &format!(",{0},{1},{0}\n", -0.5 * developed, -0.48 * developed);
        }
    }
    let mut spectra = String::from("step,time,k,energy,dissipation,transfer,flux\n");
    let mut lines = String::from("step,time,n,kx,uu_x,vv_x,ww_x,ky,uu_y,vv_y,ww_y,kz,uu_z,vv_z,ww_z\n");
    for (i, t) in [(0, 0.0), (50, 5.0), (100, 10.0), (140, 14.0)] {
        for n in 0..60 {
            let k = f64::from(n);
            let energy =
                (0.2f64 * t).exp() * k.powi(4) / (9.0 + k * k).powf(17.0 / 6.0) * (-0.005 * k * k).exp();
            // Pi = k^2 exp(-k/8) / 256 e^2, T = -dPi/dk
            let flux = 0.4 * (0.2f64 * t).exp() * k * k * (-k / 8.0).exp() / 35.0;
            let transfer = -flux * (2.0 / k.max(1.0) - 1.0 / 8.0);
            spectra += &format!("{i},{t},{k},{energy:e},{:e},{transfer:e},{flux:e}\n", 0.01 * k * k * energy);
            let ragged = if n < 40 { format!("{:e}", 0.8 * energy) } else { String::new() };
            let e = (1.0 + k * k).powf(-5.0 / 6.0) * (-0.1 * k).exp();
            lines += &format!(
                "{i},{t},{n},{k},{:e},{:e},{:e},{k},{:e},{:e},{:e},{k},{ragged},{ragged},{ragged}\n",
                e,
                0.5 * e,
                0.6 * e,
                0.7 * e,
                0.4 * e,
                0.3 * e
            );
        }
    }
    for (name, text) in [("series", series), ("budget", budget), ("spectra", spectra), ("spectra_1d", lines)]
    {
        fs::write(dir.path().join(name).with_extension("csv"), text).unwrap();
    }
    dir
}

/// The figures of `dir` are kept under this name for the eye, where `ROGALLO_FIGURES` says so.
fn keep(dir: &Path, name: &str) {
    let Some(place) = std::env::var_os("ROGALLO_FIGURES") else { return };
    let to = Path::new(&place).join(name);
    fs::create_dir_all(&to).unwrap();
    for file in fs::read_dir(dir.join("figures")).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

/// The figures of a shear flow of unknown viscosity.
const FIGURES: &str = "dissipation, energy, spectrum, balance, production, stresses, lumley, transfer, \
                       spectra_1d, length_scales, skewness";

#[test]
fn a_shear_flow_has_every_figure_and_closes() {
    let dir = shear_flow();
    let text = report(crate::FLOWS, dir.path(), &[]).unwrap();
    keep(dir.path(), "shear");
    for name in FIGURES.split(", ") {
        let figure = dir.path().join("figures").join(name);
        assert!(fs::read_to_string(figure.with_extension("svg")).unwrap().contains("<svg"), "{name}");
        assert!(fs::read(figure.with_extension("png")).unwrap().starts_with(b"\x89PNG"), "{name}");
    }
    assert!(text.contains(&format!("({FIGURES};")), "{text}");
    for expected in [
        "30 at the start, 44 at the end",
        "derivative skewness",
        " 0 at the start, -0.49322 at the end",
        "b_xy",
        "S q^2 / eps",
        "stress budgets",
    ] {
        assert!(text.contains(expected), "no `{expected}` in\n{text}");
    }
    let svg = |name: &str| fs::read_to_string(dir.path().join("figures").join(name)).unwrap();
    let stresses = svg("stresses.svg");
    assert!(stresses.contains("b_xy") && stresses.contains("S t") && !stresses.contains("b_xz"));
    let balance = svg("balance.svg");
    assert!(balance.contains("injection") && !balance.contains("buoyancy"));
}

#[test]
fn columns_of_nothing_draw_no_figure() {
    let dir = run_dir(8);
    let zeros = |header: &str, columns: usize| {
        let rows: String = (0..8).map(|i| format!("{i},{i},1,1{}\n", ",0".repeat(columns))).collect();
        format!("{header}\n{rows}")
    };
    fs::write(
        dir.path().join("series.csv"),
        zeros("step,time,energy,dissipation,production,injection,buoyancy_flux,b_xx,b_xy", 5),
    )
    .unwrap();
    fs::write(dir.path().join("spectra.csv"), zeros("step,time,k,energy,transfer,flux", 2)).unwrap();
    fs::write(dir.path().join("spectra_1d.csv"), "step,time,n,kx,uu_x\n0,0,1,1,\n0,0,2,2,\n").unwrap();
    fs::write(
        dir.path().join("budget.csv"),
        zeros("step,time,R_xx,dissipation_xx,skewness_x,skewness_y,skewness_z", 3),
    )
    .unwrap();
    let text = report(crate::FLOWS, dir.path(), &[]).unwrap();
    assert!(text.contains("(dissipation, energy, spectrum; .svg"), "{text}");
    fs::write(dir.path().join("budget.csv"), "step,ti").unwrap();
    report(crate::FLOWS, dir.path(), &[]).unwrap();
}

#[test]
fn measured_spectra_lie_over_the_run() {
    let dir = run_dir(40);
    let reference = dir.path().join("measured.csv");
    let rows: String = (1..9)
        .map(|k| format!("5,0.5,{k},{0:e}\n9,1.5,{k},{0:e}\n", f64::from(k).powi(2) * f64::from(-k).exp()))
        .collect();
    let mut rows: Vec<&str> = rows.lines().collect();
    rows.sort_by_key(|row| row.starts_with('9'));
    fs::write(&reference, format!("step,time,k,energy\n{}\n", rows.join("\n"))).unwrap();
    let text = report(crate::FLOWS, dir.path(), &[reference.into()]).unwrap();
    // The run is exp(-t) times the measured one.
    for (time, ratio) in [(0.5f64, "0.607"), (1.5, "0.223")] {
        let expected = format!(
            "t = {time}, k = 1 to 8: rms of log10 ratio {:.3}, energy ratio {ratio}",
            time / 10f64.ln()
        );
        assert!(text.contains(&expected), "no `{expected}` in\n{text}");
    }
    let svg = fs::read_to_string(dir.path().join("figures/spectrum.svg")).unwrap();
    assert!(svg.contains("measured") && svg.contains("t = 1.5") && !svg.contains("t = 3.9"));
}

#[test]
fn published_measurements_are_laid_over() {
    let [grid, shear] = ["comte-bellot-corrsin", "tavoularis-karnik"].map(PathBuf::from);
    let dir = shear_flow();
    let text = report(crate::FLOWS, dir.path(), &[shear.into()]).unwrap();
    keep(dir.path(), "shear-published");
    assert!(text.contains("Tavoularis & Karnik 1989, S t = 7.9 to 26.3: rms difference b_xx 0.0"), "{text}");

    let dir = grid_turbulence();
    let text = report(crate::FLOWS, dir.path(), &[grid.into()]).unwrap();
    keep(dir.path(), "grid-published");
    assert!(text.contains("Comte-Bellot & Corrsin 1971, 3 of 3 spectra"), "{text}");
}

/// Decaying turbulence in cm and s with about the spectra of Comte-Bellot & Corrsin.
fn grid_turbulence() -> tempfile::TempDir {
    let dir = run_dir(40);
    let mut spectra = String::from("step,time,k,energy\n");
    for (step, (t, dissipation, length)) in
        [(0.0, 4740.0, 2.4), (0.14, 1400.0, 3.0), (0.28448, 633.0, 3.45), (0.65532, 174.0, 4.9)]
            .into_iter()
            .enumerate()
    {
        let eta = (0.14f64.powi(3) / dissipation).powf(0.25);
        for n in 0..128 {
            let k = 0.115 * f64::from(n);
            let kl = k * length;
            let shape = (kl / (kl * kl + 6.8).sqrt()).powf(5.0 / 3.0 + 2.0);
            let energy = if n == 0 {
                0.0
            } else {
                1.5 * dissipation.powf(2.0 / 3.0)
                    * k.powf(-5.0 / 3.0)
                    * shape
                    * (-5.2 * ((k * eta).powi(4) + 0.41f64.powi(4)).powf(0.25) + 5.2 * 0.41).exp()
            };
            spectra += &format!("{step},{t},{k},{energy:e}\n");
        }
    }
    fs::write(dir.path().join("spectra.csv"), spectra).unwrap();
    dir
}
