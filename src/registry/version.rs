//! One version of a model: where it came from, what it was fitted to, how good it was found, and the fingerprints that hold it together.

use super::semantic::{Bump, Semantic};
use crate::bundle::{Bundle, hex};
use crate::decide::Verdict;
use crate::error::{Error, Result};
use crate::evaluate::Estimate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Longest name, in bytes.
const LONGEST_NAME: usize = 60;
/// Longest note, and longest tag, in bytes.
const LONGEST_NOTE: usize = 4_000;
const LONGEST_TAG: usize = 60;
/// Most tags.
const MOST_TAGS: usize = 20;

/// What a person says of a version.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// Name of the model; versions of one name follow each other.
    pub name: String,
    /// Short words to find it by.
    pub tags: Vec<String>,
    /// Anything else.
    pub notes: String,
    /// When it was kept, in milliseconds since 1970, by the shell's clock; 0: not known.
    pub kept: i64,
}

/// An entry of the registry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Version {
    /// What a person says of it.
    pub note: Note,
    /// Its version.
    pub version: Semantic,
    /// What changed against the parent.
    pub bump: Bump,
    /// The version it followed.
    pub parent: Option<Semantic>,
    /// Name of the training file.
    pub file: String,
    /// Rows read from it.
    pub n_rows: u64,
    /// Column predicted.
    pub target: String,
    /// Learner id.
    pub learner: String,
    /// Hyperparameters that differ from the defaults.
    pub params: Vec<(String, String)>,
    /// Cross-validated estimates.
    pub cross_validated: Vec<Estimate>,
    /// Estimates on the sealed rows.
    pub holdout: Vec<Estimate>,
    /// The verdict, if there was one.
    pub verdict: Option<Verdict>,
    /// Whether every gate passed but for the one that counts green runs.
    pub green: bool,
    /// Fingerprints, hexadecimal.
    pub sha256: Fingerprints,
}

/// SHA-256 of what a version is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprints {
    /// Bytes of the training file.
    pub data: String,
    /// What must be given and what is answered: target, classes, needed columns and their kinds.
    pub schema: String,
    /// How it was made: learner, hyperparameters, recipe, augmentation, adjustment.
    pub design: String,
    /// The learned recipe.
    pub recipe: String,
    /// The learned model.
    pub model: String,
    /// All settings.
    pub settings: String,
    /// The bundle's file.
    pub bundle: String,
}

/// SHA-256 of a text, hexadecimal.
#[must_use]
pub fn fingerprint(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// How a bundle was made: learner, hyperparameters, recipe, augmentation and adjustment, without anything learned from rows.
#[must_use]
pub fn design(bundle: &Bundle) -> Value {
    let settings = &bundle.origin.settings;
    let steps: Vec<&str> = bundle.recipe.steps().iter().map(|s| s.id()).collect();
    json!({ "learner": bundle.learner, "steps": steps, "recipe": settings.recipe, "augment": settings.augment, "adjust": settings.adjust })
}

/// What a bundle asks for and answers.
fn schema(bundle: &Bundle) -> Value {
    let kind = |name: &String| bundle.schema.get(name).map_or("", |c| c.kind.id());
    let kinds: Vec<(String, &str)> = bundle.needed().into_iter().map(|name| (name.clone(), kind(&name))).collect();
    json!({ "target": bundle.task.target, "kind": bundle.task.kind, "classes": bundle.task.classes, "needed": kinds })
}

impl Note {
    /// Checks lengths and the letters of the name, which is also a file name.
    ///
    /// # Errors
    /// A name that is empty, too long or holds other letters than those of file names; too many or too long tags; too long a note.
    pub fn check(&self) -> Result<()> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if self.name.is_empty() || self.name.len() > LONGEST_NAME || !self.name.chars().all(plain) || self.name.starts_with('.') {
            return Err(Error::out_of_range("name", &self.name, "1 to 60 letters, digits, dots, dashes and underscores, not beginning with a dot"));
        }
        if self.tags.len() > MOST_TAGS || self.tags.iter().any(|t| t.is_empty() || t.len() > LONGEST_TAG || t.contains(['\n', '/'])) {
            return Err(Error::out_of_range("tags", &self.tags.join(", "), "at most 20 tags of at most 60 letters, on one line and without a slash"));
        }
        if self.notes.len() > LONGEST_NOTE {
            return Err(Error::out_of_range("notes", &format!("{} letters", self.notes.len()), "at most 4,000 letters"));
        }
        Ok(())
    }
}

/// The letters of a file name that can stand in a model's name; "model" when there is none.
#[must_use]
pub fn name_of(file: &str) -> String {
    let stem = file.split('.').next().unwrap_or_default();
    let name: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).take(LONGEST_NAME).collect();
    if name.is_empty() { "model".to_owned() } else { name }
}

impl Version {
    /// The version that a bundle is, after `parent`; `text` is the bundle's file.
    pub(super) fn new(bundle: &Bundle, text: &str, note: &Note, parent: Option<&Self>) -> Result<Self> {
        let unwritable = |_| Error::internal("a bundle that cannot be written");
        let written = |part: serde_json::Result<String>| part.map(|t| fingerprint(&t)).map_err(unwritable);
        let sha256 = Fingerprints {
            data: bundle.origin.sha256.clone(),
            schema: fingerprint(&schema(bundle).to_string()),
            design: fingerprint(&design(bundle).to_string()),
            recipe: written(serde_json::to_string(&bundle.recipe))?,
            model: written(serde_json::to_string(&bundle.model))?,
            settings: fingerprint(&bundle.origin.settings.to_json()),
            bundle: fingerprint(text),
        };
        let bump = match parent.map(|p| &p.sha256) {
            None => Bump::First,
            Some(old) if old.schema != sha256.schema => Bump::Major,
            Some(old) if old.design != sha256.design => Bump::Minor,
            Some(_) => Bump::Patch,
        };
        let evaluation = &bundle.evaluation;
        Ok(Self {
            note: note.clone(),
            version: parent.map_or(Semantic::FIRST, |p| p.version.raised(bump)),
            bump,
            parent: parent.map(|p| p.version),
            file: bundle.origin.file.clone(),
            n_rows: bundle.origin.n_rows,
            target: bundle.task.target.clone(),
            learner: bundle.learner.id.clone(),
            params: bundle.learner.params.iter().map(|(name, value)| (name.clone(), value.to_string())).collect(),
            cross_validated: evaluation.cross_validated.clone(),
            holdout: evaluation.holdout.clone(),
            verdict: evaluation.verdict,
            green: evaluation.green || evaluation.verdict == Some(Verdict::Go),
            sha256,
        })
    }

    /// Name and version ("claims 1.2.0").
    #[must_use]
    pub fn id(&self) -> String {
        format!("{} {}", self.note.name, self.version)
    }

    /// The estimate of a metric, cross-validated, else on the sealed rows.
    #[must_use]
    pub fn estimate(&self, metric: &str) -> Option<&Estimate> {
        self.cross_validated.iter().chain(&self.holdout).find(|e| e.metric == metric)
    }
}
