// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/topology/attachment.h"
#include "spikeloom/hw/network/network_observer.h"
#include "spikeloom/hw/network/rate_limiter.h"
#include "spikeloom/hw/network/spike_network.h"
#include "spikeloom/hw/network/timing_wheel.h"
#include "spikeloom/hw/network/visit_wheel.h"

namespace spikeloom::hw {

/// A packet network can make no more progress. Its text is the chain of who waits for whom.
class NetworkStuck : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A network of routers with input FIFOs, back-pressure, arbitration and multicast, cycle by cycle
/// (docs/timing.md). `Topology` says how the routers are joined and where packets go
/// (arch/topology/topologies.h; docs/network.md names what it must have), `Arbiter` whom an output
/// serves, `Watch` who looks at it (Watched or Unwatched). They are parameters of the template: a
/// virtual call a hop would cost a tenth of the speed.
///
/// A fork sends each copy as soon as its output is free, and leaves the FIFO with the last one.
/// Every decision of a cycle uses the state at its start (a slot freed in cycle c is seen in c +
/// 1), so the order in which routers are visited changes nothing. Cycles without events are
/// skipped.
template <class Topology, class Arbiter, class Watch = Unwatched>
class RouterNetwork final : public SpikeNetwork {
 public:
  /// An `observer` is for Watched alone, and needed there.
  RouterNetwork(const arch::ChipDescription& chip, SpikeSink& sink, std::size_t categories,
                NetworkObserver* observer = nullptr);

  void begin_tick() override;
  void end_tick(std::int64_t cycles) override;
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
  /// An entry of the sources' calendar: a router, and below it the port.
  static constexpr unsigned kPortBits = 3;
  static constexpr std::uint32_t kPortMask = (std::uint32_t{1} << kPortBits) - 1;
  static_assert(kPorts <= kPortMask + 1 && kInputs >= kPorts && kInputs <= 16);
  /// A bit for each input.
  using Inputs = std::conditional_t<(kInputs <= 8), std::uint8_t, std::uint16_t>;
  static constexpr Inputs input_bit(unsigned input) { return static_cast<Inputs>(1U << input); }

  struct Flit {
    std::uint64_t packet;
    Destination destination;
    std::uint32_t eligible;  ///< first cycle in which it may leave this router
    std::uint16_t category;
  };

  /// One cache line, where there is one channel a link.
  struct alignas(64) Router {
    std::array<std::uint32_t, kPorts> output_free{};  ///< first cycle in which an output may send
    std::uint32_t wake = 0;                           ///< its valid entry in the calendar
    std::uint32_t visited = 0;                        ///< cycle of the last visit
    std::array<std::uint8_t, kInputs> head{};         ///< input FIFOs: index of the oldest flit
    std::array<std::uint8_t, kInputs> fill{};
    std::array<std::uint8_t, kInputs> wanted{};     ///< outputs the head flit still has to take
    std::array<std::uint8_t, kPorts> last_input{};  ///< round robin: whom an output served last
    Inputs occupied = 0;                            ///< inputs that hold flits
    Inputs popped = 0;                              ///< inputs that lost one in the last visit
    Inputs awaited = 0;  ///< full inputs that the router before waits for
    Inputs due = 0;      ///< ports at which a packet may enter
    Place place;
  };

  /// Packets that wait to enter at a core's or the host's port.
  struct Source {
    const std::vector<Emission>* emissions = nullptr;
    std::size_t next = 0;
    std::uint32_t free = 0;      ///< first cycle in which the next may enter
    std::vector<Emission> late;  ///< what the last tick has left, and what came after it
  };

  std::size_t slot_index(std::uint32_t router, unsigned input, unsigned index) const {
    return (index * router_count_ + router) * kInputs + input;
  }
  Flit& slot(std::uint32_t router, unsigned input, unsigned index) {
    return flits_[slot_index(router, input, index)];
  }
  /// A cycle as counted from the tick's start.
  std::int64_t in_tick(std::uint32_t cycle) const { return std::int64_t{cycle} - start_; }

  // Ticks (router_network_ticks.h).
  /// Entries `first` and after of a source's list are new.
  void add_emissions(const arch::Attachment& at, const std::vector<Emission>& emissions,
                     std::size_t first);
  /// Keeps what has not entered, for the next tick.
  void keep_late(Source& source, std::int64_t cycles) const;

  // Cycles (router_network_cycles.h).
  /// Wakes the routers at which a packet is due.
  void wake_sources(std::uint32_t cycle);
  void visit(std::uint32_t router, std::uint32_t cycle);
  void inject(std::uint32_t router, unsigned port, std::uint32_t cycle);
  /// Moves the head of `input`, the only one with flits, which wants `output` alone.
  void pass(std::uint32_t router, unsigned input, unsigned output, std::uint32_t cycle);
  /// The outputs that the head of `input` wants, without those whose next FIFO is full.
  unsigned sendable(std::uint32_t router, unsigned input, std::uint32_t cycle) const;
  /// Moves what the outputs, each choosing among the inputs, can send.
  void arbitrate(std::uint32_t router, std::uint32_t cycle);
  /// False, and nothing has happened, where the output is in use or the next FIFO full.
  bool send(std::uint32_t router, unsigned input, unsigned output, const Flit& flit,
            std::uint32_t cycle);
  /// Whether a FIFO had a free place, as seen by the router before it, when the cycle began.
  bool had_room(const arch::Attachment& fifo, std::uint32_t cycle) const {
    const Router& router = routers_[fifo.router];
    const unsigned popped = router.visited == cycle ? router.popped >> fifo.port & 1U : 0U;
    if (router.fill[fifo.port] + popped >= depth_) return false;
    return credit_ == 0 || place_seen(fifo) <= cycle;
  }
  /// With credit cycles: from when on the router before sees the place that its next packet takes,
  /// in a FIFO that is not full.
  std::uint32_t place_seen(const arch::Attachment& fifo) const {
    const std::size_t number = fifo.router * kInputs + fifo.port;
    const unsigned fill = routers_[fifo.router].fill[fifo.port];
    return seen_[number * depth_ + (oldest_seen_[number] + fill) % depth_];
  }
  void note_freed(std::uint32_t router, unsigned input, std::uint32_t cycle);
  void deliver(std::uint32_t router, unsigned output, const Flit& flit, std::uint32_t cycle);
  void push(std::uint32_t router, unsigned input, const Flit& flit, std::uint32_t cycle);
  void pop(std::uint32_t router, unsigned input, std::uint32_t cycle);
  /// Plans the next visit of a router that still holds something.
  void sleep(std::uint32_t router, std::uint32_t cycle);
  /// The first cycle after this one in which `input` may send; kAsleep where it waits for places in
  /// other routers, which then know.
  std::uint32_t next_departure(std::uint32_t router, unsigned input, std::uint32_t cycle);
  void schedule(std::uint32_t router, std::uint32_t cycle);
  /// Enters the cycle in which the source's next packet may enter.
  void schedule_source(std::uint32_t router, unsigned port);

  // The watchdog (router_network_watchdog.h).
  /// Throws NetworkStuck where packets were left behind.
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
  std::array<std::uint32_t, 2> link_;  ///< cycles of a packet: on a chip, between chips
  std::uint32_t credit_;  ///< cycles beyond the next one until a freed place is seen over a link
  unsigned depth_;
  std::size_t router_count_;
  std::vector<Router> routers_;
  std::vector<Flit> flits_;
  // With credit cycles: by FIFO, of its last departures, as many as it has places, the cycle from
  // which on the place that each has freed is seen; a ring, and the index of its oldest.
  std::vector<std::uint32_t> seen_;
  std::vector<std::uint8_t> oldest_seen_;
  std::vector<Source> core_sources_;
  Source host_source_;
  RateLimiter host_input_;
  RateLimiter host_output_;
  VisitWheel visits_;
  TimingWheel entries_;  ///< of sources' next packets
  /// Start of the tick in the network's own cycles, which go on while packets wait at a tick's end.
  std::uint32_t start_ = 0;
  bool goes_on_ = false;
  std::vector<NetworkActivity> activity_;
  std::vector<std::uint32_t> link_packets_;
  Watch watch_;
};

/// The network of a chip's or board's routers: its topology, its arbiter; watched where there is an
/// `observer`.
std::unique_ptr<SpikeNetwork> make_router_network(const arch::ChipDescription& chip,
                                                  SpikeSink& sink, std::size_t categories,
                                                  NetworkObserver* observer = nullptr);

}  // namespace spikeloom::hw
