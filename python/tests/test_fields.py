"""Fields made of modes, against snapshots of the same step, and against exact fields."""

import h5py
import numpy as np
import pytest
from conftest import execute

import rogallo
from rogallo import box

RUNS = ["taylor_green", "shear", "forced", "channel", "moving_channel", "single_channel"]


@pytest.mark.parametrize("name", RUNS)
def test_fields_are_those_of_the_snapshot_of_the_step(name, request):
    run = request.getfixturevalue(name)
    snapshots = {snapshot.step: snapshot for snapshot in run.snapshots}
    common = [checkpoint for checkpoint in run.checkpoints if checkpoint.step in snapshots]
    assert len(common) >= 2
    for checkpoint in common:
        snapshot = snapshots[checkpoint.step]
        own, given = checkpoint.fields(), snapshot.fields()
        assert list(own) == list(given) and own.time == given.time == checkpoint.time
        single = own["u"].dtype == np.float32
        assert single == (given["u"].dtype == np.float32)
        for axis in "xyz":
            np.testing.assert_allclose(own[axis], given[axis], rtol=1e-15, atol=1e-15)
        for field in own:
            # Round-off of transforms of fields of this size.
            scale = max(1.0, float(abs(given[field]).max()))
            error = float(abs(own[field] - given[field]).max())
            assert error < (3e-6 if single else 5e-15) * scale, (checkpoint, field, error)


def test_the_box_is_remeshed_where_the_program_does_it(shear):
    remeshed = set()
    for checkpoint, snapshot in zip(shear.checkpoints, shear.snapshots, strict=True):
        with h5py.File(snapshot.path) as file:
            np.testing.assert_array_equal(checkpoint.deformation, file.attrs["deformation"].reshape(3, 3))
        remeshed.add(checkpoint.deformation[0, 1] > 0)
    assert 0.2 in [checkpoint.time for checkpoint in shear.checkpoints] and remeshed == {False, True}


def test_a_remesh_at_the_end_of_a_step_is_counted_whatever_the_rounding():
    """As in the test of src/homogeneous/mean.rs: the times are those at which the program ends its steps."""
    for rate in [0.1 * i / 7 for i in range(1, 300, 4)]:
        case = {"domain": {"size": [3.0, 2.0, 1.0]}, "mean": {"kind": "shear", "rate": rate}}
        tilts = rate * 2.0 / 3.0
        for number in range(20):
            time = (number + 0.5) / tilts
            assert box.deformation(case, time)[0, 1] == pytest.approx(0.75, rel=1e-12)
            assert box.deformation(case, np.nextafter(time, 0.0))[0, 1] == pytest.approx(-0.75, rel=1e-12)


def taylor_green_velocity(x, y, z):
    return np.sin(x) * np.cos(y) * np.cos(z), -np.cos(x) * np.sin(y) * np.cos(z), 0.0 * x * y * z


@pytest.mark.parametrize("points", [None, (11, 14, 17), (16, 40, 24), (33, 27, 40)])
def test_taylor_green_is_exact_at_any_number_of_points(taylor_green, points):
    velocity = taylor_green.velocity(0, points=points)
    count = points or (16, 20, 24)
    assert velocity["u"].dims == ("z", "y", "x") and velocity["u"].shape == count[::-1]
    exact = taylor_green_velocity(velocity["x"], velocity["y"], velocity["z"])
    for name, field in zip("uvw", exact, strict=True):
        assert abs(velocity[name] - field).max() < 2e-15
    np.testing.assert_array_equal(velocity["x"], 2 * np.pi * np.arange(count[0]) / count[0])


def test_a_checkpoint_on_another_grid_has_its_points(taylor_green, tmp_path):
    latest = str(taylor_green.path / "checkpoints" / "latest")
    execute(tmp_path, "regrid", latest, "fine.h5", "--grid", "24,20,32")
    fine, padded = rogallo.Checkpoint(tmp_path / "fine.h5"), taylor_green.velocity(points=(24, 20, 32))
    for name, values in fine.velocity().items():
        np.testing.assert_allclose(values, padded[name], atol=1e-15)


def test_modes_are_found_by_their_labels(taylor_green):
    """sin x cos y cos z is eight modes of -i/8 for n_x = 1, of i/8 for n_x = -1."""
    modes = taylor_green.checkpoints[0].modes("u", full=True)
    assert modes.dims == ("nz", "ny", "nx") and modes.attrs["units"] == "velocity of the case"
    for nx in (-1, 1):
        around = modes.sel(nx=nx, ny=[-1, 1], nz=[-1, 1])
        assert abs(around - -0.125j * nx).max() < 1e-15
    assert abs(modes).sum() == pytest.approx(1.0, abs=1e-13)


@pytest.mark.parametrize("name", ["shear", "forced", "moving_channel"])
def test_modes_sum_to_the_field_at_any_point(name, request):
    """The sum over all modes at a few points, against the transforms."""
    checkpoint = request.getfixturevalue(name).checkpoints[-1]
    is_channel = checkpoint.flow == "channel"
    tolerance = 1e-5 if name == "forced" else 1e-13
    size = checkpoint.case["domain"]["size"]
    travelled = checkpoint.case["numerics"].get("frame_velocity", 0.0) * checkpoint.time
    fields = checkpoint.fields() if is_channel else checkpoint.fields(moving=True)
    for field in fields:
        modes = checkpoint.modes(field, full=True)
        conjugate = modes[::-1, :, ::-1] if is_channel else modes[::-1, ::-1, ::-1]
        np.testing.assert_array_equal(modes, np.conj(conjugate))
        np.testing.assert_array_equal(modes.sel(nx=slice(0, None)), checkpoint.modes(field))
        for at in ((0, 0, 0), (3, 5, 7), (-1, -2, -3)):
            z, y, x = (float(fields[axis][i]) for axis, i in zip("zyx", at, strict=True))
            in_x = np.exp(2j * np.pi * modes["nx"] * (x - travelled) / size[0])
            in_z = np.exp(2j * np.pi * modes["nz"] * z / size[2])
            if is_channel:
                series = np.einsum("zyx,z,x->y", modes, in_z, in_x)
                total = np.polynomial.chebyshev.chebval(y, series)
            else:
                in_y = np.exp(2j * np.pi * modes["ny"] * y / size[1])
                total = np.einsum("zyx,z,y,x->", modes, in_z, in_y, in_x)
            assert abs(total - float(fields[field][at])) < tolerance, (field, at)


def exact_mode(run, checkpoint, x, y, z):
    """The velocity and the scalar of the one mode in space, as in tests/program/snapshots.rs."""
    a = np.array(MATRICES[run])
    size = np.pi * np.array([3, 2, 2.5])
    k0 = 2 * np.pi * np.array([2, -1, 0]) / size

    def wavevector(time):
        # dk/dt = -A^T k, by the exponential of a matrix.
        values, vectors = np.linalg.eig(-time * a.T + 0j)
        if np.linalg.cond(vectors) > 1e8:
            return k0 - time * a.T @ k0
        return (vectors @ np.diag(np.exp(values)) @ np.linalg.inv(vectors) @ k0).real

    k = wavevector(checkpoint.time)
    nodes, weights = np.polynomial.legendre.leggauss(30)
    k2 = [np.sum(wavevector(0.5 * checkpoint.time * (1 + node)) ** 2) for node in nodes]
    decay = np.exp(-0.05 * 0.5 * checkpoint.time * np.dot(weights, k2))
    along = np.array([k[1], -k[0], 0]) * (k0 @ k0) / (k @ k) + [0, 0, 1]
    phase = k[0] * x + k[1] * y + k[2] * z
    fields = {
        name: amplitude * decay * np.cos(phase + 0.3) for name, amplitude in zip("uvw", along, strict=True)
    }
    return fields | {"heat": decay**2 * np.cos(phase - 0.5)}


SHEAR = 'kind = "shear"\nrate = 1.0'
STRAIN = 'kind = "plane-strain"\nrate = 0.4'
# Stretched along x and sheared at once; its points stay on upright planes.
BOTH = 'kind = "gradient"\ngradient = [[0.3, 0.6, 0], [0, -0.3, 0], [0, 0, 0]]'
GENERAL = 'kind = "gradient"\ngradient = [[0, 0.4, 0], [0.4, 0, 0], [0, 0, 0]]'
MATRICES = {
    SHEAR: [[0, 1, 0], [0, 0, 0], [0, 0, 0]],
    STRAIN: [[0.4, 0, 0], [0, -0.4, 0], [0, 0, 0]],
    BOTH: [[0.3, 0.6, 0], [0, -0.3, 0], [0, 0, 0]],
    GENERAL: [[0, 0.4, 0], [0.4, 0, 0], [0, 0, 0]],
}


@pytest.mark.parametrize("mean", [SHEAR, STRAIN, BOTH, GENERAL])
@pytest.mark.parametrize("points", [None, (20, 27, 9)])
@pytest.mark.parametrize("moving", [None, True])
def test_points_of_a_moving_box_are_where_they_are_said_to_be(one_mode, mean, points, moving):
    """At S t = 1 the shear has been remeshed, at 3/4; its scheme has the error (S dt)^4."""
    checkpoint = one_mode(mean).checkpoints[-1]
    fields = checkpoint.fields(points=points, moving=moving)
    if points and mean != GENERAL:
        assert fields["x"].size == 20 and fields["x"][-1] < 3 * np.pi / checkpoint.deformation[0, 0]
    at = np.stack(np.meshgrid(*(fields[axis] for axis in "zyx"), indexing="ij")[::-1])
    if moving or mean == GENERAL:
        at = np.einsum("ij,jzyx->izyx", np.linalg.inv(checkpoint.deformation), at)
    for name, exact in exact_mode(mean, checkpoint, *at).items():
        error = float(abs(fields[name] - exact).max())
        assert error < (1e-7 if mean in (SHEAR, BOTH) else 1e-12), (name, error)


@pytest.mark.parametrize("mean", [SHEAR, STRAIN, BOTH, GENERAL])
def test_snapshots_of_a_moving_box_have_the_same_points(one_mode, mean):
    run = one_mode(mean)
    own, given = run.checkpoints[-1].fields(), run.snapshots[-1].fields()
    assert own["time"] == given["time"]
    for name in ("x", "y", "z", *own):
        np.testing.assert_allclose(own[name], given[name], rtol=1e-14, atol=1e-14)


def test_the_mean_of_a_channel_has_more_digits_than_single_precision(single_channel):
    """It is stored as two numbers; the series has its bulk velocity in double precision."""
    mean = single_channel.checkpoints[-1].modes("u").sel(nx=0, nz=0).real
    even = np.arange(0, mean.size, 2)
    bulk = float(np.sum(mean.values[::2] / (1.0 - even**2)))
    last = single_channel.series.isel(time=-1)
    assert last["step"] == single_channel.checkpoints[-1].step
    assert bulk == pytest.approx(float(last["bulk_velocity"]), rel=1e-13)


def test_walls_move_as_the_case_says(moving_channel):
    checkpoint = moving_channel.checkpoints[-1]
    time, tau = checkpoint.time, 2 * np.pi
    fields = moving_channel.velocity(y=[-1.0, 0.3, 1.0], points=(20, 25, 15))
    x, z = fields["x"], fields["z"]
    through = {-1.0: 0.1 * np.cos(2 * x - 2 * z + 0.7) + 0.05 * np.cos(-4 * z), 1.0: 0.05 * np.cos(-4 * z)}
    for y, u in ((-1.0, -0.5), (1.0, 1.0)):
        wall = fields.sel(y=y)
        assert abs(wall["u"] - u).max() < 1e-13
        assert abs(wall["v"] - through[y]).max() < 1e-13
        assert abs(wall["w"] - 2.0 * np.sin(tau * time / 0.3)).max() < 1e-13
    # The mean of U over the channel is the mass flux.
    mean = moving_channel.velocity()["u"].mean(("z", "x"))
    assert clenshaw_curtis(mean) == pytest.approx(5.0, rel=1e-13)


def clenshaw_curtis(values):
    """Half the integral over y of the polynomial through values at the Gauss-Lobatto points."""
    series = np.polynomial.chebyshev.chebfit(values["y"], values, len(values) - 1)
    even = np.arange(0, len(series), 2)
    return float(np.sum(series[::2] / (1.0 - even**2)))


def test_chosen_points_lie_on_the_same_polynomial(channel):
    checkpoint = channel.checkpoints[-1]
    fine, coarse = checkpoint.fields(points=(12, 49, 12)), checkpoint.fields()
    for name in fine:
        # Every second of 49 Gauss-Lobatto points is one of the 25.
        np.testing.assert_allclose(fine[name][:, ::2], coarse[name], atol=1e-12)
        chosen = checkpoint.fields(name, y=fine["y"].values[[5, 30]])
        np.testing.assert_allclose(chosen[name], fine[name][:, [5, 30]], atol=1e-12)


def test_snapshots_are_read_when_their_values_are_needed(taylor_green, tmp_path):
    path = tmp_path / "00000000.h5"
    path.write_bytes(taylor_green.snapshots.paths[0].read_bytes())
    fields = rogallo.Snapshot(path).fields()
    whole = fields["u"].load().values
    line = fields["v"][3, ::-2, [1, 5]]
    np.testing.assert_array_equal(line, fields["v"].values[3, ::-2, [1, 5]].T)
    np.testing.assert_array_equal(fields["v"].sel(x=np.pi, method="nearest"), fields["v"].values[:, :, 8])
    path.unlink()
    np.testing.assert_array_equal(fields["u"], whole)
    with pytest.raises(rogallo.Error, match="there is no snapshot"):
        _ = fields["w"].values
