//! Sentences of the checks that measure more than one column or many rows, one function a check, and the words of their evidence.

use super::finding::{Told, about, about_rows, metric_name, part};
use crate::finding::{Certainty, Evidence, Finding, Share};
use crate::report::block::{Spans, column, text};
use crate::report::format::{count, counted, interval, number, p_value, percent};

/// The sentences of a finding; `None` when it is of another check.
pub(super) fn tell(finding: &Finding, target: &str) -> Option<Told> {
    Some(match finding.check.as_str() {
        "part_of_rows" => part_of_rows(finding, target),
        "columns_together" => columns_together(finding, target),
        "near_duplicates" => near_duplicates(finding),
        "entities_across_split" => entities_across_split(finding),
        "time_order" => time_order(finding),
        "train_test_mismatch" => train_test_mismatch(finding),
        "prepared_before_split" => prepared_before_split(finding),
        "augmented_before_split" => augmented_before_split(finding, target),
        "too_good" => too_good(finding, target),
        _ => return None,
    })
}

/// The evidence of these checks, term by term.
pub(super) fn evidence(evidence: &Evidence) -> Vec<(&'static str, String)> {
    match evidence {
        Evidence::SplitGap { metric, random, honest, gapped, gap_low, gap_high } => {
            let mut terms = vec![
                (metric_name(metric), format!("{} split by chance, {} split honestly", number(*random), number(*honest))),
                ("difference (95 %)", interval(*gap_low, *gap_high)),
            ];
            terms.extend(gapped.map(|g| ("with a gap in time", number(g))));
            terms
        }
        Evidence::Pure { n_values, covered, expected, bits, bits_needed, .. } => {
            let mut terms = vec![("rows concerned", part(*covered)), ("expected by chance", about_rows(*expected))];
            if *n_values > 1 {
                terms.push(("such values", count(*n_values)));
            }
            terms.push(("bits against chance", needed(*bits, *bits_needed)));
            terms
        }
        Evidence::Together { metric, value, alone, n_rows, .. } => {
            vec![(metric_name(metric), format!("{} together, {} the best alone", number(*value), number(*alone))), ("rows used", count(*n_rows))]
        }
        Evidence::Nearness { near, expected, superiority, p_value: p } => {
            let mut terms = vec![("rows very near another", part(*near)), ("expected by chance", about_rows(*expected))];
            if let (Some(superiority), Some(p)) = (superiority, p) {
                terms.push(("test rows nearer than training rows", format!("in {} of all pairs, {}", percent(*superiority), p_value(*p))));
            }
            terms
        }
        Evidence::Prepared { largest_residual, tolerance, bits, bits_needed, .. } => vec![
            ("largest residual", format!("{}; {} is rounding", number(*largest_residual), number(*tolerance))),
            ("bits against chance", needed(*bits, *bits_needed)),
        ],
        Evidence::Synthetic { share, bits, bits_needed, between, .. } => {
            let mut terms = vec![("rows", part(*share)), ("bits against chance", needed(*bits, *bits_needed))];
            if let Some([row, from, to]) = between.first() {
                terms.push(("for instance", format!("row {} lies on the line from row {} to row {}", line(*row), line(*from), line(*to))));
            }
            terms
        }
        Evidence::CrossValidated { metric, value, low, high, n_rows, top } => {
            let mut terms =
                vec![(metric_name(metric), format!("{}, 95 % interval {}", number(*value), interval(*low, *high))), ("rows used", count(*n_rows))];
            if !top.is_empty() {
                let shares: Vec<String> = top.iter().map(|(name, share)| format!("{name} {}", percent(*share))).collect();
                terms.push(("share of the model's gain", shares.join(", ")));
            }
            terms
        }
        _ => Vec::new(),
    }
}

fn line(row: u32) -> String {
    count(u64::from(row) + 1)
}

fn needed(bits: f64, bar: f64) -> String {
    format!("{}, {} needed", number(bits.round()), number(bar.round()))
}

fn ending(mut title: Spans, target: &str) -> Spans {
    title.push(column(target));
    title
}

fn part_of_rows(finding: &Finding, target: &str) -> Told {
    let Evidence::Pure { value, n_values, class, covered, .. } = &finding.evidence else {
        return Told::new(
            ending(about(&finding.columns, " gives away a part of "), target),
            "Find out when the column is recorded; drop it if that is late.",
        );
    };
    if class.is_empty() {
        return Told::new(
            ending(about(&finding.columns, " holds a part of "), target),
            format!(
                "In {} of its cells it is the very value to be predicted, and next to never one step beside it. A forecast would miss by a little as often \
                 as by nothing; this was filled in afterwards. Drop it, or find out where those cells come from.",
                part(*covered)
            ),
        );
    }
    let others = if *n_values > 1 { format!(", and those of {} more of its values", n_values - 1) } else { String::new() };
    let asked = finding.certainty == Certainty::Ask;
    let meaning = if asked {
        format!(
            "All rows with “{value}”{others} are “{class}”. That is the most frequent class, so it may be a rule known beforehand. If the value is written \
             after the outcome, drop the column. Only you can know."
        )
    } else {
        format!(
            "All rows with “{value}”{others} are “{class}”, far more than chance gives. A value that never errs is usually written after the outcome. Drop the \
             column, or find out when it is recorded."
        )
    };
    Told::new(ending(about(&finding.columns, if asked { " settles a part of " } else { " gives away a part of " }), target), meaning)
}

fn columns_together(finding: &Finding, target: &str) -> Told {
    let how = match &finding.evidence {
        Evidence::Together { form, .. } if form == "product" => "multiplied",
        _ => "added with weights",
    };
    let scores = match &finding.evidence {
        Evidence::Together { metric, value, alone, .. } => {
            format!(" ({} {}, {} the best alone)", metric_name(metric), number(*value), number(*alone))
        }
        _ => String::new(),
    };
    Told::new(
        ending(about(&finding.columns, " together nearly give "), target),
        format!(
            "None of them does alone, but {how} they explain almost everything{scores}. Parts of an answer do this: they are counted when it is. Drop them, or \
             accept it with the reason why they are known in time."
        ),
    )
}

fn near_duplicates(finding: &Finding) -> Told {
    let has_file = matches!(&finding.evidence, Evidence::Nearness { superiority: Some(_), .. });
    let title = if has_file { "Test rows are nearly copies of training rows" } else { "Rows are nearly copies of other rows" };
    let meaning = if has_file {
        "Test rows lie nearer to the training rows than those lie to each other. Chance does not do that; slightly changed copies do, and on them the test \
         measures memory. Make the test file of rows that were recorded independently."
    } else {
        "They agree with another row in every measured column to a small part of the usual distance. A split by chance puts such pairs on both sides, and a model \
         is praised for remembering. Find out whether rows were copied and changed a little, and keep one of each."
    };
    Told::new(vec![text(title)], meaning)
}

fn entities_across_split(finding: &Finding) -> Told {
    let gap = match &finding.evidence {
        Evidence::SplitGap { random, honest, .. } => format!("{} instead of {}", number(*random), number(*honest)),
        _ => "higher than it would be".to_owned(),
    };
    let asked = finding.certainty == Certainty::Ask;
    let name = finding.columns.first().map_or("entity", String::as_str);
    let title = if asked {
        let mut title = vec![text("Will you predict rows of a new ")];
        title.extend(about(&finding.columns, "?"));
        title
    } else {
        about(&finding.columns, " stands on both sides of the split")
    };
    Told::new(
        title,
        format!(
            "With rows dealt by chance a fast model scores {gap} with each {name} kept on one side: it recognises them by their other columns. For a new {name} \
             the lower score holds. Keep each {name} on one side{}.",
            if asked { " if new ones will come" } else { "" }
        ),
    )
}

fn time_order(finding: &Finding) -> Told {
    if let Evidence::Overlap { observed, of, conflicting, .. } = finding.evidence {
        let beyond = if conflicting > 0 {
            format!(" {} lie after the newest moment of the file.", counted(conflicting, "of them", "of them"))
        } else {
            String::new()
        };
        return Told::new(
            about(&finding.columns, " lies later than its row"),
            format!(
                "{} dates are later than the moment of their own row.{beyond} A planned date, such as a due date, is known in time; a date that was written when \
                 something happened is not. Only you can know.",
                part(Share { count: observed, of })
            ),
        );
    }
    Told::new(
        vec![text("Test rows are as old as training rows")],
        match &finding.evidence {
            Evidence::Share { share } => format!(
                "{} test rows are earlier than the newest training row, so the test is no look ahead. If the model is to predict later rows, test it on rows \
                 later than all it learned from.",
                part(*share)
            ),
            _ => "The test is no look ahead. Test on rows later than all that were learned from.".to_owned(),
        },
    )
}

fn train_test_mismatch(finding: &Finding) -> Told {
    let halves = finding.id.ends_with(":halves");
    let title = if halves { "Later rows differ from earlier rows" } else { "Test rows differ from training rows" };
    let mut meaning = match &finding.evidence {
        Evidence::CrossValidated { value, .. } if halves => {
            format!("A model tells the later half of the rows from the earlier half (area {}), dates aside.", number(*value))
        }
        Evidence::CrossValidated { value, .. } => {
            format!("A model tells the test rows from the training rows (area {}), keys and dates aside.", number(*value))
        }
        _ => "A model tells them apart, keys and dates aside.".to_owned(),
    };
    if !finding.columns.is_empty() {
        meaning.push_str(&format!(" It does so mostly by {}.", finding.columns.join(", ")));
    }
    meaning.push_str(if halves {
        " What was learned from old rows may not hold for new ones; judge in time order."
    } else {
        " The test then says little about the rows learned from, and the reverse. Find out how the rows were chosen."
    });
    Told::new(vec![text(title)], meaning)
}

fn prepared_before_split(finding: &Finding) -> Told {
    let Evidence::Prepared { how, of, .. } = &finding.evidence else {
        return Told::new(
            about(&finding.columns, " carries a statistic of all rows"),
            "Prepare columns inside of the folds, from training rows only.",
        );
    };
    let whose = if of == "train" { "of the training file" } else { "of all rows" };
    let many = finding.columns.len() > 1;
    let (words, meaning) = match how.as_str() {
        "standardised" => (
            if many { " were standardised before the split" } else { " was standardised before the split" },
            format!(
                "Mean 0 and standard deviation 1 over all rows, to the last decimal: the scale was taken {whose}, rows to be judged included. The effect on a \
                 score is usually small, and it cannot be undone from this file. Start from the unscaled values, and scale inside of the folds."
            ),
        ),
        "min_max" => (
            if many { " look scaled to 0 and 1 before the split" } else { " looks scaled to 0 and 1 before the split" },
            format!(
                "Least 0, greatest 1, and every value a whole number of equal steps: it looks like counts divided by their range {whose}. The effect on a score is \
                 usually small. Scale inside of the folds if you have the unscaled values."
            ),
        ),
        _ => (
            if many { " were filled before the split" } else { " was filled before the split" },
            format!(
                "One value repeats, and it is the {how} of the other cells {whose}: gaps were filled with it, rows to be judged included. That a cell was \
                 missing is lost too. Load the file with its gaps; they are filled inside of the folds."
            ),
        ),
    };
    Told::new(about(&finding.columns, words), meaning)
}

fn augmented_before_split(finding: &Finding, target: &str) -> Told {
    let Evidence::Synthetic { how, class, share, .. } = &finding.evidence else {
        return Told::new(vec![text("Rows were made of other rows")], "Add made rows inside of the folds, never before the split.");
    };
    let of_class = class.as_ref().map_or_else(String::new, |c| format!(" of class “{c}”"));
    match how.as_str() {
        "interpolated" => Told::new(
            vec![text(format!("{} of the rows{of_class} lie exactly between two others", percent(share.ratio())))],
            "In every measured column at the same point of the line between two rows: made by interpolation (SMOTE and its kind) before the split. A row to be judged \
             then lies between rows learned from, and is no real case. Take the file before it was enlarged; rows can be added inside of the folds.",
        ),
        "fractions" => Told::new(
            about(&finding.columns, format!(" holds fractions only{of_class}")),
            format!(
                "{} cells are fractions in a column of whole numbers, all in one class. Rows made by interpolation look like this. Take the file before \
                 it was enlarged; rows can be added inside of the folds.",
                part(*share)
            ),
        ),
        _ => Told::new(
            vec![text("Were the classes of "), column(target), text(" made equal before the split?")],
            "All classes have exactly the same number of rows. Either the cases were chosen so, or rows were repeated, made or left out to get there; then a score \
             does not hold for classes as they come. Only you can know.",
        ),
    }
}

fn too_good(finding: &Finding, target: &str) -> Told {
    let score = match &finding.evidence {
        Evidence::CrossValidated { metric, value, .. } => format!("{} {}", metric_name(metric), number(*value)),
        _ => "a nearly perfect score".to_owned(),
    };
    let by = if finding.columns.is_empty() { String::new() } else { format!(", mostly by {}", finding.columns.join(", ")) };
    Told::new(
        vec![text("Is "), column(target), text(" really this easy to predict?")],
        format!(
            "A fast model reaches {score} on rows it has not seen{by}. Real outcomes hardly ever allow that. Nothing is proven: either the task is easy, or these \
             columns are recorded with the answer. Find out when they are."
        ),
    )
}
