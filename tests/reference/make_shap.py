#!/usr/bin/env python3
"""Contributions of features to tree models by the `shap` package (TreeExplainer, path-dependent), on trees of LightGBM and scikit-learn.

usage: make_shap.py > shap.json
Every case is a model in the flat form of `TreeModel`, rows (null where a value is missing), base values, contributions by sum, and the sums themselves.
Features are small whole numbers, so that thresholds are exact as f32. Needs numpy, scikit-learn, lightgbm and shap.
"""
import json
import platform

import lightgbm
import numpy as np
import shap
import sklearn
from lightgbm import LGBMClassifier, LGBMRegressor
from sklearn.ensemble import RandomForestRegressor
from sklearn.tree import DecisionTreeClassifier

N, SHOWN = 600, 12
rng = np.random.default_rng(20240601)
x = rng.integers(0, 12, size=(N, 5)).astype(float)
signal = x[:, 0] * (x[:, 1] > 5) - 0.5 * x[:, 2] + np.sin(x[:, 3])
number = signal + rng.normal(size=N)
binary = (signal + rng.normal(size=N) > 0).astype(int)
three = np.digitize(signal + rng.normal(size=N), [-2.0, 3.0])
holes = x.copy()
holes[(rng.random(N) < 0.3) & (signal > 0), 0] = np.nan
holes[rng.random(N) < 0.2, 2] = np.nan


class Flat:
    """The arrays of a TreeModel."""

    def __init__(self, n_classes, combination, n_sums, leaf_width):
        self.m = dict(n_classes=n_classes, combination=combination, start=[0.0] * n_sums, roots=[], feature=[], threshold=[], missing_right=[], left=[],
                      leaf_width=leaf_width, values=[], gain=[0.0] * x.shape[1], cover=[])

    def add(self, root, look):
        """look(node) -> ("leaf", values, cover) or ("cut", feature, threshold, missing_right, left, right)"""
        m = self.m
        m["roots"].append(len(m["left"]))
        queue, at = [root], len(m["left"])
        for field in ("feature", "threshold", "left"):
            m[field].append(0)
        while queue:
            found = look(queue.pop(0))
            if found[0] == "leaf":
                m["feature"][at], m["left"][at], m["threshold"][at] = len(m["cover"]), 0, 0.0
                m["values"] += [float(v) for v in found[1]]
                m["cover"].append(float(found[2]))
            else:
                _, feature, threshold, missing_right, left, right = found
                m["feature"][at], m["threshold"][at] = int(feature), float(np.float32(threshold))
                if missing_right:
                    m["missing_right"].append(at)
                m["left"][at] = len(m["left"])
                for field in ("feature", "threshold", "left"):
                    m[field] += [0, 0]
                queue += [left, right]
            at += 1


def of_lightgbm(model, n_classes, combination, n_sums):
    flat = Flat(n_classes, combination, n_sums, 1)

    def look(node):
        if "leaf_value" in node:
            return "leaf", [node["leaf_value"]], node["leaf_count"]
        missing_right = node["missing_type"] == "NaN" and not node["default_left"]
        return "cut", node["split_feature"], node["threshold"], missing_right, node["left_child"], node["right_child"]

    for tree in model.booster_.dump_model()["tree_info"]:
        flat.add(tree["tree_structure"], look)
    return flat.m


def of_sklearn(trees, n_classes, leaf_width):
    flat = Flat(n_classes, "average", 0, leaf_width)
    for tree in trees:
        t = tree.tree_

        def look(node):
            if t.children_left[node] < 0:
                return "leaf", t.value[node].ravel(), t.weighted_n_node_samples[node]
            return "cut", t.feature[node], t.threshold[node], False, t.children_left[node], t.children_right[node]

        flat.add(0, look)
    return flat.m


def case(name, flat, model, rows, sums):
    explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
    values = np.asarray(explainer.shap_values(rows))
    values = values[None] if values.ndim == 2 else np.moveaxis(values, 2, 0)
    base = np.ravel(explainer.expected_value)
    return dict(name=name, model=flat, rows=[[None if np.isnan(v) else v for v in row] for row in rows], base=base.tolist(),
                contributions=[[v.ravel().tolist() for v in np.moveaxis(values, 1, 0)[i]] for i in range(len(rows))], sums=np.asarray(sums).reshape(len(rows), -1).tolist())


small = dict(n_estimators=6, num_leaves=9, min_child_samples=8, n_jobs=1, verbose=-1, deterministic=True)
cases = []
lgb = LGBMClassifier(**small).fit(x, binary)
cases.append(case("LightGBM, two classes", of_lightgbm(lgb, 2, "logistic_sum", 1), lgb, x[:SHOWN], lgb.predict(x[:SHOWN], raw_score=True)))
lgb = LGBMRegressor(**{**small, "n_estimators": 4, "num_leaves": 12}).fit(holes, number)
cases.append(case("LightGBM, a number, with missing values", of_lightgbm(lgb, 0, "sum", 1), lgb, holes[:SHOWN], lgb.predict(holes[:SHOWN])))
lgb = LGBMClassifier(**{**small, "n_estimators": 3, "num_leaves": 6}).fit(x, three)
cases.append(case("LightGBM, three classes", of_lightgbm(lgb, 3, "softmax_sum", 3), lgb, x[:SHOWN], lgb.predict(x[:SHOWN], raw_score=True)))
forest = RandomForestRegressor(n_estimators=3, max_depth=6, random_state=1).fit(x, number)
cases.append(case("scikit-learn, a forest", of_sklearn(forest.estimators_, 0, 1), forest, x[:SHOWN], forest.predict(x[:SHOWN])))
tree = DecisionTreeClassifier(max_depth=7, random_state=1).fit(x, three, sample_weight=1 + (three == 2))
cases.append(case("scikit-learn, a tree of three classes", of_sklearn([tree], 3, 3), tree, x[:SHOWN], tree.predict_proba(x[:SHOWN])))
print(json.dumps(dict(made_by=dict(python=platform.python_version(), lightgbm=lightgbm.__version__, sklearn=sklearn.__version__, shap=shap.__version__), cases=cases)))
