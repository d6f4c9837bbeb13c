// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "spikeloom/arch/packet.h"

namespace spikeloom::hw {

/// A packet that leaves a router by an output.
struct Departure {
  std::uint32_t router = 0;
  unsigned output = 0;
  arch::Packet packet;
  std::int64_t cycle = 0;
  std::int64_t arrival = 0;  ///< in the next FIFO, in the core, or at the host
  std::int64_t free = 0;     ///< the output may send again
};

/// Who looks at a router network as it works. Cycles count from the tick's start; calls come in the
/// order of the work, not of the cycles.
class NetworkObserver {
 public:
  virtual ~NetworkObserver() = default;

  /// The routers that it wants to hear of, by number.
  virtual const std::vector<bool>& observed() const = 0;
  virtual void tick_started(std::uint64_t number, std::int64_t start_cycle) = 0;
  /// So many packets of the host wait from the tick's start on.
  virtual void host_sends(std::size_t packets) = 0;
  /// A packet of a core or the host takes a place in the FIFO of `input`.
  virtual void entered(std::uint32_t router, unsigned input, arch::Packet packet,
                       std::int64_t cycle) = 0;
  /// A place in a FIFO is taken from `cycle` on, by any packet.
  virtual void queued(std::uint32_t router, unsigned input, std::int64_t cycle) = 0;
  /// The FIFO's oldest packet has left in `cycle`: its place is free from the next one on.
  virtual void left(std::uint32_t router, unsigned input, std::int64_t cycle) = 0;
  virtual void departed(const Departure& departure) = 0;
};

/// RouterNetwork's parameter where nobody looks: all of it is compiled away.
class Unwatched {
 public:
  explicit Unwatched(NetworkObserver* /*observer*/) {}

  void entered(std::uint32_t, unsigned, std::uint64_t, std::int64_t) {}
  void queued(std::uint32_t, unsigned, std::int64_t) {}
  void left(std::uint32_t, unsigned, std::int64_t) {}
  void departed(std::uint32_t, unsigned, std::uint64_t, std::int64_t, std::int64_t, std::int64_t) {}
};

/// RouterNetwork's parameter where somebody does: hands on what concerns an observed router.
class Watched {
 public:
  explicit Watched(NetworkObserver* observer)
      : observer_(*observer), observed_(observer->observed()) {}

  void entered(std::uint32_t router, unsigned input, std::uint64_t packet, std::int64_t cycle) {
    if (observed_[router]) observer_.entered(router, input, arch::Packet(packet), cycle);
  }
  void queued(std::uint32_t router, unsigned input, std::int64_t cycle) {
    if (observed_[router]) observer_.queued(router, input, cycle);
  }
  void left(std::uint32_t router, unsigned input, std::int64_t cycle) {
    if (observed_[router]) observer_.left(router, input, cycle);
  }
  void departed(std::uint32_t router, unsigned output, std::uint64_t packet, std::int64_t cycle,
                std::int64_t arrival, std::int64_t free) {
    if (!observed_[router]) return;
    observer_.departed({router, output, arch::Packet(packet), cycle, arrival, free});
  }

 private:
  NetworkObserver& observer_;
  std::vector<bool> observed_;
};

}  // namespace spikeloom::hw
