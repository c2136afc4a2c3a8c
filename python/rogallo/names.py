"""Symbols, names and units of the columns of tables, as in docs/glossary.md."""

import re

# Rows of: pattern of the name, symbol in mathematics of TeX, name, unit. A star stands for what the last
# brackets of the pattern match, a hash for what the first of two match.
Table = list[tuple[str, str, str, str]]

COMMON: Table = [
    ("time", "t", "time", "time"),
    ("step", "n", "number of the step", "1"),
    ("(uu|vv|ww|uv|uw|vw)", r"\langle * \rangle", "Reynolds stress *", "velocity^2"),
    ("R_(..)", "R_{*}", "Reynolds stress R_*", "velocity^2"),
]

SERIES: Table = [
    ("dt", r"\Delta t", "time step", "time"),
    ("cfl", "", "Courant number", "1"),
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
    ("divergence", "", "largest divergence over the largest gradient", "1"),
    ("bulk_velocity", "U_b", "bulk velocity", "velocity"),
    ("bulk_velocity_z", "W_b", "bulk velocity in z", "velocity"),
    ("pressure_gradient", "-dP/dx", "pressure gradient", "velocity^2 / length"),
    ("wall_shear_(lower|upper)", r"\nu\, dU/dy", "shear stress at the * wall", "velocity^2"),
    ("friction_velocity", r"u_\tau", "friction velocity", "velocity"),
    ("re_tau", r"Re_\tau", "friction Reynolds number", "1"),
    ("re_bulk", r"U_b h / \nu", "bulk Reynolds number", "1"),
    ("(.+)_variance", r"\langle \theta^2 \rangle", "variance of *", "scalar^2"),
    ("(.+)_(dissipation|production)", "", "* of the variance of #", "scalar^2 / time"),
    ("(.+)_flux_(.)", r"\langle u_* \theta \rangle", "flux of # in *", "velocity scalar"),
]

BUDGET: Table = [
    ("(rapid|slow)_(..)", r"\Pi_{*}", "# pressure strain of R_*", "velocity^2 / time"),
    ("(skewness|flatness)_(.)", "", "# of the longitudinal derivative in *", "1"),
    (r"(\w+)_(..)", "", "# of R_*", "velocity^2 / time"),
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
    ("(uu|vv|ww)_(.)", "E_{#}(k_*)", "one-dimensional spectrum of # over k_*", "velocity^2 length"),
    ("(.+)_variance", r"E_\theta(k)", "spectrum of the variance of *", "scalar^2 length"),
    ("(.+)_flux_y", r"E_{v\theta}(k)", "spectrum of the flux of * in y", "velocity scalar length"),
]

# Of a channel, in wall units; y, wavenumbers and separations also in units of h.
WALL: Table = [
    ("y", "y/h", "distance from the lower wall", "h"),
    ("y_plus", "y^+", "distance from the nearer wall", "nu / u_tau"),
    ("k(.)", "k_*", "wavenumber in *", "1 / h"),
    ("k(.)_plus", "k_*^+", "wavenumber in *", "u_tau / nu"),
    ("d(.)", r"\Delta *", "separation in *", "h"),
    ("d(.)_plus", r"\Delta *^+", "separation in *", "nu / u_tau"),
    ("E_(pp)_(.)", "E_{#}^+", "spectrum of # per wavenumber", "u_tau^3 nu"),
    ("E_(uu|vv|ww|uv)_(.)", "E_{#}^+", "spectrum of # per wavenumber", "u_tau nu"),
    ("E_(.+)_(.)", "", "spectrum of # per wavenumber", "wall units"),
    ("R_(.+)_(.)", "R_{#}", "two-point correlation of # in *", "1"),
    ("U", "U^+", "mean velocity", "u_tau"),
    ("W", "W^+", "mean velocity in z", "u_tau"),
    ("P", "P^+", "mean pressure over density", "u_tau^2"),
    ("dU", "dU^+/dy^+", "mean velocity gradient", "u_tau^2 / nu"),
    ("k", "k^+", "turbulent kinetic energy", "u_tau^2"),
    ("total_stress", r"\tau^+", "total shear stress", "u_tau^2"),
    ("stress_off_line", "", "deviation of the total stress from a straight line", "u_tau^2"),
    ("(uu|vv|ww|uv|uw|vw)", r"\langle * \rangle^+", "Reynolds stress *", "u_tau^2"),
    ("([uvw])_rms", "*'^+", "rms of *", "u_tau"),
    ("p_rms", "p'^+", "rms of the pressure over density", "u_tau^2"),
    ("omega_(.)_rms", r"\omega_*'^+", "rms of the vorticity in *", "u_tau^2 / nu"),
    ("(skewness|flatness)_([uvw])", "", "# of *", "1"),
    ("(skewness|flatness)_(.+)", "", "# of *", "1"),
    ("([uvw]{3}|p[uvw])", r"\langle * \rangle^+", "third moment *", "u_tau^3"),
    (r"(\w+)_(uu|vv|ww|uv|uw|vw|k)", "", "# of *", "u_tau^4 / nu"),
    ("(.+)_(mean|rms)", "", "* of #", "theta_tau"),
    ("([uvw])_(.+)", r"\langle # \theta \rangle^+", "flux of * along #", "u_tau theta_tau"),
    ("p_(.+)", r"\langle p \theta \rangle^+", "pressure times *", "u_tau^2 theta_tau"),
    ("([uvw]{2})_(.+)", r"\langle # \theta \rangle^+", "third moment # *", "u_tau^2 theta_tau"),
    (r"(\w+?)_(.+)_\2", "", "# of the variance of *", "u_tau^2 theta_tau^2 / nu"),
    (r"(\w+_[uvw])_(.+)", "", "# times *, of the budget of that flux", "u_tau^3 theta_tau / nu"),
]


def attributes(name: str, *tables: Table) -> dict[str, str]:
    """`long_name`, `units` and `symbol` of a column, by the first row that matches its name."""
    if name.endswith("_error"):
        own = attributes(name.removesuffix("_error"), *tables)
        return {**own, "long_name": f"sampling error of the {own['long_name']}", "symbol": ""}
    for pattern, symbol, long_name, units in (row for table in tables for row in table):
        if match := re.fullmatch(pattern, name):
            first, last = ("", "", *match.groups())[-2:]
            long_name = long_name.replace("#", first.replace("_", " ")).replace("*", last)
            symbol = symbol.replace("#", first).replace("*", last)
            return {"symbol": symbol, "long_name": long_name, "units": units}
    return {"symbol": "", "long_name": name, "units": ""}


def label(attrs: dict[str, str]) -> str:
    """The label of an axis."""
    name, symbol = attrs.get("long_name", ""), attrs.get("symbol", "")
    return f"{name[:1].upper()}{name[1:]}" + (f"  ${symbol}$" if symbol else "")


def unit(attrs: dict[str, str]) -> str:
    """The unit as a label."""
    words = re.sub("velocity|length|time|scalar", r"\\mathrm{\g<0>}", attrs.get("units", ""))
    tex = (
        words.replace("_tau", r"_\tau").replace("theta", r"\theta").replace("nu", r"\nu").replace(" ", r"\ ")
    )
    return f"${tex}$" if tex else ""
