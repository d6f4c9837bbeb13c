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
  std::int64_t ready = 0;      ///< earliest cycle, from the tick's start
  std::uint16_t category = 0;  ///< for reports: who pays for its way
};

/// Where packets leave the network.
class SpikeSink {
 public:
  virtual ~SpikeSink() = default;
  /// `cycle` is counted from the tick's start.
  virtual void deliver_to_core(int core, arch::Packet packet, std::int64_t cycle) = 0;
  virtual void deliver_to_host(arch::Packet packet, std::int64_t cycle) = 0;
  /// Cycles after its arrival for which an expanded packet keeps the core's port busy.
  virtual std::int64_t port_cycles(int /*core*/, arch::Packet /*packet*/) { return 0; }
};

/// What the network did in a tick for one account.
struct NetworkActivity {
  std::uint64_t packets = 0;               ///< entered, from cores
  std::uint64_t host_packets = 0;          ///< entered from the host, or left to it
  std::uint64_t router_traversals = 0;     ///< passages from an input to an output of a router
  std::uint64_t link_transfers = 0;        ///< passages from a router to the next of its chip
  std::uint64_t inter_chip_transfers = 0;  ///< to the next on another chip
  std::uint64_t deliveries = 0;            ///< to cores
  std::int64_t last_event = 0;  ///< end of its last entry or delivery, from the tick's start

  NetworkActivity& operator+=(const NetworkActivity& other);
};

/// Packets that have not arrived everywhere yet.
struct Waiting {
  std::uint64_t packets = 0;
  arch::Packet first;

  void add(arch::Packet packet) {
    if (packets++ == 0) first = packet;
  }
};

/// Carries the packets of a tick from cores and host to cores and host. Cycles are counted from the
/// start of the tick.
class SpikeNetwork {
 public:
  static constexpr std::int64_t kForever = INT64_MAX;

  virtual ~SpikeNetwork() = default;

  virtual void begin_tick() = 0;
  /// The tick is over after `cycles`. Packets that still wait go on in the next one; the emissions
  /// are not looked at any more.
  virtual void end_tick(std::int64_t cycles) = 0;
  /// Those of ticks of `parity`.
  virtual Waiting waiting(int parity) const = 0;
  /// Packets in the order in which they are to enter, `ready` not decreasing. The list must stay
  /// where it is until the tick's end.
  virtual void inject_from_core(int core, const std::vector<Emission>& emissions) = 0;
  /// The list of inject_from_core has grown while the tick runs: entries `first` and after are new,
  /// and not ready before the `limit` of the last `run`.
  virtual void inject_more_from_core(int core, const std::vector<Emission>& emissions,
                                     std::size_t first) = 0;
  virtual void inject_from_host(const std::vector<Emission>& emissions) = 0;
  /// Goes on through all cycles before `limit`. Returns the cycle of the next event, or kForever
  /// where nothing is left to do.
  virtual std::int64_t run(std::int64_t limit) = 0;
  /// By account, of this tick.
  virtual const std::vector<NetworkActivity>& activity() const = 0;
  /// Packets over each link in this tick, by arch::Link::index; empty where there are none.
  virtual const std::vector<std::uint32_t>& link_packets() const = 0;
  /// The end of the last event of the tick, of all accounts.
  std::int64_t last_event() const;
};

/// Makes the network of a chip or board; `observer` is null where nobody looks. All arguments
/// outlive it.
using NetworkFactory =
    std::function<std::unique_ptr<SpikeNetwork>(const arch::ChipDescription& chip, SpikeSink& sink,
                                                std::size_t categories, NetworkObserver* observer)>;

}  // namespace spikeloom::hw
