//! How long ago something was: the moment before, and the last event of a column.
//!
//! An event is a moment at which a column is there and not 0. For every column named, or else for all columns of 0 and 1, and for a target of two classes:
//! time since its last event and the number of events so far, as far as they are known (see [`crate::prepare::past`]). Of the entity: time since its moment before,
//! and how many moments it had. Times are in days, or in units of a time column of numbers; without a time column in rows. Before the first event the time
//! is missing.

use super::lags::{KNOWN, OWN_PAST, over_pasts, watched};
use crate::error::Result;
use crate::features::Feature;
use crate::math::sum::present;
use crate::param::{Domain, ParamSpec, Params};
use crate::prepare::past::{Past, TARGET};
use crate::prepare::plain::{Part, Plain, Rule, numbers_among};
use crate::prepare::slots::{Cells, Slot, Slots};
use crate::prepare::{FittedStep, StepEntry};

/// The entry.
pub const ENTRY: StepEntry = StepEntry {
    id: "since",
    title: "Time since the last event",
    doc: "Adds the time since an entity's moment before and how many it had, and for columns of 0 and 1 (or those named) the time since they were last not 0 and how often they were. New files must come with their earlier rows.",
    params: &[
        ParamSpec {
            id: "moments",
            title: "Moments",
            help: "Adds the time since the entity's moment before, and how many it had.",
            domain: Domain::Switch { default: true },
        },
        OWN_PAST,
        KNOWN,
    ],
    fit,
};

/// How it goes on. The step's numbers: moments, and 1 for the entity's own past.
pub const RULE: Rule = Rule { id: ENTRY.id, apply, told: &["gap"], fits: |p| p.own.numbers.len() == 2 };

fn fit(slots: &Slots, params: &Params, columns: &[String]) -> Result<FittedStep> {
    let is_flag = |v: &[f64]| {
        let there = present(v);
        there.iter().all(|x| *x == 0.0 || *x == 1.0) && there.contains(&1.0)
    };
    let flags: Vec<&str> =
        numbers_among(slots, columns).into_iter().filter(|(_, v)| !columns.is_empty() || is_flag(v)).map(|(s, _)| s.name()).collect();
    let of_target = slots.past().is_some_and(|p| is_flag(&p.target));
    let mut parts = watched(slots, params, columns);
    parts.retain(|p: &Part| if p.word(0) == TARGET { of_target } else { flags.contains(&p.name.as_str()) });
    Ok(FittedStep::Plain(Plain::new(ENTRY.id, vec![f64::from(u8::from(params.switch("moments"))), 1.0], parts)))
}

/// Time of the last event and the number of events so far.
fn events(values: &[f64], times: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let (mut last, mut n) = (f64::NAN, 0.0);
    let one = |(v, t): (&f64, &f64)| {
        if !v.is_nan() && *v != 0.0 {
            (last, n) = (*t, n + 1.0);
        }
        (last, n)
    };
    values.iter().zip(times).map(one).unzip()
}

fn moments(past: &Past, next: &mut Slots) {
    let series = past.series(true);
    let made = |what: &str, values: Vec<f64>, whole: bool| {
        let name = past.time_name.clone().unwrap_or_else(|| "row".to_owned());
        let sources = past.time_name.iter().cloned().collect();
        Slot {
            about: Feature { name: format!("{name}: {what}"), sources, step: ENTRY.id.to_owned(), whole, levels: false },
            cells: Cells::Numbers(values),
        }
    };
    let before = series.known(series.times(), 1);
    next.push(made("since the one before", past.time.iter().zip(&before).map(|(t, b)| t - b).collect(), false));
    let counted = series.each(series.times(), &|v| (0..v.len()).map(|i| i as f64).collect());
    next.push(made("how many before", series.known(&counted, 0), true));
}

fn apply(learned: &Plain, slots: Slots) -> Slots {
    let Some(past) = slots.past() else { return slots };
    let mut slots = over_pasts(learned, slots, [1, 2], &|watched, series, by_entity| {
        let at_moments = series.at_moments(&watched.values);
        let gap = watched.gap(by_entity);
        let of = |first: bool| {
            let times = series.times();
            let mut all = Vec::with_capacity(at_moments.len());
            for (start, end) in series.spans() {
                let (last, n) = events(&at_moments[start..end], &times[start..end]);
                all.extend(if first { last } else { n });
            }
            series.known(&all, gap)
        };
        let since = past.time.iter().zip(of(true)).map(|(t, last)| t - last).collect();
        vec![watched.made(ENTRY.id, "time since the last", by_entity, since), watched.made(ENTRY.id, "how many so far", by_entity, of(false))]
    });
    if learned.own.switch(0) {
        moments(&past, &mut slots);
    }
    slots
}
