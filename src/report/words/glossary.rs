//! Terms of the field, each in one plain sentence. Shown on hover in the page, in the margin and at the end of reports.

/// A term of the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// Id in [`crate::report::Span::Term`].
    pub id: &'static str,
    /// As written in a sentence.
    pub word: &'static str,
    /// One plain sentence.
    pub definition: &'static str,
}

const fn entry(id: &'static str, word: &'static str, definition: &'static str) -> Term {
    Term { id, word, definition }
}

/// Every term, in alphabetical order of the id.
pub const TERMS: &[Term] = &[
    entry(
        "accuracy",
        "accuracy",
        "The share of rows that are given their true class; beside a rare class it is high even for a model that learned nothing.",
    ),
    entry("augmentation", "augmentation", "Made-up rows added to what a model learns from, never to what it is judged on."),
    entry(
        "average_precision",
        "average precision",
        "The mean precision over all recalls: how clean the flagged rows stay as more of the positives are found.",
    ),
    entry("baseline", "baseline", "A rule that needs no learning, such as always saying the mean or the most frequent class."),
    entry("bca", "BCa interval", "A bootstrap interval that is moved for bias and skew of the score."),
    entry("bias", "bias", "The mean of what predictions miss: positive where they are too low."),
    entry("blocker", "blocker", "A finding that makes the score unreal, or the data unusable as they are."),
    entry("bootstrap", "bootstrap", "Drawing the rows again and again with replacement to see how much a score could vary."),
    entry("brier", "Brier score", "The mean squared distance between predicted probability and what happened; 0 is perfect, smaller is better."),
    entry("calibration", "calibration", "How well predicted probabilities agree with how often the thing happens."),
    entry(
        "certainty",
        "certainty",
        "How sure a finding is: proven (it matches row by row), strong (large and not chance), or a question only you can answer.",
    ),
    entry("certificate", "certificate", "Proof that a column holds only what is known when you predict."),
    entry("check", "check", "One test for one kind of leak; it says whether it ran, was skipped, or had too few rows."),
    entry("class", "class", "One of the labels a target can have."),
    entry("class_imbalance", "class imbalance", "One class is much rarer than the others, so that accuracy says little."),
    entry("conformal", "conformal interval", "A prediction interval from the errors on unseen rows, made to hold a stated share of true values."),
    entry("confusion_matrix", "confusion matrix", "A table of what was true against what was predicted."),
    entry("coverage", "coverage", "The share of cases that fall inside their prediction intervals."),
    entry("cross_validation", "cross-validation", "Learning and judging several times, each time on rows the model has not seen."),
    entry("decision_tree", "decision tree", "A model that asks one question after the other and answers at the end of the branch."),
    entry("delong", "DeLong", "The standard error of an area under the ROC curve without resampling."),
    entry("drift", "drift", "Newer rows differ from those the model has learned from."),
    entry("duplicate", "duplicate", "A row that is equal to another; on both sides of a split it lets a model remember instead of predict."),
    entry("elastic_net", "elastic net", "A linear model whose weights are kept small, some of them at zero."),
    entry("embargo", "embargo", "Rows right after judged ones that later folds do not learn from."),
    entry("encoding", "encoding", "Turning labels into numbers a model can use."),
    entry("entity", "entity", "Whom or what a row is about; all rows of one entity belong on the same side of a split."),
    entry("f1", "F1", "The harmonic mean of precision and recall; 1 is perfect."),
    entry(
        "false_discovery_rate",
        "false discovery rate",
        "The share of false alarms among what is reported, held down when many things are tested at once.",
    ),
    entry("feature", "feature", "A column as the model sees it, after preparation."),
    entry("fidelity", "fidelity", "How closely made-up rows resemble the real ones."),
    entry("fold", "fold", "One round of learning and judging."),
    entry("gap", "gap", "Rows left out between learning and judging, in time order."),
    entry("gate", "gate", "A condition with a threshold that a model must meet before it goes live."),
    entry("gradient_boosting", "gradient boosting", "Many small decision trees, each correcting those before it."),
    entry("heteroscedasticity", "heteroscedasticity", "Errors that are larger in some places than in others."),
    entry("holdout", "holdout", "Rows sealed away before anything is learned, opened once at the end."),
    entry("horizon", "horizon", "How far ahead the prediction reaches."),
    entry("hyperparameter", "hyperparameter", "A setting of a learner that is chosen before it learns."),
    entry("identifier", "identifier", "A column that names rows, such as a number counted up; it has nothing to do with the answer, or everything."),
    entry("imputation", "imputation", "Filling missing values with an estimate learned from the training side."),
    entry("interval", "interval", "The range that holds the true value in 95 of 100 cases like this one."),
    entry("ks", "Kolmogorov-Smirnov distance", "The largest gap between two cumulative distributions, from 0 (equal) to 1."),
    entry("lasso", "lasso", "A linear model that sets weak weights to zero."),
    entry("leakage", "leakage", "Information in the file that will not exist when the model is used."),
    entry("learner", "learner", "A method that makes a model from rows."),
    entry("learning_curve", "learning curve", "The score by number of training rows: whether more rows would help."),
    entry("lineage", "lineage", "How columns are made from one another."),
    entry("log_loss", "log-loss", "How surprised the predicted probabilities are by what happened; 0 is perfect, smaller is better."),
    entry("logistic", "logistic regression", "A linear model of the odds that something happens."),
    entry("mae", "mean absolute error", "The average size of the miss, in the target's unit."),
    entry("mape", "mean absolute percentage error", "The average size of the miss as a share of the true value; not computable where that is zero."),
    entry("metric", "metric", "A number that says how good predictions are, and which direction is better."),
    entry("missing", "missing value", "A cell that is empty or holds a spelling that means empty."),
    entry("model", "model", "What a learner has learned: it turns rows into predictions."),
    entry("nearest_neighbours", "nearest neighbours", "A model that answers with the rows most like the one asked about."),
    entry("note", "note", "Something worth knowing that needs no action."),
    entry("outlier", "outlier", "A value far outside of the usual range."),
    entry("p_value", "p-value", "How often chance alone would give a result at least this large."),
    entry("paired", "paired", "Compared on the same rows and folds, so that the luck of the draw cancels."),
    entry("permutation_importance", "permutation importance", "How much score is lost when one column is shuffled."),
    entry("permutation_test", "permutation test", "How often a target that was shuffled gives as good a score: whether the score could be chance."),
    entry("precision", "precision", "Of the rows that were flagged, the share that deserved it."),
    entry("prediction_moment", "prediction moment", "The point in time at which the prediction is made; nothing later may be used."),
    entry("price", "price", "How much score a leak was worth: the score with the column minus the score without it."),
    entry("proven", "proven", "An exact match, row by row, at the precision the file is written in."),
    entry("quality_score", "quality score", "From 0 to 100: what share of cells or rows keeps the named rules."),
    entry("r2", "R²", "The share of the target's variation that the predictions explain; 1 is perfect, 0 is no better than the mean."),
    entry("random_forest", "random forest", "The average of many decision trees, each grown on another draw of rows and columns."),
    entry("recall", "recall", "Of all that should have been flagged, the share that was."),
    entry("recipe", "recipe", "The list of preparation steps between a raw column and a feature."),
    entry("residual", "residual", "Actual minus predicted."),
    entry("ridge", "ridge regression", "A linear model that keeps its weights small."),
    entry("rmse", "root mean squared error", "The typical size of the miss, in the target's unit, where large misses count more."),
    entry(
        "roc_auc",
        "area under the ROC curve",
        "The chance that a random positive row is ranked above a random negative one; 0.5 is guessing, 1 is perfect.",
    ),
    entry("scaling", "scaling", "Bringing features to a common range, with numbers learned from the training side."),
    entry("seed", "seed", "The number that fixes all random choices, so that a run can be repeated exactly."),
    entry("sha256", "SHA-256", "A fingerprint of a file: any change gives another one."),
    entry("shadow", "shadow run", "Predictions made beside the running system and used for nothing but comparison."),
    entry("stratified", "stratified split", "A split that gives each side its share of every class."),
    entry("strong", "strong", "The effect is large and chance is ruled out, but it is not an exact match."),
    entry("target", "target", "The column to be predicted."),
    entry("threshold", "threshold", "The probability from which on a row is flagged."),
    entry("time_split", "split in time order", "Learning from earlier rows and judging on later ones, as in use."),
    entry(
        "underpowered",
        "underpowered",
        "A check that ran but could not have seen an effect of the size that matters; its silence is weak evidence.",
    ),
    entry("validation", "validation", "Judging a model on rows it has not learned from."),
    entry("verdict", "verdict", "Go, caution or no-go: what the gates say together."),
    entry("walk_forward", "walk-forward", "Several splits in time order, each judging on the rows right after those it learned from."),
    entry("warning", "warning", "A finding that is real and costs something, but does not make the score unreal."),
];

/// The term of that id.
#[must_use]
pub fn term(id: &str) -> Option<&'static Term> {
    TERMS.binary_search_by(|t| t.id.cmp(id)).ok().and_then(|at| TERMS.get(at))
}

/// The word of a term; an unknown id is its own word, with spaces.
#[must_use]
pub fn word(id: &str) -> String {
    term(id).map_or_else(|| id.replace('_', " "), |t| t.word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_found_by_id_and_explained_in_one_sentence() {
        assert!(TERMS.windows(2).all(|pair| pair[0].id < pair[1].id), "out of order");
        for t in TERMS {
            assert_eq!(term(t.id), Some(t));
            assert!(t.definition.ends_with('.') && t.definition.len() < 160, "{}", t.id);
            assert!(t.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'), "{}", t.id);
        }
        assert_eq!(word("r2"), "R²");
        assert_eq!(word("not_there"), "not there");
    }
}
