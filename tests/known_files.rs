//! What quality and audit say of three public files whose problems are known. Skipped where the files are not beside the project.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test says what it sees and fails where it stands")]

use std::path::Path;
use watertight::audit::{self, AuditInput};
use watertight::finding::{Certainty, Checked, Finding, Severity};
use watertight::quality::{self, QualityInput};
use watertight::report::block::plain;
use watertight::report::words::finding_block;
use watertight::split::SplitSettings;
use watertight::table::Table;
use watertight::table::parse::{CsvOptions, read};
use watertight::task::{Task, guess_kind};

/// The file's table, or `None` where it is not beside the project.
fn table(name: &str) -> Option<Table> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    #[expect(clippy::disallowed_methods, reason = "a test reads a file")]
    let bytes = std::fs::read(path).ok()?;
    Some(read(&bytes, &CsvOptions::default()).unwrap().table)
}

fn task(table: &Table, target: &str) -> Task {
    let (kind, classes) = guess_kind(table.column(target).unwrap()).unwrap();
    let features = table.names().iter().filter(|n| **n != target).map(|n| (*n).to_owned()).collect();
    Task { target: target.into(), kind, classes, time: None, entity: None, weight: None, horizon: 0, features, ignored: vec![] }
}

fn audited(table: &Table, target: &str) -> Vec<Checked> {
    let task = task(table, target);
    let encoded = task.encode(table).unwrap();
    audit::run(&AuditInput {
        table,
        profiles: &[],
        task: &task,
        target: &encoded,
        split: &SplitSettings::default(),
        test_from: None,
        known: &audit::NOTHING_SAID,
        seed: 42,
    })
}

fn judged(table: &Table, target: &str) -> Vec<Checked> {
    let task = task(table, target);
    quality::run(&QualityInput { table, profiles: &[], task: Some(&task), own: &[] })
}

/// All findings, told one by one when the test is run with `--nocapture`.
fn findings(checked: Vec<Checked>, target: &str) -> Vec<Finding> {
    for check in &checked {
        println!("{} {:?} on {} rows", check.id, check.status, check.n_rows);
        for finding in &check.findings {
            let block = finding_block(finding, Some(target), None);
            println!("  {:?} {:?}: {}", finding.severity, finding.certainty, plain(&block.title));
            println!("      {}", plain(&block.meaning));
            if let Some(formula) = &block.formula {
                println!("      {}", plain(formula));
            }
            for (term, value) in &block.evidence {
                println!("      {term}: {}", plain(value));
            }
            println!("      {:?}", block.remedies.iter().map(|r| r.title.as_str()).collect::<Vec<_>>());
        }
    }
    checked.into_iter().flat_map(|c| c.findings).collect()
}

fn ids(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|f| f.id.as_str()).collect()
}

#[test]
fn rented_bikes_are_the_sum_of_two_columns() {
    let Some(table) = table("bike_sharing_hour.csv") else { return };
    let found = findings(audited(&table, "cnt"), "cnt");
    assert_eq!((found[0].id.as_str(), found[0].severity, found[0].certainty), ("target_sum:casual+registered", Severity::Blocker, Certainty::Proven));
    // The date orders the file and is not set as time; the row number is a feature; the felt temperature was divided by its range. All are
    // true, and nothing else is said.
    let notes = ["lineage:mnth", "lineage:weekday", "lineage:yr"];
    assert!(found[1..4].iter().all(|f| f.severity == Severity::Note) && ids(&found)[1..4] == notes, "parts of the date are told as such");
    assert_eq!(ids(&found)[4..], ["random_split_on_dates:dteday", "prepared_before_split:min_max:atemp", "identifiers:instant"]);
    assert!(found[1..].iter().all(|f| f.severity != Severity::Blocker));
    let judged = findings(judged(&table, "cnt"), "cnt");
    assert!(ids(&judged) == ["skewed_values"] && judged[0].columns == ["casual"]);
}

#[test]
fn incomes_have_no_leak() {
    let Some(table) = table("adult.csv") else { return };
    let found = findings(audited(&table, "income"), "income");
    assert_eq!(ids(&found), ["lineage:education_num", "split_duplicates"]);
    assert!(found.iter().all(|f| f.severity == Severity::Note), "the mapping of education is told, and is no leak");
    let quality = findings(judged(&table, "income"), "income");
    assert!(ids(&quality).contains(&"null_spellings:capital_gain") && quality.iter().all(|f| f.severity == Severity::Note));
}

#[test]
fn shoppers_page_values_are_asked_about() {
    let Some(table) = table("online_shoppers_intention.csv") else { return };
    let found = findings(audited(&table, "Revenue"), "Revenue");
    assert_eq!(ids(&found), ["single_column:PageValues", "split_duplicates"]);
    assert_eq!(found[0].certainty, Certainty::Ask);
    let quality = findings(judged(&table, "Revenue"), "Revenue");
    assert!(["duplicate_rows", "inconsistent_labels:Month"].iter().all(|id| ids(&quality).contains(id)));
}
