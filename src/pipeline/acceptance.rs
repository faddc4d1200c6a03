//! What exactly was accepted: a finding's formula, score and columns in rounded terms, so that an acceptance ends when its reason may have.
//!
//! Numbers are compared with some slack ([`RELATIVE`], [`OF_SCORE`], [`OF_SHARE`], [`OF_RANGE`]): a file that only grew by some rows is the same
//! thing, another formula or another score is not.

use super::outcome::Outcome;
use crate::finding::{Evidence, Finding};
use crate::report::words::reopened::reopened;
use crate::settings::Accepted;
use crate::table::Table;
use crate::table::profile::profile_column;

/// Most columns described.
const DESCRIBED: usize = 6;
/// Numbers this near to each other are the same.
const RELATIVE: f64 = 0.1;
/// Scores this near to each other are the same.
const OF_SCORE: f64 = 0.02;
/// Shares of missing cells this near to each other are the same, in percent.
const OF_SHARE: f64 = 5.0;
/// Quantiles are the same when they moved by less than this share of their distance.
const OF_RANGE: f64 = 0.2;

/// A finding in rounded terms and values: severity, formula or score, and kind, missing cells and range of its columns.
#[must_use]
pub fn fingerprint(finding: &Finding, table: &Table) -> Vec<(String, String)> {
    let mut terms = vec![("severity".to_owned(), format!("{:?}", finding.severity).to_lowercase())];
    let mut add = |term: &str, value: String| terms.push((term.to_owned(), value));
    match &finding.evidence {
        Evidence::Derivation(d) => {
            add("the formula", d.formula.clone());
            add("the judgement", d.judgement.clone());
        }
        Evidence::LinearIdentity { terms, .. } => {
            add("the formula", terms.iter().map(|(name, weight)| format!("{weight:.3} × {name}")).collect::<Vec<_>>().join(" + "));
        }
        Evidence::Score { metric, value, .. } => add(&format!("score ({metric})"), format!("{value:.2}")),
        Evidence::SplitGap { metric, random, honest, .. } => add(&format!("score lost ({metric})"), format!("{:.2}", random - honest)),
        Evidence::Setting { name, value } => add(name, value.clone()),
        Evidence::Mapping { pairs, .. } => add("levels", pairs.len().to_string()),
        Evidence::Own { rule, value, .. } => add("the rule", format!("{rule} {value}")),
        _ => {}
    }
    for name in finding.columns.iter().take(DESCRIBED) {
        let Ok(column) = table.column(name) else { continue };
        let profile = profile_column(column);
        add(&format!("kind of {name}"), column.kind().id().to_owned());
        #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
        let missing = if column.is_empty() { 0.0 } else { 100.0 * profile.missing as f64 / column.len() as f64 };
        add(&format!("percent missing of {name}"), format!("{missing:.0}"));
        if let (Some(q), true) = (profile.quantiles, column.numbers().is_some()) {
            add(&format!("low of {name}"), rounded(q[2]));
            add(&format!("high of {name}"), rounded(q[6]));
        }
    }
    if finding.columns.len() > DESCRIBED {
        add("columns", finding.columns.join(", "));
    }
    terms
}

/// A number to three significant digits.
fn rounded(x: f64) -> String {
    format!("{x:.2e}").parse::<f64>().map_or_else(|_| String::new(), |v| v.to_string())
}

/// Terms that differ by more than their slack: term, then, now.
#[must_use]
pub fn differences(then: &[(String, String)], now: &[(String, String)]) -> Vec<(String, String, String)> {
    let of = |list: &[(String, String)], term: &str| list.iter().find(|t| t.0 == term).map(|t| t.1.clone()).unwrap_or_default();
    let range = |list: &[(String, String)], column: &str| {
        let end = |word: &str| of(list, &format!("{word} of {column}")).parse::<f64>().ok();
        end("high").zip(end("low")).map(|(high, low)| (high - low).abs())
    };
    let slack = |term: &str, a: f64, b: f64| {
        let column = term.strip_prefix("low of ").or_else(|| term.strip_prefix("high of "));
        match (term, column.and_then(|c| range(then, c))) {
            (_, Some(apart)) => OF_RANGE * apart,
            (t, _) if t.starts_with("score") => OF_SCORE,
            (t, _) if t.starts_with("percent") => OF_SHARE,
            _ => RELATIVE * a.abs().max(b.abs()),
        }
    };
    let terms = then.iter().map(|t| &t.0).chain(now.iter().map(|t| &t.0).filter(|term| then.iter().all(|t| t.0 != **term)));
    let differs = |term: &String| {
        let (a, b) = (of(then, term), of(now, term));
        let same = match (a.parse::<f64>(), b.parse::<f64>()) {
            (Ok(x), Ok(y)) => (x - y).abs() <= slack(term, x, y),
            _ => a == b,
        };
        (!same).then(|| (term.clone(), a, b))
    };
    terms.filter_map(differs).collect()
}

impl Outcome {
    /// A finding of the audit or of quality.
    #[must_use]
    pub fn finding(&self, id: &str) -> Option<&Finding> {
        [&self.audit, &self.quality].into_iter().flatten().flatten().flat_map(|c| &c.findings).find(|f| f.id == id)
    }

    /// Sorts what was accepted into what stands and what is open again, because the finding is not what it was.
    pub(super) fn weigh_accepted(&mut self, said: &[Accepted], table: Option<&Table>) {
        (self.accepted, self.reopened) = (Vec::new(), Vec::new());
        for accepted in said {
            let now = self.finding(&accepted.finding).zip(table).filter(|_| !accepted.fingerprint.is_empty()).map(|(f, t)| fingerprint(f, t));
            let changed = now.map(|now| differences(&accepted.fingerprint, &now)).unwrap_or_default();
            if changed.is_empty() {
                self.accepted.push(accepted.clone());
            } else {
                self.reopened.push((accepted.finding.clone(), reopened(&accepted.reason, &changed)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Certainty, Severity};
    use crate::table::Column;

    fn found(score: f64, values: Vec<f64>) -> Vec<(String, String)> {
        let table = Table::new(vec![Column::numeric("x", values, 1)]).unwrap();
        let evidence =
            Evidence::Score { metric: "roc_auc".into(), value: score, z: 9.0, z_needed: 3.0, n_rows: 100, method: "rank".into(), runner_up: None };
        fingerprint(&Finding::new("single_column", Severity::Warning, Certainty::Strong, &["x"], evidence), &table)
    }

    fn ramp(n: u32, times: f64) -> Vec<f64> {
        (0..n).map(|i| f64::from(i % 100) * times).collect()
    }

    #[test]
    fn some_more_rows_are_the_same_thing() {
        assert!(differences(&found(0.93, ramp(1000, 1.0)), &found(0.935, ramp(1100, 1.0))).is_empty());
    }

    #[test]
    fn another_score_another_range_and_more_holes_are_not() {
        let then = found(0.93, ramp(1000, 1.0));
        let changed = |now: Vec<(String, String)>| differences(&then, &now).into_iter().map(|d| d.0).collect::<Vec<_>>();
        assert_eq!(changed(found(0.97, ramp(1000, 1.0))), ["score (roc_auc)"]);
        assert_eq!(changed(found(0.93, ramp(1000, 2.0))), ["high of x"]);
        let holes = ramp(1000, 1.0).into_iter().enumerate().map(|(i, v)| if i % 3 == 0 { f64::NAN } else { v }).collect();
        assert_eq!(changed(found(0.93, holes)), ["percent missing of x"]);
    }
}
