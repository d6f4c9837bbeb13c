// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/cosim/rtl_network.h"

#include <algorithm>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/arch/topology/topologies.h"
#include "spikeloom/cosim/rtl_sources.h"
#include "spikeloom/hw/network/router_network.h"

namespace spikeloom::cosim {
namespace {

constexpr int kPacketBits = arch::Packet::kBits;
constexpr int kTagBits = 16;  ///< that the RTL carries beside a packet: its stat category
constexpr int kFlitBits = kPacketBits + kTagBits;

constexpr std::size_t index(int number) { return static_cast<std::size_t>(number); }

/// Returns the cycles after which an empty network has forgotten all earlier packets.
std::int64_t settling_cycles(const arch::ChipDescription& chip) {
  return std::int64_t{chip.router.credit_cycles} + chip.trunk.millicycles_per_packet() / 1000 + 2;
}

bool bit(const VerilatedPin& pin, std::size_t number) {
  return pin.get(static_cast<int>(number), 1) != 0;
}

void set_bit(VerilatedPin& pin, std::size_t number, bool value) {
  pin.set(static_cast<int>(number), 1, value ? 1 : 0);
}

/// Calls `visitor` with the number of each bit that is set.
template <class Visitor>
void for_each_bit(const VerilatedPin& pin, const Visitor& visitor) {
  for (int first = 0; first < pin.bits(); first += 64) {
    std::uint64_t bits = pin.get(first, std::min(64, pin.bits() - first));
    for (; bits != 0; bits &= bits - 1) {
      visitor(static_cast<std::size_t>(first + __builtin_ctzll(bits)));
    }
  }
}

}  // namespace

VerilatedSource rtl_network_source(const arch::ChipDescription& chip) {
  VerilatedSource source;
  source.top = "network";
  source.files = rtl_sources(chip, {}, source.top);
  source.parameters = {{"TAG_BITS", kTagBits}};
  return source;
}

/// The pins of rtl/network/network.sv, which explains them.
struct RtlNetwork::Pins {
  explicit Pins(const VerilatedModule& module)
      : clock(module.pin("clock")),
        reset(module.pin("reset")),
        tick_start(module.pin("tick_start")),
        in_valid(module.pin("in_valid")),
        in_flit(module.pin("in_flit")),
        in_ready(module.pin("in_ready")),
        out_ready(module.pin("out_ready")),
        host_in_valid(module.pin("host_in_valid")),
        host_in_flit(module.pin("host_in_flit")),
        host_in_ready(module.pin("host_in_ready")),
        host_out_ready(module.pin("host_out_ready")),
        idle(module.pin("idle")),
        waiting_next(module.pin("waiting_next")),
        departure(module.pin("activity_departure")),
        flit(module.pin("activity_flit")),
        input(module.pin("activity_input")),
        left(module.pin("activity_left")) {}

  VerilatedPin clock, reset, tick_start;
  VerilatedPin in_valid, in_flit, in_ready, out_ready;
  VerilatedPin host_in_valid, host_in_flit, host_in_ready, host_out_ready;
  VerilatedPin idle, waiting_next;
  VerilatedPin departure, flit, input, left;
};

RtlNetwork::RtlNetwork(const arch::ChipDescription& chip, hw::SpikeSink& sink,
                       std::size_t categories, hw::NetworkObserver* observer,
                       std::shared_ptr<const VerilatedLibrary> library)
    : chip_(chip),
      sink_(sink),
      observer_(observer),
      module_(std::move(library)),
      pins_(std::make_unique<Pins>(module_)),
      core_sources_(index(chip.grid().cores())),
      core_free_(index(chip.grid().cores())),
      host_input_(chip.host_port.millicycles_per_packet()),
      host_output_(chip.host_port.millicycles_per_packet()),
      trunk_(chip.trunk.millicycles_per_packet()),
      settling_(settling_cycles(chip)),
      activity_(categories) {
  if (observer != nullptr) observed_ = observer->observed();
  arch::with_topology(chip, [this](const auto& topology) { connect(topology); });
  pins_->reset.set(1);
  module_.eval();
  end_cycle();
  pins_->reset.set(0);
}

RtlNetwork::~RtlNetwork() = default;

template <class Topology>
void RtlNetwork::connect(const Topology& topology) {
  ports_ = Topology::kPorts;
  inputs_ = Topology::kInputs;
  if constexpr (std::is_same_v<Topology, arch::TorusTopology>) {
    wire_bits_ = Topology::kStop.put(static_cast<int>(Topology::kStop.mask()));
  }
  const std::size_t routers = topology.routers();
  fifos_.resize(routers * inputs_);
  link_packets_.resize(routers * ports_);
  for (std::size_t core = 0; core < core_sources_.size(); ++core) {
    core_sources_[core].at = topology.core_port(static_cast<int>(core));
  }
  host_source_.at = topology.host_port();
  for (std::size_t i = 0; i < routers; ++i) {
    const auto router = static_cast<std::uint32_t>(i);
    const auto place = topology.place(router);
    for (unsigned port = 0; port < ports_; ++port) {
      Output output;
      if (port == Topology::kHostPort) {
        output.kind = Output::Kind::kHost;
      } else if (!topology.is_link(place, port)) {
        output.kind = Output::Kind::kCore;
        output.core = topology.core(router, place, port);
      } else if (topology.has_link(place, port)) {
        output.between_chips = topology.between_chips(place, port);
        output.is_trunk = topology.is_trunk(place, port);
        for (unsigned input = 0; input < inputs_; ++input) {
          const arch::Attachment to = topology.next(router, place, input, port);
          output.fifos.push_back(to.router * inputs_ + to.port);
        }
      }
      outputs_.push_back(std::move(output));
    }
  }
}

// ---- Ticks

void RtlNetwork::begin_tick() {
  std::fill(activity_.begin(), activity_.end(), hw::NetworkActivity{});
  std::fill(link_packets_.begin(), link_packets_.end(), 0);
  if (goes_on_) {
    goes_on_ = false;
    return;
  }
  if (!in_cycle_) withdraw();
  pins_->tick_start.set(1);
  module_.eval();
  end_cycle();
  pins_->tick_start.set(0);
  cycle_ = 0;
  start_ = 0;
  last_move_ = 0;
  last_arrival_ = 0;
  const auto clear = [](Source& source) {
    const arch::Attachment at = source.at;
    source = {};
    source.at = at;
  };
  for (Source& source : core_sources_) clear(source);
  clear(host_source_);
  std::fill(core_free_.begin(), core_free_.end(), 0);
  host_free_ = 0;
  host_input_.clear();
  host_output_.clear();
  trunk_.clear();
}

void RtlNetwork::end_tick(std::int64_t cycles, bool cores_late) {
  start_ += cycles;
  for (Source& source : core_sources_) keep_late(source, cycles);
  keep_late(host_source_, cycles);
  goes_on_ = cores_late || waiting(0).packets + waiting(1).packets != 0 || last_arrival_ > start_;
  if (goes_on_ && cycle_ < start_) pass_idle(start_);
}

void RtlNetwork::keep_late(Source& source, std::int64_t cycles) const {
  std::vector<hw::Emission> late;
  if (source.emissions != nullptr) {
    late.assign(source.emissions->begin() + static_cast<std::ptrdiff_t>(source.next),
                source.emissions->end());
    for (hw::Emission& emission : late) {
      emission.ready = std::max<std::int64_t>(0, emission.ready - cycles);
    }
  }
  source.late = std::move(late);
  source.emissions = source.late.empty() ? nullptr : &source.late;
  source.next = 0;
}

hw::Waiting RtlNetwork::waiting(int parity) const {
  hw::Waiting result;
  const auto add = [&](arch::Packet packet) {
    if (packet.parity() == parity) result.add(packet);
  };
  for (const auto& fifo : fifos_) std::for_each(fifo.begin(), fifo.end(), add);
  const auto add_late = [&](const Source& source) {
    for (const hw::Emission& emission : source.late) add(emission.packet);
  };
  for (const Source& source : core_sources_) add_late(source);
  add_late(host_source_);
  return result;
}

void RtlNetwork::inject_from_core(int core, const std::vector<hw::Emission>& emissions) {
  inject_more_from_core(core, emissions, 0);
}

void RtlNetwork::inject_more_from_core(int core, const std::vector<hw::Emission>& emissions,
                                       std::size_t first) {
  for (std::size_t i = first; i < emissions.size(); ++i) {
    ++activity_[emissions[i].category].packets;
  }
  add_emissions(core_sources_[index(core)], emissions, first);
}

void RtlNetwork::inject_from_host(const std::vector<hw::Emission>& emissions) {
  for (const hw::Emission& emission : emissions) ++activity_[emission.category].host_packets;
  add_emissions(host_source_, emissions, 0);
}

void RtlNetwork::add_emissions(Source& source, const std::vector<hw::Emission>& emissions,
                               std::size_t first) {
  if (source.late.empty()) {
    source.emissions = &emissions;
    return;
  }
  // New packets follow the late ones.
  source.late.insert(source.late.end(), emissions.begin() + static_cast<std::ptrdiff_t>(first),
                     emissions.end());
}

// ---- Cycles

std::int64_t RtlNetwork::due(const Source& source) const {
  if (source.empty()) return kForever;
  return std::max((*source.emissions)[source.next].ready + start_, source.free);
}

std::int64_t RtlNetwork::next_cycle() const {
  if (held_[0] + held_[1] != 0) return cycle_;
  std::int64_t next = due(host_source_);
  for (const Source& source : core_sources_) next = std::min(next, due(source));
  return std::max(next, cycle_);
}

std::int64_t RtlNetwork::run(std::int64_t limit) {
  const std::int64_t end = limit == kForever ? kForever : limit + start_;
  while (true) {
    const std::int64_t next = next_cycle();
    if (next == kForever) return kForever;
    if (next >= end) return in_tick(next);
    if (next > cycle_) pass_idle(next);
    step();
  }
}

void RtlNetwork::step() {
  if (in_cycle_) end_cycle();
  offer();
  module_.eval();
  check_pin("idle", pins_->idle, held_[0] + held_[1] == 0 ? 1 : 0);
  take_entries();
  for_each_bit(pins_->departure, [this](std::size_t number) { depart(number); });
  for_each_bit(pins_->left, [this](std::size_t fifo) { take_from(fifo); });
  check_pin("waiting_next", pins_->waiting_next,
            (held_[0] != 0 ? 1U : 0U) | (held_[1] != 0 ? 2U : 0U));
  check_progress();
  ++cycle_;
  in_cycle_ = true;
}

void RtlNetwork::check_pin(const char* name, const VerilatedPin& pin,
                           std::uint64_t expected) const {
  if (pin.get() == expected) return;
  throw std::runtime_error(fmt::format("RTL network, cycle {}: pin {} is {}, but must be {}",
                                       in_tick(cycle_), name, pin.get(), expected));
}

void RtlNetwork::end_cycle() {
  pins_->clock.set(1);
  module_.eval();
  pins_->clock.set(0);
  in_cycle_ = false;
  ++rtl_cycles_;
}

void RtlNetwork::pass_idle(std::int64_t cycle) {
  if (in_cycle_) end_cycle();
  withdraw();
  for (std::int64_t passed = 0; passed < std::min(cycle - cycle_, settling_); ++passed) {
    module_.eval();
    end_cycle();
  }
  cycle_ = cycle;
}

void RtlNetwork::withdraw() {
  for (std::size_t core = 0; core < core_sources_.size(); ++core) {
    set_bit(pins_->in_valid, core, false);
  }
  pins_->host_in_valid.set(0);
}

void RtlNetwork::offer() {
  const auto put = [this](const Source& source, VerilatedPin& valid, VerilatedPin& flit,
                          std::size_t number) {
    const bool offers = due(source) <= cycle_;
    set_bit(valid, number, offers);
    if (!offers) return;
    const hw::Emission& emission = (*source.emissions)[source.next];
    const int first = static_cast<int>(number) * kFlitBits;
    flit.set(first, kPacketBits, emission.packet.bits());
    flit.set(first + kPacketBits, kTagBits, emission.category);
  };
  for (std::size_t core = 0; core < core_sources_.size(); ++core) {
    put(core_sources_[core], pins_->in_valid, pins_->in_flit, core);
    set_bit(pins_->out_ready, core, core_free_[core] <= cycle_);
  }
  put(host_source_, pins_->host_in_valid, pins_->host_in_flit, 0);
  pins_->host_out_ready.set(host_free_ <= cycle_ ? 1 : 0);
}

void RtlNetwork::take_entries() {
  for (std::size_t core = 0; core < core_sources_.size(); ++core) {
    if (!bit(pins_->in_valid, core) || !bit(pins_->in_ready, core)) continue;
    enter(core_sources_[core]);
    core_sources_[core].free = cycle_ + chip_.core.timing.emit_cycles_per_packet;
  }
  if (pins_->host_in_valid.get() == 0 || pins_->host_in_ready.get() == 0) return;
  enter(host_source_);
  host_input_.take(static_cast<std::uint32_t>(cycle_));
  host_source_.free = host_input_.free();
}

void RtlNetwork::enter(Source& source) {
  const hw::Emission& emission = (*source.emissions)[source.next++];
  const arch::Attachment at = source.at;
  put(at.router * inputs_ + at.port, emission.packet);
  if (observes(at.router)) {
    observer_->entered(at.router, at.port, emission.packet, in_tick(cycle_));
  }
  std::int64_t& last = activity_[emission.category].last_event;
  last = std::max(last, in_tick(cycle_ + 1));
}

void RtlNetwork::put(std::size_t fifo, arch::Packet packet) {
  fifos_[fifo].push_back(packet);
  ++held_[packet.parity() != 0 ? 1 : 0];
  last_move_ = std::max(last_move_, cycle_);
  const std::size_t router = fifo / inputs_;
  if (!observes(router)) return;
  observer_->queued(static_cast<std::uint32_t>(router), static_cast<unsigned>(fifo % inputs_),
                    in_tick(cycle_));
}

void RtlNetwork::depart(std::size_t number) {
  const std::size_t router = number / ports_;
  const Output& output = outputs_[number];
  const int first = static_cast<int>(number) * kFlitBits;
  const std::uint64_t wire = pins_->flit.get(first, kPacketBits);
  const arch::Packet packet(wire & ~wire_bits_);
  const std::size_t category = pins_->flit.get(first + kPacketBits, kTagBits);
  const std::size_t input =
      pins_->input.get(static_cast<int>(number) * kInputNumberBits, kInputNumberBits);
  const bool valid =
      output.kind == Output::Kind::kLink ? input < output.fifos.size() : input < inputs_;
  if (category >= activity_.size() || !valid) {
    throw std::runtime_error(
        fmt::format("RTL network, cycle {}: packet {:#018x} of category {} leaves router {} from "
                    "input {} by output {}",
                    in_tick(cycle_), packet.bits(), category, router, input, number % ports_));
  }
  hw::NetworkActivity& activity = activity_[category];
  ++activity.router_traversals;
  last_move_ = std::max(last_move_, cycle_);
  std::int64_t arrival = cycle_ + chip_.router.packet_link_cycles();
  std::int64_t done = arrival;  // the end of the delivery
  std::int64_t free = arrival;  // the output's
  switch (output.kind) {
    case Output::Kind::kLink:
      ++(output.between_chips ? activity.inter_chip_transfers : activity.link_transfers);
      ++link_packets_[number];
      if (output.between_chips) arrival = cycle_ + chip_.inter_chip.packet_link_cycles();
      if (output.is_trunk) {
        trunk_.take(static_cast<std::uint32_t>(cycle_));
        arrival = trunk_.free();
      }
      free = arrival;
      put(output.fifos[input], packet);
      break;
    case Output::Kind::kCore: {
      ++activity.deliveries;
      if (packet.expanded()) {
        const std::int64_t busy = sink_.port_cycles(output.core, packet);
        free = std::max(arrival, cycle_ + busy);
        done = arrival + busy;
      }
      core_free_[index(output.core)] = free;
      sink_.deliver_to_core(output.core, packet, in_tick(arrival));
      break;
    }
    case Output::Kind::kHost:
      ++activity.host_packets;
      host_output_.take(static_cast<std::uint32_t>(cycle_));
      free = std::max<std::int64_t>(arrival, host_output_.free());
      host_free_ = free;
      sink_.deliver_to_host(packet, in_tick(arrival));
      break;
  }
  if (output.kind != Output::Kind::kLink) {
    activity.last_event = std::max(activity.last_event, in_tick(done));
    last_arrival_ = std::max(last_arrival_, done);
    last_move_ = std::max(last_move_, free);
  }
  if (observes(router)) {
    observer_->departed({static_cast<std::uint32_t>(router), static_cast<unsigned>(number % ports_),
                         packet, in_tick(cycle_), in_tick(arrival), in_tick(free), wire});
  }
}

void RtlNetwork::take_from(std::size_t fifo) {
  const std::size_t router = fifo / inputs_;
  const auto input = static_cast<unsigned>(fifo % inputs_);
  if (fifos_[fifo].empty()) {
    throw std::runtime_error(
        fmt::format("RTL network, cycle {}: a packet leaves the empty FIFO {} of router {}",
                    in_tick(cycle_), input, router));
  }
  --held_[fifos_[fifo].front().parity() != 0 ? 1 : 0];
  fifos_[fifo].pop_front();
  last_move_ = std::max(last_move_, cycle_);
  if (observes(router)) {
    observer_->left(static_cast<std::uint32_t>(router), input, in_tick(cycle_));
  }
}

void RtlNetwork::check_progress() const {
  // The longest time for which no packet need move: all of a hop.
  const std::int64_t hop =
      std::int64_t{chip_.router.pipeline_cycles} + chip_.router.credit_cycles + 2 +
      std::max(chip_.router.packet_link_cycles(), chip_.inter_chip.packet_link_cycles()) +
      chip_.trunk.millicycles_per_packet() / 1000;
  if (held_[0] + held_[1] == 0 || cycle_ <= last_move_ + hop) return;
  throw hw::NetworkStuck(
      fmt::format("the network is stuck: {} packets have not moved since cycle {}",
                  held_[0] + held_[1], in_tick(last_move_)));
}

hw::NetworkFactory rtl_network(std::shared_ptr<const VerilatedLibrary> library) {
  return [library = std::move(library)](const arch::ChipDescription& chip, hw::SpikeSink& sink,
                                        std::size_t categories, hw::NetworkObserver* observer) {
    return std::make_unique<RtlNetwork>(chip, sink, categories, observer, library);
  };
}

}  // namespace spikeloom::cosim
