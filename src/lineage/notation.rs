//! Formulas in notation: `mean(revenue[t-2..t])`, `casual + registered`, `mean(paid by city)`.
//!
//! `t` is the row the value stands in; `[t-2..t]` are rows in time order within the entity. Sentences about formulas are the report's.

use super::formula::{Formula, Latest, Read};
use super::frame::Frame;
use super::group::{Aggregate, GroupFormula, Relative};
use super::row::{Function, RowFormula};
use crate::format::number;

/// A formula in notation.
#[must_use]
pub fn notation(formula: &Formula, frame: &Frame<'_>) -> String {
    let name = |column: usize| frame.name(column).to_owned();
    match formula {
        Formula::Row(f) => row(f, &name),
        Formula::Time(f) => f.notation(&name),
        Formula::Group(f) => group(f, &name),
    }
}

/// Rows relative to the row of a value: `t`, `t-2`, `t+1`.
#[must_use]
pub fn at(offset: i32) -> String {
    match offset {
        0 => "t".to_owned(),
        1.. => format!("t+{offset}"),
        _ => format!("t{offset}"),
    }
}

/// Rows read of a column: `[t-2..t]`, `[..t-1]` from the entity's first row, `[all]`.
#[must_use]
pub fn rows(read: &Read) -> String {
    match (read.first, read.latest) {
        (_, Latest::WholeFile) => "[all]".to_owned(),
        (Some(first), Latest::Row(last)) if first == last => format!("[{}]", at(last)),
        (Some(first), Latest::Row(last)) => format!("[{}..{}]", at(first), at(last)),
        (None, Latest::Row(last)) => format!("[..{}]", at(last)),
    }
}

fn row(formula: &RowFormula, name: &dyn Fn(usize) -> String) -> String {
    match formula {
        RowFormula::Linear { terms, constant } => {
            let mut out = if *constant == 0.0 { String::new() } else { number(*constant) };
            for (column, weight) in terms {
                let sign = match (out.is_empty(), *weight < 0.0) {
                    (true, false) => "",
                    (true, true) => "\u{2212}",
                    (false, false) => " + ",
                    (false, true) => " \u{2212} ",
                };
                let times = if weight.abs() == 1.0 { String::new() } else { format!("{} × ", number(weight.abs())) };
                out += &format!("{sign}{times}{}", name(*column));
            }
            out
        }
        RowFormula::Product { terms, factor } => product(terms, *factor, name),
        RowFormula::Unary { source, function } => match function {
            Function::Square => format!("{}²", name(*source)),
            Function::Inverse => format!("1 / {}", name(*source)),
            Function::Abs => format!("|{}|", name(*source)),
            Function::Log => format!("log({})", name(*source)),
            Function::LogOneMore => format!("log(1 + {})", name(*source)),
            Function::Log10 => format!("log10({})", name(*source)),
            Function::Sqrt => format!("√{}", name(*source)),
        },
        RowFormula::Mapping { source, .. } => format!("mapping of {}", name(*source)),
        RowFormula::Bins { source, cuts, .. } => {
            let cuts: Vec<String> = cuts.iter().take(MOST_CUTS).map(|c| number(*c)).collect();
            format!("{} cut at {}", name(*source), cuts.join(", "))
        }
    }
}

/// Cuts that are listed.
const MOST_CUTS: usize = 4;

fn product(terms: &[(usize, f64)], factor: f64, name: &dyn Fn(usize) -> String) -> String {
    let power = |(column, p): &(usize, f64)| {
        let raised = match p.abs() {
            1.0 => String::new(),
            0.5 => "^½".to_owned(),
            2.0 => "²".to_owned(),
            p => format!("^{}", number(p)),
        };
        format!("{}{raised}", name(*column))
    };
    let mut above: Vec<String> = (factor != 1.0).then(|| number(factor)).into_iter().collect();
    above.extend(terms.iter().filter(|t| t.1 > 0.0).map(power));
    let below: Vec<String> = terms.iter().filter(|t| t.1 < 0.0).map(power).collect();
    let top = if above.is_empty() { "1".to_owned() } else { above.join(" × ") };
    match below.as_slice() {
        [] => top,
        [one] => format!("{top} / {one}"),
        more => format!("{top} / ({})", more.join(" × ")),
    }
}

fn group(formula: &GroupFormula, name: &dyn Fn(usize) -> String) -> String {
    let (source, key) = formula.columns();
    let x = name(source);
    let by = key.map_or_else(|| "all rows".to_owned(), |k| format!("by {}", name(k)));
    let of = if key == Some(source) { by.clone() } else { format!("{x} {by}") };
    match formula {
        GroupFormula::Aggregate { aggregate: aggregate @ (Aggregate::Count | Aggregate::Frequency), .. } => {
            format!("{}(rows {by}, all rows)", word(*aggregate))
        }
        GroupFormula::Aggregate { aggregate, .. } => format!("{}({of}, all rows)", word(*aggregate)),
        GroupFormula::Relative { relative, .. } => match relative {
            Relative::LessMean => format!("{x} \u{2212} mean({x} {by})"),
            Relative::OverMean => format!("{x} / mean({x} {by})"),
            Relative::Share => format!("{x} / sum({x} {by})"),
            Relative::ZScore | Relative::ZScorePopulation => format!("({x} \u{2212} mean) / std({x} {by})"),
            Relative::MinMax => format!("({x} \u{2212} min) / range({x} {by})"),
        },
        GroupFormula::LeaveOneOut { .. } => format!("mean({of}, all other rows)"),
        GroupFormula::Folds { .. } => format!("mean({of}, all rows of other folds)"),
        GroupFormula::Earlier { aggregate: aggregate @ Aggregate::Count, own, .. } => format!("{}(rows {by}, {})", word(*aggregate), before(*own)),
        GroupFormula::Earlier { aggregate, own, .. } => format!("{}({of}, {})", word(*aggregate), before(*own)),
        GroupFormula::EarlierSmoothed { weight, prior, .. } => {
            format!("mean({of}, {}; {} × {})", before(false), number(*weight), number(*prior))
        }
        GroupFormula::Smoothed { weight, .. } => format!("smoothed mean({of}, all rows; weight {})", number(*weight)),
        GroupFormula::Shrunk { .. } => format!("shrunk mean({of}, all rows)"),
    }
}

fn before(own: bool) -> &'static str {
    if own { "rows up to t" } else { "rows before t" }
}

fn word(aggregate: Aggregate) -> &'static str {
    match aggregate {
        Aggregate::Mean => "mean",
        Aggregate::Sum => "sum",
        Aggregate::Count => "count",
        Aggregate::Frequency => "share",
        Aggregate::Min => "min",
        Aggregate::Max => "max",
        Aggregate::Median => "median",
        Aggregate::Std | Aggregate::StdPopulation => "std",
        Aggregate::Var => "var",
    }
}
