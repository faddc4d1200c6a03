//! Fills a missing number where another column says what it is: "no garage, so its area is 0".
//!
//! A rule is `column = value when other = level`, or `column = value when other is missing`; several are separated by semicolons or new lines. The other
//! column's labels are compared as written, its numbers as numbers. Nothing is learned: what the rules say is knowledge of the table.

use crate::error::{Error, Result};
use crate::param::{Domain, ParamSpec, Params};
use crate::prepare::plain::{Part, Plain, Rule};
use crate::prepare::slots::{Cells, Slots};
use crate::prepare::{FittedStep, StepEntry};
use crate::table::{MISSING_CODE, MISSING_TIME};
use std::collections::BTreeMap;

/// The entry.
pub const ENTRY: StepEntry = StepEntry {
    id: "fill_rule",
    title: "Fill missing numbers by rule",
    doc: "Fills a missing number where another column says what it is, by rules you write: garage_area = 0 when garage = none; discount = 0 when voucher is missing.",
    params: &[ParamSpec {
        id: "rules",
        title: "Rules",
        help: "column = value when other = level, or: column = value when other is missing; separated by semicolons.",
        domain: Domain::Text,
    }],
    fit,
};

/// How it goes on; a part is a rule: its name the column, its number the value, its words the other column and, unless missing is meant, the level.
pub const RULE: Rule =
    Rule { id: ENTRY.id, apply, told: &["value"], fits: |p| p.columns.iter().all(|c| c.numbers.len() == 1 && !c.words.is_empty()) };

fn fit(slots: &Slots, params: &Params, _: &[String]) -> Result<FittedStep> {
    let refused = |rule: &str| Error::out_of_range("rules", rule, "column = value when other = level, or: column = value when other is missing");
    let mut parts = Vec::new();
    for rule in params.word("rules").split([';', '\n']).map(str::trim).filter(|r| !r.is_empty()) {
        let part = parsed(rule).ok_or_else(|| refused(rule))?;
        let has = |name: &str| slots.list().iter().any(|s| s.name() == name);
        if !has(&part.name) || !has(part.word(0)) {
            return Err(refused(rule));
        }
        parts.push(part);
    }
    Ok(FittedStep::Plain(Plain::new(ENTRY.id, Vec::new(), parts)))
}

fn parsed(rule: &str) -> Option<Part> {
    let (what, when) = rule.split_once(" when ")?;
    let (column, value) = what.split_once('=')?;
    let value = value.trim().parse::<f64>().ok().filter(|v| v.is_finite())?;
    let words = match when.trim().strip_suffix(" is missing") {
        Some(other) => vec![other.trim().to_owned()],
        None => when.split_once('=').map(|(other, level)| vec![other.trim().to_owned(), level.trim().to_owned()])?,
    };
    Some(Part { name: column.trim().to_owned(), numbers: vec![value], words })
}

/// In which rows a column has a level, or is missing.
fn holds(cells: &Cells, level: Option<&str>) -> Vec<bool> {
    match (cells, level) {
        (Cells::Numbers(values), Some(level)) => values.iter().map(|v| level.parse::<f64>().is_ok_and(|l| *v == l)).collect(),
        (Cells::Numbers(values), None) => values.iter().map(|v| v.is_nan()).collect(),
        (Cells::Labels { codes, levels } | Cells::Texts { codes, texts: levels }, Some(level)) => {
            codes.iter().map(|&c| levels.get(c as usize).is_some_and(|l| l == level)).collect()
        }
        (Cells::Labels { codes, .. } | Cells::Texts { codes, .. }, None) => codes.iter().map(|&c| c == MISSING_CODE).collect(),
        (Cells::Times(millis), level) => millis.iter().map(|&m| level.is_none() && m == MISSING_TIME).collect(),
    }
}

fn apply(learned: &Plain, slots: Slots) -> Slots {
    let by_name: BTreeMap<&str, &Cells> = slots.list().iter().map(|s| (s.name(), &s.cells)).collect();
    let mut rules: BTreeMap<String, Vec<(f64, Vec<bool>)>> = BTreeMap::new();
    for part in &learned.columns {
        if let Some(cells) = by_name.get(part.word(0)) {
            rules.entry(part.name.clone()).or_default().push((part.number(0), holds(cells, part.words.get(1).map(String::as_str))));
        }
    }
    slots.replace(|mut slot, next| {
        if let (Some(rules), Cells::Numbers(values)) = (rules.get(&slot.about.name), &mut slot.cells) {
            for (value, rows) in rules {
                values.iter_mut().zip(rows).filter(|(v, holds)| v.is_nan() && **holds).for_each(|(v, _)| *v = *value);
                slot.about.whole = slot.about.whole && value.fract() == 0.0;
            }
            ENTRY.id.clone_into(&mut slot.about.step);
        }
        next.push(slot);
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::Value;
    use crate::prepare::reference::{agree, column, fit, slots};

    #[test]
    fn a_gap_is_filled_where_the_other_column_says_so_and_only_there() {
        const NAN: f64 = f64::NAN;
        let table = slots(&[vec![NAN, NAN, 3.0, NAN], vec![0.0, 1.0, 0.0, NAN]]);
        let rules = Value::Word("a = 7 when b = 0; a = 9 when b is missing".into());
        let after = fit(&ENTRY, &table, &[("rules", rules)]).apply(table);
        agree(&column(&after, "a"), &[7.0, NAN, 3.0, 9.0], 0.0, "rules");
    }

    #[test]
    fn rules_that_cannot_be_read_or_name_no_column_are_refused() {
        let table = slots(&[vec![1.0], vec![2.0]]);
        for rule in ["a = x when b = 0", "a is 3", "z = 1 when b = 0", "a = 1 when z is missing"] {
            let given = std::iter::once(("rules".to_owned(), Value::Word(rule.into()))).collect();
            assert!((ENTRY.fit)(&table, &Params::check(ENTRY.params, &given).unwrap(), &[]).is_err(), "{rule}");
        }
    }
}
