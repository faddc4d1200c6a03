//! Numbers as people write them in tables, read exactly.
//!
//! A plain decimal of at most 15 significant digits is the quotient of two exact doubles, m / 10^d with m < 2^53 and
//! d <= 22, hence correctly rounded by one division (Clinger, "How to read floating point numbers accurately", 1990). All
//! other numbers go through the standard library, which is correctly rounded too. Checked against `str::parse`.

use super::column::SHORTEST;

/// Significant digits up to which a plain decimal survives the way to a double and back.
const EXACT_DIGITS: u32 = 15;
/// Greatest power of ten that is an exact double.
const EXACT_POWER: usize = 22;

/// 10^0 ..= 10^22, each exact.
const POWERS: [f64; EXACT_POWER + 1] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

/// What a cell is when read as a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Reading {
    /// `-?digits(.digits)?` with this many decimals: the text is `{:.d$}` of the value.
    Plain(f64, u8),
    /// A number in another spelling ("1e-3", "+1", " 2", ".5", more than 15 digits).
    Odd(f64),
    /// Digits that are a name and not an amount: leading zeros ("007") or a whole number of more than 15 digits.
    Code(f64),
    /// Not a number.
    No,
}

/// Reads a cell as a number; `point` is the decimal sign.
pub(crate) fn read(cell: &[u8], point: u8) -> Reading {
    match cell {
        [d @ b'0'..=b'9'] => Reading::Plain(f64::from(d - b'0'), 0),
        [b'0'..=b'9' | b'-', ..] => plain(cell, point).unwrap_or_else(|| odd(cell, point)),
        _ => odd(cell, point),
    }
}

/// The text of a value with these decimals (as in `Values::Numbers`).
pub(crate) fn print(value: f64, decimals: u8, comma: bool) -> String {
    let text = if decimals >= SHORTEST { format!("{value}") } else { format!("{value:.*}", usize::from(decimals)) };
    if comma { text.replace('.', ",") } else { text }
}

/// Whether a text is the shortest decimal that reads back as `value`, written without exponent.
pub(crate) fn is_shortest(cell: &[u8], value: f64, point: u8) -> bool {
    let mut buffer = Buffer { bytes: [0; 32], len: 0 };
    let fits = std::fmt::Write::write_fmt(&mut buffer, format_args!("{value}")).is_ok();
    fits && buffer.len == cell.len()
        && buffer.bytes.iter().zip(cell).all(|(&a, &b)| a == b || (a == b'.' && b == point))
        && !(point != b'.' && cell.contains(&b'.'))
}

/// Text on the stack; refuses what does not fit.
struct Buffer {
    bytes: [u8; 32],
    len: usize,
}

impl std::fmt::Write for Buffer {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let room = self.bytes.get_mut(self.len..self.len + text.len()).ok_or(std::fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.len += text.len();
        Ok(())
    }
}

/// The fast path: an optional minus, digits, perhaps a decimal sign and digits; `None` for anything else.
fn plain(cell: &[u8], point: u8) -> Option<Reading> {
    let digits = if let [b'-', rest @ ..] = cell { rest } else { cell };
    let (mut mantissa, mut significant, mut decimals, mut whole) = (0_u64, 0_u32, 0_usize, 0_usize);
    let mut after_point = false;
    for &b in digits {
        let d = b.wrapping_sub(b'0');
        if d <= 9 {
            significant += u32::from(mantissa != 0 || d != 0);
            if significant > EXACT_DIGITS {
                return None;
            }
            mantissa = mantissa * 10 + u64::from(d);
            decimals += usize::from(after_point);
            whole += usize::from(!after_point);
        } else if b == point && !after_point {
            after_point = true;
        } else {
            return None;
        }
    }
    if whole == 0 || (after_point && decimals == 0) || decimals > EXACT_POWER {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "15 digits fit into 53 bits")]
    let size = mantissa as f64 / POWERS.get(decimals)?;
    let value = if digits.len() == cell.len() { size } else { -size };
    let leading_zero = whole > 1 && digits.first() == Some(&b'0');
    #[expect(clippy::cast_possible_truncation, reason = "at most 22")]
    Some(if leading_zero { Reading::Code(value) } else { Reading::Plain(value, decimals as u8) })
}

/// Any other spelling.
fn odd(cell: &[u8], point: u8) -> Reading {
    let cell = cell.trim_ascii();
    let unsigned = if let [b'-' | b'+', rest @ ..] = cell { rest } else { cell };
    let whole = unsigned.iter().take_while(|b| b.is_ascii_digit()).count();
    let (rest, has_point) = match unsigned.get(whole..) {
        Some([p, rest @ ..]) if *p == point => (rest, true),
        Some(rest) => (rest, false),
        None => return Reading::No,
    };
    let fraction = if has_point { rest.iter().take_while(|b| b.is_ascii_digit()).count() } else { 0 };
    if whole + fraction == 0 || !is_exponent(rest.get(fraction..).unwrap_or_default()) {
        return Reading::No;
    }
    let text: String = cell.iter().map(|&b| if b == point { '.' } else { char::from(b) }).collect();
    let Some(value) = text.parse::<f64>().ok().filter(|v| v.is_finite()) else { return Reading::No };
    let is_whole = whole == unsigned.len();
    let significant = unsigned.iter().skip_while(|&&b| b == b'0').count();
    if (whole > 1 && unsigned.first() == Some(&b'0')) || (is_whole && significant > EXACT_DIGITS as usize) {
        return Reading::Code(value);
    }
    Reading::Odd(value)
}

fn is_exponent(rest: &[u8]) -> bool {
    match rest {
        [] => true,
        [b'e' | b'E', b'+' | b'-', digits @ ..] | [b'e' | b'E', digits @ ..] => {
            !digits.is_empty() && digits.len() <= 4 && digits.iter().all(u8::is_ascii_digit)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plain_decimals_keep_their_printed_decimals() {
        assert_eq!(read(b"7", b'.'), Reading::Plain(7.0, 0));
        assert_eq!(read(b"-1.50", b'.'), Reading::Plain(-1.5, 2));
        assert_eq!(read(b"1,5", b','), Reading::Plain(1.5, 1));
        assert_eq!(read(b"0.000000000000000001234", b'.'), Reading::Plain(1.234e-18, 21));
    }

    #[test]
    fn other_spellings_are_numbers_but_odd() {
        for (text, value) in [("1e-3", 1e-3), ("+1", 1.0), (" 2 ", 2.0), (".5", 0.5), ("5.", 5.0), ("0.1234567890123456", 0.1234567890123456)] {
            assert_eq!(read(text.as_bytes(), b'.'), Reading::Odd(value), "{text}");
        }
    }

    #[test]
    fn leading_zeros_and_long_digits_are_codes() {
        for text in ["007", "-01", "00.5", "1234567890123456", " 08123"] {
            assert!(matches!(read(text.as_bytes(), b'.'), Reading::Code(_)), "{text}");
        }
    }

    #[test]
    fn words_infinities_and_thousands_are_not_numbers() {
        for text in ["", "-", ".", "inf", "-Infinity", "nan", "1e999", "1,000", "12%", "0x10", "1_000", "1e", "--1", "1.2.3", "e5"] {
            assert_eq!(read(text.as_bytes(), b'.'), Reading::No, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_plain_decimal_is_correctly_rounded(text in "-?(0|[1-9][0-9]{0,9})(\\.[0-9]{1,12})?") {
            let expected: f64 = text.parse().unwrap();
            match read(text.as_bytes(), b'.') {
                Reading::Plain(v, d) => {
                    prop_assert_eq!(v.to_bits(), expected.to_bits());
                    prop_assert_eq!(format!("{v:.*}", usize::from(d)), text);
                }
                Reading::Odd(v) => prop_assert_eq!(v.to_bits(), expected.to_bits()),
                other => prop_assert!(false, "{text} was read as {other:?}"),
            }
        }

        #[test]
        fn shortest_spellings_come_back_bit_for_bit(value in proptest::num::f64::NORMAL) {
            let text = format!("{value:e}");
            let (Reading::Odd(v) | Reading::Plain(v, _)) = read(text.as_bytes(), b'.') else { panic!("{text}") };
            prop_assert_eq!(v.to_bits(), value.to_bits());
        }
    }
}
