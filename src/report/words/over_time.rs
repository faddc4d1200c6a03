//! Sentences about columns in the order of time: what the target does, what follows for model and validation, and the remedy that adds its past.

use super::finding::{Told, about};
use crate::finding::{Evidence, Finding, OverTime};
use crate::param::{Given, Value};
use crate::report::block::text;
use crate::report::format::{count, counted, fixed, interval, number, p_value};

/// The sentences of a finding; `None` when it is not one of these.
pub(super) fn tell(finding: &Finding, target: &str) -> Option<Told> {
    if finding.check != "over_time" {
        return None;
    }
    let series: &[OverTime] = if let Evidence::OverTime { series } = &finding.evidence { series } else { &[] };
    let Some(found) = series.first().filter(|s| s.column == target) else {
        let title = format!("{} taken apart over time", counted(series.len() as u64, "column is", "columns are"));
        return Some(Told::new(
            vec![text(title)],
            "Of a target of several classes nothing is said; what the other columns do stands in the table below.",
        ));
    };
    let does = does(found);
    if does.is_empty() {
        return Some(Told::new(
            about(&finding.columns, " has no trend, season or change of level over time"),
            "Within what so many moments can show. Its own past is then of little use beyond the newest values.",
        ));
    }
    let title = match does.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => does.concat(),
    };
    Some(Told { title: about(&finding.columns, format!(" {title}")), meaning: vec![text(advice(found).join(" "))] })
}

/// What it does, in parts of a sentence.
fn does(found: &OverTime) -> Vec<String> {
    let mut parts = Vec::new();
    if found.period > 0 {
        parts.push(format!("repeats itself every {}", moments(found, found.period.into())));
    }
    if let Some((slope, ..)) = found.slope.filter(|_| found.has_trend()) {
        parts.push(if slope > 0.0 { "rises" } else { "falls" }.to_owned());
    }
    if !found.changes.is_empty() {
        parts.push(format!("changes its level {}", counted(found.changes.len() as u64, "time", "times")));
    }
    if found.leaves(0) && found.leaves(1) {
        parts.push("wanders without returning to a level or line".to_owned());
    } else if found.leaves(0) && parts.is_empty() {
        parts.push("does not stay about one level".to_owned());
    }
    parts
}

/// What follows from it.
fn advice(found: &OverTime) -> Vec<&'static str> {
    let mut all = Vec::new();
    if found.period > 0 {
        all.push("Values of one season ago say more than the last ones alone: add them as features.");
    }
    if found.has_trend() {
        all.push("Later rows lie where earlier ones did not: validate in time order, walking forward, and learn changes or ratios to the past, since trees cannot continue a trend.");
    }
    if !found.changes.is_empty() {
        all.push("What was learned before a change may not hold after it: judge by the newest folds, and ask what happened then.");
    }
    if found.leaves(0) && found.leaves(1) {
        all.push("Its level says little of the next one; its changes do.");
    }
    if all.is_empty() {
        all.push("Validate in time order, walking forward: rows near in time are alike.");
    }
    all
}

/// "12 months".
pub(in crate::report) fn moments(found: &OverTime, n: u64) -> String {
    counted(n, &found.unit, &format!("{}s", found.unit))
}

/// Evidence of the target as terms and values.
pub(super) fn evidence(series: &[OverTime]) -> Vec<(&'static str, String)> {
    let Some(found) = series.first() else { return Vec::new() };
    let mut terms = vec![("moments", moments(found, found.moments.0) + &empty(found))];
    terms.extend(found.slope.map(|(slope, low, high)| ("change", format!("{} a {} ({})", number(slope), found.unit, interval(low, high)))));
    if found.period > 0 {
        terms.push(("strength of the season", format!("{} of 1, by STL", fixed(found.strength.1, 2))));
    }
    if !found.changes.is_empty() {
        terms.push(("a change had to gain", format!("{} in sums of squares", number(found.penalty))));
    }
    for (about, (statistic, p)) in ["stays about a level", "stays about a line"].into_iter().zip(&found.kpss) {
        terms.push((about, format!("KPSS {}, {}", fixed(*statistic, 3), p_in_words(*p))));
    }
    terms
}

/// A p-value of a table that ends at 0.01 and 0.10.
pub(in crate::report) fn p_in_words(p: f64) -> String {
    match p {
        p if p <= 0.01 => "p 0.01 or less".to_owned(),
        p if p >= 0.10 => "p 0.10 or more".to_owned(),
        p => p_value(p),
    }
}

fn empty(found: &OverTime) -> String {
    if found.moments.1 > 0 { format!(", {} of them without a row", count(found.moments.1)) } else { String::new() }
}

/// The remedy that adds the target's past: words for its button, and what it does.
pub(super) fn lags(params: &Given) -> (String, String) {
    let lags = match params.get("lags") {
        Some(Value::Word(words)) => words.replace(", ", " and "),
        _ => "earlier".to_owned(),
    };
    let changes = matches!(params.get("changes"), Some(Value::Switch(true)));
    let more =
        if changes { "the target so many moments before, and its changes" } else { "the target so many moments before, never within the horizon" };
    (format!("Add lags of {lags}"), more.to_owned())
}
