//! The engine on several ranks: transforms, exchanges, exact sums, dealiasing.

use crate::collective::{Check, Outcome, process_grids};
use crate::ensure;
use crate::noise;
use num_complex::Complex;
use rogallo::parallel::{ExactSum, Method, ProcessGrid, World};
use rogallo::transform::{Layout, Pencils, Products, Real, Room, Shape, Shift, SpectralField, Truncation};
use std::rc::Rc;

pub static CHECKS: [Check; 7] = [
    Check { name: "round_trip_on_all_grids", ranks: &[1, 2, 3, 4, 6, 7], run: round_trip },
    Check { name: "round_trip_in_single_precision", ranks: &[1, 3], run: round_trip_single },
    Check { name: "more_ranks_than_planes", ranks: &[16], run: many_ranks },
    Check { name: "points_are_those_of_the_modes", ranks: &[1, 4], run: points_of_modes },
    Check { name: "phase_shifted_products_are_exact", ranks: &[1, 6], run: phase_shift },
    Check { name: "sums_and_maxima_do_not_depend_on_ranks", ranks: &[1, 2, 3, 5], run: reductions },
    Check { name: "only_retained_modes_travel", ranks: &[4, 6], run: traffic },
];

fn pencils<T: Real>(
    world: &World,
    truncation: Truncation,
    grid: [usize; 2],
    method: Method,
) -> Result<Pencils<T>, String> {
    let room = Room { columns: 2, lines: 2 };
    Pencils::new(truncation, ProcessGrid::new(world, grid), method, room).map_err(|error| error.to_string())
}

/// A field with a value for each mode that depends on its label only.
fn field<T: Real>(layout: &Layout, salt: u64) -> SpectralField<T> {
    let mut field = SpectralField::zeros(layout);
    for (c, column) in layout.columns.iter().enumerate() {
        for (mode, ny) in layout.range(c).zip(column.labels()) {
            let conjugate = column.is_mean() && ny < 0;
            let label = [column.nx as i64, if conjugate { -ny } else { ny }, column.nz];
            let index =
                label.iter().fold(salt, |sum, n| sum.wrapping_mul(1009).wrapping_add((n + 500) as u64));
            let real = column.is_mean() && ny == 0;
            let imaginary = if real { 0.0 } else { noise(2 * index + 1) };
            field[mode] =
                Complex::new(T::of(noise(2 * index)), T::of(if conjugate { -imaginary } else { imaginary }));
        }
    }
    field
}

/// Modes to points and back, on a displaced grid.
fn there_and_back<T: Real>(
    pencils: &mut Pencils<T>,
    field: &SpectralField<T>,
    delta: [f64; 3],
) -> SpectralField<T> {
    let mut shift = Shift::none(&pencils.layout.truncation);
    shift.set(delta);
    let mut back = SpectralField::zeros(&pencils.layout);
    let returned = pencils.inverse([field].into_iter(), &shift).products(
        Products { at_points: 1, outputs: 1 },
        |_, _, _| (),
        |_, _, products, mut outputs| {
            let [output] = outputs.from(0);
            output.copy_from_slice(products.of(0));
        },
    );
    returned.forward(|_, range, modes| back[range].copy_from_slice(modes.of(0)));
    back
}

fn worst<T: Real>(a: &[Complex<T>], b: &[Complex<T>]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (*a - *b).norm().wide()).fold(0.0, f64::max)
}

const GRIDS: [[usize; 3]; 6] =
    [[16, 16, 16], [30, 42, 64], [32, 32, 32], [15, 21, 25], [48, 20, 14], [4, 4, 4]];

fn round_trips<T: Real>(world: &World, tolerance: f64) -> Outcome {
    for grid in GRIDS {
        for shape in [Shape::TwoThirds, Shape::Ellipsoid] {
            for process_grid in process_grids(world.size()) {
                for method in [Method::AllToAll, Method::Pairwise] {
                    let mut pencils = pencils::<T>(world, Truncation { grid, shape }, process_grid, method)?;
                    let field = field(&pencils.layout, 7);
                    for delta in [[0.0; 3], [0.3, 0.7, 0.25]] {
                        let back = there_and_back(&mut pencils, &field, delta);
                        let error = world.max(worst(&back, &field));
                        ensure!(
                            error < tolerance,
                            "{grid:?} {shape:?} on {process_grid:?} {method:?} {delta:?}: {error:e}"
                        );
                    }
                }
            }
        }
    }
    Ok(())
}

fn round_trip(world: &Rc<World>) -> Outcome {
    round_trips::<f64>(world, 1e-14)
}

fn round_trip_single(world: &Rc<World>) -> Outcome {
    round_trips::<f32>(world, 5e-6)
}

fn many_ranks(world: &Rc<World>) -> Outcome {
    for process_grid in process_grids(world.size()) {
        let truncation = Truncation { grid: [8, 6, 10], shape: Shape::Ellipsoid };
        let mut pencils = pencils::<f64>(world, truncation, process_grid, Method::AllToAll)?;
        let field = field(&pencils.layout, 7);
        let error = world.max(worst(&there_and_back(&mut pencils, &field, [0.0; 3]), &field));
        ensure!(error < 1e-14, "{process_grid:?}: {error:e}");
    }
    Ok(())
}

/// `f(x) = sum f_n exp(2 pi i n.j / N)` summed directly at a few points.
fn points_of_modes(world: &Rc<World>) -> Outcome {
    let truncation = Truncation { grid: [12, 10, 14], shape: Shape::Ellipsoid };
    let everything = Layout::new(truncation, [1, 1], 0, 0);
    let modes = field::<f64>(&everything, 7);
    let delta = [0.25, 0.5, 0.125];
    let direct = |x: usize, y: usize, z: usize| -> f64 {
        let mut sum = 0.0;
        for (c, column) in everything.columns.iter().enumerate() {
            for (mode, ny) in everything.range(c).zip(column.labels()) {
                let turns = column.nx as f64 * (x as f64 + delta[0]) / 12.0
                    + ny as f64 * (y as f64 + delta[1]) / 10.0
                    + column.nz as f64 * (z as f64 + delta[2]) / 14.0;
                sum += column.weight() * (modes[mode] * Complex::cis(std::f64::consts::TAU * turns)).re;
            }
        }
        sum
    };
    for process_grid in process_grids(world.size()) {
        let mut pencils = pencils::<f64>(world, truncation, process_grid, Method::AllToAll)?;
        let own = field(&pencils.layout, 7);
        let mut shift = Shift::none(&truncation);
        shift.set(delta);
        let (mut error, mut seen) = (0.0_f64, 0_u64);
        pencils.inverse([&own].into_iter(), &shift).visit(
            |_| 0.0,
            |y, z, line| {
                for (x, value) in line.iter().enumerate() {
                    error = error.max((value - direct(x, y, z)).abs());
                    seen += 1;
                }
            },
        );
        let mut all = [seen];
        world.sum_u64(&mut all);
        ensure!(all == [12 * 10 * 14], "{process_grid:?}: {all:?} points");
        let error = world.max(error);
        ensure!(error < 1e-12, "{process_grid:?}: {error:e}");
    }
    Ok(())
}

/// The product of two fields truncated to the ellipsoid: the mean of two grids half a cell apart is
/// the exact convolution, that of a grid of twice the points; one grid alone is not.
fn phase_shift(world: &Rc<World>) -> Outcome {
    for (grid, process_grid) in [[16, 16, 16], [12, 18, 20]]
        .into_iter()
        .flat_map(|grid| process_grids(world.size()).into_iter().map(move |p| (grid, p)))
    {
        let truncation = Truncation { grid, shape: Shape::Ellipsoid };
        let product = |pencils: &mut Pencils<f64>, a: &SpectralField<f64>, b: &SpectralField<f64>, delta| {
            let mut shift = Shift::none(&pencils.layout.truncation);
            shift.set(delta);
            let mut result = SpectralField::zeros(&pencils.layout);
            let returned = pencils.inverse([a, b].into_iter(), &shift).products(
                Products { at_points: 2, outputs: 1 },
                |_, lines, length| {
                    let (a, b) = lines.split_at_mut(length);
                    a.iter_mut().zip(b).for_each(|(a, b)| *a *= *b);
                },
                |_, _, products, mut outputs| {
                    let [output] = outputs.from(0);
                    output.copy_from_slice(products.of(0));
                },
            );
            returned.forward(|_, range, modes| result[range].copy_from_slice(modes.of(0)));
            result
        };
        let mut coarse = pencils::<f64>(world, truncation, process_grid, Method::AllToAll)?;
        let (a, b) = (field(&coarse.layout, 1), field(&coarse.layout, 2));
        let on_the_grid = product(&mut coarse, &a, &b, [0.0; 3]);
        let displaced = product(&mut coarse, &a, &b, [0.5; 3]);

        let fine_truncation = Truncation { grid: grid.map(|n| 2 * n), shape: Shape::Ellipsoid };
        let mut fine = pencils::<f64>(world, fine_truncation, process_grid, Method::AllToAll)?;
        let only_coarse = |mut f: SpectralField<f64>, layout: &Layout| {
            for (c, column) in layout.columns.iter().enumerate() {
                for (mode, ny) in layout.range(c).zip(column.labels()) {
                    if !truncation.holds([column.nx as i64, ny, column.nz]) {
                        f[mode] = Complex::default();
                    }
                }
            }
            f
        };
        let (a, b) = (
            only_coarse(field(&fine.layout, 1), &fine.layout),
            only_coarse(field(&fine.layout, 2), &fine.layout),
        );
        let exact = product(&mut fine, &a, &b, [0.0; 3]);

        let exact = all_modes(world, &fine.layout, &exact);
        let compare = |got: &dyn Fn(usize) -> Complex<f64>| {
            let mut error = 0.0_f64;
            for (c, column) in coarse.layout.columns.iter().enumerate() {
                for (mode, ny) in coarse.layout.range(c).zip(column.labels()) {
                    let wanted = exact[&(column.nx as i64, ny, column.nz)];
                    error = error.max((got(mode) - wanted).norm());
                }
            }
            world.max(error)
        };
        let largest = exact.values().map(|u| u.norm()).fold(0.0, f64::max);
        let both = compare(&|mode| (on_the_grid[mode] + displaced[mode]) * 0.5) / largest;
        let one = compare(&|mode| on_the_grid[mode]) / largest;
        ensure!(both < 1e-13, "{grid:?} on {process_grid:?}: two grids are off by {both:e}");
        ensure!(
            one > 1e-2,
            "{grid:?} on {process_grid:?}: one grid alone should alias, but is off by {one:e} only"
        );
    }
    Ok(())
}

/// Every mode of all ranks, by label.
fn all_modes(
    world: &World,
    layout: &Layout,
    field: &[Complex<f64>],
) -> std::collections::HashMap<(i64, i64, i64), Complex<f64>> {
    let mut numbers: Vec<f64> = Vec::new();
    for (c, column) in layout.columns.iter().enumerate() {
        for (mode, ny) in layout.range(c).zip(column.labels()) {
            numbers.extend([column.nx as f64, ny as f64, column.nz as f64, field[mode].re, field[mode].im]);
        }
    }
    let mut all = std::collections::HashMap::new();
    for rank in 0..world.size() {
        let mut piece = numbers.clone();
        world.broadcast(rank, &mut piece);
        for mode in piece.chunks_exact(5) {
            all.insert((mode[0] as i64, mode[1] as i64, mode[2] as i64), Complex::new(mode[3], mode[4]));
        }
    }
    all
}

fn reductions(world: &Rc<World>) -> Outcome {
    let (ranks, me) = (world.size() as u64, world.rank() as u64);
    let mut local = ExactSum::default();
    let mut all = ExactSum::default();
    for i in 0..5000 {
        let term = noise(i) * 10f64.powi((i % 31) as i32 - 15);
        all.add(term);
        if i % ranks == me {
            local.add(term);
        }
    }
    let sum = local.total(world);
    ensure!(sum.to_bits() == all.value().to_bits(), "{sum} is not {}", all.value());
    ensure!(world.max(if me == ranks - 1 { 7.0 } else { -1.0 }) == 7.0, "maximum");
    ensure!(
        world.max(if me == ranks - 1 { f64::NAN } else { 1.0 }).is_nan(),
        "a NaN must not be lost in a maximum"
    );
    ensure!(world.any_bits(1 << me) == (1 << ranks) - 1, "bits");
    let failed: Result<(), _> =
        world.agree(if me == ranks - 1 { Err(rogallo::error::Error::input("no")) } else { Ok(()) });
    ensure!(failed.is_err_and(|error| error.message.starts_with("no")), "agreement on errors");
    Ok(())
}

/// Messages and bytes of one field there and back, counted by hand: with two-thirds truncation the
/// row's exchange carries n_x < N/3 only, the column's n_x and n_z, and what a rank keeps for
/// itself does not travel.
fn traffic(world: &Rc<World>) -> Outcome {
    let n = 24;
    let truncation = Truncation { grid: [n; 3], shape: Shape::TwoThirds };
    let (nkx, columns) = (8, 8 + 7 * 15);
    ensure!(truncation.count_columns() == columns, "columns");
    for [p_row, p_col] in process_grids(world.size()) {
        let mut pencils = pencils::<f64>(world, truncation, [p_row, p_col], Method::AllToAll)?;
        let field = field(&pencils.layout, 7);
        there_and_back(&mut pencils, &field, [0.0; 3]);
        let mut bytes = [pencils.traffic().bytes];
        world.sum_u64(&mut bytes);
        // Of the columns of a row each rank of the column of ranks keeps its own y; sums over all
        // ranks of what leaves.
        let mut expected = 0;
        for row in 0..p_row {
            for column in 0..p_col {
                let layout = Layout::new(truncation, [p_row, p_col], row, column);
                let (planes, lines) = (layout.slab.y.len(), layout.slab.z.len());
                let own_kx =
                    layout.columns.iter().map(|c| c.nx).collect::<std::collections::BTreeSet<_>>().len();
                let in_row = (0..p_col)
                    .map(|c| Layout::new(truncation, [p_row, p_col], row, c).columns.len())
                    .sum::<usize>();
                expected += (n - planes) * layout.columns.len() + planes * (in_row - layout.columns.len());
                if p_row > 1 {
                    let own_kx =
                        if p_col == 1 { own_kx } else { nkx / p_row + usize::from(row < nkx % p_row) };
                    expected += planes * ((n - lines) * own_kx + lines * (nkx - own_kx));
                }
            }
        }
        ensure!(
            bytes == [16 * expected as u64],
            "[{p_row}, {p_col}]: {bytes:?} bytes, not {}",
            16 * expected
        );
        let messages = world.max(pencils.traffic().messages as f64);
        let batches = if p_row == 1 { 0 } else { 4.min(pencils.layout.slab.y.len()) };
        let most = 2 * (p_col - 1) + 2 * batches * (p_row - 1);
        ensure!(messages <= most as f64, "[{p_row}, {p_col}]: {messages} messages, more than {most}");
    }
    Ok(())
}
