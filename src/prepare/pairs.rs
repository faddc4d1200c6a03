//! Which pairs of columns say more together than alone.
//!
//! For a pair (a, b) and what is made of it, c = f(a, b): the correlation of c with the target after a, b and a constant were taken out of both by least
//! squares (partial correlation). Its significance is that of `t = r sqrt((n - 4) / (1 - r^2))` with n - 4 degrees of freedom, times the number of pairs
//! tried (Bonferroni): among many pairs some seem useful by chance. Of classes, each is a target of 0 and 1, and the strongest counts.

use super::plain::numbers_among;
use super::scores::aims;
use super::slots::Slots;
use crate::math::distribution::t_sf;
use crate::math::sort;
use crate::math::sum::{mean, sum_of};

/// Most columns whose pairs are tried: the first in file order.
pub const MOST_COLUMNS: usize = 40;
/// Chance, over all pairs, that one without effect is taken.
const CHANCE: f64 = 0.05;

/// A pair of columns and the partial correlation of what is made of it, the strongest first.
pub type Pair = (String, String, f64);

/// What is made of two columns.
pub type Made<'a> = &'a dyn Fn(&[f64], &[f64]) -> Vec<f64>;

/// The useful pairs, at most `most`. `ordered`: (a, b) and (b, a) are different.
#[must_use]
pub fn useful(slots: &Slots, columns: &[String], ordered: bool, most: usize, of: Made<'_>) -> Vec<Pair> {
    let numbers: Vec<_> = numbers_among(slots, columns).into_iter().filter(|(_, v)| v.iter().all(|x| x.is_finite())).take(MOST_COLUMNS).collect();
    let aims = aims(slots);
    let mut found: Vec<Pair> = Vec::new();
    let p = numbers.len() as f64;
    let tried = (p * (p - 1.0) * if ordered { 1.0 } else { 0.5 } * aims.len() as f64).max(1.0);
    for (i, (a, x)) in numbers.iter().enumerate() {
        for (b, y) in numbers.iter().enumerate().filter(|(j, _)| if ordered { *j != i } else { *j > i }).map(|(_, n)| n) {
            let strengths = aims.iter().map(|aim| partial(&of(x, y), x, y, aim));
            let strongest = strengths.fold(0.0_f64, |best, r| if r.abs() > best.abs() { r } else { best });
            if chance(strongest, x.len()) * tried < CHANCE {
                found.push((a.name().to_owned(), b.name().to_owned(), strongest));
            }
        }
    }
    sort::by(&mut found, |l, r| r.2.abs().total_cmp(&l.2.abs()));
    found.truncate(most);
    found
}

/// Two-sided chance of a partial correlation given two columns, in n rows.
fn chance(r: f64, n: usize) -> f64 {
    if n < 6 || !r.is_finite() {
        return 1.0;
    }
    let freedom = n as f64 - 4.0;
    2.0 * t_sf((r * r * freedom / (1.0 - r * r).max(1e-300)).sqrt(), freedom)
}

/// Correlation of `c` and `y` after `a`, `b` and a constant; 0 where there is none.
fn partial(c: &[f64], a: &[f64], b: &[f64], y: &[f64]) -> f64 {
    let there = |i: &usize| y[*i].is_finite() && c[*i].is_finite();
    let rows: Vec<usize> = (0..y.len().min(c.len())).filter(there).collect();
    let of = |v: &[f64]| centred(rows.iter().map(|&r| v[r]).collect());
    let first = of(a);
    let second = without(of(b), &first);
    let clean = |v: &[f64]| without(without(of(v), &first), &second);
    let (c, y) = (clean(c), clean(y));
    let r = product(&c, &y) / (product(&c, &c) * product(&y, &y)).sqrt();
    if r.is_finite() { r.clamp(-1.0, 1.0) } else { 0.0 }
}

fn centred(values: Vec<f64>) -> Vec<f64> {
    let centre = mean(&values);
    values.into_iter().map(|v| v - centre).collect()
}

/// What is left of `v` after its part along `u`; nothing where that is all but rounding.
fn without(v: Vec<f64>, u: &[f64]) -> Vec<f64> {
    let size = product(u, u);
    let before = product(&v, &v);
    let part = if size > 0.0 { product(&v, u) / size } else { 0.0 };
    let left: Vec<f64> = v.iter().zip(u).map(|(v, u)| v - part * u).collect();
    if product(&left, &left) <= 1e-18 * before { vec![0.0; v.len()] } else { left }
}

fn product(a: &[f64], b: &[f64]) -> f64 {
    sum_of(a.iter().zip(b).map(|(x, y)| x * y))
}
