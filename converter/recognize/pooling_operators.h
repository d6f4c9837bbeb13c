// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/converter/recognize/operands.h"

namespace spikeloom::converter {

/// Reads AveragePool, GlobalAveragePool or ReduceMean over the image: a sum with weights 1 in each
/// channel, divided by the number of taps.
Value read_average(const Context& context, const OnnxNode& node, const Value& input);
/// Reads MaxPool, GlobalMaxPool or ReduceMax over the image, of levels.
Value read_maximum(const Context& context, const OnnxNode& node, const Value& input);

}  // namespace spikeloom::converter
