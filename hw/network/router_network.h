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
#include "spikeloom/arch/topology/dead_links.h"
#include "spikeloom/hw/network/network_observer.h"
#include "spikeloom/hw/network/number_set.h"
#include "spikeloom/hw/network/rate_limiter.h"
#include "spikeloom/hw/network/requests.h"
#include "spikeloom/hw/network/router_blocks.h"
#include "spikeloom/hw/network/router_if.h"
#include "spikeloom/hw/network/spike_network.h"
#include "spikeloom/hw/network/timing_wheel.h"

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
                NetworkObserver* observer = nullptr, const RouterFactory& others = {},
                const std::vector<arch::DeadLink>& broken = {});

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
  void add_link_packets(std::vector<std::uint64_t>& sums) const override;

 private:
  using Place = typename Topology::Place;
  using Destination = typename Topology::Destination;
  static constexpr unsigned kPorts = Topology::kPorts;
  static constexpr unsigned kInputs = Topology::kInputs;
  static constexpr unsigned kHost = Topology::kHostPort;
  /// One bit for each input.
  using Inputs = std::conditional_t<(kInputs <= 8), std::uint8_t, std::uint16_t>;
  static constexpr Inputs input_bit(unsigned input) { return static_cast<Inputs>(1U << input); }

  using Fields = RequestFields<kPorts, kInputs>;
  using Requests = typename Fields::Word;

  struct Flit {
    std::uint32_t packet;  ///< index in packets_
    Destination destination;
    std::uint32_t eligible;  ///< first cycle in which it may leave this router
    std::uint16_t category;
    std::uint8_t wanted;  ///< outputs that it takes in this router
  };

  /// One cache line if a link has one channel.
  struct alignas(64) Router {
    /// By output, the inputs whose oldest flit may leave and still has to take it.
    Requests requests = 0;
    /// By output, the inputs that it cannot serve: it is in use, or their next FIFO has no place.
    Requests blocked = 0;
    std::array<std::uint8_t, kInputs> head{};  ///< input FIFOs: index of the oldest flit
    std::array<std::uint8_t, kInputs> fill{};
    std::array<std::uint8_t, kInputs> room{};  ///< free places, as the previous router sees them
    std::array<std::uint8_t, kPorts> last_input{};  ///< round robin: input served last by an output
    Inputs occupied = 0;                            ///< inputs that hold flits
    Inputs due = 0;            ///< ports at which a packet waits for a place in the FIFO
    std::uint8_t in_use = 0;   ///< outputs that are blocked beyond the next cycle by a packet
    std::uint8_t awaited = 0;  ///< outputs in use whose end is in the calendar
    Place place;

    bool can_send() const { return (requests & ~blocked) != 0; }
  };

  /// What happens to a router at the start of a cycle.
  enum class Event : std::uint32_t {
    kEligible,  ///< the oldest flit of an input may leave
    kRoom,      ///< the router before an input sees a free place
    kFree,      ///< an output may send again
    kEnter,     ///< the next packet of a core or the host may enter
  };
  /// An entry of the calendars: event and FIFO, or event and output.
  static constexpr unsigned kEventBits = 2;
  static constexpr std::uint32_t entry(Event event, std::uint32_t router, unsigned port) {
    return fifo(router, port) << kEventBits | static_cast<std::uint32_t>(event);
  }

  /// A copy of a FIFO's oldest flit that leaves by an output.
  struct Choice {
    std::uint32_t from;  ///< FIFO
    std::uint8_t output;
    bool last;  ///< the flit leaves the FIFO
  };

  /// Packets that wait to enter at the port of a core or the host.
  struct Source {
    const std::vector<Emission>* emissions = nullptr;
    std::size_t next = 0;
    std::uint32_t free = 0;      ///< first cycle in which the next packet may enter
    std::vector<Emission> late;  ///< packets left over from the last tick, then later ones
    bool used = false;           ///< whether it is in used_sources_
  };

  /// Returns the number of a router's input FIFO or of its output.
  static constexpr unsigned kPortBits = kInputs <= 8 ? 3 : 4;
  static constexpr std::uint32_t fifo(std::uint32_t router, unsigned port) {
    return router << kPortBits | port;
  }
  static constexpr std::uint32_t router_of(std::uint32_t fifo) { return fifo >> kPortBits; }
  static constexpr unsigned port_of(std::uint32_t fifo) { return fifo & ((1U << kPortBits) - 1); }
  /// Returns the place of a flit. `index` counts on round the FIFO; only its low bits count.
  std::size_t flit_index(std::uint32_t fifo, unsigned index) const {
    return (std::size_t{fifo} << depth_bits_) + (index & ((1U << depth_bits_) - 1));
  }
  const Flit& flit(std::uint32_t fifo, unsigned index) const {
    return flits_[flit_index(fifo, index)];
  }
  Flit& flit(std::uint32_t fifo, unsigned index) { return flits_[flit_index(fifo, index)]; }
  const Flit& oldest(std::uint32_t router, unsigned input) const {
    return flit(fifo(router, input), routers_[router].head[input]);
  }
  /// Returns a cycle as counted from the start of the tick.
  std::int64_t in_tick(std::uint32_t cycle) const { return std::int64_t{cycle} - start_; }

  // Ticks (router_network_ticks.h).
  /// Adds the new entries of a source's list, from index `first` on.
  void add_emissions(const arch::Attachment& at, const std::vector<Emission>& emissions,
                     std::size_t first);
  /// Keeps the packets that have not entered for the next tick.
  void keep_late(Source& source, std::int64_t cycles) const;
  /// Calls `function` with the place in flits_ of each flit that is in a FIFO.
  template <class Function>
  void for_each_flit(const Function& function) const;
  /// Keeps in packets_ only those that are in FIFOs.
  void forget_delivered();

  // Cycles (router_network_cycles.h).
  /// Returns the routers that can send in a cycle: this one or the next.
  NumberSet& active(std::uint32_t cycle) { return active_[cycle % 2]; }
  /// Carries out an entry of a calendar.
  void happen(std::uint32_t item, std::uint32_t cycle);
  /// Lets the next packet of a source enter, or marks it as due if there is no place.
  void enter(std::uint32_t router, unsigned port, std::uint32_t cycle);
  void inject(std::uint32_t router, unsigned port, std::uint32_t cycle);
  /// Unblocks the outputs in use that may send from `cycle` on; plans this for the others if they
  /// are requested.
  void free_outputs(std::uint32_t router, std::uint32_t cycle);
  /// Returns the inputs, in the output's field, whose next FIFO has no place.
  Requests without_room(std::uint32_t router, unsigned output) const;
  /// Lets each output that can send choose among the inputs, with all routers as at the start of
  /// the cycle.
  void choose(std::uint32_t cycle);
  void move_chosen(std::uint32_t cycle);
  /// Schedules the next visit of a router, after its moves.
  void settle(std::uint32_t router, std::uint32_t cycle);
  /// Moves a copy of a flit. The output must not be blocked.
  void move(std::uint32_t router, unsigned input, unsigned output, const Flit& flit,
            std::uint32_t cycle);
  void send(std::uint32_t router, unsigned input, unsigned output, const Flit& flit,
            std::uint32_t cycle);
  void deliver(std::uint32_t router, unsigned output, const Flit& flit, std::uint32_t cycle);
  /// Keeps an output until `free`.
  void occupy(std::uint32_t router, unsigned output, std::uint32_t free, std::uint32_t cycle);
  void push(std::uint32_t router, unsigned input, std::uint32_t packet,
            const Destination& destination, std::uint16_t category, std::uint32_t eligible,
            std::uint32_t cycle);
  /// Takes out the oldest flit. Returns the requests of the next one in the next cycle.
  Requests pop(std::uint32_t router, unsigned input, std::uint32_t cycle);
  /// Adds the passages of the cycles before to the activity.
  void book_hops();
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
    std::vector<std::uint32_t> links;   ///< by arch::Link::index
    std::vector<std::uint32_t> blocks;  ///< of RouterBlocks: the routers before them
    NetworkActivity activity;
    std::uint32_t length = 0;  ///< cycles from its entry to its last arrival
    bool is_dead = false;      ///< it leads to a dead link or core
  };
  /// Notes a cycle in which a core sent, a packet had waited, or a list occupied a port.
  void note_meeting(std::uint32_t cycle) { last_meeting_ = std::max(last_meeting_, cycle); }
  /// Whether packets of the host can never meet each other.
  bool host_packets_keep_apart() const;
  /// Whether this holds from `cycle` on, in which the next one is due, for all that is on its way.
  bool host_is_alone(std::uint32_t cycle);
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
  void announce(const arch::Attachment& to, std::uint64_t wire, std::uint32_t arrival);
  /// Tells the router before a FIFO that a packet has left it.
  void tell_freed(std::uint32_t router, unsigned input, std::uint32_t cycle);
  [[noreturn]] void impossible(std::uint32_t router, std::uint32_t cycle,
                               const std::string& what) const;
  /// Notes that packets move until `cycle`.
  void note_move(std::uint32_t cycle) {
    if constexpr (Watch::kMixed) last_move_ = std::max(last_move_, cycle);
  }

  /// Blocks the outputs to dead links and cores for ever: what wants them waits, until the watchdog
  /// finds it.
  void block_dead_outputs();

  // The watchdog (router_network_watchdog.h).
  /// Throws NetworkStuck if packets were left in the network.
  void check_empty() const;
  std::string waiting_chain(std::uint32_t router, unsigned input) const;
  /// Returns what is dead behind an output: "link (0,0) to (1,0)" or "chip0.core_1_0".
  std::string dead_part(std::uint32_t router, unsigned output) const;

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
  unsigned depth_bits_;  ///< a FIFO has 2^depth_bits_ places in memory
  std::size_t router_count_;
  std::vector<Router> routers_;
  /// [router, port]: first cycle in which an output in use may send.
  std::vector<std::uint32_t> output_free_;
  std::vector<Flit> flits_;
  std::size_t flit_count_ = 0;          ///< in all FIFOs
  std::vector<std::uint64_t> packets_;  ///< those that entered in this tick, or are late
  std::vector<Source> core_sources_;
  Source host_source_;
  std::vector<Source*> used_sources_;  ///< those that are not as at the start of a tick
  RouterBlocks used_;                  ///< routers that are not, and those before link_packets_
  RateLimiter host_input_;
  RateLimiter host_output_;
  RateLimiter trunk_;
  std::array<NumberSet, 2> active_;  ///< for even and odd cycles: see active()
  std::vector<Choice> chosen_;       ///< in this cycle
  std::size_t chosen_count_ = 0;
  std::vector<std::uint32_t> visited_;  ///< routers, in this cycle
  std::size_t visited_count_ = 0;
  TimingWheel events_;                ///< all but the entries
  std::vector<std::uint32_t> freed_;  ///< events kRoom of the next cycle
  std::size_t freed_count_ = 0;
  TimingWheel entries_;    ///< next packets of sources
  std::uint32_t now_ = 0;  ///< the last cycle that was worked through
  /// Start of the tick in the network's own cycles, which continue if packets wait at the end of a
  /// tick.
  std::uint32_t start_ = 0;
  std::uint32_t last_arrival_ = 0;  ///< end of the last delivery to a core or the host
  bool goes_on_ = false;
  std::vector<arch::DeadLink> dead_;  ///< the links of the chip's defects, and broken ones
  arch::DeadLinks dead_links_;        ///< where they are
  std::vector<arch::Attachment> dead_outputs_;  ///< to dead links and cores
  bool apart_;                                  ///< host_packets_keep_apart()
  std::uint32_t longest_way_;       ///< at least the cycles that any packet takes if it never waits
  std::uint32_t last_meeting_ = 0;  ///< last cycle in which another may be met: see note_meeting()
  std::unordered_map<std::uint64_t, Way> ways_;  ///< by the part of the packet that decides
  std::vector<NetworkActivity> activity_;
  std::vector<std::uint64_t> hops_;  ///< [category]: passages over links since book_hops()
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

/// Returns a factory of networks of make_router_network in which the links `broken`, unlike those
/// that the chip's description lists, are dead without anybody's knowledge: packets wait for them.
NetworkFactory router_networks_with(std::vector<arch::DeadLink> broken);

}  // namespace spikeloom::hw
