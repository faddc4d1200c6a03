//! Columns that have seen the earlier rows of their level only: running aggregates by a key, ordered target encodings.
//!
//! Time-respecting encodings are honest, so a proof of one is a certificate. Rows of a level are taken in the order of time. For
//! the encoding with a prior, `f = (S + w p) / (N + w)` of the N earlier rows (CatBoost's ordered encoding), `f N - S = w p - w f` is
//! a line in f at the rows of a level: two rows give w and p, others must agree.

use super::evaluate::Running;
use super::levels::{Aggregate, Levels};
use super::{GroupFormula, checked};
use crate::lineage::confirm::Derivation;
use crate::lineage::formula::Point;
use crate::lineage::frame::Frame;
use crate::lineage::screen::{BLUR, RELATIVE, Subject};

/// Levels looked at, and fewest rows of them.
const ANCHORS: usize = 5;
const FEWEST_ROWS: usize = 4;
/// Rows of a level that are looked at, counted from its first.
const STOPS: [usize; 7] = [3, 2, 6, 11, 18, 30, 47];
/// Fewest rows at which a formula must give a telling value, and for a column of few values.
const TELLING: usize = 3;
const TELLING_OF_FEW: usize = 6;
/// Range of the weight of a prior that is looked for, in rows.
const WEIGHTS: (f64, f64) = (1e-3, 200.0);
/// Rows a level has on average at least: a history needs some.
const ROWS_A_LEVEL: usize = 3;

/// A row that is looked at: its level among those looked at, and its place in the level.
struct Stop {
    level: usize,
    place: usize,
    position: usize,
}

/// Columns that are running aggregates by this key.
pub(super) fn search(frame: &Frame<'_>, subjects: &[Subject<'_>], levels: &Levels, key: usize) -> Vec<Derivation> {
    if levels.n_levels() * ROWS_A_LEVEL > frame.n_rows() {
        return Vec::new();
    }
    let anchors: Vec<&[u32]> = levels.anchors(ANCHORS, FEWEST_ROWS).into_iter().map(|l| levels.rows(l)).collect();
    let stops = stops(&anchors);
    let worth = |s: &&Subject<'_>| s.column != key && s.has_power(frame);
    let subjects: Vec<Seen<'_, '_>> = subjects.iter().filter(worth).filter_map(|s| Seen::new(frame, s, &stops)).collect();
    let mut found = counts(frame, &subjects, &anchors, &stops, key);
    let mut front = Front::new(&subjects, stops.len());
    for source in (0..frame.n_columns()).filter(|&x| x != key) {
        let Some(values) = frame.values(source) else { continue };
        let sums = sums(values, &anchors, &stops);
        let blur = frame.blur(source);
        for aggregate in Aggregate::RUNNING {
            for own in [false, true] {
                let points: Vec<Option<Point>> = sums.iter().map(|s| if own { &s.1 } else { &s.0 }.point(aggregate, blur)).collect();
                let whole = matches!(aggregate, Aggregate::Sum | Aggregate::Min | Aggregate::Max);
                let worth = |s: &&Seen<'_, '_>| s.subject.column != source && (whole || s.is_fractional) && s.agrees(&points);
                for seen in front.possible(&points).filter_map(|i| subjects.get(i)).filter(worth) {
                    found.extend(checked(frame, seen.subject, GroupFormula::Earlier { aggregate, source, key, own }));
                }
            }
        }
        let totals: Vec<(f64, f64)> = sums.iter().map(|s| s.0.total()).collect();
        for seen in subjects.iter().filter(|s| s.subject.column != source && s.is_fractional) {
            if let Some((weight, prior)) = seen.with_prior(&totals, blur) {
                found.extend(checked(frame, seen.subject, GroupFormula::EarlierSmoothed { source, key, weight, prior }));
            }
        }
    }
    found
}

fn stops(anchors: &[&[u32]]) -> Vec<Stop> {
    let pairs = STOPS.iter().flat_map(|&place| (0..anchors.len()).map(move |level| (place, level)));
    pairs.filter_map(|(place, level)| Some(Stop { level, place, position: *anchors.get(level)?.get(place)? as usize })).collect()
}

/// Sums before every stop, and with its own row.
fn sums(values: &[f64], anchors: &[&[u32]], stops: &[Stop]) -> Vec<(Running, Running)> {
    let longest = STOPS.iter().max().map_or(0, |s| s + 1);
    let mut sums = vec![(Running::default(), Running::default()); stops.len()];
    for (level, rows) in anchors.iter().enumerate() {
        let mut running = Running::default();
        for (place, &p) in rows.iter().enumerate().take(longest) {
            let here = stops.iter().position(|s| s.level == level && s.place == place);
            if let Some(slot) = here.and_then(|i| sums.get_mut(i)) {
                slot.0 = running;
            }
            running.add(values.get(p as usize).copied().unwrap_or(f64::NAN));
            if let Some(slot) = here.and_then(|i| sums.get_mut(i)) {
                slot.1 = running;
            }
        }
    }
    sums
}

fn counts(frame: &Frame<'_>, subjects: &[Seen<'_, '_>], anchors: &[&[u32]], stops: &[Stop], key: usize) -> Vec<Derivation> {
    let sums = sums(&vec![1.0; frame.n_rows()], anchors, stops);
    let mut found = Vec::new();
    for own in [false, true] {
        let points: Vec<Option<Point>> = sums.iter().map(|s| if own { &s.1 } else { &s.0 }.point(Aggregate::Count, 0.0)).collect();
        for seen in subjects.iter().filter(|s| s.agrees(&points)) {
            found.extend(checked(frame, seen.subject, GroupFormula::Earlier { aggregate: Aggregate::Count, source: key, key, own }));
        }
    }
    found
}

/// All columns beside each other, to leave out at once those that a formula misses at two of the first stops: they agree with no formula.
struct Front {
    /// Values by stop, then by column.
    values: Vec<Vec<f64>>,
    half_units: Vec<f64>,
    caps: Vec<f64>,
    misses: Vec<u8>,
}

impl Front {
    fn new(subjects: &[Seen<'_, '_>], n_stops: usize) -> Self {
        let at = |stop: usize| subjects.iter().map(|s| s.values.get(stop).copied().unwrap_or(f64::NAN)).collect();
        Self {
            values: (0..n_stops).map(at).collect(),
            half_units: subjects.iter().map(|s| s.subject.half_unit).collect(),
            caps: subjects.iter().map(|s| s.subject.cap).collect(),
            misses: vec![0; subjects.len()],
        }
    }

    /// Places of the columns that may agree with these points, ascending; none where too few points are defined.
    fn possible(&mut self, points: &[Option<Point>]) -> impl Iterator<Item = usize> {
        let mut first = self.values.iter().zip(points).filter_map(|(values, point)| Some((values, point.as_ref()?)));
        let known = [first.next(), first.next(), first.next()];
        self.misses.fill(if known.iter().all(Option::is_some) { 0 } else { u8::MAX / 2 });
        for (values, point) in known.into_iter().flatten() {
            let (value, exact, blur) = (point.value, RELATIVE * point.magnitude, BLUR * point.blur);
            let columns = values.iter().zip(&self.half_units).zip(&self.caps);
            for (misses, ((y, half_unit), cap)) in self.misses.iter_mut().zip(columns) {
                // A missing cell is no miss.
                *misses += u8::from((y - value).abs() > half_unit + exact + blur.min(*cap));
            }
        }
        self.misses.iter().enumerate().filter(|(_, misses)| **misses < 2).map(|(i, _)| i)
    }
}

/// A column at the stops.
struct Seen<'s, 'a> {
    subject: &'s Subject<'a>,
    is_fractional: bool,
    values: Vec<f64>,
    is_telling: Vec<bool>,
    /// Places of the smallest and the largest value.
    low: usize,
    high: usize,
}

impl<'s, 'a> Seen<'s, 'a> {
    /// `None` if it does not move over the stops.
    fn new(frame: &Frame<'_>, subject: &'s Subject<'a>, stops: &[Stop]) -> Option<Self> {
        let values: Vec<f64> = stops.iter().map(|s| subject.values.get(s.position).copied().unwrap_or(f64::NAN)).collect();
        let is_telling = stops.iter().map(|s| subject.is_telling(s.position)).collect();
        let present = || (0..values.len()).filter(|&i| !values[i].is_nan());
        let low = present().min_by(|&a, &b| values[a].total_cmp(&values[b]))?;
        let high = present().max_by(|&a, &b| values[a].total_cmp(&values[b]))?;
        let is_fractional = subject.may_be_a_fraction(frame);
        (values[high] > values[low]).then_some(Self { subject, is_fractional, values, is_telling, low, high })
    }

    /// Whether the points give y at enough stops, some of them telling.
    fn agrees(&self, points: &[Option<Point>]) -> bool {
        let (mut of, mut hits, mut telling) = (0, 0, 0);
        for ((y, is_telling), point) in self.values.iter().zip(&self.is_telling).zip(points) {
            let Some(point) = point.as_ref().filter(|_| !y.is_nan()) else { continue };
            let hit = (y - point.value).abs() <= self.subject.slack(point);
            of += 1;
            hits += usize::from(hit);
            telling += usize::from(hit && *is_telling);
            if of >= TELLING && !self.subject.is_enough(hits, of) {
                return false;
            }
        }
        telling >= if self.subject.has_few_values() { TELLING_OF_FEW } else { TELLING } && self.subject.is_enough(hits, of)
    }

    /// Weight and prior of an encoding of earlier rows, if the stops agree on one. `totals`: number and sum before every stop.
    fn with_prior(&self, totals: &[(f64, f64)], blur: f64) -> Option<(f64, f64)> {
        let half_unit = self.subject.half_unit;
        // (f, f N - S, N): a line of slope -w and height w p.
        let spot = |i: usize| {
            let (n, sum) = *totals.get(i)?;
            let f = *self.values.get(i)?;
            (n > 0.0 && !f.is_nan()).then_some((f, f * n - sum, n))
        };
        let (low, high) = (spot(self.low)?, spot(self.high)?);
        let run = high.0 - low.0;
        let rough = -(high.1 - low.1) / run;
        if !(rough > WEIGHTS.0 && rough < WEIGHTS.1) || run <= 8.0 * half_unit {
            return None;
        }
        let error = 2.0 * half_unit * (low.2 + high.2) / run + 1e-6 * rough;
        let short =
            [1.0, 10.0, 100.0, 1_000.0].map(|unit| (rough * unit).round() / unit).into_iter().find(|s| (s - rough).abs() <= error && *s > 0.0);
        let weight = short.unwrap_or(rough);
        let height = |s: (f64, f64, f64)| (s.1 + weight * s.0) / weight;
        let rough_prior = height(low);
        let off = |s: &(f64, f64, f64)| {
            let slack = (half_unit + 2.5 * blur) * (s.2 + weight) * 4.0 + 1e-9 * (s.1.abs() + (weight * rough_prior).abs());
            (s.1 + weight * (s.0 - rough_prior)).abs() > slack
        };
        let n = self.values.len();
        let mut missed = 0;
        for s in (0..n).filter_map(spot) {
            missed += usize::from(off(&s));
            if missed * 4 > n {
                return None;
            }
        }
        let mut priors: Vec<f64> = (0..n).filter_map(spot).map(height).collect();
        priors.sort_by(f64::total_cmp);
        (priors.len() >= 5).then(|| Some((weight, *priors.get(priors.len() / 2)?)))?
    }
}
