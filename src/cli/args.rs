//! What can be typed.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Drop a CSV, get a verdict you can defend. Nothing leaves this machine.
#[derive(Parser, Debug)]
#[command(name = "watertight", version, about, disable_help_subcommand = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(super) action: Action,
}

#[derive(Subcommand, Debug)]
pub(super) enum Action {
    /// Look for leakage, with proof
    Audit(AuditOptions),
    /// The whole job: audit, train, validate, decide, and write report, model card and bundle
    Run(Box<RunOptions>),
    /// Look at data quality
    Check(CheckOptions),
    /// Predict the rows of a file with a bundle
    Predict(PredictOptions),
    /// Write a built-in sample as CSV to standard output
    Sample(SampleOptions),
    /// List what there is
    List(ListOptions),
    /// Compare two or more models on the same rows
    Compare(CompareOptions),
    /// Keep models as versions in a folder
    Registry(RegistryOptions),
}

/// Where findings begin to count as failure.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FailOn {
    /// A blocker
    Blocker,
    /// A warning or a blocker
    Warning,
    /// Nothing found is a failure
    Never,
}

/// How a file is read; what is not given is detected.
#[derive(Args, Debug, Clone, Default)]
pub(super) struct ReadOptions {
    /// Field delimiter ("," ";" "\t" ...)
    #[arg(long, value_name = "CHAR")]
    pub delimiter: Option<String>,
    /// Quote character; "none" reads quotes literally
    #[arg(long, value_name = "CHAR")]
    pub quote: Option<String>,
    /// Encoding label, such as utf-8 or windows-1252
    #[arg(long, value_name = "LABEL")]
    pub encoding: Option<String>,
    /// Decimal sign
    #[arg(long, value_name = "CHAR")]
    pub decimal: Option<char>,
    /// The first line holds values, not names
    #[arg(long)]
    pub no_header: bool,
    /// A spelling of a missing cell, instead of the usual ones; may be given several times
    #[arg(long = "null", value_name = "TEXT")]
    pub nulls: Vec<String>,
    /// Read a column as a kind: COLUMN=numeric|boolean|categorical|timestamp|text|identifier
    #[arg(long = "kind", value_name = "COLUMN=KIND")]
    pub kinds: Vec<String>,
    /// Date format of a column, as a strftime pattern: COLUMN=%d/%m/%Y
    #[arg(long = "date-format", value_name = "COLUMN=PATTERN")]
    pub date_formats: Vec<String>,
    /// Settings to start from (settings.json of a run); flags win
    #[arg(long, value_name = "FILE")]
    pub settings: Option<PathBuf>,
}

/// What is predicted, and how rows are dealt.
#[derive(Args, Debug, Clone, Default)]
pub(super) struct TaskOptions {
    /// Column to predict (guessed when not given)
    #[arg(long, value_name = "COLUMN")]
    pub target: Option<String>,
    /// Column that orders the rows in time
    #[arg(long, value_name = "COLUMN")]
    pub time: Option<String>,
    /// Column that names the entity of a row
    #[arg(long, value_name = "COLUMN")]
    pub entity: Option<String>,
    /// Steps between the prediction moment and the target
    #[arg(long, value_name = "N")]
    pub horizon: Option<u32>,
    /// Label of the positive class
    #[arg(long, value_name = "LABEL")]
    pub positive: Option<String>,
    /// Use a column for something: COLUMN=feature|ignored
    #[arg(long = "role", value_name = "COLUMN=ROLE")]
    pub roles: Vec<String>,
    /// Whether the value of the predicted row is known when predicting: COLUMN=yes|no|STEPS (known so many steps late, used shifted)
    #[arg(long = "known", value_name = "COLUMN=WHEN")]
    pub known: Vec<String>,
    /// How rows are dealt: auto, random, stratified, grouped, time_ordered
    #[arg(long, value_name = "STRATEGY")]
    pub split: Option<String>,
    /// Folds of cross-validation, 2 to 20
    #[arg(long, value_name = "N")]
    pub folds: Option<u32>,
    /// How often the rows are dealt to folds, each time anew, 1 to 20 (not in time order)
    #[arg(long, value_name = "N")]
    pub repeats: Option<u32>,
    /// In time order: rows left out between learning and judging, beside the horizon
    #[arg(long, value_name = "N")]
    pub gap: Option<u32>,
    /// In time order: learn from the latest N distinct stamps only (a window that slides); 0: from all earlier ones
    #[arg(long, value_name = "N")]
    pub window: Option<u32>,
    /// In time order: distinct stamps right after each judged block that later folds do not learn from
    #[arg(long, value_name = "N")]
    pub embargo: Option<u32>,
    /// A separate test file: it becomes the sealed rows
    #[arg(long, value_name = "FILE")]
    pub test: Option<PathBuf>,
    /// Seed of every random stream
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
}

/// Search for hyperparameters.
#[derive(Args, Debug, Clone, Default)]
pub(super) struct TuneOptions {
    /// Search for the hyperparameters of every learner: tpe (when nothing is said), random or grid
    #[arg(long, value_name = "METHOD", num_args = 0..=1, default_missing_value = "tpe")]
    pub tune: Option<String>,
    /// Settings tried for each learner
    #[arg(long, value_name = "N")]
    pub trials: Option<u32>,
    /// Repeat the search inside every fold, to measure how much too good the score of its winner looks
    #[arg(long)]
    pub nested: bool,
}

/// From probabilities to decisions.
#[derive(Args, Debug, Clone, Default)]
pub(super) struct AdjustOptions {
    /// Calibrate probabilities: none, platt or isotonic
    #[arg(long, value_name = "METHOD")]
    pub calibrate: Option<String>,
    /// From which probability on a row is flagged: half, f1, f_beta=BETA, cost=ALARMS (what a missed row costs), recall_at_precision=PRECISION
    #[arg(long, value_name = "RULE")]
    pub threshold: Option<String>,
}

/// What validation measures beside scores.
#[derive(Args, Debug, Clone, Default)]
pub(super) struct ValidationOptions {
    /// Test whether the score could be chance: repeat the cross-validation on so many permutations of the target (99 when nothing is said)
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "99")]
    pub permutations: Option<u32>,
    /// Try the proposed learner on ever more rows, and tell what twice the rows would bring
    #[arg(long)]
    pub learning_curve: bool,
    /// Share of true values that prediction intervals are to hold, 0.5 to 0.99
    #[arg(long, value_name = "SHARE")]
    pub coverage: Option<f64>,
    /// Judge the model by the levels of a column; may be given several times
    #[arg(long, value_name = "COLUMN")]
    pub fairness: Vec<String>,
}

#[derive(Args, Debug)]
pub(super) struct AuditOptions {
    /// CSV, TSV or any delimiter; .gz too
    pub file: PathBuf,
    #[command(flatten)]
    pub task: TaskOptions,
    #[command(flatten)]
    pub read: ReadOptions,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Plant leaks into a copy of the table, and tell which of them the audit finds (takes some hundred small audits)
    #[arg(long)]
    pub power: bool,
    /// Apply the first remedy of every blocker and warning, and audit again
    #[arg(long)]
    pub repair: bool,
    /// Where findings begin to count as failure (exit code 1)
    #[arg(long, value_enum, default_value = "blocker")]
    pub fail_on: FailOn,
}

#[derive(Args, Debug)]
pub(super) struct RunOptions {
    /// CSV, TSV or any delimiter; .gz too
    pub file: PathBuf,
    #[command(flatten)]
    pub task: TaskOptions,
    #[command(flatten)]
    pub read: ReadOptions,
    #[command(flatten)]
    pub tune: TuneOptions,
    #[command(flatten)]
    pub adjust: AdjustOptions,
    #[command(flatten)]
    pub validation: ValidationOptions,
    /// A file to predict with the model: predictions.csv is about its rows then
    #[arg(long, value_name = "FILE")]
    pub new: Option<PathBuf>,
    /// Change what is learned from: a method of `watertight list methods`, such as smote, with its usual settings; none switches it off
    #[arg(long, value_name = "METHOD")]
    pub augment: Option<String>,
    /// Find groups of like rows among the training rows (k-means), and tell how many there are
    #[arg(long)]
    pub segments: bool,
    /// Gates: a list of `watertight list gates`, or a JSON file with gates as they stand in settings.json
    #[arg(long, value_name = "PRESET|FILE")]
    pub gates: Option<String>,
    /// Folder of a registry to keep the model in; green runs before this one are counted there
    #[arg(long, value_name = "DIR")]
    pub registry: Option<PathBuf>,
    /// Name of the model in the registry (the file's name when not given)
    #[arg(long, value_name = "NAME", requires = "registry")]
    pub name: Option<String>,
    /// Folder to write documents to: deployment guide, certification sheet and summary, as Markdown and HTML
    #[arg(long, value_name = "DIR")]
    pub documents: Option<PathBuf>,
    /// Folder to write to (made if it is not there)
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Plant leaks into a copy of the table, and tell which of them the audit finds (takes some hundred small audits)
    #[arg(long)]
    pub power: bool,
    /// Apply the first remedy of every blocker and warning, and audit again
    #[arg(long)]
    pub repair: bool,
    /// Where findings begin to count as failure (exit code 1)
    #[arg(long, value_enum, default_value = "blocker")]
    pub fail_on: FailOn,
}

#[derive(Args, Debug)]
pub(super) struct CheckOptions {
    /// CSV, TSV or any delimiter; .gz too
    pub file: PathBuf,
    #[command(flatten)]
    pub task: TaskOptions,
    #[command(flatten)]
    pub read: ReadOptions,
    /// Where findings begin to count as failure (exit code 1)
    #[arg(long, value_enum, default_value = "blocker")]
    pub fail_on: FailOn,
}

#[derive(Args, Debug)]
pub(super) struct PredictOptions {
    /// bundle.json of a run
    pub bundle: PathBuf,
    /// File with the rows to predict
    pub file: PathBuf,
    #[command(flatten)]
    pub read: ReadOptions,
    /// File to write
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Write text cells that begin like spreadsheet formulas as they are
    #[arg(long)]
    pub raw: bool,
}

#[derive(Args, Debug)]
pub(super) struct SampleOptions {
    /// studio, sessions, claims or clean
    pub name: String,
    /// Rows (0: the sample's usual number)
    #[arg(long, default_value_t = 0)]
    pub rows: u32,
}

/// The open lists.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Listed {
    /// Audit checks
    Checks,
    /// Learners with their hyperparameters
    Learners,
    /// Metrics
    Metrics,
    /// Preparation steps
    Steps,
    /// Quality rules
    Rules,
    /// Built-in samples
    Samples,
    /// Lists of gates
    Gates,
    /// Augmentation methods
    Methods,
    /// Methods of search for hyperparameters
    Searches,
}

#[derive(Args, Debug)]
pub(super) struct ListOptions {
    /// Which list
    #[arg(value_enum)]
    pub what: Listed,
}

#[derive(Args, Debug)]
pub(super) struct CompareOptions {
    /// Models, the reference first: bundle.json of a run, or name and version in the registry ("claims 1.2.0")
    #[arg(num_args = 2..=8, required = true)]
    pub models: Vec<String>,
    /// File with the rows to compare on; it must hold the target
    #[arg(long, value_name = "FILE")]
    pub on: PathBuf,
    /// Folder of a registry
    #[arg(long, value_name = "DIR")]
    pub registry: Option<PathBuf>,
    /// Share of the reference's score that may be lost by a version that counts as not worse
    #[arg(long, default_value_t = crate::registry::compare::MARGIN)]
    pub margin: f64,
    #[command(flatten)]
    pub read: ReadOptions,
    /// File to write: .html, .md or .json
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct RegistryOptions {
    /// What to do
    #[command(subcommand)]
    pub action: RegistryAction,
}

#[derive(Subcommand, Debug)]
pub(super) enum RegistryAction {
    /// Certification and runs
    List {
        /// Folder of the registry
        folder: PathBuf,
        /// Order of the runs: version, time, learner, file, or a metric
        #[arg(long, default_value = "version")]
        sort: String,
        /// Words that a run must hold
        #[arg(long, default_value = "")]
        filter: String,
        /// Print the runs as CSV
        #[arg(long)]
        csv: bool,
    },
    /// Keep a bundle as the next version of a name
    Add {
        /// Folder of the registry (made if it is not there)
        folder: PathBuf,
        /// bundle.json of a run
        bundle: PathBuf,
        /// Name of the model
        #[arg(long)]
        name: String,
        /// A short word to find it by; may be given several times
        #[arg(long = "tag")]
        tags: Vec<String>,
        /// Anything else
        #[arg(long, default_value = "")]
        notes: String,
    },
    /// One version, as JSON
    Show {
        /// Folder of the registry
        folder: PathBuf,
        /// Name and version ("claims 1.2.0"), or a name for its latest
        version: String,
    },
    /// Write a version, or all of them, to a file
    Export {
        /// Folder of the registry
        folder: PathBuf,
        /// Name and version; all when not given
        version: Option<String>,
        /// What to write: version (to import elsewhere), bundle, or run (MLflow run folder as zip)
        #[arg(long = "as", value_enum, default_value = "version")]
        form: ExportForm,
        /// File to write
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Take versions from a file
    Import {
        /// Folder of the registry (made if it is not there)
        folder: PathBuf,
        /// File to read
        file: PathBuf,
    },
    /// Read every version and check its fingerprints
    Check {
        /// Folder of the registry
        folder: PathBuf,
    },
    /// Remove a version
    Remove {
        /// Folder of the registry
        folder: PathBuf,
        /// Name and version
        version: String,
    },
    /// Remove versions that are neither the latest of their name, nor green, nor tagged
    Clean {
        /// Folder of the registry
        folder: PathBuf,
    },
}

/// Forms in which a version is written.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ExportForm {
    /// The version with its entry
    Version,
    /// The bundle alone
    Bundle,
    /// An MLflow run folder
    Run,
}
