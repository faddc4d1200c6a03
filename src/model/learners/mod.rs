//! One file per learner. Screens, command line, report and the conformance suite read [`LEARNERS`].

pub mod amounts;
pub mod baseline;
pub mod blending;
#[cfg(test)]
mod changed_input;
#[cfg(test)]
mod conformance;
pub mod decision_tree;
pub mod elastic_net;
pub mod extra_trees;
pub mod gradient_boosting;
pub mod greedy_ensemble;
pub mod lasso;
#[cfg(test)]
mod level_conformance;
pub mod logistic;
pub mod naive_bayes;
pub mod neighbours;
pub mod quantile_forest;
pub mod quantile_regression;
pub mod random_forest;
#[cfg(test)]
mod reference;
pub mod ridge;
pub mod stacking;
pub mod support_vectors;
#[cfg(test)]
mod tree_conformance;
pub mod two_part;
pub mod voting;

use super::Learner;

/// All learners, baseline first.
pub const LEARNERS: &[Learner] = &[
    baseline::BASELINE,
    ridge::RIDGE,
    lasso::LASSO,
    elastic_net::ELASTIC_NET,
    amounts::AMOUNTS,
    quantile_regression::QUANTILE_REGRESSION,
    logistic::LOGISTIC,
    decision_tree::DECISION_TREE,
    random_forest::RANDOM_FOREST,
    extra_trees::EXTRA_TREES,
    quantile_forest::QUANTILE_FOREST,
    gradient_boosting::GRADIENT_BOOSTING,
    neighbours::NEIGHBOURS,
    naive_bayes::NAIVE_BAYES,
    support_vectors::SUPPORT_VECTORS,
    two_part::TWO_PART,
    voting::VOTING,
    greedy_ensemble::GREEDY_ENSEMBLE,
    blending::BLENDING,
    stacking::STACKING,
];

/// Learners whose fits take several times as long as those of others: several workers begin with them. On 472,871 sessions in Chromium a forest of 100 trees takes 1.35 s a fold,
/// boosting .2 s; ensembles fit their members again and again.
pub const LONG: [&str; 8] = ["random_forest", "extra_trees", "support_vectors", "neighbours", "stacking", "greedy_ensemble", "blending", "voting"];

/// The learner of this name in settings.
#[must_use]
pub fn find(id: &str) -> Option<&'static Learner> {
    LEARNERS.iter().find(|l| l.id == id)
}
