//! Formulas in notation: `mean(revenue[t-2..t])`, `casual + registered`, `mean(paid by city)`.
//!
//! `t` is the row the value stands in; `[t-2..t]` are rows in time order within the entity. Sentences about formulas are the report's.

use super::formula::{Formula, Latest, Read};
use super::frame::Frame;
use super::group::GroupFormula;
use super::row::RowFormula;
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
    }
}

fn group(formula: &GroupFormula, name: &dyn Fn(usize) -> String) -> String {
    match formula {
        GroupFormula::Mean { source, key } => format!("mean({} by {}, all rows)", name(*source), name(*key)),
    }
}
