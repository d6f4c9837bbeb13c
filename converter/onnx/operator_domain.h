// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace spikeloom::converter {

inline constexpr std::string_view kStandardDomain{};
inline constexpr std::string_view kQonnxDomain = "qonnx.custom_op.general";
inline constexpr std::string_view kChannelsLastDomain = "qonnx.custom_op.channels_last";
inline constexpr std::string_view kMicrosoftDomain = "com.microsoft";

/// Returns which of these domains `name` is a spelling of; std::nullopt for others.
std::optional<std::string_view> known_domain(std::string_view name);

}  // namespace spikeloom::converter
