#!/usr/bin/env python3
"""Makes golden.json: reference values for the distribution functions, tests and intervals of src/math and src/stats.

    python3 -m venv venv && venv/bin/pip install numpy==2.4.6 scipy==1.17.1 statsmodels==0.15.0
    venv/bin/python tests/reference/make_golden.py > tests/reference/golden.json

Each case is {"fn", "input", "expect"}. Samples are fixed lists rounded to four decimals, so that nothing depends on a generator.
"""
import json
import math
import sys

import numpy as np
import scipy
import statsmodels
from scipy import stats
from scipy.stats import contingency
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

CASES = []


def plain(value):
    if isinstance(value, (np.floating, float)):
        return float(value)
    if isinstance(value, (np.integer, int)):
        return int(value)
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(v) for v in value]
    return value


def case(fn, given, expect):
    CASES.append({"fn": fn, "input": plain(given), "expect": plain(expect)})


def listed(fn, given, function):
    columns = list(given.values())
    case(fn, given, [function(*row) for row in zip(*columns)])


SMALL = (
    [1.3822, -0.3037, 1.6092, 1.46, -0.203, 0.808, -0.602, -0.2642, 0.4251, 0.5811, 0.9903, 0.5807, 1.1653, -1.7086],
    [0.6458, 1.397, -0.6481, 1.6315, -0.834, 0.5134, -0.0516, -0.2539, 1.058, 0.6579, 0.027, 2.861, 2.4462, 0.7859, 1.8319, 0.7822, 0.8114],
)
TIES = (
    [9, 5, 2, 3, 7, 4, 3, 2, 4, 3, 0, 0, 2, 9, 1, 6, 3, 3, 0, 2, 1, 5, 2, 3, 3],
    [7, 7, 3, 6, 7, 2, 5, 4, 4, 3, 6, 3, 0, 3, 7, 5, 2, 2, 5, 2, 6, 4, 1, 6, 2, 1, 3, 5, 4, 5],
)
MIDDLE = (
    [round(math.sin(1.7 * i) * 3 + 0.013 * i, 4) for i in range(120)],
    [round(math.sin(2.3 * i + 1) * 3.4 + 0.4 + 0.011 * i, 4) for i in range(90)],
)
LARGE = (
    [round((i * 0.6180339887) % 1.0, 4) for i in range(1500)],
    [round(((i * 0.7548776662) % 1.0) ** 1.1, 4) for i in range(1300)],
)
EQUAL = ([round(math.cos(1.3 * i), 4) for i in range(40)], [round(math.cos(1.9 * i) + 0.35, 4) for i in range(40)])
APART = ([0.1 * i for i in range(300)], [0.1 * i + 12 for i in range(280)])
SETS = {"small": SMALL, "ties": TIES, "middle": MIDDLE, "large": LARGE, "equal": EQUAL, "apart": APART}

listed("norm_sf", {"x": [0, 1, 3, 8, 20, 37, -2.5]}, stats.norm.sf)
listed("norm_ppf", {"q": [1e-300, 1e-20, 1e-5, 0.025, 0.3, 0.5, 0.8, 0.975, 0.999999]}, stats.norm.ppf)
listed("t_sf", {"x": [0.5, 2, 10, 50, 1e-5, -1.5, 2.1], "df": [1.5, 3, 7.7, 200, 4, 12, 400000]}, stats.t.sf)
listed("t_ppf", {"q": [0.975, 0.025, 0.9995, 0.6, 1e-9, 0.975], "df": [1, 4, 3.3, 29, 8, 400000]}, stats.t.ppf)
listed("chi2_sf", {"x": [0.01, 3.84, 50, 400, 0, 1000], "df": [1, 1, 10, 30, 5, 950]}, stats.chi2.sf)
listed("chi2_ppf", {"q": [0.95, 0.5, 0.001, 0.99], "df": [9, 1, 3, 120]}, stats.chi2.ppf)
listed("f_sf", {"x": [1, 4, 30], "d1": [2, 3, 5], "d2": [10, 7.5, 200]}, stats.f.sf)
listed("beta_ppf", {"q": [0.025, 0.5, 0.975], "a": [3.5, 0.5, 20], "b": [8, 0.5, 1]}, stats.beta.ppf)
listed("kstwobign_sf", {"x": [0.3, 0.8, 1.3581, 2.5]}, stats.kstwobign.sf)
KN, KX = [1, 5, 10, 10, 10, 60, 60, 60, 140, 200, 200, 1000, 1000, 5000, 200000], [0.7, 0.15, 0.08, 0.3, 0.6, 0.06, 0.15, 0.4, 0.1, 0.05, 0.12, 0.02, 0.1, 0.03, 0.004]
listed("kstwo_sf", {"n": KN, "x": KX}, lambda n, x: stats.kstwo.sf(x, n))
X = [-5.35, -5.89, -7.23, 2.73, 2.47, -10.24, 0.96, 4.79, 2.87, 0.8, 0.81]
Q = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0, 1]
case("quantile_type7", {"x": X, "q": Q}, [np.quantile(X, q) for q in Q])
SX = [0, 0, 7, 0, 7, 2, 2, 4, 3, 8, 2, 3, 5, 0, 7, 6, 6, 5, 7, 8, 0, 2, 4, 0, 6, 2, 4, 8, 8, 2]
SY = [-1, 2, 10, 2, 9, 3, 0, 2, 5, 7, 0, 3, 8, 0, 9, 7, 6, 4, 10, 9, 3, 3, 4, 0, 4, 4, 6, 6, 6, 3]
case("spearmanr", {"x": SX, "y": SY}, {"r": stats.spearmanr(SX, SY).statistic})

for name, (x, y) in SETS.items():
    given = {"set": name, "x": x, "y": y}
    exact = stats.ks_2samp(x, y, method="exact") if len(x) * len(y) <= 10**6 else None
    limit = stats.ks_2samp(x, y, method="asymp")
    case("ks_2samp", given, {"D": limit.statistic, "asymptotic": limit.pvalue, "exact": exact.pvalue if exact else None})
    u = stats.mannwhitneyu(x, y, method="asymptotic")
    exact = stats.mannwhitneyu(x, y, method="exact") if name in ("small", "equal") else None
    case("mannwhitneyu", given, {"U": u.statistic, "asymptotic": u.pvalue, "exact": exact.pvalue if exact else None})
    t = stats.ttest_ind(x, y, equal_var=False)
    low, high = t.confidence_interval(0.95)
    case("welch", given, {"t": t.statistic, "p": t.pvalue, "df": t.df, "low": low, "high": high})

for k, n in [(45, 120), (3, 40), (0, 38), (38, 38), (512, 10000)]:
    case("wilson", {"k": k, "n": n}, list(proportion_confint(k, n, method="wilson")))
for k1, n1, k2, n2 in [(45, 120, 30, 115), (3, 40, 0, 38), (512, 10000, 583, 10050)]:
    low, high = confint_proportions_2indep(k1, n1, k2, n2, method="newcomb", compare="diff")
    case("newcombe", {"k1": k1, "n1": n1, "k2": k2, "n2": n2}, [low, high])

for table in ([[12, 5], [7, 19]], [[30, 14, 34, 45], [61, 64, 27, 42], [25, 44, 39, 22]], [[1, 9], [11, 3]]):
    plain_test = stats.chi2_contingency(table, correction=False)
    yates = stats.chi2_contingency(table, correction=True)
    v = contingency.association(np.array(table), method="cramer")
    case("chi2_contingency", {"table": table}, {"chi2": plain_test.statistic, "p": plain_test.pvalue, "df": plain_test.dof, "yates_chi2": yates.statistic, "yates_p": yates.pvalue, "v": v, "least": plain_test.expected_freq.min()})

P = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1.0]
P = P[::-2] + P[1::2]
for method in ("fdr_bh", "fdr_by"):
    case(method, {"p": P}, multipletests(P, method=method)[1])

A, B = [0.1, 0.2, 0.3, 0.25, 0.15], [0.05, 0.3, 0.25, 0.3, 0.1]
case("psi", {"p": A, "q": B}, sum((a - b) * math.log(a / b) for a, b in zip(A, B)))

BOOT = [10, 12, 12.5, 12.5, 13.9, 15, 21, 22, 23, 34, 50, 81, 89, 121, 134, 213]
# Percentile and BCa of the mean: R's boot with 10^6 resamples, as published in SciPy's own test_bootstrap_against_R.
case("bootstrap_mean", {"x": BOOT}, {"percentile": [28.86, 84.21], "bca": [32.31, 91.43]})
PX, PY = [-0.0177, -1.7603, -0.378, -0.684, -1.8078], [-1.4079, 0.9553, 1.8758, 1.8877, -0.5725, 1.8778]
exact = stats.permutation_test((PX, PY), lambda a, b: np.mean(a) - np.mean(b), n_resamples=np.inf)
case("permutation_mean_difference", {"x": PX, "y": PY}, {"p": exact.pvalue, "stat": exact.statistic})

versions = {"python": sys.version.split()[0], "numpy": np.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__}
json.dump({"versions": versions, "cases": CASES}, sys.stdout, separators=(",", ":"))
