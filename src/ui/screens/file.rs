//! How a file was read: facts, dialect, rejected records, questions.

use super::super::state::App;
use super::super::widgets::banner::banner;
use super::super::widgets::words::file_role;
use super::{dialect, drop_zone};
use crate::protocol::format::{bytes, count, counted, short_hash};
use crate::protocol::{Command, FileRole, FileView, Mark};
use leptos::prelude::*;

/// Rejected records listed at once.
const REJECTS_SHOWN: usize = 100;

/// Every file, and what is to be said about reading it.
pub(crate) fn files(app: App) -> impl IntoView + use<> {
    let all = Memo::new(move |_| app.state.with(|s| s.files.clone()));
    view! {
        {move || {
            all.get()
                .into_iter()
                .enumerate()
                .map(|(slot, file)| one(app, u32::try_from(slot).unwrap_or(u32::MAX), &file))
                .collect_view()
        }}
        {dates(app)}
        {dialect::form(app)}
    }
}

fn one(app: App, slot: u32, file: &FileView) -> impl IntoView + use<> {
    let id = format!("file-{slot}");
    let labelled = id.clone();
    let end = (slot == 0).then(|| {
        view! {
            <p class="end">
                <button type="button" class="btn plain" on:click=move |_| drop_zone::choose_files(app, false)>
                    "Replace"
                </button>
                {app.can_add()
                    .then(|| {
                        view! {
                            <button type="button" class="btn plain" on:click=move |_| drop_zone::choose_files(app, true)>
                                "Add a test file"
                            </button>
                        }
                    })}
            </p>
        }
    });
    view! {
        <section class="section" aria-labelledby=labelled>
            <header>
                <h2 id=id>{file.name.clone()}</h2>
                {end}
            </header>
            {facts(app, slot, file)}
            {read_as(file)}
            {rejects(file)}
            {file.notes.iter().map(|note| banner(Mark::Ask, note.clone().into_any(), None)).collect_view()}
        </section>
    }
}

fn facts(app: App, slot: u32, file: &FileView) -> impl IntoView + use<> {
    let left_out = (file.n_rejected > 0).then(|| {
        view! {
            <div>
                <dt>"left out"</dt>
                <dd class="warning">{counted(file.n_rejected, "row", "rows")}</dd>
            </div>
        }
    });
    view! {
        <dl class="facts-row">
            <div>
                <dt>"rows"</dt>
                <dd>{count(u64::from(file.n_rows))}</dd>
            </div>
            <div>
                <dt>"columns"</dt>
                <dd>{count(u64::from(file.n_columns))}</dd>
            </div>
            {left_out}
            <div>
                <dt>"size"</dt>
                <dd>{bytes(file.bytes)}</dd>
            </div>
            <div>
                <dt>"used as"</dt>
                <dd>{role_picker(app, slot, file)}</dd>
            </div>
            <div>
                <dt>"SHA-256"</dt>
                <dd class="col" title=file.sha256.clone()>
                    {short_hash(&file.sha256)}
                </dd>
            </div>
        </dl>
    }
}

fn role_picker(app: App, slot: u32, file: &FileView) -> impl IntoView + use<> {
    let roles = [FileRole::Train, FileRole::Test, FileRole::New];
    let options =
        roles.into_iter().map(|role| view! { <option value=file_role(role) selected=role == file.role>{file_role(role)}</option> }).collect_view();
    view! {
        <select
            class="pick key"
            aria-label=format!("What {} is used for", file.name)
            on:change=move |event| {
                let words = event_target_value(&event);
                if let Some(role) = roles.into_iter().find(|role| file_role(*role) == words) {
                    app.send(Command::SetFileRole { slot, role });
                }
            }
        >
            {options}
        </select>
    }
}

fn read_as(file: &FileView) -> impl IntoView + use<> {
    let items = file
        .dialect
        .iter()
        .map(|(term, value)| view! { <span class="chip"><span class="fine">{format!("{term} ")}</span>{value.clone()}</span> })
        .collect_view();
    (!file.dialect.is_empty()).then(|| view! { <p class="dialect"><span class="label">"Read as"</span>{items}</p> })
}

fn rejects(file: &FileView) -> Option<AnyView> {
    if file.n_rejected == 0 {
        return None;
    }
    let shown = file.rejects.len().min(REJECTS_SHOWN);
    let rows = file
        .rejects
        .iter()
        .take(REJECTS_SHOWN)
        .map(|(line, byte, why)| {
            view! {
                <tr>
                    <th scope="row" class="num">{count(*line)}</th>
                    <td class="num">{count(*byte)}</td>
                    <td>{why.clone()}</td>
                </tr>
            }
        })
        .collect_view();
    let first = file.rejects.first().map(|(line, _, why)| format!(" Line {}: {why}", count(*line)));
    let text = view! {
        <b>{if file.n_rejected == 1 { "One row was left out.".to_owned() } else { format!("{} were left out.", counted(file.n_rejected, "row", "rows")) }}</b>
        {first}
    };
    Some(
        view! {
            {banner(Mark::Warning, text.into_any(), None)}
            <details class="fold">
                <summary>{format!("Lines left out, {} of {}", count(shown as u64), count(file.n_rejected))}</summary>
                <div class="scroll">
                    <table>
                        <caption>"Records that could not be read as a row"</caption>
                        <thead>
                            <tr>
                                <th scope="col" class="num">"line"</th>
                                <th scope="col" class="num">"byte"</th>
                                <th scope="col">"why"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </details>
        }
        .into_any(),
    )
}

/// Questions about dates that can be read in two ways.
fn dates(app: App) -> impl IntoView + use<> {
    let open = Memo::new(move |_| {
        app.state.with(|s| {
            s.columns
                .iter()
                .filter(|c| c.date_readings.len() > 1 && s.settings.columns.get(&c.name).is_none_or(|chosen| chosen.date_format.is_none()))
                .map(|c| (c.name.clone(), c.date_readings.clone()))
                .collect::<Vec<_>>()
        })
    });
    move || open.get().into_iter().map(|(name, readings)| date_question(app, &name, readings)).collect_view()
}

fn reading_words(pattern: &str) -> String {
    let at = |what: &str| pattern.find(what);
    match (at("%d"), at("%m")) {
        (Some(day), Some(month)) if day < month => format!("Day first ({pattern})"),
        (Some(_), Some(_)) => format!("Month first ({pattern})"),
        _ => pattern.to_owned(),
    }
}

fn date_question(app: App, name: &str, readings: Vec<String>) -> impl IntoView + use<> {
    let buttons = readings
        .into_iter()
        .map(|pattern| {
            let (column, words) = (name.to_owned(), reading_words(&pattern));
            view! {
                <button
                    type="button"
                    class="btn"
                    on:click=move |_| {
                        let (column, pattern) = (column.clone(), pattern.clone());
                        app.edit(
                            &format!("{column} is read as {pattern}."),
                            move |s| s.columns.entry(column).or_default().date_format = Some(pattern),
                        );
                    }
                >
                    {words}
                </button>
            }
        })
        .collect_view();
    let text = view! {
        <b>"How are the dates of " <span class="col">{name.to_owned()}</span> " written?"</b>
        " Every cell fits both readings, so only you know."
    };
    banner(Mark::Ask, text.into_any(), Some(buttons.into_any()))
}
