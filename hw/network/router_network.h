// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/topology/attachment.h"
#include "spikeloom/hw/network/network_observer.h"
#include "spikeloom/hw/network/rate_limiter.h"
#include "spikeloom/hw/network/router_if.h"
#include "spikeloom/hw/network/spike_network.h"
#include "spikeloom/hw/network/timing_wheel.h"
#include "spikeloom/hw/network/visit_wheel.h"

namespace spikeloom::hw {

/// Thrown if a packet network can make no more progress. The text is the chain of packets and the
/// FIFOs that they wait for.
class NetworkStuck : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A network of routers with input FIFOs, back-pressure, arbitration and multicast, simulated cycle
/// by cycle (docs/timing.md). `Topology` defines how the routers are joined and where packets go
/// (arch/topology/topologies.h; docs/network.md lists what it must have), `Arbiter` which input an
/// output serves, and `Watch` whether there is an observer (Watched or Unwatched), or routers that
/// are not its own (Mixed). They are template parameters because a virtual call per hop would cost
/// a tenth of the speed.
///
/// A fork sends each copy as soon as its output is free, and leaves the FIFO with the last one.
/// When nothing but the host still sends in a tick, and its packets are far enough apart not to
/// meet, each of them goes its whole way at once.
///
/// Every decision in a cycle uses the state at its start (a slot freed in cycle c is seen in c +
/// 1), so the order in which routers are visited does not matter. Cycles without events are
/// skipped.
template <class Topology, class Arbiter, class Watch = Unwatched>
class RouterNetwork final : public SpikeNetwork {
 public:
  /// `observer` is unused with Unwatched and may be null. `others` is for Mixed only.
  RouterNetwork(const arch::ChipDescription& chip, SpikeSink& sink, std::size_t categories,
                NetworkObserver* observer = nullptr, const RouterFactory& others = {});

  void begin_tick() override;
  void end_tick(std::int64_t cycles, bool cores_late) override;
  Waiting waiting(int parity) const override;
  void inject_from_core(int core, const std::vector<Emission>& emissions) override;
  void inject_more_from_core(int core, const std::vector<Emission>& emissions,
                             std::size_t first) override;
  void inject_from_host(const std::vector<Emission>& emissions) override;
  std::int64_t run(std::int64_t limit) override;
  const std::vector<NetworkActivity>& activity() const override { return activity_; }
  const std::vector<std::uint32_t>& link_packets() const override { return link_packets_; }

 private:
  using Place = typename Topology::Place;
  using Destination = typename Topology::Destination;
  static constexpr unsigned kPorts = Topology::kPorts;
  static constexpr unsigned kInputs = Topology::kInputs;
  static constexpr unsigned kHost = Topology::kHostPort;
  static constexpr std::uint32_t kAsleep = UINT32_MAX;
  /// An entry of the calendar of sources: a router, and in the low bits the port.
  static constexpr unsigned kPortBits = 3;
  static constexpr std::uint32_t kPortMask = (std::uint32_t{1} << kPortBits) - 1;
  static_assert(kPorts <= kPortMask + 1 && kInputs >= kPorts && kInputs <= 16);
  /// One bit for each input.
  using Inputs = std::conditional_t<(kInputs <= 8), std::uint8_t, std::uint16_t>;
  static constexpr Inputs input_bit(unsigned input) { return static_cast<Inputs>(1U << input); }

  struct Flit {
    std::uint64_t packet;
    Destination destination;
    std::uint32_t eligible;  ///< first cycle in which it may leave this router
    std::uint16_t category;
  };

  /// One cache line if a link has one channel.
  struct alignas(64) Router {
    std::array<std::uint32_t, kPorts> output_free{};  ///< first cycle in which an output may send
    std::uint32_t wake = 0;                           ///< cycle of its valid entry in the calendar
    std::uint32_t visited = 0;                        ///< cycle of the last visit
    std::array<std::uint8_t, kInputs> head{};         ///< input FIFOs: index of the oldest flit
    std::array<std::uint8_t, kInputs> fill{};
    std::array<std::uint8_t, kInputs> wanted{};  ///< outputs that the head flit still has to take
    std::array<std::uint8_t, kPorts> last_input{};  ///< round robin: input served last by an output
    Inputs occupied = 0;                            ///< inputs that hold flits
    Inputs popped = 0;                              ///< inputs that lost a flit in the last visit
    Inputs awaited = 0;  ///< full inputs for which the previous router waits
    Inputs due = 0;      ///< ports at which a packet may enter
    Place place;
  };

  /// Packets that wait to enter at the port of a core or the host.
  struct Source {
    const std::vector<Emission>* emissions = nullptr;
    std::size_t next = 0;
    std::uint32_t free = 0;      ///< first cycle in which the next packet may enter
    std::vector<Emission> late;  ///< packets left over from the last tick, then later ones
  };

  std::size_t slot_index(std::uint32_t router, unsigned input, unsigned index) const {
    return (index * router_count_ + router) * kInputs + input;
  }
  Flit& slot(std::uint32_t router, unsigned input, unsigned index) {
    return flits_[slot_index(router, input, index)];
  }
  /// Returns a cycle as counted from the start of the tick.
  std::int64_t in_tick(std::uint32_t cycle) const { return std::int64_t{cycle} - start_; }

  // Ticks (router_network_ticks.h).
  /// Adds the new entries of a source's list, from index `first` on.
  void add_emissions(const arch::Attachment& at, const std::vector<Emission>& emissions,
                     std::size_t first);
  /// Keeps the packets that have not entered for the next tick.
  void keep_late(Source& source, std::int64_t cycles) const;

  // Cycles (router_network_cycles.h).
  /// Wakes the routers at which a packet is due to enter.
  void wake_sources(std::uint32_t cycle);
  void visit(std::uint32_t router, std::uint32_t cycle);
  void inject(std::uint32_t router, unsigned port, std::uint32_t cycle);
  /// Moves the head of `input`, the only input with flits, which requests only `output`.
  void pass(std::uint32_t router, unsigned input, unsigned output, std::uint32_t cycle);
  /// Returns the outputs that the head of `input` requests, except those whose next FIFO is full.
  unsigned sendable(std::uint32_t router, unsigned input, std::uint32_t cycle) const;
  /// Moves what the outputs can send; each of them chooses among the inputs.
  void arbitrate(std::uint32_t router, std::uint32_t cycle);
  /// Returns false, without any effect, if the output is in use or the next FIFO is full.
  bool send(std::uint32_t router, unsigned input, unsigned output, const Flit& flit,
            std::uint32_t cycle);
  /// Whether a FIFO had a free place at the start of the cycle, as seen by the previous router.
  bool had_room(const arch::Attachment& fifo, std::uint32_t cycle) const {
    const Router& router = routers_[fifo.router];
    const unsigned popped = router.visited == cycle ? router.popped >> fifo.port & 1U : 0U;
    if (router.fill[fifo.port] + popped >= depth_) return false;
    return credit_ == 0 || place_seen(fifo) <= cycle;
  }
  /// With credit cycles: returns the cycle from which the previous router sees the place that its
  /// next packet takes. The FIFO must not be full.
  std::uint32_t place_seen(const arch::Attachment& fifo) const {
    const std::size_t number = fifo.router * kInputs + fifo.port;
    const unsigned fill = routers_[fifo.router].fill[fifo.port];
    return seen_[number * depth_ + (oldest_seen_[number] + fill) % depth_];
  }
  void note_freed(std::uint32_t router, unsigned input, std::uint32_t cycle);
  void deliver(std::uint32_t router, unsigned output, const Flit& flit, std::uint32_t cycle);
  void push(std::uint32_t router, unsigned input, const Flit& flit, std::uint32_t cycle);
  void pop(std::uint32_t router, unsigned input, std::uint32_t cycle);
  /// Schedules the next visit of a router that is not empty.
  void sleep(std::uint32_t router, std::uint32_t cycle);
  /// Returns the first cycle after this one in which `input` may send. Returns kAsleep if it waits
  /// for places in other routers, and marks these as awaited.
  std::uint32_t next_departure(std::uint32_t router, unsigned input, std::uint32_t cycle);
  void schedule(std::uint32_t router, std::uint32_t cycle);
  /// Schedules the cycle in which the source's next packet may enter.
  void schedule_source(std::uint32_t router, unsigned port);

  // Packets of the host alone (router_network_host.h).
  /// Where a packet of the host goes, and what that counts.
  struct WayEnd {
    int core;
    std::uint32_t arrival;  ///< in cycles from its entry
  };
  struct Way {
    std::vector<WayEnd> ends;
    std::vector<std::uint32_t> links;  ///< by arch::Link::index
    NetworkActivity activity;
    std::uint32_t length = 0;  ///< cycles from its entry to its last arrival
  };
  /// Notes a cycle in which a core sent, a packet had waited, or a list occupied a port.
  void note_meeting(std::uint32_t cycle) { last_meeting_ = std::max(last_meeting_, cycle); }
  /// Whether packets of the host can never meet each other.
  bool host_packets_keep_apart() const;
  /// Whether this holds from `cycle` on, in which the next one is due, for all that is on its way.
  bool host_is_alone(std::uint32_t cycle) const;
  const Way& way_of(arch::Packet packet);
  /// Sends packets of the host until the end of the tick, or to one that occupies a port for
  /// longer.
  void send_from_host();

  // Routers that are not its own (router_network_mixed.h).
  void restart_others();
  /// Visits a router that is not the network's own, in each cycle in which it holds packets.
  void visit_other(std::uint32_t router, std::uint32_t cycle);
  /// Carries out what it does. Throws std::runtime_error if that is impossible.
  void send_copy(std::uint32_t router, const RouterStep::Copy& copy, std::uint32_t cycle);
  /// Tells the router at the end of a link that a packet is under way to it.
  void announce(const arch::Attachment& to, std::uint64_t wire, std::uint32_t arrival,
                std::uint32_t cycle);
  /// Tells the router before a FIFO that a packet has left it.
  void tell_freed(std::uint32_t router, unsigned input, std::uint32_t cycle);
  [[noreturn]] void impossible(std::uint32_t router, std::uint32_t cycle,
                               const std::string& what) const;
  /// Notes that packets move until `cycle`.
  void note_move(std::uint32_t cycle) {
    if constexpr (Watch::kMixed) last_move_ = std::max(last_move_, cycle);
  }

  // The watchdog (router_network_watchdog.h).
  /// Throws NetworkStuck if packets were left in the network.
  void check_empty() const;
  std::string waiting_chain(std::uint32_t router, unsigned input) const;

  Source& source(std::uint32_t router, unsigned port) {
    if (port == kHost) return host_source_;
    return core_sources_[static_cast<std::size_t>(
        topology_.core(router, routers_[router].place, port))];
  }

  const arch::ChipDescription& chip_;
  SpikeSink& sink_;
  Topology topology_;
  std::uint32_t pipeline_;
  std::array<std::uint32_t, 2> link_;  ///< cycles of a packet on a link: on a chip, between chips
  std::uint32_t credit_;  ///< cycles beyond the next one until a freed place is seen over a link
  unsigned depth_;
  std::size_t router_count_;
  std::vector<Router> routers_;
  std::vector<Flit> flits_;
  // With credit cycles: for each FIFO, a ring of its last departures, as many as it has places,
  // with the cycle from which the place that each has freed is seen; and the index of the oldest
  // one.
  std::vector<std::uint32_t> seen_;
  std::vector<std::uint8_t> oldest_seen_;
  std::vector<Source> core_sources_;
  Source host_source_;
  RateLimiter host_input_;
  RateLimiter host_output_;
  RateLimiter trunk_;
  VisitWheel visits_;
  TimingWheel entries_;  ///< next packets of sources
  /// Start of the tick in the network's own cycles, which continue if packets wait at the end of a
  /// tick.
  std::uint32_t start_ = 0;
  std::uint32_t last_arrival_ = 0;  ///< end of the last delivery to a core or the host
  bool goes_on_ = false;
  bool apart_;                      ///< host_packets_keep_apart()
  std::uint32_t longest_way_;       ///< at least the cycles that any packet takes if it never waits
  std::uint32_t last_meeting_ = 0;  ///< last cycle in which another may be met: see note_meeting()
  std::unordered_map<std::uint64_t, Way> ways_;  ///< by the part of the packet that decides
  std::vector<NetworkActivity> activity_;
  std::vector<std::uint32_t> link_packets_;
  Watch watch_;
  std::vector<std::unique_ptr<RouterIf>> others_;  ///< by number; null: its own. Mixed only
  std::uint32_t last_move_ = 0;                    ///< last cycle of any move. Mixed only
};

/// Makes the network of a board's routers with its topology and arbiter. It is observed if
/// `observer` is not null.
std::unique_ptr<SpikeNetwork> make_router_network(const arch::ChipDescription& chip,
                                                  SpikeSink& sink, std::size_t categories,
                                                  NetworkObserver* observer = nullptr);

/// Does the same with the routers that `others` makes in place of its own.
std::unique_ptr<SpikeNetwork> make_mixed_network(const arch::ChipDescription& chip, SpikeSink& sink,
                                                 std::size_t categories, NetworkObserver* observer,
                                                 const RouterFactory& others);

}  // namespace spikeloom::hw
