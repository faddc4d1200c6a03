//! What columns do over time: trend, season, changes of level, and whether they stay about a level at all.
//!
//! A column becomes a series of means, one a moment ([`grid`]). Season: periods of the calendar (and, where none of them holds, the first peak of the autocorrelation)
//! are kept if the series without its moving average of that length is like itself one period earlier by [`BAR`] standard errors, and two periods earlier by half
//! as many; the one that STL ([`crate::stats::stl`]) gives the greatest strength, at least [`STRONG`], is told. Everything else is said of the series without its season.
//! Trend: Theil and Sen's slope over at most [`BLOCKS`] block means, its interval widened by what neighbours have in common. Changes of level: PELT
//! ([`crate::stats::change_points`]) with a penalty of `4 ln(n)` long-run variances, the variance taken from differences so that changes hardly count as
//! noise (Shi, Gallagher, Lund and Killick 2022); stretches of at least five moments and a fiftieth of all. Where a line costs less than the
//! steps, there are none. Level: KPSS about a level and about a line.
//!
//! Limits: season and KPSS look at the newest [`NEWEST`] moments; trend and changes, where there are more, at means of equal blocks over all of them, at most
//! [`WHOLE`]; besides the target at most [`COLUMNS`] columns of numbers.

pub mod grid;
#[cfg(test)]
mod tests;

use super::QualityInput;
use super::rules::rhythm::Why;
use crate::finding::OverTime;
use crate::math::elementary::ln;
use crate::math::rank::median;
use crate::math::sum::{mean, variance};
use crate::stats::autocorrelation::autocorrelation;
use crate::stats::change_points::{change_points, left_over};
use crate::stats::stationarity::{kpss, residuals};
use crate::stats::stl::{Parts, SEASONAL, decompose};
use crate::stats::theil_sen::theil_sen;
use grid::Grid;

/// Most moments that season and level are looked for in.
pub const NEWEST: usize = 2_000;
/// Most means that trend and changes are looked for in.
pub const WHOLE: usize = 1_000;
/// Most block means between whose pairs slopes are taken.
pub const BLOCKS: usize = 400;
/// Most columns besides the target.
pub const COLUMNS: usize = 8;
/// Standard errors by which a series must be like itself one period earlier; of a period that no calendar suggests one more.
pub const BAR: f64 = 3.0;
/// Least strength of a season.
pub const STRONG: f64 = 0.3;
/// Long-run variances that a change must gain, times the logarithm of the number of moments.
const GAIN: f64 = 4.0;
/// Greatest likeness of neighbours that is counted: of more, nothing can be told from a random walk.
const ALIKE: f64 = 0.95;
/// Shortest stretch of one level in moments, and as a part of all.
const STRETCH: (usize, usize) = (5, 50);
/// Shortest and longest period that the autocorrelation suggests.
const OWN: (usize, usize) = (3, 400);
/// Period times moments up to which the season is taken robustly: a fifth of a second in a page.
const ROBUST: usize = 100_000;
/// Most points of a line, and most lags told.
const POINTS: usize = 240;
const LAGS: usize = 48;
/// Level of intervals.
const LEVEL: f64 = 0.95;

/// What the target (a number, or one of two classes) and the first columns of numbers do over time.
///
/// # Errors
/// Why nothing can be said: no time column, too few moments, or nothing to look at.
pub fn over_time(input: &QualityInput<'_>) -> Result<Vec<OverTime>, Why> {
    let task = input.task.ok_or("no target is known")?;
    let time = task.time.as_deref().and_then(|t| input.table.column(t).ok()).ok_or("there is no time column")?;
    let grid = Grid::of(time)?;
    let stamp = |moment: usize| grid.row_at(moment).map_or_else(String::new, |row| time.text(row as usize).into_owned());
    let target = if task.n_classes() > 2 { None } else { task.encode(input.table).ok().map(|t| t.values) };
    let mut all: Vec<OverTime> = target.and_then(|values| of_column(&task.target, &values, &grid, true, &stamp)).into_iter().collect();
    let others = input.columns().filter(|c| c.name() != task.target && c.name() != time.name() && Some(c.name()) != task.entity.as_deref());
    let found = others.filter_map(|c| of_column(c.name(), c.numbers()?, &grid, false, &stamp));
    all.extend(found.take(COLUMNS));
    if all.is_empty() { Err("no column of numbers has values at 24 moments") } else { Ok(all) }
}

/// One column; `None` where it has too few values or does not vary.
fn of_column(name: &str, values: &[f64], grid: &Grid, is_target: bool, stamp: &dyn Fn(usize) -> String) -> Option<OverTime> {
    let series = grid.series(values)?;
    let mut found = of_series(&series, grid, is_target)?;
    name.clone_into(&mut found.column);
    for change in &mut found.changes {
        change.1 = stamp(change.0 as usize);
    }
    if is_target {
        found.lines.push(("grouped".to_owned(), thinned(&grid.grouped(values))));
    }
    Some(found)
}

/// What a series does; with lines for pictures where they are `wanted`.
fn of_series(series: &[f64], grid: &Grid, wanted: bool) -> Option<OverTime> {
    let spread = variance(series, 1).sqrt();
    let size = series.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    if !spread.is_finite() || spread <= 1e-12 * size {
        return None;
    }
    let newest = &series[series.len().saturating_sub(NEWEST)..];
    let season = if grid.even { season_of(newest, &grid.periods, wanted) } else { None };
    let period = season.as_ref().map_or(0, |s| s.0);
    let adjusted: Vec<f64> = match &season {
        Some((_, parts)) => newest.iter().zip(&parts.season).map(|(v, s)| v - s).collect(),
        None => newest.to_vec(),
    };
    let (whole, block) = if series.len() > NEWEST { in_blocks(series, WHOLE, period) } else { (adjusted.clone(), 1) };
    let slope = slope_of(&whole, block);
    let (changes, penalty) = changes_of(&whole);
    let strength = match &season {
        Some((_, parts)) => parts.strengths(),
        None => ((1.0 - variance(&residuals(&whole, true), 0) / variance(&whole, 0)).max(0.0), 0.0),
    };
    #[expect(clippy::cast_possible_truncation, reason = "moments and periods are counted in 32 bits")]
    let mut found = OverTime {
        unit: grid.unit.to_owned(),
        moments: (series.len() as u64, grid.empty as u64),
        slope,
        spread,
        period: period as u32,
        strength,
        correlation: (autocorrelation(newest, LAGS.max(2 * period).min(newest.len() / 2)), newest.len() as u64),
        penalty,
        kpss: [false, true].into_iter().filter_map(|about_line| kpss(&adjusted, about_line)).collect(),
        ..OverTime::default()
    };
    let levels = levels(&whole, &changes);
    let step = |(at, pair): (&usize, &[(usize, f64)])| (u32::try_from(at * block).unwrap_or(u32::MAX), String::new(), pair[0].1, pair[1].1);
    found.changes = changes.iter().zip(levels.windows(2)).map(step).collect();
    if wanted {
        found.lines = lines(series, season.as_ref().map(|s| &s.1), &found, &levels, (period, block));
    }
    Some(found)
}

/// The period that holds and is strongest, and the series taken apart by it.
fn season_of(values: &[f64], calendar: &[usize], thorough: bool) -> Option<(usize, Parts)> {
    let mut periods: Vec<usize> = calendar.iter().copied().filter(|&p| repeats(values, p, BAR)).collect();
    if periods.is_empty() {
        periods.extend(own_period(values).filter(|&p| repeats(values, p, BAR + 1.0)));
    }
    let taken = periods.into_iter().filter_map(|p| Some((p, decompose(values, p, SEASONAL, false).ok()?)));
    let strongest = taken.reduce(|a, b| if b.1.strengths().1 > a.1.strengths().1 { b } else { a })?;
    let (period, parts) = strongest;
    if parts.strengths().1 < STRONG {
        return None;
    }
    let robust = thorough && period * values.len() <= ROBUST;
    Some((period, if robust { decompose(values, period, SEASONAL, true).ok()? } else { parts }))
}

/// Whether a series, without its moving average over a period, is like itself a period and two periods earlier.
fn repeats(values: &[f64], period: usize, bar: f64) -> bool {
    let n = values.len();
    if period < OWN.0 || n < 2 * period + 1 {
        return false;
    }
    let left = without_average(values, period);
    #[expect(clippy::cast_precision_loss, reason = "series are short")]
    let error = 1.0 / (left.len() as f64).sqrt();
    let alike = autocorrelation(&left, 2 * period);
    let at = |lag: usize| lag.checked_sub(1).and_then(|i| alike.get(i)).copied();
    let once = at(period).is_some_and(|r| r > bar * error);
    // Over fewer than four periods there is too little two periods earlier to compare with.
    let twice = n < 4 * period || at(2 * period).is_some_and(|r| r > bar / 2.0 * error);
    once && twice
}

/// The first peak of the autocorrelation about a line that is nearly its greatest.
fn own_period(values: &[f64]) -> Option<usize> {
    let alike = autocorrelation(&residuals(values, true), OWN.1.min(values.len() / 3));
    let peaks: Vec<(usize, f64)> =
        alike.windows(3).enumerate().filter(|(_, w)| w[1] > w[0] && w[1] >= w[2]).map(|(i, w)| (i + 2, w[1])).filter(|p| p.0 >= OWN.0).collect();
    let highest = peaks.iter().map(|p| p.1).fold(0.0, f64::max);
    peaks.into_iter().find(|p| p.1 > 0.0 && p.1 >= 0.9 * highest).map(|p| p.0)
}

/// What a centred moving average over one period leaves, without the ends where it does not reach; of an even period the outer two count half.
#[expect(clippy::cast_precision_loss, reason = "series are short")]
fn without_average(values: &[f64], period: usize) -> Vec<f64> {
    let half = period / 2;
    let even = period.is_multiple_of(2);
    let inside = |at: usize| {
        let (from, to) = (at.checked_sub(half)?, at + half);
        let window = values.get(from..=to)?;
        let ends = if even { f64::midpoint(window[0], window[window.len() - 1]) } else { 0.0 };
        let total: f64 = window.iter().sum::<f64>() - ends;
        Some(values[at] - total / period as f64)
    };
    (0..values.len()).filter_map(inside).collect()
}

/// Means of blocks of equal length, a multiple of the period, at most `most` of them; and that length.
fn in_blocks(values: &[f64], most: usize, period: usize) -> (Vec<f64>, usize) {
    let block = values.len().div_ceil(most).next_multiple_of(period.max(1));
    (values.chunks(block).map(mean).collect(), block)
}

/// How much a value says of the next one about a line.
fn neighbours(values: &[f64]) -> f64 {
    autocorrelation(&residuals(values, true), 1).first().map_or(0.0, |r| r.clamp(0.0, ALIKE))
}

/// Slope a moment and its interval.
fn slope_of(whole: &[f64], block: usize) -> Option<(f64, f64, f64)> {
    let (points, own) = in_blocks(whole, BLOCKS, 1);
    let alike = neighbours(&points);
    let found = theil_sen(&points, LEVEL, (1.0 + alike) / (1.0 - alike))?;
    #[expect(clippy::cast_precision_loss, reason = "series are short")]
    let length = (own * block) as f64;
    Some((found.slope / length, found.low / length, found.high / length))
}

/// Where the level changes, and the penalty.
fn changes_of(whole: &[f64]) -> (Vec<usize>, f64) {
    let size = |lag: usize| {
        let apart: Vec<f64> = whole.iter().skip(lag).zip(whole).map(|(b, a)| (b - a) * (b - a)).collect();
        mean(&apart)
    };
    // Differences over twice as many moments are larger the less neighbours are alike; two lags err in different ways.
    let (once, twice, four) = (size(1), size(2), size(4));
    let alike = f64::midpoint((twice / once - 1.0).max(0.0), (four / twice - 1.0).max(0.0).sqrt()).clamp(0.0, ALIKE);
    let long_run = once * (1.0 + alike) / (2.0 * (1.0 - alike) * (1.0 - alike));
    #[expect(clippy::cast_precision_loss, reason = "series are short")]
    let penalty = GAIN * ln(whole.len() as f64) * long_run;
    if !penalty.is_finite() || penalty <= 0.0 {
        return (Vec::new(), 0.0);
    }
    let found = change_points(whole, penalty, STRETCH.0.max(whole.len() / STRETCH.1));
    #[expect(clippy::cast_precision_loss, reason = "a few changes")]
    let steps = left_over(whole, &found) + penalty * found.len() as f64;
    let line: f64 = residuals(whole, true).iter().map(|r| r * r).sum::<f64>() + penalty;
    (if line <= steps { Vec::new() } else { found }, penalty)
}

/// First place and mean of every stretch.
fn levels(whole: &[f64], changes: &[usize]) -> Vec<(usize, f64)> {
    let ends = changes.iter().copied().chain([whole.len()]);
    std::iter::once(0).chain(changes.iter().copied()).zip(ends).filter_map(|(from, to)| Some((from, mean(whole.get(from..to)?)))).collect()
}

/// Lines for pictures: moment, from 1, and value.
#[expect(clippy::cast_precision_loss, reason = "series are short")]
fn lines(
    series: &[f64],
    parts: Option<&Parts>,
    found: &OverTime,
    levels: &[(usize, f64)],
    (period, block): (usize, usize),
) -> Vec<(String, Vec<(f64, f64)>)> {
    let n = series.len();
    let placed = |values: &[f64], from: usize| values.iter().enumerate().map(|(i, v)| ((from + i + 1) as f64, *v)).collect::<Vec<_>>();
    let mut all = vec![("observed".to_owned(), thinned(&placed(series, 0)))];
    if let Some(parts) = parts {
        let from = n - parts.trend.len();
        all.push(("trend".to_owned(), thinned(&placed(&parts.trend, from))));
        // The newest three periods, so that a single one can be read.
        let shown = (3 * period).max(POINTS / 4).min(parts.season.len());
        for (name, values) in [("season", &parts.season), ("remainder", &parts.remainder)] {
            all.push((name.to_owned(), thinned(&placed(&values[values.len() - shown..], n - shown))));
        }
    } else if let Some((slope, ..)) = found.slope.filter(|_| found.has_trend()) {
        let middle = median(series) - slope * (n as f64 - 1.0) / 2.0;
        all.push(("trend".to_owned(), vec![(1.0, middle), (n as f64, middle + slope * (n as f64 - 1.0))]));
    }
    if levels.len() > 1 {
        let ends = levels.iter().skip(1).map(|l| l.0 * block).chain([n]);
        let both = levels.iter().zip(ends).flat_map(|(l, end)| [((l.0 * block + 1) as f64, l.1), (end as f64, l.1)]);
        all.push(("level".to_owned(), both.collect()));
    }
    all
}

/// At most [`POINTS`] points: means of as many in a row as that takes.
fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let both = |part: &[(f64, f64)]| {
        let of = |axis: fn(&(f64, f64)) -> f64| mean(&part.iter().map(axis).collect::<Vec<_>>());
        (of(|p| p.0), of(|p| p.1))
    };
    points.chunks(points.len().div_ceil(POINTS).max(1)).map(both).collect()
}
