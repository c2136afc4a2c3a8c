"""Every column of the tables of a box, computed from its checkpoints: `box_tables.py RUN ..`.

The fields are evaluated at twice the points of the grid in each direction, where averages of products of two
and three fields are exact; definitions are those of Pope (2000), chapters 5, 6 and 11."""

import sys
from pathlib import Path

import numpy as np
from box_fields import State, exponential
from tables import Comparison, between, read

PAIRS = {"xx": (0, 0), "yy": (1, 1), "zz": (2, 2), "xy": (0, 1), "xz": (0, 2), "yz": (1, 2)}
EPSILON = np.zeros((3, 3, 3))
for cycle in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
    EPSILON[cycle], EPSILON[cycle[0], cycle[2], cycle[1]] = 1.0, -1.0


class Sample:
    """Values at points of a state: u_i, du_i/dx_j, scalars and their gradients."""

    def __init__(self, state):
        self.state = state
        self.u = np.array([state.at_points(u) for u in state.u])
        self.du = np.array([[state.at_points(state.slope(u, j)) for j in range(3)] for u in state.u])
        self.vorticity = np.einsum("ijk,kj...->i...", EPSILON, self.du)
        self.r = self.tensor(self.u, self.u) / 2.0
        self.theta = {name: state.at_points(state.stored[name]) for name in state.scalars}
        # -2 Omega x u, and the force of buoyancy.
        self.coriolis = -2.0 * np.einsum("ijk,j,k...->i...", EPSILON, state.mean.rotation, self.u)
        self.buoyancy = np.zeros_like(self.u)
        for name in state.scalars:
            b = np.array(state.case["scalar"][name].get("buoyancy", [0.0, 0.0, 0.0]))
            self.buoyancy += np.multiply.outer(b, self.theta[name])
        self.force = self.forces()

    @staticmethod
    def tensor(a, b):
        """<a_i b_j + a_j b_i>."""
        return np.array([[(a[i] * b[j] + a[j] * b[i]).mean() for j in range(3)] for i in range(3)])

    def forces(self):
        """The forcing at points."""
        state, forcing = self.state, self.state.case.get("forcing", {"kind": "none"})
        if forcing["kind"] == "constant-power":
            k = np.sqrt(state.k2)
            band = (k >= forcing["k_min"]) & (k <= forcing["k_max"]) & (k > 0.0)
            u = np.array([state.at_points(band * u) for u in state.u])
            return forcing["power"] / (u * u).sum(axis=0).mean() * u
        if forcing["kind"] == "linear":
            return forcing["rate"] * self.u
        if forcing["kind"] == "ornstein-uhlenbeck":
            b = state.process()
            k = np.sqrt(state.k2)
            b *= (k >= forcing["k_min"]) & (k <= forcing["k_max"])
            along = (state.k * b).sum(axis=0) / np.where(state.k2 > 0.0, state.k2, 1.0)
            return np.array([state.at_points(f) for f in b - state.k * along])
        if forcing["kind"] == "kolmogorov":
            wave = 2.0 * np.pi * forcing["wavenumber"] * np.arange(state.points[1]) / state.points[1]
            force = np.zeros_like(self.u)
            force[0] = forcing["amplitude"] * np.sin(wave)[None, :, None]
            return force
        return np.zeros_like(self.u)


def series(sample):
    state, case = sample.state, sample.state.case
    nu, r, du = case["fluid"]["viscosity"], sample.r, sample.du
    strain = 0.5 * (du + du.swapaxes(0, 1))
    q2, dissipation = np.trace(r), 2.0 * nu * (strain**2).sum(axis=(0, 1)).mean()
    u_rms = np.sqrt(q2 / 3.0)
    of_mean = 0.5 * (state.a + state.a.T)
    taylor = u_rms * np.sqrt(15.0 * nu / dissipation)
    kolmogorov = (nu**3 / dissipation) ** 0.25
    k = np.sqrt(np.where(state.k2 > 0.0, state.k2, np.inf))
    over_k = 0.5 * ((np.abs(state.u) ** 2).sum(axis=0) / k).sum()
    integral = np.pi / (2.0 * u_rms**2) * over_k
    row = {
        "step": state.step,
        "time": state.time,
        "energy": 0.5 * q2,
        "dissipation": dissipation,
        "enstrophy": 0.5 * (sample.vorticity**2).sum(axis=0).mean(),
        "helicity": (sample.u * sample.vorticity).sum(axis=0).mean(),
        "production": -(state.a * r).sum(),
        "injection": (sample.u * sample.force).sum(axis=0).mean(),
        "buoyancy_flux": (sample.u * sample.buoyancy).sum(axis=0).mean(),
        "shear_parameter": np.sqrt(2.0 * (of_mean**2).sum()) * q2 / dissipation,
        "taylor_reynolds": u_rms * taylor / nu,
        "taylor_length": taylor,
        "kolmogorov_length": kolmogorov,
        "kmax_eta": largest_wavenumber(state) * kolmogorov,
        "integral_length": integral,
        "dissipation_coefficient": dissipation * integral / u_rms**3,
        "divergence": 0.0,
    }
    for pair, (i, j) in PAIRS.items():
        row["uvw"[i] + "uvw"[j]] = r[i, j]
        row[f"b_{pair}"] = r[i, j] / q2 - (1.0 / 3.0 if i == j else 0.0)
    for name in state.scalars:
        scalar, theta = case["scalar"][name], sample.theta[name]
        d = nu / scalar["schmidt"]
        slopes = [state.at_points(state.slope(state.stored[name], i)) for i in range(3)]
        flux = [(u * theta).mean() for u in sample.u]
        gradient = state.gradient_of_scalar(name)
        row[f"{name}_variance"] = (theta**2).mean()
        row[f"{name}_dissipation"] = 2.0 * d * sum((slope**2).mean() for slope in slopes)
        row[f"{name}_production"] = -2.0 * gradient @ flux
        row |= {f"{name}_flux_{i}": f for i, f in zip("xyz", flux, strict=True)}
    return row


def largest_wavenumber(state):
    """Radius of the largest sphere of k between the planes of the largest labels n_i, the smallest of the
    three: the plane of n_i has the normal of row i of B^-T, since kappa = B^-T k."""
    normals = np.linalg.inv(state.b).T
    kappa = 2.0 * np.pi / state.size * state.largest
    return (kappa / np.sqrt((normals**2).sum(axis=1))).min()


def bins(width, k, largest, values):
    """Sums of values over bins of k, (s - 1/2) width <= k < (s + 1/2) width, over the width."""
    count = int(largest / width + 0.5) + 1
    place = (k / width + 0.5).astype(int).ravel()
    return np.array([np.bincount(place, value.ravel(), count)[:count] / width for value in values])


def nonlinear(sample):
    """Modes of N_i = -d(u_i u_j)/dx_j, of the modes that the box holds."""
    state = sample.state
    n = [
        -sum(state.slope(state.modes(sample.u[i] * sample.u[j]), j) for j in range(3)) for i in range(3)
    ]
    return np.array(n) * state.kept


def spectra(sample):
    state, nu = sample.state, sample.state.case["fluid"]["viscosity"]
    width = (2.0 * np.pi / state.size).max()
    signs = np.array(np.meshgrid(*[(-1, 1)] * 3)).reshape(3, -1)
    corners = state.b.T @ (signs * (2.0 * np.pi / state.size * state.largest)[:, None])
    r = {pair: (state.u[i].conj() * state.u[j]).real for pair, (i, j) in PAIRS.items()}
    production = -sum(
        state.a[i, j] * (state.u[i].conj() * state.u[j]).real for i in range(3) for j in range(3)
    )
    energy = 0.5 * (r["xx"] + r["yy"] + r["zz"])
    transfer = (state.u.conj() * nonlinear(sample)).real.sum(axis=0)
    values = {
        "energy": energy,
        "dissipation": 2.0 * nu * state.k2 * energy,
        "transfer": transfer,
        "uu": r["xx"],
        "vv": r["yy"],
        "ww": r["zz"],
        "uv": r["xy"],
        "production": production,
    }
    for name in state.scalars:
        theta = state.stored[name]
        values[f"{name}_variance"] = np.abs(theta) ** 2
        values[f"{name}_flux_y"] = (state.u[1].conj() * theta).real
    largest = np.sqrt((corners**2).sum(axis=0)).max()
    densities = bins(width, np.sqrt(state.k2), largest, values.values())
    rows = dict(zip(values, densities, strict=True))
    count = densities.shape[1]
    rows |= {"step": np.full(count, state.step), "time": np.full(count, state.time)}
    rows |= {"k": width * np.arange(count), "flux": -np.cumsum(rows["transfer"]) * width}
    return rows


def spectra_1d(sample):
    state = sample.state
    rows, longest = {}, 0
    for i, axis in enumerate("xyz"):
        others = [j for j in range(3) if j != i]
        upright = (state.b[others, i] == 0.0).all()
        unit = 2.0 * np.pi / state.size[i] * (abs(state.b[i, i]) if upright else 1.0)
        reach = (np.abs(state.b[:, i]) * 2.0 * np.pi / state.size * state.largest).sum()
        values = bins(unit, np.abs(state.k[i]), reach * (1.0 + 1e-12), np.abs(state.u) ** 2)
        values[:, 0] *= 2.0
        rows[f"k{axis}"] = unit * np.arange(values.shape[1])
        rows |= {f"{pair}_{axis}": value for pair, value in zip(("uu", "vv", "ww"), values, strict=True)}
        longest = max(longest, values.shape[1])
    padded = {name: np.r_[row, np.full(longest - len(row), np.nan)] for name, row in rows.items()}
    same = {"step": state.step, "time": state.time}
    return {
        **{name: np.full(longest, value) for name, value in same.items()},
        "n": np.arange(longest),
        **padded,
    }


def budget(sample):
    state, nu, du = sample.state, sample.state.case["fluid"]["viscosity"], sample.du
    r, a = sample.r, state.a

    def strain_by(p):
        """<p (du_i/dx_j + du_j/dx_i)>."""
        return np.array([[(p * (du[i, j] + du[j, i])).mean() for j in range(3)] for i in range(3)])

    # lap p = -2 A_ij du_j/dx_i + div(-2 Omega x u) + div b, and -d2(u_i u_j)/dx_i dx_j.
    linear = -2.0 * np.einsum("ij,ji...->...", a, du)
    linear = state.modes(linear)
    for force in (sample.coriolis, sample.buoyancy):
        linear = linear + sum(state.slope(state.modes(force[i]), i) for i in range(3))
    quadratic = sum(state.slope(n, i) for i, n in enumerate(nonlinear(sample)))
    rapid, slow = (state.at_points(state.solved(source)) for source in (linear, quadratic))
    production = -np.einsum("il,lj->ij", a, r)
    terms = {
        "R": r,
        "production": production + production.T,
        "rapid": strain_by(rapid),
        "slow": strain_by(slow),
        "rotation": sample.tensor(sample.u, sample.coriolis),
        "buoyancy": sample.tensor(sample.u, sample.buoyancy),
        "injection": sample.tensor(sample.u, sample.force),
        "dissipation": 2.0 * nu * np.einsum("il...,jl...->ij...", du, du).mean(axis=(2, 3, 4)),
    }
    row = {f"{term}_{pair}": value[ij] for term, value in terms.items() for pair, ij in PAIRS.items()}
    return {"step": state.step, "time": state.time, **row}


def moments(state):
    """Skewness and flatness of du/dx, dv/dy, dw/dz at the points of a state."""
    row = {}
    for i, axis in enumerate("xyz"):
        d = state.at_points(state.slope(state.u[i], i))
        row[f"skewness_{axis}"] = (d**3).mean() / (d**2).mean() ** 1.5
        row[f"flatness_{axis}"] = (d**4).mean() / (d**2).mean() ** 2
    return row


def steps(states):
    """dt and the Courant number `dt max sum |u_i| / dx_i` in cells of the moving grid, of the state at the
    beginning of the step; `states` has every step."""
    rows = {0: (0.0, 0.0)}
    for before, after in zip(states, states[1:], strict=False):
        dt = after.time - before.time
        speed = np.einsum("ij,j...->i...", before.b, [before.at_points(u) for u in before.u])
        cells = (before.size / before.grid).reshape(3, 1, 1, 1)
        rows[after.step] = (dt, dt * (np.abs(speed) / cells).sum(axis=0).max())
    return rows


def dropped(states):
    """Energy and dissipation dropped by remeshes up to each step. A remesh is within the step that ends at
    it, and the state before it is in no checkpoint: its modes that leave the grid, n_y - n_x, are
    extrapolated from the three steps before."""
    total, rows = np.zeros(2), {states[0].step: np.zeros(2)}
    for i, after in enumerate(states[1:], 1):
        mean, size = after.mean, after.size
        free = exponential(-mean.theta(after.time) * mean.full)
        jumps = [
            round((state.b - exponential(-mean.theta(state.time) * mean.full))[0, 1] * size[1] / size[0])
            for state in (states[i - 1], after)
        ]
        if jumps[0] != jumps[1]:
            shift = jumps[1] - jumps[0]
            free[0, 1] += jumps[0] * size[0] / size[1]
            kappa = [2.0 * np.pi * n / length for n, length in zip(after.labels, size, strict=True)]
            k2 = sum(sum(free[l, j] * kappa[l] for l in range(3)) ** 2 for j in range(3))
            leaving = np.abs(after.labels[1] - shift * after.labels[0]) > after.largest[1]
            times = [state.time for state in states[i - 3 : i]]
            energies = [(np.abs(state.u) ** 2).sum(axis=0) for state in states[i - 3 : i]]
            past = [np.log(np.maximum(energy, 1e-300)) for energy in energies]
            squares = np.exp(extrapolated(times, past, after.time)) * leaving
            nu = after.case["fluid"]["viscosity"]
            total = total + [0.5 * squares.sum(), nu * (k2 * squares).sum()]
        rows[after.step] = total
    return rows


def extrapolated(times, values, time):
    """The polynomial through values at times, at another time (Lagrange)."""
    total = 0.0
    for i, value in enumerate(values):
        others = [t for t in times if t != times[i]]
        total = total + value * np.prod([(time - t) / (times[i] - t) for t in others])
    return total


def check(run):
    files = sorted((run / "checkpoints").glob("[0-9]*.h5"))
    at_grid = [State(file, State(file).grid) for file in files]
    rates, remeshes = steps(at_grid), dropped(at_grid)
    sampled = {int(step) for step in read(run / "series.csv")["step"]}
    drawn = {int(step) for step in read(run / "budget.csv")["step"]}
    comparison = Comparison(run)
    tables = {"series": [], "budget": []}
    rows = {"spectra": [], "spectra_1d": []}
    for file, coarse in zip(files, at_grid, strict=True):
        if coarse.step not in sampled | drawn:
            continue
        sample = Sample(State(file))
        if coarse.step in sampled:
            dt, cfl = rates[coarse.step]
            energy, dissipation = remeshes[coarse.step]
            of_steps = {"dt": dt, "cfl": cfl, "remesh_energy": energy, "remesh_dissipation": dissipation}
            tables["series"].append({**series(sample), **of_steps})
        if coarse.step in drawn:
            tables["budget"].append({**budget(sample), **moments(coarse)})
            rows["spectra"].append(spectra(sample))
            rows["spectra_1d"].append(spectra_1d(sample))
    computed = {
        name: {column: np.array([row[column] for row in of_table]) for column in of_table[0]}
        for name, of_table in tables.items()
    } | {
        name: {column: np.concatenate([part[column] for part in parts]) for column in parts[0]}
        for name, parts in rows.items()
    }
    own = {}
    if at_grid[0].case["numerics"]["dealiasing"] == "phase-shift":
        # The program has the largest velocity at the points of a grid at a random place.
        own["cfl"] = 0.1
    extrapolated = dict.fromkeys(("remesh_energy", "remesh_dissipation"), 1e-3)
    comparison.table("series", computed["series"], own=extrapolated | own)
    comparison.table("budget", computed["budget"])
    comparison.table("spectra", computed["spectra"])
    comparison.table("spectra_1d", computed["spectra_1d"])
    numbers(comparison, computed)
    comparison.finish()


def check_ensemble(paths):
    """The tables of an ensemble, the last path, from those of its members, the others, at the same times."""
    *members, path = paths
    comparison = Comparison(path)
    for table in ("series", "spectra", "spectra_1d", "budget"):
        own = [read(member / f"{table}.csv") for member in members]
        computed = {column: np.mean([of[column] for of in own], axis=0) for column in own[0]}
        for column in set(own[0]) - {"step", "time", "dt", "k", "n", "kx", "ky", "kz"}:
            computed[f"{column}_error"] = between([of[column] for of in own])
        comparison.table(table, computed)
    comparison.finish()


def average(times, values, begin, end):
    """The mean from `begin` to `end` of what is linear between samples."""
    inner = times[(times > begin) & (times < end)]
    at = np.unique(np.concatenate([[begin], inner, [end]]))
    values = np.interp(at, times, values)
    return (0.5 * (values[1:] + values[:-1]) * np.diff(at)).sum() / (end - begin)


def numbers(comparison, computed):
    """What `rogallo stats` prints, and the mean spectrum of a forced box."""
    of_series, of_budget = computed["series"], computed["budget"]

    def ends(what, values):
        comparison.printed(f"{what} NUMBER at the start, NUMBER at the end", values[0], values[-1])

    ends("energy", of_series["energy"])
    ends("Taylor Reynolds number", of_series["taylor_reynolds"])
    ends("kmax eta", of_series["kmax_eta"])
    ends("integral length", of_series["integral_length"])
    ends("eps L / u'^3", of_series["dissipation_coefficient"])
    ends("derivative skewness", sum(of_budget[f"skewness_{i}"] for i in "xyz") / 3.0)
    largest = int(np.argmax(of_series["dissipation"]))
    peak = of_series["dissipation"][largest], of_series["time"][largest]
    comparison.printed("peak dissipation NUMBER at t = NUMBER", *peak)
    case = State(sorted((comparison.run / "checkpoints").glob("[0-9]*.h5"))[-1]).case
    if "mean" in case:
        ends("S q^2 / eps", of_series["shear_parameter"])
    if case.get("mean", {}).get("kind") == "shear":
        ends("b_xy", of_series["b_xy"])
    if not (comparison.run / "spectrum.csv").exists():
        return
    times = of_series["time"]
    begin, end = 0.5 * (times[0] + times[-1]), times[-1]
    comparison.printed("averaged t = NUMBER to NUMBER", begin, end)
    for name, column in {
        "energy": "energy",
        "dissipation": "dissipation",
        "Taylor Re": "taylor_reynolds",
        "kmax eta": "kmax_eta",
        "integral length": "integral_length",
        "eps L / u'^3": "dissipation_coefficient",
    }.items():
        pattern = f"{name} NUMBER\n"
        comparison.printed(pattern, average(times, of_series[column], begin, end))
    of_spectra = computed["spectra"]
    drawn = np.unique(of_spectra["time"])
    inside = drawn[drawn >= begin]
    energy = of_spectra["energy"].reshape(len(drawn), -1)
    mean = [average(drawn, shell, inside[0], end) for shell in energy.T]
    spectrum = {"k": of_spectra["k"][: len(mean)], "energy": mean}
    comparison.table("spectrum", spectrum, unchecked={"_error": "none in so short an average"})


if __name__ == "__main__":
    if sys.argv[1] == "--ensemble":
        check_ensemble([Path(run) for run in sys.argv[2:]])
    else:
        for run in sys.argv[1:]:
            check(Path(run))
