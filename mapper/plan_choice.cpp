// SPDX-License-Identifier: Apache-2.0
#include "mapper/plan_choice.h"

#include <algorithm>
#include <limits>

namespace spikeloom::mapper {
namespace {

/// An axon set, in packets: it takes a cycle of a core, a packet several of a shared link.
constexpr double kDeliveryPrice = 0.02;
constexpr double kImpossible = std::numeric_limits<double>::infinity();

/// The best continuation behind a plan.
struct Follower {
  double cost = kImpossible;
  int plan = -1;
  long long least_need = std::numeric_limits<long long>::max();  ///< route entries, over all
};

double spikes_into(const LayerChoice& layer) {
  return static_cast<double>(layer.geometry.inputs()) * layer.geometry.input_levels;
}

/// The last layer sends a packet a neuron, to the host.
Follower follow_to_host(const LayerChoice& layer, const PlanCandidate& candidate) {
  Follower follower;
  follower.least_need = candidate.neurons;
  if (candidate.neurons <= layer.route_entries) follower.cost = 0.0;
  return follower;
}

Follower best_follower(const LayerChoice& layer, const PlanCandidate& candidate,
                       const LayerChoice& next, const std::vector<double>& next_cost) {
  Follower follower;
  for (std::size_t i = 0; i < next.candidates.size(); ++i) {
    if (next_cost[i] >= follower.cost) continue;
    const long long need = route_need(layer.geometry, candidate.plan, next.maps[i]);
    follower.least_need = std::min(follower.least_need, need);
    if (need > layer.route_entries) continue;
    follower.cost = next_cost[i];
    follower.plan = static_cast<int>(i);
  }
  return follower;
}

}  // namespace

LayerChoice make_choice(const LayerGeometry& layer, const common::CoreDescription& core) {
  LayerChoice choice{layer, search_plans(layer, core), {}, core.route_entries};
  for (const PlanCandidate& candidate : choice.candidates) {
    choice.maps.emplace_back(layer, candidate.plan);
  }
  return choice;
}

PlanChoice choose_plans(const std::vector<LayerChoice>& layers, int chip_cores,
                        double packet_price) {
  double spikes = 0.0;
  for (const LayerChoice& layer : layers) spikes += spikes_into(layer);
  // cost[l][i]: of layers l and on, with plan i in layer l; follow[l][i]: the plan in layer l + 1.
  std::vector<std::vector<double>> cost(layers.size());
  std::vector<std::vector<int>> follow(layers.size());
  for (std::size_t l = layers.size(); l-- > 0;) {
    const LayerChoice& layer = layers[l];
    const double share = spikes_into(layer) / spikes;
    long long least_need = std::numeric_limits<long long>::max();
    for (const PlanCandidate& candidate : layer.candidates) {
      const Follower follower = l + 1 == layers.size()
                                    ? follow_to_host(layer, candidate)
                                    : best_follower(layer, candidate, layers[l + 1], cost[l + 1]);
      cost[l].push_back(follower.cost + static_cast<double>(candidate.cores) / chip_cores +
                        packet_price * share *
                            (candidate.packets + kDeliveryPrice * candidate.deliveries));
      follow[l].push_back(follower.plan);
      least_need = std::min(least_need, follower.least_need);
    }
    const auto possible = [](double c) { return c < kImpossible; };
    if (std::none_of(cost[l].begin(), cost[l].end(), possible)) {
      return {{}, static_cast<int>(l), least_need};
    }
  }
  const auto best = std::min_element(cost.front().begin(), cost.front().end());
  PlanChoice choice;
  choice.plans.push_back(static_cast<int>(best - cost.front().begin()));
  for (std::size_t l = 0; l + 1 < layers.size(); ++l) {
    choice.plans.push_back(follow[l][static_cast<std::size_t>(choice.plans.back())]);
  }
  return choice;
}

}  // namespace spikeloom::mapper
