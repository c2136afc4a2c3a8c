"""Checkpoints and snapshots: modes, and fields at points.

Velocities are fluctuations about the mean flow in a box, and those of the laboratory in a channel.
"""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from . import box, channel
from .errors import Error, unknown
from .files import lazy, opened, text

Complex = NDArray[np.complex128]
AXES = ("z", "y", "x")
VELOCITY = ("u", "v", "w")


class Stored:
    """A state of a run in a file: what checkpoints and snapshots share."""

    kind: str
    names: tuple[str, ...]
    """u, v, w and the scalars."""
    fields: Callable[..., xr.Dataset]
    """These fields at points; all if none is named."""

    def __init__(self, path: Path | str):
        self.path = Path(path)
        with opened(self.path, self.kind) as file:
            self.step = int(file.attrs["step"])
            self.time = float(file.attrs["time"])
            self.case: dict[str, Any] = tomllib.loads(text(file.attrs["case"]))
            self.flow = str(self.case["flow"]["kind"])
            self._look(file)

    def _look(self, file: Any) -> None:
        raise NotImplementedError

    def velocity(self, **options: Any) -> xr.Dataset:
        """u, v, w at points, with the options of `fields`."""
        return self.fields(*VELOCITY, **options)

    def scalars(self, **options: Any) -> xr.Dataset:
        """The scalars at points, with the options of `fields`."""
        scalars = [name for name in self.names if name not in VELOCITY]
        if not scalars:
            raise Error(f"the run of {self.path} has no scalars; a case has them as [scalar.NAME]")
        return self.fields(*scalars, **options)

    @property
    def deformation(self) -> box.Matrix:
        """B: the coordinates xi = B x move with the mean flow."""
        return np.eye(3) if self.flow == "channel" else box.deformation(self.case, self.time)

    def _chosen(self, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if name not in self.names:
                raise unknown("field", name, self.path, self.names)
        return names or self.names

    def _dataset(
        self, variables: dict[str, xr.Variable], coordinates: dict[str, Any], moving: bool
    ) -> xr.Dataset:
        said = "moving coordinate xi_{}" if moving else "{}"
        coords: dict[str, Any] = {"time": ((), self.time, {"long_name": "time"})}
        for axis in "xyz":
            attrs = {"units": "length of the case", "long_name": said.format(axis)}
            coords[axis] = ((axis,), coordinates[axis], attrs)
        return xr.Dataset(variables, coords, {"step": self.step, "source": str(self.path)})

    def __repr__(self) -> str:
        return f"<{self.kind} {self.path}, step {self.step}, time {self.time:.6g}: {', '.join(self.names)}>"


class Snapshot(Stored):
    """Fields at the grid points."""

    kind = "snapshot"

    def _look(self, file: Any) -> None:
        # The others are coordinates, the time, and the group of VTK.
        fields = [name for name, member in file.items() if len(getattr(member, "shape", ())) == len(AXES)]
        self.names = tuple(sorted(fields, key=lambda name: (name not in VELOCITY, name)))

    def fields(self, *names: str, **options: Any) -> xr.Dataset:
        """These fields at the points of the grid, all if none is named; they are read from the file when
        their values are needed. In a box whose mean flow does not keep the axes, the points move."""
        if options:
            raise Error("a snapshot has its own points; a checkpoint gives fields at others")
        with opened(self.path, self.kind) as file:
            variables = {name: lazy(self.path, self.kind, file[name], AXES) for name in self._chosen(names)}
            coordinates = {axis: file[axis][:] for axis in AXES}
        return self._dataset(variables, coordinates, self.flow != "channel" and not box.keeps_axes(self.case))


class Checkpoint(Stored):
    """The complete state of a run as modes, and fields made of them at any number of points."""

    kind = "checkpoint"

    def _look(self, file: Any) -> None:
        if self.flow not in ("homogeneous", "channel"):
            raise Error(f"{self.path} has the flow {self.flow!r}, which this package does not know")
        state = ("laplacian_v", "omega_y") if self.flow == "channel" else VELOCITY
        self._nx, self._nz, self._count = (file["modes"][name][:] for name in ("nx", "nz", "count"))
        scalars = sorted(name for name in file["state"] if name not in state)
        self.names = (*VELOCITY, *scalars)
        self._precision = np.dtype(file["state"][state[0]].dtype.type(0).real.dtype)
        units = {name: text(file["state"][name].attrs["units"]) for name in scalars}
        self._units = dict.fromkeys(VELOCITY, "velocity of the case") | units

    def modes(self, name: str, *, full: bool = False) -> xr.DataArray:
        """The modes of a field by their labels, ascending: [nz, ny, nx] in a box, of exp(i kappa.xi); [nz, n,
        nx] in a channel, of T_n(y) exp(i (k_x x + k_z z)). nx >= 0, as a real field needs; with `full`, all
        nx, with the conjugates. kappa_i = 2 pi n_i / L_i, and k = B^T kappa with B = `deformation`."""
        self._chosen((name,))
        is_box, last = self.flow != "channel", [int(abs(n).max()) for n in (self._nx, self._nz)]
        across = int(self._count.max())
        half = np.zeros((2 * last[1] + 1, across, last[0] + 1), complex)
        offset = across // 2 if is_box else 0
        lines = self._padded(self._read(name), across) if is_box else self._series((name,))[name]
        half[self._nz + last[1], :, self._nx] = np.roll(lines, offset, axis=1)
        mirror = -1 if is_box else 1
        half[: last[1], :, 0] = half[: last[1] : -1, ::mirror, 0].conj()
        if full:
            half = np.concatenate([half[::-1, ::mirror, :0:-1].conj(), half], axis=2)
        nx = np.arange(-last[0] if full else 0, last[0] + 1)
        y = ("ny" if is_box else "n", np.arange(across) - offset)
        coords = {"nz": np.arange(-last[1], last[1] + 1), y[0]: y[1], "nx": nx, "time": self.time}
        return xr.DataArray(half, coords, ("nz", y[0], "nx"), name, {"units": self._units[name]})

    def fields(
        self,
        *names: str,
        points: tuple[int, int, int] | None = None,
        y: Any = None,
        moving: bool | None = None,
    ) -> xr.Dataset:
        """These fields at points, all if none is named; dimensions z, y, x.

        `points` are the numbers of points in x, y and z, those of the grid if it is not given; more give the
        same field at finer points. In a channel the points in y are Gauss-Lobatto points, or those in `y`.
        In a box the points are those of x, y, z in space, as in snapshots; with `moving`, those of xi = B x,
        which move with the mean flow. Where the mean flow does not keep the axes, only those are possible."""
        grid = self.case["domain"]["grid"]
        chosen = self._chosen(names)
        nx, ny, nz = grid if points is None else self._checked(points)
        if self.flow == "channel":
            if moving:
                raise Error("the points of a channel are those of the laboratory; leave out moving=True")
            lines, coordinates = self._lines_of_channel(chosen, ny, y)
        else:
            if y is not None:
                raise Error("y chooses the points of a channel; a box has points=(nx, ny, nz)")
            moving = self._moves(moving)
            lines, coordinates = self._lines_of_box(chosen, ny, moving)
        b = np.eye(3) if moving else self.deformation
        size = self.case["domain"]["size"]
        for i, (axis, count) in enumerate((("x", nx), ("y", ny), ("z", nz))):
            coordinates.setdefault(axis, size[i] * np.arange(count) / (count * b[i, i]))
        variables = {}
        for name in chosen:
            values = self._to_points(lines.pop(name), nx, nz).astype(self._precision, copy=False)
            variables[name] = xr.Variable(AXES, values, {"units": self._units[name]})
        return self._dataset(variables, coordinates, bool(moving))

    def _checked(self, points: tuple[int, int, int]) -> tuple[int, int, int]:
        in_y = 2 if self.flow == "channel" else int(self._count.max())
        least = (2 * int(self._nx.max()) + 1, in_y, 2 * int(abs(self._nz).max()) + 1)
        if len(points) != 3 or any(have < need for have, need in zip(points, least, strict=True)):
            raise Error(f"points={points}: the modes of {self.path} need (nx, ny, nz) of at least {least}")
        return points

    def _moves(self, moving: bool | None) -> bool:
        keeps = box.keeps_axes(self.case)
        if moving is False and not keeps:
            raise Error(
                f"the mean flow of {self.path} turns planes of the box, so that there are no upright points: "
                "leave out moving=False; the points of xi are at x = B^-1 xi, B = checkpoint.deformation"
            )
        return not keeps if moving is None else moving

    def _lines_of_box(
        self, names: tuple[str, ...], ny: int, moving: bool
    ) -> tuple[dict[str, Complex], dict[str, Any]]:
        """Each field at points of y, for each (n_x, n_z) of xi or, if they do not move, of x."""
        lines = {}
        turn: Any = 1.0
        if not moving:
            # xi_x = B_xx x + B_xy y, and y = xi_y / B_yy.
            b, size = self.deformation, self.case["domain"]["size"]
            tilt = b[0, 1] / b[1, 1] * size[1] / (size[0] * ny) * np.arange(ny)
            turn = np.exp(2j * np.pi * self._nx[:, None] * tilt)
        for name in names:
            modes = self._padded(self._read(name), ny)
            lines[name] = np.fft.ifft(modes, axis=1, norm="forward") * turn
        return lines, {}

    def _lines_of_channel(
        self, names: tuple[str, ...], ny: int, y: Any
    ) -> tuple[dict[str, Complex], dict[str, Any]]:
        """Each field at points of y, for each (n_x, n_z), in the laboratory, and these points."""
        kept = int(self._count[0])
        if y is None:
            at, values = channel.points(ny), channel.polynomials_at_points(kept, ny)
        else:
            at = np.atleast_1d(np.asarray(y, float))
            if at.ndim != 1 or not (np.abs(at) <= 1.0).all():
                raise Error(f"y={y}: the points of a channel lie from -1 to 1, the walls")
            values = channel.polynomials(kept, at)
        size = self.case["domain"]["size"]
        turn = np.exp(-2j * np.pi * self._nx / size[0] * channel.travelled(self.case, self.time))
        lines = {name: series @ values * turn[:, None] for name, series in self._series(names).items()}
        return lines, {"y": at}

    def _series(self, names: tuple[str, ...]) -> dict[str, Complex]:
        """The Chebyshev coefficients [column, n] of fields of a channel."""
        kept, series = int(self._count[0]), {}
        if any(name in VELOCITY for name in names):
            phi, eta = (self._read(name).reshape(-1, kept) for name in ("laplacian_v", "omega_y"))
            series = channel.velocity(self.case, self.time, (self._nx, self._nz), phi, eta)
        mean = (self._nx == 0) & (self._nz == 0)
        for name in names:
            if name not in VELOCITY:
                series[name] = self._read(name).reshape(-1, kept)
                series[name][mean] = channel.unpacked(series[name][mean])
        return {name: series[name] for name in names}

    def _to_points(self, lines: Complex, nx: int, nz: int) -> NDArray[np.float64]:
        """The field [z, y, x] of lines in y, one for each (n_x, n_z)."""
        half = np.zeros((nz, lines.shape[1], nx // 2 + 1), complex)
        half[self._nz, :, self._nx] = lines
        upper = (self._nx == 0) & (self._nz > 0)
        half[-self._nz[upper], :, 0] = lines[upper].conj()
        return np.fft.irfft(np.fft.ifft(half, axis=0, norm="forward"), nx, axis=2, norm="forward")

    def _along(self) -> NDArray[np.int64]:
        """The label of each mode in its column: n_y = 0, 1, .. m, -m, .. -1, or n = 0, 1, .. in a channel."""
        count = np.repeat(self._count, self._count)
        place = np.arange(len(count)) - np.repeat(np.cumsum(self._count) - self._count, self._count)
        of_box: NDArray[np.int64] = np.where(place <= count // 2, place, place - count)
        return place if self.flow == "channel" else of_box

    def _padded(self, modes: Complex, ny: int) -> Complex:
        """The modes of a box as [column, n_y], with n_y in the order of a Fourier transform of ny points."""
        padded = np.zeros((len(self._count), ny), complex)
        padded[np.repeat(np.arange(len(self._count)), self._count), self._along()] = modes
        return padded

    def _read(self, name: str) -> Complex:
        with opened(self.path, self.kind) as file:
            modes: Complex = file["state"][name][:].astype(complex)
            if modes.shape != (self._count.sum(),):
                raise ValueError(f"{modes.shape} modes of {name}, not {self._count.sum()}")
        return modes
