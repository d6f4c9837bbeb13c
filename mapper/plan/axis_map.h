// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "spikeloom/mapper/plan/geometry.h"

namespace spikeloom::mapper {

/// Position of an input along one dimension (rows, columns or channels).
struct GroupPlace {
  int group = 0;
  int place = 0;  ///< in the group
};

/// Partition of a term along one axis (rows or columns). Outputs are divided into blocks, one per
/// core, and each block into units, which have groups of axons of their own. With one unit per
/// block, all windows share the groups; with one unit per output, each window has its own groups.
/// The inputs of a unit are divided into tiles, one per group. Addresses are taken modulo `pitch`
/// and not relative to the unit's edge: an input then has the same address in every unit that reads
/// it, and one multicast packet serves all of them.
struct AxisPlan {
  int block = 1;          ///< outputs per block; the last block may have fewer
  int unit = 1;           ///< outputs per unit; the last unit of a block may have fewer
  int tile = 1;           ///< inputs per group
  int pitch = 1;          ///< multiple of `tile`, at least the number of inputs that a unit reads
  bool expanded = false;  ///< one packet serves all units of a core through its expansion table

  int groups() const { return pitch / tile; }
  int units() const { return ceil_div(block, unit); }
  int blocks(const Axis& axis) const { return ceil_div(axis.outputs, block); }
  int slot(const Axis& axis, int input) const { return (input + axis.pad) % pitch; }
  GroupPlace place(const Axis& axis, int input) const {
    return {slot(axis, input) / tile, slot(axis, input) % tile};
  }
};

/// Position of a unit along an axis.
struct UnitPlace {
  int block = 0;
  int unit = 0;  ///< in the block
  bool operator==(const UnitPlace& o) const { return block == o.block && unit == o.unit; }
};

/// An axis with its plan. Precomputes the lookups that planning, routing and emission share.
class AxisMap {
 public:
  AxisMap(const Axis& axis, const AxisPlan& plan);

  const Axis& axis() const { return axis_; }
  const AxisPlan& plan() const { return plan_; }
  /// Outputs of a block.
  Span block(int block) const;
  /// Position of an input; the same in each unit that reads it.
  const GroupPlace& place_of(int input) const { return places_[at(input)]; }
  int unit_of(int output) const { return output % plan_.block / plan_.unit; }
  /// Groups that hold the inputs of an output's window, in ascending order.
  const std::vector<int>& groups_of(int output) const { return groups_of_[at(output)]; }
  /// Units with a window that covers the input, in ascending order.
  const std::vector<UnitPlace>& seen_by(int input) const { return seen_by_[at(input)]; }
  /// Number of addresses of an input: the number of distinct unit numbers (within a block) that
  /// read it, or at most 1 if the plan is expanded.
  int addresses(int input) const { return addresses_[at(input)]; }
  /// Maximum over all blocks of the number of groups summed over the block's outputs.
  int max_groups() const { return max_groups_; }

  // Lists of the expansion table along the axis. The list of an input begins at the same entry in
  // every block, so that one packet serves all blocks: the slot of an input is its coordinate
  // modulo the number of inputs that a block reads, and each slot reserves as many units as it
  // needs in any block.
  /// Units of a block that read the input.
  std::vector<int> units_of(int input, int block) const;
  int list_first(int input) const { return list_first_[slot(input)]; }
  int list_units(int input) const { return list_units_[slot(input)]; }
  int list_total() const { return list_total_; }

 private:
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }
  std::size_t slot(int input) const { return at((input + axis_.pad) % axis_.patch(plan_.block)); }
  void make_lists();

  Axis axis_;
  AxisPlan plan_;
  std::vector<int> list_first_;
  std::vector<int> list_units_;
  int list_total_ = 0;
  std::vector<GroupPlace> places_;  ///< [input]
  std::vector<std::vector<int>> groups_of_;
  std::vector<std::vector<UnitPlace>> seen_by_;
  std::vector<int> addresses_;
  int max_groups_ = 0;
};

}  // namespace spikeloom::mapper
