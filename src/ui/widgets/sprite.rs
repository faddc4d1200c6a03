//! The signs of the page, each drawn once and used by name: severity is always shape, word and colour.

use leptos::prelude::*;

/// The hidden sheet of symbols. Placed once, before everything else.
pub(crate) fn sprite() -> impl IntoView + use<> {
    view! {
        <svg width="0" height="0" class="sheet" aria-hidden="true" focusable="false">
            <defs>{severities()}{states()}{tools()}</defs>
        </svg>
    }
}

fn severities() -> impl IntoView + use<> {
    view! {
        <symbol id="m-brand" viewBox="0 0 20 20">
            <circle cx="10" cy="10" r="6.6" fill="none" stroke="currentColor" stroke-width="1.8" />
            <path d="M0.5 10h19" stroke="currentColor" stroke-width="1.8" />
        </symbol>
        <symbol id="m-blocker" viewBox="0 0 16 16">
            <path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" fill="currentColor" />
            <path class="knock" d="M4.2 8h7.6" stroke-width="2.2" />
        </symbol>
        <symbol id="m-warning" viewBox="0 0 16 16">
            <path d="M8 1.2 15.4 14.6H.6z" fill="currentColor" />
            <path class="knock" d="M8 5.8v4.4M8 11.4v1.8" stroke-width="1.8" />
        </symbol>
        <symbol id="m-ask" viewBox="0 0 16 16">
            <circle cx="8" cy="8" r="7" fill="none" stroke="currentColor" stroke-width="1.6" />
            <path
                d="M5.8 6.3c0-1.3 1-2.1 2.2-2.1s2.2.8 2.2 2c0 1.6-2.2 1.7-2.2 3.3M8 10.9v1.6"
                fill="none"
                stroke="currentColor"
                stroke-width="1.6"
            />
        </symbol>
        <symbol id="m-safe" viewBox="0 0 16 16">
            <circle cx="8" cy="8" r="7" fill="none" stroke="currentColor" stroke-width="1.6" />
            <path d="M4.8 8.3l2.3 2.3 4.2-4.9" fill="none" stroke="currentColor" stroke-width="1.8" />
        </symbol>
        <symbol id="m-open" viewBox="0 0 16 16">
            <circle cx="8" cy="8" r="7" fill="none" stroke="currentColor" stroke-width="1.6" />
            <path d="M8 1a7 7 0 0 1 0 14z" fill="currentColor" />
        </symbol>
    }
}

fn states() -> impl IntoView + use<> {
    view! {
        <symbol id="m-none" viewBox="0 0 14 14">
            <circle cx="7" cy="7" r="2" fill="none" stroke="currentColor" stroke-width="1.2" />
        </symbol>
        <symbol id="m-done" viewBox="0 0 14 14">
            <path d="M2.5 7.4l3 3 6-6.8" fill="none" stroke="currentColor" stroke-width="1.8" />
        </symbol>
        <symbol id="m-run" viewBox="0 0 14 14">
            <circle cx="7" cy="7" r="5" fill="none" stroke="currentColor" stroke-width="1.6" stroke-opacity="0.35" />
            <path d="M7 2a5 5 0 0 1 4.2 7.7" fill="none" stroke="currentColor" stroke-width="2" />
        </symbol>
        <symbol id="m-stale" viewBox="0 0 14 14">
            <circle cx="7" cy="7" r="5" fill="none" stroke="currentColor" stroke-width="1.6" stroke-dasharray="2.4 1.6" />
        </symbol>
        <symbol id="m-skip" viewBox="0 0 14 14">
            <path d="M3.5 7h7" stroke="currentColor" stroke-width="1.6" />
        </symbol>
    }
}

fn tools() -> impl IntoView + use<> {
    view! {
        <symbol id="m-undo" viewBox="0 0 18 18">
            <path d="M6.5 4 3 7.5 6.5 11M3.4 7.5H11a4 4 0 0 1 0 8H8" fill="none" stroke="currentColor" stroke-width="1.5" />
        </symbol>
        <symbol id="m-redo" viewBox="0 0 18 18">
            <path d="M11.5 4 15 7.5 11.5 11M14.6 7.5H7a4 4 0 0 0 0 8h3" fill="none" stroke="currentColor" stroke-width="1.5" />
        </symbol>
        <symbol id="m-light" viewBox="0 0 16 16">
            <circle cx="8" cy="8" r="3" fill="none" stroke="currentColor" stroke-width="1.4" />
            <path
                d="M8 .8v2M8 13.2v2M.8 8h2M13.2 8h2M2.9 2.9l1.4 1.4M11.7 11.7l1.4 1.4M13.1 2.9l-1.4 1.4M4.3 11.7l-1.4 1.4"
                stroke="currentColor"
                stroke-width="1.4"
            />
        </symbol>
        <symbol id="m-auto" viewBox="0 0 16 16">
            <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.4" />
            <path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" />
        </symbol>
        <symbol id="m-dark" viewBox="0 0 16 16">
            <path d="M13.6 9.8A6 6 0 0 1 6.2 2.4a6 6 0 1 0 7.4 7.4z" fill="none" stroke="currentColor" stroke-width="1.4" />
        </symbol>
    }
}
