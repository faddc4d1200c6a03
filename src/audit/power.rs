//! Audit power: what the audit would find in this very table, and how often it would cry wolf.
//!
//! Every family of [`canary`](super::canary) is planted at three strengths into a sample of the table, a few times with other draws, and the
//! checks that could see it run again: recall by family and strength. The innocent twins say how often the audit accuses what only looks like a
//! leak. And the target is permuted: every finding about it is then false, so all checks run on tables that know nothing, and what is flagged
//! there and is not on the table as it stands is counted. Work is cut into parts that depend on their number alone, so any number of workers gives the same.

use super::canary::{Dose, Family, Ground, audit_with, families};
use crate::finding::{Finding, Severity, Share};
use crate::math::rng::Stream;
use crate::table::Table;
use serde::{Deserialize, Serialize};

/// Times each family is planted at each strength.
pub const REPETITIONS: u64 = 2;
/// Times the target is permuted.
pub const PERMUTATIONS: u64 = 10;

/// A blocker or warning: its id and its columns.
pub type Alarm = (String, Vec<String>);

/// What one part of the work gave: a family at one strength, the table as it stands, or one permutation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PowerPart {
    /// Leaks found, or twins accused.
    pub found: u64,
    /// Leaks or twins planted; 0: the family makes no sense for this table.
    pub of: u64,
    /// Why it makes none; empty otherwise.
    pub why: String,
    /// What was missed or accused, by name; of the table as it stands its features.
    pub named: Vec<String>,
    /// Blockers and warnings of the table as it stands, or of a permutation.
    pub alarms: Vec<Alarm>,
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

/// Parts about families by strength; the twin is the fourth.
fn n_planted() -> usize {
    families().count() * Dose::ALL.len()
}

/// Parts of the work: families by strength, then the table as it stands, then permutations.
#[must_use]
pub fn n_parts() -> u32 {
    u32::try_from(n_planted() as u64 + 1 + PERMUTATIONS).unwrap_or(0)
}

/// Part number `index` of the work; nothing beyond [`n_parts`].
#[must_use]
pub fn power_part(ground: &Ground, index: u32) -> PowerPart {
    let (family, dose) = (index as usize / Dose::ALL.len(), index as usize % Dose::ALL.len());
    match (families().nth(family), Dose::ALL.get(dose)) {
        (Some(family), Some(&dose)) => planted(ground, family, dose),
        _ if index as usize == n_planted() => as_it_stands(ground),
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

/// What all checks say of the table as it stands.
fn as_it_stands(ground: &Ground) -> PowerPart {
    PowerPart { named: ground.task.features.clone(), alarms: alarms(ground, &ground.table), ..PowerPart::default() }
}

/// What all checks say under a permuted target: what they do not say of the table as it stands is false.
fn permuted(ground: &Ground, index: u64) -> PowerPart {
    let mut rows: Vec<u32> = (0..u32::try_from(ground.n_rows()).unwrap_or(0)).collect();
    Stream::new(ground.seed, "power/permuted", index).shuffle(&mut rows);
    let target = ground.table.column(&ground.task.target).map(|c| c.take(&rows));
    let table = target.and_then(|target| ground.table.clone().with_column(target));
    PowerPart { alarms: table.map(|table| alarms(ground, &table)).unwrap_or_default(), ..PowerPart::default() }
}

fn alarms(ground: &Ground, table: &Table) -> Vec<Alarm> {
    let grave = findings(audit_with(table, &ground.task, ground, |_| true)).into_iter().filter(|f| f.severity <= Severity::Warning);
    grave.map(|f| (f.id, f.columns)).collect()
}

/// Whether an alarm was raised before: by the same check, about the same columns or more; a question that keeps its name is the same whatever columns
/// it is about.
fn is_known(alarm: &Alarm, before: &[Alarm]) -> bool {
    let check = |a: &Alarm| a.0.split(':').next().unwrap_or_default().to_owned();
    before.iter().any(|b| b.0 == alarm.0 || (check(b) == check(alarm) && alarm.1.iter().all(|c| b.1.contains(c))))
}

/// A part that was not made.
static NOTHING: PowerPart = PowerPart { found: 0, of: 0, why: String::new(), named: Vec::new(), alarms: Vec::new() };

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
        let (base, drawn) = parts.get(n_planted()..).and_then(<[PowerPart]>::split_first).unwrap_or((&NOTHING, &[]));
        let fresh: Vec<Vec<&Alarm>> = drawn.iter().map(|p| p.alarms.iter().filter(|a| !is_known(a, &base.alarms)).collect()).collect();
        let flagged = |alarms: &Vec<&Alarm>| base.named.iter().filter(|f| alarms.iter().any(|a| a.1.contains(f))).count() as u64;
        Self {
            n_rows,
            n_features,
            families: families().zip(doses).map(of_family).collect(),
            alarmed: Share { count: fresh.iter().filter(|alarms| !alarms.is_empty()).count() as u64, of: drawn.len() as u64 },
            flagged: Share { count: fresh.iter().map(flagged).sum(), of: (drawn.len() * base.named.len()) as u64 },
            false_findings: fresh.into_iter().flatten().map(|a| a.0.clone()).collect(),
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
        assert_eq!(part, PowerPart::default());
        assert_eq!(power_part(&ground, last), part);
    }

    #[test]
    fn only_what_the_table_as_it_stands_does_not_say_is_false() {
        let alarm = |id: &str, columns: &[&str]| (id.to_owned(), columns.iter().map(|&c| c.to_owned()).collect());
        let base = PowerPart { named: vec!["a".into(), "b".into(), "c".into()], alarms: vec![alarm("x:a+b", &["a", "b"])], ..PowerPart::default() };
        let drawn = PowerPart { alarms: vec![alarm("x:a", &["a"]), alarm("z:a", &["a"]), alarm("x:c", &["c"])], ..PowerPart::default() };
        let mut parts = vec![PowerPart::default(); n_planted()];
        parts.extend([base, drawn, PowerPart::default()]);
        let power = Power::of(100, 3, &parts);
        assert_eq!((power.alarmed, power.flagged), (Share { count: 1, of: 2 }, Share { count: 2, of: 6 }));
        assert_eq!(power.false_findings, ["z:a", "x:c"]);
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
