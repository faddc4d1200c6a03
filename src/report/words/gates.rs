//! Gates in words: what is measured, what it came to, why, and what would change it.

use crate::decide::{Comparison, Decision, Doubt, Gate, GateResult, GateState, Quantity, Verdict};
use crate::evaluate::{Direction, metric};
use crate::finding::Finding;
use crate::report::block::{GateBlock, Interval, Mark, Outcome, Span, Spans, strong, text};
use crate::report::format::{NOT_COMPUTABLE, count, counted, interval, number, p_value, percent, points};
use crate::report::sections::shared::{difference_interval_of, difference_of, interval_of, metric_title, value_of};

impl From<Verdict> for Outcome {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Go => Self::Go,
            Verdict::Caution => Self::Caution,
            Verdict::NoGo => Self::NoGo,
        }
    }
}

/// Groups in the order they are shown.
pub const GROUPS: [&str; 5] = ["Data", "Skill", "Reliability", "Unseen rows", "Repeatability"];

/// Which of [`GROUPS`] a quantity belongs to.
#[must_use]
pub fn group_of(quantity: &Quantity) -> &'static str {
    match quantity {
        Quantity::OpenBlockers | Quantity::QualityScore | Quantity::ChecksRan | Quantity::MissingShare | Quantity::LargestCorrelation => GROUPS[0],
        Quantity::Metric { .. } | Quantity::GainOverBaseline | Quantity::LowerBound { .. } | Quantity::ShareOfBaseline { .. } => GROUPS[1],
        Quantity::FoldSpread | Quantity::WalkForward | Quantity::PermutationP => GROUPS[1],
        Quantity::CalibrationError | Quantity::ErrorPattern | Quantity::IntervalCoverage | Quantity::WorstSegment => GROUPS[2],
        Quantity::Holdout { .. } | Quantity::FoldToHoldoutGap => GROUPS[3],
        Quantity::GreenRuns { .. } => GROUPS[4],
    }
}

/// Name of a gate.
#[must_use]
pub fn title_of(quantity: &Quantity) -> String {
    match quantity {
        Quantity::Metric { metric } => metric_title(metric).to_owned(),
        Quantity::Holdout { metric } => format!("{} on the sealed rows", metric_title(metric)),
        Quantity::GainOverBaseline => "Gain over the baseline".into(),
        Quantity::FoldToHoldoutGap => "Loss from folds to sealed rows".into(),
        Quantity::OpenBlockers => "Blockers open".into(),
        Quantity::QualityScore => "Quality score".into(),
        Quantity::ChecksRan => "Audit checks that ran".into(),
        Quantity::LowerBound { metric } => format!("{}, worse end of its interval", metric_title(metric)),
        Quantity::ShareOfBaseline { metric } => format!("{} against the baseline", metric_title(metric)),
        Quantity::FoldSpread => "Spread over the folds".into(),
        Quantity::WalkForward => "Folds that beat the baseline".into(),
        Quantity::CalibrationError => "Calibration error".into(),
        Quantity::ErrorPattern => "Pattern in the errors".into(),
        Quantity::IntervalCoverage => "Prediction intervals hold".into(),
        Quantity::PermutationP => "Better than chance".into(),
        Quantity::WorstSegment => "Worst segment".into(),
        Quantity::MissingShare => "Missing cells".into(),
        Quantity::LargestCorrelation => "Largest correlation of two columns".into(),
        Quantity::GreenRuns { .. } => "Green runs in a row".into(),
    }
}

/// Small print: how it is measured, and on how many rows.
fn fine_of(result: &GateResult) -> String {
    let rows = result.n_rows.map_or_else(String::new, |n| format!(", {}", counted(n, "row", "rows")));
    match &result.gate.quantity {
        Quantity::Metric { .. } => format!("cross-validated{rows}"),
        Quantity::Holdout { .. } => format!("judged once{rows}"),
        Quantity::GainOverBaseline => format!("paired with the best baseline{rows}"),
        Quantity::FoldToHoldoutGap => format!("share of the cross-validated value; positive is worse{rows}"),
        Quantity::OpenBlockers => "findings of the audit and of quality; an accepted proven one stays open".into(),
        Quantity::QualityScore => "lowest of its dimensions, of 100".into(),
        Quantity::ChecksRan => "of those that apply".into(),
        Quantity::LowerBound { .. } => format!("of 95 %, cross-validated{rows}"),
        Quantity::ShareOfBaseline { .. } => format!("share of the best baseline’s, which is taken as it is{rows}"),
        Quantity::FoldSpread => "standard deviation of the main metric".into(),
        Quantity::WalkForward => "share of the folds, by the main metric; in time order each is a period".into(),
        Quantity::CalibrationError => format!("predicted less happened, mean over bins; 0 is best{rows}"),
        Quantity::ErrorPattern => format!("surest systematic miss of rows with like predictions{rows}"),
        Quantity::IntervalCoverage => format!("share of rows inside, less what is promised{rows}"),
        Quantity::PermutationP => "share of permuted targets on which it does as well".into(),
        Quantity::WorstSegment => format!("how much larger its mean error is than that of all rows{rows}"),
        Quantity::MissingShare => "of the columns learned from".into(),
        Quantity::LargestCorrelation => "of numeric columns learned from".into(),
        Quantity::GreenRuns { before } => format!("{} before this one in the registry", count((*before).into())),
    }
}

/// A value in the unit of a quantity; `main` is the main metric.
fn value_in(quantity: &Quantity, main: &str, value: f64) -> String {
    match quantity {
        Quantity::Metric { metric } | Quantity::Holdout { metric } | Quantity::LowerBound { metric } => value_of(metric, value),
        Quantity::GainOverBaseline => difference_of(main, value),
        Quantity::FoldSpread => value_of(main, value),
        Quantity::IntervalCoverage => points(value),
        quantity if is_share(quantity) => percent(value),
        Quantity::PermutationP => p_value(value),
        _ => number(value),
    }
}

fn interval_in(quantity: &Quantity, main: &str, ends: (f64, f64)) -> String {
    match quantity {
        Quantity::Metric { metric } | Quantity::Holdout { metric } => interval_of(metric, ends),
        Quantity::GainOverBaseline => difference_interval_of(main, ends),
        Quantity::IntervalCoverage => format!("{} to {}", points(ends.0), points(ends.1)),
        quantity if is_share(quantity) => format!("{} to {}", percent(ends.0), percent(ends.1)),
        _ => interval(ends.0, ends.1),
    }
}

/// Whether a quantity is a share, told in per cent.
fn is_share(quantity: &Quantity) -> bool {
    matches!(
        quantity,
        Quantity::FoldToHoldoutGap
            | Quantity::ChecksRan
            | Quantity::ShareOfBaseline { .. }
            | Quantity::WalkForward
            | Quantity::WorstSegment
            | Quantity::MissingShare
    )
}

/// The limits in words: "0.80", or "0.80, caution from 0.60".
fn limits_of(gate: &Gate, main: &str) -> String {
    let words = |limit| value_in(&gate.quantity, main, limit);
    match gate.caution {
        None => words(gate.limit),
        Some(caution) => {
            format!("{}, caution {} {}", words(gate.limit), if gate.comparison == Comparison::AtLeast { "from" } else { "up to" }, words(caution))
        }
    }
}

/// The sign of a gate's comparison.
fn sign_of(gate: &Gate) -> &'static str {
    match (gate.comparison, gate.quantity == Quantity::GainOverBaseline) {
        (Comparison::AtLeast, true) => ">",
        (Comparison::AtLeast, false) => "≥",
        (Comparison::AtMost, true) => "<",
        (Comparison::AtMost, false) => "≤",
    }
}

/// One gate as a block; `main` is the main metric's id.
#[must_use]
pub fn gate_block(result: &GateResult, main: &str) -> GateBlock {
    let gate = &result.gate;
    let (mark, state) = match result.state {
        GateState::Pass => (Mark::Safe, "pass"),
        GateState::Undecided => (Mark::Undecided, "undecided"),
        GateState::Fail => (Mark::Blocker, "fail"),
    };
    GateBlock {
        id: gate.id.clone(),
        title: title_of(&gate.quantity),
        fine: fine_of(result),
        mark,
        state: state.into(),
        value: result.value.map_or_else(|| NOT_COMPUTABLE.to_owned(), |v| value_in(&gate.quantity, main, v)),
        interval_text: result.interval.map(|ends| interval_in(&gate.quantity, main, ends)),
        bar: bar(result),
        comparison: sign_of(gate).into(),
        limit: limits_of(gate, main),
        editable: Some(gate.limit),
        caution: gate.caution,
        why: why(result, main),
    }
}

fn bar(result: &GateResult) -> Option<Interval> {
    let (low, high) = result.interval?;
    let estimate = result.value?;
    let axis = crate::chart::paint::scale::axis_around("", [low, high, estimate, result.gate.limit]);
    Some(Interval { estimate, low: Some(low), high: Some(high), from: axis.from, to: axis.to, limit: Some(result.gate.limit) })
}

/// Why a gate came to its state, in one sentence without a full stop.
fn why(result: &GateResult, main: &str) -> Spans {
    let gate = &result.gate;
    let side = if gate.comparison == Comparison::AtLeast { ("above", "below") } else { ("below", "above") };
    let says = match (result.state, result.doubt, result.interval) {
        (_, Some(Doubt::NotComputable), _) => not_measured(&gate.quantity).to_owned(),
        (_, Some(Doubt::NoInterval), _) => "too few rows for an interval, so the value shows little".to_owned(),
        (_, Some(Doubt::Between), _) => "between the limit for go and the one for caution".to_owned(),
        (GateState::Undecided, ..) => match result.n_rows {
            Some(n) => format!("the interval crosses the limit: {} cannot settle it", counted(n, "row", "rows")),
            None => "the interval crosses the limit".to_owned(),
        },
        (GateState::Pass, _, Some((low, high))) => {
            let nearest = if gate.comparison == Comparison::AtLeast { low } else { high };
            format!("the whole interval is {} the limit, by {}", side.0, distance(gate, main, nearest))
        }
        (GateState::Fail, _, Some((low, high))) => {
            let nearest = if gate.comparison == Comparison::AtLeast { high } else { low };
            format!("the whole interval is {} the limit, by {}", side.1, distance(gate, main, nearest))
        }
        (GateState::Pass, _, None) => "within the limit".to_owned(),
        (GateState::Fail, _, None) => match gate.quantity {
            Quantity::OpenBlockers => "a model that rests on them would not score like this in use".to_owned(),
            Quantity::QualityScore => "too much of the table breaks a rule for scores to be believed".to_owned(),
            Quantity::PermutationP => "shuffled targets are learned about as well".to_owned(),
            Quantity::LargestCorrelation => "two columns say nearly the same: which of them counts is by chance".to_owned(),
            _ => "beyond the limit".to_owned(),
        },
    };
    vec![text(says)]
}

fn distance(gate: &Gate, main: &str, end: f64) -> String {
    let apart = (end - gate.limit).abs();
    match &gate.quantity {
        Quantity::GainOverBaseline => value_of(main, apart),
        Quantity::IntervalCoverage => points(apart).trim_start_matches('+').to_owned(),
        quantity => value_in(quantity, main, apart),
    }
}

fn not_measured(quantity: &Quantity) -> &'static str {
    match quantity {
        Quantity::Metric { .. } => "not computable on the validation rows",
        Quantity::Holdout { .. } => "no row was sealed, or the metric is not computable on those that were",
        Quantity::GainOverBaseline => "there is no baseline with a score",
        Quantity::FoldToHoldoutGap => "it needs a score on the sealed rows and one in cross-validation that is not 0",
        Quantity::OpenBlockers => "no check ran",
        Quantity::QualityScore => "no rule of quality ran",
        Quantity::ChecksRan => "no check applies",
        Quantity::LowerBound { .. } => "the metric has no interval on the validation rows",
        Quantity::ShareOfBaseline { .. } => "it needs the metric of the model and one of the baseline that is not 0",
        Quantity::FoldSpread => "it needs the main metric of three folds",
        Quantity::WalkForward => "there is no baseline with a score in the same folds",
        Quantity::CalibrationError => "it is for classes, and needs validation rows",
        Quantity::ErrorPattern => "it needs validation rows in groups of five and more",
        Quantity::IntervalCoverage => "prediction intervals were not made",
        Quantity::PermutationP => "the permutation test was not run",
        Quantity::WorstSegment => "no segment was judged",
        Quantity::MissingShare => "there is no column to learn from",
        Quantity::LargestCorrelation => "it needs two numeric columns that vary",
        Quantity::GreenRuns { .. } => "no run was counted",
    }
}

/// What a decision of caution asks of those who use the model meanwhile, one condition each: a staging period, a person, and watching what is undecided.
#[must_use]
pub fn conditions(decision: &Decision) -> Vec<Spans> {
    let undecided = decision.gates.iter().filter(|g| g.state == GateState::Undecided);
    let watch = undecided.map(|g| {
        let what = title_of(&g.gate.quantity);
        let how = match g.doubt {
            Some(Doubt::NotComputable | Doubt::NoInterval) => "it was not measured, so measure it before going live",
            Some(Doubt::Between) => "it is between its two limits, so stop when it passes the one for caution",
            _ => "its interval crosses the limit, so judge it again with every batch of new rows",
        };
        vec![strong(format!("Watch {}: ", what.to_lowercase_first())), text(format!("{how}."))]
    });
    let staging =
        vec![strong("Staging period: "), text("run it beside what is in use today, without acting on it, until every gate passes or one fails.")];
    let review = vec![strong("Human review: "), text("a person confirms each prediction that is acted on, and notes those that were wrong.")];
    [staging, review].into_iter().chain(watch).collect()
}

/// What would have to change for a gate that does not pass; `None` when it passes.
#[must_use]
pub fn what_if(result: &GateResult, main: &str) -> Option<(Spans, String)> {
    let gate = &result.gate;
    let then = |words: &str| format!("{} {words}", title_of(&gate.quantity).to_lowercase_first());
    let limit = value_in(&gate.quantity, main, gate.limit);
    let is_point = result.interval.is_none();
    let reach = format!("{} reaches {} {limit} with its whole interval", title_of(&gate.quantity), sign_of(gate));
    match (result.state, result.doubt, &gate.quantity) {
        (GateState::Pass, ..) => None,
        (_, _, Quantity::OpenBlockers) => Some((vec![text("the blockers are answered by a remedy in the audit")], then("is 0"))),
        (_, _, Quantity::QualityScore) => Some((vec![text(format!("the lowest quality score rises to {limit}"))], then("passes"))),
        (_, _, Quantity::ChecksRan) => {
            Some((vec![text(format!("at least {limit} of the checks that apply have enough rows to run"))], then("passes")))
        }
        (_, Some(Doubt::NotComputable), Quantity::Holdout { .. } | Quantity::FoldToHoldoutGap) => {
            Some((vec![text("rows are sealed before training, enough to compute it")], then("can be judged")))
        }
        (_, _, Quantity::GreenRuns { .. }) => Some((vec![text(format!("{limit} runs in a row are green: every other gate passes"))], then("passes"))),
        (_, Some(Doubt::NotComputable), Quantity::PermutationP | Quantity::IntervalCoverage | Quantity::WorstSegment) => {
            Some((vec![text("it is measured: switch it on and run again")], then("can be judged")))
        }
        (_, Some(Doubt::NotComputable | Doubt::NoInterval), _) => Some((vec![text("more rows can be judged")], then("can be judged"))),
        (GateState::Undecided | GateState::Fail, ..) if is_point => {
            Some((vec![text(format!("{} comes to {} {limit}", title_of(&gate.quantity), sign_of(gate)))], then("passes")))
        }
        (GateState::Undecided, ..) => match rows_needed(result) {
            Some(n) => Some((vec![text(format!("about {} are judged and the value stays", counted(n, "row", "rows")))], then("passes"))),
            None => Some((vec![text(reach)], then("passes"))),
        },
        (GateState::Fail, ..) => Some((vec![text(reach)], then("passes"))),
    }
}

/// Rows at which an interval of the same value would no longer cross the limit: its width shrinks with the root of the rows.
fn rows_needed(result: &GateResult) -> Option<u64> {
    let ((low, high), value, n) = (result.interval?, result.value?, result.n_rows?);
    let gate = &result.gate;
    let (room, half) = match gate.comparison {
        Comparison::AtLeast => (value - gate.limit, value - low),
        Comparison::AtMost => (gate.limit - value, high - value),
    };
    if room <= 0.0 || half <= 0.0 {
        return None;
    }
    let times = (half / room) * (half / room);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "shown in words, bounded below")]
    let rows = |n: f64| if n < 1e12 { Some(two_digits(n.ceil() as u64)) } else { None };
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    rows(n as f64 * times * 1.02)
}

/// Rounded up to two digits: more would promise what it cannot keep.
fn two_digits(n: u64) -> u64 {
    let mut unit = 1;
    while n / unit >= 100 {
        unit *= 10;
    }
    n.div_ceil(unit) * unit
}

/// "11 pass, 2 undecided, 0 fail".
#[must_use]
pub fn tally(decision: &Decision) -> String {
    let of = |state| count(decision.count(state) as u64);
    format!("{} pass, {} undecided, {} fail", of(GateState::Pass), of(GateState::Undecided), of(GateState::Fail))
}

/// Whether less is better in this metric, in words.
#[must_use]
pub fn better(id: &str) -> &'static str {
    if metric(id).is_ok_and(|m| m.direction == Direction::Lower) { "lower is better" } else { "higher is better" }
}

trait LowerFirst {
    fn to_lowercase_first(&self) -> String;
}

impl LowerFirst for String {
    /// The first letter in lower case, unless the word is an abbreviation ("AUC").
    fn to_lowercase_first(&self) -> String {
        let mut letters = self.chars();
        match (letters.next(), letters.next()) {
            (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().collect::<String>() + &self[first.len_utf8()..],
            _ => self.clone(),
        }
    }
}

/// Open findings in words, each a sentence without its full stop: "casual and registered add up to cnt; ...".
#[must_use]
pub fn open_findings(ids: &[String], found: &[&Finding], target: &str) -> Spans {
    let mut says = Vec::new();
    for (i, id) in ids.iter().take(NAMED_FINDINGS).enumerate() {
        if i > 0 {
            says.push(text("; "));
        }
        match found.iter().find(|f| f.id == *id) {
            Some(finding) => says.extend(super::finding_block(finding, Some(target), None).title),
            None => says.push(Span::Code(id.clone())),
        }
    }
    if ids.len() > NAMED_FINDINGS {
        says.push(text(format!("; and {} more", count((ids.len() - NAMED_FINDINGS) as u64))));
    }
    says
}

/// Most open findings told in the verdict; the audit shows all.
const NAMED_FINDINGS: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::block::plain;

    fn result(quantity: Quantity, comparison: Comparison, limit: f64, value: f64, interval: (f64, f64), state: GateState) -> GateResult {
        let gate = Gate { id: "gate".into(), quantity, comparison, limit, caution: None };
        let doubt = (state == GateState::Undecided).then_some(Doubt::Crosses);
        GateResult { gate, state, value: Some(value), interval: Some(interval), n_rows: Some(100), doubt }
    }

    fn auc() -> Quantity {
        Quantity::Holdout { metric: "roc_auc".into() }
    }

    #[test]
    fn a_passing_gate_says_by_how_much() {
        let block = gate_block(&result(auc(), Comparison::AtLeast, 0.6, 0.7, (0.65, 0.75), GateState::Pass), "roc_auc");
        assert_eq!(plain(&block.why), "the whole interval is above the limit, by 0.05");
        assert_eq!((block.value.as_str(), block.interval_text.as_deref(), block.limit.as_str()), ("0.70", Some("0.65 to 0.75"), "0.60"));
        assert_eq!((block.title.as_str(), block.comparison.as_str(), block.mark), ("AUC on the sealed rows", "≥", Mark::Safe));
    }

    #[test]
    fn a_crossing_gate_says_how_many_rows_would_settle_it() {
        let crossing = result(auc(), Comparison::AtLeast, 0.6, 0.7, (0.5, 0.9), GateState::Undecided);
        let (what, then) = what_if(&crossing, "roc_auc").unwrap();
        // Twice too wide: four times the rows, and a little more.
        assert_eq!((plain(&what).as_str(), then.as_str()), ("about 410 rows are judged and the value stays", "AUC on the sealed rows passes"));
    }

    #[test]
    fn a_failing_gate_says_what_it_would_have_to_reach() {
        let failing = result(Quantity::GainOverBaseline, Comparison::AtLeast, 0.0, -0.1, (-0.2, -0.05), GateState::Fail);
        let block = gate_block(&failing, "r2");
        assert_eq!(plain(&block.why), "the whole interval is below the limit, by 0.05");
        let (what, then) = what_if(&failing, "r2").unwrap();
        assert_eq!(
            (plain(&what).as_str(), then.as_str()),
            ("Gain over the baseline reaches > 0 with its whole interval", "gain over the baseline passes")
        );
    }

    #[test]
    fn two_limits_are_told_and_a_value_between_them_says_so() {
        let mut between = result(auc(), Comparison::AtLeast, 0.8, 0.7, (0.65, 0.75), GateState::Undecided);
        (between.gate.caution, between.doubt) = (Some(0.6), Some(Doubt::Between));
        let block = gate_block(&between, "roc_auc");
        assert_eq!(block.limit, "0.80, caution from 0.60");
        assert_eq!(plain(&block.why), "between the limit for go and the one for caution");
    }

    #[test]
    fn caution_lists_a_staging_period_a_person_and_what_to_watch() {
        let gates = vec![result(auc(), Comparison::AtLeast, 0.6, 0.7, (0.5, 0.9), GateState::Undecided)];
        let told = conditions(&Decision { verdict: Verdict::Caution, gates, reasons: Vec::new() });
        assert_eq!(told.len(), 3);
        assert!(plain(&told[2]).starts_with("Watch AUC on the sealed rows: its interval crosses"));
    }

    #[test]
    fn what_was_not_measured_says_what_it_needs() {
        let mut missing = result(auc(), Comparison::AtLeast, 0.6, 0.7, (0.5, 0.9), GateState::Undecided);
        (missing.value, missing.interval, missing.doubt) = (None, None, Some(Doubt::NotComputable));
        let block = gate_block(&missing, "roc_auc");
        assert_eq!(block.value, NOT_COMPUTABLE);
        assert!(plain(&block.why).starts_with("no row was sealed"));
        assert!(block.bar.is_none());
    }
}
