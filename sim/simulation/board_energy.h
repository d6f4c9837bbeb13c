// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/hw/energy/energy_model.h"

namespace spikeloom::sim {

/// The energy of what one part of the board did: an account, its idle cores, or its chips apart
/// from their cores.
struct PartEnergy {
  hw::Activity activity;
  hw::EnergyByComponent joule;
};

/// The sum over parts in order.
hw::EnergyByComponent by_component(const std::vector<PartEnergy>& parts);

/// Energies of a board that runs a deployment, by part.
class BoardEnergy {
 public:
  BoardEnergy(const hw::EnergyDescription& description, const arch::Deployment& deployment);

  /// Accounts in order, then the idle cores, then the chips.
  const std::vector<std::string>& part_names() const { return part_names_; }
  std::size_t idle_cores() const { return part_names_.size() - 2; }
  std::size_t chips() const { return part_names_.size() - 1; }

  /// Of `events`, by account, and of all of the board over `cycles`.
  std::vector<PartEnergy> parts(const std::vector<hw::EventCounts>& events, double cycles) const;
  /// Mean power meanwhile, in watt.
  double watt(const std::vector<hw::EventCounts>& events, double cycles) const;
  /// Power without events, in watt: clock and leakage.
  double static_watt() const;

  std::size_t categories() const { return ranges_.size(); }
  const hw::EnergyModel& model() const { return model_; }

 private:
  const arch::Deployment& deployment_;
  hw::EnergyModel model_;
  std::vector<double> ranges_;  ///< by account: cores that it keeps busy
  std::vector<std::string> part_names_;
};

}  // namespace spikeloom::sim
