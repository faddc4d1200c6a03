//! Rules of one's own: what a column has to be, said by the user and kept with the settings.
//!
//! Missing cells break [`NOT_MISSING`] and no other rule. Every rule is checked against the table before anything runs.

use crate::error::{Error, Result};
use crate::table::time::TimeFormat;
use crate::table::{Column, MISSING_TIME, Table, Values};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A rule of one's own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OwnRule {
    /// Column it is about.
    pub column: String,
    /// Which rule, of [`OWN_RULES`].
    pub rule: String,
    /// What it compares with; empty where the rule needs nothing.
    pub value: String,
}

/// A rule that can be asked for: id, words on screen ("is at least"), and what its value is.
pub struct OwnKind {
    /// Name in settings.
    pub id: &'static str,
    /// Words between the column's name and the value.
    pub says: &'static str,
    /// What the value is; empty where there is none.
    pub value: &'static str,
}

/// Id of the rule that every cell is there.
pub const NOT_MISSING: &str = "not_missing";

/// All rules that can be asked for.
pub const OWN_RULES: &[OwnKind] = &[
    OwnKind { id: NOT_MISSING, says: "is never missing", value: "" },
    OwnKind { id: "unique", says: "has no value twice", value: "" },
    OwnKind { id: "at_least", says: "is at least", value: "a number, or a date written as in the column or as 2026-12-31" },
    OwnKind { id: "at_most", says: "is at most", value: "a number, or a date written as in the column or as 2026-12-31" },
    OwnKind { id: "whole", says: "is a whole number", value: "" },
    OwnKind { id: "one_of", says: "is one of", value: "values with | between them" },
    OwnKind { id: "shortest", says: "has so many characters or more:", value: "a whole number" },
    OwnKind { id: "longest", says: "has so many characters or fewer:", value: "a whole number" },
    OwnKind { id: "form", says: "is written as", value: "a form: 9 stands for a digit, A for a letter, * for any text, other signs for themselves" },
    OwnKind { id: "not_after", says: "is not greater or later than", value: "the name of another column" },
];

/// Most rules.
pub const MOST: usize = 200;
/// Days written as everywhere.
const PLAIN_DAYS: &str = "%Y-%m-%d";

impl OwnRule {
    /// Whether the rule exists and its value can be one, as far as that shows without a table.
    ///
    /// # Errors
    /// An unknown rule, or a value missing or of the wrong form.
    pub fn check(&self) -> Result<()> {
        let known: Vec<&str> = OWN_RULES.iter().map(|k| k.id).collect();
        let kind = OWN_RULES.iter().find(|k| k.id == self.rule).ok_or_else(|| Error::unknown("rule", &self.rule, &known))?;
        let fits = match self.rule.as_str() {
            "shortest" | "longest" => self.value.trim().parse::<usize>().is_ok(),
            _ => kind.value.is_empty() || !self.value.trim().is_empty(),
        };
        if fits { Ok(()) } else { Err(self.wrong(kind.value)) }
    }

    /// The same with the table: the column exists, and its kind goes with the rule.
    ///
    /// # Errors
    /// What [`OwnRule::check`] refuses, a column that does not exist, or one of another kind.
    pub fn check_in(&self, table: &Table) -> Result<()> {
        self.check()?;
        let column = table.column(&self.column)?;
        match self.rule.as_str() {
            "at_least" | "at_most" => {
                if column.codes().is_some() {
                    return Err(Error::wrong_kind(column.name(), column.kind().id(), "numeric or timestamp"));
                }
                limit(column, &self.value).map(|_| ()).ok_or_else(|| self.wrong("a number, or a date for a column of dates"))
            }
            "whole" if column.numbers().is_none() => Err(Error::wrong_kind(column.name(), column.kind().id(), "numeric")),
            "not_after" => {
                let other = table.column(self.value.trim())?;
                let alike = (column.numbers().is_some() && other.numbers().is_some()) || (column.millis().is_some() && other.millis().is_some());
                if alike {
                    Ok(())
                } else {
                    Err(Error::wrong_kind(other.name(), other.kind().id(), "of one kind with the other, numeric or timestamp"))
                }
            }
            _ => Ok(()),
        }
    }

    fn wrong(&self, allowed: &str) -> Error {
        Error::out_of_range(&format!("the value of the rule {} for {}", self.rule, self.column), &format!("\"{}\"", self.value), allowed)
    }

    /// Rows that break the rule, ascending, and how many cells it is about. No row for a rule that does not go with the table.
    #[must_use]
    pub fn broken(&self, table: &Table) -> (Vec<u32>, u64) {
        let Ok(column) = table.column(&self.column) else { return (Vec::new(), 0) };
        if self.rule == NOT_MISSING {
            return (matching(column.len(), &|row| column.is_missing(row)), column.len() as u64);
        }
        let present = (column.len() - column.n_missing()) as u64;
        (if self.check_in(table).is_ok() { self.breaks(column, table) } else { Vec::new() }, present)
    }

    fn breaks(&self, column: &Column, table: &Table) -> Vec<u32> {
        let value = self.value.trim();
        let wanted = |rule: &dyn Fn(&str) -> bool| by_text(column, rule);
        match self.rule.as_str() {
            "unique" => repeated(column),
            "at_least" => {
                limit(column, value).map_or_else(Vec::new, |low| matching(column.len(), &|row| number(column, row).is_some_and(|v| v < low)))
            }
            "at_most" => {
                limit(column, value).map_or_else(Vec::new, |high| matching(column.len(), &|row| number(column, row).is_some_and(|v| v > high)))
            }
            "whole" => matching(column.len(), &|row| number(column, row).is_some_and(|v| v.fract() != 0.0)),
            "one_of" => {
                let allowed: BTreeSet<&str> = value.split('|').map(str::trim).collect();
                let numbers: BTreeSet<u64> = allowed.iter().filter_map(|v| v.parse::<f64>().ok()).map(|v| (v + 0.0).to_bits()).collect();
                match column.numbers() {
                    Some(_) => matching(column.len(), &|row| number(column, row).is_some_and(|v| !numbers.contains(&(v + 0.0).to_bits()))),
                    None => wanted(&|text| !allowed.contains(text.trim())),
                }
            }
            "shortest" => value.parse::<usize>().map_or_else(|_| Vec::new(), |n| wanted(&|text| text.chars().count() < n)),
            "longest" => value.parse::<usize>().map_or_else(|_| Vec::new(), |n| wanted(&|text| text.chars().count() > n)),
            "form" => wanted(&|text| !has_form(text, value)),
            "not_after" => table.column(value).map_or_else(
                |_| Vec::new(),
                |other| matching(column.len(), &|row| number(column, row).zip(number(other, row)).is_some_and(|(a, b)| a > b)),
            ),
            _ => Vec::new(),
        }
    }
}

/// Rows of which something holds.
fn matching(n_rows: usize, holds: &dyn Fn(usize) -> bool) -> Vec<u32> {
    (0..n_rows).filter(|&row| holds(row)).filter_map(|row| u32::try_from(row).ok()).collect()
}

/// A cell as a number: its value, or milliseconds of a moment; `None` for a missing one or a label.
fn number(column: &Column, row: usize) -> Option<f64> {
    match column.values() {
        Values::Numbers { values, .. } => values.get(row).copied().filter(|v| !v.is_nan()),
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of calendar years fit into 53 bits")]
        Values::Times { millis, .. } => millis.get(row).filter(|m| **m != MISSING_TIME).map(|&m| m as f64),
        Values::Codes { .. } => None,
    }
}

/// A limit as a number in the terms of the column.
fn limit(column: &Column, value: &str) -> Option<f64> {
    match column.values() {
        Values::Numbers { .. } => value.trim().parse::<f64>().ok().filter(|v| v.is_finite()),
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of calendar years fit into 53 bits")]
        Values::Times { format, .. } => format.parse(value.trim()).or_else(|| TimeFormat::new(PLAIN_DAYS).parse(value.trim())).map(|m| m as f64),
        Values::Codes { .. } => None,
    }
}

/// Rows whose present cell, as text, has a property. Labels are looked at once each.
fn by_text(column: &Column, has: &dyn Fn(&str) -> bool) -> Vec<u32> {
    match column.codes() {
        Some((codes, levels)) => {
            let level: Vec<bool> = levels.iter().map(|l| has(l)).collect();
            matching(codes.len(), &|row| codes.get(row).and_then(|&c| level.get(c as usize)).copied().unwrap_or(false))
        }
        None => matching(column.len(), &|row| !column.is_missing(row) && has(&column.text(row))),
    }
}

/// Rows whose value stands in an earlier row.
fn repeated(column: &Column) -> Vec<u32> {
    let mut seen = BTreeSet::new();
    let word = |row: usize| match column.values() {
        Values::Codes { codes, .. } => codes.get(row).map(|&c| u64::from(c)),
        _ => number(column, row).map(|v| (v + 0.0).to_bits()),
    };
    (0..column.len())
        .filter(|&row| !column.is_missing(row))
        .filter(|&row| word(row).is_some_and(|w| !seen.insert(w)))
        .filter_map(|row| u32::try_from(row).ok())
        .collect()
}

/// Whether a text has a form; `*` may stand for any number of signs.
fn has_form(text: &str, form: &str) -> bool {
    let (text, form): (Vec<char>, Vec<char>) = (text.chars().collect(), form.chars().collect());
    let fits = |sign: char, wanted: char| match wanted {
        '9' => sign.is_ascii_digit(),
        'A' => sign.is_alphabetic(),
        other => sign == other,
    };
    // The last star, and the sign up to which it reaches, are where to go on when signs after it do not fit.
    let (mut at, mut in_form, mut star) = (0, 0, None);
    while let Some(&sign) = text.get(at) {
        match form.get(in_form) {
            Some('*') => {
                star = Some((in_form, at));
                in_form += 1;
            }
            Some(&wanted) if fits(sign, wanted) => (at, in_form) = (at + 1, in_form + 1),
            _ => {
                let Some((of_star, reach)) = star else { return false };
                star = Some((of_star, reach + 1));
                (at, in_form) = (reach + 1, of_star + 1);
            }
        }
    }
    form.iter().skip(in_form).all(|&c| c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{CsvOptions, Kind, read};

    const FILE: &str = "id,price,amount,code,colour,opened,closed\n1,2.5,3,AB-12,red,2024-01-01,2024-01-05\n2,-1,4.5,AB-1,blue,2024-01-09,2024-01-03\n\
                        2,7,,XY-99,green,2024-02-01,2024-02-02\n4,1,8,xy-07,red,2024-02-01,\n";

    fn table() -> Table {
        read(FILE.as_bytes(), &CsvOptions::default()).unwrap().table
    }

    fn rule(column: &str, rule: &str, value: &str) -> OwnRule {
        OwnRule { column: column.into(), rule: rule.into(), value: value.into() }
    }

    #[test]
    fn every_rule_finds_the_rows_that_break_it() {
        let table = table();
        let broken = |column, name, value| {
            rule(column, name, value).check_in(&table).unwrap();
            rule(column, name, value).broken(&table).0
        };
        assert_eq!(broken("amount", "not_missing", ""), [2]);
        assert_eq!(broken("id", "unique", ""), [2]);
        assert_eq!(broken("price", "at_least", "0"), [1]);
        assert_eq!(broken("price", "at_most", "2.5"), [2]);
        assert_eq!(broken("opened", "at_least", "2024-01-09"), [0]);
        assert_eq!(broken("amount", "whole", ""), [1]);
        assert_eq!(broken("colour", "one_of", "red | blue"), [2]);
        assert_eq!(broken("id", "one_of", "1|2"), [3]);
        assert_eq!(broken("code", "shortest", "5"), [1]);
        assert_eq!(broken("code", "longest", "4"), [0, 2, 3]);
        assert_eq!(broken("code", "form", "AA-99"), [1]);
        assert_eq!(broken("opened", "not_after", "closed"), [1]);
        assert!(OWN_RULES.iter().all(|k| !k.says.is_empty()));
    }

    #[test]
    fn forms_with_stars_reach_as_far_as_they_must() {
        assert!(has_form("a-1-2", "*-9") && has_form("", "*") && has_form("2024/7", "9999/*") && has_form("aXbXc", "*X*c"));
        assert!(!has_form("a-1-x", "*-9") && !has_form("", "9") && !has_form("12", "9"));
    }

    #[test]
    fn what_cannot_be_asked_is_refused_with_its_name() {
        let table = table();
        for (wrong, said) in [
            (rule("price", "positive", ""), "positive"),
            (rule("prize", "at_least", "0"), "prize"),
            (rule("price", "at_least", "many"), "price"),
            (rule("colour", "at_most", "3"), "colour"),
            (rule("opened", "not_after", "price"), "price"),
            (rule("code", "longest", "-2"), "longest"),
        ] {
            assert!(wrong.check_in(&table).unwrap_err().to_string().contains(said), "{said}");
        }
        let text = Table::new(vec![Column::labels("t", Kind::Text, &[Some("a")])]).unwrap();
        assert!(rule("t", "whole", "").check_in(&text).is_err());
    }
}
