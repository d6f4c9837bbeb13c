// SPDX-License-Identifier: Apache-2.0
#include "testbenches/spikeloom/share_codec.h"

#include <nlohmann/json.hpp>

#include "common/envelope.h"

namespace spikeloom::program {

static_assert(std::is_trivially_copyable_v<LayerCounts>);
static_assert(std::is_trivially_copyable_v<hw::EventCounts>);

std::vector<std::uint8_t> encode_share(const ShareResult& result) {
  nlohmann::json json;
  json["load"] = {result.load.transactions, result.load.bytes, result.load.seconds};
  json["latency"] = result.latency_cycles ? nlohmann::json(*result.latency_cycles) : nullptr;
  json["images"] = nlohmann::json::array();
  for (const ImageRecord& image : result.images) {
    json["images"].push_back({image.index, image.label, image.predicted, image.steady,
                              image.tick_cycles, common::pack(image.layers),
                              common::pack(image.tick_events)});
  }
  return nlohmann::json::to_cbor(json);
}

ShareResult decode_share(const std::vector<std::uint8_t>& bytes) {
  const nlohmann::json json = nlohmann::json::from_cbor(bytes);
  ShareResult result;
  const nlohmann::json& load = json.at("load");
  result.load = {load.at(0).get<std::uint64_t>(), load.at(1).get<std::uint64_t>(),
                 load.at(2).get<double>()};
  if (!json.at("latency").is_null()) {
    result.latency_cycles = json.at("latency").get<std::int64_t>();
  }
  for (const nlohmann::json& item : json.at("images")) {
    ImageRecord image;
    item.at(0).get_to(image.index);
    item.at(1).get_to(image.label);
    item.at(2).get_to(image.predicted);
    item.at(3).get_to(image.steady);
    item.at(4).get_to(image.tick_cycles);
    image.layers = common::unpack<LayerCounts>(item.at(5));
    image.tick_events = common::unpack<hw::EventCounts>(item.at(6));
    result.images.push_back(std::move(image));
  }
  return result;
}

}  // namespace spikeloom::program
