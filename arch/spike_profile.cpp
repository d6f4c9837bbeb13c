// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/arch/spike_profile.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "spikeloom/base/envelope.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/json_integer.h"

namespace spikeloom::arch {

std::vector<std::uint8_t> SpikeProfile::encode() const {
  nlohmann::json body;
  body["network"] = network;
  body["network_crc"] = network_crc;
  body["images"] = images;
  body["layers"] = nlohmann::json::array();
  for (const ProfiledLayer& layer : layers) {
    body["layers"].push_back({{"name", layer.name}, {"spikes", base::pack(layer.spikes)}});
  }
  return base::encode_envelope({base::FileKind::kSpikeProfile, kVersion, std::move(body)});
}

SpikeProfile SpikeProfile::decode(const std::vector<std::uint8_t>& bytes,
                                  const std::string& source) {
  const nlohmann::json body =
      base::decode_body(bytes, source, base::FileKind::kSpikeProfile, kVersion);
  try {
    SpikeProfile profile;
    body.at("network").get_to(profile.network);
    profile.network_crc = base::json_integer<std::uint32_t>(body.at("network_crc"), "network_crc");
    profile.images = base::json_integer<std::uint64_t>(body.at("images"), "images", 1, kMaxImages);
    for (const nlohmann::json& layer : body.at("layers")) {
      profile.layers.push_back(
          {layer.at("name").get<std::string>(), base::unpack<std::uint32_t>(layer.at("spikes"))});
    }
    return profile;
  } catch (const std::exception& error) {
    throw base::UserError(fmt::format("{}: not a valid spike profile: {}", source, error.what()));
  }
}

}  // namespace spikeloom::arch
