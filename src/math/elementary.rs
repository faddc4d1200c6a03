//! Elementary functions with the same bits on every target.
//!
//! `f64::exp` and its kin call the platform's C library natively and another implementation in wasm; up to a
//! tenth of the results differ in the last bit. These wrappers call the `libm` crate, which is the same code
//! everywhere. `.clippy.toml` bans the `std` ones.

/// e to the power x.
#[must_use]
pub fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// e to the power x, minus 1, exact for small x.
#[must_use]
pub fn exp_m1(x: f64) -> f64 {
    libm::expm1(x)
}

/// Natural logarithm; NaN below 0, minus infinity at 0.
#[must_use]
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// Natural logarithm of 1 + x, exact for small x.
#[must_use]
pub fn ln_1p(x: f64) -> f64 {
    libm::log1p(x)
}

/// Logarithm to base 2.
#[must_use]
pub fn log2(x: f64) -> f64 {
    libm::log2(x)
}

/// Logarithm to base 10.
#[must_use]
pub fn log10(x: f64) -> f64 {
    libm::log10(x)
}

/// x to the power y.
#[must_use]
pub fn pow(x: f64, y: f64) -> f64 {
    libm::pow(x, y)
}

/// x to a whole power, by repeated squaring in a fixed order.
#[must_use]
pub fn powi(x: f64, n: i32) -> f64 {
    let mut base = if n < 0 { 1.0 / x } else { x };
    let mut left = n.unsigned_abs();
    let mut result = 1.0;
    while left > 0 {
        if left & 1 == 1 {
            result *= base;
        }
        base *= base;
        left >>= 1;
    }
    result
}

/// Sine of x in radians.
#[must_use]
pub fn sin(x: f64) -> f64 {
    libm::sin(x)
}

/// Cosine of x in radians.
#[must_use]
pub fn cos(x: f64) -> f64 {
    libm::cos(x)
}

/// Hyperbolic tangent.
#[must_use]
pub fn tanh(x: f64) -> f64 {
    libm::tanh(x)
}

/// The logistic function 1 / (1 + e^-x), without overflow; range (0, 1).
#[must_use]
pub fn logistic(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + exp(-x))
    } else {
        let e = exp(x);
        e / (1.0 + e)
    }
}

/// The inverse of [`logistic`]: ln(p / (1 - p)).
#[must_use]
pub fn logit(p: f64) -> f64 {
    ln(p / (1.0 - p))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_powers_agree_with_the_general_power() {
        for n in -5..=12 {
            assert!((powi(1.7, n) / pow(1.7, f64::from(n)) - 1.0).abs() < 1e-14);
        }
    }

    #[test]
    fn the_logistic_function_neither_overflows_nor_loses_its_inverse() {
        assert_eq!(logistic(-800.0), 0.0);
        assert_eq!(logistic(800.0), 1.0);
        assert!((logit(logistic(1.25)) - 1.25).abs() < 1e-14);
    }
}
