"""Tables, against each other and against sums over modes and points."""

import h5py
import numpy as np
import pytest
from conftest import ROOT
from test_fields import clenshaw_curtis

import rogallo


@pytest.mark.parametrize("name", ["taylor_green", "shear", "forced"])
def test_the_energy_of_the_modes_is_that_of_the_series(name, request):
    run = request.getfixturevalue(name)
    series = run.series
    for checkpoint in run.checkpoints:
        if checkpoint.step in series["step"]:
            squares = {field: abs(checkpoint.modes(field, full=True)) ** 2 for field in checkpoint.names}
            energy = 0.5 * float(sum(squares[field].sum() for field in "uvw"))
            row = series.isel(time=int(np.argmax(series["step"].values == checkpoint.step)))
            assert energy == pytest.approx(float(row["energy"]), rel=1e-12)
            assert checkpoint.time == float(row["time"])
            if "heat" in squares:
                assert float(squares["heat"].sum()) == pytest.approx(float(row["heat_variance"]), rel=1e-12)


@pytest.mark.parametrize("name", ["channel", "moving_channel"])
def test_the_energy_at_the_points_of_a_channel_is_that_of_the_series(name, request):
    run = request.getfixturevalue(name)
    fields = run.velocity(-1)
    energy = 0.5 * (fields["u"] ** 2 + fields["v"] ** 2 + fields["w"] ** 2).mean(("z", "x"))
    last = run.series.isel(time=-1)
    assert last["step"] == fields.attrs["step"]
    assert clenshaw_curtis(energy) == pytest.approx(float(last["energy"]), rel=1e-12)


@pytest.mark.parametrize("name", ["taylor_green", "shear", "forced"])
def test_spectra_sum_to_the_energy(name, request):
    run = request.getfixturevalue(name)
    spectra, series = run.spectra, run.series
    assert spectra["energy"].dims == ("time", "k") and spectra["uu_x"].dims == ("time", "n")
    common = [step for step in spectra["step"].values if step in series["step"]]
    assert len(common) >= 2
    for step in common:
        row, sample = (
            data.isel(time=int(np.argmax(data["step"].values == step))) for data in (spectra, series)
        )
        width = float(spectra["k"][1])
        assert float(row["energy"].sum()) * width == pytest.approx(float(sample["energy"]), rel=1e-12)
        # The first bin of a one-dimensional spectrum counts half.
        for component in ("uu", "vv", "ww"):
            for axis in "xyz":
                density = row[f"{component}_{axis}"]
                total = float(density.sum() - 0.5 * density[0]) * float(row[f"k{axis}"][1])
                assert total == pytest.approx(float(sample[component]), rel=1e-12, abs=1e-20)


def test_stresses_of_the_budget_are_those_of_the_series(shear):
    budget, series = shear.budget, shear.series
    common = np.isin(series["time"], budget["time"])
    np.testing.assert_allclose(budget["R_xy"][np.isin(budget["time"], series["time"])], series["uv"][common])


def test_columns_are_explained(taylor_green, channel, forced):
    of_box = (taylor_green.series, taylor_green.spectra, taylor_green.budget, forced.series, forced.spectra)
    of_channel = (channel.series, channel.statistics, channel.spectra, channel.correlations)
    for data in (*of_box, *of_channel):
        # What no row of a table explains has no unit.
        assert [name for name in data.variables if not data[name].attrs["units"]] == []
    explained = {
        name: (values.attrs["long_name"], values.attrs["units"])
        for name, values in channel.statistics.items()
    }
    assert explained["pressure_strain_uv"] == ("pressure strain of uv", "u_tau^4 / nu")
    assert explained["uu_error"] == ("sampling error of the Reynolds stress uu", "u_tau^2")
    assert explained["v_heat"] == ("flux of heat along v", "u_tau theta_tau")


def plain_means(run):
    """Sums of the complete batches over their weight, from the files alone."""
    batches = [h5py.File(path) for path in sorted((run.path / "statistics").glob("*.h5"))]
    assert len(batches) == 2
    weight = sum(batch["weight"][()] for batch in batches)
    frame = batches[0]["frame_velocity"][()]
    means = {
        name: sum(batch[name][:] for batch in batches) / weight
        for name in ("u", "uu", "vv", "uv", "[heat]", "v[heat]")
    }
    for batch in batches:
        batch.close()
    return means, frame


def test_profiles_are_means_of_the_batches_in_wall_units(channel):
    statistics = channel.statistics
    means, frame = plain_means(channel)
    nu, half = statistics.attrs["viscosity"], statistics["y"].size
    assert nu == channel.case["fluid"]["viscosity"] and statistics["y"][-1] == 1.0

    def both(values, sign):
        return 0.5 * (values[:half] + sign * values[::-1][:half])

    y, u = statistics["y"].values - 1.0, both(means["u"] + frame, 1)
    series = np.polynomial.chebyshev.chebfit(np.r_[y, -y[-2::-1]], np.r_[u, u[-2::-1]], 24)
    slope = np.polynomial.chebyshev.chebval(-1.0, np.polynomial.chebyshev.chebder(series))
    u_tau = np.sqrt(nu * slope)
    assert statistics.attrs["u_tau"] == pytest.approx(u_tau, rel=1e-10)
    assert statistics.attrs["re_tau"] == pytest.approx(u_tau / nu, rel=1e-10)
    np.testing.assert_allclose(statistics["U"] * u_tau, u, atol=1e-10)
    # Both halves as samples of one flow: the mean square less the square of the mean of both.
    uu = both(means["uu"] + 2 * frame * means["u"] + frame**2, 1) - u**2
    np.testing.assert_allclose(statistics["uu"] * u_tau**2, uu, atol=1e-10)
    np.testing.assert_allclose(statistics["vv"] * u_tau**2, both(means["vv"], 1), atol=1e-12)
    uv = both(means["uv"] - 0.0 * means["u"], -1)
    np.testing.assert_allclose(statistics["uv"] * u_tau**2, uv, atol=1e-10)
    heat = both(means["[heat]"], 1)
    ratio = heat[3] / float(statistics["heat_mean"][3])
    np.testing.assert_allclose(statistics["heat_mean"] * ratio, heat, atol=1e-10)


def test_spectra_of_a_channel_sum_to_its_profiles(channel):
    spectra, statistics, correlations = channel.spectra, channel.statistics, channel.correlations
    np.testing.assert_array_equal(spectra["y_plus"], statistics["y_plus"])
    for name in ("uu", "vv", "ww", "uv"):
        for axis in "xz":
            energy = spectra[f"E_{name}_{axis}"]
            assert energy.dims == ("y", f"k{axis}")
            total = energy.sum(f"k{axis}") * float(spectra[f"k{axis}_plus"][1])
            np.testing.assert_allclose(total, statistics[name], rtol=1e-10, atol=1e-10)
    assert correlations["R_uu_z"].dims == ("y", "dz") and (correlations["R_uu_z"][1:, 0] == 1.0).all()


def test_the_case_and_the_history_are_those_of_the_run(taylor_green):
    assert taylor_green.case["domain"]["grid"] == [16, 20, 24]
    assert taylor_green.case["fluid"]["viscosity"] == pytest.approx(1 / 1600)
    events = [entry["event"] for entry in taylor_green.ledger]
    assert events[0] == "start" and events[-1] == "done" and events.count("checkpoint") == 5
    assert taylor_green.ledger[0]["job"]["ranks"] == 2
    assert taylor_green.checkpoints.steps == [0, 1, 2, 3, 4] == [c.step for c in taylor_green.checkpoints]
    assert [checkpoint.step for checkpoint in taylor_green.checkpoints[-2:]] == [3, 4]
    assert repr(taylor_green).endswith("run: homogeneous, 16 x 20 x 24, 5 checkpoints, 5 snapshots>")


def test_a_row_that_is_being_written_is_left_out(taylor_green, tmp_path):
    for name in ("case.toml", "series.csv"):
        (tmp_path / name).write_bytes((taylor_green.path / name).read_bytes())
    run = rogallo.open(tmp_path)
    whole = run.series
    with (tmp_path / "series.csv").open("a") as file:
        file.write("5,0.8,0.1")
    assert run.series.identical(whole)
    (tmp_path / "ledger.jsonl").write_text('{"step":0,"event":"start"}\n{"step":3,"ev')
    assert [entry["event"] for entry in run.ledger] == ["start"]


def test_errors_of_profiles_are_read(channel, tmp_path):
    """The published averages of this repository, which are long enough to have errors."""
    for name in ("profiles.csv", "budgets.csv"):
        (tmp_path / name).write_bytes((ROOT / "docs/results/channel-180" / name).read_bytes())
    (tmp_path / "case.toml").write_bytes((channel.path / "case.toml").read_bytes())
    run = rogallo.open(tmp_path)
    statistics = run.statistics
    # y+ at y = h.
    assert statistics.attrs["re_tau"] == pytest.approx(179.957, abs=1e-3)
    peak = statistics.isel(y=int(statistics["uu"].argmax("y")))
    assert float(peak["u_rms"]) == pytest.approx(2.67, abs=0.01)
    assert float(peak["u_rms_error"]) == pytest.approx(0.02, abs=0.005)
    bands = run.plot.profiles().axes[1].collections
    assert len(bands) == 4 and np.isfinite(bands[0].get_paths()[0].vertices).all()
    # The dissipation balances the other terms where production peaks.
    assert float(abs(statistics["residual_k"]).max()) < 1e-3 * float(statistics["production_k"].max())
