# SPDX-License-Identifier: Apache-2.0
"""Compares the converter with ONNX Runtime, on random graphs and on public networks.

recipe      draws random graphs as plain data, and simplifies them
builder     makes ONNX models of recipes, by way of steps, sums, quantizers, values, writer
lowering    replaces operators that ONNX Runtime lacks by others that compute the same
runtime     evaluates models with ONNX Runtime
comparison  compares layers and scores with those of the converted network
"""
