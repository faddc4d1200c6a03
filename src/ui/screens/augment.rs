//! Augment: off, or one method with its amounts; only ever inside the training side.

use super::super::state::App;
use super::super::widgets::chosen;
use super::super::widgets::fields::{self, Label, Options};
use super::page::{FormAt, page};
use crate::protocol::{Catalogue, Chosen, Step};
use leptos::prelude::*;

/// The screen.
pub(crate) fn augment(app: App) -> AnyView {
    let promise =
        ("Would more rows help?", "Rows are made from training rows only, or left out of them, and never reach the rows a model is judged on.");
    page(app, Step::Augment, promise, FormAt::Above, move || form(app).into_any())
}

fn form(app: App) -> impl IntoView + use<> {
    let picked = Memo::new(move |_| app.state.with(|s| s.settings.augment.clone()));
    let id = Memo::new(move |_| picked.with(|p| p.as_ref().map(|c| c.id.clone()).unwrap_or_default()));
    let kind = Memo::new(move |_| app.state.with(|s| s.resolved.kind));
    let options = Memo::new(move |_| {
        let of_kind = |c: &Catalogue| c.methods.iter().filter(|m| m.fits(kind.get())).map(|m| (m.id.clone(), m.title.clone())).collect::<Options>();
        let methods = app.catalogue.with(of_kind);
        std::iter::once((String::new(), "off".to_owned())).chain(methods).collect::<Options>()
    });
    let settings = move || {
        let entry = chosen::entry(app, |c| &c.methods, &id.get())?;
        let form = chosen::settings_of(&entry, picked.into(), move |next| app.edit("Augmentation changed.", |s| s.augment = Some(next)));
        Some(view! { <p class="small prose">{entry.doc.clone()}</p> {form} })
    };
    view! {
        <section class="section" aria-labelledby="augment-h">
            <header>
                <h2 id="augment-h">"Method"</h2>
            </header>
            <div class="form">
                {fields::select(
                    Label::new("Augmentation", "Methods for this kind of task; Train says whether it helps."),
                    id.into(),
                    options.into(),
                    move |id| {
                        let words = if id.is_empty() { "Augmentation is off." } else { "Augmentation is on." };
                        app.edit(words, |s| s.augment = (!id.is_empty()).then(|| Chosen { id, ..Chosen::default() }));
                    },
                )}
            </div>
            {settings}
        </section>
    }
}
