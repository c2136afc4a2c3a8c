"""The moving box of homogeneous turbulence (Rogallo 1981), as in src/homogeneous/mean.rs:

    U_i = A_ij x_j,    xi = B x,    B = exp(-theta A),    theta = int factor dt,    k = B^T kappa

In a pure shear the box is remeshed whenever its tilt is a half, and B_xy grows by L_x / L_y.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Case = dict[str, Any]


def gradient(case: Case) -> Matrix:
    """The mean velocity gradient A, where its factor is one."""
    mean = case.get("mean", {})
    rate = mean.get("rate", 0.0)
    if mean.get("kind") == "gradient":
        return np.array(mean["gradient"], float)
    if mean.get("kind") == "shear":
        return np.array([[0.0, rate, 0.0], [0.0] * 3, [0.0] * 3])
    strains = {
        "plane-strain": (1.0, -1.0, 0.0),
        "axisymmetric-contraction": (1.0, -0.5, -0.5),
        "axisymmetric-expansion": (-1.0, 0.5, 0.5),
    }
    return np.diag([rate * part for part in strains.get(mean.get("kind"), (0.0, 0.0, 0.0))])


def keeps_axes(case: Case) -> bool:
    """Whether planes y and z stay such planes: the box is stretched along the axes and sheared in x at
    most."""
    a = gradient(case)
    return not any([a[1, 0], a[1, 2], a[0, 2], a[2, 0], a[2, 1]])


def deformation(case: Case, time: float) -> Matrix:
    """B at a time, after the remesh of that time."""
    a = gradient(case)
    schedule = case.get("mean", {}).get("schedule", [[0.0, 1.0]])
    b = _exponential(-_theta(schedule, time) * a)
    size = case["domain"]["size"]
    if a[0, 1] != 0.0 and np.count_nonzero(a) == 1:
        tilts = a[0, 1] * size[1] / size[0]
        b[0, 1] += _remeshes(schedule, tilts, time) * math.copysign(size[0] / size[1], tilts)
    return b


def _parts(schedule: list[list[float]]) -> list[tuple[float, float, float]]:
    """Begin, end and factor of each part of the schedule."""
    ends = [begin for begin, _ in schedule[1:]] + [math.inf]
    return [(begin, end, factor) for (begin, factor), end in zip(schedule, ends, strict=True)]


def _theta(schedule: list[list[float]], time: float) -> float:
    return sum(factor * max(min(end, time) - begin, 0.0) for begin, end, factor in _parts(schedule))


def _time_of(schedule: list[list[float]], theta: float) -> float:
    reached = 0.0
    for begin, end, factor in _parts(schedule):
        gain = factor * (end - begin) if factor > 0.0 else 0.0
        if factor > 0.0 and reached + gain >= theta:
            return begin + (theta - reached) / factor
        reached += gain
    return math.inf


def _remeshes(schedule: list[list[float]], tilts: float, time: float) -> int:
    """Remeshes up to a time, that time included, to the bit as the program counts them."""

    def time_of(number: int) -> float:
        return _time_of(schedule, (number + 0.5) / abs(tilts))

    count = math.floor(_theta(schedule, time) * abs(tilts) + 0.5)
    if count > 0 and time_of(count - 1) > time:
        return count - 1
    return count + (time_of(count) <= time)


def _exponential(a: Matrix) -> Matrix:
    """exp(a): the Taylor series of a / 2^s, squared s times. The series of a shear ends by itself."""
    if not np.any(a - np.diag(np.diag(a))):
        return np.diag(np.exp(np.diag(a)))
    largest = np.abs(a).sum(axis=1).max()
    halvings = max(math.ceil(math.log2(largest)) + 2, 0) if np.any(a @ a) else 0
    total = np.eye(3)
    for n in range(16, 0, -1):
        total = np.eye(3) + (a / 2**halvings) @ total / n
    for _ in range(halvings):
        total = total @ total
    return total
