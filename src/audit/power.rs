//! Audit power: what the audit would find in this very table, and how often it would cry wolf.
//!
//! Every family of [`canary`](super::canary) is planted at three strengths into a sample of the table, a few times with other draws, and the
//! checks that could see it run again: recall by family and strength. The innocent twins say how often the audit accuses what only looks like a
//! leak. And the target is permuted: every finding about it is then false, so all checks run on tables that know nothing, and what is flagged
//! there and was not before is counted. Work is cut into parts that depend on their number alone, so any number of workers gives the same.

use super::canary::{Dose, Family, Ground, audit_with, families};
use crate::finding::{Finding, Severity, Share};
use crate::math::rng::Stream;
use serde::{Deserialize, Serialize};

/// Times each family is planted at each strength.
pub const REPETITIONS: u64 = 2;
/// Times the target is permuted.
pub const PERMUTATIONS: u64 = 10;

/// What one part of the work gave: a family at one strength, or one permutation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PowerPart {
    /// Leaks found, twins accused, or features newly flagged under the permuted target.
    pub found: u64,
    /// Leaks or twins planted, or features there are; 0: the family makes no sense for this table.
    pub of: u64,
    /// Why it makes none; empty otherwise.
    pub why: String,
    /// What was missed or accused, by name; of a permutation the findings that were false.
    pub named: Vec<String>,
}

/// What the audit finds of one family.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FamilyPower {
    /// The family's id.
    pub id: String,
    /// Found of planted at full, medium and weak strength.
    pub found: [Share; 3],
    /// Innocent twins accused, of those planted.
    pub twins: Share,
    /// Why the family makes no sense for this table, if it makes none.
    pub why: Option<String>,
    /// Leaks that were missed and twins that were accused, by name.
    pub named: Vec<String>,
}

/// The power of the audit on one table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Power {
    /// Rows of the sample that was planted in.
    pub n_rows: u64,
    /// Its features.
    pub n_features: u64,
    /// One entry a family, in the order of the list.
    pub families: Vec<FamilyPower>,
    /// Permuted targets under which something was newly flagged, of all.
    pub alarmed: Share,
    /// Features newly flagged under permuted targets, of all features of all permutations.
    pub flagged: Share,
    /// The false findings, by name.
    pub false_findings: Vec<String>,
}

/// Parts of the work: families by strength (the twin is the fourth), then permutations.
#[must_use]
pub fn n_parts() -> u32 {
    u32::try_from(families().count() * Dose::ALL.len()).unwrap_or(0) + u32::try_from(PERMUTATIONS).unwrap_or(0)
}

/// Part number `index` of the work; nothing beyond [`n_parts`].
#[must_use]
pub fn power_part(ground: &Ground, index: u32) -> PowerPart {
    let (family, dose) = (index as usize / Dose::ALL.len(), index as usize % Dose::ALL.len());
    match (families().nth(family), Dose::ALL.get(dose)) {
        (Some(family), Some(&dose)) => planted(ground, family, dose),
        _ => permuted(ground, u64::from(index)),
    }
}

fn planted(ground: &Ground, family: &Family, dose: Dose) -> PowerPart {
    let mut part = PowerPart::default();
    for repetition in 0..REPETITIONS {
        let planted = match family.plant(ground, dose, repetition) {
            Ok(planted) => planted,
            Err(why) => {
                why.clone_into(&mut part.why);
                continue;
            }
        };
        let before = match planted.columns.is_empty() {
            true => findings(audit_with(&ground.table, &ground.task, ground, |id| family.checks.contains(&id))),
            false => Vec::new(),
        };
        if before.iter().any(|f| f.columns.is_empty() && f.severity <= planted.severity) {
            "the table has this already".clone_into(&mut part.why);
            continue;
        }
        let after = family.audit(&planted, ground);
        let hit = if dose == Dose::Twin { planted.is_accused(&after, &before) } else { planted.is_found(&after, &before) };
        part.of += 1;
        part.found += u64::from(hit);
        if hit == (dose == Dose::Twin) {
            part.named.push(planted.what);
        }
    }
    part
}

fn findings(checked: Vec<crate::finding::Checked>) -> Vec<Finding> {
    checked.into_iter().flat_map(|c| c.findings).collect()
}

/// All checks under a permuted target: what is a blocker or warning there and was none before is false.
fn permuted(ground: &Ground, index: u64) -> PowerPart {
    let n_features = ground.task.features.len() as u64;
    let mut rows: Vec<u32> = (0..u32::try_from(ground.n_rows()).unwrap_or(0)).collect();
    Stream::new(ground.seed, "power/permuted", index).shuffle(&mut rows);
    let target = ground.table.column(&ground.task.target).map(|c| c.take(&rows));
    let Ok(table) = target.and_then(|target| ground.table.clone().with_column(target)) else { return PowerPart::default() };
    let grave = |f: &Finding| f.severity <= Severity::Warning;
    let all = |table| findings(audit_with(table, &ground.task, ground, |_| true));
    let before: Vec<Finding> = all(&ground.table).into_iter().filter(grave).collect();
    let known = |f: &Finding| before.iter().any(|b| b.check == f.check && f.columns.iter().all(|c| b.columns.contains(c)));
    let fresh: Vec<Finding> = all(&table).into_iter().filter(|f| grave(f) && !known(f)).collect();
    let flagged = ground.task.features.iter().filter(|c| fresh.iter().any(|f| f.columns.contains(c))).count();
    PowerPart { found: flagged as u64, of: n_features, why: String::new(), named: fresh.into_iter().map(|f| f.id).collect() }
}

impl Power {
    /// Joins the parts, given in their order; a part that is missing counts as nothing planted.
    #[must_use]
    pub fn of(n_rows: u64, n_features: u64, parts: &[PowerPart]) -> Self {
        let share = |part: &PowerPart| Share { count: part.found, of: part.of };
        let doses = parts.chunks_exact(Dose::ALL.len());
        let of_family = |(family, parts): (&Family, &[PowerPart])| {
            let planted = parts.iter().any(|p| p.of > 0);
            let why = parts.iter().find(|p| !p.why.is_empty() && !planted).map(|p| p.why.clone());
            let nothing = Share { count: 0, of: 0 };
            let of = |dose: usize| parts.get(dose).map_or(nothing, share);
            let named = parts.iter().flat_map(|p| p.named.clone()).collect();
            FamilyPower { id: family.id.to_owned(), found: [of(0), of(1), of(2)], twins: of(3), why, named }
        };
        let drawn = parts.get(families().count() * Dose::ALL.len()..).unwrap_or_default();
        let total = |f: fn(&PowerPart) -> u64| drawn.iter().map(f).sum();
        Self {
            n_rows,
            n_features,
            families: families().zip(doses).map(of_family).collect(),
            alarmed: Share { count: drawn.iter().filter(|p| !p.named.is_empty()).count() as u64, of: drawn.len() as u64 },
            flagged: Share { count: total(|p| p.found), of: total(|p| p.of) },
            false_findings: drawn.iter().flat_map(|p| p.named.clone()).collect(),
        }
    }

    /// Found of planted at a strength (0 full, 1 medium, 2 weak), over all families.
    #[must_use]
    pub fn recall(&self, strength: usize) -> Share {
        let all = self.families.iter().filter_map(|f| f.found.get(strength));
        all.fold(Share { count: 0, of: 0 }, |sum, s| Share { count: sum.count + s.count, of: sum.of + s.of })
    }

    /// Innocent twins accused, over all families.
    #[must_use]
    pub fn twins(&self) -> Share {
        self.families.iter().fold(Share { count: 0, of: 0 }, |sum, f| Share { count: sum.count + f.twins.count, of: sum.of + f.twins.of })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::fixtures::clean;

    fn ground() -> Ground {
        let case = clean(1, 200, 0);
        Ground::new(&case.table, &case.task, &case.split, 200, 3).unwrap()
    }

    #[test]
    fn a_copy_is_found_at_every_strength_and_its_twin_is_not_accused() {
        let ground = ground();
        let of = |dose: u32| power_part(&ground, dose);
        for dose in 0..3 {
            assert_eq!((of(dose).found, of(dose).of), (REPETITIONS, REPETITIONS));
        }
        assert_eq!((of(3).found, of(3).of), (0, REPETITIONS));
    }

    #[test]
    fn a_family_without_sense_says_why() {
        let at = families().position(|f| f.id == "codes").unwrap() as u32;
        let part = power_part(&ground(), 4 * at);
        assert_eq!((part.of, part.why.as_str()), (0, "the target is a number"));
    }

    #[test]
    fn a_permuted_target_raises_no_alarm_and_a_part_is_the_same_again() {
        let ground = ground();
        let last = n_parts() - 1;
        let part = power_part(&ground, last);
        assert_eq!((part.found, part.of, part.named.len()), (0, 4, 0));
        assert_eq!(power_part(&ground, last), part);
    }

    #[test]
    fn parts_are_joined_by_family() {
        let part = |found, of| PowerPart { found, of, ..PowerPart::default() };
        let parts: Vec<PowerPart> = (0..n_parts()).map(|i| if i < 4 { part(u64::from(i < 3), 2) } else { part(0, 0) }).collect();
        let power = Power::of(100, 4, &parts);
        assert_eq!((power.recall(0), power.twins()), (Share { count: 1, of: 2 }, Share { count: 0, of: 2 }));
        assert_eq!((power.families.len(), power.alarmed.of), (families().count(), PERMUTATIONS));
    }

    #[test]
    fn a_table_without_a_row_is_no_harm() {
        let case = clean(1, 200, 0);
        let ground = Ground::new(&case.table, &case.task, &case.split, 0, 3).unwrap();
        (0..n_parts()).for_each(|i| assert_eq!(power_part(&ground, i).found, 0));
    }
}
