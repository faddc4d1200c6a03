//! Dated rows split by chance.
//!
//! A model that will be used on tomorrow's rows must be judged on rows later than those it learned from. Dealt by chance, each
//! validation row stands between neighbours that were learned from, and the score is that of filling gaps. Found when rows
//! are dealt by chance although a time column is set, or although the file has a column of dates and none is set.
//!
//! The price is measured with a fast model on the newest rows: learned from the first two thirds in time and judged on the last,
//! against two thirds drawn by chance and judged on the same rows; and once more with a gap of a twentieth of the moments before the
//! rows judged. The interval sums over twenty runs of consecutive rows. A price that is surely below 0.03 makes the warning a note.

use super::super::judged::Judged;
use super::super::probe::{OutOfFold, Probe, most_rows};
use super::super::{AuditInput, Check};
use crate::finding::{Certainty, Checked, Evidence, Finding, Remedy, Severity};
use crate::split::Strategy;
use crate::table::{Column, Kind, MISSING_TIME};

/// The check.
pub const RANDOM_SPLIT_ON_DATES: Check = Check {
    id: "random_split_on_dates",
    title: "Random split on dated rows",
    doc: "Finds dated rows that are dealt to the folds by chance. The model is then judged between neighbours it has seen instead of on what comes \
          later. Split in time order if you will predict later rows.",
    run,
};

/// Share of steps in one direction from which the file is in the order of a column.
const IN_ORDER: f64 = 0.99;
/// Fewest different moments that make a time line.
const MOMENTS: usize = 10;
/// Share of the cells of a time column that must be present.
const PRESENT: f64 = 0.9;
/// Fewest rows that can be priced.
const ENOUGH: usize = 150;
/// Difference of scores that matters.
const PRICE: f64 = 0.03;
/// Honest score above which something else gives the answer, and no way of dealing rows can be priced.
const SATURATED: f64 = 0.985;
/// Runs of consecutive rows the interval sums over.
const RUNS: usize = 20;
/// Moments of the gap, as a share.
const GAP: usize = 20;

fn run(input: &AuditInput<'_>) -> Checked {
    let n_rows = input.table.n_rows();
    let candidates: Vec<(&Column, f64)> =
        input.table.columns().iter().filter(|c| c.kind() == Kind::Timestamp).filter_map(|c| Some((c, in_order(c)?))).collect();
    let chosen = input.task.time.as_deref();
    if chosen.is_none() && candidates.is_empty() {
        return Checked::skipped(RANDOM_SPLIT_ON_DATES.id, "the rows have no dates");
    }
    let ordered = match input.split.strategy {
        Strategy::TimeOrdered => true,
        Strategy::Auto => chosen.is_some(),
        Strategy::Random | Strategy::Stratified | Strategy::Grouped => false,
    };
    if ordered {
        return Checked::ran(RANDOM_SPLIT_ON_DATES.id, n_rows, Vec::new());
    }
    // The column set as time, else the one the file is most nearly in the order of.
    let best = candidates
        .iter()
        .filter(|(c, _)| chosen.is_none_or(|t| t == c.name()))
        .max_by(|a, b| a.1.total_cmp(&b.1).then(input.table.position(b.0.name()).cmp(&input.table.position(a.0.name()))));
    let (name, evidence, certainty) = match (best, chosen) {
        (Some((column, monotone)), _) => {
            let certain = chosen.is_some() || *monotone >= IN_ORDER;
            let evidence = Evidence::Order { monotone: *monotone, association: 0.0, p_value: None };
            (column.name(), evidence, if certain { Certainty::Strong } else { Certainty::Ask })
        }
        (None, Some(time)) => (time, Evidence::Setting { name: "split.strategy".into(), value: "random".into() }, Certainty::Strong),
        (None, None) => return Checked::ran(RANDOM_SPLIT_ON_DATES.id, n_rows, Vec::new()),
    };
    let priced = price(input, name);
    let cheap = matches!(&priced, Some(Evidence::SplitGap { gap_high, .. }) if *gap_high < PRICE);
    let severity = if certainty == Certainty::Ask || cheap { Severity::Note } else { Severity::Warning };
    let evidence = priced.unwrap_or(evidence);
    let finding =
        Finding::new(RANDOM_SPLIT_ON_DATES.id, severity, certainty, &[name], evidence).remedies(vec![Remedy::OrderSplit { time: name.to_owned() }]);
    Checked::ran(RANDOM_SPLIT_ON_DATES.id, n_rows, vec![finding])
}

/// The column that orders the rows in time: the one that is set, else the column of dates that the file is in the order of.
pub(in crate::audit) fn time_line<'a>(input: &AuditInput<'a>) -> Option<&'a Column> {
    if let Some(time) = input.task.time.as_deref() {
        return input.table.column(time).ok();
    }
    let dated = input.table.columns().iter().filter(|c| c.kind() == Kind::Timestamp);
    dated.into_iter().find(|c| in_order(c).is_some_and(|share| share >= IN_ORDER))
}

/// What the split by chance is worth on the newest rows; `None` when there are too few.
fn price(input: &AuditInput<'_>, time: &str) -> Option<Evidence> {
    let millis = input.table.column(time).ok()?.millis()?;
    let n = input.test_from.unwrap_or(usize::MAX).min(input.table.n_rows());
    let has_target = |r: &usize| input.target.values.get(*r).is_some_and(|t| !t.is_nan());
    let mut rows: Vec<(i64, u32)> = (0..n).filter(|&r| millis[r] != MISSING_TIME).filter(has_target).map(|r| (millis[r], r as u32)).collect();
    rows.sort_unstable();
    let newest: Vec<u32> = rows.iter().skip(rows.len().saturating_sub(most_rows(input))).map(|r| r.1).collect();
    let mut moments: Vec<i64> = newest.iter().map(|&r| millis[r as usize]).collect();
    moments.dedup();
    if newest.len() < ENOUGH {
        return None;
    }
    let probe = Probe::new(input, &newest, |_| false).by(None, Some(time));
    let chance = if input.target.classes.is_empty() { Strategy::Random } else { Strategy::Stratified };
    let random = probe.out_of_fold(chance, 3, 0, false, input.seed)?;
    let ordered = probe.out_of_fold(Strategy::TimeOrdered, 2, 0, true, input.seed)?;
    let gapped = probe.out_of_fold(Strategy::TimeOrdered, 2, u32::try_from(moments.len() / GAP).ok()?.max(1), true, input.seed);
    let sample = probe.sample(&ordered.rows);
    let score = |o: &OutOfFold| Judged::new(&sample, &o.of(&ordered.rows)?);
    let (random, honest) = (score(&random)?, score(&ordered)?);
    if honest.value > SATURATED {
        return None;
    }
    let gap = random.minus(&honest);
    // The probe's rows stand in time order.
    let runs: Vec<u32> = (0..ordered.rows.len()).map(|i| (i * RUNS / ordered.rows.len()) as u32).collect();
    let half = crate::math::distribution::t_quantile(0.975, RUNS as f64 - 1.0) * gap.error(&runs);
    Some(Evidence::SplitGap {
        metric: sample.metric().to_owned(),
        random: random.value,
        honest: honest.value,
        gapped: gapped.and_then(|g| score(&g)).map(|j| j.value),
        gap_low: gap.value - half,
        gap_high: gap.value + half,
    })
}

/// Share of steps between rows that go one way, ties included; `None` when the column is no time line.
#[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
fn in_order(column: &Column) -> Option<f64> {
    let present: Vec<i64> = column.millis()?.iter().copied().filter(|&m| m != MISSING_TIME).collect();
    let mut moments: Vec<i64> = present.clone();
    moments.sort_unstable();
    moments.dedup();
    if moments.len() < MOMENTS || (present.len() as f64) < PRESENT * column.len() as f64 {
        return None;
    }
    let steps = (present.len() - 1) as f64;
    let up = present.windows(2).filter(|w| w[1] >= w[0]).count() as f64;
    let down = present.windows(2).filter(|w| w[1] <= w[0]).count() as f64;
    Some(up.max(down) / steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::fixtures::{Case, clean, days};
    use crate::finding::Status;

    fn dated(strategy: Strategy, time: Option<&str>, order: impl Fn(i64) -> i64) -> Checked {
        let mut columns = clean(7, 200, 0).into_columns();
        columns.insert(0, days("day", &(0..200).map(order).collect::<Vec<_>>()));
        let mut case = Case::new(columns);
        case.split.strategy = strategy;
        case.task.time = time.map(str::to_owned);
        case.run(&RANDOM_SPLIT_ON_DATES)
    }

    #[test]
    fn dates_in_file_order_and_a_random_split_are_a_warning_with_a_remedy() {
        let found = dated(Strategy::Auto, None, |i| i).findings;
        assert_eq!((found[0].severity, found[0].certainty), (Severity::Warning, Certainty::Strong));
        assert_eq!(found[0].remedies, [Remedy::OrderSplit { time: "day".into() }]);
        assert_eq!(dated(Strategy::Random, Some("day"), |i| i).findings.len(), 1);
    }

    #[test]
    fn the_price_is_that_of_filling_gaps() {
        // A level that wanders: known to its neighbours in time, not to later rows.
        let mut draw = crate::math::rng::Stream::new(8, "wander", 0);
        let mut level = 0.0;
        let y: Vec<f64> = (0..900)
            .map(|_| {
                level += draw.normal();
                (level * 100.0_f64).round() / 100.0
            })
            .collect();
        let mut columns = clean(7, 900, 0).into_columns();
        columns.pop();
        columns.insert(0, days("day", &(0..900).collect::<Vec<_>>()));
        columns.push(Column::numeric("y", y, 2));
        let found = Case::new(columns).run(&RANDOM_SPLIT_ON_DATES).findings;
        let Evidence::SplitGap { random, honest, gap_low, .. } = found[0].evidence else { panic!("evidence") };
        assert!(random > honest + 0.2 && gap_low > 0.0, "{:?}", found[0].evidence);
    }

    #[test]
    fn dates_in_no_order_are_asked_about() {
        assert_eq!(dated(Strategy::Auto, None, |i| i * 7_919 % 200).findings[0].certainty, Certainty::Ask);
    }

    #[test]
    fn an_ordered_split_is_the_innocent_twin_and_a_file_without_dates_is_skipped() {
        assert!(dated(Strategy::Auto, Some("day"), |i| i).findings.is_empty());
        assert!(matches!(clean(7, 200, 0).run(&RANDOM_SPLIT_ON_DATES).status, Status::Skipped(_)));
    }
}
