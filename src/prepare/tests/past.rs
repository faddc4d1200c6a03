//! Steps that use the past: what they see, and what they never see.

use super::*;

#[test]
fn a_feature_of_the_past_never_sees_a_later_row_nor_the_horizon() {
    for (horizon, known) in [(0, true), (1, false), (4, false)] {
        let mut steps = steps_of_the_past();
        for step in &mut steps[1..4] {
            step.params.insert("known".into(), Value::Switch(known));
        }
        let all = |later: f64| {
            let (table, mut task) = panel(later);
            task.horizon = horizon;
            let split = whole(table.n_rows(), &table, &task);
            // Learned from one version, so that only what rows see can differ.
            let (one, _) = panel(1.0);
            let fitted = Recipe { steps: steps.clone() }.fit(&one, &split.development, &task).unwrap();
            (fitted.apply(&table, &Rows::all(table.n_rows())).unwrap(), table)
        };
        let ((one, table), (other, _)) = (all(1.0), all(50.0));
        assert!(one.n_features() > 100, "{} features", one.n_features());
        let day = |row: usize| table.column("t").unwrap().millis().unwrap()[row] / DAY - 18_000;
        let of_entity = |row: usize| table.column("who").unwrap().text(row).into_owned();
        // Values differ from the 31st moment of an entity on; those of its target are known `gap` moments later, those of columns too unless they are known.
        let gap = i64::from(horizon.max(1));
        let mut differ = 0;
        for (j, about) in one.about.iter().enumerate() {
            let own = if about.sources == ["y"] || !known { gap } else { 0 };
            for row in 0..table.n_rows() {
                let moment = if of_entity(row) == "e2" { day(row) / 2 } else { day(row) };
                let global = about.name.contains("(all)");
                let own_value = ["x", "x is missing", "flag"].contains(&about.name.as_str()) || about.name.starts_with("who");
                // The earliest changed row of all entities is that of day 30.
                let sees = if own_value {
                    moment >= 30
                } else if global {
                    day(row) - own.max(1) >= 30
                } else {
                    moment - own >= 30
                };
                let same = one.slice(j)[row] == other.slice(j)[row];
                assert!(same || sees, "{} sees too much in row {row}, horizon {horizon}", about.name);
                differ += usize::from(!same);
            }
        }
        assert!(differ > 1000, "the later rows were changed: {differ}");
    }
}

#[test]
fn lags_are_values_of_the_entity_and_the_targets_past_is_at_least_the_horizon_away() {
    let (table, mut task) = panel(1.0);
    for horizon in [0_u32, 3] {
        task.horizon = horizon;
        let split = whole(table.n_rows(), &table, &task);
        let steps = vec![
            step("lags", &[("lags", word("1 4"))]),
            step("impute", &[("numbers", word("constant")), ("constant", Value::Whole(-999))]),
            step("date_parts", &[]),
            step("encode", &[]),
        ];
        let fitted = Recipe { steps }.fit(&table, &split.development, &task).unwrap();
        let features = fitted.apply(&table, &Rows::all(table.n_rows())).unwrap();
        assert_eq!(names(&features).contains(&"y: 1 before"), horizon == 0);
        let lag = column(&features, "y: 4 before");
        let find = |who: &str, day: i64| {
            (0..table.n_rows())
                .find(|&r| table.column("who").unwrap().text(r) == who && table.column("t").unwrap().millis().unwrap()[r] == (18_000 + day) * DAY)
        };
        let (row, before) = (find("e0", 20).unwrap(), find("e0", 16).unwrap());
        assert_eq!(lag[row], table.column("y").unwrap().numbers().unwrap()[before]);
        assert_eq!(
            lag[find("e2", 40).unwrap()],
            table.column("y").unwrap().numbers().unwrap()[find("e2", 32).unwrap()],
            "moments of its own, two days each"
        );
        assert_eq!(lag[find("e1", 2).unwrap()], -999.0);
        let about = features.about.iter().find(|f| f.name == "y: 4 before").unwrap();
        assert_eq!(about.sources, ["y"]);
        assert_eq!(fitted.order_columns().collect::<Vec<_>>(), ["t", "who", "y"]);
    }
}

#[test]
fn rows_without_their_history_are_refused_and_say_what_is_wanted() {
    let (table, task) = panel(1.0);
    let split = whole(table.n_rows(), &table, &task);
    let fitted = Recipe { steps: steps_of_the_past() }.fit(&table, &split.development, &task).unwrap();
    fitted.validate().unwrap();
    let loaded: FittedRecipe = serde_json::from_str(&serde_json::to_string(&fitted).unwrap()).unwrap();
    assert_eq!(loaded, fitted);
    assert!(fitted.uses_past() && !fitted.contains_training_rows());
    let alone = table.take(&[4]);
    assert!(fitted.apply(&alone, &Rows::all(1)).unwrap_err().message.contains("earlier"));
    // With what came before, the row is as it was among all rows.
    let all = fitted.apply(&table, &Rows::all(table.n_rows())).unwrap();
    let again = fitted.apply(&table, &Rows::new(vec![4])).unwrap();
    assert!((0..all.n_features()).all(|j| all.slice(j)[4] == again.slice(j)[0]));
}

#[test]
fn missing_numbers_are_filled_forward_within_their_entity_only() {
    let columns = vec![
        labels("who", &["a", "a", "a", "b", "b", "a"]),
        times("t", [3, 1, 2, 1, 2, 4].map(|d| d * DAY).to_vec()),
        Column::numeric("x", vec![NAN, 5.0, NAN, NAN, 8.0, NAN], 0),
    ];
    let mut task = task(&columns, TaskKind::Regression);
    (task.time, task.entity) = (Some("t".into()), Some("who".into()));
    let table = Table::new(columns).unwrap();
    let split = whole(6, &table, &task);
    let fill = |reach: i64| {
        let steps = vec![
            step("fill_forward", &[("reach", Value::Whole(reach))]),
            step("impute", &[("numbers", word("constant")), ("constant", Value::Whole(-1)), ("indicator", Value::Switch(false))]),
        ];
        column(&Recipe { steps }.fit(&table, &split.development, &task).unwrap().apply(&table, &Rows::all(6)).unwrap(), "x")
    };
    assert_eq!(fill(0), [5.0, 5.0, 5.0, -1.0, 8.0, 5.0]);
    assert_eq!(fill(1), [-1.0, 5.0, 5.0, -1.0, 8.0, -1.0]);
    assert_eq!(fill(2), [5.0, 5.0, 5.0, -1.0, 8.0, -1.0]);
}

#[test]
fn time_since_the_last_event_counts_days_of_the_past() {
    let columns = vec![
        times("t", [1, 2, 4, 9].map(|d| d * DAY).to_vec()),
        Column::numeric("sold", vec![0.0, 1.0, 0.0, 0.0], 0),
        Column::numeric("y", vec![1.0; 4], 0),
    ];
    let mut task = task(&columns, TaskKind::Regression);
    task.time = Some("t".into());
    let table = Table::new(columns).unwrap();
    let split = whole(4, &table, &task);
    let steps = vec![
        step("since", &[]),
        step("impute", &[("numbers", word("constant")), ("constant", Value::Whole(-1)), ("indicator", Value::Switch(false))]),
    ];
    let features = Recipe { steps }.fit(&table, &split.development, &task).unwrap().apply(&table, &Rows::all(4)).unwrap();
    assert_eq!(column(&features, "sold: time since the last"), [-1.0, 0.0, 2.0, 7.0]);
    assert_eq!(column(&features, "sold: how many so far"), [0.0, 1.0, 1.0, 1.0]);
    assert_eq!(column(&features, "t: since the one before"), [-1.0, 1.0, 2.0, 5.0]);
    assert_eq!(column(&features, "t: how many before"), [0.0, 1.0, 2.0, 3.0]);
}

#[test]
fn a_hundred_features_of_the_past_are_made_quickly() {
    let n = 10_000_i64;
    let columns = vec![
        labels("who", &(0..n).map(|i| ["a", "b", "c", "d"][(i % 4) as usize]).collect::<Vec<_>>()),
        times("t", (0..n).map(|i| (10_000 + i / 4) * DAY).collect()),
        Column::numeric("x", (0..n).map(|i| (i * 7919 % 1000) as f64).collect(), 0),
        Column::numeric("y", (0..n).map(|i| (i * 104_729 % 997) as f64).collect(), 0),
    ];
    let task = Task { time: Some("t".into()), entity: Some("who".into()), ..task(&columns, TaskKind::Regression) };
    let table = Table::new(columns).unwrap();
    let split = whole(table.n_rows(), &table, &task);
    let fitted = Recipe { steps: steps_of_the_past() }.fit(&table, &split.development, &task).unwrap();
    let features = fitted.apply(&table, &Rows::all(10_000)).unwrap();
    assert!(features.n_features() > 100 && features.n_rows() == 10_000);
}

#[test]
fn a_look_at_what_was_generated_finds_nothing_that_moves() {
    for horizon in [0, 3] {
        let (table, mut task) = panel(1.0);
        task.horizon = horizon;
        let split = whole(table.n_rows(), &table, &task);
        let fitted = Recipe { steps: steps_of_the_past() }.fit(&table, &split.development, &task).unwrap();
        let told = fitted.with_changes(&table, &split.development).unwrap();
        let proof = told.proof().unwrap();
        assert_eq!((proof.numbers.len(), proof.number(3)), (proof::FOUND, 0.0), "{proof:?}");
        assert!(proof.number(0) > 100.0 && proof.number(1) > 100.0 && proof.number(4) < proof::SAME, "{proof:?}");
    }
}

#[test]
fn the_rows_shown_are_the_first_or_the_last_whose_past_was_read() {
    let (table, task) = panel(1.0);
    let split = whole(table.n_rows(), &table, &task);
    let of = |steps: Vec<StepChoice>| preview::preview(&Recipe { steps }.fit(&table, &split.development, &task).unwrap(), &table).unwrap();
    let (stages, first) = of(vec![step("impute", &[]), step("encode", &[])]);
    assert_eq!((stages.len(), first), (3, 0));
    let (stages, first) = of(vec![step("lags", &[]), step("impute", &[]), step("encode", &[])]);
    assert_eq!((stages.len(), first), (4, 145));
    assert!(stages.iter().all(|s| s.list().iter().all(|c| c.cells.numbers().is_none_or(|v| v.len() == preview::SHOWN))));
}
