//! Two rows for one moment, in a column that has one row a step.
//!
//! A lag of one row then reads the same moment, and a join by time doubles rows. Found only where the stamps of an entity have a usual step
//! and nearly all stand once; where every moment has many rows, that is how the table is. Formula: rows whose entity has an
//! earlier row of the same stamp / rows with a stamp.

use super::super::{Dimension, QualityInput, Rule};
use super::rhythm::rhythm;
use crate::finding::{Certainty, Checked, Evidence, Finding, Severity, Share};

/// The rule.
pub const REPEATED_STAMPS: Rule = Rule {
    id: "repeated_stamps",
    title: "Repeated moments",
    doc: "Finds entities with two rows for one moment where each moment has one row otherwise. A lag of one row then reads the same moment, and a \
          join by time doubles rows. Keep the row that is right.",
    dimension: Dimension::Uniqueness,
    check,
};

/// Share of repeated stamps from which repeating is how the table is.
const USUAL: f64 = 0.05;
/// Share from which it is a warning.
const WARNING: f64 = 0.01;

fn check(input: &QualityInput<'_>) -> Checked {
    let found = match rhythm(input) {
        Ok(found) => found,
        Err(why) => return Checked::skipped(REPEATED_STAMPS.id, why),
    };
    let count = found.repeated.len() as u64;
    let share = Share { count, of: found.present + count };
    if share.ratio() >= USUAL {
        return Checked::skipped(REPEATED_STAMPS.id, "moments have several rows each: name the column that tells entities apart");
    }
    let severity = if share.ratio() >= WARNING { Severity::Warning } else { Severity::Note };
    let finding =
        Finding::new(REPEATED_STAMPS.id, severity, Certainty::Proven, &[found.column.as_str()], Evidence::Share { share }).rows(found.repeated);
    Checked::ran(REPEATED_STAMPS.id, input.table.n_rows(), if count > 0 { vec![finding] } else { Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::rules::fixtures::{days, table, task};
    use crate::table::Column;

    fn of(stamps: &[i64]) -> Checked {
        let y = stamps.iter().enumerate().map(|(i, _)| i as f64).collect();
        let table = table(vec![days("day", stamps), Column::numeric("y", y, 0)]);
        let task = crate::task::Task { time: Some("day".into()), ..task(&table, "y") };
        check(&QualityInput { table: &table, profiles: &[], task: Some(&task), own: &[] })
    }

    #[test]
    fn a_day_with_two_rows_is_found_among_days_with_one() {
        let mut stamps: Vec<i64> = (0..60).collect();
        stamps.push(31);
        assert_eq!(of(&stamps).findings[0].rows, [60]);
    }

    #[test]
    fn days_with_many_rows_each_are_how_the_table_is() {
        let stamps: Vec<i64> = (0..60).map(|i| i / 3).collect();
        assert!(of(&stamps).findings.is_empty());
    }
}
