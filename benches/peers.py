#!/usr/bin/env python3
"""Our reader and learners beside polars, pandas, LightGBM and scikit-learn, on one table, one thread, in one run.

usage: peers.py [sessions|wide] [ROWS] [TASK]      (default: sessions 100000, every task; TASK: "boosting", "ridge" ...)
Prints seconds of computing, scores (AUC or R2 on the same held-out fifth) and the ratio ours / theirs. Peers that are not installed are left out.
"""
import json
import os
import subprocess
import sys
import tempfile
import time

for name in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"


def bench(name, *arguments):
    run = subprocess.run(["cargo", "bench", "-q", "--bench", name, "--", "--once", *arguments], check=True, capture_output=True, text=True)
    return {r["task"]: r for r in map(json.loads, filter(lambda line: line.startswith("{"), run.stdout.splitlines()))}


def reading(path):
    """Reading the file: dialect, kinds and values (ours) beside a reader that is told nothing either."""
    own = bench("csv", path)["read CSV"]["seconds"]
    for name, call in (("polars", "read_csv"), ("pandas", "read_csv")):
        try:
            read = getattr(__import__(name), call)
        except ImportError:
            print(f"{name} is not installed", file=sys.stderr)
            continue
        read(path)
        times = []
        for _ in range(3):
            start = time.process_time()
            read(path)
            times.append(time.process_time() - start)
        seconds = sorted(times)[1]
        print(f"{'read CSV':22}{own:9.3f}{seconds:9.3f}{own / seconds:7.2f}   {'':17}  {name}", flush=True)


def peers(table):
    found = []
    try:
        from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier, RandomForestRegressor
        from sklearn.linear_model import ElasticNet, Lasso, LogisticRegression, Ridge
        target = "y" if table == "wide" else "revenue"
        forest = dict(n_estimators=200, max_depth=15, min_samples_leaf=5, n_jobs=1, random_state=1)
        found.append(("ridge", "scikit-learn", target, lambda: Ridge(alpha=1.0)))
        if table == "sessions":
            found.append(("lasso", "scikit-learn", target, lambda: Lasso(alpha=0.1)))
            found.append(("elastic net", "scikit-learn", target, lambda: ElasticNet(alpha=0.1)))
            found.append(("logistic", "scikit-learn", "is_ordered", lambda: LogisticRegression(C=1.0, max_iter=1000)))
            found.append(("extra trees binary", "scikit-learn", "is_ordered", lambda: ExtraTreesClassifier(max_features="sqrt", **forest)))
            found.append(("forest binary", "scikit-learn", "is_ordered", lambda: RandomForestClassifier(max_features="sqrt", **forest)))
        found.append(("forest regression", "scikit-learn", target, lambda: RandomForestRegressor(max_features=1 / 3, **forest)))
    except ImportError:
        print("scikit-learn is not installed", file=sys.stderr)
    try:
        from lightgbm import LGBMClassifier, LGBMRegressor
        size = dict(n_estimators=100, num_leaves=31, learning_rate=0.1, min_child_samples=20, reg_lambda=1.0, n_jobs=1, verbose=-1)
        if table == "sessions":
            found.append(("boosting binary", "LightGBM", "is_ordered", lambda: LGBMClassifier(**size)))
            found.append(("boosting absolute", "LightGBM", "revenue", lambda: LGBMRegressor(objective="mae", **size)))
            found.append(("boosting tweedie", "LightGBM", "revenue", lambda: LGBMRegressor(objective="tweedie", **size)))
        found.append(("boosting regression", "LightGBM", "y" if table == "wide" else "revenue", lambda: LGBMRegressor(**size)))
    except ImportError:
        print("LightGBM is not installed", file=sys.stderr)
    return found


def main():
    table = sys.argv[1] if len(sys.argv) > 1 else "sessions"
    rows = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    wanted = sys.argv[3] if len(sys.argv) > 3 else ""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "table.csv")
        measured = bench("learn", table, str(rows), path)
        import numpy as np
        values = np.genfromtxt(path, delimiter=",", skip_header=1)
        with open(path) as file:
            names = file.readline().strip().split(",")
        print(f"{table}, {rows} rows, one thread\n{'task':22}{'ours s':>9}{'peer s':>9}{'ratio':>7}   {'ours':>8}{'peer':>9}  peer", flush=True)
        if wanted in "read CSV":
            reading(path)
    features = values[:, :-3] if table == "sessions" else values[:, :-2]
    judged = values[:, -1] > 0
    for task, peer, target, make in peers(table):
        if task not in measured or wanted not in task:
            continue
        y = values[:, names.index(target)]
        model = make()
        start = time.process_time()
        model.fit(features[~judged], y[~judged])
        seconds = time.process_time() - start
        if hasattr(model, "predict_proba"):
            from sklearn.metrics import roc_auc_score
            score = roc_auc_score(y[judged], model.predict_proba(features[judged])[:, 1])
        else:
            score = 1 - np.mean((y[judged] - model.predict(features[judged])) ** 2) / np.var(y[judged])
        own = measured[task]
        print(f"{task:22}{own['seconds']:9.3f}{seconds:9.3f}{own['seconds'] / seconds:7.2f}   {own['score']:8.4f}{score:9.4f}  {peer}", flush=True)


main()
