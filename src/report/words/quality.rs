//! Sentences of the quality rules, one function a rule.

use super::finding::{Told, about, few_part, part, quoted};
use crate::finding::{Certainty, Evidence, Finding, Severity, Share, Spelling};
use crate::report::block::text;
use crate::report::format::{count, counted, percent};

/// The sentences of a finding; `None` when it is not of a quality rule.
pub(super) fn tell(finding: &Finding, target: &str) -> Option<Told> {
    let is_target = finding.columns.iter().any(|c| c == target);
    Some(match finding.check.as_str() {
        "missing_values" => missing_values(finding, is_target),
        "null_spellings" => null_spellings(finding),
        "duplicate_rows" => duplicate_rows(finding),
        "mixed_types" => mixed_types(finding),
        "inconsistent_labels" => inconsistent_labels(finding),
        "impossible_dates" => impossible_dates(finding),
        "constant_column" => constant_column(finding),
        "high_cardinality" => high_cardinality(finding),
        "outliers" => outliers(finding),
        "class_imbalance" => class_imbalance(finding),
        _ => return None,
    })
}

/// The share of a finding, 0 of 0 where its evidence has none.
fn share(finding: &Finding) -> Share {
    match &finding.evidence {
        Evidence::Share { share } | Evidence::Spellings { share, .. } | Evidence::Range { share, .. } => *share,
        _ => Share { count: 0, of: 0 },
    }
}

fn spellings(finding: &Finding) -> Vec<String> {
    match &finding.evidence {
        Evidence::Spellings { spellings, .. } => spellings.iter().map(|s| s.text.clone()).collect(),
        _ => Vec::new(),
    }
}

fn missing_values(finding: &Finding, is_target: bool) -> Told {
    let share = share(finding);
    if share.count == share.of && share.of > 0 {
        return Told::new(about(&finding.columns, " is empty"), "No row has a value, so there is nothing to learn from. Leave the column out.");
    }
    let title = about(&finding.columns, format!(" is missing in {} of the rows", percent(share.ratio())));
    Told::new(
        title,
        if is_target {
            "Rows without a target can be neither learned from nor judged; they are left out."
        } else if finding.severity == Severity::Warning {
            "So many cells must be guessed that what a model learns from the column is partly the guess. Check whether the gaps have a reason; fill them \
             inside the folds with a marker beside, or leave the column out."
        } else {
            "Learners need a value in every cell. Fill the gaps inside the folds, from training rows only."
        },
    )
}

fn null_spellings(finding: &Finding) -> Told {
    let quoted = quoted(&spellings(finding));
    let cells = counted(share(finding).count, "cell", "cells");
    if finding.certainty == Certainty::Ask {
        return Told::new(
            about(&finding.columns, format!(": does {quoted} mean missing?")),
            format!(
                "It stands in {cells}, and is often written where a value is not known. Read as a value it becomes a level, or a number far outside of all \
                 others. If it means missing, read it so."
            ),
        );
    }
    Told::new(
        about(&finding.columns, format!(" says {quoted} for missing")),
        format!("{cells} mean “not known” and were read as a value like any other. Read them as missing."),
    )
}

fn duplicate_rows(finding: &Finding) -> Told {
    let share = share(finding);
    Told::new(
        vec![text(format!("{} an earlier row", counted(share.count, "row repeats", "rows repeat")))],
        format!(
            "{} equal an earlier row in every column. They count double, and a copy on each side of the split is remembered, not predicted. Keep one of each, \
             unless equal events really happened.",
            part(share)
        ),
    )
}

fn mixed_types(finding: &Finding) -> Told {
    Told::new(
        about(&finding.columns, " mixes numbers or dates with words"),
        format!(
            "{} it from being read as what most of its cells are: {}. Read them as missing, or change the kind of the column.",
            counted(share(finding).count, "cell keeps", "cells keep"),
            quoted(&spellings(finding))
        ),
    )
}

fn inconsistent_labels(finding: &Finding) -> Told {
    let quoted = quoted(&spellings(finding));
    if finding.severity == Severity::Note {
        return Told::new(
            about(&finding.columns, " writes months in two forms"),
            format!(
                "{quoted} differs from the form of the other months. Each month has one form, so nothing is lost here, but a join with another file will miss."
            ),
        );
    }
    Told::new(
        about(&finding.columns, " spells the same label in several ways"),
        format!("{quoted} differ only in case, spaces, hyphens or underscores, and are read as different levels. Use one spelling in the source."),
    )
}

fn impossible_dates(finding: &Finding) -> Told {
    if matches!(finding.evidence, Evidence::Spellings { .. }) {
        return Told::new(
            about(&finding.columns, " has dates that are on no calendar"),
            format!("{} cannot be read as a date. Correct them in the source; until then they count as missing.", quoted(&spellings(finding))),
        );
    }
    let cells = counted(share(finding).count, "date stands", "dates stand");
    Told::new(
        about(&finding.columns, " has dates far from all others"),
        format!(
            "{cells} far outside of the span of the others, as typing errors and stand-ins for “no date” do. A split in time order would put these rows first or \
             last. Correct them in the source, or read them as missing."
        ),
    )
}

fn constant_column(finding: &Finding) -> Told {
    let share = share(finding);
    if finding.severity == Severity::Warning {
        return Told::new(about(&finding.columns, " has one value only"), "It says the same of every row and tells none apart. Leave it out.");
    }
    Told::new(
        about(&finding.columns, format!(" has the same value in {} of the rows", percent(share.ratio()))),
        format!(
            "Only {} differ. A model can hardly learn from so few; leave the column out unless those rows matter.",
            counted(share.of - share.count, "row", "rows")
        ),
    )
}

fn high_cardinality(finding: &Finding) -> Told {
    let (distinct, present) = match finding.evidence {
        Evidence::Distinct { distinct, present } => (distinct, present),
        _ => (0, 0),
    };
    if finding.severity == Severity::Warning {
        return Told::new(
            about(&finding.columns, " has a new label in most rows"),
            format!(
                "{} different labels in {} cells: most are seen once, and what is learned of them holds for no other row. Leave the column out.",
                count(distinct),
                count(present)
            ),
        );
    }
    Told::new(
        about(&finding.columns, format!(" has {} levels", count(distinct))),
        "Rare levels are memorised, not learned, and each becomes a feature of its own. Join the rare ones.",
    )
}

fn outliers(finding: &Finding) -> Told {
    let share = share(finding);
    if finding.severity == Severity::Warning {
        return Told::new(
            about(&finding.columns, format!(" has {} very far from all others", counted(finding.rows.len() as u64, "value", "values"))),
            "So few and so far out, they may be typing errors or in another unit. Look at these rows in the source.",
        );
    }
    Told::new(
        about(&finding.columns, " has long tails"),
        format!(
            "{} of its values lie more than three interquartile ranges outside of the quartiles. They are too many to be errors. Trees bear such a column; \
             linear models are pulled by it, and robust scaling helps.",
            percent(share.ratio())
        ),
    )
}

fn class_imbalance(finding: &Finding) -> Told {
    let none: &[Spelling] = &[];
    let counts = if let Evidence::Classes { counts } = &finding.evidence { counts.as_slice() } else { none };
    let all = counts.iter().map(|c| c.count).sum();
    let rarest = counts.first().map_or_else(String::new, |c| format!("“{}” holds {}", c.text, few_part(Share { count: c.count, of: all })));
    let title = about(&finding.columns, " has a rare class");
    if finding.severity == Severity::Warning {
        return Told::new(
            title,
            format!(
                "{rarest}. With so few rows hardly anything can be learned or judged about that class; intervals will be wide. Collect more of them, and deal them evenly to the folds."
            ),
        );
    }
    Told::new(
        title,
        format!(
            "{rarest}. Accuracy misleads here: never predicting the class is mostly right. Judge by a metric that sees it, and deal the classes evenly to the folds."
        ),
    )
}
