//! Columns that rename the target's classes: each level stands for one class, one to one.
//!
//! `paid = "settled"` next to the target `default = "no"` is the answer in other words. Levels are mapped to the class they
//! go with most often; the mapping must be one to one, match at least 99 % of the rows, and earn the bits of a proof.

use super::proof::{BITS_A_CONSTANT, Explained, bits_needed};
use crate::finding::Share;
use crate::table::{Column, MISSING_CODE};
use std::collections::BTreeMap;

/// Most distinct values of a column that is read as levels.
const MOST_LEVELS: usize = 200;

/// A column that renames the classes.
#[derive(Clone, Debug, PartialEq)]
pub struct Recode {
    /// Level of the column and the class it stands for, in the order of the classes.
    pub pairs: Vec<(String, String)>,
    /// Rows where the mapping gives the class, of rows where both are present.
    pub matched: Share,
    /// Bits against chance.
    pub bits: f64,
    /// Bits needed.
    pub bits_needed: f64,
}

/// The mapping from `column` onto the classes, if it is proven. `target` has shape `(n_rows,)`: class numbers, NaN missing.
#[must_use]
pub fn recode(column: &Column, target: &Explained<'_>, classes: &[String], n_columns: usize) -> Option<Recode> {
    let (levels, codes) = level_codes(column)?;
    let y = target.values();
    if levels.len() < classes.len() || y.len() != codes.len() {
        return None;
    }
    let mut counts = vec![vec![0_u64; classes.len()]; levels.len()];
    for (&code, &class) in codes.iter().zip(y) {
        if let Some(cell) = counts.get_mut(code as usize).and_then(|row| row.get_mut(class_index(class)?)) {
            *cell += 1;
        }
    }
    // The level that goes with each class most often; levels beyond those count as misses.
    let owner: Vec<Option<usize>> = counts.iter().map(|row| top(row)).collect();
    let level_of: Vec<usize> = (0..classes.len())
        .map(|class| (0..levels.len()).filter(|&l| owner[l] == Some(class)).max_by_key(|&l| (counts[l][class], std::cmp::Reverse(l))))
        .collect::<Option<_>>()?;
    let class_of: BTreeMap<u32, f64> =
        level_of.iter().enumerate().filter_map(|(class, &l)| Some((u32::try_from(l).ok()?, f64::from(u32::try_from(class).ok()?)))).collect();
    // A level that stands for no class is a miss: it predicts a class that does not exist.
    let predicted: Vec<f64> = codes.iter().map(|c| if *c == MISSING_CODE { f64::NAN } else { class_of.get(c).copied().unwrap_or(-1.0) }).collect();
    let mut found = target.weigh(&predicted, &vec![0.0; y.len()], 0);
    #[expect(clippy::cast_precision_loss, reason = "classes are few")]
    let mapped = classes.len().saturating_sub(1) as f64;
    found.bits -= BITS_A_CONSTANT.min(BITS_A_CONSTANT * mapped);
    target.is_proof(&found, n_columns).then(|| Recode {
        pairs: level_of.iter().zip(classes).map(|(&l, class)| (levels[l].clone(), class.clone())).collect(),
        matched: found.matched,
        bits: found.bits,
        bits_needed: bits_needed(n_columns),
    })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "class numbers are small whole numbers")]
fn class_index(class: f64) -> Option<usize> {
    (class >= 0.0).then_some(class as usize)
}

fn top(row: &[u64]) -> Option<usize> {
    let best = (0..row.len()).max_by_key(|&c| (row[c], std::cmp::Reverse(c)))?;
    (row[best] > 0).then_some(best)
}

/// Levels and codes of a column of labels or of few numbers.
fn level_codes(column: &Column) -> Option<(Vec<String>, Vec<u32>)> {
    if let Some((codes, levels)) = column.codes() {
        return (levels.len() <= MOST_LEVELS).then(|| (levels.to_vec(), codes.to_vec()));
    }
    let values = column.numbers()?;
    let mut index: BTreeMap<u64, u32> = BTreeMap::new();
    let mut levels = Vec::new();
    let mut codes = Vec::with_capacity(values.len());
    for (row, value) in values.iter().enumerate() {
        if value.is_nan() {
            codes.push(MISSING_CODE);
            continue;
        }
        let next = u32::try_from(levels.len()).ok()?;
        let code = *index.entry((value + 0.0).to_bits()).or_insert(next);
        if code == next {
            levels.push(column.text(row).into_owned());
            if levels.len() > MOST_LEVELS {
                return None;
            }
        }
        codes.push(code);
    }
    Some((levels, codes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::rng::Stream;
    use crate::table::Kind;

    fn classes(n: usize) -> (Vec<f64>, Vec<String>) {
        let mut draw = Stream::new(3, "recode", 0);
        ((0..n).map(|_| f64::from(u8::from(draw.chance(0.3)))).collect(), vec!["no".into(), "yes".into()])
    }

    #[test]
    fn a_renamed_class_is_proven_with_its_mapping() {
        let (y, names) = classes(300);
        let cells: Vec<Option<&str>> = y.iter().map(|&c| Some(if c > 0.0 { "settled" } else { "open" })).collect();
        let column = Column::labels("status", Kind::Categorical, &cells);
        let recode = recode(&column, &Explained::classes(&y), &names, 5).unwrap();
        assert_eq!(recode.pairs, [("open".into(), "no".into()), ("settled".into(), "yes".into())]);
        assert_eq!(recode.matched, Share { count: 300, of: 300 });
    }

    #[test]
    fn an_independent_flag_and_a_noisy_flag_are_no_renaming() {
        let (y, names) = classes(300);
        let mut draw = Stream::new(4, "recode", 1);
        let flags: Vec<f64> = y.iter().map(|&c| if draw.chance(0.05) { 1.0 - c } else { c }).collect();
        assert!(recode(&Column::numeric("flag", flags, 0), &Explained::classes(&y), &names, 5).is_none());
        let free: Vec<f64> = y.iter().map(|_| f64::from(u8::from(draw.chance(0.3)))).collect();
        assert!(recode(&Column::numeric("flag", free, 0), &Explained::classes(&y), &names, 5).is_none());
    }
}
