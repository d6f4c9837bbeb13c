// SPDX-License-Identifier: Apache-2.0
#include "hw/router/fabric.h"

#include <algorithm>

#include "hw/router/direct_network.h"
#include "hw/router/mesh_network.h"

namespace spikeloom::hw {

Fabric::Fabric(const sc_core::sc_module_name& name, const common::ChipDescription& chip,
               Timing timing, std::size_t accounts)
    : sc_module(name), tick("tick"), clock_(chip.clock_hz), timing_(timing) {
  SpikeSink& sink = *this;
  if (timing == Timing::kCycle) {
    network_ = std::make_unique<MeshNetwork>(chip, sink, accounts);
  } else {
    network_ = std::make_unique<DirectNetwork>(chip, sink, accounts);
  }
  SC_HAS_PROCESS(Fabric);
  SC_METHOD(on_tick);
  sensitive << tick;
  dont_initialize();
  SC_METHOD(run);
  sensitive << go_;
  dont_initialize();
}

void Fabric::begin_tick() {
  // Whoever comes first in the delta cycle of the start, a core, the host or on_tick, opens it.
  if (tick_ == tick->number()) return;
  tick_ = tick->number();
  network_->begin_tick();
  outputs_.clear();
  last_output_ = 0;
}

void Fabric::on_tick() {
  begin_tick();
  start_cycle_ = clock_.cycle(sc_core::sc_time_stamp());
  // Everybody injects in this delta cycle; the packets move in the next.
  go_.notify(sc_core::SC_ZERO_TIME);
}

void Fabric::run() {
  std::int64_t limit = SpikeNetwork::kForever;
  if (timing_ == Timing::kCycle && sc_core::sc_pending_activity_at_future_time()) {
    limit = clock_.cycle(sc_core::sc_time_stamp() + sc_core::sc_time_to_pending_activity()) -
            start_cycle_;
    // At least one cycle, or time would stand still.
    limit = std::max(limit, clock_.cycle(sc_core::sc_time_stamp()) - start_cycle_ + 1);
  }
  const std::int64_t next = network_->run(limit);
  if (next == SpikeNetwork::kForever) {
    tick->network_empty(network_->last_event());
    return;
  }
  next_trigger(clock_.time(start_cycle_ + next) - sc_core::sc_time_stamp());
}

void Fabric::inject_from_core(int core, const std::vector<Emission>& emissions) {
  begin_tick();
  network_->inject_from_core(core, emissions);
}

void Fabric::inject_from_host(const std::vector<Emission>& emissions) {
  begin_tick();
  network_->inject_from_host(emissions);
}

void Fabric::deliver_to_core(int core, common::Packet packet, std::int64_t /*cycle*/) {
  cores_[static_cast<std::size_t>(core)]->receive(packet);
}

void Fabric::deliver_to_host(common::Packet packet, std::int64_t cycle) {
  outputs_.push_back(packet);
  last_output_ = std::max(last_output_, cycle);
}

}  // namespace spikeloom::hw
