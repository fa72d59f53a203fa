#!/usr/bin/env bash
# rliable 1.2.0 (arch 7.2.0, pandas 2.3.3, Python 3.11): the interval of an agent with a single run has no width.
#
# get_interval_estimates draws runs anew within each task, so that the 95 % interval tells how other seeds would differ. Of
# one run of 20 tasks whose scores differ widely there is only that run to draw: the interval begins and ends at the point
# estimate. There is no warning and no NaN, as a standard error of one value would give; plots show no bar.
#
# Why it matters: an agent with one seed looks exact beside one with five. Who takes intervals from it has to look at the
# number of runs first.
#
# Seen:
#   1 run   estimate -0.174, interval -0.174 to -0.174
#   2 runs  estimate 0.198, interval -0.069 to 0.444 (it is drawn anew each time)
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/python"
"$work/python/bin/pip" install --quiet --disable-pip-version-check rliable==1.2.0 arch==7.2.0 pandas==2.3.3 \
  numpy==2.4.6 scipy==1.17.1
"$work/python/bin/python" - <<'PYTHON'
import numpy
from rliable import library, metrics

random = numpy.random.default_rng(0)
for count in (1, 2):
    scores = {"agent": random.normal(size=(count, 20))}
    estimates, intervals = library.get_interval_estimates(
        scores, lambda table: numpy.array([metrics.aggregate_iqm(table)]), reps=2000,
    )
    estimate, (low, high) = estimates["agent"][0], intervals["agent"].ravel()
    print(f"{count} run{'s'[: count - 1]}  estimate {estimate:.3f}, interval {low:.3f} to {high:.3f}")
    assert (low == estimate == high) == (count == 1), "the interval of one run has a width now"
PYTHON
