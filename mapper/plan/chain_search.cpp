// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/plan/chain_search.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace spikeloom::mapper {

void ChainSearch::keep_front(Tails& tails) {
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

bool ChainSearch::allowed(std::size_t layer, std::size_t plan, long long routes) const {
  return routes <= graph_.layers()[layer].route_entries &&
         graph_.cycles(layer, static_cast<int>(plan), routes) <= max_cycles_;
}

ChainSearch::Tails ChainSearch::tails_behind(std::size_t layer, std::size_t plan,
                                             const std::vector<Tails>& next) const {
  Tails tails;
  if (next.empty()) {
    const int neurons = graph_.layers()[layer].candidates[plan].neurons;
    if (allowed(layer, plan, neurons)) tails.emplace_back();
    return tails;
  }
  const std::vector<long long>& routes = graph_.edges()[graph_.out_of(layer).front()].routes[plan];
  for (std::size_t j = 0; j < routes.size(); ++j) {
    if (next[j].empty() || !allowed(layer, plan, routes[j])) continue;
    for (std::size_t t = 0; t < next[j].size(); ++t) {
      tails.push_back(
          {next[j][t].cores, next[j][t].cost, static_cast<int>(j), static_cast<int>(t)});
    }
  }
  keep_front(tails);
  return tails;
}

PlanParetoFront ChainSearch::front() const {
  const std::vector<LayerChoice>& layers = graph_.layers();
  std::vector<std::vector<Tails>> tails(layers.size());
  for (std::size_t l = layers.size(); l-- > 0;) {
    const std::vector<Tails> none;
    bool possible = false;
    for (std::size_t i = 0; i < layers[l].candidates.size(); ++i) {
      tails[l].push_back(tails_behind(l, i, l + 1 < layers.size() ? tails[l + 1] : none));
      for (Tail& tail : tails[l].back()) {
        tail.cores += layers[l].candidates[i].cores;
        tail.cost = tail.cost + costs_[l][i];
      }
      possible = possible || !tails[l].back().empty();
    }
    if (possible) continue;
    return {{}, static_cast<int>(l), graph_.min_routes(l)};
  }
  Tails all;
  for (std::size_t i = 0; i < tails.front().size(); ++i) {
    for (std::size_t t = 0; t < tails.front()[i].size(); ++t) {
      const Tail& tail = tails.front()[i][t];
      all.push_back({tail.cores, tail.cost, static_cast<int>(i), static_cast<int>(t)});
    }
  }
  keep_front(all);
  PlanParetoFront front;
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
