// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/plan/objective.h"

#include <cmath>

namespace spikeloom::mapper {
namespace {

constexpr double kFemtojoulesPerPicojoule = 1000.0;

/// Expected energy of one layer.
class LayerEnergy {
 public:
  /// `input_spikes` is the number of the encoder's spikes if all levels fire.
  LayerEnergy(std::int64_t input_spikes, bool first, const arch::ChipDescription& chip,
              const EnergyCoefficients& energy)
      : first_(first),
        port_cycles_(chip.host_port.cycles_per_packet),
        tick_cycles_(kExpectedRate * static_cast<double>(input_spikes) * port_cycles_),
        reads_(expected_reads(chip.core)),
        cores_(chip.grid().cores()),
        chips_(chip.board.chips()),
        energy_(energy) {}

  double picojoule(const PlanCandidate& plan) const {
    const double packets = kExpectedRate * static_cast<double>(plan.packets);
    const double writes = kExpectedRate * static_cast<double>(plan.writes);
    const double reached = kExpectedRate * static_cast<double>(plan.reached);
    const double links = packets * std::sqrt(plan.cores) + reached;
    return (first_ ? input(packets) : packets * energy_.route_read) +
           links * (energy_.router_traversal + energy_.link_transfer) +
           writes * energy_.axon_write +
           kExpectedRate * static_cast<double>(plan.expanded_writes) * energy_.expansion_write +
           reads_ * static_cast<double>(plan.row_words) * energy_.row_word_read +
           static_cast<double>(plan.cores * plan.work.scan_words) * energy_.scan_word +
           static_cast<double>(plan.dendrites) * energy_.gather +
           plan.cores * tick_cycles_ * (energy_.active_core_cycle - energy_.idle_core_cycle);
  }

 private:
  /// Energy of the input packets in pJ. The host port determines the length of a tick, so the whole
  /// chip is charged for the time of these packets.
  double input(double packets) const {
    return packets * (energy_.host_transfer + port_cycles_ * (chips_ * energy_.chip_cycle +
                                                              cores_ * energy_.idle_core_cycle));
  }

  bool first_;
  double port_cycles_;
  double tick_cycles_;  ///< with one packet per input spike
  double reads_;        ///< fraction of the row words that are read
  double cores_;
  double chips_;
  const EnergyCoefficients& energy_;
};

template <typename Cost>
PlanCosts costs_of(const std::vector<LayerChoice>& layers, Cost cost) {
  PlanCosts costs;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    std::vector<PlanCost>& of_layer = costs.emplace_back();
    for (const PlanCandidate& candidate : layers[l].candidates) {
      of_layer.push_back(cost(l, candidate));
    }
  }
  return costs;
}

}  // namespace

PlanCosts traffic_costs(const std::vector<LayerChoice>& layers) {
  return costs_of(layers, [](std::size_t /*layer*/, const PlanCandidate& candidate) -> PlanCost {
    return {candidate.packets, candidate.writes};
  });
}

PlanCosts energy_costs(const std::vector<LayerChoice>& layers, const arch::ChipDescription& chip,
                       const EnergyCoefficients& coefficients) {
  const std::int64_t input_spikes = layers.front().geometry.terms.front().spikes();
  return costs_of(layers, [&](std::size_t l, const PlanCandidate& candidate) -> PlanCost {
    const bool first = layers[l].geometry.terms.front().source == converter::kEncoder;
    const LayerEnergy energy(input_spikes, first, chip, coefficients);
    return {std::llround(energy.picojoule(candidate) * kFemtojoulesPerPicojoule),
            candidate.packets};
  });
}

}  // namespace spikeloom::mapper
