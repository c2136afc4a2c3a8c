//! Points of a rank, plane by plane, in boxes of a given number of planes: a whole field of points would
//! take as much memory as the state.

use crate::transform::{Real, Reals, Slab};
use std::ops::Range;

/// Points of a box, unless a plane has more.
pub const MOST_POINTS: usize = 1 << 18;

/// A receiver of boxes: their planes, counted as [`crate::flow::Flow::coordinates`] counts y, and their
/// points, ordered (z, y, x) with x fastest.
pub type SeeBox<'a> = &'a mut dyn FnMut(Range<usize>, Reals);

/// Collects lines of points in x, which come in ascending z within a plane, and plane after plane.
pub struct PointBoxes<'a, T> {
    /// The points of this rank, as they come.
    slab: Slab,
    /// All planes in y, if they come from the last to the first.
    downwards: Option<usize>,
    most: usize,
    see: SeeBox<'a>,
    /// The planes of the box under way, and its points.
    planes: Range<usize>,
    points: Vec<T>,
}

impl<'a, T: Real> PointBoxes<'a, T> {
    pub fn new(slab: Slab, downwards: Option<usize>, most: usize, see: SeeBox<'a>) -> Self {
        let planes = slab.y.start..slab.y.start;
        Self { slab, downwards, most: most.max(1), see, planes, points: Vec::new() }
    }

    /// Adds the line at y and z, counted as they come.
    pub fn add(&mut self, y: usize, z: usize, line: &[T]) {
        let Self { slab: Slab { y: all, z: own }, planes, points, .. } = self;
        if planes.end <= y {
            *planes = y..all.end.min(y.saturating_add(self.most));
            *points = vec![T::zero(); planes.len() * own.len() * line.len()];
        }
        let row = if self.downwards.is_some() { planes.end - 1 - y } else { y - planes.start };
        let at = ((z - own.start) * planes.len() + row) * line.len();
        points[at..at + line.len()].copy_from_slice(line);
        if (y + 1, z + 1) == (planes.end, own.end) {
            let seen = self.downwards.map_or(planes.clone(), |all| all - planes.end..all - planes.start);
            (self.see)(seen, T::reals(std::mem::take(points)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{PointBoxes, Reals};
    use crate::transform::Slab;

    #[test]
    fn boxes_have_the_lines_of_their_planes_in_order() {
        let slab = Slab { y: 3..8, z: 4..6 };
        for (downwards, expected) in [
            (
                None,
                vec![
                    (3..5, vec![34.0, 44.0, 35.0, 45.0]),
                    (5..7, vec![54.0, 64.0, 55.0, 65.0]),
                    (7..8, vec![74.0, 75.0]),
                ],
            ),
            (
                Some(10),
                vec![
                    (5..7, vec![44.0, 34.0, 45.0, 35.0]),
                    (3..5, vec![64.0, 54.0, 65.0, 55.0]),
                    (2..3, vec![74.0, 75.0]),
                ],
            ),
        ] {
            let mut seen = Vec::new();
            let mut see = |planes, points| {
                let Reals::F64(points) = points else { panic!("not in double precision") };
                seen.push((planes, points));
            };
            let mut boxes = PointBoxes::new(slab.clone(), downwards, 2, &mut see);
            for (y, z) in slab.y.clone().flat_map(|y| slab.z.clone().map(move |z| (y, z))) {
                boxes.add(y, z, &[(10 * y + z) as f64]);
            }
            assert_eq!(seen, expected);
        }
    }
}
