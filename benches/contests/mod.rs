//! What is learned in benchmarks: a learner with its hyperparameters on a target, and how good it was on rows it has not seen.

use watertight::model::{Features, Model, TrainingSet, learners};
use watertight::param::{Given, Params, Value};
use watertight::task::TaskKind;

/// Seed of every fit.
const SEED: u64 = 1;

/// A learner with its hyperparameters and what it predicts.
pub struct Contest {
    /// Name, the same as in `peers.py` and `quality.py`.
    pub name: &'static str,
    learner: &'static str,
    given: Given,
    /// Column that is predicted.
    pub target: &'static str,
    /// What kind of task that is.
    pub kind: TaskKind,
}

fn contest(name: &'static str, learner: &'static str, given: &[(&str, Value)], target: &'static str, kind: TaskKind) -> Contest {
    Contest { name, learner, given: given.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect(), target, kind }
}

/// The forest that peers are asked for too: 200 trees, 15 deep.
fn forest() -> [(&'static str, Value); 2] {
    [("trees", Value::Whole(200)), ("depth", Value::Whole(15))]
}

/// What is learned on a table: `sessions`, or `wide`.
pub fn contests(table: &str) -> Vec<Contest> {
    let lowering = |loss: &str| [("loss", Value::Word(loss.to_owned()))];
    if table == "wide" {
        return of_kind("y", TaskKind::Regression);
    }
    let mut all = of_kind("revenue", TaskKind::Regression);
    all.extend(of_kind("is_ordered", TaskKind::Binary));
    all.extend([
        contest("lasso", "lasso", &[], "revenue", TaskKind::Regression),
        contest("elastic net", "elastic_net", &[], "revenue", TaskKind::Regression),
        contest("boosting absolute", "gradient_boosting", &lowering("absolute"), "revenue", TaskKind::Regression),
        contest("boosting tweedie", "gradient_boosting", &lowering("tweedie"), "revenue", TaskKind::Regression),
        contest("extra trees binary", "extra_trees", &forest(), "is_ordered", TaskKind::Binary),
    ]);
    all
}

/// A linear model, boosting and a forest: what every table is learned with.
pub fn of_kind(target: &'static str, kind: TaskKind) -> Vec<Contest> {
    let (linear, boosting, trees, line) = match kind {
        TaskKind::Regression => ("ridge", "boosting regression", "forest regression", "ridge"),
        _ => ("logistic", "boosting binary", "forest binary", "logistic"),
    };
    vec![
        contest(linear, line, &[], target, kind),
        contest(boosting, "gradient_boosting", &[], target, kind),
        contest(trees, "random_forest", &forest(), target, kind),
    ]
}

impl Contest {
    /// The fitted model.
    pub fn fit(&self, train: &TrainingSet) -> Model {
        let learner = learners::find(self.learner).expect("the learner is in the list");
        let params = Params::check(learner.params, &self.given).expect("the hyperparameters are in range");
        learner.fit(&params, train, SEED).expect("the benchmark's table can be learned")
    }

    /// AUC for classes, R2 for numbers.
    pub fn score(&self, model: &Model, judged: &Features, target: &[f64]) -> f64 {
        let predictions = model.predict(judged).expect("the features are those of the training set");
        if self.kind == TaskKind::Regression { r2(&predictions.values, target) } else { auc(&predictions.class(1), target) }
    }
}

fn r2(predicted: &[f64], target: &[f64]) -> f64 {
    let mean = target.iter().sum::<f64>() / target.len() as f64;
    let squares = |centre: &dyn Fn(usize) -> f64| (0..target.len()).map(|i| (target[i] - centre(i)) * (target[i] - centre(i))).sum::<f64>();
    1.0 - squares(&|i| predicted[i]) / squares(&|_| mean)
}

fn auc(scores: &[f64], target: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[a].total_cmp(&scores[b]));
    let (mut below, mut pairs) = (0.0, 0.0);
    for tied in order.chunk_by(|&a, &b| scores[a] == scores[b]) {
        let positive = tied.iter().filter(|&&i| target[i] > 0.0).count() as f64;
        let negative = tied.len() as f64 - positive;
        pairs += positive * (below + 0.5 * negative);
        below += negative;
    }
    pairs / (below * (target.len() as f64 - below))
}
