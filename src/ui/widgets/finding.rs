//! One finding: folded it shows severity, sentence and price; open, its formula, evidence, worked rows and remedies.

use super::super::state::App;
use super::facts::evidence;
use super::figure::figure;
use super::interval::{self, Zone};
use super::mark::{certainty, mark_class, mark_sign, sign};
use super::spans::{heading, spans, spans_flat};
use super::table::table;
use crate::chart::window::{picture, strip};
use crate::protocol::{Accepted, Certainty, FindingBlock, Mark, RemedyBlock, Severity};
use leptos::prelude::*;

/// Width of the picture of a window where there is room, and where there is not, in pixels.
const PICTURE: (u32, u32) = (640, 320);

/// Mark and word of a finding: a question has its own, whatever its severity.
pub(crate) fn sign_of(finding: &FindingBlock) -> (Mark, &'static str) {
    match (finding.certainty, finding.severity) {
        (Certainty::Ask, Severity::Blocker | Severity::Warning | Severity::Note) => (Mark::Ask, "Question"),
        (_, Severity::Blocker) => (Mark::Blocker, "Blocker"),
        (_, Severity::Warning) => (Mark::Warning, "Warning"),
        (_, Severity::Note) => (Mark::Quiet, "Note"),
        (_, Severity::Safe) => (Mark::Safe, "Safe"),
    }
}

/// A finding as a folded row; its sentence is a heading of that level. `unfolded`: it begins open.
pub(crate) fn finding(app: App, block: &FindingBlock, level: &'static str, unfolded: bool) -> AnyView {
    let (mark, word) = sign_of(block);
    let id = block.id.clone();
    let open = unfolded || app.unfolded.with_untracked(|open| open.contains(&id));
    let class = if block.severity == Severity::Safe { "finding cert" } else { "finding" };
    let body = body(app, block);
    view! {
        <details
            class=class
            data-finding=block.id.clone()
            open=open
            on:toggle=move |event| {
                let open = event_target::<web_sys::HtmlDetailsElement>(&event).open();
                app.unfolded
                    .update(|all| {
                        if open {
                            all.insert(id.clone());
                        } else {
                            all.remove(&id);
                        }
                    });
            }
        >
            <summary>
                <span class=format!("sev {}", mark_class(mark))>
                    {sign(mark_sign(mark))}{word} <span class="certainty">{certainty(block.certainty)}</span>
                </span>
                {heading(level, spans_flat(app, &block.title))}
                <span class="strip" inner_html=block.window.as_ref().map(strip)></span>
                {folded_price(block, mark)}
                <span class="caret" aria-hidden="true"></span>
            </summary>
            {body}
        </details>
    }
    .into_any()
}

fn folded_price(block: &FindingBlock, mark: Mark) -> AnyView {
    if block.accepted.is_some() {
        return view! { <span class="minip small">"accepted"</span> }.into_any();
    }
    let Some((words, bar)) = &block.price else { return view! { <span class="minip"></span> }.into_any() };
    let bar = bar.as_ref().map(|interval| interval::bar(interval, Zone::Baseline, if mark == Mark::Blocker { "blocker g-line" } else { "g-c1" }));
    view! { <span class="minip">{words.clone()}{bar}</span> }.into_any()
}

fn body(app: App, block: &FindingBlock) -> AnyView {
    let formula = block.formula.as_ref().map(|formula| {
        view! {
            <p class="label">"Formula"</p>
            <p class="math">{spans(app, formula)}</p>
        }
    });
    let seen = block.window.as_ref().filter(|_| block.severity != Severity::Safe).map(|window| {
        view! {
            <div class="win">
                <p class="label">"What the window sees"</p>
                <div class="only-wide" inner_html=picture(window, PICTURE.0)></div>
                <div class="only-narrow" inner_html=picture(window, PICTURE.1)></div>
            </div>
        }
    });
    let by_value = block.figure.as_ref().map(|one| figure(app, one, "3"));
    let worked = block.worked.as_ref().map(|worked| table(worked, "worked"));
    view! {
        <div class="finding-body">
            <div class="proof">
                <div>{formula} <p class="small prose">{spans(app, &block.meaning)}</p></div>
                {(!block.evidence.is_empty()).then(|| evidence(app, &block.evidence))}
            </div>
            {seen}
            {by_value}
            {worked}
            {price(block)}
            {answer(app, block)}
        </div>
    }
    .into_any()
}

fn price(block: &FindingBlock) -> Option<AnyView> {
    block.price.as_ref().map(|(words, bar)| {
        view! {
            <div class="price">
                <div>
                    <p class="label">"Price"</p>
                    <p class="figure">{words.clone()}</p>
                </div>
                <div>{bar.as_ref().map(|interval| interval::bar(interval, Zone::Baseline, "g-c1"))}</div>
            </div>
        }
        .into_any()
    })
}

fn answer(app: App, block: &FindingBlock) -> Option<AnyView> {
    if let Some(reason) = &block.accepted {
        return Some(
            view! {
                <div>
                    <p class="label">"Accepted"</p>
                    <p class="small prose">{format!("“{reason}”")}</p>
                </div>
            }
            .into_any(),
        );
    }
    if block.severity == Severity::Safe || (block.remedies.is_empty() && block.severity == Severity::Note) {
        return None;
    }
    let buttons = block.remedies.iter().enumerate().map(|(at, remedy)| remedy_button(app, &block.id, remedy, at == 0)).collect_view();
    Some(
        view! {
            <div>
                <p class="label">"What to do"</p>
                <div class="btns">{buttons}</div>
                {accept_form(app, &block.id)}
            </div>
        }
        .into_any(),
    )
}

fn remedy_button(app: App, finding: &str, block: &RemedyBlock, first: bool) -> impl IntoView + use<> {
    let (finding, remedy, title) = (finding.to_owned(), block.remedy.clone(), block.title.clone());
    view! {
        <button
            type="button"
            class=if first { "btn first" } else { "btn" }
            on:click=move |_| app.remedy(&finding, remedy.clone(), &title)
        >
            <span>{block.title.clone()}</span>
            {(!block.does.is_empty()).then(|| view! { <span class="does">{block.does.clone()}</span> })}
        </button>
    }
}

fn accept_form(app: App, finding: &str) -> impl IntoView + use<> {
    let finding = finding.to_owned();
    let reason = RwSignal::new(String::new());
    view! {
        <details class="accept">
            <summary>"Accept with a reason"</summary>
            <form
                class="inline"
                on:submit=move |event| {
                    event.prevent_default();
                    let reason = reason.get_untracked().trim().to_owned();
                    if !reason.is_empty() {
                        app.accept(Accepted { finding: finding.clone(), reason, fingerprint: Vec::new() });
                    }
                }
            >
                <label>
                    <span class="label">"Why is it all right? The report will say so."</span>
                    <input
                        type="text"
                        class="field wide"
                        required
                        maxlength="500"
                        on:input=move |event| reason.set(event_target_value(&event))
                    />
                </label>
                <button type="submit" class="btn">
                    "Accept"
                </button>
            </form>
        </details>
    }
}
