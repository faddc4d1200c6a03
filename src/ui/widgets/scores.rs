//! Scores from 0 to 100, each with what took points off.

use crate::protocol::ScoreBlock;
use leptos::prelude::*;

/// The scores in a row.
pub(crate) fn scores(scores: &[ScoreBlock]) -> impl IntoView + use<> {
    let items = scores.iter().map(score).collect_view();
    view! { <dl class="scores">{items}</dl> }
}

fn score(score: &ScoreBlock) -> impl IntoView + use<> {
    let bar = score.score.map(|value| {
        view! {
            <svg class="thin" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                <rect width=value.clamp(0.0, 100.0) height="4" />
            </svg>
        }
    });
    view! {
        <div>
            <dt>{score.title.clone()}</dt>
            <dd>{score.text.clone()}</dd>
            {bar}
            <dd class="small">{score.note.clone()}</dd>
        </div>
    }
}
