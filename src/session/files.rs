//! The files of a session: what they are for, reading them, and the one table they come to.

use crate::derived::DerivedColumn;
use crate::error::{Error, Result};
use crate::lineage::derive::{derive, derive_below};
use crate::lineage::rows::{fingerprints, twins};
use crate::protocol::{Event, FileRole, FileView, Wish};
use crate::report::format;
use crate::report::words::reading;
use crate::sample::SAMPLES;
use crate::settings::{ColumnChoice, Settings, TaskChoice};
use crate::table::conform::conform;
use crate::table::limits::Limits;
use crate::table::parse::{Loaded, Loader};
use crate::table::profile::{ColumnProfile, profile};
use crate::table::{Table, change_kind};
use std::collections::BTreeMap;
use std::sync::Arc;

use super::project::{Project, ProjectFile};

/// Largest file whose bytes are held for projects and reading again, in bytes; larger ones stay with the shell.
const HELD_BYTES: u64 = 64 << 20;
/// Most rows given to the grid at once.
const GRID_ROWS: u32 = 500;
/// Words in a file's name that tell what it is for.
const TEST_WORDS: [&str; 4] = ["test", "valid", "holdout", "eval"];
const NEW_WORDS: [&str; 4] = ["new", "score", "predict", "unlabel"];

/// One file.
struct Source {
    name: String,
    role: FileRole,
    size: u64,
    bytes: Vec<u8>,
    whole: bool,
    loader: Option<Loader>,
    refused: Option<Error>,
    loaded: Option<Loaded>,
}

impl Source {
    fn new(name: &str, role: FileRole, size: u64) -> Self {
        Self { name: name.to_owned(), role, size, bytes: Vec::new(), whole: false, loader: None, refused: None, loaded: None }
    }

    /// Reads the bytes held.
    fn load(&mut self, settings: &Settings) -> Result<()> {
        let mut loader = Loader::new(settings.csv.clone(), Limits::default(), &BTreeMap::new());
        loader.push(&self.bytes)?;
        self.loaded = Some(loader.finish()?);
        Ok(())
    }
}

/// What the table was made from, to see whether it must be made again: readings, columns, duplicates, derived columns and the task that orders them.
type Made = (u64, BTreeMap<String, ColumnChoice>, bool, Vec<DerivedColumn>, Option<TaskChoice>);

/// All files, and the table they come to.
#[derive(Default)]
pub(super) struct Files {
    sources: Vec<Source>,
    readings: u64,
    made: Option<Made>,
    table: Option<Arc<Table>>,
    /// The table before columns were derived, if any were: for writing rows back as they are.
    underived: Option<Table>,
    profiles: Arc<Vec<ColumnProfile>>,
    test_from: Option<u32>,
    new: Option<Arc<Table>>,
    /// The new file as it is, for writing it back with predictions.
    new_as_read: Option<Arc<Table>>,
    dropped: u64,
}

impl Files {
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// The training table (kinds as chosen), with the rows of a test file below.
    pub fn table(&self) -> Option<&Arc<Table>> {
        self.table.as_ref()
    }

    /// The table before columns were derived, if any were.
    pub fn underived(&self) -> Option<&Table> {
        self.underived.as_ref()
    }

    pub fn profiles(&self) -> Arc<Vec<ColumnProfile>> {
        Arc::clone(&self.profiles)
    }

    /// First row of the test file.
    pub fn test_from(&self) -> Option<u32> {
        self.test_from
    }

    /// The new rows to predict: read as the training table, and as they are.
    pub fn new_rows(&self) -> Option<(&Table, &Table)> {
        self.new.as_deref().zip(self.new_as_read.as_deref())
    }

    /// Rows left out as duplicates.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Name, SHA-256 and rows of the training file.
    pub fn input(&self) -> Option<(&str, &Loaded)> {
        self.sources.iter().find(|s| s.role == FileRole::Train).and_then(|s| Some((s.name.as_str(), s.loaded.as_ref()?)))
    }

    /// Name and rows, as read, of the file to compare models on: the new one if it holds that column, else the training file.
    pub fn holding(&self, column: &str) -> Option<(&str, &Loaded)> {
        let of = |role: FileRole| self.sources.iter().filter(move |s| s.role == role);
        let holds = |loaded: &&Loaded| loaded.table.column(column).is_ok();
        of(FileRole::New).chain(of(FileRole::Train)).find_map(|s| Some((s.name.as_str(), s.loaded.as_ref().filter(holds)?)))
    }

    /// Opens a sample; gives the settings it comes with.
    pub fn open_sample(&mut self, id: &str, rows: u32) -> Result<Settings> {
        let known: Vec<&str> = SAMPLES.iter().map(|s| s.id).collect();
        let sample = SAMPLES.iter().find(|s| s.id == id).ok_or_else(|| Error::unknown("sample", id, &known))?;
        let mut source = Source::new(&format!("{id}.csv"), FileRole::Train, 0);
        source.bytes = (sample.make)(if rows == 0 { sample.default_rows } else { rows });
        (source.size, source.whole) = (source.bytes.len() as u64, true);
        let mut settings = Settings::default();
        settings.task.target = Some(sample.target.to_owned());
        settings.task.time = sample.time.map(str::to_owned);
        settings.task.entity = sample.entity.map(str::to_owned);
        settings.task.horizon = sample.horizon;
        source.load(&settings)?;
        self.sources = vec![source];
        self.readings += 1;
        Ok(settings)
    }

    /// Notes new files and asks for their bytes. `given`: their roles; guessed from their names when there are not as many.
    pub fn announce(&mut self, files: &[(String, u64)], given: Vec<FileRole>, settings: &Settings) -> Result<Vec<Wish>> {
        if files.is_empty() {
            return Err(Error::no_files());
        }
        let roles = if given.len() == files.len() { given } else { guess_roles(files) };
        self.sources = files.iter().zip(roles).map(|((name, size), role)| Source::new(name, role, *size)).collect();
        Ok(self.ask_for_all(settings))
    }

    fn ask_for_all(&mut self, settings: &Settings) -> Vec<Wish> {
        let mut wishes = vec![Wish::Tell(Event::Progress { stage: "Reading".to_owned(), done: 0, total: 1 })];
        for (slot, source) in (0..).zip(&mut self.sources) {
            source.loader = Some(Loader::new(settings.csv.clone(), Limits::default(), &BTreeMap::new()));
            (source.loaded, source.refused, source.whole) = (None, None, false);
            source.bytes.clear();
            wishes.push(Wish::Read { slot });
        }
        wishes
    }

    /// Takes bytes of a file; `false` when the rest is not wanted.
    pub fn chunk(&mut self, slot: u32, bytes: &[u8]) -> bool {
        let Some(source) = self.sources.get_mut(slot as usize) else { return false };
        let Some(loader) = &mut source.loader else { return false };
        if source.size <= HELD_BYTES {
            source.bytes.extend_from_slice(bytes);
        }
        match loader.push(bytes) {
            Ok(()) => true,
            Err(error) => {
                source.refused = Some(error);
                false
            }
        }
    }

    /// A file has ended. `true` when it was the last one awaited.
    pub fn end(&mut self, slot: u32) -> Result<bool> {
        let source = self.sources.get_mut(slot as usize).ok_or_else(|| Error::internal("the end of a file that was not asked for"))?;
        let read = match (source.refused.take(), source.loader.take()) {
            (Some(error), _) => Err(error),
            (None, Some(loader)) => loader.finish(),
            (None, None) => Err(Error::internal("the end of a file that was not asked for")),
        };
        match read {
            Ok(loaded) => {
                source.whole = source.size <= HELD_BYTES;
                source.loaded = Some(loaded);
                self.readings += 1;
                Ok(self.sources.iter().all(|s| s.loaded.is_some()))
            }
            Err(error) => {
                let name = source.name.clone();
                self.sources.clear();
                Err(if error.place.as_ref().is_some_and(|p| p.name.is_some()) { error } else { error.named(name) })
            }
        }
    }

    /// Reads all files again with other CSV settings: from the bytes held, or by asking for them.
    pub fn read_again(&mut self, settings: &Settings) -> Result<Vec<Wish>> {
        if self.sources.iter().any(|s| !s.whole) {
            return Ok(self.ask_for_all(settings));
        }
        for source in &mut self.sources {
            source.load(settings)?;
        }
        self.readings += 1;
        Ok(Vec::new())
    }

    /// Opens the files of a project.
    pub fn restore(&mut self, project: Project, settings: &Settings) -> Result<()> {
        for file in project.files {
            let mut source = Source::new(&file.name, file.role, file.bytes.len() as u64);
            (source.bytes, source.whole) = (file.bytes, true);
            source.load(settings)?;
            self.sources.push(source);
        }
        self.readings += 1;
        Ok(())
    }

    /// Name and size of the files that are open.
    pub fn open(&self) -> Vec<(String, u64)> {
        self.sources.iter().map(|s| (s.name.clone(), s.size)).collect()
    }

    /// The files' bytes, for a project.
    pub fn project_files(&self) -> Result<Vec<ProjectFile>> {
        if self.sources.iter().any(|s| !s.whole) {
            return Err(Error::too_large_to_keep(&format::bytes(HELD_BYTES)));
        }
        Ok(self.sources.iter().map(|s| ProjectFile { name: s.name.clone(), role: s.role, bytes: s.bytes.clone() }).collect())
    }

    pub fn set_role(&mut self, slot: u32, role: FileRole) -> Result<()> {
        let n = self.sources.len();
        let source = self.sources.get_mut(slot as usize).ok_or_else(|| Error::out_of_range("file", &slot.to_string(), &format!("below {n}")))?;
        source.role = role;
        self.readings += 1;
        if self.sources.iter().filter(|s| s.role == FileRole::Train).count() != 1 {
            return Err(Error::one_training_file());
        }
        Ok(())
    }

    /// Makes the table anew if the files, kinds or the wish to drop duplicates changed. `true` if it did.
    pub fn rebuild(&mut self, settings: &Settings) -> Result<bool> {
        let derived = settings.derivations(settings.task.target.as_deref());
        let task = (!derived.is_empty()).then(|| settings.task.clone());
        let made = (self.readings, settings.columns.clone(), settings.drop_duplicates, derived, task);
        if self.made.as_ref() == Some(&made) {
            return Ok(false);
        }
        let mut table = None;
        let (mut test, mut new) = (None, None);
        for source in &self.sources {
            let Some(loaded) = &source.loaded else { continue };
            match source.role {
                FileRole::Train => table = Some(with_kinds(loaded.table.clone(), settings)?),
                FileRole::Test => test = Some(&loaded.table),
                FileRole::New => new = Some(&loaded.table),
            }
        }
        let Some(mut table) = table else { return Ok(false) };
        self.dropped = 0;
        if settings.drop_duplicates {
            (table, self.dropped) = without_duplicates(&table);
        }
        self.new_as_read = new.map(|rows| Arc::new(rows.clone()));
        let mut rows = new.map(|rows| conform(rows, &table.schema(), &[], &settings.csv)).transpose()?;
        self.test_from = None;
        if let Some(test) = test {
            self.test_from = Some(u32::try_from(table.n_rows()).map_err(|_| Error::internal("too many rows"))?);
            table = table.stack(&conform(test, &table.schema(), &[], &settings.csv)?)?;
        }
        let mut underived = None;
        if !made.3.is_empty() {
            let order = settings.order(&table);
            rows = rows.map(|rows| derive_below(&table, &rows, &made.3, &order)).transpose()?;
            let with_derived = derive(&table, &made.3, &order)?;
            underived = Some(std::mem::replace(&mut table, with_derived));
        }
        self.underived = underived;
        self.new = rows.map(Arc::new);
        self.profiles = Arc::new(profile(&table));
        self.table = Some(Arc::new(table));
        self.made = Some(made);
        Ok(true)
    }

    /// Rows for the grid, as text.
    pub fn rows(&self, first: u32, count: u32) -> Event {
        let n = self.table.as_ref().map_or(0, |t| t.n_rows());
        let last = (first as usize).saturating_add(count.min(GRID_ROWS) as usize).min(n);
        let cell =
            |table: &Table, row: usize| table.columns().iter().map(|c| (!c.is_missing(row)).then(|| c.text(row).into_owned())).collect::<Vec<_>>();
        let rows = self.table.as_ref().map_or_else(Vec::new, |table| (first as usize..last).map(|row| cell(table, row)).collect());
        Event::Rows { first, rows }
    }

    /// Files as the page shows them.
    pub fn views(&self) -> Vec<FileView> {
        self.sources.iter().filter_map(|s| Some(view(s, s.loaded.as_ref()?))).collect()
    }
}

fn view(source: &Source, loaded: &Loaded) -> FileView {
    let facts = &loaded.facts;
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    FileView {
        name: source.name.clone(),
        role: source.role,
        bytes: facts.bytes,
        sha256: facts.sha256.clone(),
        n_rows: count(loaded.table.n_rows()),
        n_columns: count(loaded.table.columns().len()),
        dialect: reading::dialect(facts),
        rejects: facts.rejects.iter().map(|r| (r.line, r.byte, reading::reject(r))).collect(),
        n_rejected: facts.n_rejected,
        notes: facts.notes.iter().map(reading::note).collect(),
    }
}

fn guess_roles(files: &[(String, u64)]) -> Vec<FileRole> {
    let says = |name: &str, words: &[&str]| words.iter().any(|w| name.to_lowercase().contains(w));
    let mut roles: Vec<FileRole> = files
        .iter()
        .map(|(name, _)| match name {
            n if says(n, &TEST_WORDS) => FileRole::Test,
            n if says(n, &NEW_WORDS) => FileRole::New,
            _ => FileRole::Train,
        })
        .collect();
    if !roles.contains(&FileRole::Train) {
        roles[0] = FileRole::Train;
    }
    let first = roles.iter().position(|r| *r == FileRole::Train).unwrap_or(0);
    let mut spare = [FileRole::Test, FileRole::New].into_iter().filter(|r| !roles.contains(r)).collect::<Vec<_>>().into_iter();
    for (i, role) in roles.iter_mut().enumerate() {
        if i != first && *role == FileRole::Train {
            *role = spare.next().unwrap_or(FileRole::New);
        }
    }
    roles
}

/// The table with the kinds that were chosen.
fn with_kinds(mut table: Table, settings: &Settings) -> Result<Table> {
    for (name, choice) in &settings.columns {
        let Ok(column) = table.column(name) else { continue };
        let kind = choice.kind.unwrap_or(column.kind());
        if kind != column.kind() || choice.date_format.is_some() {
            table = change_kind(&table, name, kind, choice.date_format.as_deref(), &settings.csv)?.0;
        }
    }
    Ok(table)
}

/// The table with one row of each group of equal rows, and how many were left out.
fn without_duplicates(table: &Table) -> (Table, u64) {
    let all: Vec<usize> = (0..table.columns().len()).collect();
    let mut keep = vec![true; table.n_rows()];
    for group in twins(&fingerprints(table, &all)) {
        group.iter().skip(1).for_each(|&row| keep[row as usize] = false);
    }
    let rows: Vec<u32> = (0..).zip(&keep).filter(|(_, k)| **k).map(|(row, _)| row).collect();
    let dropped = table.n_rows() - rows.len();
    (table.take(&rows), dropped as u64)
}
