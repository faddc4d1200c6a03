//! The pictures of a finding in words and numbers: the window on the time axis, and the target by the values of a column.

use crate::chart::figures::bar;
use crate::chart::window::{Window, row_name};
use crate::chart::{Bar, Figure};
use crate::finding::{ByValue, Derived, SeenRows, Severity, ValueGroup};
use crate::report::format::{count, counted, number, percent};

/// The class that colours a severity.
fn class(severity: Severity) -> &'static str {
    match severity {
        Severity::Blocker => "blocker",
        Severity::Warning => "warning",
        Severity::Note => "quiet",
        Severity::Safe => "safe",
    }
}

/// Rows in words: "t−2 to t", "all rows"; the row itself is "t".
pub(crate) fn rows(first: Option<i32>, latest: Option<i32>) -> String {
    match (first, latest) {
        (_, None) => "all rows".to_owned(),
        (None, Some(last)) => format!("all rows up to {}", row_name(last)),
        (Some(first), Some(last)) if first == last => row_name(last),
        (Some(first), Some(last)) => format!("{} to {}", row_name(first), row_name(last)),
    }
}

/// What a derived column reads, on the axis of the row to be predicted; `None` for formulas over the same row only.
pub(super) fn window(derived: &Derived, severity: Severity, target: &str) -> Option<Window> {
    let lanes = &derived.window;
    let over_rows = |l: &SeenRows| l.latest.is_none() || l.first != l.latest || l.latest != Some(0) || l.column == target;
    if !lanes.iter().any(over_rows) {
        return None;
    }
    let reads: Vec<String> = lanes.iter().map(|l| format!("{} of {}", rows(l.first, l.latest), l.column)).collect();
    let after = lanes.iter().any(|l| l.latest.is_none_or(|row| row > derived.known));
    let so = match (after, severity) {
        (false, _) => "All of that is known when predicting",
        (true, Severity::Note) => "What is of row t is known when predicting only if those columns are known that early",
        (true, _) => "Some of that is not known when predicting",
    };
    Some(Window {
        lanes: lanes.iter().map(|l| (l.column.clone(), l.first, l.latest)).collect(),
        known: derived.known,
        class: class(severity).to_owned(),
        names: (derived.column.clone(), target.to_owned()),
        says: format!(
            "{} reads {}. {so}: t is the {} predicted, {} the last known.",
            derived.column,
            reads.join(", "),
            derived.unit,
            row_name(derived.known)
        ),
    })
}

/// The target by the values of a column, as bars.
pub(super) fn by_value(found: &ByValue, target: &str) -> Figure {
    let what = if found.class.is_empty() { format!("mean of {target}") } else { format!("share of “{}”", found.class) };
    let bars: Vec<Bar> = found.groups.iter().map(|g| (label(g), g.target, None)).collect();
    let least = found.groups.iter().map(|g| g.target).fold(f64::INFINITY, f64::min);
    let most = found.groups.iter().map(|g| g.target).fold(f64::NEG_INFINITY, f64::max);
    let told = |x: f64| if found.class.is_empty() { number(x) } else { percent(x) };
    let n: u64 = found.groups.iter().map(|g| g.rows).sum();
    let how = if found.groups.iter().any(|g| g.level.is_some()) {
        "by level, the most frequent first"
    } else {
        "cut at the deciles, equal values together"
    };
    let mut figure = bar(
        &format!("by_value_{}", found.column),
        &format!("The {what} goes from {} to {} over {}", told(least), told(most), found.column),
        &format!("{} {how}; groups of fewer than 5 rows are not shown.", counted(n, "row", "rows")),
        &what,
        &bars,
    );
    let rows = found.groups.iter().map(|g| vec![label(g), told(g.target), count(g.rows)]).collect();
    figure.table = ([found.column.clone(), what, "rows".to_owned()].to_vec(), rows);
    figure
}

fn label(group: &ValueGroup) -> String {
    match (&group.level, group.from, group.to) {
        (Some(level), ..) if level.is_empty() => "cell present".to_owned(),
        (Some(level), ..) => level.clone(),
        (None, None, None) => "cell empty".to_owned(),
        (None, None, Some(to)) => format!("below {}", number(to)),
        (None, Some(from), None) => format!("{} and more", number(from)),
        (None, Some(from), Some(to)) => format!("{} to below {}", number(from), number(to)),
    }
}
