// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/run/rtl_parts.h"

#include <optional>
#include <sstream>
#include <vector>

#include <fmt/format.h>

#include "spikeloom/arch/topology/topologies.h"
#include "spikeloom/base/diagnostics.h"
#include "spikeloom/base/error.h"
#include "spikeloom/cosim/rtl_core.h"
#include "spikeloom/cosim/rtl_network.h"
#include "spikeloom/cosim/rtl_router.h"
#include "spikeloom/sim/run/board_places.h"

namespace spikeloom::sim {
namespace {

/// Reads the items of --rtl.
class Reader {
 public:
  explicit Reader(const arch::Deployment& deployment) : deployment_(deployment) {}

  RtlParts read(const std::string& text) {
    std::istringstream items(text);
    for (std::string item; std::getline(items, item, ';');) {
      if (item == "network") {
        parts_.network = true;
      } else if (const auto core = value(item, "core=")) {
        read_core(*core);
      } else if (const auto router = value(item, "router=")) {
        read_router(*router);
      } else {
        refuse(item.empty() ? "nothing" : item,
               "core=X,Y  core=*  router=X,Y  router=*  network; several: 'network;core=0,0'");
      }
    }
    problems_.finish();
    return parts_;
  }

 private:
  /// Returns what follows `key` in an item that begins with it.
  static std::optional<std::string> value(const std::string& item, const std::string& key) {
    if (item.compare(0, key.size(), key) != 0) return std::nullopt;
    return item.substr(key.size());
  }

  void refuse(const std::string& item, const std::string& allowed) {
    problems_.add(fmt::format("--rtl: got {}, allowed {}", item, allowed));
  }

  void read_core(const std::string& place) {
    const arch::MeshDescription grid = deployment_.chip.grid();
    if (place == "*") {
      for (const arch::CoreLabels& core : deployment_.cores) parts_.cores.insert(core.core);
      return;
    }
    const std::vector<int> at = place_numbers(place);
    if (at.size() != 2 || at[0] >= grid.columns || at[1] >= grid.rows) {
      refuse("core=" + place, fmt::format("core=X,Y with X in 0..{} and Y in 0..{}, or core=*",
                                          grid.columns - 1, grid.rows - 1));
      return;
    }
    parts_.cores.insert(grid.core_at(at[0], at[1]));
  }

  void read_router(const std::string& place) {
    const arch::ChipDescription& chip = deployment_.chip;
    if (place == "*") {
      const std::size_t routers =
          arch::with_topology(chip, [](const auto& topology) { return topology.routers(); });
      for (std::uint32_t i = 0; i < routers; ++i) parts_.routers.insert(i);
    } else if (const auto router = find_router(place, chip)) {
      parts_.routers.insert(*router);
    } else {
      refuse("router=" + place, fmt::format("router=* or router={}", router_places(chip)));
    }
  }

  const arch::Deployment& deployment_;
  RtlParts parts_;
  base::Diagnostics problems_;
};

}  // namespace

RtlParts parse_rtl(const std::string& text, const arch::Deployment& deployment) {
  return Reader(deployment).read(text);
}

hw::BoardParts board_parts(const RtlParts& rtl, const arch::ChipDescription& chip,
                           hw::Timing timing, base::ProgressSink* sink) {
  if (!has_cycles(timing)) {
    throw base::UserError(fmt::format(
        "--rtl: parts in RTL work cycle by cycle: got timing {}, allowed cycle", name(timing)));
  }
  if ((rtl.network || !rtl.routers.empty()) && !chip.defects.links.empty()) {
    throw base::UserError(
        "--rtl: routers and network in RTL know no dead links: got a chip with defects.links, "
        "allowed core=... alone");
  }
  const auto load = [sink](const cosim::VerilatedSource& source) {
    return cosim::VerilatedLibrary::load(source, sink);
  };
  hw::BoardParts parts;
  if (!rtl.cores.empty()) {
    parts.core = cosim::mixed_cores(rtl.cores, load(cosim::rtl_core_source(chip)));
  }
  if (rtl.network) {
    parts.network = cosim::rtl_network(load(cosim::rtl_network_source(chip)));
  } else if (!rtl.routers.empty()) {
    parts.network = cosim::mixed_network(rtl.routers, load(cosim::rtl_router_source(chip)));
  }
  return parts;
}

}  // namespace spikeloom::sim
