#!/usr/bin/env python3
"""Trains presets of the environments and says how far from the random to the best known agent each comes: what `evaluate`
calls normalized, of gradient-based learners of the last adaptation step, of others of the whole trial.

    .ci/presets.py [--record] [--table] [ENVIRONMENT:ALGORITHM ...]

Trains each one named with seed 1 on one thread and evaluates it on 500 tasks of the test split, and of the training
split where that has other tasks, or on 100 where an episode has 1,000 steps; without names every preset that has no
figures yet. `--record` keeps the figures in runs/reference/presets.json, `--table` prints those kept as the README has
them and trains nothing.
"""
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
METARL = ROOT / ".build/release/metarl"
RECORD = ROOT / "runs/reference/presets.json"


def document(environment):
    """The file of an environment."""
    return tomllib.loads((ROOT / f"envs/{environment}.toml").read_text())


def presets():
    """The presets of all files, as (environment, algorithm)."""
    for file in sorted((ROOT / "envs").glob("*.toml")):
        for algorithm in document(file.stem).get("presets", {}):
            yield file.stem, algorithm


def rounded(number):
    """A number as it is kept; none where there is none."""
    return None if number is None else round(number, 3)


def evaluate(run, split, tasks):
    """The evaluation of a run on tasks of a split."""
    words = [METARL, "evaluate", run, "--split", split, "--tasks", str(tasks), "--threads", "1", "--json"]
    return json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout)


def processor_time():
    """Seconds of a core that the processes started here have taken."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime


def measure(environment, algorithm):
    """Trains the preset and evaluates it."""
    with tempfile.TemporaryDirectory() as directory:
        run = directory + "/run"
        words = ["--env", environment, "--algorithm", algorithm, "--seed", "1", "--threads", "1", "--run", run]
        start = processor_time()
        subprocess.run([METARL, "train", *words, "--progress", "none"], check=True, stdout=subprocess.DEVNULL)
        seconds = processor_time() - start
        tasks = 500 if document(environment)["horizon"] < 1000 else 100
        evaluation, training = evaluate(run, "test", tasks), evaluate(run, "train", tasks)
    record = {
        "environment": environment,
        "algorithm": algorithm,
        "iterations": evaluation["iteration"],
        "seconds": round(seconds),
        "normalized": rounded(evaluation["normalized"]),
        "by": evaluation["normalizedBy"],
        "blind": rounded(evaluation["normalizedBlind"]),
        "memory": evaluation["verdicts"].get("memory", {}).get("word"),
    }
    if evaluation["taskHash"] != training["taskHash"]:
        record["trainingNormalized"] = rounded(training["normalized"])
    return record


def figure(record):
    """A figure as the table has it: that of training tasks beside it where they are learnt much better, that of the best
    agent that does not react, where there is one, and the oracle, where no agent that has to find out is known."""
    known = record.get("trainingNormalized") or record["normalized"]
    beside = f' ({known:.2f})' if known > record["normalized"] + 0.1 else ""
    blind = f' / {record["blind"]:.2f}' if record.get("blind") is not None else ""
    return f'{record["environment"]} {record["normalized"]:.2f}{blind}{beside}' + (" oracle" if record.get("by") == "oracle" else "")


def table(records):
    """A line for each family and a column for each algorithm."""
    families = {}
    for record in records:
        family = document(record["environment"])["environment"]
        cell = families.setdefault(family, {}).setdefault(record["algorithm"], [])
        cell.append(figure(record))
    algorithms = ["rl2", "rl2-counts", "belief", "varibad", "recurrent-sac", "maml"]
    print("| family | " + " | ".join(f"`{algorithm}`" for algorithm in algorithms) + " |\n" + "|---" * (len(algorithms) + 1) + "|")
    for family, cells in sorted(families.items()):
        print(f"| `{family}` | " + " | ".join(", ".join(cells.get(algorithm, [])) for algorithm in algorithms) + " |")


def main(words):
    records = json.loads(RECORD.read_text()) if RECORD.exists() else []
    if "--table" in words:
        return table(records)
    known = {(record["environment"], record["algorithm"]) for record in records}
    names = [tuple(word.split(":")) for word in words if not word.startswith("--")]
    for name in names or [preset for preset in presets() if preset not in known]:
        record = measure(*name)
        print(json.dumps(record), flush=True)
        records = [one for one in records if (one["environment"], one["algorithm"]) != name] + [record]
        if "--record" in words:
            lines = ",\n".join(json.dumps(one) for one in sorted(records, key=lambda one: list(one.values())[:2]))
            RECORD.write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main(sys.argv[1:])
