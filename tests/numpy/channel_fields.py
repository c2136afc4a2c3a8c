"""Fields of a channel from a checkpoint, by the formulas of docs/channel.md: velocity, scalars and pressure
with their derivatives at the points of the grid."""

import tomllib

import h5py
import numpy as np
from numpy.polynomial import chebyshev


class Line:
    """Chebyshev series on [-1, 1] and their values at the Gauss-Lobatto points, ascending."""

    def __init__(self, points, kept):
        last = points - 1
        self.y = -np.cos(np.pi * np.arange(points) / last)
        self.values = chebyshev.chebvander(self.y, kept - 1)
        # The series through all values, of which the first ones are kept.
        self.series = np.linalg.inv(chebyshev.chebvander(self.y, last))
        self.kept = kept
        self.differentiate = np.zeros((kept, kept))
        self.differentiate[:-1] = chebyshev.chebder(np.eye(kept))
        # Of the values of a polynomial at the points, the values of its derivative.
        slopes = np.zeros((points, points))
        slopes[:-1] = chebyshev.chebder(np.eye(points))
        self.slope = chebyshev.chebvander(self.y, last) @ slopes @ self.series
        # f = sum f_n T_n, n < kept - 2, integrated twice.
        self.twice = chebyshev.chebint(np.eye(kept - 2), 2)
        # Of the values at the points, the mean over y.
        of_polynomials = np.array([0.0 if n % 2 else 1.0 / (1.0 - n * n) for n in range(points)])
        self.points_mean = of_polynomials @ self.series

    def solve(self, k2, source, ends, slopes=False):
        """p of `p'' - k^2 p = source` with p, or p' if `slopes`, given at both walls, by the tau method: the
        equation holds in all coefficients but the last two. Unknown are those of p'' and a + b y."""
        kept, size = self.kept, self.kept - 2
        matrix = np.zeros((kept, kept))
        matrix[:size, :size] = np.eye(size) - k2 * self.twice[:size]
        matrix[0, size], matrix[1, size + 1] = -k2, -k2
        of_ends = chebyshev.chebvander(np.array([-1.0, 1.0]), kept - 1)
        if slopes:
            of_ends = of_ends @ self.differentiate
        matrix[size:, :size] = of_ends @ self.twice
        matrix[size:, size:] = of_ends[:, :2]
        unknown = np.linalg.solve(matrix, np.concatenate([source[:size], ends]))
        solution = self.twice @ unknown[:size]
        solution[:2] += unknown[size:]
        return solution


class State:
    """The state of a checkpoint; fields as Chebyshev series [n_x, n_z, n], with n_x and n_z modulo the
    number of points."""

    def __init__(self, path):
        with h5py.File(path) as file:
            self.case = case = tomllib.loads(file.attrs["case"].decode())
            self.step, self.time = int(file.attrs["step"]), float(file.attrs["time"])
            stored = {name: field[:].astype(complex) for name, field in file["state"].items()}
            nx, nz, count = (file["modes"][name][:] for name in ("nx", "nz", "count"))
        self.points = case["domain"]["grid"]
        self.size = case["domain"]["size"]
        kept = int(count[0])
        self.line = Line(self.points[1], kept)
        self.viscosity = case["fluid"]["viscosity"]
        self.rotation = case["drive"].get("rotation", 0.0)
        self.scalars = sorted(case.get("scalar", {}))
        across = (self.points[0], self.points[2])
        self.kept = np.zeros(across, bool)
        self.kept[nx, nz] = self.kept[-nx, -nz] = True
        fields = {}
        for name, modes in stored.items():
            modes = modes.reshape(-1, kept)
            fields[name] = np.zeros((*across, kept), complex)
            fields[name][-nx, -nz] = modes.conj()
            fields[name][nx, nz] = modes
        labels = [np.fft.fftfreq(n, 1.0 / n) for n in across]
        lengths = (self.size[0], self.size[2])
        self.kx, self.kz = np.meshgrid(
            *(2.0 * np.pi * n / length for n, length in zip(labels, lengths, strict=True)), indexing="ij"
        )
        self.k2 = self.kx**2 + self.kz**2
        self.wall_u = np.array(case.get("walls", {}).get("velocity", [0.0, 0.0]))
        wave = case.get("walls", {}).get("oscillation", {"amplitude": 0.0, "period": 1.0})
        self.wall_w = wave["amplitude"] * np.sin(2.0 * np.pi * self.time / wave["period"])
        self.through = self.through_walls()
        self._velocity(fields["laplacian_v"], fields["omega_y"])
        for name in self.scalars:
            self.series[name] = fields[name]
        self.phi = fields["laplacian_v"]
        self.series["p"] = self._pressure()

    def through_walls(self):
        """The modes of v at both walls, of waves that stand still in the laboratory, seen in coordinates
        that move with `frame_velocity`."""
        v = np.zeros((*self.k2.shape, 2), complex)
        travelled = self.case["numerics"]["frame_velocity"] * self.time
        for wave in self.case.get("walls", {}).get("transpiration", []):
            mode = 0.5 * wave["amplitude"] * np.exp(1j * wave["phase"])
            nx, nz = wave["wavenumber"]
            mode *= np.exp(1j * self.kx[nx, nz] * travelled)
            walls = [wave["wall"] in ("lower", "both"), wave["wall"] in ("upper", "both")]
            v[nx, nz] += mode * np.array(walls)
            v[-nx, -nz] += mode.conj() * np.array(walls)
        return v

    def _velocity(self, phi, eta):
        """v of lap v = phi; u and w of continuity and eta = du/dz - dw/dx."""
        v = np.zeros_like(phi)
        for at in zip(*np.nonzero(self.kept & (self.k2 > 0.0)), strict=True):
            v[at] = self.line.solve(self.k2[at], phi[at], self.through[at])
        slope = v @ self.line.differentiate.T
        k2 = np.where(self.k2 > 0.0, self.k2, 1.0)[..., None]
        kx, kz = self.kx[..., None], self.kz[..., None]
        u = 1j * (kx * slope - kz * eta) / k2
        w = 1j * (kz * slope + kx * eta) / k2
        # In single precision a mean profile is stored as two numbers.
        u[0, 0], w[0, 0] = (field[0, 0].real + field[0, 0].imag for field in (phi, eta))
        self.series = {"u": u, "v": v, "w": w}

    def at_points(self, series):
        """Values [x, z, y]."""
        lines = series @ self.line.values.T
        return np.fft.ifft2(lines, axes=(0, 1), norm="forward").real

    def product(self, a, b):
        """The series of a product of values at points, of the modes and polynomials that are kept."""
        lines = np.fft.fft2(a * b, axes=(0, 1), norm="forward") * self.kept[..., None]
        return (lines @ self.line.series.T)[..., : self.line.kept]

    def slopes(self, name):
        """The derivatives of a field in x, y and z, as series."""
        series = self.series[name]
        along_y = series @ self.line.differentiate.T
        return 1j * self.kx[..., None] * series, along_y, 1j * self.kz[..., None] * series

    def _pressure(self):
        """p = p* - v^2 with

            p*'' - k^2 p* = k_x^2 (uu - vv) + 2 k_x k_z uw + k_z^2 (ww - vv) - 2 d(i k_x uv + i k_z vw)/dy
                            + 2 Omega omega_z,

        the divergence of the momentum equation, and its component along y at the walls,
        `dp*/dy = nu lap v - i (k_x U_w + k_z W_w) v`. The mean is `-<vv> - 2 Omega int U dy`, from the
        lower wall."""
        u, v, w = (self.at_points(self.series[name]) for name in "uvw")
        vv = self.product(v, v)
        kx, kz = self.kx[..., None], self.kz[..., None]
        source = kx**2 * (self.product(u, u) - vv) + kz**2 * (self.product(w, w) - vv)
        source += 2.0 * kx * kz * self.product(u, w)
        flux = 1j * (kx * self.product(u, v) + kz * self.product(v, w))
        source -= 2.0 * flux @ self.line.differentiate.T
        omega_z = 1j * kx * self.series["v"] - self.series["u"] @ self.line.differentiate.T
        source += 2.0 * self.rotation * omega_z
        ends = chebyshev.chebvander(np.array([-1.0, 1.0]), self.line.kept - 1)
        p = np.zeros_like(source)
        for at in zip(*np.nonzero(self.kept & (self.k2 > 0.0)), strict=True):
            speed = self.kx[at] * self.wall_u + self.kz[at] * self.wall_w
            slopes = self.viscosity * ends @ self.phi[at] - 1j * speed * self.through[at]
            p[at] = self.line.solve(self.k2[at], source[at], slopes, slopes=True)
        p -= vv
        of_mean = chebyshev.chebint(self.series["u"][0, 0].real)[: self.line.kept]
        of_mean[0] -= chebyshev.chebval(-1.0, of_mean)
        p[0, 0] -= 2.0 * self.rotation * of_mean
        return p
