//! Equal rows on both sides of the split.
//!
//! A validation row whose twin was learned from is remembered, not predicted. Counted are rows that have a twin in all
//! features and the target, and what coincidence would make of them if columns were independent: a row finds a twin with
//! probability `1 - (1 - product of the shares of its values)^(n - 1)`. Few coarse columns give many honest twins: there, only rows of rare values
//! tell, those that would hardly find one. Rows equal in all features but of different classes are counted apart.

use super::super::{AuditInput, Check};
use crate::finding::{Certainty, Checked, Evidence, Finding, Remedy, Severity, Share};
use crate::lineage::rows::{fingerprints, twins};
use crate::math::elementary::{exp, ln_1p};

/// The check.
pub const SPLIT_DUPLICATES: Check = Check {
    id: "split_duplicates",
    title: "Duplicates across the split",
    doc: "Counts rows that have an equal twin, which a split by chance puts on both sides, and compares with the twins coincidence would make. A \
          model remembers the twin it has seen, and the score rises for nothing.",
    run,
};

/// Share of rows with a twin that is worth a note.
const NOTED: f64 = 0.0005;
/// Share that is a warning.
const WARNING: f64 = 0.01;
/// Share at which the score is not real.
const BLOCKER: f64 = 0.10;
/// Twins beyond coincidence: as many times the expected number.
const BEYOND: f64 = 3.0;
/// Times the expected number from which duplicates may block.
const FAR_BEYOND: f64 = 20.0;
/// Probability to find a twin by coincidence below which a row tells.
const RARE: f64 = 0.01;
/// Fewest rows that tell.
const FEWEST_RARE: usize = 50;
/// Probabilities below this need not be known better.
const NONE: f64 = 1e-9;
/// Share of conflicting rows that is worth a note of its own.
const CONFLICTS: f64 = 0.01;

fn run(input: &AuditInput<'_>) -> Checked {
    let n_rows = input.test_from.unwrap_or(usize::MAX).min(input.table.n_rows());
    if n_rows < 2 {
        return Checked::skipped(SPLIT_DUPLICATES.id, "there are fewer than two rows");
    }
    let features = input.feature_positions();
    if features.is_empty() {
        return Checked::skipped(SPLIT_DUPLICATES.id, "there are no features");
    }
    let with_target: Vec<usize> = features.iter().copied().chain(input.table.position(&input.task.target)).collect();
    let mut whole = fingerprints(input.table, &with_target);
    whole.truncate(n_rows);
    let groups = twins(&whole);
    let mut rows: Vec<u32> = groups.iter().flatten().copied().collect();
    rows.sort_unstable();
    let conflicting = conflicts(input, &features, &whole, n_rows);
    let chances = if rows.is_empty() { vec![0.0; whole.len()] } else { coincidences(&whole, input, &with_target, n_rows) };
    let rare: Vec<bool> = chances.iter().map(|c| *c < RARE).collect();
    let n_rare = rare.iter().filter(|r| **r).count();
    if n_rare < FEWEST_RARE.min(n_rows) {
        return Checked::underpowered(
            SPLIT_DUPLICATES.id,
            n_rows,
            "almost every row finds a twin by coincidence: copies could not be told from them",
        );
    }
    rows.retain(|&r| rare[r as usize]);
    let expected = crate::math::sum::sum_of(chances.into_iter().filter(|c| *c < RARE));
    let share = Share { count: rows.len() as u64, of: n_rare as u64 };
    let conflict_share = Share { count: conflicting, of: n_rows as u64 }.ratio();
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    let times = rows.len() as f64 / expected.max(1e-9);
    let severity = match share.ratio() {
        _ if times < BEYOND || rows.is_empty() => None,
        s if s >= BLOCKER && times >= FAR_BEYOND => Some(Severity::Blocker),
        s if s >= WARNING => Some(Severity::Warning),
        s if s >= NOTED => Some(Severity::Note),
        _ => None,
    };
    let severity = severity.or((conflict_share >= CONFLICTS && times >= BEYOND).then_some(Severity::Note));
    // Where most twins are coincidence, dropping them all would drop honest rows.
    let remedies = if 2 * n_rare >= n_rows { vec![Remedy::DropDuplicates] } else { Vec::new() };
    let finding = severity.map(|severity| {
        let evidence = Evidence::Overlap { observed: share.count, expected, of: share.of, conflicting };
        Finding::new(SPLIT_DUPLICATES.id, severity, Certainty::Strong, &[], evidence).rows(rows).remedies(remedies)
    });
    Checked::ran(SPLIT_DUPLICATES.id, n_rows, finding.into_iter().collect())
}

/// Rows equal in all features to a row of another class.
fn conflicts(input: &AuditInput<'_>, features: &[usize], whole: &[u128], n_rows: usize) -> u64 {
    if input.target.classes.is_empty() {
        return 0; // numbers differ by noise
    }
    let mut alike = fingerprints(input.table, features);
    alike.truncate(n_rows);
    let differs = |group: &Vec<u32>| group.windows(2).any(|w| whole[w[0] as usize] != whole[w[1] as usize]);
    twins(&alike).iter().filter(|g| differs(g)).map(|g| g.len() as u64).sum()
}

/// Probability of every row to find a twin if the columns were independent.
#[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
fn coincidences(whole: &[u128], input: &AuditInput<'_>, columns: &[usize], n_rows: usize) -> Vec<f64> {
    let others = whole.len() as f64 - 1.0;
    let mut same = vec![1.0; whole.len()];
    for &column in columns {
        let mut cells = fingerprints(input.table, &[column]);
        cells.truncate(n_rows);
        let mut alike = vec![0.0; whole.len()];
        for group in twins(&cells) {
            group.iter().for_each(|&r| alike[r as usize] = (group.len() as f64 - 1.0) / others);
        }
        same.iter_mut().zip(&alike).for_each(|(s, a)| *s *= a);
        if same.iter().all(|s| s * others < NONE) {
            break;
        }
    }
    same.into_iter().map(|s| 1.0 - exp(others * ln_1p(-f64::min(s, 1.0 - 1e-12)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::fixtures::{Case, clean};
    use crate::finding::Status;
    use crate::table::{Column, Kind};

    fn repeated(n: usize, copies: usize) -> Vec<Finding> {
        let table = clean(5, n, 2).table;
        let rows: Vec<u32> = (0..n as u32).chain(0..copies as u32).collect();
        Case::new(table.take(&rows).columns().to_vec()).run(&SPLIT_DUPLICATES).findings
    }

    #[test]
    fn the_clean_table_has_none() {
        let checked = clean(5, 500, 2).run(&SPLIT_DUPLICATES);
        assert_eq!((checked.status, checked.findings.len()), (Status::Ran, 0));
    }

    #[test]
    fn the_more_twins_the_graver() {
        let severity = |copies| repeated(1000, copies).first().map(|f| f.severity);
        assert_eq!(severity(2), Some(Severity::Note));
        assert_eq!(severity(30), Some(Severity::Warning));
        assert_eq!(severity(300), Some(Severity::Blocker));
    }

    /// 1,000 rows of which most agree by coincidence; one in six also has a number of its own.
    fn coarse(copies: usize) -> Vec<Finding> {
        let mut draw = crate::math::rng::Stream::new(3, "duplicates/coarse", 0);
        let n = 1000;
        let spent: Vec<f64> = (0..n).map(|_| if draw.chance(0.17) { f64::from(draw.below(100_000)) } else { 0.0 }).collect();
        let word = |draw: &mut crate::math::rng::Stream| Some(["a", "b", "c"][draw.below(3) as usize]);
        let mut columns: Vec<Column> =
            (0..5).map(|k| Column::labels(&format!("c{k}"), Kind::Categorical, &(0..n).map(|_| word(&mut draw)).collect::<Vec<_>>())).collect();
        columns.push(Column::labels("y", Kind::Categorical, &(0..n).map(|_| word(&mut draw)).collect::<Vec<_>>()));
        columns.push(Column::numeric("spent", spent, 0));
        let rows: Vec<u32> = (0..n as u32).chain(0..copies as u32).collect();
        let table = crate::table::Table::new(columns).unwrap();
        Case::classes(table.take(&rows).columns().to_vec()).run(&SPLIT_DUPLICATES).findings
    }

    #[test]
    fn in_a_coarse_table_rows_of_rare_values_tell() {
        assert!(coarse(0).is_empty());
        assert_eq!(coarse(200).first().map(|f| f.severity), Some(Severity::Blocker));
    }

    #[test]
    fn a_coarse_table_is_the_innocent_twin() {
        let flags =
            |k: usize| -> Vec<Option<&str>> { (0..800_u64).map(|i| Some(if ((i * 2_654_435_761_u64) >> k) & 1 == 1 { "a" } else { "b" })).collect() };
        let mut columns: Vec<Column> = (3..8).map(|k| Column::labels(&format!("c{k}"), Kind::Boolean, &flags(k))).collect();
        columns.push(Column::labels("y", Kind::Boolean, &flags(9)));
        assert!(Case::new(columns).run(&SPLIT_DUPLICATES).findings.is_empty());
    }
}
