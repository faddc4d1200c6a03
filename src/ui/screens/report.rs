//! Report: the whole of it to save, and what will stand in it.

use super::super::state::App;
use super::page::{FormAt, page};
use crate::protocol::{Command, Document, Export, Step};
use leptos::prelude::*;

/// Everything that can be saved: what, name, and what it is for.
pub(crate) const EXPORTS: [(Export, &str, &str); 17] = [
    (Export::ReportHtml, "Report, HTML", "One file without script: opens anywhere, prints well."),
    (Export::ReportMarkdown, "Report, Markdown", "The same words as text."),
    (Export::ReportJson, "Report, JSON", "The same numbers for programs; byte for byte what the command line writes."),
    (Export::AuditJson, "Audit, JSON", "Checks and findings only."),
    (Export::ModelCard, "Model card", "What the model is for, how it was judged, what is open."),
    (Export::DocumentHtml(Document::Summary), "Summary, HTML", "One page for those who decide."),
    (Export::Document(Document::Summary), "Summary, Markdown", "The same words as text."),
    (Export::DocumentHtml(Document::DeploymentGuide), "Deployment guide, HTML", "Inputs, thresholds, monitoring, rollback, checklist."),
    (Export::Document(Document::DeploymentGuide), "Deployment guide, Markdown", "The same words as text."),
    (Export::DocumentHtml(Document::CertificationSheet), "Certification sheet, HTML", "What is certified, by which measurements."),
    (Export::Document(Document::CertificationSheet), "Certification sheet, Markdown", "The same words as text."),
    (Export::Bundle, "Model bundle", "Schema, recipe, model and provenance, to predict with."),
    (Export::Predictions, "Predictions, CSV", "Of the new file if there is one, else of the sealed rows."),
    (Export::Settings, "Settings", "Everything you chose; the same file and settings give the same report."),
    (Export::RecipeMarkdown, "Recipe, Markdown", "The preparation steps with their settings, to read."),
    (Export::RecipeJson, "Recipe, JSON", "The same steps as they stand in settings."),
    (Export::Project, "Project", "Settings and file together, to go on later."),
];

/// The screen.
pub(crate) fn report(app: App) -> AnyView {
    let promise =
        ("One report, from the file to the verdict.", "It holds every section with its numbers, and the provenance that makes it repeatable.");
    page(app, Step::Report, promise, FormAt::Above, move || exports(app).into_any())
}

fn exports(app: App) -> impl IntoView + use<> {
    let ready = Memo::new(move |_| app.section(Step::Decide).with(Option::is_some));
    let items = EXPORTS
        .into_iter()
        .enumerate()
        .map(|(at, (what, words, doc))| {
            let always = matches!(what, Export::Settings | Export::Project | Export::AuditJson | Export::RecipeMarkdown | Export::RecipeJson);
            view! {
                <li>
                    <button
                        type="button"
                        class=if at == 0 { "btn first" } else { "btn" }
                        disabled=move || !always && !ready.get()
                        on:click=move |_| app.send(Command::Export { what })
                    >
                        {words}
                    </button>
                    <span class="small">{doc}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="section" aria-labelledby="save-h">
            <header>
                <h2 id="save-h">"Save"</h2>
                <p>"text that a spreadsheet would run as a formula gets an apostrophe in front"</p>
            </header>
            <ul class="exports">{items}</ul>
        </section>
    }
}
