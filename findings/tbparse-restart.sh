#!/usr/bin/env bash
# tbparse 0.0.9 with tensorboard 2.20.0 (Python 3.11): the steps that a restart took back are still there.
#
# A training that goes on from an earlier checkpoint opens a new event file and marks the restart in it, by an event with
# SessionLog.START and the step from which all is played again. TensorBoard's own EventAccumulator drops what the older
# file has from that step on. SummaryReader of tbparse reads the same directory file by file, so that the mark of one
# file reaches no other: the table has both values of those steps.
#
# Why it matters: means, areas under a curve and "last value" from such a table are of a training that never was, and
# nothing warns. Who reads resumed runs with it has to drop the older rows of equal steps.
#
# Seen:
#   TensorBoard  [(1, 1.0), (2, 2.0), (3, 3.0), (4, 104.0), (5, 105.0), (6, 106.0)]
#   tbparse      [(1, 1.0), (2, 2.0), (3, 3.0), (4, 4.0), (4, 104.0), (5, 5.0), (5, 105.0), (6, 106.0)]
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/python"
"$work/python/bin/pip" install --quiet --disable-pip-version-check tbparse==0.0.9 tensorboard==2.20.0 \
  pandas==2.3.3 numpy==2.4.6
"$work/python/bin/python" - "$work/events" 2>/dev/null <<'PYTHON'
import sys

from tbparse import SummaryReader
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter

directory = sys.argv[1]


def write(suffix, steps, offset, restart=None):
    writer = EventFileWriter(directory, filename_suffix=suffix)
    if restart is not None:
        writer.add_event(Event(wall_time=2000.0, step=restart, session_log=SessionLog(status=SessionLog.START)))
    for step in steps:
        value = Summary.Value(tag="return", simple_value=offset + step)
        writer.add_event(Event(wall_time=1000.0 + offset * 10 + step, step=step, summary=Summary(value=[value])))
    writer.close()


write(".1", range(1, 6), 0)
write(".2", range(4, 7), 100, restart=4)
events = EventAccumulator(directory)
events.Reload()
own = [(event.step, event.value) for event in events.Scalars("return")]
table = SummaryReader(directory).scalars
theirs = sorted((int(step), float(value)) for step, value in zip(table["step"], table["value"]))
print("TensorBoard ", own)
print("tbparse     ", theirs)
assert [step for step, _ in own] == [1, 2, 3, 4, 5, 6], "TensorBoard keeps what was taken back"
assert [step for step, _ in theirs] == [1, 2, 3, 4, 4, 5, 5, 6], "tbparse does something else now"
PYTHON
