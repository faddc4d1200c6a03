//! Gradient boosting: small trees added up, each correcting what the former ones left (Friedman 2001, "Greedy function approximation", Annals of Statistics 29).
//!
//! Losses and growth are those of [`crate::model::tree::boost`]. Compared with LightGBM at the same size: AUC within 0.001 on the benchmark's sessions.

use crate::error::{Error, Result};
use crate::model::tree::boost::{BoostSize, boosting};
use crate::model::tree::loss::Loss;
use crate::model::{Features, FitPart, Learner, Model, one_part, only};
use crate::param::{Domain, ParamSpec, Params};
use crate::task::TaskKind;

/// The entry in the list of learners.
pub const GRADIENT_BOOSTING: Learner = Learner {
    id: "gradient_boosting",
    title: "Gradient boosting",
    doc: "Many small trees added up, each fitted to what the former ones left unexplained. Friedman 2001; Ke et al. 2017.",
    tasks: &[TaskKind::Regression, TaskKind::Binary, TaskKind::Multiclass],
    baseline: false,
    wants_scaling: false,
    takes_missing: true,
    takes_categories: true,
    uses_weights: true,
    params: &[
        ParamSpec {
            id: "trees",
            title: "Trees",
            help: "How many trees are added up (for each class, when there are more than two).",
            domain: Domain::Whole { low: 1, high: 2000, default: 100 },
        },
        ParamSpec { id: "leaves", title: "Leaves", help: "Most leaves of a tree.", domain: Domain::Whole { low: 2, high: 1024, default: 31 } },
        ParamSpec {
            id: "learning_rate",
            title: "Learning rate",
            help: "Share of each tree that is added: smaller needs more trees.",
            domain: Domain::Real { low: 0.001, high: 1.0, default: 0.1, log: true },
        },
        ParamSpec {
            id: "min_leaf",
            title: "Rows in a leaf",
            help: "Least rows in a leaf.",
            domain: Domain::Whole { low: 1, high: 100_000, default: 20 },
        },
        ParamSpec {
            id: "l2",
            title: "Penalty",
            help: "How strongly squared leaf values are held down.",
            domain: Domain::Real { low: 0.0, high: 1e4, default: USUAL.l2, log: true },
        },
        ParamSpec {
            id: "l1",
            title: "Absolute penalty",
            help: "How strongly absolute leaf values are held down, small ones to 0.",
            domain: Domain::Real { low: 0.0, high: 1e4, default: USUAL.l1, log: true },
        },
        ParamSpec {
            id: "loss",
            title: "Loss",
            help: "What a number is fitted by: squared gives means, absolute medians, quantile the share in 'Quantile'; huber is squared near and absolute far; poisson (counts) and tweedie (amounts with many zeros) are for targets of at least 0 and multiply. Classes have the logistic loss.",
            domain: Domain::Choice { options: &["squared", "absolute", "huber", "quantile", "poisson", "tweedie"], default: "squared" },
        },
        ParamSpec {
            id: "quantile",
            title: "Quantile",
            help: "Of the quantile loss: share of targets that should lie below the prediction. Of the huber loss: share of rows that is near at the start.",
            domain: Domain::Real { low: 0.01, high: 0.99, default: 0.9, log: false },
        },
        ParamSpec {
            id: "power",
            title: "Variance power",
            help: "Of the tweedie loss: the variance is the mean to this power; near 1 for counts, near 2 for amounts without zeros.",
            domain: Domain::Real { low: 1.1, high: 1.9, default: 1.5, log: false },
        },
        ParamSpec {
            id: "most_depth",
            title: "Depth",
            help: "Most questions between the root and a leaf; 0 for no limit but the leaves.",
            domain: Domain::Whole { low: 0, high: 64, default: 0 },
        },
        ParamSpec {
            id: "min_weight",
            title: "Curvature in a leaf",
            help: "Least sum of second derivatives of the loss in a leaf, in mean row weights.",
            domain: Domain::Real { low: 0.0, high: 1e6, default: USUAL.min_weight, log: true },
        },
        ParamSpec {
            id: "min_gain",
            title: "Gain of a cut",
            help: "Least gain a cut must make, in units of the loss.",
            domain: Domain::Real { low: 0.0, high: 1e12, default: USUAL.min_gain, log: true },
        },
        ParamSpec {
            id: "rows",
            title: "Share of rows",
            help: "Share of the rows each tree is grown on, drawn at random; 1 for all.",
            domain: Domain::Real { low: 0.05, high: 1.0, default: USUAL.rows, log: false },
        },
        ParamSpec {
            id: "rows_every",
            title: "Trees on a draw",
            help: "How many rounds share a draw of rows.",
            domain: Domain::Whole { low: 1, high: 1000, default: 1 },
        },
        ParamSpec {
            id: "features",
            title: "Share of features",
            help: "Share of the features each tree may use, drawn at random; 1 for all.",
            domain: Domain::Real { low: 0.05, high: 1.0, default: USUAL.features, log: false },
        },
        ParamSpec {
            id: "patience",
            title: "Stop early",
            help: "Stops after so many rounds without a better loss on rows held out of the training rows (the last in time where rows are in the order of time, else whole entities or equal shares of classes); 0 makes all rounds.",
            domain: Domain::Whole { low: 0, high: 1000, default: 0 },
        },
        ParamSpec {
            id: "held_out",
            title: "Held out",
            help: "Share of the training rows held out to stop early.",
            domain: Domain::Real { low: 0.02, high: 0.5, default: USUAL.held_out, log: false },
        },
        CLASS_WEIGHTS,
        ParamSpec {
            id: "monotone",
            title: "Rises or falls with",
            help: "Features with which predictions must rise (+) or fall (-), all else equal: \"+age, -price\". For squared, huber, poisson and tweedie losses and for two classes.",
            domain: Domain::Text,
        },
    ],
    parts: one_part,
    fit_part: fit,
    join: only,
};

/// Whether rare classes count as much as frequent ones, for any trees.
pub(super) const CLASS_WEIGHTS: ParamSpec = ParamSpec {
    id: "class_weights",
    title: "Class weights",
    help: "Balanced gives every class the same weight in sum: rare ones are found more often, and probabilities no longer say how frequent they are.",
    domain: Domain::Choice { options: &["none", "balanced"], default: "none" },
};

/// Whether classes are to be balanced.
pub(super) fn balanced(params: &Params) -> bool {
    params.word(CLASS_WEIGHTS.id) == "balanced"
}

const USUAL: BoostSize<'static> = BoostSize::USUAL;

fn fit(part: &FitPart<'_>) -> Result<Model> {
    let train = part.train.weighted_rows()?;
    let params = part.params;
    let monotone = directions(params.word("monotone"), train.features())?;
    let share = params.real("quantile");
    let size = BoostSize {
        loss: match params.word("loss") {
            "absolute" => Loss::Absolute,
            "huber" => Loss::Huber { share },
            "quantile" => Loss::Quantile { level: share },
            "poisson" => Loss::Poisson,
            "tweedie" => Loss::Tweedie { power: params.real("power") },
            _ => Loss::Squared,
        },
        rounds: params.count("trees"),
        leaves: params.count("leaves"),
        depth: params.count("most_depth"),
        learning_rate: params.real("learning_rate"),
        min_leaf: params.count("min_leaf"),
        min_weight: params.real("min_weight"),
        min_gain: params.real("min_gain"),
        l1: params.real("l1"),
        l2: params.real("l2"),
        levels: USUAL.levels,
        rows: params.real("rows"),
        rows_every: params.count("rows_every"),
        features: params.real("features"),
        patience: params.count("patience"),
        held_out: params.real("held_out"),
        balanced: balanced(params),
        monotone: &monotone,
    };
    boosting(&train, size, part.seed, part.pulse).map(Model::Trees).map_err(|e| e.named("gradient_boosting"))
}

/// For each feature whether predictions must rise (1) or fall (-1) with it; empty when nothing is asked for.
fn directions(asked: &str, features: &Features) -> Result<Vec<i8>> {
    if asked.trim().is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<&str> = features.about.iter().map(|f| f.name.as_str()).collect();
    let mut directions = vec![0; names.len()];
    for word in asked.split(',').map(str::trim) {
        let (direction, name) = match word.split_at_checked(1) {
            Some(("+", name)) => (1, name.trim()),
            Some(("-", name)) => (-1, name.trim()),
            _ => return Err(Error::out_of_range("monotone", word, "features with a sign, as in \"+age, -price\"")),
        };
        let at = names.iter().position(|n| *n == name).ok_or_else(|| Error::unknown("feature", name, &names))?;
        if features.about[at].levels {
            return Err(Error::out_of_range("monotone", word, "features of numbers: levels have no order"));
        }
        directions[at] = direction;
    }
    Ok(directions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::tests_support::features;

    #[test]
    fn directions_are_read_by_name() {
        let three = features(&[vec![1.0], vec![1.0], vec![1.0]]);
        assert_eq!(directions("+x2, - x0", &three).unwrap(), [-1, 0, 1]);
        assert!(directions("  ", &three).unwrap().is_empty());
        for wrong in ["x0", "+y", "+x0,", "-"] {
            assert!(directions(wrong, &three).is_err(), "{wrong}");
        }
    }
}
