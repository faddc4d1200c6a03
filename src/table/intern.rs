//! A dictionary of texts: each distinct text once, numbered in order of first appearance.
//!
//! All texts lie in one buffer; an open-addressing table of 32-bit slots finds them. Nothing ever iterates over the slots,
//! so the hash cannot show in a result.

use std::ops::Range;

/// Distinct texts, numbered from 0 in order of first appearance.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dictionary {
    bytes: Vec<u8>,
    /// End of each text in `bytes`.
    ends: Vec<usize>,
    hashes: Vec<u32>,
    /// Number of a text plus one, or 0 for a free slot; the length is 0 or a power of two.
    slots: Vec<u32>,
}

/// Slots of the first table.
const FIRST_SLOTS: usize = 64;

impl Dictionary {
    /// Number of distinct texts.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The text of a number; empty for a number never given.
    pub(crate) fn get(&self, number: usize) -> &[u8] {
        self.bytes.get(self.range(number)).unwrap_or_default()
    }

    /// The texts in order of first appearance.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).map(|i| self.get(i))
    }

    fn range(&self, number: usize) -> Range<usize> {
        let start = if number == 0 { 0 } else { self.ends.get(number - 1).copied().unwrap_or(usize::MAX) };
        start..self.ends.get(number).copied().unwrap_or(start)
    }

    /// The number of a text, which joins the dictionary if it is new.
    pub(crate) fn intern(&mut self, text: &[u8]) -> u32 {
        if self.slots.len() < 2 * (self.len() + 1) {
            self.grow();
        }
        let hash = hash(text);
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while let Some(number) = self.slots[at].checked_sub(1) {
            if self.hashes[number as usize] == hash && self.get(number as usize) == text {
                return number;
            }
            at = (at + 1) & mask;
        }
        #[expect(clippy::cast_possible_truncation, reason = "fewer texts than rows, and rows are limited to 32 bit")]
        let number = self.len() as u32;
        self.slots[at] = number + 1;
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len());
        self.hashes.push(hash);
        number
    }

    fn grow(&mut self) {
        let n_slots = (self.slots.len() * 2).max(FIRST_SLOTS);
        let mut slots = vec![0_u32; n_slots];
        for (number, &hash) in (1_u32..).zip(&self.hashes) {
            let mut at = hash as usize & (n_slots - 1);
            while slots[at] != 0 {
                at = (at + 1) & (n_slots - 1);
            }
            slots[at] = number;
        }
        self.slots = slots;
    }
}

/// A multiply-and-fold hash of eight bytes at a time (the scheme of wyhash, Wang Yi 2019, reduced).
fn hash(text: &[u8]) -> u32 {
    let fold = |x: u64| {
        let product = u128::from(x) * 0x9E37_79B9_7F4A_7C15_u128;
        #[expect(clippy::cast_possible_truncation, reason = "both halves are used")]
        let folded = (product >> 64) as u64 ^ product as u64;
        folded
    };
    let mut state = 0xA076_1D64_78BD_642F ^ text.len() as u64;
    let mut words = text.chunks_exact(8);
    for word in &mut words {
        let word = word.iter().rev().fold(0_u64, |acc, &b| acc << 8 | u64::from(b));
        state = fold(state ^ word);
    }
    let last = words.remainder().iter().rev().fold(0_u64, |acc, &b| acc << 8 | u64::from(b));
    state = fold(state ^ last);
    #[expect(clippy::cast_possible_truncation, reason = "the lower half is wanted")]
    let low = (state ^ state >> 32) as u32;
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_numbered_by_first_appearance() {
        let mut dictionary = Dictionary::default();
        let numbers: Vec<u32> = ["b", "a", "b", "", "a"].iter().map(|t| dictionary.intern(t.as_bytes())).collect();
        assert_eq!(numbers, [0, 1, 0, 2, 1]);
        assert_eq!(dictionary.iter().collect::<Vec<_>>(), [&b"b"[..], b"a", b""]);
    }

    #[test]
    fn many_texts_are_told_apart() {
        let mut dictionary = Dictionary::default();
        for round in 0..2 {
            for i in 0..20_000_u32 {
                assert_eq!(dictionary.intern(format!("customer number {i}").as_bytes()), i, "round {round}");
            }
        }
        assert_eq!(dictionary.get(19_999), b"customer number 19999");
    }
}
