#!/usr/bin/env python3
"""Makes prepare.json: reference values for the preparation steps of src/prepare.

    python3 -m venv venv && venv/bin/pip install numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1 pandas
    venv/bin/python tests/reference/make_prepare.py > tests/reference/prepare.json

Inputs are fixed lists, so that nothing depends on a generator. Missing values are written as null.
"""
import json
import math
import sys

import numpy as np
import pandas as pd
import sklearn
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer, KNNImputer
from sklearn.metrics import mutual_info_score
from sklearn.preprocessing import PowerTransformer, QuantileTransformer


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, np.ndarray, pd.Series)):
        return [plain(v) for v in value]
    if isinstance(value, (float, np.floating)):
        return None if math.isnan(value) else float(value)
    if isinstance(value, np.integer):
        return int(value)
    return value


CASES = {}

# ---- imputation
SMALL = np.array([[1, 2, np.nan], [3, 4, 3], [np.nan, 6, 5], [8, 8, 7], [2, np.nan, 1], [5, 5, np.nan]], dtype=float)
rows = []
for i in range(60):
    a = math.sin(1.3 * i) * 2 + 0.05 * i
    b = 1.5 * a + math.cos(2.1 * i) * 0.3
    c = -0.7 * b + math.sin(0.9 * i + 1) * 0.2 + 3
    d = 0.4 * a - 0.2 * c + math.sin(3.7 * i) * 0.5
    row = [round(v, 4) for v in (a, b, c, d)]
    for j in range(4):
        if (7 * i + 11 * j + i * j) % 9 == 0:
            row[j] = np.nan
    if all(math.isnan(v) for v in row):
        row[0] = 0.5
    rows.append(row)
LARGER = np.array(rows, dtype=float)
NEW = np.array([[np.nan, 1.0, 2.0, 0.1], [0.5, np.nan, np.nan, 0.2], [1.0, 1.2, 2.2, np.nan], [0.3, 0.4, 2.5, 0.0]])
for name, table, k in (("small", SMALL, 2), ("larger", LARGER, 5)):
    for weights in ("uniform", "distance"):
        imputer = KNNImputer(n_neighbors=k, weights=weights).fit(table)
        new = NEW if name == "larger" else table
        CASES[f"neighbours_{name}_{weights}"] = {"rows": table, "k": k, "filled": imputer.transform(table), "new": new, "new_filled": imputer.transform(new)}
imputer = IterativeImputer(max_iter=10, tol=1e-3, random_state=0).fit(LARGER)
CASES["iterative"] = {"rows": LARGER, "filled": imputer.transform(LARGER), "new": NEW, "new_filled": imputer.transform(NEW), "rounds": imputer.n_iter_}

# ---- transforms
SKEWED = [round(math.exp(math.sin(1.7 * i) * 1.2 + 0.3) - 0.8 + 0.01 * i, 4) for i in range(80)]
LEFT = [round(-abs(math.sin(2.9 * i)) ** 3 * 5 + 1, 4) for i in range(80)]
for name, values in (("skewed", SKEWED), ("left", LEFT)):
    column = np.array(values)[:, None]
    power = PowerTransformer(method="yeo-johnson", standardize=True).fit(column)
    CASES[f"yeo_johnson_{name}"] = {"input": values, "lambda": power.lambdas_[0], "output": power.transform(column)[:, 0]}
    for shape in ("uniform", "normal"):
        mapped = QuantileTransformer(n_quantiles=20, output_distribution=shape, subsample=None).fit(column)
        new = np.array([-9.0, 0.1, 0.33, 2.0, 99.0, values[3]])
        CASES[f"quantiles_{name}_{shape}"] = {"input": values, "output": mapped.transform(column)[:, 0], "new": new, "new_output": mapped.transform(new[:, None])[:, 0]}

# ---- windows
series = [round(math.sin(0.7 * i) * 3 + 0.02 * i + 50, 4) if i % 7 != 3 else np.nan for i in range(50)]
s = pd.Series(series)


def slope(window):
    there = ~np.isnan(window)
    t = np.arange(len(window))[there]
    return np.nan if there.sum() < 2 else np.polyfit(t, window[there], 1)[0]


case = {"input": series}
for width in (5, 7):
    rolling = s.rolling(width, min_periods=1)
    case[f"mean{width}"], case[f"min{width}"], case[f"max{width}"], case[f"median{width}"] = rolling.mean(), rolling.min(), rolling.max(), rolling.median()
    case[f"sd{width}"] = s.rolling(width, min_periods=2).std()
    case[f"slope{width}"] = s.rolling(width, min_periods=2).apply(slope, raw=True)
case["expanding_mean"], case["expanding_sd"], case["ewm3"] = s.expanding().mean(), s.expanding(2).std(), s.ewm(halflife=3).mean()
CASES["rolling"] = case

# ---- selection
first = [(i * 7) % 5 for i in range(60)]
second = [((i * 7) % 5 + (i % 3)) % 4 for i in range(60)]
CASES["mutual_information"] = {"a": first, "b": second, "nats": mutual_info_score(first, second)}

json.dump({"versions": {"numpy": np.__version__, "scikit-learn": sklearn.__version__, "pandas": pd.__version__}, "cases": plain(CASES)}, sys.stdout)
print()
