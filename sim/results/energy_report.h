// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/sim/simulation/board_energy.h"
#include "spikeloom/sim/simulation/range_result.h"

namespace spikeloom::sim {

/// A tick that is booked to an image.
struct TickEnergy {
  std::size_t image;         ///< in RangeResult::images
  std::size_t tick;          ///< of that image
  std::int64_t start_cycle;  ///< from the start of the first of them
  std::int64_t cycles;
  double joule;
};

/// What a run with timing cycle cost. Its energies are counts, which are exact, times coefficients;
/// each sum is over parts in their order, in each over components in theirs, so that parts and
/// whole agree but for the rounding of that sum.
class EnergyReport {
 public:
  EnergyReport(const hw::EnergyDescription& description, const arch::Deployment& deployment,
               const RangeResult& result);

  /// Accounts in order, then the idle cores, then the chips.
  const std::vector<std::string>& part_names() const { return board_.part_names(); }
  std::size_t idle_cores() const { return board_.idle_cores(); }
  std::size_t chips() const { return board_.chips(); }

  /// All ticks of all images.
  const std::vector<TickEnergy>& ticks() const { return ticks_; }
  /// Ticks, or images without a pipeline, whose energies and times count in the means.
  std::size_t steady() const { return steady_; }
  /// Of those, by part.
  const std::vector<PartEnergy>& steady_parts() const { return steady_parts_; }
  /// Of those, the cores in the deployment's order: own events, clock and leakage.
  const std::vector<PartEnergy>& steady_cores() const { return steady_cores_; }
  /// Of a tick, by part.
  std::vector<PartEnergy> tick_parts(const TickEnergy& tick) const;
  /// Of an image, all its ticks.
  double image(std::size_t image) const { return images_[image]; }
  /// Words written or read over the configuration bus, and the whole board meanwhile.
  double configuration(const hw::BusCost& cost, hw::Event word) const;

  const hw::EnergyModel& model() const { return board_.model(); }

 private:
  void add_ticks();
  void add_steady();

  const arch::Deployment& deployment_;
  const RangeResult& result_;
  BoardEnergy board_;
  std::vector<TickEnergy> ticks_;
  std::vector<double> images_;
  std::size_t steady_ = 0;
  std::vector<PartEnergy> steady_parts_;
  std::vector<PartEnergy> steady_cores_;
};

}  // namespace spikeloom::sim
