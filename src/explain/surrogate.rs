//! A small tree that says nearly what the model says (Craven and Shavlik 1996): learned from the model's predictions of training rows, not from the target.
//!
//! Its fidelity is R2 against the model's predictions of rows neither has seen. Below a half the rules describe the model badly, and above 0.9 they nearly are the model.

use super::readable::Readable;
use crate::error::Result;
use crate::features::{Features, TrainingSet};
use crate::math::sort;
use crate::math::sum::{mean, sum_of};
use crate::model::tree::TreeModel;
use crate::model::tree::bag::{TreeSize, one_tree};
use crate::prepare::{FittedRecipe, FittedStep};
use crate::task::TaskKind;
use serde::{Deserialize, Serialize};

/// Most cuts between root and leaf: what can be read.
pub const DEPTH: usize = 4;
/// Least share of the rows in a leaf.
const LEAST_SHARE: f64 = 0.02;
/// Least rows in a leaf: what a shared file may tell of.
const LEAST_ROWS: usize = 20;

/// One leaf of the small tree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// Readable features (labels a feature a level, gaps filled) with the values they must be above and at most, in units of the raw column where the feature is one; in the order of the cuts.
    pub conditions: Vec<(String, Option<f64>, Option<f64>)>,
    /// What is predicted then: a number, or the probability of the class.
    pub value: f64,
    /// Share of training rows the rule holds for, 0 to 1.
    pub share: f64,
}

/// A small tree in the place of the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Surrogate {
    /// One a leaf, largest value first.
    pub rules: Vec<Rule>,
    /// R2 against the model's predictions of unseen rows, at most 1; none where they do not differ.
    pub fidelity: Option<f64>,
    /// Training rows learned from, and unseen rows judged on.
    pub n_rows: (u64, u64),
}

/// Fits the small tree to `told` of `train` (shape `(n_rows,)`) and judges it by `truth` of `unseen`.
///
/// # Errors
/// Shapes do not fit.
pub fn surrogate(recipe: &FittedRecipe, (train, told): (Features, Vec<f64>), (unseen, truth): (&Features, &[f64])) -> Result<Surrogate> {
    let n = told.len();
    let ends = told.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(*v), high.max(*v)));
    let readable = Readable::new(recipe, &train);
    let (train, unseen) = (readable.apply(&train)?, &readable.apply(unseen)?);
    let (tree, mut rules) = grow(recipe, train, told)?;
    let answers = tree.predict(unseen)?.values;
    let centre = mean(truth);
    let spread = sum_of(truth.iter().map(|y| (y - centre) * (y - centre)));
    let missed = sum_of(truth.iter().zip(&answers).map(|(y, a)| (y - a) * (y - a)));
    // A mean is never beyond what it is of; its rounding is.
    rules.iter_mut().for_each(|rule| rule.value = rule.value.max(ends.0).min(ends.1));
    sort::by(&mut rules, |a, b| b.value.total_cmp(&a.value));
    Ok(Surrogate { rules, fidelity: (spread > 0.0).then(|| 1.0 - missed / spread), n_rows: (n as u64, truth.len() as u64) })
}

/// A small tree fitted to `told` of readable features (shape `(n_rows,)`), and its leaves with the values it predicts.
pub(super) fn grow(recipe: &FittedRecipe, train: Features, told: Vec<f64>) -> Result<(TreeModel, Vec<Rule>)> {
    let n = told.len();
    let about = train.about.clone();
    let set = TrainingSet::new(train, told, vec![1.0; n], TaskKind::Regression, 0, n)?;
    let min_leaf = ((LEAST_SHARE * n as f64).ceil() as usize).max(LEAST_ROWS);
    let tree = one_tree(&set, TreeSize { depth: DEPTH, min_leaf, features: None, bootstrap: false, random_cuts: false, balanced: false });
    let names: Vec<&str> = about.iter().map(|f| f.name.as_str()).collect();
    let mut rules = Vec::new();
    walk(&Reading { tree: &tree, names: &names, recipe, n_rows: n as f64 }, 0, &mut Vec::new(), &mut rules);
    Ok((tree, rules))
}

struct Reading<'a> {
    tree: &'a TreeModel,
    names: &'a [&'a str],
    recipe: &'a FittedRecipe,
    n_rows: f64,
}

type Path = Vec<(usize, Option<f64>, Option<f64>)>;

/// The leaves below a node; `path`: features with the values they are above and at most.
fn walk(reading: &Reading<'_>, node: usize, path: &mut Path, rules: &mut Vec<Rule>) {
    let tree = reading.tree;
    let (Some(&left), Some(&feature)) = (tree.left.get(node), tree.feature.get(node)) else { return };
    let feature = feature as usize;
    if left == 0 {
        let condition = |(j, low, high): &(usize, Option<f64>, Option<f64>)| {
            let name = reading.names.get(*j).copied().unwrap_or_default();
            let back = |v: Option<f64>| v.map(|v| unscaled(reading.recipe, name, v));
            (name.to_owned(), back(*low), back(*high))
        };
        let share = tree.cover.get(feature).map_or(0.0, |c| f64::from(*c) / reading.n_rows);
        let value = tree.values.get(feature).copied().unwrap_or(0.0);
        rules.push(Rule { conditions: path.iter().map(condition).collect(), value, share });
        return;
    }
    let cut = tree.threshold.get(node).map_or(0.0, |t| f64::from(*t));
    for (child, above) in [(left as usize, false), (left as usize + 1, true)] {
        let before = path.clone();
        let at = path.iter().position(|p| p.0 == feature).unwrap_or_else(|| {
            path.push((feature, None, None));
            path.len() - 1
        });
        if let Some(own) = path.get_mut(at) {
            if above { own.1 = Some(cut) } else { own.2 = Some(cut) }
        }
        walk(reading, child, path, rules);
        *path = before;
    }
}

/// A value of a feature back on the scale it had before it was scaled.
fn unscaled(recipe: &FittedRecipe, feature: &str, value: f64) -> f64 {
    let scale = recipe.steps().iter().rev().find_map(|step| if let FittedStep::Scale(scale) = step { scale.scale(feature) } else { None });
    scale.map_or(value, |scale| scale.back(value))
}
