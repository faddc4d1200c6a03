//! Marks: the shape and colour of a severity or state. Always beside its word.

use crate::protocol::{Certainty, Mark, StepState};
use leptos::prelude::*;

/// The sign of that name from the sheet.
pub(crate) fn sign(name: &'static str) -> impl IntoView + use<> {
    view! {
        <svg class="mark" aria-hidden="true">
            <use href=name />
        </svg>
    }
}

/// Sign of a mark.
pub(crate) fn mark_sign(mark: Mark) -> &'static str {
    match mark {
        Mark::Blocker => "#m-blocker",
        Mark::Warning => "#m-warning",
        Mark::Ask => "#m-ask",
        Mark::Safe => "#m-safe",
        Mark::Undecided => "#m-open",
        Mark::Quiet => "#m-none",
    }
}

/// Colour class of a mark.
pub(crate) fn mark_class(mark: Mark) -> &'static str {
    match mark {
        Mark::Blocker => "blocker",
        Mark::Warning | Mark::Undecided => "warning",
        Mark::Ask => "ask",
        Mark::Safe => "safe",
        Mark::Quiet => "quiet",
    }
}

/// Shape, colour and word.
pub(crate) fn marked(mark: Mark, word: String) -> impl IntoView + use<> {
    view! { <span class=format!("sev {}", mark_class(mark))>{sign(mark_sign(mark))}{word}</span> }
}

/// Sign and colour class of a step's state.
pub(crate) fn state_sign(state: StepState) -> (&'static str, &'static str) {
    match state {
        StepState::NotStarted => ("#m-none", "st"),
        StepState::Running => ("#m-run", "st run"),
        StepState::Done => ("#m-done", "st done"),
        StepState::Attention => ("#m-blocker", "st stop"),
        StepState::Undecided => ("#m-open", "st warn"),
        StepState::Stale => ("#m-stale", "st"),
        StepState::Skipped => ("#m-skip", "st"),
    }
}

/// How sure a finding is, in words.
pub(crate) fn certainty(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Proven => "proven",
        Certainty::Strong => "strong evidence",
        Certainty::Ask => "only you know",
    }
}
