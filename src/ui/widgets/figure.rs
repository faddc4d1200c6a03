//! Figures: title says the finding, caption the method; a canvas with a description, and the same as a table.
//!
//! The canvas is `devicePixelRatio` times as large as it is shown, and drawn again when its width or the theme changes.

use super::super::state::App;
use super::spans::heading;
use crate::chart::Figure;
use crate::chart::paint::{Theme, area, draw, height};
use leptos::prelude::*;
use plotters_canvas::CanvasBackend;
use std::sync::Arc;
use wasm_bindgen::prelude::Closure;
use web_sys::{HtmlCanvasElement, ResizeObserver};

/// Narrowest drawing in pixels.
const NARROWEST: u32 = 240;

/// A figure with its table twin; its title is a heading of that level.
pub(crate) fn figure(app: App, figure: &Figure, level: &'static str) -> impl IntoView + use<> {
    let described = format!("fig-{}", app.fresh());
    let canvas = NodeRef::<leptos::html::Canvas>::new();
    let width = RwSignal::new(0_u32);
    observe(canvas, width);
    let dark = RwSignal::new(false);
    let drawn = Arc::new(figure.clone());
    Effect::new(move |_| {
        app.theme.track();
        let is_dark = dark_now();
        dark.set(is_dark);
        if let (Some(canvas), 1..) = (canvas.get(), width.get()) {
            paint(&canvas, &drawn, width.get(), is_dark);
        }
    });
    view! {
        <figure>
            {heading(level, figure.title.clone().into_any())}
            <canvas
                class="canvas"
                class:dark=move || dark.get()
                node_ref=canvas
                role="img"
                aria-label=figure.title.clone()
                aria-describedby=described.clone()
            ></canvas>
            <p class="vh" id=described>
                {figure.description.clone()}
            </p>
            <figcaption>{figure.caption.clone()}</figcaption>
            {twin(figure)}
        </figure>
    }
}

/// Whether the page is dark now.
fn dark_now() -> bool {
    match document().document_element().and_then(|root| root.get_attribute("data-theme")).as_deref() {
        Some("dark") => true,
        Some("light") => false,
        _ => window().match_media("(prefers-color-scheme: dark)").ok().flatten().is_some_and(|query| query.matches()),
    }
}

/// Follows the width the canvas is shown at.
fn observe(canvas: NodeRef<leptos::html::Canvas>, width: RwSignal<u32>) {
    let kept = StoredValue::new_local(None::<(ResizeObserver, Closure<dyn FnMut()>)>);
    Effect::new(move |_| {
        let Some(element) = canvas.get() else { return };
        let look = move || {
            let now = canvas.try_get_untracked().flatten().map_or(0, |c| u32::try_from(c.client_width()).unwrap_or(0));
            if now > 0 && width.try_get_untracked().is_some_and(|before| before != now) {
                width.set(now);
            }
        };
        let seen = Closure::<dyn FnMut()>::new(look);
        if let Ok(observer) = ResizeObserver::new(wasm_bindgen::JsCast::unchecked_ref(seen.as_ref())) {
            observer.observe(&element);
            kept.set_value(Some((observer, seen)));
        }
    });
    on_cleanup(move || {
        kept.try_update_value(|kept| {
            if let Some((observer, _)) = kept.take() {
                observer.disconnect();
            }
        });
    });
}

fn paint(canvas: &HtmlCanvasElement, figure: &Figure, width: u32, dark: bool) {
    let width = width.max(NARROWEST);
    let ratio = window().device_pixel_ratio().clamp(1.0, 4.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels of a figure fit")]
    let scaled = |pixels: u32| (f64::from(pixels) * ratio).round() as u32;
    canvas.set_width(scaled(width));
    canvas.set_height(scaled(height(figure, width)));
    let theme = if dark { Theme::dark(ratio) } else { Theme::light(ratio) };
    if let Some(backend) = CanvasBackend::with_canvas_object(canvas.clone())
        && let Err(why) = draw(figure, &area(backend), &theme)
    {
        web_sys::console::error_1(&why.to_string().into());
    }
}

fn twin(figure: &Figure) -> impl IntoView + use<> {
    let (head, rows) = figure.table.clone();
    let class = |at: usize| if at == 0 { "" } else { "num" };
    let heads = head.into_iter().enumerate().map(|(at, words)| view! { <th scope="col" class=class(at)>{words}</th> }).collect_view();
    let cell = |(at, words): (usize, String)| match at {
        0 => view! { <th scope="row">{words}</th> }.into_any(),
        _ => view! { <td class="num">{words}</td> }.into_any(),
    };
    let rows = rows.into_iter().map(|cells| view! { <tr>{cells.into_iter().enumerate().map(cell).collect_view()}</tr> }).collect_view();
    view! {
        <details class="twin">
            <summary>"Show as table"</summary>
            <div class="scroll">
                <table>
                    <caption>{figure.title.clone()}</caption>
                    <thead>
                        <tr>{heads}</tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
}
