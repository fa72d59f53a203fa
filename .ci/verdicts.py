#!/usr/bin/env python3
"""Asks what `evaluate --verdicts` says of agents whose nature is known, in ten families of environments.

    .ci/verdicts.py [ENVIRONMENT ...]

`random`, `blind`, which follows a fixed plan with a clock, and `oracle`, which is told the task, must not be found to use
their memory. Every agent that has to find out must, where it gets more than `blind` by a tenth of what is to be gained; so
must the trained agents of `runs/reference/presets.json`, and none of those that get less. An agent trained in a single task
knows that by heart: it must not be found to use its memory in others, and where it does better in its own, must not
generalise. Prints a line for each agent and exits with 1 where a verdict is wrong.
"""
import json
import subprocess
import sys
import tempfile

from references import METARL, NEVER_USED, ROOT, agents

PRESETS = ROOT / "runs/reference/presets.json"
# The updates of a training in one task.
MEMORISERS = {
    "gridnavi": 60, "wind": 40, "point-rotation": 60, "bandit-n10-k5": 60, "tabular-mdp-n10": 30, "rooms-empty": 60,
    "meta-maze": 60, "t-maze-passive": 40, "dark-key-to-door": 80, "semicircle": 40,
}
# A difference of scores that has to show, and one that must be there to tell.
PLAIN, LITTLE = 0.1, 0.05


def evaluate(*words):
    done = subprocess.run([METARL, "evaluate", *words, "--verdicts", "--json"], check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def word(evaluation, verdict):
    return evaluation["verdicts"].get(verdict, {}).get("word")


def gain(score, blind):
    """What an agent gets more than one that does not react; none where that is not known."""
    return None if score is None else score - max(blind or 0, 0)


def isRightOfMemory(said, gained, isUnaware):
    if isUnaware:
        return said != "used"
    if gained is None or LITTLE < gained < PLAIN:
        return True
    return said in ("used", "not needed") if gained >= PLAIN else said != "used"


def references(environment):
    """Each reference agent, what is said of its memory, and whether that is right."""
    for agent in agents(environment):
        evaluation = evaluate("--env", environment, "--agent", agent, "--tasks", "200")
        gained, said = gain(evaluation["normalized"], evaluation["normalizedBlind"]), word(evaluation, "memory")
        yield agent, f"memory {said}", gained, isRightOfMemory(said, gained, agent in NEVER_USED)


def memoriser(environment):
    with tempfile.TemporaryDirectory() as directory:
        run = directory + "/run"
        words = ["trainingTasks=1", "--iterations", str(MEMORISERS[environment]), "--seed", "1", "--run", run]
        words = [METARL, "train", "--env", environment, "--algorithm", "rl2", *words, "--progress", "none"]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        evaluation = evaluate(run, "--tasks", "200")
        known = evaluate(run, "--tasks", "200", "--split", "train")["normalized"]
    memory, generalisation = word(evaluation, "memory"), word(evaluation, "generalisation")
    isLearned = known is not None and known > (evaluation["normalized"] or 0) + 2 * PLAIN
    isRight = memory != "used" and not (isLearned and generalisation == "generalises")
    said = f'memory {memory}, generalisation {generalisation}, {known or 0:.2f} in its own task'
    return "memoriser", said, evaluation["normalized"], isRight


def trained(environment):
    for record in json.loads(PRESETS.read_text()):
        if record["environment"] == environment and "memory" in record:
            gained = gain(record["normalized"], record["blind"])
            isRight = isRightOfMemory(record["memory"], gained, isUnaware=False)
            yield record["algorithm"], f'memory {record["memory"]}', gained, isRight


def main(names):
    isWell = True
    for environment in names or MEMORISERS:
        for agent, said, gained, isRight in [*references(environment), memoriser(environment), *trained(environment)]:
            isWell &= isRight
            beyond = "" if gained is None else f", {gained:.2f}"
            print(f'{environment}, {agent}: {said}{beyond}{"" if isRight else "  WRONG"}', flush=True)
    return 0 if isWell else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
