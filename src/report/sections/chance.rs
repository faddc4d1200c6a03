//! Whether the score could be chance (permutation test), whether more rows would help (learning curve), and a score too good to be believed.

use super::shared::{difference_interval_of, difference_of, metric_title, value_of};
use crate::chart::{Figure, Series, figures};
use crate::error::Error;
use crate::evaluate::Estimate;
use crate::evaluate::learning_curve::LearningCurve;
use crate::evaluate::permuted::Permuted;
use crate::math::rank::{quantile, sorted};
use crate::report::block::{Block, Mark, strong, text};
use crate::report::format::{count, counted, number, p_value};

/// p-values up to this rule chance out.
const CLEAR: f64 = 0.05;

/// A warning about a score that is too good to be believed.
#[must_use]
pub fn too_good(estimate: &Estimate) -> Block {
    let score = estimate.value.map_or_else(String::new, |v| value_of(&estimate.metric, v));
    let says = format!(
        "{} {score} on rows the model had not seen is hardly ever real. Look for a column that knows the answer (Audit), for rows that stand on both sides of the split, and for a target that is a formula of other columns, before you trust it.",
        metric_title(&estimate.metric)
    );
    Block::Banner { mark: Mark::Warning, text: vec![strong("Suspiciously perfect. "), text(says)] }
}

/// The blocks about the permutation test.
#[must_use]
pub fn permutation(found: Result<&Permuted, &Error>) -> Vec<Block> {
    let heading = Block::Heading { text: "Could it be chance?".to_owned() };
    let found = match found {
        Ok(found) => found,
        Err(error) => return vec![heading, Block::Paragraph { text: vec![text(error.to_string())] }],
    };
    let (title, m) = (metric_title(&found.metric), found.null.len() as u64);
    let ascending = sorted(&found.null);
    let verdict = if found.p <= CLEAR { "Chance alone hardly ever does as well" } else { "Chance alone does as well too often to be ruled out" };
    let range = if ascending.is_empty() {
        String::new()
    } else {
        let (low, high) = (quantile(&ascending, 0.05), quantile(&ascending, 0.95));
        format!("; on nine of ten shuffled targets it lies between {} and {}", value_of(&found.metric, low), value_of(&found.metric, high))
    };
    let trees = found.trees.map_or_else(String::new, |n| format!(" and {}", counted(n, "tree", "trees")));
    let caveat = if found.exchangeable {
        ""
    } else {
        " Rows that follow each other or belong together are not exchangeable: chance does a little better on them than shuffled rows tell."
    };
    let how = format!(
        " The whole cross-validation was repeated on {} of the target, shuffled within the training rows of every fold, with {}{trees}. p counts permutations that do as well or better, one-sided, plus one.{caveat}",
        counted(m, "permutation", "permutations"),
        counted(found.n_rows, "row", "rows")
    );
    let score = value_of(&found.metric, found.observed);
    vec![
        heading,
        Block::Paragraph { text: vec![strong(format!("{verdict} ({}). ", p_value(found.p))), text(format!("{title} {score}{range}.{how}"))] },
    ]
}

/// The blocks about the learning curve; `learner`: its name.
#[must_use]
pub fn learning(found: Result<&LearningCurve, &Error>, learner: &str) -> Vec<Block> {
    let heading = Block::Heading { text: "Would more rows help?".to_owned() };
    let found = match found {
        Ok(found) => found,
        Err(error) => return vec![heading, Block::Paragraph { text: vec![text(error.to_string())] }],
    };
    let mut blocks = vec![heading, Block::Paragraph { text: vec![text(says(found))] }];
    if found.points.len() > 1 {
        blocks.push(Block::Figure { figure: curve(found, learner) });
    }
    blocks
}

fn says(found: &LearningCurve) -> String {
    let title = metric_title(&found.metric);
    let Some(gain) = found.doubled else {
        return format!("Fewer than four sizes have a score, so no curve is fitted to {title}.");
    };
    let ends = found.doubled_interval.map_or_else(String::new, |i| format!(" ({})", difference_interval_of(&found.metric, i)));
    let verdict = match found.doubled_interval {
        Some((low, _)) if low > 0.0 => "more rows like these would help",
        Some((_, high)) if high <= 0.0 => "more rows like these would not help",
        Some(_) => "whether more rows like these would help cannot be told",
        None => "too few rows for an interval",
    };
    let law = found.law.map_or_else(String::new, |law| {
        format!(" The curve is a + b n^(−c) with a = {}, b = {} and c = {}.", number(law.a), number(law.b), number(law.c))
    });
    format!(
        "Twice the rows would bring {}{ends} {title} by the fitted curve, positive when better: {verdict}.{law} It knows nothing of whether it holds beyond the rows there are.",
        difference_of(&found.metric, gain)
    )
}

fn curve(found: &LearningCurve, learner: &str) -> Figure {
    let known: Vec<_> = found.points.iter().filter_map(|p| Some((p.n, p.score.value?, p.score.interval()))).collect();
    let scores = Series {
        name: learner.to_owned(),
        points: known.iter().map(|(n, v, _)| (*n, *v)).collect(),
        band: known.iter().map(|(_, v, ends)| ends.unwrap_or((*v, *v))).collect(),
        quiet: false,
    };
    let (first, last) = (known.first().map_or(1.0, |k| k.0), known.last().map_or(1.0, |k| k.0));
    let steps = (0..=20).map(|k| first + (2.0 * last - first) * f64::from(k) / 20.0);
    let law =
        found.law.map(|law| Series { name: "curve".to_owned(), points: steps.map(|n| (n, law.at(n))).collect(), band: Vec::new(), quiet: true });
    let title = match found.doubled_interval {
        Some((low, _)) if low > 0.0 => "More rows would help",
        Some((_, high)) if high <= 0.0 => "More rows would not help",
        _ => "Whether more rows would help cannot be told",
    };
    let caption = format!(
        "{} on the same validation rows by training rows (mean over folds), up to {}; 95 % intervals. Curve up to twice as many.",
        metric_title(&found.metric),
        count(last.round() as u64)
    );
    figures::line_interval(
        "learning_curve",
        title,
        &caption,
        ("training rows", metric_title(&found.metric)),
        std::iter::once(scores).chain(law).collect(),
    )
}
