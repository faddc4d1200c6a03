//! Why the chosen model says what it says: what columns contribute, how predictions follow them, a small tree in its place, and a few predictions taken apart.

use super::shared::{heads, words};
use super::worst::worst;
use crate::chart::{Figure, Series, figures};
use crate::error::Error;
use crate::explain::{Apart, Dependence, Explained, How, Rule, Scale, Surrogate, Weight, Which, additive::BACKGROUND};
use crate::math::sort;
use crate::report::block::{Block, Cell, Spans, TableBlock, column, strong, text};
use crate::report::format::{counted, fixed, interval, number, percent, signed};
use crate::report::suppress::LEAST_ROWS;
use crate::table::Table;
use crate::task::Task;

/// Words above the blocks.
pub const HEADING: &str = "Why it says what it says";
/// Columns named in sentences and taken apart by name.
const NAMED: usize = 6;
/// Least correlation of value and contribution that is called a direction.
const CLEAR: f64 = 0.3;
/// Least mean contribution, as a share of the first column's, of a column whose direction is told.
const HEARD: f64 = 0.05;
/// What the band of a dependence holds.
const BAND: &str = "eight of ten rows";
/// Shares of variation away from the mean line from which a column's effect depends somewhat, and much, on others.
const SOMEWHAT: f64 = 0.1;
const MUCH: f64 = 0.3;
/// R2 of the small tree below which it describes the model badly, and from which it nearly is the model.
const POOR: f64 = 0.5;
const FAITHFUL: f64 = 0.9;

/// What was found out of a model.
pub struct ExplainReport<'a> {
    /// The task.
    pub task: &'a Task,
    /// Name of the learner.
    pub learner: &'a str,
    /// What was found, or why not.
    pub explained: Result<&'a Explained, &'a Error>,
    /// The table, where single rows may be shown; none in what is shared.
    pub table: Option<&'a Table>,
}

/// The blocks that follow validation.
#[must_use]
pub fn explain(report: &ExplainReport<'_>) -> Vec<Block> {
    let heading = Block::Heading { text: HEADING.to_owned() };
    let found = match report.explained {
        Ok(found) => found,
        Err(error) => return vec![heading, Block::Paragraph { text: vec![text(error.message.clone())] }],
    };
    let told = Told { report, found };
    let mut blocks = vec![heading, Block::Paragraph { text: told.finding() }, Block::Figure { figure: told.contributions() }];
    let mut dependence: Vec<Block> =
        found.dependence.iter().enumerate().map(|(at, d)| Block::Figure { figure: told.dependence(at + 1, d) }).collect();
    if !dependence.is_empty() {
        let rest = dependence.split_off(1);
        blocks.append(&mut dependence);
        let summary = format!("How predictions follow {}", counted(rest.len() as u64, "more column", "more columns"));
        blocks.extend((!rest.is_empty()).then_some(Block::Details { summary, blocks: rest }));
    }
    blocks.push(Block::Paragraph { text: told.surrogate(&found.surrogate) });
    let items = found.surrogate.rules.iter().map(|rule| vec![text(told.rule(rule))]).collect();
    blocks.push(Block::Details { summary: "The small tree as sentences".to_owned(), blocks: vec![Block::List { items, numbered: false }] });
    blocks.extend(told.examples());
    blocks.extend(report.table.into_iter().flat_map(|table| worst(found, table)));
    blocks
}

struct Told<'a> {
    report: &'a ExplainReport<'a>,
    found: &'a Explained,
}

impl Told<'_> {
    fn class(&self) -> &str {
        self.report.task.classes.get(self.found.class).map_or("", String::as_str)
    }

    /// What is predicted, in words.
    fn predicted(&self) -> String {
        if self.report.task.kind.is_classification() {
            format!("probability of {}", self.class())
        } else {
            format!("prediction of {}", self.report.task.target)
        }
    }

    /// Units of contributions.
    fn unit(&self) -> String {
        match self.found.scale {
            Scale::Target => format!("in units of {}", self.report.task.target),
            Scale::LogTarget => format!("in the natural logarithm of {}", self.report.task.target),
            Scale::LogOdds => format!("in log-odds of {}", self.class()),
            Scale::Probability => format!("in probability of {}", self.class()),
        }
    }

    /// On which rows, by which model.
    fn rows(&self) -> String {
        let (taken, all) = self.found.n_rows;
        let of = if taken == all { number_of(taken) } else { format!("{} of {}", number_of(taken), number_of(all)) };
        if self.found.sealed { format!("{of} sealed rows, final model") } else { format!("{of} unseen rows of the last fold, model of that fold") }
    }

    fn finding(&self) -> Spans {
        let leading: Vec<&Weight> = self.found.columns.iter().filter(|w| w.mean > 0.0).take(3).collect();
        if leading.is_empty() {
            return vec![text("No column moves the predictions of "), strong(self.report.learner), text(".")];
        }
        let mut says = vec![text("The predictions of "), strong(self.report.learner), text(" move most with ")];
        for (at, weight) in leading.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            says.extend([text(comma), column(&weight.column), text(format!(" ({})", number(weight.mean)))]);
        }
        says.push(text(format!(", {} on average.", self.unit())));
        let heard = HEARD * leading.first().map_or(0.0, |w| w.mean);
        let clear = |up: bool| {
            let is = move |w: &&Weight| w.mean >= heard && w.direction.is_some_and(|d| if up { d >= CLEAR } else { d <= -CLEAR });
            self.found.columns.iter().take(NAMED).filter(is).map(|w| w.column.clone()).collect::<Vec<_>>()
        };
        for (names, verb) in [(clear(true), "rise"), (clear(false), "fall")] {
            for (at, name) in names.iter().enumerate() {
                let before = if at == 0 { format!(" They {verb} with ") } else { ", ".to_owned() };
                says.extend([text(before), column(name)]);
            }
            if !names.is_empty() {
                says.push(text("."));
            }
        }
        says
    }

    fn contributions(&self) -> Figure {
        let used: Vec<&Weight> = self.found.columns.iter().filter(|w| w.mean > 0.0).collect();
        let idle = (self.found.columns.len() - used.len()) as u64;
        let idle = if idle > 0 { format!(" Not shown: {} without any contribution.", counted(idle, "column", "columns")) } else { String::new() };
        let bars: Vec<_> = used.iter().map(|w| (w.column.clone(), w.mean, w.half.map(|half| ((w.mean - half).max(0.0), w.mean + half)))).collect();
        let how = match self.found.how {
            How::Trees => "Exact Shapley values of the trees (TreeSHAP, path-dependent)".to_owned(),
            How::Linear => "Exact: coefficient times distance from the mean of the training rows".to_owned(),
            How::Sampled => {
                let error = self.found.error.map_or_else(String::new, |e| format!("; a single one has a standard error of about {}", number(e)));
                format!("Shapley values from {BACKGROUND} sampled orders against as many training rows{error}")
            }
        };
        let raw = if self.report.task.kind.is_classification() { " Probabilities as the model gives them, before any adjustment." } else { "" };
        let caption = format!(
            "Mean size of what a column adds to a prediction or takes from it, all features made of it together; {}. {how}. 95 % intervals over rows.{raw}{idle}",
            self.rows()
        );
        let title = self.found.columns.first().map_or_else(String::new, |first| format!("{} moves predictions most", first.column));
        let mut figure = figures::bar("contributions", &title, &caption, &format!("mean contribution, {}", self.unit()), &bars);
        figure.table.0.push("Correlation with the value".to_owned());
        for (row, weight) in figure.table.1.iter_mut().zip(&used) {
            row.push(weight.direction.map_or_else(|| "–".to_owned(), signed_share));
        }
        figure
    }

    fn dependence(&self, place: usize, d: &Dependence) -> Figure {
        let id = format!("dependence_{place}");
        let apart = d.apart.map_or_else(String::new, |apart| {
            let says = if apart >= MUCH {
                "what the column does depends much on the others"
            } else if apart >= SOMEWHAT {
                "what the column does depends somewhat on the others"
            } else {
                "the column acts nearly alone"
            };
            format!(" {} of how single rows change is not in the mean: {says}.", percent(apart))
        });
        let points =
            if d.numbers.is_empty() { "its labels of five rows or more" } else { "middles of equal groups of its values, or to each of a few" };
        let caption = format!(
            "Mean {} of {} with {} set to {points} (partial dependence). The interval holds eight of ten rows, each moved to the same mean (ICE).{apart}",
            self.predicted(),
            counted(d.n_rows, "unseen row", "unseen rows"),
            d.column
        );
        if d.numbers.is_empty() { self.by_label(&id, &caption, d) } else { self.by_number(&id, &caption, d) }
    }

    fn by_number(&self, id: &str, caption: &str, d: &Dependence) -> Figure {
        let line = |name: &str, values: &[f64], band: Vec<(f64, f64)>, quiet: bool| Series {
            name: name.to_owned(),
            points: d.numbers.iter().copied().zip(values.iter().copied()).collect(),
            band,
            quiet,
        };
        let mut series = vec![line("mean", &d.mean, d.band.clone(), false)];
        if let (Some(least), Some(most)) = (d.parts.first(), d.parts.last()) {
            series.extend([line("fifth that rises least", least, Vec::new(), true), line("fifth that rises most", most, Vec::new(), true)]);
        }
        let end = |at: Option<&f64>| number(at.copied().unwrap_or(f64::NAN));
        let title = format!(
            "From {} to {} of {} the mean prediction goes from {} to {}",
            end(d.numbers.first()),
            end(d.numbers.last()),
            d.column,
            end(d.mean.first()),
            end(d.mean.last())
        );
        let mut figure = figures::line_interval(id, &title, caption, (&d.column, &self.predicted()), series);
        let mut head = vec![d.column.clone(), self.predicted(), BAND.to_owned()];
        let ends: Vec<&Vec<f64>> = d.parts.first().into_iter().chain(d.parts.last()).collect();
        head.extend(ends.iter().zip(["fifth that rises least", "fifth that rises most"]).map(|(_, name)| name.to_owned()));
        let row = |at: usize| {
            let band = d.band.get(at).map_or_else(String::new, |b| interval(b.0, b.1));
            let line = [end(d.numbers.get(at)), end(d.mean.get(at)), band].into_iter();
            line.chain(ends.iter().map(|part| end(part.get(at)))).collect()
        };
        figure.table = (head, (0..d.numbers.len()).map(row).collect());
        figure
    }

    fn by_label(&self, id: &str, caption: &str, d: &Dependence) -> Figure {
        let bars: Vec<_> = d.labels.iter().zip(&d.mean).zip(&d.band).map(|((label, mean), band)| (label.clone(), *mean, Some(*band))).collect();
        let most = bars.iter().max_by(|a, b| a.1.total_cmp(&b.1)).map_or("", |b| b.0.as_str());
        let least = bars.iter().min_by(|a, b| a.1.total_cmp(&b.1)).map_or("", |b| b.0.as_str());
        let title = format!("By {} the mean prediction is highest for {most}, lowest for {least}", d.column);
        let mut figure = figures::bar(id, &title, caption, &self.predicted(), &bars);
        if let Some(head) = figure.table.0.last_mut() {
            BAND.clone_into(head);
        }
        figure
    }

    fn surrogate(&self, surrogate: &Surrogate) -> Spans {
        let rules = counted(surrogate.rules.len() as u64, "rule", "rules");
        let Some(fidelity) = surrogate.fidelity else {
            return vec![text(format!("A small tree of {rules} cannot be compared with it: its predictions of unseen rows do not differ."))];
        };
        let says = if fidelity >= FAITHFUL {
            "so it nearly is the model"
        } else if fidelity >= POOR {
            "so it tells much of the model, and not all"
        } else {
            "so the model cannot be told in so few rules"
        };
        vec![
            text(format!("A small tree of {rules}, learned from its predictions, agrees with it at ")),
            strong(format!("R² {}", number(fidelity))),
            text(format!(" on {}, {says}.", counted(surrogate.n_rows.1, "unseen row", "unseen rows"))),
        ]
    }

    fn rule(&self, rule: &Rule) -> String {
        let conditions: Vec<String> = rule.conditions.iter().map(condition).collect();
        let when = if conditions.is_empty() { "Always".to_owned() } else { format!("If {}", conditions.join(" and ")) };
        format!("{when}: {} {} ({} of training rows).", self.predicted(), number(rule.value), percent(rule.share))
    }

    /// A table of the instructive predictions, and each as a figure.
    fn examples(&self) -> Vec<Block> {
        let shown: Vec<(Which, &Apart)> = self
            .found
            .examples
            .iter()
            .filter_map(|e| Some((e.which, if self.report.table.is_some() { e.one.as_ref() } else { e.few.as_ref() }?)))
            .collect();
        if shown.is_empty() {
            return Vec::new();
        }
        let what = if self.report.table.is_some() {
            "single unseen rows; values of their cells are not in what you share".to_owned()
        } else {
            format!("each the mean of {LEAST_ROWS} unseen rows, so that no row is told")
        };
        let table = TableBlock {
            caption: format!("Predictions taken apart, {}: {what}", self.unit()),
            head: heads(&std::iter::once("Column").chain(shown.iter().map(|(which, _)| title(*which))).collect::<Vec<_>>()),
            rows: self.taken_apart(&shown),
            rule_after: 0,
        };
        let figures = shown.iter().map(|(which, apart)| Block::Figure { figure: self.waterfall(*which, apart) }).collect();
        vec![
            Block::Heading { text: "One prediction explained".to_owned() },
            Block::Table { table },
            Block::Details { summary: "The same as figures".to_owned(), blocks: figures },
        ]
    }

    fn taken_apart(&self, shown: &[(Which, &Apart)]) -> Vec<Vec<Cell>> {
        let plain = |value: f64| Cell::Number { text: number(value), value: Some(value), fine: None };
        let row = |first: Cell, of: &dyn Fn(&Apart) -> Cell| std::iter::once(first).chain(shown.iter().map(|(_, a)| of(a))).collect::<Vec<_>>();
        let mut rows = Vec::new();
        if self.report.table.is_some() {
            rows.push(row(words("row of the table"), &|a| words(a.row.map_or_else(String::new, |r| number_of(u64::from(r) + 1)))));
        }
        rows.push(row(words("starts from"), &|_| plain(self.found.base)));
        for (at, weight) in self.found.columns.iter().enumerate().take(NAMED) {
            let cell = |a: &Apart| {
                let value = a.values.get(at).copied().unwrap_or(0.0);
                Cell::Number { text: signed(value), value: Some(value), fine: self.cell_of(a, &weight.column) }
            };
            rows.push(row(Cell::Column { name: weight.column.clone() }, &cell));
        }
        let others = self.found.columns.len().saturating_sub(NAMED) as u64;
        if others > 0 {
            let name = counted(others, "other column", "other columns");
            rows.push(row(words(name), &|a| {
                let value: f64 = a.values.iter().skip(NAMED).sum();
                Cell::Number { text: signed(value), value: Some(value), fine: None }
            }));
        }
        if matches!(self.found.scale, Scale::LogOdds | Scale::LogTarget) {
            rows.push(row(words("together"), &|a| plain(a.total)));
        }
        rows.push(row(words(self.predicted()), &|a| plain(a.prediction)));
        rows.push(row(words("truth"), &|a| plain(a.truth)));
        rows
    }

    /// What stands in a cell of the row, if it may be shown.
    fn cell_of(&self, apart: &Apart, name: &str) -> Option<String> {
        let column = self.report.table?.column(name).ok()?;
        let row = apart.row? as usize;
        Some(if column.is_missing(row) { "missing".to_owned() } else { column.text(row).into_owned() })
    }

    fn waterfall(&self, which: Which, apart: &Apart) -> Figure {
        let mut order: Vec<usize> = (0..apart.values.len()).collect();
        let size = |at: &usize| apart.values.get(*at).map_or(0.0, |v| v.abs());
        sort::by(&mut order, |a, b| size(b).total_cmp(&size(a)).then(a.cmp(b)));
        let label = |name: &str| self.cell_of(apart, name).map_or_else(|| name.to_owned(), |cell| format!("{name} = {cell}"));
        let named = order.iter().take(NAMED).filter_map(|&at| Some((label(&self.found.columns.get(at)?.column), *apart.values.get(at)?, None)));
        let mut bars: Vec<_> = named.collect();
        if order.len() > NAMED {
            let rest: f64 = order.iter().skip(NAMED).filter_map(|&at| apart.values.get(at)).sum();
            bars.push((counted((order.len() - NAMED) as u64, "other column", "other columns"), rest, None));
        }
        let heading = format!("{}: {} {}", capital(title(which)), self.predicted(), number(apart.prediction));
        let caption = format!(
            "Starts from {}, what is predicted without knowing a row; what the columns add leads to {}, {}. True: {}.",
            number(self.found.base),
            number(apart.total),
            self.unit(),
            number(apart.truth)
        );
        let id = format!("example_{}", title(which).split(' ').next().unwrap_or_default().trim_start_matches('#'));
        let mut figure = figures::bar(&id, &heading, &caption, &format!("contribution, {}", self.unit()), &bars);
        let (head, rows) = &mut figure.table;
        std::iter::once(head).chain(rows).for_each(|row| row.truncate(2));
        figure
    }
}

/// Name of an example, as the head of a column of numbers.
fn title(which: Which) -> &'static str {
    match which {
        Which::Highest => "#highest prediction",
        Which::Middle => "#middle prediction",
        Which::Lowest => "#lowest prediction",
        Which::Missed => "#furthest from the truth",
    }
}

fn capital(head: &str) -> String {
    let words = head.trim_start_matches('#');
    words.chars().take(1).flat_map(char::to_uppercase).chain(words.chars().skip(1)).collect()
}

/// A feature between bounds; one of 0 and 1 is or is not.
fn condition((name, low, high): &(String, Option<f64>, Option<f64>)) -> String {
    let flag = name.contains('=') || name.ends_with(" is missing");
    let inside = |v: &Option<f64>| v.is_some_and(|v| v > 0.0 && v < 1.0);
    match (low, high) {
        (Some(_), None) if flag && inside(low) => name.clone(),
        (None, Some(_)) if flag && inside(high) => format!("not {name}"),
        (Some(low), Some(high)) => format!("{} < {name} ≤ {}", number(*low), number(*high)),
        (Some(low), None) => format!("{name} > {}", number(*low)),
        (None, Some(high)) => format!("{name} ≤ {}", number(*high)),
        (None, None) => name.clone(),
    }
}

fn number_of(n: u64) -> String {
    crate::report::format::count(n)
}

fn signed_share(x: f64) -> String {
    let digits = fixed(x.abs(), 2);
    if x < 0.0 { format!("−{digits}") } else { format!("+{digits}") }
}
