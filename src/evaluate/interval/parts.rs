//! What is drawn: rows, blocks or entities within each fold, and a metric made ready for it.

use crate::evaluate::metrics::Recount;
use crate::math::rng::Stream;

/// One fold's rows among the pooled ones.
pub(super) struct Part {
    /// First of them.
    pub start: usize,
    /// How many.
    pub n: usize,
    /// What is drawn together.
    pub groups: Groups,
}

/// What is drawn together within a fold.
pub(super) enum Groups {
    /// Single rows.
    Rows,
    /// Circular blocks of this many rows.
    Blocks { length: usize },
    /// Rows (within the fold) of each entity, in order of first appearance.
    Entities(Vec<Vec<u32>>),
}

impl Part {
    /// Number of rows, whole blocks or entities.
    pub fn n_units(&self) -> usize {
        match &self.groups {
            Groups::Rows => self.n,
            Groups::Blocks { length } => self.n / length,
            Groups::Entities(entities) => entities.len(),
        }
    }

    /// Draws as many units as there are, with replacement; adds to `counts`, shape `(n,)`.
    #[expect(clippy::cast_possible_truncation, reason = "tables have fewer than 2^32 rows")]
    pub fn draw(&self, counts: &mut [u16], stream: &mut Stream) {
        let n = self.n;
        match &self.groups {
            Groups::Rows => {
                for _ in 0..n {
                    let row = stream.below(n as u32) as usize;
                    counts[row] = counts[row].saturating_add(1);
                }
            }
            Groups::Blocks { length } => {
                let mut left = n;
                while left > 0 {
                    let first = stream.below(n as u32) as usize;
                    let take = left.min(*length);
                    for step in 0..take {
                        let row = (first + step) % n;
                        counts[row] = counts[row].saturating_add(1);
                    }
                    left -= take;
                }
            }
            Groups::Entities(entities) => {
                for _ in 0..entities.len() {
                    for &row in &entities[stream.below(entities.len() as u32) as usize] {
                        counts[row as usize] = counts[row as usize].saturating_add(1);
                    }
                }
            }
        }
    }
}

/// Cube root of `n`, rounded down, at least 1.
pub(super) fn block_length(n: usize) -> usize {
    let mut length = 1;
    while (length + 1) * (length + 1) * (length + 1) <= n {
        length += 1;
    }
    length
}

/// Rows (positions in `rows`) of each entity, in order of first appearance; `code`: the entity of a table row.
pub(super) fn by_entity(rows: &[u32], code: &dyn Fn(u32) -> u32) -> Vec<Vec<u32>> {
    let mut place = std::collections::BTreeMap::new();
    let mut entities: Vec<Vec<u32>> = Vec::new();
    for (i, row) in (0_u32..).zip(rows) {
        let at = *place.entry(code(*row)).or_insert_with(|| {
            entities.push(Vec::new());
            entities.len() - 1
        });
        entities[at].push(i);
    }
    entities
}

/// A metric made ready: over all rows, or by fold.
pub(super) enum Ready {
    /// Over all rows.
    Pooled(Option<Recount>),
    /// The mean of the folds' values.
    ByFold(Vec<Option<Recount>>),
}

impl Ready {
    /// The metric when row `i` counts `counts[i]` times.
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    pub fn value(&self, counts: &[u16], parts: &[Part]) -> Option<f64> {
        match self {
            Self::Pooled(recount) => {
                let recount = recount.as_ref()?;
                if counts.iter().all(|&c| c == 1) { recount.value() } else { recount.counted(counts) }
            }
            Self::ByFold(folds) => {
                let (mut total, mut weight) = (0.0, 0.0);
                for (recount, part) in folds.iter().zip(parts) {
                    let own = counts.get(part.start..part.start + part.n)?;
                    if let Some(value) = recount.as_ref().and_then(|r| r.counted(own)) {
                        total += part.n as f64 * value;
                        weight += part.n as f64;
                    }
                }
                (weight > 0.0).then(|| total / weight)
            }
        }
    }
}
