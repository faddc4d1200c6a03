use super::*;
use crate::chart::figures;
use crate::finding::{Certainty, Remedy, Severity};
use crate::report::block::{Cell, Head, Interval, RemedyBlock, Span, TableBlock};
use crate::report::{example, markdown::markdown, model_card};

/// Names strangers may write into a file.
const HOSTILE: [&str; 9] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'><svg onload=alert(1)>",
    "</style></title></textarea><script>alert(1)</script>",
    "`a``b` | c | --- |\n| d",
    "[x](javascript:alert(1)) ![y](http://evil.example/z.png)",
    "line\nbreak\r\n# head\n---\n- item",
    "\u{202E}gpj.exe\u{2066}\u{200F}\u{0}\u{1b}[31m",
    "&lt;b&gt; {{x}} ${y} <!-- c --> ]]> \u{2028}",
];

/// A gate whose every text is `name`.
fn hostile_gate(name: &str, bar: Interval, why: Vec<Span>) -> crate::report::block::GateBlock {
    let n = || name.to_owned();
    crate::report::block::GateBlock {
        id: n(),
        title: n(),
        fine: n(),
        mark: Mark::Undecided,
        state: n(),
        value: n(),
        interval_text: Some(n()),
        bar: Some(bar),
        comparison: n(),
        limit: n(),
        editable: None,
        caution: None,
        why,
    }
}

/// Figures whose every text is `name`.
fn hostile_figures(name: &str) -> Vec<Block> {
    let n = || name.to_owned();
    let mut figure = figures::bar(name, name, name, name, &[(n(), 1.0, Some((0.5, 1.5)))]);
    figure.description = n();
    let labels = [n(), format!("{name}2")];
    let histogram = figures::histogram(name, name, &[0.0, 1.0, 2.0], &[9, 9]);
    let all = [figure, figures::confusion(&labels, &[vec![5, 6], vec![7, 8]], |counts| vec![false; counts.len()]), histogram.clone(), histogram];
    all.into_iter().map(|figure| Block::Figure { figure }).collect()
}

/// A report in which every text that can come from a file or a person is `name`.
fn hostile_report(name: &str) -> Report {
    let n = || name.to_owned();
    let spans = || vec![Span::Text(n()), Span::Column(n()), Span::Strong(n()), Span::Code(n()), Span::Term(n())];
    let bar = Interval { estimate: 0.5, low: Some(0.4), high: Some(0.6), from: 0.0, to: 1.0, limit: Some(0.5) };
    let table = TableBlock {
        caption: n(),
        head: vec![Head { text: n(), numeric: false }; 5],
        rows: vec![vec![
            Cell::Text { text: n() },
            Cell::Column { name: n() },
            Cell::Number { text: n(), value: Some(1.0), fine: Some(n()) },
            Cell::Bar { interval: bar.clone() },
            Cell::Mark { mark: Mark::Ask, text: n() },
        ]],
        rule_after: 0,
    };
    let finding = FindingBlock {
        id: n(),
        check: n(),
        severity: Severity::Blocker,
        certainty: Certainty::Proven,
        columns: vec![],
        window: None,
        figure: None,
        title: spans(),
        formula: Some(spans()),
        meaning: spans(),
        evidence: vec![(n(), spans())],
        worked: Some(table.clone()),
        price: Some((n(), Some(bar.clone()))),
        remedies: vec![RemedyBlock { title: n(), does: n(), remedy: Remedy::DropColumns { columns: vec![n()] } }],
        accepted: Some(n()),
    };
    let mut blocks = vec![
        Block::Paragraph { text: spans() },
        Block::Heading { text: n() },
        Block::Facts { facts: vec![(n(), spans())] },
        Block::Table { table },
        Block::Findings { findings: vec![finding] },
        Block::Tally { items: vec![(Mark::Blocker, n(), n(), Some(n()))] },
        Block::Scores { scores: vec![crate::report::block::ScoreBlock { title: n(), score: Some(3.0), text: n(), note: n() }] },
        Block::Verdict { outcome: Outcome::Go, says: vec![spans()] },
        Block::Gates { groups: vec![(n(), vec![hostile_gate(name, bar, spans())])] },
        Block::List { items: vec![spans()], numbered: true },
        Block::Banner { mark: Mark::Warning, text: spans() },
        Block::Details { summary: n(), blocks: vec![Block::Paragraph { text: spans() }] },
    ];
    blocks.extend(hostile_figures(name));
    let section = Section { id: n(), title: n(), eyebrow: n(), statement: spans(), lead: spans(), blocks };
    Report { title: n(), provenance: vec![(n(), n())], sections: vec![section] }
}

/// Names of the elements of a page, and of their attributes.
fn tags(page: &str) -> (std::collections::BTreeSet<&str>, std::collections::BTreeSet<&str>) {
    let (mut elements, mut attributes) = (std::collections::BTreeSet::new(), std::collections::BTreeSet::new());
    let mut rest = page;
    while let Some((_, after)) = rest.split_once('<') {
        let mut inside = after;
        let end = inside.find(|c: char| !c.is_ascii_alphanumeric() && c != '/' && c != '!').unwrap_or(0);
        elements.insert(&inside[..end]);
        inside = &inside[end..];
        loop {
            inside = inside.trim_start();
            if inside.starts_with('>') || inside.starts_with("/>") || inside.is_empty() {
                break;
            }
            let name = inside.find(|c: char| matches!(c, '=' | '>' | '/') || c.is_whitespace()).unwrap_or(inside.len());
            attributes.insert(&inside[..name]);
            inside = inside[name..].trim_start_matches('/');
            if let Some(value) = inside.strip_prefix("=\"") {
                inside = value.split_once('"').map_or("", |(_, r)| r);
            }
        }
        rest = inside;
    }
    (elements, attributes)
}

#[test]
fn hostile_names_stay_text_wherever_they_stand() {
    let (elements, attributes) = {
        let plain = html(&hostile_report("plain"));
        let (e, a) = tags(&plain);
        (e.into_iter().map(str::to_owned).collect::<Vec<_>>(), a.into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    for name in HOSTILE {
        let page = html(&hostile_report(name));
        let (e, a) = tags(&page);
        assert_eq!(e.iter().map(|&x| x.to_owned()).collect::<Vec<_>>(), elements, "{name:?} made an element");
        assert_eq!(a.iter().map(|&x| x.to_owned()).collect::<Vec<_>>(), attributes, "{name:?} made an attribute");
        for never in ["<script", "<img", " onerror=", " style=", "\u{202E}", "\u{0}", "src=\""] {
            assert!(!page.contains(never) || never.starts_with(" on"), "{name:?} left {never:?}");
        }
    }
}

#[test]
fn hostile_names_stay_text_in_markdown() {
    let lines = |name: &str| markdown(&hostile_report(name)).lines().count();
    let plain = lines("plain");
    for name in HOSTILE {
        let text = markdown(&hostile_report(name));
        assert_eq!(lines(name), plain, "{name:?} broke a line:\n{text}");
        let outside = text.split('`').step_by(2).collect::<String>().replace("\\]", "");
        for never in ["<script", "<img", "<svg", "](http", "](javascript", "\u{202E}", "\u{0}"] {
            assert!(!outside.contains(never) || name.contains('`'), "{name:?} left {never:?}");
        }
    }
}

#[test]
fn hostile_names_stay_text_in_the_model_card() {
    let keys =
        |text: &str| text.lines().skip(1).take_while(|l| *l != "---").map(|l| l.split(':').next().unwrap_or("").to_owned()).collect::<Vec<_>>();
    let plain = model_card::model_card(&model_card::tests::card("plain"));
    for name in HOSTILE {
        let text = model_card::model_card(&model_card::tests::card(name));
        assert_eq!(keys(&text), keys(&plain), "{name:?} changed the header:\n{text}");
        assert_eq!(text.lines().count(), plain.lines().count(), "{name:?} broke a line:\n{text}");
    }
}

#[test]
fn a_report_has_no_script_no_address_and_no_style_attribute() {
    let page = html(&example::report(5));
    for never in ["<script", "http:", "https:", " style=", "url(", "@import", "<link", "<iframe", " on"] {
        let found = page.match_indices(never).map(|(at, _)| &page[at..(at + 24).min(page.len())]).find(|t| never != " on" || t.contains("=\""));
        assert_eq!(found, None, "{never}");
    }
    assert!(page.contains("default-src 'none'; style-src 'sha256-") && !page.contains("unsafe-inline"));
}

#[test]
fn the_policy_allows_the_very_style_that_stands_in_the_page() {
    let page = html(&example::report(1));
    let sheet = page.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>")).map_or("", |(s, _)| s);
    let policy = style::policy(sheet).replace('\'', "&#39;");
    assert!(page.contains(&policy) || page.contains(&style::policy(sheet)), "{policy}");
}

#[test]
fn every_figure_has_a_name_and_a_table_twin_and_every_id_is_unique() {
    let page = html(&example::report(3));
    let n_figures = page.matches("<figure").count();
    assert_eq!(n_figures, 4 + figures::ALL.len(), "three histograms, the lineage graph, and one of each");
    let signs = page.matches("class=\"strip\"").count() + page.matches("class=\"fig window\"").count();
    assert_eq!(signs, 3, "a strip, and a window in both widths");
    assert_eq!(page.matches("class=\"twin\"").count(), n_figures);
    assert_eq!(
        page.matches("<svg class=\"chart\"").count(),
        page.matches("role=\"img\" aria-label=").count() - page.matches("class=\"bars\"").count() - signs - 1
    );
    let mut ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split_once('"')).map(|(id, _)| id).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "an id stands twice");
    for target in page.split("href=\"#").skip(1).filter_map(|rest| rest.split_once('"')).map(|(id, _)| id) {
        assert!(ids.binary_search(&target).is_ok(), "nothing has the id {target}");
    }
}

#[test]
fn a_report_of_twenty_columns_stays_within_its_size() {
    let page = html(&example::report(20));
    assert!(page.len() < 300_000, "{} bytes", page.len());
}

#[test]
fn a_report_without_sections_is_still_a_page() {
    let page = html(&Report { title: String::new(), provenance: vec![], sections: vec![] });
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>"));
}
