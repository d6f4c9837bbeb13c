// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/onnx/operator_domain.h"

#include <array>
#include <utility>

namespace spikeloom::converter {

std::optional<std::string_view> known_domain(std::string_view name) {
  // Brevitas exported onnx.brevitas before qonnx.custom_op.general, and FINN had the operators
  // before QONNX.
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kSpellings = {{
      {"", kStandardDomain},
      {"ai.onnx", kStandardDomain},
      {"qonnx.custom_op.general", kQonnxDomain},
      {"onnx.brevitas", kQonnxDomain},
      {"finn.custom_op.general", kQonnxDomain},
      {"finn", kQonnxDomain},
      {"qonnx.custom_op.channels_last", kChannelsLastDomain},
      {"com.microsoft", kMicrosoftDomain},
  }};
  for (const auto& [spelling, domain] : kSpellings) {
    if (name == spelling) return domain;
  }
  return std::nullopt;
}

}  // namespace spikeloom::converter
