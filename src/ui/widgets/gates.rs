//! Gates: value, interval against the limit, the limit to edit, and why.

use super::super::state::App;
use super::interval::{self, Zone};
use super::mark::{mark_class, marked};
use super::spans::spans;
use crate::protocol::{GateBlock, Mark};
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
    let wrong = RwSignal::new(false);
    view! {
        <span class="nowrap">
            {format!("{} ", gate.comparison)}
            <input
                class="field"
                inputmode="decimal"
                value=limit.to_string()
                aria-label=format!("Limit for {}", gate.title)
                aria-invalid=move || wrong.get().to_string()
                on:change=move |event| {
                    match event_target_value(&event).trim().replace(',', "").parse::<f64>() {
                        Ok(limit) if limit.is_finite() => {
                            wrong.set(false);
                            set_limit(app, &id, &title, limit);
                        }
                        _ => wrong.set(true),
                    }
                }
            />
            {move || wrong.get().then(|| view! { <span class="wrong">"not a number"</span> })}
        </span>
    }
    .into_any()
}

fn set_limit(app: App, id: &str, title: &str, limit: f64) {
    let mut gates = app.state.with_untracked(|s| s.settings.gates.clone().unwrap_or_else(|| s.resolved.gates.clone()));
    if let Some(gate) = gates.iter_mut().find(|gate| gate.id == id) {
        gate.limit = limit;
        app.edit(&format!("Limit of {title}: {limit}."), |s| s.gates = Some(gates));
        app.run(crate::protocol::Step::Decide);
    }
}
