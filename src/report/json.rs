//! JSON twins: of the audit, for `watertight audit --json`, and of the whole report.
//!
//! Keys stand in the order written here, floats are the shortest text that reads back exactly, numbers that are not computable
//! are `null`, and every document ends with a newline: the same results give the same bytes.

use super::block::Report;
use crate::audit::honesty::SplitMatrix;
use crate::audit::power::Power;
use crate::error::{Error, Result};
use crate::finding::{Certainty, Checked, Evidence, Finding, Price, Remedy, Severity, Status};
use crate::math::sort;
use crate::task::Task;
use serde::Serialize;

/// The version of Watertight that writes the documents.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The file the results are about.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InputRecord {
    /// File name.
    pub name: String,
    /// SHA-256 of its bytes, lower-case hexadecimal.
    pub sha256: String,
    /// Rows read.
    pub n_rows: u64,
    /// Columns read.
    pub n_columns: u64,
}

/// What one check did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CheckRecord {
    /// Check id.
    pub id: String,
    /// "ran", "skipped" or "underpowered".
    pub status: &'static str,
    /// Why it did not run or could not see; `null` when it ran.
    pub reason: Option<String>,
    /// Rows used.
    pub n_rows: u64,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FindingRecord {
    /// Finding id.
    pub id: String,
    /// Check that found it.
    pub check: String,
    /// "blocker", "warning", "note" or "safe".
    pub severity: Severity,
    /// "proven", "strong" or "ask".
    pub certainty: Certainty,
    /// Columns concerned.
    pub columns: Vec<String>,
    /// Formula in plain words and signs, if there is one.
    pub formula: Option<String>,
    /// The numbers.
    pub evidence: Evidence,
    /// What would answer it best.
    pub remedy: Option<Remedy>,
    /// What it is worth, if it was measured.
    pub price: Option<Price>,
}

impl FindingRecord {
    /// The record of `finding`; `formula` is its formula in plain words and signs.
    #[must_use]
    pub fn new(finding: &Finding, formula: Option<String>) -> Self {
        Self {
            id: finding.id.clone(),
            check: finding.check.clone(),
            severity: finding.severity,
            certainty: finding.certainty,
            columns: finding.columns.clone(),
            formula,
            evidence: finding.evidence.clone(),
            remedy: finding.remedies.first().cloned(),
            price: finding.price.clone(),
        }
    }
}

/// The whole result of an audit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AuditDocument {
    /// Version of Watertight.
    pub watertight: String,
    /// The file.
    pub input: InputRecord,
    /// The task.
    pub task: Task,
    /// Checks, in their order.
    pub checks: Vec<CheckRecord>,
    /// Findings, blockers first, then in the order of the checks.
    pub findings: Vec<FindingRecord>,
    /// What the split alone is worth, if that was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub splits: Option<SplitMatrix>,
    /// What the audit would find of planted leaks, if that was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub power: Option<Power>,
}

impl AuditDocument {
    /// The document of these checks; `formula` gives a finding's formula in plain words and signs.
    #[must_use]
    pub fn new(input: InputRecord, task: &Task, checked: &[Checked], formula: impl Fn(&Finding) -> Option<String>) -> Self {
        let mut findings: Vec<FindingRecord> = checked.iter().flat_map(|c| &c.findings).map(|f| FindingRecord::new(f, formula(f))).collect();
        sort::by_key(&mut findings, |f| f.severity);
        let checks = checked
            .iter()
            .map(|c| {
                let (status, reason) = match &c.status {
                    Status::Ran => ("ran", None),
                    Status::Skipped(why) => ("skipped", Some(why.clone())),
                    Status::Underpowered(why) => ("underpowered", Some(why.clone())),
                };
                CheckRecord { id: c.id.clone(), status, reason, n_rows: c.n_rows }
            })
            .collect();
        Self { watertight: VERSION.to_owned(), input, task: task.clone(), checks, findings, splits: None, power: None }
    }
}

/// The audit as JSON, indented, with a final newline.
///
/// # Errors
/// Internal: a value cannot be written, which no value of these types does.
pub fn audit_json(document: &AuditDocument) -> Result<String> {
    written(document)
}

/// The JSON of a run: provenance, the audit document, and every section with its blocks.
#[derive(Serialize)]
struct ReportDocument<'a> {
    watertight: &'a str,
    title: &'a str,
    provenance: Vec<Provenance<'a>>,
    audit: &'a AuditDocument,
    results: &'a serde_json::Value,
    sections: &'a [super::block::Section],
}

#[derive(Serialize)]
struct Provenance<'a> {
    name: &'a str,
    value: &'a str,
}

/// The whole report as JSON, indented, with a final newline. `results`: the numbers behind the sections, by name.
///
/// # Errors
/// Internal: a value cannot be written, which no value of these types does.
pub fn report_json(report: &Report, audit: &AuditDocument, results: &serde_json::Value) -> Result<String> {
    written(&ReportDocument {
        watertight: VERSION,
        title: &report.title,
        provenance: report.provenance.iter().map(|(name, value)| Provenance { name, value }).collect(),
        audit,
        results,
        sections: &report.sections,
    })
}

fn written(document: &impl Serialize) -> Result<String> {
    let mut text = serde_json::to_string_pretty(document).map_err(|_| Error::internal("a report cannot be written as JSON"))?;
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Share;
    use crate::report::example;
    use crate::task::TaskKind;

    fn document() -> AuditDocument {
        let share = Evidence::Share { share: Share { count: 3, of: 10 } };
        let note = Finding::new("duplicates", Severity::Note, Certainty::Proven, &[], share.clone());
        let mut blocker = Finding::new("target_sum", Severity::Blocker, Certainty::Proven, &["casual", "registered"], share);
        blocker.remedies = vec![Remedy::DropColumns { columns: vec!["casual".to_owned()] }];
        blocker.price = Some(Price { metric: "r2".to_owned(), with: 1.0, without: f64::NAN, low: 0.1, high: 0.30000000000000004 });
        let checked = [
            Checked::ran("duplicates", 10, vec![note]),
            Checked::ran("target_sum", 10, vec![blocker]),
            Checked::skipped("random_split", "there is no time column"),
        ];
        let task = Task {
            target: "cnt".to_owned(),
            kind: TaskKind::Regression,
            classes: vec![],
            time: None,
            entity: None,
            weight: None,
            horizon: 0,
            features: vec!["casual".to_owned()],
            ignored: vec![],
        };
        let input = InputRecord { name: "bikes.csv".to_owned(), sha256: "ab".repeat(32), n_rows: 10, n_columns: 3 };
        AuditDocument::new(input, &task, &checked, |f| (f.check == "target_sum").then(|| "casual + registered = cnt".to_owned()))
    }

    #[test]
    fn the_audit_document_has_the_promised_keys_in_order() {
        let text = audit_json(&document()).unwrap();
        let order = [
            "\"watertight\"",
            "\"input\"",
            "\"sha256\"",
            "\"n_columns\"",
            "\"task\"",
            "\"checks\"",
            "\"status\": \"skipped\"",
            "\"findings\"",
            "\"formula\"",
            "\"evidence\"",
            "\"remedy\"",
            "\"price\"",
        ];
        let places: Vec<usize> = order.iter().map(|key| text.find(key).unwrap_or_else(|| panic!("{key} is missing in {text}"))).collect();
        assert!(places.windows(2).all(|p| p[0] < p[1]), "{places:?}");
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["findings"][0]["id"], "target_sum:casual+registered", "blockers first");
        assert_eq!(value["findings"][0]["certainty"], "proven");
        assert_eq!(value["findings"][0]["price"]["without"], serde_json::Value::Null, "not computable is null");
        assert!(text.contains("0.30000000000000004"));
        assert_eq!(value["checks"][0]["reason"], serde_json::Value::Null);
        assert_eq!(value["checks"][2]["reason"], "there is no time column");
        assert!(text.ends_with("}\n"));
    }

    #[test]
    fn a_report_reads_back_block_by_block() {
        let report = example::report(2);
        let text = report_json(&report, &document(), &serde_json::Value::Null).unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let sections: Vec<crate::report::Section> = serde_json::from_value(value["sections"].clone()).unwrap();
        assert_eq!(sections, report.sections);
        assert_eq!(text, report_json(&report, &document(), &serde_json::Value::Null).unwrap());
    }
}
