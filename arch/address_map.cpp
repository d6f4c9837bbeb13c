// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/arch/address_map.h"

#include <fmt/format.h>

#include "spikeloom/arch/core_tables.h"
#include "spikeloom/arch/names.h"

namespace spikeloom::arch {
namespace {

std::uint64_t padded(std::uint64_t bytes) {
  return (bytes + kBusWordBytes - 1) / kBusWordBytes * kBusWordBytes;
}

}  // namespace

std::uint64_t BusAddress::encode() const {
  return address_field::kChip.put(chip) | address_field::kUnit.put(unit) |
         address_field::kRegion.put(region) | offset;
}

std::optional<BusAddress> BusAddress::decode(std::uint64_t address) {
  if (address_field::kReserved.get(address) != 0) return std::nullopt;
  BusAddress result;
  result.chip = address_field::kChip.get(address);
  result.unit = address_field::kUnit.get(address);
  result.region = address_field::kRegion.get(address);
  result.offset = address & address_field::kOffset.mask();
  return result;
}

std::string describe_address(const ChipDescription& chip, std::uint64_t address) {
  const auto decoded = BusAddress::decode(address);
  if (!decoded) return "reserved bits set";
  const auto region = static_cast<std::size_t>(decoded->region);
  std::string text;
  if (decoded->unit == kChipUnit) {
    text = fmt::format("{}, its own region {}", chip_name(decoded->chip), region);
  } else {
    const auto core = chip.core_at({decoded->chip, decoded->unit});
    text =
        fmt::format("{}, region {}",
                    core ? core_name(chip, *core)
                         : fmt::format("{}, no core {}", chip_name(decoded->chip), decoded->unit),
                    region < kCoreRegions.size() ? name(kCoreRegions[region].region) : "none");
  }
  return text + fmt::format(", offset {:#x}", decoded->offset);
}

std::uint64_t local_address(std::uint64_t address) {
  return address & ((std::uint64_t{1} << address_field::kUnit.shift) - 1);
}

std::uint64_t core_address(int unit, CoreRegion region, std::uint64_t offset, int chip) {
  return BusAddress{chip, unit, static_cast<int>(region), offset}.encode();
}

std::uint64_t chip_address(ChipRegion region, std::uint64_t offset) {
  return BusAddress{0, kChipUnit, static_cast<int>(region), offset}.encode();
}

std::uint64_t plane_row_bytes(const CoreDescription& core) {
  return padded(static_cast<std::uint64_t>(core.dendrites + 7) / 8);
}

std::uint64_t region_bytes(const CoreDescription& core, CoreRegion region) {
  const auto count = [](int n) { return static_cast<std::uint64_t>(n); };
  switch (region) {
    case CoreRegion::kControl:
      return core_control::kBytes;
    case CoreRegion::kStatus:
      return core_status::kBytes;
    case CoreRegion::kCounters:
      return kCoreCounters * kBusWordBytes;
    case CoreRegion::kPlusPlane:
      return plane_row_bytes(core) * count(core.axons);
    case CoreRegion::kMinusPlane:
      return planes(core.synapse) == 2 ? plane_row_bytes(core) * count(core.axons) : 0;
    case CoreRegion::kGroups:
      return count(core.fan_in_groups) * GroupEntry::kBytes;
    case CoreRegion::kNeurons:
      return count(core.max_neurons()) * NeuronEntry::kBytes;
    case CoreRegion::kGather:
      return padded(count(core.ternary_dendrites()) * GatherEntry::kBytes);
    case CoreRegion::kThresholds:
      return padded(count(core.max_thresholds()) * kThresholdBytes);
    case CoreRegion::kRoutes:
      return count(core.route_entries) * kRouteBytes;
    case CoreRegion::kExpansion:
      return padded(count(core.expansion.entries) * ExpansionEntry::kBytes);
    case CoreRegion::kRandom:
      return core.neuron == Neuron::kStochastic ? RandomStart::kBytes : 0;
  }
  return 0;
}

}  // namespace spikeloom::arch
