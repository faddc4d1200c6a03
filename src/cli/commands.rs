//! The commands: each opens what it needs, drives the session, prints or writes.

use super::args::{
    AdjustOptions, AuditOptions, CheckOptions, FailOn, ListOptions, Listed, PredictOptions, ReadOptions, RunOptions, SampleOptions, TaskOptions,
    TuneOptions, ValidationOptions,
};
use super::engine::{Engine, for_each_slice};
use super::{print, registry};
use crate::bundle::Bundle;
use crate::decide::PRESETS;
use crate::derived::Known;
use crate::error::{Error, Result};
use crate::finding::Severity;
use crate::param::Value;
use crate::protocol::{Command, Document, Export, FileRole, Step};
use crate::registry::name_of;
use crate::sample::SAMPLES;
use crate::session::{catalogue, predictions_file};
use crate::settings::{Chosen, Role, Settings};
use crate::split::Strategy;
use crate::table::Kind;
use crate::table::export::Safety;
use crate::tune::SAMPLERS;
use std::path::{Path, PathBuf};

/// `audit`: findings with proof.
pub(super) fn audit(options: &AuditOptions) -> Result<bool> {
    let mut engine = opened(&options.file, settings(&options.task, &options.read)?, (&options.task, &options.read), None, Step::Audit)?;
    if options.repair {
        repair(&mut engine)?;
    }
    if options.power {
        engine.command(Command::MeasurePower)?;
    }
    let (_, json) = engine.export(Export::AuditJson)?;
    if options.json {
        print::out(&String::from_utf8_lossy(&json));
    } else if let Some(section) = engine.sections.get(&Step::Audit) {
        print::section(section);
    }
    Ok(passes(&engine, Step::Audit, options.fail_on))
}

/// Applies the first remedies until none is left to apply, at most [`ROUNDS`] times: a column that was repaired may have more to tell.
fn repair(engine: &mut Engine) -> Result<()> {
    let counts = |engine: &Engine| (engine.session().n_open(Severity::Blocker), engine.session().n_open(Severity::Warning));
    let before = counts(engine);
    for _ in 0..ROUNDS {
        let settings = engine.session().settings().clone();
        engine.command(Command::Repair)?;
        engine.command(Command::Run { to: Step::Audit })?;
        if *engine.session().settings() == settings {
            break;
        }
    }
    let after = counts(engine);
    print::repairs(engine.sections.get(&Step::Audit), before, after);
    Ok(())
}

/// Most rounds of remedies.
const ROUNDS: usize = 4;

/// `check`: data quality.
pub(super) fn check(options: &CheckOptions) -> Result<bool> {
    let engine = opened(&options.file, settings(&options.task, &options.read)?, (&options.task, &options.read), None, Step::Quality)?;
    if let Some(section) = engine.sections.get(&Step::Quality) {
        print::section(section);
    }
    Ok(passes(&engine, Step::Quality, options.fail_on))
}

/// `run`: the whole job, written to a folder.
pub(super) fn run(options: &RunOptions) -> Result<bool> {
    let unwritable = |e: std::io::Error| Error::unwritable(&options.out.display().to_string(), &e.to_string());
    std::fs::create_dir_all(&options.out).map_err(unwritable)?;
    let first = if options.repair { Step::Audit } else { Step::Decide };
    let file = options.file.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let name = options.name.clone().unwrap_or_else(|| name_of(&file));
    let mut settings = settings(&options.task, &options.read)?;
    if let Some(folder) = &options.registry {
        settings.green_before = Some(registry::load(folder)?.green_runs(&name));
    }
    apply_tune(&mut settings, &options.tune);
    apply_adjust(&mut settings, &options.adjust)?;
    apply_validation(&mut settings, &options.validation);
    options.gates.iter().try_for_each(|given| apply_gates(&mut settings, given))?;
    settings.segments |= options.segments;
    if let Some(method) = &options.augment {
        settings.augment = (method != "none").then(|| Chosen { id: method.clone(), ..Chosen::default() });
    }
    let mut engine = opened(&options.file, settings, (&options.task, &options.read), options.new.as_deref(), first)?;
    if options.repair {
        repair(&mut engine)?;
        engine.command(Command::Run { to: Step::Decide })?;
    }
    if options.power {
        engine.command(Command::MeasurePower)?;
    }
    let files = [
        (Export::ReportHtml, "report.html"),
        (Export::ReportMarkdown, "report.md"),
        (Export::ReportJson, "report.json"),
        (Export::ModelCard, "model_card.md"),
        (Export::Bundle, "bundle.json"),
        (Export::Predictions, "predictions.csv"),
        (Export::Settings, "settings.json"),
        (Export::RecipeMarkdown, "recipe.md"),
        (Export::RecipeJson, "recipe.json"),
    ];
    for (what, name) in files {
        let (_, bytes) = engine.export(what)?;
        write(&options.out.join(name), &bytes)?;
    }
    for step in [Step::Audit, Step::Train, Step::Decide] {
        if let Some(section) = engine.sections.get(&step) {
            print::headline(section);
        }
    }
    engine.sections.get(&Step::Validate).into_iter().for_each(print::explained);
    if let Some(folder) = &options.documents {
        documents(&mut engine, folder)?;
    }
    if let Some(folder) = &options.registry {
        let (_, bundle) = engine.export(Export::Bundle)?;
        print::note(&format!("Kept as {}.", registry::keep_run(folder, &name, &bundle)?));
    }
    print::note(&format!("Written to {}: {}.", options.out.display(), files.map(|(_, name)| name).join(", ")));
    Ok(passes(&engine, Step::Decide, options.fail_on))
}

/// Every document of a run, as Markdown and HTML.
fn documents(engine: &mut Engine, folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|e| Error::unwritable(&folder.display().to_string(), &e.to_string()))?;
    for which in Document::ALL {
        for what in [Export::Document(which), Export::DocumentHtml(which)] {
            let (name, bytes) = engine.export(what)?;
            write(&folder.join(name), &bytes)?;
        }
    }
    Ok(())
}

/// `predict`: a bundle asked about a file.
pub(super) fn predict(options: &PredictOptions) -> Result<bool> {
    let bundle = Bundle::from_json(&read_text(&options.bundle)?)?;
    let bytes = read_bytes(&options.file)?;
    let settings = settings(&TaskOptions::default(), &options.read)?;
    let safety = if options.raw { Safety::Raw } else { Safety::Guarded };
    let csv = predictions_file(&bundle, &bytes, &settings, safety)?;
    write(&options.out, &csv)?;
    Ok(true)
}

/// `sample`: a built-in sample as CSV.
pub(super) fn sample(options: &SampleOptions) -> Result<bool> {
    let known: Vec<&str> = SAMPLES.iter().map(|s| s.id).collect();
    let sample = SAMPLES.iter().find(|s| s.id == options.name).ok_or_else(|| Error::unknown("sample", &options.name, &known))?;
    let rows = if options.rows == 0 { sample.default_rows } else { options.rows };
    print::out(&String::from_utf8_lossy(&(sample.make)(rows)));
    Ok(true)
}

/// `list`: one of the open lists.
pub(super) fn list(options: &ListOptions) -> Result<bool> {
    let all = catalogue();
    print::entries(match options.what {
        Listed::Checks => &all.checks,
        Listed::Learners => &all.learners,
        Listed::Metrics => &all.metrics,
        Listed::Steps => &all.steps,
        Listed::Rules => &all.rules,
        Listed::Samples => &all.samples,
        Listed::Gates => &all.presets,
        Listed::Methods => &all.methods,
        Listed::Searches => &all.searches,
    });
    Ok(true)
}

/// A session with the files open and computed up to a step.
fn opened(file: &Path, settings: Settings, (task, read): (&TaskOptions, &ReadOptions), new: Option<&Path>, up_to: Step) -> Result<Engine> {
    let mut files: Vec<(PathBuf, FileRole)> = vec![(file.to_owned(), FileRole::Train)];
    files.extend(task.test.clone().map(|path| (path, FileRole::Test)));
    files.extend(new.map(|path| (path.to_owned(), FileRole::New)));
    let mut engine = Engine::default();
    let named = named(task, read)?;
    // Data quality needs no task, so it is computed at once.
    let first = if named.is_empty() || up_to == Step::Quality { up_to } else { Step::Open };
    engine.start_with(settings, first);
    engine.open(&files)?;
    named.iter().try_for_each(|column| engine.session().has_column(column))?;
    if first != up_to {
        engine.command(Command::Run { to: up_to })?;
    }
    Ok(engine)
}

/// Columns that flags name, beside those of the task, which are looked for when it is planned.
fn named(task: &TaskOptions, read: &ReadOptions) -> Result<Vec<String>> {
    let flags = [("known", &task.known), ("role", &task.roles), ("kind", &read.kinds), ("date-format", &read.date_formats)];
    flags.into_iter().flat_map(|(flag, pairs)| pairs.iter().map(move |pair| pair_of(flag, pair).map(|p| p.0))).collect()
}

fn passes(engine: &Engine, step: Step, fail_on: FailOn) -> bool {
    let bar = match fail_on {
        FailOn::Never => return true,
        FailOn::Warning => Severity::Warning,
        FailOn::Blocker => Severity::Blocker,
    };
    !engine.session().has_finding(step, bar)
}

/// A file's text.
pub(super) fn read_text(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|e| Error::unreadable(&path.display().to_string(), &e.to_string()))
}

/// A file's bytes.
pub(super) fn read_bytes(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for_each_slice(path, &mut |slice| {
        bytes.extend_from_slice(slice);
        true
    })?;
    Ok(bytes)
}

/// Writes a file where the person said.
#[expect(clippy::disallowed_methods, reason = "a command line writes files")]
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(path, bytes).map_err(|e| Error::unwritable(&path.display().to_string(), &e.to_string()))
}

/// Settings from a file, if one is given, with the flags on top.
pub(super) fn settings(task: &TaskOptions, read: &ReadOptions) -> Result<Settings> {
    let mut settings = match &read.settings {
        Some(path) => {
            let unreadable = |e: std::io::Error| Error::unreadable(&path.display().to_string(), &e.to_string());
            Settings::from_json(&std::fs::read_to_string(path).map_err(unreadable)?)?
        }
        None => Settings::default(),
    };
    apply_read(&mut settings, read)?;
    apply_task(&mut settings, task)?;
    Ok(settings)
}

fn apply_read(settings: &mut Settings, read: &ReadOptions) -> Result<()> {
    if let Some(delimiter) = &read.delimiter {
        settings.csv.delimiter = Some(one_char("delimiter", if delimiter == "\\t" { "\t" } else { delimiter })?);
    }
    if let Some(quote) = &read.quote {
        settings.csv.quote = Some(if quote == "none" { '\0' } else { one_char("quote", quote)? });
    }
    if read.encoding.is_some() {
        settings.csv.encoding.clone_from(&read.encoding);
    }
    settings.csv.decimal = read.decimal.or(settings.csv.decimal);
    if read.no_header {
        settings.csv.header = Some(false);
    }
    if !read.nulls.is_empty() {
        settings.csv.nulls.clone_from(&read.nulls);
    }
    for pair in &read.kinds {
        let (column, kind) = pair_of("kind", pair)?;
        let known = Kind::ALL.map(Kind::id);
        settings.columns.entry(column).or_default().kind = Some(Kind::from_id(&kind).ok_or_else(|| Error::unknown("kind", &kind, &known))?);
    }
    for pair in &read.date_formats {
        let (column, pattern) = pair_of("date-format", pair)?;
        settings.columns.entry(column).or_default().date_format = Some(pattern);
    }
    Ok(())
}

fn apply_task(settings: &mut Settings, task: &TaskOptions) -> Result<()> {
    let chosen = &mut settings.task;
    for (slot, flag) in [
        (&mut chosen.target, &task.target),
        (&mut chosen.time, &task.time),
        (&mut chosen.entity, &task.entity),
        (&mut chosen.positive, &task.positive),
    ] {
        if flag.is_some() {
            slot.clone_from(flag);
        }
    }
    chosen.horizon = task.horizon.unwrap_or(chosen.horizon);
    settings.seed = task.seed.unwrap_or(settings.seed);
    if let Some(word) = &task.split {
        let known = ["auto", "random", "stratified", "grouped", "time_ordered"];
        let quoted = format!("\"{word}\"");
        settings.split.strategy = serde_json::from_str::<Strategy>(&quoted).map_err(|_| Error::unknown("split", word, &known))?;
    }
    let split = &mut settings.split;
    for (slot, flag) in [
        (&mut split.folds, task.folds),
        (&mut split.repeats, task.repeats),
        (&mut split.gap, task.gap),
        (&mut split.window, task.window),
        (&mut split.embargo, task.embargo),
    ] {
        *slot = flag.unwrap_or(*slot);
    }
    for pair in &task.known {
        let (column, word) = pair_of("known", pair)?;
        let known = match (word.as_str(), word.parse()) {
            ("yes", _) => Known::Yes,
            ("no", _) => Known::No,
            (_, Ok(steps)) => Known::Late(steps),
            _ => return Err(Error::unknown("answer", &word, &["yes", "no", "a number of steps"])),
        };
        settings.columns.entry(column).or_default().known = Some(known);
    }
    for pair in &task.roles {
        let (column, word) = pair_of("role", pair)?;
        let role = [Role::Feature, Role::Ignored].into_iter().find(|r| r.id() == word);
        settings.columns.entry(column).or_default().role = Some(role.ok_or_else(|| Error::unknown("role", &word, &["feature", "ignored"]))?);
    }
    Ok(())
}

/// A search that was asked for, on top of one that the settings hold.
fn apply_tune(settings: &mut Settings, tune: &TuneOptions) {
    if tune.tune.is_none() && tune.trials.is_none() && !tune.nested {
        return;
    }
    let method = &mut settings.search.get_or_insert_default().method;
    if let Some(id) = &tune.tune {
        *method = Chosen { id: id.clone(), params: std::mem::take(&mut method.params), ..Chosen::default() };
    } else if method.id.is_empty() {
        SAMPLERS[0].id.clone_into(&mut method.id);
    }
    method.params.extend(tune.trials.map(|n| ("trials".to_owned(), Value::Whole(n.into()))));
    method.params.extend(tune.nested.then(|| ("nested".to_owned(), Value::Switch(true))));
}

/// What validation was asked to measure, on top of what the settings hold.
fn apply_validation(settings: &mut Settings, asked: &ValidationOptions) {
    let chosen = &mut settings.validation;
    chosen.permutations = asked.permutations.unwrap_or(chosen.permutations);
    chosen.learning_curve |= asked.learning_curve;
    chosen.coverage = asked.coverage.unwrap_or(chosen.coverage);
    if !asked.fairness.is_empty() {
        chosen.fairness.clone_from(&asked.fairness);
    }
}

/// Gates from a preset's name or from a file.
fn apply_gates(settings: &mut Settings, given: &str) -> Result<()> {
    if PRESETS.iter().any(|p| p.id == given) {
        (settings.gates, settings.preset) = (None, Some(given.to_owned()));
        return Ok(());
    }
    let known: Vec<&str> = PRESETS.iter().map(|p| p.id).collect();
    let text = std::fs::read_to_string(given).map_err(|_| Error::unknown("list of gates", given, &known))?;
    settings.gates = Some(serde_json::from_str(&text).map_err(|e| Error::bad_settings(&e.to_string(), e.line() as u64))?);
    settings.check_ranges()
}

/// Calibration and threshold that were asked for, on top of what the settings hold.
fn apply_adjust(settings: &mut Settings, asked: &AdjustOptions) -> Result<()> {
    if asked.calibrate.is_none() && asked.threshold.is_none() {
        return Ok(());
    }
    let params = &mut settings.adjust.get_or_insert_default().params;
    params.extend(asked.calibrate.iter().map(|method| ("calibration".to_owned(), Value::Word(method.clone()))));
    let Some(rule) = &asked.threshold else { return Ok(()) };
    let (rule, number) = rule.split_once('=').map_or((rule.as_str(), None), |(rule, number)| (rule, Some(number)));
    params.insert("threshold".to_owned(), Value::Word(rule.to_owned()));
    let Some(number) = number else { return Ok(()) };
    let name = match rule {
        "f_beta" => "beta",
        "cost" => "missed_cost",
        "recall_at_precision" => "precision",
        _ => return Err(Error::out_of_range("threshold", &format!("{rule}={number}"), "a rule with a number: f_beta, cost or recall_at_precision")),
    };
    let value = number.parse().map_err(|_| Error::out_of_range(name, number, "a number"))?;
    params.insert(name.to_owned(), Value::Real(value));
    Ok(())
}

fn one_char(name: &str, text: &str) -> Result<char> {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(only), None) => Ok(only),
        _ => Err(Error::out_of_range(name, &format!("\"{text}\""), "a single character")),
    }
}

fn pair_of(name: &str, pair: &str) -> Result<(String, String)> {
    let split = pair.rsplit_once('=').filter(|(column, value)| !column.is_empty() && !value.is_empty());
    split.map(|(c, v)| (c.to_owned(), v.to_owned())).ok_or_else(|| Error::out_of_range(name, &format!("\"{pair}\""), "of the form COLUMN=VALUE"))
}
