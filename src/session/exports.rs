//! Files to save: the same bytes from the page and from the command line.

use super::Session;
use super::project::{Project, write};
use crate::bundle::{Bundle, Evaluation, Origin, hex, rows_sha256};
use crate::decide::Decision;
use crate::error::{Error, Result};
use crate::features::Predictions;
use crate::finding::Severity;
use crate::pipeline::{Document, Input, audit_document, document, model_card, report, report_document};
use crate::protocol::{Event, Export, Step};
use crate::report::sections::recipe_markdown;
use crate::report::{Report, format, html, json, markdown};
use crate::settings::Settings;
use crate::table::Table;
use crate::table::conform::conform;
use crate::table::export::{Safety, predictions_csv};
use crate::table::parse::read;
use sha2::{Digest, Sha256};

impl Session {
    /// Everything a report is made of.
    pub(super) fn input(&self) -> Result<Input<'_>> {
        let (name, loaded) = self.files.input().ok_or_else(|| Error::not_yet("file", "Open one"))?;
        let table = self.files.table().ok_or_else(|| Error::not_yet("table", "Open a file"))?;
        Ok(Input {
            name,
            loaded,
            table,
            settings: &self.settings,
            plan: self.run.plan(),
            outcome: &self.run.outcome,
            dropped: self.files.dropped(),
            shared: false,
        })
    }

    pub(super) fn export(&self, what: Export) -> Result<Event> {
        let (name, mime, bytes) = match what {
            Export::ReportHtml => ("report.html".to_owned(), "text/html", html::html(&report(&self.judged_input()?)).into_bytes()),
            Export::ReportMarkdown => ("report.md".to_owned(), "text/markdown", markdown::markdown(&report(&self.judged_input()?)).into_bytes()),
            Export::ReportJson => ("report.json".to_owned(), "application/json", report_document(&self.judged_input()?)?.into_bytes()),
            Export::AuditJson => {
                ("audit.json".to_owned(), "application/json", json::audit_json(&audit_document(&self.audited_input()?)?)?.into_bytes())
            }
            Export::ModelCard => ("model_card.md".to_owned(), "text/markdown", model_card(&self.judged_input()?, &self.bundle()?)?.into_bytes()),
            Export::Document(which) => (format!("{}.md", which.id()), "text/markdown", markdown::markdown(&self.document(which)?).into_bytes()),
            Export::DocumentHtml(which) => (format!("{}.html", which.id()), "text/html", html::html(&self.document(which)?).into_bytes()),
            Export::Bundle => ("bundle.json".to_owned(), "application/json", self.bundle()?.to_json()?.into_bytes()),
            Export::Predictions => ("predictions.csv".to_owned(), "text/csv", self.predictions()?),
            Export::Settings => ("settings.json".to_owned(), "application/json", self.settings.to_json().into_bytes()),
            Export::RecipeMarkdown => ("recipe.md".to_owned(), "text/markdown", recipe_markdown(&self.steps_of_recipe()).into_bytes()),
            Export::RecipeJson => {
                let json = serde_json::to_string_pretty(&self.steps_of_recipe()).map_err(|_| Error::internal("a recipe that cannot be written"))?;
                ("recipe.json".to_owned(), "application/json", (json + "\n").into_bytes())
            }
            Export::Project => {
                let project = Project { settings: self.settings.clone(), files: self.files.project_files()? };
                ("project.watertight".to_owned(), "application/octet-stream", write(&project)?)
            }
        };
        Ok(Event::File { name, mime: mime.to_owned(), bytes })
    }

    fn document(&self, which: Document) -> Result<Report> {
        document(&self.judged_input()?, &self.bundle()?, which)
    }

    fn audited_input(&self) -> Result<Input<'_>> {
        if self.run.outcome.audit.is_none() {
            return Err(Error::not_yet("audit", "Name a target and run the audit"));
        }
        self.input()
    }

    fn judged_input(&self) -> Result<Input<'_>> {
        if self.run.outcome.decision.is_none() {
            return Err(Error::not_yet("verdict", "Run everything up to the decision"));
        }
        self.input()
    }

    /// The model with all that is needed to ask it and to answer for it.
    pub(super) fn bundle(&self) -> Result<Bundle> {
        let input = self.judged_input()?;
        let missing = || Error::not_yet("model", "Run everything up to the decision");
        let (plan, outcome) = (input.plan.ok_or_else(missing)?, input.outcome);
        let fitted = outcome.fitted.as_ref().ok_or_else(missing)?;
        let standing = outcome.board.as_ref().and_then(|b| b.standing(outcome.chosen()? as usize));
        Ok(Bundle {
            schema: input.table.schema().without_levels(),
            task: plan.task.clone(),
            learner: fitted.learner.clone(),
            recipe: fitted.recipe.clone(),
            model: fitted.model.clone(),
            adjustment: fitted.adjustment.clone(),
            bands: outcome.analysed().and_then(|a| a.conformal.as_ref()).map(|c| (c.wanted, c.bands.clone())),
            evaluation: Evaluation {
                cross_validated: standing.map_or_else(Vec::new, |s| s.estimates.clone()),
                holdout: outcome.holdout.as_ref().map_or_else(Vec::new, |h| h.estimates.clone()),
                holdout_opened: outcome.opened,
                verdict: outcome.decision.as_ref().map(|d| d.verdict),
                green: outcome.decision.as_ref().is_some_and(Decision::is_green),
                open_blockers: outcome.open_findings(outcome.audit.as_ref(), Severity::Blocker),
            },
            origin: Origin {
                file: input.name.to_owned(),
                sha256: input.loaded.facts.sha256.clone(),
                n_rows: input.loaded.table.n_rows() as u64,
                watertight: env!("CARGO_PKG_VERSION").to_owned(),
                sealed_sha256: outcome.holdout_rows.as_ref().map(|sealed| rows_sha256(&sealed.rows)),
                holds_training_rows: fitted.model.contains_training_rows() || fitted.recipe.contains_training_rows(),
                settings: self.settings.clone(),
            },
        })
    }

    /// Predictions of the new file; without one, of the sealed rows; without those, of the whole table.
    fn predictions(&self) -> Result<Vec<u8>> {
        let bundle = self.bundle()?;
        if let Some((rows, as_read)) = self.files.new_rows() {
            return with_predictions(&bundle, rows, as_read, Safety::Guarded);
        }
        let input = self.input()?;
        let of = |table: &Table| match &input.outcome.holdout_rows {
            Some(sealed) => table.take(&sealed.rows),
            None => Table::clone(table),
        };
        let as_read = self.files.underived().unwrap_or(input.table);
        with_predictions(&bundle, &of(input.table), &of(as_read), Safety::Guarded)
    }

    /// Foot of the rail: file, settings, seed, report, shortened.
    pub(super) fn short_provenance(&self) -> Vec<(String, String)> {
        let Some((_, loaded)) = self.files.input() else { return Vec::new() };
        let settings = hex(&Sha256::digest(self.settings.to_json().as_bytes()));
        let done = self.run.outcome.decision.is_some() && self.wave.is_none();
        let report = done.then(|| self.judged_input().and_then(|i| report_document(&i)).ok()).flatten();
        let report = report.map_or_else(|| "\u{2013}".to_owned(), |text| format::short_hash(&hex(&Sha256::digest(text.as_bytes()))));
        vec![
            ("file".to_owned(), format::short_hash(&loaded.facts.sha256)),
            ("settings".to_owned(), format::short_hash(&settings)),
            ("seed".to_owned(), self.settings.seed.to_string()),
            ("report".to_owned(), report),
        ]
    }

    /// How many findings of the audit of this severity are open.
    #[must_use]
    pub fn n_open(&self, severity: Severity) -> usize {
        let o = &self.run.outcome;
        let open = o.open_findings(o.audit.as_ref(), severity);
        open.iter().filter(|id| o.finding(id).is_some_and(|f| f.severity == severity)).count()
    }

    /// Whether a table is open that has the column.
    ///
    /// # Errors
    /// It has no such column; says which names are near.
    pub fn has_column(&self, name: &str) -> Result<()> {
        self.files.table().map_or(Ok(()), |table| table.column(name).map(|_| ()))
    }

    /// All choices.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether a finding at or above a severity is open: quality findings up to that step, audit findings from the audit on; a no-go counts as a blocker.
    #[must_use]
    pub fn has_finding(&self, step: Step, bar: Severity) -> bool {
        let o = &self.run.outcome;
        match step {
            Step::Quality => !o.open_findings(o.quality.as_ref(), bar).is_empty(),
            Step::Decide => {
                !o.open_findings(o.audit.as_ref(), bar).is_empty() || o.decision.as_ref().is_none_or(|d| d.verdict == crate::decide::Verdict::NoGo)
            }
            _ => !o.open_findings(o.audit.as_ref(), bar).is_empty(),
        }
    }
}

/// Reads a CSV as the bundle's table was read, predicts its rows, and writes them with their predictions.
///
/// # Errors
/// The bytes are not a table, or a column the model needs is missing.
pub fn predictions_file(bundle: &Bundle, bytes: &[u8], settings: &Settings, safety: Safety) -> Result<Vec<u8>> {
    let as_read = read(bytes, &settings.csv)?.table;
    let rows = conform(&as_read, &bundle.schema, &bundle.needed(), &settings.csv)?;
    let rows = bundle.derive(&rows)?;
    with_predictions(bundle, &rows, &as_read, safety)
}

/// `rows`: as the model needs them; `as_read`: as they are written back. Predictions are plain numbers that any program reads, with all digits.
fn with_predictions(bundle: &Bundle, rows: &Table, as_read: &Table, safety: Safety) -> Result<Vec<u8>> {
    let predicted = bundle.predict(rows)?;
    let classes = &bundle.task.classes;
    let prediction = if classes.is_empty() {
        predicted.values.iter().map(f64::to_string).collect()
    } else {
        predicted.labels().into_iter().map(|k| classes[k].clone()).collect()
    };
    let mut added = vec![("prediction".to_owned(), prediction)];
    for (k, class) in classes.iter().enumerate() {
        added.push((format!("proba_{class}"), predicted.class(k).iter().map(f64::to_string).collect()));
    }
    added.extend(intervals_of(bundle, &predicted));
    predictions_csv(as_read, &added, safety)
}

/// Low and high end of a predicted number (empty where there is none), or the classes that may be the true one, divided by " | ".
fn intervals_of(bundle: &Bundle, predicted: &Predictions) -> Vec<(String, Vec<String>)> {
    let Some((_, bands)) = &bundle.bands else { return Vec::new() };
    if predicted.n_classes > 0 {
        let names = |set: Vec<usize>| set.into_iter().filter_map(|k| bundle.task.classes.get(k).cloned()).collect::<Vec<_>>().join(" | ");
        let sets = predicted.values.chunks_exact(predicted.n_classes).map(|p| names(bands.set(p))).collect();
        return vec![("prediction_set".to_owned(), sets)];
    }
    let cell = |end: Option<f64>| end.map_or_else(String::new, |v| v.to_string());
    let (low, high) = predicted.values.iter().map(|&p| bands.ends(p)).map(|(low, high)| (cell(low), cell(high))).unzip();
    vec![("prediction_low".to_owned(), low), ("prediction_high".to_owned(), high)]
}
