//! What counts as one piece of evidence: a row, a row that comes back to a level, or a whole group of rows.
//!
//! A value that is the same in all rows of a group is one fact, however many rows repeat it: a 0/1 attribute of two branches
//! "equals" some aggregate of another column by chance, although thousands of rows agree. So an aggregate earns its bits once a
//! group: `-log2 max(2 x tolerance / spread of the groups, share of the other groups within the tolerance)`, at most
//! [`BITS_A_CELL`]. A mapping is learnt where a level stands first and earns bits where the level comes back after another.

use super::formula::Point;
use super::proof::binary_entropy;
use crate::math::elementary::log2;
use crate::table::MISSING_CODE;

/// Most bits one group can earn.
const BITS_A_CELL: f64 = 30.0;
/// Share of the groups left out at either end when their spread is taken.
const TRIM: usize = 10;

/// What a formula is weighed by.
#[derive(Clone, Debug, PartialEq)]
pub enum Evidence {
    /// Every row is evidence.
    Rows,
    /// Rows of `true` are evidence, shape `(n_rows,)` by position.
    Returns(Vec<bool>),
    /// Every cell is evidence once.
    Cells(Cells),
}

/// Rows put into cells within which the formula gives one value.
#[derive(Clone, Debug, PartialEq)]
pub struct Cells {
    /// Cell of every position, [`MISSING_CODE`] for none.
    pub codes: Vec<u32>,
    /// Number of cells.
    pub n_cells: usize,
    /// Group of every cell, if chance is to be judged by how cells differ within their group.
    pub group: Option<Vec<u32>>,
}

/// One cell: what the file holds, what the formula gives, how far they may be apart.
#[derive(Clone, Copy)]
struct Fact {
    found: f64,
    given: f64,
    slack: f64,
}

impl Cells {
    /// Bits of a prediction: every cell counts at its first row where y and the prediction are present.
    #[must_use]
    pub fn bits(&self, y: &[f64], points: &[Option<Point>], slack: &dyn Fn(&Point) -> f64) -> f64 {
        let mut facts: Vec<Option<Fact>> = vec![None; self.n_cells];
        for ((&code, &found), point) in self.codes.iter().zip(y).zip(points) {
            if let (Some(cell @ None), Some(point), false) = (facts.get_mut(code as usize), point, found.is_nan()) {
                *cell = Some(Fact { found, given: point.value, slack: slack(point) });
            }
        }
        if let Some(group) = &self.group {
            centre(&mut facts, group);
        }
        weigh(&facts.into_iter().flatten().collect::<Vec<_>>())
    }

    /// One cell a level of a key.
    #[must_use]
    pub fn levels(codes: &[u32], n_levels: usize) -> Self {
        Self { codes: codes.to_vec(), n_cells: n_levels, group: None }
    }
}

/// Takes the mean of its group off every fact; a group of one cell tells nothing.
fn centre(facts: &mut [Option<Fact>], group: &[u32]) {
    let n_groups = group.iter().filter(|&&g| g != MISSING_CODE).max().map_or(0, |&g| g as usize + 1);
    let mut sums = vec![(0.0, 0.0); n_groups];
    for (fact, &g) in facts.iter().zip(group) {
        if let (Some(fact), Some(sum)) = (fact, sums.get_mut(g as usize)) {
            *sum = (sum.0 + fact.found, sum.1 + 1.0);
        }
    }
    for (fact, &g) in facts.iter_mut().zip(group) {
        let middle = sums.get(g as usize).filter(|s| s.1 > 1.0).map(|s| s.0 / s.1);
        *fact = fact.zip(middle).map(|(f, m)| Fact { found: f.found - m, given: f.given - m, slack: f.slack });
    }
}

#[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
fn weigh(facts: &[Fact]) -> f64 {
    let mut sorted: Vec<f64> = facts.iter().map(|f| f.found).collect();
    sorted.sort_by(f64::total_cmp);
    let cut = sorted.len() / TRIM;
    let spread = match (sorted.get(cut), sorted.get(sorted.len().wrapping_sub(1 + cut))) {
        (Some(low), Some(high)) => high - low,
        _ => 0.0,
    };
    let n = sorted.len() as f64;
    let (mut bits, mut missed) = (0.0, 0.0);
    for fact in facts {
        if (fact.found - fact.given).abs() > fact.slack {
            missed += 1.0;
            continue;
        }
        let from = sorted.partition_point(|&v| v < fact.given - fact.slack);
        let to = sorted.partition_point(|&v| v <= fact.given + fact.slack);
        let others = to.saturating_sub(from + 1) as f64 / n;
        let by_width = if spread > 0.0 { 2.0 * fact.slack / spread } else { 1.0 };
        bits += (-log2(others.max(by_width).clamp(1e-300, 1.0))).min(BITS_A_CELL);
    }
    bits - n * binary_entropy(missed / n.max(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bits(levels: &[f64], given: &[f64], slack: f64) -> f64 {
        let rows = 1_000;
        let codes: Vec<u32> = (0..rows).map(|r| u32::try_from(r % levels.len()).unwrap()).collect();
        let y: Vec<f64> = codes.iter().map(|&c| levels[c as usize]).collect();
        let points: Vec<Option<Point>> = codes.iter().map(|&c| Some(Point { value: given[c as usize], magnitude: 0.0, blur: 0.0 })).collect();
        Cells::levels(&codes, levels.len()).bits(&y, &points, &|_| slack)
    }

    #[test]
    fn a_flag_of_two_branches_proves_no_aggregate_however_many_rows_repeat_it() {
        assert!(bits(&[0.0, 1.0], &[0.0, 1.0], 0.5) <= 2.0);
    }

    #[test]
    fn three_exact_means_prove_an_aggregate() {
        assert!(bits(&[0.123_456_789, 1.234_567_891, 2.345_678_912], &[0.123_456_789, 1.234_567_891, 2.345_678_912], 1e-9) > 60.0);
    }

    #[test]
    fn groups_that_miss_cost_bits() {
        let levels: Vec<f64> = (0..20).map(|i| f64::from(i) * 1.37).collect();
        let mut half = levels.clone();
        half.iter_mut().step_by(2).for_each(|v| *v += 0.3);
        assert!(bits(&levels, &half, 1e-3) < bits(&levels, &levels, 1e-3) / 2.0);
    }
}
