"""Averages of a channel: the profiles that `rogallo stats` has computed, and plain means of its batches."""

from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from . import tables
from .errors import Error
from .files import Files, opened, text
from .names import WALL

# Second moments whose means are taken off.
PAIRS = (("u", "u"), ("v", "v"), ("w", "w"), ("u", "v"), ("u", "w"), ("v", "w"), ("p", "p"))


def profiles(run: Path, viscosity: float) -> xr.Dataset:
    """`profiles.csv` and `budgets.csv` over y, in wall units; `NAME_error` is the sampling error of NAME."""
    advice = f"run `rogallo stats {run}` first, when averages have begun (output.statistics.from)"
    found = [
        tables.along(tables.read(run / f"{name}.csv", advice), "y", ("y_plus",), WALL)
        for name in ("profiles", "budgets")
    ]
    joined = xr.merge(found, compat="override", join="exact")
    y, y_plus = joined["y"].values, joined["y_plus"].values
    # y+ = (distance from the nearer wall) Re_tau
    re_tau = float(y_plus[1] / min(y[1], 2.0 - y[1])) if len(y) > 1 else np.nan
    return joined.assign_attrs(re_tau=re_tau, u_tau=re_tau * viscosity, viscosity=viscosity)


def lines(run: Path, name: str, inner: str) -> xr.Dataset:
    """`NAME_x.csv` and `NAME_z.csv` over y and `inner`_x, `inner`_z, in wall units."""
    advice = f"run `rogallo stats {run}` first, when averages have begun (output.statistics.from)"
    found = []
    for axis in "xz":
        columns = tables.read(run / f"{name}_{axis}.csv", advice)
        along = f"{inner}{axis}"
        beside = {"y_plus": "y", f"{along}_plus": along}
        found.append(tables.over(columns, "y", along, beside, WALL, suffix=f"_{axis}"))
    return xr.merge(found, compat="override", join="exact")


def averages(run: Path, case: dict[str, Any]) -> xr.Dataset:
    """Means and second moments of the fluctuations over the complete batches, from wall to wall, in units of
    the case and in the laboratory. As in `rogallo stats`, but without the batch in progress."""
    folder, begin = run / "statistics", case["output"]["statistics"].get("from", 0.0)
    batches = [batch for batch in Files(folder, "statistics", _Batch) if batch.begin >= begin]
    if not batches:
        raise Error(
            f"there is no complete batch in {folder} from t = {begin:g} on; a batch has the length "
            "output.statistics.batch: continue the run, or lower output.statistics.from"
        )
    batches = [batch for batch in batches if batch.case == batches[-1].case]
    weight = sum(batch.weight for batch in batches)
    mean = {
        name: sum(batch.sums[name] for batch in batches) / weight
        for name in batches[-1].sums
    }
    last, variables = batches[-1], {}
    scalars = [name for name in mean if name.startswith("[") and name.count("[") == 1]
    for name in ("u", "w", "p", *scalars):
        frame = last.frame_velocity if name == "u" else 0.0
        variables[name.strip("[]")] = (mean[name] + frame, f"mean of {name.strip('[]')}", last.units[name])
    for a, b in (*PAIRS, *((a, s) for s in scalars for a in (s, "u", "v"))):
        # v has no mean.
        product = mean.get(a, 0.0) * mean.get(b, 0.0) if "v" not in (a, b) else 0.0
        bare = f"{b.strip('[]')}_variance" if a == b and b in scalars else f"{a}_{b.strip('[]')}"
        name = a + b if b not in scalars else bare
        variables[name] = (mean[a + b] - product, f"<{a}'{b}'>", last.units[a + b])
    described = {
        name: ("y", values, {"long_name": long_name, "units": units})
        for name, (values, long_name, units) in variables.items()
    }
    attrs = {
        "t_begin": batches[0].begin,
        "t_end": last.end,
        "samples": sum(batch.samples for batch in batches),
        "batches": len(batches),
    }
    return xr.Dataset(described, {"y": ("y", last.y, {"long_name": "y", "units": "h"})}, attrs)


class _Batch:
    """The sums of a batch."""

    def __init__(self, path: Path):
        with opened(path, "statistics") as file:
            self.case = text(file.attrs["case"])
            self.begin, self.end = float(file["t_begin"][()]), float(file["t_end"][()])
            self.samples, self.weight = int(file["samples"][()]), float(file["weight"][()])
            self.frame_velocity = float(file["frame_velocity"][()])
            self.y = file["y"][:]
            profiles = {
                name: data
                for name, data in file.items()
                if name != "y" and not name.startswith("spectra_") and text(data.attrs.get("axes", "")) == "y"
            }
            self.sums = {name: data[:] for name, data in profiles.items()}
            self.units = {name: text(data.attrs["units"]) for name, data in profiles.items()}
            # Those of a sum over time.
            self.units = {name: units.replace(" time of", " of") for name, units in self.units.items()}
