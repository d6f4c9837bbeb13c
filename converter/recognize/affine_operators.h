// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "spikeloom/converter/recognize/operands.h"

namespace spikeloom::converter {

// Operations of `node` on a value with constants. They change the image's steps, the values of
// levels, or the steps of a sum; levels that they treat differently in different channels become a
// sum. Refused is what would make a channel constant, or values that are no levels.

void multiply(const Context& context, const OnnxNode& node, const std::vector<double>& factors,
              Value& value);
void divide(const Context& context, const OnnxNode& node, const std::vector<double>& divisors,
            Value& value);
void add(const Context& context, const OnnxNode& node, const std::vector<double>& terms,
         Value& value);
void clamp(const OnnxNode& node, std::optional<Rational> lower, std::optional<Rational> upper,
           Value& value);
/// BatchNormalization.
void normalize(const Context& context, const OnnxNode& node, ChannelStep step, Value& value);

/// Reads Add, Sum, Sub, Mul or Div with one constant operand.
Value read_arithmetic(const Context& context, const OnnxNode& node, Value value,
                      bool constant_first);
Value read_normalization(const Context& context, const OnnxNode& node, Value value);
/// Reads LeakyRelu or PRelu, of a sum.
Value read_leaky_relu(const Context& context, const OnnxNode& node, Value value);
/// Reads Clip, Relu or Neg.
Value read_clip(const Context& context, const OnnxNode& node, Value value);
Value read_negation(const Context& context, const OnnxNode& node, Value value);

}  // namespace spikeloom::converter
