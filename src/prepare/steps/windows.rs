//! Functions of the recent past: means, spreads, extremes, medians, slopes, trend strength and change scores of windows, everything so far, and weighted means.
//!
//! A window ends `gap` moments before the row: at the horizon, at least 1 for the target; at the row itself for columns that are known when predicting. It is as
//! long as asked for, or as there are moments. See [`crate::prepare::rolling`] for each function and [`crate::prepare::past`] for what a row may see.

use super::lags::{KNOWN, LONGEST, MOST, OWN_PAST, SCOPE, over_pasts, scopes, watched};
use crate::error::{Error, Result};
use crate::param::{Domain, ParamSpec, Params};
use crate::prepare::plain::{Plain, Rule, numbers_of};
use crate::prepare::rolling::{FUNCTIONS, expanding, function, weighted};
use crate::prepare::slots::Slots;
use crate::prepare::{FittedStep, StepEntry};

/// The entry.
pub const ENTRY: StepEntry = StepEntry {
    id: "windows",
    title: "Windows of the past",
    doc: "Adds mean, spread, extremes, median, slope, trend strength and change score of windows of earlier rows of the same entity (or of all), everything so far, and weighted means. Windows end where the task's horizon allows. New files must come with their earlier rows.",
    params: &[
        ParamSpec { id: "windows", title: "Windows", help: "Lengths in moments, as in 7, 30; these when empty.", domain: Domain::Text },
        ParamSpec {
            id: "functions",
            title: "Functions",
            help: "Of mean, sd, min, max, median, slope, trend, change, count; mean, sd, min, max when empty.",
            domain: Domain::Text,
        },
        ParamSpec {
            id: "half_lives",
            title: "Half-lives",
            help: "Of weighted means, in moments, as in 3, 14; none when empty.",
            domain: Domain::Text,
        },
        ParamSpec {
            id: "expanding",
            title: "Everything so far",
            help: "Adds mean and spread of all earlier moments.",
            domain: Domain::Switch { default: false },
        },
        OWN_PAST,
        KNOWN,
        SCOPE,
    ],
    fit,
};

/// Windows when none are given.
const USUAL: [f64; 2] = [7.0, 30.0];

/// How it goes on. The step's numbers: entity, all, everything so far, number of windows; then windows, then half-lives. Its words: functions.
pub const RULE: Rule =
    Rule { id: ENTRY.id, apply, told: &["gap"], fits: |p| p.own.numbers.len() <= HEAD + 2 * MOST && p.own.words.len() <= FUNCTIONS.len() };
const HEAD: usize = 4;

fn fit(slots: &Slots, params: &Params, columns: &[String]) -> Result<FittedStep> {
    let mut windows = numbers_of(params.word("windows"), &USUAL, 1.0, LONGEST);
    windows.iter_mut().for_each(|w| *w = w.round());
    windows.truncate(MOST);
    let mut half_lives = numbers_of(params.word("half_lives"), &[], 0.1, LONGEST);
    half_lives.truncate(MOST);
    let [entity, all] = scopes(params);
    let so_far = f64::from(u8::from(params.switch("expanding")));
    let numbers = [entity, all, so_far, windows.len() as f64].into_iter().chain(windows).chain(half_lives).collect();
    let mut learned = Plain::new(ENTRY.id, numbers, watched(slots, params, columns));
    let asked = params.word("functions");
    for word in asked.split([',', ';', ' ', '\n']).filter(|w| !w.is_empty()) {
        if !FUNCTIONS.contains(&word) {
            return Err(Error::out_of_range("functions", word, &format!("of {}", FUNCTIONS.join(", "))));
        }
        if !learned.own.words.iter().any(|w| w == word) {
            learned.own.words.push(word.to_owned());
        }
    }
    if learned.own.words.is_empty() {
        learned.own.words = FUNCTIONS[..4].iter().map(|w| (*w).to_owned()).collect();
    }
    Ok(FittedStep::Plain(learned))
}

fn apply(learned: &Plain, slots: Slots) -> Slots {
    let (windows, half_lives) =
        learned.own.numbers.get(HEAD..).unwrap_or(&[]).split_at(learned.own.count(3).min(learned.own.numbers.len().saturating_sub(HEAD)));
    over_pasts(learned, slots, [0, 1], &|watched, series, by_entity| {
        let at_moments = series.at_moments(&watched.values);
        let gap = watched.gap(by_entity);
        let mut all = Vec::new();
        let mut add = |what: &str, of: &dyn Fn(&[f64]) -> Vec<f64>| {
            all.push(watched.made(ENTRY.id, what, by_entity, series.known(&series.each(&at_moments, of), gap)));
        };
        for &window in windows {
            for name in &learned.own.words {
                add(&format!("{name} of {window}"), &|v| function(name, v, window as usize).unwrap_or_default());
            }
        }
        if learned.own.switch(2) {
            add("mean so far", &|v| expanding(v).0);
            add("sd so far", &|v| expanding(v).1);
        }
        for &half_life in half_lives {
            add(&format!("weighted mean, half-life {half_life}"), &|v| weighted(v, half_life));
        }
        all
    })
}
