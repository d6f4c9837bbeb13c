// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/hw/energy/energy_model.h"

namespace spikeloom::sim {

/// Activity and energy of one part of the board: a category, the idle cores, or the chips without
/// their cores.
struct PartEnergy {
  hw::Activity activity;
  hw::EnergyByComponent joule;
};

/// Returns the sum over the parts, in their order.
hw::EnergyByComponent by_component(const std::vector<PartEnergy>& parts);

/// Computes the energy of a board that runs a deployment, by part.
class BoardEnergy {
 public:
  BoardEnergy(const hw::EnergyDescription& description, const arch::Deployment& deployment);

  /// The categories in order, then the idle cores, then the chips.
  const std::vector<std::string>& part_names() const { return part_names_; }
  /// Index of the part "idle cores".
  std::size_t idle_cores() const { return part_names_.size() - 2; }
  /// Index of the part "chips".
  std::size_t chips() const { return part_names_.size() - 1; }

  /// Returns the energy of `events`, given by category, plus the static energy of the whole board
  /// over `cycles`.
  std::vector<PartEnergy> parts(const std::vector<hw::EventCounts>& events, double cycles) const;
  /// Mean power of the same, in watts.
  double watt(const std::vector<hw::EventCounts>& events, double cycles) const;
  /// Power without events (clock and leakage), in watts.
  double static_watt() const;

  /// Number of categories.
  std::size_t categories() const { return ranges_.size(); }
  const hw::EnergyModel& model() const { return model_; }

 private:
  const arch::Deployment& deployment_;
  hw::EnergyModel model_;
  std::vector<double> ranges_;  ///< by category: number of cores that it uses
  std::vector<std::string> part_names_;
};

}  // namespace spikeloom::sim
