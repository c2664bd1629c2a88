"""Shows what TensorBoard reads in the golden event file of the trainer's tests, and fails where that is wrong.

Run by hand, when the file has to change:

    python -m venv /tmp/venv && /tmp/venv/bin/pip install tensorboard
    /tmp/venv/bin/python trainer-service/src/test/python/read_events.py trainer-service/src/test/resources/report
"""

import sys

from tensorboard import version
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

events = EventAccumulator(sys.argv[1])
events.Reload()
print("tensorboard", version.VERSION, events.Tags())
assert set(events.Tags()["scalars"]) == {"loss", "reward", "completions/mean_length"}
for step, scalar in enumerate(events.Scalars("loss"), start=1):
    print(scalar)
    assert (scalar.step, scalar.value, scalar.wall_time) == (step, -0.25 * step, 1_790_000_000 + step)
assert len(events.Scalars("loss")) == 2
assert events.Tags()["tensors"] == ["completions/text_summary"]
metadata = events.SummaryMetadata("completions/text_summary")
assert metadata.plugin_data.plugin_name == "text"
for tensor in events.Tensors("completions/text_summary"):
    text = tensor.tensor_proto.string_val[0].decode()
    print(text)
    assert "reward 0.7500" in text and "größer" in text
