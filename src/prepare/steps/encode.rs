//! Turns labels into numbers: one feature a level, or one number for all levels.
//!
//! One-hot: a feature a level that is 1 in its rows; a column of two levels gives one feature, for the second. Ordinal: the position
//! of the level. Codes: the position too, but said to be without an order, for trees that cut by sets of levels. Levels are those of the training rows, in order of their number if all are numbers, else of their name. Rare levels,
//! and levels beyond the largest count, are joined into "other". A level never seen in training is "other" where there is one, else 0 in
//! every feature (one-hot) or one past the last (ordinal, codes: trees send it where missing values go); so is a missing label that no step has filled, which stays missing in codes.

use crate::error::Result;
use crate::math::sort;
use crate::param::{Domain, ParamSpec, Params};
use crate::prepare::slots::{Cells, Slot, Slots, is_missing};
use crate::prepare::{FittedStep, Learned, StepEntry};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The entry.
pub const ENTRY: StepEntry = StepEntry {
    id: "encode",
    title: "Turn labels into numbers",
    doc: "One-hot: one feature a level. Ordinal: the level's position. Codes: one feature without an order, for trees. Rare levels are joined into \"other\"; levels never seen in training count as \"other\", or as none.",
    params: PARAMS,
    fit,
};

const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        id: "method",
        title: "Method",
        help: "One feature a level (one_hot), one number for all (ordinal), or one feature that trees cut by sets of levels and other learners take as ordinal (codes).",
        domain: Domain::Choice { options: &["one_hot", "ordinal", CODES], default: "one_hot" },
    },
    ParamSpec {
        id: "min_share",
        title: "Smallest share of a level",
        help: "Levels in a smaller share of training rows are joined into \"other\".",
        domain: Domain::Real { low: 0.0, high: 0.5, default: 0.01, log: false },
    },
    ParamSpec {
        id: "min_rows",
        title: "Fewest rows of a level",
        help: "Levels in fewer training rows are joined into \"other\": a model that is shared names no rarer one.",
        domain: Domain::Whole { low: 1, high: 1000, default: LEAST_ROWS as i64 },
    },
    ParamSpec {
        id: "max_levels",
        title: "Most levels",
        help: "Levels beyond this many, the rarest first, are joined into \"other\"; codes have at most 254.",
        domain: Domain::Whole { low: 1, high: 1000, default: 20 },
    },
];

/// The method of level codes.
pub const CODES: &str = "codes";
/// Most levels that have codes: with "other" and one for missing values they fit a byte.
pub const MOST_CODES: usize = 254;
/// Fewest rows of a level that a shared file names.
pub const LEAST_ROWS: u64 = 5;
/// Name of the joined levels.
const OTHER: &str = "other";
/// Characters of a level shown in the name of its feature.
const SHOWN: usize = 60;

/// What was learned, by column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FittedEncode {
    columns: BTreeMap<String, Levels>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Levels {
    one_hot: bool,
    /// Whether positions are codes without an order.
    #[serde(default)]
    codes: bool,
    /// Levels kept, in order.
    kept: Vec<String>,
    /// Whether training rows have levels that were joined.
    other: bool,
}

fn fit(slots: &Slots, params: &Params, columns: &[String]) -> Result<FittedStep> {
    let mut fitted = FittedEncode { columns: BTreeMap::new() };
    for slot in slots.list().iter().filter(|s| s.is_among(columns)) {
        if let Cells::Labels { codes, levels } = &slot.cells {
            fitted.columns.insert(slot.name().to_owned(), learn(codes, levels, params));
        }
    }
    Ok(FittedStep::Encode(fitted))
}

fn learn(codes: &[u32], levels: &[String], params: &Params) -> Levels {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for level in codes.iter().filter_map(|&c| levels.get(c as usize)) {
        *counts.entry(level).or_default() += 1;
    }
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let share = |count: usize| count as f64 / codes.len().max(1) as f64;
    let mut frequent: Vec<(&str, usize)> =
        counts.iter().map(|(l, c)| (*l, *c)).filter(|(_, c)| share(*c) >= params.real("min_share") && *c >= params.count("min_rows")).collect();
    sort::by(&mut frequent, |a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let codes = params.word("method") == CODES;
    frequent.truncate(params.count("max_levels").min(if codes { MOST_CODES } else { usize::MAX }));
    let mut kept: Vec<String> = frequent.iter().map(|(l, _)| (*l).to_owned()).collect();
    sort::by(&mut kept, Ord::cmp);
    let numbers: Option<Vec<f64>> = kept.iter().map(|l| l.parse::<f64>().ok().filter(|n| n.is_finite())).collect();
    if let Some(numbers) = numbers {
        let mut paired: Vec<(f64, String)> = numbers.into_iter().zip(kept).collect();
        sort::by(&mut paired, |a, b| a.0.total_cmp(&b.0));
        kept = paired.into_iter().map(|(_, l)| l).collect();
    }
    Levels { one_hot: params.word("method") == "one_hot", codes, other: kept.len() < counts.len(), kept }
}

impl FittedEncode {
    /// The levels of a column that has codes, by code: those kept, then "other" where levels were joined.
    #[must_use]
    pub fn names_of_codes(&self, column: &str) -> Option<Vec<&str>> {
        let levels = self.columns.get(column).filter(|levels| levels.codes)?;
        Some(levels.kept.iter().map(String::as_str).chain(levels.other.then_some(OTHER)).collect())
    }

    /// Replaces each column of labels by its features.
    #[must_use]
    pub fn apply(&self, slots: Slots) -> Slots {
        slots.replace(|slot, next| match (self.columns.get(slot.name()), &slot.cells) {
            (Some(levels), Cells::Labels { codes, levels: texts }) => {
                let places = levels.places(codes, texts);
                let made = match (levels.one_hot, levels.codes) {
                    (true, _) => levels.one_hot(&slot, &places),
                    (_, true) => vec![levels.codes(&slot, codes, &places)],
                    _ => vec![levels.ordinal(&slot, &places)],
                };
                made.into_iter().for_each(|s| next.push(s));
            }
            _ => next.push(slot),
        })
    }

    /// Levels by column.
    #[must_use]
    pub fn learned(&self) -> Vec<Learned> {
        let of = |(column, levels): (&String, &Levels)| {
            let other = levels.other.then(|| OTHER.to_owned());
            Learned { column: column.clone(), name: "levels".to_owned(), number: None, levels: levels.kept.iter().cloned().chain(other).collect() }
        };
        self.columns.iter().map(of).collect()
    }
}

impl Levels {
    /// For each row the position of its level among those kept; one past them for all others.
    fn places(&self, codes: &[u32], texts: &[String]) -> Vec<usize> {
        let index: BTreeMap<&str, usize> = self.kept.iter().enumerate().map(|(i, l)| (l.as_str(), i)).collect();
        let of_code: Vec<usize> = texts.iter().map(|t| index.get(t.as_str()).copied().unwrap_or(self.kept.len())).collect();
        codes.iter().map(|&c| of_code.get(c as usize).copied().unwrap_or(self.kept.len())).collect()
    }

    fn one_hot(&self, slot: &Slot, places: &[usize]) -> Vec<Slot> {
        let mut names: Vec<String> = self.kept.iter().map(|l| l.chars().take(SHOWN).collect()).collect();
        names.extend(self.other.then(|| OTHER.to_owned()));
        let first = usize::from(names.len() == 2);
        let feature = |(place, level): (usize, &String)| {
            let values = places.iter().map(|&p| f64::from(u8::from(p == place))).collect();
            slot.made(ENTRY.id, format!("{}={level}", slot.name()), values, true)
        };
        names.iter().enumerate().skip(first).map(feature).collect()
    }

    /// Positions without an order; missing where the label is.
    fn codes(&self, slot: &Slot, labels: &[u32], places: &[usize]) -> Slot {
        #[expect(clippy::cast_precision_loss, reason = "levels are few")]
        let values = places.iter().zip(labels).map(|(&p, &label)| if is_missing(label) { f64::NAN } else { p as f64 }).collect();
        let mut made = slot.made(ENTRY.id, slot.name().to_owned(), values, true);
        made.about.levels = true;
        made
    }

    fn ordinal(&self, slot: &Slot, places: &[usize]) -> Slot {
        #[expect(clippy::cast_precision_loss, reason = "levels are few")]
        let values = places.iter().map(|&p| p as f64).collect();
        slot.made(ENTRY.id, slot.name().to_owned(), values, true)
    }
}
