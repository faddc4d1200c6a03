//! Blocks: the one form in which results are shown, on screen and in every export.
//!
//! A number is formatted once, when its block is made; renderers only place text.

use crate::chart::Figure;
use crate::chart::graph::Graph;
use crate::chart::window::Window;
use crate::finding::{Certainty, Remedy, Severity};
use serde::{Deserialize, Serialize};

/// A piece of running text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// Plain words.
    Text(String),
    /// A raw column's name (set in mono).
    Column(String),
    /// Words that matter.
    Strong(String),
    /// A formula or literal.
    Code(String),
    /// A term of the field, explained by the glossary; the text is the glossary id.
    Term(String),
}

/// Running text.
pub type Spans = Vec<Span>;

/// An estimate with its interval on a shared scale: drawn as the interval bar.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Point estimate.
    pub estimate: f64,
    /// Lower end, if computable.
    pub low: Option<f64>,
    /// Upper end, if computable.
    pub high: Option<f64>,
    /// Left end of the scale.
    pub from: f64,
    /// Right end of the scale.
    pub to: f64,
    /// A limit or baseline drawn across, if any.
    pub limit: Option<f64>,
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cell {
    /// Words.
    Text {
        /// The words.
        text: String,
    },
    /// A raw column's name.
    Column {
        /// The name.
        name: String,
    },
    /// A number: formatted, with its exact value beside it (`None` when not computable; the text then says so).
    Number {
        /// As shown.
        text: String,
        /// As computed.
        value: Option<f64>,
        /// A second, quieter line ("0.33 to 0.49").
        fine: Option<String>,
    },
    /// An interval bar.
    Bar {
        /// What it shows.
        interval: Interval,
    },
    /// A state: shape, word and colour of a severity.
    Mark {
        /// Shape and colour.
        mark: Mark,
        /// Word.
        text: String,
    },
}

/// Shapes that carry meaning; always with a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Octagon.
    Blocker,
    /// Triangle.
    Warning,
    /// Ring with a question mark.
    Ask,
    /// Ring with a tick.
    Safe,
    /// Half-filled ring.
    Undecided,
    /// Small quiet ring: note, skipped, not started.
    Quiet,
}

impl From<Severity> for Mark {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Blocker => Self::Blocker,
            Severity::Warning => Self::Warning,
            Severity::Note => Self::Quiet,
            Severity::Safe => Self::Safe,
        }
    }
}

/// Head of a table's column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// Words.
    pub text: String,
    /// Whether it holds numbers (set right).
    pub numeric: bool,
}

/// A table with caption; its first column heads the rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TableBlock {
    /// What the table holds.
    pub caption: String,
    /// One a column.
    pub head: Vec<Head>,
    /// Row by row; every row as long as the head.
    pub rows: Vec<Vec<Cell>>,
    /// Draw a double rule after so many rows (baselines before learners); 0: none.
    pub rule_after: usize,
}

/// A remedy as a button: what it is called, what it does, and the edit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RemedyBlock {
    /// Words on the button ("Drop casual and registered").
    pub title: String,
    /// What it does, in a few words.
    pub does: String,
    /// The edit.
    pub remedy: Remedy,
}

/// One finding, in words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FindingBlock {
    /// The finding's id.
    pub id: String,
    /// Check or rule that found it.
    pub check: String,
    /// How much it matters.
    pub severity: Severity,
    /// How sure we are.
    pub certainty: Certainty,
    /// Columns concerned.
    #[serde(default)]
    pub columns: Vec<String>,
    /// One sentence: what was found.
    pub title: Spans,
    /// The rows it reads, where the finding is about rows in time.
    #[serde(default)]
    pub window: Option<Window>,
    /// The target by the values of the column, where that shows what was measured.
    #[serde(default)]
    pub figure: Option<Figure>,
    /// The formula, if there is one.
    pub formula: Option<Spans>,
    /// What it means and what to do, in one to three sentences.
    pub meaning: Spans,
    /// Evidence: term and value.
    pub evidence: Vec<(String, Spans)>,
    /// Rows worked out by hand.
    pub worked: Option<TableBlock>,
    /// Price in words ("R2 0.97 -> 0.41"), with interval bar.
    pub price: Option<(String, Option<Interval>)>,
    /// Buttons, the first one primary.
    pub remedies: Vec<RemedyBlock>,
    /// Why it was accepted, if it was.
    pub accepted: Option<String>,
}

/// A score from 0 to 100.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoreBlock {
    /// What is scored.
    pub title: String,
    /// 0 to 100, or `None` when nothing ran.
    pub score: Option<f64>,
    /// As shown.
    pub text: String,
    /// What took points off, or why there is none.
    pub note: String,
}

/// One gate of the decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GateBlock {
    /// Gate id in the settings.
    pub id: String,
    /// Name.
    pub title: String,
    /// Small print under the name.
    pub fine: String,
    /// Pass (`Safe`), fail (`Blocker`) or undecided (`Undecided`).
    pub mark: Mark,
    /// Word for the mark.
    pub state: String,
    /// Value as shown, with interval in words.
    pub value: String,
    /// Interval in words, if any.
    pub interval_text: Option<String>,
    /// Bar with limit.
    pub bar: Option<Interval>,
    /// Comparison sign ("≥").
    pub comparison: String,
    /// Limit as shown.
    pub limit: String,
    /// Limit as a number, when the user may edit it.
    pub editable: Option<f64>,
    /// Limit up to which it is undecided and does not fail, where it has two.
    #[serde(default)]
    pub caution: Option<f64>,
    /// Reason.
    pub why: Spans,
}

/// Which of the three outcomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Every gate passes.
    Go,
    /// None fails, at least one is undecided.
    Caution,
    /// A gate fails, a blocker is open, or nothing was tested.
    NoGo,
}

/// One block.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// A paragraph.
    Paragraph {
        /// Running text.
        text: Spans,
    },
    /// A subheading.
    Heading {
        /// Words.
        text: String,
    },
    /// Terms and values.
    Facts {
        /// Term and value.
        facts: Vec<(String, Spans)>,
    },
    /// A table.
    Table {
        /// The table.
        table: TableBlock,
    },
    /// Findings, in the order given.
    Findings {
        /// One each.
        findings: Vec<FindingBlock>,
    },
    /// Counts by severity: mark, word, count, small print.
    Tally {
        /// One each.
        items: Vec<(Mark, String, String, Option<String>)>,
    },
    /// Scores.
    Scores {
        /// One each.
        scores: Vec<ScoreBlock>,
    },
    /// A figure, with text description and table twin.
    Figure {
        /// The figure.
        figure: Figure,
    },
    /// Columns and what they are made of, with its table twin.
    Graph {
        /// The graph.
        graph: Graph,
        /// The same as a table.
        table: TableBlock,
    },
    /// The verdict mark.
    Verdict {
        /// Which.
        outcome: Outcome,
        /// Its sentences.
        says: Vec<Spans>,
    },
    /// Gates.
    Gates {
        /// One each, grouped by title of group.
        groups: Vec<(String, Vec<GateBlock>)>,
    },
    /// A list.
    List {
        /// One entry each.
        items: Vec<Spans>,
        /// Whether the order matters.
        numbered: bool,
    },
    /// Something that stays in the text flow until answered.
    Banner {
        /// Shape and colour.
        mark: Mark,
        /// What happened, where, what to do.
        text: Spans,
    },
    /// Folded content.
    Details {
        /// What is inside.
        summary: String,
        /// Inside.
        blocks: Vec<Block>,
    },
}

/// A section: on screen a step, in an export a chapter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// Step id ("audit").
    pub id: String,
    /// Name ("Audit").
    pub title: String,
    /// Small line above the statement.
    pub eyebrow: String,
    /// The sentence the screen begins with: what was found.
    pub statement: Spans,
    /// A second sentence.
    pub lead: Spans,
    /// Content.
    pub blocks: Vec<Block>,
}

/// A whole report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Title.
    pub title: String,
    /// File, settings, seed, version: the four that make the report, and its fingerprint.
    pub provenance: Vec<(String, String)>,
    /// In order.
    pub sections: Vec<Section>,
}

/// Plain words as a span.
#[must_use]
pub fn text(words: impl Into<String>) -> Span {
    Span::Text(words.into())
}

/// A column's name as a span.
#[must_use]
pub fn column(name: impl Into<String>) -> Span {
    Span::Column(name.into())
}

/// Words that matter as a span.
#[must_use]
pub fn strong(words: impl Into<String>) -> Span {
    Span::Strong(words.into())
}

/// The words of running text without their marks; a term of the field stands as its word.
#[must_use]
pub fn plain(spans: &[Span]) -> String {
    spans
        .iter()
        .map(|s| match s {
            Span::Text(t) | Span::Column(t) | Span::Strong(t) | Span::Code(t) => t.clone(),
            Span::Term(id) => super::words::glossary::word(id),
        })
        .collect()
}
