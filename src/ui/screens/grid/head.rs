//! The grid's head: name, kind, role, a small histogram, missing cells and range of each column.

use super::super::super::state::App;
use super::super::super::widgets::spans::visible;
use super::super::super::widgets::words::{kind, role};
use super::{Sheet, cell_id};
use crate::protocol::format::counted;
use crate::protocol::{ColumnView, Kind, Role, Settings};
use leptos::prelude::*;

/// Value of "as detected" in the picker of kinds.
const DETECTED: &str = "";

pub(super) fn head(sheet: Sheet) -> impl IntoView + use<> {
    view! {
        <div role="rowgroup" class="vhead">
            <div role="row" aria-rowindex="1">
                <div role="columnheader" aria-colindex="1" class="rn">
                    "row"
                </div>
                <For each=move || sheet.columns.get() key=|column| *column let:column>
                    {cell(sheet, column)}
                </For>
            </div>
        </div>
    }
}

fn cell(sheet: Sheet, at: u32) -> impl IntoView + use<> {
    let app = sheet.app;
    let column = Memo::new(move |_| app.state.with(|s| s.columns.get(at as usize).cloned()));
    let is_target = move || column.with(|c| c.as_ref().is_some_and(|c| c.role == Role::Target));
    let inside = move || {
        app.refused.track();
        column.get().map(|c| content(sheet, at, &c))
    };
    view! {
        <div
            role="columnheader"
            class="vcell"
            class:is-target=is_target
            id=cell_id(-1, at)
            aria-colindex=at + 2
            tabindex=move || sheet.tab(-1, at)
            style:left=Sheet::left(at)
        >
            {inside}
        </div>
    }
}

fn content(sheet: Sheet, at: u32, column: &ColumnView) -> impl IntoView + use<> {
    let target = column.role == Role::Target;
    let missing = (column.missing > 0).then(|| view! { <b>{format!("{} empty", counted(u64::from(column.missing), "cell", "cells"))}</b> " · " });
    view! {
        <span class="name" title=column.name.clone()>
            {visible(&column.name)}
        </span>
        <span class="chips">{kind_picker(sheet, at, column)} {role_picker(sheet, at, column)}</span>
        {sketch(&column.sketch, target)}
        <span class="miss" title=format!("{} distinct values", column.distinct)>
            {missing}
            {column.range.clone()}
        </span>
    }
}

fn kind_picker(sheet: Sheet, at: u32, column: &ColumnView) -> impl IntoView + use<> {
    let name = column.name.clone();
    let options = Kind::ALL
        .into_iter()
        .enumerate()
        .map(|(n, which)| {
            let lost = column.lost_as.get(n).copied().unwrap_or(0);
            let words = if lost > 0 && which != column.kind {
                format!("{} ({} would become missing)", kind(which), counted(u64::from(lost), "cell", "cells"))
            } else {
                kind(which).to_owned()
            };
            view! { <option value=which.id() selected=which == column.kind>{words}</option> }
        })
        .collect_view();
    let back = column.kind_chosen.then(|| view! { <option value=DETECTED>"as detected"</option> });
    view! {
        <select
            class="pick"
            class:key=column.kind_chosen
            aria-label=format!("Kind of {name}")
            tabindex=move || if sheet.active.get().1 == at { "0" } else { "-1" }
            on:change=move |event| {
                let chosen = Kind::from_id(&event_target_value(&event));
                let words = chosen.map_or_else(|| format!("{name} is read as detected."), |k| format!("{name} is read as {}.", kind(k)));
                let name = name.clone();
                sheet.app.edit(&words, move |s| s.columns.entry(name).or_default().kind = chosen);
            }
        >
            {options}
            {back}
        </select>
    }
}

fn role_picker(sheet: Sheet, at: u32, column: &ColumnView) -> impl IntoView + use<> {
    let name = column.name.clone();
    let class = match column.role {
        Role::Target => "pick target",
        Role::Time | Role::Entity | Role::Weight => "pick key",
        Role::Feature | Role::Ignored => "pick",
    };
    let options =
        Role::ALL.into_iter().map(|which| view! { <option value=which.id() selected=which == column.role>{role(which)}</option> }).collect_view();
    view! {
        <select
            class=class
            aria-label=format!("Role of {name}")
            tabindex=move || if sheet.active.get().1 == at { "0" } else { "-1" }
            on:change=move |event| {
                let id = event_target_value(&event);
                if let Some(chosen) = Role::ALL.into_iter().find(|r| r.id() == id) {
                    choose_role(sheet.app, &name, chosen);
                }
            }
        >
            {options}
        </select>
    }
}

fn choose_role(app: App, name: &str, chosen: Role) {
    app.edit(&format!("{name}: {}.", role(chosen)), |s| set_role(s, name, chosen));
}

fn set_role(settings: &mut Settings, name: &str, chosen: Role) {
    let task = &mut settings.task;
    for held in [&mut task.target, &mut task.time, &mut task.entity, &mut task.weight] {
        if held.as_deref() == Some(name) {
            *held = None;
        }
    }
    let own = Some(name.to_owned());
    match chosen {
        Role::Target => task.target = own,
        Role::Time => task.time = own,
        Role::Entity => task.entity = own,
        Role::Weight => task.weight = own,
        Role::Feature | Role::Ignored => {
            settings.columns.entry(name.to_owned()).or_default().role = Some(chosen);
            return;
        }
    }
    if let Some(column) = settings.columns.get_mut(name) {
        column.role = None;
    }
}

#[expect(clippy::cast_precision_loss, reason = "a sketch has a few bars")]
fn sketch(heights: &[f64], hot: bool) -> impl IntoView + use<> {
    let step = 120.0 / heights.len().max(1) as f64;
    let bars = heights
        .iter()
        .enumerate()
        .filter(|(_, h)| **h > 0.0)
        .map(|(n, h)| {
            let height = (h.min(1.0) * 26.0).max(1.0);
            view! { <rect class="g-fill" x=n as f64 * step y=26.0 - height width=(step - 1.0).max(0.5) height=height /> }
        })
        .collect_view();
    view! {
        <svg class="mini" class:hot=hot viewBox="0 0 120 26" preserveAspectRatio="none" aria-hidden="true">
            {bars}
        </svg>
    }
}
