"""Figures of one line, in the style of the program: its colours, sizes and typeface."""

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
from matplotlib.rcsetup import cycler

from .errors import Error, unknown
from .fields import AXES, Checkpoint, Snapshot
from .names import label, unit

if TYPE_CHECKING:
    from .run import Run

# As in src/figure: the colours of Okabe and Ito (2008), and viridis for maps and, without its light end, for
# times; the width of a panel in inches, and its height over its width.
CURVES = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00"]
GREY = "#707070"
WIDTH, ASPECT = 85.0 / 25.4, 0.75
STYLE: Any = {
    "axes.prop_cycle": cycler(color=CURVES),
    "axes.formatter.use_mathtext": True,
    "axes.labelsize": 8,
    "axes.linewidth": 0.6,
    "axes.titlesize": 7,
    "axes.xmargin": 0.0,
    "figure.constrained_layout.use": True,
    "font.family": "STIXGeneral",
    "font.size": 7,
    "image.cmap": "viridis",
    "legend.frameon": False,
    "lines.linewidth": 1.2,
    "mathtext.fontset": "stix",
    **{
        f"{axis}tick.{key}": value
        for axis in "xy"
        for key, value in (("direction", "in"), ("minor.visible", True))
    },
    "xtick.top": True,
    "ytick.right": True,
}
# Spectra that are shown at most, and their decades below the peak.
SHOWN, DECADES = 6, 10


class Plots:
    """Figures of a run. Each method returns a figure and, with `save="NAME"`, writes NAME.png (300 dpi) and
    NAME.pdf."""

    def __init__(self, run: "Run"):
        self._run = run

    def series(self, *names: str, save: Path | str | None = None) -> Figure:
        """Columns of the series over time; the energy if none is named."""
        data = self._run.series
        chosen = _find(data, names or ("energy",), self._run.path / "series.csv")
        with self._figure(save) as (figure, [axes]):
            for values in chosen:
                axes.plot(data["time"], values, label=_short(values))
            axes.set(xlabel="Time  $t$")
            _name(axes, chosen)
        return figure

    def spectrum(
        self, name: str | None = None, *, y_plus: float = 15.0, save: Path | str | None = None
    ) -> Figure:
        """Spectra over the wavenumber. Of a box: `energy`, or another column over k, at up to six times. Of a
        channel: `uu`, or another product, over k_x and k_z at the point nearest to y_plus."""
        data, where = self._run.spectra, f"the spectra of {self._run.path}"
        title = ""
        curves: list[tuple[Any, Any, str, Any]] = []
        if self._run.flow == "channel":
            chosen = _find(data, [f"E_{name or 'uu'}_{axis}" for axis in "xz"], where)
            at = int(np.abs(data["y_plus"].values - y_plus).argmin())
            title = f"$y^+ = {data['y_plus'].values[at]:.3g}$"
            for axis, values, curve in zip("xz", chosen, CURVES, strict=False):
                curves.append((data[f"k{axis}_plus"].values, np.abs(values.values[at]), f"$k_{axis}$", curve))
        else:
            over_k = data[[name for name in data if "k" in data[name].dims]]
            chosen = _find(over_k, [name or "energy"], where)
            times = data["time"].values
            shown = np.unique(np.linspace(0, len(times) - 1, SHOWN).round().astype(int))
            for i, sample in enumerate(shown):
                colour = mpl.colormaps["viridis"](0.85 * i / max(len(shown) - 1, 1))
                values = np.abs(chosen[0].values[sample])
                curves.append((data["k"].values, values, f"$t = {times[sample]:.4g}$", colour))
        with self._figure(save) as (figure, [axes]):
            for k, values, said, colour in curves:
                axes.plot(k[1:], np.where(values > 0.0, values, np.nan)[1:], label=said, color=colour)
            axes.set(xscale="log", yscale="log", ylabel=label(chosen[0].attrs), title=title)
            axes.set_xlabel("Wavenumber  $k^+$" if title else "Wavenumber  $k$")
            peak = max(float(np.nanmax(values)) for _, values, _, _ in curves)
            if peak > 0.0:
                axes.set_ylim(bottom=max(axes.get_ylim()[0], peak * 10.0**-DECADES))
            axes.legend()
        return figure

    def profiles(self, *names: str, save: Path | str | None = None) -> Figure:
        """Columns of the statistics of a channel over y+, with their sampling errors as bands; if none is
        named, the mean velocity and the Reynolds stresses. Over y where the halves differ."""
        data, where = self._run.statistics, f"the statistics of {self._run.path}"
        groups = [names] if names else [("U",), ("uu", "vv", "ww", "uv")]
        x = data["y_plus" if float(data["y"][-1]) < 1.5 else "y"]
        with self._figure(save, panels=len(groups)) as (figure, panels):
            for axes, group in zip(panels, groups, strict=True):
                chosen = _find(data, group, where)
                for values in chosen:
                    (line,) = axes.plot(x, values, label=_short(values))
                    error = data[f"{values.name}_error"]
                    # An average that is too short has none.
                    if np.isfinite(error).any():
                        edges = (values - error, values + error)
                        axes.fill_between(x, *edges, color=line.get_color(), alpha=0.25, lw=0)
                axes.set(xlabel=label(x.attrs))
                if group == ("U",) and x.name == "y_plus":
                    axes.set(xscale="log", xlim=(0.5, float(x[-1])))
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
        """A field in the plane of points nearest to x, y or z, from the newest checkpoint, or from the
        checkpoint or snapshot `of`."""
        given = [(axis, at) for axis, at in (("x", x), ("y", y), ("z", z)) if at is not None]
        if len(given) != 1:
            raise Error(f"a slice needs one of x, y and z, for instance run.plot.slice({name!r}, z=0)")
        ((axis, at),) = given
        stored = of or self._run.checkpoints[-1]
        field = stored.fields(name)[name]
        points = field[axis].values
        if not points[0] <= at <= 2 * points[-1] - points[-2]:
            raise Error(f"{axis} = {at:g} is outside of {stored.path}, {points[0]:g} to {points[-1]:g}")
        plane = field.isel({axis: int(np.abs(points - at).argmin())})
        up, along = (other for other in AXES if other != axis)
        height, width = (float(plane[other][-1] - plane[other][0]) for other in (up, along))
        with self._figure(save, aspect=0.2 + 0.75 * min(max(height / width, 0.25), 1.5)) as (figure, [axes]):
            image = axes.pcolormesh(plane[along], plane[up], plane, shading="nearest", rasterized=True)
            axes.set(xlabel=f"${along}$", ylabel=f"${up}$", aspect="equal")
            axes.set_title(f"${axis} = {float(plane[axis]):.4g}$,  $t = {stored.time:.4g}$")
            figure.colorbar(image, ax=axes, label=f"${name}$" if len(name) == 1 else name)
        return figure

    @contextmanager
    def _figure(
        self, save: Path | str | None, panels: int = 1, aspect: float = ASPECT
    ) -> Iterator[tuple[Figure, list[Axes]]]:
        """A figure of panels beside each other, and below them what run it is of."""
        with mpl.rc_context(STYLE):
            figure, axes = plt.subplots(1, panels, figsize=(WIDTH * panels, aspect * WIDTH), squeeze=False)
            try:
                yield figure, list(axes[0])
                case = self._run.case
                grid = r" \times ".join(map(str, case["domain"]["grid"]))
                facts = (
                    self._run.path.resolve().name,
                    f"${grid}$",
                    rf"$\nu = {case['fluid']['viscosity']:.4g}$",
                )
                figure.supxlabel(",  ".join(facts), x=0.99, ha="right", size=5, color=GREY)
                # Ticks are made here, while the style holds.
                figure.draw_without_rendering()
                if save is not None:
                    stem = Path(save)
                    stem.parent.mkdir(parents=True, exist_ok=True)
                    for ending in ("png", "pdf"):
                        figure.savefig(stem.with_name(f"{stem.name}.{ending}"), dpi=300)
            except BaseException:
                plt.close(figure)
                raise


def _find(data: xr.Dataset, names: Any, where: object) -> list[xr.DataArray]:
    for name in names:
        if name not in data.data_vars:
            raise unknown("quantity", name, where, map(str, data.data_vars))
    return [data[name] for name in names]


def _short(values: xr.DataArray) -> str:
    symbol = values.attrs["symbol"]
    return f"${symbol}$" if symbol else str(values.attrs["long_name"])


def _name(axes: Axes, chosen: list[xr.DataArray]) -> None:
    """One curve names its axis; several have a legend, and an axis of their unit if it is the same."""
    if len(chosen) == 1:
        axes.set_ylabel(label(chosen[0].attrs))
        return
    units = {unit(values.attrs) for values in chosen}
    axes.set_ylabel(units.pop() if len(units) == 1 else "")
    axes.legend()
