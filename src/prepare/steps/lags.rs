//! Earlier values: of columns, and of the target itself, in rows of the same entity or of all.
//!
//! A lag of k is the value k moments earlier. What is not known yet is never used: of the target, and of columns unless they are said to be known, lags shorter than the
//! task's horizon are left out (where none is left, the horizon is the lag), and the target's lag is at least 1. Changes and ratios compare the newest known
//! value with the one k moments before it. Values of all entities are means of a moment, always of an earlier one. See [`crate::prepare::past`].

use crate::error::Result;
use crate::features::Feature;
use crate::param::{Domain, ParamSpec, Params};
use crate::prepare::past::{Past, Series, TARGET};
use crate::prepare::plain::{LARGEST, Part, Plain, Rule, numbers_among, numbers_of};
use crate::prepare::slots::Cells;
use crate::prepare::slots::{Slot, Slots};
use crate::prepare::{FittedStep, StepEntry};

/// The entry.
pub const ENTRY: StepEntry = StepEntry {
    id: "lags",
    title: "Earlier values",
    doc: "Adds values of earlier rows of the same entity (or of all), changes and ratios to the past; of columns and of the target's own past. Never what is not yet known: lags are at least the task's horizon. New files must come with their earlier rows.",
    params: &[
        ParamSpec { id: "lags", title: "Lags", help: "Moments back, as in 1, 7, 30; these when empty.", domain: Domain::Text },
        OWN_PAST,
        KNOWN,
        SCOPE,
        ParamSpec {
            id: "changes",
            title: "Changes",
            help: "Adds the newest known value minus the one so many moments before it.",
            domain: Domain::Switch { default: false },
        },
        ParamSpec {
            id: "ratios",
            title: "Ratios",
            help: "Adds the newest known value divided by the one so many moments before it.",
            domain: Domain::Switch { default: false },
        },
    ],
    fit,
};

/// Whether the target's own past is used.
pub(super) const OWN_PAST: ParamSpec = ParamSpec {
    id: TARGET,
    title: "The target's own past",
    help: "Uses earlier values of the target, at least the horizon before.",
    domain: Domain::Switch { default: true },
};
/// Whether columns of the predicted row are known.
pub(super) const KNOWN: ParamSpec = ParamSpec {
    id: "known",
    title: "Columns are known when predicting",
    help: "On: a column's own row may be used, however far ahead is predicted. Off: columns end the task's horizon before it.",
    domain: Domain::Switch { default: false },
};
/// Whose past.
pub(super) const SCOPE: ParamSpec = ParamSpec {
    id: "scope",
    title: "Whose past",
    help: "That of the row's entity, of all rows, or both.",
    domain: Domain::Choice { options: &["entity", "all", "both"], default: "entity" },
};

/// Lags when none are given.
const USUAL: [f64; 3] = [1.0, 7.0, 30.0];
/// Longest lag and window, in moments.
pub(super) const LONGEST: f64 = 10_000.0;
/// Most lags, windows or functions of one step.
pub(super) const MOST: usize = 50;

/// How it goes on. The step's numbers: whether columns are known, entity, all, changes, ratios; then the lags. A part with a word is the target.
pub const RULE: Rule = Rule { id: ENTRY.id, apply, told: &["gap"], fits: |p| p.own.numbers.len() <= HEAD + MOST };
const HEAD: usize = 5;

fn fit(slots: &Slots, params: &Params, columns: &[String]) -> Result<FittedStep> {
    let mut lags = numbers_of(params.word("lags"), &USUAL, 1.0, LONGEST);
    lags.iter_mut().for_each(|l| *l = l.round());
    lags.truncate(MOST);
    let on = |id: &str| f64::from(u8::from(params.switch(id)));
    let [entity, all] = scopes(params);
    let numbers = [on("known"), entity, all, on("changes"), on("ratios")].into_iter().chain(lags).collect();
    Ok(FittedStep::Plain(Plain::new(ENTRY.id, numbers, watched(slots, params, columns))))
}

/// Whether the past of the entity and that of all are wanted.
pub(super) fn scopes(params: &Params) -> [f64; 2] {
    ["entity", "all"].map(|s| f64::from(u8::from(params.word("scope") == s || params.word("scope") == "both")))
}

/// What a step of the past looks at: the columns, and the target with its name as a word; each with its gap.
pub(super) fn watched(slots: &Slots, params: &Params, columns: &[String]) -> Vec<Part> {
    let Some(past) = slots.past() else { return Vec::new() };
    let gap = if params.switch("known") { 0 } else { past.horizon };
    // Columns as they stand in the file: the past of what was made of the past is the past.
    let is_raw = |s: &Slot| s.about.sources.len() == 1 && s.about.sources[0] == s.about.name;
    let wanted = |s: &Slot| is_raw(s) || columns.contains(&s.about.name);
    let numbers = numbers_among(slots, columns).into_iter().filter(|(s, _)| wanted(s));
    let mut parts: Vec<Part> = numbers.map(|(s, _)| Part::of(s.name(), vec![gap as f64])).collect();
    if params.switch(TARGET) && !past.target.is_empty() {
        parts.push(Part { name: past.target_name.clone(), numbers: vec![past.horizon.max(1) as f64], words: vec![TARGET.to_owned()] });
    }
    parts
}

/// A column as a step of the past sees it: origin, values, the gap it must keep.
pub(super) struct Watched {
    pub about: Feature,
    pub values: Vec<f64>,
    pub gap: usize,
}

/// What is looked at, in the rows at hand.
pub(super) fn seen(learned: &Plain, slots: &Slots, past: &Past) -> Vec<Watched> {
    let one = |part: &Part| {
        let gap = part.count(0);
        if part.word(0) == TARGET {
            let about =
                Feature { name: part.name.clone(), sources: vec![part.name.clone()], step: learned.step.clone(), whole: false, levels: false };
            return Some(Watched { about, values: past.target.clone(), gap: gap.max(past.horizon).max(1) });
        }
        let slot = slots.list().iter().find(|s| s.name() == part.name)?;
        Some(Watched { about: slot.about.clone(), values: slot.cells.numbers()?.to_vec(), gap })
    };
    learned.columns.iter().filter_map(one).collect()
}

impl Watched {
    /// A feature made of it.
    pub(super) fn made(&self, step: &str, what: &str, by_entity: bool, values: Vec<f64>) -> Slot {
        let name = format!("{}: {what}{}", self.about.name, if by_entity { "" } else { " (all)" });
        let values = values.into_iter().map(|v| if v.is_nan() { v } else { v.clamp(-LARGEST, LARGEST) }).collect();
        let about = Feature { name, sources: self.about.sources.clone(), step: step.to_owned(), whole: false, levels: false };
        Slot { about, cells: Cells::Numbers(values) }
    }

    /// Moments that must lie between: of all entities never the row's own.
    pub(super) fn gap(&self, by_entity: bool) -> usize {
        if by_entity { self.gap } else { self.gap.max(1) }
    }
}

/// Adds features for each of the pasts that are wanted: `entity` and `all` are the places of their switches.
pub(super) fn over_pasts(learned: &Plain, mut slots: Slots, places: [usize; 2], of: &dyn Fn(&Watched, &Series, bool) -> Vec<Slot>) -> Slots {
    let Some(past) = slots.past() else { return slots };
    let seen = seen(learned, &slots, &past);
    for (place, by_entity) in places.into_iter().zip([true, false]) {
        if learned.own.switch(place) {
            let series = past.series(by_entity);
            for watched in &seen {
                of(watched, &series, by_entity).into_iter().for_each(|s| slots.push(s));
            }
        }
    }
    slots
}

fn apply(learned: &Plain, slots: Slots) -> Slots {
    over_pasts(learned, slots, [1, 2], &|watched, series, by_entity| {
        let at_moments = series.at_moments(&watched.values);
        let gap = watched.gap(by_entity);
        let (changes, ratios) = (learned.own.switch(3), learned.own.switch(4));
        let newest = if gap == 0 { watched.values.clone() } else { series.known(&at_moments, gap) };
        let lags: Vec<usize> = learned.own.numbers.iter().skip(HEAD).take(MOST).map(|l| *l as usize).collect();
        let mut kept: Vec<usize> = lags.iter().copied().filter(|l| *l >= gap.max(1)).collect();
        if kept.is_empty() {
            kept.push(gap.max(1));
        }
        let made = |what: String, values: Vec<f64>| watched.made(ENTRY.id, &what, by_entity, values);
        let mut all: Vec<Slot> = kept.iter().map(|lag| made(format!("{lag} before"), series.known(&at_moments, *lag))).collect();
        for lag in lags.iter().filter(|_| changes || ratios) {
            let earlier = series.known(&at_moments, gap.saturating_add(*lag));
            let compared = |of: &dyn Fn(f64, f64) -> f64| newest.iter().zip(&earlier).map(|(n, e)| of(*n, *e)).collect::<Vec<_>>();
            if changes {
                all.push(made(format!("change over {lag}"), compared(&|n, e| n - e)));
            }
            if ratios {
                all.push(made(format!("ratio to {lag} before"), compared(&|n, e| if e == 0.0 { f64::NAN } else { n / e })));
            }
        }
        all
    })
}
