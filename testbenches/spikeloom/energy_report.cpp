// SPDX-License-Identifier: Apache-2.0
#include "testbenches/spikeloom/energy_report.h"

namespace spikeloom::program {
namespace {

/// Cores that each account keeps busy: a core shared by several layers counts by their neurons.
std::vector<double> core_shares(const common::Deployment& deployment) {
  std::vector<double> shares(layer_account(deployment.layers.size()));
  for (const common::CoreLabels& labels : deployment.cores) {
    std::vector<std::size_t> neurons(deployment.layers.size());
    for (const common::NeuronLabel& label : labels.neurons) ++neurons[label.layer];
    for (std::size_t l = 0; l < neurons.size(); ++l) {
      shares[layer_account(l)] +=
          static_cast<double>(neurons[l]) / static_cast<double>(labels.neurons.size());
    }
  }
  return shares;
}

}  // namespace

EnergyReport::EnergyReport(const hw::EnergyDescription& description,
                           const common::Deployment& deployment, const ShareResult& result)
    : deployment_(deployment),
      result_(result),
      model_(description, deployment.chip),
      shares_(core_shares(deployment)) {
  part_names_.emplace_back("input");
  for (const common::DeployedLayer& layer : deployment.layers) part_names_.push_back(layer.name);
  part_names_.emplace_back("(idle cores)");
  part_names_.emplace_back("(chip)");
  add_ticks();
  add_steady();
}

std::vector<PartEnergy> EnergyReport::parts(const std::vector<hw::EventCounts>& events,
                                            double cycles) const {
  std::vector<PartEnergy> parts(part_names_.size());
  for (std::size_t a = 0; a < events.size(); ++a) {
    parts[a].activity.events = events[a];
    parts[a].activity.add_cores(shares_[a], cycles);
  }
  const common::ChipDescription& chip = deployment_.chip;
  const auto idle =
      static_cast<double>(static_cast<std::size_t>(chip.grid().cores()) - deployment_.cores.size());
  parts[idle_cores()].activity.add_idle_cores(idle, cycles);
  parts[chips()].activity.add_chips(chip.board.chips(), cycles);
  for (PartEnergy& part : parts) part.joule = model_.energy(part.activity);
  return parts;
}

std::vector<PartEnergy> EnergyReport::tick_parts(const TickEnergy& tick) const {
  const TickRecord& record = result_.images[tick.image].ticks[tick.tick];
  return parts(record.events, static_cast<double>(record.cycles));
}

void EnergyReport::add_ticks() {
  std::int64_t start = 0;
  for (std::size_t i = 0; i < result_.images.size(); ++i) {
    double& image = images_.emplace_back(0.0);
    for (std::size_t t = 0; t < result_.images[i].ticks.size(); ++t) {
      TickEnergy tick{i, t, start, result_.images[i].ticks[t].cycles, 0.0};
      tick.joule = by_component(tick_parts(tick)).total();
      ticks_.push_back(tick);
      image += tick.joule;
      start += tick.cycles;
    }
  }
}

void EnergyReport::add_steady() {
  std::vector<hw::EventCounts> events(shares_.size());
  std::int64_t cycles = 0;
  for (const ImageRecord& image : result_.images) {
    if (!image.steady) continue;
    ++steady_;
    cycles += image.cycles();
    for (const TickRecord& tick : image.ticks) {
      for (std::size_t a = 0; a < events.size(); ++a) events[a] += tick.events[a];
    }
  }
  steady_parts_ = parts(events, static_cast<double>(cycles));
  for (const hw::EventCounts& core : result_.cores) {
    PartEnergy& part = steady_cores_.emplace_back();
    part.activity.events = core;
    part.activity.add_cores(1.0, static_cast<double>(cycles));
    part.joule = model_.energy(part.activity);
  }
}

double EnergyReport::configuration(const hw::BusCost& cost, hw::Event word) const {
  const double cycles = cost.seconds * deployment_.chip.clock_hz;
  std::vector<PartEnergy> all = parts(std::vector<hw::EventCounts>(shares_.size()), cycles);
  PartEnergy& bus = all.emplace_back();
  bus.activity.events[word] = cost.bytes / common::kBusWordBytes;
  bus.joule = model_.energy(bus.activity);
  return by_component(all).total();
}

hw::EnergyByComponent by_component(const std::vector<PartEnergy>& parts) {
  hw::EnergyByComponent sum;
  for (const PartEnergy& part : parts) sum += part.joule;
  return sum;
}

}  // namespace spikeloom::program
