//! What the rail, the bar, the grid's head and the forms show.

use super::Session;
use crate::decide::{Verdict, offered};
use crate::finding::Severity;
use crate::prepare::Recipe;
use crate::protocol::{Chosen, ColumnView, Event, Resolved, Role, State, Step, StepState, StepView, Wish};
use crate::report::format;
use crate::report::words::gates::title_of;
use crate::table::profile::ColumnProfile;
use crate::table::{Column, Kind};
use std::collections::BTreeSet;

/// Bars of the small histogram in the grid's head.
const SKETCH_BARS: usize = 12;

impl Session {
    /// The state as an event.
    pub(super) fn tell_state(&self) -> Wish {
        Wish::Tell(Event::State { state: Box::new(self.state()) })
    }

    /// The sections of a step as events; of every step for [`Step::Decide`], which comes last.
    pub(super) fn tell_sections(&self, of: Step) -> Vec<Wish> {
        let Ok(input) = self.input() else { return Vec::new() };
        let wanted = |step: &Step| of == Step::Decide || *step == of;
        let tell = |step: Step| Some(Wish::Tell(Event::Section { step, section: Box::new(input.section(step)?) }));
        Step::ALL.into_iter().filter(wanted).filter_map(tell).collect()
    }

    /// The verdict as an event, if there is one: it is known before the last stage, and an older one must not be shown in its place.
    pub(super) fn tell_verdict(&self) -> Option<Wish> {
        let section = self.input().ok()?.section(Step::Decide)?;
        Some(Wish::Tell(Event::Section { step: Step::Decide, section: Box::new(section) }))
    }

    /// The steps of the recipe in use: chosen, or the usual ones.
    pub(super) fn steps_of_recipe(&self) -> Vec<Chosen> {
        match (&self.settings.recipe, self.run.plan(), self.files.table()) {
            (Some(steps), ..) => steps.clone(),
            (None, Some(plan), Some(table)) => Recipe::usual(&table.schema(), &plan.task, true).steps,
            _ => Vec::new(),
        }
    }

    fn state(&self) -> State {
        let table = self.files.table();
        let profiles = self.files.profiles();
        let columns = table.map_or_else(Vec::new, |t| t.columns().iter().zip(profiles.iter()).map(|(c, p)| self.column_view(c, p)).collect());
        State {
            files: self.files.views(),
            columns,
            n_rows: table.map_or(0, |t| u32::try_from(t.n_rows()).unwrap_or(u32::MAX)),
            known: self.known_views(),
            settings: self.settings.clone(),
            resolved: self.resolved(),
            steps: Step::ALL.into_iter().map(|step| self.step_view(step)).collect(),
            can_undo: !self.undo.is_empty(),
            can_redo: !self.redo.is_empty(),
            provenance: self.short_provenance(),
            busy: self.wave.is_some(),
            series: self.series(),
        }
    }

    fn column_view(&self, column: &Column, profile: &ColumnProfile) -> ColumnView {
        let choice = self.settings.columns.get(column.name());
        let facts = self.files.input().map(|(_, loaded)| &loaded.facts);
        let readings = facts.and_then(|f| f.ambiguous.get(column.name())).map_or_else(Vec::new, |two| two.to_vec());
        let lost = facts
            .and_then(|f| f.lost_as.get(column.name()))
            .map_or_else(Vec::new, |lost| lost.iter().map(|&n| u32::try_from(n).unwrap_or(u32::MAX)).collect());
        ColumnView {
            name: column.name().to_owned(),
            kind: column.kind(),
            kind_chosen: choice.is_some_and(|c| c.kind.is_some()),
            role: self.role_of(column.name()),
            missing: u32::try_from(profile.missing).unwrap_or(u32::MAX),
            distinct: format::count(profile.distinct),
            range: crate::report::words::reading::range(column, profile),
            sketch: sketch(column.kind(), profile),
            lost_as: lost,
            date_readings: readings,
        }
    }

    fn role_of(&self, name: &str) -> Role {
        let Some(plan) = self.run.plan() else {
            return self.settings.columns.get(name).and_then(|c| c.role).unwrap_or(Role::Feature);
        };
        let is = |slot: &Option<String>| slot.as_deref() == Some(name);
        match &plan.task {
            t if t.target == name => Role::Target,
            t if is(&t.time) => Role::Time,
            t if is(&t.entity) => Role::Entity,
            t if is(&t.weight) => Role::Weight,
            t if t.ignored.iter().any(|i| i == name) => Role::Ignored,
            _ => Role::Feature,
        }
    }

    fn resolved(&self) -> Resolved {
        let Some(plan) = self.run.plan() else { return Resolved::default() };
        Resolved {
            target: Some(plan.task.target.clone()),
            target_guessed: plan.guessed.target,
            kind: Some(plan.task.kind),
            classes: plan.task.classes.clone(),
            time: plan.task.time.clone(),
            entity: plan.task.entity.clone(),
            strategy: Some(plan.split.strategy),
            recipe: self.steps_of_recipe(),
            learners: plan.as_chosen(),
            metric: Some(plan.metric.clone()),
            gates: plan.gates.clone(),
            offered: offered(plan.task.kind).into_iter().map(|g| (title_of(&g.quantity), g)).collect(),
        }
    }

    fn step_view(&self, step: Step) -> StepView {
        let (mut state, badge, mut words) = self.step_state(step);
        if self.wave.as_ref().is_some_and(|w| w.stage.step() == step) {
            state = StepState::Running;
        } else if state == StepState::NotStarted && self.stale.contains(&step) {
            (state, words) = (StepState::Stale, "out of date".to_owned());
        }
        StepView { step, state, badge, words }
    }

    /// Steps that have a result.
    pub(super) fn computed(&self) -> BTreeSet<Step> {
        Step::ALL.into_iter().filter(|&step| !matches!(self.step_state(step).0, StepState::NotStarted | StepState::Skipped)).collect()
    }

    /// State of a step, what stands beside its sign, and the state in words.
    fn step_state(&self, step: Step) -> (StepState, String, String) {
        let o = &self.run.outcome;
        let done = |is: bool| if is { plain(StepState::Done, "done") } else { plain(StepState::NotStarted, "not started") };
        match step {
            Step::Open => done(self.files.table().is_some()),
            Step::Task => done(self.run.plan().is_some()),
            Step::Quality => match o.scores.iter().filter_map(|s| s.score).min_by(f64::total_cmp) {
                Some(lowest) if o.quality.is_some() => {
                    let score = format::fixed(lowest, 0);
                    (StepState::Done, score.clone(), format!("done, lowest score {score}"))
                }
                _ => done(o.quality.is_some()),
            },
            Step::Audit => self.audit_state(),
            Step::Prepare => done(o.recipe.is_some()),
            Step::Augment => match self.run.plan() {
                Some(plan) if plan.augment.is_none() => (StepState::Skipped, "off".to_owned(), "off".to_owned()),
                _ => done(o.fidelity.is_some()),
            },
            Step::Train => done(o.board.is_some()),
            Step::Validate => done(o.judged && o.analysis.is_some()),
            Step::Decide => match o.decision.as_ref().map(|d| d.verdict) {
                Some(Verdict::Go) => plain(StepState::Done, "go"),
                Some(Verdict::Caution) => plain(StepState::Undecided, "caution"),
                Some(Verdict::NoGo) => plain(StepState::Attention, "no-go"),
                None => done(false),
            },
            Step::Registry => match self.registry().versions().count() {
                0 => done(false),
                n => (StepState::Done, n.to_string(), format::counted(n as u64, "version is kept", "versions are kept")),
            },
            Step::Report => done(o.decision.is_some()),
        }
    }

    fn audit_state(&self) -> (StepState, String, String) {
        let o = &self.run.outcome;
        if o.audit.is_none() {
            return plain(StepState::NotStarted, "not started");
        }
        let blockers = o.open_findings(o.audit.as_ref(), Severity::Blocker).len() as u64;
        let warnings = o.open_findings(o.audit.as_ref(), Severity::Warning).len() as u64 - blockers;
        match (blockers, warnings) {
            (0, 0) if !o.is_audited() => plain(StepState::Undecided, "some checks have not run"),
            (0, 0) => plain(StepState::Done, "done, nothing serious found"),
            (0, n) => (StepState::Undecided, format::count(n), format::counted(n, "warning", "warnings")),
            (n, _) => (StepState::Attention, format::count(n), format::counted(n, "blocker", "blockers")),
        }
    }
}

fn plain(state: StepState, words: &str) -> (StepState, String, String) {
    (state, String::new(), words.to_owned())
}

/// Heights of the small histogram: bins of numbers and dates, else the most frequent values.
fn sketch(kind: Kind, profile: &ColumnProfile) -> Vec<f64> {
    let counts: Vec<u64> = match (&profile.histogram, kind) {
        (Some((_, counts)), _) => counts.clone(),
        (None, Kind::Boolean | Kind::Categorical) => profile.top.iter().take(SKETCH_BARS).map(|(_, n)| *n).collect(),
        _ => Vec::new(),
    };
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    #[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
    counts.iter().map(|&n| n as f64 / most as f64).collect()
}
