#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# onnxruntime-node 1.22.0 (npm; models written with onnx-proto 8.0.1), CPU provider, 2026-11-28.
#
# The operators that quantize their result do not agree on ties with an odd output zero point. QuantizeLinear, as ONNX
# defines it, rounds value / scale to the nearest even integer and then adds the zero point; QLinearConv, QLinearMatMul,
# QLinearConcat and QLinearGlobalAveragePool do the same. QLinearAdd and QLinearMul add the zero point first and round
# then, so that every tie falls on the other side. QLinearAveragePool does either: the one if its window is the whole image,
# the other if it is a part. A network in the QDQ and in the QOperator format therefore differs by one level at ties,
# which are frequent with scales that are powers of two.
#
# The same value 0.5 at output scale 1 with output zero points 0 and 1, as distance from the zero point. Output seen:
#   QuantizeLinear: 0 0
#   QLinearConv: 0 0
#   QLinearMatMul: 0 0
#   QLinearConcat: 0 0
#   QLinearGlobalAveragePool: 0 0
#   QLinearAdd: 0 1
#   QLinearMul: 0 1
#   QLinearAveragePool: 0 0
#   QLinearAveragePool of a part: 0 1
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --ignore-scripts --no-audit --no-fund onnxruntime-node@1.22.0 onnx-proto@8.0.1
cat >show.js <<'EOF'
const {onnx} = require("onnx-proto");
const {InferenceSession, Tensor} = require("onnxruntime-node");

const kFloat = 1, kUint8 = 2, kInts = 7;
const float = (name, value) => ({name, dataType: kFloat, dims: [], floatData: [value]});
const uint8 = (name, value, dims = []) => ({name, dataType: kUint8, dims, int32Data: [value]});
const value = (name, elemType, shape) => ({name, type: {tensorType: {elemType,
  shape: shape && {dim: shape.map((dimValue) => ({dimValue}))}}}});

// Every operator computes 1 * 0.5 from the level 1, at the scale 0.5 with the zero point 0.
const input = ["x", "half", "zero"];
const one = ["one", "unit", "zero"];
const output = ["unit", "z"];
const operators = [
  {opType: "QLinearConv", input: [...input, ...one, ...output]},
  {opType: "QLinearMatMul", input: [...input, ...one, ...output]},
  {opType: "QLinearConcat", domain: "com.microsoft", input: [...output, ...input],
   attribute: [{name: "axis", type: 2, i: 1}]},
  {opType: "QLinearGlobalAveragePool", domain: "com.microsoft", input: [...input, ...output]},
  {opType: "QLinearAdd", domain: "com.microsoft", input: [...input, ...input.map((n) => n === "x" ? "nil" : n), ...output]},
  {opType: "QLinearMul", domain: "com.microsoft", input: [...input, ...one, ...output]},
  {opType: "QLinearAveragePool", domain: "com.microsoft", input: [...input, ...output],
   attribute: [{name: "kernel_shape", type: kInts, ints: [1, 1]}]},
];

// On an image of `width` pixels of this value.
async function level(node, elemType, Type, number, width, zero) {
  const shape = [1, 1, 1, width];
  const model = onnx.ModelProto.create({
    irVersion: 8, opsetImport: [{domain: "", version: 13}, {domain: "com.microsoft", version: 1}],
    graph: {name: "tie", node: [{...node, output: ["y"]}], input: [value("x", elemType, shape)],
            output: [value("y", kUint8)],
            initializer: [float("half", 0.5), float("unit", 1), uint8("zero", 0), uint8("z", zero),
                          uint8("one", 1, [1, 1, 1, 1]), uint8("nil", 0, [1, 1, 1, 1])]}});
  const session = await InferenceSession.create(Buffer.from(onnx.ModelProto.encode(model).finish()),
                                                {logSeverityLevel: 3});
  const x = new Tensor(elemType === kFloat ? "float32" : "uint8", new Type(width).fill(number), shape);
  return (await session.run({x})).y.data[0] - zero;
}

(async () => {
  const rows = [["QuantizeLinear", {opType: "QuantizeLinear", input: ["x", "unit", "z"]}, kFloat, Float32Array, 0.5, 1],
                ...operators.map((node) => [node.opType, node, kUint8, Uint8Array, 1, 1]),
                ["QLinearAveragePool of a part", operators.at(-1), kUint8, Uint8Array, 1, 2]];
  for (const [name, ...row] of rows) console.log(`${name}: ${await level(...row, 0)} ${await level(...row, 1)}`);
})();
EOF
node show.js | tee seen
diff - seen <<'EOF'
QuantizeLinear: 0 0
QLinearConv: 0 0
QLinearMatMul: 0 0
QLinearConcat: 0 0
QLinearGlobalAveragePool: 0 0
QLinearAdd: 0 1
QLinearMul: 0 1
QLinearAveragePool: 0 0
QLinearAveragePool of a part: 0 1
EOF
