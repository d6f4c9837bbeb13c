// SPDX-License-Identifier: Apache-2.0
#include "mapper/plan_choice.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace spikeloom::mapper {

LayerChoice make_choice(const LayerGeometry& layer, const common::CoreDescription& core) {
  LayerChoice choice{layer, search_plans(layer, core), {}, core.route_entries};
  for (const PlanCandidate& candidate : choice.candidates) {
    choice.maps.emplace_back(layer, candidate.plan);
  }
  return choice;
}

PlanSearch::PlanSearch(const std::vector<LayerChoice>& layers, const common::CoreTiming& timing)
    : layers_(layers), timing_(timing) {
  for (std::size_t l = 0; l < layers.size(); ++l) {
    auto& of_layer = pairs_.emplace_back(layers[l].candidates.size());
    for (std::size_t i = 0; i < of_layer.size(); ++i) {
      if (l + 1 == layers.size()) {
        of_layer[i].push_back(pair(l, i, nullptr));
        continue;
      }
      for (const LayerMap& next : layers[l + 1].maps) of_layer[i].push_back(pair(l, i, &next));
    }
  }
}

/// The last layer sends a packet a neuron, to the host.
long long PlanSearch::routes(std::size_t layer, std::size_t plan, const LayerMap* next) const {
  const PlanCandidate& candidate = layers_[layer].candidates[plan];
  return next == nullptr ? candidate.neurons
                         : route_need(layers_[layer].geometry, candidate.plan, *next);
}

BlockWork PlanSearch::work(std::size_t layer, std::size_t plan, const LayerMap* next) const {
  BlockWork work = layers_[layer].candidates[plan].work;
  work.packets = routes(layer, plan, next) * layers_[layer].geometry.levels_per_copy;
  return work;
}

PlanSearch::Pair PlanSearch::pair(std::size_t layer, std::size_t plan, const LayerMap* next) const {
  return {routes(layer, plan, next), expected_cycles(work(layer, plan, next), timing_)};
}

std::vector<std::int64_t> PlanSearch::busiest_cycles() const {
  std::vector<std::int64_t> cycles;
  for (const auto& of_layer : pairs_) {
    for (const auto& of_plan : of_layer) {
      for (const Pair& pair : of_plan) cycles.push_back(pair.cycles);
    }
  }
  std::sort(cycles.begin(), cycles.end());
  cycles.erase(std::unique(cycles.begin(), cycles.end()), cycles.end());
  return cycles;
}

void PlanSearch::keep_front(Tails& tails) {
  const auto rank = [](const Tail& t) {
    return std::make_tuple(t.cores, t.cost.first, t.cost.second, t.next_plan, t.next_tail);
  };
  std::sort(tails.begin(), tails.end(),
            [&](const Tail& a, const Tail& b) { return rank(a) < rank(b); });
  Tails front;
  for (const Tail& tail : tails) {
    if (front.empty() || tail.cost.first < front.back().cost.first) front.push_back(tail);
  }
  tails = std::move(front);
}

PlanSearch::Tails PlanSearch::tails_behind(std::size_t layer, std::size_t plan,
                                           const std::vector<Tails>& next,
                                           std::int64_t most_cycles) const {
  const std::vector<Pair>& pairs = pairs_[layer][plan];
  const auto allowed = [&](const Pair& pair) {
    return pair.routes <= layers_[layer].route_entries && pair.cycles <= most_cycles;
  };
  Tails tails;
  if (layer + 1 == layers_.size()) {
    if (allowed(pairs.front())) tails.emplace_back();
    return tails;
  }
  for (std::size_t j = 0; j < pairs.size(); ++j) {
    if (!allowed(pairs[j])) continue;
    for (std::size_t t = 0; t < next[j].size(); ++t) {
      tails.push_back(
          {next[j][t].cores, next[j][t].cost, static_cast<int>(j), static_cast<int>(t)});
    }
  }
  keep_front(tails);
  return tails;
}

PlanFront PlanSearch::front(const PlanCosts& costs, std::int64_t most_cycles) const {
  std::vector<std::vector<Tails>> tails(layers_.size());
  for (std::size_t l = layers_.size(); l-- > 0;) {
    const std::vector<Tails> none;
    bool possible = false;
    for (std::size_t i = 0; i < layers_[l].candidates.size(); ++i) {
      tails[l].push_back(
          tails_behind(l, i, l + 1 < layers_.size() ? tails[l + 1] : none, most_cycles));
      for (Tail& tail : tails[l].back()) {
        tail.cores += layers_[l].candidates[i].cores;
        tail.cost = tail.cost + costs[l][i];
      }
      possible = possible || !tails[l].back().empty();
    }
    if (possible) continue;
    long long least = std::numeric_limits<long long>::max();
    for (const auto& of_plan : pairs_[l]) {
      for (const Pair& pair : of_plan) least = std::min(least, pair.routes);
    }
    return {{}, static_cast<int>(l), least};
  }
  Tails all;
  for (std::size_t i = 0; i < tails.front().size(); ++i) {
    for (std::size_t t = 0; t < tails.front()[i].size(); ++t) {
      const Tail& tail = tails.front()[i][t];
      all.push_back({tail.cores, tail.cost, static_cast<int>(i), static_cast<int>(t)});
    }
  }
  keep_front(all);
  PlanFront front;
  for (const Tail& tail : all) {
    PlanPoint point{tail.cores, tail.cost, {}};
    const Tail* at = &tail;
    for (const std::vector<Tails>& of_layer : tails) {
      point.plans.push_back(at->next_plan);
      at = &of_layer[static_cast<std::size_t>(at->next_plan)]
                    [static_cast<std::size_t>(at->next_tail)];
    }
    front.points.push_back(std::move(point));
  }
  return front;
}

}  // namespace spikeloom::mapper
