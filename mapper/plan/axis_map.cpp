// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/plan/axis_map.h"

#include <algorithm>

namespace spikeloom::mapper {

AxisMap::AxisMap(const Axis& axis, const AxisPlan& plan) : axis_(axis), plan_(plan) {
  for (int input = 0; input < axis.inputs; ++input) places_.push_back(plan.place(axis, input));
  groups_of_.resize(at(axis.outputs));
  seen_by_.resize(at(axis.inputs));
  std::vector<int> block_groups(at(plan.blocks(axis)));
  for (int output = 0; output < axis.outputs; ++output) {
    std::vector<int>& groups = groups_of_[at(output)];
    const UnitPlace place{output / plan.block, unit_of(output)};
    for (int k = 0; k < axis.kernel; ++k) {
      const int input = axis.tap(output, k);
      if (!axis.inside(input)) continue;
      groups.push_back(place_of(input).group);
      // Outputs are visited in unit order, so only the last entry can equal this unit.
      std::vector<UnitPlace>& seen = seen_by_[at(input)];
      if (seen.empty() || !(seen.back() == place)) seen.push_back(place);
    }
    std::sort(groups.begin(), groups.end());
    groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
    block_groups[at(place.block)] += static_cast<int>(groups.size());
  }
  max_groups_ = *std::max_element(block_groups.begin(), block_groups.end());
  for (const std::vector<UnitPlace>& seen : seen_by_) {
    std::vector<int> units;
    for (const UnitPlace& place : seen) units.push_back(place.unit);
    std::sort(units.begin(), units.end());
    units.erase(std::unique(units.begin(), units.end()), units.end());
    addresses_.push_back(plan.expanded ? std::min<int>(1, static_cast<int>(units.size()))
                                       : static_cast<int>(units.size()));
  }
  if (plan.expanded) make_lists();
}

void AxisMap::make_lists() {
  list_units_.resize(at(axis_.patch(plan_.block)));
  for (int input = 0; input < axis_.inputs; ++input) {
    int& max_units = list_units_[slot(input)];
    const std::vector<UnitPlace>& seen = seen_by(input);
    int units = 0;
    for (std::size_t i = 0; i < seen.size(); ++i) {
      units = i > 0 && seen[i].block == seen[i - 1].block ? units + 1 : 1;
      max_units = std::max(max_units, units);
    }
  }
  for (const int units : list_units_) {
    list_first_.push_back(list_total_);
    list_total_ += units;
  }
}

std::vector<int> AxisMap::units_of(int input, int block) const {
  std::vector<int> units;
  for (const UnitPlace& place : seen_by(input)) {
    if (place.block == block) units.push_back(place.unit);
  }
  return units;
}

Span AxisMap::block(int block) const {
  return {block * plan_.block, std::min((block + 1) * plan_.block, axis_.outputs)};
}

}  // namespace spikeloom::mapper
