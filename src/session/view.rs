//! What the rail, the bar, the grid's head and the forms show.

use super::Session;
use crate::pipeline::Stage;
use crate::protocol::{ColumnView, Event, Resolved, Role, State, Step, StepState, StepView, Wish};
use crate::report::format;
use crate::table::profile::ColumnProfile;
use crate::table::{Column, Kind};

/// Bars of the small histogram in the grid's head.
const SKETCH_BARS: usize = 12;

impl Session {
    /// The state as an event.
    pub(super) fn tell_state(&self) -> Wish {
        Wish::Tell(Event::State { state: Box::new(self.state()) })
    }

    fn state(&self) -> State {
        let table = self.files.table();
        let profiles = self.files.profiles();
        let columns = table.map_or_else(Vec::new, |t| t.columns().iter().zip(profiles.iter()).map(|(c, p)| self.column_view(c, p)).collect());
        State {
            files: self.files.views(),
            columns,
            n_rows: table.map_or(0, |t| u32::try_from(t.n_rows()).unwrap_or(u32::MAX)),
            settings: self.settings.clone(),
            resolved: self.resolved(),
            steps: Step::ALL.into_iter().map(|step| self.step_view(step)).collect(),
            can_undo: !self.undo.is_empty(),
            can_redo: !self.redo.is_empty(),
            provenance: self.short_provenance(),
            busy: self.wave.is_some(),
        }
    }

    fn column_view(&self, column: &Column, profile: &ColumnProfile) -> ColumnView {
        let choice = self.settings.columns.get(column.name());
        let facts = self.files.input().map(|(_, loaded)| &loaded.facts);
        let readings = facts.and_then(|f| f.ambiguous_dates.get(column.name())).map_or_else(Vec::new, |two| two.to_vec());
        let lost = facts.and_then(|f| f.lost_as.get(column.name())).map_or_else(Vec::new, |lost| lost.to_vec());
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
            learners: plan.learners.clone(),
            metric: Some(plan.metric.clone()),
            gates: plan.gates.clone(),
        }
    }

    fn step_view(&self, step: Step) -> StepView {
        let running = self.wave.as_ref().is_some_and(|w| w.stage.step() == step && w.stage != Stage::Begin);
        let (mut state, badge, words) = self.run.outcome.step_state(step, self.run.plan());
        if running {
            state = StepState::Running;
        }
        if step == Step::Open {
            state = if self.files.table().is_some() { StepState::Done } else { StepState::NotStarted };
        }
        if step == Step::Task {
            state = if self.run.plan().is_some() { StepState::Done } else { StepState::NotStarted };
        }
        StepView { step, state, badge, words }
    }
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
