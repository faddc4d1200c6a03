//! Which date format a column is written in.
//!
//! Every date pattern is tried with every time of day. The pattern that reads most cells wins; among equals the one that prints
//! most cells back exactly; among those the first of the list (day before month). When the twin with day and month
//! exchanged reads just as many cells, the order is ambiguous and the person is asked.

use super::cells::{Nulls, Texts};
use super::infer::words;
use super::time::{Clockwork, midnight};

/// Date parts with a day, most usual first.
const DATES: [&str; 32] = [
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%-d/%-m/%Y",
    "%-m/%-d/%Y",
    "%-d.%-m.%Y",
    "%-d-%-m-%Y",
    "%-m-%-d-%Y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d.%m.%y",
    "%-d/%-m/%y",
    "%-m/%-d/%y",
    "%Y-%-m-%-d",
    "%Y/%-m/%-d",
    "%d-%b-%Y",
    "%-d-%b-%Y",
    "%d %b %Y",
    "%-d %b %Y",
    "%d %B %Y",
    "%-d %B %Y",
    "%b %d, %Y",
    "%b %-d, %Y",
    "%B %d, %Y",
    "%B %-d, %Y",
    "%d-%b-%y",
    "%d%b%Y",
];
/// Times of day.
const TIMES: [&str; 9] = ["%H:%M", "%H:%M:%S", "%H:%M:%S%.3f", "%H:%M:%S%.6f", "%H:%M:%S%.9f", "%-H:%M", "%-H:%M:%S", "%-I:%M %p", "%-I:%M:%S %p"];
/// What stands between date and time.
const JOINTS: [&str; 2] = ["T", " "];
/// What may follow a time of day.
const ZONES: [&str; 5] = ["", "Z", "%:z", " UTC", " %:z"];
/// Months and quarters without a day.
const MONTHS: [&str; 11] = ["%Y-%m", "%Y/%m", "%b %Y", "%B %Y", "%b-%Y", "%b-%y", "%m/%Y", "%Y-Q%q", "%YQ%q", "%Y Q%q", "Q%q %Y"];
/// Digits only: tried when the name says date or the person does.
const DIGITS: [&str; 4] = ["%Y%m%d", "%Y", "%Y%m%d%H%M%S", "%Y%m"];
/// Distinct cells that choose which patterns are tried on all.
const PROBED: usize = 200;
/// Longest text that can be a date, in bytes.
const LONGEST: usize = 40;
/// Words in names of columns that hold dates.
const DATE_WORDS: [&str; 10] = ["date", "day", "dt", "ymd", "datum", "time", "timestamp", "dteday", "created", "updated"];

/// A date pattern and how well it reads a column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Dated {
    pub(crate) pattern: String,
    /// Present cells it reads.
    pub(crate) n_read: usize,
    /// Day-first and month-first pattern, if both read as many.
    pub(crate) readings: Option<[String; 2]>,
}

/// Whether a name says date.
pub(crate) fn named_like_date(name: &str) -> bool {
    words(name).iter().any(|w| DATE_WORDS.contains(&w.as_str()))
}

/// Whether a whole number is a date written in eight digits, of the years 1800 to 2199.
pub(crate) fn eight_digit_date(value: f64) -> bool {
    if !(18_000_101.0..=21_991_231.0).contains(&value) {
        return false;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "eight digits")]
    let digits = value as u32;
    midnight(i64::from(digits / 10_000), digits / 100 % 100, digits % 100).is_some()
}

/// The pattern that reads most cells; `None` if none reads any of the first distinct ones. `counts` is how many rows have each text;
/// `asked`: the person says it is a date, so digits are tried too.
pub(crate) fn best_pattern(name: &str, texts: &Texts, counts: &[usize], nulls: &Nulls, asked: bool) -> Option<Dated> {
    let present: Vec<(&[u8], usize)> =
        texts.dictionary.iter().zip(counts.iter().copied()).filter(|(t, n)| *n > 0 && !nulls.has(t)).map(|(t, n)| (t.trim_ascii(), n)).collect();
    let probe: Vec<&[u8]> = present.iter().take(PROBED).map(|(t, _)| *t).filter(|t| is_dateish(t)).collect();
    if probe.is_empty() {
        return None;
    }
    let mut best: Option<(usize, usize, String)> = None;
    let mut scores: Vec<(String, usize)> = Vec::new();
    for pattern in candidates(asked || named_like_date(name)) {
        let Some(clockwork) = Clockwork::compile(&pattern) else { continue };
        if !probe.iter().any(|t| clockwork.parse(t).is_some()) {
            continue;
        }
        let (mut n_read, mut n_exact) = (0, 0);
        for (text, count) in &present {
            if let Some(moment) = clockwork.parse(text) {
                n_read += count;
                n_exact += if clockwork.print(moment).as_bytes() == *text { *count } else { 0 };
            }
        }
        scores.push((pattern.clone(), n_read));
        if best.as_ref().is_none_or(|(read, exact, _)| (n_read, n_exact) > (*read, *exact)) {
            best = Some((n_read, n_exact, pattern));
        }
    }
    let (n_read, _, pattern) = best?;
    let twin = exchanged(&pattern).filter(|twin| scores.iter().any(|(p, n)| p == twin && *n == n_read));
    let readings = twin.map(|twin| if is_day_first(&pattern) { [pattern.clone(), twin] } else { [twin, pattern.clone()] });
    Some(Dated { pattern, n_read, readings })
}

fn is_dateish(text: &[u8]) -> bool {
    (4..=LONGEST).contains(&text.len()) && text.iter().filter(|b| b.is_ascii_digit()).count() >= 2
}

fn candidates(digits: bool) -> Vec<String> {
    let mut all: Vec<String> = DATES.iter().map(|&d| d.to_owned()).collect();
    for date in DATES {
        for joint in JOINTS {
            for time in TIMES {
                all.extend(ZONES.iter().map(|zone| [date, joint, time, zone].concat()));
            }
        }
    }
    all.extend(MONTHS.iter().map(|&m| m.to_owned()));
    if digits {
        all.extend(DIGITS.iter().map(|&d| d.to_owned()));
    }
    all
}

/// The pattern with day and month exchanged, if both are digits side by side.
fn exchanged(pattern: &str) -> Option<String> {
    for sign in ["/", "-", "."] {
        for (day, month) in [("%d", "%m"), ("%-d", "%-m")] {
            let (one, other) = ([day, sign, month, sign].concat(), [month, sign, day, sign].concat());
            if pattern.starts_with(&one) {
                return Some(pattern.replacen(&one, &other, 1));
            }
            if pattern.starts_with(&other) {
                return Some(pattern.replacen(&other, &one, 1));
            }
        }
    }
    None
}

/// Whether a pattern of digits has the day first; meaningful for patterns that can be exchanged.
pub(crate) fn is_day_first(pattern: &str) -> bool {
    pattern.starts_with("%d") || pattern.starts_with("%-d")
}

/// Whether a pattern commits to an order of day and month in digits: `Some(true)` day first, `Some(false)` month first.
pub(crate) fn day_order(pattern: &str) -> Option<bool> {
    exchanged(pattern).map(|_| is_day_first(pattern))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(name: &str, cells: &[&str]) -> Option<Dated> {
        let mut texts = Texts::default();
        cells.iter().for_each(|c| texts.push(c.as_bytes()));
        let counts = texts.counts();
        best_pattern(name, &texts, &counts, &Nulls::default(), false)
    }

    #[test]
    fn a_day_beyond_the_twelfth_settles_the_order() {
        let dated = best("when", &["03/04/2021", "25/12/2021"]).unwrap();
        assert_eq!((dated.pattern.as_str(), dated.readings), ("%d/%m/%Y", None));
        let dated = best("when", &["03/04/2021", "12/25/2021"]).unwrap();
        assert_eq!((dated.pattern.as_str(), dated.readings), ("%m/%d/%Y", None));
    }

    #[test]
    fn days_below_thirteen_leave_two_readings() {
        let dated = best("when", &["03/04/2021", "05/06/2021"]).unwrap();
        assert_eq!(dated.readings, Some(["%d/%m/%Y".to_owned(), "%m/%d/%Y".to_owned()]));
    }

    #[test]
    fn unpadded_days_and_times_have_their_own_patterns() {
        assert_eq!(best("when", &["3/25/2021 9:05 PM", "12/1/2021 10:15 AM"]).unwrap().pattern, "%-m/%-d/%Y %-I:%M %p");
        assert_eq!(best("when", &["2021-01-05T10:00:00Z"]).unwrap().pattern, "%Y-%m-%dT%H:%M:%SZ");
        assert_eq!(best("month", &["2021-01", "2021-02"]).unwrap().pattern, "%Y-%m");
    }

    #[test]
    fn words_are_no_dates() {
        assert_eq!(best("name", &["Anytown 1999", "May", "1234-5678"]), None);
    }

    #[test]
    fn every_candidate_can_be_compiled() {
        for pattern in candidates(true) {
            assert!(Clockwork::compile(&pattern).is_some(), "{pattern}");
        }
    }
}
