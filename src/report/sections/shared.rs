//! What several sections say alike: values in their unit, intervals, methods, how rows were dealt.

use crate::chart::paint::scale::axis_around;
use crate::evaluate::interval::{Method, Unit as Drawn};
use crate::evaluate::metrics::Unit;
use crate::evaluate::{Estimate, metric};
use crate::report::block::{Cell, Head, Interval};
use crate::report::format::{NOT_COMPUTABLE, counted, interval, number, percent, points, signed};
use crate::split::Strategy;
use serde::{Deserialize, Serialize};

/// How the rows were dealt, after guessing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitFacts {
    /// How; never `Auto`.
    pub strategy: Strategy,
    /// Folds of cross-validation.
    pub folds: u32,
    /// How often the rows were dealt to folds.
    pub repeats: u32,
    /// In time order: the latest distinct stamps a fold learns from; 0: all earlier ones.
    pub window: u32,
    /// In time order: distinct stamps after each judged block that later folds do not learn from.
    pub embargo: u32,
    /// Rows learned from in the end, and judged by turns.
    pub n_development: u64,
    /// Rows judged over all folds.
    pub n_validated: u64,
    /// Rows sealed.
    pub n_holdout: u64,
    /// Rows in no part.
    pub n_left_out: u64,
}

/// The strategy in words ("in time order").
pub(super) fn dealt(strategy: Strategy) -> &'static str {
    match strategy {
        Strategy::Auto => "as the table suggests",
        Strategy::Random => "by chance",
        Strategy::Stratified => "by chance, evenly over the target",
        Strategy::Grouped => "by entity",
        Strategy::TimeOrdered => "in time order",
    }
}

/// How often and to how many folds the rows were dealt, in words ("5 folds dealt by chance, 3 times anew").
pub(super) fn dealing(split: &SplitFacts) -> String {
    let mut says = format!("{} dealt {}", counted(split.folds.into(), "fold", "folds"), dealt(split.strategy));
    if split.repeats > 1 {
        says.push_str(&format!(", {} times anew", split.repeats));
    }
    if split.strategy == Strategy::TimeOrdered && split.window > 0 {
        says.push_str(&format!(", learning from the last {}", counted(split.window.into(), "stamp", "stamps")));
    }
    if split.strategy == Strategy::TimeOrdered && split.embargo > 0 {
        says.push_str(&format!(", {} under embargo after each judged block", counted(split.embargo.into(), "stamp", "stamps")));
    }
    says
}

/// Name of a metric on screen; the id when it is not one of ours.
pub(crate) fn metric_title(id: &str) -> &str {
    metric(id).map_or(id, |m| m.title)
}

/// A value of a metric in its unit.
pub(crate) fn value_of(id: &str, value: f64) -> String {
    if unit(id) == Unit::Percent { percent(value) } else { number(value) }
}

/// An interval of a metric in its unit.
pub(crate) fn interval_of(id: &str, (low, high): (f64, f64)) -> String {
    if unit(id) == Unit::Percent { format!("{} to {}", percent(low), percent(high)) } else { interval(low, high) }
}

/// A difference in a metric with its sign.
pub(crate) fn difference_of(id: &str, value: f64) -> String {
    if unit(id) == Unit::Percent { points(value) } else { signed(value) }
}

/// An interval of a difference, with signs ("+0.19 to +0.41").
pub(crate) fn difference_interval_of(id: &str, (low, high): (f64, f64)) -> String {
    format!("{} to {}", difference_of(id, low), difference_of(id, high))
}

fn unit(id: &str) -> Unit {
    metric(id).map_or(Unit::Ratio, |m| m.unit)
}

/// "0.52 (0.44 to 0.60)", or what there is of it.
pub(super) fn in_words(estimate: &Estimate) -> String {
    match (estimate.value, estimate.interval()) {
        (None, _) => NOT_COMPUTABLE.to_owned(),
        (Some(value), None) => value_of(&estimate.metric, value),
        (Some(value), Some(ends)) => format!("{} ({})", value_of(&estimate.metric, value), interval_of(&estimate.metric, ends)),
    }
}

/// A cell with a value and, quieter, its interval.
pub(super) fn estimate_cell(estimate: Option<&Estimate>) -> Cell {
    let value = estimate.and_then(|e| e.value);
    let fine = estimate.and_then(|e| Some(interval_of(&e.metric, e.interval()?)));
    let text = estimate.zip(value).map_or_else(|| NOT_COMPUTABLE.to_owned(), |(e, v)| value_of(&e.metric, v));
    Cell::Number { text, value, fine }
}

/// A cell with a difference and, quieter, its interval; says so when the interval includes 0.
pub(super) fn difference_cell(estimate: &Estimate) -> Cell {
    let includes = |(low, high): (f64, f64)| if low <= 0.0 && high >= 0.0 { "; includes 0" } else { "" };
    let fine = estimate.interval().map(|ends| format!("{}{}", difference_interval_of(&estimate.metric, ends), includes(ends)));
    let text = estimate.value.map_or_else(|| NOT_COMPUTABLE.to_owned(), |v| difference_of(&estimate.metric, v));
    Cell::Number { text, value: estimate.value, fine }
}

/// Words in a cell.
pub(super) fn words(text: impl Into<String>) -> Cell {
    Cell::Text { text: text.into() }
}

/// A count in a cell.
#[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
pub(super) fn count_cell(n: u64) -> Cell {
    Cell::Number { text: crate::report::format::count(n), value: Some(n as f64), fine: None }
}

/// Heads of a table; those whose name begins with `#` hold numbers.
pub(super) fn heads(names: &[&str]) -> Vec<Head> {
    names.iter().map(|n| Head { text: n.trim_start_matches('#').to_owned(), numeric: n.starts_with('#') }).collect()
}

/// How intervals were made ("95 % intervals from 1,000 bootstrap resamples of rows within each fold").
pub(super) fn method_in_words(method: Method) -> String {
    let unit = |u: Drawn| match u {
        Drawn::Rows => "rows",
        Drawn::Blocks => "blocks of neighbouring rows",
        Drawn::Entities => "whole entities",
    };
    match method {
        Method::Bootstrap { unit: u, resamples } => {
            format!("95 % intervals from {} of {} within each fold", counted(resamples.into(), "bootstrap resample", "bootstrap resamples"), unit(u))
        }
        Method::Corrected { unit: u, resamples } => {
            let how = counted(resamples.into(), "bootstrap resample", "bootstrap resamples");
            format!("95 % intervals from {how} of {} within each fold, bias-corrected and accelerated (BCa)", unit(u))
        }
        Method::Sections { unit: u, sections } => format!("95 % intervals (Student’s t) from {sections} sections of {}", unit(u)),
        Method::Repeats { repeats } => format!("95 % intervals (Student’s t) from {repeats} repetitions"),
    }
}

/// A scale that shows all these estimates, and a limit if there is one.
pub(super) fn scale(estimates: &[&Estimate], limit: Option<f64>) -> (f64, f64) {
    let ends = estimates.iter().flat_map(|e| [e.value, e.low, e.high]).flatten();
    let axis = axis_around("", ends.chain(limit).filter(|v| v.is_finite()));
    (axis.from, axis.to)
}

/// The interval bar of an estimate on a scale.
pub(super) fn bar(estimate: &Estimate, (from, to): (f64, f64), limit: Option<f64>) -> Option<Interval> {
    Some(Interval { estimate: estimate.value?, low: estimate.low, high: estimate.high, from, to, limit })
}
