#!/usr/bin/env python3
"""Reads a run with the readers that others use: TensorBoard's, safetensors', pandas'.

    peers-readers.py METARL DIRECTORY

trains a little with the program METARL in DIRECTORY, which is new, stops, resumes, and compares what the readers say
with each other. It needs the Python packages tensorboard, safetensors and pandas; where they are not there, it says so.
`.ci/peers` runs it with the versions that it was written for.
"""
import json
import pathlib
import signal
import subprocess
import sys
import time

try:
    import pandas
    import safetensors.numpy
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.plugins.hparams import plugin_data_pb2
except ImportError as error:
    sys.exit(f"skipped: {error}")


def train(metarl, run):
    """A run that was stopped by a signal once, and killed once."""
    words = ["train", "--env", "bandit-n10-k5", "--algorithm", "rl2", "--iterations", "400", "checkpointInterval=7"]
    words += ["trials=8", "ppo.minibatches=1", "network.hiddenUnits=2", "--run", str(run), "--progress", "none"]
    words += ["--pictures"]
    for number in (signal.SIGTERM, signal.SIGKILL, None):
        process = subprocess.Popen([metarl, *words], stdout=subprocess.DEVNULL)
        if number is not None:
            time.sleep(0.4)
            process.send_signal(number)
        process.wait()
        # A run that never began would be resumed in vain.
        assert number != signal.SIGTERM or process.returncode == 75, f"training ended with {process.returncode}"
        words = ["train", "--pictures", "--resume", str(run), "--progress", "none"]
    assert process.returncode == 0, process.returncode


def main(metarl, directory):
    directory = pathlib.Path(directory)
    directory.mkdir()
    run = directory / "run"
    train(metarl, run)
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    returns = [line["metrics"]["return"] for line in lines]

    events = EventAccumulator(str(run), size_guidance={"scalars": 0})
    events.Reload()
    curve = events.Scalars("train/return")
    assert [event.step for event in curve] == list(range(1, 401)), "the curve of TensorBoard doubles back"
    assert all(abs(event.value - value) < 1e-5 * (1 + abs(value)) for event, value in zip(curve, returns))
    content = events.SummaryMetadata("_hparams_/session_start_info").plugin_data.content
    start = plugin_data_pb2.HParamsPluginData.FromString(content).session_start_info
    assert start.hparams["trials"].number_value == 8

    pictures = events.Images("trial")
    assert pictures and (pictures[-1].width, pictures[-1].height) == (960, 540) and pictures[-1].step == 400

    tensors = safetensors.numpy.load_file(run / "checkpoints" / "000400" / "learner.safetensors")
    assert tensors["parameters"].ndim == 1 and tensors["optimizer.stepCount"] > 0

    frame = pandas.read_json(run / "metrics.jsonl", lines=True)
    assert list(frame["iteration"]) == list(range(1, 401))
    table = directory / "metrics.csv"
    subprocess.run([metarl, "runs", "export", str(run), "--output", str(table)], check=True)
    frame = pandas.read_csv(table)
    assert list(frame["iteration"]) == list(range(1, 401))
    assert list(frame["return"]) == returns
    files = len(list(run.glob("events.*")))
    print(f"TensorBoard read one curve of 400 steps from {files} files; safetensors and pandas read the rest")


main(*sys.argv[1:])
