//! Products of two numbers that say more of the target than both alone.
//!
//! Pairs are found among the training rows: the partial correlation of the product with the target, given both numbers, must be more than chance over all pairs
//! tried (see [`crate::prepare::pairs`]). The product is that of the numbers less their means of the training rows. Columns with missing cells are not
//! looked at: impute first.

use crate::error::Result;
use crate::math::sum::mean;
use crate::param::{Domain, ParamSpec, Params};
use crate::prepare::pairs::useful;
use crate::prepare::plain::{LARGEST, Part, Plain, Rule, made_of};
use crate::prepare::slots::{Slot, Slots};
use crate::prepare::{FittedStep, StepEntry};

/// The entry.
pub const ENTRY: StepEntry = StepEntry {
    id: "interactions",
    title: "Products of pairs",
    doc: "Adds products of two numbers that say more of the target than both alone, found among the training rows; none where the gain may be chance. For linear models; trees find them themselves.",
    params: &[PAIRS],
    fit,
};

/// How many pairs.
pub(super) const PAIRS: ParamSpec = ParamSpec {
    id: "pairs",
    title: "Most pairs",
    help: "How many pairs are kept at most, the most useful first.",
    domain: Domain::Whole { low: 1, high: 200, default: 10 },
};

/// How it goes on; a part is a pair: its words are the columns, its numbers the partial correlation and both means.
pub const RULE: Rule = Rule { id: ENTRY.id, apply, told: &["partial correlation"], fits: |p| p.columns.iter().all(|c| c.words.len() == 2) };

fn fit(slots: &Slots, params: &Params, columns: &[String]) -> Result<FittedStep> {
    let product = |a: &[f64], b: &[f64]| {
        let (ma, mb) = (mean(a), mean(b));
        a.iter().zip(b).map(|(x, y)| (x - ma) * (y - mb)).collect::<Vec<_>>()
    };
    let centre = |name: &str| numbers(slots, name).map_or(0.0, |(_, v)| mean(v));
    let part = |(a, b, r): (String, String, f64)| {
        let numbers = vec![r, centre(&a), centre(&b)];
        Part { name: format!("{a} × {b}"), numbers, words: vec![a, b] }
    };
    let pairs = useful(slots, columns, false, params.count("pairs"), &product);
    Ok(FittedStep::Plain(Plain::new(ENTRY.id, Vec::new(), pairs.into_iter().map(part).collect())))
}

/// A column of numbers by name.
pub(super) fn numbers<'s>(slots: &'s Slots, name: &str) -> Option<(&'s Slot, &'s [f64])> {
    slots.list().iter().find(|s| s.name() == name).and_then(|s| Some((s, s.cells.numbers()?)))
}

/// Adds what is made of every pair.
pub(super) fn add_pairs(learned: &Plain, mut slots: Slots, of: &dyn Fn(&Part, f64, f64) -> f64) -> Slots {
    let mut made = Vec::new();
    for part in &learned.columns {
        if let (Some((a, x)), Some((b, y))) = (numbers(&slots, part.word(0)), numbers(&slots, part.word(1))) {
            let one = |(x, y): (&f64, &f64)| {
                let v = of(part, *x, *y);
                if v.is_nan() { v } else { v.clamp(-LARGEST, LARGEST) }
            };
            let values = x.iter().zip(y).map(one).collect();
            made.push(made_of(&learned.step, part.name.clone(), &[&a.about, &b.about], values, false));
        }
    }
    made.into_iter().for_each(|s| slots.push(s));
    slots
}

fn apply(learned: &Plain, slots: Slots) -> Slots {
    add_pairs(learned, slots, &|part, x, y| (x - part.number(1)) * (y - part.number(2)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::rng::Stream;
    use crate::prepare::reference::{column, fit, slots};

    /// 300 rows of four columns of noise, and a target made of them.
    fn noise(target: fn(&[f64]) -> f64) -> Slots {
        let mut draw = Stream::new(5, "interactions", 0);
        let columns: Vec<Vec<f64>> = (0..4).map(|_| (0..300).map(|_| draw.normal()).collect()).collect();
        let y = (0..300).map(|i| target(&columns.iter().map(|c| c[i]).collect::<Vec<_>>()) + 0.5 * draw.normal()).collect();
        let mut table = slots(&columns);
        table.know_target(y, 0);
        table
    }

    #[test]
    fn the_pair_that_matters_is_found_and_no_other() {
        let table = noise(|x| x[0] + x[1] * x[3]);
        let step = fit(&ENTRY, &table, &[]);
        assert_eq!(step.learned().iter().map(|l| l.column.as_str()).collect::<Vec<_>>(), ["b × d"]);
        let after = step.apply(table);
        assert_eq!(after.list()[4].about.sources, ["b", "d"]);
        assert_eq!(column(&after, "b × d").len(), 300);
    }

    #[test]
    fn nothing_is_added_where_no_pair_matters() {
        assert!(fit(&ENTRY, &noise(|x| x[0] + x[1] + x[2]), &[]).learned().is_empty());
    }
}
