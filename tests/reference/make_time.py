#!/usr/bin/env python3
"""Makes time.json: reference values for series in time (src/stats: stl, change_points, stationarity, theil_sen, autocorrelation).

    python3 -m venv venv && venv/bin/pip install numpy==2.4.6 scipy==1.17.1 statsmodels==0.15.0 ruptures==1.1.10
    venv/bin/python tests/reference/make_time.py > tests/reference/time.json

Series are made by sines and a fixed congruence, so that nothing depends on a generator.
"""
import json
import math
import sys
import warnings

import numpy as np
import ruptures
import scipy
import statsmodels
from scipy.stats import theilslopes
from statsmodels.tsa.seasonal import STL
from statsmodels.tsa.stattools import acf, kpss

warnings.simplefilter("ignore")


def noise(n, seed):
    """Sums of four numbers of a linear congruence, centred: nearly normal."""
    state, out = seed, []
    for _ in range(n):
        total = 0.0
        for _ in range(4):
            state = (state * 1103515245 + 12345) % 2147483648
            total += state / 2147483648
        out.append(round(total - 2.0, 6))
    return np.array(out)


def months(n, seed):
    t = np.arange(n)
    return np.round(100 + 0.4 * t + 12 * np.sin(2 * np.pi * t / 12) + 5 * np.cos(4 * np.pi * t / 12) + 3 * noise(n, seed), 4)


def days(n, seed):
    t = np.arange(n)
    y = 20 + np.array([3, 1, 0, -1, 0, 4, -7])[t % 7] * (1 + 0.003 * t) + 2 * noise(n, seed)
    y[[17, 60]] += [40, -35]
    return np.round(y, 4)


def steps(n, seed):
    t = np.arange(n)
    return np.round(np.where(t < n // 3, 0.0, np.where(t < n // 2, 2.0, -1.0)) + noise(n, seed), 4)


walk = np.round(np.cumsum(noise(150, 5)), 4)
CASES = {"stl": [], "pelt": [], "kpss": [], "theil_sen": [], "acf": []}
for y, period, seasonal, robust in [
    (months(80, 1), 12, 7, False),
    (months(80, 1), 12, 13, True),
    (days(120, 2), 7, 7, True),
    (days(62, 3), 7, 7, False),
    (months(24, 4), 12, 7, False),
    (noise(60, 6), 4, 7, True),
]:
    fit = STL(y, period=period, seasonal=seasonal, robust=robust).fit()
    CASES["stl"].append(dict(y=y, period=period, seasonal=seasonal, robust=robust, trend=fit.trend, season=fit.seasonal, remainder=fit.resid))
for y, penalty, least in [(steps(90, 7), 3.0, 2), (steps(90, 7), 0.4, 5), (walk, 6.0, 2), (walk, 2.0, 10), (noise(70, 8), 8.0, 2)]:
    found = ruptures.Pelt(model="l2", jump=1, min_size=least).fit(y).predict(pen=penalty)
    CASES["pelt"].append(dict(y=y, penalty=penalty, least=least, changes=found[:-1]))
for y in [walk, noise(60, 9), months(80, 1), days(120, 2), steps(90, 7)]:
    for about_line in [False, True]:
        statistic, p, *_ = kpss(y, regression="ct" if about_line else "c", nlags="auto")
        CASES["kpss"].append(dict(y=y, about_line=about_line, statistic=statistic, p=p))
for y in [walk, noise(25, 10), np.round(noise(40, 11), 1), months(80, 1)]:
    slope, _, low, high = theilslopes(y, alpha=0.95)
    CASES["theil_sen"].append(dict(y=y, slope=[slope, low, high]))
for y, lags in [(walk, 40), (noise(30, 12), 29), (months(80, 1), 24)]:
    CASES["acf"].append(dict(y=y, lags=lags, correlation=acf(y, nlags=lags, adjusted=False, fft=False)[1:]))


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(v) for v in value]
    if isinstance(value, np.floating):
        return float(value)
    if isinstance(value, np.integer):
        return int(value)
    return value


versions = {"numpy": np.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__, "ruptures": ruptures.__version__}
assert not any(math.isnan(v) for c in CASES["kpss"] for v in [c["statistic"], c["p"]])
json.dump({"versions": versions, "cases": plain(CASES)}, sys.stdout)
print()
