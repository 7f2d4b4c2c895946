"""FlowKit at the same gates, run by a Python of its own: `PYTHON benchmarks/_flowkit.py SAMPLE GATES ROUNDS`."""

import json
import sys
import time

import flowkit

sample, gates, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
strategy = flowkit.parse_gating_xml(gates)
seconds, counts = [], {}
for _ in range(rounds):
    began = time.process_time()
    events = flowkit.Sample(sample, ignore_offset_error=True)
    result = strategy.gate_sample(events)
    counts = {name: int(result.get_gate_membership(name).sum()) for name, _ in strategy.get_gate_ids()}
    seconds.append(time.process_time() - began)
print(json.dumps({"seconds": min(seconds), "counts": counts, "version": flowkit.__version__}))
