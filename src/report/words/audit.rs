//! Sentences of the leakage audit, one function a check.

use super::finding::{Told, about, about_rows, of, part};
use crate::finding::{Certainty, Evidence, Finding, Severity, Share};
use crate::report::block::{column, text};
use crate::report::format::{count, counted, number, percent, seconds};

/// Formulas that the search tries for each column it reads: the number that proofs are weighed against.
const FORMULAS: u64 = 60_000;
/// Cells that the search for formulas works off in a second on a usual laptop, in one worker of a browser: half of the slowest rate measured natively on
/// 3,000,000 cells and more.
const CELLS_A_SECOND: f64 = 600_000.0;
/// Seconds from which an estimate is told.
const LONG: f64 = 3.0;

/// Which audit checks are still to come, how large their search is, and about how long it takes where that is worth knowing.
#[must_use]
pub fn awaited(checks: &[&str], n_rows: usize, n_columns: usize) -> String {
    let size = format!("{} × {}", counted(n_rows as u64, "row", "rows"), counted(n_columns as u64, "column", "columns"));
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let long = n_rows as f64 * n_columns as f64 / CELLS_A_SECOND;
    let time = if long < LONG { String::new() } else { format!(", about {} in one worker", seconds(long.round())) };
    let words = |id: &&str| match *id {
        "lineage" => {
            format!("a formula for each column in every other (some {} tried on {size}{time})", count(FORMULAS.saturating_mul(n_columns as u64)))
        }
        "too_good" | "entities_across_split" | "random_split_on_dates" | "train_test_mismatch" => "quick models on parts of the rows".to_owned(),
        "near_duplicates" | "augmented_before_split" => "distances between rows".to_owned(),
        _ => "each column alone and with others".to_owned(),
    };
    let mut parts: Vec<String> = Vec::new();
    for words in checks.iter().map(words) {
        if !parts.contains(&words) {
            parts.push(words);
        }
    }
    parts.join("; ")
}

/// The sentences of a finding; `None` when it is not of the audit.
pub(super) fn tell(finding: &Finding, target: &str) -> Option<Told> {
    Some(match finding.check.as_str() {
        "target_copy" => target_copy(finding, target),
        "target_sum" => target_sum(finding, target),
        "single_column" => single_column(finding, target),
        "missingness" => missingness(finding, target),
        "split_duplicates" => split_duplicates(finding),
        "train_test_overlap" => train_test_overlap(finding),
        "random_split_on_dates" => random_split_on_dates(finding),
        "identifiers" => identifiers(finding, target),
        "suspicious_name" => suspicious_name(finding),
        _ => return None,
    })
}

fn target_copy(finding: &Finding, target: &str) -> Told {
    let (words, meaning) = match &finding.evidence {
        Evidence::Mapping { .. } => (
            " names the classes of ",
            "Each of its levels stands for one class, so the column is the answer under other names. A model that sees it has nothing to learn, and \
             when it is used the column will not be known. Drop it.",
        ),
        Evidence::LinearIdentity { terms, constant, .. } if *constant == 0.0 && terms.iter().all(|t| t.1 == 1.0) => (
            " is a copy of ",
            "It holds the value to be predicted. A model that sees it has nothing to learn, and when it is used the column will not be known. Drop it.",
        ),
        _ => (
            " is another form of ",
            "It holds the value to be predicted, in another unit or on another scale. A model that sees it has nothing to learn, and when it is used \
             the column will not be known. Drop it.",
        ),
    };
    let mut title = about(&finding.columns, words);
    title.push(column(target));
    Told::new(title, meaning)
}

fn target_sum(finding: &Finding, target: &str) -> Told {
    let Evidence::LinearIdentity { terms, constant, matched, .. } = &finding.evidence else {
        return Told::new(about(&finding.columns, " together give the target"), "With them a model only adds up; drop them all.");
    };
    let plain_sum = *constant == 0.0 && terms.iter().all(|t| t.1 == 1.0);
    let rows = if matched.count == matched.of { format!("in all {} rows", count(matched.of)) } else { format!("in {} rows", of(*matched)) };
    let names: Vec<String> = terms.iter().map(|t| t.0.clone()).collect();
    let mut title = about(&names, if plain_sum { " add up to " } else { " together give " });
    title.push(column(target));
    let innocent = terms.iter().any(|t| !finding.columns.contains(&t.0));
    let taken_off = terms.iter().any(|t| t.1 > 0.0) && terms.iter().any(|t| t.1 < 0.0);
    let meaning = if innocent {
        "What is in it of earlier rows is known in time and stays; the other columns hold the rest of the answer. Drop them."
    } else if taken_off {
        "What is left when one is taken off another is the answer: with them a model only calculates. Drop them all, or keep what is known when you \
         predict and drop the rest."
    } else {
        "Each of these columns is a part of the answer and is counted when the answer is, so none of them is known when you predict. With them a \
         model only adds up; drop them all."
    };
    Told::new(title, format!("The formula holds {rows}. {meaning}"))
}

fn single_column(finding: &Finding, target: &str) -> Told {
    let Evidence::Score { value, method, runner_up, .. } = &finding.evidence else {
        return Told::new(about(&finding.columns, " alone orders the target"), "One column gives the answer. Ask when it is recorded.");
    };
    let ahead = runner_up.map_or_else(String::new, |r| format!(" The next best column reaches {}.", number(r)));
    if method == "easy_task" {
        return Told::new(
            about(&finding.columns, " each order the target well: this looks like an easy task"),
            format!(
                "Many columns score high and none of them gives the whole answer (best {}). That is what an honest easy task looks like.",
                number(*value)
            ),
        );
    }
    let shown = number(*value);
    let (words, meaning) = match (finding.severity, finding.certainty) {
        (Severity::Blocker, _) => (
            " alone gives away ",
            format!(
                "One column reaches {shown} without any model.{ahead} A column this good is usually recorded together with the answer, or after it. \
                 Drop it, or accept it with the reason why it is known in time."
            ),
        ),
        (_, Certainty::Ask) => (
            " may know more of ",
            format!(
                "Alone it reaches {shown}, far ahead of the others.{ahead} If it is known before the prediction, it is a very good feature; if it is \
                 recorded with the outcome, it is a part of the answer. Only you can know."
            ),
        ),
        _ => (
            " is suspiciously close to ",
            format!("Alone it reaches {shown}, far ahead of the others.{ahead} Find out when it is recorded; if that is after the outcome, drop it."),
        ),
    };
    let mut title = about(&finding.columns, words);
    title.push(column(target));
    if finding.certainty == Certainty::Ask {
        title.push(text(" than a feature should"));
    }
    Told::new(title, meaning)
}

fn missingness(finding: &Finding, target: &str) -> Told {
    let by = |wanted: &str| matches!(&finding.evidence, Evidence::Score { method, .. } if method == wanted);
    let (after, one_class) = (by("filled_after"), by("one_class") || by("filled_after"));
    let mut title = vec![text("Whether ")];
    title.extend(about(&finding.columns, if one_class { " is filled decides part of " } else { " is filled tells " }));
    title.push(column(target));
    let meaning = if after {
        "A date or text that stands in rows of one class only, more often than chance allows: it is written when something has happened. A model needs only to see \
         whether the cell is filled. Drop it, or find out when it is filled."
    } else if one_class {
        "All rows in which the cell is missing, or all in which it is present, are of one class, more often than chance allows. The column was probably \
         filled after the outcome. Drop it, or find out when it is filled."
    } else {
        "The cell being missing or present orders the target, whatever stands in it. Columns filled after the outcome, such as a closing date, do this. \
         Drop it unless you know that it is filled before you predict."
    };
    Told::new(title, meaning)
}

fn split_duplicates(finding: &Finding) -> Told {
    let Evidence::Overlap { observed, expected, of, conflicting } = finding.evidence else {
        return Told::new(vec![text("Equal rows stand on both sides of the split")], "A model remembers the twin it has seen. Keep one of each.");
    };
    if finding.severity == Severity::Note && conflicting > observed {
        return Told::new(
            vec![text(format!("{} rows have the features of a row of another class", count(conflicting)))],
            "No model can be right about both. The features lack what tells these rows apart, or some labels are wrong.",
        );
    }
    Told::new(
        vec![text(format!("{} have an equal twin", counted(observed, "row", "rows")))],
        format!(
            "Of {} rows whose values coincidence would hardly repeat, {} equal another row in every feature and the target; {} would by coincidence. A \
             split by chance puts twins on both sides, and a model is praised for remembering. Keep one of each, or keep twins on one side.",
            count(of),
            count(observed),
            about_rows(expected)
        ),
    )
}

fn train_test_overlap(finding: &Finding) -> Told {
    let Evidence::Overlap { observed, expected, of, .. } = finding.evidence else {
        return Told::new(
            vec![text("Rows of the test file stand in the training file")],
            "A model remembers the rows it has seen. Keep one of each.",
        );
    };
    Told::new(
        vec![text(format!("{} of the test rows stand in the training file", percent(Share { count: observed, of }.ratio())))],
        format!(
            "{} test rows equal a training row in every feature and the target; dealing the same rows to the files by chance would give {}. On these \
             rows the test measures memory, not prediction.",
            part(Share { count: observed, of }),
            about_rows(expected)
        ),
    )
}

fn random_split_on_dates(finding: &Finding) -> Told {
    let sure = finding.certainty != Certainty::Ask;
    let mut title = vec![text(if sure { "Rows dated by " } else { "Are the rows dated by " })];
    title.extend(about(&finding.columns, if sure { " are dealt to the folds by chance" } else { ", and will you predict later ones?" }));
    let price = match &finding.evidence {
        Evidence::SplitGap { random, honest, gap_low, gap_high, .. } if *gap_low > 0.0 || *gap_high >= 0.03 => {
            format!(" A fast model scores {} so, and {} on the same rows when it learns from earlier ones only.", number(*random), number(*honest))
        }
        Evidence::SplitGap { .. } => " For a fast model it makes no difference that matters here.".to_owned(),
        _ => String::new(),
    };
    Told::new(
        title,
        format!(
            "The model is judged between neighbours in time that it has already seen.{price} If it is to predict later rows, learn from earlier rows and judge on \
             later ones."
        ),
    )
}

fn identifiers(finding: &Finding, target: &str) -> Told {
    if finding.columns.is_empty() {
        return Told::new(
            vec![text("The file is sorted by "), column(target)],
            "The position of a row in the file gives the target away. That is harmless as long as no column counts the rows and the split does not follow \
             their order; a split in file order would learn from one end and be judged on the other.",
        );
    }
    let (words, meaning) = match &finding.evidence {
        Evidence::Order { .. } if finding.severity == Severity::Note => (
            " runs with the order of the file, and the target with it",
            "The column rises or falls from row to row, and orders the target as the file does. It stands for the place or time of a row; for rows that come later \
             its values will be new. Ask whether the rows are in time order, and split them so.",
        ),
        Evidence::Order { .. } => (
            " counts the rows",
            "A row number describes nothing about a row but its place in the file, and so often its time. A model memorises it and fails on rows that \
             continue the count. Drop it.",
        ),
        Evidence::Distinct { distinct, present } if distinct * 100 < present * 98 => (
            " names what a row belongs to instead of describing it",
            "Its values come back in a few rows each: a model can only learn names by heart, and new rows bring new ones. Drop it, or use it \
             to keep rows of one entity together.",
        ),
        _ => (
            " names rows instead of describing them",
            "Almost every row has a value of its own, so there is nothing in it that could hold for a new row. Drop it, or use it to keep rows of one entity \
             together.",
        ),
    };
    Told::new(about(&finding.columns, words), meaning)
}

fn suspicious_name(finding: &Finding) -> Told {
    let word = match &finding.evidence {
        Evidence::Setting { value, .. } => format!("“{value}”"),
        _ => "a word of the outcome".to_owned(),
    };
    Told::new(
        about(&finding.columns, " sounds like the answer"),
        format!("Its name contains {word}. A name proves nothing: check that the column is known when you predict."),
    )
}
