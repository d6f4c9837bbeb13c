// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/place/hops.h"

#include <variant>

namespace spikeloom::mapper {

arch::LinkCosts link_cycles(const arch::ChipDescription& chip) {
  const auto rounded_up = [](std::uint32_t millicycles) {
    return static_cast<int>((millicycles + 999) / 1000);
  };
  return {chip.router.packet_link_cycles(), chip.inter_chip.packet_link_cycles(),
          chip.core.timing.emit_cycles_per_packet,
          rounded_up(chip.host_port.millicycles_per_packet()),
          rounded_up(chip.trunk.millicycles_per_packet())};
}

Hops::Hops(const arch::ChipDescription& chip, const arch::LinkCosts& costs)
    : topology_(arch::make_topology(chip)), costs_(costs) {
  std::visit(
      [&](const auto& topology) {
        for (int core = 0; core < chip.grid().cores(); ++core) {
          places_.push_back(topology.core_place(core));
        }
      },
      topology_);
}

const arch::RouterPlace& Hops::place(int core) const {
  return places_[static_cast<std::size_t>(core)];
}

int Hops::to_cores(int core, const arch::Region& region) const {
  return std::visit(
      [&](const auto& topology) { return topology.hops(place(core), region, costs_); }, topology_);
}

int Hops::from_host(const arch::Region& region) const {
  return std::visit(
      [&](const auto& topology) { return topology.hops(topology.host_place(), region, costs_); },
      topology_);
}

std::int64_t Hops::to_cores(int core, const std::vector<arch::Region>& regions) const {
  return std::visit(
      [&](const auto& topology) {
        const arch::RouterPlace& from = place(core);
        std::int64_t sum = 0;
        for (const arch::Region& region : regions) sum += topology.hops(from, region, costs_);
        return sum;
      },
      topology_);
}

std::int64_t Hops::from_host(const std::vector<arch::Region>& regions) const {
  std::int64_t sum = 0;
  for (const arch::Region& region : regions) sum += from_host(region);
  return sum;
}

int Hops::to_host(int core) const {
  return std::visit(
      [&](const auto& topology) { return topology.hops_to_host(place(core), costs_); }, topology_);
}

}  // namespace spikeloom::mapper
