//! What differs between two values, path by path: settings, hyperparameters, designs.

use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that is set in a value, by its path ("split.folds").
#[must_use]
pub fn flat(value: &impl Serialize) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    flatten("", &serde_json::to_value(value).unwrap_or(Value::Null), &mut all);
    all
}

/// Path, text in `a`, text in `b`, where they differ; empty where it is not set. In the order of paths.
#[must_use]
pub fn differences(a: &BTreeMap<String, String>, b: &BTreeMap<String, String>) -> Vec<(String, String, String)> {
    let paths: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    let text = |of: &BTreeMap<String, String>, path: &String| of.get(path).cloned().unwrap_or_default();
    paths.into_iter().map(|path| (path.clone(), text(a, path), text(b, path))).filter(|(_, a, b)| a != b).collect()
}

fn flatten(path: &str, value: &Value, all: &mut BTreeMap<String, String>) {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::Null => {}
        Value::Object(fields) => fields.iter().for_each(|(name, value)| flatten(&below(name), value, all)),
        Value::Array(items) => items.iter().enumerate().for_each(|(at, value)| flatten(&below(&(at + 1).to_string()), value, all)),
        Value::String(text) => drop(all.insert(path.to_owned(), text.clone())),
        other => drop(all.insert(path.to_owned(), other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_differs_is_told_by_its_path() {
        let (a, b) = (flat(&json!({"seed": 1, "split": {"folds": 5}, "gap": null})), flat(&json!({"seed": 1, "split": {"folds": 3}, "list": ["x"]})));
        let told = differences(&a, &b);
        assert_eq!(told, [("list.1".to_owned(), String::new(), "x".to_owned()), ("split.folds".to_owned(), "5".to_owned(), "3".to_owned())]);
        assert!(differences(&a, &a).is_empty());
    }
}
