//! A version as a run folder of MLflow's file store: `mlruns/0/RUN/` with `meta.yaml`, `params/`, `metrics/`, `tags/` and `artifacts/`.
//!
//! The forms are those that `mlflow.store.tracking.file_store` reads: one file a parameter or tag with its value, one a metric with lines
//! "milliseconds value step", and `meta.yaml` with the fields of `RunInfo`. The run's id is the beginning of the bundle's fingerprint.

use super::Version;
use std::fmt::Write;

/// Digits of a run's id.
const ID_DIGITS: usize = 32;
/// A run that has finished, and a source that is a local program, as MLflow numbers them.
const FINISHED: u32 = 3;
const LOCAL: u32 = 4;

/// The files of a run, by their path; `bundle` is the bundle's file.
#[must_use]
pub fn run_folder(version: &Version, bundle: &str) -> Vec<(String, Vec<u8>)> {
    let id: String = version.sha256.bundle.chars().take(ID_DIGITS).collect();
    let run = format!("mlruns/0/{id}");
    let mut files = vec![("mlruns/0/meta.yaml".to_owned(), experiment()), (format!("{run}/meta.yaml"), meta(version, &id))];
    let mut add = |path: String, text: &str| files.push((format!("{run}/{path}"), text.as_bytes().to_vec()));
    add("params/learner".to_owned(), &version.learner);
    for (name, value) in &version.params {
        add(format!("params/{}", safe(name)), value);
    }
    for (prefix, estimates) in [("cv", &version.cross_validated), ("sealed", &version.holdout)] {
        for e in estimates {
            for (word, value) in [("", e.value), ("_low", e.low), ("_high", e.high)] {
                if let Some(value) = value {
                    add(format!("metrics/{prefix}_{}{word}", safe(&e.metric)), &format!("{} {value} 0\n", version.note.kept));
                }
            }
        }
    }
    let verdict = version.verdict.and_then(|v| serde_json::to_value(v).ok()).and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
    let fixed = [
        ("mlflow.runName", version.id()),
        ("mlflow.note.content", version.note.notes.clone()),
        ("mlflow.source.name", "watertight".to_owned()),
        ("verdict", verdict),
        ("green", version.green.to_string()),
        ("data.file", version.file.clone()),
        ("data.sha256", version.sha256.data.clone()),
        ("settings.sha256", version.sha256.settings.clone()),
    ];
    for (name, value) in &fixed {
        add(format!("tags/{name}"), value);
    }
    for tag in &version.note.tags {
        add(format!("tags/tag.{}", safe(tag)), "true");
    }
    add("artifacts/model/MLmodel".to_owned(), &model(version, &id));
    add("artifacts/model/bundle.json".to_owned(), bundle);
    files
}

/// Letters that may stand in a file's name; MLflow allows these for parameters, metrics and tags.
fn safe(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ') { c } else { '_' }).collect()
}

/// A text between single quotes, as YAML wants it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''").replace(['\n', '\r'], " "))
}

fn experiment() -> Vec<u8> {
    b"artifact_location: mlruns/0\nexperiment_id: '0'\nlifecycle_stage: active\nname: Default\n".to_vec()
}

fn meta(version: &Version, id: &str) -> Vec<u8> {
    let mut text = String::new();
    let time = version.note.kept;
    for (key, value) in [
        ("artifact_uri", format!("mlruns/0/{id}/artifacts")),
        ("end_time", time.to_string()),
        ("entry_point_name", "''".to_owned()),
        ("experiment_id", "'0'".to_owned()),
        ("lifecycle_stage", "active".to_owned()),
        ("run_id", quoted(id)),
        ("run_name", quoted(&version.id())),
        ("run_uuid", quoted(id)),
        ("source_name", "''".to_owned()),
        ("source_type", LOCAL.to_string()),
        ("source_version", "''".to_owned()),
        ("start_time", time.to_string()),
        ("status", FINISHED.to_string()),
        ("tags", "[]".to_owned()),
        ("user_id", "''".to_owned()),
    ] {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{key}: {value}");
    }
    text.into_bytes()
}

/// The model's own description; its one flavour is the bundle, which `watertight predict` asks.
fn model(version: &Version, id: &str) -> String {
    format!(
        "artifact_path: model\nflavors:\n  watertight:\n    bundle: bundle.json\n    version: {}\nmodel_uuid: {}\nrun_id: {}\n",
        quoted(&version.version.to_string()),
        quoted(id),
        quoted(id)
    )
}
