"""What is missing or wrong is said, with what to do about it."""

import re
import shutil

import h5py
import numpy as np
import pytest

import rogallo


def says(*parts):
    """Expects an error whose message has these parts in this order."""
    return pytest.raises(rogallo.Error, match="(?s)" + ".*".join(re.escape(part) for part in parts))


def test_a_path_that_is_no_run(tmp_path):
    with says("there is no directory", "nowhere", "rogallo run CASE.toml --dir"):
        rogallo.open(tmp_path / "nowhere")
    with says("is not a run directory", "no case.toml"):
        rogallo.open(tmp_path)
    (tmp_path / "a").write_text("")
    with says("is a file", "give the directory of the run"):
        rogallo.open(tmp_path / "a")


@pytest.fixture
def begun(tmp_path):
    """The directory of a run that has written nothing but its case."""
    (tmp_path / "case.toml").write_text(
        'flow.kind = "channel"\ndomain.grid = [8, 9, 8]\nfluid.viscosity = 0.1\n'
    )
    return rogallo.open(tmp_path)


def test_a_run_that_has_just_begun(begun):
    with says("there is no", "series.csv", "first sample"):
        _ = begun.series
    (begun.path / "series.csv").write_text("step,time\n")
    with says("series.csv has no rows yet"):
        _ = begun.series
    with says("profiles.csv", "run `rogallo stats", "first"):
        _ = begun.statistics
    with says("spectra_x.csv", "run `rogallo stats"):
        _ = begun.spectra
    with says("no checkpoint number -1: none in", "wait for it"):
        begun.velocity()
    with says("no snapshot number 0", "output.snapshots"):
        _ = begun.snapshots[0]
    assert list(begun.snapshots) == [] and begun.ledger == []


def test_a_damaged_table(begun):
    (begun.path / "series.csv").write_text("step,time,energy\n0,0.0\n")
    with says("series.csv is not a table of rogallo, or is damaged"):
        _ = begun.series
    (begun.path / "series.csv").write_bytes(b"\x89HDF\xff\n\n")
    with says("cannot read", "series.csv"):
        _ = begun.series
    (begun.path / "case.toml").write_text("flow =")
    with says("cannot read", "case.toml"):
        _ = begun.case


def test_files_that_are_not_what_they_should_be(taylor_green, tmp_path):
    path = tmp_path / "00000001.h5"
    with says("there is no checkpoint", "checkpoint.keep"):
        rogallo.Checkpoint(path)
    with says("is a directory, not a checkpoint"):
        rogallo.Checkpoint(tmp_path)
    with says("is a snapshot of rogallo, not a checkpoint"):
        rogallo.Checkpoint(taylor_green.snapshots.paths[0])
    path.write_text("no HDF5")
    with says("damaged, or not complete", "rogallo inspect"):
        rogallo.Checkpoint(path)
    whole = taylor_green.checkpoints.paths[0].read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with says("damaged, or not complete"):
        rogallo.Checkpoint(path)
    with h5py.File(path, "w") as file:
        file["u"] = np.zeros(3)
    with says("was not written by rogallo"):
        rogallo.Checkpoint(path)


def test_files_of_rogallo_without_their_contents(taylor_green, tmp_path):
    path = tmp_path / "00000001.h5"
    shutil.copy(taylor_green.checkpoints.paths[0], path)
    with h5py.File(path, "a") as file:
        del file["state/v"]
    checkpoint = rogallo.Checkpoint(path)
    with says("damaged, or not complete", "v"):
        checkpoint.velocity()
    with h5py.File(path, "a") as file:
        file["state/v"] = np.zeros(7, complex)
        file["state/v"].attrs["units"] = "1"
    with says("damaged, or not complete", "(7,) modes of v"):
        rogallo.Checkpoint(path).velocity()
    with h5py.File(path, "a") as file:
        case = file.attrs["case"]
        file.attrs["case"] = "flow ="
    with says("damaged, or not complete"):
        rogallo.Checkpoint(path)
    with h5py.File(path, "a") as file:
        file.attrs["case"] = case
        del file["modes"]
    with says("damaged, or not complete", "modes"):
        rogallo.Checkpoint(path)
    with h5py.File(path, "a") as file:
        file.attrs["format"] = 7
    with says("has format 7", "install a newer one"):
        rogallo.Checkpoint(path)


def test_files_under_way_and_aside_are_not_counted(taylor_green, tmp_path):
    for name in (".00000003.h5.partial", "00000002.h5.aside", "latest", "7.h5", "00000001.h5"):
        (tmp_path / name).write_bytes(taylor_green.checkpoints.paths[1].read_bytes())
    files = type(taylor_green.checkpoints)(tmp_path, "checkpoint", rogallo.Checkpoint)
    assert files.steps == [1] and len(files) == 1 and files[0].step == 1


def test_names_that_are_not_there(taylor_green, channel):
    with says("no field 'U'", "there are u, v, w"):
        taylor_green.checkpoints[-1].fields("U")
    with says("no field 'heta'", "did you mean heat?"):
        channel.snapshots[-1].fields("heta")
    with says("no field 'hea'", "did you mean heat?"):
        channel.checkpoints[-1].modes("hea")
    with says("has no scalars", "[scalar.NAME]"):
        taylor_green.scalars()
    with says("series.csv has no quantity 'enrgy'", "did you mean energy?"):
        taylor_green.plot.series("enrgy")
    with says("no quantity 'E_u_x'"):
        channel.plot.spectrum("u")


def test_what_a_flow_does_not_have(taylor_green, channel):
    with says("has no profiles", "'homogeneous'", "`rogallo stats`"):
        _ = taylor_green.statistics
    with says("has no correlations"):
        _ = taylor_green.correlations
    with says("has no budget", "in `statistics`"):
        _ = channel.budget


def test_points_that_are_not_possible(taylor_green, channel, one_mode):
    with says("points=(10, 20, 24)", "at least (11, 13, 15)"):
        taylor_green.velocity(points=(10, 20, 24))
    with says("at least (11, 13, 15)"):
        taylor_green.velocity(points=(32, 32))
    with says("y chooses the points of a channel"):
        taylor_green.velocity(y=[0.0])
    with says("from -1 to 1"):
        channel.velocity(y=[0.0, 1.1])
    with says("those of the laboratory"):
        channel.velocity(moving=True)
    with says("there is no checkpoint number 5: 5 in"):
        taylor_green.velocity(5)
    with says("a snapshot has its own points"):
        taylor_green.snapshots[0].velocity(points=(32, 32, 32))
    general = one_mode('kind = "gradient"\ngradient = [[0, 0.4, 0], [0.4, 0, 0], [0, 0, 0]]')
    with says("no upright points", "leave out moving=False"):
        general.velocity(moving=False)


def test_slices_that_are_not_possible(taylor_green):
    with says("needs one of x, y and z"):
        taylor_green.plot.slice("u")
    with says("z = 7 is outside of", "0 to 6.02"):
        taylor_green.plot.slice("u", z=7)
