// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/plan/plan_descent.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "spikeloom/base/index.h"

namespace spikeloom::mapper {
namespace {

using base::at;

/// Returns the candidate of each layer that minimizes `rank`.
template <typename Rank>
Plans min_plans(const PlanGraph& graph, Rank rank) {
  Plans plans;
  for (const LayerChoice& layer : graph.layers()) {
    const auto best = std::min_element(
        layer.candidates.begin(), layer.candidates.end(),
        [&](const PlanCandidate& a, const PlanCandidate& b) { return rank(a) < rank(b); });
    plans.push_back(static_cast<int>(best - layer.candidates.begin()));
  }
  return plans;
}

}  // namespace

PlanDescent::PlanDescent(const PlanGraph& graph, const PlanCosts& costs, std::int64_t max_cycles)
    : graph_(graph), costs_(costs), max_cycles_(max_cycles) {}

/// Sum of the route entries and the cycles that exceed their limits.
long long PlanDescent::excess(std::size_t layer, const Plans& plans) const {
  const long long routes = graph_.routes(layer, plans);
  return std::max(0LL, routes - graph_.layers()[layer].route_entries) +
         std::max<std::int64_t>(0, graph_.cycles(layer, plans[layer], routes) - max_cycles_);
}

long long PlanDescent::total_excess(const Plans& plans) const {
  long long sum = 0;
  for (std::size_t l = 0; l < plans.size(); ++l) sum += excess(l, plans);
  return sum;
}

double PlanDescent::cost(std::size_t layer, int plan, const Weights& weights) const {
  const PlanCost& cost = costs_[layer][at(plan)];
  return weights.cores * graph_.layers()[layer].candidates[at(plan)].cores +
         weights.first * static_cast<double>(cost.first) +
         weights.second * static_cast<double>(cost.second);
}

/// The changed layers and the layers that send to them.
std::vector<std::size_t> PlanDescent::affected(const std::vector<std::size_t>& changed) const {
  std::vector<std::size_t> layers = changed;
  for (const std::size_t layer : changed) {
    for (const std::size_t e : graph_.into(layer)) layers.push_back(graph_.edges()[e].source);
  }
  std::sort(layers.begin(), layers.end());
  layers.erase(std::unique(layers.begin(), layers.end()), layers.end());
  return layers;
}

PlanDescent::Score PlanDescent::score(const std::vector<std::size_t>& changed,
                                      const std::vector<std::size_t>& affected, const Plans& plans,
                                      const Weights& weights) const {
  Score score;
  for (const std::size_t layer : changed) score.cost += cost(layer, plans[layer], weights);
  for (const std::size_t layer : affected) score.excess += excess(layer, plans);
  return score;
}

bool PlanDescent::improve_layer(std::size_t layer, const Weights& weights, Plans& plans) const {
  const std::vector<std::size_t> changed{layer};
  const std::vector<std::size_t> layers = affected(changed);
  int best_plan = plans[layer];
  const Score before = score(changed, layers, plans, weights);
  Score best = before;
  for (std::size_t i = 0; i < graph_.layers()[layer].candidates.size(); ++i) {
    plans[layer] = static_cast<int>(i);
    if (best.excess == 0 && cost(layer, plans[layer], weights) >= best.cost) continue;
    const Score found = score(changed, layers, plans, weights);
    if (!(found < best)) continue;
    best = found;
    best_plan = plans[layer];
  }
  plans[layer] = best_plan;
  return best < before;
}

bool PlanDescent::improve_edge(const PlanEdge& edge, const Weights& weights, Plans& plans) const {
  const std::vector<std::size_t> changed{edge.source, edge.target};
  const std::vector<std::size_t> layers = affected(changed);
  Plans best_plans = plans;
  const Score before = score(changed, layers, plans, weights);
  Score best = before;
  for (std::size_t i = 0; i < edge.routes.size(); ++i) {
    for (std::size_t j = 0; j < edge.routes[i].size(); ++j) {
      plans[edge.source] = static_cast<int>(i);
      plans[edge.target] = static_cast<int>(j);
      const double sum = cost(edge.source, plans[edge.source], weights) +
                         cost(edge.target, plans[edge.target], weights);
      if (best.excess == 0 && sum >= best.cost) continue;
      const Score found = score(changed, layers, plans, weights);
      if (!(found < best)) continue;
      best = found;
      best_plans = plans;
    }
  }
  plans = best_plans;
  return best < before;
}

PlanPoint PlanDescent::descend(const Weights& weights, const std::vector<Plans>& starts) const {
  Plans best;
  Score best_score;
  for (Plans plans : starts) {
    // Every change lowers the score, so the loop terminates.
    for (bool better = true; better;) {
      better = false;
      for (std::size_t l = plans.size(); l-- > 0;) {
        better = improve_layer(l, weights, plans) || better;
      }
      if (better) continue;
      for (const PlanEdge& edge : graph_.edges()) {
        better = improve_edge(edge, weights, plans) || better;
      }
    }
    Score found{total_excess(plans), 0.0};
    for (std::size_t l = 0; l < plans.size(); ++l) found.cost += cost(l, plans[l], weights);
    if (!best.empty() && !(found < best_score)) continue;
    best = plans;
    best_score = found;
  }
  return point(best);
}

PlanPoint PlanDescent::point(const Plans& plans) const {
  PlanPoint point;
  point.plans = plans;
  for (std::size_t l = 0; l < plans.size(); ++l) {
    point.cores += graph_.layers()[l].candidates[at(plans[l])].cores;
    point.cost = point.cost + costs_[l][at(plans[l])];
  }
  return point;
}

void PlanDescent::fill(const PlanPoint& fewer_cores, const PlanPoint& less_cost,
                       std::vector<PlanPoint>& points) const {
  // With these weights both points have equal sums: a better point lies below the line between
  // them.
  const Weights weights{static_cast<double>(fewer_cores.cost.first - less_cost.cost.first),
                        static_cast<double>(less_cost.cores - fewer_cores.cores), 0.0};
  if (weights.cores <= 0.0 || weights.first <= 0.0) return;
  const PlanPoint found = descend(weights, {fewer_cores.plans, less_cost.plans});
  const auto sum = [&weights](const PlanPoint& p) {
    return weights.cores * p.cores + weights.first * static_cast<double>(p.cost.first);
  };
  if (total_excess(found.plans) > 0 || sum(found) >= sum(fewer_cores)) return;
  fill(fewer_cores, found, points);
  points.push_back(found);
  fill(found, less_cost, points);
}

PlanParetoFront PlanDescent::failure(const Plans& plans) const {
  PlanParetoFront front;
  for (std::size_t l = 0; l < plans.size(); ++l) {
    if (excess(l, plans) > 0) front.failed_layer = static_cast<int>(l);
  }
  front.routes_needed = graph_.min_routes(at(front.failed_layer));
  return front;
}

PlanParetoFront PlanDescent::front() const {
  const std::vector<Plans> starts{
      min_plans(graph_, [](const PlanCandidate& c) { return std::tuple(c.cores, c.packets); }),
      min_plans(graph_, [](const PlanCandidate& c) { return std::tuple(c.packets, c.cores); }),
      min_plans(graph_, [](const PlanCandidate& c) { return std::tuple(c.neurons, c.packets); })};
  // The weights make the second criterion a tie-break only.
  double max_first = 1.0;
  double max_second = 1.0;
  for (const std::vector<PlanCost>& layer_costs : costs_) {
    PlanCost max;
    for (const PlanCost& cost : layer_costs) {
      max = {std::max(max.first, cost.first), std::max(max.second, cost.second)};
    }
    max_first += static_cast<double>(max.first);
    max_second += static_cast<double>(max.second);
  }
  const PlanPoint fewest_cores = descend({max_first, 1.0, 0.0}, starts);
  if (total_excess(fewest_cores.plans) > 0) return failure(fewest_cores.plans);
  const PlanPoint min_cost = descend({0.0, max_second, 1.0}, starts);
  std::vector<PlanPoint> found{fewest_cores};
  fill(fewest_cores, min_cost, found);
  found.push_back(min_cost);
  return explore(found);
}

/// Adds the point unless another one is at least as good in cores and cost, and removes the points
/// that it dominates. Returns whether it was added.
bool PlanDescent::add(const PlanPoint& point, Archive& archive) {
  auto behind = archive.upper_bound(point.cores);
  if (behind != archive.begin() && std::prev(behind)->second.cost.first <= point.cost.first) {
    return false;
  }
  while (behind != archive.end() && behind->second.cost.first >= point.cost.first) {
    behind = archive.erase(behind);
  }
  archive.insert_or_assign(point.cores, point);
  return true;
}

PlanParetoFront PlanDescent::explore(const std::vector<PlanPoint>& found) const {
  Archive archive;
  std::vector<PlanPoint> open;
  for (const PlanPoint& point : found) {
    if (add(point, archive)) open.push_back(point);
  }
  while (!open.empty()) {
    const PlanPoint from = open.back();
    open.pop_back();
    // Another point may have replaced it since.
    const auto archived = archive.find(from.cores);
    if (archived == archive.end() || archived->second.plans != from.plans) continue;
    for (std::size_t l = 0; l < from.plans.size(); ++l) {
      const std::vector<std::size_t> layers = affected({l});
      Plans plans = from.plans;
      for (std::size_t i = 0; i < graph_.layers()[l].candidates.size(); ++i) {
        plans[l] = static_cast<int>(i);
        const PlanPoint near = point(plans);
        const bool allowed = std::all_of(layers.begin(), layers.end(), [&](std::size_t layer) {
          return excess(layer, plans) == 0;
        });
        if (allowed && add(near, archive)) open.push_back(near);
      }
    }
  }
  PlanParetoFront front;
  for (const auto& [cores, point] : archive) front.points.push_back(point);
  return front;
}

}  // namespace spikeloom::mapper
