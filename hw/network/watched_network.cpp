// SPDX-License-Identifier: Apache-2.0
// Networks that are recorded, and those with parts in RTL.
#include "spikeloom/hw/network/router_network_classes.h"

namespace spikeloom::hw {

std::unique_ptr<SpikeNetwork> make_watched_network(const arch::ChipDescription& chip,
                                                   SpikeSink& sink, std::size_t categories,
                                                   NetworkObserver* observer) {
  return network_of_class<Watched>(chip, sink, categories, observer);
}

std::unique_ptr<SpikeNetwork> make_mixed_network(const arch::ChipDescription& chip, SpikeSink& sink,
                                                 std::size_t categories, NetworkObserver* observer,
                                                 const RouterFactory& others) {
  return network_of_class<Mixed>(chip, sink, categories, observer, others);
}

}  // namespace spikeloom::hw
