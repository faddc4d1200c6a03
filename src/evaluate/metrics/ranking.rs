//! Rows ranked by score, best first, with ties kept together: what AUC, average precision and both curves walk along.

/// Rows in descending order of score. An entry packs row, class and the end of a group of equal scores, so that a walk touches one word a row.
#[derive(Clone, Debug)]
pub struct Ranking {
    entries: Vec<u32>,
}

/// Bit: the row is of the positive class.
const POSITIVE: u32 = 2;
/// Bit: the last row with this score.
const LAST: u32 = 1;

/// What stands above and in one group of equal scores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// Positive rows in all better groups.
    pub above_positive: u64,
    /// Negative rows in all better groups.
    pub above_negative: u64,
    /// Positive rows here.
    pub positive: u64,
    /// Negative rows here.
    pub negative: u64,
}

impl Ranking {
    /// Ranks rows. `scores`, `positive`: shape `(n_rows,)`; scores finite; fewer than 2^30 rows. O(n log n).
    #[must_use]
    pub fn new(scores: &[f64], positive: &[bool]) -> Self {
        let mut keys: Vec<(u64, u32)> = scores.iter().zip(0_u32..).map(|(&s, row)| (!ascending(s), row)).collect();
        keys.sort_unstable();
        let last = |i: usize| keys.get(i + 1).is_none_or(|next| next.0 != keys[i].0);
        let mark = |i: usize, row: u32| {
            let class = if positive.get(row as usize).copied().unwrap_or(false) { POSITIVE } else { 0 };
            (row << 2) | class | (u32::from(last(i)) * LAST)
        };
        Self { entries: keys.iter().enumerate().map(|(i, &(_, row))| mark(i, row)).collect() }
    }

    /// Walks the groups of equal scores, best first; row `i` counts `counts[i]` times. Groups nobody is counted in are left out.
    pub fn walk(&self, counts: &[u16], mut visit: impl FnMut(Group)) {
        let mut group = Group::default();
        for &entry in &self.entries {
            let count = u64::from(counts.get((entry >> 2) as usize).copied().unwrap_or(0));
            if entry & POSITIVE == 0 {
                group.negative += count;
            } else {
                group.positive += count;
            }
            if entry & LAST != 0 && group.positive + group.negative > 0 {
                visit(group);
                group = Group {
                    above_positive: group.above_positive + group.positive,
                    above_negative: group.above_negative + group.negative,
                    ..Group::default()
                };
            }
        }
    }
}

/// Bits that order like the number; both zeros are equal.
fn ascending(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_scores_are_one_group_and_the_best_comes_first() {
        let ranking = Ranking::new(&[0.1, 0.9, 0.9, -0.0, 0.0], &[true, true, false, false, true]);
        let mut groups = Vec::new();
        ranking.walk(&[1; 5], |g| groups.push((g.positive, g.negative)));
        assert_eq!(groups, [(1, 1), (1, 0), (1, 1)]);
    }
}
