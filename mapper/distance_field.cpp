// SPDX-License-Identifier: Apache-2.0
#include "mapper/distance_field.h"

#include <cstdlib>

namespace spikeloom::mapper {
namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

/// Turns packets by place along a line into packets times distance from each place.
std::vector<double> to_distances(const std::vector<double>& packets, int chip_side,
                                 const LinkCosts& costs) {
  const int slower = costs.between_chips - costs.on_chip;
  const auto position = [&](int i) { return i * costs.on_chip + i / chip_side * slower; };
  std::vector<double> sums(packets.size());
  const int size = static_cast<int>(packets.size());
  for (int i = 0; i < size; ++i) {
    for (int j = 0; j < size; ++j)
      sums[at(i)] += packets[at(j)] * std::abs(position(i) - position(j));
  }
  return sums;
}

}  // namespace

DistanceField::DistanceField(const common::ChipDescription& chip, const LinkCosts& costs)
    : chip_(chip), grid_(chip.grid()), costs_(costs), packets_(at(grid_.cores())) {}

std::vector<double> DistanceField::at_cores() const {
  return chip_.topology == common::TopologyKind::kMesh ? in_mesh() : in_tree();
}

/// Rows and columns by themselves.
std::vector<double> DistanceField::in_mesh() const {
  std::vector<double> columns(at(grid_.columns));
  std::vector<double> rows(at(grid_.rows));
  for (int core = 0; core < grid_.cores(); ++core) {
    columns[at(grid_.x(core))] += packets_[at(core)];
    rows[at(grid_.y(core))] += packets_[at(core)];
  }
  columns[at(chip_.host_port.x)] += host_packets_;
  rows[at(chip_.host_port.y)] += host_packets_;
  columns = to_distances(columns, chip_.mesh.columns, costs_);
  rows = to_distances(rows, chip_.mesh.rows, costs_);
  std::vector<double> sums;
  for (int core = 0; core < grid_.cores(); ++core) {
    sums.push_back(columns[at(grid_.x(core))] + rows[at(grid_.y(core))]);
  }
  return sums;
}

/// Level by level: what is not in a core's square of a level crosses the link above that square,
/// and, but for the host's where its port is above, the one above the other end's.
std::vector<double> DistanceField::in_tree() const {
  const int levels = chip_.tree_levels();
  const int host_level = chip_.host_port.level == 0 ? levels : chip_.host_port.level;
  std::vector<double> sums(at(grid_.cores()));
  for (int level = 1; level < levels; ++level) {
    const int columns = (grid_.columns >> level) + 1;
    const auto square = [&](int x, int y) { return at((y >> level) * columns + (x >> level)); };
    const auto square_of = [&](int core) { return square(grid_.x(core), grid_.y(core)); };
    const double cost = level < chip_.chip_tree_levels() ? costs_.on_chip : costs_.between_chips;
    // Of packets beyond the square: up once, and down once on the other side.
    std::vector<double> inside(at(columns * ((grid_.rows >> level) + 1)));
    double beyond = 0.0;
    for (int core = 0; core < grid_.cores(); ++core) {
      inside[square_of(core)] += 2.0 * packets_[at(core)];
      beyond += 2.0 * packets_[at(core)];
    }
    const double host_links = host_level > level ? 1.0 : 2.0;
    if (host_level <= level) {
      inside[square(chip_.host_port.x, chip_.host_port.y)] += host_links * host_packets_;
    }
    beyond += host_links * host_packets_;
    for (int core = 0; core < grid_.cores(); ++core) {
      sums[at(core)] += cost * (beyond - inside[square_of(core)]);
    }
  }
  return sums;
}

}  // namespace spikeloom::mapper
