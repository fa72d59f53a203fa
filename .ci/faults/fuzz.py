#!/usr/bin/env python3
"""Gives every key and option values at and near the ends of their ranges, over all families and commands.

    fuzz.py METARL ENVS CASES [FIRST] [SECONDS]

Case after case, from number FIRST on and for at most SECONDS, a file of one of the families gets one or two values that
may make no sense, and one command is run on it. No case may end by a signal or with a code that is not of the contract,
or take more than 2 GB, or more than 20 seconds of a core without having said beforehand how many time steps it takes.
Where a refusal tells a range, its ends are tried later. What is wrong is printed with its file.
"""
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
import tomllib

METARL, ENVS, CASES = sys.argv[1], sys.argv[2], int(sys.argv[3])
FIRST = int(sys.argv[4]) if len(sys.argv) > 4 else 0
DEADLINE = time.monotonic() + (float(sys.argv[5]) if len(sys.argv) > 5 else 1e9)
CODES = {0, 20, 21, 64, 65, 66, 69, 73, 74, 75}
CPU_LIMIT, MEMORY_LIMIT = 20, 2 << 30
WHOLE = [
    0, 1, 2, 3, -1, 7, 64, 100, 255, 1000, 1023, 1024, 1025, 9999, 10_000, 65_536, 99_999, 1_000_000, 999_983, 1_000_001,
    2**31 - 1, 2**31, 2**32, 2**53 + 1, 2**61, 2**62, 2**63 - 1, -(2**31) - 1, -(2**63), 3_000_000_000,
]
REAL = [
    0.0, -0.0, 1.0, 0.5, -1.0, 1e-9, 1e-30, 1e-45, 1e-300, 0.999999999, 1.000001, 100.0, 1e6, 1e9, 1.1e9, 1e30, 3e38,
    -3e38, 1e300, -1e9, 2.0,
]
TRAINING = {
    "rl2": ["trials=2", "network.hiddenUnits=2", "ppo.minibatches=1", "ppo.epochs=1", "network.readoutUnits=0"],
    "other": ["tasks=2", "rollouts=2", "evaluationRollouts=2", "network.hiddenUnits=2", "trpo.conjugateGradientSteps=2"],
}
ALGORITHMS = ["rl2", "maml", "fomaml", "reptile", "anil", "cavia", "meta-sgd", "e-maml", "promp", "dice-maml", "pretraining"]
OPTIONS = {
    "evaluate": ["--tasks", "--episodes", "--seed"],
    "render": ["--tasks", "--task", "--episodes", "--seed", "--fps", "--checkpoint"],
    "check": ["--seed", "--rule"],
    "train": ["--seed", "--iterations"],
    "show": ["--seed", "--iterations"],
}


def literal(value):
    """`value` as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value) if "." in repr(value) or "e" in repr(value) else repr(value) + ".0"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    return "{ " + ", ".join(f"{key} = {literal(item)}" for key, item in value.items()) + " }"


def document(table):
    """An environment file."""
    lines = [f"{key} = {literal(value)}" for key, value in table.items() if not isinstance(value, dict)]
    sections = [("constants", table["constants"])]
    sections += [(f"tasks.{name}", split) for name, split in table["tasks"].items()]
    for name, section in sections:
        lines += [f"[{name}]"] + [f"{key} = {literal(value)}" for key, value in section.items()]
    return "\n".join(lines) + "\n"


def strange(value, choose):
    """Another value in the place of `value`, mostly of its kind."""
    if choose.random() < 0.03:
        return choose.choice([True, "", "x" * 300, [], [[]], {}, 1, 0.5])
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return choose.choice(WHOLE + [value - 1, value + 1, 2 * value, 10 * value])
    if isinstance(value, float):
        return choose.choice(REAL + [value * 1.01, -value, value * 1e3, value * 1e-3])
    if isinstance(value, str):
        return choose.choice(["", "é", value + value, value[:1], "random", "\u001b[31m"])
    if isinstance(value, dict):
        changed = dict(value)
        if changed:
            key = choose.choice(list(changed))
            changed[key] = strange(changed[key], choose)
        return changed
    kind = choose.randrange(6)
    if kind == 0 or not value:
        return choose.choice([[], [[0, 0]], [[2**32, 1]], [0.5], [""], ["S"], ["#"], [[0, 0]] * 60_000, [0.5] * 60_000])
    if kind == 1:
        return value + value
    if kind == 2:
        return value * max(1, 20_000 // len(value))
    if kind == 3:
        return value[:1]
    changed = list(value)
    changed[choose.randrange(len(changed))] = strange(choose.choice(changed), choose)
    return changed


def ends_of(messages):
    """The ends of the range that a refusal tells, and what lies beside them."""
    found = re.search(r"from (-?[0-9.e+]+) (?:up )?to (-?[0-9.e+]+)", messages)
    if not found:
        return []
    ends = []
    for text in found.groups():
        text = text.rstrip(".")
        try:
            ends += [int(text) - 1, int(text), int(text) + 1] if re.fullmatch(r"-?\d+", text) else [
                float(text) * factor for factor in (0.999, 1.0, 1.001)]
        except ValueError:
            pass
    return ends


def run(words, directory):
    """Exit code, messages, seconds of a core and bytes of a command."""
    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT + 2, CPU_LIMIT + 5))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT + (1 << 29), MEMORY_LIMIT + (1 << 29)))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    with open(f"{directory}/errors", "w+b") as errors, open(f"{directory}/output", "wb") as output:
        process = subprocess.Popen(
            words, cwd=directory, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, preexec_fn=limit)
        # What waits takes no time of a core.
        watch = threading.Timer(300, process.kill)
        watch.start()
        _, status, usage = os.wait4(process.pid, 0)
        watch.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        messages = errors.read().decode(errors="replace")
    return process.returncode, messages, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


class Families:
    """One small file of each family with every key written out, and the keys of every algorithm."""

    def __init__(self, directory):
        by_family = {}
        for name in sorted(os.listdir(ENVS)):
            if not name.endswith(".toml"):
                continue
            with open(f"{ENVS}/{name}", "rb") as file:
                table = tomllib.load(file)
            size = table["horizon"] * table["episodes"]
            by_family.setdefault(table["environment"], []).append((size, name, table))
        self.files = []
        for family in sorted(by_family):
            for _, name, table in sorted(by_family[family], key=lambda entry: entry[:2])[:3]:
                table.pop("presets", None)
                self.complete(table, f"{ENVS}/{name}", "rl2", directory)
                table["horizon"], table["episodes"] = min(table["horizon"], 30), min(table["episodes"], 4)
                self.files.append(table)
        self.hyperparameters = {
            algorithm: self.resolved(f"{ENVS}/bandit-n10-k5.toml", algorithm, "hyperparameters", directory)
            for algorithm in ALGORITHMS
        }

    def resolved(self, path, algorithm, section, directory):
        rows = subprocess.run(
            [METARL, "config", "show", "--env", path, "--algorithm", algorithm, "--json"], cwd=directory,
            capture_output=True, check=True).stdout
        prefix = section + "."
        return {row["key"][len(prefix):]: row["value"] for row in json.loads(rows) if row["key"].startswith(prefix)}

    def complete(self, table, path, algorithm, directory):
        """Puts every constant and every parameter of the splits into `table`, as far as they can be read back."""
        for key, value in self.resolved(path, algorithm, "environment", directory).items():
            place, parts = table, key.split(".")
            if parts[0] not in ("constants", "tasks"):
                continue
            for part in parts[:-1]:
                place = place.setdefault(part, {})
            place.setdefault(parts[-1], value)
        table.setdefault("constants", {})


def places(table):
    """Every place in the table where a value stands."""
    found = [(table, "horizon"), (table, "episodes")]
    table.setdefault("trainingTasks", 0)
    found.append((table, "trainingTasks"))
    for section in [table["constants"], *table["tasks"].values()]:
        found += [(section, key) for key in section]
    return found


def case(number, families, directory, ends):
    """The words of a case, and what it was about."""
    choose = random.Random(number)
    table = json.loads(json.dumps(choose.choice(families.files)))
    command = choose.choice(["evaluate", "evaluate", "check", "train", "train", "render", "show"])
    algorithm = choose.choice(ALGORITHMS[:1] * 4 + ALGORITHMS)
    settings = list(TRAINING.get(algorithm, TRAINING["other"]))
    options, told = [], []

    def value(key, old):
        known = ends.get(key)
        return choose.choice(known) if known and choose.random() < 0.5 else strange(old, choose)

    for _ in range(choose.choice([1, 1, 2])):
        kind = choose.random()
        if command in ("train", "show") and kind < 0.5:
            key, old = choose.choice(list(families.hyperparameters[algorithm].items()))
            new = value(f"{algorithm}.{key}", old)
            settings = [word for word in settings if not word.startswith(key + "=")] + [f"{key}={literal(new)}"]
            told.append(f"{algorithm}.{key}")
        elif kind < 0.2:
            option = choose.choice(OPTIONS[command])
            options = [word for word in options if not word.startswith(option + "=")]
            options.append(f"{option}={choose.choice(WHOLE)}")
            told.append(option)
        else:
            section, key = choose.choice(places(table))
            name = f"{table['environment']}.{key}"
            section[key] = value(name, section[key])
            told.append(name)
    text = document(table)
    with open(f"{directory}/case.toml", "w", encoding="utf-8") as file:
        file.write(text)
    words = [METARL]
    if command == "evaluate":
        options += [] if any(word.startswith("--tasks") for word in options) else ["--tasks=10"]
        words += ["evaluate", "--env", "./case.toml", "--agent", choose.choice(["random", "oracle", "random"]), *options,
                  "--threads", "1"]
    elif command == "check":
        rules = [] if any(word.startswith("--rule") for word in options) else [f"--rule={choose.randint(1, 14)}"]
        words += ["check", "./case.toml", *options, *rules]
    elif command == "render":
        words += ["render", "--env", "./case.toml", "--output", "picture.png", *options]
    else:
        iterations = [] if any(word.startswith("--iterations") for word in options) else ["--iterations=1"]
        if command == "train" and any(word.startswith("--iterations") for word in options):
            options, iterations = [word for word in options if not word.startswith("--iterations")], ["--iterations=1"]
        words += ["train"] if command == "train" else ["config", "show"]
        words += ["--env", "./case.toml", "--algorithm", algorithm, *settings, *options, *iterations]
        if command == "train":
            words += ["--threads", "1", "--progress", "none", "--run", "run"]
    return words, told, text


def main():
    counts, wrong, done = {}, 0, 0
    with tempfile.TemporaryDirectory() as directory:
        families, ends = Families(directory), {}
        for number in range(FIRST, FIRST + CASES):
            if time.monotonic() > DEADLINE:
                break
            words, told, text = case(number, families, directory, ends)
            code, messages, seconds, size = run(words, directory)
            subprocess.run(["rm", "-rf", f"{directory}/run"], check=True)
            counts[code], done = counts.get(code, 0) + 1, done + 1
            if len(told) == 1 and code in (64, 65):
                ends.setdefault(told[0], ends_of(messages))
            is_told = re.search("up to [0-9.e+]+ time steps of each agent", messages) and seconds > CPU_LIMIT
            problem = (
                None if is_told
                else f"{seconds:.1f} s" if seconds > CPU_LIMIT
                else f"code {code}" if code not in CODES
                else f"{size / 1e9:.1f} GB" if size > MEMORY_LIMIT
                else f"code {code} without a word" if code and not messages.strip()
                else None)
            if problem:
                wrong += 1
                shown = [word if len(word) < 200 else word[:200] + "…" for word in words[1:]]
                print(f"case {number}: {problem}, {', '.join(told)}: {' '.join(shown)}", flush=True)
                print("  " + "\n  ".join(line[:300] for line in messages.strip().splitlines()[:3]), flush=True)
                print("  " + "\n  ".join(line[:200] for line in text.splitlines()), flush=True)
    print(f"{done} cases over {len(families.files)} files of all families: {wrong} wrong; codes {dict(sorted(counts.items()))}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
