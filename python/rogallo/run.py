"""A run directory."""

import json
import tomllib
from pathlib import Path
from typing import Any

import xarray as xr

from . import statistics, tables
from .errors import Error
from .fields import Checkpoint, Snapshot
from .files import Files
from .names import BUDGET, COMMON, SERIES, SPECTRA
from .plot import Plots

SAMPLED = "the run writes it with its first sample, unless its case says never ([output])"


def open_run(directory: Path | str) -> "Run":
    """Opens the directory of a run; a run in progress may be read at any time."""
    return Run(directory)


class Run:
    """A run directory. Nothing is kept in memory: each property reads its files anew."""

    def __init__(self, directory: Path | str):
        self.path = Path(directory)
        if self.path.is_file():
            raise Error(
                f"{self.path} is a file; give the directory of the run, or use rogallo.Checkpoint(FILE)"
            )
        if not self.path.is_dir():
            raise Error(
                f"there is no directory {self.path}; `rogallo run CASE.toml --dir {self.path}` makes one"
            )
        if not (self.path / "case.toml").is_file():
            raise Error(
                f"{self.path} is not a run directory: it has no case.toml; the directory of a run is "
                "runs/NAME, or that of --dir"
            )

    @property
    def case(self) -> dict[str, Any]:
        """The case with all defaults filled in, table by table."""
        try:
            return tomllib.loads((self.path / "case.toml").read_text())
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise Error(f"cannot read {self.path / 'case.toml'}: {error}") from error

    @property
    def flow(self) -> str:
        """The kind of flow: homogeneous or channel."""
        return str(self.case["flow"]["kind"])

    @property
    def ledger(self) -> list[dict[str, Any]]:
        """The history of the run, one entry per event, the oldest first."""
        path, entries = self.path / "ledger.jsonl", []
        for line in path.read_text(errors="replace").splitlines() if path.is_file() else []:
            try:
                entries.append(json.loads(line))
            except json.JSONDecodeError:
                # Torn by a job that was killed.
                continue
        return entries

    @property
    def series(self) -> xr.Dataset:
        """`series.csv` over time: energy, dissipation, and other quantities of the flow."""
        columns = tables.read(self.path / "series.csv", SAMPLED)
        return tables.along(columns, "time", ("step",), COMMON, SERIES)

    @property
    def budget(self) -> xr.Dataset:
        """`budget.csv` of a box over time: terms of the equations of the Reynolds stresses. The budgets of a
        channel are in `statistics`."""
        self._require("homogeneous", "budget", "its budgets are in `statistics`")
        return tables.along(tables.read(self.path / "budget.csv", SAMPLED), "time", ("step",), COMMON, BUDGET)

    @property
    def spectra(self) -> xr.Dataset:
        """Spectra. Of a box: `energy` and others over time and k, `uu_x` .. over time and n, with the
        wavenumbers `kx` .. of that time. Of a channel, in wall units: `E_uu_x` over y and kx, .."""
        if self.flow == "channel":
            return statistics.lines(self.path, "spectra", "k")
        shells, lines = (
            tables.over(
                tables.read(self.path / f"{name}.csv", SAMPLED),
                "time",
                inner,
                {"step": "time"},
                SPECTRA,
                COMMON,
            )
            for name, inner in (("spectra", "k"), ("spectra_1d", "n"))
        )
        lines = lines.set_coords(["kx", "ky", "kz"])
        # A run in progress may have written one row more of the first.
        return xr.merge([shells, lines], compat="override", join="inner")

    @property
    def correlations(self) -> xr.Dataset:
        """Two-point correlations of a channel over y and the separations dx and dz."""
        self._require("channel", "correlations", "it has `spectra`")
        return statistics.lines(self.path, "correlations", "d")

    @property
    def statistics(self) -> xr.Dataset:
        """Profiles and budgets of a channel in wall units, with their sampling errors, as `rogallo stats` has
        computed them last. The attributes `u_tau` and `viscosity` lead to units of the case."""
        self._require("channel", "profiles", "`rogallo stats` prints its averages")
        return statistics.profiles(self.path, float(self.case["fluid"]["viscosity"]))

    @property
    def checkpoints(self) -> Files[Checkpoint]:
        """The checkpoints, the newest last."""
        return Files(self.path / "checkpoints", "checkpoint", Checkpoint)

    @property
    def snapshots(self) -> Files[Snapshot]:
        """The snapshots, the newest last."""
        return Files(self.path / "snapshots", "snapshot", Snapshot)

    def velocity(self, index: int = -1, **options: Any) -> xr.Dataset:
        """u, v, w at points, from the checkpoint of this index; options as in `Checkpoint.fields`."""
        return self.checkpoints[index].velocity(**options)

    def scalars(self, index: int = -1, **options: Any) -> xr.Dataset:
        """The scalars at points, from the checkpoint of this index; options as in `Checkpoint.fields`."""
        return self.checkpoints[index].scalars(**options)

    @property
    def plot(self) -> Plots:
        """Figures in the style of `rogallo stats`."""
        return Plots(self)

    def _require(self, flow: str, what: str, instead: str) -> None:
        if self.flow != flow:
            raise Error(f"{self.path} has no {what}: its flow is {self.flow!r}; {instead}")

    def __repr__(self) -> str:
        grid = " x ".join(map(str, self.case["domain"]["grid"]))
        counts = f"{len(self.checkpoints)} checkpoints, {len(self.snapshots)} snapshots"
        return f"<run {self.path}: {self.flow}, {grid}, {counts}>"
