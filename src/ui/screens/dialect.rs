//! How the file is read, to be overridden: delimiter, quote, encoding, header, decimal sign, spellings of a missing cell.

use super::super::state::App;
use super::super::widgets::fields::{self, Label, Options};
use crate::protocol::CsvOptions;
use leptos::prelude::*;

const DELIMITERS: [(char, &str); 5] = [(',', "comma"), (';', "semicolon"), ('\t', "tab"), ('|', "vertical bar"), (' ', "space")];
const QUOTES: [(char, &str); 3] = [('"', "double quote"), ('\'', "single quote"), ('\0', "none: read quotes literally")];
const DECIMALS: [(char, &str); 2] = [('.', "point"), (',', "comma")];
const ENCODINGS: [&str; 10] =
    ["utf-8", "utf-16le", "utf-16be", "windows-1252", "windows-1250", "windows-1251", "iso-8859-15", "shift_jis", "gb18030", "euc-kr"];

/// Value of "let it be detected" in a picker.
const DETECTED: &str = "";

fn with_detected(options: impl IntoIterator<Item = (String, String)>) -> Options {
    std::iter::once((DETECTED.to_owned(), "detected".to_owned())).chain(options).collect()
}

/// A character as the value of an option.
fn code(sign: char) -> String {
    u32::from(sign).to_string()
}

fn sign(code: &str) -> Option<char> {
    code.parse::<u32>().ok().and_then(char::from_u32)
}

fn signs(list: &[(char, &str)]) -> Signal<Options> {
    let options = with_detected(list.iter().map(|(sign, words)| (code(*sign), (*words).to_owned())));
    Signal::derive(move || options.clone())
}

/// The folded form.
pub(crate) fn form(app: App) -> impl IntoView + use<> {
    let csv = Memo::new(move |_| app.state.with(|s| s.settings.csv.clone()));
    view! {
        <details class="fold">
            <summary>"Read the file in another way"</summary>
            {move || {
                app.refused.track();
                view! { <div class="form">{fields_of(app, csv)}</div> }
            }}
        </details>
    }
}

fn picker(
    app: App,
    words: &'static str,
    list: &[(char, &str)],
    csv: Memo<CsvOptions>,
    get: fn(&CsvOptions) -> Option<char>,
    set: fn(&mut CsvOptions, Option<char>),
) -> AnyView {
    let value = Signal::derive(move || csv.with(get).map_or_else(|| DETECTED.to_owned(), code));
    fields::select(Label::new(words, ""), value, signs(list), move |chosen| {
        app.edit(&format!("{words} changed; the file is read again."), |s| set(&mut s.csv, sign(&chosen)));
    })
}

fn fields_of(app: App, csv: Memo<CsvOptions>) -> impl IntoView + use<> {
    let encodings = with_detected(ENCODINGS.iter().map(|e| ((*e).to_owned(), (*e).to_owned())));
    let headers = with_detected([("yes".to_owned(), "yes, the first line".to_owned()), ("no".to_owned(), "no, columns get numbers".to_owned())]);
    let header = Signal::derive(move || csv.with(|c| c.header.map_or(DETECTED, |on| if on { "yes" } else { "no" }).to_owned()));
    view! {
        {picker(app, "Delimiter", &DELIMITERS, csv, |c| c.delimiter, |c, v| c.delimiter = v)}
        {picker(app, "Quote", &QUOTES, csv, |c| c.quote, |c, v| c.quote = v)}
        {picker(app, "Decimal sign", &DECIMALS, csv, |c| c.decimal, |c, v| c.decimal = v)}
        {fields::select(
            Label::new("Encoding", ""),
            Signal::derive(move || csv.with(|c| c.encoding.clone().unwrap_or_default())),
            Signal::derive(move || encodings.clone()),
            move |chosen| {
                app.edit("Encoding changed; the file is read again.", |s| s.csv.encoding = (chosen != DETECTED).then_some(chosen));
            },
        )}
        {fields::select(
            Label::new("Names in the first line", ""),
            header,
            Signal::derive(move || headers.clone()),
            move |chosen| {
                let header = match chosen.as_str() {
                    "yes" => Some(true),
                    "no" => Some(false),
                    _ => None,
                };
                app.edit("Header changed; the file is read again.", |s| s.csv.header = header);
            },
        )}
        {nulls(app, csv)}
    }
}

fn nulls(app: App, csv: Memo<CsvOptions>) -> impl IntoView + use<> {
    view! {
        <label class="form-field">
            <span class="label">"Spellings of a missing cell"</span>
            <textarea
                rows="6"
                spellcheck="false"
                prop:value=move || csv.with(|c| c.nulls.join("\n"))
                on:change=move |event| {
                    let nulls: Vec<String> = event_target_value(&event)
                        .lines()
                        .map(|line| line.trim().to_owned())
                        .filter(|line| !line.is_empty())
                        .collect();
                    app.edit("Spellings of a missing cell changed; the file is read again.", |s| s.csv.nulls = nulls);
                }
            ></textarea>
            <span class="fine">"One a line, besides the empty cell."</span>
        </label>
    }
}
