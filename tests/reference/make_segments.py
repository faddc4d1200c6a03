#!/usr/bin/env python3
"""Reference values from scikit-learn for segmentation: silhouettes of given labels, and k-means of separated groups.

usage: make_segments.py > segments.json
Tables are column by column. Needs numpy and scikit-learn.
"""
import json
import platform

import numpy as np
import sklearn
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_samples, silhouette_score

rng = np.random.default_rng(20240611)


def groups(n, p, k, spread):
    centres = rng.permutation(np.arange(k * p)).reshape(k, p) * 10.0 * spread
    return np.round(centres[np.arange(n) % k] + rng.normal(size=(n, p)), 6)


tables = [groups(120, 2, 3, 1.0), groups(150, 4, 5, 1.0), np.round(rng.normal(size=(90, 3)), 6)]
silhouettes = []
for at, x in enumerate(tables):
    for k in (2, 3, 7):
        labels = np.concatenate([np.arange(k), rng.integers(0, k, size=len(x) - k)]) if at == 2 else KMeans(k, n_init=5, random_state=1).fit(x).labels_
        silhouettes.append({"table": at, "labels": labels.tolist(), "mean": silhouette_score(x, labels), "each": silhouette_samples(x, labels).tolist()})
alone = np.array([2] + [0, 1] * 44 + [0])                       # the first row alone in its cluster
silhouettes.append({"table": 2, "labels": alone.tolist(), "mean": silhouette_score(tables[2], alone), "each": silhouette_samples(tables[2], alone).tolist()})

found = []
for at, k in ((0, 3), (1, 5), (1, 2)):
    model = KMeans(k, n_init=50, tol=0.0, max_iter=1000, random_state=1).fit(tables[at])
    found.append({"table": at, "k": k, "inertia": model.inertia_, "centres": model.cluster_centers_.tolist()})

print(json.dumps({
    "made_by": {"python": platform.python_version(), "numpy": np.__version__, "scikit-learn": sklearn.__version__},
    "tables": [x.T.tolist() for x in tables], "silhouettes": silhouettes, "groups": found,
}))
