//! The frame: skip link, bar, rail, the step's screen, notices; a file may be dropped anywhere on it.

use super::super::state::App;
use super::super::widgets::sprite::sprite;
use super::{
    audit, augment, bar, decide, drop_zone, keys, notices, open, prepare, quality, rail, registry, report, route, task, theme, train, validate,
};
use crate::protocol::Step;
use leptos::prelude::*;

/// The whole page.
pub(crate) fn shell(app: App) -> impl IntoView + use<> {
    route::follow(app);
    theme::follow(app);
    keys::follow(app);
    let over = drop_zone::follow(app);
    view! {
        {route::skip_link()}
        {sprite()}
        <div class="shell" class:dropping=move || over.get()>
            {bar::bar(app)}
            {rail::rail(app)}
            {rail::narrow(app)}
            <main id="main" tabindex="-1">
                {notices::refusals(app)}
                {move || screen(app, app.step.get())}
            </main>
        </div>
        <div class="wash" class:on=move || over.get() aria-hidden="true">
            <p>"Drop to open"</p>
        </div>
        {notices::toast(app)}
        {notices::live(app)}
    }
}

fn screen(app: App, step: Step) -> AnyView {
    match step {
        Step::Open => open::open(app),
        Step::Task => task::task(app),
        Step::Quality => quality::quality(app),
        Step::Audit => audit::audit(app),
        Step::Prepare => prepare::prepare(app),
        Step::Augment => augment::augment(app),
        Step::Train => train::train(app),
        Step::Validate => validate::validate(app),
        Step::Decide => decide::decide(app),
        Step::Registry => registry::registry(app),
        Step::Report => report::report(app),
    }
}
