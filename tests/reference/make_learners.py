#!/usr/bin/env python3
"""Reference fits from scikit-learn: optima of the linear learners, run to a tight tolerance, and naive Bayes.

usage: make_learners.py > learners.json
Writes tables, hyperparameters, coefficients, intercepts and predictions, with the versions that made them.
Needs numpy and scikit-learn.
"""
import json
import platform

import numpy as np
import sklearn
from sklearn.calibration import _sigmoid_calibration
from sklearn.linear_model import ElasticNet, GammaRegressor, Lasso, LassoCV, LogisticRegression, PoissonRegressor, QuantileRegressor, Ridge, TweedieRegressor, enet_path
from sklearn.model_selection import TimeSeriesSplit
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import SVC, SVR

N, P = 90, 5
rng = np.random.default_rng(20240501)
x = rng.normal(size=(N, P))
x[:, 1] = 100.0 + 25.0 * x[:, 1]                      # another unit, far from 0
x[:, 3] = x[:, 0] + 0.1 * x[:, 3]                     # nearly repeats the first
x[:, 4] = (x[:, 4] > 0.3)                             # two values
x = np.round(x, 6)
signal = 1.5 * x[:, 0] + 0.04 * (x[:, 1] - 100) - 0.8 * x[:, 2] + 0.5 * x[:, 4]
y = np.round(signal + 0.5 * rng.normal(size=N) + 7.0, 6)
binary = (signal + 0.7 * rng.normal(size=N) > 0.2).astype(int)
multi = np.digitize(signal + 0.7 * rng.normal(size=N), [-0.8, 0.9])
separable = (signal > 0).astype(int)
uneven = np.round(rng.uniform(0.2, 3.0, size=N), 3)
weights = {"unit": np.ones(N), "uneven": uneven}

scaled = np.round((x - x.mean(axis=0)) / x.std(axis=0), 6)

cases = []


def add(learner, params, target, weight, model, table="columns"):
    x = TABLES[table]
    model.fit(x, TARGETS[target], sample_weight=weights[weight])
    predict = model.predict_proba(x) if hasattr(model, "predict_proba") else model.predict(x)
    cases.append({
        "learner": learner, "params": params, "table": table, "target": target, "weights": weight,
        "coefficients": np.atleast_2d(getattr(model, "coef_", [])).tolist(), "intercepts": np.atleast_1d(getattr(model, "intercept_", [])).tolist(),
        "predictions": np.ravel(predict).tolist(),
    })


TABLES = {"columns": x, "scaled": scaled}
TARGETS = {"number": y, "binary": binary, "multi": multi, "separable": separable}
CD = dict(tol=1e-15, max_iter=1_000_000)
for weight in weights:
    for alpha in (0.0, 1e-3, 1.0, 50.0):
        add("ridge", {"alpha": alpha}, "number", weight, Ridge(alpha=alpha, solver="cholesky" if alpha else "svd"))
    for alpha in (0.001, 0.1, 1.0):
        add("lasso", {"alpha": alpha}, "number", weight, Lasso(alpha=alpha, **CD))
        for ratio in (0.2, 0.5, 0.9):
            add("elastic_net", {"alpha": alpha, "l1_ratio": ratio}, "number", weight, ElasticNet(alpha=alpha, l1_ratio=ratio, **CD))
    for c in (0.01, 1.0, 100.0):
        for target in ("binary", "separable"):
            add("logistic", {"c": c}, target, weight, LogisticRegression(C=c, solver="newton-cholesky", tol=1e-13, max_iter=10_000))
        add("logistic", {"c": c}, "multi", weight, LogisticRegression(C=c, solver="newton-cholesky", tol=1e-13, max_iter=10_000))

# Absolute penalties: saga needs scaled features.
SAGA = dict(solver="saga", tol=1e-14, max_iter=2_000_000)
for weight in weights:
    for c in (0.05, 1.0):
        for ratio in (0.4, 1.0):
            for target in ("binary", "separable", "multi"):
                add("logistic", {"c": c, "l1_ratio": ratio}, target, weight, LogisticRegression(C=c, l1_ratio=ratio, **SAGA), "scaled")

# Amounts: counts, and amounts of which some are 0.
TARGETS["counts"] = np.random.default_rng(7).poisson(np.exp(0.4 * signal)).astype(float)
TARGETS["amounts"] = np.round(np.maximum(0.0, 50.0 * np.exp(0.5 * signal) * np.random.default_rng(8).uniform(-0.5, 1.5, size=N)), 3)
NEWTON = dict(solver="newton-cholesky", tol=1e-9, max_iter=10_000)
for weight in weights:
    for alpha in (0.0, 1e-3, 1.0):
        add("glm", {"alpha": alpha}, "counts", weight, PoissonRegressor(alpha=alpha, **NEWTON))
        add("glm", {"alpha": alpha, "loss": "gamma"}, "number", weight, GammaRegressor(alpha=alpha, **NEWTON))
        for power in (1.0, 1.2, 1.5, 1.9):
            add("glm", {"alpha": alpha, "loss": "tweedie", "power": power}, "amounts", weight, TweedieRegressor(power=power, alpha=alpha, link="log", **NEWTON))

# The least objective of quantile regression: many optima may have it.
quantiles = []
for weight, w in weights.items():
    for q in (0.1, 0.5, 0.83):
        for alpha in (0.0, 0.001, 0.05, 0.3):
            model = QuantileRegressor(quantile=q, alpha=alpha, solver="highs").fit(scaled, y, sample_weight=w)
            r = y - model.predict(scaled)
            quantiles.append({"quantile": q, "alpha": alpha, "weights": weight,
                              "objective": float(np.average(np.where(r < 0, (q - 1) * r, q * r), weights=w) + alpha * np.abs(model.coef_).sum())})

# Paths of 100 penalties, every ninth of them; and the penalty chosen on later rows.
paths = []
centred = scaled - scaled.mean(axis=0)
for ratio in (1.0, 0.4):
    alphas, coefficients, _ = enet_path(centred, y - y.mean(), l1_ratio=ratio, eps=1e-3, alphas=100, tol=1e-12, max_iter=1_000_000)
    chosen = LassoCV(alphas=100, eps=1e-3, cv=TimeSeriesSplit(5), tol=1e-12, max_iter=1_000_000).fit(centred, y).alpha_ if ratio == 1.0 else None
    paths.append({"l1_ratio": ratio, "alphas": alphas[::9].tolist(), "coefficients": coefficients.T[::9].tolist(), "chosen": chosen})

# Support vector machines: decision values and the dual objective; the target of a regression is standardised.
machines = []


def kernel(name, gamma, degree):
    product = scaled @ scaled.T
    if name == "linear":
        return product
    if name == "poly":
        return (gamma * product + 1) ** degree
    squares = np.diag(product)
    return np.exp(-gamma * (squares[:, None] + squares[None, :] - 2 * product))


for weight, w in weights.items():
    mean = np.average(y, weights=w)
    deviation = np.sqrt(np.average((y - mean) ** 2, weights=w))
    for name, degree, gamma in (("rbf", 0, 0.2), ("rbf", 0, 2.0), ("poly", 3, 0.2), ("poly", 2, 1.0), ("linear", 1, 1.0)):
        for c in (0.1, 5.0):
            options = dict(kernel=name, gamma=gamma, degree=max(degree, 1), coef0=1.0, C=c, tol=1e-9, max_iter=10_000_000)
            for target in ("binary", "number"):
                if target == "binary":
                    model, own = SVC(**options), binary
                    model.fit(scaled, own, sample_weight=w)
                    coefficients = np.zeros(N)
                    coefficients[model.support_] = model.dual_coef_[0]
                    decisions = model.decision_function(scaled)
                    objective = 0.5 * coefficients @ kernel(name, gamma, degree) @ coefficients - np.abs(coefficients).sum()
                else:
                    model, own = SVR(epsilon=0.1, **options), (y - mean) / deviation
                    model.fit(scaled, own, sample_weight=w)
                    coefficients = np.zeros(N)
                    coefficients[model.support_] = model.dual_coef_[0]
                    decisions = model.predict(scaled)
                    objective = 0.5 * coefficients @ kernel(name, gamma, degree) @ coefficients + 0.1 * np.abs(coefficients).sum() - own @ coefficients
                machines.append({"degree": degree, "gamma": gamma, "c": c, "target": target, "weights": weight,
                                 "decisions": np.round(decisions, 7).tolist(), "objective": float(objective)})
slope, offset = _sigmoid_calibration(np.array(machines[0]["decisions"]), binary, uneven)
curve = {"slope": -float(slope), "offset": -float(offset)}

for target in ("binary", "multi", "separable"):
    add("naive_bayes", {}, target, "unit", GaussianNB())

print(json.dumps({
    "made_with": {"python": platform.python_version(), "numpy": np.__version__, "scikit-learn": sklearn.__version__},
    "tables": {name: t.T.tolist() for name, t in TABLES.items()},
    "targets": {name: t.astype(float).tolist() for name, t in TARGETS.items()},
    "weights": {name: w.tolist() for name, w in weights.items()},
    "cases": cases,
    "quantiles": quantiles,
    "paths": paths,
    "machines": machines,
    "curve": curve,
}, indent=None, separators=(",", ":")))
