//! The plane channel.

mod helmholtz;
mod line;
