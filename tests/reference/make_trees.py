#!/usr/bin/env python3
"""What tree learners lose on rows they have not seen: LightGBM's losses and scikit-learn's extra trees, on one table.

usage: make_trees.py > trees.json
Writes the table (columns in thousandths, -1 where a value is missing; the first half of the rows is learned from), hyperparameters and the peers' losses on the second
half, with the versions that made them. Needs numpy, scikit-learn and lightgbm.
"""
import json
import platform

import lightgbm
import numpy as np
import sklearn
from lightgbm import LGBMRegressor
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor

N = 2400
rng = np.random.default_rng(20240501)
x = rng.integers(0, 1000, size=(N, 4)) / 1000.0
x[:, 3] = np.floor(4 * x[:, 3]) / 4                   # few-valued
signal = 1.2 * x[:, 0] + np.sin(4 * x[:, 1]) + x[:, 2] * (x[:, 3] > 0.4)
rate = np.exp(signal - 0.7)
count = rng.poisson(rate)
amount = np.round(np.where(rng.random(N) < 0.35 + 0.1 * signal, rng.gamma(3.0, np.exp(signal)), 0.0), 2)
number = np.round(5 + 3 * signal + (0.5 + x[:, 0]) * rng.standard_t(3, size=N), 2)
binary = (signal + 0.6 * rng.normal(size=N) > 1.1).astype(int)
holes = x.copy()
holes[(rng.random(N) < 0.3) & (signal > 1.2), 0] = np.nan
holes[rng.random(N) < 0.2, 2] = np.nan

TABLES = {"full": x, "holes": holes}
TARGETS = {"count": count, "amount": amount, "number": number, "binary": binary}
fit, judge = slice(0, N // 2), slice(N // 2, N)
cases = []


def pinball(y, p, a):
    return float(np.mean(np.where(y > p, a * (y - p), (a - 1) * (y - p))))


def poisson(y, p):
    return float(np.mean(p - y + y * np.log(np.maximum(y, 1) / p)))


def tweedie(y, p):
    return float(np.mean(p ** 0.5 / 0.5 + y * p ** -0.5 / 0.5))


def squared(y, p):
    return float(np.mean((y - p) ** 2))


def add(learner, params, table, target, judged_by, loss, model):
    features, y = TABLES[table], TARGETS[target]
    model.fit(features[fit], y[fit])
    p = model.predict_proba(features[judge])[:, 1] if hasattr(model, "predict_proba") else model.predict(features[judge])
    cases.append({"learner": learner, "params": params, "table": table, "target": target, "judged_by": judged_by, "loss": loss(y[judge], p)})


SIZE = dict(n_estimators=60, num_leaves=15, learning_rate=0.1, min_child_samples=20, reg_lambda=1.0, n_jobs=1, verbose=-1, deterministic=True, force_col_wise=True)
OWN = {"trees": 60, "leaves": 15}
for table in TABLES:
    add("gradient_boosting", {**OWN, "loss": "squared"}, table, "number", "squared", squared, LGBMRegressor(**SIZE))
    add("gradient_boosting", {**OWN, "loss": "absolute"}, table, "number", "median", lambda y, p: pinball(y, p, 0.5), LGBMRegressor(objective="mae", **SIZE))
    add("gradient_boosting", {**OWN, "loss": "quantile", "quantile": 0.9}, table, "number", "upper", lambda y, p: pinball(y, p, 0.9), LGBMRegressor(objective="quantile", alpha=0.9, **SIZE))
    add("gradient_boosting", {**OWN, "loss": "poisson"}, table, "count", "poisson", poisson, LGBMRegressor(objective="poisson", **SIZE))
    add("gradient_boosting", {**OWN, "loss": "tweedie", "power": 1.5}, table, "amount", "tweedie", tweedie, LGBMRegressor(objective="tweedie", tweedie_variance_power=1.5, **SIZE))
add("gradient_boosting", {**OWN, "loss": "squared", "l1": 20.0, "l2": 5.0, "most_depth": 3, "features": 0.75, "rows": 0.7}, "full", "number", "squared", squared,
    LGBMRegressor(**{**SIZE, "reg_lambda": 5.0}, reg_alpha=20.0, max_depth=3, colsample_bytree=0.75, subsample=0.7, subsample_freq=1, random_state=1))
FOREST = dict(n_estimators=100, max_depth=15, min_samples_leaf=5, n_jobs=1, random_state=1)
add("extra_trees", {}, "full", "number", "squared", squared, ExtraTreesRegressor(**FOREST))
add("extra_trees", {}, "full", "binary", "squared", squared, ExtraTreesClassifier(max_features="sqrt", **FOREST))

thousandths = {name: np.where(np.isnan(t), -1, np.round(np.nan_to_num(t) * 1000)).astype(int).T.tolist() for name, t in TABLES.items()}
thousandths["holes"] = [thousandths["holes"][j] if j in (0, 2) else [] for j in range(4)]   # the others are those of the full table
print(json.dumps({
    "made_with": {"python": platform.python_version(), "numpy": np.__version__, "scikit-learn": sklearn.__version__, "lightgbm": lightgbm.__version__},
    "thousandths": thousandths,
    "targets": {name: t.tolist() for name, t in TARGETS.items()},
    "cases": cases,
}, indent=None, separators=(",", ":")))
