// SPDX-License-Identifier: Apache-2.0
#include "testbenches/rtl/chip/model_view.h"

#include <stdexcept>
#include <utility>

#include "spikeloom/arch/topology/topologies.h"

namespace spikeloom::rtl {

ModelView::ModelView(const arch::ChipDescription& chip, hw::NetworkObserver* next,
                     hw::BoardTracer* tracer)
    : next_(next), tracer_(tracer), busy_until_(static_cast<std::size_t>(chip.grid().cores())) {
  std::size_t routers = 0;
  unsigned ports = 0;
  arch::with_topology(chip, [&](const auto& topology) {
    routers = topology.routers();
    ports = topology.kPorts;
  });
  ports_ = ports;
  observed_.assign(routers, true);
  if (routers * ports > kMaxDepartures || busy_until_.size() > kMaxCores) {
    throw std::logic_error("the board is too large for this testbench");
  }
}

void ModelView::follow(hw::Board& board) {
  board_ = &board;
  board.on_tick_done([this](const hw::TickReport& report) { tick_done(report); });
  board.on_reset([this](std::int64_t cycle) { reset(cycle); });
}

void ModelView::reset(std::int64_t cycle) {
  if (tracer_ != nullptr) tracer_->reset(cycle);
  running_ = false;
  number_ = 0;
  unfinished_ = false;
  departures_.clear();
  late_.clear();
}

void ModelView::tick_done(const hw::TickReport& report) {
  if (tracer_ != nullptr) tracer_->tick_done(report, board_->cores(), 0.0);
  running_ = false;
  number_ = report.number + 1;
  ++ticks_;
  unfinished_ = false;
  LateCounts counts;
  counts.cores.resize(busy_until_.size());
  for (const hw::LateReport::Receiver& receiver : board_->late().receivers) {
    unfinished_ = unfinished_ || receiver.unfinished;
    if (receiver.core == hw::LateReport::kHost) {
      counts.host = receiver.spikes;
    } else {
      counts.cores[static_cast<std::size_t>(receiver.core)] = receiver.spikes;
    }
  }
  late_.push_back(std::move(counts));
}

std::vector<LateCounts> ModelView::take_late() { return std::exchange(late_, {}); }

bool ModelView::drained() const {
  return !running_ && !unfinished_ && board_->fabric().waiting(0).packets == 0 &&
         board_->fabric().waiting(1).packets == 0;
}

ChipView ModelView::view(std::int64_t cycle) {
  ChipView result;
  result.running = running_;
  result.number = number_;
  result.fault = !board_->fault().empty();
  if (first_cycle_) {
    // The cores have begun the tick by now.
    first_cycle_ = false;
    for (std::size_t i = 0; i < busy_until_.size(); ++i) {
      const hw::CoreIf& core = board_->core(static_cast<int>(i));
      busy_until_[i] = core.enabled() ? start_ + core.busy_cycles() : 0;
    }
  }
  for (std::size_t i = 0; i < busy_until_.size(); ++i) {
    result.firing[i] = running_ && cycle < busy_until_[i];
  }
  if (const auto found = departures_.find(cycle); found != departures_.end()) {
    result.departures = found->second;
  }
  departures_.erase(departures_.begin(), departures_.upper_bound(cycle));
  return result;
}

void ModelView::tick_started(std::uint64_t number, std::int64_t start_cycle) {
  running_ = true;
  first_cycle_ = true;
  number_ = number;
  start_ = start_cycle;
  if (next_ != nullptr) next_->tick_started(number, start_cycle);
}

void ModelView::host_sends(std::size_t packets) {
  if (next_ != nullptr) next_->host_sends(packets);
}

void ModelView::entered(std::uint32_t router, unsigned input, arch::Packet packet,
                        std::int64_t cycle) {
  if (next_ != nullptr && next_->observed()[router]) next_->entered(router, input, packet, cycle);
}

void ModelView::queued(std::uint32_t router, unsigned input, std::int64_t cycle) {
  if (next_ != nullptr && next_->observed()[router]) next_->queued(router, input, cycle);
}

void ModelView::left(std::uint32_t router, unsigned input, std::int64_t cycle) {
  if (next_ != nullptr && next_->observed()[router]) next_->left(router, input, cycle);
}

void ModelView::departed(const hw::Departure& departure) {
  departures_[start_ + departure.cycle].set(departure.router * ports_ + departure.output);
  if (next_ != nullptr && next_->observed()[departure.router]) next_->departed(departure);
}

}  // namespace spikeloom::rtl
