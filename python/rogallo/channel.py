"""The plane channel: velocity from the state, and Chebyshev series at points of y.

    v'' - k^2 v = phi,  v given at the walls
    u = i (k_x v' - k_z eta) / k^2,   w = i (k_z v' + k_x eta) / k^2

The equation of v is solved as the program solves it (src/channel/helmholtz.rs): integrated twice, tridiagonal
for each parity, so that both agree to round-off. In the column n_x = n_z = 0, phi and eta hold U and W.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float64]
Complex = NDArray[np.complex128]


def points(count: int) -> Real:
    """The Gauss-Lobatto points, ascending."""
    return np.cos(np.pi * np.arange(count) / (count - 1))[::-1]


def polynomials(kept: int, y: Real) -> Real:
    """T_n(y), n = 0 .. kept - 1, as [n, y]."""
    values: Real = np.cos(np.arange(kept)[:, None] * np.arccos(y))
    return values


def polynomials_at_points(kept: int, count: int) -> Real:
    """T_n at the Gauss-Lobatto points, to the last digit."""
    last = count - 1
    multiples = np.arange(kept)[:, None] * np.arange(last, -1, -1) % (2 * last)
    values: Real = np.cos(np.pi * np.arange(2 * last) / last)[multiples]
    return values


def unpacked(profile: Complex) -> Real:
    """The coefficients of a mean profile; in single precision each is stored as two numbers."""
    return profile.real + profile.imag


def velocity(
    case: dict[str, Any], time: float, labels: Any, phi: Complex, eta: Complex
) -> dict[str, Complex]:
    """The Chebyshev coefficients [column, n] of u, v and w, in the laboratory, in columns with these labels
    (n_x, n_z)."""
    nx, nz = labels
    mean = (nx == 0) & (nz == 0)
    kx, kz = (2.0 * np.pi * n / case["domain"]["size"][i] for n, i in ((nx, 0), (nz, 2)))
    k2 = np.where(mean, 1.0, kx**2 + kz**2)
    v = _solve(k2, phi.T, _through_walls(case, time, nx, nz))
    slope = np.zeros_like(v)
    slope[:-1] = np.polynomial.chebyshev.chebder(v)
    u = 1j * (kx * slope - kz * eta.T) / k2
    w = 1j * (kz * slope + kx * eta.T) / k2
    u[:, mean], v[:, mean], w[:, mean] = unpacked(phi[mean]).T, 0.0, unpacked(eta[mean]).T
    return {"u": u.T, "v": v.T, "w": w.T}


def _through_walls(case: dict[str, Any], time: float, nx: Any, nz: Any) -> Complex:
    """The modes of v at the lower and at the upper wall. The frame moves past the walls."""
    v = np.zeros((2, len(nx)), complex)
    for wave in case.get("walls", {}).get("transpiration", []):
        half = 0.5 * wave["amplitude"] * np.exp(1j * wave["phase"])
        own = np.zeros(len(nx), complex)
        for sign, mode in ((1, half), (-1, half.conjugate())):
            own[(nx == sign * wave["wavenumber"][0]) & (nz == sign * wave["wavenumber"][1])] = mode
        v += np.outer([wave["wall"] in (wall, "both") for wall in ("lower", "upper")], own)
    turn: Complex = v * np.exp(2j * np.pi * nx / case["domain"]["size"][0] * travelled(case, time))
    return turn


def travelled(case: dict[str, Any], time: float) -> float:
    """How far the frame has moved, in x."""
    return float(case["numerics"].get("frame_velocity", 0.0)) * time


def _solve(k2: Real, phi: Complex, walls: Complex) -> Complex:
    """v of `v'' - k^2 v = phi` as [n, column]: from the last coefficient down `v_n = a_n + b_n v_(n-2)`, from
    the first up a particular solution and a multiple of the homogeneous one."""
    kept = len(phi)
    degree = np.arange(2, kept)
    # The twofold integral of f without its last two: lower f_(n-2) - middle f_n + upper f_(n+2).
    lower, middle, upper = np.zeros((3, kept + 2))
    lower[2:kept] = np.where(degree == 2, 0.5, 0.25) / (degree * (degree - 1.0))
    middle[2:kept] = np.where(degree <= kept - 3, 0.5, 0.0) / (degree**2 - 1.0)
    upper[2:kept] = np.where(degree <= kept - 5, 0.25, 0.0) / (degree * (degree + 1.0))
    a, b = np.zeros((kept + 2, len(k2)), complex), np.zeros((kept + 2, len(k2)))
    source = np.concatenate([phi, np.zeros((2, len(k2)))])
    for n in range(kept - 1, 1, -1):
        gain = 1.0 / (1.0 + k2 * (middle[n] - upper[n] * b[n + 2]))
        twice = lower[n] * source[n - 2] - middle[n] * source[n] + upper[n] * source[n + 2]
        a[n] = gain * (k2 * upper[n] * a[n + 2] + twice)
        b[n] = gain * k2 * lower[n]
    own, other = np.zeros_like(phi), np.ones(phi.shape)
    for n in range(2, kept):
        own[n] = a[n] + b[n] * own[n - 2]
        other[n] = b[n] * other[n - 2]
    for parity, end in ((0, walls[1] + walls[0]), (1, walls[1] - walls[0])):
        missing = (0.5 * end - own[parity::2].sum(axis=0)) / other[parity::2].sum(axis=0)
        own[parity::2] += missing * other[parity::2]
    return own
