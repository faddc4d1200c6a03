//! A form for hyperparameters, made from their description.

use super::fields::{self, Label};
use crate::protocol::{Given, ParamView, Value};
use leptos::prelude::*;
use std::sync::Arc;

/// Called with the name and the new value; `None` when it is the default again.
pub(crate) type Change = Arc<dyn Fn(&str, Option<Value>)>;

/// A value as its field shows it.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::Switch(on) => on.to_string(),
        Value::Whole(n) => n.to_string(),
        Value::Real(x) => x.to_string(),
        Value::Word(word) => word.clone(),
    }
}

/// One field a hyperparameter.
pub(crate) fn params(views: &[ParamView], given: Signal<Given>, change: &Change) -> AnyView {
    let fields = views.iter().map(|view| field(view, given, Arc::clone(change))).collect_view();
    view! { <div class="form params">{fields}</div> }.into_any()
}

fn field(spec: &ParamView, given: Signal<Given>, change: Change) -> AnyView {
    let (id, default) = (spec.id.clone(), spec.default.clone());
    let value = {
        let (id, default) = (id.clone(), default.clone());
        Memo::new(move |_| given.with(|given| given.get(&id).cloned().unwrap_or_else(|| default.clone())))
    };
    let words = Signal::derive(move || value.with(shown));
    let send = {
        let default = default.clone();
        move |new: Value| change(&id, (new != default).then_some(new))
    };
    if let Value::Switch(_) = default {
        let on = Signal::derive(move || value.get() == Value::Switch(true));
        return fields::check(&spec.title, &spec.help, on, move |on| send(Value::Switch(on)));
    }
    if !spec.options.is_empty() {
        let options = spec.options.iter().map(|o| (o.clone(), o.replace('_', " "))).collect::<Vec<_>>();
        let label = Label::new(&spec.title, &spec.help);
        return fields::select(label, words, Signal::derive(move || options.clone()), move |word| send(Value::Word(word)));
    }
    let label = Label::new(&spec.title, &format!("{} Allowed: {}.", spec.help, spec.allowed));
    match default {
        Value::Whole(_) => {
            let whole = move |x: f64| {
                #[expect(clippy::cast_possible_truncation, reason = "the field's range was checked")]
                send(Value::Whole(x.round() as i64));
            };
            fields::number(label, words, spec.range, whole)
        }
        Value::Real(_) => fields::number(label, words, spec.range, move |x| send(Value::Real(x))),
        Value::Word(_) | Value::Switch(_) => fields::text(label, words, move |word| send(Value::Word(word))),
    }
}
