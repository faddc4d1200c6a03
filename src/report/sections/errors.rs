//! The pattern of the errors: bias, spread, outliers, and the segments in which they are largest.

use super::shared::{count_cell, heads, words};
use crate::chart::{Figure, Series, figures};
use crate::evaluate::errors::{Bias, Errors, Group};
use crate::evaluate::shares::Mean;
use crate::explain::{WeakSegment, Weakest};
use crate::report::block::{Block, Cell, Spans, TableBlock, column, strong, text};
use crate::report::format::{count, counted, interval, number, p_value, percent, signed};
use crate::task::Task;

/// p-values below this are called clear.
const CLEAR: f64 = 0.01;

/// The blocks about errors.
#[must_use]
pub fn errors(found: &Errors, weakest: Option<&Weakest>, task: &Task) -> Vec<Block> {
    let mut blocks = vec![Block::Heading { text: "Where it errs".to_owned() }];
    let says = statement(found, task);
    blocks.extend((!says.is_empty()).then_some(Block::Paragraph { text: says }));
    blocks.extend((found.tenths.len() > 1).then(|| Block::Figure { figure: by_group(&found.tenths, task, false) }));
    blocks.extend((found.months.len() > 1).then(|| Block::Figure { figure: by_group(&found.months, task, true) }));
    blocks.extend((!found.normal.is_empty()).then(|| Block::Figure { figure: against_normal(found) }));
    if !found.levels.is_empty() {
        blocks.push(Block::Table { table: levels(found) });
    }
    blocks.extend(weakest.into_iter().flat_map(|w| segments(w, task)));
    if blocks.len() == 1 { Vec::new() } else { blocks }
}

fn unit(task: &Task) -> String {
    match task.classes.get(1) {
        Some(class) if task.classes.len() == 2 => format!("in probability of {class}"),
        _ => format!("in the unit of {}", task.target),
    }
}

fn ends(mean: &Mean) -> String {
    mean.low.zip(mean.high).map_or_else(String::new, |(low, high)| format!(" ({} to {})", signed(low), signed(high)))
}

fn statement(found: &Errors, task: &Task) -> Spans {
    let mut says = Vec::new();
    if let Some(bias) = &found.bias {
        let way = match bias.low.zip(bias.high) {
            Some((low, _)) if low > 0.0 => "predictions are too low on average",
            Some((_, high)) if high < 0.0 => "predictions are too high on average",
            Some(_) => "no bias overall",
            None => "too few rows to say",
        };
        says.push(strong(format!("Mean of truth minus prediction: {}{}", signed(bias.value), ends(bias))));
        says.push(text(format!(" {}: {way}.", unit(task))));
    }
    if let Some(spread) = &found.spread {
        let tests = format!(
            "rank correlation of size and prediction {}, {}; Breusch and Pagan {}",
            signed(spread.rho),
            p_value(spread.rho_p),
            p_value(spread.lm_p)
        );
        let clear = spread.rho_p < CLEAR || spread.lm_p < CLEAR;
        let way = match clear {
            true if spread.rho > 0.0 => " Errors grow with the prediction",
            true => " Errors are not equally large everywhere",
            false => " Errors are about as large for small predictions as for large ones",
        };
        says.push(text(format!("{way} ({tests}).")));
    }
    if let Some((rho, p)) = found.over_time.filter(|(_, p)| *p < CLEAR) {
        let way = if rho > 0.0 { "too low" } else { "too high" };
        says.push(text(format!(" As time goes on predictions become {way} (rank correlation {}, {}).", signed(rho), p_value(p))));
    }
    if let Some(outliers) = found.outliers.as_ref().filter(|o| o.count > 0) {
        says.push(text(format!(
            " {} more than 3.5 robust standard deviations off and make {} of the squared error; the worst hundredth of the rows makes {}.",
            match outliers.count {
                1 => "1 row lies".to_owned(),
                n => format!("{} rows lie", count(n)),
            },
            percent(outliers.of_squares),
            percent(outliers.worst_hundredth)
        )));
    }
    says
}

fn name(group: &Group) -> String {
    match group {
        Group::Tenth(at) => format!("tenth {}", at + 1),
        Group::Month(year, month) => format!("{year}-{month:02}"),
        Group::Level(column, level) => format!("{column} = {level}"),
    }
}

/// Whether a bias is clearly not 0: too low 1, too high -1.
fn side(mean: &Mean) -> i32 {
    match mean.low.zip(mean.high) {
        Some((low, _)) if low > 0.0 => 1,
        Some((_, high)) if high < 0.0 => -1,
        _ => 0,
    }
}

fn by_group(groups: &[Bias], task: &Task, months: bool) -> Figure {
    let off = groups.iter().filter(|g| side(&g.miss) != 0).count();
    let what = if months { "months" } else { "tenths of the rows by prediction" };
    let title = if off == 0 {
        format!("No bias is seen in any of {} {what}", groups.len())
    } else {
        format!("Predictions are off in {off} of {} {what}", groups.len())
    };
    let how = if task.kind.is_classification() { "95 % intervals of the share that happened" } else { "95 % intervals (Student’s t)" };
    let caption = format!("Mean of truth minus prediction, {}; {how}. Groups of fewer than 20 rows are left out.", unit(task));
    let id = if months { "bias_by_month" } else { "bias_by_tenth" };
    let bars: Vec<_> = groups.iter().map(|g| (name(&g.group), g.miss.value, g.miss.low.zip(g.miss.high))).collect();
    figures::bar(id, &title, &caption, "truth minus prediction", &bars)
}

fn against_normal(found: &Errors) -> Figure {
    let points = found.normal.clone();
    let (low, high) = (points.first().map_or(-1.0, |p| p.0), points.last().map_or(1.0, |p| p.0));
    let widest = points.iter().map(|p| p.1 - p.0).max_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap_or(0.0);
    let title =
        if widest.abs() < 0.2 { "Errors are spread nearly as a normal distribution" } else { "Errors are not spread as a normal distribution" };
    let series = vec![
        Series { name: "normal".to_owned(), points: vec![(low, low), (high, high)], band: Vec::new(), quiet: true },
        Series { name: "errors".to_owned(), points, band: Vec::new(), quiet: false },
    ];
    let caption = format!(
        "Quantiles at 5 to 95 % of standardised errors against those of a normal distribution (QQ), {}.",
        counted(found.n_rows, "row", "rows")
    );
    figures::line_interval("qq", title, &caption, ("normal quantile", "quantile of the errors"), series)
}

fn levels(found: &Errors) -> TableBlock {
    let row = |b: &Bias| {
        let Group::Level(name, level) = &b.group else { return Vec::new() };
        let fine = b.miss.low.zip(b.miss.high).map(|(low, high)| format!("{} to {}", signed(low), signed(high)));
        let way = if b.miss.value > 0.0 { "too low" } else { "too high" };
        vec![
            Cell::Column { name: name.clone() },
            words(level.clone()),
            count_cell(b.miss.n),
            Cell::Number { text: signed(b.miss.value), value: Some(b.miss.value), fine },
            words(format!("predictions are {way}")),
        ]
    };
    TableBlock {
        caption: format!("Levels with a bias that is not chance, of {} tested (false discovery rate 5 %)", count(found.n_levels)),
        head: heads(&["Column", "level", "#n", "#truth minus prediction", "so"]),
        rows: found.levels.iter().map(row).filter(|r| !r.is_empty()).collect(),
        rule_after: 0,
    }
}

/// A weak segment: its conditions, and how many times the error of all rows it has.
#[must_use]
pub fn segment_in_words(s: &WeakSegment) -> Spans {
    let mut says: Spans = Vec::new();
    for (at, (feature, above, most)) in s.conditions.iter().enumerate() {
        says.push(text(if at == 0 { "" } else { " and " }));
        says.push(column(feature));
        says.push(text(match (above, most) {
            (Some(above), Some(most)) => format!(" in {}", interval(*above, *most)),
            (Some(above), None) => format!(" above {}", number(*above)),
            (None, Some(most)) => format!(" at most {}", number(*most)),
            (None, None) => String::new(),
        }));
    }
    let ends = s.ratio_interval.map_or_else(String::new, |i| format!(" ({})", interval(i.0, i.1)));
    says.push(text(format!(": {} times the error of all rows{ends}, {}", number(s.ratio), counted(s.n_rows, "row", "rows"))));
    says
}

fn segments(found: &Weakest, task: &Task) -> Vec<Block> {
    let what = if task.kind.is_classification() { "mean of 1 minus the probability of the true class" } else { "mean absolute error" };
    let halves = format!(
        "A small tree on the size of the errors looked for segments among {}; they are measured on {} that took no part in that ({what} {} there).",
        counted(found.n_rows.0, "row", "rows"),
        counted(found.n_rows.1, "other", "others"),
        number(found.loss)
    );
    if found.segments.is_empty() {
        return vec![Block::Paragraph { text: vec![strong("No segment is weaker than the whole. "), text(halves)] }];
    }
    let items = found.segments.iter().map(segment_in_words).collect();
    vec![Block::Paragraph { text: vec![strong("Weakest segments. "), text(halves)] }, Block::List { items, numbered: false }]
}
