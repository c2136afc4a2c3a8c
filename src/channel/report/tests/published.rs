//! Published channels, as they are distributed.

use super::super::budgets::TERMS;
use super::super::reference::References;
use crate::report::Given;
use crate::report::cubic::interpolate;
use crate::test_data;
use std::path::PathBuf;

/// At y+ = 10, and at the wall: the figures of the cross-check that comes with the data.
#[test]
fn published_channels_are_read_as_distributed() {
    for (files, u, uu_peak, wall, re_tau) in [
        (
            &[
                "MKM1999/chan180/profiles/chan180.means",
                "MKM1999/chan180/profiles/chan180.reystress",
                "MKM1999/chan180/balances/chan180.kbal",
            ][..],
            8.5345,
            7.0806,
            0.17146,
            178.12,
        ),
        (
            &["UPM_HoyasJimenez/Re180/profiles/Re180.prof", "UPM_HoyasJimenez/Re180/balances/Re180.bal.kbal"],
            8.5165,
            7.0724,
            0.17746,
            186.34,
        ),
        (&["LeeMoser2015/LM_Channel_0180_stress_k_eps.dat"], 8.5216, 7.1385, 0.17778, 182.088),
        (
            &["LeeMoser2015/LM_Channel_1000_mean_prof.dat", "LeeMoser2015/LM_Channel_1000_stress_k_eps.dat"],
            8.4389,
            8.1034,
            0.25171,
            1000.512,
        ),
    ] {
        let paths: Vec<Given> = files.iter().map(|file| test_data("channel").join(file).into()).collect();
        let published = References::read(&paths, &|_| None).unwrap().profiles;
        assert_eq!(published.len(), 1, "{files:?}");
        let profile = |name: &str| {
            published
                .iter()
                .find_map(|source| source.find(name))
                .unwrap_or_else(|| panic!("no {name} in {files:?}"))
        };
        let at = |name: &str, y_plus: f64| interpolate(&profile(name).y_plus, &profile(name).values, y_plus);
        assert!((at("U", 10.0) - u).abs() < 2e-3, "{files:?}: U+(10) = {}", at("U", 10.0));
        let peak = (0..400).map(|i| at("uu", 10.0 + 0.025 * f64::from(i))).fold(0.0, f64::max);
        assert!((peak / uu_peak - 1.0).abs() < 2e-3, "{files:?}: {peak}");
        assert!((profile("dissipation_k").values[0] / -wall - 1.0).abs() < 1e-3, "{files:?}");
        assert!(
            (published[0].re_tau.unwrap() / re_tau - 1.0).abs() < 1e-3,
            "{files:?}: {:?}",
            published[0].re_tau
        );
        assert!(profile("uv").values.iter().all(|uv| *uv < 1e-3));
    }
    for (file, name, at_the_wall) in [
        ("MKM1999/chan180/profiles/chan180.vortvar", "omega_z_rms", 0.13229f64.sqrt()),
        ("MKM1999/chan180/balances/chan180.uvbal", "pressure_strain_uv", 5.1549e-2),
        ("MKM1999/chan590/balances/chan590.uubal", "production_uu", 0.0),
        ("UPM_HoyasJimenez/Re2000/balances/Re2000.bal.ww", "transport_ww", 0.0),
    ] {
        let file_of = test_data("channel").join(file).into();
        let published = References::read(&[file_of], &|_| None).unwrap().profiles;
        let wall = published[0].find(name).unwrap_or_else(|| panic!("no {name} in {file}")).values[0];
        assert!((wall - at_the_wall).abs() < 1e-4, "{file}: {wall}");
    }
    let deviations = test_data("channel/UPM_HoyasJimenez/Re180/profiles/Re180.std");
    assert!(
        References::read(&[deviations.into()], &|_| None)
            .err()
            .unwrap()
            .message
            .contains("It holds standard deviations")
    );
}

/// The references that the program has are those files: the same figures of the cross-check, and terms of
/// the budgets that add up to zero where they are largest.
#[test]
fn shipped_channels_are_the_published_ones() {
    for (name, label, u, uu_peak, re_tau) in [
        ("mkm180", "Moser, Kim & Mansour 1999", 8.5345, 7.0806, 178.12),
        ("mkm590", "Moser, Kim & Mansour 1999", 8.4631, 7.6985, 587.19),
        ("lee-moser-180", "Lee & Moser 2015", 8.5216, 7.1385, 182.088),
        ("del-alamo-jimenez-180", "del Álamo & Jiménez 2003", 8.5165, 7.0724, 186.34),
    ] {
        let references = References::read(&[PathBuf::from(name).into()], &|_| None).unwrap();
        let published = &references.profiles[0];
        assert_eq!((references.profiles.len(), &*published.label), (1, label));
        let find = |name: &str| published.find(name).unwrap_or_else(|| panic!("no {name}"));
        let at = |name: &str, y_plus: f64| interpolate(&find(name).y_plus, &find(name).values, y_plus);
        assert!((at("U", 10.0) - u).abs() < 5e-3, "{name}: U+(10) = {}", at("U", 10.0));
        let peak = (0..400).map(|i| at("uu", 10.0 + 0.025 * f64::from(i))).fold(0.0, f64::max);
        assert!((peak / uu_peak - 1.0).abs() < 2e-3, "{name}: {peak}");
        assert!((published.re_tau.unwrap() / re_tau - 1.0).abs() < 1e-3, "{name}: {:?}", published.re_tau);
        for stress in ["k", "uu", "vv", "ww", "uv"] {
            let terms = TERMS.iter().filter_map(|term| published.find(&format!("{term}_{stress}")));
            let terms: Vec<f64> = terms.map(|term| interpolate(&term.y_plus, &term.values, 12.0)).collect();
            // Of Lee & Moser there is the dissipation alone.
            let sum = if terms.len() > 1 { terms.iter().sum::<f64>() } else { 0.0 };
            let largest = terms.iter().fold(0.0, |most: f64, term| most.max(term.abs()));
            // Between their points they are interpolated.
            assert!(sum.abs() < 1e-3 + 0.005 * largest, "{name}, {stress}: {terms:?}");
            assert_eq!(terms.is_empty(), (name == "mkm590" || name.starts_with("lee")) && stress != "k");
        }
    }
    let lines = References::read(&[PathBuf::from("mkm180").into()], &|_| None).unwrap().lines;
    let places: Vec<f64> = lines.iter().map(|line| line.y_plus.round()).collect();
    assert_eq!(places, [5.0, 19.0, 98.0, 5.0, 19.0, 98.0]);
    // Two flows of one work are told apart.
    let both = ["mkm180", "mkm590"].map(|name| PathBuf::from(name).into());
    let labels: Vec<String> =
        References::read(&both, &|_| None).unwrap().profiles.into_iter().map(|one| one.label).collect();
    assert_eq!(
        labels,
        ["Moser, Kim & Mansour 1999, Re_tau = 178", "Moser, Kim & Mansour 1999, Re_tau = 587"]
    );
}
