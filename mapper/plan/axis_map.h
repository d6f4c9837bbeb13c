// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "spikeloom/mapper/plan/geometry.h"

namespace spikeloom::mapper {

/// Which group an input is in, along one of rows, columns and channels, and where in it.
struct GroupPlace {
  int group = 0;
  int place = 0;
};

/// How rows (or columns) of a term are cut. Outputs are cut into blocks, one a core, and a block
/// into units, which have groups of axons of their own: one unit a block shares each group between
/// all windows, a unit an output gives each window its own. A unit's inputs are cut into tiles, one
/// a group. Addresses are taken modulo `pitch`, not from the unit's edge: an input then has the
/// same address in every unit that sees it, and one multicast packet serves them all.
struct AxisPlan {
  int block = 1;          ///< outputs of a block; the last one may have fewer
  int unit = 1;           ///< outputs of a unit, likewise
  int tile = 1;           ///< inputs of a group
  int pitch = 1;          ///< a multiple of `tile`, no less than the inputs that a unit sees
  bool expanded = false;  ///< a packet serves all units of a core, by its expansion table

  int groups() const { return pitch / tile; }
  int units() const { return ceil_div(block, unit); }
  int blocks(const Axis& axis) const { return ceil_div(axis.outputs, block); }
  int slot(const Axis& axis, int input) const { return (input + axis.pad) % pitch; }
  GroupPlace place(const Axis& axis, int input) const {
    return {slot(axis, input) / tile, slot(axis, input) % tile};
  }
};

/// A place among blocks and units along an axis.
struct UnitPlace {
  int block = 0;
  int unit = 0;  ///< in the block
  bool operator==(const UnitPlace& o) const { return block == o.block && unit == o.unit; }
};

/// An axis and its plan, with the questions that everybody asks answered once.
class AxisMap {
 public:
  AxisMap(const Axis& axis, const AxisPlan& plan);

  const Axis& axis() const { return axis_; }
  const AxisPlan& plan() const { return plan_; }
  Span block(int block) const;
  /// In each unit that sees the input.
  const GroupPlace& place_of(int input) const { return places_[at(input)]; }
  int unit_of(int output) const { return output % plan_.block / plan_.unit; }
  /// Groups, ascending, that hold the inputs of an output's window.
  const std::vector<int>& groups_of(int output) const { return groups_of_[at(output)]; }
  /// The units, in order, with a window that covers the input.
  const std::vector<UnitPlace>& seen_by(int input) const { return seen_by_[at(input)]; }
  /// Addresses that the input has: distinct units, counted within the block.
  int addresses(int input) const { return addresses_[at(input)]; }
  /// Of the block with most: the sum of its outputs' groups.
  int max_groups() const { return max_groups_; }

  // Lists of the expansion table along the axis. An input's list begins at the same place in every
  // block, so that one packet serves all: inputs have slots modulo what a block sees, and a slot
  // has the units of the block in which it has most.
  /// Units of a block that see the input.
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
  std::vector<GroupPlace> places_;  ///< of inputs
  std::vector<std::vector<int>> groups_of_;
  std::vector<std::vector<UnitPlace>> seen_by_;
  std::vector<int> addresses_;
  int max_groups_ = 0;
};

}  // namespace spikeloom::mapper
