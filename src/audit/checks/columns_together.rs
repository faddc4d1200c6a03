//! Columns that give the target together and not alone.
//!
//! Parts that add up to the answer, or multiply to it, but for rounding, tax or a rest. With the correlations `a`, `b` of two
//! columns with the target and `c` between them, `R2 = (a2 + b2 - 2abc) / (1 - c2)`: all pairs come from one matrix, once in
//! levels and once in logarithms (of positive columns). A third column is added to the best pairs past a gate. Found are
//! pairs and triples that reach an adjusted R2 of 0.95 and gain as much over every smaller set, confirmed on the rows where
//! all are present; on rows in time they must hold for the changes too, because trends explain each other. Two classes: the
//! same matrix with the class as 0 and 1, confirmed by the area under the ROC curve of the fitted sum.

use super::super::judged::Judged;
use super::super::measure::Sample;
use super::super::{AuditInput, Check};
use crate::finding::{Certainty, Checked, Evidence, Finding, Remedy, Severity};
use crate::math::distribution::f_sf;
use crate::math::elementary::{ln, log2};
use crate::math::linear::{Cholesky, cross_products};
use crate::math::sort;
use crate::math::sum::mean;
use crate::table::{Column, MISSING_TIME};
use ndarray::Array2;

/// The check.
pub const COLUMNS_TOGETHER: Check = Check {
    id: "columns_together",
    title: "Columns that give the answer together",
    doc: "Looks for two or three columns that together explain nearly all of the target although none of them does alone: parts that add up or multiply \
          to it. Such parts are usually counted when the answer is.",
    run,
};

/// Most rows looked at: a correlation is known to 0.015 then.
const ROWS: usize = 5_000;
/// Fewest rows.
const ENOUGH: usize = 30;
/// Adjusted R2 that is too much for a few columns.
const EXPLAINED: f64 = 0.95;
/// Area under the ROC curve that is.
const ORDERED: f64 = 0.98;
/// R2 with 0 and 1 below which no sum of columns reaches that area.
const CLASS_GATE: f64 = 0.35;
/// What a column must add.
const GAIN: f64 = 0.05;
/// R2 of a pair that is worth a third column.
const GATE: f64 = 0.6;
/// Pairs that get one.
const PAIRS: usize = 50;
/// Bits against chance beyond one a set tried.
const BITS: f64 = 20.0;
/// Most findings: more of the same is noise.
const MOST: usize = 3;

/// Columns and target on common rows, in levels or logarithms.
struct Form {
    name: &'static str,
    /// Positions in the table.
    positions: Vec<usize>,
    /// Columns, then the target; missing cells are means. Shape `(n_columns + 1, n_rows)`.
    columns: Vec<Vec<f64>>,
    /// Correlations, shape `(n_columns + 1, n_columns + 1)`.
    correlations: Array2<f64>,
}

/// A set of columns with what it explains.
#[derive(Clone)]
struct Found {
    members: Vec<usize>,
    r2: f64,
}

fn run(input: &AuditInput<'_>) -> Checked {
    let sample = Sample::new(input, ROWS);
    let n = sample.rows.len();
    if sample.n_classes > 2 {
        return Checked::skipped(COLUMNS_TOGETHER.id, "the target has more than two classes");
    }
    let numeric: Vec<usize> = input.feature_positions().into_iter().filter(|&p| input.table.columns()[p].numbers().is_some()).collect();
    if numeric.len() < 2 {
        return Checked::skipped(COLUMNS_TOGETHER.id, "there are fewer than two numeric features");
    }
    if n < ENOUGH {
        return Checked::underpowered(COLUMNS_TOGETHER.id, n, "with fewer than 30 rows two columns may explain everything by chance");
    }
    let mut findings: Vec<Finding> = Vec::new();
    for name in ["sum", "product"] {
        let Some(form) = Form::new(name, input, &sample, &numeric) else { continue };
        for found in form.search(sample.n_classes) {
            let names: Vec<&str> = found.members.iter().map(|&m| input.table.columns()[form.positions[m]].name()).collect();
            let told = findings.iter().any(|f| f.columns.iter().filter(|c| names.contains(&c.as_str())).count() >= 2);
            if !told && findings.len() < MOST {
                findings.extend(form.confirm(&found, &names, input, &sample));
            }
        }
    }
    Checked::ran(COLUMNS_TOGETHER.id, n, findings)
}

impl Form {
    fn new(name: &'static str, input: &AuditInput<'_>, sample: &Sample, numeric: &[usize]) -> Option<Self> {
        let logs = name == "product";
        if logs && (sample.n_classes > 0 || sample.y.iter().any(|y| *y <= 0.0)) {
            return None;
        }
        let mut columns = Vec::new();
        let mut positions = Vec::new();
        for &position in numeric {
            let cells: Vec<f64> = sample.rows.iter().map(|&r| cell(&input.table.columns()[position], r, logs)).collect();
            let present: Vec<f64> = cells.iter().copied().filter(|v| !v.is_nan()).collect();
            let positive =
                !logs || present.len() == cells.iter().zip(&sample.rows).filter(|(_, r)| !input.table.columns()[position].is_missing(**r)).count();
            if present.len() < ENOUGH || !positive {
                continue;
            }
            let centre = mean(&present);
            columns.push(cells.iter().map(|v| if v.is_nan() { centre } else { *v }).collect());
            positions.push(position);
        }
        columns.push(sample.y.iter().map(|y| if logs { ln(*y) } else { *y }).collect());
        let correlations = correlations(&columns);
        (positions.len() >= 2).then_some(Self { name, positions, columns, correlations })
    }

    /// Share of the target's variance that columns explain together; 0 where they repeat each other.
    fn r2(&self, members: &[usize]) -> f64 {
        let y = self.columns.len() - 1;
        let r = |i: usize, j: usize| self.correlations[[i, j]];
        if let [a, b] = *members {
            let rest = 1.0 - r(a, b) * r(a, b);
            return if rest < 1e-6 { 0.0 } else { (r(a, y) * r(a, y) + r(b, y) * r(b, y) - 2.0 * r(a, y) * r(b, y) * r(a, b)) / rest };
        }
        let matrix = Array2::from_shape_fn((members.len(), members.len()), |(i, j)| r(members[i], members[j]));
        let right: Vec<f64> = members.iter().map(|&m| r(m, y)).collect();
        Cholesky::new(&matrix).map_or(0.0, |f| f.solve(&right).iter().zip(&right).map(|(w, c)| w * c).sum())
    }

    /// Sets past the bar, the best first; a triple only when no pair inside of it is.
    fn search(&self, n_classes: usize) -> Vec<Found> {
        let k = self.positions.len();
        let bar = if n_classes == 0 { EXPLAINED - 0.05 } else { CLASS_GATE };
        let mut pairs: Vec<Found> = (0..k)
            .flat_map(|a| (a + 1..k).map(move |b| vec![a, b]))
            .map(|members| Found { r2: self.r2(&members), members })
            .filter(|f| f.r2 >= if n_classes == 0 { GATE } else { CLASS_GATE / 2.0 })
            .collect();
        sort::by(&mut pairs, |a, b| b.r2.total_cmp(&a.r2).then_with(|| a.members.cmp(&b.members)));
        let gains = |f: &Found| (0..f.members.len()).all(|out| f.r2 - self.r2_without(f, out) >= GAIN);
        let mut found: Vec<Found> = pairs.iter().filter(|f| f.r2 >= bar && gains(f)).take(PAIRS).cloned().collect();
        let whole: Vec<Vec<usize>> = found.iter().map(|f| f.members.clone()).collect();
        let mut triples: Vec<Found> = Vec::new();
        for pair in pairs.iter().filter(|p| !whole.contains(&p.members)).take(PAIRS) {
            for c in (0..k).filter(|c| !pair.members.contains(c)) {
                let mut members = pair.members.clone();
                members.push(c);
                members.sort_unstable();
                let inside = whole.iter().any(|w| w.iter().all(|m| members.contains(m)));
                let triple = Found { r2: self.r2(&members), members };
                if !inside && triple.r2 >= bar && gains(&triple) && triples.iter().all(|t| t.members != triple.members) {
                    triples.push(triple);
                }
            }
        }
        sort::by(&mut triples, |a, b| b.r2.total_cmp(&a.r2).then_with(|| a.members.cmp(&b.members)));
        found.extend(triples);
        found.truncate(PAIRS);
        found
    }

    fn r2_without(&self, found: &Found, out: usize) -> f64 {
        let rest: Vec<usize> = found.members.iter().enumerate().filter(|(i, _)| *i != out).map(|(_, m)| *m).collect();
        let y = self.columns.len() - 1;
        if let [only] = *rest { self.correlations[[only, y]] * self.correlations[[only, y]] } else { self.r2(&rest) }
    }

    /// The set on the rows where all of it is present.
    fn confirm(&self, found: &Found, names: &[&str], input: &AuditInput<'_>, sample: &Sample) -> Option<Finding> {
        let table = input.table.columns();
        let complete: Vec<usize> =
            (0..sample.rows.len()).filter(|&i| found.members.iter().all(|&m| !table[self.positions[m]].is_missing(sample.rows[i]))).collect();
        let take = |m: usize, order: &[usize]| order.iter().map(|&i| self.columns[m][i]).collect::<Vec<f64>>();
        let y = self.columns.len() - 1;
        let all: Vec<usize> = found.members.iter().copied().chain([y]).collect();
        let part: Vec<Vec<f64>> = all.iter().map(|&m| take(m, &complete)).collect();
        let fitted = Fit::new(&part)?;
        let tried = (self.positions.len() * self.positions.len() * if found.members.len() > 2 { PAIRS } else { 1 }) as f64;
        if fitted.bits < BITS + log2(tried) {
            return None;
        }
        let (metric, value, alone) = if sample.n_classes == 0 {
            if fitted.adjusted < EXPLAINED || in_time(input, sample, &complete).is_some_and(|order| !holds_for_changes(&all, &order, &take)) {
                return None;
            }
            ("r2", fitted.adjusted, fitted.alone)
        } else {
            let part = Sample { rows: complete.clone(), y: take(y, &complete), n_classes: 2 };
            let area = |x: Vec<f64>| Judged::new(&part, &[Vec::new(), x]).map(|j| j.value);
            let together = area(fitted.predictions(&part_of(&all, &complete, &take)))?;
            let alone = found.members.iter().filter_map(|&m| area(take(m, &complete)).map(|a| a.max(1.0 - a))).fold(0.5, f64::max);
            if together < ORDERED || together - alone < GAIN {
                return None;
            }
            ("roc_auc", together, alone)
        };
        let evidence = Evidence::Together { form: self.name.to_owned(), metric: metric.to_owned(), value, alone, n_rows: complete.len() as u64 };
        let remedy = Remedy::DropColumns { columns: names.iter().map(|n| (*n).to_owned()).collect() };
        Some(Finding::new(COLUMNS_TOGETHER.id, Severity::Warning, Certainty::Strong, names, evidence).remedies(vec![remedy]))
    }
}

fn part_of(all: &[usize], rows: &[usize], take: &impl Fn(usize, &[usize]) -> Vec<f64>) -> Vec<Vec<f64>> {
    all.iter().take(all.len() - 1).map(|&m| take(m, rows)).collect()
}

fn cell(column: &Column, row: usize, logs: bool) -> f64 {
    let value = column.numbers().and_then(|v| v.get(row)).copied().unwrap_or(f64::NAN);
    match logs {
        true if value > 0.0 => ln(value),
        true => f64::NAN,
        false => value,
    }
}

fn correlations(columns: &[Vec<f64>]) -> Array2<f64> {
    let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let centres: Vec<f64> = columns.iter().map(|c| mean(c)).collect();
    let weights = vec![1.0; columns.first().map_or(0, Vec::len)];
    let products = cross_products(&slices, &centres, &weights);
    let spread: Vec<f64> = (0..columns.len()).map(|i| products[[i, i]].max(0.0).sqrt()).collect();
    let constant = |i: usize| spread[i] <= 1e-12 * centres[i].abs() * (weights.len() as f64).sqrt() || spread[i] <= 0.0;
    Array2::from_shape_fn((columns.len(), columns.len()), |(i, j)| {
        if constant(i) || constant(j) { f64::from(u8::from(i == j)) } else { (products[[i, j]] / (spread[i] * spread[j])).clamp(-1.0, 1.0) }
    })
}

/// A least-squares sum of columns.
struct Fit {
    adjusted: f64,
    alone: f64,
    bits: f64,
    /// Weight of every column in units of the target over its own.
    weights: Vec<f64>,
}

impl Fit {
    /// `columns`: those of the set, then the target.
    fn new(columns: &[Vec<f64>]) -> Option<Self> {
        let k = columns.len() - 1;
        let n = columns.first()?.len();
        if n < ENOUGH.max(k + 2) {
            return None;
        }
        let r = correlations(columns);
        let matrix = Array2::from_shape_fn((k, k), |(i, j)| r[[i, j]]);
        let right: Vec<f64> = (0..k).map(|i| r[[i, k]]).collect();
        let weights = Cholesky::new(&matrix).ok()?.solve(&right);
        let r2 = weights.iter().zip(&right).map(|(w, c)| w * c).sum::<f64>().clamp(0.0, 1.0);
        let free = (n - k - 1) as f64;
        let f = r2 / (1.0 - r2).max(1e-300) * free / k as f64;
        let spread = |c: &[f64]| crate::math::sum::variance(c, 1).sqrt();
        let scale: Vec<f64> = columns.iter().map(|c| spread(c)).collect();
        Some(Self {
            adjusted: 1.0 - (1.0 - r2) * (n as f64 - 1.0) / free,
            alone: right.iter().map(|c| c * c).fold(0.0, f64::max),
            bits: -log2(f_sf(f, k as f64, free).max(1e-300)),
            weights: weights.iter().zip(&scale).map(|(w, s)| if *s > 0.0 { w * scale[k] / s } else { 0.0 }).collect(),
        })
    }

    fn predictions(&self, columns: &[Vec<f64>]) -> Vec<f64> {
        (0..columns.first().map_or(0, Vec::len)).map(|i| columns.iter().zip(&self.weights).map(|(c, w)| w * c[i]).sum()).collect()
    }
}

/// Complete rows in the order of the task's moments; `None` when it has none.
fn in_time(input: &AuditInput<'_>, sample: &Sample, complete: &[usize]) -> Option<Vec<usize>> {
    let time = input.table.column(input.task.time.as_deref()?).ok()?;
    let mut order = complete.to_vec();
    if let Some(millis) = time.millis() {
        order.retain(|&i| millis[sample.rows[i]] != MISSING_TIME);
        order.sort_by_key(|&i| millis[sample.rows[i]]);
    } else {
        let values = time.numbers()?;
        sort::along(&mut order, &|i| values[sample.rows[i]]);
    }
    Some(order)
}

fn holds_for_changes(all: &[usize], order: &[usize], take: &impl Fn(usize, &[usize]) -> Vec<f64>) -> bool {
    let changes: Vec<Vec<f64>> = all.iter().map(|&m| take(m, order).windows(2).map(|w| w[1] - w[0]).collect()).collect();
    Fit::new(&changes).is_some_and(|f| f.adjusted >= EXPLAINED)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::fixtures::{Case, clean, noise};
    use crate::finding::Status;

    fn three(make: impl Fn(f64, f64, f64) -> f64) -> Vec<Finding> {
        let (a, b, e) = (noise(21, 400, 2), noise(22, 400, 2), noise(23, 400, 2));
        let y = (0..400).map(|i| make(a[i] + 100.0, b[i] + 100.0, e[i])).collect();
        let plus = |v: Vec<f64>| v.into_iter().map(|x| x + 100.0).collect();
        let columns = vec![
            Column::numeric("a", plus(a), 2),
            Column::numeric("b", plus(b), 2),
            Column::numeric("other", noise(24, 400, 2), 2),
            Column::numeric("y", y, 3),
        ];
        Case::new(columns).run(&COLUMNS_TOGETHER).findings
    }

    #[test]
    fn clean_tables_are_silent() {
        for n_classes in [0, 2] {
            let checked = clean(15, 500, n_classes).run(&COLUMNS_TOGETHER);
            assert_eq!((checked.status, checked.findings), (Status::Ran, Vec::new()));
        }
    }

    #[test]
    fn a_noisy_sum_and_a_product_of_two_columns_are_found() {
        let sum = three(|a, b, e| a + b + 0.1 * e);
        assert_eq!((sum.len(), sum[0].columns.join("+")), (1, "a+b".to_owned()));
        let product = three(|a, b, _| (a * b).round());
        assert_eq!(product[0].columns, ["a", "b"]);
    }

    #[test]
    fn an_honest_pair_that_explains_most_is_the_innocent_twin() {
        assert!(three(|a, b, e| a + b + 0.6 * e).is_empty());
    }

    #[test]
    fn two_columns_whose_difference_decides_the_class_are_found() {
        let (a, b) = (noise(31, 600, 3), noise(32, 600, 3));
        let y: Vec<Option<&str>> = a.iter().zip(&b).map(|(a, b)| Some(if a > b { "up" } else { "down" })).collect();
        let columns = vec![
            Column::numeric("opened", a, 3),
            Column::numeric("closed", b, 3),
            Column::numeric("other", noise(33, 600, 2), 2),
            Column::labels("y", crate::table::Kind::Boolean, &y),
        ];
        let found = Case::new(columns).run(&COLUMNS_TOGETHER).findings;
        assert_eq!((found.len(), found[0].columns.join("+")), (1, "opened+closed".to_owned()));
    }

    #[test]
    fn three_parts_are_found_together() {
        let parts: Vec<Vec<f64>> = (41..44).map(|i| noise(i, 500, 1)).collect();
        let rest = noise(44, 500, 1);
        let y = (0..500).map(|i| parts.iter().map(|p| p[i]).sum::<f64>() + 0.1 * rest[i]).collect();
        let mut columns: Vec<Column> = parts.into_iter().enumerate().map(|(i, p)| Column::numeric(&format!("part{i}"), p, 1)).collect();
        columns.push(Column::numeric("y", y, 2));
        assert_eq!(Case::new(columns).run(&COLUMNS_TOGETHER).findings[0].columns.len(), 3);
    }

    #[test]
    fn few_rows_are_too_few() {
        assert!(matches!(clean(1, 20, 0).run(&COLUMNS_TOGETHER).status, Status::Underpowered(_)));
    }
}
