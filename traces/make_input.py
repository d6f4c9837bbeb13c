# SPDX-License-Identifier: Apache-2.0
"""Writes tiny.npz: three inputs of 2x4x4 neurons of two levels, a spike trace made by hand."""

import pathlib

import numpy

CHANNELS, HEIGHT, WIDTH, LEVELS = 2, 4, 4, 2
IMAGES = 3

rows = []
for image in range(IMAGES):
    for neuron in range(CHANNELS * HEIGHT * WIDTH):
        # A diagonal pattern that moves on with each image.
        fired = max(0, LEVELS - (neuron + neuron // WIDTH + image) % 5)
        rows += [(image, neuron, level) for level in range(fired)]
tick, neuron, level = numpy.array(rows).T
numpy.savez(pathlib.Path(__file__).with_name("tiny.npz"),
            tick=tick.astype("<u4"), layer=numpy.zeros(len(rows), "<u2"),
            neuron=neuron.astype("<u4"), level=level.astype("|u1"),
            images=numpy.arange(IMAGES, dtype="<u4"), labels=numpy.zeros(IMAGES, "|u1"),
            entry_ticks=numpy.arange(IMAGES, dtype="<u4"),
            input_shape=numpy.array([CHANNELS, HEIGHT, WIDTH, LEVELS], "<i4"))
