//! Rows as moments: evenly spaced where the stamps have a rhythm, else in their order.
//!
//! Tried in turn: the stamps as they are, by hour, by day, by month; the first in which at least [`REGULAR`] of the steps between neighbours are of one length is taken
//! (lengths of months and years count as equal, weekends are stepped over where no stamp is on one). Moments that no row stands in are counted and lie on the line
//! between their neighbours; where more than [`EMPTY`] are empty, and where no rhythm is found, moments follow one another without spacing. Rows of one moment, of all
//! entities, count by their mean.

use super::super::rules::rhythm::{Why, is_weekday, step};
use crate::table::time::{DAY, civil, midnight};
use crate::table::{Column, MISSING_TIME, Values};
use std::collections::BTreeMap;

/// Fewest moments: of fewer, neither trend nor season can be told from chance.
pub const LEAST: usize = 24;
/// Least share of steps of the usual length.
const REGULAR: f64 = 0.8;
/// Largest share of empty moments.
const EMPTY: f64 = 0.2;
/// Milliseconds of an hour.
const HOUR: i64 = DAY / 24;
/// Longest period looked for.
const LONGEST: i64 = 400;
/// Fewest rows of a point that is shared.
const ROWS: u32 = 5;

/// The moments of a table.
pub struct Grid {
    /// What a moment is, as in `OverTime::unit`.
    pub unit: &'static str,
    /// Moments from first to last.
    pub n: usize,
    /// How many of them hold no row.
    pub empty: usize,
    /// Whether they are evenly spaced.
    pub even: bool,
    /// Periods that the calendar suggests, in moments, shortest first.
    pub periods: Vec<usize>,
    /// Moment and row, in order.
    rows: Vec<(u32, u32)>,
}

impl Grid {
    /// The moments of a time column.
    ///
    /// # Errors
    /// Why there are none: the column has no order, or too few stamps.
    pub fn of(column: &Column) -> Result<Self, Why> {
        let (stamps, whole) = stamps(column)?;
        let dates = column.millis().is_some();
        let cuts: &[fn(i64) -> i64] = if dates { &[|m| m, |m| m - m.rem_euclid(HOUR), |m| m - m.rem_euclid(DAY), month] } else { &[|m| m] };
        for cut in cuts.iter().filter(|_| whole) {
            let mut keys: Vec<i64> = stamps.iter().map(|s| cut(s.0)).collect();
            keys.dedup();
            if keys.len() < LEAST {
                break;
            }
            if let Some(grid) = even(&keys, &stamps, *cut, dates) {
                return Ok(grid);
            }
        }
        let mut last = None;
        let mut at = 0_u32;
        let rows: Vec<(u32, u32)> = stamps
            .iter()
            .map(|(m, row)| {
                at += u32::from(last.is_some_and(|l| l != *m));
                last = Some(*m);
                (at, *row)
            })
            .collect();
        let n = at as usize + 1;
        if rows.is_empty() || n < LEAST {
            return Err("fewer than 24 moments: neither trend nor season can be told from chance");
        }
        Ok(Self { unit: "moment", n, empty: 0, even: false, periods: Vec::new(), rows })
    }

    /// The mean of a column (shape `(n_rows,)`, NaN missing) at every moment, empty ones on the line between their neighbours: shape `(n,)`. `None` where fewer than
    /// [`LEAST`] moments have a value.
    #[must_use]
    pub fn series(&self, values: &[f64]) -> Option<Vec<f64>> {
        let mut sums = vec![(0.0, 0.0); self.n];
        for (moment, row) in &self.rows {
            if let (Some(sum), Some(v)) = (sums.get_mut(*moment as usize), values.get(*row as usize).filter(|v| v.is_finite())) {
                *sum = (sum.0 + v, sum.1 + 1.0);
            }
        }
        let means: Vec<Option<f64>> = sums.into_iter().map(|(sum, n)| (n > 0.0).then(|| sum / n)).collect();
        let there: Vec<(usize, f64)> = means.iter().enumerate().filter_map(|(at, v)| Some((at, (*v)?))).collect();
        let (first, last) = (there.first()?, there.last()?);
        if there.len() < LEAST {
            return None;
        }
        let mut all = vec![first.1; self.n];
        all.iter_mut().skip(last.0).for_each(|v| *v = last.1);
        for pair in there.windows(2) {
            let &[(from, a), (to, b)] = pair else { continue };
            #[expect(clippy::cast_precision_loss, reason = "moments stay below 2^53")]
            let share = |at: usize| (at - from) as f64 / (to - from) as f64;
            all.iter_mut().enumerate().take(to).skip(from).for_each(|(at, v)| *v = a + share(at) * (b - a));
        }
        Some(all)
    }

    /// Means of neighbouring moments that together hold at least five rows with a value: place of their middle, from 1, and mean.
    #[must_use]
    pub fn grouped(&self, values: &[f64]) -> Vec<(f64, f64)> {
        let mut all = Vec::new();
        let (mut rows, mut places, mut total) = (0_u32, 0.0, 0.0);
        let mut before = None;
        for (moment, row) in &self.rows {
            if rows >= ROWS && before != Some(*moment) {
                all.push((places / f64::from(rows) + 1.0, total / f64::from(rows)));
                (rows, places, total) = (0, 0.0, 0.0);
            }
            if let Some(v) = values.get(*row as usize).filter(|v| v.is_finite()) {
                (rows, places, total) = (rows + 1, places + f64::from(*moment), total + v);
            }
            before = Some(*moment);
        }
        if rows >= ROWS {
            all.push((places / f64::from(rows) + 1.0, total / f64::from(rows)));
        }
        all
    }

    /// A row of a moment, or of the next that has one.
    #[must_use]
    pub fn row_at(&self, moment: usize) -> Option<u32> {
        let at = self.rows.partition_point(|r| (r.0 as usize) < moment);
        self.rows.get(at).map(|r| r.1)
    }
}

/// Stamps with their rows in order, and whether their distances mean something.
fn stamps(column: &Column) -> Result<(Vec<(i64, u32)>, bool), Why> {
    let mut all: Vec<(i64, u32)> = match column.values() {
        Values::Times { millis, .. } => millis.iter().copied().zip(0..).filter(|s| s.0 != MISSING_TIME).collect(),
        Values::Numbers { values, .. } => {
            let whole = values.iter().all(|v| v.is_nan() || (v.fract() == 0.0 && v.abs() < 1e15));
            if !whole {
                return Ok((by_rank(values), false));
            }
            #[expect(clippy::cast_possible_truncation, reason = "whole numbers below 2^53")]
            let found = values.iter().zip(0..).filter(|(v, _)| !v.is_nan()).map(|(v, row)| (*v as i64, row)).collect();
            found
        }
        Values::Codes { .. } => return Err("the time column has no order"),
    };
    all.sort_unstable();
    Ok((all, true))
}

/// Different numbers counted in their order.
fn by_rank(values: &[f64]) -> Vec<(i64, u32)> {
    let mut all: Vec<(f64, u32)> = values.iter().copied().zip(0..).filter(|v| v.0.is_finite()).collect();
    all.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let (mut at, mut last) = (0, None);
    let one = |(v, row): (f64, u32)| {
        at += i64::from(last.is_some_and(|l: f64| l != v));
        last = Some(v);
        (at, row)
    };
    all.into_iter().map(one).collect()
}

fn month(millis: i64) -> i64 {
    let parts = civil(millis);
    midnight(parts.year, parts.month, 1).unwrap_or(millis)
}

/// The grid on which these keys (ascending, different) lie, if they have a rhythm.
fn even(keys: &[i64], stamps: &[(i64, u32)], cut: fn(i64) -> i64, dates: bool) -> Option<Grid> {
    let weekdays = dates && keys.iter().all(|k| is_weekday(*k));
    let length = |a: i64, b: i64| if dates { step(a, b, weekdays) } else { b - a };
    let steps: Vec<i64> = keys.windows(2).map(|w| length(w[0], w[1])).collect();
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    steps.iter().for_each(|s| *counts.entry(*s).or_default() += 1);
    let (&usual, &most) = counts.iter().max_by_key(|(s, c)| (**c, -**s))?;
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let share = |part: usize, of: usize| part as f64 / of.max(1) as f64;
    if share(most, steps.len()) < REGULAR || usual <= 0 {
        return None;
    }
    let mut place = vec![0_u32];
    for s in &steps {
        let by = ((s + usual / 2) / usual).max(1);
        place.push(place.last()?.checked_add(u32::try_from(by).ok()?)?);
    }
    let n = *place.last()? as usize + 1;
    let empty = n - keys.len();
    if share(empty, n) > EMPTY {
        return None;
    }
    let mut at = 0;
    let mut rows = Vec::with_capacity(stamps.len());
    for (m, row) in stamps {
        while keys.get(at).is_some_and(|k| *k < cut(*m)) {
            at += 1;
        }
        rows.push((*place.get(at)?, *row));
    }
    let (unit, periods) = rhythm_of(usual, dates, weekdays);
    Some(Grid { unit, n, empty, even: true, periods, rows })
}

/// The name of a step of that length, and the periods that the calendar suggests.
fn rhythm_of(usual: i64, dates: bool, weekdays: bool) -> (&'static str, Vec<usize>) {
    let (unit, periods): (_, &[i64]) = match (dates, usual / HOUR) {
        (true, 1) if usual == HOUR => ("hour", &[24, 168]),
        (true, 24) if weekdays => ("working day", &[5, 261]),
        (true, 24) => ("day", &[7, 365]),
        (true, 168) => ("week", &[52]),
        (true, 720) => ("month", &[12]),
        (true, 2184) => ("quarter", &[4]),
        (true, 8760) => ("year", &[]),
        (true, _) if DAY % usual == 0 => {
            let found = [DAY / usual, 7 * DAY / usual].into_iter().filter(|p| (4..=LONGEST).contains(p));
            return ("step", found.filter_map(|p| usize::try_from(p).ok()).collect());
        }
        _ => ("step", &[]),
    };
    (unit, periods.iter().filter_map(|p| usize::try_from(*p).ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::rules::fixtures::days;
    use crate::table::time::TimeFormat;
    use crate::table::{Exceptions, Kind};

    fn hours(millis: Vec<i64>) -> Column {
        Column::new("t", Kind::Timestamp, Values::Times { millis, format: TimeFormat::new("%Y-%m-%d %H:%M") }, Exceptions::default())
    }

    #[test]
    fn days_of_several_entities_are_one_mean_each_and_a_day_without_rows_lies_between() {
        let stamps: Vec<i64> = (0..60).filter(|d| d % 30 != 7).flat_map(|d| [d, d]).collect();
        let grid = Grid::of(&days("day", &stamps)).unwrap_or_else(|why| panic!("{why}"));
        assert_eq!((grid.unit, grid.n, grid.empty, grid.even, grid.periods.clone()), ("day", 60, 2, true, vec![7, 365]));
        let values: Vec<f64> = stamps.iter().enumerate().map(|(i, d)| *d as f64 + if i % 2 == 0 { 1.0 } else { -1.0 }).collect();
        let series = grid.series(&values).unwrap();
        assert!(series.iter().enumerate().all(|(at, v)| (v - at as f64).abs() < 1e-12), "{series:?}");
        assert!(grid.grouped(&values).iter().all(|(at, mean)| (at - 1.0 - mean).abs() < 1e-9));
    }

    #[test]
    fn events_are_taken_by_hour_or_day_where_that_has_a_rhythm() {
        let events: Vec<i64> = (0..2000).map(|i| i * 1_300_000 + i * i % 77_777).collect();
        assert_eq!(Grid::of(&hours(events)).map(|g| g.unit).ok(), Some("hour"));
        let rare: Vec<i64> = (0..400).map(|i| i * 13 * HOUR + i * 7_919_003 % (9 * HOUR)).collect();
        assert_eq!(Grid::of(&hours(rare)).map(|g| g.unit).ok(), Some("day"));
    }

    #[test]
    fn months_quarters_working_days_and_counted_steps_are_known() {
        let date = |m: i64| midnight(2015 + m.div_euclid(12), u32::try_from(m.rem_euclid(12)).unwrap() + 1, 1).unwrap();
        assert_eq!(Grid::of(&hours((0..40).map(date).collect())).map(|g| (g.unit, g.n)).ok(), Some(("month", 40)));
        assert_eq!(Grid::of(&hours((0..30).map(|q| date(3 * q)).collect())).map(|g| (g.unit, g.periods)).ok(), Some(("quarter", vec![4])));
        let working: Vec<i64> = (4..200).filter(|d| (d - 4) % 7 < 5).collect();
        assert_eq!(Grid::of(&days("d", &working)).map(|g| (g.unit, g.empty)).ok(), Some(("working day", 0)));
        let years = Column::numeric("year", (1950..2000).map(f64::from).collect(), 0);
        assert_eq!(Grid::of(&years).map(|g| (g.unit, g.even)).ok(), Some(("step", true)));
    }

    #[test]
    fn what_has_no_rhythm_is_taken_in_order_and_what_has_no_order_or_length_is_refused() {
        let uneven: Vec<i64> = (0..40).map(|i: i64| i * i * i).collect();
        assert_eq!(Grid::of(&days("d", &uneven)).map(|g| (g.unit, g.n, g.even)).ok(), Some(("moment", 40, false)));
        assert!(Grid::of(&days("d", &[1, 2, 3])).is_err() && Grid::of(&days("d", &[])).is_err());
        assert!(Grid::of(&Column::labels("c", Kind::Categorical, &[Some("a"); 40])).is_err());
        let fractions = Column::numeric("t", (0..50).map(|i| f64::from(i) * 0.3).collect(), 1);
        assert_eq!(Grid::of(&fractions).map(|g| (g.n, g.even)).ok(), Some((50, false)));
    }
}
