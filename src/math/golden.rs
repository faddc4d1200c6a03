//! Reference values for tests: `tests/reference/golden.json`, made by `tests/reference/make_golden.py` with SciPy and statsmodels.

use serde_json::Value;

const TEXT: &str = include_str!("../../tests/reference/golden.json");

/// One case: input and what the reference library gives for it.
pub struct Case(Value);

/// All cases of one function.
pub fn cases(name: &str) -> Vec<Case> {
    cases_in(TEXT, name)
}

/// The same of `tests/reference/validation.json`, made by `tests/reference/make_validation.py` with `NumPy` and SciPy.
pub fn validation(name: &str) -> Vec<Case> {
    cases_in(include_str!("../../tests/reference/validation.json"), name)
}

fn cases_in(text: &str, name: &str) -> Vec<Case> {
    let mut all: Value = serde_json::from_str(text).unwrap();
    let cases = all["cases"].take();
    let found: Vec<Case> = cases.as_array().unwrap().iter().filter(|c| c["fn"] == name).cloned().map(Case).collect();
    assert!(!found.is_empty(), "no reference for {name}");
    found
}

/// Fails unless the two agree to a relative (near 0: absolute, to 1e-300) tolerance.
pub fn close(found: f64, expected: f64, tolerance: f64) {
    let apart = (found - expected).abs();
    assert!(apart <= tolerance * expected.abs() + 1e-300 || found == expected, "found {found:e}, expected {expected:e}");
}

impl Case {
    /// A list of the input.
    pub fn numbers(&self, name: &str) -> Vec<f64> {
        list(&self.0["input"][name])
    }

    /// A number of the input.
    pub fn number(&self, name: &str) -> f64 {
        self.0["input"][name].as_f64().unwrap()
    }

    /// A table of the input, row by row.
    pub fn rows(&self, name: &str) -> Vec<Vec<f64>> {
        self.0["input"][name].as_array().unwrap().iter().map(list).collect()
    }

    /// The expected list.
    pub fn expected_numbers(&self) -> Vec<f64> {
        list(&self.0["expect"])
    }

    /// A named expected list.
    pub fn expected_list(&self, name: &str) -> Vec<f64> {
        list(&self.0["expect"][name])
    }

    /// The expected number when there is only one.
    pub fn expected_number(&self) -> f64 {
        self.0["expect"].as_f64().unwrap()
    }

    /// A named expected number; NaN where the reference has none.
    pub fn expected(&self, name: &str) -> f64 {
        self.0["expect"][name].as_f64().unwrap_or(f64::NAN)
    }
}

fn list(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}
