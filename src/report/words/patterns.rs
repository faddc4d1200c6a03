//! Sentences of the quality rules about patterns: what depends on what, what moves, what stands in two units, and rules of one's own.

use super::finding::{Told, about, part};
use crate::finding::{Evidence, Finding, Severity, Share};
use crate::quality::OWN_RULES;
use crate::report::block::text;
use crate::report::format::{count, counted, fixed};

/// Most columns named with a value.
const NAMED: usize = 5;

/// The sentences of a finding; `None` when it is not of one of these rules.
pub(super) fn tell(finding: &Finding) -> Option<Told> {
    Some(match finding.check.as_str() {
        "missing_pattern" => missing_pattern(finding),
        "empty_rows" => empty_rows(finding),
        "near_copies" => near_copies(finding),
        "repeated_stamps" => repeated_stamps(finding),
        "mixed_scales" => mixed_scales(finding),
        "far_values" => far_values(finding),
        "isolated_rows" => isolated_rows(finding),
        "contradictory_rows" => contradictory_rows(finding),
        "time_gaps" => time_gaps(finding),
        "drift_in_file" => drift_in_file(finding),
        "skewed_values" => Told::new(
            about(&finding.columns, if finding.columns.len() == 1 { " is skewed" } else { " are skewed" }),
            "Values crowd at one end and a few reach far out. Linear models and distances hang on those few; trees do not mind. Logarithms bring them nearer.",
        ),
        "own_rules" => own_rules(finding),
        _ => return None,
    })
}

/// The evidence of effects and rules of one's own, as terms and values.
pub(super) fn evidence(evidence: &Evidence) -> Vec<(&'static str, String)> {
    match evidence {
        Evidence::Effects { what, values, floor, n_rows } => {
            let term = match what.as_str() {
                "drift" => "distance of first and last third",
                "missing" => "strength, 0 to 1",
                _ => "skewness",
            };
            let floor = format!("{} or more is told", fixed(*floor, 1));
            vec![(term, format!("{}; {floor}", listed(values))), ("rows used", count(*n_rows))]
        }
        Evidence::Own { rule, value, share } => vec![("rule", in_words(rule, value)), ("cells that break it", part(*share))],
        _ => Vec::new(),
    }
}

fn listed(values: &[(String, f64)]) -> String {
    let shown: Vec<String> = values.iter().take(NAMED).map(|(name, value)| format!("{name} {}", fixed(*value, 2))).collect();
    shown.join(", ") + if values.len() > NAMED { ", …" } else { "" }
}

fn in_words(rule: &str, value: &str) -> String {
    let says = OWN_RULES.iter().find(|k| k.id == rule).map_or("keeps its rule", |k| k.says);
    format!("{says} {}", value.trim()).trim_end().to_owned()
}

fn share(finding: &Finding) -> Share {
    match &finding.evidence {
        Evidence::Share { share } | Evidence::Range { share, .. } | Evidence::Own { share, .. } => *share,
        _ => Share { count: 0, of: 0 },
    }
}

fn missing_pattern(finding: &Finding) -> Told {
    let on = match &finding.evidence {
        Evidence::Effects { values, .. } if !values.is_empty() => values.iter().map(|v| v.0.as_str()).collect::<Vec<_>>().join(", "),
        _ => "other columns".to_owned(),
    };
    Told::new(
        about(&finding.columns, " is not missing by chance"),
        format!(
            "Whether its cells are missing depends on {on}. One value for all gaps makes groups alike that are not: ask why they are missing, fill them by those \
             columns inside the folds, and mark them."
        ),
    )
}

fn empty_rows(finding: &Finding) -> Told {
    Told::new(
        vec![text(format!("{} mostly empty", counted(share(finding).count, "row is", "rows are")))],
        "More than half of their cells are missing, and what a model says of them it says of the average. They are often another source or a broken line: look at \
         where they come from.",
    )
}

fn near_copies(finding: &Finding) -> Told {
    Told::new(
        vec![text(format!("{} another but for spelling or rounding", counted(share(finding).count, "row equals", "rows equal")))],
        "They differ from an earlier row in case, spaces or printed decimals only: one thing entered or exported twice. A copy on each side of the split is \
         remembered, not predicted. Keep one of each in the source.",
    )
}

fn repeated_stamps(finding: &Finding) -> Told {
    Told::new(
        about(&finding.columns, format!(" stands twice in {}", counted(share(finding).count, "row", "rows"))),
        "Each moment has one row otherwise, within each entity. A lag of one row reads the same moment here, and a join by time doubles rows. Keep the row that is \
         right, or name the column that tells them apart as the entity.",
    )
}

fn mixed_scales(finding: &Finding) -> Told {
    Told::new(
        about(&finding.columns, " seems to hold two units"),
        format!(
            "{} in a group of their own, of the same shape as the others and apart by a power of ten or the ratio of two units. A model reads them as other things. \
             Bring them to one unit in the source, unless there are two kinds.",
            counted(share(finding).count, "cell stands", "cells stand")
        ),
    )
}

fn far_values(finding: &Finding) -> Told {
    Told::new(
        about(&finding.columns, format!(" has {} apart from all others", counted(finding.rows.len() as u64, "value", "values"))),
        "Nothing lies between them and the rest, as with a slipped digit or decimal point. Look at these rows in the source; if they are right, keep them, or cap them inside the \
         folds so that they do not rule a linear model.",
    )
}

fn isolated_rows(finding: &Finding) -> Told {
    Told::new(
        vec![text(format!("{} unlike all others", counted(share(finding).count, "row is", "rows are")))],
        "Few cuts through all numeric columns together tell them from the rest, though each number may be usual. Look at them in the source: a test, a merged record, another kind \
         of case. A flag can tell a model; leaving them out concerns the training side only.",
    )
}

fn contradictory_rows(finding: &Finding) -> Told {
    Told::new(
        vec![text(format!("{} a row of another class", counted(share(finding).count, "row equals", "rows equal")))],
        "They agree in every feature, and no model can be right of both. One of the labels is wrong, or a column that tells them apart is missing: look at these \
         rows in the source.",
    )
}

fn time_gaps(finding: &Finding) -> Told {
    let ending = if finding.severity == Severity::Warning { " has many gaps" } else { " has gaps" };
    Told::new(
        about(&finding.columns, ending),
        format!(
            "{} missing or out of rhythm, in a column that otherwise has a usual step. A lag of one row reaches over a gap as if it were one step. Put the rows back, \
             or use lags that count in time.",
            counted(share(finding).count, "moment is", "moments are")
        ),
    )
}

fn drift_in_file(finding: &Finding) -> Told {
    Told::new(
        about(&finding.columns, if finding.columns.len() == 1 { " changes along the file" } else { " change along the file" }),
        "The first third of the rows in time is distributed otherwise than the last. A model of the past meets another world then, and a random split would hide it. \
         Validate in time order, and watch these columns once the model is live.",
    )
}

fn own_rules(finding: &Finding) -> Told {
    let says = match &finding.evidence {
        Evidence::Own { rule, value, .. } => in_words(rule, value),
        _ => "keeps its rule".to_owned(),
    };
    Told::new(
        about(&finding.columns, format!(" breaks a rule in {}", counted(share(finding).count, "cell", "cells"))),
        format!("The rule set for it: it {says}. Correct these cells in the source, or change the rule."),
    )
}
