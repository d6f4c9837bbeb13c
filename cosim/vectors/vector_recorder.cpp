// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/cosim/vectors/vector_recorder.h"

#include <stdexcept>

#include "spikeloom/arch/topology/topologies.h"
#include "spikeloom/hw/core/core_model.h"

namespace spikeloom::cosim {
namespace {

/// Marks a router and those at the other ends of its links.
void observe_with_neighbours(const arch::ChipDescription& chip, std::uint32_t router,
                             std::vector<bool>& observed) {
  arch::with_topology(chip, [&](const auto& topology) {
    observed[router] = true;
    const auto place = topology.place(router);
    for (unsigned port = 0; port < topology.kPorts; ++port) {
      if (!topology.is_link(place, port) || !topology.has_link(place, port)) continue;
      observed[topology.peer(router, place, port).router] = true;
    }
  });
}

}  // namespace

VectorRecorder::VectorRecorder(const arch::ChipDescription& chip, const VectorScope& scope)
    : scope_(scope) {
  const hw::RouterList routers = hw::list_routers(chip);
  observed_.resize(routers.routers.size());
  if (scope.core) observed_[routers.cores[static_cast<std::size_t>(*scope.core)].router] = true;
  if (scope.router) observe_with_neighbours(chip, *scope.router, observed_);
}

void VectorRecorder::tick_started(std::uint64_t number, std::int64_t /*start_cycle*/) {
  recording_ = number + 1 >= scope_.from && number <= scope_.to;
  if (recording_) ticks_.emplace_back().end.number = number;
}

void VectorRecorder::tick_done(const TickEnd& end, const std::vector<hw::CoreIf*>& cores) {
  if (!recording_) return;
  recording_ = false;
  RecordedTick& tick = ticks_.back();
  tick.end = end;
  if (!scope_.core) return;
  const hw::CoreModel* const model = hw::model_of(*cores[static_cast<std::size_t>(*scope_.core)]);
  if (model == nullptr) throw std::logic_error("vectors are recorded of models only");
  tick.core = {model->enabled(), model->start_cycle(), model->integrate_cycles(),
               model->busy_cycles(), model->emissions()};
}

void VectorRecorder::host_sends(std::size_t /*packets*/) {}

void VectorRecorder::entered(std::uint32_t router, unsigned input, arch::Packet packet,
                             std::int64_t cycle) {
  if (!recording_) return;
  ticks_.back().events.push_back({NetworkEvent::Kind::kEntered, router, input, packet, cycle});
}

void VectorRecorder::queued(std::uint32_t router, unsigned input, std::int64_t cycle) {
  if (!recording_) return;
  ticks_.back().events.push_back({NetworkEvent::Kind::kQueued, router, input, {}, cycle});
}

void VectorRecorder::left(std::uint32_t router, unsigned input, std::int64_t cycle) {
  if (!recording_) return;
  ticks_.back().events.push_back({NetworkEvent::Kind::kLeft, router, input, {}, cycle});
}

void VectorRecorder::departed(const hw::Departure& departure) {
  if (!recording_) return;
  ticks_.back().events.push_back({NetworkEvent::Kind::kDeparted, departure.router, departure.output,
                                  departure.packet, departure.cycle, departure.arrival,
                                  departure.free, departure.wire});
}

}  // namespace spikeloom::cosim
