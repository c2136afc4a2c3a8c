//! Published channels, as they are distributed.

use super::super::reference;
use crate::report::Given;
use crate::report::cubic::interpolate;
use crate::test_data;

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
        let (published, _) = reference::read(&paths, &|_| None).unwrap();
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
        let (published, _) = reference::read(&[test_data("channel").join(file).into()], &|_| None).unwrap();
        let wall = published[0].find(name).unwrap_or_else(|| panic!("no {name} in {file}")).values[0];
        assert!((wall - at_the_wall).abs() < 1e-4, "{file}: {wall}");
    }
    let deviations = test_data("channel/UPM_HoyasJimenez/Re180/profiles/Re180.std");
    assert!(
        reference::read(&[deviations.into()], &|_| None)
            .err()
            .unwrap()
            .message
            .contains("It holds standard deviations")
    );
}
