//! The cells of one column while a file is being read: numbers as long as they are numbers, else texts in a dictionary.
//!
//! Nothing is lost on the way: numbers can be turned back into their texts, so a column that meets a word late costs one pass
//! and no file ever has to be kept. What the column finally becomes depends only on its texts (see [`super::infer`]).

use super::column::{Exceptions, IRREGULAR, MISSING_CODE, SHORTEST};
use super::intern::Dictionary;
use super::number::{self, Reading};
use std::collections::BTreeSet;

/// Words met among numbers before they are given up as numbers: this many ...
const STRANGERS_FLOOR: usize = 64;
/// ... plus one in this many cells.
const STRANGERS_SHARE: usize = 50;

/// Spellings of a missing cell.
#[derive(Clone, Debug, Default)]
pub(crate) struct Nulls {
    words: BTreeSet<Vec<u8>>,
    longest: usize,
    /// Some spelling is a number ("-999") and must be looked for before numbers are read.
    pub(crate) numeric: bool,
}

impl Nulls {
    /// The spellings of the options; `point` is the decimal sign.
    pub(crate) fn new(words: &[String], point: u8) -> Self {
        let words: BTreeSet<Vec<u8>> = words.iter().map(|w| w.trim().as_bytes().to_vec()).collect();
        let numeric = words.iter().any(|w| number::read(w, point) != Reading::No);
        Self { longest: words.iter().map(Vec::len).max().unwrap_or(0), words, numeric }
    }

    /// Whether a cell is missing: empty, spaces only or one of the spellings between spaces.
    pub(crate) fn has(&self, cell: &[u8]) -> bool {
        let cell = cell.trim_ascii();
        cell.is_empty() || (cell.len() <= self.longest && self.words.contains(cell))
    }
}

/// Cells whose text cannot be made from the value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Irregular {
    rows: Vec<u32>,
    which: Vec<u32>,
    texts: Dictionary,
}

impl Irregular {
    pub(crate) fn push(&mut self, row: u32, text: &[u8]) {
        self.rows.push(row);
        let number = self.texts.intern(text);
        self.which.push(number);
    }

    /// The text of the `i`-th irregular cell, if it is that of `row`.
    fn at(&self, i: usize, row: usize) -> Option<&[u8]> {
        (*self.rows.get(i)? as usize == row).then(|| self.texts.get(self.which[i] as usize))
    }

    pub(crate) fn finish(self) -> Exceptions {
        let texts = self.texts.iter().map(lossless).collect();
        Exceptions::from_parts(self.rows, self.which, texts)
    }
}

/// Text of bytes that are known to be UTF-8.
pub(crate) fn lossless(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Numbers of a column.
#[derive(Clone, Debug, Default)]
pub(crate) struct Numbers {
    pub(crate) values: Vec<f64>,
    pub(crate) decimals: Vec<u8>,
    pub(crate) irregular: Irregular,
    /// Present cells that are not numbers.
    pub(crate) n_strange: usize,
    /// Cells that are numbers.
    pub(crate) n_numbers: usize,
}

impl Numbers {
    /// Takes a cell; `false` when the column can no longer be one of numbers (the cell is then not taken).
    fn push(&mut self, cell: &[u8], point: u8, nulls: &Nulls) -> bool {
        if cell.is_empty() {
            self.set(f64::NAN, 0);
            return true;
        }
        if nulls.numeric && nulls.has(cell) {
            self.set_text(f64::NAN, 0, cell);
            return true;
        }
        match number::read(cell, point) {
            Reading::Plain(value, decimals) => {
                self.set(value, decimals);
                self.n_numbers += 1;
            }
            Reading::Odd(value) => {
                if number::is_shortest(cell, value, point) {
                    self.set(value, SHORTEST);
                } else {
                    self.set_text(value, IRREGULAR, cell);
                }
                self.n_numbers += 1;
            }
            Reading::No if nulls.has(cell) => self.set_text(f64::NAN, 0, cell),
            Reading::No if self.n_numbers > 0 && self.n_strange < STRANGERS_FLOOR + self.values.len() / STRANGERS_SHARE => {
                self.set_text(f64::NAN, 0, cell);
                self.n_strange += 1;
            }
            Reading::No | Reading::Code(_) => return false,
        }
        true
    }

    fn set(&mut self, value: f64, decimals: u8) {
        self.values.push(value);
        self.decimals.push(decimals);
    }

    pub(crate) fn set_text(&mut self, value: f64, decimals: u8, text: &[u8]) {
        #[expect(clippy::cast_possible_truncation, reason = "rows are limited to 32 bit")]
        self.irregular.push(self.values.len() as u32, text);
        self.set(value, decimals);
    }

    /// The same cells as texts.
    fn into_texts(self, point: u8) -> Texts {
        let mut texts = Texts { codes: Vec::with_capacity(self.values.capacity()), dictionary: Dictionary::default() };
        let mut next = 0;
        for (row, (&value, &decimals)) in self.values.iter().zip(&self.decimals).enumerate() {
            if let Some(text) = self.irregular.at(next, row) {
                texts.push(text);
                next += 1;
            } else if value.is_nan() {
                texts.push(b"");
            } else {
                texts.push(number::print(value, decimals, point == b',').as_bytes());
            }
        }
        texts
    }
}

/// Texts of a column.
#[derive(Clone, Debug, Default)]
pub(crate) struct Texts {
    /// Number in the dictionary, one a row.
    pub(crate) codes: Vec<u32>,
    pub(crate) dictionary: Dictionary,
}

impl Texts {
    pub(crate) fn push(&mut self, cell: &[u8]) {
        let code = self.dictionary.intern(cell);
        self.codes.push(code);
    }

    /// How many rows have each text.
    pub(crate) fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.dictionary.len()];
        for &code in self.codes.iter().filter(|&&c| c != MISSING_CODE) {
            counts[code as usize] += 1;
        }
        counts
    }
}

/// The cells of one column.
#[derive(Clone, Debug)]
pub(crate) enum Cells {
    Numbers(Numbers),
    Texts(Texts),
}

impl Default for Cells {
    fn default() -> Self {
        Self::Numbers(Numbers::default())
    }
}

impl Cells {
    /// Takes the next cell.
    #[inline]
    pub(crate) fn push(&mut self, cell: &[u8], point: u8, nulls: &Nulls) {
        match self {
            Self::Texts(texts) => texts.push(cell),
            Self::Numbers(numbers) => {
                if !numbers.push(cell, point, nulls) {
                    let mut texts = std::mem::take(numbers).into_texts(point);
                    texts.push(cell);
                    *self = Self::Texts(texts);
                }
            }
        }
    }

    /// The cells as texts.
    pub(crate) fn into_texts(self, point: u8) -> Texts {
        match self {
            Self::Texts(texts) => texts,
            Self::Numbers(numbers) => numbers.into_texts(point),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts_of(cells: &[&str], point: u8) -> Vec<String> {
        let nulls = Nulls::new(&["NA".to_owned()], point);
        let mut column = Cells::default();
        for cell in cells {
            column.push(cell.as_bytes(), point, &nulls);
        }
        let texts = column.into_texts(point);
        texts.codes.iter().map(|&c| lossless(texts.dictionary.get(c as usize))).collect()
    }

    #[test]
    fn numbers_give_their_texts_back() {
        let cells = ["1", "", "1.50", "NA", " 2", "1e-3", "-0", "0.30000000000000004", "abc", "007"];
        assert_eq!(texts_of(&cells, b'.'), cells);
        let cells = ["1,50", "0,30000000000000004", "2", "+1,5", "word"];
        assert_eq!(texts_of(&cells, b','), cells);
    }

    #[test]
    fn a_null_that_looks_like_a_number_is_missing() {
        let nulls = Nulls::new(&["-999".to_owned()], b'.');
        let mut column = Cells::default();
        column.push(b"-999", b'.', &nulls);
        column.push(b"1", b'.', &nulls);
        let Cells::Numbers(numbers) = column else { panic!("not numbers") };
        assert!(numbers.values[0].is_nan());
        assert_eq!(numbers.n_numbers, 1);
    }
}
