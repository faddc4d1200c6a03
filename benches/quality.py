#!/usr/bin/env python3
"""Are our learners as good as LightGBM, XGBoost and scikit-learn? The same rows, features and folds for all; paired differences with intervals.

usage: quality.py [FOLDER]      FOLDER holds adult.csv, online_shoppers_intention.csv and bike_sharing_hour.csv (UCI); without it only the two made tables are compared
Words become columns of 0 and 1 for everyone. Ten folds; AUC for classes, R2 for numbers. The interval of a mean difference is Student's with the variance of Nadeau and Bengio (2003),
who allow for training rows that folds share. "ok": the interval includes 0, favours us, or the difference is within the stated one (AUC 0.001, R2 0.002 for boosting, 0.01 for forests).
"""
import json
import os
import subprocess
import sys
import tempfile

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np
import pandas as pd
from scipy.stats import t as student

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import peers

FOLDS, ROWS = 10, 40_000
STATED = {"boosting binary": 0.001, "boosting regression": 0.002, "forest binary": 0.001, "forest regression": 0.01, "logistic": 0.001, "ridge": 0.001}


def made(name, rows, folder):
    """One of the two made tables, as the benchmark of learners writes it."""
    path = os.path.join(folder, f"{name}.made.csv")
    subprocess.run(["cargo", "bench", "-q", "--bench", "learn", "--", "--table", name, str(rows), path], check=True)
    return pd.read_csv(path).drop(columns="judged")


def tables(folder, source):
    sessions = made("sessions", ROWS * 2, folder)
    yield "sessions", "binary", sessions.drop(columns=["revenue", "is_ordered"]), sessions.is_ordered
    yield "sessions", "regression", sessions.drop(columns=["revenue", "is_ordered"]), sessions.revenue
    wide = made("wide", ROWS, folder)
    yield "wide", "regression", wide.drop(columns="y"), wide.y
    if source:
        adult = pd.read_csv(os.path.join(source, "adult.csv"))
        yield "adult", "binary", adult.drop(columns="income"), adult.income.str.contains(">50K").astype(int)
        shoppers = pd.read_csv(os.path.join(source, "online_shoppers_intention.csv"))
        yield "shoppers", "binary", shoppers.drop(columns="Revenue"), shoppers.Revenue.astype(int)
        bikes = pd.read_csv(os.path.join(source, "bike_sharing_hour.csv"))
        yield "bikes", "regression", bikes.drop(columns=["instant", "dteday", "casual", "registered", "cnt"]), bikes.cnt


def ours(features, target, fold, kind, folder):
    path = os.path.join(folder, f"{kind}.csv")
    features.assign(target=target.values, fold=fold).to_csv(path, index=False)
    run = subprocess.run(["cargo", "bench", "-q", "--bench", "learn", "--", "--folds", path], check=True, capture_output=True, text=True)
    scores = {}
    for line in filter(lambda line: line.startswith("{"), run.stdout.splitlines()):
        told = json.loads(line)
        scores.setdefault(told["task"], []).append(told["score"])
    return scores


def theirs(make, features, target, fold):
    x, y = features.to_numpy(float), target.to_numpy(float)
    scores = []
    for k in range(FOLDS):
        model = make().fit(x[fold != k], y[fold != k])
        scores.append(peers.judge(model, x[fold == k], y[fold == k]))
    return scores


def interval(differences):
    n = len(differences)
    spread = np.sqrt(np.var(differences, ddof=1) * (1 / n + 1 / (n - 1)))
    half = student.ppf(0.975, n - 1) * spread
    return np.mean(differences), np.mean(differences) - half, np.mean(differences) + half


def main():
    source = sys.argv[1] if len(sys.argv) > 1 else None
    print(f"{'table':10}{'task':21}{'peer':14}{'ours':>8}{'peer':>9}{'ours - peer':>13}  95 % interval")
    with tempfile.TemporaryDirectory() as folder:
        for name, kind, raw, target in tables(folder, source):
            features = pd.get_dummies(raw).astype(float)
            features.columns = [f"f{j}" for j in range(features.shape[1])]
            fold = np.random.default_rng(7).permutation(len(target)) % FOLDS
            own = ours(features, target, fold, kind, folder)
            for peer, task, _, make in peers.peers("wide" if kind == "regression" else "sessions"):
                if task not in own or (kind == "binary") != (task in ("logistic", "boosting binary", "forest binary")):
                    continue
                other = theirs(make, features, target, fold)
                mean, low, high = interval(np.array(own[task]) - np.array(other))
                fine = high >= 0 or mean >= -STATED[task]
                print(f"{name:10}{task:21}{peer:14}{np.mean(own[task]):8.4f}{np.mean(other):9.4f}{mean:+13.5f}  [{low:+.5f}, {high:+.5f}] {'ok' if fine else 'WORSE'}", flush=True)


main()
