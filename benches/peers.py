#!/usr/bin/env python3
"""Our reader and learners, native and in Chromium, beside polars, pandas, LightGBM, XGBoost and scikit-learn: one table, one thread, one run.

usage: peers.py [sessions|wide] [ROWS] [TASK]      (default: sessions 100000, every task; TASK: "boosting", "ridge" ...)
Prints seconds of computing (means over runs of half a second together, one run where it takes five), ratios ours / theirs, and scores on the same rows held out (AUC for classes, R2 for
numbers). A star marks a peer against which a target is missed; the targets of the page are those of TARGETS below. Peers that are not installed are left out.
"""
import json
import os
import subprocess
import sys
import tempfile
import time

for name in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

LEAST, LONG, FEWEST, MOST = 0.5, 5.0, 3, 100
# Most the page may take, as a share of the peer's time: (table, task, peer) -> ratio.
TARGETS = {
    ("sessions", "read CSV", "polars"): 2.0,
    ("wide", "read CSV", "polars"): 2.5,
    ("sessions", "logistic", "scikit-learn"): 1.0,
    ("sessions", "ridge", "scikit-learn"): 1.0,
    ("sessions", "lasso", "scikit-learn"): 1.0,
    ("sessions", "elastic net", "scikit-learn"): 1.0,
    ("wide", "boosting regression", "LightGBM"): 1.3,
    ("sessions", "boosting binary", "LightGBM"): 0.2,
    ("sessions", "boosting regression", "LightGBM"): 0.2,
    ("sessions", "forest binary", "scikit-learn"): 0.1,
    ("sessions", "forest regression", "scikit-learn"): 0.1,
    ("wide", "forest regression", "scikit-learn"): 0.15,
}


def lines(text):
    return {r["task"]: r for r in map(json.loads, filter(lambda line: line.startswith("{"), text.splitlines()))}


def bench(name, *arguments):
    run = subprocess.run(["cargo", "bench", "-q", "--bench", name, "--", "--once", *arguments], check=True, capture_output=True, text=True)
    return lines(run.stdout)


def page(*arguments):
    here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "page.mjs")
    run = subprocess.run(["node", here, *arguments], capture_output=True, text=True)
    if run.returncode != 0:
        print(f"The page could not be measured: {run.stderr[-400:]}", file=sys.stderr)
    return lines(run.stdout)


def mean_seconds(work):
    runs, seconds = 0, 0.0
    while runs < MOST and seconds < LONG and (runs < FEWEST or seconds < LEAST):
        start = time.process_time()
        result = work()
        seconds += time.process_time() - start
        runs += 1
    return seconds / runs, result


def readers(path):
    found = []
    for name in ("polars", "pandas"):
        try:
            found.append((name, __import__(name).read_csv))
        except ImportError:
            print(f"{name} is not installed", file=sys.stderr)
    for name, read in found:
        yield name, lambda read=read: read(path)


def sklearn_peers(table):
    from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier, HistGradientBoostingRegressor, RandomForestClassifier, RandomForestRegressor
    from sklearn.linear_model import ElasticNet, Lasso, LogisticRegression, Ridge
    target = "y" if table == "wide" else "revenue"
    forest = dict(n_estimators=200, max_depth=15, min_samples_leaf=5, n_jobs=1, random_state=1)
    boosting = dict(max_iter=100, max_leaf_nodes=31, learning_rate=0.1, min_samples_leaf=20, l2_regularization=1.0, early_stopping=False)
    yield "ridge", target, lambda: Ridge(alpha=1.0)
    yield "boosting regression", target, lambda: HistGradientBoostingRegressor(**boosting)
    yield "forest regression", target, lambda: RandomForestRegressor(max_features=1 / 3, **forest)
    if table == "sessions":
        yield "lasso", target, lambda: Lasso(alpha=0.1)
        yield "elastic net", target, lambda: ElasticNet(alpha=0.1)
        yield "logistic", "is_ordered", lambda: LogisticRegression(C=1.0, max_iter=1000)
        yield "boosting binary", "is_ordered", lambda: HistGradientBoostingClassifier(**boosting)
        yield "forest binary", "is_ordered", lambda: RandomForestClassifier(max_features="sqrt", **forest)
        yield "extra trees binary", "is_ordered", lambda: ExtraTreesClassifier(max_features="sqrt", **forest)


def lightgbm_peers(table):
    from lightgbm import LGBMClassifier, LGBMRegressor
    size = dict(n_estimators=100, num_leaves=31, learning_rate=0.1, min_child_samples=20, reg_lambda=1.0, n_jobs=1, verbose=-1)
    yield "boosting regression", "y" if table == "wide" else "revenue", lambda: LGBMRegressor(**size)
    if table == "sessions":
        yield "boosting binary", "is_ordered", lambda: LGBMClassifier(**size)
        yield "boosting absolute", "revenue", lambda: LGBMRegressor(objective="mae", **size)
        yield "boosting tweedie", "revenue", lambda: LGBMRegressor(objective="tweedie", **size)


def xgboost_peers(table):
    from xgboost import XGBClassifier, XGBRegressor
    size = dict(n_estimators=100, max_leaves=31, max_depth=0, grow_policy="lossguide", tree_method="hist", learning_rate=0.1, reg_lambda=1.0, n_jobs=1)
    yield "boosting regression", "y" if table == "wide" else "revenue", lambda: XGBRegressor(**size)
    if table == "sessions":
        yield "boosting binary", "is_ordered", lambda: XGBClassifier(**size)
        yield "boosting tweedie", "revenue", lambda: XGBRegressor(objective="reg:tweedie", **size)


def peers(table):
    for name, offered in (("scikit-learn", sklearn_peers), ("LightGBM", lightgbm_peers), ("XGBoost", xgboost_peers)):
        try:
            for task, target, make in offered(table):
                yield name, task, target, make
        except ImportError:
            print(f"{name} is not installed", file=sys.stderr)


def judge(model, features, truth):
    import numpy as np
    if hasattr(model, "predict_proba"):
        from sklearn.metrics import roc_auc_score
        return roc_auc_score(truth, model.predict_proba(features)[:, 1])
    return 1 - np.mean((truth - model.predict(features)) ** 2) / np.var(truth)


def show(table, task, peer, native, wasm, seconds, score):
    ratio = lambda ours: f"{ours['seconds'] / seconds:8.2f}" if ours and seconds else f"{'-':>8}"
    cell = lambda value, form: format(value, form) if value is not None else f"{'-':>{int(form.split('.')[0])}}"
    of = lambda ours, name: ours.get(name) if ours else None
    target = TARGETS.get((table, task, peer))
    missed = "*" if target and wasm and seconds and wasm["seconds"] / seconds > target else " "
    print(f"{task:20}{peer:13}{cell(of(native, 'seconds'), '9.3f')}{cell(of(wasm, 'seconds'), '9.3f')}{seconds:9.3f}{ratio(native)}{ratio(wasm)}{cell(target, '8.2f')}{missed} "
          f"{cell(of(native, 'score'), '9.4f')}{cell(of(wasm, 'score'), '9.4f')}{cell(score, '9.4f')}", flush=True)


def main():
    table = sys.argv[1] if len(sys.argv) > 1 else "sessions"
    rows = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    wanted = sys.argv[3] if len(sys.argv) > 3 else ""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "table.csv")
        native = bench("learn", table, str(rows), path)
        wasm = page(table, str(rows), path, wanted)
        print(f"{table}, {rows} rows, one thread\n{'task':20}{'peer':13}{'native s':>9}{'page s':>9}{'peer s':>9}{'n/peer':>8}{'p/peer':>8}{'target':>8}  "
              f"{'native':>9}{'page':>9}{'peer':>9}", flush=True)
        if wanted in "read CSV":
            own = bench("csv", path)["read CSV"]
            for name, read in readers(path):
                show(table, "read CSV", name, own | {"score": None}, wasm.get("read CSV"), mean_seconds(read)[0], None)
        import numpy as np
        values = np.genfromtxt(path, delimiter=",", skip_header=1)
        with open(path) as file:
            names = file.readline().strip().split(",")
    features = values[:, :-3] if table == "sessions" else values[:, :-2]
    judged = values[:, -1] > 0
    for peer, task, target, make in peers(table):
        if task not in native or wanted not in task:
            continue
        y = values[:, names.index(target)]
        seconds, model = mean_seconds(lambda: make().fit(features[~judged], y[~judged]))
        show(table, task, peer, native[task], wasm.get(task), seconds, judge(model, features[judged], y[judged]))


if __name__ == "__main__":
    main()
