//! Gates: value, interval against the limit, the limit to edit, and why.

use super::super::state::App;
use super::interval::{self, Zone};
use super::mark::{mark_class, marked};
use super::spans::spans;
use crate::protocol::{Gate, GateBlock, Mark, Step};
use leptos::prelude::*;

/// The gates, by group.
pub(crate) fn gates(app: App, groups: &[(String, Vec<GateBlock>)]) -> impl IntoView + use<> {
    let bodies = groups
        .iter()
        .map(|(title, gates)| {
            let rows = gates.iter().map(|gate| row(app, gate)).collect_view();
            view! {
                <tbody role="rowgroup">
                    <tr class="group" role="row">
                        <th colspan="6" scope="rowgroup" role="rowheader">
                            {title.clone()}
                        </th>
                    </tr>
                    {rows}
                </tbody>
            }
        })
        .collect_view();
    view! {
        <table class="gates stack" role="table">
            <caption class="vh">"Gates with value, interval, limit and reason"</caption>
            <thead role="rowgroup">
                <tr role="row">
                    <th scope="col" role="columnheader">"result"</th>
                    <th scope="col" role="columnheader">"gate"</th>
                    <th scope="col" role="columnheader" class="num">"value, 95 %"</th>
                    <th scope="col" role="columnheader" class="barcol">
                        <span class="vh">"interval against limit"</span>
                    </th>
                    <th scope="col" role="columnheader" class="limit">"limit, yours to set"</th>
                    <th scope="col" role="columnheader">"why"</th>
                </tr>
            </thead>
            {bodies}
        </table>
    }
}

fn row(app: App, gate: &GateBlock) -> impl IntoView + use<> {
    let zone = if gate.comparison.contains(['≤', '<']) { Zone::Left } else { Zone::Right };
    let undecided = gate.mark == Mark::Undecided;
    let colour = match gate.mark {
        Mark::Undecided => "warning g-line",
        Mark::Blocker => "blocker g-line",
        _ => "g-c1",
    };
    view! {
        <tr role="row" class=if undecided { "open" } else { "" }>
            <td role="cell" class=format!("state {}", mark_class(gate.mark))>
                {marked(gate.mark, gate.state.clone())}
            </td>
            <th scope="row" role="rowheader">
                {gate.title.clone()} <span class="fine">{gate.fine.clone()}</span>
            </th>
            <td role="cell" class="val num">
                <b>{gate.value.clone()}</b>
                {gate.interval_text.clone().map(|words| view! { <span class="fine">{words}</span> })}
            </td>
            <td role="cell" class="barcol">
                {gate.bar.as_ref().map(|bar| interval::bar(bar, zone, colour))}
            </td>
            <td role="cell" class="limit">
                {limit(app, gate)}
                {gate.caution.map(|value| caution(app, gate, value))}
                {gate.editable.map(|_| remove(app, gate))}
            </td>
            <td role="cell" class="why">
                {spans(app, &gate.why)}
            </td>
        </tr>
    }
}

fn limit(app: App, gate: &GateBlock) -> AnyView {
    let Some(limit) = gate.editable else {
        return view! { <span class="fixed">{format!("{} {}", gate.comparison, gate.limit)}</span> }.into_any();
    };
    let (id, title) = (gate.id.clone(), gate.title.clone());
    let set = move |limit| change(app, &format!("Limit of {title}: {limit}."), |gates| on(gates, &id, |g| g.limit = limit));
    field(format!("{} ", gate.comparison), limit, format!("Limit for {}", gate.title), set)
}

fn caution(app: App, gate: &GateBlock, limit: f64) -> AnyView {
    let (id, title) = (gate.id.clone(), gate.title.clone());
    let set = move |limit| change(app, &format!("Caution limit of {title}: {limit}."), |gates| on(gates, &id, |g| g.caution = Some(limit)));
    field("caution ".to_owned(), limit, format!("Limit of caution for {}", gate.title), set)
}

/// A number in the table, sent when the field is left.
fn field(before: String, value: f64, label: String, set: impl Fn(f64) + 'static) -> AnyView {
    let wrong = RwSignal::new(false);
    view! {
        <span class="nowrap">
            {before}
            <input
                class="field"
                inputmode="decimal"
                value=value.to_string()
                aria-label=label
                aria-invalid=move || wrong.get().to_string()
                on:change=move |event| {
                    let number = event_target_value(&event).trim().replace(',', "").parse::<f64>().ok().filter(|n| n.is_finite());
                    wrong.set(number.is_none());
                    number.into_iter().for_each(&set);
                }
            />
            {move || wrong.get().then(|| view! { <span class="wrong">"not a number"</span> })}
        </span>
    }
    .into_any()
}

fn remove(app: App, gate: &GateBlock) -> AnyView {
    let (id, title) = (gate.id.clone(), gate.title.clone());
    view! {
        <button
            type="button"
            class="btn plain"
            aria-label=format!("Remove the gate {}", gate.title)
            on:click=move |_| change(app, &format!("Gate removed: {title}."), |gates| gates.retain(|g| g.id != id))
        >
            "remove"
        </button>
    }
    .into_any()
}

fn on(gates: &mut [Gate], id: &str, edit: impl FnOnce(&mut Gate)) {
    if let Some(gate) = gates.iter_mut().find(|gate| gate.id == id) {
        edit(gate);
    }
}

/// Changes the gates and decides again.
pub(crate) fn change(app: App, words: &str, edit: impl FnOnce(&mut Vec<Gate>)) {
    let mut gates = app.state.with_untracked(|s| s.settings.gates.clone().unwrap_or_else(|| s.resolved.gates.clone()));
    edit(&mut gates);
    app.edit(words, |s| s.gates = Some(gates));
    app.run(Step::Decide);
}
