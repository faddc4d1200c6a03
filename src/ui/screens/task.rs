//! Task: what is predicted, from what, and when; how rows are dealt. All guessed, all editable.

use super::super::state::App;
use super::super::widgets::fields::{self, Label, Options};
use super::super::widgets::words::{STRATEGIES, kind, strategy, strategy_id, task_kind};
use super::known;
use super::page::{FormAt, page};
use crate::protocol::{Resolved, Role, Settings, State, Step, Strategy, TaskKind};
use leptos::prelude::*;

/// Value of "let it be guessed" in a picker.
const GUESS: &str = "";
/// Value of "no time column"; no name of a column is a control character.
const NO_TIME: &str = "\u{1}";

/// The screen.
pub(crate) fn task(app: App) -> AnyView {
    let promise = ("What is predicted, from what, and when?", "Everything here was guessed from the table, and everything can be changed.");
    page(app, Step::Task, promise, FormAt::Above, move || form(app).into_any())
}

fn form(app: App) -> impl IntoView + use<> {
    view! {
        <section class="section" aria-labelledby="task-h">
            <header>
                <h2 id="task-h">"The question"</h2>
                <p>"what was guessed says so"</p>
            </header>
            <div class="form">{target(app)} {kind_field(app)} {positive(app)} {time(app)} {horizon(app)} {entity(app)} {weight(app)}</div>
        </section>
        {known::grid(app)}
        <section class="section" aria-labelledby="split-h">
            <header>
                <h2 id="split-h">"The split"</h2>
                <p>"which rows are learned from, and which are judged on"</p>
            </header>
            <div class="form">
                {strategy_field(app)} {folds(app)} {repeats(app)} {holdout(app)} {gap(app)} {window(app)} {embargo(app)} {seed(app)} {duplicates(app)}
            </div>
        </section>
    }
}

/// A value read from the state, anew when it changes.
pub(super) fn read<T: Clone + PartialEq + Send + Sync + 'static>(app: App, get: fn(&State) -> T) -> Memo<T> {
    Memo::new(move |_| app.state.with(get))
}

/// Column names with their kinds; first the guess.
fn column_options(app: App, guess: fn(&Resolved) -> Option<String>, without: &'static str) -> Signal<Options> {
    let options = Memo::new(move |_| {
        app.state.with(|s| {
            let guessed = guess(&s.resolved).map_or_else(|| without.to_owned(), |name| format!("guess: {name}"));
            let columns = s.columns.iter().map(|c| (c.name.clone(), format!("{} ({})", c.name, kind(c.kind))));
            std::iter::once((GUESS.to_owned(), guessed)).chain(columns).collect::<Options>()
        })
    });
    options.into()
}

struct ColumnField {
    words: &'static str,
    help: &'static str,
    without: &'static str,
    chosen: fn(&State) -> Option<String>,
    guess: fn(&Resolved) -> Option<String>,
    set: fn(&mut Settings, Option<String>),
}

fn column_field(app: App, field: ColumnField) -> AnyView {
    let ColumnField { words, help, without, chosen, guess, set } = field;
    let chosen = read(app, chosen);
    let guessed = Signal::derive(move || chosen.with(Option::is_none) && app.state.with(|s| guess(&s.resolved).is_some()));
    let value = Signal::derive(move || chosen.get().unwrap_or_default());
    fields::select(Label::new(words, help).guessed(guessed), value, column_options(app, guess, without), move |name| {
        let said = if name.is_empty() { format!("{words}: guessed.") } else { format!("{words}: {name}.") };
        app.edit(&said, |s| set(s, (!name.is_empty()).then_some(name)));
    })
}

fn target(app: App) -> AnyView {
    column_field(
        app,
        ColumnField {
            words: "Target",
            help: "The column to predict.",
            without: "none yet",
            chosen: |s| s.settings.task.target.clone(),
            guess: |r| r.target.clone(),
            set: |s, name| s.task.target = name,
        },
    )
}

fn time(app: App) -> AnyView {
    let chosen = read(app, |s| s.settings.task.time.clone());
    let used = read(app, |s| s.resolved.time.clone());
    let columns = column_options(app, |r| r.time.clone(), "none");
    let options = Memo::new(move |_| {
        let without = used.with(Option::is_some).then(|| (NO_TIME.to_owned(), "no time column".to_owned()));
        columns.get().into_iter().chain(without).collect::<Options>()
    });
    let guessed = Signal::derive(move || chosen.with(Option::is_none) && used.with(Option::is_some));
    let value = Signal::derive(move || chosen.get().unwrap_or_default());
    let label = Label::new("Time", "Orders the rows: the past is learned from, the future judged on.").guessed(guessed);
    fields::select(label, value, options.into(), move |name| match name.as_str() {
        NO_TIME => {
            let name = used.get_untracked();
            app.edit("Time: no time column.", |s| without_time(s, name));
        }
        GUESS => app.edit("Time: guessed.", |s| s.task.time = None),
        _ => app.edit(&format!("Time: {name}."), |s| s.task.time = Some(name.clone())),
    })
}

/// The column in use as time becomes a feature by choice, so that it is not guessed again.
fn without_time(settings: &mut Settings, used: Option<String>) {
    settings.task.time = None;
    if let Some(name) = used {
        settings.columns.entry(name).or_default().role = Some(Role::Feature);
    }
}

fn entity(app: App) -> AnyView {
    column_field(
        app,
        ColumnField {
            words: "Entity",
            help: "Whose row it is (customer, machine): its rows stay on one side of the split.",
            without: "none",
            chosen: |s| s.settings.task.entity.clone(),
            guess: |r| r.entity.clone(),
            set: |s, name| s.task.entity = name,
        },
    )
}

fn weight(app: App) -> AnyView {
    column_field(
        app,
        ColumnField {
            words: "Weight",
            help: "How much each row counts.",
            without: "none: every row counts the same",
            chosen: |s| s.settings.task.weight.clone(),
            guess: |_| None,
            set: |s, name| s.task.weight = name,
        },
    )
}

fn kind_field(app: App) -> AnyView {
    let kinds = [TaskKind::Regression, TaskKind::Binary, TaskKind::Multiclass];
    let chosen = read(app, |s| s.settings.task.kind);
    let resolved = read(app, |s| s.resolved.kind);
    let options = Memo::new(move |_| {
        let guess = resolved.get().map_or_else(|| "guess".to_owned(), |k| format!("guess: {}", task_kind(k)));
        std::iter::once((GUESS.to_owned(), guess)).chain(kinds.iter().map(|k| (k.id().to_owned(), task_kind(*k).to_owned()))).collect::<Options>()
    });
    let guessed = Signal::derive(move || chosen.get().is_none() && resolved.get().is_some());
    let value = Signal::derive(move || chosen.get().map_or(GUESS, TaskKind::id).to_owned());
    fields::select(Label::new("Kind of question", "").guessed(guessed), value, options.into(), move |id| {
        let kind = kinds.into_iter().find(|k| k.id() == id);
        app.edit("Kind of question changed.", |s| s.task.kind = kind);
    })
}

fn positive(app: App) -> AnyView {
    let classes = read(app, |s| if s.resolved.kind == Some(TaskKind::Binary) { s.resolved.classes.clone() } else { Vec::new() });
    let chosen = read(app, |s| s.settings.task.positive.clone());
    let options = Memo::new(move |_| {
        let classes = classes.get();
        let guess = classes.last().map_or_else(|| "guess".to_owned(), |c| format!("guess: {c}"));
        std::iter::once((GUESS.to_owned(), guess)).chain(classes.into_iter().map(|c| (c.clone(), c))).collect::<Options>()
    });
    let value = Signal::derive(move || chosen.get().unwrap_or_default());
    let guessed = Signal::derive(move || chosen.with(Option::is_none));
    let field = move || {
        let label = Label::new("Positive class", "The class the scores speak about.").guessed(guessed);
        fields::select(label, value, options.into(), move |class| {
            app.edit(&format!("Positive class: {class}."), |s| s.task.positive = (!class.is_empty()).then_some(class));
        })
    };
    let binary = Memo::new(move |_| classes.with(|c| !c.is_empty()));
    view! { {move || binary.get().then(field)} }.into_any()
}

/// A whole number of the settings.
pub(super) fn whole(app: App, label: Label, range: (f64, f64), get: fn(&State) -> u64, set: fn(&mut Settings, u64), words: &'static str) -> AnyView {
    let value = read(app, get);
    fields::number(label, Signal::derive(move || value.get().to_string()), Some(range), move |x| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the field's range was checked")]
        let n = x.round() as u64;
        app.edit(&format!("{words}: {n}."), |s| set(s, n));
    })
}

pub(super) fn as_u32(n: u64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn horizon(app: App) -> AnyView {
    let label = Label::new("Horizon", "Steps of time between the moment you predict and the target. 0: the same row.");
    whole(app, label, (0.0, 10_000.0), |s| u64::from(s.settings.task.horizon), |s, n| s.task.horizon = as_u32(n), "Horizon")
}

fn strategy_field(app: App) -> AnyView {
    let chosen = read(app, |s| s.settings.split.strategy);
    let resolved = read(app, |s| s.resolved.strategy);
    let options = Memo::new(move |_| {
        STRATEGIES
            .into_iter()
            .map(|s| match (s, resolved.get()) {
                (Strategy::Auto, Some(guess)) => (strategy_id(s).to_owned(), format!("guess: {}", strategy(guess))),
                _ => (strategy_id(s).to_owned(), strategy(s).to_owned()),
            })
            .collect::<Options>()
    });
    let guessed = Signal::derive(move || chosen.get() == Strategy::Auto);
    let value = Signal::derive(move || strategy_id(chosen.get()).to_owned());
    fields::select(Label::new("Rows are dealt", "").guessed(guessed), value, options.into(), move |id| {
        if let Some(chosen) = STRATEGIES.into_iter().find(|s| strategy_id(*s) == id) {
            app.edit(&format!("Rows are dealt: {}.", strategy(chosen)), |s| s.split.strategy = chosen);
        }
    })
}

fn folds(app: App) -> AnyView {
    let label = Label::new("Folds", "Rounds of cross-validation, 2 to 20.");
    whole(app, label, (2.0, 20.0), |s| u64::from(s.settings.split.folds), |s, n| s.split.folds = as_u32(n), "Folds")
}

fn gap(app: App) -> AnyView {
    let label = Label::new("Gap", "In time order only: rows left out between learning and judging.");
    whole(app, label, (0.0, 10_000.0), |s| u64::from(s.settings.split.gap), |s, n| s.split.gap = as_u32(n), "Gap")
}

fn repeats(app: App) -> AnyView {
    let label = Label::new("Repeats", "How often the rows are dealt to folds, each time anew, 1 to 20. In time order there is one way.");
    whole(app, label, (1.0, 20.0), |s| u64::from(s.settings.split.repeats), |s, n| s.split.repeats = as_u32(n), "Repeats")
}

fn window(app: App) -> AnyView {
    let label = Label::new("Window", "In time order only: distinct stamps a fold learns from, the latest; 0: all earlier ones.");
    whole(app, label, (0.0, 1_000_000.0), |s| u64::from(s.settings.split.window), |s, n| s.split.window = as_u32(n), "Window")
}

fn embargo(app: App) -> AnyView {
    let label = Label::new("Embargo", "In time order only: distinct stamps right after judged rows that later folds do not learn from.");
    whole(app, label, (0.0, 10_000.0), |s| u64::from(s.settings.split.embargo), |s, n| s.split.embargo = as_u32(n), "Embargo")
}

fn seed(app: App) -> AnyView {
    let label = Label::new("Seed", "Every draw of chance comes from it: same seed, same report.");
    whole(app, label, (0.0, 9_007_199_254_740_991.0), |s| s.settings.seed, |s, n| s.seed = n, "Seed")
}

fn holdout(app: App) -> AnyView {
    let percent = read(app, |s| (s.settings.split.holdout * 100.0 * 1000.0).round() / 1000.0);
    let label = Label::new("Sealed rows, %", "Kept back and opened once, for the final judgement. 0 to 50.");
    fields::number(label, Signal::derive(move || percent.get().to_string()), Some((0.0, 50.0)), move |x| {
        app.edit(&format!("Sealed rows: {x} %."), |s| s.split.holdout = x / 100.0);
    })
}

fn duplicates(app: App) -> AnyView {
    let on = read(app, |s| s.settings.drop_duplicates);
    fields::check("Keep one row of each group of equal rows", "", on.into(), move |on| {
        app.edit(if on { "Duplicates are dropped." } else { "Duplicates are kept." }, |s| s.drop_duplicates = on);
    })
}
