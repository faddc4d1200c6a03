//! A bundle: everything needed to predict again and to answer for it: schema, task, recipe, model, evaluation, provenance.
//!
//! The file is JSON: a format number, the SHA-256 of the content's bytes, and the content. The hash shows damage or exchange; it does
//! not show who did it. A bundle from outside is refused with a reason or predicts; it never panics: sizes are bounded, numbers
//! finite, every index checked before use.

mod format_1;

use crate::decide::Verdict;
use crate::derived::DerivedColumn;
use crate::error::{Error, Result};
use crate::evaluate::conformal::Bands;
use crate::evaluate::{Adjustment, Estimate};
use crate::features::Predictions;
use crate::lineage::derive::{Order, derive, without_history};
use crate::model::Model;
use crate::prepare::FittedRecipe;
use crate::settings::{Chosen, Settings};
use crate::split::Rows;
use crate::table::{Schema, Table};
use crate::task::{MAX_CLASSES, Task, TaskKind};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// Version of the bundle format. A greater one in a file is refused.
pub const BUNDLE_FORMAT: u32 = 3;
/// Largest bundle read, in bytes.
pub const MAX_BUNDLE_BYTES: usize = 1 << 30;

/// Where a model came from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// Name of the training file.
    pub file: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Rows read from it.
    pub n_rows: u64,
    /// Version of Watertight.
    pub watertight: String,
    /// Whether rows of the training file can be read out of the model (nearest neighbours).
    #[serde(default)]
    pub holds_training_rows: bool,
    /// SHA-256 of the list of rows of the training file that were sealed, as [`rows_sha256`] gives it; `None`: none were, or it is not known.
    #[serde(default)]
    pub sealed_sha256: Option<String>,
    /// All settings, seed included.
    pub settings: Settings,
}

/// How good the model was found to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Cross-validated estimates.
    pub cross_validated: Vec<Estimate>,
    /// Estimates on the sealed rows; empty if there were none.
    pub holdout: Vec<Estimate>,
    /// How often the sealed rows were opened on the way to this model.
    pub holdout_opened: u32,
    /// The verdict it got, if it was decided.
    pub verdict: Option<Verdict>,
    /// Whether every gate passed but for the one that counts green runs.
    #[serde(default)]
    pub green: bool,
    /// Open blockers of the audit, by finding id.
    pub open_blockers: Vec<String>,
}

/// A model that can be kept, sent and asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bundle {
    /// The training table's type.
    pub schema: Schema,
    /// What is predicted.
    pub task: Task,
    /// Which learner, with its hyperparameters.
    pub learner: Chosen,
    /// Learned preparation.
    pub recipe: FittedRecipe,
    /// Learned model.
    pub model: Model,
    /// How its probabilities are changed, and from which on a row is flagged; nothing in bundles before format 3.
    #[serde(default)]
    pub adjustment: Adjustment,
    /// Coverage wanted and what intervals or sets are made from; nothing in older bundles.
    #[serde(default)]
    pub bands: Option<(f64, Bands)>,
    /// How good it was found to be.
    pub evaluation: Evaluation,
    /// Where it came from.
    pub origin: Origin,
}

#[derive(Deserialize)]
struct File<'a> {
    watertight_bundle: u32,
    sha256: String,
    #[serde(borrow)]
    content: &'a serde_json::value::RawValue,
}

impl Bundle {
    /// The bundle as a file.
    ///
    /// # Errors
    /// Only if a type cannot be written, which is our mistake.
    pub fn to_json(&self) -> Result<String> {
        let content = serde_json::to_string(self).map_err(|_| Error::internal("a bundle that cannot be written"))?;
        let hash = hex(&Sha256::digest(content.as_bytes()));
        Ok(format!("{{\"watertight_bundle\":{BUNDLE_FORMAT},\"sha256\":\"{hash}\",\"content\":{content}}}\n"))
    }

    /// A bundle from a file, checked through and through.
    ///
    /// # Errors
    /// Too large, not a bundle, of a newer format, damaged (the hash differs), or holding a model that is not one.
    pub fn from_json(text: &str) -> Result<Self> {
        if text.len() > MAX_BUNDLE_BYTES {
            return Err(Error::bad_bundle("it is larger than 1 GiB"));
        }
        let file: File<'_> = serde_json::from_str(text).map_err(|e| Error::bad_bundle(&e.to_string()))?;
        if file.watertight_bundle > BUNDLE_FORMAT {
            return Err(Error::bad_bundle("it was written by a newer version"));
        }
        if hex(&Sha256::digest(file.content.get().as_bytes())) != file.sha256.to_lowercase() {
            return Err(Error::bad_bundle("its content does not fit its fingerprint: it is damaged or was changed"));
        }
        let bad = |e: serde_json::Error| Error::bad_bundle(&e.to_string());
        let content = file.content.get();
        let bundle: Self = if file.watertight_bundle > 1 {
            serde_json::from_str(content).map_err(bad)?
        } else {
            serde_json::from_value(format_1::renewed(serde_json::from_str(content).map_err(bad)?)).map_err(bad)?
        };
        bundle.validate()?;
        Ok(bundle)
    }

    /// Checks what a type cannot: that recipe, model and task fit each other.
    ///
    /// # Errors
    /// The first promise that is broken.
    pub fn validate(&self) -> Result<()> {
        let broken = |why: &str| Err(Error::bad_bundle(why));
        let n_classes = self.task.n_classes();
        let classes_fit = match self.task.kind {
            TaskKind::Regression => n_classes == 0,
            TaskKind::Binary => n_classes == 2,
            TaskKind::Multiclass => (2..=MAX_CLASSES).contains(&n_classes),
        };
        let names: BTreeSet<&String> = self.task.classes.iter().collect();
        if !classes_fit || names.len() != n_classes {
            return broken("its classes do not fit its task");
        }
        let past = self.recipe.order_columns().map(String::as_str);
        if self.recipe.columns().into_iter().chain(past).any(|name| self.schema.get(name).is_none()) {
            return broken("it needs a column that its table does not have");
        }
        if self.recipe.validate().is_err() {
            return broken("its preparation steps do not fit together");
        }
        if self.model.validate(self.recipe.features().len(), n_classes).is_err() {
            return broken("the parts of its model do not fit together");
        }
        if !self.adjustment.is_valid(n_classes) {
            return broken("its calibration or threshold does not fit its task");
        }
        if self.bands.as_ref().is_some_and(|(wanted, bands)| !(0.0..1.0).contains(wanted) || !bands.is_valid(n_classes)) {
            return broken("its prediction intervals do not fit its task");
        }
        Ok(())
    }

    /// Columns that hold a function of earlier rows, as the model learned them.
    fn derivations(&self) -> Vec<DerivedColumn> {
        let all = self.origin.settings.derivations(Some(&self.task.target)).into_iter();
        all.filter(|d| self.task.features.contains(&d.column)).collect()
    }

    /// Columns a file must have to be asked about: the features, or for a derived one its source, and what orders the rows; the target too where its past
    /// is used, known in earlier rows.
    #[must_use]
    pub fn needed(&self) -> Vec<String> {
        let derived = self.derivations();
        let is_derived = |name: &String| derived.iter().any(|d| d.column == *name);
        let mut needed: Vec<String> = self.task.features.iter().filter(|f| !is_derived(f)).cloned().collect();
        let ordering = [&self.task.time, &self.task.entity].into_iter().flatten().filter(|_| !derived.is_empty());
        for name in derived.iter().map(|d| &d.source).chain(ordering).chain(self.recipe.order_columns()) {
            if !needed.contains(name) {
                needed.push(name.clone());
            }
        }
        needed
    }

    /// The rows of a file with the derived columns the model learned from: computed anew from the earlier rows in the file.
    ///
    /// # Errors
    /// A column that is computed from earlier rows has a value in no row: the file came without its history.
    pub fn derive(&self, table: &Table) -> Result<Table> {
        let derived = self.derivations();
        let made = derive(table, &derived, &Order { time: self.task.time.clone(), entity: self.task.entity.clone() })?;
        match without_history(&made, &derived, &self.recipe.columns()) {
            Some((column, rows)) => Err(Error::no_history(&column.column, &column.source, rows)),
            None => Ok(made),
        }
    }

    /// Predicts every row of a table that has the features' columns, derived ones as [`Bundle::derive`] gives them.
    ///
    /// # Errors
    /// A column is missing or of another kind, or a prediction is not a finite number.
    pub fn predict(&self, table: &Table) -> Result<Predictions> {
        let predicted = self.model.predict(&self.recipe.apply(table, &Rows::all(table.n_rows()))?)?;
        if predicted.n_classes != self.task.n_classes() || predicted.values.iter().any(|v| !v.is_finite()) {
            return Err(Error::bad_bundle("its model gives predictions that are not finite numbers"));
        }
        Ok(self.adjustment.apply(predicted))
    }

    /// SHA-256 of the content, as in the file.
    ///
    /// # Errors
    /// Only if a type cannot be written, which is our mistake.
    pub fn fingerprint(&self) -> Result<String> {
        let content = serde_json::to_string(self).map_err(|_| Error::internal("a bundle that cannot be written"))?;
        Ok(hex(&Sha256::digest(content.as_bytes())))
    }
}

/// SHA-256 of a list of rows, whatever their order.
#[must_use]
pub fn rows_sha256(rows: &[u32]) -> String {
    let mut ascending = rows.to_vec();
    ascending.sort_unstable();
    let bytes: Vec<u8> = ascending.iter().flat_map(|row| row.to_le_bytes()).collect();
    hex(&Sha256::digest(&bytes))
}

/// Bytes as lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
