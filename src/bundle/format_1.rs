//! Bundles of format 1, which named the form of a value beside its fields (`{"form": "linear", "weights": ...}`); since then it stands
//! around them (`{"linear": {"weights": ...}}`).

use serde_json::{Map, Value};

/// Keys that named a form; a step's only within a list of steps.
const TAGS: [&str; 3] = ["form", "with", "type"];

/// The content of a bundle of format 1 as today's types read it.
pub(super) fn renewed(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(renewed).collect(),
        Value::Object(mut fields) => {
            if let Some(Value::Array(steps)) = fields.get_mut("steps") {
                steps.iter_mut().for_each(|step| *step = around(step.take(), "step"));
            }
            let fields: Map<String, Value> = fields.into_iter().map(|(name, value)| (name, renewed(value))).collect();
            TAGS.into_iter().fold(Value::Object(fields), around)
        }
        other => other,
    }
}

/// Moves the word under `tag`, where there is one, around the other fields.
fn around(value: Value, tag: &str) -> Value {
    let Value::Object(mut fields) = value else { return value };
    match fields.remove(tag) {
        Some(Value::String(form)) if fields.is_empty() => Value::String(form),
        Some(Value::String(form)) => Map::from_iter([(form, Value::Object(fields))]).into(),
        Some(other) => {
            fields.insert(tag.to_owned(), other);
            Value::Object(fields)
        }
        None => Value::Object(fields),
    }
}
