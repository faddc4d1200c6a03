"""Remakes the expected values of metrics.json from its inputs. Made with scikit-learn 1.9.1, NumPy 2.4.6.

Usage: python make_metrics.py  (writes metrics.json beside this file; inputs are kept as they are)
"""
import json
import pathlib

import numpy as np
import sklearn
from sklearn import calibration, metrics

path = pathlib.Path(__file__).with_name("metrics.json")
reference = json.loads(path.read_text())


def binary(y, score, threshold):
    called = (np.asarray(score) >= threshold).astype(int)
    precision, recall, _ = metrics.precision_recall_curve(y, score)
    return {
        "roc_auc": metrics.roc_auc_score(y, score),
        "average_precision": metrics.average_precision_score(y, score),
        "pr_auc_trapz": metrics.auc(recall, precision),
        "log_loss": metrics.log_loss(y, score),
        "brier": metrics.brier_score_loss(y, score),
        "accuracy": metrics.accuracy_score(y, called),
        "balanced": metrics.balanced_accuracy_score(y, called),
        "f1": metrics.f1_score(y, called),
        "mcc": metrics.matthews_corrcoef(y, called),
        "kappa": metrics.cohen_kappa_score(y, called),
        "precision": metrics.precision_score(y, called),
        "recall": metrics.recall_score(y, called),
    }


def multiclass(y, proba):
    called = np.argmax(proba, axis=1)
    return {
        "log_loss": metrics.log_loss(y, proba),
        "auc_ovr_macro": metrics.roc_auc_score(y, proba, multi_class="ovr", average="macro"),
        "auc_ovo_macro": metrics.roc_auc_score(y, proba, multi_class="ovo", average="macro"),
        "f1_macro": metrics.f1_score(y, called, average="macro"),
        "f1_weighted": metrics.f1_score(y, called, average="weighted"),
        "mcc": metrics.matthews_corrcoef(y, called),
        "kappa": metrics.cohen_kappa_score(y, called),
        "kappa_quadratic": metrics.cohen_kappa_score(y, called, weights="quadratic"),
    }


def regression(y, pred):
    return {
        "r2": metrics.r2_score(y, pred),
        "mae": metrics.mean_absolute_error(y, pred),
        "rmse": metrics.root_mean_squared_error(y, pred),
        "medae": metrics.median_absolute_error(y, pred),
        "mape": metrics.mean_absolute_percentage_error(y, pred),
        "pinball_09": metrics.mean_pinball_loss(y, pred, alpha=0.9),
        "explained_variance": metrics.explained_variance_score(y, pred),
    }


def roc(y, score):
    fpr, tpr, _ = metrics.roc_curve(y, score, drop_intermediate=False)
    return {"fpr": list(fpr), "tpr": list(tpr)}


def pr(y, score):
    precision, recall, _ = metrics.precision_recall_curve(y, score)
    return {"precision": list(precision), "recall": list(recall)}


def reliability(y, score):
    frac, mean = calibration.calibration_curve(y, score, n_bins=5, strategy="quantile")
    return {"frac": list(frac), "mean": list(mean)}


makers = {
    "binary_metrics": binary,
    "multiclass_metrics": multiclass,
    "regression_metrics": regression,
    "roc_points": roc,
    "pr_points": pr,
    "calibration_curve_quantile5": reliability,
}
for case in reference["cases"]:
    if case["fn"] in makers:
        case["expect"] = makers[case["fn"]](**case["input"])
reference["versions"] = {"numpy": np.__version__, "sklearn": sklearn.__version__}
path.write_text(json.dumps(reference) + "\n")
