// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/network/router_network.h"

#include "spikeloom/hw/network/router_network_classes.h"

namespace spikeloom::hw {

std::unique_ptr<SpikeNetwork> make_router_network(const arch::ChipDescription& chip,
                                                  SpikeSink& sink, std::size_t categories,
                                                  NetworkObserver* observer) {
  if (observer != nullptr) return make_watched_network(chip, sink, categories, observer);
  return network_of_class<Unwatched>(chip, sink, categories);
}

}  // namespace spikeloom::hw
