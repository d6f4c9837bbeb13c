// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/cosim/vectors/router_vectors.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/arch/topology/topologies.h"
#include "spikeloom/base/error.h"

namespace spikeloom::cosim {
namespace {

/// Where the columns of a pin of several bits or flits are.
struct Columns {
  std::size_t highest = 0;
  unsigned count = 0;

  std::size_t operator[](unsigned number) const { return highest + count - 1 - number; }
};

/// The columns of a file while they are listed.
class ColumnList {
 public:
  const std::vector<Pin>& pins() const { return pins_; }

  std::size_t add(const std::string& name, int bits = 1, std::uint64_t idle = 0) {
    pins_.push_back({name, bits, idle});
    return pins_.size() - 1;
  }
  /// Adds a column for each of `count` bits or flits, the highest first.
  Columns add_each(const std::string& name, unsigned count, int bits = 1, std::uint64_t idle = 0) {
    const Columns columns{pins_.size(), count};
    for (unsigned i = count; i-- > 0;) add(fmt::format("{}_{}", name, i), bits, idle);
    return columns;
  }

 private:
  std::vector<Pin> pins_;
};

/// The columns of both files.
struct Layout {
  Layout(unsigned ports, unsigned inputs, unsigned channels)
      : tick_start(driven.add("tick_start")),
        restart(driven.add("restart")),
        in_valid(driven.add_each("in_valid", inputs)),
        in_flit(driven.add_each("in_flit", inputs, arch::Packet::kBits)),
        out_ready(driven.add_each("out_ready", ports, 1, 1)),
        out_freed(driven.add_each("out_freed", ports * channels)),
        empty(expected.add("empty", 1, 1)),
        in_ready(expected.add_each("in_ready", inputs, 1, 1)),
        freed(expected.add_each("freed", inputs)),
        departs(expected.add_each("departs", ports)),
        out_second(expected.add_each("out_second", ports)),
        out_flit(expected.add_each("out_flit", ports, arch::Packet::kBits)) {}

  ColumnList driven;
  ColumnList expected;
  std::size_t tick_start, restart;
  Columns in_valid, in_flit, out_ready, out_freed;
  std::size_t empty;
  Columns in_ready, freed, departs, out_second, out_flit;
};

/// The number of packets in a FIFO by cycle.
class Fill {
 public:
  /// One packet more, or less, from `cycle` on.
  void add(std::int64_t cycle, int packets) { changes_.emplace_back(cycle, packets); }
  /// Calls `visit` with each interval of cycles up to `end`, and the number of packets in it.
  template <class Visitor>
  void for_each(std::int64_t end, const Visitor& visit) {
    std::stable_sort(changes_.begin(), changes_.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    int fill = 0;
    for (std::size_t i = 0; i < changes_.size(); ++i) {
      fill += changes_[i].second;
      visit(changes_[i].first, i + 1 < changes_.size() ? changes_[i + 1].first : end, fill);
    }
  }

 private:
  std::vector<std::pair<std::int64_t, int>> changes_;
};

template <class Topology>
class RouterVectorsBuilder {
 public:
  RouterVectorsBuilder(const arch::ChipDescription& chip, std::uint32_t router)
      : chip_(chip),
        topology_(chip),
        router_(router),
        place_(topology_.place(router)),
        vectors_(Topology::kPorts, Topology::kInputs),
        layout_(vectors_.ports, vectors_.inputs_of_router, vectors_.channels),
        fills_(Topology::kInputs) {
    const arch::RouterPlace place = Topology::router_place(place_);
    vectors_.x = place.x << place.level;
    vectors_.y = place.y << place.level;
    vectors_.level = place.level;
    for (unsigned port = 0; port < Topology::kPorts; ++port) {
      if (topology_.is_link(place_, port)) vectors_.links |= arch::port_bit(port);
    }
    const hw::RouterList routers = hw::list_routers(chip);
    for (const hw::RouterPort& port : routers.routers[router].ports) {
      if (port.number < Topology::kPorts && !topology_.is_link(place_, port.number)) {
        vectors_.sources |= arch::port_bit(port.number);
      }
    }
  }

  void replay(const RecordedTick& tick, bool restart, std::int64_t start);
  RouterVectors finish();

 private:
  void enter(unsigned input, std::uint64_t flit, std::int64_t cycle);
  void depart(const NetworkEvent& event, const NetworkEvent* queued, std::int64_t start);
  /// A packet leaves the FIFO at the other end of a link.
  void free_peer(const NetworkEvent& event, std::int64_t start);
  /// Returns the port of this router that is joined to a port of another one.
  std::optional<unsigned> joined(std::uint32_t router, unsigned port) const {
    const auto place = topology_.place(router);
    if (!topology_.is_link(place, port) || !topology_.has_link(place, port)) return std::nullopt;
    const arch::Attachment end = topology_.peer(router, place, port);
    if (end.router != router_) return std::nullopt;
    return end.port;
  }

  const arch::ChipDescription& chip_;
  Topology topology_;
  std::uint32_t router_;
  typename Topology::Place place_;
  RouterVectors vectors_;
  Layout layout_;
  std::vector<Fill> fills_;  ///< by input: packets that have arrived and not left
  std::vector<std::int64_t> entries_;
};

template <class Topology>
void RouterVectorsBuilder<Topology>::enter(unsigned input, std::uint64_t flit, std::int64_t cycle) {
  vectors_.inputs.mark(layout_.in_valid[input], cycle, cycle + 1);
  vectors_.inputs.set(layout_.in_flit[input], cycle, flit);
  fills_[input].add(cycle + 1, 1);
  entries_.push_back(cycle);
}

template <class Topology>
void RouterVectorsBuilder<Topology>::depart(const NetworkEvent& event, const NetworkEvent* queued,
                                            std::int64_t start) {
  const unsigned output = event.port;
  const std::int64_t cycle = start + event.cycle;
  vectors_.inputs.mark(layout_.out_ready[output], cycle + 1, start + event.free);
  vectors_.expected.mark(layout_.departs[output], cycle, cycle + 1);
  vectors_.expected.set(layout_.out_flit[output], cycle, event.wire);
  const bool second =
      topology_.is_link(place_, output) && queued != nullptr && queued->port >= Topology::kPorts;
  vectors_.expected.set(layout_.out_second[output], cycle, second ? 1 : 0);
  ++vectors_.packets_out;
  ++vectors_.ticks.back().packets_out;
}

template <class Topology>
void RouterVectorsBuilder<Topology>::free_peer(const NetworkEvent& event, std::int64_t start) {
  const unsigned port = Topology::port_of(event.port);
  const std::optional<unsigned> output = joined(event.router, port);
  if (!output) return;
  const unsigned channel = event.port == port ? 0 : 1;
  const std::int64_t cycle = start + event.cycle;
  vectors_.inputs.mark(layout_.out_freed[*output * vectors_.channels + channel], cycle, cycle + 1);
}

template <class Topology>
void RouterVectorsBuilder<Topology>::replay(const RecordedTick& tick, bool restart,
                                            std::int64_t start) {
  RouterTick& replayed = vectors_.ticks.emplace_back();
  replayed.number = tick.end.number;
  replayed.first_cycle = start;
  replayed.cycles = tick.end.cycles;
  vectors_.inputs.mark(layout_.tick_start, start - 1, start);
  if (restart) vectors_.inputs.mark(layout_.restart, start, start + 1);
  // A place is taken in the FIFO at the end of a link just before the packet leaves for it.
  const NetworkEvent* queued = nullptr;
  for (const NetworkEvent& event : tick.events) {
    const bool here = event.router == router_;
    switch (event.kind) {
      case NetworkEvent::Kind::kQueued:
        queued = &event;
        continue;
      case NetworkEvent::Kind::kEntered:
        if (here) enter(event.port, event.packet.bits(), start + event.cycle);
        break;
      case NetworkEvent::Kind::kLeft:
        if (here) {
          const std::int64_t cycle = start + event.cycle;
          vectors_.expected.mark(layout_.freed[event.port], cycle, cycle + 1);
          fills_[event.port].add(cycle + 1, -1);
        }
        free_peer(event, start);
        break;
      case NetworkEvent::Kind::kDeparted:
        if (queued != nullptr && queued->router == router_ && joined(event.router, event.port)) {
          enter(queued->port, event.wire, start + event.arrival);
        }
        if (here) {
          depart(event, queued, start);
        }
        break;
    }
    queued = nullptr;
  }
  vectors_.cycles = start + tick.end.cycles;
}

template <class Topology>
RouterVectors RouterVectorsBuilder<Topology>::finish() {
  for (unsigned input = 0; input < fills_.size(); ++input) {
    fills_[input].for_each(vectors_.cycles, [&](std::int64_t begin, std::int64_t end, int packets) {
      if (packets > 0) vectors_.expected.mark(layout_.empty, begin, end);
      if (packets == chip_.router.fifo_depth) {
        vectors_.expected.mark(layout_.in_ready[input], begin, end);
      }
    });
  }
  // A packet that leaves a router in one tick may arrive here in the next one.
  for (RouterTick& tick : vectors_.ticks) {
    const std::int64_t end = tick.first_cycle + tick.cycles;
    tick.packets_in = static_cast<std::uint64_t>(std::count_if(
        entries_.begin(), entries_.end(),
        [&tick, end](std::int64_t cycle) { return cycle >= tick.first_cycle && cycle < end; }));
    vectors_.packets_in += tick.packets_in;
  }
  return std::move(vectors_);
}

/// Throws base::UserError if the router does not begin the tick after `before` empty.
void check_rest(const RecordedTick& before) {
  if (!before.end.packets_late) return;
  throw base::UserError(
      fmt::format("--from: got {}: packets are late at the start of this tick; choose one at whose "
                  "start none is late",
                  before.end.number + 1));
}

}  // namespace

RouterVectors::RouterVectors(unsigned port_count, unsigned input_count)
    : ports(port_count),
      inputs_of_router(input_count),
      channels(input_count > port_count ? 2 : 1),
      inputs(Layout(ports, inputs_of_router, channels).driven.pins()),
      expected(Layout(ports, inputs_of_router, channels).expected.pins()) {}

RouterVectors router_vectors(const arch::ChipDescription& chip, std::uint32_t router,
                             const std::vector<RecordedTick>& ticks, std::uint64_t from) {
  return arch::with_topology_class(chip.topology, [&](auto type) {
    RouterVectorsBuilder<typename decltype(type)::Type> builder(chip, router);
    bool restart = true;
    std::optional<std::int64_t> origin;
    for (const RecordedTick& tick : ticks) {
      if (tick.end.number < from) {
        check_rest(tick);
      } else {
        // The cycle before the first tick is one of the vectors, too.
        if (!origin) origin = tick.end.start_cycle - 1;
        builder.replay(tick, restart, tick.end.start_cycle - *origin);
      }
      restart = !tick.end.packets_late;
    }
    return builder.finish();
  });
}

}  // namespace spikeloom::cosim
