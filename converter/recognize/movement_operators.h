// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/converter/recognize/operands.h"

namespace spikeloom::converter {

// Operators that pick or repeat numbers. Where a layout cannot say so, a layer of the chip repeats
// the levels.

/// Reads a Gather of channels, or of rows or columns at equal distances.
Value read_gather(const Context& context, const OnnxNode& node, const Value& input);
/// Reads a Resize or Upsample of mode nearest: of single pixels, which it repeats, or by factor 1.
Value read_resize(const Context& context, const OnnxNode& node, const Value& input);
/// Returns levels of a layer of its own that repeats those of `part`, whose values fall as they
/// rise, in the other order: its values rise.
LevelsPart rising(const Context& context, const OnnxNode& node, const LevelsPart& part);

}  // namespace spikeloom::converter
