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
use crate::lineage::screen::Subject;
use crate::math::elementary::powi;

/// Levels looked at, and fewest rows of them.
const ANCHORS: usize = 5;
const FEWEST_ROWS: usize = 4;
/// Rows of a level that are looked at, counted from its first.
const STOPS: [usize; 7] = [3, 2, 6, 11, 18, 30, 47];
/// Fewest rows at which a formula must give a telling value, and for a column of few values.
const TELLING: usize = 3;
const TELLING_OF_FEW: usize = 6;
/// Rows a level has on average at least: a history needs some.
const ROWS_A_LEVEL: usize = 3;

/// A row that is looked at: its level among those looked at, and its place in the level.
struct Stop {
    level: usize,
    place: usize,
    position: usize,
}

/// Columns that are running aggregates by this key.
pub(super) fn search(frame: &Frame<'_>, subjects: &[Subject<'_>], clock: &[u32], key: usize) -> Vec<Derivation> {
    let Some(levels) = Levels::new(frame, clock, Some(key)) else { return Vec::new() };
    if levels.n_levels() * ROWS_A_LEVEL > frame.n_rows() {
        return Vec::new();
    }
    let anchors: Vec<&[u32]> = levels.anchors(ANCHORS, FEWEST_ROWS).into_iter().map(|l| levels.rows(l)).collect();
    let stops = stops(&anchors);
    let subjects: Vec<&Subject<'_>> = subjects.iter().filter(|s| s.column != key && s.has_power(frame)).collect();
    let mut found = counts(frame, &subjects, &anchors, &stops, key);
    for source in (0..frame.n_columns()).filter(|&x| x != key) {
        let Some(values) = frame.values(source) else { continue };
        let sums = sums(values, &anchors, &stops);
        let blur = frame.blur(source);
        for aggregate in Aggregate::RUNNING {
            for own in [false, true] {
                let points: Vec<Option<Point>> = sums.iter().map(|s| if own { &s.1 } else { &s.0 }.point(aggregate, blur)).collect();
                for subject in subjects.iter().filter(|s| s.column != source && agrees(s, &stops, &points)) {
                    found.extend(checked(frame, subject, GroupFormula::Earlier { aggregate, source, key, own }));
                }
            }
        }
        for subject in subjects.iter().filter(|s| s.column != source) {
            if let Some((weight, prior)) = with_prior(subject, &stops, &sums, blur) {
                found.extend(checked(frame, subject, GroupFormula::EarlierSmoothed { source, key, weight, prior }));
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

fn counts(frame: &Frame<'_>, subjects: &[&Subject<'_>], anchors: &[&[u32]], stops: &[Stop], key: usize) -> Vec<Derivation> {
    let sums = sums(&vec![1.0; frame.n_rows()], anchors, stops);
    let mut found = Vec::new();
    for own in [false, true] {
        let points: Vec<Option<Point>> = sums.iter().map(|s| if own { &s.1 } else { &s.0 }.point(Aggregate::Count, 0.0)).collect();
        for subject in subjects.iter().filter(|s| agrees(s, stops, &points)) {
            found.extend(checked(frame, subject, GroupFormula::Earlier { aggregate: Aggregate::Count, source: key, key, own }));
        }
    }
    found
}

/// Whether the points give y at most stops, some of them telling.
fn agrees(subject: &Subject<'_>, stops: &[Stop], points: &[Option<Point>]) -> bool {
    let (mut of, mut hits, mut telling) = (0, 0, 0);
    for (stop, point) in stops.iter().zip(points) {
        let (Some(point), Some(y)) = (point, subject.values.get(stop.position).filter(|y| !y.is_nan())) else { continue };
        let hit = (y - point.value).abs() <= subject.slack(point);
        of += 1;
        hits += usize::from(hit);
        telling += usize::from(hit && subject.is_telling(stop.position));
        if of >= TELLING && !subject.is_enough(hits, of) {
            return false;
        }
    }
    telling >= if subject.has_few_values() { TELLING_OF_FEW } else { TELLING } && subject.is_enough(hits, of)
}

/// Weight and prior of an encoding of earlier rows, if the stops agree on one.
fn with_prior(subject: &Subject<'_>, stops: &[Stop], sums: &[(Running, Running)], blur: f64) -> Option<(f64, f64)> {
    // (f, f N - S) of the stops: a line of slope -w and height w p.
    let spot = |(stop, sum): (&Stop, &(Running, Running))| {
        let f = subject.values.get(stop.position).copied().filter(|f| !f.is_nan())?;
        let (n, total) = sum.0.total();
        (n > 0.0).then_some((f, f * n - total, n))
    };
    let spots: Vec<(f64, f64, f64)> = stops.iter().zip(sums).filter_map(spot).collect();
    let low = spots.iter().copied().min_by(|a, b| a.0.total_cmp(&b.0))?;
    let high = spots.iter().copied().max_by(|a, b| a.0.total_cmp(&b.0))?;
    if spots.len() < 5 || high.0 - low.0 <= 8.0 * subject.half_unit || high.0 <= low.0 {
        return None;
    }
    let weight = -(high.1 - low.1) / (high.0 - low.0);
    let error = 2.0 * subject.half_unit * (low.2 + high.2) / (high.0 - low.0) + 1e-6 * weight.abs();
    let short = |v: f64, e: f64| (0..=3).map(|d| (v * powi(10.0, d)).round() / powi(10.0, d)).find(|s| (s - v).abs() <= e);
    let weight = short(weight, error).filter(|w| *w > 0.0).unwrap_or(weight);
    if !(weight > 1e-3 && weight < 1e4) {
        return None;
    }
    let mut priors: Vec<f64> = spots.iter().map(|s| (s.1 + weight * s.0) / weight).collect();
    priors.sort_by(f64::total_cmp);
    let prior = *priors.get(priors.len() / 2)?;
    let off = |s: &&(f64, f64, f64)| {
        let slack = (subject.half_unit + 2.5 * blur) * (s.2 + weight) * 2.0 + 1e-9 * (s.1.abs() + (weight * prior).abs());
        (s.1 + weight * (s.0 - prior)).abs() > slack
    };
    (spots.iter().filter(off).count() * 4 <= spots.len()).then_some((weight, prior))
}
