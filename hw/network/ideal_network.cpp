// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/network/ideal_network.h"

#include <algorithm>

namespace spikeloom::hw {

void IdealNetwork::begin_tick() {
  waiting_.clear();
  std::fill(activity_.begin(), activity_.end(), NetworkActivity{});
}

void IdealNetwork::inject_from_core(int core, const std::vector<Emission>& emissions) {
  inject_more_from_core(core, emissions, 0);
}

void IdealNetwork::inject_more_from_core(int /*core*/, const std::vector<Emission>& emissions,
                                         std::size_t first) {
  for (std::size_t i = first; i < emissions.size(); ++i) {
    ++activity_[emissions[i].category].packets;
  }
  waiting_.push_back({&emissions, first, emissions.size()});
}

void IdealNetwork::inject_from_host(const std::vector<Emission>& emissions) {
  for (const Emission& emission : emissions) ++activity_[emission.category].host_packets;
  waiting_.push_back({&emissions, 0, emissions.size()});
}

std::int64_t IdealNetwork::run(std::int64_t /*limit*/) {
  for (const Batch& batch : waiting_) {
    for (std::size_t i = batch.first; i < batch.end; ++i) deliver((*batch.emissions)[i]);
  }
  waiting_.clear();
  return kForever;
}

void IdealNetwork::deliver(const Emission& emission) {
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

}  // namespace spikeloom::hw
