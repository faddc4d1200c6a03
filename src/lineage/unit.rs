//! What one row is in time: a month, a day, an hour.

use super::frame::Frame;
use crate::table::MISSING_TIME;

/// Share of gaps that must be of one length for rows to have a unit.
const REGULAR: f64 = 0.9;
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// "month", "day" ... when nine of ten gaps between dated rows of an entity are that long; else "row".
#[must_use]
pub fn unit(frame: &Frame<'_>) -> &'static str {
    let Some(millis) = &frame.millis else { return "row" };
    let mut counts = [0_u64; UNITS.len()];
    let mut gaps = 0_u64;
    for window in frame.starts.windows(2) {
        let entity = millis.get(window[0]..window[1]).unwrap_or(&[]);
        for pair in entity.windows(2).filter(|p| p[0] != MISSING_TIME && p[1] != MISSING_TIME) {
            let gap = pair[1] - pair[0];
            gaps += 1;
            if let Some(i) = UNITS.iter().position(|(_, low, high)| (*low..=*high).contains(&gap)) {
                counts[i] += 1;
            }
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let regular = |count: u64| gaps > 0 && count as f64 >= REGULAR * gaps as f64;
    UNITS.iter().zip(counts).find(|(_, count)| regular(*count)).map_or("row", |((name, ..), _)| name)
}

/// Name, shortest and longest gap in milliseconds.
const UNITS: [(&str, i64, i64); 7] = [
    ("minute", MINUTE, MINUTE),
    ("hour", HOUR, HOUR),
    ("day", DAY, DAY),
    ("week", 7 * DAY, 7 * DAY),
    ("month", 28 * DAY, 31 * DAY),
    ("quarter", 90 * DAY, 92 * DAY),
    ("year", 365 * DAY, 366 * DAY),
];
