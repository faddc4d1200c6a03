//! Weighted windows of columns that nothing else explains: the impulse response of a column to another, by least squares.
//!
//! A good fit is never a proof: the weights are taken for short decimals or parts of a whole, and the formula must hold at printed precision
//! and earn its bits with one constant a weight.

use super::TimeFormula;
use super::axis::{Axis, real};
use super::screen::{Sample, Screen};
use super::source::Source;
use super::weighted::Weighted;

/// Rows a weight needs.
const ROWS_A_WEIGHT: usize = 4;
/// Rows fitted on, for each weight, and when the support is known.
const FIT_ROWS: usize = 8;
const REFIT_ROWS: usize = 1_500;
/// Share of the variance a fit must explain.
const EXPLAINED: f64 = 0.999;
/// Standard errors below which a weight is 0, and within which it is taken for a short number.
const ERRORS: f64 = 5.0;
/// Largest whole of which weights are parts (the linear weights of 30 rows are parts of 465).
const WHOLE: u32 = 1_000;
/// Windows tried: rows back of the newest and the oldest value.
const DESIGNS: [(i32, i32); 3] = [(-3, 8), (-8, 15), (0, 31)];

struct Fit {
    weights: Vec<f64>,
    errors: Vec<f64>,
    explained: f64,
}

/// Weighted windows of one source that give smooth columns of `open` (indices), with the share of rows they hold on.
pub(super) fn weigh(axis: &Axis<'_>, source: &Source<'_>, screens: &[Screen<'_>], open: &[u32], sample: &Sample) -> Vec<(u32, TimeFormula, f64)> {
    let mut found: Vec<(u32, TimeFormula, f64)> = Vec::new();
    for (first, last) in DESIGNS {
        let k = usize::try_from(last - first + 1).unwrap_or(1);
        let design = Design::new(axis, source, (first, last), sample.shuffled.iter().map(|&r| r as usize), FIT_ROWS * k);
        if design.places.len() < ROWS_A_WEIGHT * k {
            continue;
        }
        let shared = Factor::new(&design.rows);
        for &y in open.iter().filter(|&&y| screens[y as usize].column != source.column) {
            if found.iter().any(|f| f.0 == y) {
                continue;
            }
            let screen = &screens[y as usize];
            let formula =
                design.fit(screen, &shared).filter(|f| f.explained >= EXPLAINED).and_then(|fit| settle(axis, source, screen, first, &fit, sample));
            found.extend(formula.map(|(formula, share)| (y, formula, share)));
        }
    }
    found
}

/// Rows of neighbouring values of a source.
struct Design {
    places: Vec<usize>,
    rows: Vec<Vec<f64>>,
}

impl Design {
    fn new(axis: &Axis<'_>, source: &Source<'_>, (first, last): (i32, i32), places: impl Iterator<Item = usize>, most: usize) -> Self {
        let row = |place: usize| (first..=last).map(|by| source.get(axis.back(place, by)?)).collect::<Option<Vec<f64>>>().map(|r| (place, r));
        let (places, rows) = places.filter_map(row).take(most).unzip();
        Self { places, rows }
    }

    /// Fits a column; `shared` is the factor of all rows, used where the column is present on all of them.
    fn fit(&self, screen: &Screen<'_>, shared: &Factor) -> Option<Fit> {
        let y: Vec<f64> = self.places.iter().map(|&p| screen.values[p]).collect();
        if y.iter().all(|v| !v.is_nan()) {
            return shared.solve(&self.rows, &y);
        }
        let (y, rows): (Vec<f64>, Vec<Vec<f64>>) = y.iter().zip(&self.rows).filter(|(v, _)| !v.is_nan()).map(|(v, r)| (*v, r.clone())).unzip();
        if rows.len() < ROWS_A_WEIGHT * rows.first()?.len() {
            return None;
        }
        Factor::new(&rows).solve(&rows, &y)
    }
}

/// Cholesky factor of the products of the columns, columns scaled to unit length.
struct Factor {
    lower: Vec<Vec<f64>>,
    lengths: Vec<f64>,
}

impl Factor {
    fn new(rows: &[Vec<f64>]) -> Self {
        let k = rows.first().map_or(0, Vec::len);
        let mut products = vec![vec![0.0; k]; k];
        for row in rows {
            for i in 0..k {
                for j in 0..=i {
                    products[i][j] += row[i] * row[j];
                }
            }
        }
        let lengths: Vec<f64> = (0..k).map(|i| products[i][i].sqrt()).collect();
        let mut lower = vec![vec![0.0; k]; k];
        for i in 0..k {
            for j in 0..=i {
                let dot: f64 = (0..j).map(|m| lower[i][m] * lower[j][m]).sum();
                let value = products[i][j] / (lengths[i] * lengths[j]) - dot;
                // a dependent column gets no weight
                lower[i][j] = if i == j { if value > 1e-13 { value.sqrt() } else { f64::INFINITY } } else { value / lower[j][j] };
            }
        }
        Self { lower, lengths }
    }

    fn forward(&self, right: &[f64]) -> Vec<f64> {
        let mut z = vec![0.0; right.len()];
        for i in 0..right.len() {
            let dot: f64 = (0..i).map(|m| self.lower[i][m] * z[m]).sum();
            z[i] = (right[i] - dot) / self.lower[i][i];
        }
        z
    }

    fn backward(&self, z: &[f64]) -> Vec<f64> {
        let k = z.len();
        let mut w = vec![0.0; k];
        for i in (0..k).rev() {
            let dot: f64 = (i + 1..k).map(|m| self.lower[m][i] * w[m]).sum();
            w[i] = (z[i] - dot) / self.lower[i][i];
        }
        w
    }

    fn solve(&self, rows: &[Vec<f64>], y: &[f64]) -> Option<Fit> {
        let (n, k) = (rows.len(), self.lengths.len());
        if self.lengths.contains(&0.0) || n <= k {
            return None;
        }
        let mut right = vec![0.0; k];
        for (row, &target) in rows.iter().zip(y) {
            row.iter().zip(&mut right).for_each(|(x, r)| *r += x * target);
        }
        right.iter_mut().zip(&self.lengths).for_each(|(r, l)| *r /= l);
        let scaled = self.backward(&self.forward(&right));
        let weights: Vec<f64> = scaled.iter().zip(&self.lengths).map(|(w, l)| w / l).collect();
        let mean = y.iter().sum::<f64>() / real(n);
        let (mut left, mut total) = (0.0, 0.0);
        for (row, &target) in rows.iter().zip(y) {
            let residual = target - row.iter().zip(&weights).map(|(x, w)| x * w).sum::<f64>();
            left += residual * residual;
            total += (target - mean) * (target - mean);
        }
        let explained = 1.0 - left / total;
        if explained.is_nan() || explained < EXPLAINED {
            return None;
        }
        let noise = (left / real(n - k)).sqrt();
        let error = |i: usize| {
            let unit: Vec<f64> = (0..k).map(|j| f64::from(u8::from(i == j))).collect();
            let z = self.forward(&unit);
            noise * z.iter().map(|v| v * v).sum::<f64>().sqrt() / self.lengths[i]
        };
        Some(Fit { errors: (0..k).map(error).collect(), weights, explained })
    }
}

/// Cuts a fit to the weights that are not 0, fits them again on more rows, takes them for short numbers, and tests the formula.
fn settle(axis: &Axis<'_>, source: &Source<'_>, screen: &Screen<'_>, first: i32, fit: &Fit, sample: &Sample) -> Option<(TimeFormula, f64)> {
    let largest = fit.weights.iter().fold(0.0, |m, w| f64::max(m, w.abs()));
    let counts = |i: &usize| fit.weights[*i].abs() > (ERRORS * fit.errors[*i]).max(1e-7 * largest);
    let from = (0..fit.weights.len()).find(counts)?;
    let to = (0..fit.weights.len()).rev().find(counts)?;
    let (newest, oldest) = (first + i32::try_from(from).ok()?, first + i32::try_from(to).ok()?);
    let design = Design::new(axis, source, (newest, oldest), sample.shuffled.iter().map(|&r| r as usize), REFIT_ROWS);
    if design.rows.len() < ROWS_A_WEIGHT * (to - from + 1) {
        return None;
    }
    let fit = design.fit(screen, &Factor::new(&design.rows))?;
    let test = |weights: Vec<f64>| {
        let formula = Weighted { source: source.column, by: newest, weights };
        screen.passes(&|place| formula.at(axis, source, place)).map(|share| (TimeFormula::Weighted(formula), share))
    };
    let snapped = parts_of_a_whole(&fit).and_then(&test);
    snapped.filter(|s| s.1 >= 0.97).or_else(|| test(fit.weights))
}

/// The weights as whole parts of the smallest whole they fit.
fn parts_of_a_whole(fit: &Fit) -> Option<Vec<f64>> {
    (1..=WHOLE).map(f64::from).find_map(|whole| {
        let near = |(w, e): (&f64, &f64)| {
            let part = (w * whole).round();
            let close = (w * whole - part).abs() <= (ERRORS * e * whole).max(1e-9 * whole).min(0.2);
            close.then_some(part / whole)
        };
        fit.weights.iter().zip(&fit.errors).map(near).collect()
    })
}
