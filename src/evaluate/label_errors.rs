//! Labels that are likely wrong, by confident learning (Northcutt, Jiang and Chuang 2021, *JAIR* 70, 1373-1411), from predictions of rows that were not learned from.
//!
//! The model's mean probability of a class among the rows that carry its label is the bar of that class. A row that passes the bars of some classes belongs with confidence
//! to the most probable of them; where that is not its label, and more probable than it, the label is likely wrong. A model that knows little has low bars and confuses classes: what is
//! found is a list to look at, not to correct blindly.

use super::FoldResult;

/// Fewest rows judged: the bars of fewer are chance.
pub const ENOUGH: usize = 100;
/// What a probability may miss a bar by: rounding.
const ROUNDING: f64 = 1e-9;

/// Likely wrong labels.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelErrors {
    /// Rows by the class given and the class they belong to with confidence, shape `(n_classes, n_classes)`.
    pub joint: Vec<Vec<u64>>,
    /// Rows whose label is likely wrong: row, class given, class believed, probability of it less that of the given one; the surest first.
    pub rows: Vec<(u32, usize, usize, f64)>,
    /// Rows judged.
    pub n_rows: u64,
}

/// Looks at a learner's validation rows over all folds. `truth`: class of every row of the table, NaN missing. `None` for regression, for fewer than [`ENOUGH`] rows, or where a class
/// has no row.
#[must_use]
pub fn label_errors(folds: &[&FoldResult], truth: &[f64]) -> Option<LabelErrors> {
    let k = folds.first()?.predictions.n_classes;
    let class = |row: u32| truth.get(row as usize).filter(|t| t.is_finite() && **t >= 0.0).map(|t| *t as usize).filter(|t| *t < k);
    let mut judged: Vec<(u32, usize, &[f64])> = Vec::new();
    for fold in folds {
        let probabilities = fold.predictions.values.chunks(k.max(1));
        judged.extend(fold.rows.iter().zip(probabilities).filter_map(|(row, p)| Some((*row, class(*row)?, p))));
    }
    if k < 2 || judged.len() < ENOUGH {
        return None;
    }
    let mut bars = vec![(0.0, 0.0); k];
    for (_, given, p) in &judged {
        bars[*given] = (bars[*given].0 + p.get(*given).copied().unwrap_or(0.0), bars[*given].1 + 1.0);
    }
    if bars.iter().any(|b| b.1 == 0.0) {
        return None;
    }
    let mut joint = vec![vec![0_u64; k]; k];
    let mut rows = Vec::new();
    for (row, given, p) in &judged {
        let passed = p.iter().zip(&bars).enumerate().filter(|(_, (p, bar))| **p >= bar.0 / bar.1 - ROUNDING).map(|(class, (p, _))| (class, *p));
        let Some((believed, most)) = passed.reduce(|a, b| if b.1 > a.1 { b } else { a }) else { continue };
        joint[*given][believed] += 1;
        let margin = most - p.get(*given).copied().unwrap_or(0.0);
        // A class may pass its bar and still be less probable than the label: a low bar alone accuses nobody.
        if believed != *given && margin > 0.0 {
            rows.push((*row, *given, believed, margin));
        }
    }
    crate::math::sort::by(&mut rows, |a, b| b.3.total_cmp(&a.3).then(a.0.cmp(&b.0)));
    Some(LabelErrors { joint, rows, n_rows: judged.len() as u64 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::rng::Stream;
    use crate::model::Predictions;
    use std::collections::BTreeMap;

    fn fold(rows: Vec<u32>, values: Vec<f64>, k: usize) -> FoldResult {
        FoldResult {
            learner: 0,
            fold: 0,
            rows,
            predictions: Predictions { n_classes: k, values, cuts: Vec::new() },
            scores: BTreeMap::new(),
            out_of_bag: None,
        }
    }

    #[test]
    fn labels_that_were_swapped_are_found_and_few_others() {
        let mut draw = Stream::new(5, "labels", 0);
        let n = 1_000_u32;
        let (mut truth, mut values, mut swapped) = (Vec::new(), Vec::new(), Vec::new());
        for row in 0..n {
            let own = f64::from(row % 3 != 0);
            let sure = 0.75 + 0.2 * draw.uniform();
            values.extend(if own > 0.5 { [1.0 - sure, sure] } else { [sure, 1.0 - sure] });
            let wrong = draw.chance(0.05);
            swapped.extend(wrong.then_some(row));
            truth.push(if wrong { 1.0 - own } else { own });
        }
        let found = label_errors(&[&fold((0..n).collect(), values, 2)], &truth).unwrap();
        let rows: Vec<u32> = found.rows.iter().map(|r| r.0).collect();
        let right = rows.iter().filter(|r| swapped.contains(r)).count();
        // Those whose probability is below the usual are not named: the bar is the mean.
        assert!(right * 5 >= swapped.len() * 2 && rows.len() == right, "{right} of {}, {} named", swapped.len(), rows.len());
        assert_eq!(found.joint[0][1] + found.joint[1][0], rows.len() as u64);
    }

    #[test]
    fn bars_and_counts_are_those_of_the_definition() {
        // Bars: class 0 (0.9 + 0.8 + 0.1) / 3 = 0.6, class 1 (0.7 + 0.5) / 2 = 0.6, repeated to have enough rows.
        let p = [0.9, 0.8, 0.1, 0.3, 0.5];
        let given = [0.0, 0.0, 0.0, 1.0, 1.0];
        let values: Vec<f64> = (0..100).flat_map(|i| [p[i % 5], 1.0 - p[i % 5]]).collect();
        let truth: Vec<f64> = (0..100).map(|i| given[i % 5]).collect();
        let found = label_errors(&[&fold((0..100).collect(), values, 2)], &truth).unwrap();
        // The last of each five passes no bar.
        assert_eq!(found.joint, [[40, 20], [0, 20]]);
        assert_eq!((found.rows.len(), found.rows[0]), (20, (2, 0, 1, 0.8)));
    }

    #[test]
    fn regression_few_rows_and_a_class_without_rows_have_none() {
        assert_eq!(label_errors(&[], &[]), None);
        assert_eq!(label_errors(&[&fold((0..200).collect(), vec![0.0; 200], 0)], &[1.0; 200]), None);
        assert_eq!(label_errors(&[&fold((0..9).collect(), vec![0.5; 18], 2)], &[0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0]), None);
        assert_eq!(label_errors(&[&fold((0..200).collect(), vec![0.5; 400], 2)], &[1.0; 200]), None);
    }
}
