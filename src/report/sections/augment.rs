//! Augmentation: how many rows were made up, and how closely they resemble the real ones.

use super::shared::{heads, words};
use crate::augment::{FeatureFidelity, Fidelity, METHODS, Verdict};
use crate::math::sort;
use crate::report::block::{Block, Cell, Mark, Section, Span, Spans, TableBlock, column, text};
use crate::report::format::{count, counted, number, percent, signed};

/// Most features listed; those that are off come first.
const MOST_FEATURES: usize = 60;

/// What augmentation gave.
pub struct AugmentReport<'a> {
    /// Fidelity of the synthetic rows; `None` when augmentation is off.
    pub fidelity: Option<&'a Fidelity>,
}

/// The section of the step "Augment".
#[must_use]
pub fn augment(report: &AugmentReport<'_>) -> Section {
    let section =
        |eyebrow: String, statement, lead, blocks| Section { id: "augment".into(), title: "Augment".into(), eyebrow, statement, lead, blocks };
    let Some(fidelity) = report.fidelity else {
        return section(
            "switched off".into(),
            vec![text("No rows were made up.")],
            vec![text("Augmentation can help where rows are few; it only ever adds to the training side.")],
            Vec::new(),
        );
    };
    let title = METHODS.iter().find(|m| m.id == fidelity.method).map_or(fidelity.method.as_str(), |m| m.title);
    let eyebrow = format!("{title}: {} from {} real", counted(fidelity.n_synthetic, "synthetic row", "synthetic rows"), count(fidelity.n_real));
    section(eyebrow, statement(fidelity), lead(fidelity), vec![Block::Table { table: table(fidelity) }, Block::Paragraph { text: note() }])
}

fn statement(fidelity: &Fidelity) -> Spans {
    match (fidelity.verdict, fidelity.enough_rows) {
        (Verdict::Faithful, _) => vec![text("The made-up rows resemble the real ones in every feature.")],
        (Verdict::Doubtful, false) => {
            vec![text(format!(
                "{} too few to say whether they resemble the real ones.",
                counted(fidelity.n_synthetic, "made-up row is", "made-up rows are")
            ))]
        }
        (Verdict::Doubtful, true) => vec![
            text("The made-up rows differ from the real ones in "),
            crate::report::block::strong(counted(fidelity.n_off, "feature", "features")),
            text(format!(" of {}.", count(fidelity.features.len() as u64))),
        ],
    }
}

fn lead(fidelity: &Fidelity) -> Spans {
    let mut says = vec![text("They are learned from, and never judged on: no fold’s validation rows and no sealed row is synthetic.")];
    if let Some(first) = fidelity.features.iter().find(|f| f.off) {
        says.extend([text(" The first that differs is "), column(&first.name), text(".")]);
    }
    says
}

fn table(fidelity: &Fidelity) -> TableBlock {
    let mut listed: Vec<&FeatureFidelity> = fidelity.features.iter().collect();
    sort::by_key(&mut listed, |f| !f.off);
    listed.truncate(MOST_FEATURES);
    let more = if listed.len() < fidelity.features.len() {
        format!(", {} of {}", listed.len(), count(fidelity.features.len() as u64))
    } else {
        String::new()
    };
    TableBlock {
        caption: format!("Real against synthetic rows by feature{more}"),
        head: heads(&["Feature", "#mean, real", "#mean, synthetic", "#difference in SD", "#SD ratio", "#KS distance", "verdict"]),
        rows: listed.into_iter().map(row).collect(),
        rule_after: 0,
    }
}

fn row(f: &FeatureFidelity) -> Vec<Cell> {
    let plain = |x: f64| Cell::Number { text: number(x), value: Some(x), fine: None };
    let mean = f.mean_difference.map_or_else(
        || words("constant"),
        |d| Cell::Number { text: signed(d), value: Some(d), fine: Some(format!("up to {} allowed", number(f.mean_allowed))) },
    );
    let spread = f.sd_difference.map_or_else(
        || words("constant"),
        |d| Cell::Number { text: percent(1.0 + d), value: Some(1.0 + d), fine: Some(format!("{} either way allowed", percent(f.sd_allowed))) },
    );
    let (mark, word) = if f.off { (Mark::Warning, "differs") } else { (Mark::Safe, "alike") };
    vec![words(&f.name), plain(f.real_mean), plain(f.synthetic_mean), mean, spread, plain(f.ks_d), Cell::Mark { mark, text: word.into() }]
}

fn note() -> Spans {
    vec![
        text(
            "A feature differs when its mean is off by more than 5 % of its standard deviation, or its standard deviation by more than 10 %; where rows are few, by more than chance allows. ",
        ),
        Span::Term("ks".into()),
        text(" is the largest gap between the two cumulative distributions: a description, not a test."),
    ]
}
