#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# onnxruntime-node 1.22.0 (npm; model written with onnx-proto 8.0.1), 2026-11-28.
#
# AveragePool of opset 19 and later with count_include_pad = 1 divides the windows at the lower border by too few
# elements if the padding at the bottom is larger than that at the left: it is the pad of the left side that limits the
# count. ONNX counts all padding, so that each window here has 2 x 2 elements. Opset 18 of the same library does so.
#
# A 3 x 3 image of ones, kernel 2 x 2, stride 1, count_include_pad 1: the first column of results, from top to bottom.
# Output seen:
#   opset 18, left 0, bottom 1: 1.00 1.00 0.50
#   opset 19, left 0, bottom 1: 1.00 1.00 1.00
#   opset 19, left 1, bottom 1: 0.50 0.50 0.25
#   opset 22, left 0, bottom 1: 1.00 1.00 1.00
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --ignore-scripts --no-audit --no-fund onnxruntime-node@1.22.0 onnx-proto@8.0.1
cat >show.js <<'EOF'
const {onnx} = require("onnx-proto");
const {InferenceSession, Tensor} = require("onnxruntime-node");

const ints = (name, values) => ({name, type: 7, ints: values});
const value = (name, shape) => ({name, type: {tensorType: {elemType: 1,
  shape: {dim: shape.map((dimValue) => ({dimValue}))}}}});

async function show(opset, left, bottom) {
  const model = onnx.ModelProto.create({
    irVersion: 8, opsetImport: [{domain: "", version: opset}],
    graph: {name: "pool", input: [value("x", [1, 1, 3, 3])], output: [value("y", [1, 1, 2 + bottom, 2 + left])],
            node: [{opType: "AveragePool", input: ["x"], output: ["y"],
                    attribute: [ints("kernel_shape", [2, 2]), ints("pads", [0, left, bottom, 0]),
                                {name: "count_include_pad", type: 2, i: 1}]}]}});
  const session = await InferenceSession.create(Buffer.from(onnx.ModelProto.encode(model).finish()));
  const {y} = await session.run({x: new Tensor("float32", new Float32Array(9).fill(1), [1, 1, 3, 3])});
  const column = Array.from(y.data).filter((_, i) => i % y.dims[3] === 0).map((v) => v.toFixed(2));
  console.log(`opset ${opset}, left ${left}, bottom ${bottom}: ${column.join(" ")}`);
}

show(18, 0, 1).then(() => show(19, 0, 1)).then(() => show(19, 1, 1)).then(() => show(22, 0, 1));
EOF
node show.js | tee seen
diff - seen <<'EOF'
opset 18, left 0, bottom 1: 1.00 1.00 0.50
opset 19, left 0, bottom 1: 1.00 1.00 1.00
opset 19, left 1, bottom 1: 0.50 0.50 0.25
opset 22, left 0, bottom 1: 1.00 1.00 1.00
EOF
