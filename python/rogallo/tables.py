"""The tables (CSV) of a run directory as datasets."""

from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from .errors import Error
from .names import Table, attributes

Columns = dict[str, NDArray[np.float64]]
Variables = dict[str, tuple[tuple[str, ...], NDArray[np.float64]]]


def read(path: Path, advice: str) -> Columns:
    """The columns of a table. Lines after # at its top say what it holds. A last line without its end is still being
    written, and is left out."""
    try:
        content = path.read_bytes().decode()
    except FileNotFoundError:
        raise Error(f"there is no {path}; {advice}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise Error(f"cannot read {path}: {error}") from error
    lines = content[: content.rfind("\n") + 1].splitlines()
    names, *rows = [line for line in lines if not line.startswith("#")] or [""]
    if not rows:
        raise Error(f"{path} has no rows yet; wait for the first sample of the run")
    # Cells may be empty: an error that is not known.
    cells = [row.replace(",,", ",nan,").replace(",,", ",nan,") for row in rows]
    cells = [row + "nan" if row.endswith(",") else row for row in cells]
    columns = names.split(",")
    try:
        values = np.loadtxt(cells, delimiter=",", ndmin=2)
        if values.shape[1] != len(columns):
            raise ValueError(f"{len(columns)} names, but {values.shape[1]} columns")
    except ValueError as error:
        raise Error(f"{path} is not a table of rogallo, or is damaged: {error}") from error
    return dict(zip(columns, values.T, strict=True))


def along(columns: Columns, dim: str, beside: tuple[str, ...], *names: Table) -> xr.Dataset:
    """A dataset over one column; `beside` are further coordinates."""
    return _dataset({name: ((dim,), values) for name, values in columns.items()}, (dim, *beside), names)


def over(
    columns: Columns, outer: str, inner: str, beside: dict[str, str], *names: Table, suffix: str = ""
) -> xr.Dataset:
    """A dataset over two columns, of which the inner one runs through its values for each of the outer one.
    `beside` gives the dimension of further coordinates, and `suffix` goes to the names of the others. What is
    missing is NaN."""
    axes = {name: np.unique(columns[name], return_index=True, return_inverse=True) for name in (outer, inner)}
    place = axes[outer][2], axes[inner][2]
    variables: Variables = {}
    for name, values in columns.items():
        if name in axes:
            variables[name] = ((name,), axes[name][0])
        elif name in beside:
            variables[name] = ((beside[name],), values[axes[beside[name]][1]])
        else:
            grid = np.full((len(axes[outer][0]), len(axes[inner][0])), np.nan)
            grid[place] = values
            variables[name + suffix] = ((outer, inner), grid)
    return _dataset(variables, (outer, inner, *beside), names)


def _dataset(variables: Variables, coordinates: tuple[str, ...], names: tuple[Table, ...]) -> xr.Dataset:
    described = {}
    for name, (dims, values) in variables.items():
        own = values.astype(np.int64) if name == "step" else values
        described[name] = (dims, own, attributes(name, *names))
    coords = {name: described.pop(name) for name in coordinates if name in described}
    return xr.Dataset(described, coords)
