// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/mapper/plan/layer_plan.h"

namespace spikeloom::mapper {

/// What a block takes of its core.
struct BlockNeed {
  int dendrites = 0;
  int neurons = 0;
  int groups = 0;
  int entries = 0;  ///< of the expansion table
  long long routes = 0;
};

/// The needs of all blocks of each layer, as long as all rectangles of receivers are whole.
std::vector<std::vector<BlockNeed>> block_needs(const std::vector<LayerMap>& layers);

/// Whether a core may hold several blocks.
enum class Sharing { kAllowed, kNone };

/// What is left in the cores of a mesh. Blocks share a core where all limits allow.
class CoreSpace {
 public:
  CoreSpace(const arch::CoreDescription& core, int cores, Sharing sharing);

  bool empty(int core) const { return at(core).blocks == 0; }
  /// Whether the block fits but for its groups.
  bool fits(int core, const BlockNeed& need) const;
  /// The first group, or entry of the expansion table, not below `from` at which `count` in a row
  /// are free, in the core's numbers without end.
  int free_groups(int core, int from, int count) const {
    return first_free(at(core).groups, from, count);
  }
  int free_entries(int core, int from, int count) const {
    return first_free(at(core).entries, from, count);
  }
  void add(int core, const BlockNeed& need, int group_base, int entry_base);
  void remove(int core, const BlockNeed& need, int group_base, int entry_base);
  int used() const { return used_; }

 private:
  struct State {
    int blocks = 0;
    int dendrites = 0;
    int neurons = 0;
    long long routes = 0;
    std::vector<Span> groups;  ///< of each block
    std::vector<Span> entries;
  };
  static int first_free(const std::vector<Span>& taken, int from, int count);
  const State& at(int core) const { return states_[static_cast<std::size_t>(core)]; }

  arch::CoreDescription core_;
  Sharing sharing_;
  std::vector<State> states_;
  int used_ = 0;
};

}  // namespace spikeloom::mapper
