// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/arch/topology/usable_cores.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "spikeloom/arch/names.h"
#include "spikeloom/arch/topology/conflicts.h"
#include "spikeloom/arch/topology/dead_links.h"
#include "spikeloom/arch/topology/topologies.h"
#include "spikeloom/arch/topology/walk.h"

namespace spikeloom::arch {
namespace {

constexpr std::size_t kMaxSteps = 20'000;
constexpr std::size_t kNamed = 5;

std::size_t at(int core) { return static_cast<std::size_t>(core); }

Region region_of(const MeshDescription& grid, int core) {
  return {grid.x(core), grid.y(core), grid.x(core), grid.y(core)};
}

/// Finds what packets cross dead links.
template <class Topology>
class DeadWays {
 public:
  DeadWays(const Topology& topology, const ChipDescription& chip)
      : topology_(topology), grid_(chip.grid()), dead_(chip) {}

  /// Calls `cut` with each core that a packet from `from` to all cores reaches over a dead link. It
  /// takes the same way to each of them as a packet to that core alone.
  template <class Cut>
  void find_unreached(const Attachment& from, const Cut& cut) const {
    const Region all{0, 0, grid_.columns - 1, grid_.rows - 1};
    follow(from, topology_.destination(Packet::to_cores(all, 0, 0)), false, cut);
  }

  /// Returns a dead link that a packet crosses, or DeadLinks::kNone.
  int crossed(const Attachment& from, Packet packet) const {
    int found = DeadLinks::kNone;
    walk(topology_, from, topology_.destination(packet),
         [&](const Attachment& at, unsigned output) {
           const int link = dead_.at(std::size_t{at.router} * Topology::kPorts + output);
           if (found == DeadLinks::kNone) found = link;
         });
    return found;
  }
  int to_core(const Attachment& from, int core) const {
    return crossed(from, Packet::to_cores(region_of(grid_, core), 0, 0));
  }
  /// Returns a dead link between a core and the host, in either direction, or DeadLinks::kNone.
  int at_host(int core) const {
    const int link = crossed(topology_.core_port(core), Packet::to_host(0));
    return link != DeadLinks::kNone ? link : to_core(topology_.host_port(), core);
  }
  /// Likewise between two cores.
  int between(int a, int b) const {
    const int link = to_core(topology_.core_port(a), b);
    return link != DeadLinks::kNone ? link : to_core(topology_.core_port(b), a);
  }

 private:
  template <class Cut>
  void follow(const Attachment& at, const typename Topology::Destination& destination,
              bool over_dead, const Cut& cut) const {
    const typename Topology::Place place = topology_.place(at.router);
    unsigned outputs = topology_.outputs(place, at.port, destination);
    for (; outputs != 0; outputs &= outputs - 1) {
      const unsigned output = first_port(outputs);
      if (!topology_.is_link(place, output)) {
        if (over_dead) cut(topology_.core(at.router, place, output));
        continue;
      }
      const int link = dead_.at(std::size_t{at.router} * Topology::kPorts + output);
      follow(topology_.next(at.router, place, at.port, output),
             topology_.onward(place, at.port, output, destination),
             over_dead || link != DeadLinks::kNone, cut);
    }
  }

  const Topology& topology_;
  MeshDescription grid_;
  DeadLinks dead_;
};

/// Clears the bits of those `candidates` that dead links make unusable. Returns them.
template <class Topology>
std::vector<UsableCores::CutOff> cut_off(const Topology& topology, const ChipDescription& chip,
                                         std::vector<bool>& candidates) {
  const DeadWays<Topology> ways(topology, chip);
  std::vector<UsableCores::CutOff> result;
  const auto leave_out = [&](int core, int link) {
    candidates[at(core)] = false;
    result.push_back({core, static_cast<std::size_t>(link)});
  };
  const int cores = chip.grid().cores();
  for (int core = 0; core < cores; ++core) {
    if (!candidates[at(core)]) continue;
    if (const int link = ways.at_host(core); link != DeadLinks::kNone) leave_out(core, link);
  }
  Conflicts conflicts(at(cores));
  for (int core = 0; core < cores; ++core) {
    if (!candidates[at(core)]) continue;
    ways.find_unreached(topology.core_port(core), [&](int other) {
      if (candidates[at(other)]) conflicts.add(at(core), at(other));
    });
  }
  const std::vector<bool> dropped = conflicts.fewest_dropped(kMaxSteps);
  for (int core = 0; core < cores; ++core) {
    if (!dropped[at(core)]) continue;
    // A kept core that it is in conflict with: without one, keeping it would be better.
    int kept = 0;
    while (kept < cores - 1 && (dropped[at(kept)] || !conflicts.has(at(core), at(kept)))) ++kept;
    leave_out(core, ways.between(core, kept));
  }
  std::sort(result.begin(), result.end(),
            [](const auto& a, const auto& b) { return a.core < b.core; });
  return result;
}

/// Joins the first texts, with an ellipsis for the others.
std::string listed(std::vector<std::string> texts) {
  const bool more = texts.size() > kNamed;
  if (more) texts.resize(kNamed);
  return fmt::format("{}{}", fmt::join(texts, ", "), more ? ", ..." : "");
}

}  // namespace

UsableCores::UsableCores(const ChipDescription& chip) : usable_(at(chip.grid().cores()), true) {
  for (const DeadCore& core : chip.defects.cores) {
    usable_[at(chip.grid().core_at(core.x, core.y))] = false;
  }
  if (!chip.defects.links.empty()) {
    cut_off_ = with_topology(
        chip, [&](const auto& topology) { return arch::cut_off(topology, chip, usable_); });
  }
  count_ = static_cast<int>(std::count(usable_.begin(), usable_.end(), true));
}

std::string UsableCores::missing(const ChipDescription& chip) const {
  std::vector<std::string> kinds;
  const auto add = [&](const char* what, const std::vector<std::string>& names) {
    if (names.empty()) return;
    kinds.push_back(fmt::format("{} {} ({})", names.size(), what, listed(names)));
  };
  std::vector<std::string> dead;
  for (const DeadCore& core : chip.defects.cores) {
    dead.push_back(core_name(chip, chip.grid().core_at(core.x, core.y)));
  }
  std::vector<std::string> cut;
  for (const CutOff& core : cut_off_) {
    const DeadLink& link = chip.defects.links[core.link];
    cut.push_back(
        fmt::format("{} by {}", core_name(chip, core.core), link_name(link.from, link.to)));
  }
  add("dead", dead);
  add("cut off", cut);
  return fmt::format("{}", fmt::join(kinds, " and "));
}

}  // namespace spikeloom::arch
