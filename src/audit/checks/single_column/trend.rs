//! A number that follows the target only because both grow, or both follow the seasons, gives nothing away.
//!
//! On rows in time the association is measured again on changes from one moment to the next (Granger and Newbold 1974: levels of unrelated
//! series that wander correlate highly). The lower of the two scores counts: a copy, a scaled copy or a noisy copy of the target moves with
//! it step by step; a driver, a lag or a trend does not.

use super::super::super::AuditInput;
use super::super::super::measure::{Measured, Sample};
use super::alone::Alone;
use crate::math::sort;
use crate::table::{MISSING_TIME, Values};

/// How the score on changes is named.
pub(super) const CHANGES: &str = "changes";

/// The column's score on changes in time order where that is lower; as it was for classes, undated rows and columns that are no numbers.
pub(super) fn without_trend(alone: Alone, input: &AuditInput<'_>, sample: &Sample) -> Alone {
    let Some(order) = in_time(input, sample) else { return alone };
    let Some(x) = input.table.column(&alone.name).ok().and_then(|c| c.numbers()) else { return alone };
    let change = |value: &dyn Fn(usize) -> f64| order.windows(2).map(|w| value(w[1]) - value(w[0])).collect::<Vec<f64>>();
    let dx = change(&|i| x[sample.rows[i]]);
    let dy = change(&|i| sample.y[i]);
    let steps = Sample { rows: (0..dy.len()).collect(), y: dy, n_classes: 0 };
    // Changes that never differ (a counter) order nothing.
    let found = steps.either_way(&dx).unwrap_or(Measured { value: steps.chance(), z: 0.0, n: dx.len() });
    if found.value < alone.found.value { Alone { found, method: CHANGES, ..alone } } else { alone }
}

/// Positions in the sample in time order (rows of one moment in file order); `None` when rows have no time or the target is a class.
fn in_time(input: &AuditInput<'_>, sample: &Sample) -> Option<Vec<usize>> {
    let time = input.table.column(input.task.time.as_deref()?).ok()?;
    let mut order: Vec<usize> = (0..sample.rows.len()).collect();
    match time.values() {
        _ if sample.n_classes > 0 => return None,
        Values::Times { millis, .. } => {
            order.retain(|&i| millis[sample.rows[i]] != MISSING_TIME);
            order.sort_by_key(|&i| millis[sample.rows[i]]);
        }
        Values::Numbers { values, .. } => {
            order.retain(|&i| !values[sample.rows[i]].is_nan());
            sort::along(&mut order, &|i| values[sample.rows[i]]);
        }
        Values::Codes { .. } => return None,
    }
    Some(order)
}

#[cfg(test)]
mod tests {
    use super::super::SINGLE_COLUMN;
    use crate::audit::fixtures::Case;
    use crate::finding::Severity;
    use crate::math::rng::Stream;
    use crate::table::time::DAY;
    use crate::table::{Column, Exceptions, Kind, Values, time::TimeFormat};

    fn dated(n: i64, columns: Vec<Column>) -> Case {
        let millis = (0..n).map(|day| day * DAY).collect();
        let time = Column::new("day", Kind::Timestamp, Values::Times { millis, format: TimeFormat::new("%Y-%m-%d") }, Exceptions::default());
        let mut all = vec![time];
        all.extend(columns);
        let mut case = Case::new(all);
        case.task.time = Some("day".to_owned());
        case
    }

    fn growing(index: u64, n: i64) -> Vec<f64> {
        let mut stream = Stream::new(3, "test/trend", index);
        (0..n).map(|t| 10.0 * t as f64 + 5.0 * stream.normal()).collect()
    }

    #[test]
    fn a_column_that_only_grows_with_the_target_is_no_leak() {
        let found =
            dated(200, vec![Column::numeric("members", growing(0, 200), 3), Column::numeric("y", growing(1, 200), 3)]).run(&SINGLE_COLUMN).findings;
        assert!(found.iter().all(|f| f.severity != Severity::Blocker), "{found:?}");
    }

    #[test]
    fn a_noisy_copy_moves_with_the_target_step_by_step() {
        let y = growing(1, 200);
        let mut noise = Stream::new(4, "test/trend", 0);
        let copy = y.iter().map(|v| v + 0.3 * noise.normal()).collect();
        let found = dated(200, vec![Column::numeric("copy", copy, 3), Column::numeric("y", y, 3)]).run(&SINGLE_COLUMN).findings;
        assert_eq!((found[0].severity, found[0].columns[0].as_str()), (Severity::Blocker, "copy"));
    }
}
