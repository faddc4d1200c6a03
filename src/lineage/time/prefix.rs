//! Sums over any range of rows in two look-ups, exact to far below a double's rounding.
//!
//! Running sums of values and of squares are kept as unevaluated pairs of doubles (Dekker 1971): their difference over a range
//! carries some 30 digits, so neither a long history nor a large level is felt in a window's mean or standard deviation.

use super::axis::real;

/// A number as the unevaluated sum of two doubles, the first the rounded value.
#[derive(Clone, Copy, Debug, Default)]
struct Twin(f64, f64);

impl Twin {
    fn plus(self, other: Self) -> Self {
        let (high, low) = two_sum(self.0, other.0);
        let low = low + (self.1 + other.1);
        let total = high + low;
        Self(total, low - (total - high))
    }

    fn less(self, other: Self) -> Self {
        self.plus(Self(-other.0, -other.1))
    }

    fn value(self) -> f64 {
        self.0 + self.1
    }

    fn times(self, other: Self) -> Self {
        let (high, low) = two_product(self.0, other.0);
        Self(high, low + (self.0 * other.1 + self.1 * other.0))
    }
}

fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let back = sum - a;
    (sum, (a - (sum - back)) + (b - back))
}

fn two_product(a: f64, b: f64) -> (f64, f64) {
    let (ah, al) = split(a);
    let (bh, bl) = split(b);
    let product = a * b;
    (product, ((ah * bh - product) + ah * bl + al * bh) + al * bl)
}

fn split(a: f64) -> (f64, f64) {
    let c = 134_217_729.0 * a;
    let high = c - (c - a);
    (high, a - high)
}

/// What a range of values comes to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moments {
    /// Present values.
    pub n: usize,
    pub sum: f64,
    /// Sum of squared distances from the mean.
    pub scatter: f64,
    /// Sum of squares.
    pub squares: f64,
}

impl Moments {
    pub(super) fn mean(&self) -> f64 {
        self.sum / real(self.n)
    }

    /// Root mean square: the size of the values.
    pub(super) fn size(&self) -> f64 {
        (self.squares / real(self.n)).sqrt()
    }
}

/// Running sums of a series.
#[derive(Clone, Debug, Default)]
pub(super) struct Prefix {
    /// The first present value: sums are of distances from it, so that a large level costs no digits.
    centre: f64,
    counts: Vec<u32>,
    sums: Vec<Twin>,
    squares: Vec<Twin>,
}

/// Scatter below this share of the sum of squares is the rounding of equal values.
const EQUAL: f64 = 1e-28;

impl Prefix {
    /// Of values in order; NaN is passed over.
    pub(super) fn new(values: &[f64]) -> Self {
        let n = values.len() + 1;
        let centre = values.iter().copied().find(|v| !v.is_nan()).unwrap_or(0.0);
        let mut prefix = Self { centre, counts: Vec::with_capacity(n), sums: Vec::with_capacity(n), squares: Vec::with_capacity(n) };
        let (mut count, mut sum, mut square) = (0, Twin::default(), Twin::default());
        prefix.counts.push(count);
        prefix.sums.push(sum);
        prefix.squares.push(square);
        for &value in values {
            if !value.is_nan() {
                count += 1;
                let (high, low) = two_sum(value, -centre);
                let distance = Twin(high, low);
                sum = sum.plus(distance);
                square = square.plus(distance.times(distance));
            }
            prefix.counts.push(count);
            prefix.sums.push(sum);
            prefix.squares.push(square);
        }
        prefix
    }

    /// Present values in `from..to`.
    pub(super) fn count(&self, from: usize, to: usize) -> usize {
        (self.counts[to] - self.counts[from]) as usize
    }

    /// Number and sum of the present values in `from..to`, as [`Self::range`] gives them; `None` without a present value.
    pub(super) fn sum(&self, from: usize, to: usize) -> Option<(usize, f64)> {
        let n = self.count(from, to);
        let level = Twin(real(n), 0.0).times(Twin(self.centre, 0.0));
        (n > 0).then(|| (n, self.sums[to].less(self.sums[from]).plus(level).value()))
    }

    /// Of the range `from..to`; `None` without a present value.
    pub(super) fn range(&self, from: usize, to: usize) -> Option<Moments> {
        let n = self.count(from, to);
        if n == 0 {
            return None;
        }
        let sum = self.sums[to].less(self.sums[from]);
        let squares = self.squares[to].less(self.squares[from]);
        let scatter = Twin(real(n), 0.0).times(squares).less(sum.times(sum)).value() / real(n);
        // About the centre c: sum of x = sum of d + n c, sum of x^2 = sum of d^2 + 2 c sum of d + n c^2.
        let level = Twin(real(n), 0.0).times(Twin(self.centre, 0.0));
        let cross = sum.times(Twin(2.0 * self.centre, 0.0));
        let squares = squares.plus(cross).plus(level.times(Twin(self.centre, 0.0))).value().max(0.0);
        let sum = sum.plus(level);
        Some(Moments { n, sum: sum.value(), scatter: if scatter <= EQUAL * squares { 0.0 } else { scatter }, squares })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_level_and_a_long_history_are_not_felt() {
        let values: Vec<f64> = (0..10_000).map(|i| 1e9 + f64::from(i % 7) * 1e-3).collect();
        let found = Prefix::new(&values).range(9_000, 9_005).unwrap();
        let exact = crate::math::sum::variance(&values[9_000..9_005], 1);
        assert!((found.scatter / 4.0 / exact - 1.0).abs() < 1e-8, "{} {exact}", found.scatter / 4.0);
        let naive: f64 = values[9_000..9_005].iter().sum();
        assert!((found.sum - naive).abs() < 2e-6, "five doubles near 1e9, each rounded by up to 1e-6 when added up one by one");
    }

    #[test]
    fn equal_values_have_no_scatter_and_missing_ones_do_not_count() {
        let found = Prefix::new(&[f64::NAN, 0.1, 0.1, f64::NAN, 0.1]);
        assert_eq!(found.range(0, 5).map(|m| (m.n, m.scatter)), Some((3, 0.0)));
        assert!(found.range(0, 1).is_none());
        assert_eq!(found.sum(0, 5), found.range(0, 5).map(|m| (m.n, m.sum)));
        assert!(found.sum(0, 1).is_none());
    }
}
