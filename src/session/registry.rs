//! The registry in a session: what the page shows of it, and what a person does with it. The shell keeps each version as a record of its own.

use super::Session;
use crate::error::{Error, Result};
use crate::protocol::{Ask, Event, Saved, Series, Step, Wish};
use crate::registry::compare::{Asked, Comparison, OnRows, compare};
use crate::registry::{Note, Registry, run_folder, zip};
use crate::report::block::{Block, Report, Section};
use crate::report::sections::{self, RegistryReport, runs_csv};
use crate::report::{html, markdown};

/// The registry with what is shown of it.
#[derive(Default)]
pub(super) struct Shelf {
    registry: Registry,
    sort: String,
    filter: String,
    comparison: Option<Comparison>,
}

impl Session {
    /// The registry.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.shelf.registry
    }

    /// Takes the versions that the shell has kept, one a line; those that are damaged are refused, the others stay.
    pub fn restore_registry(&mut self, lines: &[String]) -> Vec<Wish> {
        let mut wishes = Vec::new();
        for line in lines {
            if let Err(error) = self.shelf.registry.import(line) {
                wishes.push(Wish::Tell(Event::Refused { error }));
            }
        }
        wishes.push(self.tell_registry());
        wishes.push(self.tell_state());
        wishes
    }

    /// Does what was asked of the registry.
    pub(super) fn ask(&mut self, ask: Ask, wishes: &mut Vec<Wish>) -> Result<()> {
        match ask {
            Ask::Keep { note } => {
                let id = self.keep(&note)?;
                wishes.push(self.wish_kept(&id)?);
            }
            Ask::Annotate { id, tags, notes } => {
                self.shelf.registry.annotate(&id, tags, notes)?;
                wishes.push(self.wish_kept(&id)?);
            }
            Ask::Remove { id } => self.remove(&id, wishes)?,
            Ask::CleanUp => {
                for id in self.shelf.registry.superfluous() {
                    self.remove(&id, wishes)?;
                }
            }
            Ask::Import { bytes } => {
                let text = std::str::from_utf8(&bytes).map_err(|_| Error::bad_version("it is not text"))?;
                for id in self.shelf.registry.import(text)? {
                    wishes.push(self.wish_kept(&id)?);
                }
            }
            Ask::Show { sort, filter } => (self.shelf.sort, self.shelf.filter) = (sort, filter),
            Ask::Compare { ids, margin } => self.shelf.comparison = Some(self.compared(&ids, margin)?),
            Ask::Save { id, what } => {
                wishes.push(Wish::Tell(self.saved(&id, what)?));
                return Ok(());
            }
        }
        wishes.push(self.tell_registry());
        wishes.push(self.tell_state());
        Ok(())
    }

    /// Keeps the model of this run; gives its id.
    pub(super) fn keep(&mut self, note: &Note) -> Result<String> {
        let bundle = self.bundle()?;
        self.shelf.registry.add(&bundle, note).map(crate::registry::Version::id)
    }

    fn remove(&mut self, id: &str, wishes: &mut Vec<Wish>) -> Result<()> {
        self.shelf.registry.remove(id)?;
        wishes.push(Wish::Registry { id: id.to_owned(), line: None });
        Ok(())
    }

    fn wish_kept(&self, id: &str) -> Result<Wish> {
        Ok(Wish::Registry { id: id.to_owned(), line: Some(self.shelf.registry.line(id)?) })
    }

    /// Versions on the rows at hand: those of the new file if it holds the target, else of the training file.
    fn compared(&self, ids: &[String], margin: f64) -> Result<Comparison> {
        let bundles = ids.iter().map(|id| self.shelf.registry.bundle(id)).collect::<Result<Vec<_>>>()?;
        let target = bundles.first().map_or("", |b| b.task.target.as_str());
        let (file, loaded) = self.files.holding(target).ok_or_else(|| Error::not_comparable("no file is open that holds their target"))?;
        let rows = OnRows { file, sha256: &loaded.facts.sha256, table: &loaded.table, csv: &self.settings.csv };
        let asked: Vec<Asked<'_>> = ids.iter().zip(&bundles).map(|(id, bundle)| Asked { name: id.clone(), bundle }).collect();
        compare(&asked, &rows, margin)
    }

    fn saved(&self, id: &str, what: Saved) -> Result<Event> {
        let registry = &self.shelf.registry;
        let named = |end: &str| format!("{}{end}", id.replace(' ', "-"));
        let compared = || {
            let found = self.shelf.comparison.as_ref().ok_or_else(|| Error::not_yet("comparison", "Compare two versions"))?;
            Ok::<Report, Error>(comparison_report(found))
        };
        let (name, mime, bytes) = match what {
            Saved::Bundle => (named(".json"), "application/json", registry.bundle(id)?.to_json()?.into_bytes()),
            Saved::Version => (named(".watertight"), "application/json", registry.line(id)?.into_bytes()),
            Saved::Run => (named(".mlflow.zip"), "application/zip", run_archive(registry, id)?),
            Saved::All => ("registry.watertight".to_owned(), "application/json", registry.lines()?.into_bytes()),
            Saved::Runs => ("runs.csv".to_owned(), "text/csv", runs_csv(registry)),
            Saved::ComparisonHtml => ("comparison.html".to_owned(), "text/html", html::html(&compared()?).into_bytes()),
            Saved::ComparisonMarkdown => ("comparison.md".to_owned(), "text/markdown", markdown::markdown(&compared()?).into_bytes()),
        };
        Ok(Event::File { name, mime: mime.to_owned(), bytes })
    }

    /// The registry's section as an event, the comparison below.
    pub(super) fn tell_registry(&self) -> Wish {
        let shelf = &self.shelf;
        let mut section = sections::registry(&RegistryReport { registry: &shelf.registry, sort: &shelf.sort, filter: &shelf.filter });
        if let Some(found) = &shelf.comparison {
            let Section { title, statement, lead, blocks, .. } = sections::compare(found);
            let says = [Block::Heading { text: title }, Block::Paragraph { text: statement }, Block::Paragraph { text: lead }];
            section.blocks.splice(0..0, says.into_iter().chain(blocks));
        }
        Wish::Tell(Event::Section { step: Step::Registry, section: Box::new(section) })
    }

    /// Names with their versions, the latest first, and green runs in a row.
    pub(super) fn series(&self) -> Vec<Series> {
        let registry = &self.shelf.registry;
        let one = |name: &str| Series {
            name: name.to_owned(),
            versions: registry.of(name).rev().map(crate::registry::Version::id).collect(),
            green: registry.green_runs(name),
        };
        registry.names().into_iter().map(one).collect()
    }
}

/// A comparison as a report of its own.
#[must_use]
pub fn comparison_report(found: &Comparison) -> Report {
    let facts = [("File", found.file.clone()), ("Versions", found.names.join(", ")), ("Watertight", env!("CARGO_PKG_VERSION").to_owned())];
    Report {
        title: format!("Comparison: predicting {}", found.target),
        provenance: facts.map(|(term, value)| (term.to_owned(), value)).to_vec(),
        sections: vec![sections::compare(found)],
    }
}

/// A version as an archive of MLflow's run folder.
///
/// # Errors
/// There is no such version, or it is too large for an archive.
pub fn run_archive(registry: &Registry, id: &str) -> Result<Vec<u8>> {
    zip(&run_folder(registry.version(id)?, &registry.bundle(id)?.to_json()?))
}
