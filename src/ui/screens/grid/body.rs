//! The grid's rows: only those that can be seen exist.

use super::{Sheet, cell_id, px};
use crate::protocol::Kind;
use leptos::prelude::*;

pub(super) fn body(sheet: Sheet) -> impl IntoView + use<> {
    let rows = Memo::new(move |_| sheet.geometry.get().rows(sheet.seen.get(), sheet.active.get().0));
    view! {
        <div role="rowgroup" class="vbody" style:height=move || px(sheet.geometry.get().track())>
            <For each=move || rows.get() key=|row| *row let:row>
                {line(sheet, row)}
            </For>
        </div>
    }
}

fn line(sheet: Sheet, row: u32) -> impl IntoView + use<> {
    let cells = Memo::new(move |_| sheet.app.row(row));
    let top = move || {
        let geometry = sheet.geometry.get();
        let seen = if geometry.is_stretched() { sheet.seen.get() } else { sheet.seen.get_untracked() };
        format!("translateY({}px)", geometry.top_of(seen, row))
    };
    view! {
        <div role="row" class="vrow" aria-rowindex=u64::from(row) + 2 style:transform=top>
            <div role="rowheader" aria-colindex="1" class="rn">
                {crate::protocol::format::count(u64::from(row) + 1)}
            </div>
            <For each=move || sheet.columns.get() key=|column| *column let:column>
                {
                    let at = column as usize;
                    let numeric = Memo::new(move |_| sheet.app.state.with(|s| s.columns.get(at).is_some_and(|c| c.kind == Kind::Numeric)));
                    let content = move || cells.with(|cells| {
                        cells.as_ref().map(|cells| cells.get(at).cloned().flatten().map_or_else(
                            || view! { <span class="empty">"empty"</span> }.into_any(),
                            |text| text.into_any(),
                        ))
                    });
                    view! {
                        <div
                            role="gridcell"
                            class="vcell"
                            class:num=move || numeric.get()
                            id=cell_id(i64::from(row), column)
                            aria-colindex=column + 2
                            tabindex=move || sheet.tab(i64::from(row), column)
                            style:left=Sheet::left(column)
                        >
                            {content}
                        </div>
                    }
                }
            </For>
        </div>
    }
}
