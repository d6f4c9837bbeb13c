// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/place/core_orders.h"

#include <cstdlib>
#include <map>
#include <random>
#include <utility>

namespace spikeloom::mapper {
namespace {

/// A step or a side along one axis of the grid.
struct Vector {
  int x = 0;
  int y = 0;

  int length() const { return std::abs(x + y); }
  Vector unit() const { return {(x > 0) - (x < 0), (y > 0) - (y < 0)}; }
  Vector half() const { return {x / 2, y / 2}; }
  Vector operator+(const Vector& o) const { return {x + o.x, y + o.y}; }
  Vector operator-(const Vector& o) const { return {x - o.x, y - o.y}; }
  Vector operator-() const { return {-x, -y}; }
};

/// Generalized Hilbert curve for rectangles. A rectangle is divided recursively into two or three
/// smaller ones, which the curve traverses in turn, until they are lines.
class RectangleCurve {
 public:
  explicit RectangleCurve(const arch::MeshDescription& grid) : grid_(grid) {}

  /// Traverses the rectangle from corner `from` along `side`; `across` is its other side.
  void cross(Vector from, const Vector& side, const Vector& across) {
    if (across.length() == 1 || side.length() == 1) {
      const Vector& line = across.length() == 1 ? side : across;
      for (int i = 0; i < line.length(); ++i, from = from + line.unit()) {
        order.push_back(grid_.core_at(from.x, from.y));
      }
      return;
    }
    Vector half = side.half();
    if (2 * side.length() > 3 * across.length()) {
      // The halves get an even length, since the curve through an odd one may end in the wrong
      // corner.
      if (half.length() % 2 != 0 && side.length() > 2) half = half + side.unit();
      cross(from, half, across);
      cross(from + half, side - half, across);
      return;
    }
    Vector rise = across.half();
    if (rise.length() % 2 != 0 && across.length() > 2) rise = rise + across.unit();
    // Up along the near side, across the far half, and down again.
    cross(from, rise, half);
    cross(from + rise, side, across - rise);
    cross(from + (side - side.unit()) + (rise - across.unit()), -rise, -(side - half));
  }

  std::vector<int> order;

 private:
  arch::MeshDescription grid_;
};

}  // namespace

std::vector<int> hilbert_order(const arch::MeshDescription& grid) {
  const Vector columns{grid.columns, 0};
  const Vector rows{0, grid.rows};
  // Adjacent cores differ in chessboard colour. If one side is odd and the number of cores is even,
  // the curve can therefore end only in the corner at the far end of the even side.
  const bool along_columns = grid.columns >= grid.rows
                                 ? grid.columns % 2 == 0 || grid.rows % 2 != 0
                                 : grid.rows % 2 != 0 && grid.columns % 2 == 0;
  RectangleCurve curve(grid);
  if (along_columns) {
    curve.cross({0, 0}, columns, rows);
  } else {
    curve.cross({0, 0}, rows, columns);
  }
  return std::move(curve.order);
}

std::vector<int> random_order(const arch::MeshDescription& grid, std::uint64_t seed) {
  std::vector<int> order;
  for (int core = 0; core < grid.cores(); ++core) order.push_back(core);
  std::mt19937_64 random(seed);
  // Not std::shuffle: its results differ between standard libraries.
  for (std::size_t k = order.size(); k > 1; --k) std::swap(order[k - 1], order[random() % k]);
  return order;
}

Slots laid_along(const Slots& slots, const std::vector<int>& order) {
  std::map<int, int> new_core;  // by old core
  Slots result = slots;
  for (Slot& slot : result) {
    const int next = order[new_core.size()];
    slot.core = new_core.try_emplace(slot.core, next).first->second;
  }
  return result;
}

}  // namespace spikeloom::mapper
