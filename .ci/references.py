#!/usr/bin/env python3
"""Evaluates every reference agent of every environment file and says what is not as it must be.

    .ci/references.py [--tasks 20] [ENVIRONMENT ...]

In every file and with every agent an evaluation must end within 30 seconds of a core and without a signal; the agents must
hold random <= blind <= the best one that has to find out <= oracle within their errors; and no agent but those that adapt
may be found to use its memory. Prints a line for each file and exits with 1 where something is wrong.
"""
import json
import pathlib
import resource
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
METARL = ROOT / ".build/release/metarl"
SECONDS = 30
NEVER_USED = ("random", "blind", "oracle")


def processor_time():
    """Seconds of a core that the processes started here have taken."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def agents(environment):
    """The names of the reference agents, from the error that lists them."""
    shown = subprocess.run([METARL, "evaluate", "--env", environment, "--agent", "nobody"], stderr=subprocess.PIPE, text=True)
    return shown.stderr.split("Known: ")[-1].split(".")[0].strip().split(", ")


def evaluate(environment, agent, tasks):
    """The evaluation, its seconds of a core, and what went wrong."""
    words = [METARL, "evaluate", "--env", environment, "--agent", agent, "--tasks", str(tasks), "--threads", "1", "--json"]
    start = processor_time()
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    seconds = processor_time() - start
    if done.returncode != 0:
        return None, seconds, f"{agent} ends with {done.returncode}: {done.stderr.strip()[-200:]}"
    return json.loads(done.stdout), seconds, None if seconds <= SECONDS else f"{agent} takes {seconds:.0f} s"


def is_below(first, second):
    """Whether the total of one evaluation is above that of another by more than both errors allow."""
    error = sum((one["total"]["standardError"] or 0) ** 2 for one in (first, second)) ** 0.5
    return first["total"]["mean"] - second["total"]["mean"] <= 3.3 * error + 1e-4 * (1 + abs(second["total"]["mean"]))


def violations(evaluations):
    """What is wrong between the evaluations of the agents of one file."""
    untold = [name for name in evaluations if name not in NEVER_USED and ":" not in name]
    best = "bayesOptimal" if "bayesOptimal" in untold else max(
        untold, key=lambda name: evaluations[name]["total"]["mean"], default=None)
    order = [name for name in ("random", "blind", best, "oracle") if name in evaluations]
    for first, second in zip(order, order[1:]):
        if not is_below(evaluations[first], evaluations[second]):
            yield (f'{first} {evaluations[first]["total"]["mean"]:.4g} is above '
                   f'{second} {evaluations[second]["total"]["mean"]:.4g}')
    for name in NEVER_USED:
        for verdict, found in evaluations.get(name, {}).get("verdicts", {}).items():
            if found["word"] == "used":
                yield f"{name} is found to use its {verdict}"


def check(environment, tasks):
    """A line about one file, and whether all is well."""
    evaluations, slowest, wrong = {}, 0, []
    for agent in agents(environment):
        evaluation, seconds, failure = evaluate(environment, agent, tasks)
        slowest = max(slowest, seconds)
        wrong += [failure] if failure else []
        if evaluation:
            evaluations[agent] = evaluation
    wrong += list(violations(evaluations))
    totals = ", ".join(f'{name} {one["total"]["mean"]:.4g}' for name, one in evaluations.items())
    print(f"{environment}: {totals}; at most {slowest:.1f} s" + "".join(f"\n  WRONG: {text}" for text in wrong), flush=True)
    return not wrong


def main(words):
    tasks = int(words.pop(words.index("--tasks") + 1)) if "--tasks" in words else 20
    names = [word for word in words if not word.startswith("--")] or sorted(file.stem for file in (ROOT / "envs").glob("*.toml"))
    results = [check(name, tasks) for name in names]
    print(f"{sum(results)} of {len(results)} files are as they must be")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
