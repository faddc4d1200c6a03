//! One finding in words. What is common to all findings is said here: evidence, remedies, price; the sentences of each check stand
//! in `audit`, those of each rule in `quality`.

use super::remedy::remedy;
use super::{audit, lineage, measured, over_time, patterns, picture, quality, worked};
use crate::chart::window::Window;
use crate::finding::{Evidence, Finding, Price, Remedy, Share, Spelling, Status};
use crate::report::block::{FindingBlock, Interval, Mark, RemedyBlock, Span, Spans, TableBlock, column, text};
use crate::report::format::{count, counted, interval, number, p_value, percent};
use crate::report::suppress::{cells, few};

/// Most columns named in a title or on a button.
const NAMED: usize = 4;
/// Most spellings quoted in a row.
const QUOTED: usize = 6;

/// What the sentences of one finding say.
pub(super) struct Told {
    /// One sentence without its full stop: what was found.
    pub title: Spans,
    /// What it means and what to do.
    pub meaning: Spans,
}

impl Told {
    pub fn new(title: Spans, meaning: impl Into<String>) -> Self {
        Self { title, meaning: vec![text(meaning)] }
    }
}

/// A finding in words. `target` is the name of the target column, where one is chosen; `accepted` the reason it was accepted for, if it was.
#[must_use]
pub fn finding_block(finding: &Finding, target: Option<&str>, accepted: Option<&str>) -> FindingBlock {
    let target = target.unwrap_or("the target");
    let told = lineage::tell(finding, target)
        .or_else(|| audit::tell(finding, target))
        .or_else(|| measured::tell(finding, target))
        .or_else(|| quality::tell(finding, target))
        .or_else(|| patterns::tell(finding))
        .or_else(|| over_time::tell(finding, target))
        .unwrap_or_else(|| unknown(finding));
    FindingBlock {
        id: finding.id.clone(),
        check: finding.check.clone(),
        severity: finding.severity,
        certainty: finding.certainty,
        columns: finding.columns.clone(),
        title: told.title,
        window: window(finding, target),
        figure: finding.by_value.as_ref().map(|found| picture::by_value(found, target)),
        formula: formula(&finding.evidence, &finding.columns, target),
        meaning: told.meaning,
        evidence: evidence(finding).into_iter().map(|(term, value)| (term.to_owned(), vec![text(value)])).collect(),
        worked: worked(&finding.evidence, target),
        price: finding.price.as_ref().map(price),
        remedies: finding.remedies.iter().map(remedy_block).collect(),
        accepted: accepted.map(str::to_owned),
    }
}

/// What a check or rule did: shape, word and reason.
#[must_use]
pub fn status(status: &Status) -> (Mark, &'static str, Option<&str>) {
    match status {
        Status::Ran => (Mark::Safe, "ran", None),
        Status::Skipped(why) => (Mark::Quiet, "skipped", Some(why)),
        Status::Underpowered(why) => (Mark::Undecided, "underpowered", Some(why)),
    }
}

fn remedy_block(edit: &Remedy) -> RemedyBlock {
    let (title, does) = remedy(edit);
    RemedyBlock { title, does, remedy: edit.clone() }
}

fn unknown(finding: &Finding) -> Told {
    let mut title = names(&finding.columns);
    title.push(text(format!(" {}", finding.check.replace('_', " "))));
    Told::new(title, "")
}

/// `target = a + b`, or the mapping of levels.
fn formula(evidence: &Evidence, columns: &[String], target: &str) -> Option<Spans> {
    match evidence {
        Evidence::Derivation(derived) => Some(lineage::formula(derived)),
        Evidence::LinearIdentity { terms, constant, .. } => {
            let mut spans = vec![column(target), text(" = ")];
            let mut first = true;
            if *constant != 0.0 {
                spans.push(text(number(*constant)));
                first = false;
            }
            for (name, weight) in terms {
                let sign = match (first, *weight < 0.0) {
                    (true, false) => "",
                    (true, true) => "\u{2212}",
                    (false, false) => " + ",
                    (false, true) => " \u{2212} ",
                };
                let times = if (weight.abs() - 1.0).abs() < 1e-12 { String::new() } else { format!("{} × ", number(weight.abs())) };
                spans.push(text(format!("{sign}{times}")));
                spans.push(column(name));
                first = false;
            }
            Some(spans)
        }
        Evidence::Mapping { pairs, .. } if !pairs.is_empty() => {
            let mapped: Vec<String> = pairs.iter().take(QUOTED).map(|(level, class)| format!("“{level}” is “{class}”")).collect();
            let more = if pairs.len() > QUOTED { ", …" } else { "" };
            Some(vec![column(columns.first().map_or("", String::as_str)), text(format!(": {}{more}", mapped.join(", ")))])
        }
        _ => None,
    }
}

fn evidence(finding: &Finding) -> Vec<(&'static str, String)> {
    match &finding.evidence {
        Evidence::Share { share } => vec![(if finding.columns.is_empty() { "rows" } else { "cells" }, part(*share))],
        Evidence::LinearIdentity { matched, largest_residual, tolerance, bits, bits_needed, .. } => vec![
            ("rows that match", of(*matched)),
            ("largest residual", residual(*largest_residual, *tolerance)),
            ("bits against chance", needed(*bits, *bits_needed)),
        ],
        Evidence::Mapping { matched, bits, bits_needed, .. } => {
            vec![("rows that match", of(*matched)), ("bits against chance", needed(*bits, *bits_needed))]
        }
        Evidence::Score { metric, value, z, z_needed, n_rows, method, runner_up } => {
            let mut terms = vec![(metric_name(metric), format!("{}, {}", number(*value), method_name(method)))];
            terms.push(("distance from chance", format!("{} standard errors, {} needed", number(*z), number(*z_needed))));
            terms.push(("rows used", count(*n_rows)));
            terms.extend(runner_up.map(|r| ("next best column", number(r))));
            terms
        }
        Evidence::Overlap { observed, expected, of, conflicting } => {
            let mut terms = vec![("rows with a twin", part(Share { count: *observed, of: *of })), ("expected by chance", about_rows(*expected))];
            if *conflicting > 0 {
                terms.push(("equal features, other class", counted(*conflicting, "row", "rows")));
            }
            terms
        }
        Evidence::Spellings { spellings, share } => vec![("cells", part(*share)), ("spellings", tallied(spellings))],
        Evidence::Range { low, high, share } if finding.check == "impossible_dates" => {
            let _ = (low, high); // moments in milliseconds tell a reader nothing
            vec![("cells outside", part(*share))]
        }
        Evidence::Range { share, .. } if finding.check == "mixed_scales" => vec![("cells of the smaller group", part(*share))],
        Evidence::Range { low, high, share } => {
            let usual = match (low, high) {
                (Some(low), Some(high)) => interval(*low, *high),
                (Some(low), None) => format!("from {}", number(*low)),
                (None, Some(high)) => format!("up to {}", number(*high)),
                (None, None) => "anything".to_owned(),
            };
            vec![("outer fences", usual), ("cells outside", part(*share))]
        }
        Evidence::Distinct { distinct, present } => {
            vec![("different values", count(*distinct)), ("cells present", count(*present))]
        }
        Evidence::Classes { counts } => vec![("rows by class", classes(counts))],
        Evidence::Order { monotone, association, p_value: p } => {
            let mut terms = vec![("steps in one direction", percent(*monotone))];
            terms.extend(p.map(|p| ("association with the target", format!("{}, {} by 200 circular shifts", number(*association), p_value(p)))));
            terms
        }
        Evidence::Derivation(derived) => lineage::evidence(derived),
        Evidence::Setting { .. } => Vec::new(),
        Evidence::OverTime { series } => over_time::evidence(series),
        Evidence::Effects { .. } | Evidence::Own { .. } => patterns::evidence(&finding.evidence),
        Evidence::SplitGap { .. }
        | Evidence::Pure { .. }
        | Evidence::Together { .. }
        | Evidence::Nearness { .. }
        | Evidence::Prepared { .. }
        | Evidence::Synthetic { .. }
        | Evidence::CrossValidated { .. } => measured::evidence(&finding.evidence),
    }
}

fn worked(evidence: &Evidence, target: &str) -> Option<TableBlock> {
    match evidence {
        Evidence::LinearIdentity { terms, constant, examples, .. } => worked::sum(terms, *constant, examples),
        Evidence::Derivation(derived) => worked::derivation(derived, target),
        _ => None,
    }
}

fn window(finding: &Finding, target: &str) -> Option<Window> {
    if let Evidence::Derivation(derived) = &finding.evidence { picture::window(derived, finding.severity, target) } else { None }
}

/// A number to twelve significant digits.
pub(super) fn trimmed(x: f64) -> f64 {
    format!("{x:.11e}").parse().unwrap_or(x)
}

fn price(price: &Price) -> (String, Option<Interval>) {
    let words = format!(
        "{} {} → {} without; difference {} ({})",
        metric_name(&price.metric),
        number(price.with),
        number(price.without),
        number(price.with - price.without),
        interval(price.low, price.high)
    );
    let bar = Interval {
        estimate: price.with - price.without,
        low: Some(price.low),
        high: Some(price.high),
        from: price.low.min(0.0),
        to: price.high.max(0.0),
        limit: Some(0.0),
    };
    (words, Some(bar))
}

/// Name of a metric in running text.
#[must_use]
pub fn metric_name(id: &str) -> &'static str {
    match id {
        "roc_auc" => "ROC AUC",
        "roc_auc_macro" => "mean ROC AUC, one class against the rest",
        "spearman" => "rank correlation",
        "r2" => "R²",
        "rmse" => "RMSE",
        "mae" => "MAE",
        "accuracy" => "accuracy",
        "log_loss" => "log-loss",
        "average_precision" => "average precision",
        _ => "score",
    }
}

fn method_name(id: &str) -> &'static str {
    match id {
        "rank" => "by the order of its values",
        "changes" => "by the order of its changes from one moment to the next",
        "target_mean" => "by the mean of the target in each level, out of fold",
        "tree" => "by a small tree on its values, out of fold",
        "is_missing" | "one_class" | "filled_after" => "by whether the cell is missing",
        "easy_task" => "the best of these columns",
        _ => "as documented",
    }
}

fn residual(largest: f64, tolerance: f64) -> String {
    if largest <= tolerance {
        format!("{} \u{2264} {}", number(largest), number(tolerance))
    } else {
        format!("{} in the rows that do not match; {} is rounding", number(largest), number(tolerance))
    }
}

fn needed(bits: f64, bar: f64) -> String {
    format!("{}, {} needed", number(bits.round()), number(bar.round()))
}

/// An expected number of rows: "12.5", or "none" below one half.
pub(super) fn about_rows(expected: f64) -> String {
    if expected < 0.5 { "none".to_owned() } else { format!("about {}", number(expected)) }
}

/// "12 of 400".
pub(super) fn of(share: Share) -> String {
    format!("{} of {}", count(share.count), count(share.of))
}

/// "12 of 400 (3.0 %)".
pub(super) fn part(share: Share) -> String {
    format!("{} ({})", of(share), percent(share.ratio()))
}

/// Column names as spans: "a, b and c".
pub(super) fn names(columns: &[String]) -> Spans {
    let shown = if columns.len() > NAMED { NAMED - 1 } else { columns.len() };
    let mut spans: Spans = Vec::new();
    for (i, name) in columns.iter().take(shown).enumerate() {
        if i > 0 {
            spans.push(text(if i + 1 == columns.len() { " and " } else { ", " }));
        }
        spans.push(column(name));
    }
    if columns.len() > shown {
        spans.push(text(format!(" and {} more", columns.len() - shown)));
    }
    spans
}

/// Column names in plain words.
pub(super) fn listed(columns: &[String]) -> String {
    crate::report::block::plain(&names(columns))
}

/// “a”, “b” and 3 more.
pub(super) fn quoted(texts: &[String]) -> String {
    let shown: Vec<String> = texts.iter().take(QUOTED).map(|t| format!("“{t}”")).collect();
    let more = if texts.len() > QUOTED { format!(" and {} more", texts.len() - QUOTED) } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

/// Rows by class, without counts from which a row could be known.
fn classes(counts: &[Spelling]) -> String {
    let rows = cells(&counts.iter().map(|c| c.count).collect::<Vec<_>>());
    let shown: Vec<String> =
        counts.iter().zip(rows).take(QUOTED).map(|(c, n)| format!("“{}” {}", c.text, n.unwrap_or_else(|| "–".to_owned()))).collect();
    let more = if counts.len() > QUOTED { format!(" and {} more", counts.len() - QUOTED) } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

/// "12 of 400 (3.0 %)", or "< 5 of 400".
pub(super) fn few_part(share: Share) -> String {
    if few(share.count) == count(share.count) { part(share) } else { format!("{} of {}", few(share.count), count(share.of)) }
}

fn tallied(spellings: &[Spelling]) -> String {
    let shown: Vec<String> = spellings.iter().take(QUOTED).map(|s| format!("“{}” {}", s.text, count(s.count))).collect();
    let more = if spellings.len() > QUOTED { format!(" and {} more", spellings.len() - QUOTED) } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

/// The columns' names, then words.
pub(super) fn about(columns: &[String], words: impl Into<String>) -> Spans {
    let mut spans = names(columns);
    spans.push(Span::Text(words.into()));
    spans
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::CHECKS;
    use crate::finding::{Certainty, Severity, WorkedRow};
    use crate::quality::RULES;
    use crate::report::block::plain;

    fn bikes() -> Finding {
        let evidence = Evidence::LinearIdentity {
            terms: vec![("casual".into(), 1.0), ("registered".into(), 1.0)],
            constant: 0.0,
            matched: Share { count: 17_379, of: 17_379 },
            largest_residual: 0.0,
            tolerance: 9.77e-7,
            bits: 98_000.4,
            bits_needed: 40.0,
            examples: vec![WorkedRow { row: 26, parts: vec![3.0, 13.0], expected: 16.0, found: 16.0 }],
        };
        Finding::new("target_sum", Severity::Blocker, Certainty::Proven, &["casual", "registered"], evidence)
            .remedies(vec![Remedy::DropColumns { columns: vec!["casual".into(), "registered".into()] }])
    }

    #[test]
    fn a_proof_is_told_with_formula_rows_and_remedy() {
        let block = finding_block(&bikes(), Some("cnt"), None);
        assert_eq!(plain(&block.formula.unwrap()), "cnt = casual + registered");
        assert_eq!(plain(&block.title), "casual and registered add up to cnt");
        assert_eq!(plain(&block.evidence[0].1), "17,379 of 17,379");
        assert_eq!(block.remedies[0].title, "Drop casual and registered");
        let worked = block.worked.unwrap();
        assert!(worked.rows.iter().all(|r| r.len() == worked.head.len()));
    }

    #[test]
    fn weights_and_constants_are_signed() {
        let mut finding = bikes();
        let Evidence::LinearIdentity { terms, constant, .. } = &mut finding.evidence else { panic!("evidence") };
        *constant = 32.0;
        terms[0].1 = -1.8;
        assert_eq!(plain(&formula(&finding.evidence, &[], "y").unwrap()), "y = 32 \u{2212} 1.80 × casual + registered");
    }

    #[test]
    fn every_check_and_rule_has_its_own_sentences() {
        let evidence = Evidence::Share { share: Share { count: 3, of: 9 } };
        for id in CHECKS.iter().map(|c| c.id).chain(RULES.iter().map(|r| r.id)) {
            for severity in [Severity::Blocker, Severity::Warning, Severity::Note] {
                let finding = Finding::new(id, severity, Certainty::Ask, &["a"], evidence.clone());
                let block = finding_block(&finding, Some("y"), None);
                assert!(!plain(&block.title).is_empty() && plain(&block.meaning).len() > 20, "{id}");
                assert!(!plain(&block.title).contains('_') && !plain(&block.title).ends_with('.'), "{id}");
            }
        }
    }

    #[test]
    fn long_lists_are_cut() {
        let columns: Vec<String> = ('a'..='h').map(String::from).collect();
        assert_eq!(plain(&names(&columns)), "a, b, c and 5 more");
        assert_eq!(plain(&names(&columns[..2])), "a and b");
    }
}
