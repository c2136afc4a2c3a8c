"""Symbols, names and units of the columns of tables, as in docs/glossary.md."""

import re
from typing import NamedTuple


class Quantity(NamedTuple):
    """What a column is: symbol in mathematics of TeX, name, unit."""

    symbol: str
    long_name: str
    units: str

    @property
    def label(self) -> str:
        """For an axis of a figure."""
        name = self.long_name[:1].upper() + self.long_name[1:]
        return f"{name}  ${self.symbol}$" if self.symbol else name


# Rows of: pattern of the name, symbol, name, unit. A star stands for what the brackets of the pattern match.
Table = list[tuple[str, str, str, str]]

# Of several tables.
COMMON: Table = [
    ("time", "t", "time", "time"),
    ("step", "n", "number of the step", "1"),
    ("(uu|vv|ww|uv|uw|vw)", r"\langle * \rangle", "Reynolds stress *", "velocity^2"),
    ("R_(..)", "R_{*}", "Reynolds stress R_*", "velocity^2"),
]

SERIES: Table = [
    ("dt", r"\Delta t", "time step", "time"),
    ("cfl", r"\mathrm{CFL}", "Courant number", "1"),
    ("energy", "E", "kinetic energy", "velocity^2"),
    ("dissipation", r"\varepsilon", "dissipation rate", "velocity^2 / time"),
    ("enstrophy", r"\langle \omega_i \omega_i \rangle / 2", "enstrophy", "1 / time^2"),
    ("helicity", r"\langle u_i \omega_i \rangle", "helicity", "velocity / time"),
    ("b_(..)", "b_{*}", "anisotropy of the Reynolds stresses b_*", "1"),
    ("production", "P", "production by the mean gradient", "velocity^2 / time"),
    ("injection", "", "energy input by the forcing", "velocity^2 / time"),
    ("buoyancy_flux", r"b_i \langle u_i \theta \rangle", "energy input by buoyancy", "velocity^2 / time"),
    ("shear_parameter", r"S q^2 / \varepsilon", "shear parameter", "1"),
    ("taylor_reynolds", r"Re_\lambda", "Taylor Reynolds number", "1"),
    ("taylor_length", r"\lambda", "Taylor microscale", "length"),
    ("kolmogorov_length", r"\eta", "Kolmogorov length", "length"),
    ("kmax_eta", r"k_{\max} \eta", "resolution of the smallest scales", "1"),
    ("integral_length", "L", "integral length from the spectrum", "length"),
    ("dissipation_coefficient", r"C_\varepsilon", "normalised dissipation rate", "1"),
    ("remesh_energy", "", "energy dropped by remeshing", "velocity^2"),
    ("remesh_dissipation", "", "dissipation dropped by remeshing", "velocity^2 / time"),
    ("divergence", "", "largest divergence, over the largest gradient", "1"),
    ("bulk_velocity", "U_b", "bulk velocity", "velocity"),
    ("bulk_velocity_z", "W_b", "bulk velocity in z", "velocity"),
    ("pressure_gradient", "-dP/dx", "pressure gradient", "velocity^2 / length"),
    ("wall_shear_(lower|upper)", r"\nu\, dU/dy", "shear stress at the * wall", "velocity^2"),
    ("friction_velocity", r"u_\tau", "friction velocity", "velocity"),
    ("re_tau", r"Re_\tau", "friction Reynolds number", "1"),
    ("re_bulk", r"U_b h / \nu", "bulk Reynolds number", "1"),
    ("(.+)_variance", r"\langle \theta^2 \rangle", "variance of *", "scalar^2"),
    ("(.+)_dissipation", r"\varepsilon_\theta", "dissipation rate of the variance of *", "scalar^2 / time"),
    ("(.+)_production", r"P_\theta", "production of the variance of *", "scalar^2 / time"),
    ("(.+)_flux_x", r"\langle u \theta \rangle", "flux of * in x", "velocity scalar"),
    ("(.+)_flux_y", r"\langle v \theta \rangle", "flux of * in y", "velocity scalar"),
    ("(.+)_flux_z", r"\langle w \theta \rangle", "flux of * in z", "velocity scalar"),
]

BUDGET: Table = [
    ("rapid_(..)", r"\Pi^r_{*}", "rapid pressure strain of R_*", "velocity^2 / time"),
    ("slow_(..)", r"\Pi^s_{*}", "slow pressure strain of R_*", "velocity^2 / time"),
    ("dissipation_(..)", r"\varepsilon_{*}", "dissipation of R_*", "velocity^2 / time"),
    ("production_(..)", "P_{*}", "production of R_*", "velocity^2 / time"),
    ("rotation_(..)", "", "rotation term of R_*", "velocity^2 / time"),
    ("buoyancy_(..)", "", "buoyancy term of R_*", "velocity^2 / time"),
    ("injection_(..)", "", "forcing of R_*", "velocity^2 / time"),
    ("skewness_(.)", "", "skewness of the longitudinal derivative in *", "1"),
    ("flatness_(.)", "", "flatness of the longitudinal derivative in *", "1"),
]

SPECTRA: Table = [
    ("k", "k", "wavenumber", "1 / length"),
    ("n", "n", "label of the wavenumber", "1"),
    ("k([xyz])", "k_*", "wavenumber in *", "1 / length"),
    ("energy", "E(k)", "energy spectrum", "velocity^2 length"),
    ("dissipation", "D(k)", "dissipation spectrum", "velocity^2 length / time"),
    ("transfer", "T(k)", "energy transfer into a shell", "velocity^3"),
    ("flux", r"\Pi(k)", "energy flux through the outer side of a shell", "velocity^2 / time"),
    ("production", "P(k)", "spectrum of the production", "velocity^2 length / time"),
    ("(uu|vv|ww|uv)", "E_{*}(k)", "spectrum of *", "velocity^2 length"),
    ("(uu|vv|ww)_x", "E_{*}(k_x)", "one-dimensional spectrum of * over k_x", "velocity^2 length"),
    ("(uu|vv|ww)_y", "E_{*}(k_y)", "one-dimensional spectrum of * over k_y", "velocity^2 length"),
    ("(uu|vv|ww)_z", "E_{*}(k_z)", "one-dimensional spectrum of * over k_z", "velocity^2 length"),
    ("(.+)_variance", r"E_\theta(k)", "spectrum of the variance of *", "scalar^2 length"),
    ("(.+)_flux_y", r"E_{v\theta}(k)", "spectrum of the flux of * in y", "velocity scalar length"),
]

# Of a channel, in wall units; y, k and distances also in those of the case.
WALL: Table = [
    ("y", "y/h", "distance from the lower wall", "h"),
    ("y_plus", "y^+", "distance from the nearer wall", "nu / u_tau"),
    ("k([xz])", "k_*", "wavenumber in *", "1 / h"),
    ("k([xz])_plus", "k_*^+", "wavenumber in *", "u_tau / nu"),
    ("d([xz])", r"\Delta *", "separation in *", "h"),
    ("d([xz])_plus", r"\Delta *^+", "separation in *", "nu / u_tau"),
    ("E_(uu|vv|ww|uv)_([xz])", "E_{*}^+", "spectrum of * per wavenumber", "u_tau nu"),
    ("E_pp_([xz])", "E_{pp}^+", "spectrum of the pressure per wavenumber", "u_tau^3 nu"),
    ("E_(.+)_([xz])", "E_{*}", "spectrum of * per wavenumber", "wall units"),
    ("R_(.+)_([xz])", "R_{*}", "two-point correlation of *", "1"),
    ("([UW])", "*^+", "mean velocity *, relative to the nearer wall", "u_tau"),
    ("P", "P^+", "mean pressure over density", "u_tau^2"),
    ("dU", "dU^+/dy^+", "mean velocity gradient", "u_tau^2 / nu"),
    ("k", "k^+", "turbulent kinetic energy", "u_tau^2"),
    ("total_stress", r"\tau^+", "total shear stress", "u_tau^2"),
    ("stress_off_line", "", "deviation of the total stress from a straight line", "u_tau^2"),
    ("(uu|vv|ww|uv|uw|vw)", r"\langle * \rangle^+", "Reynolds stress *", "u_tau^2"),
    ("([uvw])_rms", "*'^+", "rms of *", "u_tau"),
    ("p_rms", "p'^+", "rms of the pressure over density", "u_tau^2"),
    ("omega_(.)_rms", r"\omega_*'^+", "rms of the vorticity in *", "u_tau^2 / nu"),
    ("skewness_(.)", "S(*)", "skewness of *", "1"),
    ("flatness_(.)", "F(*)", "flatness of *", "1"),
    ("([uvw]{3}|p[uv])", r"\langle * \rangle^+", "third moment *", "u_tau^3"),
    ("production_(.+)", "P_{*}^+", "production of *", "u_tau^4 / nu"),
    ("transport_(.+)", "", "turbulent transport of *", "u_tau^4 / nu"),
    ("viscous_(.+)", "", "viscous diffusion of *", "u_tau^4 / nu"),
    ("pressure_strain_(.+)", "", "pressure strain of *", "u_tau^4 / nu"),
    ("pressure_transport_(.+)", "", "pressure transport of *", "u_tau^4 / nu"),
    ("dissipation_(.+)", r"\varepsilon_{*}^+", "dissipation of *", "u_tau^4 / nu"),
    ("rotation_(.+)", "", "rotation term of *", "u_tau^4 / nu"),
    ("residual_(.+)", "", "residual of the budget of *", "u_tau^4 / nu"),
    ("(.+)_mean", r"\Theta^+", "mean of *", "theta_tau"),
    ("(.+)_rms", r"\theta'^+", "rms of *", "theta_tau"),
    ("u_(.+)", r"\langle u \theta \rangle^+", "flux of * in x", "u_tau theta_tau"),
    ("v_(.+)", r"\langle v \theta \rangle^+", "flux of * in y", "u_tau theta_tau"),
]


def quantity(name: str, *tables: Table) -> Quantity:
    """What a column of this name is, by the first row that matches; its bare name if no row does."""
    if name.endswith("_error"):
        own = quantity(name.removesuffix("_error"), *tables)
        return own._replace(symbol="", long_name=f"sampling error of the {own.long_name}")
    for pattern, symbol, long_name, units in (row for table in tables for row in table):
        if match := re.fullmatch(pattern, name):
            found = match.group(1) if match.groups() else ""
            return Quantity(symbol.replace("*", found), long_name.replace("*", found), units)
    return Quantity("", name, "")
