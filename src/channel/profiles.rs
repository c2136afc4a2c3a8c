//! The mean profiles: U, W and the means of the scalars, the coefficients of n_x = n_z = 0. They are
//! large compared with their increment in a step, and friction is the slope of U: they are stored and
//! advanced in double precision, whatever the precision of the fields.
//!
//! The fields store each coefficient as two numbers of their own precision: the real part is the
//! nearest one, and the imaginary part, which a mean does not have, holds the remainder. Two numbers
//! of single precision hold 48 bits; in double precision the second one is zero.

use super::line::{COEFFICIENT, Group, Operators};
use super::update::{Columns, Substep, Update};
use crate::transform::Real;
use num_complex::Complex;

/// A coefficient of a profile, as it stands in the fields.
pub fn pack<T: Real>(value: f64) -> Complex<T> {
    let nearest = T::of(value);
    Complex::new(nearest, T::of(value - nearest.wide()))
}

/// The coefficient that stands in the fields.
pub fn unpack<T: Real>(packed: Complex<T>) -> f64 {
    packed.re.wide() + packed.im.wide()
}

/// A profile as the column of a field: with the mean velocity `frame` taken off.
pub fn as_seen<T: Real>(profile: &[Complex<T>], frame: f64) -> impl Iterator<Item = Complex<T>> {
    let seen = move |(n, packed): (usize, &Complex<T>)| unpack(*packed) - if n == 0 { frame } else { 0.0 };
    profile.iter().enumerate().map(seen).map(|value| Complex::new(T::of(value), T::zero()))
}

/// A profile to the first column of a line, with the mean velocity `frame` taken off.
pub fn copy_profile<T: Real>(profile: &[Complex<T>], frame: f64, line: &mut [T]) {
    for (value, numbers) in as_seen(profile, frame).zip(line.chunks_exact_mut(COEFFICIENT)) {
        (numbers[0], numbers[1]) = (value.re, value.im);
    }
}

/// The change of a profile in a substep.
pub struct Change {
    pub diffusivity: f64,
    /// `h = factor dV/dy + source`, V being what came through the transform.
    pub factor: f64,
    pub source: f64,
    /// The ends of the profile ([`super::helmholtz::Helmholtz::particular`]) after the substep.
    pub ends: Group<f64>,
    /// The prescribed mean over y after the substep, if any.
    pub bulk: Option<f64>,
}

/// Advances the profiles.
pub struct Profiles {
    operators: Operators<f64>,
    update: Update<f64>,
    /// A profile, and what came through the transform, while they are worked on.
    profile: Vec<Complex<f64>>,
    flux: Vec<f64>,
    /// II h of each profile in the substep before.
    previous: Vec<Vec<f64>>,
}

impl Profiles {
    /// Room for a number of profiles with a number of coefficients each.
    pub fn new(kept: usize, profiles: usize) -> Self {
        let operators = Operators::new(kept);
        Self {
            update: Update::new(&operators),
            profile: vec![Complex::default(); kept],
            flux: operators.line(),
            previous: vec![operators.line(); profiles],
            operators,
        }
    }

    /// The substep of the profile of a field; `flux` is the line of V, in its first column. Returns
    /// `dt (gamma + zeta)` times the uniform source that gave it its mean, and whether it is
    /// finite.
    pub fn advance<T: Real>(
        &mut self,
        field: usize,
        substep: &Substep<f64>,
        change: &Change,
        flux: &[T],
        modes: &mut [Complex<T>],
    ) -> (f64, bool) {
        let Self { operators, update, profile, flux: wide, previous } = self;
        let kept = profile.len();
        profile.iter_mut().zip(&*modes).for_each(|(value, packed)| *value = unpack(*packed).into());
        for (wide, flux) in wide.chunks_exact_mut(COEFFICIENT).zip(flux.chunks_exact(COEFFICIENT)) {
            wide.fill(flux[0].wide());
        }
        update.prepare(operators, substep, change.diffusivity, Group::all(0.0));
        update.load(operators, 1, |_| (wide, 0));
        update.terms_of_profile(operators, change.factor, change.source);
        let sound = update.advance(
            operators,
            substep,
            Columns::new(profile, kept),
            &mut previous[field],
            change.ends,
        );
        let impulse = change.bulk.map_or(0.0, |bulk| update.add_flux(operators, bulk, profile));
        modes.iter_mut().zip(&*profile).for_each(|(packed, value)| *packed = pack(value.re));
        (impulse, sound)
    }
}

#[cfg(test)]
mod tests {
    use super::{pack, unpack};
    use num_complex::Complex;

    #[test]
    fn a_coefficient_in_two_numbers_keeps_48_bits_and_all_in_double_precision() {
        for value in [0.1, -17.3, 1.0 / 3.0, 1e-9, 0.0] {
            let packed: Complex<f32> = pack(value);
            assert!((unpack(packed) - value).abs() <= value.abs() * 2.0_f64.powi(-48), "{value}");
            // What is unpacked is packed without loss: a run goes on with the same bits.
            assert_eq!(pack::<f32>(unpack(packed)), packed);
            assert_eq!(pack::<f64>(value), Complex::new(value, 0.0));
        }
    }
}
