//! JSON twins: of the audit, for `watertight audit --json`, and of the whole report.
//!
//! Keys stand in the order written here, floats are the shortest text that reads back exactly, numbers that are not computable
//! are `null`, and every document ends with a newline: the same results give the same bytes.

use super::block::Report;
use crate::error::{Error, Result};
use crate::finding::{Certainty, Checked, Evidence, Finding, Price, Remedy, Severity, Status};
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
}

impl AuditDocument {
    /// The document of these checks; `formula` gives a finding's formula in plain words and signs.
    #[must_use]
    pub fn new(input: InputRecord, task: &Task, checked: &[Checked], formula: impl Fn(&Finding) -> Option<String>) -> Self {
        let mut findings: Vec<FindingRecord> = checked.iter().flat_map(|c| &c.findings).map(|f| FindingRecord::new(f, formula(f))).collect();
        findings.sort_by_key(|f| f.severity);
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
        Self { watertight: VERSION.to_owned(), input, task: task.clone(), checks, findings }
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
