//! A power that makes a column as normal as a power can (Yeo and Johnson 2000, Biometrika 87, 954-959).
//!
//! `((x+1)^l - 1)/l` for x >= 0 (ln(x+1) for l = 0), `-((1-x)^(2-l) - 1)/(2-l)` below 0 (-ln(1-x) for l = 2). Lambda maximises the normal likelihood of the
//! training rows, `-n/2 ln var + (l-1) sum sign(x) ln(1+|x|)`, found by Brent's method between -6 and 8. Then mean 0 and deviation 1.
//! Checked against scikit-learn's `PowerTransformer`: lambda and values to 1e-6.

use crate::error::Result;
use crate::math::elementary::{exp_m1, ln, ln_1p};
use crate::math::sum::{mean, present, sum_of, variance};
use crate::param::{Domain, ParamSpec, Params};
use crate::prepare::plain::{Part, Plain, Rule, numbers_among};
use crate::prepare::slots::Slots;
use crate::prepare::{FittedStep, StepEntry};

/// The entry.
pub const ENTRY: StepEntry = StepEntry {
    id: "yeo_johnson",
    title: "Power to a normal shape",
    doc: "The power (Yeo and Johnson 2000) that makes the training rows of a column most nearly normal; numbers of any sign. Columns of 0 and 1 stay as they are.",
    params: &[ParamSpec {
        id: "standardise",
        title: "Standardise",
        help: "Mean 0 and standard deviation 1 afterwards.",
        domain: Domain::Switch { default: true },
    }],
    fit,
};

/// How it goes on.
pub const RULE: Rule = Rule { id: ENTRY.id, apply, told: &["lambda", "centre", "spread"], fits: |p| p.columns.iter().all(|c| c.number(2) > 0.0) };

/// Where lambda is looked for: beyond, powers of usual numbers overflow.
const RANGE: (f64, f64) = (-6.0, 8.0);
/// Width of lambda at which the search ends.
const PRECISION: f64 = 1e-9;
/// Below this lambda is 0 (or 2).
const LIMIT: f64 = 1e-12;

fn fit(slots: &Slots, params: &Params, columns: &[String]) -> Result<FittedStep> {
    let mut parts = Vec::new();
    for (slot, values) in numbers_among(slots, columns) {
        let there = present(values);
        let spread = variance(&there, 0);
        if there.iter().all(|v| *v == 0.0 || *v == 1.0) || spread.is_nan() || spread <= 1e-18 * mean(&there) * mean(&there) {
            continue;
        }
        let lambda = best(&there);
        let changed: Vec<f64> = there.iter().map(|v| power(*v, lambda)).collect();
        let (centre, spread) = (mean(&changed), variance(&changed, 0).sqrt());
        let usable = params.switch("standardise") && centre.is_finite() && spread.is_finite() && spread > 0.0;
        parts.push(Part::of(slot.name(), if usable { vec![lambda, centre, spread] } else { vec![lambda, 0.0, 1.0] }));
    }
    Ok(FittedStep::Plain(Plain::new(ENTRY.id, Vec::new(), parts)))
}

fn apply(learned: &Plain, slots: Slots) -> Slots {
    learned.change_numbers(slots, &|p, v| (power(v, p.number(0)) - p.number(1)) / p.number(2))
}

/// The transform of one number.
#[must_use]
pub fn power(x: f64, lambda: f64) -> f64 {
    let raised = |logarithm: f64, exponent: f64| if exponent.abs() < LIMIT { logarithm } else { exp_m1(exponent * logarithm) / exponent };
    if x >= 0.0 { raised(ln_1p(x), lambda) } else { -raised(ln_1p(-x), 2.0 - lambda) }
}

/// Lambda of the greatest likelihood.
fn best(values: &[f64]) -> f64 {
    let slope = sum_of(values.iter().map(|v| super::log::logarithm(*v)));
    let loss = |lambda: f64| {
        let spread = variance(&values.iter().map(|v| power(*v, lambda)).collect::<Vec<_>>(), 0);
        let loss = values.len() as f64 / 2.0 * ln(spread) - (lambda - 1.0) * slope;
        if loss.is_finite() { loss } else { f64::MAX }
    };
    least(&loss, RANGE.0, RANGE.1)
}

/// Where a function of one number is least: golden section, helped by parabolas (Brent 1973, chapter 5).
fn least(of: &dyn Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    const GOLDEN: f64 = 0.381_966_011_250_105_1;
    let mut x = low + GOLDEN * (high - low);
    let (mut w, mut v) = (x, x);
    let mut fx = of(x);
    let (mut fw, mut fv) = (fx, fx);
    let (mut step, mut before) = (0.0_f64, 0.0_f64);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if (x - middle).abs() <= 2.0 * PRECISION - 0.5 * (high - low) {
            break;
        }
        let r = (x - w) * (fx - fv);
        let q = (x - v) * (fx - fw);
        let p = (x - v) * q - (x - w) * r;
        let q = 2.0 * (q - r);
        let (p, q) = if q > 0.0 { (-p, q) } else { (p, -q) };
        let parabola = before.abs() > PRECISION && p.abs() < (0.5 * q * before).abs() && p > q * (low - x) && p < q * (high - x);
        if parabola {
            (before, step) = (step, p / q);
        } else {
            before = if x < middle { high - x } else { low - x };
            step = GOLDEN * before;
        }
        let u = x + if step.abs() >= PRECISION { step } else { PRECISION.copysign(step) };
        let fu = of(u);
        if fu <= fx {
            if u < x {
                high = x
            } else {
                low = x
            }
            (v, fv, w, fw, x, fx) = (w, fw, x, fx, u, fu);
        } else {
            if u < x {
                low = u
            } else {
                high = u
            }
            if fu <= fw || w == x {
                (v, fv, w, fw) = (w, fw, u, fu);
            } else if fu <= fv || v == x || v == w {
                (v, fv) = (u, fu);
            }
        }
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::reference::{agree, case, column, fit, numbers, slots};

    #[test]
    fn lambda_and_values_are_those_of_scikit_learn() {
        for name in ["yeo_johnson_skewed", "yeo_johnson_left"] {
            let case = case(name);
            let table = slots(&[numbers(&case["input"])]);
            let step = fit(&ENTRY, &table, &[]);
            let lambda = step.learned()[0].number.unwrap();
            assert!((lambda - case["lambda"].as_f64().unwrap()).abs() < 1e-6, "{name}: {lambda}");
            agree(&column(&step.apply(table), "a"), &numbers(&case["output"]), 1e-6, name);
        }
    }

    #[test]
    fn lambda_one_changes_nothing_and_extremes_stay_finite() {
        assert!([-2.5, 0.0, 7.0].iter().all(|x| (power(*x, 1.0) - x).abs() < 1e-12));
        let table = slots(&[vec![1.0, 2.0, 5.0, 30.0]]);
        let step = fit(&ENTRY, &table, &[]);
        assert!(column(&step.apply(slots(&[vec![1e300, -1e300]])), "a").iter().all(|v| v.is_finite()));
    }
}
