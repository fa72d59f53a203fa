#!/usr/bin/env python3
"""How often the 95 % interval of `metarl evaluate --tasks 20` holds the exact value of all tasks, over 200 seeds.

    .ci/coverage.py [ENVIRONMENT:AGENT ...]

The exact value is that which the evaluation prints for all tasks of a finite split. Exits with 1 where fewer than 90 % or
more than 99 % of the intervals hold it.
"""
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
METARL = ROOT / ".build/release/metarl"
CASES = [
    "gridnavi:random", "gridnavi:oracle", "gridnavi:bayesOptimal", "gridnavi-7x7:random", "dark-room:random",
    "dark-room:oracle", "dark-room-5x5:random", "dark-room-3x3:random", "four-state-grid:random", "room-navi:oracle",
    "meta-maze:random", "meta-maze:oracle", "gridnavi-sparse:random", "gridnavi-walls:oracle", "dark-room-held-out:random", "bandit-informative:random",
    "gridnavi-shift:oracle",
]


def evaluate(case, words):
    environment, agent = case.split(":")
    words = [METARL, "evaluate", "--env", environment, "--agent", agent, "--no-verdicts", "--json", "--threads", "1", *words]
    return json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout)


def truth(case):
    """The exact total, or else that of very many trials in all tasks."""
    agent = case.split(":")[1]
    part = evaluate(case, ["--tasks", "20"])
    exact = part["exactOfAllTasks"].get(agent)
    if exact is None and agent in part["exactReferences"]:
        exact = part["references"][agent]
    if part["tasksOfSplit"] is None:
        return None, part
    return (sum(exact) if exact is not None else evaluate(case, ["--tasks", str(100 * part["tasksOfSplit"])])["total"]["mean"]), part


def main(cases):
    isWell = True
    for case in cases or CASES:
        value, part = truth(case)
        if value is None:
            print(f"{case}: no finite set of tasks")
            continue
        held = 0
        for seed in range(200):
            lower, upper = evaluate(case, ["--tasks", "20", "--seed", str(seed)])["total"]["ci95"]
            held += lower - 1e-9 <= value <= upper + 1e-9
        isWell &= 180 <= held <= 198
        print(f'{case}: {value:.4f}, {part["tasksOfSplit"]} tasks, held by {held / 2:.1f} % of the intervals', flush=True)
    return 0 if isWell else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
