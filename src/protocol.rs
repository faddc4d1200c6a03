//! The words between a screen and the engine, and between the engine and its workers. Plain data only.
//!
//! A screen sends a [`Command`] and is sent [`Event`]s; it computes nothing. Messages travel packed by `postcard`
//! ([`pack`], [`unpack`]), which keeps every float exact.

pub use crate::augment::Fidelity;
pub use crate::chart::Figure;
pub use crate::decide::{Comparison, Gate, Quantity};
pub use crate::derived::Known;
pub use crate::error::{Error, ErrorKind, Place, Result};
pub use crate::finding::{Certainty, Remedy, Severity};
pub use crate::param::{Domain, Given, ParamSpec, Value};
pub use crate::pipeline::Document;
pub use crate::quality::OwnRule;
pub use crate::registry::Note;
pub use crate::report::block::{
    Block, Cell, FindingBlock, GateBlock, Head, Interval, Mark, Outcome, RemedyBlock, ScoreBlock, Section, Span, Spans, TableBlock,
};
pub use crate::report::format;
pub use crate::settings::{Accepted, Chosen, ColumnChoice, Role, SearchChoice, Settings, TaskChoice};
pub use crate::split::{SplitSettings, Strategy};
pub use crate::step::Step;
pub use crate::table::Kind;
pub use crate::table::parse::CsvOptions;
pub use crate::task::TaskKind;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileRole {
    /// Learned from, and judged on by folds.
    Train,
    /// Judged on once, as the holdout.
    Test,
    /// Predicted.
    New,
}

/// What a person asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Tell me what there is: answered with [`Event::Catalogue`] and [`Event::State`].
    Hello,
    /// Open a built-in sample; `rows` 0 means its usual size.
    OpenSample {
        /// Sample id.
        id: String,
        /// Rows wanted.
        rows: u32,
    },
    /// New files were chosen. The shell holds them and streams their bytes when asked ([`Wish::Read`]).
    OpenFiles {
        /// Names and sizes in bytes, in order; the slot is the index.
        files: Vec<(String, u64)>,
    },
    /// Change what a file is for.
    SetFileRole {
        /// Which file.
        slot: u32,
        /// What for.
        role: FileRole,
    },
    /// Replace all settings (one step of undo). Whatever depends on what changed is computed again when it is next asked for.
    SetSettings {
        /// The new settings.
        settings: Box<Settings>,
    },
    /// Apply a remedy to the settings.
    ApplyRemedy {
        /// The finding it answers.
        finding: String,
        /// The edit.
        remedy: Remedy,
    },
    /// Apply the first remedy of every open blocker and warning of the audit, as one change.
    Repair,
    /// Accept a finding with a reason.
    Accept {
        /// The finding.
        finding: String,
        /// Why.
        reason: String,
    },
    /// Take back the last change of settings.
    Undo,
    /// Do it again.
    Redo,
    /// Compute everything up to and including this step.
    Run {
        /// Last step wanted.
        to: Step,
    },
    /// Plant leaks into a copy of the table and tell which of them the audit finds.
    MeasurePower,
    /// Stop; keep what is finished.
    Cancel,
    /// Rows for the preview grid.
    Rows {
        /// First row.
        first: u32,
        /// How many (at most 500).
        count: u32,
    },
    /// Make a file to save.
    Export {
        /// Which.
        what: Export,
    },
    /// Do something with the registry: answered with its [`Event::Section`] and [`Event::State`], or with a file.
    Registry {
        /// What.
        ask: Ask,
    },
    /// Open a saved project.
    OpenProject {
        /// Its bytes.
        #[serde(with = "serde_bytes")]
        bytes: Vec<u8>,
    },
    /// Answer [`Event::Proposed`].
    AnswerProposal {
        /// Whether the project is opened in the place of what is open; else it is forgotten.
        open: bool,
    },
    /// Forget the file and everything computed.
    Close,
}

/// What can be done with the registry. Ids are names with versions ("claims 1.2.0").
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// Keep the model of this run as the next version of a name.
    Keep {
        /// Name, tags and notes, and when.
        note: Note,
    },
    /// Change what is said of a version.
    Annotate {
        /// Which.
        id: String,
        /// Its tags.
        tags: Vec<String>,
        /// Its notes.
        notes: String,
    },
    /// Remove a version.
    Remove {
        /// Which.
        id: String,
    },
    /// Remove versions that are neither the latest of their name, nor green, nor tagged.
    CleanUp,
    /// Take versions from a file.
    Import {
        /// Its bytes.
        #[serde(with = "serde_bytes")]
        bytes: Vec<u8>,
    },
    /// Show the runs that hold some words, in an order.
    Show {
        /// "version", "time", "learner", "file" or a metric's id.
        sort: String,
        /// The words.
        filter: String,
    },
    /// Compare versions on the rows at hand.
    Compare {
        /// Which, the reference first.
        ids: Vec<String>,
        /// Margin of non-inferiority, as a share of the reference's value.
        margin: f64,
    },
    /// Make a file to save.
    Save {
        /// Of which version, where it is one's.
        id: String,
        /// What.
        what: Saved,
    },
}

/// What can be saved of the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Saved {
    /// A version's bundle.
    Bundle,
    /// A version, to import elsewhere.
    Version,
    /// A version as an MLflow run folder.
    Run,
    /// All versions.
    All,
    /// The table of runs as CSV.
    Runs,
    /// The last comparison as HTML.
    ComparisonHtml,
    /// The last comparison as Markdown.
    ComparisonMarkdown,
}

/// Versions of one name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// The name.
    pub name: String,
    /// Ids, the latest first.
    pub versions: Vec<String>,
    /// Green runs in a row.
    pub green: u32,
}

/// What can be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Export {
    /// Report as one HTML file.
    ReportHtml,
    /// Report as Markdown.
    ReportMarkdown,
    /// Report as JSON, the same bytes as the command line's report.json.
    ReportJson,
    /// Audit as JSON, the same bytes as `watertight audit --json`.
    AuditJson,
    /// Model card.
    ModelCard,
    /// Document of a run as Markdown.
    Document(Document),
    /// Document of a run as one HTML file.
    DocumentHtml(Document),
    /// Model with schema, recipe and provenance.
    Bundle,
    /// Predictions of the new file, or of the sealed rows.
    Predictions,
    /// Settings.
    Settings,
    /// The recipe as Markdown to read.
    RecipeMarkdown,
    /// The recipe as JSON, as in the settings.
    RecipeJson,
    /// Project: settings, and the file's bytes if they are held.
    Project,
}

/// What the engine tells a screen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// What there is to choose from.
    Catalogue {
        /// Lists.
        catalogue: Box<Catalogue>,
    },
    /// The whole state but for sections and grid rows.
    State {
        /// The state.
        state: Box<State>,
    },
    /// The content of one step. Replaces what was shown for it.
    Section {
        /// Which step.
        step: Step,
        /// Its content.
        section: Box<Section>,
    },
    /// Rows for the grid: text of every cell, row by row.
    Rows {
        /// First row.
        first: u32,
        /// One a row: cells in file order; `None` is missing.
        rows: Vec<Vec<Option<String>>>,
    },
    /// How far the running work is.
    Progress {
        /// What is being done ("Reading the file", "Cross-validation").
        stage: String,
        /// Done units.
        done: u64,
        /// All units.
        total: u64,
    },
    /// Nothing runs any more. `cancelled` if the person stopped it.
    Idle {
        /// Whether it was stopped.
        cancelled: bool,
    },
    /// A file to save.
    File {
        /// File name.
        name: String,
        /// Media type.
        mime: String,
        /// Content.
        #[serde(with = "serde_bytes")]
        bytes: Vec<u8>,
    },
    /// A refusal: shown as a banner, nothing else changes.
    Refused {
        /// Why.
        error: Error,
    },
    /// From the shell: this browser keeps a project of an earlier visit, which can be opened again or forgotten.
    Kept {
        /// Name of its training file.
        name: String,
        /// When it was kept, as ISO 8601 in UTC.
        saved: String,
        /// Its size in bytes.
        bytes: u64,
        /// Finished jobs kept with it: a run goes on from there.
        jobs: u32,
    },
    /// A project was read while something else is open: what opening it would change. Nothing changes before [`Command::AnswerProposal`].
    Proposed {
        /// Files and settings that differ.
        changes: Vec<Change>,
    },
    /// From the shell: another tab keeps its project in this browser, so what is done here is not kept unless this tab takes over.
    Elsewhere,
    /// From the shell: the project cannot be kept between visits. A banner that stays, with an offer to save a file
    /// ([`Export::Project`]).
    NotKept {
        /// Why.
        error: Error,
    },
}

/// One difference between what is open and a project that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// "file", or the setting's path ("split.folds").
    pub what: String,
    /// What it is now; empty: not set.
    pub now: String,
    /// What it would be; empty: not set.
    pub then: String,
}

/// What the engine wishes its shell to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    /// Show this.
    Tell(Event),
    /// Stream the bytes of file `slot` into [`crate::session::Session::chunk`], then call `end_of_file`.
    Read {
        /// Which file.
        slot: u32,
    },
    /// Give every worker this context before later jobs (replaces the former one of the same variant).
    Context(Box<crate::pipeline::ContextPart>),
    /// Run these jobs on any worker, in any order; answer each with `job_done`.
    Start(Vec<(u64, crate::pipeline::Job)>),
    /// Forget all jobs that were started and not answered; stop workers that are busy.
    Stop,
    /// Keep a version of the registry under its id, in the place of what was kept there; `None`: delete it.
    Registry {
        /// Its id.
        id: String,
        /// The version, as one line.
        line: Option<String>,
    },
}

/// Lists of everything that can be chosen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Catalogue {
    /// Version of Watertight.
    pub version: String,
    /// Learners.
    pub learners: Vec<Entry>,
    /// Preparation steps.
    pub steps: Vec<Entry>,
    /// Augmentation methods.
    pub methods: Vec<Entry>,
    /// Methods of search for hyperparameters.
    pub searches: Vec<Entry>,
    /// Calibration and decision threshold: one entry.
    pub adjustments: Vec<Entry>,
    /// Metrics.
    pub metrics: Vec<Entry>,
    /// Audit checks.
    pub checks: Vec<Entry>,
    /// Quality rules.
    pub rules: Vec<Entry>,
    /// Rules that a user can set: the title stands between column and value, the doc says what the value is (empty: none).
    pub own_rules: Vec<Entry>,
    /// What dimensions and rules of quality count for as usual: id, name, weight.
    pub weights: Vec<(String, String, f64)>,
    /// Lists of gates to begin with.
    pub presets: Vec<Entry>,
    /// Samples.
    pub samples: Vec<Entry>,
    /// Terms of the field: id, word, definition.
    pub glossary: Vec<(String, String, String)>,
}

/// One entry of a list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Name in settings.
    pub id: String,
    /// Name on screen.
    pub title: String,
    /// What it is.
    pub doc: String,
    /// Short facts: term and value (samples: rows, target, shows).
    pub facts: Vec<(String, String)>,
    /// Hyperparameters.
    pub params: Vec<ParamView>,
    /// Kinds of task it can be used for; none: it does not matter.
    pub tasks: Vec<TaskKind>,
}

impl Entry {
    /// Whether it can be used for a task of this kind; an unknown kind excludes nothing.
    #[must_use]
    pub fn fits(&self, kind: Option<TaskKind>) -> bool {
        self.tasks.is_empty() || kind.is_none_or(|k| self.tasks.contains(&k))
    }
}

/// A hyperparameter as a form shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParamView {
    /// Name in settings.
    pub id: String,
    /// Name on screen.
    pub title: String,
    /// What it does.
    pub help: String,
    /// Allowed values in words.
    pub allowed: String,
    /// Value when none is given.
    pub default: Value,
    /// Words to choose from; empty when it is not a choice.
    pub options: Vec<String>,
    /// Least and greatest value of a number.
    pub range: Option<(f64, f64)>,
    /// The range in which a number is searched when none is given, and whether on a logarithmic scale.
    pub usual: Option<((f64, f64), bool)>,
    /// Whether a search leaves it as it is unless it is named.
    pub is_a_wish: bool,
}

impl From<&ParamSpec> for ParamView {
    fn from(spec: &ParamSpec) -> Self {
        let (options, range) = match spec.domain {
            Domain::Choice { options, .. } => (options.iter().map(|&o| o.to_owned()).collect(), None),
            #[expect(clippy::cast_precision_loss, reason = "hyperparameters are small")]
            Domain::Whole { low, high, .. } => (Vec::new(), Some((low as f64, high as f64))),
            Domain::Real { low, high, .. } => (Vec::new(), Some((low, high))),
            Domain::Switch { .. } | Domain::Text => (Vec::new(), None),
        };
        Self {
            id: spec.id.into(),
            title: spec.title.into(),
            help: spec.help.into(),
            allowed: spec.allowed(),
            default: spec.default(),
            options,
            range,
            usual: crate::tune::usual_range(spec),
            is_a_wish: spec.is_a_wish(),
        }
    }
}

/// What the rail, the bar, the grid's head and the forms show.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Files held, by slot.
    pub files: Vec<FileView>,
    /// Columns of the training file.
    pub columns: Vec<ColumnView>,
    /// Rows of the training file.
    pub n_rows: u32,
    /// The availability grid: one row a feature, in file order.
    pub known: Vec<KnownView>,
    /// Settings as chosen.
    pub settings: Settings,
    /// What the settings come to, with what was guessed: term, value, whether it was guessed.
    pub resolved: Resolved,
    /// The rail.
    pub steps: Vec<StepView>,
    /// Whether there is something to take back.
    pub can_undo: bool,
    /// Whether there is something to do again.
    pub can_redo: bool,
    /// Foot of the rail: file, settings, seed, report (fingerprints shortened).
    pub provenance: Vec<(String, String)>,
    /// Whether jobs run.
    pub busy: bool,
    /// Models of the registry.
    pub series: Vec<Series>,
}

/// The task and plan after guessing: what forms show when nothing was chosen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Resolved {
    /// Target column, if there is one.
    pub target: Option<String>,
    /// Whether the target was guessed.
    pub target_guessed: bool,
    /// Kind of task.
    pub kind: Option<TaskKind>,
    /// Classes.
    pub classes: Vec<String>,
    /// Time column.
    pub time: Option<String>,
    /// Entity column.
    pub entity: Option<String>,
    /// Strategy in words, after guessing.
    pub strategy: Option<Strategy>,
    /// Steps of the recipe.
    pub recipe: Vec<Chosen>,
    /// Learners to compare.
    pub learners: Vec<Chosen>,
    /// Metric that ranks.
    pub metric: Option<String>,
    /// Gates.
    pub gates: Vec<Gate>,
    /// Gates that can be added, with their names.
    pub offered: Vec<(String, Gate)>,
}

/// A file as the page shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileView {
    /// Name.
    pub name: String,
    /// What it is for.
    pub role: FileRole,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
    /// Rows read.
    pub n_rows: u32,
    /// Columns read.
    pub n_columns: u32,
    /// Delimiter, quote, encoding, line ends, decimal sign: term and value.
    pub dialect: Vec<(String, String)>,
    /// Rejected records: line, byte, why (the first 100), and how many in all.
    pub rejects: Vec<(u64, u64, String)>,
    /// Rejected records in all.
    pub n_rejected: u64,
    /// Questions and notes about reading it ("Is 03/04/2021 the 3rd of April?").
    pub notes: Vec<String>,
}

/// A column as the grid's head shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnView {
    /// Name.
    pub name: String,
    /// Kind in use.
    pub kind: Kind,
    /// Whether the person chose the kind.
    pub kind_chosen: bool,
    /// What it is used for.
    pub role: Role,
    /// Cells missing.
    pub missing: u32,
    /// Distinct values ("12,023").
    pub distinct: String,
    /// Range or top values in words.
    pub range: String,
    /// Heights 0..=1 of a small histogram.
    pub sketch: Vec<f64>,
    /// Cells that would become missing under each kind, in the order of `Kind::ALL`.
    pub lost_as: Vec<u32>,
    /// Two readings of an ambiguous date column, as patterns; empty otherwise.
    pub date_readings: Vec<String>,
}

/// A row of the availability grid: when a column is known, as far as the table shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownView {
    /// The column.
    pub column: String,
    /// What the evidence suggests; the answer itself stands in the settings.
    pub guess: Option<Known>,
    /// Whether only the person can know.
    pub asked: bool,
    /// The evidence, in words.
    pub why: String,
}

/// State of a step on the rail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Nothing computed.
    NotStarted,
    /// Being computed.
    Running,
    /// Computed from the settings as they are.
    Done,
    /// Done, and something needs attention.
    Attention,
    /// Done, undecided.
    Undecided,
    /// Computed from older settings.
    Stale,
    /// Off by choice.
    Skipped,
}

/// A step on the rail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepView {
    /// Which.
    pub step: Step,
    /// State.
    pub state: StepState,
    /// A score or count beside the sign ("94", "2").
    pub badge: String,
    /// State in words, for screen readers ("2 blockers").
    pub words: String,
}

/// A message as bytes.
///
/// # Errors
/// Only if a type cannot be written, which is our mistake.
pub fn pack<T: Serialize>(message: &T) -> Result<Vec<u8>> {
    postcard::to_allocvec(message).map_err(|_| Error::internal("a message that cannot be packed"))
}

/// A message from bytes.
///
/// # Errors
/// Bytes that are not such a message.
pub fn unpack<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    postcard::from_bytes(bytes).map_err(|_| Error::internal("a message that cannot be read"))
}
