//! The leaderboard: learners ranked by one metric, each with its paired gain over the best baseline.
//!
//! The chosen learner is the simplest one that is not distinguishable from the leader: the interval of the paired difference includes 0
//! (in the spirit of Breiman et al. 1984, the one-standard-error rule). A learner whose gain over the baseline is clear is never given up
//! for one whose gain is not.

use super::interval::{Estimate, Resampled};
use super::metrics::{Direction, metric};
use crate::error::{Error, Result};
use crate::math::sort;
use serde::{Deserialize, Serialize};

/// One learner after cross-validation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entrant {
    /// Learner id.
    pub learner: String,
    /// Name on screen.
    pub title: String,
    /// Hyperparameters: name and value, as chosen or by default.
    pub params: Vec<(String, String)>,
    /// Whether it is a baseline.
    pub baseline: bool,
    /// The metrics; the main one among them. Empty when it failed.
    pub resampled: Vec<Resampled>,
    /// Value of the main metric by fold.
    pub by_fold: Vec<Option<f64>>,
    /// Why there is no result, if there is none.
    pub failed: Option<Error>,
    /// Whether it answers another question than the others (the amount only, of a target that is often 0), so that it is not ranked with them.
    pub apart: bool,
}

/// One line of the leaderboard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Which entrant, by position in the list given.
    pub entrant: usize,
    /// Learner id.
    pub learner: String,
    /// Name on screen.
    pub title: String,
    /// Hyperparameters.
    pub params: Vec<(String, String)>,
    /// Whether it is a baseline.
    pub baseline: bool,
    /// Metrics with intervals, the main one first.
    pub estimates: Vec<Estimate>,
    /// Paired gain over the best baseline in the main metric; `None` for baselines or without one.
    pub gain: Option<Estimate>,
    /// Value of the main metric by fold.
    pub by_fold: Vec<Option<f64>>,
    /// Folds in which it beat the best baseline, of those where both are computable.
    pub folds_won: Option<(u32, u32)>,
    /// Main metric of training rows by trees that had not drawn them, mean over folds; for forests that draw rows.
    pub out_of_bag: Option<f64>,
    /// Why there is no result, if there is none.
    pub failed: Option<Error>,
}

impl Standing {
    /// The estimate of that metric.
    #[must_use]
    pub fn estimate(&self, metric: &str) -> Option<&Estimate> {
        self.estimates.iter().find(|e| e.metric == metric)
    }

    fn value(&self) -> Option<f64> {
        self.estimates.first()?.value
    }
}

/// Learners ranked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Leaderboard {
    /// Main metric.
    pub metric: String,
    /// Baselines first, then learners, each best first; those without a result last.
    pub standings: Vec<Standing>,
    /// Number of baselines among them.
    pub n_baselines: usize,
    /// Entrant with the best value among learners.
    pub leader: Option<usize>,
    /// Entrant proposed: the leader, or a simpler one that is not distinguishable from it.
    pub chosen: Option<usize>,
    /// The best baseline.
    pub best_baseline: Option<usize>,
    /// Paired difference leader minus chosen (positive: the leader is better), when they are not the same.
    pub leader_over_chosen: Option<Estimate>,
    /// Learners that answer another question, not ranked, in the order given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub apart: Vec<Standing>,
}

impl Leaderboard {
    /// The line of an entrant.
    #[must_use]
    pub fn standing(&self, entrant: usize) -> Option<&Standing> {
        self.standings.iter().chain(&self.apart).find(|s| s.entrant == entrant)
    }

    /// The line of the chosen learner.
    #[must_use]
    pub fn chosen(&self) -> Option<&Standing> {
        self.standing(self.chosen?)
    }
}

/// Ranks learners. `entrants` stand in order of simplicity, the simplest first; all were resampled with the same draws.
///
/// # Errors
/// There is no such metric.
pub fn leaderboard(entrants: &[Entrant], main: &str) -> Result<Leaderboard> {
    let direction = metric(main)?.direction;
    let of = |i: usize| entrants.get(i)?.resampled.iter().find(|r| r.metric == main);
    let best = |baseline: bool| best_of(entrants, baseline, direction, main);
    let (best_baseline, leader) = (best(true), best(false));
    let gain = |i: usize| Some(of(i)?.gain_over(of(best_baseline?)?));
    let clear = |i: usize| gain(i).and_then(|g| g.low).is_some_and(|low| low > 0.0);
    let alike = |i: usize, j: usize| of(i).zip(of(j)).is_some_and(|(a, b)| a.gain_over(b).low.is_some_and(|low| low <= 0.0));
    let chosen = leader.map(|leader| {
        let candidates = (0..entrants.len()).filter(|&i| !entrants[i].baseline && !entrants[i].apart && of(i).is_some_and(|r| r.value.is_some()));
        candidates.into_iter().find(|&i| i == leader || (alike(leader, i) && (clear(i) || !clear(leader)))).unwrap_or(leader)
    });
    let standings: Vec<Standing> = (0..entrants.len())
        .map(|i| {
            let e = &entrants[i];
            let rest = e.resampled.iter().filter(|r| r.metric != main);
            Standing {
                entrant: i,
                learner: e.learner.clone(),
                title: e.title.clone(),
                params: e.params.clone(),
                baseline: e.baseline,
                estimates: of(i).into_iter().chain(rest).map(Resampled::estimate).collect(),
                gain: if e.baseline { None } else { gain(i) },
                by_fold: e.by_fold.clone(),
                folds_won: best_baseline.and_then(|b| folds_won(e, &entrants[b], direction)).filter(|_| !e.baseline),
                out_of_bag: None,
                failed: e.failed.clone(),
            }
        })
        .collect();
    let (apart, mut standings): (Vec<Standing>, Vec<Standing>) = standings.into_iter().partition(|s| entrants[s.entrant].apart);
    sort::by(&mut standings, |a, b| {
        let worse = |s: &Standing| s.value().map_or(f64::INFINITY, |v| direction.gain(0.0, v));
        b.baseline.cmp(&a.baseline).then(worse(a).total_cmp(&worse(b))).then(a.entrant.cmp(&b.entrant))
    });
    let leader_over_chosen = leader.zip(chosen).filter(|(a, b)| a != b).and_then(|(a, b)| Some(of(a)?.gain_over(of(b)?)));
    let n_baselines = entrants.iter().filter(|e| e.baseline).count();
    Ok(Leaderboard { metric: main.to_owned(), standings, n_baselines, leader, chosen, best_baseline, leader_over_chosen, apart })
}

fn best_of(entrants: &[Entrant], baseline: bool, direction: Direction, main: &str) -> Option<usize> {
    let value = |e: &Entrant| e.resampled.iter().find(|r| r.metric == main)?.value;
    let computable = entrants.iter().enumerate().filter(|(_, e)| e.baseline == baseline && !e.apart).filter_map(|(i, e)| Some((i, value(e)?)));
    computable.reduce(|best, next| if direction.gain(next.1, best.1) > 0.0 { next } else { best }).map(|(i, _)| i)
}

fn folds_won(entrant: &Entrant, baseline: &Entrant, direction: Direction) -> Option<(u32, u32)> {
    let pairs = entrant.by_fold.iter().zip(&baseline.by_fold).filter_map(|(a, b)| Some(direction.gain((*a)?, (*b)?)));
    let (won, all) = pairs.fold((0, 0), |(won, all), gain| (won + u32::from(gain > 0.0), all + 1));
    (all > 0).then_some((won, all))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::interval::{Method, Unit};

    fn entrant(learner: &str, baseline: bool, draws: &[f64]) -> Entrant {
        let value = draws.iter().sum::<f64>() / draws.len() as f64;
        let resampled = Resampled {
            metric: "r2".into(),
            value: Some(value),
            draws: draws.iter().copied().map(Some).collect(),
            jackknife: Vec::new(),
            method: Method::Bootstrap { unit: Unit::Rows, resamples: draws.len() as u32 },
            n_rows: 100,
            n_rarest: 100,
            enough: true,
        };
        Entrant {
            learner: learner.into(),
            title: learner.into(),
            params: Vec::new(),
            baseline,
            resampled: vec![resampled],
            by_fold: vec![Some(value)],
            failed: None,
            apart: false,
        }
    }

    #[test]
    fn the_simpler_of_two_indistinguishable_learners_is_chosen() {
        let entrants = [
            entrant("baseline", true, &[0.0, 0.01, 0.02]),
            entrant("ridge", false, &[0.50, 0.52, 0.48]),
            entrant("boosting", false, &[0.49, 0.55, 0.52]),
        ];
        let board = leaderboard(&entrants, "r2").unwrap();
        assert_eq!((board.leader, board.chosen, board.best_baseline), (Some(2), Some(1), Some(0)));
        assert!(board.leader_over_chosen.unwrap().low.unwrap() < 0.0);
    }

    #[test]
    fn a_clearly_better_learner_is_chosen_and_its_gain_is_paired() {
        let entrants =
            [entrant("baseline", true, &[0.0, 0.1, 0.2]), entrant("ridge", false, &[0.3, 0.4, 0.5]), entrant("boosting", false, &[0.5, 0.6, 0.7])];
        let board = leaderboard(&entrants, "r2").unwrap();
        assert_eq!(board.chosen, Some(2));
        let gain = board.chosen().unwrap().gain.clone().unwrap();
        assert!((gain.low.unwrap() - 0.5).abs() < 1e-12 && (gain.high.unwrap() - 0.5).abs() < 1e-12, "every pair differs by 0.5");
        assert_eq!(board.chosen().unwrap().folds_won, Some((1, 1)));
        assert_eq!(board.standings.iter().map(|s| s.learner.as_str()).collect::<Vec<_>>(), ["baseline", "boosting", "ridge"]);
    }

    #[test]
    fn a_learner_that_answers_another_question_is_neither_ranked_nor_chosen() {
        let amount = Entrant { apart: true, ..entrant("amount", false, &[0.8, 0.9]) };
        let board = leaderboard(&[amount, entrant("tree", false, &[0.1, 0.2])], "r2").unwrap();
        assert_eq!((board.leader, board.chosen, board.standings.len(), board.apart.len()), (Some(1), Some(1), 1, 1));
        assert_eq!(board.standing(0).map(|s| s.learner.as_str()), Some("amount"));
    }

    #[test]
    fn a_learner_that_failed_stands_last_and_is_never_chosen() {
        let mut broken = entrant("ridge", false, &[0.9]);
        broken.resampled.clear();
        broken.failed = Some(Error::internal("it broke"));
        let board = leaderboard(&[broken, entrant("tree", false, &[0.1, 0.2])], "r2").unwrap();
        assert_eq!((board.chosen, board.best_baseline), (Some(1), None));
        assert_eq!(board.standings[1].learner, "ridge");
    }
}
