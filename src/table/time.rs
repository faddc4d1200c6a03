//! Moments and the one format a column writes them in.
//!
//! A pattern of `strftime` letters is compiled to items; the same items read and print, so what is printed is what is read.
//! Calendar: proleptic Gregorian; days to dates and back by Hinnant's algorithms ("chrono-compatible low-level date
//! algorithms", 2014), checked against the `jiff` crate. Zoneless stamps are read as UTC; an offset is subtracted.

use serde::{Deserialize, Serialize};

/// Milliseconds of a day.
pub const DAY: i64 = 86_400_000;
/// Two-digit years below this belong to 20xx, the others to 19xx (the POSIX rule).
const PIVOT_YEAR: i64 = 69;

const MONTHS: [&str; 12] = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// A moment's parts, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    /// Year.
    pub year: i64,
    /// Month, 1 to 12.
    pub month: u32,
    /// Day of the month, 1 to 31.
    pub day: u32,
    /// Hour, 0 to 23.
    pub hour: u32,
    /// Minute, 0 to 59.
    pub minute: u32,
    /// Second, 0 to 59.
    pub second: u32,
    /// Millisecond, 0 to 999.
    pub milli: u32,
    /// Day of the week: 0 Monday to 6 Sunday.
    pub weekday: u32,
}

/// The parts of a moment in milliseconds since 1970.
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "remainders of small positive divisors")]
pub fn civil(millis: i64) -> Civil {
    let (days, rest) = (millis.div_euclid(DAY), millis.rem_euclid(DAY));
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    Civil {
        year: year_of_era + era * 400 + i64::from(month <= 2),
        month: month as u32,
        day: (of_year - (153 * shifted + 2) / 5 + 1) as u32,
        hour: (rest / 3_600_000) as u32,
        minute: (rest / 60_000 % 60) as u32,
        second: (rest / 1000 % 60) as u32,
        milli: (rest % 1000) as u32,
        weekday: (days + 3).rem_euclid(7) as u32,
    }
}

/// Milliseconds since 1970 of midnight UTC on a date; `None` if there is no such day or the year is not 1 to 9999.
#[must_use]
pub fn midnight(year: i64, month: u32, day: u32) -> Option<i64> {
    if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || day == 0 || day > days_in(year, month) {
        return None;
    }
    let y = year - i64::from(month <= 2);
    let era = y.div_euclid(400);
    let of_era = y.rem_euclid(400);
    let of_year = (153 * (i64::from(month) + if month > 2 { -3 } else { 9 }) + 2) / 5 + i64::from(day) - 1;
    Some((era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468) * DAY)
}

/// Days of a month.
#[must_use]
pub fn days_in(year: i64, month: u32) -> u32 {
    match month {
        2 if year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The one format in which a column's stamps are written, as a `strftime` pattern ("%Y-%m-%d").
///
/// Letters: `%Y %y %m %-m %d %-d %b %B %q %H %-H %I %-I %p %M %S %.3f %.6f %.9f %:z`; all else stands for itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeFormat {
    /// The pattern.
    pub pattern: String,
}

impl TimeFormat {
    /// The format of a pattern.
    pub fn new(pattern: impl Into<String>) -> Self {
        Self { pattern: pattern.into() }
    }

    /// A moment in milliseconds since 1970, UTC, as text in this format; empty if the pattern is not one.
    #[must_use]
    pub fn print(&self, millis: i64) -> String {
        Clockwork::compile(&self.pattern).map_or_else(String::new, |c| c.print(millis))
    }

    /// The moment a text stands for in this format.
    #[must_use]
    pub fn parse(&self, text: &str) -> Option<i64> {
        Clockwork::compile(&self.pattern)?.parse(text.as_bytes())
    }

    /// Whether the pattern can be read.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        Clockwork::compile(&self.pattern).is_some()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Item {
    Literal(u8),
    Year,
    ShortYear,
    Month {
        loose: bool,
    },
    Day {
        loose: bool,
    },
    MonthName {
        full: bool,
    },
    Quarter,
    Hour {
        loose: bool,
    },
    Hour12 {
        loose: bool,
    },
    Meridiem,
    Minute,
    Second,
    /// A point and this many digits.
    Fraction(usize),
    Offset,
}

/// A compiled pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Clockwork(Vec<Item>);

#[derive(Default)]
struct Parts {
    year: i64,
    month: Option<u32>,
    day: Option<u32>,
    hour: i64,
    afternoon: Option<bool>,
    minute: i64,
    second: i64,
    milli: i64,
    offset: i64,
}

impl Clockwork {
    /// Compiles a pattern; `None` for a letter it does not know or a pattern without a year.
    pub(crate) fn compile(pattern: &str) -> Option<Self> {
        let mut items = Vec::new();
        let mut rest = pattern.as_bytes();
        while let Some((&first, after)) = rest.split_first() {
            let (item, used) = if first == b'%' { letter(after)? } else { (Item::Literal(first), 0) };
            items.push(item);
            rest = after.get(used..)?;
        }
        let has_year = items.iter().any(|i| matches!(i, Item::Year | Item::ShortYear));
        has_year.then_some(Self(items))
    }

    /// The moment a text stands for, in milliseconds since 1970; digits beyond milliseconds are cut off.
    pub(crate) fn parse(&self, text: &[u8]) -> Option<i64> {
        let mut rest = text;
        let mut parts = Parts::default();
        for &item in &self.0 {
            rest = parts.take(item, rest)?;
        }
        if rest.is_empty() { parts.millis() } else { None }
    }

    /// A moment as text.
    pub(crate) fn print(&self, millis: i64) -> String {
        use std::fmt::Write;
        let c = civil(millis);
        let mut out = Vec::with_capacity(24);
        let mut word = String::new();
        for &item in &self.0 {
            word.clear();
            let hour12 = (c.hour + 11) % 12 + 1;
            let _ = match item {
                Item::Literal(b) => {
                    out.push(b);
                    Ok(())
                }
                Item::Year => write!(word, "{:04}", c.year),
                Item::ShortYear => write!(word, "{:02}", c.year.rem_euclid(100)),
                Item::Month { loose } => padded(&mut word, c.month, loose),
                Item::Day { loose } => padded(&mut word, c.day, loose),
                Item::MonthName { full } => {
                    let name = MONTHS.get(c.month as usize - 1).copied().unwrap_or_default();
                    word.write_str(if full { name } else { name.get(..3).unwrap_or_default() })
                }
                Item::Quarter => write!(word, "{}", c.month.div_ceil(3)),
                Item::Hour { loose } => padded(&mut word, c.hour, loose),
                Item::Hour12 { loose } => padded(&mut word, hour12, loose),
                Item::Meridiem => word.write_str(if c.hour < 12 { "AM" } else { "PM" }),
                Item::Minute => padded(&mut word, c.minute, false),
                Item::Second => padded(&mut word, c.second, false),
                Item::Fraction(digits) => write!(word, ".{:03}{:0<2$}", c.milli, "", digits.saturating_sub(3)),
                Item::Offset => word.write_str("+00:00"),
            };
            out.extend_from_slice(word.as_bytes());
        }
        String::from_utf8_lossy(&out).into_owned()
    }
}

fn padded(out: &mut String, number: u32, loose: bool) -> std::fmt::Result {
    use std::fmt::Write;
    if loose { write!(out, "{number}") } else { write!(out, "{number:02}") }
}

/// The item of the letters after a `%`, and how many there are.
fn letter(after: &[u8]) -> Option<(Item, usize)> {
    Some(match after {
        [b'Y', ..] => (Item::Year, 1),
        [b'y', ..] => (Item::ShortYear, 1),
        [b'm', ..] => (Item::Month { loose: false }, 1),
        [b'-', b'm', ..] => (Item::Month { loose: true }, 2),
        [b'd', ..] => (Item::Day { loose: false }, 1),
        [b'-', b'd', ..] => (Item::Day { loose: true }, 2),
        [b'b', ..] => (Item::MonthName { full: false }, 1),
        [b'B', ..] => (Item::MonthName { full: true }, 1),
        [b'q', ..] => (Item::Quarter, 1),
        [b'H', ..] => (Item::Hour { loose: false }, 1),
        [b'-', b'H', ..] => (Item::Hour { loose: true }, 2),
        [b'I', ..] => (Item::Hour12 { loose: false }, 1),
        [b'-', b'I', ..] => (Item::Hour12 { loose: true }, 2),
        [b'p', ..] => (Item::Meridiem, 1),
        [b'M', ..] => (Item::Minute, 1),
        [b'S', ..] => (Item::Second, 1),
        [b'.', d @ (b'3' | b'6' | b'9'), b'f', ..] => (Item::Fraction(usize::from(d - b'0')), 3),
        [b':', b'z', ..] => (Item::Offset, 2),
        [b'%', ..] => (Item::Literal(b'%'), 1),
        _ => return None,
    })
}

impl Parts {
    /// Reads one item off the front; gives what is left.
    fn take<'a>(&mut self, item: Item, text: &'a [u8]) -> Option<&'a [u8]> {
        let (number, rest) = match item {
            Item::Literal(b) => return text.strip_prefix(&[b]),
            Item::MonthName { full } => return self.month_name(full, text),
            Item::Meridiem => return self.meridiem(text),
            Item::Fraction(digits) => return self.fraction(digits, text),
            Item::Offset => return self.zone(text),
            Item::Year => digits(text, 4, 4)?,
            Item::Quarter => digits(text, 1, 1)?,
            Item::Month { loose: true } | Item::Day { loose: true } | Item::Hour { loose: true } | Item::Hour12 { loose: true } => {
                digits(text, 1, 2)?
            }
            _ => digits(text, 2, 2)?,
        };
        let small = u32::try_from(number).ok();
        match item {
            Item::Year => self.year = number,
            Item::ShortYear => self.year = number + if number < PIVOT_YEAR { 2000 } else { 1900 },
            Item::Quarter => self.month = small.filter(|q| (1..=4).contains(q)).map(|q| 3 * q - 2).or(Some(0)),
            Item::Month { .. } => self.month = small,
            Item::Day { .. } => self.day = small,
            Item::Hour12 { .. } if !(1..=12).contains(&number) => return None,
            Item::Hour12 { .. } => self.hour = number % 12,
            Item::Hour { .. } => self.hour = number,
            Item::Minute => self.minute = number,
            _ => self.second = number,
        }
        Some(rest)
    }

    fn month_name<'a>(&mut self, full: bool, text: &'a [u8]) -> Option<&'a [u8]> {
        for (number, name) in (1_u32..).zip(MONTHS) {
            let name = if full { name } else { name.get(..3)? };
            if text.get(..name.len()).is_some_and(|t| t.eq_ignore_ascii_case(name.as_bytes())) {
                self.month = Some(number);
                return text.get(name.len()..);
            }
        }
        None
    }

    fn meridiem<'a>(&mut self, text: &'a [u8]) -> Option<&'a [u8]> {
        let (word, rest) = text.split_at_checked(2)?;
        self.afternoon = Some(match word.to_ascii_uppercase().as_slice() {
            b"AM" => false,
            b"PM" => true,
            _ => return None,
        });
        Some(rest)
    }

    fn fraction<'a>(&mut self, n_digits: usize, text: &'a [u8]) -> Option<&'a [u8]> {
        let (number, rest) = digits(text.strip_prefix(b".")?, n_digits, n_digits)?;
        self.milli = match n_digits {
            3 => number,
            6 => number / 1000,
            _ => number / 1_000_000,
        };
        Some(rest)
    }

    fn zone<'a>(&mut self, text: &'a [u8]) -> Option<&'a [u8]> {
        let (sign, rest) = match text.split_first()? {
            (b'+', rest) => (1, rest),
            (b'-', rest) => (-1, rest),
            _ => return None,
        };
        let (hours, rest) = digits(rest, 2, 2)?;
        let (minutes, rest) = digits(rest.strip_prefix(b":").unwrap_or(rest), 2, 2)?;
        self.offset = sign * (hours * 60 + minutes) * 60_000;
        (hours < 24 && minutes < 60).then_some(rest)
    }

    fn millis(&self) -> Option<i64> {
        if self.hour > 23 || self.minute > 59 || self.second > 59 {
            return None;
        }
        let hour = self.hour + if self.afternoon == Some(true) { 12 } else { 0 };
        let day = midnight(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1))?;
        Some(day + hour * 3_600_000 + self.minute * 60_000 + self.second * 1000 + self.milli - self.offset)
    }
}

/// The number in the leading digits, between `least` and `most` of them.
fn digits(text: &[u8], least: usize, most: usize) -> Option<(i64, &[u8])> {
    let n = text.iter().take(most).take_while(|b| b.is_ascii_digit()).count();
    if n < least {
        return None;
    }
    let (number, rest) = text.split_at_checked(n)?;
    Some((number.iter().fold(0, |acc, b| acc * 10 + i64::from(b - b'0')), rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> i64 {
        text.parse::<jiff::Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn patterns_read_what_people_write() {
        for (pattern, text, moment) in [
            ("%Y-%m-%d", "2024-02-29", "2024-02-29T00:00:00Z"),
            ("%Y-%m-%dT%H:%M:%S%:z", "2024-03-01T00:30:00+02:00", "2024-02-29T22:30:00Z"),
            ("%d/%m/%Y", "03/04/2021", "2021-04-03T00:00:00Z"),
            ("%-m/%-d/%y %-I:%M %p", "3/4/68 12:05 am", "2068-03-04T00:05:00Z"),
            ("%-m/%-d/%y", "3/4/69", "1969-03-04T00:00:00Z"),
            ("%b %Y", "jan 2020", "2020-01-01T00:00:00Z"),
            ("%YQ%q", "2020Q3", "2020-07-01T00:00:00Z"),
            ("%Y-%m-%d %H:%M:%S%.6f", "2020-01-01 10:00:00.123456", "2020-01-01T10:00:00.123Z"),
        ] {
            assert_eq!(TimeFormat::new(pattern).parse(text), Some(at(moment)), "{pattern} {text}");
        }
    }

    #[test]
    fn impossible_moments_are_not_read() {
        for (pattern, text) in [
            ("%Y-%m-%d", "2023-02-29"),
            ("%Y-%m-%d", "0000-00-00"),
            ("%Y-%m-%d", "2023-1-1"),
            ("%Y-%m-%d", "2023-01-01 "),
            ("%Y-%m-%d %H:%M", "2023-01-01 24:00"),
            ("%YQ%q", "2020Q5"),
        ] {
            assert_eq!(TimeFormat::new(pattern).parse(text), None, "{text}");
        }
        assert!(!TimeFormat::new("%Q").is_valid());
        assert!(!TimeFormat::new("%d/%m").is_valid());
    }

    #[test]
    fn the_first_of_january_1970_was_a_thursday() {
        assert_eq!(civil(0), Civil { year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0, milli: 0, weekday: 3 });
        assert_eq!(civil(-1).weekday, 2);
        assert_eq!(civil(-1).second, 59);
    }

    proptest! {
        #[test]
        fn dates_agree_with_jiff_and_come_back(days in -719_162_i64..2_932_896) {
            let millis = days * DAY;
            let c = civil(millis);
            let other = jiff::Timestamp::from_millisecond(millis).unwrap().to_zoned(jiff::tz::TimeZone::UTC);
            prop_assert_eq!((c.year, c.month as i8, c.day as i8), (i64::from(other.year()), other.month(), other.day()));
            prop_assert_eq!(c.weekday as i8, other.weekday().to_monday_zero_offset());
            prop_assert_eq!(midnight(c.year, c.month, c.day), Some(millis));
        }

        #[test]
        fn what_is_printed_is_read_again(seconds in -62_135_596_800_i64..253_402_300_799) {
            let format = TimeFormat::new("%d.%m.%Y %-I:%M:%S %p");
            prop_assert_eq!(format.parse(&format.print(seconds * 1000)), Some(seconds * 1000));
        }

        #[test]
        fn any_text_under_any_pattern_is_read_or_refused(pattern in ".{0,12}", text in ".{0,16}") {
            let _ = TimeFormat::new(pattern).parse(&text);
        }
    }
}
