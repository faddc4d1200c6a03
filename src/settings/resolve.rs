//! From what was chosen and what the table holds to a [`Plan`]: everything named, everything checked, nothing left to guess.
//!
//! A guess is made only where nothing was chosen, by rules a person can repeat, and the plan says what was guessed.

use super::{Chosen, Role, SearchChoice, Settings, ValidationChoice};
use crate::augment::METHODS;
use crate::decide::{Gate, PRESETS, Quantity, preset, usual_gates};
use crate::error::{Error, Result};
use crate::evaluate::zeros::is_often_zero;
use crate::evaluate::{adjust, metric, usual_metric};
use crate::lineage::derive::{Order, is_function};
use crate::model::{LEARNERS, Learner, learners};
use crate::param::{ParamSpec, Params, Value};
use crate::prepare::STEPS;
use crate::quality::own::{self, OwnRule};
use crate::quality::weights;
use crate::split::{SplitSettings, Strategy, resolve as resolve_strategy};
use crate::table::{Column, Kind, Table};
use crate::task::{Task, TaskKind, guess_kind};
use crate::tune::SAMPLERS;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Names that announce a target, compared without case; a column of such a name is guessed before the last column.
const TARGET_NAMES: [&str; 8] = ["target", "label", "y", "class", "outcome", "response", "cnt", "churn"];
/// Rows up to which the slower learners are compared by default.
const SMALL_TABLE: usize = 60_000;
/// Rows up to which nearest neighbours are compared by default: prediction costs rows x rows.
const NEIGHBOUR_ROWS: usize = 6_000;
/// Permutations when a gate asks for them and nobody said how many: the smallest p-value is 0.01.
const PERMUTATIONS: u32 = 99;
/// Most steps, learners or gates: far more than anybody reads, few enough to be worked off.
const MOST_ENTRIES: usize = 100;
/// Most spellings of missing and accepted findings.
const MOST_NAMES: usize = 10_000;

/// What was guessed rather than chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guessed {
    /// The target column.
    pub target: bool,
    /// The time column.
    pub time: bool,
    /// The learners.
    pub learners: bool,
    /// The metric.
    pub metric: bool,
    /// The gates.
    pub gates: bool,
    /// The decision threshold.
    pub adjust: bool,
}

/// A checked plan of the whole run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What is predicted, from what.
    pub task: Task,
    /// How rows are dealt; the strategy is never `Auto`.
    pub split: SplitSettings,
    /// Whether the strategy was left to be guessed.
    pub strategy_guessed: bool,
    /// First row of the separate test file, if there is one.
    pub test_from: Option<u32>,
    /// Preparation steps chosen; `None`: the usual ones for each learner.
    pub recipe: Option<Vec<Chosen>>,
    /// Augmentation of the training side.
    pub augment: Option<Chosen>,
    /// Learners to compare, baselines first.
    pub learners: Vec<Chosen>,
    /// Search for hyperparameters, if there is one.
    pub search: Option<SearchChoice>,
    /// Positions of learners whose hyperparameters were found by a search, each after the learner as chosen; none before it is done.
    pub tuned: Vec<u32>,
    /// Calibration and decision threshold.
    pub adjust: Params,
    /// Whether the rows are segmented.
    pub segments: bool,
    /// Metric that ranks learners.
    pub metric: String,
    /// Gates.
    pub gates: Vec<Gate>,
    /// Latest row of a column that is known when predicting, relative to the target's row, for the columns of which that was said.
    pub known: BTreeMap<String, i32>,
    /// Quality rules of the user's own.
    pub rules: Vec<OwnRule>,
    /// What validation measures beside scores.
    pub validation: ValidationChoice,
    /// Seed of every random stream.
    pub seed: u64,
    /// What was guessed.
    pub guessed: Guessed,
}

impl Plan {
    /// The learners without those that a search has added.
    #[must_use]
    pub fn as_chosen(&self) -> Vec<Chosen> {
        let is_chosen = |at: usize| u32::try_from(at).is_ok_and(|at| !self.tuned.contains(&at));
        self.learners.iter().enumerate().filter(|(at, _)| is_chosen(*at)).map(|(_, chosen)| chosen.clone()).collect()
    }
}

impl Settings {
    /// Checks the choices against a table (kinds already changed as chosen) and fills in what was not chosen.
    ///
    /// # Errors
    /// A name that is not in the table or list, a value out of range, or a target that cannot be learned.
    pub fn resolve(&self, table: &Table, test_from: Option<u32>) -> Result<Plan> {
        self.check_ranges()?;
        let (task, mut guessed) = self.resolve_task(table)?;
        let strategy = resolve_strategy(&self.split, &task);
        let (learners, learners_guessed) = match &self.learners {
            Some(chosen) => (checked_learners(chosen, task.kind)?, false),
            None => (usual_learners(&task, table), true),
        };
        for name in self.recipe.iter().flatten().flat_map(|step| &step.columns) {
            table.column(name)?;
        }
        self.rules.iter().try_for_each(|rule| rule.check_in(table))?;
        self.validation.fairness.iter().try_for_each(|name| table.column(name).map(|_| ()))?;
        if let Some(method) = self.augment.as_ref().and_then(|choice| METHODS.iter().find(|m| m.id == choice.id)) {
            method.check(task.kind)?;
        }
        let main = match &self.metric {
            Some(id) => {
                let chosen = metric(id)?;
                if !chosen.is_for(task.kind) {
                    return Err(Error::wrong_metric(chosen.title, task.kind.id()));
                }
                chosen.id.to_owned()
            }
            None => usual_metric(task.kind).to_owned(),
        };
        guessed.learners = learners_guessed;
        guessed.metric = self.metric.is_none();
        guessed.gates = self.gates.is_none();
        let mut adjusted = self.adjust.clone().unwrap_or_default().params;
        if Params::check(adjust::PARAMS, &adjusted)?.word("threshold") == "usual" {
            guessed.adjust = true;
            let rule = if is_rare(&task, table) { "f1" } else { "half" };
            adjusted.insert("threshold".to_owned(), Value::Word(rule.to_owned()));
        }
        let gates = self.resolve_gates(task.kind, &main)?;
        Ok(Plan {
            split: SplitSettings { strategy, ..self.split.clone() },
            strategy_guessed: self.split.strategy == Strategy::Auto,
            test_from,
            recipe: self.recipe.clone(),
            augment: self.augment.clone(),
            learners,
            search: self.search.clone(),
            tuned: Vec::new(),
            adjust: Params::check(adjust::PARAMS, &adjusted)?,
            segments: self.segments,
            metric: main,
            validation: self.measured_for(&gates),
            gates,
            known: self.known_rows(&task),
            rules: self.rules.clone(),
            seed: self.seed,
            guessed,
            task,
        })
    }

    /// What is measured beside scores: also what a gate asks for.
    fn measured_for(&self, gates: &[Gate]) -> ValidationChoice {
        let mut validation = self.validation.clone();
        if validation.permutations == 0 && gates.iter().any(|g| g.quantity == Quantity::PermutationP) {
            validation.permutations = PERMUTATIONS;
        }
        validation
    }

    /// The gates chosen, those of the preset, or the usual ones; with the green runs before this one.
    fn resolve_gates(&self, kind: TaskKind, main: &str) -> Result<Vec<Gate>> {
        let known = || PRESETS.iter().filter(|p| preset(p.id, kind).is_some()).map(|p| p.id).collect::<Vec<_>>();
        let mut gates = match (&self.gates, &self.preset) {
            (Some(gates), _) => gates.clone(),
            (None, Some(id)) => (preset(id, kind).ok_or_else(|| Error::unknown("preset", id, &known()))?.gates)(kind, main),
            (None, None) => usual_gates(kind, main),
        };
        for gate in &mut gates {
            if let (Quantity::GreenRuns { before }, Some(n)) = (&mut gate.quantity, self.green_before) {
                *before = n;
            }
        }
        Ok(gates)
    }

    /// Checks what can be checked without a table.
    ///
    /// # Errors
    /// A number out of range, or an entry that no list has.
    pub fn check_ranges(&self) -> Result<()> {
        self.split.validate()?;
        self.validation.check()?;
        for (list, length, most) in [
            ("recipe", self.recipe.as_ref().map_or(0, Vec::len), MOST_ENTRIES),
            ("learners", self.learners.as_ref().map_or(0, Vec::len), MOST_ENTRIES),
            ("gates", self.gates.as_ref().map_or(0, Vec::len), MOST_ENTRIES),
            ("csv.nulls", self.csv.nulls.len(), MOST_NAMES),
            ("accepted", self.accepted.len(), MOST_NAMES),
            ("derived", self.derived.len(), MOST_NAMES),
            ("repairs", self.repairs.len(), MOST_NAMES),
            ("rules", self.rules.len(), own::MOST),
        ] {
            if length > most {
                return Err(Error::out_of_range(list, &format!("a list of {length} entries"), &format!("a list of at most {most}")));
            }
        }
        if let Some(wrong) = self.derived.iter().find(|d| !d.is_valid() || !is_function(&d.function)) {
            return Err(Error::out_of_range("derived", &wrong.column, "a function of rows up to the column's own, in order"));
        }
        self.rules.iter().try_for_each(OwnRule::check)?;
        weights::check(&self.weights)?;
        self.check_entries()?;
        self.metric.as_deref().map_or(Ok(()), |id| metric(id).map(|_| ()))?;
        check_gates(self.gates.as_deref().unwrap_or_default())
    }

    /// Every step, method and learner is in its list, and its hyperparameters in their ranges.
    fn check_entries(&self) -> Result<()> {
        for choice in self.recipe.iter().flatten() {
            let known: Vec<_> = STEPS.iter().map(|s| (s.id, s.params)).collect();
            check_entry("preparation step", choice, &known)?;
        }
        if let Some(choice) = &self.augment {
            let known: Vec<_> = METHODS.iter().map(|m| (m.id, m.params)).collect();
            check_entry("augmentation method", choice, &known)?;
        }
        for choice in self.learners.iter().flatten() {
            let known: Vec<_> = LEARNERS.iter().map(|l| (l.id, l.params)).collect();
            check_entry("learner", choice, &known)?;
        }
        if let Some(choice) = &self.adjust {
            Params::check(adjust::PARAMS, &choice.params)?;
        }
        self.search.as_ref().map_or(Ok(()), check_search)
    }

    /// What orders the rows of a table (kinds already changed as chosen): time and entity as chosen, else the time as guessed.
    #[must_use]
    pub fn order(&self, table: &Table) -> Order {
        match self.resolve_task(table) {
            Ok((task, _)) => Order { time: task.time, entity: task.entity },
            Err(_) => Order { time: self.task.time.clone(), entity: self.task.entity.clone() },
        }
    }

    fn resolve_task(&self, table: &Table) -> Result<(Task, Guessed)> {
        let choice = &self.task;
        let mut guessed = Guessed::default();
        for name in [&choice.target, &choice.time, &choice.entity, &choice.weight].into_iter().flatten() {
            table.column(name)?;
        }
        let target = match &choice.target {
            Some(name) => name.clone(),
            None => {
                guessed.target = true;
                self.guess_target(table)?
            }
        };
        let (kind, classes) = self.resolve_kind(table.column(&target)?)?;
        let time = choice.time.clone().or_else(|| {
            let found = self.guess_time(table, &target);
            guessed.time = found.is_some();
            found
        });
        let special = |name: &str| Some(name) == time.as_deref() || Some(name) == choice.entity.as_deref() || Some(name) == choice.weight.as_deref();
        let (mut features, mut ignored) = (Vec::new(), Vec::new());
        for column in table.columns().iter().filter(|c| c.name() != target) {
            let name = column.name().to_owned();
            let role = self.columns.get(&name).and_then(|c| c.role);
            if role == Some(Role::Ignored) {
                ignored.push(name);
            } else if Some(name.as_str()) == time.as_deref() || !special(&name) {
                features.push(name);
            }
        }
        let task = Task {
            target,
            kind,
            classes,
            time,
            entity: choice.entity.clone(),
            weight: choice.weight.clone(),
            horizon: choice.horizon,
            features,
            ignored,
        };
        Ok((task, guessed))
    }

    /// A column named like a target; else the last column that can be one.
    fn guess_target(&self, table: &Table) -> Result<String> {
        let usable = |c: &&Column| {
            matches!(c.kind(), Kind::Numeric | Kind::Boolean | Kind::Categorical)
                && self.columns.get(c.name()).and_then(|choice| choice.role) != Some(Role::Ignored)
                && guess_kind(c).is_ok()
        };
        let named = table.columns().iter().filter(usable).find(|c| TARGET_NAMES.contains(&c.name().to_lowercase().as_str()));
        named.or_else(|| table.columns().iter().rev().find(usable)).map(|c| c.name().to_owned()).ok_or_else(Error::no_target)
    }

    /// The time column when there is exactly one column of dates.
    fn guess_time(&self, table: &Table, target: &str) -> Option<String> {
        let mut stamps = table
            .columns()
            .iter()
            .filter(|c| c.kind() == Kind::Timestamp && c.name() != target && self.columns.get(c.name()).and_then(|choice| choice.role).is_none());
        match (stamps.next(), stamps.next()) {
            (Some(only), None) => Some(only.name().to_owned()),
            _ => None,
        }
    }

    fn resolve_kind(&self, target: &Column) -> Result<(TaskKind, Vec<String>)> {
        let (kind, mut classes) = guess_kind(target)?;
        if let Some(positive) = &self.task.positive
            && kind == TaskKind::Binary
        {
            let known: Vec<&str> = classes.iter().map(String::as_str).collect();
            match known.iter().position(|c| c == positive) {
                Some(0) => classes.swap(0, 1),
                Some(_) => {}
                None => return Err(Error::unknown("class", positive, &known)),
            }
        }
        match self.task.kind {
            None => Ok((kind, classes)),
            Some(wanted) if wanted == kind => Ok((kind, classes)),
            Some(TaskKind::Regression) if target.kind() == Kind::Numeric => Ok((TaskKind::Regression, Vec::new())),
            Some(TaskKind::Multiclass) if kind == TaskKind::Regression => crate::task::class_labels(target).map(|c| (TaskKind::Multiclass, c)),
            Some(wanted) => Err(Error::wrong_task(target.name(), wanted.id(), kind.id())),
        }
    }
}

/// An entry's id is known and its hyperparameters are in their ranges.
fn check_entry(what: &str, choice: &Chosen, known: &[(&str, &[ParamSpec])]) -> Result<()> {
    let unknown = || Error::unknown(what, &choice.id, &known.iter().map(|k| k.0).collect::<Vec<_>>());
    let (_, params) = known.iter().find(|k| k.0 == choice.id).ok_or_else(unknown)?;
    Params::check(params, &choice.params).map(|_| ())
}

/// The method, learners and hyperparameters of a search exist, and its ranges lie within their domains.
fn check_search(choice: &SearchChoice) -> Result<()> {
    let known: Vec<_> = SAMPLERS.iter().map(|s| (s.id, s.params)).collect();
    check_entry("search", &choice.method, &known)?;
    let ids: Vec<&str> = LEARNERS.iter().map(|l| l.id).collect();
    let learner = |id: &str| learners::find(id).ok_or_else(|| Error::unknown("learner", id, &ids));
    choice.learners.iter().try_for_each(|id| learner(id).map(|_| ()))?;
    let spec_of = |name: &str| {
        let (id, param) = name.split_once('.').unwrap_or((name, ""));
        let specs = learner(id)?.params;
        let spec = specs.iter().find(|s| s.id == param);
        spec.ok_or_else(|| Error::unknown("hyperparameter", name, &specs.iter().map(|s| s.id).collect::<Vec<_>>()))
    };
    for (name, words) in &choice.choices {
        let spec = spec_of(name)?;
        if words.is_empty() || words.iter().any(|word| !spec.words().contains(&word.as_str())) {
            return Err(Error::out_of_range(name, &words.join(", "), &format!("at least one word, each {}", spec.allowed())));
        }
    }
    for (name, (low, high)) in &choice.ranges {
        let spec = spec_of(name)?;
        if !(spec.holds(*low) && spec.holds(*high) && low < high) {
            return Err(Error::out_of_range(name, &format!("{low} to {high}"), &format!("a range of numbers: each {}", spec.allowed())));
        }
    }
    Ok(())
}

/// Gates have names of their own, metrics that exist and limits that are numbers.
fn check_gates(gates: &[Gate]) -> Result<()> {
    for (at, gate) in gates.iter().enumerate() {
        if gates.iter().take(at).any(|g| g.id == gate.id) {
            return Err(Error::out_of_range("gate", &gate.id, "a name that no other gate has"));
        }
        if !gate.limit.is_finite() {
            return Err(Error::out_of_range(&gate.id, &gate.limit.to_string(), "a finite number"));
        }
        if !gate.is_sound() {
            return Err(Error::out_of_range(
                &gate.id,
                &gate.last_limit().to_string(),
                "a limit for caution that is not stricter than the one for go",
            ));
        }
        if let Quantity::Metric { metric: id }
        | Quantity::Holdout { metric: id }
        | Quantity::LowerBound { metric: id }
        | Quantity::ShareOfBaseline { metric: id } = &gate.quantity
        {
            metric(id)?;
        }
    }
    Ok(())
}

/// Learners as chosen, with baselines put first; every hyperparameter is checked.
fn checked_learners(chosen: &[Chosen], kind: TaskKind) -> Result<Vec<Chosen>> {
    let mut all = vec![Chosen { id: "baseline".to_owned(), ..Chosen::default() }];
    for choice in chosen.iter().filter(|c| c.id != "baseline") {
        let learner =
            learners::find(&choice.id).ok_or_else(|| Error::unknown("learner", &choice.id, &LEARNERS.iter().map(|l| l.id).collect::<Vec<_>>()))?;
        Params::check(learner.params, &choice.params)?;
        if !learner.tasks.contains(&kind) {
            return Err(Error::wrong_learner(learner.title, kind.id()));
        }
        all.push(choice.clone());
    }
    Ok(all)
}

/// Learners that join a comparison when they are chosen only: quick and rough ones that hardly ever win, those for targets of one kind, and those that
/// fit several others.
const ON_REQUEST: [&str; 9] =
    ["naive_bayes", "glm", "quantile_regression", "quantile_forest", "support_vectors", "voting", "greedy_ensemble", "blending", "stacking"];

/// The learners compared when none were chosen: all that fit the task, without those on request, without the slow ones on large tables and
/// without the two-part model where zeros are few.
fn usual_learners(task: &Task, table: &Table) -> Vec<Chosen> {
    let n_rows = table.n_rows();
    let two_parts = is_zero_inflated(task, table);
    let slow = |id: &str| match id {
        "neighbours" => n_rows > NEIGHBOUR_ROWS,
        "random_forest" | "elastic_net" | "lasso" => n_rows > SMALL_TABLE,
        _ => false,
    };
    let fits = |l: &&Learner| l.tasks.contains(&task.kind) && !slow(l.id) && !ON_REQUEST.contains(&l.id) && (l.id != "two_part" || two_parts);
    let usual = LEARNERS.iter().filter(fits).map(|l| Chosen { id: l.id.to_owned(), ..Chosen::default() });
    // The strategies for such a target beside each other: all rows, both parts, Tweedie, and the amount alone.
    let with = |id: &str, name: &str, word: &str| Chosen {
        id: id.to_owned(),
        params: [(name.to_owned(), Value::Word(word.to_owned()))].into(),
        ..Chosen::default()
    };
    let others = [with("gradient_boosting", "loss", "tweedie"), with("two_part", "rows", "amount_only")];
    usual.chain(others.into_iter().filter(|_| two_parts)).collect()
}

/// Share of positive rows below which a row is flagged where F1 is best rather than from 0.5 on, which hardly any row of so rare a class reaches.
const RARE: f64 = 0.2;

/// Whether the positive class is.
fn is_rare(task: &Task, table: &Table) -> bool {
    let share = || {
        let target = task.encode(table).ok()?;
        let present = target.values.iter().filter(|v| !v.is_nan()).count();
        Some(target.values.iter().filter(|v| **v == 1.0).count() as f64 / present as f64)
    };
    task.kind == TaskKind::Binary && share().is_some_and(|share| share < RARE)
}

/// Whether the target is a number that is never negative and often 0.
fn is_zero_inflated(task: &Task, table: &Table) -> bool {
    let numbers = table.column(&task.target).ok().and_then(Column::numbers);
    task.kind == TaskKind::Regression && numbers.is_some_and(is_often_zero)
}
