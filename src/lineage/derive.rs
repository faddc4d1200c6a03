//! Honest columns in the place of those that have seen too much: a value some rows earlier, or a window moved back.
//!
//! One pure function from table to table, the same for the audit, for training and for new rows asked of a model. Rows are those of the same
//! entity in time order, as in [`super::frame`]; windows are evaluated by the formulas that the proof engine confirms ([`super::time`]), so that
//! what is put in is what a second audit proves. Every column is computed from the columns as they stand in the file, never from another derived
//! one. Where there is no such row the cell is missing.

use super::formula::Formula;
use super::frame::Frame;
use super::group::{Aggregate, GroupFormula};
use super::time::{self, Closed, Decay, Ewm, Extent, Function, TimeFormula, Window};
use crate::derived::{DerivedColumn, VALUE};
use crate::error::{Error, Result};
use crate::table::{ALL_DIGITS, Column, Exceptions, Kind, MISSING_CODE, MISSING_TIME, SHORTEST, Table, Values};
use crate::task::{Task, TaskKind};

/// Whether a derived column may have this function.
#[must_use]
pub fn is_function(id: &str) -> bool {
    spoken(id).is_some()
}

/// What orders the rows: the time column and the entity column, as far as there are any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// Orders rows in time; none: the file's order.
    pub time: Option<String>,
    /// Rows of one entity follow one another; none: all rows are of one.
    pub entity: Option<String>,
}

/// The table with these columns in the place of those of the same name; all others as they are.
///
/// # Errors
/// A column that is not in the table, a window over a column without numbers, or one that orders the rows.
pub fn derive(table: &Table, derived: &[DerivedColumn], order: &Order) -> Result<Table> {
    let mut made = table.clone();
    for wanted in derived {
        if Some(&wanted.column) == order.time.as_ref() || Some(&wanted.column) == order.entity.as_ref() {
            return Err(Error::orders_rows(&wanted.column));
        }
        made = made.with_column(one(table, wanted, order)?)?;
    }
    Ok(made)
}

/// New rows with their derived columns. Where they come after all rows of `above` in time, those are their history; else they bring their own.
///
/// # Errors
/// As [`derive()`].
pub fn derive_below(above: &Table, rows: &Table, derived: &[DerivedColumn], order: &Order) -> Result<Table> {
    let moment = |table: &Table, newest: bool| -> Option<i64> {
        let millis = table.column(order.time.as_ref()?).ok()?.millis()?;
        let present = millis.iter().copied().filter(|&m| m != MISSING_TIME);
        if newest { present.max() } else { present.min() }
    };
    let follows = moment(above, true).zip(moment(rows, false)).is_some_and(|(last, first)| first > last);
    if !follows {
        return derive(rows, derived, order);
    }
    let (from, n) = (u32::try_from(above.n_rows()).unwrap_or(u32::MAX), u32::try_from(rows.n_rows()).unwrap_or(u32::MAX));
    let all: Vec<u32> = (from..from.saturating_add(n)).collect();
    Ok(derive(&above.stack(rows)?, derived, order)?.take(&all))
}

fn one(table: &Table, wanted: &DerivedColumn, order: &Order) -> Result<Column> {
    let own = table.column(&wanted.column)?;
    let source = table.column(&wanted.source)?;
    if !wanted.is_valid() {
        return Err(Error::out_of_range("derived", &wanted.column, "a function of rows up to the column's own, in order"));
    }
    let Some(spoken) = spoken(&wanted.function) else {
        return Err(Error::out_of_range("derived", &wanted.function, "a function of earlier rows"));
    };
    if spoken.makes != Makes::Value && source.kind() != Kind::Numeric {
        return Err(Error::wrong_kind(source.name(), source.kind().id(), Kind::Numeric.id()));
    }
    let key = if let Makes::Earlier(_, key) = spoken.makes { Some(table.column(key)?.name()) } else { None };
    let mut columns = vec![source.clone()];
    for name in [order.time.as_deref(), order.entity.as_deref(), key].into_iter().flatten().filter(|&name| name != wanted.source) {
        if columns.iter().all(|c| c.name() != name) {
            columns.push(table.column(name)?.clone());
        }
    }
    let part = Table::new(columns)?;
    let frame = Frame::new(&part, Some(&task(&wanted.source, order)));
    // On a grid without empty steps, steps are rows.
    let steps = spoken.steps && !time::is_even(&frame);
    if spoken.makes == Makes::Value && !steps {
        return Ok(moved(source, own.name(), &sources(&frame, wanted.last)));
    }
    let formula =
        formula(&frame, wanted, &spoken, steps).ok_or_else(|| Error::out_of_range("derived", &wanted.function, "a function of earlier rows"))?;
    Ok(computed(&frame, wanted, &formula))
}

/// What a function of a derived column says.
struct Spoken<'f> {
    makes: Makes<'f>,
    /// Whether rows are steps of the grid.
    steps: bool,
}

#[derive(PartialEq)]
enum Makes<'f> {
    Value,
    Window(Function),
    Span(Function, i64),
    Ewm(Decay, bool),
    Earlier(Aggregate, &'f str),
}

/// Reads a function's words.
fn spoken(function: &str) -> Option<Spoken<'_>> {
    if let Some((aggregate, key)) = function.split_once(" by ") {
        let aggregate = AGGREGATES.iter().find(|a| a.0 == aggregate)?.1;
        return Some(Spoken { makes: Makes::Earlier(aggregate, key), steps: false });
    }
    let (words, steps) = function.strip_suffix(STEPS).map_or((function, false), |words| (words, true));
    let makes = if words == VALUE {
        Makes::Value
    } else if let Some(decay) = words.strip_prefix("ewm ") {
        let (decay, adjusted) = decay.strip_suffix(UNADJUSTED).map_or((decay, true), |decay| (decay, false));
        Makes::Ewm(decay_of(decay)?, adjusted)
    } else if let Some((function, length)) = words.split_once(" over ") {
        let (number, unit) = length.split_once(' ')?;
        let unit = UNITS.iter().find(|u| u.0 == unit)?.1;
        Makes::Span(Function::from_id(function)?, number.parse::<i64>().ok().filter(|n| *n > 0)?.checked_mul(unit)?)
    } else {
        Makes::Window(Function::from_id(words)?)
    };
    (!steps || !matches!(makes, Makes::Span(..))).then_some(Spoken { makes, steps })
}

/// Ends a function over steps of a grid.
pub const STEPS: &str = " in steps";
const UNADJUSTED: &str = " unadjusted";
const UNITS: [(&str, i64); 3] = [("d", 86_400_000), ("h", 3_600_000), ("ms", 1)];
const AGGREGATES: [(&str, Aggregate); 5] =
    [("mean", Aggregate::Mean), ("sum", Aggregate::Sum), ("min", Aggregate::Min), ("max", Aggregate::Max), ("std", Aggregate::Std)];

fn decay_of(words: &str) -> Option<Decay> {
    let (kind, number) = words.split_once(' ')?;
    let number: f64 = number.parse().ok()?;
    match kind {
        "span" if number > 1.0 && number.is_finite() => Some(Decay::Span(number)),
        "half-life" if number > 0.0 && number.is_finite() => Some(Decay::HalfLife(number)),
        "alpha" if number > 0.0 && number < 1.0 => Some(Decay::Alpha(number)),
        _ => None,
    }
}

/// The words for an exponentially weighted mean.
#[must_use]
pub fn ewm_words(decay: Decay, adjusted: bool) -> String {
    let (kind, number) = match decay {
        Decay::Span(n) => ("span", n),
        Decay::HalfLife(n) => ("half-life", n),
        Decay::Alpha(n) => ("alpha", n),
    };
    format!("ewm {kind} {number}{}", if adjusted { "" } else { UNADJUSTED })
}

/// The words for a function of a stretch of time.
#[must_use]
pub fn span_words(function: &str, millis: i64) -> String {
    let (unit, length) = UNITS.iter().find(|u| millis % u.1 == 0).unwrap_or(&("ms", 1));
    format!("{function} over {} {unit}", millis / length)
}

/// The words for an aggregate of the earlier rows that share a value; `None` for one that cannot be had so.
#[must_use]
pub fn earlier_words(aggregate: Aggregate, key: &str) -> Option<String> {
    AGGREGATES.iter().find(|a| a.1 == aggregate).map(|a| format!("{} by {key}", a.0))
}

/// As the proof engine writes it; the source stands first in the frame.
fn formula(frame: &Frame<'_>, wanted: &DerivedColumn, spoken: &Spoken<'_>, steps: bool) -> Option<Formula> {
    let by = wanted.last.saturating_neg();
    let at_least = wanted.at_least.max(1);
    let window = |function, extent| TimeFormula::Window(Window { source: 0, function, extent, at_least, from: 0 });
    let plain = match spoken.makes {
        Makes::Value => TimeFormula::Shift { source: 0, by },
        Makes::Window(function) => window(
            function,
            match wanted.first {
                Some(first) => Extent::Rows { width: (wanted.last - first).unsigned_abs() + 1, by },
                None => Extent::FromStart { by },
            },
        ),
        Makes::Span(function, millis) => window(function, Extent::Span { millis, closed: Closed::Left }),
        Makes::Ewm(decay, adjusted) => TimeFormula::Ewm(Ewm { source: 0, decay, adjusted, by, at_least, starts: Vec::new() }),
        Makes::Earlier(aggregate, key) => {
            let key = frame.table.position(key)?;
            return Some(Formula::Group(GroupFormula::Earlier { aggregate, source: 0, key, own: false }));
        }
    };
    Some(Formula::Time(if steps { TimeFormula::OnGrid { formula: Box::new(plain) } } else { plain }))
}

/// A task that says no more than how rows are ordered.
fn task(source: &str, order: &Order) -> Task {
    Task {
        target: source.to_owned(),
        kind: TaskKind::Regression,
        classes: Vec::new(),
        time: order.time.clone(),
        entity: order.entity.clone(),
        weight: None,
        horizon: 0,
        features: Vec::new(),
        ignored: Vec::new(),
    }
}

/// For every row of the file the row its value comes from.
fn sources(frame: &Frame<'_>, last: i32) -> Vec<Option<u32>> {
    let mut from = vec![None; frame.n_rows()];
    for (position, &row) in frame.order.iter().enumerate() {
        from[row as usize] = frame.back(position, last.saturating_neg()).and_then(|p| frame.order.get(p)).copied();
    }
    from
}

/// The values of other rows, under another name.
fn moved(source: &Column, name: &str, from: &[Option<u32>]) -> Column {
    let at = |row: &Option<u32>| row.map(|r| r as usize);
    let values = match source.values() {
        Values::Numbers { values, decimals } => Values::Numbers {
            values: from.iter().map(|r| at(r).map_or(f64::NAN, |r| values[r])).collect(),
            // A text that is no plain number stays behind; its number is printed in full.
            decimals: from.iter().map(|r| at(r).map_or(0, |r| decimals[r].min(SHORTEST))).collect(),
        },
        Values::Codes { codes, levels } => {
            Values::Codes { codes: from.iter().map(|r| at(r).map_or(MISSING_CODE, |r| codes[r])).collect(), levels: levels.clone() }
        }
        Values::Times { millis, format } => {
            Values::Times { millis: from.iter().map(|r| at(r).map_or(MISSING_TIME, |r| millis[r])).collect(), format: format.clone() }
        }
    };
    Column::new(name, source.kind(), values, Exceptions::default()).with_decimal_comma(source.has_decimal_comma())
}

fn computed(frame: &Frame<'_>, wanted: &DerivedColumn, formula: &Formula) -> Column {
    let points = formula.all(frame);
    let decimals = wanted.decimals.filter(|&d| d < ALL_DIGITS);
    let mut values = vec![f64::NAN; frame.n_rows()];
    for (point, &row) in points.iter().zip(&frame.order) {
        values[row as usize] = point.map_or(f64::NAN, |p| decimals.map_or(p.value, |d| rounded(p.value, d)));
    }
    let printed = vec![decimals.unwrap_or(SHORTEST); values.len()];
    Column::new(wanted.column.as_str(), Kind::Numeric, Values::Numbers { values, decimals: printed }, Exceptions::default())
}

/// To so many decimals, as printing does.
fn rounded(value: f64, decimals: u8) -> f64 {
    format!("{value:.0$}", usize::from(decimals)).parse().unwrap_or(value)
}

/// The first derived column of `derived` among `features` that has no value in any row, with the rows of history it needs: new rows that
/// came without their history.
#[must_use]
pub fn without_history<'d>(table: &Table, derived: &'d [DerivedColumn], features: &[&str]) -> Option<(&'d DerivedColumn, u32)> {
    let empty = |d: &&DerivedColumn| {
        features.contains(&d.column.as_str()) && table.n_rows() > 0 && table.column(&d.column).is_ok_and(|c| c.n_missing() == c.len())
    };
    derived.iter().find(empty).map(|d| (d, d.first.unwrap_or(d.last).unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shop() -> Table {
        // Two shops, rows out of order.
        Table::new(vec![
            Column::numeric("day", vec![3.0, 1.0, 2.0, 1.0, 2.0, 4.0], 0),
            Column::labels("shop", Kind::Categorical, &[Some("a"), Some("a"), Some("a"), Some("b"), Some("b"), Some("a")]),
            Column::numeric("sales", vec![30.0, 10.0, 20.0, 100.0, 200.0, 40.0], 1),
            Column::labels("door", Kind::Boolean, &[Some("no"), Some("yes"), None, Some("yes"), Some("no"), Some("no")]),
        ])
        .unwrap()
    }

    fn order() -> Order {
        Order { time: Some("day".into()), entity: Some("shop".into()) }
    }

    fn texts(table: &Table, name: &str) -> Vec<String> {
        let column = table.column(name).unwrap();
        (0..column.len()).map(|row| column.text(row).into_owned()).collect()
    }

    #[test]
    fn a_shift_takes_the_value_of_earlier_rows_of_the_same_entity() {
        let made = derive(&shop(), &[DerivedColumn::shifted("sales", 1), DerivedColumn::shifted("door", 2)], &order()).unwrap();
        assert_eq!(texts(&made, "sales"), ["20.0", "", "10.0", "", "100.0", "30.0"]);
        assert_eq!(texts(&made, "door"), ["yes", "", "", "", "", ""]);
        assert_eq!(texts(&made, "day"), texts(&shop(), "day"));
    }

    #[test]
    fn a_window_moved_back_is_rounded_as_its_column_was() {
        let mean = DerivedColumn {
            source: "sales".into(),
            function: "mean".into(),
            first: Some(-2),
            last: -1,
            at_least: 2,
            decimals: Some(1),
            ..DerivedColumn::shifted("door", 1)
        };
        let made = derive(&shop(), std::slice::from_ref(&mean), &order()).unwrap();
        assert_eq!(texts(&made, "door"), ["15.0", "", "", "", "", "25.0"]);
        assert_eq!(made.column("door").unwrap().kind(), Kind::Numeric);
    }

    #[test]
    fn functions_are_read_as_they_are_written() {
        let (span, ewm) = (span_words("mean", 36 * 3_600_000), ewm_words(Decay::Alpha(0.2), false));
        let by = earlier_words(Aggregate::Sum, "shop").unwrap();
        assert_eq!((span.as_str(), ewm.as_str(), by.as_str()), ("mean over 36 h", "ewm alpha 0.2 unadjusted", "sum by shop"));
        for words in [&span, &ewm, &by, "value", "std", "ewm span 5", "ewm half-life 3 in steps", "max in steps"] {
            assert!(is_function(words), "{words}");
        }
        for words in ["", "mean of", "ewm span", "ewm span 0.5", "mean over d", "mean over 0 d", "mode by shop", "mean over 7 d in steps"] {
            assert!(!is_function(words), "{words}");
        }
    }

    #[test]
    fn an_aggregate_by_another_column_sees_earlier_rows_only() {
        let by = DerivedColumn { source: "sales".into(), function: "mean by shop".into(), first: None, ..DerivedColumn::shifted("door", 1) };
        let made = derive(&shop(), &[by], &Order { time: Some("day".into()), entity: None }).unwrap();
        assert_eq!(texts(&made, "door"), ["15", "", "10", "", "100", "20"]);
    }

    #[test]
    fn all_are_computed_from_the_file_and_not_from_one_another() {
        let twice = [DerivedColumn::shifted("sales", 1), DerivedColumn { source: "sales".into(), ..DerivedColumn::shifted("door", 1) }];
        let made = derive(&shop(), &twice, &order()).unwrap();
        assert_eq!(texts(&made, "door"), texts(&made, "sales"));
    }

    #[test]
    fn rows_without_history_are_told() {
        let derived = [DerivedColumn::shifted("sales", 9)];
        let made = derive(&shop(), &derived, &order()).unwrap();
        assert_eq!(without_history(&made, &derived, &["sales"]).map(|f| f.1), Some(9));
        assert!(without_history(&made, &derived, &["door"]).is_none());
    }

    #[test]
    fn what_orders_rows_is_not_replaced_and_labels_have_no_mean() {
        assert!(derive(&shop(), &[DerivedColumn::shifted("day", 1)], &order()).unwrap_err().to_string().contains("day"));
        let mean = DerivedColumn { function: "mean".into(), ..DerivedColumn::shifted("door", 1) };
        assert!(derive(&shop(), &[mean], &order()).is_err());
        assert!(derive(&shop(), &[DerivedColumn::shifted("absent", 1)], &order()).unwrap_err().to_string().contains("absent"));
    }
}
