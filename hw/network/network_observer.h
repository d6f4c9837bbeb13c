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
  std::int64_t arrival = 0;  ///< at the next FIFO, the core or the host
  std::int64_t free = 0;     ///< first cycle in which the output may send again
  std::uint64_t wire = 0;    ///< its bits on the link: with what the topology adds on its way
};

/// Observes a router network at work. Cycles count from the start of the tick. Calls come in the
/// order in which the network works, not in the order of cycles.
class NetworkObserver {
 public:
  virtual ~NetworkObserver() = default;

  /// Returns which routers to observe, by number.
  virtual const std::vector<bool>& observed() const = 0;
  virtual void tick_started(std::uint64_t number, std::int64_t start_cycle) = 0;
  /// `packets` packets of the host wait from the start of the tick on.
  virtual void host_sends(std::size_t packets) = 0;
  /// A packet of a core or the host takes a place in the FIFO of `input`.
  virtual void entered(std::uint32_t router, unsigned input, arch::Packet packet,
                       std::int64_t cycle) = 0;
  /// A packet of any origin takes a place in the FIFO of `input` from `cycle` on.
  virtual void queued(std::uint32_t router, unsigned input, std::int64_t cycle) = 0;
  /// The oldest packet of the FIFO has left in `cycle`. Its place is free from the next cycle on.
  virtual void left(std::uint32_t router, unsigned input, std::int64_t cycle) = 0;
  virtual void departed(const Departure& departure) = 0;
};

/// Parameter of RouterNetwork without an observer. All of it is compiled away.
class Unwatched {
 public:
  static constexpr bool kMixed = false;

  Unwatched(NetworkObserver* /*observer*/, std::size_t /*routers*/) {}

  void entered(std::uint32_t, unsigned, std::uint64_t, std::int64_t) {}
  void queued(std::uint32_t, unsigned, std::int64_t) {}
  void left(std::uint32_t, unsigned, std::int64_t) {}
  void departed(std::uint32_t, unsigned, std::uint64_t, std::int64_t, std::int64_t, std::int64_t,
                std::uint64_t) {}
};

/// Parameter of RouterNetwork with an observer. Forwards the calls of observed routers; without an
/// observer there are none.
class Watched {
 public:
  static constexpr bool kMixed = false;

  Watched(NetworkObserver* observer, std::size_t routers)
      : observer_(observer),
        observed_(observer != nullptr ? observer->observed() : std::vector<bool>(routers)) {}

  void entered(std::uint32_t router, unsigned input, std::uint64_t packet, std::int64_t cycle) {
    if (observed_[router]) observer_->entered(router, input, arch::Packet(packet), cycle);
  }
  void queued(std::uint32_t router, unsigned input, std::int64_t cycle) {
    if (observed_[router]) observer_->queued(router, input, cycle);
  }
  void left(std::uint32_t router, unsigned input, std::int64_t cycle) {
    if (observed_[router]) observer_->left(router, input, cycle);
  }
  void departed(std::uint32_t router, unsigned output, std::uint64_t packet, std::int64_t cycle,
                std::int64_t arrival, std::int64_t free, std::uint64_t wire) {
    if (!observed_[router]) return;
    observer_->departed({router, output, arch::Packet(packet), cycle, arrival, free, wire});
  }

 private:
  NetworkObserver* observer_;
  std::vector<bool> observed_;
};

/// Parameter of RouterNetwork in which other routers work beside its own (RouterIf), with or
/// without an observer.
class Mixed : public Watched {
 public:
  static constexpr bool kMixed = true;

  using Watched::Watched;
};

}  // namespace spikeloom::hw
