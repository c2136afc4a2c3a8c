//! The flows that the program computes. Nothing else lists them.

use crate::case::keys::Variant;
use crate::channel;
use crate::definition::Flows;
use crate::homogeneous;

/// A case without `flow.kind` is judged as one of the first.
pub const FLOWS: Flows = Flows(&[
    Variant::flow::<homogeneous::case::Homogeneous>(
        "homogeneous",
        "Homogeneous turbulence in a box that is periodic in x, y and z.",
    ),
    Variant::flow::<channel::case::Channel>(
        "channel",
        "Plane channel between walls at y = -1 and y = 1, periodic in x and z.",
    ),
]);
