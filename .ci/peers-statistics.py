#!/usr/bin/env python3
"""Compares the statistics of metarl with those of rliable and scipy on the same scores.

    peers-statistics.py METARL

Point estimates must agree to 1e-6 and the ends of intervals within what the bootstrap of either leaves open. It needs
the Python packages rliable and scipy, with pandas below 3; where they are not there, it says so. `.ci/peers` runs it
with the versions that it was written for.
"""
import json
import subprocess
import sys
import tempfile
import warnings

try:
    import numpy
    import scipy.stats
    from rliable import library, metrics
except (ImportError, TypeError) as error:  # pandas 3 makes rliable's own imports fail with the latter
    sys.exit(f"skipped: {error}")

warnings.simplefilter("ignore")
THRESHOLDS = [-0.5, 0.0, 0.25, 0.5, 0.75, 1.0, 1.5]
REPETITIONS = 2000


def score_sets():
    """Scores of runs on tasks: smooth ones, few runs, ties, and tails."""
    random = numpy.random.default_rng(1)
    skill = random.normal(size=(1, 40))
    yield {"a": random.normal(0.6, 0.3, (5, 40)) + 0.2 * skill, "b": random.normal(0.5, 0.3, (7, 40)) + 0.2 * skill}
    yield {"few": random.uniform(size=(3, 26)), "many": random.uniform(size=(10, 26)) ** 2}
    yield {"ties": random.integers(0, 4, (6, 15)) / 2, "same": random.integers(0, 4, (6, 15)) / 2}
    yield {"tails": random.standard_cauchy((8, 30)), "one": numpy.repeat(random.normal(size=(1, 30)), 8, axis=0)}


def aggregates(scores):
    return numpy.array([
        metrics.aggregate_mean(scores), metrics.aggregate_median(scores), metrics.aggregate_iqm(scores),
        metrics.aggregate_optimality_gap(scores, gamma=1.0), *[numpy.mean(scores > tau) for tau in THRESHOLDS],
    ])


def interval(name, ours, samples):
    """Each end lies between percentiles of their resamples that are as far apart as two bootstraps can be."""
    for quantile, end in zip((0.025, 0.975), ours):
        slack = 4 * numpy.sqrt(quantile * (1 - quantile) * (1 / REPETITIONS + 1 / len(samples)))
        low, high = numpy.quantile(samples, numpy.clip([quantile - slack, quantile + slack], 0, 1))
        assert low - 1e-9 <= end <= high + 1e-9, f"{name}: {end} is not between {low} and {high}"


def check(metarl, scores):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({name: matrix.tolist() for name, matrix in scores.items()}, file)
        file.flush()
        words = [metarl, "runs", "statistics", "--file", file.name, "--json", "--resamples", str(REPETITIONS)]
        words += ["--thresholds=" + ",".join(map(str, THRESHOLDS))]
        ours = json.loads(subprocess.run(words, check=True, capture_output=True).stdout)
    compared = 0
    for name, matrix in scores.items():
        mine = ours["algorithms"][name]
        mine = [mine[key] for key in ("mean", "median", "iqm", "optimalityGap")] + mine["profile"]
        points = aggregates(matrix)
        assert abs(points[2] - scipy.stats.trim_mean(matrix, 0.25, axis=None)) < 1e-12
        bootstrap = library.StratifiedBootstrap(matrix, random_state=numpy.random.RandomState(2))
        samples = bootstrap.apply(aggregates, REPETITIONS)
        for index, estimate in enumerate(mine):
            assert abs(estimate["value"] - points[index]) < 1e-6, (name, index, estimate, points[index])
            interval(f"{name} {index}", estimate["ci95"], samples[:, index])
            compared += 1
    for pair in ours["improvements"]:
        better, worse = scores[pair["better"]], scores[pair["worse"]]
        point = metrics.probability_of_improvement(better, worse)
        assert abs(pair["value"] - point) < 1e-6, (pair, point)
        bootstrap = library.StratifiedIndependentBootstrap(better, worse, random_state=numpy.random.RandomState(3))
        measure = lambda x, y: numpy.array([metrics.probability_of_improvement(x, y)])
        samples = bootstrap.apply(measure, REPETITIONS // 2)
        interval(f"{pair['better']} over {pair['worse']}", pair["ci95"], samples[:, 0])
        compared += 1
    return compared


def main(metarl):
    compared = sum(check(metarl, scores) for scores in score_sets())
    print(f"{compared} numbers and their intervals are those of rliable")


main(*sys.argv[1:])
