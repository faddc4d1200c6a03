//! Tables: a caption, heads with scope, numbers on the right. On narrow screens each row becomes a block; roles keep it a table.

use super::interval::{self, Zone};
use super::mark::marked;
use super::spans::visible;
use crate::protocol::{Cell, Head, TableBlock};
use leptos::prelude::*;

/// A table; `class` adds to its look.
pub(crate) fn table(block: &TableBlock, class: &str) -> impl IntoView + use<> {
    let heads: &[Head] = &block.head;
    let bars: Vec<bool> = (0..heads.len()).map(|at| block.rows.iter().any(|row| matches!(row.get(at), Some(Cell::Bar { .. })))).collect();
    let rows = block
        .rows
        .iter()
        .enumerate()
        .map(|(at, cells)| {
            let class = match block.rule_after {
                n if at + 1 < n => "base",
                n if at + 1 == n => "base base-last",
                _ => "",
            };
            row(cells, heads, class)
        })
        .collect_view();
    let head = heads
        .iter()
        .zip(&bars)
        .map(|(head, &bar)| {
            let class = if bar {
                "barcol"
            } else if head.numeric {
                "num"
            } else {
                ""
            };
            view! {
                <th scope="col" role="columnheader" class=class>
                    {head.text.clone()}
                </th>
            }
        })
        .collect_view();
    view! {
        <div class="scroll">
            <table class=format!("stack plain {class}") role="table">
                <caption>{block.caption.clone()}</caption>
                <thead role="rowgroup">
                    <tr role="row">{head}</tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
}

fn row(cells: &[Cell], heads: &[Head], class: &'static str) -> impl IntoView + use<> {
    let quiet = !class.is_empty();
    let cells = cells
        .iter()
        .zip(heads)
        .enumerate()
        .map(|(at, (cell, head))| {
            if at == 0 {
                view! {
                    <th scope="row" role="rowheader" class=if head.numeric { "num" } else { "" }>
                        {content(cell, quiet)}
                    </th>
                }
                .into_any()
            } else {
                let class = match cell {
                    Cell::Bar { .. } => "barcol",
                    _ if head.numeric => "num",
                    _ => "",
                };
                view! {
                    <td role="cell" class=class data-label=head.text.clone()>
                        {content(cell, quiet)}
                    </td>
                }
                .into_any()
            }
        })
        .collect_view();
    view! {
        <tr role="row" class=class>
            {cells}
        </tr>
    }
}

fn content(cell: &Cell, quiet: bool) -> AnyView {
    match cell {
        Cell::Text { text } => text.clone().into_any(),
        Cell::Column { name } => view! { <span class="col">{visible(name)}</span> }.into_any(),
        Cell::Number { text, value, fine } => {
            let fine = fine.clone().map(|fine| view! { <span class="fine">{fine}</span> });
            let class = if value.is_none() { "fine" } else { "" };
            view! { <span class="cell"><span class=class>{text.clone()}</span>{fine}</span> }.into_any()
        }
        Cell::Bar { interval } => interval::bar(interval, Zone::Baseline, if quiet { "g-c5" } else { "g-c1" }).into_any(),
        Cell::Mark { mark, text } => marked(*mark, text.clone()).into_any(),
    }
}
