// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "spikeloom/converter/recognize/operands.h"

namespace spikeloom::converter {

// What the readers of weighted sums and of poolings share.

/// A part of the input of a weighted sum: a layer's levels, or the image.
struct Source {
  int number = kImage;
  Decoding decoding;
  Shape shape;
};

/// Returns a sum of `node` without terms.
QuantizedLayer start(const OnnxNode& node);
/// Returns a term of `node` over `source`, without a window and weights.
QuantizedTerm start_term(const OnnxNode& node, const Source& source);
/// Returns the layers that give the parts of `levels`.
std::vector<Source> sources_of(const Context& context, const OnnxNode& node,
                               const LevelsValue& levels);
/// Returns the sum as a value, with the image's steps if it is one of the image.
Value sum_value(const Context& context, const OnnxNode& node, const Value& input,
                QuantizedLayer layer, Layout layout);
/// Returns a convolution of each channel by itself with all weights 1.
QuantizedLayer depthwise(const OnnxNode& node, const std::vector<Source>& sources,
                         const Window& window, const Shape& output);
/// Returns levels as a sum in which each output channel equals the input channel. `node` is the
/// node that needs it.
Value identity_sum(const Context& context, const OnnxNode& node, const Value& input);

/// Refuses more outputs than a network has neurons.
void check_size(const OnnxNode& node, const Shape& output);
/// Likewise of `outputs`, which are of several shapes.
void check_size(const OnnxNode& node, std::int64_t outputs);
/// Refuses more weights than are made of an operator that has none in the file.
void check_weights(const OnnxNode& node, std::int64_t weights);
/// Refuses more terms of a sum, or parts of a concatenation, than networks have. Equal terms of a
/// sum count once.
void check_parts(const OnnxNode& node, std::size_t terms);
/// Refuses a Pad before the node that stands for another number than 0.
void require_zero_padding(const OnnxNode& node, const Value& input);
/// Refuses an input that is not channels x height x width, or channels x length.
void require_planes(const OnnxNode& node, const Value& input);
/// Adds the padding of a Pad before the node.
void add_pads(const Value& input, Window& window);
/// Returns the shape of the input with the padding of a Pad before the node.
Shape padded(const Value& input);
/// The dimensions of planes of `shape`, as many as the input has.
Layout planes_layout(const Value& input, const Shape& shape);

}  // namespace spikeloom::converter
