// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/packet.h"
#include "spikeloom/hw/network/spike_network.h"
#include "testbenches/unit/support/random.h"

namespace spikeloom::rtl {

/// The packets of a tick.
struct NetworkTick {
  std::vector<std::vector<hw::Emission>> cores;  ///< by sender
  /// Cores that hand out their packets while the tick runs.
  std::vector<bool> grows;
  std::vector<hw::Emission> host;
};

/// Makes the random packets of consecutive ticks of one kind of traffic.
class NetworkTraffic {
 public:
  enum class Pattern {
    kUniform,    ///< single cores
    kHotspot,    ///< one core
    kMulticast,  ///< any rectangles
    kMixed,      ///< single cores, and some rectangles
    kBroadcast,  ///< all cores, from everywhere
    kOpposite,   ///< the core at the opposite place, over the longest ways
    kHost,       ///< the host
  };
  static constexpr int kPatterns = 7;

  NetworkTraffic(const arch::ChipDescription& chip, std::size_t categories, test::Random& random);

  NetworkTick next_tick();

 private:
  std::vector<hw::Emission> emissions(int sender);
  arch::Packet packet(int sender);
  arch::Region region(int sender);

  arch::MeshDescription grid_;
  std::size_t categories_;
  test::Random& random_;
  Pattern pattern_;
  int hot_x_;
  int hot_y_;
  int max_packets_;
  int max_gap_;       ///< cycles between the packets of a sender
  int host_percent_;  ///< of packets that go to the host
  int parity_ = 1;    ///< of the current tick
};

}  // namespace spikeloom::rtl
