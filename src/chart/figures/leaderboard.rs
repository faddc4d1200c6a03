//! Models against each other and against the baseline, each with its interval.

use super::heads;
use crate::chart::paint::scale::axis_around;
use crate::chart::{Figure, Shape};
use crate::format::{counted, interval, number};

/// One model's standing.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The model's name.
    pub name: String,
    /// Its score; NaN when not computable.
    pub estimate: f64,
    /// 95 % interval.
    pub interval: Option<(f64, f64)>,
    /// Whether it needs no learning.
    pub is_baseline: bool,
}

/// Scores of `metric`, drawn with baselines first, else in the order given; `higher_is_better` orders the words, `how` completes the caption.
#[must_use]
pub fn leaderboard(metric: &str, higher_is_better: bool, standings: &[Standing], how: &str) -> Figure {
    let (baselines, learners): (Vec<&Standing>, Vec<&Standing>) = standings.iter().filter(|s| s.estimate.is_finite()).partition(|s| s.is_baseline);
    let quiet = baselines.len();
    let shown: Vec<&Standing> = baselines.into_iter().chain(learners).collect();
    let better = |a: &f64, b: &f64| if higher_is_better { a.total_cmp(b) } else { b.total_cmp(a) };
    let baseline = shown.iter().filter(|s| s.is_baseline).map(|s| s.estimate).max_by(better);
    let leader = shown.iter().copied().filter(|s| !s.is_baseline).max_by(|a, b| better(&a.estimate, &b.estimate));
    let values = shown.iter().flat_map(|s| [s.estimate, s.interval.map_or(s.estimate, |i| i.0), s.interval.map_or(s.estimate, |i| i.1)]);
    let rows = standings
        .iter()
        .map(|s| {
            let range = s.interval.map_or_else(|| "–".to_owned(), |(l, h)| interval(l, h));
            vec![s.name.clone(), if s.is_baseline { "baseline" } else { "learner" }.to_owned(), number(s.estimate), range]
        })
        .collect();
    Figure {
        id: "leaderboard".to_owned(),
        title: title(leader, baseline, higher_is_better),
        caption: format!("{metric} with 95 % intervals{}{how}. Dashed: the best baseline.", if how.is_empty() { "" } else { ", " }),
        description: match leader {
            Some(s) => format!(
                "{} compared. Best: {} with {metric} {}{}{}.",
                counted(shown.len() as u64, "model", "models"),
                s.name,
                number(s.estimate),
                s.interval.map_or_else(String::new, |(l, h)| format!(" ({})", interval(l, h))),
                baseline.map_or_else(String::new, |b| format!("; best baseline {}", number(b)))
            ),
            None => format!("{} compared.", counted(shown.len() as u64, "model", "models")),
        },
        shape: Shape::Intervals {
            x: axis_around(metric, values),
            rows: shown.iter().map(|s| (s.name.clone(), s.estimate, s.interval)).collect(),
            baseline,
            quiet,
        },
        table: (heads(&["Model", "Kind", metric, "95 % interval"]), rows),
    }
}

fn title(leader: Option<&Standing>, baseline: Option<f64>, higher_is_better: bool) -> String {
    let Some(leader) = leader else { return "No learner has a score".to_owned() };
    let Some(baseline) = baseline else { return format!("{} leads", leader.name) };
    match leader.interval {
        Some((low, high)) if (if higher_is_better { low > baseline } else { high < baseline }) => {
            format!("{} leads, and its whole interval is better than the best baseline", leader.name)
        }
        Some((low, high)) if low <= baseline && baseline <= high => {
            format!("{} leads, but its interval includes the best baseline", leader.name)
        }
        Some(_) => "No learner is better than the best baseline".to_owned(),
        None => format!("{} leads", leader.name),
    }
}

/// An example.
pub(super) fn example() -> Figure {
    let rows = [
        ("Training mean", -0.33, (-0.77, -0.05), true),
        ("Last value", 0.15, (-0.25, 0.35), true),
        ("Random forest", 0.39, (0.14, 0.57), false),
        ("Gradient boosting", 0.36, (0.11, 0.54), false),
        ("Ridge", 0.41, (0.33, 0.49), false),
    ];
    let standings: Vec<Standing> = rows
        .into_iter()
        .map(|(name, estimate, interval, is_baseline)| Standing { name: name.to_owned(), estimate, interval: Some(interval), is_baseline })
        .collect();
    leaderboard("R²", true, &standings, "8 walk-forward folds")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_is_better_when_it_is_smaller() {
        let standing = |name: &str, estimate: f64, is_baseline| Standing {
            name: name.to_owned(),
            estimate,
            interval: Some((estimate - 1.0, estimate + 1.0)),
            is_baseline,
        };
        let figure = leaderboard("RMSE", false, &[standing("mean", 20.0, true), standing("ridge", 10.0, false), standing("tree", 15.0, false)], "");
        assert_eq!(figure.title, "ridge leads, and its whole interval is better than the best baseline");
        assert_eq!(
            leaderboard("RMSE", false, &[standing("mean", 20.0, true), standing("ridge", 20.5, false)], "").title,
            "ridge leads, but its interval includes the best baseline"
        );
    }
}
