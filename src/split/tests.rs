//! What every split promises, over many tables.

use super::*;
use crate::split::Strategy;
use crate::table::time::TimeFormat;
use crate::table::{Column, Exceptions, Kind, MISSING_TIME, Table, Values};
use crate::task::{Target, Task, TaskKind};
use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};
use std::collections::BTreeSet;

const DAY: i64 = 86_400_000;

/// A table of `days` (one a row; `None` missing), entities `row % n_entities` and a target; every 7th target is missing if wanted.
fn example(days: &[Option<i64>], n_entities: usize, kind: TaskKind, gaps: bool) -> (Table, Task, Target) {
    let n = days.len();
    let millis = days.iter().map(|d| d.map_or(MISSING_TIME, |d| d * DAY)).collect();
    let time =
        Column::new("day", Kind::Timestamp, Values::Times { millis, format: TimeFormat { pattern: "%Y-%m-%d".into() } }, Exceptions::default());
    let entities: Vec<String> = (0..n).map(|i| format!("e{}", (i * i) % n_entities.max(1))).collect();
    let entity = Column::labels("who", Kind::Identifier, &entities.iter().map(|e| Some(e.as_str())).collect::<Vec<_>>());
    let classes: Vec<String> = if kind == TaskKind::Regression { vec![] } else { vec!["a".into(), "b".into(), "c".into()] };
    #[expect(clippy::cast_precision_loss, reason = "small")]
    let value = |i: usize| if classes.is_empty() { i as f64 * 0.5 } else { (i % classes.len()) as f64 };
    let values = (0..n).map(|i| if gaps && i % 7 == 3 { f64::NAN } else { value(i) }).collect();
    let task = Task {
        target: "y".into(),
        kind,
        classes: classes.clone(),
        time: None,
        entity: None,
        weight: None,
        horizon: 0,
        features: vec![],
        ignored: vec![],
    };
    (Table::new(vec![time, entity]).unwrap(), task, Target { values, classes })
}

fn settings(strategy: Strategy, folds: u32, holdout: f64, gap: u32) -> SplitSettings {
    SplitSettings { strategy, folds, holdout, gap, ..SplitSettings::default() }
}

fn set(rows: &[u32]) -> BTreeSet<u32> {
    let set: BTreeSet<u32> = rows.iter().copied().collect();
    assert_eq!(set.len(), rows.len(), "a row stands twice");
    set
}

/// Development, holdout and left out rows are a partition; each fold's sides are parts of development and share nothing.
fn check_partition(split: &Split, n_rows: usize) {
    let development = set(split.development.rows().as_slice());
    let holdout = split.holdout.as_ref().map(|h| set(h.0.as_slice())).unwrap_or_default();
    let left_out = set(split.left_out.as_slice());
    assert_eq!(development.len() + holdout.len() + left_out.len(), n_rows);
    assert!(development.is_disjoint(&holdout) && development.is_disjoint(&left_out) && holdout.is_disjoint(&left_out));
    for fold in &split.folds {
        let (train, validation) = (set(fold.train.rows().as_slice()), set(fold.validation.as_slice()));
        assert!(!train.is_empty() && !validation.is_empty());
        assert!(train.is_disjoint(&validation) && train.is_subset(&development) && validation.is_subset(&development));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_strategy_gives_a_partition_and_repeats_by_seed(
        n in 60_usize..200, folds in 2_u32..6, holdout in 0.0..0.4_f64, seed in any::<u64>(), which in 0..4_usize
    ) {
        let strategy = [Strategy::Random, Strategy::Stratified, Strategy::Grouped, Strategy::TimeOrdered][which];
        let days: Vec<Option<i64>> = (0..n).map(|i| if i % 11 == 5 { None } else { Some(((i * 37) % 50) as i64) }).collect();
        let (table, mut task, target) = example(&days, 17, TaskKind::Multiclass, true);
        task.time = Some("day".into());
        task.entity = Some("who".into());
        let settings = settings(strategy, folds, holdout, 1);
        let split = make(&table, &task, &target, &settings, None, seed).unwrap();
        check_partition(&split, n);
        prop_assert_eq!(split.folds.len(), folds as usize);
        for &row in split.development.rows().as_slice() {
            prop_assert!(target.values[row as usize].is_finite());
        }
        prop_assert_eq!(&make(&table, &task, &target, &settings, None, seed).unwrap(), &split);
    }

    #[test]
    fn no_entity_straddles_a_split(n in 40_usize..150, n_entities in 12_usize..40, seed in any::<u64>()) {
        let (table, mut task, target) = example(&vec![Some(0); n], n_entities, TaskKind::Regression, false);
        task.entity = Some("who".into());
        let column = table.column("who").unwrap();
        let who = |rows: &Rows| rows.as_slice().iter().map(|&r| column.text(r as usize).into_owned()).collect::<BTreeSet<_>>();
        let Ok(split) = make(&table, &task, &target, &settings(Strategy::Auto, 3, 0.2, 0), None, seed) else {
            // Squares modulo few entities can leave fewer than four distinct ones.
            prop_assert!((0..n).map(|i| (i * i) % n_entities).collect::<BTreeSet<_>>().len() < 12);
            return Ok(());
        };
        prop_assert!(who(split.development.rows()).is_disjoint(&who(&split.holdout.as_ref().unwrap().0)));
        for fold in &split.folds {
            prop_assert!(who(fold.train.rows()).is_disjoint(&who(&fold.validation)));
        }
    }

    #[test]
    fn validation_is_later_than_training_by_gap_and_horizon(
        n in 90_usize..200, span in 30_i64..90, folds in 2_u32..5, gap in 0_u32..3, horizon in 0_u32..3, holdout in 0.0..0.3_f64
    ) {
        let days: Vec<Option<i64>> = (0..n).map(|i| Some((i as i64 * 97) % span)).collect();
        let (table, mut task, target) = example(&days, 5, TaskKind::Regression, false);
        task.time = Some("day".into());
        task.horizon = horizon;
        let split = make(&table, &task, &target, &settings(Strategy::Auto, folds, holdout, gap), None, 1).unwrap();
        check_partition(&split, n);
        // Every day of the span stands in the table, so distinct stamps are days.
        let away = i64::from(gap + horizon);
        let day = |r: &u32| days[*r as usize].unwrap();
        let last = |rows: &Rows| rows.as_slice().iter().map(day).max().unwrap();
        let first = |rows: &Rows| rows.as_slice().iter().map(day).min().unwrap();
        for (k, fold) in split.folds.iter().enumerate() {
            prop_assert!(first(&fold.validation) > last(fold.train.rows()) + away);
            if k > 0 {
                prop_assert!(first(&fold.validation) > last(&split.folds[k - 1].validation));
                prop_assert!(fold.train.rows().len() > split.folds[k - 1].train.rows().len());
            }
        }
        if let Some(sealed) = &split.holdout {
            prop_assert!(first(&sealed.0) > last(split.development.rows()) + away);
        }
    }
}

#[test]
fn stratified_folds_hold_the_same_share_of_each_class() {
    let (table, task, target) = example(&[None; 300], 1, TaskKind::Multiclass, false);
    let split = make(&table, &task, &target, &settings(Strategy::Auto, 5, 0.2, 0), None, 9).unwrap();
    let count = |rows: &Rows, class: f64| rows.as_slice().iter().filter(|&&r| target.values[r as usize] == class).count();
    for class in [0.0, 1.0, 2.0] {
        assert_eq!(count(&split.holdout.as_ref().unwrap().0, class), 20);
        assert!(split.folds.iter().all(|f| count(&f.validation, class) == 16));
    }
}

#[test]
fn fifths_of_a_numeric_target_are_spread_over_the_folds() {
    let (table, task, target) = example(&[None; 100], 1, TaskKind::Regression, false);
    let split = make(&table, &task, &target, &settings(Strategy::Stratified, 4, 0.2, 0), None, 3).unwrap();
    for fold in &split.folds {
        for part in 0..5_u32 {
            assert_eq!(fold.validation.as_slice().iter().filter(|&&r| r / 20 == part).count(), 4);
        }
    }
}

#[test]
fn each_development_row_is_judged_once_by_random_folds() {
    let (table, task, target) = example(&[None; 53], 1, TaskKind::Regression, true);
    let split = make(&table, &task, &target, &settings(Strategy::Auto, 4, 0.25, 0), None, 3).unwrap();
    let judged: Vec<u32> = split.folds.iter().flat_map(|f| f.validation.as_slice().to_vec()).collect();
    assert_eq!(set(&judged), set(split.development.rows().as_slice()));
}

#[test]
fn a_test_file_becomes_the_holdout_and_no_other_is_drawn() {
    for strategy in [Strategy::Random, Strategy::Stratified, Strategy::Grouped, Strategy::TimeOrdered] {
        let days: Vec<Option<i64>> = (0..90).map(Some).collect();
        let (table, mut task, target) = example(&days, 40, TaskKind::Multiclass, true);
        (task.time, task.entity) = (Some("day".into()), Some("who".into()));
        let split = make(&table, &task, &target, &settings(strategy, 3, 0.2, 0), Some(60), 1).unwrap();
        check_partition(&split, 90);
        assert!(split.development.rows().as_slice().iter().all(|&r| r < 60));
        let sealed = split.holdout.unwrap().open();
        assert_eq!(sealed.as_slice(), (60..90).filter(|r| r % 7 != 3).collect::<Vec<_>>());
    }
}

#[test]
fn two_seeds_deal_differently() {
    let (table, task, target) = example(&[None; 60], 1, TaskKind::Regression, false);
    let split = |seed| make(&table, &task, &target, &SplitSettings::default(), None, seed).unwrap();
    assert_ne!(split(1), split(2));
}

#[test]
fn what_is_too_small_for_the_folds_is_refused_with_the_largest_possible_number() {
    let (table, mut task, target) = example(&[Some(1); 12], 3, TaskKind::Multiclass, false);
    let error = make(&table, &task, &target, &settings(Strategy::Stratified, 5, 0.0, 0), None, 1).unwrap_err();
    assert!(error.hint.contains("at most 4 folds"), "{error}");
    task.entity = Some("who".into());
    let error = make(&table, &task, &target, &settings(Strategy::Grouped, 5, 0.0, 0), None, 1).unwrap_err();
    assert!(error.hint.contains("at most 2 folds"), "{error}");
    task.time = Some("day".into());
    assert!(make(&table, &task, &target, &settings(Strategy::TimeOrdered, 2, 0.2, 0), None, 1).is_err());
}

#[test]
fn a_strategy_without_its_column_is_refused_by_name() {
    let (table, task, target) = example(&[Some(1); 30], 3, TaskKind::Regression, false);
    for (strategy, role) in [(Strategy::Grouped, "entity"), (Strategy::TimeOrdered, "time")] {
        let error = make(&table, &task, &target, &settings(strategy, 3, 0.2, 0), None, 1).unwrap_err();
        assert!(error.hint.contains(role));
    }
}

#[test]
fn degenerate_tables_and_settings_are_refused_without_panic() {
    for n in 0..3 {
        let (table, mut task, target) = example(&vec![None; n], 2, TaskKind::Multiclass, false);
        (task.time, task.entity) = (Some("day".into()), Some("who".into()));
        for strategy in [Strategy::Random, Strategy::Stratified, Strategy::Grouped, Strategy::TimeOrdered] {
            assert!(make(&table, &task, &target, &settings(strategy, 5, 0.2, 0), None, 1).is_err());
            assert!(make(&table, &task, &target, &settings(strategy, 5, 0.2, u32::MAX), Some(0), 1).is_err());
        }
    }
    let (table, task, target) = example(&[None; 30], 2, TaskKind::Regression, false);
    for wrong in [settings(Strategy::Auto, 1, 0.2, 0), settings(Strategy::Auto, 5, f64::NAN, 0), settings(Strategy::Auto, 5, 0.9, 0)] {
        assert!(make(&table, &task, &target, &wrong, None, 1).is_err());
    }
}

#[test]
fn auto_follows_the_roles_of_the_task() {
    let (_, mut task, _) = example(&[], 1, TaskKind::Regression, false);
    let auto = SplitSettings::default();
    assert_eq!(resolve(&auto, &task), Strategy::Random);
    task.kind = TaskKind::Binary;
    assert_eq!(resolve(&auto, &task), Strategy::Stratified);
    task.entity = Some("who".into());
    assert_eq!(resolve(&auto, &task), Strategy::Grouped);
    task.time = Some("day".into());
    assert_eq!(resolve(&auto, &task), Strategy::TimeOrdered);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_repeat_is_a_cross_validation_of_its_own_and_the_first_is_the_one_there_was(
        n in 60_usize..160, folds in 2_u32..6, repeats in 2_u32..5, seed in any::<u64>(), which in 0..3_usize
    ) {
        let strategy = [Strategy::Random, Strategy::Stratified, Strategy::Grouped][which];
        let (table, mut task, target) = example(&vec![Some(1); n], 31, TaskKind::Multiclass, false);
        task.entity = Some("who".into());
        let once = settings(strategy, folds, 0.2, 0);
        let again = SplitSettings { repeats, ..once.clone() };
        let (one, many) = (make(&table, &task, &target, &once, None, seed).unwrap(), make(&table, &task, &target, &again, None, seed).unwrap());
        check_partition(&many, n);
        prop_assert_eq!(many.folds.len(), (folds * repeats) as usize);
        prop_assert_eq!(many.folds.len(), again.rounds() as usize);
        prop_assert_eq!(&many.folds[..folds as usize], &one.folds[..]);
        for repeat in many.folds.chunks(folds as usize) {
            let judged: Vec<u32> = repeat.iter().flat_map(|f| f.validation.as_slice().to_vec()).collect();
            prop_assert_eq!(set(&judged), set(many.development.rows().as_slice()));
        }
        let column = table.column("who").unwrap();
        let who = |rows: &Rows| rows.as_slice().iter().map(|&r| column.text(r as usize).into_owned()).collect::<BTreeSet<_>>();
        for fold in many.folds.iter().filter(|_| strategy == Strategy::Grouped) {
            prop_assert!(who(fold.train.rows()).is_disjoint(&who(&fold.validation)));
        }
    }

    #[test]
    fn a_window_slides_and_an_embargo_is_kept(
        span in 60_i64..140, folds in 2_u32..5, gap in 0_u32..3, window in 1_u32..30, embargo in 0_u32..4
    ) {
        let days: Vec<Option<i64>> = (0..span * 2).map(|i| Some((i * 211) % span)).collect();
        let (table, mut task, target) = example(&days, 5, TaskKind::Regression, false);
        task.time = Some("day".into());
        let sliding = SplitSettings { window, embargo, ..settings(Strategy::TimeOrdered, folds, 0.2, gap) };
        let split = make(&table, &task, &target, &sliding, None, 1).unwrap();
        check_partition(&split, days.len());
        let stamps = |rows: &Rows| rows.as_slice().iter().map(|r| days[*r as usize].unwrap()).collect::<BTreeSet<i64>>();
        for (k, fold) in split.folds.iter().enumerate() {
            let (learned, judged) = (stamps(fold.train.rows()), stamps(&fold.validation));
            let first = *judged.first().unwrap();
            prop_assert!(*learned.last().unwrap() < first - i64::from(gap), "nothing later than validation minus gap");
            prop_assert!(*learned.first().unwrap() >= first - i64::from(gap) - i64::from(window), "nothing before the window");
            for earlier in &split.folds[..k] {
                let end = *stamps(&earlier.validation).last().unwrap();
                prop_assert!((1..=i64::from(embargo)).all(|after| !learned.contains(&(end + after))), "no stamp under embargo");
            }
        }
        let (last, all) = (stamps(split.last.rows()), stamps(split.development.rows()));
        prop_assert_eq!(last.len(), (window as usize).min(all.len()));
        prop_assert_eq!(last.last(), all.last());
    }
}

#[test]
fn a_window_that_slides_forgets_what_an_expanding_one_keeps() {
    let days: Vec<Option<i64>> = (0..120).map(Some).collect();
    let (table, mut task, target) = example(&days, 5, TaskKind::Regression, false);
    task.time = Some("day".into());
    let expanding = settings(Strategy::TimeOrdered, 4, 0.0, 0);
    let sizes = |settings: &SplitSettings| -> Vec<usize> {
        make(&table, &task, &target, settings, None, 1).unwrap().folds.iter().map(|f| f.train.rows().len()).collect()
    };
    assert_eq!(sizes(&expanding), [24, 48, 72, 96]);
    assert_eq!(sizes(&SplitSettings { window: 30, ..expanding.clone() }), [24, 30, 30, 30]);
    assert_eq!(sizes(&SplitSettings { embargo: 5, ..expanding.clone() }), [24, 48, 67, 86], "five after each judged block but the one just judged");
    let refused = make(&table, &task, &target, &SplitSettings { window: 3, embargo: 99, ..expanding }, None, 1).unwrap_err();
    assert!(refused.to_string().contains("embargo"), "nothing is left to learn from: {refused}");
}

#[test]
fn repeats_out_of_range_are_refused() {
    let (table, task, target) = example(&[None; 60], 1, TaskKind::Regression, false);
    for repeats in [0, 21] {
        let wrong = SplitSettings { repeats, ..SplitSettings::default() };
        assert!(make(&table, &task, &target, &wrong, None, 1).unwrap_err().to_string().contains("repeats"));
    }
}

#[test]
fn a_part_of_what_may_be_learned_from_keeps_its_order() {
    let (table, task, target) = example(&[None; 60], 1, TaskKind::Regression, false);
    let split = make(&table, &task, &target, &SplitSettings::default(), None, 1).unwrap();
    let even = split.development.part(|row| row % 2 == 0);
    assert!(even.rows().as_slice().windows(2).all(|two| two[0] < two[1]) && even.rows().as_slice().iter().all(|row| row % 2 == 0));
    assert!(!even.rows().is_empty() && even.rows().len() < split.development.rows().len());
}
