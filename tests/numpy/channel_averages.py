"""Averages of a channel over planes and samples, and wall units."""

import numpy as np

VELOCITY = "uvw"


class Sample:
    """Values [x, z, y] of the fields of a state and of their gradients; the mirror image if `mirrored`."""

    def __init__(self, state, weight, mirrored):
        self.weight, self.value, self.slope = weight, {}, {}
        for name in (*VELOCITY, "p", *state.scalars):
            values = [state.at_points(series) for series in (state.series[name], *state.slopes(name))]
            if mirrored:
                values = [value[..., ::-1] for value in values]
                values[2] = -values[2]
                ends = state.case.get("scalar", {}).get(name, {}).get("values")
                if name == "v" or ends:
                    values = [-value for value in values]
                if ends:
                    values[0] = values[0] + sum(ends)
            self.value[name], self.slope[name] = values[0], dict(zip("xyz", values[1:], strict=True))

    def about(self, mean, mean_slope):
        """The fluctuations about mean profiles."""
        fluctuations = Sample.__new__(Sample)
        fluctuations.weight = self.weight
        fluctuations.value = {name: value - mean[name] for name, value in self.value.items()}
        fluctuations.slope = {
            name: {**slope, "y": slope["y"] - mean_slope[name]} for name, slope in self.slope.items()
        }
        return fluctuations


class Averages:
    """Averages of the samples, over planes and time, as profiles over y."""

    def __init__(self, samples, line, frame, symmetric):
        self.samples, self.line, self.frame, self.symmetric = samples, line, frame, symmetric
        self.total = sum(sample.weight for sample in samples)
        names = samples[0].value
        self.mean = {name: self.over(lambda sample, name=name: sample.value[name]) for name in names}
        self.mean_slope = {
            name: self.over(lambda sample, name=name: sample.slope[name]["y"]) for name in names
        }
        self.samples = [sample.about(self.mean, self.mean_slope) for sample in samples]

    def over(self, values):
        return sum(sample.weight * values(sample).mean(axis=(0, 1)) for sample in self.samples) / self.total

    def product(self, *names):
        """<a' b' ..>."""
        return self.over(lambda sample: np.prod([sample.value[name] for name in names], axis=0))

    def with_slope(self, a, b, axis):
        """<a' db'/dx_axis>."""
        return self.over(lambda sample: sample.value[a] * sample.slope[b][axis])

    def of_slopes(self, a, b):
        """<da'/dx_k db'/dx_k>."""
        return self.over(lambda sample: sum(sample.slope[a][i] * sample.slope[b][i] for i in "xyz"))

    def vorticity(self, i):
        """The variance of a component of the vorticity."""
        j, k = {"x": "yz", "y": "zx", "z": "xy"}[i]
        component = dict(zip("xyz", VELOCITY, strict=True))
        return self.over(
            lambda sample: (sample.slope[component[k]][j] - sample.slope[component[j]][k]) ** 2
        )

    def share(self, name, n):
        """`A^n / <a'^2>^(n/2)`, with A the mean of a in the frame in which averages are stored: how much the
        rounding of `<a^n>` weighs in a central moment."""
        mean = np.abs(self.mean[name] - (self.frame if name == "u" else 0.0))
        if self.symmetric:
            mean = np.maximum(mean, mean[::-1])
        return mean**n / np.maximum(self.product(name, name), 1e-60) ** (n / 2)

    def fluctuates(self, name, n):
        """Whether `<a'^n>` is more than round-off: empty cells are at the walls, and where rounding weighs
        1e-3 or more."""
        variance = self.product(name, name)
        return (variance > 1e-20 * variance.max()) & (self.share(name, n) < 1e13)

    def d(self, profile):
        return self.line.slope @ profile


class Units:
    """Wall units: u_tau of the mean shear at both walls, theta_tau of the mean fluxes."""

    def __init__(self, averages, state):
        nu = state.viscosity

        def at_walls(name):
            return np.abs(averages.mean_slope[name][[0, -1]]).mean()

        self.velocity = np.sqrt(nu * at_walls("u"))
        self.length = nu / self.velocity
        self.of = dict.fromkeys(VELOCITY, self.velocity) | {"p": self.velocity**2}
        for name in state.scalars:
            d = nu / state.case["scalar"][name]["schmidt"]
            self.of[name] = d * at_walls(name) / self.velocity

    def product(self, *names):
        return np.prod([self.of[name] for name in names])
