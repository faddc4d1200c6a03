//! What is predicted, from what, and when: target, kind, roles, prediction moment and horizon.

use crate::error::{Error, Result};
use crate::math::sort;
use crate::table::{Column, Kind, MISSING_CODE, Table};
use serde::{Deserialize, Serialize};

/// What kind of question the target asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// A number.
    Regression,
    /// One of two classes; the second in `classes` is the positive one.
    Binary,
    /// One of three or more classes.
    Multiclass,
}

impl TaskKind {
    /// The word used in settings, flags and JSON.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Regression => "regression",
            Self::Binary => "binary",
            Self::Multiclass => "multiclass",
        }
    }

    /// Whether classes are predicted.
    #[must_use]
    pub fn is_classification(self) -> bool {
        self != Self::Regression
    }
}

/// A checked task: every column it names exists in the table it was made for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// Column to predict.
    pub target: String,
    /// What kind of question.
    pub kind: TaskKind,
    /// Class labels; empty for regression. Binary: negative first, positive second.
    pub classes: Vec<String>,
    /// Column that orders the rows in time.
    pub time: Option<String>,
    /// Column that names the entity (group) of a row.
    pub entity: Option<String>,
    /// Column of row weights.
    pub weight: Option<String>,
    /// Rows between the prediction moment and the target, in steps of the time column (0: same row).
    pub horizon: u32,
    /// Columns used as features, in file order.
    pub features: Vec<String>,
    /// Columns left out on purpose, in file order.
    pub ignored: Vec<String>,
}

/// Encoded target values of a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// Shape `(n_rows,)`: the number, or the class index 0..n_classes; NaN where the target is missing.
    pub values: Vec<f64>,
    /// Class labels; empty for regression.
    pub classes: Vec<String>,
}

impl Task {
    /// The target of every row of `table`, encoded.
    ///
    /// # Errors
    /// The target column is gone or of a kind this task cannot use.
    pub fn encode(&self, table: &Table) -> Result<Target> {
        let column = table.column(&self.target)?;
        let values = match (self.kind, column.numbers(), column.codes()) {
            (TaskKind::Regression, Some(values), _) => values.to_vec(),
            (TaskKind::Regression, None, _) => {
                return Err(Error::not_computable(
                    "Regression",
                    "the target is not numeric",
                    "Read the target column as numeric or choose classification.",
                )
                .named(&self.target));
            }
            (_, _, Some((codes, levels))) => {
                let index: Vec<f64> = levels.iter().map(|l| self.class_value(l)).collect();
                codes.iter().map(|&c| if c == MISSING_CODE { f64::NAN } else { index[c as usize] }).collect()
            }
            _ => (0..column.len()).map(|row| if column.is_missing(row) { f64::NAN } else { self.class_value(&column.text(row)) }).collect(),
        };
        Ok(Target { values, classes: self.classes.clone() })
    }

    fn class_value(&self, label: &str) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "classes are few")]
        self.classes.iter().position(|c| c == label).map_or(f64::NAN, |i| i as f64)
    }

    /// Number of classes; 0 for regression.
    #[must_use]
    pub fn n_classes(&self) -> usize {
        self.classes.len()
    }
}

/// Labels taken as the positive class when the user names none, compared without case.
const POSITIVE: [&str; 8] = ["1", "true", "yes", "y", "t", "positive", ">50k", "1.0"];
/// Most distinct values a whole-number target may have to be read as classes.
const CLASS_VALUES: usize = 10;
/// Most classes a task may have.
pub const MAX_CLASSES: usize = 100;

/// The kind of task a target column suggests, with its classes in order.
///
/// Two distinct values: binary (negative first: a label in a list of positive words, else the rarer one, is positive).
/// Labels: multiclass. Numbers: regression. [`CLASS_VALUES`] bounds how many distinct numbers are counted.
///
/// # Errors
/// Fewer than two distinct values, or more than [`MAX_CLASSES`] labels.
pub fn guess_kind(column: &Column) -> Result<(TaskKind, Vec<String>)> {
    let mut counts = std::collections::BTreeMap::<String, usize>::new();
    if column.numbers().is_none_or(|v| distinct_up_to(v, CLASS_VALUES + 1) <= CLASS_VALUES) {
        for row in (0..column.len()).filter(|&row| !column.is_missing(row)) {
            *counts.entry(column.text(row).into_owned()).or_default() += 1;
            if counts.len() > MAX_CLASSES {
                return Err(too_many_classes(column.name()));
            }
        }
        if counts.len() < 2 {
            return Err(one_value(column.name()));
        }
    }
    match (column.kind(), counts.len()) {
        (_, 2) => Ok((TaskKind::Binary, binary_classes(&counts))),
        (Kind::Numeric, _) => Ok((TaskKind::Regression, Vec::new())),
        (Kind::Timestamp, _) => Err(Error::not_computable("A model", "the target is a date", "Choose another target column.").named(column.name())),
        _ => Ok((TaskKind::Multiclass, counts.into_keys().collect())),
    }
}

/// The labels of a column as classes of a multiclass task, in alphabetical order (whole numbers by value).
///
/// # Errors
/// Fewer than two labels, or more than [`MAX_CLASSES`].
pub fn class_labels(column: &Column) -> Result<Vec<String>> {
    let mut labels = std::collections::BTreeSet::new();
    for row in (0..column.len()).filter(|&row| !column.is_missing(row)) {
        labels.insert(column.text(row).into_owned());
        if labels.len() > MAX_CLASSES {
            return Err(too_many_classes(column.name()));
        }
    }
    if labels.len() < 2 {
        return Err(one_value(column.name()));
    }
    let mut labels: Vec<String> = labels.into_iter().collect();
    sort::by(&mut labels, |a, b| match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => a.total_cmp(&b),
        _ => a.cmp(b),
    });
    Ok(labels)
}

fn too_many_classes(name: &str) -> Error {
    Error::not_computable("A classification", "the target has more than 100 different labels", "Choose another target, or read it as numeric.")
        .named(name)
}

fn one_value(name: &str) -> Error {
    Error::not_computable("A model", "the target has fewer than two different values", "Choose another target column.").named(name)
}

fn distinct_up_to(values: &[f64], most: usize) -> usize {
    let mut seen: Vec<f64> = Vec::new();
    for &v in values.iter().filter(|v| !v.is_nan()) {
        if !seen.contains(&v) {
            seen.push(v);
            if seen.len() >= most {
                break;
            }
        }
    }
    seen.len()
}

fn binary_classes(counts: &std::collections::BTreeMap<String, usize>) -> Vec<String> {
    let labels: Vec<&String> = counts.keys().collect();
    let listed = |l: &str| POSITIVE.contains(&l.to_lowercase().as_str());
    let positive = match (listed(labels[0]), listed(labels[1])) {
        (true, false) => 0,
        (false, true) => 1,
        _ => usize::from(counts[labels[1]] <= counts[labels[0]]),
    };
    vec![labels[1 - positive].clone(), labels[positive].clone()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_labels_are_binary_with_the_positive_word_second() {
        let column = Column::labels("paid", Kind::Categorical, &[Some("yes"), Some("no"), Some("yes"), None]);
        assert_eq!(guess_kind(&column).unwrap(), (TaskKind::Binary, vec!["no".to_owned(), "yes".to_owned()]));
    }

    #[test]
    fn a_target_of_one_value_is_refused() {
        let error = guess_kind(&Column::numeric("y", vec![1.0, 1.0], 0)).unwrap_err();
        assert!(error.to_string().contains("fewer than two different values"));
    }

    #[test]
    fn numbers_are_a_regression() {
        let column = Column::numeric("y", (0..50).map(f64::from).collect(), 0);
        assert_eq!(guess_kind(&column).unwrap().0, TaskKind::Regression);
    }
}
