//! Replaces numbers by their principal components: few weighted sums that keep most of the variance (Pearson 1901; Jolliffe 2002, 2.3).
//!
//! Columns are standardised with mean and standard deviation (divisor n) of the training rows; component k is `sum_j v_kj (x_j - m_j) / s_j` with `v_k` the k-th
//! eigenvector of the correlation matrix, its largest loading above 0. Its share of the variance is its eigenvalue over the number of columns. Learned from
//! training rows only. Columns with missing cells, or with one value, stay as they are: impute first. Checked against scikit-learn's `PCA` on standardised columns to 1e-9.

use super::scale::Scale;
use crate::error::{Error, Result};
use crate::features::Feature;
use crate::math::eigen::symmetric;
use crate::math::linear::moments;
use crate::param::{Domain, ParamSpec, Params};
use crate::prepare::slots::{Cells, Slot, Slots};
use crate::prepare::{FittedStep, Learned, StepEntry};
use ndarray::Array2;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The entry.
pub const ENTRY: StepEntry = StepEntry {
    id: "pca",
    title: "Principal components",
    doc: "Replaces numbers that move together by few weighted sums of them that keep most of their variance. What a feature means is lost. Learned from training rows only; columns are standardised. Pearson 1901.",
    params: &[
        ParamSpec {
            id: "share",
            title: "Share of the variance",
            help: "As many components are kept as hold this share of the variance.",
            domain: Domain::Real { low: 0.01, high: 1.0, default: 0.95, log: false },
        },
        ParamSpec {
            id: "components",
            title: "Components",
            help: "How many are kept; 0: as many as the share of the variance asks for.",
            domain: Domain::Whole { low: 0, high: 400, default: 0 },
        },
    ],
    fit,
};

/// Most columns: time grows as their number to the power of 3.
const MOST_COLUMNS: usize = 400;
/// Eigenvalue below which a component is rounding: the columns repeat each other.
const LEAST_EIGENVALUE: f64 = 1e-10;
/// Components whose loadings are told.
const TOLD: usize = 5;

/// What was learned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FittedComponents {
    /// The columns, in order, each with its centre and spread.
    columns: Vec<(String, Scale)>,
    /// Loadings of every component, shape `(n_components, n_columns)`.
    loadings: Vec<Vec<f64>>,
    /// The share of the variance each component holds.
    shares: Vec<f64>,
}

fn fit(slots: &Slots, params: &Params, columns: &[String]) -> Result<FittedStep> {
    let chosen = |s: &&Slot| s.is_among(columns) && !s.about.levels && s.cells.numbers().is_some_and(is_usable);
    let (about, values): (Vec<&Feature>, Vec<&[f64]>) =
        slots.list().iter().filter(chosen).filter_map(|s| s.cells.numbers().map(|v| (&s.about, v))).unzip();
    if values.len() > MOST_COLUMNS {
        return Err(Error::not_computable("The principal components", "there are more than 400 columns", "Name fewer columns for the step pca."));
    }
    let n = values.len();
    if n == 0 {
        return Ok(FittedStep::Components(FittedComponents { columns: Vec::new(), loadings: Vec::new(), shares: Vec::new() }));
    }
    let about_all = moments(&values, &vec![1.0; values[0].len()])?;
    let deviations: Vec<f64> = (0..n).map(|j| about_all.products[[j, j]].sqrt()).collect();
    let correlation = |(i, j): (usize, usize)| if i == j { 1.0 } else { about_all.products[[i, j]] / (deviations[i] * deviations[j]) };
    let (eigenvalues, mut loadings) = symmetric(&Array2::from_shape_fn((n, n), correlation));
    let kept = how_many(&eigenvalues, params);
    loadings.truncate(kept);
    let scale = |j: usize| Scale { centre: about_all.means[j], spread: deviations[j] / about_all.total.sqrt() };
    let columns = (0..n).map(|j| (about[j].name.clone(), scale(j))).collect();
    let shares = eigenvalues[..kept].iter().map(|v| v / n as f64).collect();
    Ok(FittedStep::Components(FittedComponents { columns, loadings, shares }))
}

/// Whether every cell is there and two values differ beyond rounding: the variance of what does not vary cannot be divided by.
fn is_usable(values: &[f64]) -> bool {
    moments(&[values], &vec![1.0; values.len()]).is_ok_and(|m| m.products[[0, 0]] > 0.0)
}

/// The number asked for, or as many as hold the share; never one without variance, and at least one.
fn how_many(eigenvalues: &[f64], params: &Params) -> usize {
    let real = eigenvalues.iter().take_while(|v| **v > LEAST_EIGENVALUE).count().max(1);
    let asked = params.count("components");
    if asked > 0 {
        return asked.min(real);
    }
    let wanted = params.real("share") * eigenvalues.len() as f64;
    let mut held = 0.0;
    let enough = eigenvalues.iter().position(|v| {
        held += v;
        held >= wanted - LEAST_EIGENVALUE
    });
    enough.map_or(real, |at| (at + 1).min(real))
}

impl FittedComponents {
    /// Takes the columns away and puts the components at the end.
    #[must_use]
    pub fn apply(&self, slots: Slots) -> Slots {
        let place: BTreeMap<&str, usize> = self.columns.iter().enumerate().map(|(j, c)| (c.0.as_str(), j)).collect();
        let mut found: Vec<Vec<f64>> = vec![Vec::new(); self.columns.len()];
        let mut sources: Vec<String> = Vec::new();
        let mut slots = slots.replace(|slot, next| match (place.get(slot.name()), &slot.cells) {
            (Some(&j), Cells::Numbers(values)) => {
                found[j] = values.iter().map(|&v| self.columns[j].1.forward(v)).collect();
                for source in slot.about.sources {
                    if !sources.contains(&source) {
                        sources.push(source);
                    }
                }
            }
            _ => next.push(slot),
        });
        let n_rows = found.first().map_or(0, Vec::len);
        if found.iter().any(|column| column.len() != n_rows) {
            return slots;
        }
        for (k, loadings) in self.loadings.iter().enumerate() {
            let mut sums = vec![0.0; n_rows];
            for (column, loading) in found.iter().zip(loadings) {
                sums.iter_mut().zip(column).for_each(|(sum, x)| *sum += loading * x);
            }
            let about = Feature { name: name(k), sources: sources.clone(), step: ENTRY.id.to_owned(), whole: false, levels: false };
            slots.push(Slot { about, cells: Cells::Numbers(sums) });
        }
        slots
    }

    /// Loadings of the first components by column, then the share of each.
    #[must_use]
    pub fn learned(&self) -> Vec<Learned> {
        let number = |column: &str, name: String, value| Learned { column: column.to_owned(), name, number: Some(value), levels: Vec::new() };
        let of_column = |(j, (column, _)): (usize, &(String, Scale))| {
            let each = |(k, loadings): (usize, &Vec<f64>)| loadings.get(j).map(|loading| number(column, name(k), *loading));
            self.loadings.iter().take(TOLD).enumerate().filter_map(each).collect::<Vec<_>>()
        };
        let shares = self.shares.iter().enumerate().map(|(k, share)| number(&name(k), "share".to_owned(), *share));
        self.columns.iter().enumerate().flat_map(of_column).chain(shares).collect()
    }

    /// Whether every component has a loading for every column and a share, and all numbers can be computed with.
    #[must_use]
    pub(in crate::prepare) fn is_valid(&self) -> bool {
        let scales = self.columns.iter().all(|(_, s)| s.centre.is_finite() && s.spread.is_finite() && s.spread > 0.0);
        let loadings = self.loadings.iter().all(|l| l.len() == self.columns.len() && l.iter().all(|v| v.abs() <= 1.0 + LEAST_EIGENVALUE));
        scales && loadings && self.shares.len() == self.loadings.len() && self.columns.len() <= MOST_COLUMNS
    }
}

/// Name of the component after `k` others.
fn name(k: usize) -> String {
    format!("component {}", k + 1)
}
