"""Fields of a box from a checkpoint, by the formulas of docs/numerics.md: modes, wavenumbers of the moving
coordinates, values at points."""

import tomllib

import h5py
import numpy as np


def exponential(matrix):
    """exp of a matrix: its power series for a part of it, squared."""
    part, term = matrix / 64.0, np.eye(3)
    total = term
    for n in range(1, 20):
        term = term @ part / n
        total = total + term
    return np.linalg.matrix_power(total, 64)


class Mean:
    """The mean flow U_i = A_ij x_j and the coordinates xi = B x, B = exp(-theta A)."""

    def __init__(self, case):
        mean = case.get("mean", {"kind": "none"})
        rate = mean.get("rate", 0.0)
        self.full = {
            "none": lambda: np.zeros((3, 3)),
            "rotation": lambda: np.zeros((3, 3)),
            "shear": lambda: np.array([[0, rate, 0], [0, 0, 0], [0, 0, 0]], float),
            "plane-strain": lambda: np.diag([rate, -rate, 0.0]),
            "gradient": lambda: np.array(mean["gradient"], float),
        }[mean["kind"]]()
        self.rotation = np.array(mean.get("rotation", [0.0, 0.0, 0.0]), float)
        self.schedule = [tuple(row) for row in mean.get("schedule", [[0.0, 1.0]])]
        self.size = np.array(case["domain"]["size"], float)
        self.remeshed = mean["kind"] == "shear"

    def gradient(self, time):
        factor = [factor for begin, factor in self.schedule if begin <= time + 1e-12][-1]
        return factor * self.full

    def theta(self, time):
        ends = [begin for begin, _ in self.schedule[1:]] + [np.inf]
        pairs = zip(self.schedule, ends, strict=True)
        return sum(f * max(min(time, end) - begin, 0.0) for (begin, f), end in pairs)

    def deformation(self, time):
        b = exponential(-self.theta(time) * self.full)
        if self.remeshed:
            # The tilt of the cells stays within a half of them; a remesh is part of the step that ends at it.
            tilt = b[0, 1] * self.size[1] / self.size[0]
            b[0, 1] -= np.sign(tilt) * np.floor(abs(tilt) + 0.5 + 1e-9) * self.size[0] / self.size[1]
        return b


class State:
    """All modes of a checkpoint, at n modulo the number of points of `grid`."""

    def __init__(self, path, points=None):
        with h5py.File(path) as file:
            self.case = case = tomllib.loads(file.attrs["case"].decode())
            self.step, self.time = int(file.attrs["step"]), float(file.attrs["time"])
            self.numbers = {name: float(value) for name, value in file["numbers"].attrs.items()}
            stored = {name: field[:].astype(complex) for name, field in file["state"].items()}
            columns = [file["modes"][name][:] for name in ("nx", "nz", "first", "count")]
        self.grid = tuple(case["domain"]["grid"])
        self.points = tuple(2 * n for n in self.grid) if points is None else points
        labels = []
        for nx, nz, first, count in zip(*columns, strict=True):
            half = count // 2
            for j, ny in enumerate([*range(half + 1), *range(-half, 0)]):
                labels.append((nx, ny, nz, first + j))
        nx, ny, nz, at = np.array(labels).T
        mirrored = (nx != 0) | (nz != 0)
        self.stored = {}
        for name, modes in stored.items():
            full = np.zeros(self.points, complex)
            full[-nx[mirrored], -ny[mirrored], -nz[mirrored]] = modes[at[mirrored]].conj()
            full[nx, ny, nz] = modes[at]
            self.stored[name] = full
        self.largest = [int(abs(n).max()) for n in (nx, ny, nz)]
        self.kept = np.zeros(self.points, bool)
        self.kept[nx, ny, nz] = self.kept[-nx, -ny, -nz] = True
        self.mean = Mean(case)
        self.size = self.mean.size
        self.labels = np.meshgrid(*(np.fft.fftfreq(n, 1.0 / n) for n in self.points), indexing="ij")
        self.b = self.mean.deformation(self.time)
        kappa = [2.0 * np.pi * n / length for n, length in zip(self.labels, self.size, strict=True)]
        self.k = np.array([sum(self.b[i, j] * kappa[i] for i in range(3)) for j in range(3)])
        self.k2 = (self.k**2).sum(axis=0)
        self.u = np.array([self.stored[name] for name in "uvw"])
        self.a = self.mean.gradient(self.time)
        self.scalars = sorted(name for name in case.get("scalar", {}))

    def at_points(self, modes):
        return np.fft.ifftn(modes, norm="forward").real

    def modes(self, values):
        return np.fft.fftn(values, norm="forward")

    def slope(self, modes, i):
        return 1j * self.k[i] * modes

    def gradient_of_scalar(self, name):
        """G = exp(-theta A^T) G_0."""
        first = np.array(self.case["scalar"][name].get("gradient", [0.0, 0.0, 0.0]))
        return exponential(-self.mean.theta(self.time) * self.mean.full.T) @ first

    def process(self):
        """The random process of a force, as modes of its three components."""
        modes = np.zeros((3, *self.points), complex)
        for name, value in self.numbers.items():
            if name.startswith("force_"):
                _, direction, part, *label = name.split("_")
                n = np.array(label, int)
                value = value * (1.0 if part == "re" else 1j)
                modes["xyz".index(direction)][tuple(n)] += value
                modes["xyz".index(direction)][tuple(-n)] += np.conj(value)
        return modes

    def solved(self, source):
        """p of lap p = source."""
        safe = np.where(self.k2 > 0.0, self.k2, 1.0)
        return np.where(self.k2 > 0.0, -source / safe, 0.0)
