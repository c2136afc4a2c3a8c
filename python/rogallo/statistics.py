"""Averages of a channel, as `rogallo stats` has computed them."""

from pathlib import Path

import numpy as np
import xarray as xr

from . import tables
from .names import WALL


def profiles(run: Path, viscosity: float) -> xr.Dataset:
    """`profiles.csv` and `budgets.csv` over y, in wall units; `NAME_error` is the sampling error of NAME."""
    columns = _read(run, "profiles") | _read(run, "budgets")
    joined = tables.along(columns, "y", ("y_plus",), WALL)
    y, y_plus = joined["y"].values, joined["y_plus"].values
    # y+ = (distance from the nearer wall) Re_tau
    re_tau = float(y_plus[1] / min(y[1], 2.0 - y[1])) if len(y) > 1 else np.nan
    return joined.assign_attrs(re_tau=re_tau, u_tau=re_tau * viscosity, viscosity=viscosity)


def lines(run: Path, name: str, inner: str) -> xr.Dataset:
    """`NAME_x.csv` and `NAME_z.csv` over y and `inner`_x, `inner`_z, in wall units."""
    found = []
    for axis in "xz":
        columns, along = _read(run, f"{name}_{axis}"), f"{inner}{axis}"
        beside = {"y_plus": "y", f"{along}_plus": along}
        found.append(tables.over(columns, "y", along, beside, WALL, suffix=f"_{axis}"))
    return xr.merge(found, compat="override", join="exact")


def _read(run: Path, name: str) -> tables.Columns:
    advice = f"run `rogallo stats {run}` first, when averages have begun (output.statistics.from)"
    return tables.read(run / f"{name}.csv", advice)
