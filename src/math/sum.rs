//! Sums in a fixed order, so that no driver, target or number of workers changes a bit.
//!
//! Chunks of [`CHUNK`] values are added left to right with Neumaier's compensation (Neumaier 1974); the result does
//! not depend on who computed which chunk. Missing values (NaN) must be removed by the caller, or use the `present_` forms.

/// Values added in one run before the partial sums are joined.
pub const CHUNK: usize = 4096;

/// Compensated running sum (Neumaier's variant of Kahan summation).
#[derive(Clone, Copy, Debug, Default)]
pub struct Accumulator {
    total: f64,
    lost: f64,
}

impl Accumulator {
    /// Adds one value.
    pub fn add(&mut self, value: f64) {
        let next = self.total + value;
        self.lost += if self.total.abs() >= value.abs() { (self.total - next) + value } else { (value - next) + self.total };
        self.total = next;
    }

    /// The sum so far. Not compensated once the running total is infinite.
    #[must_use]
    pub fn value(&self) -> f64 {
        if self.total.is_finite() { self.total + self.lost } else { self.total }
    }
}

/// Sum of `values`, shape `(n,)`; 0 for none; NaN if any is NaN.
#[must_use]
pub fn sum(values: &[f64]) -> f64 {
    let mut outer = Accumulator::default();
    for chunk in values.chunks(CHUNK) {
        let mut inner = Accumulator::default();
        for &value in chunk {
            inner.add(value);
        }
        outer.add(inner.value());
    }
    outer.value()
}

/// Sum over an iterator, compensated, in its order.
pub fn sum_of(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut all = Accumulator::default();
    for value in values {
        all.add(value);
    }
    all.value()
}

/// Arithmetic mean; NaN for no values.
#[must_use]
pub fn mean(values: &[f64]) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let n = values.len() as f64;
    sum(values) / n
}

/// Variance with `ddof` degrees of freedom taken off (0: population, 1: sample); two passes; NaN when n <= ddof.
#[must_use]
pub fn variance(values: &[f64], ddof: usize) -> f64 {
    if values.len() <= ddof {
        return f64::NAN;
    }
    let centre = mean(values);
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let n = (values.len() - ddof) as f64;
    sum_of(values.iter().map(|v| (v - centre) * (v - centre))) / n
}

/// The values that are present (not NaN), in order.
#[must_use]
pub fn present(values: &[f64]) -> Vec<f64> {
    values.iter().copied().filter(|v| !v.is_nan()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cancellation_does_not_lose_the_small_part() {
        assert_eq!(sum(&[1.0, 1e100, 1.0, -1e100]), 2.0);
    }

    #[test]
    fn the_variance_of_one_value_is_not_computable() {
        assert!(variance(&[3.0], 1).is_nan());
        assert_eq!(variance(&[1.0, 3.0], 0), 1.0);
    }
}
