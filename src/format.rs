//! All number formatting, in one place.
//!
//! A number is formatted once, when its block is made, so that screen, HTML, Markdown and the command line show the same
//! characters. Three significant digits carry what a reader can use; from 1,000 on whole numbers are shown. Minus is
//! U+2212, thousands are separated by a comma, a rounded zero never has a sign, and what is not finite is said in words.
//!
//! Formulas: none. Rounding is that of `core::fmt`: the exact binary value, rounded half to even, the same on every target.

/// What is shown where there is no number.
pub const NOT_COMPUTABLE: &str = "not computable";

/// Significant digits shown below 1,000 (4 between 100 and 1,000, where the first decimal still matters beside a percentage).
const DIGITS: i32 = 3;

/// Below this magnitude a number is written with a power of ten.
const SMALLEST_PLAIN: f64 = 1e-6;

/// From this magnitude on a number is written with a power of ten; below it every whole number is exact.
const LARGEST_PLAIN: f64 = 1e15;

/// Fewest decimals of a number below 10 that is not whole, so that scores align ("0.50" beside "0.41").
const LEAST_DECIMALS: usize = 2;

/// A number for reading: "0.412", "0.41", "97.6", "128.5", "1,337", "−0.0033", "3.2e−9"; whole numbers without decimals.
#[must_use]
pub fn number(x: f64) -> String {
    if !x.is_finite() {
        return NOT_COMPUTABLE.to_owned();
    }
    if x != 0.0 && (x.abs() < SMALLEST_PLAIN || x.abs() >= LARGEST_PLAIN) {
        return scientific(x);
    }
    if x.fract() == 0.0 {
        return fixed(x, 0);
    }
    let decimals = decimals_of(x);
    finish(&[fixed(x, decimals)], decimals).remove(0)
}

/// Every digit of a number, as short as reading it back allows: "0.4123456789", "1,337.25".
#[must_use]
pub fn exact(x: f64) -> String {
    if !x.is_finite() {
        return NOT_COMPUTABLE.to_owned();
    }
    if x != 0.0 && (x.abs() < SMALLEST_PLAIN || x.abs() >= LARGEST_PLAIN) { with_minus(&format!("{x:e}")) } else { separated(&format!("{x}")) }
}

/// A count: "17,379".
#[must_use]
pub fn count(n: u64) -> String {
    separated(&n.to_string())
}

/// A ratio as a percentage: 0.068 is "6.8 %"; one decimal below 99.95 %, two below 0.1 %, whole numbers without.
#[must_use]
pub fn percent(ratio: f64) -> String {
    if !ratio.is_finite() {
        return NOT_COMPUTABLE.to_owned();
    }
    let x = ratio * 100.0;
    let rounded = (x * 10.0).round() / 10.0;
    let text = if x != 0.0 && x.abs() < 0.005 {
        if x < 0.0 { "> −0.01".to_owned() } else { "< 0.01".to_owned() }
    } else if x.abs() < 0.1 {
        fixed(x, usize::from(x != 0.0) * 2)
    } else if rounded.fract() == 0.0 {
        // "100 %" is said of everything only: 99.97 % keeps its digits.
        if rounded.abs() == 100.0 && x.abs() < 100.0 { format!("> {}", fixed(rounded.signum() * 99.9, 1)) } else { fixed(rounded, 0) }
    } else {
        fixed(rounded, 1)
    };
    format!("{text} %")
}

/// A difference of ratios in percentage points, signed: 0.02 is "+2.0 points".
#[must_use]
pub fn points(difference: f64) -> String {
    if !difference.is_finite() {
        return NOT_COMPUTABLE.to_owned();
    }
    format!("{} points", plus(&fixed(difference * 100.0, 1)))
}

/// An interval in words, both ends with the same decimals: "0.33 to 0.49", "−0.010 to 0.310".
#[must_use]
pub fn interval(low: f64, high: f64) -> String {
    if !low.is_finite() || !high.is_finite() {
        return NOT_COMPUTABLE.to_owned();
    }
    let widest = if low.abs() > high.abs() { low } else { high };
    let extreme = |x: f64| x != 0.0 && (x.abs() < SMALLEST_PLAIN || x.abs() >= LARGEST_PLAIN);
    if extreme(widest) || (low.fract() == 0.0 && high.fract() == 0.0) {
        return format!("{} to {}", number(low), number(high));
    }
    let decimals = if widest == 0.0 { 0 } else { decimals_of(widest) };
    let ends = finish(&[fixed(low, decimals), fixed(high, decimals)], decimals);
    ends.join(" to ")
}

/// A p-value: "p 0.43", "p 0.005", "p < 0.001".
#[must_use]
pub fn p_value(p: f64) -> String {
    if !p.is_finite() {
        format!("p {NOT_COMPUTABLE}")
    } else if p < 0.001 {
        "p < 0.001".to_owned()
    } else {
        format!("p {}", fixed(p, if p < 0.1 { 3 } else { 2 }))
    }
}

/// A size: "8,317 bytes", "1.2 MB" (powers of 1,000).
#[must_use]
pub fn bytes(n: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (10_000, "kB")];
    for (from, unit) in UNITS {
        if n >= from {
            let tenths = n / (from.min(1_000_000_000) / if unit == "kB" { 100 } else { 10 });
            return format!("{}.{} {unit}", count(tenths / 10), tenths % 10);
        }
    }
    if n == 1 { "1 byte".to_owned() } else { format!("{} bytes", count(n)) }
}

/// A duration given in seconds: "40 ms", "0.42 s", "12 s", "3 min 20 s", "2 h 5 min".
#[must_use]
pub fn seconds(s: f64) -> String {
    if !s.is_finite() || s < 0.0 {
        return NOT_COMPUTABLE.to_owned();
    }
    if s < 0.1 {
        return format!("{} ms", fixed(s * 1000.0, 0));
    }
    if s < 9.95 {
        return format!("{} s", fixed(s, if s < 1.0 { 2 } else { 1 }));
    }
    let whole = s.round();
    if whole < 60.0 {
        return format!("{} s", fixed(whole, 0));
    }
    let (minutes, left) = ((whole / 60.0).floor(), whole % 60.0);
    if minutes < 60.0 {
        return if left == 0.0 { format!("{} min", fixed(minutes, 0)) } else { format!("{} min {} s", fixed(minutes, 0), fixed(left, 0)) };
    }
    let (hours, left) = ((minutes / 60.0).floor(), minutes % 60.0);
    if left == 0.0 { format!("{} h", fixed(hours, 0)) } else { format!("{} h {} min", fixed(hours, 0), fixed(left, 0)) }
}

/// A difference with its sign: "+0.30", "−0.05", "0".
#[must_use]
pub fn signed(x: f64) -> String {
    plus(&number(x))
}

/// First eight characters of a hash in two groups: "8450 1141".
#[must_use]
pub fn short_hash(hash: &str) -> String {
    let first: Vec<char> = hash.chars().take(8).collect();
    first.chunks(4).map(|c| c.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// `x` with exactly `decimals` decimals, separators and a true minus; a rounded zero has no sign.
#[must_use]
pub fn fixed(x: f64, decimals: usize) -> String {
    if !x.is_finite() {
        return NOT_COMPUTABLE.to_owned();
    }
    separated(&format!("{x:.decimals$}"))
}

/// "1 row", "2 rows", "17,379 rows": a count with its noun.
#[must_use]
pub fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

/// Decimals that show `x` (finite, not 0) with the digits of this module.
fn decimals_of(x: f64) -> usize {
    let rounded = format!("{x:.2e}");
    let exponent: i32 = rounded.rsplit_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(0);
    let digits = if exponent == 2 { DIGITS + 1 } else { DIGITS };
    usize::try_from(digits - 1 - exponent).unwrap_or(0)
}

/// Drops the trailing zeros that all `texts` share, down to the fewest decimals.
fn finish(texts: &[String], decimals: usize) -> Vec<String> {
    let least = decimals.min(LEAST_DECIMALS);
    let shared = texts.iter().map(|t| t.len() - t.trim_end_matches('0').len()).min().unwrap_or(0);
    let drop = shared.min(decimals - least);
    texts.iter().map(|t| t.chars().take(t.chars().count() - drop).collect()).collect()
}

/// "3.2e−9".
fn scientific(x: f64) -> String {
    let text = format!("{x:.2e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
    with_minus(&format!("{mantissa}e{exponent}"))
}

/// ASCII digits with thousands separators, a true minus, and no sign on zero.
fn separated(text: &str) -> String {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |t| (true, t));
    let (whole, decimals) = text.split_once('.').map_or((text, None), |(w, d)| (w, Some(d)));
    let mut result = String::with_capacity(text.len() + 8);
    if negative && text.bytes().any(|b| b.is_ascii_digit() && b != b'0') {
        result.push('\u{2212}');
    }
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            result.push(',');
        }
        result.push(digit);
    }
    if let Some(decimals) = decimals {
        result.push('.');
        result.push_str(decimals);
    }
    result
}

/// Every ASCII hyphen as a true minus.
fn with_minus(text: &str) -> String {
    text.replace('-', "\u{2212}")
}

/// A plus sign before what has no minus and is not zero or words.
fn plus(text: &str) -> String {
    let signed = text.starts_with('\u{2212}') || text == NOT_COMPUTABLE || !text.bytes().any(|b| (b'1'..=b'9').contains(&b));
    if signed { text.to_owned() } else { format!("+{text}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_a_table_of_examples() {
        let table: [(f64, &str); 28] = [
            (0.0, "0"),
            (-0.0, "0"),
            (-1e-300, "−1e−300"),
            (1.0, "1"),
            (-3.0, "−3"),
            (0.5, "0.50"),
            (0.41, "0.41"),
            (0.4123, "0.412"),
            (0.9996, "1.00"),
            (1.476, "1.48"),
            (9.999, "10.0"),
            (97.64, "97.6"),
            (98.04, "98.0"),
            (128.53, "128.5"),
            (999.96, "1,000"),
            (1337.4, "1,337"),
            (17379.0, "17,379"),
            (-8_317.2, "−8,317"),
            (1_234_567.8, "1,234,568"),
            (0.0033, "0.0033"),
            (0.003_333, "0.00333"),
            (-0.000_012_34, "−0.0000123"),
            (3.2e-9, "3.2e−9"),
            (1e15, "1e15"),
            (-1.5e20, "−1.5e20"),
            (f64::NAN, NOT_COMPUTABLE),
            (f64::INFINITY, NOT_COMPUTABLE),
            (f64::NEG_INFINITY, NOT_COMPUTABLE),
        ];
        for (x, text) in table {
            assert_eq!(number(x), text, "{x:e}");
        }
    }

    #[test]
    fn exact_numbers_keep_every_digit() {
        for (x, text) in [(0.1, "0.1"), (-1337.25, "−1,337.25"), (0.412_345_678_9, "0.4123456789"), (1e-9, "1e−9"), (0.0, "0"), (-0.0, "0")] {
            assert_eq!(exact(x), text);
        }
    }

    #[test]
    fn percentages_keep_small_shares_visible_and_never_round_up_to_all() {
        let table = [
            (0.0, "0 %"),
            (0.068, "6.8 %"),
            (1.0, "100 %"),
            (0.9999, "> 99.9 %"),
            (0.25, "25 %"),
            (0.000_4, "0.04 %"),
            (0.000_01, "< 0.01 %"),
            (-0.05, "−5 %"),
            (1.715, "171.5 %"),
            (f64::NAN, NOT_COMPUTABLE),
        ];
        for (x, text) in table {
            assert_eq!(percent(x), text, "{x}");
        }
        assert_eq!(points(0.02), "+2.0 points");
        assert_eq!(points(-0.0001), "0.0 points");
    }

    #[test]
    fn both_ends_of_an_interval_have_the_same_decimals() {
        for (low, high, text) in [
            (0.33, 0.49, "0.33 to 0.49"),
            (-0.01, 0.31, "−0.01 to 0.31"),
            (-0.012, 0.31, "−0.012 to 0.310"),
            (995.2, 1651.0, "995 to 1,651"),
            (0.0, 1.0, "0 to 1"),
            (-0.5, 0.0, "−0.50 to 0.00"),
            (f64::NAN, 1.0, NOT_COMPUTABLE),
        ] {
            assert_eq!(interval(low, high), text);
        }
    }

    #[test]
    fn p_values_sizes_times_signs_and_hashes_read_as_said() {
        assert_eq!([p_value(0.005), p_value(0.0009), p_value(0.432), p_value(1.0)], ["p 0.005", "p < 0.001", "p 0.43", "p 1.00"]);
        assert_eq!(p_value(f64::NAN), "p not computable");
        assert_eq!(
            [bytes(1), bytes(8317), bytes(12_345), bytes(1_250_000), bytes(2_000_000_000)],
            ["1 byte", "8,317 bytes", "12.3 kB", "1.2 MB", "2.0 GB"]
        );
        assert_eq!([seconds(0.04), seconds(0.42), seconds(3.21), seconds(12.4)], ["40 ms", "0.42 s", "3.2 s", "12 s"]);
        assert_eq!([seconds(59.7), seconds(200.0), seconds(7500.0), seconds(-1.0)], ["1 min", "3 min 20 s", "2 h 5 min", NOT_COMPUTABLE]);
        assert_eq!([signed(0.3), signed(-0.05), signed(0.0), signed(f64::NAN)], ["+0.30", "−0.05", "0", NOT_COMPUTABLE]);
        assert_eq!([short_hash("84501141deadbeef"), short_hash("abc"), short_hash("")], ["8450 1141", "abc", ""]);
        assert_eq!([count(0), count(999), count(17_379), count(u64::MAX)], ["0", "999", "17,379", "18,446,744,073,709,551,615"]);
        assert_eq!([counted(1, "row", "rows"), counted(2000, "row", "rows")], ["1 row", "2,000 rows"]);
    }
}
