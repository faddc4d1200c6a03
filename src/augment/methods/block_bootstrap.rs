//! Block bootstrap for series: copies of stretches of consecutive rows (Kunsch 1989, moving blocks), so that what happens in a row of weeks is seen together.

use super::over_sampling::copies;
use crate::augment::{AMOUNT, Act, EVERY_TASK, MethodEntry, Source};
use crate::math::elementary::pow;
use crate::math::rng::Stream;
use crate::param::{Domain, ParamSpec, Params};

/// The entry.
pub const ENTRY: MethodEntry = MethodEntry {
    id: "block_bootstrap",
    title: "Block bootstrap (series)",
    doc: "Adds copies of stretches of consecutive rows, drawn at random. For rows in the order of time: weight moves to stretches as a whole, and no value is made up.",
    tasks: EVERY_TASK,
    params: &[
        AMOUNT,
        ParamSpec {
            id: "length",
            title: "Length",
            help: "Rows of a stretch; 0: the cube root of the number of rows, the order that is best for means (Hall, Horowitz and Jing 1995).",
            domain: Domain::Whole { low: 0, high: 10_000, default: 0 },
        },
    ],
    act: Act::Stretch(stretches, copies),
};

fn stretches(source: &Source<'_>, params: &Params, n: usize, seed: u64) -> Vec<u32> {
    let rows = &source.rows;
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cube root of a row count")]
    let usual = pow(rows.len() as f64, 1.0 / 3.0).round() as usize;
    let length = if params.count("length") == 0 { usual } else { params.count("length") }.clamp(1, rows.len());
    let mut stream = Stream::new(seed, "augment/stretches", 0);
    let starts = u32::try_from(rows.len() - length + 1).unwrap_or(u32::MAX);
    let mut drawn = Vec::with_capacity(n + length);
    while drawn.len() < n {
        let start = stream.below(starts) as usize;
        drawn.extend(&rows[start..start + length]);
    }
    drawn.truncate(n);
    drawn
}
