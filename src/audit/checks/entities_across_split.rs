//! Entities on both sides of the split.
//!
//! Rows of one customer, patient or machine resemble each other. Dealt by chance, a model may recognise the entity by its
//! other columns and repeat the answer it saw; for new entities it cannot. That entities stand on both sides says nothing by
//! itself, so the price is measured: the same fast model, without the key, on the same rows, once dealt by chance and once
//! with each entity kept whole. Found when the score by chance is at least 0.03 higher and as many standard errors as a score of one
//! column needs (paired, summed within entities): the interval of the difference then excludes 0 by far. Keys looked for: the entity that is set, identifiers, and other
//! columns of at least 20 values with at least two rows each on which other columns depend.

use super::super::coded::Coded;
use super::super::judged::Judged;
use super::super::measure::{Sample, z_needed};
use super::super::probe::{OutOfFold, Probe, most_rows};
use super::super::{AuditInput, Check};
use crate::finding::{Certainty, Checked, Evidence, Finding, Remedy, Severity};
use crate::math::rng::Stream;
use crate::math::sort;
use crate::split::{Strategy, resolve};
use crate::table::{Column, Kind, MISSING_CODE, Values};

/// The check.
pub const ENTITIES_ACROSS_SPLIT: Check = Check {
    id: "entities_across_split",
    title: "Entities on both sides",
    doc: "Looks for columns that name the entity of a row, and measures what it is worth that rows of one entity are both learned from and judged on: the \
          same fast model with rows dealt by chance, and with each entity kept on one side.",
    run,
};

/// Fewest values of a key.
const LEVELS: usize = 20;
/// Fewest rows a value, on average.
const ROWS_EACH: usize = 2;
/// Fewest rows that can be priced.
const ENOUGH: usize = 200;
/// Share of the rows one value may have: an entity is one of many.
const LARGEST: f64 = 0.1;
/// Share of the rows in which a column must have the one value of its entity to depend on it.
const DEPENDS: f64 = 0.98;
/// Most keys priced.
const KEYS: usize = 3;
/// Difference of scores that matters.
const GAP: f64 = 0.03;
/// Difference of scores that makes the score unreal.
const LARGE: f64 = 0.10;
/// Difference the check must be able to see, or it says that it is underpowered.
const VISIBLE: f64 = 0.10;
/// Honest score above which something else gives the answer, and no way of dealing rows can be priced.
const SATURATED: f64 = 0.985;
/// Standard errors on either side of a 95 % interval.
const Z95: f64 = 1.96;
/// Folds.
const FOLDS: u32 = 4;

/// A column that may name entities.
struct Key<'a> {
    column: &'a Column,
    /// Whether it was set, or is an identifier: no feature whose values are met again.
    sure: bool,
}

fn run(input: &AuditInput<'_>) -> Checked {
    let strategy = resolve(input.split, input.task);
    if strategy == Strategy::TimeOrdered {
        return Checked::skipped(ENTITIES_ACROSS_SPLIT.id, "rows are split in time order: later rows of known entities are what is predicted");
    }
    let sample = Sample::new(input, usize::MAX);
    let kept_whole = (strategy == Strategy::Grouped).then_some(input.task.entity.as_deref()).flatten();
    let keys = keys(input, &sample, kept_whole);
    if keys.is_empty() {
        let why = if kept_whole.is_some() {
            "every entity is kept on one side, and there is no other key"
        } else {
            "no column names entities that come back"
        };
        return Checked::skipped(ENTITIES_ACROSS_SPLIT.id, why);
    }
    let priced: Vec<(Finding, f64, f64)> = keys.iter().enumerate().filter_map(|(i, key)| price(input, key, &sample, i as u64)).collect();
    let n_rows = sample.rows.len().min(most_rows(input));
    let Some(finest) = priced.iter().map(|p| p.2).reduce(f64::min) else {
        return Checked::underpowered(
            ENTITIES_ACROSS_SPLIT.id,
            n_rows,
            "there are too few rows or entities to compare two ways of dealing them, or another column gives the answer",
        );
    };
    let best = priced.into_iter().filter(|p| p.1 >= GAP && p.1 > p.2).max_by(|a, b| a.1.total_cmp(&b.1));
    if best.is_none() && finest > VISIBLE {
        return Checked::underpowered(ENTITIES_ACROSS_SPLIT.id, n_rows, &format!("a difference of less than {finest:.2} could not have been seen"));
    }
    Checked::ran(ENTITIES_ACROSS_SPLIT.id, n_rows, best.map(|b| b.0).into_iter().collect())
}

/// Columns that may name entities, the surest first, and whether each is sure; at most `most`.
pub(in crate::audit) fn candidate_keys<'a>(input: &AuditInput<'a>, sample: &Sample, most: usize) -> Vec<(&'a Column, bool)> {
    keys(input, sample, None).into_iter().take(most).map(|key| (key.column, key.sure)).collect()
}

/// Candidate keys, the surest first.
fn keys<'a>(input: &AuditInput<'a>, sample: &Sample, kept_whole: Option<&str>) -> Vec<Key<'a>> {
    let set = input.task.entity.as_deref();
    let mut keys: Vec<Key<'a>> = input
        .table
        .columns()
        .iter()
        .filter(|c| c.name() != input.task.target && Some(c.name()) != input.task.time.as_deref() && Some(c.name()) != kept_whole)
        .filter(|c| Some(c.name()) != input.task.weight.as_deref())
        .filter(|c| match c.kind() {
            Kind::Numeric => c.printed_decimals() == Some(0),
            Kind::Identifier | Kind::Text | Kind::Categorical => true,
            Kind::Boolean | Kind::Timestamp => false,
        })
        .map(|column| Key { column, sure: Some(column.name()) == set || column.kind() == Kind::Identifier })
        .filter(|key| comes_back(key, input, sample, most_rows(input)))
        .collect();
    sort::by_key(&mut keys, |k| (Some(k.column.name()) != set, !k.sure));
    keys.truncate(KEYS);
    keys
}

fn comes_back(key: &Key<'_>, input: &AuditInput<'_>, sample: &Sample, most: usize) -> bool {
    if key.column.codes().is_some_and(|(_, levels)| levels.len() < LEVELS) {
        return false;
    }
    let coded = Coded::new(key.column, &sample.rows);
    let (distinct, present) = (coded.distinct(), coded.present());
    if distinct < LEVELS || present < ROWS_EACH * distinct || present < ENOUGH.min(sample.rows.len()) {
        return false;
    }
    let commonest = coded.counts.iter().copied().max().unwrap_or(0);
    key.sure
        || (f64::from(commonest) <= LARGEST * present as f64
            && has_attribute(key.column, &of_whole_entities(key.column, sample, most, input.seed, 0), input))
}

/// Whether a feature that differs between entities is the same in nearly all rows of one.
fn has_attribute(key: &Column, rows: &[u32], input: &AuditInput<'_>) -> bool {
    let rows: Vec<usize> = rows.iter().map(|&r| r as usize).collect();
    let coded = Coded::new(key, &rows);
    // More rows of another value than these, and no others can make up for them.
    let most_off = (1.0 - DEPENDS) * rows.len() as f64 + 1.0;
    input.features().filter(|c| c.name() != key.name() && c.kind() != Kind::Timestamp).any(|column| {
        let mut first = vec![None; coded.counts.len()];
        let (mut again, mut same) = (0_u32, 0_u32);
        for (&code, &row) in coded.codes.iter().zip(&rows).filter(|(c, _)| **c != MISSING_CODE) {
            let cell = word(column, row);
            match first[code as usize] {
                None => first[code as usize] = Some(cell),
                Some(seen) => (again, same) = (again + 1, same + u32::from(seen == cell)),
            }
            if f64::from(again - same) > most_off {
                return false;
            }
        }
        again > 0 && f64::from(same) >= DEPENDS * f64::from(again) && differs(&Coded::new(column, &rows))
    })
}

/// Whether a column has two values or more, none of them in nearly all of its present cells.
fn differs(coded: &Coded) -> bool {
    let most = 0.9 * coded.present() as f64;
    coded.distinct() >= 2 && coded.counts.iter().all(|c| f64::from(*c) <= most)
}

/// A cell as a word: equal cells have equal words.
fn word(column: &Column, row: usize) -> u64 {
    match column.values() {
        Values::Codes { codes, .. } => u64::from(codes[row]),
        Values::Numbers { values, .. } if values[row].is_nan() => u64::MAX,
        Values::Numbers { values, .. } => (values[row] + 0.0).to_bits(),
        Values::Times { millis, .. } => millis[row].cast_unsigned(),
    }
}

/// The finding of a key, the difference of scores and the least difference that would be past chance.
fn price(input: &AuditInput<'_>, key: &Key<'_>, sample: &Sample, index: u64) -> Option<(Finding, f64, f64)> {
    let rows = of_whole_entities(key.column, sample, most_rows(input), input.seed, index);
    if rows.len() < ENOUGH {
        return None;
    }
    let name = key.column.name();
    let probe = Probe::new(input, &rows, |f| f == name).by(Some(name), input.task.time.as_deref());
    let chance = if sample.n_classes > 0 { Strategy::Stratified } else { Strategy::Random };
    let random = probe.out_of_fold(chance, FOLDS, 0, false, input.seed)?;
    let whole = probe.out_of_fold(Strategy::Grouped, FOLDS, 0, false, input.seed)?;
    let judged = probe.sample(&random.rows);
    let score = |o: &OutOfFold| Judged::new(&judged, &o.of(&random.rows)?);
    let (random, whole) = (score(&random)?, score(&whole)?);
    let gap = random.minus(&whole);
    let at: Vec<usize> = rows.iter().map(|&r| r as usize).collect();
    let mut clusters = Coded::new(key.column, &at).codes;
    let none = clusters.iter().filter(|c| **c != MISSING_CODE).max().map_or(0, |m| m + 1);
    clusters.iter_mut().filter(|c| **c == MISSING_CODE).for_each(|c| *c = none);
    if whole.value > SATURATED {
        return None;
    }
    let error = gap.error(&judged.rows.iter().map(|&r| clusters[r]).collect::<Vec<u32>>());
    let (half, visible) = (Z95 * error, z_needed(1) * error);
    let (severity, certainty) = match (key.sure, gap.value) {
        (true, g) if g >= LARGE && g - half >= GAP => (Severity::Blocker, Certainty::Strong),
        (true, _) => (Severity::Warning, Certainty::Strong),
        (false, _) => (Severity::Note, Certainty::Ask),
    };
    let evidence = Evidence::SplitGap {
        metric: judged.metric().to_owned(),
        random: random.value,
        honest: whole.value,
        gapped: None,
        gap_low: gap.value - half,
        gap_high: gap.value + half,
    };
    let finding =
        Finding::new(ENTITIES_ACROSS_SPLIT.id, severity, certainty, &[name], evidence).remedies(vec![Remedy::GroupSplit { entity: name.to_owned() }]);
    Some((finding, gap.value, visible))
}

/// Rows of entities drawn whole until there are enough, ascending.
pub(in crate::audit) fn of_whole_entities(key: &Column, sample: &Sample, most: usize, seed: u64, index: u64) -> Vec<u32> {
    let coded = Coded::new(key, &sample.rows);
    let mut order: Vec<u32> = (0_u32..).take(coded.counts.len()).filter(|&c| coded.counts[c as usize] > 0).collect();
    Stream::new(seed, "audit/entities", index).shuffle(&mut order);
    let mut taken = vec![false; coded.counts.len()];
    let mut rows = 0;
    for code in order {
        if rows >= most {
            break;
        }
        taken[code as usize] = true;
        rows += coded.counts[code as usize] as usize;
    }
    coded.codes.iter().zip(&sample.rows).filter(|(c, _)| **c != MISSING_CODE && taken[**c as usize]).map(|(_, r)| *r as u32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::fixtures::{Case, clean};
    use crate::finding::Status;

    /// Visits of patients with an age and a size each; `known`: the outcome belongs to the patient, else to the visit.
    fn visits(seed: u64, known: bool, kind: Kind) -> Case {
        let mut draw = Stream::new(seed, "visits", u64::from(known));
        let (mut id, mut age, mut size, mut dose, mut y) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for patient in 0..150 {
            let (a, s, ill) = (20.0 + 60.0 * draw.uniform(), 150.0 + 40.0 * draw.uniform(), draw.chance(0.4));
            for _ in 0..8 {
                id.push(format!("p{patient:04}"));
                age.push(a.round());
                size.push(s.round());
                dose.push((draw.normal() * 10.0).round());
                let sick = if known { ill } else { draw.chance(0.4) };
                y.push(Some(if sick != draw.chance(0.1) { "yes" } else { "no" }));
            }
        }
        Case::new(vec![
            Column::labels("patient", kind, &id.iter().map(|i| Some(i.as_str())).collect::<Vec<_>>()),
            Column::numeric("age", age, 0),
            Column::numeric("size", size, 0),
            Column::numeric("dose", dose, 0),
            Column::labels("y", Kind::Boolean, &y),
        ])
    }

    #[test]
    fn a_patient_who_is_recognised_makes_the_score_unreal() {
        let found = visits(1, true, Kind::Identifier).run(&ENTITIES_ACROSS_SPLIT).findings;
        assert_eq!((found.len(), found[0].severity, found[0].columns[0].as_str()), (1, Severity::Blocker, "patient"));
        assert_eq!(found[0].remedies, [Remedy::GroupSplit { entity: "patient".into() }]);
    }

    #[test]
    fn a_key_that_could_be_a_feature_is_asked_about() {
        let found = visits(2, true, Kind::Categorical).run(&ENTITIES_ACROSS_SPLIT).findings;
        assert_eq!((found[0].severity, found[0].certainty), (Severity::Note, Certainty::Ask));
    }

    #[test]
    fn outcomes_of_the_visit_are_the_innocent_twin() {
        for seed in 0..6 {
            let checked = visits(seed, false, Kind::Identifier).run(&ENTITIES_ACROSS_SPLIT);
            assert_eq!((checked.status, checked.findings), (Status::Ran, Vec::new()), "seed {seed}");
        }
    }

    #[test]
    fn kept_whole_or_in_time_order_there_is_nothing_to_price() {
        let mut case = visits(1, true, Kind::Identifier);
        case.task.entity = Some("patient".into());
        case.task.features.retain(|f| f != "patient");
        assert!(matches!(case.run(&ENTITIES_ACROSS_SPLIT).status, Status::Skipped(_)));
        assert!(matches!(clean(1, 400, 2).run(&ENTITIES_ACROSS_SPLIT).status, Status::Skipped(_)));
    }
}
