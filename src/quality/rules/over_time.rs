//! What the target does over time: trend, season, changes of level, and whether it stays about a level at all.
//!
//! Each of them says how a model of it should be made and judged: in time order, with values of one season ago, with changes in the place of values. How they are found,
//! and up to how many moments, stands in [`crate::quality::time`]. The finding is a certificate where there is nothing of the kind; the other columns of numbers
//! are told beside it.

use super::super::time::over_time;
use super::super::{Dimension, QualityInput, Rule};
use crate::finding::{Certainty, Checked, Evidence, Finding, OverTime, Remedy, Severity};
use crate::param::Value;

/// The rule.
pub const OVER_TIME: Rule = Rule {
    id: "over_time",
    title: "The target over time",
    doc: "Takes the target and the first columns of numbers apart over time: trend, season, changes of level. Validate in time order, and add what was known one \
          season ago or how much it changed.",
    dimension: Dimension::Timeliness,
    check,
};

/// Preparation step that answers it.
const STEP: &str = "lags";
/// Autocorrelation, in standard errors, from which the newest known value is worth a feature.
const ALIKE: f64 = 3.0;

fn check(input: &QualityInput<'_>) -> Checked {
    let n_rows = input.table.n_rows();
    let series = match over_time(input) {
        Ok(series) => series,
        Err(why) => return Checked::skipped(OVER_TIME.id, why),
    };
    let Some(task) = input.task else { return Checked::skipped(OVER_TIME.id, "no target is known") };
    let target = series.first().filter(|s| s.column == task.target);
    let tells = |s: &OverTime| s.period > 0 || s.has_trend() || !s.changes.is_empty() || s.leaves(0);
    let severity = if target.is_some_and(tells) { Severity::Note } else { Severity::Safe };
    let remedies = target.and_then(|s| earlier(s, task.horizon.max(1), &task.target)).into_iter().collect();
    let name = target.map_or("", |s| s.column.as_str()).to_owned();
    let columns: Vec<&str> = if name.is_empty() { Vec::new() } else { vec![&name] };
    let mut finding = Finding::new(OVER_TIME.id, severity, Certainty::Strong, &columns, Evidence::OverTime { series });
    OVER_TIME.id.clone_into(&mut finding.id);
    Checked::ran(OVER_TIME.id, n_rows, vec![finding.remedies(remedies)])
}

/// The step that adds earlier values of the target: the newest known, those one and two seasons ago, and changes where it wanders.
fn earlier(found: &OverTime, horizon: u32, target: &str) -> Option<Remedy> {
    let mut lags = Vec::new();
    let newest = found.correlation.0.get(horizon as usize - 1);
    #[expect(clippy::cast_precision_loss, reason = "moments stay below 2^53")]
    let bar = ALIKE / (found.correlation.1.max(1) as f64).sqrt();
    if newest.is_some_and(|r| r.abs() > bar) {
        lags.push(horizon);
    }
    if found.period > 0 {
        let first = horizon.next_multiple_of(found.period);
        lags.extend([first, first.saturating_add(found.period)]);
    }
    lags.dedup();
    let words: Vec<String> = lags.iter().map(u32::to_string).collect();
    let wanders = found.leaves(0) && found.leaves(1);
    let mut params = vec![("lags".to_owned(), Value::Word(words.join(", ")))];
    params.extend(wanders.then(|| ("changes".to_owned(), Value::Switch(true))));
    let remedy = Remedy::Prepare { step: STEP.to_owned(), columns: vec![target.to_owned()], params: params.into_iter().collect() };
    (!lags.is_empty()).then_some(remedy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Status;
    use crate::quality::rules::fixtures::{days, run_with_target, table, task};
    use crate::table::Column;
    use crate::task::Task;

    fn checked(values: Vec<f64>, horizon: u32) -> Checked {
        let stamps: Vec<i64> = (0..values.len() as i64).collect();
        let table = table(vec![days("day", &stamps), Column::numeric("y", values, 2)]);
        let task = Task { time: Some("day".into()), horizon, ..task(&table, "y") };
        check(&QualityInput { table: &table, profiles: &[], task: Some(&task), own: &[] })
    }

    fn weekly() -> Vec<f64> {
        (0..140).map(|i| [3.0, 1.0, 0.0, -1.0, 0.0, 4.0, -7.0][i % 7] + f64::from(u32::try_from(i * 37 % 11).unwrap()) * 0.1).collect()
    }

    #[test]
    fn a_season_asks_for_values_of_one_season_ago_beyond_the_horizon() {
        for (horizon, wanted) in [(0, "7, 14"), (10, "14, 21")] {
            let finding = checked(weekly(), horizon).findings.remove(0);
            assert_eq!((finding.severity, finding.columns.clone()), (Severity::Note, vec!["y".to_owned()]));
            let Remedy::Prepare { step, columns, params } = &finding.remedies[0] else { panic!("{finding:?}") };
            let Some(Value::Word(lags)) = params.get("lags") else { panic!("{params:?}") };
            assert!(step == "lags" && *columns == ["y"] && lags.ends_with(wanted), "{lags}");
        }
    }

    #[test]
    fn a_target_that_does_nothing_is_certified_and_costs_nothing() {
        let mut draw = crate::math::rng::Stream::new(3, "quiet", 0);
        let found = checked((0..120).map(|_| draw.normal()).collect(), 0);
        assert_eq!(found.findings[0].severity, Severity::Safe);
        assert!(found.findings[0].remedies.is_empty());
    }

    #[test]
    fn without_a_time_column_or_moments_it_says_so() {
        let table = table(vec![Column::numeric("y", vec![1.0, 2.0, 3.5], 0)]);
        assert!(matches!(run_with_target(&OVER_TIME, &table, "y").status, Status::Skipped(_)));
        assert!(matches!(checked(vec![1.0, 2.0, 3.0], 0).status, Status::Skipped(_)));
    }
}
