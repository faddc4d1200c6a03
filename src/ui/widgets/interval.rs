//! The interval bar: point, 95 % interval with end caps, and the limit or baseline. Its numbers stand beside it in words.

use crate::protocol::Interval;
use leptos::prelude::*;

/// Width of the drawing in its own units.
const WIDTH: f64 = 1000.0;

/// Which side of the limit is good, if a limit is judged.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Zone {
    /// The limit is a baseline: drawn dashed.
    Baseline,
    /// At least the limit is good.
    Right,
    /// At most the limit is good.
    Left,
}

fn place(interval: &Interval, value: f64) -> f64 {
    let span = interval.to - interval.from;
    if span > 0.0 && value.is_finite() { ((value - interval.from) / span * WIDTH).clamp(0.0, WIDTH) } else { WIDTH / 2.0 }
}

/// The bar, in the colour of `class` ("g-c1", "g-c5", "warning g-line" ...).
pub(crate) fn bar(interval: &Interval, zone: Zone, class: &'static str) -> impl IntoView + use<> {
    let limit = interval.limit.map(|limit| place(interval, limit));
    let ends = interval.low.zip(interval.high).map(|(low, high)| (place(interval, low), place(interval, high)));
    let point = place(interval, interval.estimate);
    let shaded = limit.and_then(|at| match zone {
        Zone::Baseline => None,
        Zone::Right => Some((at, WIDTH - at)),
        Zone::Left => Some((0.0, at)),
    });
    view! {
        <svg class="bars" viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true">
            {shaded.map(|(x, width)| view! { <rect class="g-zone" x=x y="2" width=width height="16" /> })}
            <line class="g-hair" x1="0" x2="1000" y1="10" y2="10" />
            {limit
                .map(|x| {
                    if zone == Zone::Baseline {
                        view! { <line class="g-axis" x1=x x2=x y1="-3" y2="23" stroke-dasharray="3 2" /> }.into_any()
                    } else {
                        view! { <line class="g-ink" x1=x x2=x y1="-1" y2="21" stroke-width="1.5" /> }.into_any()
                    }
                })}
            <g class=class>
                {ends
                    .map(|(low, high)| {
                        view! {
                            <line x1=low x2=high y1="10" y2="10" stroke-width="3" />
                            <line x1=low x2=low y1="6" y2="14" stroke-width="1.5" />
                            <line x1=high x2=high y1="6" y2="14" stroke-width="1.5" />
                        }
                    })} <line x1=point x2=point y1="10" y2="10" stroke-width="9" stroke-linecap="round" />
            </g>
        </svg>
    }
}
