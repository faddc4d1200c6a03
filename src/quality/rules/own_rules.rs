//! Cells that break a rule of the user's own.
//!
//! What a column has to be is often known to people only: a price is not negative, an end is not before its start. Formula: cells that
//! break the rule / cells it is about. The rules that can be asked for are those of [`super::super::own::OWN_RULES`].

use super::super::{Dimension, QualityInput, Rule};
use crate::finding::{Certainty, Checked, Evidence, Finding, Severity, Share};

/// The rule.
pub const OWN_BROKEN: Rule = Rule {
    id: "own_rules",
    title: "Rules of one's own",
    doc: "Counts cells that break a rule set by the user: never missing, unique, at least, at most, one of, of a length or form, not after another \
          column. Correct them in the source, or change the rule.",
    dimension: Dimension::Validity,
    check,
};

fn check(input: &QualityInput<'_>) -> Checked {
    if input.own.is_empty() {
        return Checked::skipped(OWN_BROKEN.id, "no rule of your own is set: add one on the Quality screen, or under \"rules\" in the settings");
    }
    let findings = input.own.iter().enumerate().filter_map(|(at, own)| {
        let (rows, of) = own.broken(input.table);
        let share = Share { count: rows.len() as u64, of };
        let evidence = Evidence::Own { rule: own.rule.clone(), value: own.value.clone(), share };
        let mut finding = Finding::new(OWN_BROKEN.id, Severity::Warning, Certainty::Proven, &[own.column.as_str()], evidence).rows(rows);
        // A column may have a rule twice: no two findings have one name.
        let twin = input.own.iter().take(at).filter(|o| (&o.column, &o.rule) == (&own.column, &own.rule)).count();
        finding.id = format!("{}:{}", finding.id, own.rule) + &if twin > 0 { format!(":{}", twin + 1) } else { String::new() };
        (share.count > 0).then_some(finding)
    });
    Checked::ran(OWN_BROKEN.id, input.table.n_rows(), findings.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::OwnRule;
    use crate::quality::rules::fixtures::table;
    use crate::table::Column;

    #[test]
    fn each_broken_rule_is_a_finding_of_its_own() {
        let table = table(vec![Column::numeric("x", vec![1.0, -2.0, 30.0, f64::NAN], 0)]);
        let rule = |rule: &str, value: &str| OwnRule { column: "x".into(), rule: rule.into(), value: value.into() };
        let own = [rule("at_least", "0"), rule("at_least", "2"), rule("at_most", "99")];
        let found = check(&QualityInput { table: &table, profiles: &[], task: None, own: &own }).findings;
        assert_eq!(found.iter().map(|f| f.id.as_str()).collect::<Vec<_>>(), ["own_rules:x:at_least", "own_rules:x:at_least:2"]);
        assert!(matches!(&found[1].evidence, Evidence::Own { share: Share { count: 2, of: 3 }, .. }));
        assert_eq!(found[0].rows, [1]);
    }

    #[test]
    fn without_rules_it_is_skipped() {
        let table = table(vec![Column::numeric("x", vec![1.0], 0)]);
        assert_ne!(check(&QualityInput { table: &table, profiles: &[], task: None, own: &[] }).status, crate::finding::Status::Ran);
    }
}
