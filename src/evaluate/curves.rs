//! ROC and precision-recall curves, thinned to what a figure can show.
//!
//! Points are those of `sklearn.metrics.roc_curve(drop_intermediate=False)` and `precision_recall_curve`, best score first; thinning keeps
//! the first and last and the first point of every equal step along the curve, so the drawn line stays within a step of the true one.

use super::Scored;
use super::metrics::{Ranking, area_under, average_of};
use serde::{Deserialize, Serialize};

/// Most points a curve keeps.
pub const MOST_POINTS: usize = 200;

/// A curve of one class against the rest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// Class index.
    pub class: usize,
    /// Points (x, y), at most [`MOST_POINTS`]. ROC: false and true positive rate. Precision-recall: recall and precision.
    pub points: Vec<(f64, f64)>,
    /// Rows of the class and rows of the rest.
    pub n: (u64, u64),
    /// Area (ROC) or average precision of these rows, the class against the rest.
    pub area: f64,
}

/// ROC curve of every class that has rows on both sides (binary: of the positive class).
#[must_use]
pub fn roc(scored: &Scored<'_>) -> Vec<Curve> {
    curves(scored, area_under, |found, wrong, (p, n)| (wrong / n, found / p))
}

/// Precision-recall curve of every class that has rows on both sides (binary: of the positive class).
#[must_use]
pub fn precision_recall(scored: &Scored<'_>) -> Vec<Curve> {
    curves(scored, average_of, |found, wrong, (p, _)| (found / p, if found + wrong > 0.0 { found / (found + wrong) } else { 1.0 }))
}

#[expect(clippy::cast_precision_loss, reason = "row counts stay below 2^53")]
fn curves(scored: &Scored<'_>, area: fn(&Ranking, &[u16]) -> Option<f64>, point: fn(f64, f64, (f64, f64)) -> (f64, f64)) -> Vec<Curve> {
    if !scored.kind.is_classification() || !scored.is_sound() {
        return Vec::new();
    }
    let ones = vec![1_u16; scored.truth.len()];
    let binary = scored.n_classes == 2;
    let mut all = Vec::new();
    for class in if binary { 1..2 } else { 0..scored.n_classes } {
        let positive: Vec<bool> = scored.classes().map(|c| c == class).collect();
        let p = positive.iter().filter(|&&x| x).count() as u64;
        let n = positive.len() as u64 - p;
        if p == 0 || n == 0 {
            continue;
        }
        let whole = (p as f64, n as f64);
        let mut points = vec![point(0.0, 0.0, whole)];
        let ranking = Ranking::new(&scored.predictions.class(class), &positive);
        ranking.walk(&ones, |g| points.push(point((g.above_positive + g.positive) as f64, (g.above_negative + g.negative) as f64, whole)));
        let Some(area) = area(&ranking, &ones) else { continue };
        all.push(Curve { class, points: thinned(&points), n: (p, n), area });
    }
    all
}

/// Keeps the ends and the first point of every equal step along the curve.
#[expect(clippy::cast_precision_loss, reason = "few steps")]
fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    if points.len() <= MOST_POINTS {
        return points.to_vec();
    }
    let length = |pair: &[(f64, f64)]| (pair[1].0 - pair[0].0).abs() + (pair[1].1 - pair[0].1).abs();
    let whole: f64 = points.windows(2).map(length).sum();
    let step = whole / (MOST_POINTS - 2) as f64;
    let (mut kept, mut walked, mut next) = (vec![points[0]], 0.0, step);
    for pair in points.windows(2).take(points.len() - 2) {
        walked += length(pair);
        if walked >= next {
            kept.push(pair[1]);
            next = step * ((walked / step).floor() + 1.0);
        }
    }
    kept.push(points[points.len() - 1]);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::rng::Stream;
    use crate::model::Predictions;
    use crate::task::TaskKind;

    fn example(n: usize) -> (Vec<f64>, Predictions) {
        let mut stream = Stream::new(3, "test/curves", 0);
        let truth: Vec<f64> = (0..n).map(|_| f64::from(u8::from(stream.chance(0.3)))).collect();
        let values = truth
            .iter()
            .flat_map(|t| {
                let p = (stream.uniform() + 0.3 * t) / 1.3;
                [1.0 - p, p]
            })
            .collect();
        (truth, Predictions { n_classes: 2, values, cuts: Vec::new() })
    }

    #[test]
    fn a_long_curve_is_thinned_and_keeps_its_ends_and_area() {
        let (truth, predictions) = example(5_000);
        let curve = roc(&Scored { truth: &truth, predictions: &predictions, kind: TaskKind::Binary, n_classes: 2 }).remove(0);
        assert!(curve.points.len() <= MOST_POINTS && curve.points.len() > 100);
        assert_eq!((curve.points[0], curve.points[curve.points.len() - 1]), ((0.0, 0.0), (1.0, 1.0)));
        let trapezoid: f64 = curve.points.windows(2).map(|w| (w[1].0 - w[0].0) * (w[1].1 + w[0].1) / 2.0).sum();
        assert!((trapezoid - curve.area).abs() < 0.01);
    }

    #[test]
    fn points_are_those_of_scikit_learn() {
        let all: serde_json::Value = serde_json::from_str(include_str!("../../tests/reference/metrics.json")).unwrap();
        let case = |name: &str| all["cases"].as_array().unwrap().iter().find(|c| c["fn"] == name).unwrap().clone();
        let list = |v: &serde_json::Value| v.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect::<Vec<f64>>();
        let (roc_case, pr_case) = (case("roc_points"), case("pr_points"));
        let truth = list(&roc_case["input"]["y"]);
        let predictions =
            Predictions { n_classes: 2, values: list(&roc_case["input"]["score"]).iter().flat_map(|&p| [1.0 - p, p]).collect(), cuts: Vec::new() };
        let scored = Scored { truth: &truth, predictions: &predictions, kind: TaskKind::Binary, n_classes: 2 };
        let close = |found: &[(f64, f64)], x: Vec<f64>, y: Vec<f64>| {
            assert_eq!(found.len(), x.len());
            found.iter().zip(x.iter().zip(&y)).for_each(|(f, (x, y))| assert!((f.0 - x).abs() < 1e-12 && (f.1 - y).abs() < 1e-12, "{f:?}"));
        };
        close(&roc(&scored)[0].points, list(&roc_case["expect"]["fpr"]), list(&roc_case["expect"]["tpr"]));
        let mut points = precision_recall(&scored).remove(0).points;
        points.reverse();
        close(&points, list(&pr_case["expect"]["recall"]), list(&pr_case["expect"]["precision"]));
    }

    #[test]
    fn one_class_has_no_curve() {
        let predictions = Predictions { n_classes: 2, values: vec![0.5, 0.5, 0.4, 0.6], cuts: Vec::new() };
        assert!(roc(&Scored { truth: &[1.0, 1.0], predictions: &predictions, kind: TaskKind::Binary, n_classes: 2 }).is_empty());
    }
}
