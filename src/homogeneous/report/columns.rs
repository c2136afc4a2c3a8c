//! The columns of the tables of a box: units and meanings.

use crate::report::columns::{self, Explained, File, FileColumns};

const SAMPLE: [(&str, &str, &str); 2] = [("step", "1", "number of steps done"), ("time", "time", "time")];

const SERIES: [(&str, &str, &str); 27] = [
    ("dt", "time", "length of the last step"),
    ("cfl", "1", "Courant number of the last step"),
    ("energy", "velocity^2", "kinetic energy of the fluctuations per unit mass, E = q^2/2"),
    ("dissipation", "velocity^2/time", "its dissipation rate, eps = nu <omega_i omega_i>"),
    ("enstrophy", "1/time^2", "<omega_i omega_i>/2"),
    ("helicity", "velocity/time", "<u_i omega_i>"),
    ("uu vv ww uv uw vw", "velocity^2", "Reynolds stress <u_i u_j>"),
    ("b_xx b_yy b_zz b_xy b_xz b_yz", "1", "anisotropy <u_i u_j>/q^2 - delta_ij/3"),
    ("production", "velocity^2/time", "production of energy by the mean gradient, -A_ij <u_i u_j>"),
    ("injection", "velocity^2/time", "power of the force"),
    ("buoyancy_flux", "velocity^2/time", "power of buoyancy, b_i <u_i theta>"),
    ("shear_parameter", "1", "S q^2/eps with S = (2 S_ij S_ij)^(1/2) of the mean flow"),
    ("taylor_reynolds", "1", "u' lambda/nu with u' = (2 E/3)^(1/2)"),
    ("taylor_length", "length", "Taylor microscale, lambda = u' (15 nu/eps)^(1/2)"),
    ("kolmogorov_length", "length", "eta = (nu^3/eps)^(1/4)"),
    ("kmax_eta", "1", "largest wavenumber of the coarsest direction times eta"),
    ("integral_length", "length", "L = pi/(2 u'^2) int E(k)/k dk"),
    ("dissipation_coefficient", "1", "eps L/u'^3"),
    ("remesh_energy", "velocity^2", "energy that remeshing has dropped so far"),
    ("remesh_dissipation", "velocity^2/time", "dissipation rate that remeshing has dropped so far"),
    ("divergence", "1", "max |k.u| / (max |k| max |u|) of the modes: round-off"),
    ("NAME_variance", "[NAME]^2", "<theta^2> of the scalar NAME"),
    ("NAME_dissipation", "[NAME]^2/time", "2 D <|grad theta|^2>"),
    ("NAME_production", "[NAME]^2/time", "-2 G_i <u_i theta> of the mean gradient G"),
    ("NAME_flux_x", "velocity [NAME]", "<u theta>"),
    ("NAME_flux_y", "velocity [NAME]", "<v theta>"),
    ("NAME_flux_z", "velocity [NAME]", "<w theta>"),
];

const SHELLS: [(&str, &str, &str); 9] = [
    ("k", "1/length", "wavenumber of the shell"),
    ("energy", "velocity^2 length", "E(k)"),
    ("dissipation", "velocity^2 length/time", "2 nu k^2 E(k), summed over the modes of the shell"),
    ("transfer", "velocity^2 length/time", "T(k), gain of the shell by the nonlinear terms"),
    ("flux", "velocity^2/time", "Pi(k), transfer through k to larger wavenumbers"),
    ("uu vv ww uv", "velocity^2 length", "shell spectrum of a Reynolds stress"),
    ("production", "velocity^2 length/time", "production in the shell by the mean gradient"),
    ("NAME_variance", "[NAME]^2 length", "shell spectrum of the variance of the scalar NAME"),
    ("NAME_flux_y", "velocity [NAME] length", "shell spectrum of its flux <v theta>"),
];

const LINES: [(&str, &str, &str); 4] = [
    ("n", "1", "number of the wavenumber"),
    ("kx ky kz", "1/length", "wavenumber along x, y, z"),
    (
        "uu_x vv_x ww_x",
        "velocity^2 length",
        "one-dimensional spectrum over k_x; <u^2> is the bin width times half the first row and all others",
    ),
    ("uu_y vv_y ww_y uu_z vv_z ww_z", "velocity^2 length", "the same over k_y and k_z"),
];

/// Terms of the budget of each stress.
const TERMS: [(&str, &str, &str); 8] = [
    ("R", "velocity^2", "Reynolds stress"),
    ("production", "velocity^2/time", "production by the mean gradient"),
    ("rapid", "velocity^2/time", "pressure strain, part linear in the mean gradient"),
    ("slow", "velocity^2/time", "pressure strain of the fluctuations"),
    ("rotation", "velocity^2/time", "work of the Coriolis force, its pressure included"),
    ("buoyancy", "velocity^2/time", "work of buoyancy, its pressure included"),
    ("injection", "velocity^2/time", "work of the force"),
    ("dissipation", "velocity^2/time", "2 nu <du_i/dx_k du_j/dx_k>"),
];

const DERIVATIVES: [(&str, &str, &str); 2] = [
    ("skewness_x skewness_y skewness_z", "1", "skewness of du/dx, dv/dy, dw/dz"),
    ("flatness_x flatness_y flatness_z", "1", "flatness of du/dx, dv/dy, dw/dz"),
];

const MEAN: [(&str, &str, &str); 2] = [
    ("k", "1/length", "wavenumber of the shell"),
    ("energy", "velocity^2 length", "E(k), averaged over time"),
];

/// The tables of a box.
const FILES: [File; 5] = [
    ("series.csv", "History of a box", "One row per sample during the run. `NAME` is a scalar, theta."),
    ("spectra.csv", "Spectra over shells of k of a box", "A row per shell and sample."),
    ("spectra_1d.csv", "One-dimensional spectra of a box", "A row per wavenumber and sample."),
    (
        "budget.csv",
        "Budgets of the Reynolds stresses of a box",
        "With the moments of its velocity derivatives, a row per sample.",
    ),
    ("spectrum.csv", "Mean spectrum of a forced box", "Averaged over time by `rogallo stats`."),
];

/// The title of a table.
pub fn title(file: &str) -> &'static str {
    columns::title(&FILES, file)
}

/// The columns of all tables.
pub fn all() -> Vec<FileColumns> {
    let with = |of: &[(&str, &str, &str)]| [Explained::all(&SAMPLE), Explained::all(of)].concat();
    let terms = TERMS.iter().flat_map(|(term, unit, says)| {
        ["xx", "yy", "zz", "xy", "xz", "yz"].map(|c| Explained::new(format!("{term}_{c}"), *unit, *says))
    });
    let budget = [Explained::all(&SAMPLE), terms.collect(), Explained::all(&DERIVATIVES)].concat();
    let columns = [with(&SERIES), with(&SHELLS), with(&LINES), budget, Explained::all(&MEAN)];
    let file = |((file, title, note), columns)| FileColumns { file, title, note, columns };
    FILES.into_iter().zip(columns).map(file).collect()
}

/// The explanation of a column of a file; that of a scalar's is the one of `NAME`, that of `X_error` the one
/// of X.
pub fn explain(file: &str, name: &str) -> Explained {
    let name = name.strip_suffix("_error").unwrap_or(name);
    let columns = all().into_iter().find(|of| of.file == file).map_or(Vec::new(), |of| of.columns);
    let is_of = |own: &Explained| {
        let ending = own.name.strip_prefix("NAME");
        own.name == name || ending.is_some_and(|ending| name.ends_with(ending) && name.len() > ending.len())
    };
    let scalar = |own: &Explained, text: &str| match own.name.strip_prefix("NAME") {
        Some(ending) => text.replace("NAME", name.strip_suffix(ending).unwrap_or_default()),
        None => text.to_owned(),
    };
    let exact = columns.iter().find(|own| own.name == name);
    let found = exact.or_else(|| columns.iter().find(|own| is_of(own)));
    found.map_or(Explained::new(name, "", ""), |own| {
        Explained::new(name, scalar(own, &own.unit), scalar(own, &own.says))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_explained_and_scalars_take_their_names() {
        assert_eq!(explain("series.csv", "b_xy").unit, "1");
        let flux = explain("series.csv", "heat_flux_y");
        assert_eq!((&*flux.unit, &*flux.says), ("velocity [heat]", "<v theta>"));
        assert_eq!(explain("budget.csv", "slow_xz").says, "pressure strain of the fluctuations");
        assert_eq!(explain("series.csv", "odd").says, "");
        assert!(all().iter().all(|file| file.columns.iter().all(|one| !one.says.is_empty())));
    }
}
