// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/network/ideal_network.h"

#include <algorithm>

namespace spikeloom::hw {

void IdealNetwork::begin_tick() {
  waiting_.clear();
  std::fill(activity_.begin(), activity_.end(), NetworkActivity{});
}

void IdealNetwork::inject_from_core(int /*core*/, const std::vector<Emission>& emissions) {
  for (const Emission& emission : emissions) ++activity_[emission.category].packets;
  waiting_.push_back(&emissions);
}

void IdealNetwork::inject_from_host(const std::vector<Emission>& emissions) {
  for (const Emission& emission : emissions) ++activity_[emission.category].host_packets;
  waiting_.push_back(&emissions);
}

std::int64_t IdealNetwork::run(std::int64_t /*limit*/) {
  for (const std::vector<Emission>* emissions : waiting_) {
    for (const Emission& emission : *emissions) {
      NetworkActivity& activity = activity_[emission.category];
      switch (emission.packet.kind()) {
        case arch::PacketKind::kHost:
          ++activity.host_packets;
          sink_.deliver_to_host(emission.packet, 0);
          break;
        case arch::PacketKind::kCore: {
          const arch::Region region = emission.packet.region();
          activity.deliveries += static_cast<std::uint64_t>(region.cores());
          for (int y = region.y0; y <= region.y1; ++y) {
            for (int x = region.x0; x <= region.x1; ++x) {
              sink_.deliver_to_core(grid_.core_at(x, y), emission.packet, 0);
            }
          }
          break;
        }
      }
    }
  }
  waiting_.clear();
  return kForever;
}

}  // namespace spikeloom::hw
