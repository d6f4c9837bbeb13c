// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "spikeloom/converter/onnx/onnx_graph.h"
#include "spikeloom/converter/recognize/layer_store.h"
#include "spikeloom/converter/recognize/value.h"

namespace spikeloom::converter {

/// What the readers of operators share while a graph is read.
struct Context {
  const OnnxGraph& graph;
  LayerStore& layers;
  const std::map<const OnnxNode*, int>& positions;  ///< of the nodes, in the order of computation

  int position(const OnnxNode& node) const { return positions.at(&node); }
};

/// Returns the operator's name without a domain.
std::string operator_name(const OnnxNode& node);
/// Returns weights of out channels x height x width x in channels with the in channels second.
Tensor channels_first(Tensor weights);
/// Returns input `i` of `node` as one finite number, of any type; refuses anything else. `what`
/// names the input in messages.
double scalar(const OnnxGraph& graph, const OnnxNode& node, int i, const std::string& what);
/// Returns a number of `what` as an integer; refuses others.
std::int64_t whole_number(const OnnxNode& node, double value, const std::string& what);
/// Refuses a tensor with infinite numbers or NaN.
void require_finite(const OnnxNode& node, const Tensor& tensor, const std::string& what);
/// Returns `tensor` as finite numbers; refuses others.
std::vector<double> numbers(const OnnxNode& node, const Tensor& tensor, const std::string& what);
/// Returns `tensor` as finite float32 numbers; refuses others.
std::vector<float> floats(const OnnxNode& node, const Tensor& tensor, const std::string& what);
/// Returns one number for each channel of `value` from a tensor that broadcasts to it and is the
/// same for all neurons of a channel; refuses others.
std::vector<double> per_channel(const OnnxNode& node, const Value& value, const Tensor& tensor,
                                const std::string& what);
/// Likewise from one number for each index of dimension `axis` of `value`, without the batch.
std::vector<double> per_channel_along(const OnnxNode& node, const Value& value,
                                      const std::vector<double>& numbers, int axis,
                                      const std::string& what);
/// Whether all numbers are equal.
bool is_uniform(const std::vector<double>& values);
/// Formats the shape of a value for messages: "16x24x24".
std::string format_shape(const Value& value);

}  // namespace spikeloom::converter
