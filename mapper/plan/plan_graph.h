// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/mapper/plan/partition.h"

namespace spikeloom::mapper {

/// A layer with its candidate plans.
struct LayerChoice {
  LayerGeometry geometry;
  std::vector<PlanCandidate> candidates;
  std::vector<LayerMap> maps;  ///< [candidate]
  int route_entries = 0;       ///< limit for one of its blocks
};

/// Searches the candidate plans of a layer. There are none if not even one neuron fits a core.
LayerChoice make_choice(const LayerGeometry& layer, const arch::CoreDescription& core);

using Plans = std::vector<int>;  ///< [layer]: index of a candidate

/// Connection from a layer to one of its readers.
struct PlanEdge {
  std::size_t source = 0;
  std::size_t target = 0;
  /// Maximum number of route entries that a block of the source needs for this edge: [plan of
  /// source][plan of target].
  std::vector<std::vector<long long>> routes;
};

/// Dependencies between the plans of a network's layers: route entries and the work that they
/// cause.
class PlanGraph {
 public:
  /// Requires that every layer has candidates. Keeps a reference to `layers`.
  PlanGraph(const std::vector<LayerChoice>& layers, const arch::CoreDescription& core);

  /// Whether the network is a chain: each layer reads only the layer before it.
  bool chain() const { return chain_; }
  const std::vector<LayerChoice>& layers() const { return layers_; }
  const std::vector<PlanEdge>& edges() const { return edges_; }
  /// Indices of the edges out of a layer, and into it.
  const std::vector<std::size_t>& out_of(std::size_t layer) const { return out_of_[layer]; }
  const std::vector<std::size_t>& into(std::size_t layer) const { return into_[layer]; }

  /// Maximum number of route entries that a block of the layer needs. A layer that sends to the
  /// host needs one for each neuron.
  long long routes(std::size_t layer, const Plans& plans) const;
  /// Work, or expected cycles per tick, of the layer's fullest block with this number of route
  /// entries.
  BlockWork work(std::size_t layer, int plan, long long routes) const;
  std::int64_t cycles(std::size_t layer, int plan, long long routes) const {
    return expected_cycles(work(layer, plan, routes), core_);
  }
  /// Minimum of routes() over all plans of the layer and its readers.
  long long min_routes(std::size_t layer) const;
  /// Values that the cycles of the busiest block can take, in ascending order. If a layer has
  /// several readers, includes only the values with all readers but one at their minimum, and the
  /// value with all readers at their maximum.
  std::vector<std::int64_t> busiest_cycles() const;

 private:
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }

  const std::vector<LayerChoice>& layers_;
  arch::CoreDescription core_;
  std::vector<PlanEdge> edges_;
  std::vector<std::vector<std::size_t>> out_of_;
  std::vector<std::vector<std::size_t>> into_;
  bool chain_ = true;
};

}  // namespace spikeloom::mapper
