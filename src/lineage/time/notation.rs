//! Formulas over rows in notation: `mean(revenue[t-2..t])`, `x[t] − x[t-1]`, `ewm(x[..t], span 5)`, `month(date)`.

use super::super::notation::at;
use super::calendar::{Calendar, Part, Unit};
use super::change::{Change, Comparison};
use super::ewm::{Decay, Ewm};
use super::function::Function;
use super::window::{Closed, Extent, Window};
use super::{TimeFormula, Weighted};
use crate::format::number;

const DAY: i64 = 86_400_000;
const HOUR: i64 = 3_600_000;

impl TimeFormula {
    /// The formula in notation; `name` gives a column's name.
    pub(in super::super) fn notation(&self, name: &dyn Fn(usize) -> String) -> String {
        match self {
            Self::Shift { source, by } => format!("{}[{}]", name(*source), at(-by)),
            Self::Change(f) => change(f, &name(f.source)),
            Self::Window(f) => window(f, &name(f.source)),
            Self::Ewm(f) => ewm(f, &name(f.source)),
            Self::Cumulative(f) => format!("start + sum({}[..{}])", name(f.source), at(-f.by)),
            Self::Weighted(f) => weighted(f, &name(f.source)),
            Self::Calendar(f) => calendar(f, &f.time.map(name).unwrap_or_default()),
            Self::OnGrid { formula } => format!("{}, t in steps of time", formula.notation(name)),
        }
    }
}

fn change(f: &Change, x: &str) -> String {
    let (now, before) = (format!("{x}[{}]", at(-f.by)), format!("{x}[{}]", at(-f.by - f.lag)));
    match f.comparison {
        Comparison::Difference => format!("{now} \u{2212} {before}"),
        Comparison::Ratio => format!("{now} / {before}"),
        Comparison::Growth => format!("{now} / {before} \u{2212} 1"),
        Comparison::Percent => format!("100 × ({now} / {before} \u{2212} 1)"),
        Comparison::LogRatio => format!("ln({now} / {before})"),
    }
}

fn window(f: &Window, x: &str) -> String {
    let rows = match f.extent {
        Extent::Rows { width, by } => format!("{x}[{}..{}]", at(1 - by - i32::try_from(width).unwrap_or(i32::MAX)), at(-by)),
        Extent::FromStart { by } => format!("{x}[..{}]", at(-by)),
        Extent::Span { millis, closed } => {
            let length = if millis % DAY == 0 { format!("{} d", millis / DAY) } else { format!("{} h", millis / HOUR) };
            if closed == Closed::Right { format!("{x}, last {length}") } else { format!("{x}, {length} before") }
        }
    };
    let now = format!("{x}[{}]", at(-f.from));
    match f.function {
        Function::LessMean => format!("{now} \u{2212} mean({rows})"),
        Function::OverMean => format!("{now} / mean({rows})"),
        Function::ZScore => format!("({now} \u{2212} mean) / std({rows})"),
        Function::ZScorePopulation => format!("({now} \u{2212} mean) / population std({rows})"),
        function => format!("{}({rows})", word(function)),
    }
}

fn word(function: Function) -> &'static str {
    match function {
        Function::Mean | Function::LessMean | Function::OverMean => "mean",
        Function::Sum => "sum",
        Function::Min => "min",
        Function::Max => "max",
        Function::Median => "median",
        Function::Range => "range",
        Function::Std | Function::ZScore => "std",
        Function::StdPopulation | Function::ZScorePopulation => "population std",
        Function::Variance => "variance",
        Function::VariancePopulation => "population variance",
        Function::Distinct => "distinct",
    }
}

fn ewm(f: &Ewm, x: &str) -> String {
    let decay = match f.decay {
        Decay::Span(span) => format!("span {}", number(span)),
        Decay::HalfLife(rows) => format!("half-life {}", number(rows)),
        Decay::Alpha(alpha) => format!("alpha {}", number(alpha)),
    };
    let plain = if f.adjusted { "" } else { ", not adjusted" };
    format!("ewm({x}[..{}], {decay}{plain})", at(-f.by))
}

fn weighted(f: &Weighted, x: &str) -> String {
    let term = |(by, weight): (i32, &f64)| format!("{} × {x}[{}]", number(*weight), at(-by));
    let terms: Vec<String> = (f.by..).zip(&f.weights).filter(|(_, w)| **w != 0.0).map(term).collect();
    terms.join(" + ")
}

fn calendar(f: &Calendar, time: &str) -> String {
    let unit = |unit: Unit| match unit {
        Unit::Days => "days",
        Unit::Hours => "hours",
        Unit::Minutes => "minutes",
        Unit::Seconds => "seconds",
    };
    let part = match f.part {
        Part::RowInFile => "row number".to_owned(),
        Part::RowInOrder => "row number in time".to_owned(),
        Part::RowInEntity => "row number in the entity".to_owned(),
        Part::Year => format!("year({time})"),
        Part::Quarter => format!("quarter({time})"),
        Part::Month => format!("month({time})"),
        Part::Week => format!("week({time})"),
        Part::DayOfYear => format!("day of year({time})"),
        Part::DayOfMonth => format!("day of month({time})"),
        Part::Weekday | Part::WeekdayFromSunday => format!("weekday({time})"),
        Part::Hour => format!("hour({time})"),
        Part::Minute => format!("minute({time})"),
        Part::IsWeekend => format!("is weekend({time})"),
        Part::IsMonthStart => format!("is first of month({time})"),
        Part::IsMonthEnd => format!("is last of month({time})"),
        Part::Days => format!("days({time})"),
        Part::SincePrevious(u) => format!("{} since the row before({time})", unit(u)),
        Part::UntilNext(u) => format!("{} until the next row({time})", unit(u)),
    };
    let wave = f.wave.map_or(part.clone(), |w| {
        let turns = if w.harmonic == 1 { String::new() } else { format!("{} × ", w.harmonic) };
        format!("{}({turns}2π × {part} / {})", if w.is_sine { "sin" } else { "cos" }, number(w.period))
    });
    let scaled = if f.scale == 1.0 { wave } else { format!("{} × {wave}", number(f.scale)) };
    if f.offset == 0.0 { scaled } else { format!("{} + {scaled}", number(f.offset)) }
}
