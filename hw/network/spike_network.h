// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/packet.h"
#include "spikeloom/hw/network/network_observer.h"

namespace spikeloom::hw {

/// A packet that waits to enter the network.
struct Emission {
  arch::Packet packet;
  std::int64_t ready = 0;      ///< earliest cycle, from the start of the tick
  std::uint16_t category = 0;  ///< stat category to which its events are booked
};

/// Receives the packets that leave the network.
class SpikeSink {
 public:
  virtual ~SpikeSink() = default;
  /// `cycle` counts from the start of the tick.
  virtual void deliver_to_core(int core, arch::Packet packet, std::int64_t cycle) = 0;
  virtual void deliver_to_host(arch::Packet packet, std::int64_t cycle) = 0;
  /// Returns the number of cycles that an expanded packet occupies the core's port after its
  /// arrival.
  virtual std::int64_t port_cycles(int /*core*/, arch::Packet /*packet*/) { return 0; }
};

/// Activity of the network in a tick for one stat category.
struct NetworkActivity {
  std::uint64_t packets = 0;               ///< entered from cores
  std::uint64_t host_packets = 0;          ///< entered from the host, or delivered to it
  std::uint64_t router_traversals = 0;     ///< passages from an input to an output of a router
  std::uint64_t link_transfers = 0;        ///< passages from a router to the next one on its chip
  std::uint64_t inter_chip_transfers = 0;  ///< passages to the next router on another chip
  std::uint64_t deliveries = 0;            ///< to cores
  std::int64_t last_event = 0;  ///< end of its last entry or delivery, from the start of the tick

  NetworkActivity& operator+=(const NetworkActivity& other);
};

/// Packets that have not reached all their receivers yet.
struct Waiting {
  std::uint64_t packets = 0;
  arch::Packet first;

  void add(arch::Packet packet) {
    if (packets++ == 0) first = packet;
  }
};

/// Carries the packets of a tick between cores and host. Cycles count from the start of the tick.
class SpikeNetwork {
 public:
  static constexpr std::int64_t kForever = INT64_MAX;

  virtual ~SpikeNetwork() = default;

  virtual void begin_tick() = 0;
  /// Ends the tick after `cycles`. Packets that still wait continue in the next tick. The lists of
  /// emissions are not used after this call. If packets are late, or `cores_late`, which says that
  /// a core has not finished, the network is not reset at the start of the next tick.
  virtual void end_tick(std::int64_t cycles, bool cores_late) = 0;
  /// Returns the packets of ticks with `parity` that have not arrived.
  virtual Waiting waiting(int parity) const = 0;
  /// Injects packets in the order of the list, in which `ready` never decreases. The list must stay
  /// at the same address until the end of the tick.
  virtual void inject_from_core(int core, const std::vector<Emission>& emissions) = 0;
  /// Injects packets that were added to the list of inject_from_core during the tick: the entries
  /// from `first` on. They must not be ready before the `limit` of the last `run`.
  virtual void inject_more_from_core(int core, const std::vector<Emission>& emissions,
                                     std::size_t first) = 0;
  virtual void inject_from_host(const std::vector<Emission>& emissions) = 0;
  /// Works through all cycles before `limit`. Returns the cycle of the next event, or kForever if
  /// there is nothing left to do.
  virtual std::int64_t run(std::int64_t limit) = 0;
  /// Returns the activity in this tick by stat category.
  virtual const std::vector<NetworkActivity>& activity() const = 0;
  /// Returns the number of packets over each link in this tick, by arch::Link::index; empty if the
  /// network has no links.
  virtual const std::vector<std::uint32_t>& link_packets() const = 0;
  /// Adds link_packets() to `sums`, which it extends to the same length.
  virtual void add_link_packets(std::vector<std::uint64_t>& sums) const;
  /// Returns the end of the last event of the tick in any category.
  std::int64_t last_event() const;
};

/// Makes the network of a chip or board. `observer` is null if there is none. All arguments must
/// outlive the network.
using NetworkFactory =
    std::function<std::unique_ptr<SpikeNetwork>(const arch::ChipDescription& chip, SpikeSink& sink,
                                                std::size_t categories, NetworkObserver* observer)>;

}  // namespace spikeloom::hw
