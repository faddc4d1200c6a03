//! Rows that are unlike all others in their numbers taken together, though each of them may be usual.
//!
//! An isolation forest ([`crate::stats::isolation`], 100 trees) over the numeric columns but the target, missing numbers at the median, on at most [`ROWS`] rows spread
//! over the file. Told are rows whose score is [`FAR`] or more, where they are at most [`FEW`] of those looked at: more are a group of their own, not odd ones.

use super::super::{Dimension, QualityInput, Rule};
use super::sampled::sampled_rows;
use crate::finding::{Certainty, Checked, Evidence, Finding, Remedy, Severity, Share};
use crate::math::rank::median;
use crate::math::rng::Stream;
use crate::math::sum::present;
use crate::param::Value;
use crate::stats::isolation::{depth, score, tree};
use crate::table::Column;

/// The rule.
pub const ISOLATED_ROWS: Rule = Rule {
    id: "isolated_rows",
    title: "Rows unlike all others",
    doc: "An isolation forest finds rows that few cuts tell from all others, over all numeric columns together. Look at them in the source; a flag for them can be a \
          feature, or they can be left out of the training side.",
    dimension: Dimension::Validity,
    check,
};

/// Least score told: an ordinary row has less than a half, the middle of a cloud about 0.4.
const FAR: f64 = 0.7;
/// Largest share of rows told.
const FEW: f64 = 0.01;
/// Most rows looked at: some hundredths of a second in a page.
const ROWS: usize = 2_000;
/// Most columns, in file order.
const COLUMNS: usize = 50;
/// Fewest rows, and fewest columns: of one column the other rules tell.
const ENOUGH: (usize, usize) = (50, 2);
/// Trees.
const TREES: u64 = 100;
/// Preparation step that answers it.
const STEP: &str = "isolation_forest";

fn check(input: &QualityInput<'_>) -> Checked {
    let rows = sampled_rows(input.table.n_rows(), ROWS);
    let numeric = input.columns().filter(|c| !input.is_target(c.name()));
    let table: Vec<Vec<f64>> = numeric.filter_map(|c| filled(c, &rows)).take(COLUMNS).collect();
    if table.len() < ENOUGH.1 {
        return Checked::skipped(ISOLATED_ROWS.id, "there are fewer than two numeric columns besides the target");
    }
    if rows.len() < ENOUGH.0 {
        return Checked::underpowered(ISOLATED_ROWS.id, rows.len(), "fewer than 50 rows: each is easily told from the others");
    }
    let trees: Vec<Vec<f64>> = (0..TREES).map(|t| tree(&table, rows.len(), Stream::new(0, "quality/isolated_rows", t))).collect();
    #[expect(clippy::cast_precision_loss, reason = "a hundred trees")]
    let of = |at: usize| score(trees.iter().map(|t| depth(t, &table, at)).sum::<f64>() / TREES as f64, rows.len());
    let far: Vec<u32> = rows.iter().enumerate().filter(|(at, _)| of(*at) >= FAR).map(|(_, row)| *row).collect();
    let share = Share { count: far.len() as u64, of: rows.len() as u64 };
    if far.is_empty() || share.ratio() > FEW {
        return Checked::ran(ISOLATED_ROWS.id, rows.len(), Vec::new());
    }
    let made = |what: &str| Remedy::Prepare {
        step: STEP.to_owned(),
        columns: Vec::new(),
        params: [("what", Value::Word(what.to_owned())), ("share", Value::Real(share.ratio().max(0.001)))].map(|(k, v)| (k.to_owned(), v)).into(),
    };
    let finding = Finding::new(ISOLATED_ROWS.id, Severity::Note, Certainty::Strong, &[], Evidence::Share { share }).rows(far);
    Checked::ran(ISOLATED_ROWS.id, rows.len(), vec![finding.remedies(vec![made("flag"), made("remove")])])
}

/// The numbers of these rows, missing ones at the median; `None` for a column without numbers.
fn filled(column: &Column, rows: &[u32]) -> Option<Vec<f64>> {
    let values = column.numbers()?;
    let own: Vec<f64> = rows.iter().filter_map(|&r| values.get(r as usize).copied()).collect();
    let middle = median(&present(&own));
    middle.is_finite().then(|| own.into_iter().map(|v| if v.is_nan() { middle } else { v }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::rules::fixtures::{run, table};

    fn cloud(apart: bool) -> Vec<Finding> {
        let mut draw = Stream::new(4, "cloud", 0);
        let mut columns: Vec<Vec<f64>> = (0..3).map(|_| (0..600).map(|_| draw.normal()).collect()).collect();
        if apart {
            columns.iter_mut().for_each(|c| c[77] = 9.0);
        }
        let names = ["a", "b", "c"];
        run(&ISOLATED_ROWS, &table(names.iter().zip(columns).map(|(n, c)| Column::numeric(n, c, 3)).collect())).findings
    }

    #[test]
    fn a_row_far_out_in_all_columns_is_found() {
        let found = cloud(true);
        assert_eq!(found[0].rows, [77]);
        assert!(matches!(&found[0].remedies[1], Remedy::Prepare { step, params, .. } if step == "isolation_forest" && params.len() == 2));
    }

    #[test]
    fn an_ordinary_cloud_is_silent() {
        assert!(cloud(false).is_empty());
    }
}
