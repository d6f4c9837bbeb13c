// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/simulation/range_codec.h"

#include <nlohmann/json.hpp>

#include "spikeloom/base/cbor.h"
#include "spikeloom/base/envelope.h"

namespace spikeloom::sim {

static_assert(std::is_trivially_copyable_v<hw::EventCounts>);
static_assert(std::is_trivially_copyable_v<LateCounts>);
static_assert(std::is_trivially_copyable_v<hw::FaultCounts>);
static_assert(std::is_trivially_copyable_v<CoreUse>);

namespace {

nlohmann::json to_json(const hw::BusCost& cost) {
  return {cost.transactions, cost.bytes, cost.cycles};
}

hw::BusCost bus_cost(const nlohmann::json& json) {
  return {json.at(0).get<std::uint64_t>(), json.at(1).get<std::uint64_t>(),
          json.at(2).get<std::int64_t>()};
}

}  // namespace

std::vector<std::uint8_t> encode_range(const RangeResult& result) {
  nlohmann::json json;
  json["load"] = to_json(result.load);
  json["verification"] = result.verification ? to_json(*result.verification) : nullptr;
  json["late"] = base::pack(result.late);
  json["faults"] = base::pack(std::vector{result.faults});
  json["spikes"] = nlohmann::json::array();
  for (const std::vector<std::uint32_t>& category : result.spikes) {
    json["spikes"].push_back(base::pack(category));
  }
  json["cores"] = base::pack(result.cores);
  json["core_use"] = base::pack(result.core_use);
  json["links"] = base::pack(result.links);
  // The same blocks, however many shares there were.
  ImageRecords images;
  images.send_to([&](const std::vector<std::uint8_t>& block) {
    json["images"].push_back(nlohmann::json::binary(block));
  });
  json["images"] = nlohmann::json::array();
  for (const ImageRecord& image : result.images) images.add(image);
  images.end_block();
  return nlohmann::json::to_cbor(json);
}

RangeResult decode_range(const std::vector<std::uint8_t>& bytes,
                         std::shared_ptr<base::SpillFile> file) {
  base::CborItem::whole(bytes);  // bounds the depth
  const nlohmann::json json = nlohmann::json::from_cbor(bytes);
  RangeResult result;
  if (file != nullptr) result.images = ImageRecords(std::move(file));
  result.load = bus_cost(json.at("load"));
  if (!json.at("verification").is_null()) result.verification = bus_cost(json.at("verification"));
  result.late = base::unpack<LateCounts>(json.at("late"));
  result.faults = base::unpack<hw::FaultCounts>(json.at("faults")).at(0);
  for (const nlohmann::json& category : json.at("spikes")) {
    result.spikes.push_back(base::unpack<std::uint32_t>(category));
  }
  result.cores = base::unpack<hw::EventCounts>(json.at("cores"));
  result.core_use = base::unpack<CoreUse>(json.at("core_use"));
  result.links = base::unpack<std::uint64_t>(json.at("links"));
  for (const nlohmann::json& item : json.at("images")) {
    const std::vector<std::uint8_t>& block = item.get_binary();
    decode_block(block);
    result.images.add_block(block);
  }
  return result;
}

}  // namespace spikeloom::sim
