// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/mapper/plan/partition.h"

namespace spikeloom::mapper {

/// A layer with the plans to choose from.
struct LayerChoice {
  LayerGeometry geometry;
  std::vector<PlanCandidate> candidates;
  std::vector<LayerMap> maps;  ///< of the candidates
  int route_entries = 0;       ///< that its part of a core may take
};

LayerChoice make_choice(const LayerGeometry& layer, const arch::CoreDescription& core);

using Plans = std::vector<int>;  ///< a candidate's index for each layer

/// A layer that sends to another one.
struct PlanEdge {
  std::size_t source = 0;
  std::size_t target = 0;
  /// Route entries that a block of the source needs at most for it: [plan of source][of target].
  std::vector<std::vector<long long>> routes;
};

/// What plans of a network's layers ask of each other.
class PlanGraph {
 public:
  /// Every layer must have candidates.
  PlanGraph(const std::vector<LayerChoice>& layers, const arch::CoreTiming& timing);

  /// Whether each layer but the first reads the one before it alone.
  bool chain() const { return chain_; }
  const std::vector<LayerChoice>& layers() const { return layers_; }
  const std::vector<PlanEdge>& edges() const { return edges_; }
  /// Numbers of edges, out of a layer and into it.
  const std::vector<std::size_t>& out_of(std::size_t layer) const { return out_of_[layer]; }
  const std::vector<std::size_t>& into(std::size_t layer) const { return into_[layer]; }

  /// Route entries that a block of the layer needs at most: towards the host one for each neuron.
  long long routes(std::size_t layer, const Plans& plans) const;
  /// Of the layer's fullest block with so many route entries.
  BlockWork work(std::size_t layer, int plan, long long routes) const;
  std::int64_t cycles(std::size_t layer, int plan, long long routes) const {
    return expected_cycles(work(layer, plan, routes), timing_);
  }
  /// The fewest route entries that any plans of the layer and its readers come to.
  long long min_routes(std::size_t layer) const;
  /// Cycles of the busiest block that choices may come to, ascending. Where a layer has several
  /// readers, all but one of them at their least; and the most of all.
  std::vector<std::int64_t> busiest_cycles() const;

 private:
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }

  const std::vector<LayerChoice>& layers_;
  arch::CoreTiming timing_;
  std::vector<PlanEdge> edges_;
  std::vector<std::vector<std::size_t>> out_of_;
  std::vector<std::vector<std::size_t>> into_;
  bool chain_ = true;
};

}  // namespace spikeloom::mapper
