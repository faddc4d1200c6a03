//! Made-up series, and features of them made the slow and plain way: what the tests of lineage and of the audit plant.
#![allow(dead_code, reason = "each test uses its part")]

use watertight::math::elementary::{exp, ln, powi, sin};
use watertight::math::rng::Stream;

/// Missing.
pub const NAN: f64 = f64::NAN;

pub fn walk(n: usize, seed: u64) -> Vec<f64> {
    let mut s = Stream::new(seed, "walk", 0);
    let mut level = 100.0;
    (0..n)
        .map(|_| {
            level += s.normal();
            level
        })
        .collect()
}

pub fn ar(n: usize, seed: u64) -> Vec<f64> {
    let mut s = Stream::new(seed, "ar", 0);
    let mut x = 0.0;
    (0..n)
        .map(|_| {
            x = 0.7 * x + s.normal();
            50.0 + 10.0 * x
        })
        .collect()
}

pub fn seasonal(n: usize, seed: u64) -> Vec<f64> {
    let mut s = Stream::new(seed, "seasonal", 0);
    (0..n).map(|t| 200.0 + 50.0 * sin(t as f64 * std::f64::consts::TAU / 12.0) + 0.3 * t as f64 + 8.0 * s.normal()).collect()
}

pub fn counts(n: usize, seed: u64) -> Vec<f64> {
    let mut s = Stream::new(seed, "counts", 0);
    (0..n).map(|t| (20.0 + 8.0 * sin(t as f64 / 9.0) + 5.0 * s.normal()).round().max(0.0)).collect()
}

pub fn zero_inflated(n: usize, seed: u64) -> Vec<f64> {
    let mut s = Stream::new(seed, "zeros", 0);
    (0..n).map(|_| if s.chance(0.3) { (exp(3.0 + s.normal()) * 100.0).round() / 100.0 } else { 0.0 }).collect()
}

pub fn iid(n: usize, seed: u64) -> Vec<f64> {
    let mut s = Stream::new(seed, "iid", 0);
    (0..n).map(|_| 10.0 + 3.0 * s.normal()).collect()
}

pub fn round(values: &[f64], decimals: i32) -> Vec<f64> {
    if decimals > 12 {
        return values.to_vec();
    }
    let unit = powi(10.0, decimals);
    values.iter().map(|v| (v * unit).round() / unit).collect()
}

pub fn shift(x: &[f64], by: i32) -> Vec<f64> {
    (0..x.len()).map(|t| usize::try_from(t as i64 - i64::from(by)).ok().and_then(|i| x.get(i).copied()).unwrap_or(NAN)).collect()
}

pub fn rolling(x: &[f64], width: usize, at_least: usize, f: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    (0..x.len())
        .map(|t| {
            let window: Vec<f64> = x[(t + 1).saturating_sub(width)..=t].iter().copied().filter(|v| !v.is_nan()).collect();
            if window.len() >= at_least { f(&window) } else { NAN }
        })
        .collect()
}

pub fn mean(w: &[f64]) -> f64 {
    w.iter().sum::<f64>() / w.len() as f64
}

pub fn variance(w: &[f64], ddof: usize) -> f64 {
    let m = mean(w);
    if w.len() <= ddof { NAN } else { w.iter().map(|v| (v - m) * (v - m)).sum::<f64>() / (w.len() - ddof) as f64 }
}

pub fn median(w: &[f64]) -> f64 {
    let mut s = w.to_vec();
    s.sort_by(f64::total_cmp);
    if s.len() % 2 == 1 { s[s.len() / 2] } else { (s[s.len() / 2 - 1] + s[s.len() / 2]) / 2.0 }
}

pub fn max(w: &[f64]) -> f64 {
    w.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

pub fn min(w: &[f64]) -> f64 {
    w.iter().copied().fold(f64::INFINITY, f64::min)
}

pub fn ewm(x: &[f64], alpha: f64, adjusted: bool) -> Vec<f64> {
    let (mut top, mut bottom, mut plain) = (0.0, 0.0, NAN);
    x.iter()
        .map(|&v| {
            top = top * (1.0 - alpha) + v;
            bottom = bottom * (1.0 - alpha) + 1.0;
            plain = if plain.is_nan() { v } else { (1.0 - alpha) * plain + alpha * v };
            if adjusted { top / bottom } else { plain }
        })
        .collect()
}

pub fn zip(a: &[f64], b: &[f64], f: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    a.iter().zip(b).map(|(x, y)| f(*x, *y)).collect()
}

/// Name, family, and the feature of a series.
pub type Feature = (&'static str, &'static str, fn(&[f64]) -> Vec<f64>);

pub const FEATURES: &[Feature] = &[
    ("lag 1", "shift", |x| shift(x, 1)),
    ("lag 7", "shift", |x| shift(x, 7)),
    ("lead 2", "shift", |x| shift(x, -2)),
    ("lag 12", "shift", |x| shift(x, 12)),
    ("diff 1", "change", |x| zip(x, &shift(x, 1), |a, b| a - b)),
    ("diff 7", "change", |x| zip(x, &shift(x, 7), |a, b| a - b)),
    ("lagged diff", "change", |x| shift(&zip(x, &shift(x, 1), |a, b| a - b), 1)),
    ("pct 1", "change", |x| zip(x, &shift(x, 1), |a, b| a / b - 1.0)),
    ("pct 12", "change", |x| zip(x, &shift(x, 12), |a, b| 100.0 * (a / b - 1.0))),
    ("ratio 2", "change", |x| zip(x, &shift(x, 2), |a, b| a / b)),
    ("log ratio", "change", |x| zip(x, &shift(x, 1), |a, b| if a > 0.0 && b > 0.0 { ln(a / b) } else { NAN })),
    ("mean 3", "window", |x| rolling(x, 3, 3, mean)),
    ("mean 7 mp1", "window", |x| rolling(x, 7, 1, mean)),
    ("mean 3 before", "window", |x| shift(&rolling(x, 3, 3, mean), 1)),
    ("mean 5 centred", "window", |x| shift(&rolling(x, 5, 5, mean), -2)),
    ("mean 12", "window", |x| rolling(x, 12, 12, mean)),
    ("mean 3 ahead", "window", |x| shift(&rolling(x, 3, 3, mean), -3)),
    ("sum 4", "window", |x| rolling(x, 4, 4, |w| w.iter().sum())),
    ("min 5", "window", |x| rolling(x, 5, 5, min)),
    ("max 6 before", "window", |x| shift(&rolling(x, 6, 6, max), 1)),
    ("median 5", "window", |x| rolling(x, 5, 5, median)),
    ("range 7", "window", |x| rolling(x, 7, 7, |w| max(w) - min(w))),
    ("std 6", "window", |x| rolling(x, 6, 6, |w| variance(w, 1).sqrt())),
    ("std0 8", "window", |x| rolling(x, 8, 8, |w| variance(w, 0).sqrt())),
    ("var 5", "window", |x| rolling(x, 5, 5, |w| variance(w, 1))),
    ("less mean 6", "relative", |x| zip(x, &rolling(x, 6, 6, mean), |a, b| a - b)),
    ("over mean 4", "relative", |x| zip(x, &rolling(x, 4, 4, mean), |a, b| a / b)),
    ("z 10", "relative", |x| zip(&zip(x, &rolling(x, 10, 10, mean), |a, b| a - b), &rolling(x, 10, 10, |w| variance(w, 1).sqrt()), |a, b| a / b)),
    ("z before 8", "relative", |x| {
        let (m, s) = (shift(&rolling(x, 8, 8, mean), 1), shift(&rolling(x, 8, 8, |w| variance(w, 1).sqrt()), 1));
        zip(&zip(x, &m, |a, b| a - b), &s, |a, b| a / b)
    }),
    ("ewm span 5", "ewm", |x| ewm(x, 2.0 / 6.0, true)),
    ("ewm span 12 plain", "ewm", |x| ewm(x, 2.0 / 13.0, false)),
    ("ewm half-life 3", "ewm", |x| ewm(x, 1.0 - exp(-std::f64::consts::LN_2 / 3.0), true)),
    ("ewm 0.3 before", "ewm", |x| shift(&ewm(x, 0.3, true), 1)),
    ("expanding mean", "expanding", |x| rolling(x, x.len(), 1, mean)),
    ("expanding max before", "expanding", |x| shift(&rolling(x, x.len(), 1, max), 1)),
    ("expanding std", "expanding", |x| rolling(x, x.len(), 2, |w| variance(w, 1).sqrt())),
    ("cumulative sum", "cumulative", |x| rolling(x, x.len(), 1, |w| w.iter().sum())),
    ("free cumulative", "cumulative", |x| rolling(x, x.len(), 1, |w| 1234.5 + w.iter().sum::<f64>())),
    ("weighted 4", "weighted", |x| rolling(x, 4, 4, |w| 0.1 * w[0] + 0.2 * w[1] + 0.3 * w[2] + 0.4 * w[3])),
    ("difference of means", "weighted", |x| zip(&rolling(x, 3, 3, mean), &rolling(x, 6, 6, mean), |a, b| a - b)),
];

/// Name of a kind of series, and what makes one of so many rows from a seed.
pub type Kinds = (&'static str, fn(usize, u64) -> Vec<f64>);

pub const SERIES: &[Kinds] = &[("walk", walk), ("ar", ar), ("seasonal", seasonal), ("counts", counts), ("zeros", zero_inflated), ("iid", iid)];
