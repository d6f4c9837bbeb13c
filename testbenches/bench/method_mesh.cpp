// SPDX-License-Identifier: Apache-2.0
#include "testbenches/bench/method_mesh.h"

#include <algorithm>

#include "spikeloom/arch/topology/attachment.h"
#include "spikeloom/hw/network/arbiter.h"
#include "spikeloom/hw/sync/has_process.h"

namespace spikeloom::bench {

using arch::first_port;
using arch::MeshTopology;
using arch::port_bit;

MethodRouter::MethodRouter(const sc_core::sc_module_name& name, const arch::ChipDescription& chip,
                           const MeshTopology& topology, std::uint32_t number, Wake wake,
                           hw::SpikeSink& sink)
    : sc_module(name),
      clock("clock"),
      chip_(chip),
      topology_(topology),
      number_(number),
      place_(topology.place(number)),
      wake_(wake),
      sink_(sink) {
  for (Fifo& fifo : fifos_) fifo.places.resize(static_cast<std::size_t>(chip.router.fifo_depth));
  SPIKELOOM_HAS_PROCESS(MethodRouter);
  SC_METHOD(step);
  sensitive << clock.pos();
  dont_initialize();
}

void MethodRouter::step() {
  const auto now =
      static_cast<std::int64_t>(sc_core::sc_time_stamp().value() / MethodMesh::kPeriod);
  // The method may already have run in this cycle, for an arrival just before the edge.
  if (stepped_ == now) return;
  stepped_ = now;
  // Collects the outputs that each input requests, from the state at the start of the cycle.
  std::array<unsigned, kPorts> requests{};
  unsigned requested = 0;
  for (unsigned inputs = occupied_; inputs != 0; inputs &= inputs - 1) {
    const unsigned input = first_port(inputs);
    const Fifo& fifo = fifos_[input];
    if (fifo.places[fifo.head].eligible > now) continue;
    requests[first_port(fifo.wanted)] |= port_bit(input);
    requested |= fifo.wanted;
  }
  if (emissions_ != nullptr) enter(now);
  for (; requested != 0; requested &= requested - 1) {
    const unsigned output = first_port(requested);
    if (output_free_[output] > now) continue;
    const bool link = MeshTopology::is_link(place_, output);
    const unsigned far_input = topology_.peer(number_, place_, output % 4).port;
    if (link && !next_[output]->had_room(far_input, now, chip_.router.credit_cycles)) continue;
    const unsigned input = hw::RoundRobin::choose(requests[output], last_input_[output]);
    last_input_[output] = static_cast<std::uint8_t>(input);
    const Fifo& fifo = fifos_[input];
    Flit flit = fifo.places[fifo.head];
    pop(input, now);
    ++traversals_;
    const std::int64_t arrival = now + chip_.router.link_cycles;
    output_free_[output] = arrival;
    if (link) {
      flit.eligible = arrival + chip_.router.pipeline_cycles;
      next_[output]->push(far_input, flit, now);
    } else {
      sink_.deliver_to_core(static_cast<int>(number_), flit.packet, arrival);
    }
  }
  if (wake_ == Wake::kArrival) sleep(now);
}

void MethodRouter::enter(std::int64_t cycle) {
  const hw::Emission& next = (*emissions_)[next_emission_];
  if (std::max(next.ready, may_enter_) > cycle || !had_room(MeshTopology::kCore, cycle, 0)) {
    return;
  }
  push(MeshTopology::kCore,
       {next.packet, topology_.destination(next.packet), cycle + chip_.router.pipeline_cycles},
       cycle);
  may_enter_ = cycle + chip_.core.timing.emit_cycles_per_packet;
  if (++next_emission_ == emissions_->size()) emissions_ = nullptr;
}

void MethodRouter::wake_at(std::int64_t at, std::int64_t cycle) {
  arrival_.notify(MethodMesh::time(at - cycle));
}

void MethodRouter::sleep(std::int64_t cycle) {
  if (occupied_ != 0) return;  // the next clock edge runs the method
  if (emissions_ != nullptr) {
    wake_at(std::max((*emissions_)[next_emission_].ready, may_enter_), cycle);
  }
  next_trigger(arrival_);
}

void MethodRouter::push(unsigned input, const Flit& flit, std::int64_t cycle) {
  Fifo& fifo = fifos_[input];
  const auto depth = static_cast<unsigned>(fifo.places.size());
  const unsigned at = fifo.head + fifo.fill;
  fifo.places[at < depth ? at : at - depth] = flit;
  if (fifo.fill++ != 0) return;
  fifo.wanted = topology_.outputs(place_, input, flit.destination);
  if (wake_ == Wake::kArrival && occupied_ == 0) wake_at(flit.eligible, cycle);
  occupied_ |= port_bit(input);
}

void MethodRouter::pop(unsigned input, std::int64_t cycle) {
  Fifo& fifo = fifos_[input];
  fifo.freed.push_back(cycle);
  if (++fifo.head == fifo.places.size()) fifo.head = 0;
  if (--fifo.fill == 0) {
    occupied_ &= ~static_cast<unsigned>(port_bit(input));
  } else {
    fifo.wanted = topology_.outputs(place_, input, fifo.places[fifo.head].destination);
  }
}

bool MethodRouter::had_room(unsigned input, std::int64_t cycle, std::int64_t credit) {
  Fifo& fifo = fifos_[input];
  while (!fifo.freed.empty() && fifo.freed.front() + credit < cycle) fifo.freed.pop_front();
  return fifo.fill + fifo.freed.size() < fifo.places.size();
}

MethodMesh::MethodMesh(const sc_core::sc_module_name& name, const arch::ChipDescription& chip,
                       Wake wake, hw::SpikeSink& sink)
    : sc_module(name), clock("clock"), chip_(chip), topology_(chip_), routers_("router") {
  routers_.init(topology_.routers(), [&](const char* router_name, std::size_t number) {
    return new MethodRouter(router_name, chip_, topology_, static_cast<std::uint32_t>(number), wake,
                            sink);
  });
  const arch::MeshDescription grid = chip_.grid();
  for (std::size_t number = 0; number < routers_.size(); ++number) {
    MethodRouter& router = routers_[number];
    router.clock(clock);
    const int x = grid.x(static_cast<int>(number)), y = grid.y(static_cast<int>(number));
    const auto join = [&](unsigned output, int nx, int ny) {
      if (nx < 0 || ny < 0 || nx >= grid.columns || ny >= grid.rows) return;
      router.connect(output, routers_[static_cast<std::size_t>(grid.core_at(nx, ny))]);
    };
    join(MeshTopology::kNorth, x, y - 1);
    join(MeshTopology::kEast, x + 1, y);
    join(MeshTopology::kSouth, x, y + 1);
    join(MeshTopology::kWest, x - 1, y);
  }
}

std::uint64_t MethodMesh::traversals() const {
  std::uint64_t sum = 0;
  for (const MethodRouter& router : routers_) sum += router.traversals();
  return sum;
}

}  // namespace spikeloom::bench
