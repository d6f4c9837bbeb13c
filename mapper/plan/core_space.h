// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/mapper/plan/layer_plan.h"

namespace spikeloom::mapper {

/// Core resources that a block takes.
struct BlockNeed {
  int dendrites = 0;
  int neurons = 0;
  int groups = 0;
  int entries = 0;  ///< entries of the expansion table
  long long routes = 0;

  BlockNeed& operator+=(const BlockNeed& o);
};

/// Returns the needs of the blocks of each layer, [layer][block], if all rectangles of receivers
/// stay whole.
std::vector<std::vector<BlockNeed>> block_needs(const std::vector<LayerMap>& layers);

/// Whether a core may hold several blocks.
enum class Sharing { kAllowed, kNone };

/// Free resources of the cores of a mesh. Several blocks may share a core if all limits allow it.
class CoreSpace {
 public:
  CoreSpace(const arch::CoreDescription& core, int cores, Sharing sharing);

  /// Makes a core that is not to be used count as full. It must be empty.
  void close(int core);
  bool closed(int core) const { return at(core).dendrites == kClosed; }
  bool empty(int core) const { return at(core).blocks == 0; }
  /// Whether dendrites, neurons and route entries of the block fit. Groups and expansion entries
  /// are not checked.
  bool fits(int core, const BlockNeed& need) const { return fits_without(core, 0, {}, need); }
  /// Likewise of a core without blocks.
  bool fits_empty(const BlockNeed& need) const { return fits(State(), 0, {}, need); }
  /// Whether they would fit after the removal of `blocks` blocks of the core, which take `removed`
  /// together.
  bool fits_without(int core, int blocks, const BlockNeed& removed, const BlockNeed& need) const {
    return fits(at(core), blocks, removed, need);
  }
  Sharing sharing() const { return sharing_; }
  /// Return the first group, or entry of the expansion table, from `from` on where `count`
  /// successive ones are free. The numbering is treated as unbounded: the caller checks the core's
  /// limit.
  int free_groups(int core, int from, int count) const {
    return first_free(at(core).groups, from, count);
  }
  int free_entries(int core, int from, int count) const {
    return first_free(at(core).entries, from, count);
  }
  void add(int core, const BlockNeed& need, int group_base, int entry_base);
  void remove(int core, const BlockNeed& need, int group_base, int entry_base);
  /// Number of cores that hold a block.
  int used() const { return used_; }

 private:
  /// Dendrites in use in a closed core: more than any core has.
  static constexpr int kClosed = std::numeric_limits<int>::max() / 2;

  struct State {
    int blocks = 0;
    int dendrites = 0;
    int neurons = 0;
    long long routes = 0;
    std::vector<Span> groups;   ///< taken by each block
    std::vector<Span> entries;  ///< taken by each block
  };
  bool fits(const State& state, int blocks, const BlockNeed& removed, const BlockNeed& need) const {
    return (state.blocks == blocks || sharing_ == Sharing::kAllowed) &&
           state.dendrites - removed.dendrites + need.dendrites <= core_.ternary_dendrites() &&
           state.neurons - removed.neurons + need.neurons <= core_.max_neurons() &&
           state.routes - removed.routes + need.routes <= core_.route_entries;
  }
  static int first_free(const std::vector<Span>& taken, int from, int count);
  const State& at(int core) const { return states_[static_cast<std::size_t>(core)]; }

  arch::CoreDescription core_;
  Sharing sharing_;
  std::vector<State> states_;
  int used_ = 0;
};

}  // namespace spikeloom::mapper
