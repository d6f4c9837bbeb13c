// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/board/fabric.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/arch/names.h"
#include "spikeloom/hw/network/ideal_network.h"
#include "spikeloom/hw/network/router_network.h"
#include "spikeloom/hw/sync/has_process.h"

namespace spikeloom::hw {
namespace {

/// A core broke the contract of CoreIf: the network has already passed the packet's cycle.
class EmissionTooLate : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

NetworkFactory default_factory(Timing timing) {
  switch (timing) {
    case Timing::kCycle:
      return make_router_network;
    case Timing::kFunctional:
      return [](const arch::ChipDescription& chip, SpikeSink& sink, std::size_t categories,
                NetworkObserver* /*observer*/) {
        return std::make_unique<IdealNetwork>(chip, sink, categories);
      };
  }
  return {};
}

}  // namespace

Fabric::Fabric(const sc_core::sc_module_name& name, const arch::ChipDescription& chip,
               Timing timing, std::size_t categories, NetworkObserver* observer,
               NetworkFactory make_network, PacketFaults* faults)
    : sc_module(name),
      tick("tick"),
      chip_(chip),
      clock_(chip.clock_hz),
      timing_(timing),
      categories_(categories),
      observer_(observer),
      make_network_(make_network ? std::move(make_network) : default_factory(timing)),
      faults_(faults),
      network_(make_network_(chip, *this, categories, observer)),
      involved_(static_cast<std::size_t>(chip.grid().cores())) {
  SPIKELOOM_HAS_PROCESS(Fabric);
  SC_METHOD(on_tick);
  sensitive << tick;
  dont_initialize();
  SC_METHOD(run);
  sensitive << go_;
  dont_initialize();
}

void Fabric::reset() {
  network_ = make_network_(chip_, *this, categories_, observer_);
  working_.clear();
  involved_.clear();
  overdue_.clear();
  arriving_.clear();
  outputs_.clear();
  fault_.clear();
  late_outputs_ = 0;
  last_output_ = 0;
  start_cycle_ = 0;
  length_ = 0;
  tick_ = UINT64_MAX;
  // Ends the wait in `run`.
  go_.notify(sc_core::SC_ZERO_TIME);
}

void Fabric::begin_tick() {
  // Cores, host port and on_tick run in any order in the delta cycle in which a tick starts. The
  // first of them begins the tick here.
  if (tick_ == tick->number()) return;
  tick_ = tick->number();
  length_ = tick->length();
  start_cycle_ = clock_.cycle(sc_core::sc_time_stamp());
  if (observer_ != nullptr) observer_->tick_started(tick_, start_cycle_);
  network_->begin_tick();
  if (faults_ != nullptr) faults_->begin_tick(tick_);
  working_.clear();
  arriving_.swap(overdue_);
  outputs_.clear();
  late_outputs_ = 0;
  last_output_ = 0;
}

void Fabric::on_tick() {
  if (!tick->running()) return;
  begin_tick();
  // All packets are injected in this delta cycle; they move in the next one.
  go_.notify(sc_core::SC_ZERO_TIME);
}

void Fabric::run() {
  if (!tick->running()) return;
  std::int64_t limit = SpikeNetwork::kForever;
  deliver_overdue();
  if (has_cycles(timing_) && sc_core::sc_pending_activity_at_future_time()) {
    limit = clock_.cycle(sc_core::sc_time_stamp() + sc_core::sc_time_to_pending_activity()) -
            start_cycle_;
    // Advance by at least one cycle, or time would stand still.
    limit = std::max(limit, clock_.cycle(sc_core::sc_time_stamp()) - start_cycle_ + 1);
  }
  if (length_ != 0) limit = std::min(limit, length_);
  std::int64_t next = SpikeNetwork::kForever;
  try {
    next = advance(limit);
  } catch (const NetworkStuck& stuck) {
    // An exception must not cross the SystemC kernel.
    fault_ = stuck.what();
  } catch (const EmissionTooLate& error) {
    fault_ = error.what();
  }
  if (!fault_.empty()) {
    tick->network_done(network_->last_event());
    return;
  }
  if (next == SpikeNetwork::kForever || (length_ != 0 && next >= length_)) {
    tick->network_done(network_->last_event());
    if (length_ != 0) network_->end_tick(length_, cores_late());
    return;
  }
  next_trigger(clock_.time(start_cycle_ + next) - sc_core::sc_time_stamp(), go_);
}

bool Fabric::cores_late() const {
  return std::any_of(cores_.begin(), cores_.end(), [this](const CoreIf* core) {
    return core->enabled() && core->busy_cycles() > length_;
  });
}

std::int64_t Fabric::advance(std::int64_t limit) {
  while (true) {
    std::int64_t core = CoreIf::kDone;
    for (const WorkingCore& working : working_) core = std::min(core, working.next);
    const std::int64_t next = network_->run(std::min(limit, core));
    if (core >= limit) return std::min(next, core);
    run_cores(core);
  }
}

void Fabric::run_cores(std::int64_t cycle) {
  for (WorkingCore& working : working_) {
    if (working.next > cycle) continue;
    CoreIf& core = *cores_[static_cast<std::size_t>(working.core)];
    working.next = std::max(core.run(cycle + 1), cycle + 1);
    const std::vector<Emission>& emissions = core.emissions();
    if (emissions.size() > working.emissions) {
      if (emissions[working.emissions].ready < cycle) {
        throw EmissionTooLate(fmt::format(
            "{} handed out a packet in cycle {} that was ready in cycle {}",
            arch::core_name(chip_, working.core), cycle, emissions[working.emissions].ready));
      }
      network_->inject_more_from_core(working.core, emissions, working.emissions);
      working.emissions = emissions.size();
    }
    if (working.next == CoreIf::kDone) tick->busy_until(core.busy_cycles());
  }
  const auto done = [](const WorkingCore& working) { return working.next == CoreIf::kDone; };
  working_.erase(std::remove_if(working_.begin(), working_.end(), done), working_.end());
}

void Fabric::core_begins(int number, std::int64_t next) {
  begin_tick();
  involved_.insert(static_cast<std::uint32_t>(number));
  const CoreIf& core = *cores_[static_cast<std::size_t>(number)];
  network_->inject_from_core(number, core.emissions());
  if (next == CoreIf::kDone) {
    tick->busy_until(core.busy_cycles());
  } else {
    working_.push_back({number, next, core.emissions().size()});
  }
}

void Fabric::inject_from_host(const std::vector<Emission>& emissions) {
  begin_tick();
  if (observer_ != nullptr) observer_->host_sends(emissions.size());
  network_->inject_from_host(emissions);
}

void Fabric::connect(std::vector<CoreIf*> cores) {
  cores_ = std::move(cores);
  links_followed_ =
      has_cycles(timing_) && std::any_of(cores_.begin(), cores_.end(),
                                         [](const CoreIf* core) { return core->follows_link(); });
}

bool Fabric::arrives(int receiver, arch::Packet& packet) {
  const std::optional<arch::Packet> arrived = faults_->arrive(receiver, packet);
  if (arrived) packet = *arrived;
  return arrived.has_value();
}

void Fabric::deliver_to_core(int core, arch::Packet packet, std::int64_t cycle) {
  if (faults_ != nullptr && !arrives(core, packet)) return;
  if (links_followed_) cores_[static_cast<std::size_t>(core)]->depart(packet, cycle);
  arrive_at_core(core, packet, cycle);
}

void Fabric::arrive_at_core(int core, arch::Packet packet, std::int64_t cycle) {
  if (length_ != 0) {
    // An expanded packet arrives with its last write.
    const std::int64_t end = cycle + (packet.expanded() ? port_cycles(core, packet) : 0);
    if (end > length_) {
      overdue_.push_back({core, packet, cycle});
      return;
    }
  }
  involved_.insert(static_cast<std::uint32_t>(core));
  cores_[static_cast<std::size_t>(core)]->receive(packet, cycle);
}

void Fabric::deliver_to_host(arch::Packet packet, std::int64_t cycle) {
  if (faults_ != nullptr && !arrives(PacketFaults::kHost, packet)) return;
  reach_host(packet, cycle);
}

void Fabric::reach_host(arch::Packet packet, std::int64_t cycle) {
  if (length_ != 0 && cycle > length_) {
    overdue_.push_back({kHost, packet, cycle});
    return;
  }
  arrive_at_host(packet, cycle);
}

void Fabric::deliver_overdue() {
  for (const Overdue& item : arriving_) {
    const std::int64_t cycle = item.cycle - length_;
    if (item.core == kHost) {
      reach_host(item.packet, cycle);
    } else {
      arrive_at_core(item.core, item.packet, cycle);
    }
  }
  arriving_.clear();
}

void Fabric::take_involved(std::vector<int>& cores) {
  cores.clear();
  involved_.take([&](std::uint32_t core) { cores.push_back(static_cast<int>(core)); });
}

Waiting Fabric::waiting(int parity) const {
  Waiting result = network_->waiting(parity);
  for (const Overdue& item : overdue_) {
    if (item.packet.parity() == parity) result.add(item.packet);
  }
  return result;
}

void Fabric::arrive_at_host(arch::Packet packet, std::int64_t cycle) {
  if (packet.parity() != static_cast<int>(tick->number() & 1)) {
    ++late_outputs_;
    if (!arch::is_delivered(chip_.sync.late_spikes)) return;
  }
  outputs_.push_back(packet);
  last_output_ = std::max(last_output_, cycle);
}

}  // namespace spikeloom::hw
