//! What a row formula gives: prepared once (levels mapped, cuts found), then asked row by row.

use super::{RowFormula, bins, mapping};
use crate::lineage::formula::Point;
use crate::lineage::frame::Frame;
use crate::math::elementary::{ln, ln_1p, log10, pow, powi};
use serde::{Deserialize, Serialize};

/// A function of one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Function {
    /// Natural logarithm.
    Log,
    /// Natural logarithm of one more.
    #[serde(rename = "log1p")]
    LogOneMore,
    /// Logarithm to base ten.
    Log10,
    /// Square root.
    Sqrt,
    /// Square.
    Square,
    /// Absolute value.
    Abs,
    /// One over the value.
    Inverse,
}

impl Function {
    /// All functions, in the order of their cost.
    pub const ALL: [Self; 7] = [Self::Log, Self::LogOneMore, Self::Log10, Self::Sqrt, Self::Square, Self::Abs, Self::Inverse];

    /// Value and slope at `x`; `None` where it is not defined.
    #[must_use]
    pub fn at(self, x: f64) -> Option<(f64, f64)> {
        let pair = match self {
            Self::Log if x > 0.0 => (ln(x), 1.0 / x),
            Self::LogOneMore if x > -1.0 => (ln_1p(x), 1.0 / (1.0 + x)),
            Self::Log10 if x > 0.0 => (log10(x), 1.0 / (x * std::f64::consts::LN_10)),
            Self::Sqrt if x >= 0.0 => (x.sqrt(), if x > 0.0 { 0.5 / x.sqrt() } else { 0.0 }),
            Self::Square => (x * x, 2.0 * x),
            Self::Abs => (x.abs(), 1.0),
            Self::Inverse if x != 0.0 => (1.0 / x, -1.0 / (x * x)),
            _ => return None,
        };
        (pair.0.is_finite() && pair.1.is_finite()).then_some(pair)
    }
}

/// What a formula gives by position.
pub(super) type Prepared<'a> = Box<dyn Fn(usize) -> Option<Point> + 'a>;

/// A formula ready to be asked at any position.
pub(super) fn prepare<'a>(formula: &'a RowFormula, frame: &'a Frame<'_>) -> Prepared<'a> {
    match formula {
        RowFormula::Linear { terms, constant } => linear(frame, terms, *constant),
        RowFormula::Product { terms, factor } => product(frame, terms, *factor),
        RowFormula::Unary { source, function } => {
            let (values, blur) = (frame.values(*source).unwrap_or(&[]), frame.blur(*source));
            Box::new(move |p| {
                let x = *values.get(p).filter(|v| !v.is_nan())?;
                let (value, slope) = function.at(x)?;
                Some(Point { value, magnitude: value.abs(), blur: (slope * blur).abs() })
            })
        }
        RowFormula::Mapping { source, gives } => mapping::prepare(frame, *source, *gives),
        RowFormula::Bins { source, gives, cuts } => bins::prepare(frame, *source, *gives, cuts),
    }
}

/// Values of a column, its weight or power, and what its rounding may change.
type Term<'a> = (&'a [f64], f64, f64);

fn gathered<'a>(frame: &'a Frame<'_>, terms: &[(usize, f64)]) -> Vec<Term<'a>> {
    terms.iter().map(|&(c, w)| (frame.values(c).unwrap_or(&[]), w, frame.blur(c))).collect()
}

fn linear<'a>(frame: &'a Frame<'_>, terms: &[(usize, f64)], constant: f64) -> Prepared<'a> {
    let terms = gathered(frame, terms);
    let blur = terms.iter().map(|t| (t.1 * t.2) * (t.1 * t.2)).sum::<f64>().sqrt();
    Box::new(move |p| {
        let (mut value, mut magnitude) = (constant, constant.abs());
        for (values, weight, _) in &terms {
            let part = weight * values.get(p).copied().filter(|v| !v.is_nan())?;
            value += part;
            magnitude = f64::max(magnitude, part.abs());
        }
        Some(Point { value, magnitude, blur })
    })
}

fn product<'a>(frame: &'a Frame<'_>, terms: &[(usize, f64)], factor: f64) -> Prepared<'a> {
    let terms = gathered(frame, terms);
    Box::new(move |p| {
        let (mut value, mut relative) = (factor, 0.0);
        for (values, power, blur) in &terms {
            let x = values.get(p).copied().filter(|v| !v.is_nan())?;
            value *= raised(x, *power);
            if *blur > 0.0 && x != 0.0 {
                relative += (power * blur / x) * (power * blur / x);
            }
        }
        value.is_finite().then(|| Point { value, magnitude: value.abs(), blur: value.abs() * relative.sqrt() })
    })
}

#[expect(clippy::cast_possible_truncation, reason = "whole powers are small")]
fn raised(x: f64, power: f64) -> f64 {
    if power == -1.0 {
        1.0 / x
    } else if power.fract() == 0.0 {
        powi(x, power as i32)
    } else {
        pow(x, power)
    }
}
