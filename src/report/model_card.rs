//! The model card: what a model is for, what it learned from, how it was judged, and what nobody has answered yet.
//!
//! Markdown with the YAML header of the Hugging Face Hub (`model-index`), after Mitchell et al., "Model Cards for Model
//! Reporting", FAT* 2019. What only people can know is listed as an open question, never filled in.

use super::block::{GateBlock, Outcome, Spans, TableBlock};
use super::escape::{markdown as escaped, markdown_code, visible, yaml};
use super::format::{count, interval, number};
use super::json::{InputRecord, VERSION};
use super::markdown::{Writer, heads, spans};
use super::signs::{outcome_meaning, outcome_word};
use crate::task::TaskKind;

/// A score of the model.
#[derive(Clone, Debug, PartialEq)]
pub struct CardMetric {
    /// Metric id ("roc_auc").
    pub id: String,
    /// Name with unit.
    pub name: String,
    /// Value; not listed in the header when not computable.
    pub value: Option<f64>,
    /// 95 % interval.
    pub interval: Option<(f64, f64)>,
}

/// A column left out before training.
#[derive(Clone, Debug, PartialEq)]
pub struct RemovedColumn {
    /// Its name.
    pub name: String,
    /// Why.
    pub why: Spans,
    /// What it was worth, in words.
    pub price: String,
}

/// Everything a model card says, in plain fields; words that need judgement are made by the caller.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelCard {
    /// Name of the model ("studio-revenue-ridge").
    pub name: String,
    /// Its version ("0.1.0").
    pub version: String,
    /// Verdict and its sentences; `None` when nothing was decided.
    pub verdict: Option<(Outcome, Vec<Spans>)>,
    /// The file it learned from.
    pub input: InputRecord,
    /// Column predicted.
    pub target: String,
    /// Kind of question.
    pub kind: TaskKind,
    /// What the task is called ("Monthly revenue, one month ahead").
    pub task_name: String,
    /// When the prediction is made, in words.
    pub prediction_moment: String,
    /// Learner and hyperparameters, in words.
    pub model: String,
    /// How rows were split, in words.
    pub split: String,
    /// Scores, the main metric first.
    pub metrics: Vec<CardMetric>,
    /// Scores on the sealed rows, if they were opened.
    pub holdout: Vec<CardMetric>,
    /// About the data: one paragraph each.
    pub about_data: Vec<Spans>,
    /// Columns the model reads.
    pub columns: Vec<String>,
    /// Columns left out, and why.
    pub removed: Vec<RemovedColumn>,
    /// About training: one paragraph each.
    pub training: Vec<Spans>,
    /// All models judged the same way.
    pub comparison: Option<TableBlock>,
    /// About evaluation: one entry each.
    pub evaluation: Vec<Spans>,
    /// Gates of the decision, by group.
    pub gates: Vec<(String, Vec<GateBlock>)>,
    /// What the model cannot do: one entry each.
    pub limits: Vec<Spans>,
    /// What the errors depend on: one entry each.
    pub factors: Vec<Spans>,
    /// What to watch once it is in use: one entry each.
    pub monitoring: Vec<Spans>,
    /// Questions raised by the audit that nobody has answered.
    pub questions: Vec<Spans>,
    /// Fingerprint of the settings, lower-case hexadecimal.
    pub settings_sha256: String,
    /// Seed.
    pub seed: u64,
    /// Whether the model file holds rows it learned from (nearest neighbours).
    pub holds_training_rows: bool,
}

/// Questions no program can answer; every card begins with them open.
const HUMAN_QUESTIONS: [&str; 5] = [
    "What is the model for, and who uses it?",
    "Is the error small enough for the decision this serves?",
    "Who owns this model, and who is told when it fails?",
    "What happens to people when a prediction is wrong?",
    "Under which licence and terms may it be used?",
];

/// The model card as Markdown with a YAML header, with a final newline.
#[must_use]
pub fn model_card(card: &ModelCard) -> String {
    let mut out = Writer::default();
    out.paragraph(&format!("# Model card: {} {}", escaped(&card.name), escaped(&card.version)));
    verdict(card, &mut out);
    facts(card, &mut out);
    purpose(card, &mut out);
    material(card, &mut out);
    evaluation(card, &mut out);
    questions(card, &mut out);
    reproduce(card, &mut out);
    format!("{}\n{}", header(card), out.text)
}

fn header(card: &ModelCard) -> String {
    let task = if card.kind.is_classification() { "tabular-classification" } else { "tabular-regression" };
    let mut yaml_text = format!(
        "---\nlanguage: en\nlibrary_name: watertight\npipeline_tag: {task}\nlicense: other\nlicense_name: not-stated\ntags:\n  - {task}\n  - watertight\ndatasets: []\n"
    );
    let listed: Vec<&CardMetric> = card.metrics.iter().filter(|m| m.value.is_some_and(f64::is_finite)).collect();
    if listed.is_empty() {
        yaml_text.push_str("metrics: []\n");
    } else {
        yaml_text.push_str("metrics:\n");
        listed.iter().for_each(|m| yaml_text.push_str(&format!("  - {}\n", yaml(hub_metric(&m.id)))));
    }
    yaml_text.push_str(&format!(
        "model-index:\n  - name: {}\n    results:\n      - task:\n          type: {task}\n          name: {}\n        dataset:\n          name: {}\n          type: csv\n          split: {}\n          revision: {}\n",
        yaml(&card.name),
        yaml(&card.task_name),
        yaml(&card.input.name),
        yaml(&card.split),
        yaml(&format!("sha256:{}", card.input.sha256)),
    ));
    yaml_text.push_str(if listed.is_empty() { "        metrics: []\n" } else { "        metrics:\n" });
    for metric in listed {
        let range = metric.interval.map_or_else(String::new, |(low, high)| format!(" (95 % interval {})", interval(low, high)));
        yaml_text.push_str(&format!(
            "          - type: {}\n            name: {}\n            value: {}\n            verified: false\n",
            yaml(hub_metric(&metric.id)),
            yaml(&format!("{}{range}", metric.name)),
            serde_json::to_string(&metric.value).unwrap_or_else(|_| "null".to_owned()),
        ));
    }
    yaml_text.push_str("---\n");
    yaml_text
}

/// The Hub's name of a metric.
fn hub_metric(id: &str) -> &str {
    match id {
        "r2" => "r_squared",
        "brier" => "brier_score",
        other => other,
    }
}

fn verdict(card: &ModelCard, out: &mut Writer) {
    match &card.verdict {
        Some((outcome, says)) => {
            out.paragraph(&format!("**Verdict: {}.** {}", outcome_word(*outcome).to_lowercase(), outcome_meaning(*outcome)));
            says.iter().for_each(|s| out.paragraph(&spans(s)));
        }
        None => out.paragraph("**Verdict: none.** Nothing was decided."),
    }
}

fn facts(card: &ModelCard, out: &mut Writer) {
    let input = &card.input;
    let rows = [
        ("File", format!("{}, {} rows, {} columns", markdown_code(&input.name), count(input.n_rows), count(input.n_columns))),
        ("SHA-256", markdown_code(&input.sha256)),
        ("Target", markdown_code(&card.target)),
        ("Prediction moment", escaped(&card.prediction_moment)),
        ("Model", escaped(&card.model)),
        ("Made with", format!("Watertight {}, seed {}", escaped(VERSION), card.seed)),
    ]
    .map(|(term, value)| vec![term.to_owned(), value]);
    out.table(&[String::new(), String::new()], &[false, false], &rows);
}

fn purpose(card: &ModelCard, out: &mut Writer) {
    out.paragraph("## What it is for");
    let mut items = vec![
        "- Intended use: **open, to be answered by the owner.**".to_owned(),
        "- Intended users: **open, to be answered by the owner.**".to_owned(),
        "- Out of scope: rows unlike those it was judged on, and any decision without a person.".to_owned(),
    ];
    if card.holds_training_rows {
        items.push("- **The model file holds rows it learned from.** Share it only with those who may see the data.".to_owned());
    }
    out.paragraph(&items.join("\n"));
}

fn material(card: &ModelCard, out: &mut Writer) {
    out.paragraph("## Data");
    card.about_data.iter().for_each(|s| out.paragraph(&spans(s)));
    let names: Vec<String> = card.columns.iter().map(|c| markdown_code(c)).collect();
    out.paragraph(&if names.is_empty() { "Inputs: none.".to_owned() } else { format!("Inputs: {}.", names.join(", ")) });
    if !card.removed.is_empty() {
        out.paragraph("Removed before training:");
        let rows: Vec<Vec<String>> = card.removed.iter().map(|r| vec![markdown_code(&r.name), spans(&r.why), escaped(&r.price)]).collect();
        out.table(&heads(&["Column", "Why", "Price (95 % interval)"]), &[false, false, false], &rows);
    }
    out.paragraph("## Training");
    card.training.iter().for_each(|s| out.paragraph(&spans(s)));
    out.paragraph("No row was used both for learning and for judging.");
}

fn evaluation(card: &ModelCard, out: &mut Writer) {
    out.paragraph("## Evaluation");
    out.paragraph(&format!("Split: {}.", escaped(card.split.trim_end_matches('.'))));
    scores("Cross-validated on the training side:", &card.metrics, out);
    scores("On the sealed rows:", &card.holdout, out);
    if let Some(table) = &card.comparison {
        out.table_block(table);
    }
    bullets(&card.evaluation, out);
    if !card.factors.is_empty() {
        out.paragraph("## Factors");
        bullets(&card.factors, out);
    }
    out.paragraph("## Gates");
    if card.gates.iter().all(|g| g.1.is_empty()) {
        out.paragraph("No gate was set.");
    }
    card.gates.iter().filter(|g| !g.1.is_empty()).for_each(|(title, gates)| out.gates(title, gates));
    out.paragraph("## Limits");
    bullets(&card.limits, out);
    out.paragraph("Intervals rest on the rows at hand; they say nothing about rows of another kind.");
    if !card.monitoring.is_empty() {
        out.paragraph("## Monitoring");
        bullets(&card.monitoring, out);
    }
}

fn scores(title: &str, metrics: &[CardMetric], out: &mut Writer) {
    if metrics.is_empty() {
        return;
    }
    out.paragraph(title);
    let rows: Vec<Vec<String>> = metrics
        .iter()
        .map(|m| {
            let range = m.interval.map_or_else(|| "–".to_owned(), |(low, high)| interval(low, high));
            vec![escaped(&m.name), number(m.value.unwrap_or(f64::NAN)), range]
        })
        .collect();
    out.table(&heads(&["Metric", "Value", "95 % interval"]), &[false, true, true], &rows);
}

fn bullets(items: &[Spans], out: &mut Writer) {
    let each: Vec<String> = items.iter().map(|i| format!("- {}", spans(i))).collect();
    out.paragraph(&each.join("\n"));
}

fn questions(card: &ModelCard, out: &mut Writer) {
    out.paragraph("## Open questions");
    let all = card.questions.iter().map(|q| spans(q)).chain(HUMAN_QUESTIONS.map(str::to_owned));
    let each: Vec<String> = all.enumerate().map(|(at, q)| format!("{}. {q} **Open.**", at + 1)).collect();
    out.paragraph(&each.join("\n"));
}

fn reproduce(card: &ModelCard, out: &mut Writer) {
    out.paragraph("## Reproduce");
    out.paragraph(&format!(
        "Same file, same settings (SHA-256 {}), seed {} and version {} give the same report byte for byte. A fingerprint shows damage or exchange, not who did it.",
        markdown_code(&visible(&card.settings_sha256)),
        card.seed,
        escaped(VERSION)
    ));
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::report::block::{column, text};

    /// A card whose every text is `name`.
    pub(in crate::report) fn card(name: &str) -> ModelCard {
        ModelCard {
            name: name.to_owned(),
            version: "0.1.0".to_owned(),
            verdict: Some((Outcome::Caution, vec![vec![text(name)]])),
            input: InputRecord { name: name.to_owned(), sha256: "00f1".to_owned(), n_rows: 80, n_columns: 17 },
            target: name.to_owned(),
            kind: TaskKind::Regression,
            task_name: name.to_owned(),
            prediction_moment: name.to_owned(),
            model: name.to_owned(),
            split: name.to_owned(),
            metrics: vec![
                CardMetric { id: "r2".to_owned(), name: name.to_owned(), value: Some(0.41), interval: Some((0.33, 0.49)) },
                CardMetric { id: "mape".to_owned(), name: name.to_owned(), value: Some(f64::NAN), interval: None },
            ],
            holdout: vec![],
            about_data: vec![vec![text(name)]],
            columns: vec![name.to_owned()],
            removed: vec![RemovedColumn { name: name.to_owned(), why: vec![column(name), text(name)], price: name.to_owned() }],
            training: vec![vec![text(name)]],
            comparison: None,
            evaluation: vec![vec![text(name)]],
            gates: vec![],
            limits: vec![vec![text(name)]],
            factors: vec![vec![text(name)]],
            monitoring: vec![vec![text(name)]],
            questions: vec![vec![text("Is "), column(name), text(" known?")]],
            settings_sha256: "7d02".to_owned(),
            seed: 42,
            holds_training_rows: false,
        }
    }

    #[test]
    fn the_header_names_file_metrics_and_hash() {
        let text = model_card(&card("studio"));
        for line in
            ["type: \"r_squared\"", "name: \"studio (95 % interval 0.33 to 0.49)\"", "value: 0.41", "revision: \"sha256:00f1\"", "verified: false"]
        {
            assert!(text.contains(line), "{line} is missing in\n{text}");
        }
        assert!(!text.contains("mape"), "what is not computable is not in the header");
    }

    #[test]
    fn questions_for_people_stay_open() {
        let text = model_card(&card("studio"));
        assert!(text.contains("1. Is `studio` known? **Open.**\n2. What is the model for"), "{text}");
        assert_eq!(text.matches("**Open.**").count(), 6);
    }

    #[test]
    fn no_name_leaves_the_header_or_adds_a_key() {
        let text = model_card(&card("x\"\n---\nlicense: mit\n# y"));
        let header: Vec<&str> = text.lines().skip(1).take_while(|l| *l != "---").collect();
        assert_eq!(header.iter().filter(|l| l.starts_with("license:")).count(), 1);
        assert_eq!(text.lines().filter(|l| *l == "---").count(), 2);
        assert!(!text.contains("\nlicense: mit"));
    }
}
