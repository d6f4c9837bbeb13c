// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/run/board_places.h"

#include <sstream>

#include <fmt/format.h>

#include "spikeloom/arch/topology/topologies.h"
#include "spikeloom/base/parse_number.h"
#include "spikeloom/hw/trace/router_list.h"

namespace spikeloom::sim {

std::vector<int> place_numbers(const std::string& text) {
  std::vector<int> result;
  std::istringstream items(text + ',');
  for (std::string item; std::getline(items, item, ',');) {
    const auto number = base::parse_number<unsigned>(item);
    if (!number || *number > INT32_MAX) return {};
    result.push_back(static_cast<int>(*number));
  }
  return result;
}

std::optional<std::uint32_t> find_router(const std::string& text,
                                         const arch::ChipDescription& chip) {
  const std::vector<int> at = place_numbers(text);
  const std::vector<hw::ListedRouter> routers = hw::list_routers(chip).routers;
  for (std::size_t i = 0; i < routers.size(); ++i) {
    if (routers[i].coordinates == at) return static_cast<std::uint32_t>(i);
  }
  return std::nullopt;
}

std::string router_places(const arch::ChipDescription& chip) {
  return fmt::format("{}; the {} has {}", arch::has_levels(chip.topology) ? "LEVEL,X,Y" : "X,Y",
                     arch::name(chip.topology), arch::with_topology(chip, [](const auto& topology) {
                       return topology.router_range();
                     }));
}

}  // namespace spikeloom::sim
