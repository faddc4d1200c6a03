//! All that gives the target by adding up: its copies, the same in other units, and sums of other columns.
//!
//! The question of an audit is asked of one column, so more is tried than for the others: every column alone, every pair, and then sums of any
//! number of columns although some rows were corrected by hand. Columns are taken by what they explain of the rest, least squares without the
//! tenth of the rows it fits worst gives the weights, and [`elimination::identity`] drops, snaps and confirms them. The columns of a sum
//! are put aside and the search goes on: a target may be added up in several ways.

use super::{RowFormula, elimination, pairs, single};
use crate::lineage::confirm::{Derivation, Hold};
use crate::lineage::formula::Formula;
use crate::lineage::frame::Frame;
use crate::lineage::proof::{REACH, bits_needed};
use crate::lineage::screen::{Subject, anchors, spread_rows};
use crate::lineage::solve::{Fit, dot, fit, standardise};
use crate::math::sort;

/// Rows that sums are fitted on.
const FITTED_ON: usize = 3_000;
/// Most columns that are taken one after the other.
const GREEDY: usize = 12;
/// Most sums looked for, each without the columns of those before.
const ROUNDS: usize = 4;
/// Most columns fitted at once; more would take seconds.
const MOST_AT_ONCE: usize = 200;
/// Share of the variance a fit must explain before its formula is tried: corrected rows may hide the rest.
const WORTH_TRYING: f64 = 0.5;
/// Times the worst tenth of the rows is put aside and the rest fitted again.
const TRIMS: usize = 6;
/// Share of the target below which nothing is left to be explained.
const NOTHING: f64 = 1e-13;

/// Copies, affine forms and sums of `sources` that give `target` in at least 99 % of the rows, the cheapest first; `None` when even an exact copy
/// would not earn the bits of a proof.
#[must_use]
pub fn identities(frame: &Frame<'_>, target: usize, sources: &[usize]) -> Option<Vec<Derivation>> {
    let subject = Subject::new(frame, target, true)?;
    let is_source = |c: &usize| *c != target && frame.values(*c).is_some();
    let sources: Vec<usize> = sources.iter().copied().filter(is_source).collect();
    let mut found: Vec<Derivation> = single::copies(frame, std::slice::from_ref(&subject));
    found.retain(|d| d.formula.reads().iter().all(|r| sources.contains(&r.column)));
    let of_all = [subject];
    let anchors = anchors(frame.n_rows(), &of_all);
    found.extend(single::functions(frame, &of_all, &sources, &anchors));
    found.retain(is_linear);
    let [subject] = of_all;
    let alone: Vec<usize> = found.iter().flat_map(columns).collect();
    let mut open: Vec<usize> = sources.iter().copied().filter(|c| !alone.contains(c)).collect();
    let mut sums = pairs::search(frame, std::slice::from_ref(&subject), &open, &anchors);
    sums.retain(is_linear);
    sort::by(&mut sums, |a, b| a.formula.cost().total_cmp(&b.formula.cost()));
    open.retain(|c| !sums.iter().any(|d| columns(d).contains(c)));
    for _ in 0..ROUNDS {
        let search = Sums::new(frame, &subject, &open);
        let Some(sum) = search.one_by_one().or_else(|| search.all_at_once()) else { break };
        open.retain(|c| !columns(&sum).contains(c));
        sums.push(sum);
    }
    found.extend(sums);
    Some(found)
}

/// Bits that an exact copy of the target would earn, and the bits a proof needs.
#[must_use]
pub fn power(frame: &Frame<'_>, target: usize) -> (f64, f64) {
    let bits = Subject::any(frame, target).map_or(0.0, |s| s.explained().power());
    (bits, bits_needed(frame.n_columns()))
}

fn is_linear(d: &Derivation) -> bool {
    d.hold != Hold::Partial && matches!(d.formula, Formula::Row(RowFormula::Linear { .. }))
}

fn columns(d: &Derivation) -> Vec<usize> {
    d.formula.reads().iter().map(|r| r.column).collect()
}

/// A search for one sum over some columns.
struct Sums<'a, 'f> {
    frame: &'a Frame<'f>,
    subject: &'a Subject<'a>,
    /// Columns that leave enough complete rows, in file order.
    columns: Vec<usize>,
    rows: Vec<usize>,
}

impl<'a, 'f> Sums<'a, 'f> {
    fn new(frame: &'a Frame<'f>, subject: &'a Subject<'a>, open: &[usize]) -> Self {
        let n = subject.values.len();
        let mut present: Vec<bool> = subject.values.iter().map(|v| !v.is_nan()).collect();
        let enough = present.iter().filter(|&&p| p).count();
        let missing = |c: usize| frame.series.get(c).and_then(Option::as_ref).map_or(n, |s| n - s.n_present);
        let mut ranked: Vec<usize> = open.to_vec();
        sort::by_key(&mut ranked, |&c| (missing(c), c));
        let mut columns = Vec::new();
        for c in ranked {
            let Some(values) = frame.values(c).filter(|_| missing(c) < n) else { continue };
            let next: Vec<bool> = present.iter().zip(values).map(|(&p, v)| p && !v.is_nan()).collect();
            #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
            let reach = next.iter().filter(|&&p| p).count() as f64 / enough.max(1) as f64;
            if reach < REACH {
                break;
            }
            present = next;
            columns.push(c);
        }
        columns.sort_unstable();
        let complete: Vec<usize> = (0..n).filter(|&r| present[r]).collect();
        let rows = spread_rows(complete.len(), FITTED_ON).map(|i| complete[i]).collect();
        Self { frame, subject, columns, rows }
    }

    fn values(&self, column: usize) -> &'a [f64] {
        self.frame.values(column).unwrap_or(&[])
    }

    /// Takes the column that explains most of what is left, again and again, trying the formula each time.
    fn one_by_one(&self) -> Option<Derivation> {
        let y = self.subject.values;
        let scaled: Vec<Vec<f64>> = self.columns.iter().map(|&c| standardise(self.values(c), &self.rows).0).collect();
        let mut left = standardise(y, &self.rows).0;
        let nothing = NOTHING * y.iter().filter(|v| !v.is_nan()).fold(0.0_f64, |m, v| m.max(v.abs()));
        let mut taken: Vec<usize> = Vec::new();
        while taken.len() < GREEDY.min(self.rows.len() / 4) {
            let score = |i: usize| dot(&scaled[i], &left).abs();
            let open = (0..self.columns.len()).filter(|i| !taken.contains(i));
            let best = open.max_by(|&a, &b| score(a).total_cmp(&score(b)).then(b.cmp(&a)))?;
            if score(best) < 1e-12 {
                return None;
            }
            taken.push(best);
            taken.sort_unstable();
            let columns: Vec<usize> = taken.iter().map(|&i| self.columns[i]).collect();
            let x: Vec<&[f64]> = columns.iter().map(|&c| self.values(c)).collect();
            let fitted = fit(y, &x, &self.rows)?;
            if let Some(found) = self.tried(&columns, &x, &fitted) {
                return Some(found);
            }
            left = self.rows.iter().map(|&r| residual(y, &x, &fitted, r)).collect();
            let length = dot(&left, &left).sqrt();
            if length <= nothing {
                return None;
            }
            left.iter_mut().for_each(|v| *v /= length);
        }
        None
    }

    /// All columns at once, eliminated in file order.
    fn all_at_once(&self) -> Option<Derivation> {
        let k = self.columns.len();
        if k <= GREEDY.min(self.rows.len() / 4) || k > MOST_AT_ONCE || self.rows.len() < 2 * k {
            return None;
        }
        let x: Vec<&[f64]> = self.columns.iter().map(|&c| self.values(c)).collect();
        self.tried(&self.columns, &x, &fit(self.subject.values, &x, &self.rows)?)
    }

    /// The formula in these columns, if they give the target.
    fn tried(&self, columns: &[usize], x: &[&[f64]], fitted: &Fit) -> Option<Derivation> {
        if columns.len() < 2 || fitted.explained < WORTH_TRYING {
            return None;
        }
        let inside = fitted_best(self.subject.values, x, &self.rows, fitted);
        elimination::identity(self.frame, self.subject, columns, &inside, elimination::Scale::Plain).filter(is_linear)
    }
}

fn residual(y: &[f64], x: &[&[f64]], fitted: &Fit, row: usize) -> f64 {
    y[row] - fitted.constant - x.iter().zip(&fitted.weights).map(|(c, w)| w * c[row]).sum::<f64>()
}

/// The nine tenths of the rows that least squares fits best, chosen again until the choice settles: corrected rows are not among them.
fn fitted_best(y: &[f64], x: &[&[f64]], rows: &[usize], first: &Fit) -> Vec<usize> {
    let mut best = first.clone();
    let mut inside = rows.to_vec();
    for _ in 0..TRIMS {
        let mut ranked: Vec<(f64, usize)> = rows.iter().map(|&r| (residual(y, x, &best, r).abs(), r)).collect();
        sort::by(&mut ranked, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let kept = ranked.len() - ranked.len() / 10;
        let mut next: Vec<usize> = ranked.iter().take(kept).map(|r| r.1).collect();
        next.sort_unstable();
        let Some(fitted) = fit(y, x, &next) else { break };
        inside = next;
        let settled = fitted.rms >= best.rms * 0.999;
        best = fitted;
        if settled {
            break;
        }
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::elementary::powi;
    use crate::math::rng::Stream;
    use crate::table::{Column, Table};

    fn noise(seed: u64, index: u64, n: usize, decimals: u8) -> Vec<f64> {
        let mut draw = Stream::new(seed, "linear", index);
        let unit = powi(10.0, i32::from(decimals));
        (0..n).map(|_| (draw.normal() * 20.0 * unit).round() / unit).collect()
    }

    fn found(table: &Table) -> Vec<Derivation> {
        let frame = Frame::new(table, None);
        let sources: Vec<usize> = (1..table.columns().len()).collect();
        identities(&frame, 0, &sources).unwrap_or_default()
    }

    fn terms(d: &Derivation) -> (Vec<(usize, f64)>, f64) {
        let Formula::Row(RowFormula::Linear { terms, constant }) = &d.formula else { panic!("a linear formula") };
        (terms.clone(), *constant)
    }

    #[test]
    fn a_copy_and_a_scaled_copy_are_proven() {
        let x = noise(1, 0, 60, 2);
        let y: Vec<f64> = x.iter().map(|v| ((32.0 + 1.8 * v) * 1000.0).round() / 1000.0).collect();
        let table = Table::new(vec![Column::numeric("y", y, 3), Column::numeric("x", x, 2), Column::numeric("z", noise(1, 1, 60, 2), 2)]).unwrap();
        let found = found(&table);
        assert_eq!(found.len(), 1);
        assert_eq!(terms(&found[0]), (vec![(1, 1.8)], 32.0));
        assert_eq!(found[0].examples.len(), 3);
    }

    #[test]
    fn a_sum_of_three_columns_is_proven_although_a_few_rows_were_corrected() {
        let (a, b, c) = (noise(2, 0, 500, 0), noise(2, 1, 500, 0), noise(2, 2, 500, 1));
        let mut y: Vec<f64> = (0..500).map(|i| a[i] + b[i] - 0.5 * c[i]).collect();
        y[17] += 300.0;
        y[300] -= 45.0;
        let columns = vec![
            Column::numeric("y", y, 2),
            Column::numeric("a", a, 0),
            Column::numeric("n", noise(2, 3, 500, 1), 1),
            Column::numeric("b", b, 0),
            Column::numeric("c", c, 1),
        ];
        let found = found(&Table::new(columns).unwrap());
        assert_eq!(found.len(), 1);
        assert_eq!(terms(&found[0]).0, vec![(1, 1.0), (3, 1.0), (4, -0.5)]);
        assert_eq!(found[0].matched.count, 498);
    }

    #[test]
    fn a_sum_of_twenty_columns_is_found_by_elimination() {
        let parts: Vec<Vec<f64>> = (0..20).map(|i| noise(3, i, 400, 0)).collect();
        let y: Vec<f64> = (0..400).map(|r| parts.iter().map(|p| p[r]).sum()).collect();
        let mut columns = vec![Column::numeric("y", y, 0)];
        columns.extend(parts.into_iter().enumerate().map(|(i, p)| Column::numeric(&format!("p{i}"), p, 0)));
        assert_eq!(terms(&found(&Table::new(columns).unwrap())[0]).0.len(), 20);
    }

    #[test]
    fn a_target_that_adds_up_in_several_ways_is_told_in_all_of_them() {
        let y = noise(4, 0, 120, 1);
        let mut columns = vec![Column::numeric("y", y.clone(), 1)];
        for (sum, parts) in [2_u64, 3, 2].into_iter().enumerate() {
            let mut rest = y.clone();
            for part in 1..parts {
                let values = noise(4, 10 * (sum as u64 + 1) + part, 120, 1);
                rest.iter_mut().zip(&values).for_each(|(r, v)| *r = ((*r - v) * 10.0).round() / 10.0);
                columns.push(Column::numeric(&format!("{sum} {part}"), values, 1));
            }
            columns.push(Column::numeric(&format!("{sum} rest"), rest, 1));
        }
        let found = found(&Table::new(columns).unwrap());
        let mut parts: Vec<Vec<usize>> = found.iter().map(|d| terms(d).0.iter().map(|t| t.0).collect()).collect();
        parts.sort();
        assert_eq!(parts, [vec![1, 2], vec![3, 4, 5], vec![6, 7]]);
    }

    #[test]
    fn a_column_that_adds_nothing_is_not_in_the_sum() {
        let (a, b, other) = (noise(6, 0, 71, 2), noise(6, 1, 71, 2), noise(6, 2, 71, 2));
        let c: Vec<f64> = noise(6, 3, 71, 2);
        let y: Vec<f64> = (0..71).map(|r| ((a[r] + b[r] + c[r]) * 100.0).round() / 100.0).collect();
        // It goes with the target better than each part does, and is taken first.
        let near: Vec<f64> = y.iter().zip(&other).map(|(y, e)| ((y + 0.3 * e) * 100.0).round() / 100.0).collect();
        let columns = [("y", y), ("near", near), ("a", a), ("b", b), ("c", c)].map(|(name, values)| Column::numeric(name, values, 2));
        let found = found(&Table::new(columns.into()).unwrap());
        assert_eq!(found.iter().map(|d| terms(d).0).collect::<Vec<_>>(), [vec![(2, 1.0), (3, 1.0), (4, 1.0)]]);
    }

    #[test]
    fn independent_tables_give_no_identity() {
        for seed in 0..200 {
            let n = [12, 40, 150, 400][seed as usize % 4];
            let columns = (0..8_u64)
                .map(|i| {
                    let base = noise(100 + seed, i, n, 1);
                    let values: Vec<f64> = match (seed + i) % 5 {
                        0 => base,
                        1 => base.iter().map(|v| f64::from(*v > 0.0)).collect(),
                        2 => base.iter().map(|v| (v / 15.0).round().abs()).collect(),
                        3 => base
                            .iter()
                            .scan(0.0, |s, v| {
                                *s += v.round();
                                Some(*s)
                            })
                            .collect(),
                        _ => base.chunks(10).flat_map(|c| vec![c[0].round(); c.len()]).collect(),
                    };
                    Column::numeric(&format!("c{i}"), values, u8::from((seed + i) % 5 == 0))
                })
                .collect();
            assert!(found(&Table::new(columns).unwrap()).is_empty(), "seed {seed}");
        }
    }

    #[test]
    fn a_close_proxy_is_no_identity() {
        let x = noise(5, 0, 300, 2);
        let mut draw = Stream::new(5, "proxy", 0);
        let y = x.iter().map(|v| ((v + 0.1 * draw.normal()) * 100.0).round() / 100.0).collect();
        assert!(found(&Table::new(vec![Column::numeric("y", y, 2), Column::numeric("x", x, 2)]).unwrap()).is_empty());
    }
}
