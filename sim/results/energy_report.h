// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/sim/simulation/board_energy.h"
#include "spikeloom/sim/simulation/range_result.h"

namespace spikeloom::sim {

/// Calls `visit(name, count, joules per event)` for each term of `activity` with a nonzero
/// count.
template <typename Visit>
void for_each_term(const hw::Activity& activity, const hw::EnergyModel& model, const Visit& visit) {
  for (std::size_t i = 0; i < hw::kEvents; ++i) {
    const auto event = static_cast<hw::Event>(i);
    const auto count = static_cast<double>(activity.events[event]);
    if (count != 0.0) visit(name(event), count, model.joule(event));
  }
  for (std::size_t i = 0; i < hw::kStaticTerms; ++i) {
    const auto term = static_cast<hw::StaticTerm>(i);
    const double cycles = activity.cycles(term);
    if (cycles != 0.0) visit(name(term), cycles, model.joule(term));
  }
}

/// An event or a static term, and its share of an energy.
struct TermShare {
  std::string name;
  double share = 0.0;
};

/// The energy of a run with timing cycle. Energies are exact event counts times coefficients. Sums
/// go over parts, and within a part over components, in a fixed order, so that the parts add up to
/// the whole except for rounding.
class EnergyReport {
 public:
  EnergyReport(const hw::EnergyDescription& description, const arch::Deployment& deployment,
               const RangeResult& result);

  /// The categories in order, then the idle cores, then the chips.
  const std::vector<std::string>& part_names() const { return board_.part_names(); }
  /// Index of the part "idle cores".
  std::size_t idle_cores() const { return board_.idle_cores(); }
  /// Index of the part "chips".
  std::size_t chips() const { return board_.chips(); }

  /// Number of steady ticks (without a pipeline: images), over which energy and time are averaged.
  std::size_t steady() const { return steady_; }
  /// Length of the steady ticks, in cycles.
  std::int64_t steady_cycles() const { return steady_cycles_; }
  /// Energy of the steady ticks, by part.
  const std::vector<PartEnergy>& steady_parts() const { return steady_parts_; }
  /// Energy of the steady ticks, by core in the deployment's order: its own events, clock and
  /// leakage.
  const std::vector<PartEnergy>& steady_cores() const { return steady_cores_; }
  /// Energy of a tick, by part.
  std::vector<PartEnergy> parts(const TickRecord& tick) const;
  /// Energy of a tick, in joules.
  double joule(const TickRecord& tick) const;
  /// Energy of all ticks of an image, in joules.
  double joule(const ImageRecord& image) const;
  /// Shares of the steady energy, by event and static term. Energies are linear in the
  /// coefficients, so a coefficient that grows by a fraction f adds f times its share.
  std::vector<TermShare> shares() const;
  /// Energy in joules of the words written or read over the configuration bus, plus the static
  /// energy of the whole board during that time.
  double configuration(const hw::BusCost& cost, hw::Event word) const;

  const hw::EnergyModel& model() const { return board_.model(); }

 private:
  BoardEnergy board_;
  std::size_t steady_ = 0;
  std::int64_t steady_cycles_ = 0;
  std::vector<PartEnergy> steady_parts_;
  std::vector<PartEnergy> steady_cores_;
};

}  // namespace spikeloom::sim
