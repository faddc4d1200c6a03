//! Random streams keyed by (seed, purpose, index): the draw depends on what it is for, never on who draws or when.
//!
//! The generator is Philox4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC'11): a keyed
//! bijection of a counter, so any position of any stream can be computed alone. Checked against the known answers
//! published with Random123. The key is the seed; the counter's upper half is a hash of purpose and index.

use super::elementary::{cos, ln};

const ROUNDS: usize = 10;
/// Words computed side by side.
const AT_ONCE: usize = 8;
const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];

/// One block of Philox4x32-10: four words from a counter and a key.
#[must_use]
pub fn philox(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let (mut c, mut k) = (counter, key);
    for _ in 0..ROUNDS {
        let a = u64::from(MULTIPLIERS[0]) * u64::from(c[0]);
        let b = u64::from(MULTIPLIERS[1]) * u64::from(c[2]);
        c = [high(b) ^ c[1] ^ k[0], low(b), high(a) ^ c[3] ^ k[1], low(a)];
        k = [k[0].wrapping_add(WEYL[0]), k[1].wrapping_add(WEYL[1])];
    }
    c
}

fn high(x: u64) -> u32 {
    (x >> 32) as u32
}

#[expect(clippy::cast_possible_truncation, reason = "the lower word is wanted")]
fn low(x: u64) -> u32 {
    x as u32
}

/// A stream of random numbers. Cloning repeats it.
#[derive(Clone, Debug)]
pub struct Stream {
    key: [u32; 2],
    domain: [u32; 2],
    block: u64,
    words: [u32; 4],
    used: usize,
}

impl Stream {
    /// The stream for one purpose ("split", "forest/tree" ...) and index (tree number, fold, column ...).
    #[must_use]
    pub fn new(seed: u64, purpose: &str, index: u64) -> Self {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64; // FNV-1a, 64 bit
        for byte in purpose.bytes().chain(index.to_le_bytes()) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        Self { key: [low(seed), high(seed)], domain: [low(hash), high(hash)], block: 0, words: [0; 4], used: 4 }
    }

    /// Next 32 random bits.
    pub fn word(&mut self) -> u32 {
        if self.used == 4 {
            self.words = philox([low(self.block), high(self.block), self.domain[0], self.domain[1]], self.key);
            self.block += 1;
            self.used = 0;
        }
        self.used += 1;
        self.words[self.used - 1]
    }

    /// Next 64 random bits.
    pub fn bits(&mut self) -> u64 {
        u64::from(self.word()) << 32 | u64::from(self.word())
    }

    /// Uniform in [0, 1) with 53 random bits.
    pub fn uniform(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let numerator = (self.bits() >> 11) as f64;
        numerator / 9_007_199_254_740_992.0
    }

    /// Uniform whole number in `0..bound` without bias (Lemire's rejection, 2019); 0 when `bound` is 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        if bound == 0 {
            return 0;
        }
        loop {
            let product = u64::from(self.word()) * u64::from(bound);
            // The remainder is below the bound, so most draws need no division.
            if low(product) >= bound || low(product) >= bound.wrapping_neg() % bound {
                return high(product);
            }
        }
    }

    /// Fills `out` with the next results of [`Stream::below`]; with 0 when `bound` is 0.
    pub fn fill_below(&mut self, bound: u32, out: &mut [u32]) {
        let Some(least) = bound.wrapping_neg().checked_rem(bound) else { return out.fill(0) };
        let mut at = 0;
        while at < out.len() {
            if self.used < 4 || out.len() - at < AT_ONCE {
                out[at] = self.below(bound);
                at += 1;
                continue;
            }
            for word in self.two_blocks() {
                let product = u64::from(word) * u64::from(bound);
                out[at] = (product >> 32) as u32;
                at += usize::from(product as u32 >= least);
            }
        }
    }

    /// The words of the next two blocks, computed side by side: one waits while the other is multiplied.
    fn two_blocks(&mut self) -> [u32; AT_ONCE] {
        let (first, second) = (self.block, self.block + 1);
        self.block += 2;
        let [mut k0, mut k1] = self.key;
        let [mut a2, mut a3] = self.domain;
        let [mut b2, mut b3] = self.domain;
        let (mut a0, mut a1, mut b0, mut b1) = (first as u32, (first >> 32) as u32, second as u32, (second >> 32) as u32);
        for _ in 0..ROUNDS {
            let (p, q) = (u64::from(MULTIPLIERS[0]) * u64::from(a0), u64::from(MULTIPLIERS[1]) * u64::from(a2));
            let (r, s) = (u64::from(MULTIPLIERS[0]) * u64::from(b0), u64::from(MULTIPLIERS[1]) * u64::from(b2));
            (a0, a1, a2, a3) = ((q >> 32) as u32 ^ a1 ^ k0, q as u32, (p >> 32) as u32 ^ a3 ^ k1, p as u32);
            (b0, b1, b2, b3) = ((s >> 32) as u32 ^ b1 ^ k0, s as u32, (r >> 32) as u32 ^ b3 ^ k1, r as u32);
            (k0, k1) = (k0.wrapping_add(WEYL[0]), k1.wrapping_add(WEYL[1]));
        }
        [a0, a1, a2, a3, b0, b1, b2, b3]
    }

    /// Standard normal (Box-Muller; one of the pair is used so that every draw costs two uniforms).
    pub fn normal(&mut self) -> f64 {
        let u = 1.0 - self.uniform();
        let v = self.uniform() * std::f64::consts::TAU;
        (-2.0 * ln(u)).sqrt() * cos(v)
    }

    /// True with probability `p`.
    pub fn chance(&mut self, p: f64) -> bool {
        self.uniform() < p
    }

    /// Shuffles in place (Fisher-Yates from the end).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            #[expect(clippy::cast_possible_truncation, reason = "tables have fewer than 2^32 rows")]
            let j = self.below(i as u32 + 1) as usize;
            items.swap(i, j);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn philox_gives_the_published_answers() {
        assert_eq!(philox([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(philox([u32::MAX; 4], [u32::MAX; 2]), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
        assert_eq!(
            philox([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0]),
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        );
    }

    #[test]
    fn streams_differ_by_purpose_and_index_and_repeat_by_seed() {
        let first = |seed, purpose, index| Stream::new(seed, purpose, index).bits();
        assert_eq!(first(1, "split", 0), first(1, "split", 0));
        assert_ne!(first(1, "split", 0), first(2, "split", 0));
        assert_ne!(first(1, "split", 0), first(1, "split", 1));
        assert_ne!(first(1, "split", 0), first(1, "noise", 0));
    }

    #[test]
    fn many_draws_at_once_are_the_draws_one_by_one() {
        for (bound, count) in [(0, 9_usize), (1, 20), (3, 5), (378_297, 1000), (3_000_000_000, 999)] {
            let (mut one, mut many) = (Stream::new(7, "test", 1), Stream::new(7, "test", 1));
            assert_eq!(one.word(), many.word());
            let expected: Vec<u32> = (0..count).map(|_| one.below(bound)).collect();
            let mut drawn = vec![9; count];
            many.fill_below(bound, &mut drawn);
            assert_eq!(drawn, expected, "{count} below {bound}");
            assert_eq!(many.word(), one.word(), "the streams go on alike");
        }
    }

    #[test]
    fn moments_are_those_of_the_distribution() {
        let mut stream = Stream::new(7, "test", 0);
        let n = 40_000;
        let draws: Vec<f64> = (0..n).map(|_| stream.normal()).collect();
        let mean = draws.iter().sum::<f64>() / f64::from(n);
        let variance = draws.iter().map(|d| d * d).sum::<f64>() / f64::from(n);
        assert!(mean.abs() < 4.0 / f64::from(n).sqrt());
        assert!((variance - 1.0).abs() < 4.0 * (2.0 / f64::from(n)).sqrt());
        let counts = (0..30_000).fold([0_u32; 3], |mut c, _| {
            c[stream.below(3) as usize] += 1;
            c
        });
        assert!(counts.iter().all(|&c| (f64::from(c) - 10_000.0).abs() < 4.0 * (30_000.0_f64 * 2.0 / 9.0).sqrt()));
    }
}
