// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "spikeloom/arch/packet.h"
#include "spikeloom/mapper/place/cover.h"
#include "spikeloom/mapper/place/hops.h"
#include "spikeloom/mapper/place/occupancy.h"
#include "spikeloom/mapper/place/traffic.h"

namespace spikeloom::mapper {

/// Finds the rectangles of cores that a stream's packets address, one packet per rectangle. Reuses
/// its memory between calls.
class StreamRegions {
 public:
  explicit StreamRegions(const arch::ChipDescription& chip)
      : cover_(chip.grid()),
        host_multicasts_(chip.multicasts(true)),
        cores_multicast_(chip.multicasts(false)) {}

  /// Sets `regions` to the rectangles. Receivers with the same group or entry for the neurons share
  /// packets. All receivers must be placed.
  void find(const Stream& stream, const Slots& slots, std::vector<arch::Region>& regions);

 private:
  void sort_by_base();

  Cover cover_;
  bool host_multicasts_;
  bool cores_multicast_;
  // By receiver: what its packet addresses, a group or an entry, and its core.
  std::vector<int> bases_;
  std::vector<int> cores_;
};

/// Cost of a placement: the sum over all packets of `traffic` of the injection and of the links
/// crossed, each weighted by `costs`. The packets are those of the rectangles that the placement
/// allows (mapper/place/cover.h), so a move that splits a rectangle is charged for the additional
/// packets. Updates are incremental: only the streams of moved blocks are evaluated again. All
/// values are integers, so equal placements have equal costs, whatever moves led to them.
class TrafficCost {
 public:
  TrafficCost(const Traffic& traffic, const arch::ChipDescription& chip,
              const arch::LinkCosts& costs);

  /// Evaluates a placement from scratch. All blocks must be placed.
  void evaluate(const Slots& slots);
  std::int64_t total() const { return total_; }
  /// Number of route entries that a block's neurons take.
  std::int64_t routes(int block) const { return routes_[at(block)]; }

  static constexpr std::int64_t kNoLimit = std::numeric_limits<std::int64_t>::max();

  /// Updates the cost after the blocks `moved` have changed their place; `slots` is the new
  /// placement. Returns whether the cost rises by at most `limit`; if not, the rest of the update
  /// may be left out, and undo() must follow.
  bool update(const std::vector<int>& moved, const Slots& slots, std::int64_t limit = kNoLimit);
  /// Blocks whose number of route entries changed in the last update; may contain duplicates.
  const std::vector<int>& rerouted() const { return rerouted_; }
  /// Undoes the last update.
  void undo();

 private:
  /// What has moved of a stream.
  enum class Scope : std::uint8_t { kNone, kSources, kAll };

  struct State {
    std::int64_t cost = 0;
    std::vector<arch::Region> regions;
  };
  struct Change {
    int stream = 0;
    std::int64_t cost_before = 0;
    Scope scope = Scope::kNone;
    std::vector<arch::Region> regions_before;  ///< for Scope::kAll
  };

  static std::size_t at(int i) { return static_cast<std::size_t>(i); }
  void touch(int stream, Scope scope);
  void touch_streams(const std::vector<int>& moved, const Slots& slots);
  void evaluate_again(int number, Scope scope, const Slots& slots);
  std::int64_t cost_of(const Stream& stream, const State& state, const Slots& slots) const;
  std::int64_t cost_of_outputs(int block, const Slots& slots) const;
  void add_routes(const Stream& stream, std::int64_t regions);

  const Traffic& traffic_;
  Hops hops_;
  arch::LinkCosts costs_;
  StreamRegions regions_;
  std::vector<State> states_;               ///< [stream]
  std::vector<std::int64_t> output_costs_;  ///< [block]
  std::vector<std::int64_t> routes_;        ///< [block]
  std::int64_t total_ = 0;

  // Record of the last update.
  std::vector<Change> changes_;  ///< the first `changed_` are valid; the rest is kept for reuse
  std::size_t changed_ = 0;
  std::vector<std::pair<int, std::int64_t>> outputs_before_;  ///< block, cost
  std::vector<int> rerouted_;
  std::int64_t total_before_ = 0;
  std::vector<int> touched_;           ///< streams to evaluate again
  std::vector<Scope> touched_scopes_;  ///< [stream]: kNone unless touched
};

}  // namespace spikeloom::mapper
