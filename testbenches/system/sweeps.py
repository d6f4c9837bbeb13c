# SPDX-License-Identifier: Apache-2.0
"""Sweep files that several tests run."""

import program

RUN = program.RUNS / "lenet-fashion.yaml"
# Eight points: three finish, on three the network does not fit, and two exceed the maximum clock of
# the technology.
FAILING = f"""
name: failing
run: {RUN}
set: {{images: 1, timing: functional}}
axes:
  chip.mesh.columns: [1, 32]
  chip.voltage: [0.7 V, 0.9 V]
  chip.clock: [100 MHz, 252 MHz]
metrics: [accuracy, cores_used]
"""
REPEATED = f"""
name: repeated
run: {RUN}
set: {{images: 5, timing: functional}}
axes: {{faults.input_spike_drop: [0.0, 0.3]}}
repeat: {{over: images, count: 2}}
metrics: [spikes_per_image, accuracy]
"""
