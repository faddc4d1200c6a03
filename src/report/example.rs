//! An example report that holds every block: the gallery the renderers are tested on. Its numbers are an illustration.

use super::block::{
    Block, Cell, FindingBlock, GateBlock, Head, Interval, Mark, Outcome, RemedyBlock, Report, ScoreBlock, Section, Span, TableBlock, column, strong,
    text,
};
use super::format::{fixed, interval, number};
use crate::chart::figures;
use crate::chart::graph::{Graph, Node};
use crate::chart::window::Window;
use crate::finding::{Certainty, Remedy, Severity};

fn term(id: &str) -> Span {
    Span::Term(id.to_owned())
}

fn cell(words: &str) -> Cell {
    Cell::Text { text: words.to_owned() }
}

fn figure_of(x: f64, fine: Option<String>) -> Cell {
    Cell::Number { text: number(x), value: Some(x), fine }
}

fn cents(x: f64, decimals: usize) -> Cell {
    Cell::Number { text: fixed(x, decimals), value: Some(x), fine: None }
}

fn head(words: &str, numeric: bool) -> Head {
    Head { text: words.to_owned(), numeric }
}

fn bar(estimate: f64, low: f64, high: f64, limit: f64) -> Interval {
    Interval { estimate, low: Some(low), high: Some(high), from: -0.4, to: 1.0, limit: Some(limit) }
}

/// A report of a studio's monthly revenue, with `n_columns` columns described.
#[must_use]
pub fn report(n_columns: usize) -> Report {
    Report {
        title: "Can next month’s revenue be predicted from this file?".to_owned(),
        provenance: [
            ("File", "studio.csv, 8,317 bytes, 80 rows, 17 columns"),
            ("SHA-256", "00f1882e5708a451819e0f354fdc9717707e904721d73f7ccd7d95c33caed64c"),
            ("Target", "revenue_next_month"),
            ("Settings", "7d02 e6a9"),
            ("Seed", "42"),
            ("Version", "Watertight 0.1.0"),
        ]
        .map(|(term, value)| (term.to_owned(), value.to_owned()))
        .to_vec(),
        sections: vec![audit(), quality(n_columns), models(), decision()],
    }
}

fn audit() -> Section {
    Section {
        id: "audit".to_owned(),
        title: "What was found".to_owned(),
        eyebrow: "12 checks: 10 ran, 1 skipped, 1 underpowered".to_owned(),
        statement: vec![text("One column holds the answer. It accounts for 0.56 of the delivered "), term("r2"), text(" of 0.97.")],
        lead: vec![],
        blocks: vec![
            Block::Tally {
                items: vec![
                    (Mark::Blocker, "blocker".to_owned(), "1".to_owned(), None),
                    (Mark::Warning, "warning".to_owned(), "1".to_owned(), None),
                    (Mark::Ask, "question".to_owned(), "1".to_owned(), None),
                    (Mark::Safe, "certificates".to_owned(), "5".to_owned(), Some("of 13 columns".to_owned())),
                ],
            },
            Block::Findings { findings: vec![leak(), random_split(), question(), certificate()] },
            lineage(),
            Block::Details {
                summary: "What each check did".to_owned(),
                blocks: vec![Block::Table {
                    table: TableBlock {
                        caption: "Checks of the audit".to_owned(),
                        head: vec![head("Check", false), head("State", false), head("Rows", true)],
                        rows: vec![
                            vec![cell("target_sum"), Cell::Mark { mark: Mark::Safe, text: "ran".to_owned() }, figure_of(80.0, None)],
                            vec![cell("duplicates"), Cell::Mark { mark: Mark::Undecided, text: "underpowered".to_owned() }, figure_of(80.0, None)],
                        ],
                        rule_after: 0,
                    },
                }],
            },
        ],
    }
}

fn lineage() -> Block {
    let node = |name: &str, class: &str, word: &str| Node { name: name.to_owned(), class: class.to_owned(), word: word.to_owned(), finding: None };
    Block::Graph {
        graph: Graph {
            nodes: vec![node("revenue_next_month", "accent", "target"), node("revenue_3m", "blocker", "blocker")],
            edges: vec![(0, 1, "t−2 to t".to_owned())],
            description: "1 column derives from others, 2 are drawn. Leaks: revenue_3m.".to_owned(),
        },
        table: TableBlock {
            caption: "Columns made of others".to_owned(),
            head: vec![head("Column", false), head("formula", false)],
            rows: vec![vec![Cell::Column { name: "revenue_3m".to_owned() }, cell("mean(revenue_next_month[t-2..t])")]],
            rule_after: 0,
        },
    }
}

fn leak() -> FindingBlock {
    FindingBlock {
        id: "target_sum:revenue_3m".to_owned(),
        check: "target_sum".to_owned(),
        severity: Severity::Blocker,
        certainty: Certainty::Proven,
        columns: vec![],
        window: Some(Window {
            lanes: vec![("revenue_next_month".to_owned(), Some(-2), Some(0))],
            known: -1,
            class: "blocker".to_owned(),
            names: ("revenue_3m".to_owned(), "revenue_next_month".to_owned()),
            says: "revenue_3m reads t−2 to t of revenue_next_month. Some of that is not known when predicting.".to_owned(),
        }),
        figure: None,
        title: vec![column("revenue_3m"), text(" contains the month being predicted")],
        formula: Some(vec![
            Span::Code("revenue_3m[t] = (total_revenue[t−1] + total_revenue[t] + ".to_owned()),
            strong("total_revenue[t+1]"),
            Span::Code(") / 3".to_owned()),
        ]),
        meaning: vec![
            text(
                "The column is a centred average: it takes the month before, the month itself and the month after. The month after is what the model is asked to predict. That is ",
            ),
            term("leakage"),
            text("."),
        ],
        evidence: vec![
            ("rows that match".to_owned(), vec![strong("78 of 78"), text(" testable")]),
            ("largest residual".to_owned(), vec![text("0.0033, at most 0.0050 allowed")]),
        ],
        worked: Some(TableBlock {
            caption: "Three worked rows. The last two columns agree to the cent.".to_owned(),
            head: ["Row", "Revenue t−1", "Revenue t", "Revenue t+1", "Mean of the three", "In the file"].map(|w| head(w, true)).to_vec(),
            rows: [[13.0, 17_144.48, 20_241.83, 19_116.34, 18_834.22, 18_834.22], [41.0, 22_490.59, 22_567.94, 19_568.6, 21_542.38, 21_542.38]]
                .into_iter()
                .map(|row| row.into_iter().enumerate().map(|(at, x)| cents(x, if at == 0 { 0 } else { 2 })).collect())
                .collect(),
            rule_after: 0,
        }),
        price: Some(("R² 0.97 with it, 0.41 without".to_owned(), Some(bar(0.56, 0.48, 0.65, 0.0)))),
        remedies: vec![RemedyBlock {
            title: "Drop revenue_3m".to_owned(),
            does: "the honest average is already in the file as revenue_prev_3m".to_owned(),
            remedy: Remedy::DropColumns { columns: vec!["revenue_3m".to_owned()] },
        }],
        accepted: None,
    }
}

fn random_split() -> FindingBlock {
    FindingBlock {
        id: "random_split".to_owned(),
        check: "random_split".to_owned(),
        severity: Severity::Warning,
        certainty: Certainty::Strong,
        columns: vec![],
        window: None,
        figure: None,
        title: vec![text("The rows were going to be split at random")],
        formula: None,
        meaning: vec![text(
            "Rows are months in order, and neighbours resemble each other, so a random test month sits between months the model has seen.",
        )],
        evidence: vec![("price against time order".to_owned(), vec![text(format!("+0.06 R² ({})", interval(-0.02, 0.13)))])],
        remedies: vec![RemedyBlock {
            title: "Split in time order".to_owned(),
            does: String::new(),
            remedy: Remedy::OrderSplit { time: "month".to_owned() },
        }],
        ..certificate()
    }
}

fn question() -> FindingBlock {
    FindingBlock {
        id: "missing_end:marketing_spend".to_owned(),
        check: "missing_tells".to_owned(),
        severity: Severity::Note,
        certainty: Certainty::Ask,
        columns: vec![],
        window: None,
        figure: None,
        title: vec![text("Is "), column("marketing_spend"), text(" known at the end of the month?")],
        meaning: vec![text("The column is empty in the last two rows and nowhere else.")],
        ..certificate()
    }
}

fn certificate() -> FindingBlock {
    FindingBlock {
        id: "lineage:revenue_prev_3m".to_owned(),
        check: "lineage".to_owned(),
        severity: Severity::Safe,
        certainty: Certainty::Proven,
        columns: vec![],
        window: None,
        figure: None,
        title: vec![column("revenue_prev_3m"), text(" uses only months before the prediction")],
        formula: Some(vec![Span::Code("mean(total_revenue[t−2 … t])".to_owned())]),
        meaning: vec![text("It was proved row by row.")],
        evidence: vec![("rows that match".to_owned(), vec![text("78 of 78")])],
        worked: None,
        price: None,
        remedies: vec![],
        accepted: None,
    }
}

fn quality(n_columns: usize) -> Section {
    let score =
        |title: &str, score: f64, note: &str| ScoreBlock { title: title.to_owned(), score: Some(score), text: number(score), note: note.to_owned() };
    let mut blocks = vec![
        Block::Scores {
            scores: vec![
                score("Completeness", 98.3, "23 of 1,360 cells missing"),
                score("Validity", 97.5, "opening_days is 29 in a 28-day February"),
                ScoreBlock { score: None, text: "nothing ran".to_owned(), ..score("Timeliness", 0.0, "no time column") },
            ],
        },
        Block::Banner { mark: Mark::Warning, text: vec![text("Line 26 was left out: it has 18 cells, the header 17.")] },
        Block::Heading { text: "Columns".to_owned() },
    ];
    let edges: Vec<f64> = (0..=20).map(|i| 14_000.0 + 540.0 * f64::from(i)).collect();
    blocks.extend((0..n_columns).map(|at| {
        let counts: Vec<u64> = (0..20).map(|i| (i * (20 - i) + at as u64 * 7 % 13) / 3).collect();
        Block::Figure { figure: figures::histogram(&format!("column-{at}"), &format!("column_{at}"), &edges, &counts) }
    }));
    Section {
        id: "quality".to_owned(),
        title: "Data quality".to_owned(),
        eyebrow: String::new(),
        statement: vec![text("The file is clean. Most gaps are there by construction.")],
        lead: vec![text("Each score is the share of cells that keep a named rule, see "), term("quality_score"), text(".")],
        blocks,
    }
}

fn models() -> Section {
    let row = |name: &str, estimate: f64, low: f64, high: f64, error: f64| {
        vec![
            cell(name),
            figure_of(estimate, Some(interval(low, high))),
            Cell::Bar { interval: bar(estimate, low, high, 0.15) },
            figure_of(error, None),
        ]
    };
    let mut blocks = vec![Block::Table {
        table: TableBlock {
            caption: "R² on the same 48 months, 95 % intervals; dashed: the best baseline".to_owned(),
            head: vec![head("Model", false), head("R²", true), head("95 % interval", false), head("Mean error, EUR", true)],
            rows: vec![
                row("Training mean", -0.33, -0.4, -0.05, 2119.0),
                row("Last value", 0.15, -0.25, 0.35, 1496.0),
                row("Random forest", 0.39, 0.14, 0.57, 1320.0),
                row("Ridge", 0.41, 0.33, 0.49, 1337.0),
            ],
            rule_after: 2,
        },
    }];
    blocks.extend(figures::ALL.iter().map(|entry| Block::Figure { figure: (entry.example)() }));
    blocks.push(Block::List { items: vec![vec![text("80 rows are few.")], vec![text("One studio, one history.")]], numbered: false });
    Section {
        id: "validate".to_owned(),
        title: "Model comparison".to_owned(),
        eyebrow: "8 folds in time order, 48 months".to_owned(),
        statement: vec![text("Machine learning helps a little here. Which learner is used matters less than the leak did.")],
        lead: vec![text("Every learner was judged on the same folds against a "), term("baseline"), text(" with "), term("walk_forward"), text(".")],
        blocks,
    }
}

fn gate(title: &str, mark: Mark, state: &str, bar: Option<Interval>, why: &str) -> GateBlock {
    GateBlock {
        id: title.to_lowercase(),
        title: title.to_owned(),
        fine: "walk-forward, 8 folds".to_owned(),
        mark,
        state: state.to_owned(),
        value: bar.as_ref().map_or_else(|| "0".to_owned(), |b| number(b.estimate)),
        interval_text: bar.as_ref().and_then(|b| Some(interval(b.low?, b.high?))),
        comparison: if bar.is_some() { "≥" } else { "at most" }.to_owned(),
        limit: bar.as_ref().and_then(|b| b.limit).map_or_else(|| "0".to_owned(), number),
        editable: bar.as_ref().and_then(|b| b.limit),
        caution: None,
        bar,
        why: vec![text(why)],
    }
}

fn decision() -> Section {
    Section {
        id: "decide".to_owned(),
        title: "Decision gates".to_owned(),
        eyebrow: String::new(),
        statement: vec![text("Two gates pass, one is undecided and one fails.")],
        lead: vec![],
        blocks: vec![
            Block::Verdict {
                outcome: Outcome::NoGo,
                says: vec![
                    vec![
                        text("The file came with a score of 0.97. "),
                        strong("That score is not real: "),
                        column("revenue_3m"),
                        text(
                            " already contains the month to be predicted. Without it the model explains 41 % of the variation in revenue (33 % to 49 %).",
                        ),
                    ],
                    vec![text("Do not use it yet: it is no better than repeating the last month.")],
                ],
            },
            Block::Gates {
                groups: vec![
                    ("Data".to_owned(), vec![gate("Blockers open", Mark::Safe, "pass", None, "the column was dropped")]),
                    (
                        "Skill, 48 predicted months".to_owned(),
                        vec![
                            gate("R²", Mark::Safe, "pass", Some(bar(0.41, 0.33, 0.49, 0.3)), "the whole interval is above the limit"),
                            gate("R² on sealed rows", Mark::Undecided, "undecided", Some(bar(0.44, 0.1, 0.8, 0.3)), "the interval crosses the limit"),
                            gate("Gain over baseline", Mark::Blocker, "fail", Some(bar(-0.1, -0.2, -0.01, 0.0)), "the whole interval is below zero"),
                        ],
                    ),
                ],
            },
            Block::Facts { facts: vec![("Holdout opened".to_owned(), vec![text("once")]), ("Rows".to_owned(), vec![text("16")])] },
        ],
    }
}
