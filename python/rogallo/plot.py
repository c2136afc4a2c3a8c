"""Figures of one line, in the style of the program: its colours, sizes and typeface, mathematics in labels."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .errors import Error, unknown
from .fields import AXES, Checkpoint, Snapshot
from .names import Quantity

if TYPE_CHECKING:
    from .run import Run

# Those of src/figure/palette.rs: Okabe and Ito (2008); viridis without its light end over time.
CURVES = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00"]
GREY = "#707070"
STYLE: dict[str, Any] = {
    "axes.prop_cycle": mpl.cycler(color=CURVES),
    "axes.formatter.use_mathtext": True,
    "axes.labelsize": 8,
    "axes.linewidth": 0.6,
    "figure.constrained_layout.use": True,
    "font.family": "STIXGeneral",
    "font.size": 7,
    "image.cmap": "viridis",
    "legend.frameon": False,
    "lines.linewidth": 1.2,
    "mathtext.fontset": "stix",
    "xtick.direction": "in",
    "xtick.minor.visible": True,
    "xtick.top": True,
    "ytick.direction": "in",
    "ytick.minor.visible": True,
    "ytick.right": True,
}
# Width of a panel and its height over its width; spectra shown at most, and their decades below the peak.
WIDTH, ASPECT = 85.0 / 25.4, 0.75
SHOWN, DECADES = 6, 10


class Plots:
    """Figures of a run. Each method returns a figure and, with `save="NAME"`, writes NAME.png (300 dpi) and
    NAME.pdf."""

    def __init__(self, run: "Run"):
        self._run = run

    def series(self, *names: str, save: Path | str | None = None) -> Figure:
        """Columns of the series over time; the energy if none is named."""
        data = self._run.series
        chosen = [_find(data, name, self._run.path / "series.csv") for name in names or ("energy",)]
        with self._figure(save) as (figure, (axes,)):
            for values in chosen:
                axes.plot(data["time"], values, label=_label(values))
            axes.set(xlabel="Time  $t$", xlim=(data["time"][0], data["time"][-1]))
            _name(axes, chosen)
        return figure

    def spectrum(
        self, name: str | None = None, *, y_plus: float = 15.0, save: Path | str | None = None
    ) -> Figure:
        """Spectra over the wavenumber: of a box up to six times of `energy` or another column of
        `spectra.csv`; of a channel those of `uu` or another product over k_x and k_z, at the point nearest to
        y_plus."""
        data, where = self._run.spectra, f"the spectra of {self._run.path}"
        with self._figure(save) as (figure, (axes,)):
            if self._run.flow == "channel":
                for axis in "xz":
                    values = _find(data, f"E_{name or 'uu'}_{axis}", where)
                    line = values[int(abs(data["y_plus"] - y_plus).argmin())]
                    axes.plot(data[f"k{axis}_plus"][1:], abs(line[1:]), label=f"$k_{axis}$")
                at = float(line["y_plus"])
                axes.set(xlabel="Wavenumber  $k^+$", ylabel=f"Spectrum  ${values.attrs['symbol']}$")
                axes.set_title(f"$y^+ = {at:.3g}$")
            else:
                values = _find(data, name or "energy", where)
                if "k" not in values.dims:
                    raise Error(f"{name!r} of {where} is no spectrum over k; plot run.spectra[{name!r}]")
                shown = np.unique(np.linspace(0, len(data["time"]) - 1, SHOWN).round().astype(int))
                for i, sample in enumerate(shown):
                    colour = mpl.colormaps["viridis"](0.85 * i / max(len(shown) - 1, 1))
                    time = float(data["time"][sample])
                    axes.plot(data["k"][1:], values[sample, 1:], color=colour, label=f"$t = {time:.4g}$")
                axes.set(xlabel="Wavenumber  $k$", ylabel=_label(values, long=True))
            axes.set(xscale="log", yscale="log")
            top = np.nanmax(np.where(np.isfinite(values), values, 0.0))
            axes.set_ylim(bottom=max(axes.get_ylim()[0], top * 10.0**-DECADES or 1e-300))
            axes.legend()
        return figure

    def profiles(self, *names: str, save: Path | str | None = None) -> Figure:
        """Columns of the statistics of a channel over y+, with their errors as bands; if none is named, the
        mean velocity and the Reynolds stresses."""
        data, where = self._run.statistics, f"the statistics of {self._run.path}"
        groups = [names] if names else [("U",), ("uu", "vv", "ww", "uv")]
        symmetric = float(data["y"][-1]) < 1.5
        x = data["y_plus" if symmetric else "y"]
        with self._figure(save, len(groups)) as (figure, panels):
            for axes, group in zip(panels, groups, strict=True):
                chosen = [_find(data, name, where) for name in group]
                for values in chosen:
                    (line,) = axes.plot(x, values, label=_label(values))
                    error = data.get(f"{values.name}_error", xr.zeros_like(values))
                    axes.fill_between(x, values - error, values + error, color=line.get_color(), alpha=0.25, lw=0)
                axes.set(xlim=(0.0, float(x.max())), xlabel=_label(x, long=True))
                if group == ("U",) and symmetric:
                    axes.set(xscale="log", xlim=(0.5, float(x.max())))
                _name(axes, chosen)
        return figure

    def slice(
        self,
        name: str,
        *,
        x: float | None = None,
        y: float | None = None,
        z: float | None = None,
        of: Checkpoint | Snapshot | None = None,
        save: Path | str | None = None,
    ) -> Figure:
        """A field in the plane of points nearest to x, y or z, from the newest checkpoint or that, or the
        snapshot, given as `of`."""
        given = {axis: at for axis, at in (("x", x), ("y", y), ("z", z)) if at is not None}
        if len(given) != 1:
            raise Error(f"a slice needs one of x, y and z, for instance run.plot.slice({name!r}, z=0)")
        stored = of or self._run.checkpoints[-1]
        ((axis, at),) = given.items()
        field = stored.fields(name)
        points = field[axis]
        if not float(points.min()) <= at <= float(points.max()):
            raise Error(f"{axis} = {at:g} is not within the points of {stored.path}, {points[0]:g} to {points[-1]:g}")
        plane = field[name].sel({axis: at}, method="nearest")
        across, along = (other for other in AXES if other != axis)
        lengths = [float(plane[other].max() - plane[other].min()) for other in (across, along)]
        height = min(max(lengths[0] / lengths[1], 0.3), 1.5) * 0.8 + 0.15
        with self._figure(save, height=height * WIDTH) as (figure, (axes,)):
            image = axes.pcolormesh(plane[along], plane[across], plane, shading="nearest", rasterized=True)
            axes.set(xlabel=f"${along}$", ylabel=f"${across}$", aspect="equal")
            axes.set_title(f"${axis} = {float(plane[axis]):.4g}$,  $t = {stored.time:.4g}$")
            symbol = f"${name}$" if len(name) == 1 else name
            figure.colorbar(image, ax=axes, label=symbol)
        return figure

    @contextmanager
    def _figure(
        self, save: Path | str | None, panels: int = 1, height: float | None = None
    ) -> Iterator[tuple[Figure, list[Axes]]]:
        """A figure of panels beside each other, with what it shows in small letters below."""
        with mpl.rc_context(STYLE):
            size = (WIDTH * panels, height or ASPECT * WIDTH)
            figure, axes = plt.subplots(1, panels, figsize=size, squeeze=False)
            try:
                yield figure, list(axes[0])
                case = self._run.case
                grid = r" \times ".join(map(str, case["domain"]["grid"]))
                note = rf"{self._run.path.resolve().name},  ${grid}$,  $\nu = {case['fluid']['viscosity']:.4g}$"
                figure.supxlabel(note, x=0.99, ha="right", size=5, color=GREY)
                # Ticks are made here, while the style holds.
                figure.draw_without_rendering()
                if save is not None:
                    stem = Path(save)
                    stem.parent.mkdir(parents=True, exist_ok=True)
                    for ending in (".png", ".pdf"):
                        figure.savefig(stem.parent / (stem.name + ending), dpi=300)
            except BaseException:
                plt.close(figure)
                raise


def _find(data: xr.Dataset, name: str, where: object) -> xr.DataArray:
    if name not in data.data_vars:
        raise unknown("quantity", name, where, map(str, data.data_vars))
    return data[name]


def _label(values: xr.DataArray, long: bool = False) -> str:
    attrs = values.attrs
    named = Quantity(attrs.get("symbol", ""), attrs.get("long_name", str(values.name)), "")
    return named.label if long or not named.symbol else f"${named.symbol}$"


def _name(axes: Axes, chosen: list[xr.DataArray]) -> None:
    """One curve names its axis; several have a legend, and an axis of their unit if they share it."""
    if len(chosen) == 1:
        axes.set_ylabel(_label(chosen[0], long=True))
        return
    units = {str(values.attrs.get("units", "")) for values in chosen}
    axes.set_ylabel(units.pop() if len(units) == 1 else "")
    axes.legend()
