// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/arch/topology/conflicts.h"

#include <algorithm>
#include <cstdint>
#include <map>

namespace spikeloom::arch {
namespace {

/// Items with the same conflicts, which are kept or dropped together.
struct ItemClass {
  std::vector<std::size_t> items;
  std::vector<std::size_t> others;  ///< classes in conflict with this one
  std::size_t weight() const { return items.size(); }
};

/// Branch and bound over classes of items.
class FewestDropped {
 public:
  FewestDropped(const std::vector<ItemClass>& classes, std::size_t max_steps)
      : classes_(classes), steps_left_(max_steps), state_(classes.size(), State::kOpen) {}

  /// Returns which classes to drop.
  std::vector<bool> find() {
    search(0);
    // A search that ran out of steps may have dropped more than it had to.
    for (std::size_t c = 0; c < classes_.size(); ++c) {
      const std::vector<std::size_t>& others = classes_[c].others;
      best_[c] = best_[c] && !std::all_of(others.begin(), others.end(),
                                          [this](std::size_t other) { return best_[other]; });
    }
    return best_;
  }

 private:
  enum class State : std::uint8_t { kOpen, kKept, kDropped };

  std::size_t weight(std::size_t c) const { return classes_[c].weight(); }

  void search(std::size_t dropped) {
    const bool has_result = !best_.empty();
    if (has_result && (steps_left_ == 0 || dropped + least_more() >= best_dropped_)) return;
    if (steps_left_ > 0) --steps_left_;
    const std::size_t c = heaviest_conflict();
    if (c == classes_.size()) {
      best_dropped_ = dropped;
      best_.clear();
      for (const State state : state_) best_.push_back(state == State::kDropped);
      return;
    }
    state_[c] = State::kDropped;
    search(dropped + weight(c));
    // Keeping it means to drop all that it is in conflict with.
    state_[c] = State::kKept;
    std::vector<std::size_t> gone;
    for (const std::size_t other : classes_[c].others) {
      if (state_[other] != State::kOpen) continue;
      state_[other] = State::kDropped;
      dropped += weight(other);
      gone.push_back(other);
    }
    search(dropped);
    for (const std::size_t other : gone) state_[other] = State::kOpen;
    state_[c] = State::kOpen;
  }

  /// Returns the weight of the open classes in conflict with an open class.
  std::size_t open_conflicts(std::size_t c) const {
    std::size_t sum = 0;
    for (const std::size_t other : classes_[c].others) {
      if (state_[other] == State::kOpen) sum += weight(other);
    }
    return sum;
  }

  /// Returns the open class whose conflicts weigh most for its own weight, or the number of classes
  /// if no two open ones are in conflict.
  std::size_t heaviest_conflict() const {
    std::size_t best = classes_.size();
    std::size_t best_conflicts = 0;
    for (std::size_t c = 0; c < classes_.size(); ++c) {
      if (state_[c] != State::kOpen) continue;
      const std::size_t conflicts = open_conflicts(c);
      if (conflicts == 0) continue;
      if (best != classes_.size() && conflicts * weight(best) <= best_conflicts * weight(c)) {
        continue;
      }
      best = c;
      best_conflicts = conflicts;
    }
    return best;
  }

  /// Returns a bound of the weight still to drop: of disjoint pairs in conflict, the lighter ones.
  std::size_t least_more() const {
    std::vector<std::size_t> left;
    for (const ItemClass& item : classes_) left.push_back(item.weight());
    std::size_t sum = 0;
    for (std::size_t c = 0; c < classes_.size(); ++c) {
      if (state_[c] != State::kOpen) continue;
      for (const std::size_t other : classes_[c].others) {
        if (state_[other] != State::kOpen) continue;
        const std::size_t both = std::min(left[c], left[other]);
        left[c] -= both;
        left[other] -= both;
        sum += both;
      }
    }
    return sum;
  }

  const std::vector<ItemClass>& classes_;
  std::size_t steps_left_;
  std::vector<State> state_;
  std::vector<bool> best_;
  std::size_t best_dropped_ = 0;
};

}  // namespace

Conflicts::Conflicts(std::size_t items) : rows_(items, Row((items + 63) / 64)) {}

void Conflicts::add(std::size_t a, std::size_t b) {
  rows_[a][b / 64] |= std::uint64_t{1} << b % 64;
  rows_[b][a / 64] |= std::uint64_t{1} << a % 64;
}

std::vector<bool> Conflicts::fewest_dropped(std::size_t max_steps) const {
  std::map<Row, std::size_t> class_of;
  std::vector<ItemClass> classes;
  for (std::size_t item = 0; item < rows_.size(); ++item) {
    const auto [found, is_new] = class_of.try_emplace(rows_[item], classes.size());
    if (is_new) classes.emplace_back();
    classes[found->second].items.push_back(item);
  }
  for (ItemClass& item : classes) {
    for (std::size_t c = 0; c < classes.size(); ++c) {
      if (has(item.items.front(), classes[c].items.front())) item.others.push_back(c);
    }
  }
  const std::vector<bool> dropped_classes = FewestDropped(classes, max_steps).find();
  std::vector<bool> dropped(rows_.size());
  for (std::size_t c = 0; c < classes.size(); ++c) {
    for (const std::size_t item : classes[c].items) dropped[item] = dropped_classes[c];
  }
  return dropped;
}

}  // namespace spikeloom::arch
