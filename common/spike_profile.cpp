// SPDX-License-Identifier: Apache-2.0
#include "common/spike_profile.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "common/envelope.h"
#include "common/error.h"

namespace spikeloom::common {

std::vector<std::uint8_t> SpikeProfile::encode() const {
  nlohmann::json body;
  body["network"] = network;
  body["network_crc"] = network_crc;
  body["images"] = images;
  body["layers"] = nlohmann::json::array();
  for (const ProfiledLayer& layer : layers) {
    body["layers"].push_back({{"name", layer.name}, {"spikes", pack(layer.spikes)}});
  }
  return encode_envelope({FileKind::kSpikeProfile, kVersion, std::move(body)});
}

SpikeProfile SpikeProfile::decode(const std::vector<std::uint8_t>& bytes,
                                  const std::string& source) {
  const nlohmann::json body = decode_body(bytes, source, FileKind::kSpikeProfile, kVersion);
  try {
    SpikeProfile profile;
    body.at("network").get_to(profile.network);
    body.at("network_crc").get_to(profile.network_crc);
    body.at("images").get_to(profile.images);
    for (const nlohmann::json& layer : body.at("layers")) {
      profile.layers.push_back(
          {layer.at("name").get<std::string>(), unpack<std::uint32_t>(layer.at("spikes"))});
    }
    return profile;
  } catch (const std::exception& error) {
    throw UserError(fmt::format("{}: not a valid spike profile: {}", source, error.what()));
  }
}

}  // namespace spikeloom::common
