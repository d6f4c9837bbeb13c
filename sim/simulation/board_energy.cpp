// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/simulation/board_energy.h"

#include "spikeloom/arch/names.h"
#include "spikeloom/sim/simulation/stat_categories.h"

namespace spikeloom::sim {
namespace {

/// Returns the number of cores that each category uses. A core shared by several layers is divided
/// in proportion to their neurons.
std::vector<double> core_shares(const arch::Deployment& deployment) {
  std::vector<double> ranges(layer_category(deployment.layers.size()));
  for (const arch::CoreLabels& labels : deployment.cores) {
    std::vector<std::size_t> neurons(deployment.layers.size());
    for (const arch::NeuronLabel& label : labels.neurons) ++neurons[label.layer];
    for (std::size_t l = 0; l < neurons.size(); ++l) {
      ranges[layer_category(l)] +=
          static_cast<double>(neurons[l]) / static_cast<double>(labels.neurons.size());
    }
  }
  return ranges;
}

}  // namespace

hw::EnergyByComponent by_component(const std::vector<PartEnergy>& parts) {
  hw::EnergyByComponent sum;
  for (const PartEnergy& part : parts) sum += part.joule;
  return sum;
}

BoardEnergy::BoardEnergy(const hw::EnergyDescription& description,
                         const arch::Deployment& deployment)
    : deployment_(deployment),
      model_(description, deployment.chip),
      ranges_(core_shares(deployment)) {
  part_names_.emplace_back(arch::kInputPart);
  for (const arch::DeployedLayer& layer : deployment.layers) part_names_.push_back(layer.name);
  part_names_.emplace_back(arch::kIdleCoresPart);
  part_names_.emplace_back(arch::kChipPart);
}

std::vector<PartEnergy> BoardEnergy::parts(const std::vector<hw::EventCounts>& events,
                                           double cycles) const {
  std::vector<PartEnergy> parts(part_names_.size());
  for (std::size_t a = 0; a < events.size(); ++a) {
    parts[a].activity.events = events[a];
    parts[a].activity.add_cores(ranges_[a], cycles);
  }
  const arch::ChipDescription& chip = deployment_.chip;
  const auto idle =
      static_cast<double>(static_cast<std::size_t>(chip.grid().cores()) - deployment_.cores.size());
  parts[idle_cores()].activity.add_idle_cores(idle, cycles);
  parts[chips()].activity.add_chips(chip.board.chips(), cycles);
  for (PartEnergy& part : parts) part.joule = model_.energy(part.activity);
  return parts;
}

double BoardEnergy::watt(const std::vector<hw::EventCounts>& events, double cycles) const {
  return by_component(parts(events, cycles)).total() / deployment_.chip.seconds(cycles);
}

double BoardEnergy::static_watt() const {
  return watt(std::vector<hw::EventCounts>(categories()), 1.0);
}

}  // namespace spikeloom::sim
