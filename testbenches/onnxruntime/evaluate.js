// SPDX-License-Identifier: Apache-2.0
// Evaluates ONNX models with ONNX Runtime, for testbenches/system/onnx_runtime.py.
//
// Each line of the standard input is a request, each line of the standard output its answer, both JSON:
//   {"model": FILE, "data": FILE, "inputs": [TENSOR...], "outputs": [NAME...], "result": FILE}
//   {"outputs": [TENSOR...]} or {"error": TEXT}
// where TENSOR is {"name", "type", "dims", "offset", "bytes"}: its numbers are in the file `data` or `result`
// from `offset` on. Models are evaluated as they are, without optimization.
"use strict";

const fs = require("fs");
const readline = require("readline");
const ort = require("onnxruntime-node");

const kArrays = {
  float32: Float32Array, float64: Float64Array, int8: Int8Array, uint8: Uint8Array, int16: Int16Array,
  uint16: Uint16Array, int32: Int32Array, uint32: Uint32Array, int64: BigInt64Array, uint64: BigUint64Array,
  bool: Uint8Array,
};

const tensorOf = (data, {type, dims, offset, bytes}) =>
  // A copy, since an array must be aligned in its buffer.
  new ort.Tensor(type, new kArrays[type](new Uint8Array(data.subarray(offset, offset + bytes)).buffer), dims);

const evaluate = async ({model, data, inputs, outputs, result}) => {
  const session = await ort.InferenceSession.create(model, {
    graphOptimizationLevel: "disabled", intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3,
  });
  try {
    const numbers = fs.readFileSync(data);
    const feeds = Object.fromEntries(inputs.map((input) => [input.name, tensorOf(numbers, input)]));
    const tensors = await session.run(feeds, outputs);
    const file = fs.openSync(result, "w");
    let offset = 0;
    const written = outputs.map((name) => {
      const {type, dims, data: values} = tensors[name];
      const bytes = values.byteLength;
      fs.writeSync(file, Buffer.from(values.buffer, values.byteOffset, bytes));
      offset += bytes;
      return {name, type, dims, offset: offset - bytes, bytes};
    });
    fs.closeSync(file);
    return {outputs: written};
  } finally {
    await session.release();
  }
};

(async () => {
  for await (const line of readline.createInterface({input: process.stdin})) {
    const answer = await evaluate(JSON.parse(line)).catch((error) => ({error: error.message}));
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
})();
