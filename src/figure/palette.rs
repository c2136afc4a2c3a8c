//! Colours: of curves, told apart by colour-blind readers, and of maps, perceptually uniform.

/// Red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub u8, pub u8, pub u8);

pub const BLACK: Colour = Colour(0, 0, 0);
pub const WHITE: Colour = Colour(255, 255, 255);
pub const GREY: Colour = Colour(0x70, 0x70, 0x70);

/// Colours of curves (Okabe and Ito 2008, without yellow), in the order of use.
pub const CURVES: [Colour; 6] = [
    Colour(0x00, 0x72, 0xB2),
    Colour(0xD5, 0x5E, 0x00),
    Colour(0x00, 0x9E, 0x73),
    Colour(0xCC, 0x79, 0xA7),
    Colour(0x56, 0xB4, 0xE9),
    Colour(0xE6, 0x9F, 0x00),
];

/// The colour of a value from 0 to 1 on the map viridis (van der Walt and Smith 2015).
pub fn viridis(value: f64) -> Colour {
    let colour = colorous::VIRIDIS.eval_continuous(value.clamp(0.0, 1.0));
    Colour(colour.r, colour.g, colour.b)
}

/// Colours of curves from early to late times: viridis without its light end.
pub fn in_time(i: usize, count: usize) -> Colour {
    viridis(0.85 * i as f64 / (count.max(2) - 1) as f64)
}
