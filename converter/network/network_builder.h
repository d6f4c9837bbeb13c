// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "spikeloom/converter/network/quantized_graph.h"
#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::converter {

/// Who computes the first weighted layer of a network that quantizes its image.
enum class FirstLayer : std::uint8_t {
  kAuto,  ///< the chip if the weights allow it, else the host
  kHost,
  kChip,
};
constexpr std::string_view name(FirstLayer value) {
  switch (value) {
    case FirstLayer::kAuto:
      return "auto";
    case FirstLayer::kHost:
      return "host";
    case FirstLayer::kChip:
      return "chip";
  }
  return {};
}

/// A converted network, and what its user should know of the conversion, a line each.
struct Conversion {
  SpikingNetwork network;
  std::vector<std::string> notes;
};

/// Builds the spiking network `name` from a quantized one. The host computes the quantizer of the
/// image or the first layer, and the last layer, which has no quantizer. The layers between are on
/// the chip; thresholds replace their arithmetic. Throws UserError that names file and layer if the
/// network is not of this form.
Conversion build_network(const QuantizedGraph& graph, const std::string& name,
                         FirstLayer first_layer);

}  // namespace spikeloom::converter
