// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/inputs/energy_coefficients.h"

#include "spikeloom/base/units.h"

namespace spikeloom::sim {

mapper::EnergyCoefficients energy_coefficients(const hw::EnergyDescription& energy,
                                               const arch::ChipDescription& chip) {
  const hw::EnergyModel model(energy, chip);
  const auto event = [&](hw::Event kind) { return base::to_pico(model.joule(kind)); };
  const auto cycle = [&](hw::StaticTerm clock, hw::StaticTerm leakage) {
    return base::to_pico(model.joule(clock) + model.joule(leakage));
  };
  mapper::EnergyCoefficients coefficients;
  coefficients.axon_write = event(hw::Event::kAxonWrite);
  coefficients.expansion_write = event(hw::Event::kExpansionWrite);
  coefficients.scan_word = event(hw::Event::kScanWord);
  coefficients.row_word_read = event(hw::Event::kRowWordRead);
  coefficients.gather = event(hw::Event::kGather);
  coefficients.route_read = event(hw::Event::kRouteRead);
  coefficients.router_traversal = event(hw::Event::kRouterTraversal);
  coefficients.link_transfer = event(hw::Event::kLinkTransfer);
  coefficients.host_transfer = event(hw::Event::kHostTransfer);
  using hw::StaticTerm;
  coefficients.chip_cycle = cycle(StaticTerm::kChipClock, StaticTerm::kChipLeakage);
  coefficients.active_core_cycle = cycle(StaticTerm::kCoreClock, StaticTerm::kCoreLeakage);
  coefficients.idle_core_cycle = cycle(StaticTerm::kIdleCoreClock, StaticTerm::kIdleCoreLeakage);
  return coefficients;
}

}  // namespace spikeloom::sim
