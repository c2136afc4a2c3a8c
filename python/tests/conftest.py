"""Small runs of the program that the environment variable ROGALLO names, each made once."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import pytest

import rogallo

mpl.use("agg")
ROOT = Path(__file__).parents[2]
# Tests may run as root, and on fewer cores than ranks; as in tests/support/mpirun.rs.
OPEN_MPI = {
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMPI_MCA_rmaps_base_oversubscribe": "1",
    "OMPI_MCA_mpi_yield_when_idle": "1",
    "OMPI_MCA_hwloc_base_binding_policy": "none",
}
EVERY_STEP = "checkpoint.every_steps=1 checkpoint.keep=1000 output.snapshots.every_steps=1"

# One mode in a linear run: a plane flow, which moves along and decays (tests/program/snapshots.rs).
ONE_MODE = """
flow = { kind = "homogeneous", nonlinear = false }
domain = { size = ["3 pi", "2 pi", "5/2 pi"], grid = [16, 20, 12] }
fluid.viscosity = 0.05
[mean]
MEAN
[scalar.heat]
schmidt = 0.5
initial = { kind = "mode", wavenumber = [2, -1, 0], amplitude = 1.0, phase = -0.5 }
[initial]
kind = "mode"
wavenumber = [2, -1, 0]
amplitude = [-1.0, -1.3333333333333333, 1.0]
phase = 0.3
[time]
scheme = "rk4"
dt = 0.0125
end = 1.0
"""

# Everything that moves a channel: frame, walls, transpiration.
MOVING_CHANNEL = """
flow.kind = "channel"
domain = { size = ["2 pi", 2, "pi"], grid = [16, 25, 15] }
fluid.viscosity = 0.02
drive = { kind = "mass-flux", bulk_velocity = 5.0 }
initial = { kind = "turbulent", amplitude = 0.1 }
numerics = { dealiase_y = true, frame_velocity = 4.0 }
time = { dt = 0.005, steps = 4 }
[walls]
velocity = [-0.5, 1.0]
oscillation = { amplitude = 2.0, period = 0.3 }
[[walls.transpiration]]
wall = "lower"
amplitude = 0.1
wavenumber = [2, -1]
phase = 0.7
[[walls.transpiration]]
amplitude = 0.05
wavenumber = [0, -2]
"""


def rogallo_binary() -> str:
    """The program under test."""
    binary = os.environ.get("ROGALLO")
    if not binary:
        pytest.skip("ROGALLO is not set: give the path of the program, for instance target/quick/rogallo")
    return str(Path(binary).resolve())


def execute(place: Path, *arguments: str, ranks: int = 1) -> None:
    """Runs the program in a directory."""
    mpirun = [os.environ.get("MPIRUN", "mpirun"), "-n", str(ranks)] if ranks > 1 else []
    command = [*mpirun, rogallo_binary(), *arguments]
    done = subprocess.run(command, cwd=place, env=os.environ | OPEN_MPI, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}:\n{done.stdout}\n{done.stderr}"


Make = Callable[..., rogallo.Run]


@pytest.fixture(scope="session")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Makes the run of a case, a file of `configs` or the text of one, with words KEY=VALUE set."""
    made: dict[tuple[str, str], rogallo.Run] = {}

    def run(case: str, set_keys: str = "", ranks: int = 1) -> rogallo.Run:
        if (case, set_keys) not in made:
            place = tmp_path_factory.mktemp("run")
            if "\n" in case:
                (place / "case.toml").write_text(case)
            else:
                shutil.copy(ROOT / "configs" / f"{case}.toml", place / "case.toml")
            overrides = [word for key in set_keys.split() for word in ("--set", key)]
            execute(place, "run", "case.toml", "--dir", "run", *overrides, ranks=ranks)
            made[case, set_keys] = rogallo.open(place / "run")
        return made[case, set_keys]

    return run


@pytest.fixture(scope="session")
def taylor_green(make: Make) -> rogallo.Run:
    keys = "domain.grid=[16,20,24] time.steps=4 output.series.every_steps=1 output.spectra.every_steps=2"
    return make("taylor-green", f"{keys} {EVERY_STEP}", ranks=2)


@pytest.fixture(scope="session")
def shear(make: Make) -> rogallo.Run:
    """Remeshed at t = 0.2, which is the end of a step."""
    keys = "domain.grid=[32,20,18] fluid.viscosity=0.02 initial.k_min=2 initial.k_max=4"
    time = 'time={scheme="rk2",dt=0.05,end=0.3} output.spectra.every_steps=2'
    return make("homogeneous-shear", f"{keys} {time} {EVERY_STEP}", ranks=2)


@pytest.fixture(scope="session")
def forced(make: Make) -> rogallo.Run:
    keys = "domain.grid=[16,18,16] fluid.viscosity=0.05 time.steps=4 numerics.precision=single"
    scalar = 'scalar.heat={schmidt=0.7,gradient=[0,1,0],initial={kind="zero"}}'
    return make("forced-isotropic", f"{keys} {scalar} output.series.every_steps=2 {EVERY_STEP}")


@pytest.fixture(scope="session")
def channel(make: Make) -> rogallo.Run:
    """With statistics in whole batches until the end."""
    keys = "domain.grid=[12,25,12] fluid.reynolds_tau=40 time.end=0.6 output.snapshots.every_time=0.6"
    samples = "output.statistics={every_steps=2,from=0.2,batch=0.2} output.series.every_steps=4"
    return make("scalar-channel", f"{keys} {samples}")


@pytest.fixture(scope="session")
def moving_channel(make: Make) -> rogallo.Run:
    return make(MOVING_CHANNEL, f"output.series.every_steps=1 output.statistics={{}} {EVERY_STEP}")


@pytest.fixture(scope="session")
def single_channel(make: Make) -> rogallo.Run:
    keys = "domain.grid=[12,25,12] fluid.reynolds_tau=40 time.steps=3 numerics.precision=single"
    output = "output.statistics={} output.series.every_steps=1"
    return make("scalar-channel", f"{keys} {output} {EVERY_STEP}")


@pytest.fixture
def one_mode(make: Make) -> Callable[[str], rogallo.Run]:
    """The linear run of one mode in this mean flow."""
    return lambda mean: make(ONE_MODE.replace("MEAN", mean), "output.snapshots.every_time=0.5")
