// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <utility>

#include "spikeloom/converter/recognize/value.h"

namespace spikeloom::converter {

/// Returns a layer that passes on each channel of an image of `shape`, negated in the channels in
/// which the steps reverse the order of pixels.
QuantizedLayer image_layer(const std::string& name, const std::string& label, const Shape& shape,
                           const std::vector<ImageStep>& steps);

/// Returns the lowest and the highest integer that a quantizer of the image gives; no value if they
/// are beyond any quantizer's range.
std::pair<std::optional<Integer>, std::optional<Integer>> image_range(
    const QuantizedTensor& tensor);

/// Sets the thresholds of a layer that quantizes the image to levels above `lowest`. They are exact
/// for float32 pixels: the graph's operations are computed in float32, as the graph's own tool
/// does, and each threshold is the first pixel that they give its level.
void quantize_image(const QuantizedTensor& tensor, const Integer& lowest, int levels,
                    QuantizedLayer& layer);

}  // namespace spikeloom::converter
