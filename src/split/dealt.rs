//! Random and stratified dealing: shuffle within each stratum, then deal in turn across all strata.
//!
//! Dealing in turn over the strata laid end to end gives every fold the same number of rows of each stratum, and the same number in
//! all, to within one row.

use super::strategy::{Deal, Dealt};
use crate::error::{Error, Result};
use crate::math::rank;
use crate::math::rng::Stream;

/// Parts a numeric target is cut into for stratified dealing.
const PARTS: usize = 5;

/// One stratum: every row by chance.
pub(super) fn random(deal: &Deal<'_>) -> Result<Dealt> {
    deal_strata(deal, vec![deal.rows.clone()])
}

/// A stratum a class, or a fifth of the rows by rank of a numeric target.
pub(super) fn stratified(deal: &Deal<'_>) -> Result<Dealt> {
    if !deal.task.kind.is_classification() {
        return deal_strata(deal, fifths(deal));
    }
    let of_class = |class: usize| {
        #[expect(clippy::cast_precision_loss, reason = "classes are few")]
        let class = class as f64;
        deal.rows.iter().copied().filter(|&r| deal.target[r as usize] == class).collect::<Vec<u32>>()
    };
    let strata: Vec<Vec<u32>> = (0..deal.task.n_classes()).map(of_class).filter(|rows| !rows.is_empty()).collect();
    deal_strata(deal, strata)
}

fn fifths(deal: &Deal<'_>) -> Vec<Vec<u32>> {
    let values: Vec<f64> = deal.rows.iter().map(|&r| deal.target[r as usize]).collect();
    let n = values.len();
    let mut strata = vec![Vec::new(); PARTS];
    for (place, position) in rank::order(&values).into_iter().enumerate() {
        strata[place * PARTS / n].push(deal.rows[position]);
    }
    strata
}

fn deal_strata(deal: &Deal<'_>, strata: Vec<Vec<u32>>) -> Result<Dealt> {
    let n: usize = strata.iter().map(Vec::len).sum();
    let wanted = deal.wanted(n);
    let mut holdout = Vec::new();
    let mut development = Vec::new();
    // Where the kept rows of each stratum end.
    let mut ends = Vec::with_capacity(strata.len());
    let mut place = 0;
    let mut fewest = usize::MAX;
    for (index, mut rows) in strata.into_iter().enumerate() {
        Stream::new(deal.seed, "split/stratum", index as u64).shuffle(&mut rows);
        let before = development.len();
        for row in rows {
            let sealed = (place + 1) * wanted / n > place * wanted / n;
            if sealed { &mut holdout } else { &mut development }.push(row);
            place += 1;
        }
        fewest = fewest.min(development.len() - before);
        ends.push(development.len());
    }
    let classes = deal.task.kind.is_classification();
    let most = if classes && fewest != usize::MAX { fewest } else { development.len() };
    if most < deal.n_folds {
        return Err(Error::too_few_for_folds(if classes { "rows of the rarest class" } else { "rows with a target" }, deal.n_folds, most));
    }
    let mut folds: Vec<(Vec<u32>, Vec<u32>)> = (0..deal.n_folds).map(|k| by_turn(&development, k, deal.n_folds)).collect();
    for repeat in 1..deal.repeats {
        let anew = anew(&development, &ends, deal.seed, repeat);
        folds.extend((0..deal.n_folds).map(|k| by_turn(&anew, k, deal.n_folds)));
    }
    holdout.sort_unstable();
    development.sort_unstable();
    Ok(Dealt { folds, development, holdout, window: None })
}

/// The kept rows in another order within each stratum.
fn anew(development: &[u32], ends: &[usize], seed: u64, repeat: usize) -> Vec<u32> {
    let mut rows = development.to_vec();
    let mut from = 0;
    for (stratum, &end) in ends.iter().enumerate() {
        if let Some(own) = rows.get_mut(from..end) {
            Stream::new(seed, "split/repeat", ((repeat as u64) << 32) | stratum as u64).shuffle(own);
        }
        from = end;
    }
    rows
}

fn by_turn(development: &[u32], fold: usize, n_folds: usize) -> (Vec<u32>, Vec<u32>) {
    let mut train: Vec<u32> = development.iter().enumerate().filter(|(i, _)| i % n_folds != fold).map(|(_, &r)| r).collect();
    let mut validation: Vec<u32> = development.iter().skip(fold).step_by(n_folds).copied().collect();
    train.sort_unstable();
    validation.sort_unstable();
    (train, validation)
}
