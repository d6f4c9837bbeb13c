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
  json["images"] = nlohmann::json::array();
  for (const ImageRecord& image : result.images) {
    json["images"].push_back({image.index, image.label, image.predicted, image.steady, image.cycles,
                              common::pack(image.layers), common::pack(image.events), nullptr});
    if (image.latency_cycles) json["images"].back().back() = *image.latency_cycles;
  }
  return nlohmann::json::to_cbor(json);
}

ShareResult decode_share(const std::vector<std::uint8_t>& bytes) {
  const nlohmann::json json = nlohmann::json::from_cbor(bytes);
  ShareResult result;
  const nlohmann::json& load = json.at("load");
  result.load = {load.at(0).get<std::uint64_t>(), load.at(1).get<std::uint64_t>(),
                 load.at(2).get<double>()};
  for (const nlohmann::json& item : json.at("images")) {
    ImageRecord image;
    item.at(0).get_to(image.index);
    item.at(1).get_to(image.label);
    item.at(2).get_to(image.predicted);
    item.at(3).get_to(image.steady);
    item.at(4).get_to(image.cycles);
    image.layers = common::unpack<LayerCounts>(item.at(5));
    image.events = common::unpack<hw::EventCounts>(item.at(6));
    if (!item.at(7).is_null()) image.latency_cycles = item.at(7).get<std::int64_t>();
    result.images.push_back(std::move(image));
  }
  return result;
}

}  // namespace spikeloom::program
