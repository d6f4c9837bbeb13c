// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/simulation/range_codec.h"

#include <nlohmann/json.hpp>

#include "spikeloom/base/cbor.h"
#include "spikeloom/base/envelope.h"

namespace spikeloom::sim {

static_assert(std::is_trivially_copyable_v<LayerCounts>);
static_assert(std::is_trivially_copyable_v<hw::EventCounts>);
static_assert(std::is_trivially_copyable_v<LateCounts>);
static_assert(std::is_trivially_copyable_v<hw::FaultCounts>);
static_assert(std::is_trivially_copyable_v<PartTiming>);
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
  json["images"] = nlohmann::json::array();
  for (const ImageRecord& image : result.images) {
    nlohmann::json ticks = nlohmann::json::array();
    for (const TickRecord& tick : image.ticks) {
      ticks.push_back(
          {tick.cycles, tick.last_output, base::pack(tick.events), base::pack(tick.parts)});
    }
    json["images"].push_back({image.index, nullptr, nullptr, image.steady, std::move(ticks),
                              base::pack(image.layers), nullptr});
    if (image.label) json["images"].back().at(1) = *image.label;
    if (image.predicted) json["images"].back().at(2) = *image.predicted;
    if (image.latency_cycles) json["images"].back().back() = *image.latency_cycles;
  }
  return nlohmann::json::to_cbor(json);
}

RangeResult decode_range(const std::vector<std::uint8_t>& bytes) {
  base::CborItem::whole(bytes);  // bounds the depth
  const nlohmann::json json = nlohmann::json::from_cbor(bytes);
  RangeResult result;
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
    ImageRecord image;
    item.at(0).get_to(image.index);
    if (!item.at(1).is_null()) image.label = item.at(1).get<int>();
    if (!item.at(2).is_null()) image.predicted = item.at(2).get<int>();
    item.at(3).get_to(image.steady);
    for (const nlohmann::json& tick : item.at(4)) {
      image.ticks.push_back({tick.at(0).get<std::int64_t>(), tick.at(1).get<std::int64_t>(),
                             base::unpack<hw::EventCounts>(tick.at(2)),
                             base::unpack<PartTiming>(tick.at(3))});
    }
    image.layers = base::unpack<LayerCounts>(item.at(5));
    if (!item.at(6).is_null()) image.latency_cycles = item.at(6).get<std::int64_t>();
    result.images.push_back(std::move(image));
  }
  return result;
}

}  // namespace spikeloom::sim
