//! The house rules, read from the source: layering, who may name what, documentation and budgets.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

/// Most lines of code in a file; tests, comments and blank lines are not counted.
const FILE_BUDGET: usize = 400;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// (path below src, text) of every source file but those that hold tests only.
fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("tests.rs") {
                let name = path.strip_prefix(root().join("src")).unwrap().to_string_lossy().replace('\\', "/");
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// The part of a file before its tests, without comment lines.
fn code(text: &str) -> String {
    let body = text.split("#[cfg(test)]\nmod").next().unwrap_or_default();
    body.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn layers() -> Vec<String> {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    lib.lines().filter_map(|l| l.strip_prefix("pub mod ")).map(|l| l.trim_end_matches(';').to_owned()).collect()
}

/// Names after `crate::`, those in braces too.
fn named_modules(code: &str) -> Vec<String> {
    let first_word = |text: &str| text.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut names = Vec::new();
    for part in code.split("crate::").skip(1) {
        match part.strip_prefix('{') {
            Some(inner) => names.extend(inner.split('}').next().unwrap_or_default().split(',').map(first_word)),
            None => names.push(first_word(part)),
        }
    }
    names
}

fn none(broken: &[String]) {
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn a_module_names_only_what_stands_above_it() {
    let layers = layers();
    let order: BTreeMap<&str, usize> = layers.iter().enumerate().map(|(i, l)| (l.as_str(), i)).collect();
    let mut broken = Vec::new();
    for (file, text) in sources() {
        let Some(&own) = file.split(['/', '.']).next().and_then(|module| order.get(module)) else { continue };
        for name in named_modules(&code(&text)) {
            if order.get(name.as_str()).is_some_and(|&other| other > own) {
                broken.push(format!("{file} names {name}, which stands below it"));
            }
        }
    }
    none(&broken);
}

#[test]
fn screens_know_only_the_protocol_and_figures() {
    let mut broken = Vec::new();
    for (file, text) in sources().into_iter().filter(|(file, _)| file.starts_with("ui/") && !file.starts_with("ui/effects")) {
        let names = named_modules(&code(&text));
        broken.extend(names.iter().filter(|n| !["protocol", "chart", "ui"].contains(&n.as_str())).map(|n| format!("{file} names {n}")));
    }
    none(&broken);
}

#[test]
fn only_shells_touch_the_world() {
    let shells: [(&str, &[&str]); 7] = [
        ("web_sys", &["ui/", "main.rs"]),
        ("leptos", &["ui/", "main.rs"]),
        ("gloo", &["ui/", "main.rs"]),
        ("clap", &["cli/", "bin/"]),
        ("rayon", &["cli/", "bin/", "pipeline/drive.rs"]),
        ("std::fs", &["cli/", "bin/"]),
        ("std::net", &["bin/"]),
    ];
    let mut broken = Vec::new();
    for (file, text) in sources() {
        let code = code(&text);
        for (name, allowed) in shells {
            if code.contains(&format!("{name}::")) && !allowed.iter().any(|a| file.starts_with(a)) {
                broken.push(format!("{file} uses {name}"));
            }
        }
    }
    none(&broken);
}

/// Messages between page and workers hold values one after the other, without names: a form that is named among the fields, told from the
/// values alone, or left out when empty could be written and not be read.
#[test]
fn what_is_packed_can_be_unpacked() {
    let mut broken = Vec::new();
    for (name, text) in sources() {
        let code = code(&text);
        let lines: Vec<&str> = code.lines().collect();
        for (at, line) in lines.iter().enumerate().filter(|(_, l)| l.contains("serde(")) {
            let is_read = lines[..at].iter().rev().find(|l| l.contains("derive(")).is_some_and(|l| l.contains("Deserialize"));
            let named = line.contains("tag =");
            let told = line.contains("untagged") && name != "param.rs";
            if is_read && (named || told || line.contains("skip_serializing_if")) {
                broken.push(format!("{name}: {}", line.trim()));
            }
        }
    }
    none(&broken);
}

#[test]
fn every_file_says_what_it_is_and_keeps_its_budget() {
    let mut broken = Vec::new();
    for (file, text) in sources() {
        if !text.starts_with("//! ") || text.lines().next().is_some_and(|l| l.len() < 20) {
            broken.push(format!("{file} does not begin with a sentence about itself"));
        }
        let lines = code(&text).lines().filter(|l| !l.trim().is_empty()).count();
        if lines > FILE_BUDGET {
            broken.push(format!("{file} has {lines} lines of code, budget {FILE_BUDGET}"));
        }
    }
    none(&broken);
}

#[test]
fn every_file_of_an_open_list_is_in_the_list() {
    let lists = [
        "quality/rules",
        "audit/checks",
        "prepare/steps",
        "augment/methods",
        "model/learners",
        "tune/samplers",
        "evaluate/metrics",
        "chart/figures",
        "report/sections",
    ];
    let mut broken = Vec::new();
    for list in lists {
        let folder = root().join("src").join(list);
        let index = fs::read_to_string(folder.join("mod.rs")).unwrap();
        for entry in fs::read_dir(&folder).unwrap() {
            let stem = entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned();
            if stem != "mod" && !index.lines().any(|l| l.trim_end().ends_with(&format!("mod {stem};"))) {
                broken.push(format!("{list}/{stem} is not declared"));
            }
        }
    }
    none(&broken);
}

#[test]
fn the_top_level_holds_what_was_agreed() {
    let agreed = [
        "Cargo.toml",
        "Cargo.lock",
        "Trunk.toml",
        "index.html",
        "README.md",
        "CHANGELOG.md",
        "style",
        "src",
        "tests",
        "benches",
        "run",
        "test",
        "target",
        "dist",
        "rustfmt.toml",
        "proptest-regressions",
    ];
    let found: Vec<String> = fs::read_dir(root()).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    none(&found.into_iter().filter(|f| !f.starts_with('.') && !agreed.contains(&f.as_str())).collect::<Vec<_>>());
}

#[test]
fn no_source_holds_an_address_of_the_outside() {
    let local = ["127.0.0.1", "localhost", "www.w3.org", "{"];
    let mut broken = Vec::new();
    for (file, text) in sources() {
        let code = code(&text);
        for scheme in ["https://", "http://", "wss://"] {
            if code.match_indices(scheme).any(|(at, _)| !local.iter().any(|l| code[at + scheme.len()..].starts_with(l))) {
                broken.push(format!("{file} holds an address"));
            }
        }
    }
    none(&broken);
}
