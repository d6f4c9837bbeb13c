// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "spikeloom/arch/packet.h"
#include "spikeloom/mapper/place/hops.h"
#include "spikeloom/mapper/place/occupancy.h"
#include "spikeloom/mapper/place/traffic.h"
#include "spikeloom/mapper/route/cover.h"

namespace spikeloom::mapper {

/// The rectangles of cores that a stream's packets are for: one packet each.
class StreamRegions {
 public:
  explicit StreamRegions(const arch::ChipDescription& chip)
      : cover_(chip.grid(), chip.router.multicast) {}

  /// Receivers that know the neurons by the same group or entry share packets. All must be seated.
  void find(const Stream& stream, const Slots& slots, std::vector<arch::Region>& regions);

 private:
  struct Delivery {
    int base;
    int core;
  };
  Cover cover_;
  std::vector<Delivery> deliveries_;
  std::vector<int> cores_;
};

/// The cost of a placement: for every packet of `traffic` its way into the network and the links
/// that it crosses, each counted as `costs` say. Packets are those of the rectangles that the
/// placement allows (mapper/cover.h), so that a move that breaks one pays for those that it adds.
/// Follows moves by evaluating anew only the streams of the blocks that moved. Integers all
/// through: equal placements have equal costs, whatever moves led to them.
class TrafficCost {
 public:
  TrafficCost(const Traffic& traffic, const arch::ChipDescription& chip,
              const arch::LinkCosts& costs);

  /// All blocks must be seated.
  void evaluate(const Slots& slots);
  std::int64_t total() const { return total_; }
  /// Route entries that a block's neurons take.
  std::int64_t routes(int block) const { return routes_[at(block)]; }

  /// After `moved` blocks have come to `seats`.
  void update(const std::vector<int>& moved, const Slots& slots);
  /// Blocks whose route entries the last update has changed; may name one several times.
  const std::vector<int>& rerouted() const { return rerouted_; }
  /// Takes the last update back.
  void undo();

 private:
  struct State {
    std::int64_t cost = 0;
    std::vector<arch::Region> regions;
  };
  struct Change {
    int stream = 0;
    State before;
  };
  enum class Scope { kSources, kAll };

  static std::size_t at(int i) { return static_cast<std::size_t>(i); }
  void touch(int stream, Scope scope);
  std::int64_t cost_of(const Stream& stream, const State& state, const Slots& slots) const;
  std::int64_t cost_of_outputs(int block, const Slots& slots) const;
  void add_routes(const Stream& stream, std::int64_t regions);

  const Traffic& traffic_;
  Hops hops_;
  arch::LinkCosts costs_;
  StreamRegions regions_;
  std::vector<State> states_;  ///< of the streams
  std::vector<std::int64_t> output_costs_;
  std::vector<std::int64_t> routes_;  ///< of the blocks
  std::int64_t total_ = 0;

  // Of the last update.
  std::vector<Change> changes_;  ///< the first `changed_` of them; the others are spare memory
  std::size_t changed_ = 0;
  std::vector<std::pair<int, std::int64_t>> outputs_before_;  ///< block, cost
  std::vector<int> rerouted_;
  std::int64_t total_before_ = 0;
  std::vector<int> touched_;
  std::vector<char> marks_;  ///< of a stream while it is touched: 1 + Scope
};

}  // namespace spikeloom::mapper
