//! Everything the user chose, as one serialisable value. What is not chosen is guessed from the table and says so.

mod remedy;
mod resolve;
mod validation;

pub use crate::prepare::StepChoice as Chosen;
pub use resolve::{Guessed, Plan};
pub use validation::{COVERAGES, MOST_FAIRNESS, MOST_PERMUTATIONS, ValidationChoice};

use crate::decide::Gate;
use crate::derived::{DerivedColumn, Known};
use crate::error::{Error, Result};
use crate::finding::{Price, Remedy, Severity};
use crate::quality::{OwnRule, Weights};
use crate::split::SplitSettings;
use crate::table::Kind;
use crate::table::parse::CsvOptions;
use crate::task::TaskKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Seed used when none is given.
pub const DEFAULT_SEED: u64 = 42;

/// What a column is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// May be learned from.
    Feature,
    /// Is predicted.
    Target,
    /// Orders rows in time.
    Time,
    /// Names the entity of a row.
    Entity,
    /// Weighs rows.
    Weight,
    /// Left out.
    Ignored,
}

impl Role {
    /// All roles in the order of the picker.
    pub const ALL: [Self; 6] = [Self::Feature, Self::Target, Self::Time, Self::Entity, Self::Weight, Self::Ignored];

    /// The word used in settings and flags.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Feature => "feature",
            Self::Target => "target",
            Self::Time => "time",
            Self::Entity => "entity",
            Self::Weight => "weight",
            Self::Ignored => "ignored",
        }
    }
}

/// What the user said of one column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ColumnChoice {
    /// Read it as this kind.
    pub kind: Option<Kind>,
    /// Use it for this. Target, time, entity and weight are named in [`TaskChoice`]; here only feature or ignored.
    pub role: Option<Role>,
    /// Pattern of an ambiguous date column ("%d/%m/%Y").
    pub date_format: Option<String>,
    /// Whether the value of the predicted row is known when predicting; `None`: not said.
    pub known: Option<Known>,
}

/// What the user said of the task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TaskChoice {
    /// Column to predict.
    pub target: Option<String>,
    /// Kind of question; guessed from the target when absent.
    pub kind: Option<TaskKind>,
    /// Label of the positive class of a binary task.
    pub positive: Option<String>,
    /// Time column.
    pub time: Option<String>,
    /// Entity column.
    pub entity: Option<String>,
    /// Weight column.
    pub weight: Option<String>,
    /// Steps between the prediction moment and the target.
    pub horizon: u32,
}

/// A finding the user accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Accepted {
    /// The finding's id.
    pub finding: String,
    /// Why.
    pub reason: String,
    /// What was accepted, in rounded terms and values: when they differ the finding is open again. Empty: filled in when the finding is next seen.
    #[serde(default)]
    pub fingerprint: Vec<(String, String)>,
}

/// A remedy that was applied: what had been found, and what was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Repair {
    /// The finding's id.
    pub finding: String,
    /// How much it mattered.
    pub severity: Severity,
    /// What was found, in words.
    pub found: String,
    /// The edit.
    pub remedy: Remedy,
    /// What it was worth, if it was priced.
    #[serde(default)]
    pub price: Option<Price>,
}

/// How hyperparameters are searched.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchChoice {
    /// The method with its settings: number of trials, what is given up, whether the optimism is measured.
    pub method: Chosen,
    /// Learners that are searched, by id; none: all that are compared and have hyperparameters.
    pub learners: Vec<String>,
    /// Least and greatest value tried, by learner and hyperparameter ("ridge.alpha"), where they differ from the usual ones.
    pub ranges: BTreeMap<String, (f64, f64)>,
    /// Words tried ("true" and "false" of a switch), by learner and hyperparameter, where they are not the usual ones; of one word nothing is searched.
    pub choices: BTreeMap<String, Vec<String>>,
}

/// All choices. `Settings::default()` lets everything be guessed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Version of this format.
    pub format: u32,
    /// Seed of every random stream.
    pub seed: u64,
    /// How the file is read.
    pub csv: CsvOptions,
    /// What was said of columns, by name.
    pub columns: BTreeMap<String, ColumnChoice>,
    /// What was said of the task.
    pub task: TaskChoice,
    /// Keep one row of each group of equal rows.
    pub drop_duplicates: bool,
    /// How rows are dealt.
    pub split: SplitSettings,
    /// Preparation steps in order; `None`: the usual ones for the table and learner.
    pub recipe: Option<Vec<Chosen>>,
    /// Augmentation of the training side; `None`: off.
    pub augment: Option<Chosen>,
    /// Learners to compare; `None`: the usual ones for the task and size.
    pub learners: Option<Vec<Chosen>>,
    /// Metric that ranks learners; `None`: the usual one for the task.
    pub metric: Option<String>,
    /// Gates; `None`: those of the preset.
    pub gates: Option<Vec<Gate>>,
    /// List of gates by name, of [`crate::decide::PRESETS`]; `None`: the usual ones for the task.
    pub preset: Option<String>,
    /// Green runs in a row that the registry holds of the model's name, for the gate that counts them; `None`: not said.
    pub green_before: Option<u32>,
    /// Findings accepted with a reason. A proven blocker stays no-go all the same.
    pub accepted: Vec<Accepted>,
    /// Columns that hold a function of earlier rows in the place of their own values.
    pub derived: Vec<DerivedColumn>,
    /// Remedies that were applied, in order: the report tells before and after. They change nothing else.
    pub repairs: Vec<Repair>,
    /// Search for the hyperparameters of learners; `None`: they are compared as chosen.
    pub search: Option<SearchChoice>,
    /// Calibration and decision threshold, as hyperparameters of [`crate::evaluate::adjust::PARAMS`]; `None`: the usual ones for the task.
    pub adjust: Option<Chosen>,
    /// Whether the training rows are segmented: which groups of like rows there are.
    pub segments: bool,
    /// Quality rules of the user's own.
    pub rules: Vec<OwnRule>,
    /// What validation measures beside scores.
    pub validation: ValidationChoice,
    /// What dimensions and rules of quality count for, by id, where that is not the usual.
    pub weights: Weights,
}

/// Choices that came after the first settings were fingerprinted: they are not written while nothing is chosen, so that such settings keep theirs.
const LATER: [&str; 13] = [
    ",\n  \"weights\": {}",
    ",\n  \"preset\": null",
    ",\n  \"green_before\": null",
    ",\n      \"caution\": null",
    ",\n  \"rules\": []",
    ",\n  \"search\": null",
    ",\n  \"adjust\": null",
    ",\n  \"segments\": false",
    ",\n    \"choices\": {}",
    // With the comma behind it, which 10 has not.
    "\n    \"repeats\": 1,",
    "\n    \"window\": 0,",
    ",\n    \"embargo\": 0",
    ",\n  \"validation\": {\n    \"permutations\": 0,\n    \"learning_curve\": false,\n    \"coverage\": 0.9,\n    \"fairness\": []\n  }",
];

/// Version of the settings format.
pub const SETTINGS_FORMAT: u32 = 1;

impl Default for Settings {
    fn default() -> Self {
        Self {
            format: SETTINGS_FORMAT,
            seed: DEFAULT_SEED,
            csv: CsvOptions::default(),
            columns: BTreeMap::new(),
            task: TaskChoice::default(),
            drop_duplicates: false,
            split: SplitSettings::default(),
            recipe: None,
            augment: None,
            learners: None,
            metric: None,
            gates: None,
            preset: None,
            green_before: None,
            accepted: Vec::new(),
            derived: Vec::new(),
            repairs: Vec::new(),
            search: None,
            adjust: None,
            segments: false,
            rules: Vec::new(),
            validation: ValidationChoice::default(),
            weights: Weights::new(),
        }
    }
}

impl Settings {
    /// Settings from JSON, as `settings.json` holds them.
    ///
    /// # Errors
    /// Not JSON, a wrong type, or a newer format.
    pub fn from_json(text: &str) -> Result<Self> {
        let settings: Self = serde_json::from_str(text).map_err(|e| Error::bad_settings(&e.to_string(), e.line() as u64))?;
        if settings.format > SETTINGS_FORMAT {
            return Err(Error::out_of_range("format", &settings.format.to_string(), &format!("at most {SETTINGS_FORMAT}")));
        }
        Ok(settings)
    }

    /// Settings as indented JSON with a final line end.
    #[must_use]
    pub fn to_json(&self) -> String {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        // Two spaces: a line of the outermost level (four: of the search), and no line of a value, in which line ends are escaped.
        let text = LATER.iter().fold(text, |text, unset| text.replace(unset, ""));
        if text.is_empty() { text } else { text + "\n" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_chosen_of_split_and_validation_is_not_written_and_what_was_is_read_again() {
        let plain = Settings::default();
        for later in ["repeats", "window", "embargo", "validation", "fairness"] {
            assert!(!plain.to_json().contains(later), "{later}");
        }
        assert_eq!(Settings::from_json(&plain.to_json()).unwrap(), plain);
        let edits: [fn(&mut Settings); 6] = [
            |s| s.split.repeats = 10,
            |s| s.split.window = 30,
            |s| s.split.embargo = 2,
            |s| (s.split.repeats, s.split.window, s.split.embargo) = (3, 7, 1),
            |s| s.validation.permutations = 99,
            |s| s.validation.fairness = vec!["region".to_owned()],
        ];
        for edit in edits {
            let mut settings = Settings::default();
            edit(&mut settings);
            assert_eq!(Settings::from_json(&settings.to_json()).unwrap(), settings, "{}", settings.to_json());
        }
    }

    #[test]
    fn choices_of_validation_out_of_range_are_refused_by_name() {
        let wrong = [
            ("permutations", ValidationChoice { permutations: 1_000, ..ValidationChoice::default() }),
            ("coverage", ValidationChoice { coverage: f64::NAN, ..ValidationChoice::default() }),
            ("fairness", ValidationChoice { fairness: vec![String::new(); 11], ..ValidationChoice::default() }),
        ];
        for (name, choice) in wrong {
            assert!(choice.check().unwrap_err().to_string().contains(name));
        }
    }
}
