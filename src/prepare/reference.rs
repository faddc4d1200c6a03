//! Reference values for tests: `tests/reference/prepare.json`, made by `tests/reference/make_prepare.py`.

use serde_json::Value;

/// The case of that name.
pub fn case(name: &str) -> Value {
    let mut all: Value = serde_json::from_str(include_str!("../../tests/reference/prepare.json")).unwrap();
    let case = all["cases"][name].take();
    assert!(!case.is_null(), "no reference for {name}");
    case
}

/// A list; null is missing.
pub fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap_or(f64::NAN)).collect()
}

/// A table given row by row, as columns.
pub fn columns(value: &Value) -> Vec<Vec<f64>> {
    let rows: Vec<Vec<f64>> = value.as_array().unwrap().iter().map(numbers).collect();
    (0..rows[0].len()).map(|j| rows.iter().map(|r| r[j]).collect()).collect()
}

/// Columns of numbers named "a", "b" ...
pub fn slots(columns: &[Vec<f64>]) -> super::Slots {
    let mut slots = super::Slots::default();
    for (name, values) in ('a'..='z').zip(columns) {
        let about =
            crate::features::Feature { name: name.to_string(), sources: vec![name.to_string()], step: "column".into(), whole: false, levels: false };
        slots.push(super::Slot { about, cells: super::Cells::Numbers(values.clone()) });
    }
    slots
}

/// Fits a step to columns of numbers.
pub fn fit(entry: &super::StepEntry, slots: &super::Slots, given: &[(&str, crate::param::Value)]) -> super::FittedStep {
    let given = given.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
    let step = (entry.fit)(slots, &crate::param::Params::check(entry.params, &given).unwrap(), &[]).unwrap();
    if let super::FittedStep::Plain(plain) = &step {
        assert!(plain.is_valid(), "{} refuses what it learned", entry.id);
    }
    step
}

/// The column of that name.
pub fn column(slots: &super::Slots, name: &str) -> Vec<f64> {
    let names: Vec<&str> = slots.list().iter().map(super::Slot::name).collect();
    let slot = slots.list().iter().find(|s| s.name() == name).unwrap_or_else(|| panic!("no {name} in {names:?}"));
    slot.cells.numbers().unwrap().to_vec()
}

/// Fails unless two lists agree, missing where missing, to a tolerance relative to values above 1.
pub fn agree(found: &[f64], wanted: &[f64], tolerance: f64, what: &str) {
    assert_eq!(found.len(), wanted.len(), "{what}");
    for (at, (f, w)) in found.iter().zip(wanted).enumerate() {
        assert!((f.is_nan() && w.is_nan()) || (f - w).abs() <= tolerance * w.abs().max(1.0), "{what} at {at}: {f} {w}");
    }
}
