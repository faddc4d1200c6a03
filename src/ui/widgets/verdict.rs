//! The verdict: the load line, at go, caution or no-go.

use super::super::state::App;
use super::spans::spans;
use crate::protocol::{Outcome, Spans};
use leptos::prelude::*;

/// Height of go, caution and no-go in the drawing.
const LEVELS: [(Outcome, &str, f64); 3] = [(Outcome::Go, "Go", 26.0), (Outcome::Caution, "Caution", 85.0), (Outcome::NoGo, "No-go", 144.0)];

fn colour(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Go => "safe",
        Outcome::Caution => "warning",
        Outcome::NoGo => "blocker",
    }
}

/// The verdict's word.
pub(crate) fn word(outcome: Outcome) -> &'static str {
    LEVELS.iter().find(|(known, _, _)| *known == outcome).map_or("", |(_, word, _)| word)
}

/// The verdict as the head of the page.
pub(crate) fn verdict(app: App, outcome: Outcome, says: &[Spans]) -> impl IntoView + use<> {
    let class = match outcome {
        Outcome::Go => "verdict go",
        Outcome::Caution => "verdict",
        Outcome::NoGo => "verdict nogo",
    };
    let says = says.iter().map(|sentence| view! { <p class="says">{spans(app, sentence)}</p> }).collect_view();
    view! {
        <section class=class aria-labelledby="verdict">
            {load_line(outcome)} <div>
                <h1 id="verdict">{word(outcome)}</h1>
                {says}
            </div> <div class="margin">
                <div class="btns">
                    <a class="btn first" href="#report">
                        "See the report"
                    </a>
                    <a class="btn" href="#audit">
                        "See the audit"
                    </a>
                </div>
            </div>
        </section>
    }
}

fn load_line(outcome: Outcome) -> impl IntoView + use<> {
    let at = LEVELS.iter().find(|(known, _, _)| *known == outcome).map_or(85.0, |(_, _, y)| *y);
    let levels = LEVELS
        .iter()
        .map(|&(level, word, y)| {
            let class = if level == outcome { format!("t b {}", colour(level)) } else { "t".to_owned() };
            view! {
                <line class="g-axis" x1="44" x2="60" y1=y y2=y />
                <text x="68" y=y + 4.0 class=class>
                    {word}
                </text>
            }
        })
        .collect_view();
    view! {
        <svg class="load fig" viewBox="0 0 152 170" role="img" aria-label=format!("The mark stands at {}.", word(outcome))>
            <line class="g-axis" x1="44" x2="44" y1="12" y2="158" />
            {levels}
            <g class=colour(outcome)>
                <circle class="g-line" cx="22" cy=at r="12.5" stroke-width="4" />
                <line class="g-line" x1="0" x2="60" y1=at y2=at stroke-width="4" />
            </g>
        </svg>
    }
}
