// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/plan/plan_graph.h"

#include <algorithm>
#include <limits>

#include "spikeloom/mapper/plan/layer_readers.h"

namespace spikeloom::mapper {

LayerChoice make_choice(const LayerGeometry& layer, const arch::CoreDescription& core) {
  LayerChoice choice{layer, search_plans(layer, core), {}, core.route_entries};
  for (const PlanCandidate& candidate : choice.candidates) {
    choice.maps.emplace_back(layer, candidate.plan);
  }
  return choice;
}

PlanGraph::PlanGraph(const std::vector<LayerChoice>& layers, const arch::CoreDescription& core)
    : layers_(layers), core_(core), out_of_(layers.size()), into_(layers.size()) {
  const LayerReaders consumers(layers, &LayerChoice::geometry);
  for (std::size_t source = 0; source < layers.size(); ++source) {
    for (const Consumer& consumer : consumers.of(static_cast<int>(source))) {
      // Several terms of a layer are one edge.
      if (edges_.empty() || edges_.back().source != source ||
          edges_.back().target != consumer.layer) {
        out_of_[source].push_back(edges_.size());
        into_[consumer.layer].push_back(edges_.size());
        edges_.push_back({source, consumer.layer, {}});
        edges_.back().routes.assign(layers[source].maps.size(),
                                    std::vector<long long>(layers[consumer.layer].maps.size()));
      }
      for (std::size_t i = 0; i < layers[source].maps.size(); ++i) {
        for (std::size_t j = 0; j < layers[consumer.layer].maps.size(); ++j) {
          edges_.back().routes[i][j] += route_need(
              layers[source].maps[i], layers[consumer.layer].maps[j].terms()[consumer.term]);
        }
      }
    }
  }
  for (std::size_t l = 0; l < layers.size(); ++l) {
    chain_ = chain_ && layers[l].geometry.terms.size() == 1 &&
             layers[l].geometry.terms.front().source == static_cast<int>(l) - 1;
  }
}

long long PlanGraph::routes(std::size_t layer, const Plans& plans) const {
  const std::size_t plan = at(plans[layer]);
  if (out_of_[layer].empty()) return layers_[layer].candidates[plan].neurons;
  long long sum = 0;
  for (const std::size_t e : out_of_[layer]) {
    sum += edges_[e].routes[plan][at(plans[edges_[e].target])];
  }
  return sum;
}

BlockWork PlanGraph::work(std::size_t layer, int plan, long long routes) const {
  BlockWork work = layers_[layer].candidates[at(plan)].work;
  work.packets = routes * layers_[layer].geometry.levels_per_copy;
  return work;
}

long long PlanGraph::min_routes(std::size_t layer) const {
  long long min_routes = std::numeric_limits<long long>::max();
  for (std::size_t i = 0; i < layers_[layer].candidates.size(); ++i) {
    long long sum = out_of_[layer].empty() ? layers_[layer].candidates[i].neurons : 0;
    for (const std::size_t e : out_of_[layer]) {
      const std::vector<long long>& routes = edges_[e].routes[i];
      sum += *std::min_element(routes.begin(), routes.end());
    }
    min_routes = std::min(min_routes, sum);
  }
  return min_routes;
}

std::vector<std::int64_t> PlanGraph::busiest_cycles() const {
  std::vector<std::int64_t> all;
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    for (std::size_t i = 0; i < layers_[l].candidates.size(); ++i) {
      const int plan = static_cast<int>(i);
      if (out_of_[l].empty()) all.push_back(cycles(l, plan, layers_[l].candidates[i].neurons));
      long long min_sum = 0;
      long long max_sum = 0;
      for (const std::size_t e : out_of_[l]) {
        const std::vector<long long>& routes = edges_[e].routes[i];
        min_sum += *std::min_element(routes.begin(), routes.end());
        max_sum += *std::max_element(routes.begin(), routes.end());
      }
      for (const std::size_t e : out_of_[l]) {
        const std::vector<long long>& routes = edges_[e].routes[i];
        const long long other_readers = min_sum - *std::min_element(routes.begin(), routes.end());
        for (const long long need : routes) all.push_back(cycles(l, plan, other_readers + need));
      }
      if (!out_of_[l].empty()) all.push_back(cycles(l, plan, max_sum));
    }
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace spikeloom::mapper
