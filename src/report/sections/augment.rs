//! Augmentation: how many rows were made up or left out, how closely they resemble the real ones, and whether it helps.

use super::shared::{difference_cell, estimate_cell, heads, words};
use crate::augment::{DOMAIN_BAR, FeatureFidelity, Fidelity, METHODS, Verdict};
use crate::evaluate::{Estimate, metric};
use crate::math::sort;
use crate::report::block::{Block, Cell, Mark, Section, Span, Spans, TableBlock, column, strong, text};
use crate::report::format::{count, counted, fixed, number, percent, signed};

/// Most features listed; those that are off come first.
const MOST_FEATURES: usize = 60;

/// What augmentation gave.
pub struct AugmentReport<'a> {
    /// Fidelity of the synthetic rows; `None` when augmentation is off.
    pub fidelity: Option<&'a Fidelity>,
    /// Score of the proposed learner with augmentation, without it, and the paired difference; `None` before it was trained.
    pub worth: Option<[&'a Estimate; 3]>,
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
            vec![text("Augmentation can help where rows are few or classes unequal; it only ever changes the training side.")],
            Vec::new(),
        );
    };
    let title = METHODS.iter().find(|m| m.id == fidelity.method).map_or(fidelity.method.as_str(), |m| m.title);
    let eyebrow = if fidelity.n_left_out > 0 {
        format!("{title}: {} left out of {}", counted(fidelity.n_left_out, "row", "rows"), count(fidelity.n_real))
    } else {
        format!("{title}: {} from {} real", counted(fidelity.n_synthetic, "synthetic row", "synthetic rows"), count(fidelity.n_real))
    };
    let mut blocks: Vec<Block> = report.worth.into_iter().flat_map(worth).collect();
    if fidelity.verdict != Verdict::Unchanged {
        blocks.extend([Block::Table { table: table(fidelity) }, Block::Paragraph { text: note() }]);
        blocks.extend(together(fidelity).map(|table| Block::Table { table }));
    }
    section(eyebrow, statement(fidelity), lead(fidelity), blocks)
}

fn statement(fidelity: &Fidelity) -> Spans {
    if fidelity.n_left_out > 0 {
        let what = counted(fidelity.n_left_out, "row is", "rows are");
        return vec![text(format!("{what} not learned from; all others are as they were."))];
    }
    match (fidelity.verdict, fidelity.enough_rows) {
        (Verdict::Unchanged, _) => vec![text("Nothing was added or left out: the training rows are as the method wants them.")],
        (Verdict::Faithful, _) => vec![text("The made-up rows resemble the real ones in every feature.")],
        (Verdict::Doubtful, false) => {
            vec![text(format!(
                "{} too few to say whether they resemble the real ones.",
                counted(fidelity.n_synthetic, "made-up row is", "made-up rows are")
            ))]
        }
        (Verdict::Doubtful, true) if fidelity.n_off == 0 => {
            vec![text("The made-up rows resemble the real ones feature by feature, and yet a model tells them apart.")]
        }
        (verdict, _) => {
            let how = if verdict == Verdict::Acceptable { "differ a little" } else { "differ" };
            vec![
                text(format!("The made-up rows {how} from the real ones in ")),
                strong(counted(fidelity.n_off, "feature", "features")),
                text(format!(" of {}.", count(fidelity.features.len() as u64))),
            ]
        }
    }
}

fn lead(fidelity: &Fidelity) -> Spans {
    let mut says = vec![text("Only what is learned from changes: no fold’s validation rows and no sealed row is synthetic, and none is left out.")];
    if let Some(first) = fidelity.features.iter().find(|f| f.off) {
        says.extend([text(" The first that differs is "), column(&first.name), text(".")]);
    }
    says
}

/// Whether it helps: the proposed learner with and without, on the same rows.
fn worth([with, without, gain]: [&Estimate; 3]) -> Vec<Block> {
    let title = metric(&gain.metric).map_or(gain.metric.as_str(), |m| m.title);
    let (mark, says) = match gain.interval() {
        Some((low, _)) if low > 0.0 => (Mark::Safe, "It helps: the whole interval of the difference is on its side."),
        Some((_, high)) if high < 0.0 => (Mark::Warning, "It does harm: without it the proposed learner is better. Switch it off."),
        Some(_) => (Mark::Quiet, "It has not shown that it helps: the interval of the difference includes 0. The simpler way is to leave it off."),
        None => (Mark::Quiet, "There are too few rows to say whether it helps."),
    };
    let row = |name: &str, cell| vec![words(name), cell];
    let table = TableBlock {
        caption: "Does it help? The proposed learner on the same folds with and without it".into(),
        head: heads(&["Augmentation", &format!("#{title}")]),
        rows: vec![
            row("with", estimate_cell(Some(with))),
            row("without", estimate_cell(Some(without))),
            row("gain", difference_cell(gain)),
            vec![
                words("what it comes to"),
                Cell::Mark {
                    mark,
                    text: if mark == Mark::Safe {
                        "helps"
                    } else if mark == Mark::Warning {
                        "harms"
                    } else {
                        "not shown"
                    }
                    .into(),
                },
            ],
        ],
        rule_after: 2,
    };
    vec![Block::Paragraph { text: vec![text(says)] }, Block::Table { table }]
}

/// All features together.
fn together(fidelity: &Fidelity) -> Option<TableBlock> {
    let t = &fidelity.together;
    let row = |what: &str, value: Option<f64>, told: &dyn Fn(f64) -> String, meaning: &str| {
        value.map(|v| vec![words(what), Cell::Number { text: told(v), value: Some(v), fine: None }, words(meaning)])
    };
    let apart = t.domain_auc.is_some_and(|auc| auc >= DOMAIN_BAR);
    let rows: Vec<Vec<Cell>> = [
        row("largest change of a correlation", t.correlation_change, &|v| fixed(v, 3), "0 keeps how numbers go together"),
        row(
            "rows with an outlier",
            t.outliers_added,
            &|v| format!("{} points", signed(v * 100.0)),
            "synthetic against real rows; 3.5 robust deviations from the median",
        ),
        row("distance to the nearest real row", t.nearest, &|v| fixed(v, 2), "in that of real rows from each other; near 0 are copies"),
        row(
            "area under the ROC curve of a model that tells them apart",
            t.domain_auc,
            &|v| fixed(v, 3),
            if apart { "it does; 0.5 could not" } else { "0.5 cannot tell" },
        ),
    ]
    .into_iter()
    .flatten()
    .collect();
    let head = heads(&["All features together", "#value", "meaning"]);
    (!rows.is_empty()).then(|| TableBlock { caption: "Synthetic rows as a whole".into(), head, rows, rule_after: 0 })
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
    let (mark, word) = match (f.off, f.far) {
        (true, true) => (Mark::Warning, "differs"),
        (true, false) => (Mark::Quiet, "differs a little"),
        _ => (Mark::Safe, "alike"),
    };
    vec![words(&f.name), plain(f.real_mean), plain(f.synthetic_mean), mean, spread, plain(f.ks_d), Cell::Mark { mark, text: word.into() }]
}

fn note() -> Spans {
    vec![
        text(
            "A feature differs when its mean is off by more than 5 % of its standard deviation, or its standard deviation by more than 10 %; where rows are few, by more than chance allows. Up to 10 % and 15 % it differs a little. ",
        ),
        Span::Term("ks".into()),
        text(" is the largest gap between the two cumulative distributions: a description, not a test."),
    ]
}
