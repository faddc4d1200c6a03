"""Reference values of validation: DeLong, rank correlation, Breusch-Pagan, BCa of metrics, conformal ranks, power laws.

python tests/reference/make_validation.py  (NumPy, SciPy; statsmodels is not needed)
"""
import json
import math
import pathlib

import numpy as np
import scipy
from scipy import stats
from scipy.optimize import curve_fit

rng = np.random.default_rng(20261122)
cases = []


def case(fn, given, expect):
    cases.append({"fn": fn, "input": given, "expect": expect})


def short(values, digits=4):
    return [round(float(v), digits) for v in values]


def placements(scores, y):
    """By definition: pairs counted one by one."""
    up, down = scores[y == 1], scores[y == 0]
    psi = (up[:, None] > down[None, :]) + 0.5 * (up[:, None] == down[None, :])
    return psi.mean(axis=1), psi.mean(axis=0)


def delong(y, a, b):
    (a10, a01), (b10, b01) = placements(a, y), placements(b, y)
    s10, s01 = np.cov(a10, b10), np.cov(a01, b01)
    joint = s10 / len(a10) + s01 / len(a01)
    var = joint[0, 0] + joint[1, 1] - 2 * joint[0, 1]
    z = (a10.mean() - b10.mean()) / math.sqrt(var)
    return {
        "auc_a": a10.mean(), "auc_b": b10.mean(), "var_a": joint[0, 0], "var_b": joint[1, 1],
        "var_difference": var, "p": 2 * stats.norm.sf(abs(z)),
    }


for n, share, digits in [(40, 0.5, 4), (200, 0.1, 4), (120, 0.3, 1)]:
    y = (rng.random(n) < share).astype(float)
    y[:2], y[2:4] = 1, 0
    a = np.array(short(y * 0.8 + rng.normal(size=n), digits))
    b = np.array(short(0.5 * a + y * 0.3 + rng.normal(size=n), digits))
    case("delong", {"y": y.tolist(), "a": a.tolist(), "b": b.tolist()}, delong(y, a, b))

for n in [12, 150]:
    x = np.array(short(rng.normal(size=n), 1))
    y = np.array(short(0.4 * x + rng.normal(size=n), 1))
    found = stats.spearmanr(x, y)
    case("spearman", {"x": x.tolist(), "y": y.tolist()}, {"rho": found.statistic, "p": found.pvalue})

for n, grows in [(30, 0.0), (200, 1.0)]:
    x = np.array(short(rng.random(n)))
    e = np.array(short(rng.normal(size=n) * (0.5 + grows * x)))
    design = np.column_stack([np.ones(n), x])
    fitted = design @ np.linalg.lstsq(design, e**2, rcond=None)[0]
    r2 = 1 - ((e**2 - fitted) ** 2).sum() / ((e**2 - (e**2).mean()) ** 2).sum()
    case("breusch_pagan", {"residuals": e.tolist(), "predictor": x.tolist()}, {"lm": n * r2, "p": stats.chi2.sf(n * r2, 1)})

# BCa of skewed errors: few rows with large ones.
for n in [40, 90]:
    truth = np.array(short(rng.normal(size=n)))
    predicted = np.array(short(truth + rng.standard_t(3, size=n)))
    rmse = lambda t, p, axis=-1: np.sqrt(np.mean((t - p) ** 2, axis=axis))
    kept = {"truth": truth.tolist(), "predicted": predicted.tolist()}
    expect = {}
    for method in ["percentile", "BCa"]:
        found = stats.bootstrap((truth, predicted), rmse, paired=True, vectorized=True, n_resamples=200_000, batch=2_000,
                                method=method, rng=np.random.default_rng(1)).confidence_interval
        expect[method] = [found.low, found.high]
    case("bca_rmse", kept, expect)

# Ranks in exact arithmetic.
from fractions import Fraction
for n in [1, 8, 9, 18, 19, 38, 39, 99, 100, 999, 4321]:
    for per_cent in [1, 5, 10, 20, 32, 50]:
        case("conformal_rank", {"n": [n], "per_cent": [per_cent]}, math.ceil((n + 1) * (1 - Fraction(per_cent, 100))))

law = lambda n, a, b, c: a + b * n ** -c
sizes = np.array([50.0, 100.0, 200.0, 350.0, 500.0])
for a, b, c, noise in [(0.9, -1.2, 0.5, 0.0), (2.0, 30.0, 0.8, 0.0), (0.85, -2.0, 0.6, 0.004)]:
    y = law(sizes, a, b, c) + noise * rng.normal(size=5)
    found, _ = curve_fit(law, sizes, y, p0=[a, b, c], xtol=1e-15, ftol=1e-15, gtol=1e-15, maxfev=100_000)
    case("power_law", {"n": sizes.tolist(), "y": y.tolist()}, {"sse": float(((law(sizes, *found) - y) ** 2).sum()), "at_1000": float(law(1000.0, *found))})

path = pathlib.Path(__file__).with_name("validation.json")
about = f"NumPy {np.__version__}, SciPy {scipy.__version__}"
path.write_text(json.dumps({"made_with": about, "cases": cases}, separators=(",", ":")).replace('{"fn"', '\n{"fn"') + "\n")
