//! What a search promises: it learns, it is a prefix of a longer one, and it gives up what is hopeless and nothing else.

use super::*;
use crate::math::elementary::{cos, exp, ln};
use crate::model::LEARNERS;
use crate::param::{Domain, ParamSpec, Value};

const fn real(id: &'static str, low: f64, high: f64, log: bool) -> ParamSpec {
    ParamSpec { id, title: id, help: "", domain: Domain::Real { low, high, default: high, log } }
}

const PLANE: &[ParamSpec] = &[real("x", -5.0, 10.0, false), real("y", 0.0, 15.0, false)];
const CUBE: &[ParamSpec] = &[real("x", 0.0, 1.0, false), real("y", 0.0, 1.0, false), real("z", 0.0, 1.0, false)];
const MIXED: &[ParamSpec] = &[
    real("rate", 0.001, 1.0, true),
    ParamSpec { id: "depth", title: "", help: "", domain: Domain::Whole { low: 1, high: 30, default: 30 } },
    ParamSpec { id: "kind", title: "", help: "", domain: Domain::Choice { options: &["a", "b", "c", "d"], default: "a" } },
    ParamSpec { id: "fast", title: "", help: "", domain: Domain::Switch { default: false } },
];

fn number(given: &Given, id: &str, default: f64) -> f64 {
    match given.get(id) {
        Some(Value::Real(x)) => *x,
        Some(Value::Whole(n)) => *n as f64,
        _ => default,
    }
}

/// Branin's function less its least value, 0.397887.
fn branin(given: &Given) -> f64 {
    let (x, y) = (number(given, "x", 10.0), number(given, "y", 15.0));
    let pi = std::f64::consts::PI;
    let bend = y - 5.1 / (4.0 * pi * pi) * x * x + 5.0 / pi * x - 6.0;
    bend * bend + 10.0 * (1.0 - 1.0 / (8.0 * pi)) * cos(x) + 10.0 - 0.397_887
}

/// Hartmann's function of three variables less its least value, -3.86278.
fn hartmann(given: &Given) -> f64 {
    const A: [[f64; 3]; 4] = [[3.0, 10.0, 30.0], [0.1, 10.0, 35.0], [3.0, 10.0, 30.0], [0.1, 10.0, 35.0]];
    const P: [[f64; 3]; 4] = [[0.3689, 0.1170, 0.2673], [0.4699, 0.4387, 0.7470], [0.1091, 0.8732, 0.5547], [0.0381, 0.5743, 0.8828]];
    let at = ["x", "y", "z"].map(|id| number(given, id, 1.0));
    let peak = |i: usize| exp(-(0..3).map(|j| A[i][j] * (at[j] - P[i][j]) * (at[j] - P[i][j])).sum::<f64>());
    3.862_78 - [1.0, 1.2, 3.0, 3.2].into_iter().enumerate().map(|(i, alpha)| alpha * peak(i)).sum::<f64>()
}

/// A bowl around rate 0.03 and depth 7 that is deepest for kind c when fast.
fn mixed(given: &Given) -> f64 {
    let rate = (ln(number(given, "rate", 1.0)) - ln(0.03)) / 3.0;
    let depth = (number(given, "depth", 30.0) - 7.0) / 10.0;
    let kind = if given.get("kind") == Some(&Value::Word("c".into())) { 0.0 } else { 0.5 };
    let fast = if given.get("fast") == Some(&Value::Switch(true)) { 0.0 } else { 0.2 };
    rate * rate + depth * depth + kind + fast
}

fn rules(method: &str, specs: &[ParamSpec], given: &[(&str, Value)], folds: usize, seed: u64) -> Rules {
    let given = given.iter().map(|(id, v)| ((*id).to_owned(), v.clone())).collect();
    let params = Params::check(find(method).unwrap().params, &given).unwrap();
    let space = Space::new(specs, &Given::new(), &Ranges::new());
    Rules { method: method.into(), params, space, folds, metric: "loss".into(), higher: false, seed, key: "test".into(), adjust: None }
}

/// The least value found.
fn regret(method: &str, specs: &[ParamSpec], trials: usize, seed: u64, of: fn(&Given) -> f64) -> f64 {
    let mut search = Search::new(rules(method, specs, &[], 1, seed), trials);
    search.run(&mut |given, _| Ok(of(given)));
    assert_eq!((search.n_settled(), search.is_done()), (trials, true));
    search.trials()[search.best().unwrap()].score().unwrap()
}

/// Name, what is searched, and what is lost there.
type Task<'a> = (&'a str, &'a [ParamSpec], fn(&Given) -> f64);

#[test]
fn tpe_comes_nearer_to_the_optimum_than_random_search_over_fifty_seeds() {
    let spaces: [Task<'_>; 3] = [("branin", PLANE, branin), ("hartmann", CUBE, hartmann), ("mixed", MIXED, mixed)];
    for (name, specs, of) in spaces {
        let pairs: Vec<(f64, f64)> = (0..50).map(|seed| (regret("tpe", specs, 60, seed, of), regret("random", specs, 60, seed, of))).collect();
        let mean = |f: fn(&(f64, f64)) -> f64| pairs.iter().map(f).sum::<f64>() / 50.0;
        let won = pairs.iter().filter(|(tpe, random)| tpe < random).count();
        println!("{name}: mean regret {} against {}, better with {won} of 50 seeds", mean(|p| p.0), mean(|p| p.1));
        // By chance it wins 33 and more of 50 in fewer than 2 of 100 cases.
        assert!(mean(|p| p.0) < 0.6 * mean(|p| p.1) && won >= 33, "{name}");
    }
}

fn noisy(given: &Given, fold: usize) -> Result<f64, Error> {
    Ok(branin(given) + 20.0 * fold as f64)
}

#[test]
fn a_longer_search_begins_with_the_shorter_one() {
    for method in SAMPLERS.iter().map(|s| s.id) {
        for pruning in ["none", "median", "halving"] {
            let rules = rules(method, PLANE, &[("pruning", Value::Word(pruning.into()))], 4, 3);
            let search = |trials: usize| {
                let mut search = Search::new(rules.clone(), trials);
                search.run(&mut noisy);
                search
            };
            let (long, mut short) = (search(30), search(14));
            assert_eq!(short.trials(), &long.trials()[..short.trials().len()], "{method} {pruning}");
            short.resize(30);
            short.run(&mut noisy);
            assert_eq!(short, long, "{method} {pruning}: made longer");
            short.resize(14);
            assert_eq!((short.trials().len(), short.is_done()), (search(14).trials().len(), true));
        }
    }
}

#[test]
fn a_search_that_was_stopped_anywhere_goes_on_as_if_it_had_not_been() {
    let rules = rules("tpe", PLANE, &[], 3, 5);
    let mut whole = Search::new(rules.clone(), 24);
    whole.run(&mut noisy);
    let mut parts = Search::new(rules, 24);
    while !parts.is_done() {
        let asks = parts.asks();
        // Results come backwards, and only every second one.
        for ask in asks.into_iter().rev().step_by(2) {
            let params = parts.trials()[ask.trial].params.clone();
            parts.take(ask, noisy(&params, ask.fold));
        }
        parts.settle();
    }
    assert_eq!(parts, whole);
}

#[test]
fn hopeless_trials_are_given_up_and_the_best_is_found_all_the_same() {
    for pruning in ["median", "halving"] {
        let mut search = Search::new(rules("random", PLANE, &[("pruning", Value::Word(pruning.into()))], 5, 1), 60);
        let mut fits = 0;
        search.run(&mut |given, fold| {
            fits += 1;
            noisy(given, fold)
        });
        let pruned = search.trials().iter().filter(|t| t.state == State::Pruned).count();
        assert!(pruned > 15 && fits < 60 * 4, "{pruning}: {pruned} given up, {fits} fits");
        let least = search.trials().iter().map(|t| branin(&t.params)).fold(f64::INFINITY, f64::min);
        assert_eq!(branin(&search.trials()[search.best().unwrap()].params), least, "{pruning}");
    }
}

#[test]
fn a_trial_that_fails_ends_and_teaches_nothing() {
    let mut search = Search::new(rules("tpe", PLANE, &[], 3, 1), 30);
    search.run(&mut |given, fold| if branin(given) > 60.0 { Err(Error::internal("too steep")) } else { noisy(given, fold) });
    assert!(search.is_done());
    let failed: Vec<&Trial> = search.trials().iter().filter(|t| matches!(t.state, State::Failed(_))).collect();
    assert!(!failed.is_empty() && failed.iter().all(|t| t.score().is_none()));
    assert!(search.best().is_some_and(|b| search.trials()[b].state == State::Done));
}

#[test]
fn every_learner_has_a_space_of_legal_points() {
    for learner in LEARNERS {
        for sampler in SAMPLERS {
            let params = Params::defaults(sampler.params);
            let space = Space::new(learner.params, &Given::new(), &Ranges::new());
            let rules = Rules {
                method: sampler.id.into(),
                params,
                space,
                folds: 1,
                metric: "score".into(),
                higher: true,
                seed: 1,
                key: learner.id.into(),
                adjust: None,
            };
            let mut search = Search::new(rules, 40);
            search.run(&mut |given, _| Params::check(learner.params, given).map(|_| 0.5));
            let legal = search.trials().iter().all(|t| t.state == State::Done);
            assert!(legal && search.is_done(), "{} {}: {:?}", learner.id, sampler.id, search.trials().last());
        }
    }
}

#[test]
fn the_best_of_many_equal_trials_looks_better_than_it_is_and_both_answers_say_so() {
    let mut stream = crate::math::rng::Stream::new(1, "test", 0);
    let mut search = Search::new(rules("random", PLANE, &[("pruning", Value::Word("none".into()))], 5, 1), 40);
    search.run(&mut |_, _| Ok(stream.normal()));
    let nested: Vec<Option<f64>> = (0..5).map(|_| Some(stream.normal())).collect();
    let found = optimism(&search, &nested).unwrap();
    assert!(found.value > 0.3 && found.folds == 5 && corrected(&search).unwrap() > 0.3, "{found:?}");
    assert!(optimism(&search, &[None; 5]).is_none());
}
