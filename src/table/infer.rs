//! What a column holds, judged from the texts of its cells and its name.
//!
//! The rules, in this order. *Numeric*: at least 99 % of the present cells are numbers and none is a code (leading zeros, more
//! than 15 digits). Among numeric columns, row numbers and whole numbers named like a key are *identifiers*, eight digits named
//! like a date are *timestamps*. *Timestamp*: one format reads at least 99 %. *Boolean*: two words of a known pair.
//! *Identifier*: the shape of a key, or nearly unique and named like one. *Text*: many or long labels. Else *categorical*.
//! The decision depends on the multiset and order of the texts only, never on how the file was cut into chunks.

use super::cells::{Cells, Nulls, Numbers, Texts, lossless};
use super::column::Kind;
use super::convert::{Spelling, numbers_of};
use super::number::{self, Reading};
use super::patterns::{best_pattern, eight_digit_date, named_like_date};
use std::collections::BTreeSet;

/// Share of present cells one reading (number, date format, key shape) must cover; the rest counts as missing and is noted.
pub(crate) const SHARE: f64 = 0.99;
/// Share of distinct values among present cells from which a column is nearly unique.
const NEARLY_UNIQUE: f64 = 0.95;
/// Distinct values from which a column named like a key names entities.
const ENTITIES: usize = 50;
/// Rows from which an unbroken count 1, 2, 3 ... is a row number and no accident.
const COUNTING_ROWS: usize = 20;
/// Labels are free text when there are more than this many ...
const TEXT_LABELS: usize = 50;
/// ... and they are more than this share of the present cells,
const TEXT_SHARE: f64 = 0.5;
/// or when their mean length in bytes exceeds this and there are at least [`COUNTING_ROWS`] of them.
const TEXT_LENGTH: usize = 50;
/// Longest key that is recognised by its shape, in bytes.
const KEY_LENGTH: usize = 64;

/// Pairs of words that are the two values of a boolean column, compared without case. The last is used only when a person asks.
pub(crate) const BOOLEAN_PAIRS: [[&str; 2]; 6] = [["true", "false"], ["yes", "no"], ["t", "f"], ["y", "n"], ["on", "off"], ["1", "0"]];
/// Pairs a column may be recognised by.
const GUESSED_PAIRS: usize = 5;

/// Last words of names that name keys.
const KEY_WORDS: [&str; 7] = ["id", "ids", "uuid", "guid", "key", "pk", "rowid"];
/// Ends of names written in one word that name keys.
const KEY_ENDS: [&str; 9] = ["userid", "customerid", "orderid", "clientid", "accountid", "sessionid", "patientid", "productid", "transactionid"];
/// Last words of names that number rows.
const INDEX_WORDS: [&str; 7] = ["index", "idx", "row", "no", "nr", "number", "instant"];

/// What was found out about a column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Inferred {
    pub(crate) kind: Kind,
    /// Date pattern of a timestamp column.
    pub(crate) pattern: Option<String>,
    /// Day-first and month-first pattern, if both read the column equally well.
    pub(crate) ambiguous: Option<[String; 2]>,
    /// Present cells that would become missing under each kind, in the order of [`Kind::ALL`].
    pub(crate) lost_as: [usize; 6],
}

/// Judges a column. Gives the cells back, perhaps in another form.
pub(crate) fn infer(name: &str, cells: Cells, spelling: &Spelling) -> (Cells, Inferred) {
    let texts = match cells {
        Cells::Numbers(numbers) if mostly(numbers.n_numbers, numbers.n_numbers + numbers.n_strange) => {
            let inferred = infer_numbers(name, &numbers);
            return (Cells::Numbers(numbers), inferred);
        }
        cells => cells.into_texts(spelling.point),
    };
    let summary = Summary::of(&texts, spelling);
    if summary.n_codes == 0 && mostly(summary.n_numbers, summary.n_present) {
        let numbers = numbers_of(&texts, spelling);
        let inferred = infer_numbers(name, &numbers);
        return (Cells::Numbers(numbers), inferred);
    }
    let inferred = infer_texts(name, &texts, &summary, &spelling.nulls);
    (Cells::Texts(texts), inferred)
}

/// Whether `part` is some and at least 99 % of `whole`.
#[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
fn mostly(part: usize, whole: usize) -> bool {
    part > 0 && part as f64 >= SHARE * whole as f64
}

fn infer_numbers(name: &str, numbers: &Numbers) -> Inferred {
    let present = || numbers.values.iter().copied().filter(|v| !v.is_nan());
    let n_present = numbers.n_numbers + numbers.n_strange;
    let whole = numbers.values.iter().zip(&numbers.decimals).all(|(v, &d)| v.is_nan() || d == 0);
    let n_dates = if whole { present().filter(|&v| eight_digit_date(v)).count() } else { 0 };
    let n_years = if whole { present().filter(|&v| (1000.0..=9999.0).contains(&v)).count() } else { 0 };
    let named_date = named_like_date(name);
    let kind = if named_date && mostly(n_dates, n_present) {
        Kind::Timestamp
    } else if whole && numbers.n_strange == 0 && is_numeric_key(name, numbers) {
        Kind::Identifier
    } else {
        Kind::Numeric
    };
    let n_boolean = if at_most_two(present()) && numbers.n_strange == 0 { n_present } else { present().filter(|&v| v == 0.0 || v == 1.0).count() };
    Inferred {
        kind,
        pattern: (kind == Kind::Timestamp).then(|| "%Y%m%d".to_owned()),
        ambiguous: None,
        lost_as: [numbers.n_strange, n_present - n_boolean, 0, n_present - n_dates.max(n_years), 0, 0],
    }
}

fn at_most_two(values: impl Iterator<Item = f64>) -> bool {
    let mut seen = [None, None];
    for value in values {
        match seen {
            [None, _] => seen[0] = Some(value),
            [Some(a), _] if a == value => {}
            [_, None] => seen[1] = Some(value),
            [_, Some(b)] if b == value => {}
            _ => return false,
        }
    }
    true
}

/// Whole numbers that count the rows, or are named like a key and tell rows or entities apart.
fn is_numeric_key(name: &str, numbers: &Numbers) -> bool {
    let mut present: Vec<f64> = numbers.values.iter().copied().filter(|v| !v.is_nan()).collect();
    let key = named_like_key(name);
    let from_start = matches!(present.first(), Some(&first) if first == 0.0 || first == 1.0);
    let counts = present.len() == numbers.values.len() && present.windows(2).all(|w| matches!(w, [a, b] if *b == a + 1.0));
    if counts && present.len() >= COUNTING_ROWS && (from_start || key || named_like_index(name)) {
        return true;
    }
    if !key {
        return false;
    }
    let n_present = present.len();
    present.sort_unstable_by(f64::total_cmp);
    present.dedup();
    tells_apart(present.len(), n_present)
}

#[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
fn tells_apart(n_distinct: usize, n_present: usize) -> bool {
    n_distinct > 1 && (n_distinct >= ENTITIES || n_distinct as f64 >= NEARLY_UNIQUE * n_present as f64)
}

/// What the texts of a column have in common.
struct Summary {
    counts: Vec<usize>,
    n_present: usize,
    n_distinct: usize,
    n_numbers: usize,
    /// Present cells that are digits but a name ("007").
    n_codes: usize,
    /// Present cells made of digits only.
    n_digits: usize,
    /// Present cells shaped like a UUID or a hash.
    n_hashes: usize,
    /// Present cells of the same sequence of letters, digits and signs as the first.
    n_same_shape: usize,
    /// Bytes of all present cells.
    length: usize,
}

impl Summary {
    fn of(texts: &Texts, spelling: &Spelling) -> Self {
        let counts = texts.counts();
        let mut s = Self { n_present: 0, n_distinct: 0, n_numbers: 0, n_codes: 0, n_digits: 0, n_hashes: 0, n_same_shape: 0, length: 0, counts };
        let mut first_shape: Option<&[u8]> = None;
        for (text, &count) in texts.dictionary.iter().zip(&s.counts) {
            if count == 0 || spelling.nulls.has(text) {
                continue;
            }
            s.n_present += count;
            s.n_distinct += 1;
            s.length += count * text.len();
            match number::read(text, spelling.point) {
                Reading::Plain(..) | Reading::Odd(_) => s.n_numbers += count,
                Reading::Code(_) => s.n_codes += count,
                Reading::No => {}
            }
            let text = text.trim_ascii();
            if text.len() <= KEY_LENGTH {
                s.n_digits += if text.iter().all(u8::is_ascii_digit) { count } else { 0 };
                s.n_hashes += if is_hash(text) { count } else { 0 };
                let shape = first_shape.get_or_insert(text);
                s.n_same_shape += if same_shape(shape, text) { count } else { 0 };
            }
        }
        s
    }
}

/// A UUID (8-4-4-4-12 hexadecimal) or 32, 40 or 64 hexadecimal digits with letters and digits among them.
fn is_hash(text: &[u8]) -> bool {
    let n_hex = text.iter().filter(|b| b.is_ascii_hexdigit()).count();
    match text.len() {
        36 => n_hex == 32 && [8, 13, 18, 23].iter().all(|&i| text.get(i) == Some(&b'-')),
        32 | 40 | 64 => n_hex == text.len() && text.iter().any(u8::is_ascii_digit) && text.iter().any(u8::is_ascii_alphabetic),
        _ => false,
    }
}

/// Same length, and a digit stands where a digit stands, a letter where a letter, any other sign where the same sign. No spaces, and a digit somewhere.
fn same_shape(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len()
        && a.iter().zip(b).all(|(x, y)| {
            if x.is_ascii_digit() {
                y.is_ascii_digit()
            } else if x.is_ascii_alphabetic() {
                y.is_ascii_alphabetic()
            } else {
                x == y && *x != b' '
            }
        })
        && a.iter().any(u8::is_ascii_digit)
}

fn infer_texts(name: &str, texts: &Texts, s: &Summary, nulls: &Nulls) -> Inferred {
    let dated = best_pattern(name, texts, &s.counts, nulls, false);
    let n_dated = dated.as_ref().map_or(0, |d| d.n_read);
    let n_boolean = boolean_cells(texts, &s.counts, nulls);
    // codes can be read as numbers if a person asks
    let lost_as = [s.n_present - s.n_numbers - s.n_codes, s.n_present - n_boolean, 0, s.n_present - n_dated, 0, 0];
    if let Some(dated) = dated.filter(|d| mostly(d.n_read, s.n_present)) {
        return Inferred { kind: Kind::Timestamp, pattern: Some(dated.pattern), ambiguous: dated.readings, lost_as };
    }
    let kind = if is_boolean(texts, &s.counts, nulls) {
        Kind::Boolean
    } else if is_text_key(name, s) {
        Kind::Identifier
    } else if is_free_text(s) {
        Kind::Text
    } else {
        Kind::Categorical
    };
    Inferred { kind, pattern: None, ambiguous: None, lost_as }
}

fn labels(texts: &Texts, counts: &[usize], nulls: &Nulls) -> BTreeSet<String> {
    texts.dictionary.iter().zip(counts).filter(|(t, n)| **n > 0 && !nulls.has(t)).map(|(t, _)| lossless(t.trim_ascii())).take(64).collect()
}

fn is_boolean(texts: &Texts, counts: &[usize], nulls: &Nulls) -> bool {
    let labels = labels(texts, counts, nulls);
    let words: BTreeSet<String> = labels.iter().map(|l| l.to_ascii_lowercase()).collect();
    let pair = BOOLEAN_PAIRS.iter().take(GUESSED_PAIRS).find(|pair| words.iter().all(|w| pair.contains(&w.as_str())));
    match (labels.len(), pair) {
        (2, Some(_)) => words.len() == 2,
        (1, Some([yes, _])) => yes.len() > 2,
        _ => false,
    }
}

/// Cells that survive when the column is read as boolean: all of at most two labels, else those of the best pair.
fn boolean_cells(texts: &Texts, counts: &[usize], nulls: &Nulls) -> usize {
    let present = || texts.dictionary.iter().zip(counts).filter(|(t, n)| **n > 0 && !nulls.has(t));
    if labels(texts, counts, nulls).len() <= 2 {
        return present().map(|(_, n)| n).sum();
    }
    let covered = |pair: &[&str; 2]| -> usize {
        present().filter(|(t, _)| pair.iter().any(|w| t.trim_ascii().eq_ignore_ascii_case(w.as_bytes()))).map(|(_, n)| n).sum()
    };
    BOOLEAN_PAIRS.iter().map(covered).max().unwrap_or(0)
}

#[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
fn is_text_key(name: &str, s: &Summary) -> bool {
    let unique = s.n_distinct as f64 >= NEARLY_UNIQUE * s.n_present as f64;
    mostly(s.n_hashes, s.n_present)
        || (named_like_key(name) && tells_apart(s.n_distinct, s.n_present))
        || (unique && s.n_present >= COUNTING_ROWS && (mostly(s.n_digits, s.n_present) || mostly(s.n_same_shape, s.n_present)))
}

#[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
fn is_free_text(s: &Summary) -> bool {
    (s.n_distinct > TEXT_LABELS && s.n_distinct as f64 > TEXT_SHARE * s.n_present as f64)
        || (s.n_distinct >= COUNTING_ROWS && s.length > TEXT_LENGTH * s.n_present)
}

/// The words of a name, lower case: "customerId" and "customer_id" are both customer, id.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut fresh = true;
    let mut was_lower = false;
    for c in name.chars() {
        fresh |= !c.is_alphanumeric() || (c.is_uppercase() && was_lower);
        was_lower = c.is_lowercase() || c.is_numeric();
        if !c.is_alphanumeric() {
            continue;
        }
        if fresh {
            words.push(String::new());
            fresh = false;
        }
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
    }
    words
}

fn named_like_key(name: &str) -> bool {
    let words = words(name);
    words.last().is_some_and(|w| KEY_WORDS.contains(&w.as_str()) || KEY_ENDS.iter().any(|end| w.ends_with(end)))
        || (words.len() > 1 && words.first().is_some_and(|w| w == "id"))
}

fn named_like_index(name: &str) -> bool {
    words(name).last().is_some_and(|w| INDEX_WORDS.contains(&w.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_words() {
        assert_eq!(words("customerId"), ["customer", "id"]);
        assert_eq!(words("Order ID"), ["order", "id"]);
        assert_eq!(words("PassengerId_2"), ["passenger", "id", "2"]);
    }

    #[test]
    fn names_of_keys_are_told_from_words_that_end_alike() {
        for name in ["id", "customer_id", "PassengerId", "userid", "order uuid", "id_client"] {
            assert!(named_like_key(name), "{name}");
        }
        for name in ["paid", "valid", "grid", "humidity", "idle_time"] {
            assert!(!named_like_key(name), "{name}");
        }
    }

    #[test]
    fn codes_that_are_also_nulls_are_counted_once() {
        let spelling = Spelling::new(&["000".to_owned()], b'.');
        let mut cells = Cells::default();
        for cell in ["000", "x", "007", "5", "000"] {
            cells.push(cell.as_bytes(), b'.', &spelling.nulls);
        }
        let (_, inferred) = infer("n", cells, &spelling);
        assert_eq!(inferred.lost_as, [1, 3, 0, 3, 0, 0]);
    }
}
