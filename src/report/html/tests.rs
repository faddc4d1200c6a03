use super::*;
use crate::report::example;

#[test]
fn a_report_of_twenty_columns_stays_within_its_size() {
    let page = html(&example::report(20));
    assert!(page.len() < 300_000, "{} bytes", page.len());
}
