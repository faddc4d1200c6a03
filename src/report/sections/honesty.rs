//! What the split alone is worth: one fast model, every way of dealing that the table allows, and the most honest one that applies.

use super::shared::{heads, words};
use crate::audit::honesty::{Ranged, SplitMatrix, Way, WayScore};
use crate::finding::{Certainty, Checked, Remedy, Severity};
use crate::report::block::{Block, Cell, FindingBlock, Interval, RemedyBlock, Spans, TableBlock, strong, text};
use crate::report::format::{count, counted, interval, number, signed};
use crate::report::words::{metric_name, remedy};

/// Difference of scores that matters.
const MATTERS: f64 = 0.03;
/// Half an interval from which a difference that matters would be overlooked.
const BLIND: f64 = 0.10;

/// The blocks that follow the checks, once it was measured. `checked`: what the checks found.
#[must_use]
pub fn honesty(matrix: &SplitMatrix, checked: &[Checked]) -> Vec<Block> {
    let heading = Block::Heading { text: "What the split alone is worth".to_owned() };
    if let Some(why) = &matrix.why {
        return vec![heading, Block::Paragraph { text: vec![text(format!("Not compared: {why}."))] }];
    }
    let mut blocks = vec![heading, Block::Paragraph { text: how(matrix) }, Block::Table { table: table(matrix) }];
    blocks.extend(recommended(matrix, checked));
    blocks
}

fn how(matrix: &SplitMatrix) -> Spans {
    let left_out = match matrix.n_flagged {
        0 => String::new(),
        n => format!(", without the {} that blockers and warnings name,", counted(n, "column", "columns")),
    };
    vec![text(format!(
        "The same small model{left_out} learned from two thirds of {} and was judged on the same {} each time; only the way of dealing them differs. Scores are {}.",
        counted(matrix.n_rows, "row", "rows"),
        count(matrix.n_judged),
        metric_name(&matrix.metric)
    ))]
}

fn table(matrix: &SplitMatrix) -> TableBlock {
    let scores = || matrix.ways.iter().filter_map(|w| w.score);
    let from = scores().map(|s| s.low).fold(f64::INFINITY, f64::min);
    let to = scores().map(|s| s.high).fold(f64::NEG_INFINITY, f64::max);
    let limit = matrix.ways.first().and_then(|w| w.score).map(|s| s.value);
    let ranged = |r: Ranged, shown: String| Cell::Number { text: shown, value: Some(r.value), fine: Some(interval(r.low, r.high)) };
    let row = |way: &WayScore| {
        let limit = limit.filter(|_| way.way != Way::Random);
        let bar = |s: Ranged| Interval { estimate: s.value, low: Some(s.low), high: Some(s.high), from, to, limit };
        vec![
            words(dealt(&way.way)),
            way.score.map_or_else(|| words("–"), |s| ranged(s, number(s.value))),
            way.score.map_or_else(|| words("–"), |s| Cell::Bar { interval: bar(s) }),
            way.chance_adds.map_or_else(|| words("–"), |a| ranged(a, signed(a.value))),
            words(meaning(way, matrix)),
        ]
    };
    TableBlock {
        caption: "One model under every way of dealing rows (95 % intervals; the line across is the score when dealt by chance)".to_owned(),
        head: heads(&["Rows are dealt", "#score", "interval", "#flattered by", "what that says"]),
        rows: matrix.ways.iter().map(row).collect(),
        rule_after: 0,
    }
}

fn dealt(way: &Way) -> String {
    match way {
        Way::Random => "by chance".to_owned(),
        Way::Grouped { key: Some(key), .. } => format!("each {key} on one side"),
        Way::Grouped { key: None, .. } => "each entity on one side".to_owned(),
        Way::Ordered { time: Some(time), gap: 0 } => format!("earlier to later by {time}"),
        Way::Ordered { gap: gap @ 1.., time: Some(_) } => format!("the same with a gap of {}", counted(u64::from(*gap), "moment", "moments")),
        Way::Ordered { time: None, gap: 0 } => "earlier to later".to_owned(),
        Way::Ordered { time: None, .. } => "the same with a gap".to_owned(),
    }
}

fn meaning(way: &WayScore, matrix: &SplitMatrix) -> String {
    if let Some(why) = &way.why {
        return format!("not possible: {why}");
    }
    let Some(adds) = way.chance_adds else {
        let knows = way.score.is_some_and(|s| s.low > matrix.chance);
        return if knows {
            "what the others are compared with".to_owned()
        } else {
            "no better than guessing, so no split can cost anything".to_owned()
        };
    };
    let half = (adds.high - adds.low) / 2.0;
    if adds.low > 0.0 && adds.value >= MATTERS {
        "dealing by chance flatters the model".to_owned()
    } else if adds.high < MATTERS {
        "costs nothing that matters".to_owned()
    } else if half > BLIND {
        format!("underpowered: a difference below {} could not be seen", number(half))
    } else {
        "no sure difference".to_owned()
    }
}

/// The most honest way that applies, what it costs, and the button where it is not in use and no finding has it.
fn recommended(matrix: &SplitMatrix, checked: &[Checked]) -> Option<Block> {
    let way = matrix.recommended.as_ref()?;
    let row = matrix.ways.iter().find(|w| w.way == *way)?;
    let sentence = match way {
        Way::Random => "Nothing here asks for more than dealing rows by chance".to_owned(),
        Way::Grouped { key, sure } => {
            let key = key.as_deref().unwrap_or_default();
            let whether = if *sure { String::new() } else { format!(", if you will predict rows of a new {key}") };
            format!("The most honest split here keeps each {key} on one side{whether}")
        }
        Way::Ordered { time, .. } => format!("The most honest split here learns from earlier rows and judges on later ones, by {}", time.as_deref()?),
    };
    let (check, edit) = match way {
        Way::Random => ("", None),
        Way::Grouped { key, .. } => ("entities_across_split", key.clone().map(|entity| Remedy::GroupSplit { entity })),
        Way::Ordered { time, .. } => ("random_split_on_dates", time.clone().map(|time| Remedy::OrderSplit { time })),
    };
    let (cost, besides) = (cost(row, &matrix.metric), new_entities(matrix));
    let told = |edit: &Remedy| checked.iter().flat_map(|c| &c.findings).any(|f| f.remedies.contains(edit));
    let use_of = match &edit {
        None => "",
        Some(_) if matrix.in_use => " It is the one in use.",
        Some(edit) if told(edit) => " Another split is in use; the finding above has the button.",
        Some(_) => " Another split is in use.",
    };
    let Some(edit) = edit.filter(|edit| !matrix.in_use && !told(edit)) else {
        return Some(Block::Paragraph { text: vec![strong(sentence), text(format!("{cost}.{use_of}{besides}"))] });
    };
    let (title, does) = remedy(&edit);
    let mut meaning = cost.trim_start_matches("; ").to_owned();
    meaning.get_mut(..1).into_iter().for_each(str::make_ascii_uppercase);
    let finding = FindingBlock {
        id: ID.to_owned(),
        check: check.to_owned(),
        severity: Severity::Note,
        certainty: if matches!(way, Way::Grouped { sure: false, .. }) { Certainty::Ask } else { Certainty::Strong },
        columns: edit.columns().into_iter().cloned().collect(),
        title: vec![text(sentence)],
        window: None,
        figure: None,
        formula: None,
        meaning: vec![text(format!("{meaning}.{use_of}{besides}"))],
        evidence: Vec::new(),
        worked: None,
        price: None,
        remedies: vec![RemedyBlock { title, does, remedy: edit }],
        accepted: None,
    };
    Some(Block::Findings { findings: vec![finding] })
}

/// What is to be expected of new entities, where another split is recommended and keeping them whole surely costs more than nothing.
fn new_entities(matrix: &SplitMatrix) -> String {
    let costs = |w: &&WayScore| Some(&w.way) != matrix.recommended.as_ref() && w.chance_adds.is_some_and(|a| a.low > 0.0 && a.value >= MATTERS);
    let grouped = matrix.ways.iter().filter(costs).find_map(|w| match &w.way {
        Way::Grouped { key, .. } => key.as_deref().zip(w.score),
        _ => None,
    });
    grouped.map_or_else(String::new, |(key, score)| {
        format!(" For rows of a {key} that was never seen, count on {} ({}).", number(score.value), interval(score.low, score.high))
    })
}

/// Id of the recommendation.
const ID: &str = "split_honesty";

fn cost(row: &WayScore, metric: &str) -> String {
    match (row.score, row.chance_adds) {
        (Some(score), Some(adds)) if adds.low > 0.0 => format!(
            "; it costs {} of {} ({}), {} in place of {}",
            number(adds.value),
            metric_name(metric),
            interval(adds.low, adds.high),
            number(score.value),
            number(score.value + adds.value)
        ),
        (Some(_), Some(adds)) if adds.high < MATTERS => "; it costs nothing that matters".to_owned(),
        (Some(_), Some(adds)) => format!("; what it costs is not sure: {} of {}", interval(adds.low, adds.high), metric_name(metric)),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::block::plain;

    fn ranged(value: f64, half: f64) -> Option<Ranged> {
        Some(Ranged { value, low: value - half, high: value + half })
    }

    fn matrix(adds: f64, half: f64, in_use: bool) -> SplitMatrix {
        let ordered = Way::Ordered { time: Some("day".into()), gap: 0 };
        let none = Way::Grouped { key: None, sure: false };
        SplitMatrix {
            metric: "roc_auc".into(),
            chance: 0.5,
            n_rows: 3000,
            n_judged: 1000,
            n_flagged: 1,
            ways: vec![
                WayScore { way: Way::Random, score: ranged(0.9, 0.02), chance_adds: None, why: None },
                WayScore { way: none, score: None, chance_adds: None, why: Some("no column names entities that come back".into()) },
                WayScore { way: ordered.clone(), score: ranged(0.9 - adds, 0.02), chance_adds: ranged(adds, half), why: None },
            ],
            why: None,
            recommended: Some(ordered),
            in_use,
        }
    }

    #[test]
    fn the_recommendation_says_what_it_costs_and_has_a_button() {
        let blocks = honesty(&matrix(0.12, 0.04, false), &[]);
        let Some(Block::Findings { findings }) = blocks.last() else { panic!("{blocks:?}") };
        assert!(plain(&findings[0].title).contains("learns from earlier rows"));
        assert_eq!(plain(&findings[0].meaning), "It costs 0.12 of ROC AUC (0.08 to 0.16), 0.78 in place of 0.90. Another split is in use.");
        assert_eq!(findings[0].remedies[0].remedy, Remedy::OrderSplit { time: "day".into() });
    }

    #[test]
    fn a_button_that_a_finding_has_is_not_given_twice() {
        let mut found = crate::finding::Finding::new(
            "random_split_on_dates",
            Severity::Warning,
            Certainty::Strong,
            &["day"],
            crate::finding::Evidence::Share { share: crate::finding::Share { count: 1, of: 1 } },
        );
        found.remedies = vec![Remedy::OrderSplit { time: "day".into() }];
        let blocks = honesty(&matrix(0.12, 0.04, false), &[Checked::ran("random_split_on_dates", 9, vec![found])]);
        let Some(Block::Paragraph { text }) = blocks.last() else { panic!("{blocks:?}") };
        assert!(plain(text).ends_with("the finding above has the button."), "{}", plain(text));
    }

    #[test]
    fn a_split_in_use_has_no_button() {
        let blocks = honesty(&matrix(0.0, 0.01, true), &[]);
        let Some(Block::Paragraph { text }) = blocks.last() else { panic!("{blocks:?}") };
        assert!(plain(text).ends_with("it costs nothing that matters. It is the one in use."), "{}", plain(text));
    }

    #[test]
    fn ways_that_are_not_possible_say_why() {
        let blocks = honesty(&matrix(0.05, 0.2, true), &[]);
        let Block::Table { table } = &blocks[2] else { panic!("{blocks:?}") };
        assert_eq!(table.rows[1][4], words("not possible: no column names entities that come back"));
        assert_eq!(table.rows[2][4], words("underpowered: a difference below 0.20 could not be seen"));
    }

    #[test]
    fn what_could_not_be_compared_is_one_sentence() {
        let why = Some("80 rows are too few".to_owned());
        assert_eq!(honesty(&SplitMatrix { why, ..matrix(0.0, 0.0, true) }, &[]).len(), 2);
    }
}
