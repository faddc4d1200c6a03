//! Whole reports of small tables, committed: a change of a byte is a change somebody must look at.
//!
//! `WATERTIGHT_GOLDEN=write cargo test --test golden` writes them anew.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and writes what it is told to write"
)]

mod desk;

use desk::{ALONE, Desk, csv, noise};
use watertight::protocol::{Document, Export, Step};

/// Compares with what is committed, or writes it when asked to.
fn compare(name: &str, found: &str, committed: &str) {
    #[cfg(not(target_arch = "wasm32"))]
    if std::env::var("WATERTIGHT_GOLDEN").is_ok_and(|v| v == "write") {
        std::fs::write(format!("{}/tests/golden/{name}", env!("CARGO_MANIFEST_DIR")), found).unwrap();
        return;
    }
    if let Some((line, (a, b))) = found.lines().zip(committed.lines()).enumerate().find(|(_, (a, b))| a != b) {
        panic!("{name} differs in line {}:\nfound     {a}\ncommitted {b}", line + 1);
    }
    assert_eq!(found.len(), committed.len(), "{name} is longer or shorter than what is committed");
}

#[test]
fn the_report_of_an_imbalanced_dated_table_is_as_committed() {
    let mut desk = Desk::with_sample(ALONE, "claims", 0, Step::Decide);
    compare("claims.md", &desk.export(Export::ReportMarkdown), include_str!("golden/claims.md"));
    compare("claims.json", &desk.export(Export::ReportJson), include_str!("golden/claims.json"));
    compare("claims_card.md", &desk.export(Export::ModelCard), include_str!("golden/claims_card.md"));
    let mut document = |which| desk.export(Export::Document(which));
    compare("claims_guide.md", &document(Document::DeploymentGuide), include_str!("golden/claims_guide.md"));
    compare("claims_sheet.md", &document(Document::CertificationSheet), include_str!("golden/claims_sheet.md"));
    compare("claims_summary.md", &document(Document::Summary), include_str!("golden/claims_summary.md"));
}

#[test]
fn the_report_of_a_table_whose_target_is_a_sum_is_as_committed() {
    let (a, b, c) = (noise(5, 0, 160), noise(5, 1, 160), noise(5, 2, 160));
    let total: Vec<f64> = a.iter().zip(&b).map(|(a, b)| ((a + b) * 1000.0).round() / 1000.0).collect();
    let mut desk = Desk::with_csv(&csv(&[("walk_ins", &a), ("bookings", &b), ("rain", &c), ("total", &total)]));
    desk.run(Step::Decide);
    compare("sum.md", &desk.export(Export::ReportMarkdown), include_str!("golden/sum.md"));
    compare("sum_audit.json", &desk.export(Export::AuditJson), include_str!("golden/sum_audit.json"));
}
