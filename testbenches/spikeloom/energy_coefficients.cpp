// SPDX-License-Identifier: Apache-2.0
#include "testbenches/spikeloom/energy_coefficients.h"

namespace spikeloom::program {

mapper::EnergyCoefficients energy_coefficients(const hw::EnergyDescription& energy,
                                               const common::ChipDescription& chip) {
  constexpr double kPicojoule = 1e12;  // in a joule
  const hw::EnergyModel model(energy, chip);
  const auto event = [&](hw::Event kind) {
    hw::EventCounts counts;
    counts[kind] = 1;
    return kPicojoule * model.dynamic(counts).total();
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
  coefficients.chip_cycle = kPicojoule * model.chips(1.0, 1.0).total();
  coefficients.active_core_cycle = kPicojoule * model.cores(1.0, true, 1.0).total();
  coefficients.idle_core_cycle = kPicojoule * model.cores(1.0, false, 1.0).total();
  return coefficients;
}

}  // namespace spikeloom::program
