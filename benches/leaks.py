#!/usr/bin/env python3
"""Our audit beside targetleak and tabaudit, on the same planted tables.

Write the tables first, then ask the others (pip install targetleak tabaudit, in an environment of its own):

    WATERTIGHT_PLANTED=FOLDER cargo test --test planted_truth recall_by_family_and_strength -- --ignored
    leaks.py FOLDER [EVERY]        (only every so many-th table)

A leak is found when a tool names every planted column in findings that it did not make about the table without the leak (or, where rows were
planted, makes a new finding); notes and information do not count for the others, what our test asks for counts for us. An innocent twin is
accused when a tool names one of its columns. Prints found of planted by family and tool, and twins accused.
"""
import collections
import contextlib
import io
import json
import pathlib
import sys
import warnings

import pandas
import tabaudit
import targetleak

warnings.simplefilter("ignore")


def by_targetleak(frame, target):
    return {(f.kind, f.column) for f in targetleak.analyse(frame, target) if f.severity in ("critical", "warning")}


def by_tabaudit(frame, target):
    report = tabaudit.run_audit(frame, target=target, checks=["leakage", "duplicates"])
    grave = [f for f in report.findings if f.severity.value in ("critical", "high", "medium")]
    return {(f.check, column) for f in grave for column in (f.columns or [""])}


TOOLS = {"targetleak": by_targetleak, "tabaudit": by_tabaudit}
known = {}


def asked(tool, path, target):
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            return TOOLS[tool](pandas.read_csv(path), target)
        except Exception as error:  # a tool that refuses a table finds nothing in it
            print(f"{tool} refused {path.name}: {error}", file=sys.stderr)
            return set()


def hit(tool, folder, line):
    clean = (tool, line["clean"])
    if clean not in known:
        known[clean] = asked(tool, folder / line["clean"], line["target"])
    fresh = asked(tool, folder / line["file"], line["target"]) - known[clean]
    named = {column for _, column in fresh}
    if line["dose"] == "Twin":
        return bool(named & set(line["columns"])) if line["columns"] else bool(fresh)
    return set(line["columns"]) <= named if line["columns"] else bool(fresh)


def main():
    folder = pathlib.Path(sys.argv[1])
    counts = collections.defaultdict(lambda: [0, 0])
    families = []
    every = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    for line in map(json.loads, (folder / "planted.jsonl").read_text().splitlines()[::every]):
        if line["family"] not in families:
            families.append(line["family"])
        for tool in ("watertight", *TOOLS):
            found = line["hit"] if tool == "watertight" else hit(tool, folder, line)
            for family in (line["family"], "all"):
                cell = counts[family, line["dose"] == "Twin", tool]
                cell[0] += found
                cell[1] += 1
    tools = ("watertight", *TOOLS)
    print(f"{'found of planted':24}" + "".join(f"{t:>14}" for t in tools) + "   twins accused:" + "".join(f"{t:>14}" for t in tools))
    for family in (*families, "all"):
        cells = ["{}/{}".format(*counts[family, twin, t]) for twin in (False, True) for t in tools]
        print(f"{family:24}" + "".join(f"{c:>14}" for c in cells[:3]) + " " * 17 + "".join(f"{c:>14}" for c in cells[3:]))


if __name__ == "__main__":
    main()
