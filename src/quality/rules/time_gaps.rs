//! Stamps that are missing from a regular time column, and steps out of rhythm.
//!
//! A lag of "one row" reaches over a gap as if it were one step, and a mean over a window is one of fewer rows. Found where the time column
//! has a usual step (hour, day, working day, month ...) within each entity. Formula: stamps missing between those that stand, and steps that are
//! no whole number of usual ones, of all stamps there should be.

use super::super::{Dimension, QualityInput, Rule};
use super::rhythm::rhythm;
use crate::finding::{Certainty, Checked, Evidence, Finding, Severity, Share};

/// The rule.
pub const TIME_GAPS: Rule = Rule {
    id: "time_gaps",
    title: "Gaps in time",
    doc: "Finds stamps missing from a time column that otherwise has a usual step, within each entity, and steps out of rhythm. A lag of one row \
          reaches over a gap as if it were one step. Put the missing rows back, or count in time rather than in rows.",
    dimension: Dimension::Timeliness,
    check,
};

/// Share of stamps missing or out of rhythm from which it is a warning.
const WARNING: f64 = 0.05;

fn check(input: &QualityInput<'_>) -> Checked {
    let found = match rhythm(input) {
        Ok(found) => found,
        Err(why) => return Checked::skipped(TIME_GAPS.id, why),
    };
    let share = Share { count: found.missing + found.odd, of: found.present + found.missing };
    let severity = if share.ratio() >= WARNING { Severity::Warning } else { Severity::Note };
    let finding = Finding::new(TIME_GAPS.id, severity, Certainty::Proven, &[found.column.as_str()], Evidence::Share { share }).rows(found.broken);
    Checked::ran(TIME_GAPS.id, input.table.n_rows(), if share.count > 0 { vec![finding] } else { Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::rules::fixtures::{days, table, task};
    use crate::table::{Column, Kind};

    #[test]
    fn gaps_are_counted_within_each_entity() {
        let stamps: Vec<i64> = (0..40).filter(|d| *d != 20).chain(100..140).collect();
        let shops: Vec<Option<&str>> = (0..79).map(|i| Some(if i < 39 { "north" } else { "south" })).collect();
        let y = (0..79).map(f64::from).collect();
        let table = table(vec![days("day", &stamps), Column::labels("shop", Kind::Categorical, &shops), Column::numeric("y", y, 0)]);
        let task = crate::task::Task { time: Some("day".into()), entity: Some("shop".into()), ..task(&table, "y") };
        let found = check(&QualityInput { table: &table, profiles: &[], task: Some(&task), own: &[] }).findings;
        assert!(matches!(found[0].evidence, Evidence::Share { share: Share { count: 1, of: 80 } }));
        assert_eq!((found[0].rows.clone(), found[0].severity), (vec![20], Severity::Note));
    }
}
