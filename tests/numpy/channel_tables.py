"""Every column of the tables of a channel, computed from its checkpoints: `channel_tables.py RUN ..`.

Each checkpoint is a sample of the averages, with the time since the one before as its weight. Fluctuations
are those about the average over all samples; a symmetric channel has its samples and their mirror images.
The equations of the budgets are those of Mansour, Kim & Moin (1988)."""

import itertools
import sys
from pathlib import Path

import numpy as np
from channel_averages import VELOCITY, Averages, Sample, Units
from channel_fields import State
from tables import Comparison, between


def to_nearer(line, walls):
    """Of two numbers, that of the nearer wall; the centre belongs to the lower one."""
    return np.where(line.y <= 1e-12, walls[0], walls[1])


def profiles(averages, units, state):
    line, product = averages.line, averages.product
    distance = 1.0 - np.abs(line.y)
    columns = {
        "y": line.y + 1.0,
        "y_plus": distance / units.length,
        "U": (averages.mean["u"] - to_nearer(line, state.wall_u)) / units.velocity,
        "W": averages.mean["w"] / units.velocity,
        "P": averages.mean["p"] / units.of["p"],
        "dU": averages.mean_slope["u"] * units.length / units.velocity,
    }
    for a, b in itertools.combinations_with_replacement(VELOCITY, 2):
        columns[a + b] = product(a, b) / units.product(a, b)
    columns["k"] = 0.5 * sum(columns[a + a] for a in VELOCITY)
    stress = columns["dU"] - columns["uv"]
    columns["total_stress"] = stress
    columns["stress_off_line"] = stress - 0.5 * ((1 - line.y) * stress[0] + (1 + line.y) * stress[-1])
    for a in (*VELOCITY, "p"):
        columns[f"{a}_rms"] = np.sqrt(product(a, a)) / units.of[a]
    for i in "xyz":
        columns[f"omega_{i}_rms"] = np.sqrt(averages.vorticity(i)) * units.length / units.velocity
    for a in (*VELOCITY, *state.scalars):
        for n, quantity in ((3, "skewness"), (4, "flatness")):
            moment = product(*[a] * n) / np.maximum(product(a, a), 1e-60) ** (n / 2)
            columns[f"{quantity}_{a}"] = np.where(averages.fluctuates(a, n), moment, np.nan)
    for names in itertools.combinations_with_replacement(VELOCITY, 3):
        columns["".join(names)] = product(*names) / units.product(*names)
    for a in VELOCITY:
        columns[f"p{a}"] = product("p", a) / units.product("p", a)
    for name in state.scalars:
        columns[f"{name}_mean"] = averages.mean[name] / units.of[name]
        columns[f"{name}_rms"] = np.sqrt(product(name, name)) / units.of[name]
        for names in ("u", "v", "w", "p", "uv", "vv", "vw"):
            columns[f"{names}_{name}"] = product(*names, name) / units.product(*names, name)
        columns[f"v_{name}_{name}"] = product("v", name, name) / units.product("v", name, name)
    return columns


def budgets(averages, units, state):
    """Of D<ab>/Dt: production, transport, viscous and pressure terms, dissipation and that of rotation."""
    nu, d, product = state.viscosity, averages.d, averages.product
    axis = dict(zip(VELOCITY, "xyz", strict=True))
    # -2 Omega x u' = 2 Omega (v', -u', 0)
    coriolis = {"u": ("v", 2.0 * state.rotation), "v": ("u", -2.0 * state.rotation)}
    columns = {"y": averages.line.y + 1.0, "y_plus": (1.0 - np.abs(averages.line.y)) / units.length}

    def add(pair, terms, unit):
        terms["residual"] = sum(terms.values())
        name = "_".join(pair) if pair[1] in state.scalars else "".join(pair)
        columns.update({f"{term}_{name}": value * units.length / unit for term, value in terms.items()})

    def rotation_of(a, b):
        """<a' of the Coriolis force on b'>."""
        if b not in coriolis:
            return 0.0
        other, factor = coriolis[b]
        return factor * product(a, other)

    def production(a, b):
        mean = averages.mean_slope
        return -product("v", a) * mean[b] - product("v", b) * mean[a]

    of_k = {}
    for a, b in itertools.combinations_with_replacement(VELOCITY, 2):
        no = np.zeros_like(averages.line.y)
        along = {"v": 1.0}
        terms = {
            "production": production(a, b),
            "transport": -d(product(a, b, "v")),
            "viscous": nu * d(d(product(a, b))),
            "pressure_strain": averages.with_slope("p", a, axis[b]) + averages.with_slope("p", b, axis[a]),
            "pressure_transport": -d(
                along.get(a, 0.0) * product("p", b) + along.get(b, 0.0) * product("p", a) + no
            ),
            "dissipation": -2.0 * nu * averages.of_slopes(a, b),
        }
        if a == b:
            for term, value in terms.items():
                of_k[term] = of_k.get(term, 0.0) + 0.5 * value
        if state.rotation and (a in coriolis or b in coriolis):
            terms["rotation"] = rotation_of(a, b) + rotation_of(b, a)
        add((a, b), terms, units.velocity**3)
    add(("k", ""), of_k, units.velocity**3)
    for name in state.scalars:
        diffusivity = nu / state.case["scalar"][name]["schmidt"]
        terms = {
            "production": -2.0 * product("v", name) * averages.mean_slope[name],
            "transport": -d(product("v", name, name)),
            "molecular": diffusivity * d(d(product(name, name))),
            "dissipation": -2.0 * diffusivity * averages.of_slopes(name, name),
        }
        add((name, name), terms, units.product("u", name, name))
        for a in VELOCITY:
            # <a' dtheta'/dy>, and <theta' da'/dy> as the derivative of a product through its points.
            by_d = averages.with_slope(a, name, "y")
            by_nu = d(product(a, name)) - by_d
            terms = {
                "production": production(a, name),
                "transport": -d(product(a, "v", name)),
                "molecular": d(diffusivity * by_d + nu * by_nu),
                "pressure_scrambling": averages.with_slope("p", name, axis[a]),
                "pressure_transport": -d(product("p", name)) if a == "v" else np.zeros_like(by_d),
                "dissipation": -(nu + diffusivity) * averages.of_slopes(a, name),
            }
            if state.rotation and a in coriolis:
                terms["rotation"] = rotation_of(name, a)
            add((a, name), terms, units.product("u", a, name))
    return columns


def spectra(averages, units, state, direction):
    """Densities over k of spectra [y, k], one-sided; and the rows of their table."""
    axis, other = (0, 1) if direction == "x" else (1, 0)
    length = state.size[0 if direction == "x" else 2]
    number = int(state.kept.any(axis=other).sum() + 1) // 2
    step = 2.0 * np.pi / length
    pairs = [(a, a) for a in (*VELOCITY, "p")] + [("u", "v")]
    for name in state.scalars:
        pairs += [(name, name), ("u", name), ("v", name)]
    densities = {}
    for pair in pairs:
        total = 0.0
        for sample in averages.samples:
            a, b = (np.fft.fft2(sample.value[name], axes=(0, 1), norm="forward") for name in pair)
            along = (a.conj() * b).real.sum(axis=other)
            folded = along[:number].copy()
            folded[1:] += along[:-number:-1]
            total = total + sample.weight * folded
        densities[pair] = (total / averages.total / step).T
    return step * np.arange(number), densities


def spectral_tables(averages, units, state, direction):
    line, rows = averages.line, len(averages.line.y)
    k, densities = spectra(averages, units, state, direction)
    length = state.size[0 if direction == "x" else 2]
    r = 0.5 * length * np.arange(len(k) + 1) / len(k)

    def beside(name, x, unit):
        plus = (1.0 - np.abs(line.y)) / units.length
        of_y = {"y": np.repeat(line.y + 1.0, len(x)), "y_plus": np.repeat(plus, len(x))}
        return {**of_y, name: np.tile(x, rows), f"{name}_plus": np.tile(x * unit, rows)}

    spectrum = beside(f"k{direction}", k, units.length)
    correlation = beside(f"d{direction}", r, 1.0 / units.length)
    cosines = np.cos(np.outer(k, r)) * (k[1] - k[0])
    for (a, b), density in densities.items():
        scalar = b in state.scalars
        name = f"{a}_{b}" if scalar else a + b
        unit = units.product(a, b) * units.length
        spectrum[f"E_{name}"] = (density / unit).ravel()
        if a == b:
            variance = np.maximum(averages.product(a, a), 1e-300)[:, None]
            known = averages.fluctuates(a, 2)[:, None]
            correlation[f"R_{name}"] = np.where(known, density @ cosines / variance, np.nan).ravel()
    return spectrum, correlation


def series(states):
    """Rows of states, each behind the one before it. Integrals over y are those of the polynomial through
    the values at the points."""
    rows = [{"dt": 0.0, "cfl": 0.0, "pressure_gradient": 0.0, **row_of(states[0][1])}]
    for before, state in states[1:]:
        dt = state.time - before.time
        row = row_of(state)
        # The mean over the step: the drive balances the friction, and holds the bulk velocity.
        gradients = [0.5 * (r["wall_shear_lower"] - r["wall_shear_upper"]) for r in (row, row_of(before))]
        drive = state.case["drive"]
        gradient = drive["gradient"] if drive["kind"] == "pressure-gradient" else 0.5 * sum(gradients)
        u, v, w = (before.at_points(before.series[name]) for name in VELOCITY)
        dx, dz = (before.size[i] / before.points[i] for i in (0, 2))
        y = before.line.y
        dy = np.r_[y[1] - y[0], 0.5 * (y[2:] - y[:-2]), y[-1] - y[-2]]
        frame = before.case["numerics"]["frame_velocity"]
        cfl = dt * (np.abs(u - frame) / dx + np.abs(v) / dy + np.abs(w) / dz).max()
        rows.append({**row, "dt": dt, "cfl": cfl, "pressure_gradient": gradient})
    return {column: np.array([row[column] for row in rows]) for column in rows[0]}


def row_of(state):
    line, nu = state.line, state.viscosity
    weights = line.points_mean
    slope = {name: [state.at_points(of) for of in state.slopes(name)] for name in VELOCITY}
    u, v, w = (state.at_points(state.series[name]) for name in VELOCITY)
    (_, uy, uz), (vx, _, vz), (wx, wy, _) = (slope[name] for name in VELOCITY)
    vorticity = (wy - vz) ** 2 + (uz - wx) ** 2 + (vx - uy) ** 2
    shear = nu * uy.mean(axis=(0, 1))[[0, -1]]
    bulk = u.mean(axis=(0, 1)) @ weights
    friction = np.sqrt(0.5 * np.abs(shear).sum())
    return {
        "step": state.step,
        "time": state.time,
        "energy": 0.5 * (u * u + v * v + w * w).mean(axis=(0, 1)) @ weights,
        "dissipation": nu * vorticity.mean(axis=(0, 1)) @ weights,
        "bulk_velocity": bulk,
        "bulk_velocity_z": w.mean(axis=(0, 1)) @ weights,
        "wall_shear_lower": shear[0],
        "wall_shear_upper": shear[1],
        "friction_velocity": friction,
        "re_tau": friction / nu,
        "re_bulk": (bulk - state.wall_u.mean()) / nu,
    }


def vertex(x, y):
    """Place and height of the parabola through the largest value, not at an end, and its neighbours; the
    point itself if the vertex is not between them."""
    top = 1 + int(np.argmax(y[1:-1]))
    near = slice(top - 1, top + 2)
    if np.ptp(x[[top - 1, top + 1]]) > 1e-9 * x[top]:
        a, b, c = np.linalg.solve(np.vander(x[near]), y[near])
        if a < 0.0 and x[near].min() <= -0.5 * b / a <= x[near].max():
            return -0.5 * b / a, c - 0.25 * b * b / a
    return x[top], y[top]


def numbers_of(averages, units, columns, state):
    """The table of single numbers, of which some are printed."""
    bulk = averages.mean["u"] @ averages.line.points_mean - state.wall_u.mean()
    shear = state.viscosity * averages.mean_slope["u"][[0, -1]]
    at, peak = vertex(columns["y_plus"], columns["u_rms"])
    half = 0.5 * np.ptp(state.wall_u)
    row = {
        "u_tau": units.velocity,
        "re_tau": units.velocity / state.viscosity,
        "bulk": bulk,
        "re_bulk": bulk / state.viscosity,
        "peak_u_rms": peak,
        "peak_at": at,
        "shear_lower": shear[0],
        "shear_upper": shear[1],
        "u_tau_lower": np.sqrt(abs(shear[0])),
        "u_tau_upper": np.sqrt(abs(shear[1])),
    }
    if half:
        row["friction_of_walls"] = 2.0 * (units.velocity / half) ** 2
    else:
        centre = averages.mean["u"][len(averages.line.y) // 2] - state.wall_u.mean()
        row |= {"centre_over_bulk": centre / bulk, "friction_of_bulk": 2.0 * (units.velocity / bulk) ** 2}
    row |= {f"{name}_tau": units.of[name] for name in state.scalars}
    return {name: np.array([value]) for name, value in row.items()}


def numbers(comparison, averages, columns):
    """What `rogallo stats` prints."""
    row = {name: value[0] for name, value in columns["numbers"].items()}
    comparison.printed("Re_tau NUMBER", row["re_tau"])
    comparison.printed("peak of u'+ NUMBER at y+ = NUMBER", row["peak_u_rms"], row["peak_at"])
    comparison.printed("U_b NUMBERANY U_b h/nu NUMBER", row["bulk"], row["re_bulk"])
    if "friction_of_walls" in row:
        comparison.printed("C_f NUMBER", row["friction_of_walls"])
    else:
        comparison.printed("U_centre / U_b NUMBER", row["centre_over_bulk"])
        comparison.printed("C_f NUMBER", row["friction_of_bulk"])
    if not averages.symmetric:
        shear, own = ([row[f"{of}_{wall}"] for wall in ("lower", "upper")] for of in ("shear", "u_tau"))
        comparison.printed("nu dU/dy lower wall NUMBER, upper wall NUMBER", *shear)
        walls = "u_tau lower wall NUMBER, upper wall NUMBER; wall units use NUMBER"
        comparison.printed(walls, *own, row["u_tau"])
    off, y_plus = columns["profiles"]["stress_off_line"], columns["profiles"]["y_plus"]
    furthest = int(np.argmax(np.abs(off)))
    at = float(f"{y_plus[furthest]:.3g}")
    where = "total stress largest deviation from a straight line NUMBER u_tau^2, at y+ = NUMBER"
    comparison.printed(where, off[furthest], at)
    residual, production = (columns["budgets"][f"{term}_k"] for term in ("residual", "production"))
    furthest = int(np.argmax(np.abs(residual)))
    share, at = np.abs(residual).max() / np.abs(production).max(), float(f"{y_plus[furthest]:.3g}")
    comparison.printed("budget of k residual up to NUMBER of the peak production, at y+ = NUMBER", share, at)


class Run:
    """The states of a run, and the samples of its averages."""

    def __init__(self, path):
        self.path = path
        self.states = [State(file) for file in sorted((path / "checkpoints").glob("[0-9]*.h5"))]
        self.first = first = self.states[0]
        self.output = first.case["output"]
        self.symmetric = not first.rotation and not np.ptp(first.wall_u) and not first.through.any()
        self.samples = [
            Sample(state, (state.time - before.time) * (0.5 if self.symmetric else 1.0), mirrored)
            for before, state in itertools.pairwise(self.every("statistics"))
            for mirrored in ((False, True) if self.symmetric else (False,))
        ]

    def every(self, output):
        """The states of which there is this output."""
        return [state for state in self.states if state.step % self.output[output]["every_steps"] == 0]


def tables(run, samples):
    """All tables of averages over samples, with the rows that are written, and the averages."""
    line, state = run.first.line, run.first
    averages = Averages(samples, line, state.case["numerics"]["frame_velocity"], run.symmetric)
    units = Units(averages, state)
    computed = {"profiles": profiles(averages, units, state), "budgets": budgets(averages, units, state)}
    for direction in "xz":
        of_direction = spectral_tables(averages, units, state, direction)
        computed[f"spectra_{direction}"], computed[f"correlations_{direction}"] = of_direction
    lost = rounding(averages, units, computed)
    kept = (len(line.y) + 1) // 2 if run.symmetric else len(line.y)
    written = {}
    for name, columns in computed.items():
        part = len(columns["y"]) // len(line.y) * kept
        written[name] = {column: values[:part] for column, values in columns.items()}
        lost.update({c: lost[c][:part] for own in columns for c in (own, f"{own}_error") if c in lost})
    written["numbers"] = numbers_of(averages, units, written["profiles"], state)
    return written, lost, averages, units


def compare(comparison, computed, lost, unchecked):
    for name, columns in computed.items():
        if name == "numbers" and not (comparison.run / "numbers.csv").exists():
            continue
        # Near a wall v has the round-off of the channel. Two derivatives multiply round-off, and the variance
        # of a scalar has that of its mean.
        tolerance = 1e-8 if name == "budgets" else 1e-10
        of_scalars = {c: 1e-7 for c in columns if c.startswith("molecular")}
        own = {column: value for column, value in lost.items() if column in columns}
        comparison.table(name, columns, tolerance, of_scalars, unchecked, own)


def check(path):
    run, comparison = Run(path), Comparison(path)
    drawn = run.every("series")
    before = dict(zip([state.step for state in run.states[1:]], run.states, strict=False))
    # The gradient is that of the time scheme, the number here is of second order in the step.
    of_series = series([(before.get(state.step), state) for state in drawn])
    comparison.table("series", of_series, 1e-10, own={"pressure_gradient": 1e-3})
    computed, lost, averages, units = tables(run, run.samples)
    compare(comparison, computed, lost, {"_error": "averages this short have no errors"})
    numbers(comparison, averages, computed)
    comparison.finish()


def check_ensemble(paths):
    """The tables of an ensemble, the last path, of members, the others: averages over the samples of all,
    and errors by the jackknife (Miller 1974), with a member as a batch."""
    *members, path = paths
    runs, comparison = [Run(member) for member in members], Comparison(path)
    computed, lost, *_ = tables(runs[0], [sample for run in runs for sample in run.samples])
    without = [
        tables(runs[0], [sample for run in runs if run is not left_out for sample in run.samples])[0]
        for left_out in runs
    ]
    for name, columns in computed.items():
        fixed = [c for c in columns if c in ("y", "y_plus") or c[:2] in ("kx", "kz", "dx", "dz")]
        for column in set(columns) - set(fixed):
            pseudo = [
                len(runs) * columns[column] - (len(runs) - 1) * part[name][column] for part in without
            ]
            columns[f"{column}_error"] = between(pseudo)
    compare(comparison, computed, lost, {})
    comparison.finish()


def rounding(averages, units, computed):
    """What the program loses by the rounding of averages of full fields, `<aa> - A^2` and so on."""
    lost, rows = {}, len(averages.line.y)
    for name in averages.mean:
        def of(n, name=name):
            return 1e-14 * averages.share(name, n)

        root = np.sqrt(averages.product(name, name)) / units.of[name]
        lost[f"{name}_rms"] = root * np.minimum(of(2), np.sqrt(of(2)))
        lost[f"skewness_{name}"], lost[f"flatness_{name}"] = of(3), of(4)
        correlation = f"R_{name}_{name}" if len(name) > 1 else f"R_{name}{name}"
        for table in computed.values():
            if correlation in table:
                lost[correlation] = np.repeat(of(2), len(table["y"]) // rows)
    # The pseudo-values of a jackknife are a few times as large as the values.
    return lost | {f"{column}_error": 10.0 * value for column, value in lost.items()}


if __name__ == "__main__":
    if sys.argv[1] == "--ensemble":
        check_ensemble([Path(run) for run in sys.argv[2:]])
    else:
        for run in sys.argv[1:]:
            check(Path(run))
