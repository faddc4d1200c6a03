//! Time-ordered dealing: learn from the past, leave out the gap, judge on what follows (a window that expands or slides).
//!
//! Fold k of K learns from the blocks 0..=k of K + 1 blocks of nearly equal rows and is judged on block k + 1 (Hyndman and
//! Athanasopoulos, *Forecasting: Principles and Practice*, 3rd ed., 5.10; purging after Lopez de Prado 2018, ch. 7). Blocks end
//! between two stamps, never within one. A sliding window keeps the latest stamps before the gap only. An embargo leaves out of later training what
//! stands right after each judged block (ibid., 7.4.2): its rows still carry what that block held, so that two folds would share it.

use super::strategy::{Deal, Dealt};
use crate::error::{Error, Result};
use crate::table::{Column, Values};

/// Deals by the time column; rows without a stamp are left out.
pub(super) fn deal(deal: &Deal<'_>) -> Result<Dealt> {
    let Some(time) = &deal.task.time else {
        return Err(Error::strategy_needs("time_ordered", "time"));
    };
    let stamps = Stamps::new(deal.table.column(time)?, &deal.rows).map_err(|e| e.named(time))?;
    let too_few = |most: usize| Error::too_few_for_folds("distinct time stamps", deal.n_folds, most).named(time);
    let first_sealed = stamps.seal_from(deal.wanted(stamps.rows.len()));
    let kept = if first_sealed < stamps.len() { first_sealed.saturating_sub(deal.gap) } else { first_sealed };
    if kept < deal.gap.saturating_add(deal.n_folds + 1) {
        return Err(too_few(kept.saturating_sub(deal.gap.saturating_add(1))));
    }
    let cuts = stamps.cuts(kept, deal.n_folds, deal.gap);
    let folds: Vec<_> = (0..deal.n_folds).map(|k| (stamps.learned(&cuts, k, deal), stamps.rows(cuts[k], cuts[k + 1]))).collect();
    if folds.iter().any(|(train, _)| train.is_empty()) {
        let allowed = "so few stamps that every fold keeps some to learn from";
        return Err(Error::out_of_range("embargo", &deal.embargo.to_string(), allowed).named(time));
    }
    let window = (deal.window > 0).then(|| stamps.rows(kept.saturating_sub(deal.window), kept));
    Ok(Dealt { folds, development: stamps.rows(0, kept), holdout: stamps.rows(first_sealed, stamps.len()), window })
}

/// Rows sorted by stamp, then row number, with the place where each distinct stamp begins.
struct Stamps {
    rows: Vec<u32>,
    /// First place in `rows` of each distinct stamp.
    starts: Vec<usize>,
}

impl Stamps {
    fn new(column: &Column, rows: &[u32]) -> Result<Self> {
        let key = |row: u32| match column.values() {
            _ if column.is_missing(row as usize) => Ok(None),
            Values::Times { millis, .. } => Ok(Some(millis[row as usize])),
            Values::Numbers { values, .. } => Ok(Some(ordered(values[row as usize]))),
            Values::Codes { .. } => Err(Error::cannot_order_by(column.kind().id())),
        };
        let mut keyed: Vec<(i64, u32)> = Vec::with_capacity(rows.len());
        for &row in rows {
            if let Some(stamp) = key(row)? {
                keyed.push((stamp, row));
            }
        }
        keyed.sort_unstable();
        let starts = (0..keyed.len()).filter(|&i| i == 0 || keyed[i].0 != keyed[i - 1].0).collect();
        Ok(Self { rows: keyed.into_iter().map(|(_, row)| row).collect(), starts })
    }

    /// Number of distinct stamps.
    fn len(&self) -> usize {
        self.starts.len()
    }

    /// Rows of the stamps `from..to`.
    fn rows(&self, from: usize, to: usize) -> Vec<u32> {
        self.rows[self.place(from)..self.place(to)].to_vec()
    }

    /// What fold `k` learns from: the stamps before its gap, within the window, without those under embargo after earlier validation blocks.
    fn learned(&self, cuts: &[usize], k: usize, deal: &Deal<'_>) -> Vec<u32> {
        let end = cuts[k] - deal.gap;
        let mut from = if deal.window == 0 { 0 } else { end.saturating_sub(deal.window) };
        let mut rows = Vec::new();
        for &judged_until in cuts.get(1..=k).unwrap_or_default() {
            let until = judged_until.clamp(from, end);
            rows.extend(self.rows(from, until));
            from = judged_until.saturating_add(deal.embargo).clamp(from, end);
        }
        rows.extend(self.rows(from, end));
        rows
    }

    /// Where a stamp begins among the rows; the end for one past the last.
    fn place(&self, stamp: usize) -> usize {
        self.starts.get(stamp).copied().unwrap_or(self.rows.len())
    }

    /// First of the last whole stamps that together hold at least `wanted` rows.
    fn seal_from(&self, wanted: usize) -> usize {
        let at = self.rows.len() - wanted;
        if wanted == 0 { self.len() } else { self.starts.partition_point(|&start| start <= at).saturating_sub(1) }
    }

    /// First stamp of each validation block and the end of the last: `n_folds + 1` rising stamps, the first above `gap`, the last `kept`.
    fn cuts(&self, kept: usize, n_folds: usize, gap: usize) -> Vec<usize> {
        let n = self.place(kept);
        let mut cuts = Vec::with_capacity(n_folds + 1);
        let mut least = gap + 1;
        for k in 1..=n_folds {
            let ideal = self.starts.partition_point(|&start| start < n * k / (n_folds + 1));
            let cut = ideal.clamp(least, kept - (n_folds + 1 - k));
            cuts.push(cut);
            least = cut + 1;
        }
        cuts.push(kept);
        cuts
    }
}

/// A whole number in the order of the number (the IEEE total order); -0 as 0.
fn ordered(value: f64) -> i64 {
    let bits = (value + 0.0).to_bits().cast_signed();
    bits ^ (((bits >> 63).cast_unsigned() >> 1).cast_signed())
}
