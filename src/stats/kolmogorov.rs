//! The distribution of Kolmogorov's one-sample statistic for `n` observations, P(D_n > x).
//!
//! The two-sample test uses it with `n = round(m n / (m + n))`, which is far better for small samples than the limit distribution.
//! Follows the choice of methods of Simard and L'Ecuyer (2011, *J. Stat. Software* 39/11): twice Smirnov's one-sided tail where the
//! two-sided events hardly meet, Marsaglia, Tsang and Wang (2003) for small `n x`, Pelz and Good (1976) elsewhere. Checked against
//! `scipy.stats.kstwo` 1.17.1.

use crate::math::elementary::{exp, ln, ln_1p, powi};
use crate::math::sum::Accumulator;

/// Largest `n` for which the matrix method is used throughout its range.
const SMALL: u32 = 140;
/// `n x^2` from which twice the one-sided tail is exact to double precision, for n up to [`SMALL`] and above.
const TAIL_SMALL: f64 = 4.0;
const TAIL_LARGE: f64 = 2.2;
/// `n x^2` from which the tail is below the least double.
const NOTHING_LEFT: f64 = 370.0;
/// `n x^1.5` up to which the matrix stays small for large n, and the largest such n.
const MATRIX_REACH: f64 = 1.4;
const MATRIX_MOST: u32 = 100_000;
/// Rescaling step of matrix powers.
const BIG: f64 = 1e140;
/// ln of [`BIG`].
const LN_BIG: f64 = 322.361_913_019_166_4;

/// P(D_n > x) for `n` >= 1; 1 for `x` <= 0, 0 for `x` >= 1.
#[must_use]
pub fn survival(n: u32, x: f64) -> f64 {
    let size = f64::from(n);
    let reach = size * x * x;
    if n == 0 || x.is_nan() {
        f64::NAN
    } else if size * x <= 0.5 {
        1.0
    } else if x >= 1.0 || reach >= NOTHING_LEFT {
        0.0
    } else if x >= 0.5 || reach > if n <= SMALL { TAIL_SMALL } else { TAIL_LARGE } {
        (2.0 * one_sided(n, x)).clamp(0.0, 1.0)
    } else if n <= SMALL || (n <= MATRIX_MOST && size * x * x.sqrt() <= MATRIX_REACH) {
        (1.0 - by_matrix(n, x)).clamp(0.0, 1.0)
    } else {
        (1.0 - pelz_good(size, x)).clamp(0.0, 1.0)
    }
}

/// Smirnov's one-sided tail: `sum over j of x C(n, j) (x + j/n)^(j-1) (1 - x - j/n)^(n-j)`, j from 0 to floor(n (1 - x)).
fn one_sided(n: u32, x: f64) -> f64 {
    let size = f64::from(n);
    let mut total = Accumulator::default();
    let mut ln_choose = Accumulator::default();
    for j in 0..=n {
        let step = f64::from(j);
        let left = 1.0 - x - step / size;
        if left < 0.0 {
            break;
        }
        if j > 0 {
            ln_choose.add(ln((size - step + 1.0) / step));
        }
        let power = if j == n { 0.0 } else { (size - step) * ln_1p(-(x + step / size)) };
        total.add(exp(ln_choose.value() + (step - 1.0) * ln(x + step / size) + power + ln(x)));
    }
    total.value()
}

/// P(D_n < x) by the k-th diagonal entry of the n-th power of Durbin's matrix.
fn by_matrix(n: u32, x: f64) -> f64 {
    let t = f64::from(n) * x;
    let k = t.ceil();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below a few hundred by the caller's choice")]
    let centre = k as usize - 1;
    let side = 2 * centre + 1;
    let mut base = Scaled { cells: durbin(side, k - t), ln_scale: 0.0 };
    let mut power: Option<Scaled> = None;
    let mut left = n;
    while left > 0 {
        if left & 1 == 1 {
            power = Some(power.map_or_else(|| base.clone(), |p| p.times(&base, side)));
        }
        left >>= 1;
        if left > 0 {
            base = base.times(&base, side);
        }
    }
    let Some(power) = power else { return f64::NAN };
    let mut ln_factor = Accumulator::default();
    for i in 1..=n {
        ln_factor.add(ln(f64::from(i) / f64::from(n)));
    }
    power.cells[centre * side + centre] * exp(ln_factor.value() + power.ln_scale)
}

/// Durbin's matrix of `side` rows for the fraction `h`, row by row.
fn durbin(side: usize, h: f64) -> Vec<f64> {
    let mut inverse_factorial = vec![1.0; side + 1];
    for i in 1..=side {
        #[expect(clippy::cast_precision_loss, reason = "small")]
        let i_real = i as f64;
        inverse_factorial[i] = inverse_factorial[i - 1] / i_real;
    }
    let power = |p: usize| powi(h, i32::try_from(p).unwrap_or(i32::MAX));
    let edge = |i: usize| (1.0 - power(i + 1)) * inverse_factorial[i + 1];
    let mut cells = vec![0.0; side * side];
    for row in 0..side {
        for column in 1..=(row + 1).min(side - 1) {
            cells[row * side + column] = inverse_factorial[row + 1 - column];
        }
        cells[row * side] = edge(row);
    }
    for column in 1..side {
        cells[(side - 1) * side + column] = edge(side - 1 - column);
    }
    let corner = 1.0 - 2.0 * power(side) + powi((2.0 * h - 1.0).max(0.0), i32::try_from(side).unwrap_or(i32::MAX));
    cells[(side - 1) * side] = corner * inverse_factorial[side];
    cells
}

/// A square matrix times e to a power, row by row.
#[derive(Clone)]
struct Scaled {
    cells: Vec<f64>,
    ln_scale: f64,
}

impl Scaled {
    fn times(&self, other: &Self, side: usize) -> Self {
        let mut cells = vec![0.0; side * side];
        for row in 0..side {
            for inner in 0..side {
                let factor = self.cells[row * side + inner];
                for column in 0..side {
                    cells[row * side + column] += factor * other.cells[inner * side + column];
                }
            }
        }
        let mut product = Self { cells, ln_scale: self.ln_scale + other.ln_scale };
        if product.cells[side / 2 * side + side / 2] > BIG {
            product.cells.iter_mut().for_each(|c| *c /= BIG);
            product.ln_scale += LN_BIG;
        }
        product
    }
}

/// P(D_n <= x) as four terms in powers of `n^-1/2` (Pelz and Good 1976), in the theta form that converges for small `x sqrt(n)`.
fn pelz_good(n: f64, x: f64) -> f64 {
    let pi2 = std::f64::consts::PI * std::f64::consts::PI;
    let z = n.sqrt() * x;
    let zp = |p: i32| powi(z, p);
    let root = std::f64::consts::TAU.sqrt();
    #[expect(clippy::cast_possible_truncation, reason = "z is below 20 here")]
    let terms = (16.0 * z / std::f64::consts::PI).ceil() as i32;
    let mut k = [0.0; 4];
    let mut extra = [0.0; 2];
    for j in (1..=terms).rev() {
        let m2 = f64::from((2 * j - 1) * (2 * j - 1));
        let q = exp(-pi2 * m2 / (8.0 * zp(2)));
        k[0] += q;
        k[1] += q * (-zp(2) + pi2 / 4.0 * m2);
        k[2] += q * (6.0 * zp(6) + 2.0 * zp(4) + (2.0 * zp(4) - 5.0 * zp(2)) * pi2 / 4.0 * m2 + pi2 * pi2 * (1.0 - 2.0 * zp(2)) / 16.0 * m2 * m2);
        k[3] += q
            * (-30.0 * zp(6) - 90.0 * zp(8)
                + pi2 * (135.0 * zp(4) - 96.0 * zp(6)) / 4.0 * m2
                + pi2 * pi2 * (-60.0 * zp(2) + 212.0 * zp(4)) / 16.0 * m2 * m2
                + pi2 * pi2 * pi2 * (5.0 - 30.0 * zp(2)) / 64.0 * m2 * m2 * m2);
        let j2 = f64::from(j * j);
        let q = exp(-pi2 * j2 / (2.0 * zp(2)));
        extra[0] += j2 * q;
        extra[1] += (3.0 * zp(2) - pi2 * j2) * j2 * q;
    }
    let second = k[2] * root / (72.0 * zp(7)) - extra[0] * pi2 * root / (36.0 * zp(3));
    let third = k[3] * root / (6480.0 * zp(10)) + extra[1] * pi2 * root / (216.0 * zp(6));
    k[0] * root / z + k[1] * root / (6.0 * zp(4)) / n.sqrt() + second / n + third / (n * n.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::golden;

    #[test]
    fn every_region_agrees_with_the_reference() {
        for case in golden::cases("kstwo_sf") {
            let (n, x) = (case.numbers("n"), case.numbers("x"));
            for (k, expected) in case.expected_numbers().into_iter().enumerate() {
                golden::close(survival(n[k] as u32, x[k]), expected, 1e-8);
            }
        }
    }

    #[test]
    fn the_tail_falls_from_one_to_zero() {
        for n in [1, 2, 30, 141, 5000] {
            let tail: Vec<f64> = (0..=100).map(|i| survival(n, f64::from(i) / 100.0)).collect();
            assert!(tail[0] == 1.0 && tail[100] == 0.0 && tail.windows(2).all(|w| w[1] <= w[0] + 1e-9), "n = {n}");
        }
        assert!(survival(0, 0.3).is_nan());
    }
}
