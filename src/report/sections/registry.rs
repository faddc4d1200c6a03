//! The registry: who is certified, every run with its scores, and how versions and files follow from each other.

use super::shared::{count_cell, estimate_cell, heads, metric_title, words};
use crate::chart::graph::{Graph, Node};
use crate::decide::Verdict;
use crate::math::sort;
use crate::registry::{Bump, CERTIFYING, Registry, Version};
use crate::report::block::{Block, Cell, Mark, Section, Spans, TableBlock, text};
use crate::report::format::{bytes, count, counted, short_hash};
use crate::table::time::TimeFormat;
use std::collections::BTreeMap;

/// Most metrics that stand in the table of runs.
const MOST_METRICS: usize = 4;
/// Most versions drawn in the graph.
const MOST_DRAWN: usize = 40;

/// What is shown of a registry.
#[derive(Clone, Copy)]
pub struct RegistryReport<'a> {
    /// The registry.
    pub registry: &'a Registry,
    /// What the runs are ordered by: "version", "time", "learner", "file", or a metric's id.
    pub sort: &'a str,
    /// Words that a run must hold; empty: all.
    pub filter: &'a str,
}

/// The section of the step "Registry".
#[must_use]
pub fn registry(report: &RegistryReport<'_>) -> Section {
    let all: Vec<&Version> = report.registry.versions().collect();
    let mut blocks = Vec::new();
    if !all.is_empty() {
        let shown = shown(report);
        blocks.push(Block::Heading { text: "Certification".into() });
        blocks.push(Block::Paragraph {
            text: vec![text(format!(
                "A run is green when every gate passes and no blocker is open. {} green runs in a row certify a model.",
                count(CERTIFYING.into())
            ))],
        });
        blocks.push(Block::Table { table: dashboard(report.registry) });
        blocks.push(Block::Heading { text: "Runs".into() });
        blocks.push(Block::Paragraph { text: vec![text(format!("{} of {} shown.", count(shown.len() as u64), count(all.len() as u64)))] });
        blocks.push(Block::Table { table: runs(&shown) });
        blocks.push(Block::Heading { text: "Lineage".into() });
        blocks.push(Block::Paragraph {
            text: vec![text(
                "A changed schema raises the first number, another recipe or learner the second, a refit the third. Fingerprints are SHA-256 and are checked whenever a version is read.",
            )],
        });
        blocks.push(lineage(&all));
    }
    Section {
        id: "registry".into(),
        title: "Registry".into(),
        eyebrow: if all.is_empty() {
            "nothing kept yet".into()
        } else {
            format!("{}, {}", counted(all.len() as u64, "version", "versions"), bytes(report.registry.n_bytes()))
        },
        statement: statement(report.registry),
        lead: vec![text("Versions are kept in this browser, or as files of a folder on the command line. Nothing is sent anywhere.")],
        blocks,
    }
}

fn statement(registry: &Registry) -> Spans {
    let names = registry.names();
    let certified: Vec<&str> = names.iter().copied().filter(|n| registry.green_runs(n) >= CERTIFYING).collect();
    vec![text(match (names.len(), certified.len()) {
        (0, _) => "No version is kept yet.".to_owned(),
        (n, 0) => format!("{}, none certified yet.", counted(n as u64, "model", "models")),
        (_, _) => format!("Certified: {}.", certified.join(", ")),
    })]
}

/// Runs that hold the words, in the order asked for.
fn shown<'a>(report: &RegistryReport<'a>) -> Vec<&'a Version> {
    let wanted = report.filter.trim().to_lowercase();
    let holds = |v: &&Version| {
        let mut all = vec![v.id(), v.learner.clone(), v.file.clone(), v.target.clone(), v.note.notes.clone(), v.note.tags.join(" ")];
        all.extend(v.params.iter().map(|(name, value)| format!("{name}={value}")));
        wanted.split_whitespace().all(|word| all.iter().any(|text| text.to_lowercase().contains(word)))
    };
    let mut runs: Vec<&Version> = report.registry.versions().filter(holds).collect();
    match report.sort {
        "" | "version" => runs.reverse(),
        "time" => sort::by_key(&mut runs, |v| std::cmp::Reverse(v.note.kept)),
        "learner" => sort::by_key(&mut runs, |v| v.learner.clone()),
        "file" => sort::by_key(&mut runs, |v| v.file.clone()),
        id => {
            let direction = crate::evaluate::metric(id).map_or(crate::evaluate::Direction::Higher, |m| m.direction);
            let worse = |v: &&Version| v.estimate(id).and_then(|e| e.value).map_or(f64::INFINITY, |x| direction.gain(0.0, x));
            sort::by(&mut runs, |a, b| worse(a).total_cmp(&worse(b)));
        }
    }
    runs
}

fn verdict_cell(verdict: Option<Verdict>) -> Cell {
    let (mark, text) = match verdict {
        Some(Verdict::Go) => (Mark::Safe, "Go"),
        Some(Verdict::Caution) => (Mark::Undecided, "Caution"),
        Some(Verdict::NoGo) => (Mark::Blocker, "No-go"),
        None => (Mark::Quiet, "not decided"),
    };
    Cell::Mark { mark, text: text.into() }
}

fn dashboard(registry: &Registry) -> TableBlock {
    let row = |name: &str| {
        let latest = registry.of(name).next_back()?;
        let runs = registry.green_runs(name);
        let state = match runs {
            n if n >= CERTIFYING => (Mark::Safe, "certified".to_owned()),
            0 => (Mark::Quiet, "counting starts with the next green run".to_owned()),
            n => (Mark::Undecided, format!("{} to go", counted((CERTIFYING - n).into(), "green run", "green runs"))),
        };
        let recent: Vec<&str> = registry.of(name).rev().take(CERTIFYING as usize).map(|v| if v.green { "green" } else { "not green" }).collect();
        Some(vec![
            words(name),
            words(latest.version.to_string()),
            verdict_cell(latest.verdict),
            count_cell(runs.into()),
            words(recent.join(", ")),
            Cell::Mark { mark: state.0, text: state.1 },
        ])
    };
    TableBlock {
        caption: "Models and their green runs".into(),
        head: heads(&["model", "latest", "its verdict", "#green in a row", "latest first", "certification"]),
        rows: registry.names().into_iter().filter_map(row).collect(),
        rule_after: 0,
    }
}

/// Metrics that most runs have, the main ones first.
fn common_metrics(runs: &[&Version]) -> Vec<String> {
    let mut found: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for run in runs {
        for (at, e) in run.cross_validated.iter().enumerate() {
            let seen = found.entry(&e.metric).or_insert((0, 0));
            *seen = (seen.0 + 1, seen.1 + at);
        }
    }
    let mut all: Vec<(&str, (usize, usize))> = found.into_iter().collect();
    sort::by(&mut all, |a, b| b.1.0.cmp(&a.1.0).then(a.1.1.cmp(&b.1.1)));
    all.into_iter().take(MOST_METRICS).map(|(id, _)| id.to_owned()).collect()
}

fn runs(shown: &[&Version]) -> TableBlock {
    let metrics = common_metrics(shown);
    let mut names = vec!["version".to_owned(), "kept".to_owned(), "verdict".to_owned(), "learner".to_owned()];
    names.extend(metrics.iter().map(|id| format!("#{}", metric_title(id))));
    names.extend(["file", "tags and notes"].map(str::to_owned));
    let row = |v: &&Version| {
        let params: Vec<String> = v.params.iter().map(|(name, value)| format!("{name} {value}")).collect();
        let model = if params.is_empty() { v.learner.clone() } else { format!("{} ({})", v.learner, params.join(", ")) };
        let mut cells = vec![words(v.id()), words(moment(v.note.kept)), verdict_cell(v.verdict), words(model)];
        cells.extend(metrics.iter().map(|id| estimate_cell(v.cross_validated.iter().find(|e| e.metric == *id))));
        let said = [v.note.tags.join(", "), v.note.notes.clone()].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join("; ");
        cells.extend([words(format!("{}, {}", v.file, counted(v.n_rows, "row", "rows"))), words(said)]);
        cells
    };
    let heads = heads(&names.iter().map(String::as_str).collect::<Vec<_>>());
    TableBlock {
        caption: "Runs with parameters and cross-validated scores".into(),
        head: heads,
        rows: shown.iter().map(row).collect(),
        rule_after: 0,
    }
}

/// When a version was kept.
pub(super) fn moment(kept: i64) -> String {
    if kept <= 0 { "\u{2013}".to_owned() } else { TimeFormat::new("%Y-%m-%d %H:%M").print(kept) }
}

fn bump(version: &Version) -> &'static str {
    match version.bump {
        Bump::First => "first",
        Bump::Major => "other schema",
        Bump::Minor => "other recipe or learner",
        Bump::Patch => "refit",
    }
}

/// Files and versions as a graph, with its table.
fn lineage(all: &[&Version]) -> Block {
    let drawn: Vec<&&Version> = all.iter().rev().take(MOST_DRAWN).rev().collect();
    let mut graph = Graph::default();
    let mut files: BTreeMap<&str, u32> = BTreeMap::new();
    let mut places: BTreeMap<String, u32> = BTreeMap::new();
    for v in &drawn {
        let next = graph.nodes.len();
        let at = *files.entry(&v.sha256.data).or_insert(u32::try_from(next).unwrap_or(u32::MAX));
        if at as usize == next {
            graph.nodes.push(Node { name: v.file.clone(), class: "quiet".into(), word: short_hash(&v.sha256.data), finding: None });
        }
        let own = u32::try_from(graph.nodes.len()).unwrap_or(u32::MAX);
        let class = if v.green { "safe" } else { "accent" };
        graph.nodes.push(Node { name: v.id(), class: class.into(), word: bump(v).into(), finding: None });
        graph.edges.push((at, own, String::new()));
        let parent = v.parent.and_then(|p| places.get(&format!("{} {p}", v.note.name)));
        graph.edges.extend(parent.map(|&p| (p, own, bump(v).to_owned())));
        places.insert(v.id(), own);
    }
    graph.description = format!("{} from {}.", counted(drawn.len() as u64, "version", "versions"), counted(files.len() as u64, "file", "files"));
    let row = |v: &&Version| {
        vec![
            words(v.id()),
            words(v.parent.map_or_else(|| "\u{2013}".to_owned(), |p| p.to_string())),
            words(bump(v)),
            words(short_hash(&v.sha256.data)),
            words(short_hash(&v.sha256.recipe)),
            words(short_hash(&v.sha256.model)),
            words(short_hash(&v.sha256.settings)),
        ]
    };
    let table = TableBlock {
        caption: "Versions with parent and fingerprints".into(),
        head: heads(&["version", "parent", "what changed", "data", "recipe", "model", "settings"]),
        rows: all.iter().map(row).collect(),
        rule_after: 0,
    };
    Block::Graph { graph, table }
}

/// Every run as CSV: parameters, metrics with intervals, fingerprints. Text that a spreadsheet would run as a formula gets an apostrophe in front.
#[must_use]
pub fn runs_csv(registry: &Registry) -> Vec<u8> {
    let one = |v: &Version| {
        let mut cells: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in [
            ("name", v.note.name.clone()),
            ("version", v.version.to_string()),
            ("parent", v.parent.map_or_else(String::new, |p| p.to_string())),
            ("kept", moment(v.note.kept)),
            ("learner", v.learner.clone()),
            ("target", v.target.clone()),
            ("file", v.file.clone()),
            ("rows", v.n_rows.to_string()),
            ("green", v.green.to_string()),
            ("tags", v.note.tags.join(" ")),
            ("notes", v.note.notes.clone()),
            ("data.sha256", v.sha256.data.clone()),
            ("model.sha256", v.sha256.model.clone()),
        ] {
            cells.insert(name.to_owned(), guarded(value));
        }
        cells.extend(v.params.iter().map(|(name, value)| (format!("param.{name}"), guarded(value.clone()))));
        for (prefix, estimates) in [("cv", &v.cross_validated), ("sealed", &v.holdout)] {
            for e in estimates {
                for (word, value) in [("", e.value), (".low", e.low), (".high", e.high)] {
                    cells.extend(value.map(|x| (format!("{prefix}.{}{word}", e.metric), x.to_string())));
                }
            }
        }
        cells
    };
    let all: Vec<BTreeMap<String, String>> = registry.versions().map(one).collect();
    let first = ["name", "version", "parent", "kept", "learner"];
    let mut names: Vec<&str> = all.iter().flat_map(|cells| cells.keys().map(String::as_str)).filter(|n| !first.contains(n)).collect();
    names.sort_unstable();
    names.dedup();
    let names: Vec<&str> = first.into_iter().chain(names).collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = writer.write_record(&names);
    for cells in &all {
        let _ = writer.write_record(names.iter().map(|name| cells.get(*name).map_or("", String::as_str)));
    }
    writer.into_inner().unwrap_or_default()
}

fn guarded(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err() { format!("'{text}") } else { text }
}
