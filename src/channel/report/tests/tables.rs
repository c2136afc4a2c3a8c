//! The report of a run directory: its table on the screen, its CSV files and its figures.

use super::super::*;
use super::flow::{NU, OMEGA, case, channel, samples, setting};
use crate::report::Options;
use crate::statistics::Tally;

fn run_dir(rotation: f64) -> (tempfile::TempDir, Labels, Table) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("case.toml"), case(rotation)).unwrap();
    let mut series = String::from("step,time,re_tau,pressure_gradient\n");
    for i in 0..=100 {
        let t = 0.1 * f64::from(i);
        series += &format!("{i},{t},{},{}\n", 14.0 + t.sin(), if i == 0 { 0.0 } else { 0.02 });
    }
    std::fs::write(dir.path().join("series.csv"), series).unwrap();
    let labels = Labels::read(dir.path());
    let table = Table::read(&dir.path().join("series.csv")).unwrap();
    (dir, labels, table)
}

#[test]
fn a_channel_is_known_by_its_case_and_reported_before_its_first_average() {
    let (dir, ..) = run_dir(0.0);
    let dirs = [dir.path().to_owned()];
    let text = crate::report::report(crate::FLOWS, &dirs, &[], None, &Options::default()).unwrap();
    for part in
        ["time reached", "nothing yet: samples are taken from t = 3 on", "(friction; .svg, .png, .pdf)"]
    {
        assert!(text.contains(part), "no `{part}` in\n{text}");
    }
    assert!(!text.contains("energy"), "{text}");
}

#[test]
fn tables_and_figures_of_like_and_of_unlike_halves() {
    for (rotation, parts) in [
        (
            0.0,
            &[
                "10  (",
                "t = 4 to 10, 0.8 h/u_tau; 12 samples; whole batches of 2: 6\n",
                "none: the average is shorter than 5 h/u_tau; average to t = 40",
                "not tested: the average is too short",
                "left out: 1 batch ",
                "C_f",
                "U_centre / U_b",
                "  uv+",
            ][..],
        ),
        (
            OMEGA,
            &[
                "lower wall 0.018",
                "upper wall -0.022",
                "both halves are kept",
                "wall units use 0.14",
                "not compared",
            ],
        ),
    ] {
        let (dir, labels, series) = run_dir(rotation);
        let flow = channel(rotation);
        let (samples, setting) = (samples(&[1.02, 0.99, 1.01, 0.97, 1.03, 0.98], false), setting(&flow));
        let judged = errors::Judged::new(&samples, &setting, 2.0, 6.0).unwrap();
        let (convergence, stationarity) =
            (convergence::of(&judged, &samples, &setting).unwrap(), Some(stationarity::of(&judged, &series)));
        let errors::Judged { findings, sampling, .. } = judged;
        let reference = dir.path().join("published.txt");
        std::fs::write(&reference, "# y/h y+ U+ uv+\n0 0 0 0\n0.0714 1 1 -0.1\n0.143 2 2 -0.3\n1 14 6 0\n")
            .unwrap();
        let tally = Tally { begin: 4.0, end: 10.0, samples: 12, weight: 6.0, squares: 3.0 };
        let (lines, plane_spectra) = (None, None);
        let averaged =
            Some(Averaged { findings, lines, plane_spectra, tally, sampling, stationarity, convergence });
        let notes = vec!["left out: 1 batch beginning before output.statistics.from = 3".to_owned()];
        let references = References::read(&[reference.into()], &|_| None).unwrap();
        let window = Window { from: 3.0, to: f64::INFINITY };
        let run = Run {
            labels: &labels,
            series: &series,
            flow,
            viscosity: NU,
            window,
            averaged,
            notes,
            members: Vec::new(),
        };
        let options = Options::default();
        let recorded = Recorded::read(crate::FLOWS, dir.path(), false, &options).unwrap();
        recorded.make_directories().unwrap();
        run.write(&recorded).unwrap();
        let written = Table::read(&dir.path().join("profiles.csv")).unwrap();
        let profiles = &run.averaged.as_ref().unwrap().findings.profiles;
        assert_eq!(written.column("U").unwrap(), profiles[2].values);
        assert!(written.column("flatness_u_error").unwrap()[0].is_nan());
        let text = std::fs::read_to_string(dir.path().join("budgets.csv")).unwrap();
        for part in ["# averages: t = 4 to 10, ", "\n# Re_tau: 14.", "\n# units: h,nu/u_tau,u_tau^4/nu,"] {
            assert!(text.contains(part), "no `{part}` in\n{text}");
        }
        let all = figures::of(&run, &references, true);
        let drawn = Gallery::of_run(&recorded, &[]).draw(&all).unwrap();
        let figures = &recorded.figures;
        assert_eq!(
            drawn,
            [
                "mean_velocity",
                "stresses",
                "vorticity",
                "moments",
                "budget_k",
                "budget_uu",
                "budget_vv",
                "budget_ww",
                "budget_uv",
                "budget_dye_dye",
                "budget_u_dye",
                "budget_v_dye",
                "budget_heat_heat",
                "budget_u_heat",
                "budget_v_heat",
                "scalar_mean",
                "scalar_rms",
                "friction",
                "convergence"
            ]
        );
        for name in drawn {
            let svg = std::fs::read_to_string(figures.join(&name).with_extension("svg")).unwrap();
            let compared = ["mean_velocity", "stresses"].contains(&&*name) && rotation == 0.0;
            assert_eq!(svg.contains("published"), compared, "{name}");
            assert!(
                std::fs::read(figures.join(&name).with_extension("png")).unwrap().starts_with(b"\x89PNG")
            );
        }
        let text = table::table(&run, &references, figures, &["friction".to_owned()]).unwrap();
        for part in parts {
            assert!(text.contains(part), "no `{part}` in\n{text}");
        }
    }
}
