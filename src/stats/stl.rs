//! Seasonal-trend decomposition by loess: a series as trend + season + remainder (Cleveland, Cleveland, McRae and Terpenning 1990, *Journal of
//! Official Statistics* 6, 3-73).
//!
//! Inner loop: the series without its trend is smoothed along each phase of the period (loess of `seasonal` cycles, degree 1, one cycle beyond both
//! ends), what is slow in that is taken out (moving averages of period, period and 3, then loess), the rest is the season; the series without it is smoothed to
//! the trend. Windows as the authors advise: trend, the least odd number of at least `1.5 period / (1 - 1.5 / seasonal)`; low pass, the least odd number above the
//! period. Robust: two inner loops, then fifteen times weights `(1 - (r / 6 median|r|)^2)^2` of the remainder and two more; else five inner loops.
//!
//! Checked against statsmodels 0.15.0 `STL(period, seasonal, robust)` to 1e-6 (`tests/reference/time.json`).

use crate::error::{Error, Result};
use crate::math::rank::quantile;
use crate::math::sum::variance;

/// Cycles over which the season is smoothed, as the authors advise at least.
pub const SEASONAL: usize = 7;
/// Inner loops, and outer ones: plain and robust.
const LOOPS: [(usize, usize); 2] = [(5, 0), (2, 15)];
/// Share of a window's reach within which a weight is 1, and beyond which it is 0.
const EDGES: (f64, f64) = (0.001, 0.999);

/// Share of the series' variance below which what is left of a part is rounding.
const ROUNDING: f64 = 1e-12;

/// A series taken apart: `trend + season + remainder` is the series. Each of shape `(n,)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Parts {
    /// What is slow.
    pub trend: Vec<f64>,
    /// What comes again every period.
    pub season: Vec<f64>,
    /// What is left.
    pub remainder: Vec<f64>,
}

impl Parts {
    /// How strong trend and season are, 0 to 1: `1 - var(remainder) / var(part + remainder)` (Wang, Smith and Hyndman 2006); 0 for a part that is rounding: a line has no season.
    #[must_use]
    pub fn strengths(&self) -> (f64, f64) {
        let left = variance(&self.remainder, 0);
        let all: Vec<f64> = self.trend.iter().zip(&self.season).zip(&self.remainder).map(|((t, s), r)| t + s + r).collect();
        let rounding = ROUNDING * variance(&all, 0);
        let of = |part: &[f64]| {
            let both = variance(&part.iter().zip(&self.remainder).map(|(p, r)| p + r).collect::<Vec<_>>(), 0);
            if both > rounding { (1.0 - left / both).max(0.0) } else { 0.0 }
        };
        (of(&self.trend), of(&self.season))
    }
}

/// Takes apart `values` (shape `(n,)`, finite, evenly spaced) with a season of `period` values, smoothed over `seasonal` (odd) cycles.
///
/// # Errors
/// A period below 2, or fewer than two whole periods.
pub fn decompose(values: &[f64], period: usize, seasonal: usize, robust: bool) -> Result<Parts> {
    let n = values.len();
    if period < 2 || n < 2 * period || seasonal < 3 {
        return Err(Error::not_computable("A season", "there are fewer than two whole periods", "Bring a longer series."));
    }
    let odd = |k: usize| k + usize::from(k.is_multiple_of(2));
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "window lengths are small")]
    let trend_window = odd((1.5 * period as f64 / (1.0 - 1.5 / seasonal as f64)).ceil() as usize);
    let windows = Windows { period, seasonal, trend: trend_window, low: odd(period + 1) };
    let (inner, outer) = LOOPS[usize::from(robust)];
    let (mut trend, mut season) = (vec![0.0; n], vec![0.0; n]);
    let mut weights: Option<Vec<f64>> = None;
    for turn in 0..=outer {
        for _ in 0..inner {
            windows.turn(values, weights.as_deref(), &mut trend, &mut season);
        }
        if turn < outer {
            weights = Some(trust(values, &trend, &season));
        }
    }
    let remainder = values.iter().zip(trend.iter().zip(&season)).map(|(v, (t, s))| v - t - s).collect();
    Ok(Parts { trend, season, remainder })
}

/// Lengths of the smoothers.
struct Windows {
    period: usize,
    seasonal: usize,
    trend: usize,
    low: usize,
}

impl Windows {
    /// One inner loop.
    fn turn(&self, values: &[f64], weights: Option<&[f64]>, trend: &mut Vec<f64>, season: &mut [f64]) {
        let without_trend: Vec<f64> = values.iter().zip(trend.iter()).map(|(v, t)| v - t).collect();
        let cycles = self.by_phase(&without_trend, weights);
        let slow = averages(&averages(&averages(&cycles, self.period), self.period), 3);
        let slow = smooth(&slow, None, self.low);
        let own = cycles.iter().skip(self.period);
        season.iter_mut().zip(own.zip(&slow)).for_each(|(s, (c, l))| *s = c - l);
        let adjusted: Vec<f64> = values.iter().zip(season.iter()).map(|(v, s)| v - s).collect();
        *trend = smooth(&adjusted, weights, self.trend);
    }

    /// Each phase of the period smoothed over the cycles, with one cycle more at both ends: shape `(n + 2 period,)`.
    fn by_phase(&self, values: &[f64], weights: Option<&[f64]>) -> Vec<f64> {
        let mut all = vec![0.0; values.len() + 2 * self.period];
        for phase in 0..self.period {
            let of = |list: &[f64]| list.iter().skip(phase).step_by(self.period).copied().collect::<Vec<f64>>();
            let (own, weights) = (of(values), weights.map(of));
            let weights = weights.as_deref();
            let k = own.len();
            let mut smoothed = Vec::with_capacity(k + 2);
            let inside = smooth(&own, weights, self.seasonal);
            let edge = |x: f64, from: usize, to: usize| local(&own, weights, self.seasonal, x, (from, to));
            smoothed.push(edge(-1.0, 0, self.seasonal.min(k)).or(inside.first().copied()).unwrap_or(0.0));
            smoothed.extend(&inside);
            #[expect(clippy::cast_precision_loss, reason = "series are short")]
            let end = k as f64;
            smoothed.push(edge(end, k.saturating_sub(self.seasonal), k).or(inside.last().copied()).unwrap_or(0.0));
            all.iter_mut().skip(phase).step_by(self.period).zip(smoothed).for_each(|(to, v)| *to = v);
        }
        all
    }
}

/// Means of `width` values in a row: shape `(n - width + 1,)`.
fn averages(values: &[f64], width: usize) -> Vec<f64> {
    #[expect(clippy::cast_precision_loss, reason = "series are short")]
    let over = width as f64;
    let mut total: f64 = values.iter().take(width).sum();
    let mut all = vec![total / over];
    for (new, old) in values.iter().skip(width).zip(values) {
        total += new - old;
        all.push(total / over);
    }
    all
}

/// Loess of degree 1 at every place, over the nearest `width` values.
fn smooth(values: &[f64], weights: Option<&[f64]>, width: usize) -> Vec<f64> {
    let n = values.len();
    if n < 2 {
        return values.to_vec();
    }
    let (mut from, mut to) = (0, width.min(n));
    let mut all = Vec::with_capacity(n);
    for (at, own) in values.iter().enumerate() {
        if at + 1 > width.midpoint(2) && to < n {
            (from, to) = (from + 1, to + 1);
        }
        #[expect(clippy::cast_precision_loss, reason = "series are short")]
        let fitted = local(values, weights, width, at as f64, (from, to));
        all.push(fitted.unwrap_or(*own));
    }
    all
}

/// The local line at `x` of the values `from..to`, with tricube weights; `None` where all weights are 0.
#[expect(clippy::cast_precision_loss, reason = "series are short")]
fn local(values: &[f64], weights: Option<&[f64]>, width: usize, x: f64, (from, to): (usize, usize)) -> Option<f64> {
    let n = values.len();
    let reach = (x - from as f64).max(to as f64 - 1.0 - x) + (width.saturating_sub(n) / 2) as f64;
    let mut own: Vec<f64> = (from..to)
        .map(|j| {
            let apart = (j as f64 - x).abs();
            let near = match apart {
                a if a > EDGES.1 * reach => return 0.0,
                a if a <= EDGES.0 * reach => 1.0,
                a => {
                    let cube = |v: f64| v * v * v;
                    cube(1.0 - cube(a / reach))
                }
            };
            near * weights.map_or(1.0, |w| w.get(j).copied().unwrap_or(0.0))
        })
        .collect();
    let total: f64 = own.iter().sum();
    if total <= 0.0 {
        return None;
    }
    own.iter_mut().for_each(|w| *w /= total);
    let places = || (from..to).map(|j| j as f64);
    if reach > 0.0 {
        let centre: f64 = own.iter().zip(places()).map(|(w, j)| w * j).sum();
        let spread: f64 = own.iter().zip(places()).map(|(w, j)| w * (j - centre) * (j - centre)).sum();
        if spread.sqrt() > 0.001 * (n as f64 - 1.0) {
            let slope = (x - centre) / spread;
            own.iter_mut().zip(places()).for_each(|(w, j)| *w *= slope * (j - centre) + 1.0);
        }
    }
    Some(own.iter().zip(values.iter().skip(from)).map(|(w, v)| w * v).sum())
}

/// How far each value is trusted: bisquare weights of what trend and season leave.
fn trust(values: &[f64], trend: &[f64], season: &[f64]) -> Vec<f64> {
    let left: Vec<f64> = values.iter().zip(trend.iter().zip(season)).map(|(v, (t, s))| (v - t - s).abs()).collect();
    let mut ascending = left.clone();
    ascending.sort_unstable_by(f64::total_cmp);
    let far = 6.0 * quantile(&ascending, 0.5);
    let one = |r: f64| match r {
        r if r <= EDGES.0 * far => 1.0,
        r if r <= EDGES.1 * far => {
            let square = |v: f64| v * v;
            square(1.0 - square(r / far))
        }
        _ => 0.0,
    };
    if far > 0.0 { left.into_iter().map(one).collect() } else { vec![1.0; values.len()] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::time_reference::{agree, cases};

    #[test]
    fn parts_are_those_of_statsmodels() {
        for case in cases("stl") {
            let found = decompose(&case.numbers("y"), case.count("period"), case.count("seasonal"), case.is("robust")).unwrap();
            agree(&found.trend, &case.numbers("trend"), 1e-6, "trend");
            agree(&found.season, &case.numbers("season"), 1e-6, "season");
            agree(&found.remainder, &case.numbers("remainder"), 1e-6, "remainder");
        }
    }

    #[test]
    fn a_series_of_season_alone_has_a_strong_season_and_no_remainder() {
        let values: Vec<f64> = (0..84).map(|i| [1.0, 5.0, -2.0, 0.0, 3.0, -4.0, -3.0][i % 7]).collect();
        let parts = decompose(&values, 7, SEASONAL, false).unwrap();
        assert!(parts.remainder.iter().all(|r| r.abs() < 1e-9), "{:?}", parts.remainder);
        assert!(parts.strengths().1 > 0.999);
        let line: Vec<f64> = (0..48).map(|i| 9.0 + 0.214 * f64::from(i)).collect();
        assert_eq!(decompose(&line, 12, SEASONAL, false).unwrap().strengths().1, 0.0, "a line has no season");
    }

    #[test]
    fn fewer_than_two_periods_are_refused() {
        assert!(decompose(&[1.0; 23], 12, SEASONAL, false).is_err());
        assert!(decompose(&[1.0; 24], 12, SEASONAL, true).unwrap().remainder.iter().all(|r| r.abs() < 1e-12));
    }
}
