//! Reference values for tests: `tests/reference/time.json`, made by `tests/reference/make_time.py` with statsmodels, ruptures and SciPy.

use serde_json::Value;

/// One case.
pub struct Case(Value);

/// All cases of one function.
pub fn cases(name: &str) -> Vec<Case> {
    let mut all: Value = serde_json::from_str(include_str!("../../tests/reference/time.json")).unwrap();
    let found: Vec<Case> = all["cases"][name].as_array_mut().unwrap().drain(..).map(Case).collect();
    assert!(!found.is_empty(), "no reference for {name}");
    found
}

impl Case {
    /// A list.
    pub fn numbers(&self, name: &str) -> Vec<f64> {
        self.0[name].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
    }

    /// A number.
    pub fn number(&self, name: &str) -> f64 {
        self.0[name].as_f64().unwrap()
    }

    /// A count.
    pub fn count(&self, name: &str) -> usize {
        usize::try_from(self.0[name].as_u64().unwrap()).unwrap()
    }

    /// Yes or no.
    pub fn is(&self, name: &str) -> bool {
        self.0[name].as_bool().unwrap()
    }
}

/// Fails unless two lists agree to a tolerance relative to values above 1.
pub fn agree(found: &[f64], wanted: &[f64], tolerance: f64, what: &str) {
    assert_eq!(found.len(), wanted.len(), "{what}");
    for (at, (f, w)) in found.iter().zip(wanted).enumerate() {
        assert!((f - w).abs() <= tolerance * w.abs().max(1.0), "{what} at {at}: {f} {w}");
    }
}
