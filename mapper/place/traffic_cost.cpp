// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/place/traffic_cost.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace spikeloom::mapper {

void StreamRegions::find(const Stream& stream, const Slots& slots,
                         std::vector<arch::Region>& regions) {
  const std::size_t count = stream.receivers.size();
  bases_.resize(count);
  cores_.resize(count);
  bool sorted = true;
  for (std::size_t i = 0; i < count; ++i) {
    const Stream::Receiver& receiver = stream.receivers[i];
    const Slot& slot = slots[static_cast<std::size_t>(receiver.block)];
    bases_[i] = (stream.expanded ? slot.entry_base : slot.group_base) + receiver.base;
    cores_[i] = slot.core;
    sorted = sorted && (i == 0 || bases_[i - 1] <= bases_[i]);
  }
  // They are in order as long as all blocks have equal bases.
  if (!sorted) sort_by_base();
  const bool multicast = stream.from_host() ? host_multicasts_ : cores_multicast_;
  regions.clear();
  for (std::size_t first = 0; first < count;) {
    std::size_t end = first + 1;
    while (end < count && bases_[end] == bases_[first]) ++end;
    cover_.append(&cores_[first], end - first, multicast, regions);
    first = end;
  }
}

void StreamRegions::sort_by_base() {
  std::vector<std::pair<int, int>> deliveries;
  for (std::size_t i = 0; i < bases_.size(); ++i) deliveries.emplace_back(bases_[i], cores_[i]);
  std::sort(deliveries.begin(), deliveries.end());
  for (std::size_t i = 0; i < bases_.size(); ++i) {
    std::tie(bases_[i], cores_[i]) = deliveries[i];
  }
}

TrafficCost::TrafficCost(const Traffic& traffic, const arch::ChipDescription& chip,
                         const arch::LinkCosts& costs)
    : traffic_(traffic),
      hops_(chip, costs),
      costs_(costs),
      regions_(chip),
      states_(traffic.streams().size()),
      output_costs_(at(traffic.blocks().blocks())),
      routes_(at(traffic.blocks().blocks())),
      touched_scopes_(traffic.streams().size()) {}

void TrafficCost::evaluate(const Slots& slots) {
  total_ = 0;
  changed_ = 0;
  outputs_before_.clear();
  std::fill(routes_.begin(), routes_.end(), 0);
  for (const Stream::Source& output : traffic_.outputs()) {
    routes_[at(output.block)] += output.neurons;
    output_costs_[at(output.block)] = cost_of_outputs(output.block, slots);
    total_ += output_costs_[at(output.block)];
  }
  for (std::size_t s = 0; s < states_.size(); ++s) {
    const Stream& stream = traffic_.streams()[s];
    regions_.find(stream, slots, states_[s].regions);
    states_[s].cost = cost_of(stream, states_[s], slots);
    total_ += states_[s].cost;
    add_routes(stream, static_cast<std::int64_t>(states_[s].regions.size()));
  }
  rerouted_.clear();
}

std::int64_t TrafficCost::cost_of(const Stream& stream, const State& state,
                                  const Slots& slots) const {
  const auto packets = static_cast<std::int64_t>(state.regions.size());
  std::int64_t cost = 0;
  for (const Stream::Source& source : stream.sources) {
    const std::int64_t hops = source.block == Stream::kHost
                                  ? costs_.from_host * packets + hops_.from_host(state.regions)
                                  : costs_.from_core * packets +
                                        hops_.to_cores(slots[at(source.block)].core, state.regions);
    cost += source.spikes * hops;
  }
  return cost;
}

std::int64_t TrafficCost::cost_of_outputs(int block, const Slots& slots) const {
  return traffic_.outputs_of(block) * (costs_.from_core + hops_.to_host(slots[at(block)].core));
}

void TrafficCost::add_routes(const Stream& stream, std::int64_t regions) {
  for (const Stream::Source& source : stream.sources) {
    if (source.block == Stream::kHost) continue;
    routes_[at(source.block)] += source.neurons * regions;
    rerouted_.push_back(source.block);
  }
}

void TrafficCost::touch(int stream, Scope scope) {
  Scope& touched = touched_scopes_[at(stream)];
  if (touched == Scope::kNone) touched_.push_back(stream);
  touched = std::max(touched, scope);
}

void TrafficCost::touch_streams(const std::vector<int>& moved, const Slots& slots) {
  touched_.clear();
  for (const int block : moved) {
    for (const int stream : traffic_.received_by(block)) touch(stream, Scope::kAll);
    for (const int stream : traffic_.sent_by(block)) touch(stream, Scope::kSources);
    if (traffic_.outputs_of(block) == 0) continue;
    std::int64_t& cost = output_costs_[at(block)];
    outputs_before_.emplace_back(block, cost);
    total_ -= cost;
    cost = cost_of_outputs(block, slots);
    total_ += cost;
  }
}

void TrafficCost::evaluate_again(int number, Scope scope, const Slots& slots) {
  const Stream& stream = traffic_.streams()[at(number)];
  State& state = states_[at(number)];
  if (changed_ == changes_.size()) changes_.emplace_back();
  Change& change = changes_[changed_++];
  change.stream = number;
  change.scope = scope;
  change.cost_before = state.cost;
  if (scope == Scope::kAll) {
    std::swap(change.regions_before, state.regions);
    regions_.find(stream, slots, state.regions);
    const auto more = static_cast<std::int64_t>(state.regions.size()) -
                      static_cast<std::int64_t>(change.regions_before.size());
    if (more != 0) add_routes(stream, more);
  }
  state.cost = cost_of(stream, state, slots);
  total_ += state.cost - change.cost_before;
}

bool TrafficCost::update(const std::vector<int>& moved, const Slots& slots, std::int64_t limit) {
  total_before_ = total_;
  changed_ = 0;
  outputs_before_.clear();
  rerouted_.clear();
  touch_streams(moved, slots);
  // The cost of the streams that are still to evaluate, by which the total falls at most.
  std::int64_t left = 0;
  for (const int number : touched_) left += states_[at(number)].cost;
  bool within = total_ - left - total_before_ <= limit;
  // Streams whose rectangles may fall apart come first: they decide in most cases.
  for (const Scope scope : {Scope::kAll, Scope::kSources}) {
    for (const int number : touched_) {
      if (!within || touched_scopes_[at(number)] != scope) continue;
      left -= states_[at(number)].cost;
      evaluate_again(number, scope, slots);
      within = total_ - left - total_before_ <= limit;
    }
  }
  for (const int number : touched_) touched_scopes_[at(number)] = Scope::kNone;
  return within;
}

void TrafficCost::undo() {
  for (; changed_ > 0; --changed_) {
    Change& change = changes_[changed_ - 1];
    State& state = states_[at(change.stream)];
    state.cost = change.cost_before;
    if (change.scope != Scope::kAll) continue;
    const auto fewer = static_cast<std::int64_t>(change.regions_before.size()) -
                       static_cast<std::int64_t>(state.regions.size());
    if (fewer != 0) add_routes(traffic_.streams()[at(change.stream)], fewer);
    std::swap(change.regions_before, state.regions);
  }
  for (auto before = outputs_before_.rbegin(); before != outputs_before_.rend(); ++before) {
    output_costs_[at(before->first)] = before->second;
  }
  outputs_before_.clear();
  total_ = total_before_;
}

}  // namespace spikeloom::mapper
