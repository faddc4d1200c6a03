//! Exact linear identities of a column: copies, scaled copies and sums, `y = constant + sum(weight x column)`.
//!
//! A target that is a sum of its features is predicted perfectly and worthlessly: each part is a part of the answer.
//! Searched on a sample of rows, decided on all: first each column alone (copy, then affine), then a greedy choice of
//! columns by what they explain of the rest, last all columns at once, eliminated in file order. Weights are fitted by
//! trimmed least squares (a few corrected rows must not hide an identity), snapped to short decimals, and the snapped
//! formula must pass [`super::proof`]. Columns of a proven identity are put aside and the search goes on.

use super::proof::{Explained, Match, PROVEN_SHARE, REACH, bits_needed};
use super::solve::{Fit, dot, fit, standardise};
use crate::finding::{Share, WorkedRow};
use crate::math::elementary::powi;
use crate::table::Table;

/// Rows formulas are fitted on.
const SAMPLE: usize = 3_000;
/// Most columns the greedy choice takes.
const GREEDY: usize = 12;
/// Most sums reported.
const ROUNDS: usize = 3;
/// Most columns eliminated at once; more would take seconds.
const MOST_AT_ONCE: usize = 200;
/// Share of the variance a fit must explain before its formula is tried: a match on 99 % of the rows explains more.
const WORTH_TRYING: f64 = 0.5;
/// Times the worst tenth of the rows is put aside and the rest fitted again.
const TRIMS: usize = 6;
/// Most decimals of a snapped weight.
const SHORT: i32 = 4;
/// Standard errors a weight may be away from the short decimal it is taken for.
const SNAP: f64 = 4.0;

/// A proven identity.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearIdentity {
    /// Column position and weight, in file order.
    pub terms: Vec<(usize, f64)>,
    /// Constant term.
    pub constant: f64,
    /// How well it holds.
    pub found: Match,
    /// Bits it needed.
    pub bits_needed: f64,
}

/// What a search came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Search {
    /// The column is not numeric.
    NotNumeric,
    /// Even an exact copy would not earn the bits of a proof.
    Underpowered {
        /// Bits an exact copy would earn.
        bits: f64,
        /// Bits needed.
        needed: f64,
    },
    /// Searched; these were proven.
    Searched(Vec<LinearIdentity>),
}

/// Columns that alone give the target: `y = x` or `y = a + b x`.
#[must_use]
pub fn copies(table: &Table, target: usize, candidates: &[usize]) -> Search {
    let problem = match Problem::new(table, target, candidates) {
        Ok(problem) => problem,
        Err(search) => return search,
    };
    Search::Searched(problem.candidates.iter().filter_map(|&c| problem.single(c)).collect())
}

/// Sums of two or more columns that give the target. Columns that give it alone are put aside first.
#[must_use]
pub fn sums(table: &Table, target: usize, candidates: &[usize]) -> Search {
    let mut problem = match Problem::new(table, target, candidates) {
        Ok(problem) => problem,
        Err(search) => return search,
    };
    let alone: Vec<usize> = problem.candidates.iter().copied().filter(|&c| problem.single(c).is_some()).collect();
    problem.candidates.retain(|c| !alone.contains(c));
    let mut found = Vec::new();
    for _ in 0..ROUNDS {
        let Some(identity) = problem.greedy().or_else(|| problem.all_at_once()) else { break };
        problem.candidates.retain(|c| !identity.terms.iter().any(|t| t.0 == *c));
        found.push(identity);
    }
    Search::Searched(found)
}

/// Three rows of an identity worked out by hand: spread over the file, matching, and with a target that is not 0 if possible.
#[must_use]
pub fn examples(table: &Table, target: usize, identity: &LinearIdentity) -> Vec<WorkedRow> {
    let Some(y) = table.columns().get(target).and_then(|c| c.numbers()) else { return Vec::new() };
    let parts: Vec<&[f64]> = identity.terms.iter().filter_map(|t| table.columns().get(t.0).and_then(|c| c.numbers())).collect();
    let worked = |row: usize| {
        let values: Vec<f64> = parts.iter().map(|p| p[row]).collect();
        let expected = identity.constant + values.iter().zip(&identity.terms).map(|(v, t)| v * t.1).sum::<f64>();
        let fits = (y[row] - expected).abs() <= identity.found.tolerance;
        fits.then_some(WorkedRow { row: u32::try_from(row).unwrap_or(u32::MAX), parts: values, expected, found: y[row] })
    };
    let n = y.len();
    (0..3_usize)
        .filter_map(|third| {
            let (from, to) = (third * n / 3, (third + 1) * n / 3);
            let middle = from + (to - from) / 3;
            let order = || (middle..to).chain(from..middle);
            order().take(1_000).filter(|&r| y[r] != 0.0).find_map(worked).or_else(|| order().find_map(worked))
        })
        .collect()
}

struct Problem<'a> {
    y: Explained<'a>,
    columns: Vec<Option<&'a [f64]>>,
    candidates: Vec<usize>,
}

impl<'a> Problem<'a> {
    fn new(table: &'a Table, target: usize, candidates: &[usize]) -> Result<Self, Search> {
        let y = table.columns().get(target).and_then(Explained::column).ok_or(Search::NotNumeric)?;
        let (bits, needed) = (y.power(), bits_needed(table.columns().len()));
        if bits < needed {
            return Err(Search::Underpowered { bits, needed });
        }
        let columns: Vec<Option<&[f64]>> = table.columns().iter().map(|c| c.numbers()).collect();
        let mut candidates: Vec<usize> = candidates.iter().copied().filter(|&c| c != target && columns.get(c).is_some_and(Option::is_some)).collect();
        candidates.sort_unstable();
        candidates.dedup();
        Ok(Self { y, columns, candidates })
    }

    fn column(&self, c: usize) -> &'a [f64] {
        self.columns.get(c).copied().flatten().unwrap_or(&[])
    }

    /// Rows where y and all of `chosen` are present, thinned evenly to [`SAMPLE`].
    fn sample(&self, chosen: &[usize]) -> Vec<usize> {
        let y = self.y.values();
        let rows: Vec<usize> = (0..y.len()).filter(|&r| !y[r].is_nan() && chosen.iter().all(|&c| !self.column(c)[r].is_nan())).collect();
        if rows.len() <= SAMPLE { rows } else { (0..SAMPLE).map(|i| rows[i * rows.len() / SAMPLE]).collect() }
    }

    fn single(&self, c: usize) -> Option<LinearIdentity> {
        let x = self.column(c);
        let y = self.y.values();
        let rows = self.sample(&[c]);
        let copies = rows.iter().filter(|&&r| (y[r] - x[r]).abs() <= self.y.tolerance(x[r].abs())).count();
        if share(copies, rows.len()) >= PROVEN_SHARE {
            return self.decide(vec![(c, 1.0)], 0.0, 0);
        }
        let fitted = trimmed(y, &[x], &rows)?;
        if fitted.explained < WORTH_TRYING || fitted.weights[0] == 0.0 {
            return None;
        }
        let weight = snap(fitted.weights[0], fitted.errors[0]);
        if let Some(weight) = weight.filter(|&w| w != 0.0)
            && let Some(found) = self.with_constant(vec![(c, weight)], &fitted, &rows, 1)
        {
            return Some(found);
        }
        self.with_constant(vec![(c, fitted.weights[0])], &fitted, &rows, 1)
    }

    /// Fits the constant to the middle of what the terms leave, snapped if possible, and decides.
    fn with_constant(&self, terms: Vec<(usize, f64)>, fitted: &Fit, rows: &[usize], constants: usize) -> Option<LinearIdentity> {
        let y = self.y.values();
        let mut rest: Vec<f64> = rows.iter().map(|&r| y[r] - terms.iter().map(|t| t.1 * self.column(t.0)[r]).sum::<f64>()).collect();
        rest.sort_by(f64::total_cmp);
        let (low, high) = (*rest.get(rest.len() / 20)?, *rest.get(rest.len() - 1 - rest.len() / 20)?);
        let middle = low + (high - low) / 2.0;
        let slack = (high - low) / 2.0 + fitted.rms + 1e-9 * fitted.constant.abs();
        let snapped = snap(middle, slack / SNAP).unwrap_or(middle);
        let fitted_constant = usize::from(snapped != 0.0);
        self.decide(terms.clone(), snapped, constants + fitted_constant)
            .or_else(|| if snapped == middle { None } else { self.decide(terms, middle, constants + 1) })
    }

    /// Checks a formula on a sample, then on all rows.
    fn decide(&self, terms: Vec<(usize, f64)>, constant: f64, constants: usize) -> Option<LinearIdentity> {
        let y = self.y.values();
        let rows = self.sample(&terms.iter().map(|t| t.0).collect::<Vec<_>>());
        let value = |r: usize| {
            terms.iter().fold((constant, constant.abs()), |(v, m), t| {
                let part = t.1 * self.column(t.0)[r];
                (v + part, m + part.abs())
            })
        };
        let fits = rows
            .iter()
            .filter(|&&r| {
                let (v, m) = value(r);
                (y[r] - v).abs() <= self.y.tolerance(m)
            })
            .count();
        // The sample may miss by chance what all rows hold, so it is asked for a little less.
        if share(fits, rows.len()) < PROVEN_SHARE - 0.01 {
            return None;
        }
        let (predicted, magnitude): (Vec<f64>, Vec<f64>) = (0..y.len()).map(value).unzip();
        let found = self.y.weigh(&predicted, &magnitude, constants);
        let n_columns = self.columns.len();
        self.y.is_proof(&found, n_columns).then(|| LinearIdentity { terms, constant, found, bits_needed: bits_needed(n_columns) })
    }

    /// Columns that leave enough complete rows, those with the fewest missing cells first chosen, in file order.
    fn complete(&self) -> (Vec<usize>, Vec<usize>) {
        let y = self.y.values();
        let mut ranked: Vec<(usize, usize)> = self.candidates.iter().map(|&c| (self.column(c).iter().filter(|v| v.is_nan()).count(), c)).collect();
        ranked.sort_unstable();
        let mut present: Vec<bool> = y.iter().map(|v| !v.is_nan()).collect();
        let mut chosen = Vec::new();
        for (missing, c) in ranked {
            if missing > 0 {
                let next: Vec<bool> = present.iter().zip(self.column(c)).map(|(&p, v)| p && !v.is_nan()).collect();
                if share(next.iter().filter(|&&p| p).count(), self.y.n_present()) < REACH {
                    break;
                }
                present = next;
            }
            chosen.push(c);
        }
        chosen.sort_unstable();
        let rows = self.sample(&chosen);
        (chosen, rows)
    }

    /// Takes the column that explains most of what is left, again and again, trying the formula each time.
    fn greedy(&self) -> Option<LinearIdentity> {
        let (chosen, rows) = self.complete();
        let y = self.y.values();
        let scaled: Vec<Vec<f64>> = chosen.iter().map(|&c| standardise(self.column(c), &rows).0).collect();
        let mut left = standardise(y, &rows).0;
        let mut taken: Vec<usize> = Vec::new();
        while taken.len() < GREEDY.min(rows.len() / 4) {
            let score = |i: usize| dot(&scaled[i], &left).abs();
            let best = (0..chosen.len()).filter(|i| !taken.contains(i)).max_by(|&a, &b| score(a).total_cmp(&score(b)).then(b.cmp(&a)))?;
            if score(best) < 1e-12 {
                return None;
            }
            taken.push(best);
            taken.sort_unstable();
            let columns: Vec<&[f64]> = taken.iter().map(|&i| self.column(chosen[i])).collect();
            let fitted = fit(y, &columns, &rows)?;
            if taken.len() >= 2
                && fitted.explained >= WORTH_TRYING
                && let Some(found) = self.snapped(&taken.iter().map(|&i| chosen[i]).collect::<Vec<_>>(), &rows)
            {
                return Some(found);
            }
            left = rows.iter().map(|&r| y[r] - fitted.constant - columns.iter().zip(&fitted.weights).map(|(c, w)| w * c[r]).sum::<f64>()).collect();
            let length = dot(&left, &left).sqrt();
            if length <= 1e-13 * y.iter().filter(|v| !v.is_nan()).fold(0.0_f64, |m, v| m.max(v.abs())) {
                return None;
            }
            left.iter_mut().for_each(|v| *v /= length);
        }
        None
    }

    /// All columns at once, eliminated in file order.
    fn all_at_once(&self) -> Option<LinearIdentity> {
        let (chosen, rows) = self.complete();
        if chosen.len() <= GREEDY.min(rows.len() / 4) || chosen.len() > MOST_AT_ONCE || rows.len() < 2 * chosen.len() {
            return None;
        }
        self.snapped(&chosen, &rows)
    }

    /// Fits these columns, snaps the weights, drops those that vanish, and decides.
    fn snapped(&self, chosen: &[usize], rows: &[usize]) -> Option<LinearIdentity> {
        let columns: Vec<&[f64]> = chosen.iter().map(|&c| self.column(c)).collect();
        let fitted = trimmed(self.y.values(), &columns, rows)?;
        let terms: Vec<(usize, f64)> = chosen
            .iter()
            .zip(fitted.weights.iter().zip(&fitted.errors))
            .map(|(&c, (&w, &e))| snap(w, e).map(|w| (c, w)))
            .collect::<Option<Vec<_>>>()?
            .into_iter()
            .filter(|t| t.1 != 0.0)
            .collect();
        if terms.len() < 2 {
            return None;
        }
        let constants = terms.len();
        self.with_constant(terms, &fitted, rows, constants)
    }
}

/// Least squares without the tenth of the rows it fits worst, repeated until the choice settles.
fn trimmed(y: &[f64], x: &[&[f64]], rows: &[usize]) -> Option<Fit> {
    let mut best = fit(y, x, rows)?;
    for _ in 0..TRIMS {
        let residual = |r: usize| (y[r] - best.constant - x.iter().zip(&best.weights).map(|(c, w)| w * c[r]).sum::<f64>()).abs();
        let mut ranked: Vec<(f64, usize)> = rows.iter().map(|&r| (residual(r), r)).collect();
        ranked.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let kept = ranked.len() - ranked.len() / 10;
        let mut inside: Vec<usize> = ranked.iter().take(kept).map(|r| r.1).collect();
        inside.sort_unstable();
        let Some(next) = fit(y, x, &inside) else { break };
        let settled = next.rms >= best.rms * 0.999;
        best = next;
        if settled {
            break;
        }
    }
    Some(best)
}

/// The shortest decimal within [`SNAP`] standard errors, if there is one.
fn snap(value: f64, error: f64) -> Option<f64> {
    let slack = SNAP * error + 1e-9 * value.abs() + 1e-12;
    (0..=SHORT).map(|d| (value * powi(10.0, d)).round() / powi(10.0, d)).find(|short| (value - short).abs() <= slack)
}

fn share(count: usize, of: usize) -> f64 {
    Share { count: count as u64, of: of as u64 }.ratio()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::rng::Stream;
    use crate::table::Column;

    fn noise(seed: u64, index: u64, n: usize, decimals: u8) -> Vec<f64> {
        let mut draw = Stream::new(seed, "linear", index);
        let unit = powi(10.0, i32::from(decimals));
        (0..n).map(|_| (draw.normal() * 20.0 * unit).round() / unit).collect()
    }

    fn found(table: &Table) -> Vec<LinearIdentity> {
        let candidates: Vec<usize> = (1..table.columns().len()).collect();
        let mut all = Vec::new();
        for search in [copies(table, 0, &candidates), sums(table, 0, &candidates)] {
            if let Search::Searched(found) = search {
                all.extend(found);
            }
        }
        all
    }

    #[test]
    fn a_copy_and_a_scaled_copy_are_proven() {
        let x = noise(1, 0, 60, 2);
        let y: Vec<f64> = x.iter().map(|v| ((32.0 + 1.8 * v) * 1000.0).round() / 1000.0).collect();
        let table = Table::new(vec![Column::numeric("y", y, 3), Column::numeric("x", x, 2), Column::numeric("z", noise(1, 1, 60, 2), 2)]).unwrap();
        let found = found(&table);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].terms.clone(), found[0].constant), (vec![(1, 1.8)], 32.0));
        assert_eq!(examples(&table, 0, &found[0]).len(), 3);
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
        assert_eq!(found[0].terms, vec![(1, 1.0), (3, 1.0), (4, -0.5)]);
        assert_eq!(found[0].found.matched.count, 498);
    }

    #[test]
    fn a_sum_of_twenty_columns_is_found_by_elimination() {
        let parts: Vec<Vec<f64>> = (0..20).map(|i| noise(3, i, 400, 0)).collect();
        let y: Vec<f64> = (0..400).map(|r| parts.iter().map(|p| p[r]).sum()).collect();
        let mut columns = vec![Column::numeric("y", y, 0)];
        columns.extend(parts.into_iter().enumerate().map(|(i, p)| Column::numeric(&format!("p{i}"), p, 0)));
        assert_eq!(found(&Table::new(columns).unwrap())[0].terms.len(), 20);
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
