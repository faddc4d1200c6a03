//! Columns over time: a table of what each does, and the target in pictures. A shared report draws means of five rows or more in the place of rows.

use super::shared::{count_cell, heads, words};
use crate::chart::figures::line_interval;
use crate::chart::{Figure, Series};
use crate::finding::{Checked, Evidence, OverTime};
use crate::report::block::{Block, Cell, TableBlock, text};
use crate::report::format::{NOT_COMPUTABLE, count, fixed, interval, number};
use crate::report::words::over_time::{moments, p_in_words};

/// Lags of the correlogram, at most.
const LAGS: usize = 48;
/// Most changes of level in the table.
const CHANGES: usize = 30;

/// The blocks; none where nothing was looked at over time.
#[must_use]
pub fn over_time(checked: &[Checked], target: Option<&str>) -> Vec<Block> {
    let found =
        checked.iter().flat_map(|c| &c.findings).find_map(|f| if let Evidence::OverTime { series } = &f.evidence { Some(series) } else { None });
    let Some(series) = found.filter(|s| !s.is_empty()) else { return Vec::new() };
    let mut blocks = vec![Block::Heading { text: "Over time".to_owned() }, Block::Table { table: summary(series) }];
    if let Some(own) = series.first().filter(|s| Some(s.column.as_str()) == target) {
        blocks.push(Block::Figure { figure: course(own) });
        let mut more: Vec<Block> = [parts(own), correlogram(own)].into_iter().flatten().map(|figure| Block::Figure { figure }).collect();
        if !own.changes.is_empty() {
            more.push(Block::Table { table: changes(own) });
        }
        more.push(Block::Paragraph { text: vec![text(method(own))] });
        blocks.push(Block::Details { summary: "Season, autocorrelation, changes of level and how they were found".to_owned(), blocks: more });
    }
    blocks
}

fn cell(text: String, value: f64, fine: Option<String>) -> Cell {
    Cell::Number { text, value: Some(value), fine }
}

fn none() -> Cell {
    words("–")
}

fn summary(series: &[OverTime]) -> TableBlock {
    let row = |s: &OverTime| {
        let slope = s.slope.map_or_else(
            || words(NOT_COMPUTABLE),
            |(slope, low, high)| cell(number(slope), slope, Some(interval(low, high) + if s.has_trend() { "" } else { "; includes 0" })),
        );
        let season = if s.period == 0 {
            none()
        } else {
            cell(moments(s, s.period.into()), s.period.into(), Some(format!("strength {}", fixed(s.strength.1, 2))))
        };
        let alike = s.correlation.0.first().map_or_else(none, |r| cell(fixed(*r, 2), *r, None));
        let about = |at: usize| s.kpss.get(at).map(|(_, p)| p_in_words(*p));
        let stays = match (s.kpss.is_empty(), s.leaves(0), s.leaves(1)) {
            (true, ..) => NOT_COMPUTABLE,
            (_, false, _) => "about a level",
            (_, true, false) => "about a line",
            _ => "about neither",
        };
        let stays = format!("{stays}{}", about(usize::from(s.leaves(0))).map_or_else(String::new, |p| format!(" ({p})")));
        vec![Cell::Column { name: s.column.clone() }, count_cell(s.moments.0), slope, season, count_cell(s.changes.len() as u64), alike, words(stays)]
    };
    let unit = series.first().map_or("moment", |s| s.unit.as_str());
    let change = format!("#change a {unit}");
    TableBlock {
        caption: "What columns do over time, by their mean at each moment".into(),
        head: heads(&["Column", &format!("#{unit}s"), &change, "#season", "#changes of level", "#like the one before", "stays"]),
        rows: series.iter().map(row).collect(),
        rule_after: 0,
    }
}

fn line(name: &str, points: &[(f64, f64)], quiet: bool) -> Series {
    Series { name: name.to_owned(), points: points.to_vec(), band: Vec::new(), quiet }
}

/// The series with its trend and levels.
fn course(own: &OverTime) -> Figure {
    let wanted = [("observed", "mean of the rows", false), ("trend", "trend", false), ("level", "level", true)];
    let lines = wanted.into_iter().filter(|w| !own.line(w.0).is_empty()).map(|(id, name, quiet)| line(name, own.line(id), quiet)).collect();
    let said = match (own.has_trend(), own.changes.len()) {
        (true, 0) => " moves along a trend",
        (_, n) if n > 0 => " changes its level",
        _ => " has no clear trend",
    };
    let how = if own.period > 0 { "trend by STL over the newest moments" } else { "trend by Theil and Sen where its interval leaves out 0" };
    let caption = format!(
        "Mean at each of {}, drawn in at most 240 points (of five rows or more each in a shared report); {how}; levels between changes (PELT).",
        moments(own, own.moments.0)
    );
    let x = format!("{}, counted from the first", own.unit);
    line_interval("over_time", &format!("{}{said}", own.column), &caption, (&x, &own.column), lines)
}

/// Season and remainder.
fn parts(own: &OverTime) -> Option<Figure> {
    (own.period > 0).then(|| {
        let lines = [("season", "season"), ("remainder", "what is left")];
        let lines = lines.into_iter().filter(|w| !own.line(w.0).is_empty()).map(|(id, name)| line(name, own.line(id), false)).collect();
        let title = format!("{} repeats itself every {}", own.column, moments(own, own.period.into()));
        let caption = format!(
            "Season and remainder by STL (Cleveland et al. 1990), the newest of them; strength of the season {} of 1.",
            fixed(own.strength.1, 2)
        );
        let x = format!("{}, counted from the first", own.unit);
        line_interval("season", &title, &caption, (&x, &own.column), lines)
    })
}

/// Autocorrelation by lag, with what chance gives.
#[expect(clippy::cast_precision_loss, reason = "a few lags")]
fn correlogram(own: &OverTime) -> Option<Figure> {
    let (values, n) = &own.correlation;
    let shown = LAGS.max(2 * own.period as usize).min(values.len());
    let points: Vec<(f64, f64)> = values.iter().take(shown).enumerate().map(|(i, r)| (i as f64 + 1.0, *r)).collect();
    let first = points.first()?.1;
    let chance = 1.96 / (*n as f64).sqrt();
    let edge = |at: f64| line(if at > 0.0 { "chance" } else { "chance, below 0" }, &[(1.0, at), (shown as f64, at)], true);
    let title = if first.abs() > chance {
        format!("Neighbouring values of {} are alike", own.column)
    } else {
        format!("Neighbouring values of {} are not alike", own.column)
    };
    let caption = format!("Autocorrelation over {}; without structure 95 of 100 lags stay within ± {}.", moments(own, *n), fixed(chance, 2));
    let lines = vec![line("autocorrelation", &points, false), edge(chance), edge(-chance)];
    Some(line_interval("correlogram", &title, &caption, (&format!("{}s before", own.unit), "autocorrelation"), lines))
}

fn changes(own: &OverTime) -> TableBlock {
    let row = |(at, stamp, before, after): &(u32, String, f64, f64)| {
        let when = if stamp.is_empty() { format!("{} {}", own.unit, count(u64::from(*at) + 1)) } else { stamp.clone() };
        vec![words(when), cell(number(*before), *before, None), cell(number(*after), *after, None)]
    };
    TableBlock {
        caption: format!("Changes of level of {}", own.column),
        head: heads(&["From", "#mean before", "#mean after"]),
        rows: own.changes.iter().take(CHANGES).map(row).collect(),
        rule_after: 0,
    }
}

/// How it was found, and within which limits.
fn method(own: &OverTime) -> String {
    use crate::quality::time::{BAR, BLOCKS, NEWEST, STRONG, WHOLE};
    let n = |limit: usize| count(limit as u64);
    format!(
        "Rows of one {} count by their mean. A season is told if the series is like itself one period before by {} standard errors and its strength is {} or more. \
         Trend: median of the slopes between all pairs of up to {} block means (Theil and Sen), the interval widened by what neighbours have in common. Changes of level: PELT on \
         squared errors, penalty {} (4 ln n long-run variances), none where a line fits as cheaply. Level and line: KPSS. Season and KPSS use the newest {} moments, the others \
         up to {} means over all.",
        own.unit,
        fixed(BAR, 0),
        fixed(STRONG, 1),
        n(BLOCKS),
        number(own.penalty),
        n(NEWEST),
        n(WHOLE)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::QualityInput;
    use crate::quality::rules::RULES;
    use crate::quality::rules::fixtures::{days, table, task};
    use crate::report::suppress;
    use crate::table::Column;
    use crate::task::Task;

    /// Blocks of a weekly series of single rows, as on the screen or in a shared file.
    fn blocks(shared: bool) -> String {
        let week = [3.0, 1.0, 0.0, -1.0, 0.0, 4.0, -7.0];
        let values: Vec<f64> = (0..210).map(|i| week[i % 7] + (i * 37 % 11) as f64 * 0.1 + if i > 100 { 9.0 } else { 0.0 } + 1_000.0).collect();
        let table = table(vec![days("day", &(0..210).collect::<Vec<i64>>()), Column::numeric("y", values, 1)]);
        let task = Task { time: Some("day".into()), ..task(&table, "y") };
        let rule = RULES.iter().find(|r| r.id == "over_time").unwrap();
        let found = vec![(rule.check)(&QualityInput { table: &table, profiles: &[], task: Some(&task), own: &[] })];
        let found = if shared { suppress::checked(&found, &table) } else { found };
        serde_json::to_string(&over_time(&found, Some("y"))).unwrap()
    }

    #[test]
    fn the_screen_shows_season_remainder_and_when_the_level_changed() {
        let told = blocks(false);
        for words in ["repeats itself every 7 days", "what is left", "autocorrelation", "Changes of level of y", "1970-04-1"] {
            assert!(told.contains(words), "{words}: {told}");
        }
    }

    #[test]
    fn a_shared_file_has_means_of_five_rows_no_remainder_and_no_stamp() {
        let told = blocks(true);
        assert!(told.contains("mean of the rows") && told.contains("repeats itself every 7 days"));
        assert!(!told.contains("what is left") && !told.contains("1970-"), "{told}");
        // The first row alone is 1003.0; a mean of five is not.
        assert!(!told.contains("[1.0,1003.0]") && blocks(false).contains("[1.0,1003.0]"));
    }

    #[test]
    fn nothing_over_time_gives_no_block() {
        assert!(over_time(&[], Some("y")).is_empty());
    }
}
