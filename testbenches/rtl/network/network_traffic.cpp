// SPDX-License-Identifier: Apache-2.0
#include "testbenches/rtl/network/network_traffic.h"

namespace spikeloom::rtl {
namespace {

constexpr int kHost = -1;  ///< as a sender

}  // namespace

using arch::Packet;
using arch::Region;

NetworkTraffic::NetworkTraffic(const arch::ChipDescription& chip, std::size_t categories,
                               test::Random& random)
    : grid_(chip.grid()),
      categories_(categories),
      random_(random),
      pattern_(static_cast<Pattern>(random.between(0, kPatterns - 1))),
      hot_x_(random.between(0, grid_.columns - 1)),
      hot_y_(random.between(0, grid_.rows - 1)),
      max_packets_(random.between(1, 20)),
      // Often all packets are ready at once.
      max_gap_(random.chance(30) ? 0 : random.between(1, 30)),
      host_percent_(pattern_ == Pattern::kHost ? 90 : random.between(0, 30)) {}

NetworkTick NetworkTraffic::next_tick() {
  parity_ = 1 - parity_;
  NetworkTick tick;
  for (int core = 0; core < grid_.cores(); ++core) {
    tick.cores.push_back(emissions(core));
    tick.grows.push_back(random_.chance(30));
  }
  tick.host = emissions(kHost);
  return tick;
}

std::vector<hw::Emission> NetworkTraffic::emissions(int sender) {
  std::vector<hw::Emission> list;
  std::int64_t ready = 0;
  for (int i = random_.chance(60) ? random_.between(0, max_packets_) : 0; i > 0; --i) {
    if (random_.chance(50)) ready += random_.between(0, max_gap_);
    const auto category =
        static_cast<std::uint16_t>(random_.between(0, static_cast<int>(categories_) - 1));
    list.push_back({packet(sender), ready, category});
  }
  return list;
}

Packet NetworkTraffic::packet(int sender) {
  if (sender != kHost && random_.chance(host_percent_)) {
    return Packet::to_host(random_.between(0, Packet::kMaxOutputs - 1)).with_parity(parity_);
  }
  const Region to = region(sender);
  const bool expanded = random_.chance(15);
  return (expanded ? Packet::to_entries(to, random_.between(0, 63))
                   : Packet::to_cores(to, random_.between(0, Packet::kMaxGroups - 1),
                                      random_.between(0, Packet::kMaxAxons)))
      .with_parity(parity_);
}

Region NetworkTraffic::region(int sender) {
  const int x = random_.between(0, grid_.columns - 1);
  const int y = random_.between(0, grid_.rows - 1);
  const Region single{x, y, x, y};
  const auto rectangle = [&] {
    return Region{x, y, random_.between(x, grid_.columns - 1), random_.between(y, grid_.rows - 1)};
  };
  switch (pattern_) {
    case Pattern::kUniform:
    case Pattern::kHost:
      return single;
    case Pattern::kHotspot:
      return {hot_x_, hot_y_, hot_x_, hot_y_};
    case Pattern::kMulticast:
      return rectangle();
    case Pattern::kMixed:
      return random_.chance(30) ? rectangle() : single;
    case Pattern::kBroadcast:
      return {0, 0, grid_.columns - 1, grid_.rows - 1};
    case Pattern::kOpposite: {
      if (sender == kHost) return single;
      const int to_x = grid_.columns - 1 - grid_.x(sender);
      const int to_y = grid_.rows - 1 - grid_.y(sender);
      return {to_x, to_y, to_x, to_y};
    }
  }
  return single;
}

}  // namespace spikeloom::rtl
