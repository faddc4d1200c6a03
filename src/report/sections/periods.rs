//! Scores by period: whether the model holds, and beats the baseline, from one period to the next.

use super::intervals::share_in_words;
use super::shared::{count_cell, difference_cell, estimate_cell, heads, metric_title, value_of, words};
use crate::evaluate::periods::{Period, Periods};
use crate::report::block::{Block, Cell, Mark, Spans, TableBlock, strong, text};
use crate::report::format::{NOT_COMPUTABLE, counted, number, p_value, signed};
use crate::table::time::civil;

/// p-values below this are called a trend.
const CLEAR: f64 = 0.05;

/// The blocks about periods; none for one. `dated`: whether moments are dates; `main`: id of the metric.
#[must_use]
pub fn periods(found: &Periods, dated: bool, main: &str) -> Vec<Block> {
    if found.all.len() < 2 {
        return Vec::new();
    }
    let heading = if found.in_time { "Over time" } else { "From fold to fold" };
    vec![
        Block::Heading { text: heading.to_owned() },
        Block::Paragraph { text: statement(found, main) },
        Block::Table { table: table(found, dated, main) },
    ]
}

fn statement(found: &Periods, main: &str) -> Spans {
    let what = if found.in_time { "period" } else { "fold" };
    let mut says = Vec::new();
    if let Some(share) = &found.consistency {
        let all = counted(share.n, what, &format!("{what}s"));
        says.push(strong(format!("Better than the best baseline in {} of {all}", share.count)));
        says.push(text(format!(": {}, {what}s taken as independent.", share_in_words(share))));
    }
    if let Some(sd) = found.sd {
        let title = metric_title(main);
        says.push(text(format!(" {title} varies by {} (standard deviation) from {what} to {what}", value_of(main, sd))));
        says.push(text(match found.apart {
            0 => "; no interval leaves out their mean.".to_owned(),
            1 => "; 1 interval leaves out their mean.".to_owned(),
            n => format!("; {n} intervals leave out their mean."),
        }));
    }
    if let Some((rho, p)) = found.trend {
        let way = if p < CLEAR { if rho > 0.0 { "The score rises" } else { "The score falls" } } else { "No trend is seen" };
        says.push(text(format!(" {way} over time (rank correlation {}, {}).", signed(rho), p_value(p))));
    }
    says
}

fn moment(value: f64, dated: bool) -> String {
    if !dated {
        return number(value);
    }
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds of a date")]
    let c = civil(value as i64);
    format!("{:04}-{:02}-{:02}", c.year, c.month, c.day)
}

fn table(found: &Periods, dated: bool, main: &str) -> TableBlock {
    let row = |(at, p): (usize, &Period)| {
        let when = p.span.map_or_else(|| format!("fold {}", at + 1), |(from, to)| format!("{} to {}", moment(from, dated), moment(to, dated)));
        let baseline = p.baseline.map_or_else(|| NOT_COMPUTABLE.to_owned(), |v| value_of(main, v));
        let better = p.gain.as_ref().and_then(|g| g.value).map(|g| g > 0.0);
        let (mark, state) = match better {
            Some(true) => (Mark::Safe, "better"),
            Some(false) => (Mark::Warning, "not better"),
            None => (Mark::Quiet, "not comparable"),
        };
        vec![
            words(when),
            count_cell(p.n_rows),
            estimate_cell(Some(&p.score)),
            Cell::Number { text: baseline, value: p.baseline, fine: None },
            p.gain.as_ref().map_or_else(|| words("–"), difference_cell),
            Cell::Mark { mark, text: state.to_owned() },
        ]
    };
    TableBlock {
        caption: format!("{} by {}, beside the best baseline on the same rows", metric_title(main), if found.in_time { "period" } else { "fold" }),
        head: heads(&["When", "#n", &format!("#{}", metric_title(main)), "#baseline", "#gain", "than the baseline"]),
        rows: found.all.iter().enumerate().map(row).collect(),
        rule_after: 0,
    }
}
