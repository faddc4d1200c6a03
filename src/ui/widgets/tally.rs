//! Counts by severity.

use super::mark::{mark_class, mark_sign, sign};
use crate::protocol::Mark;
use leptos::prelude::*;

/// Mark, word, count, small print.
pub(crate) type Item = (Mark, String, String, Option<String>);

/// The tally: one large figure each.
pub(crate) fn tally(items: &[Item]) -> impl IntoView + use<> {
    let items = items
        .iter()
        .map(|(mark, word, count, fine)| {
            let quiet = *mark == Mark::Quiet;
            view! {
                <div>
                    <dt class=mark_class(*mark)>{(!quiet).then(|| sign(mark_sign(*mark)))}{word.clone()}</dt>
                    <dd>{count.clone()}</dd>
                    {fine.clone().map(|fine| view! { <dd class="small">{fine}</dd> })}
                </div>
            }
        })
        .collect_view();
    view! { <dl class="tally">{items}</dl> }
}
