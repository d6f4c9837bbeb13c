// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/arch/topology/torus_topology.h"

#include <algorithm>
#include <array>

namespace spikeloom::arch {
namespace {

/// Returns the distance upwards from `from` to `to` along a ring of `size`.
int upwards(int from, int to, int size) { return to >= from ? to - from : to - from + size; }

/// Returns the longest distance upwards for which a packet from `from` takes that direction: half
/// of the ring. Of the pairs of opposite places, every second one uses the closing link, in both
/// directions alike.
int reach_upwards(int from, int size) {
  const int half = size / 2;
  if (size % 2 != 0) return half;
  const bool is_lower = from < half;
  const bool direct = (is_lower ? from : from - half) % 2 == 0;
  return direct == is_lower ? half : half - 1;
}

std::uint8_t reach_in_ring(int from, int size) {
  return static_cast<std::uint8_t>(reach_upwards(from, size));
}

/// The dead links of parallel rings.
class Cuts {
 public:
  Cuts(int rings, int size)
      : size_(size), after_(static_cast<std::size_t>(rings), std::vector<bool>(at(size))) {}

  /// Adds the links between two neighbours of a ring; a ring of two has two such links.
  void add(int ring, int a, int b) {
    std::vector<bool>& after = after_[at(ring)];
    if ((a + 1) % size_ == b) after[at(a)] = true;
    if ((b + 1) % size_ == a) after[at(b)] = true;
  }
  bool has(int ring) const {
    const std::vector<bool>& after = after_[at(ring)];
    return std::find(after.begin(), after.end(), true) != after.end();
  }
  /// Returns the distance upwards from `from` to the last place before a dead link.
  std::uint8_t reach(int ring, int from) const {
    int reach = 0;
    while (reach < size_ - 1 && !after_[at(ring)][at((from + reach) % size_)]) ++reach;
    return static_cast<std::uint8_t>(reach);
  }

 private:
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }

  int size_;
  std::vector<std::vector<bool>>
      after_;  ///< [ring][place]: whether the link upwards from it is dead
};

}  // namespace

TorusTopology::TorusTopology(const ChipDescription& chip)
    : GridRouters(chip),
      host_region_{chip.host_port.x, chip.host_port.y, chip.host_port.x, chip.host_port.y} {
  for (int core = 0; core < grid().cores(); ++core) {
    row_reach_.push_back(reach_in_ring(grid().x(core), grid().columns));
    column_reach_.push_back(reach_in_ring(grid().y(core), grid().rows));
  }
  if (!chip.defects.links.empty()) go_round(chip.defects.links);
}

/// Changes the reach in rings with dead links: up to the first one. With a single one, all other
/// places are then reached downwards. With several, what lies between two is out of reach.
void TorusTopology::go_round(const std::vector<DeadLink>& links) {
  Cuts rows(grid().rows, grid().columns);
  Cuts columns(grid().columns, grid().rows);
  for (const DeadLink& link : links) {
    if (link.from.y == link.to.y) {
      rows.add(link.from.y, link.from.x, link.to.x);
    } else {
      columns.add(link.from.x, link.from.y, link.to.y);
      columns_differ_ = true;
    }
  }
  for (int y = 0; y < grid().rows; ++y) {
    for (int x = 0; x < grid().columns; ++x) {
      if (rows.has(y)) reach(row_reach_, x, y) = rows.reach(y, x);
      if (columns.has(x)) reach(column_reach_, x, y) = columns.reach(x, y);
    }
  }
}

/// Returns the run to all places `first` to `last`, each by the way that `reach` gives.
TorusTopology::Run TorusTopology::run(int from, int reach, int first, int last, int size) {
  Run run;
  const auto add = [&](int nearest, int farthest) {
    if (nearest <= reach) run.up = std::max(run.up, std::min(farthest, reach));
    if (farthest > reach) run.down = std::max(run.down, size - std::max(nearest, reach + 1));
  };
  if (first <= from && from <= last) {
    // Places from `from` upwards, then those below it, all by their distance upwards along the
    // ring.
    add(0, last - from);
    if (first < from) add(size - (from - first), size - 1);
  } else {
    const int nearest = upwards(from, first, size);
    add(nearest, nearest + last - first);
  }
  return run;
}

TorusTopology::Destination TorusTopology::onward(const Place& place, unsigned input,
                                                 unsigned output, Destination destination) const {
  const bool column = in_column(output);
  const bool enters = input == kCore || input == kHost || (column && !in_column(port_of(input)));
  if (!enters) return destination;
  const Region region = destination.target.region();
  const int from = column ? place.y : place.x;
  const int size = column ? grid().rows : grid().columns;
  const Run run = column ? column_run(place.x, place.y, region.y0, region.y1)
                         : row_run(place.x, place.y, region.x0, region.x1);
  const bool up = output == kEast || output == kSouth;
  const int stop = up ? from + run.up : from - run.down + size;
  destination.stop = static_cast<std::uint8_t>(stop % size);
  return destination;
}

unsigned TorusTopology::outputs(const Place& place, unsigned input, Destination destination) const {
  const Region region = destination.target.region();
  const unsigned port = port_of(input);
  unsigned outputs = 0;
  if (port < kCore && in_column(port)) {
    if (place.y != destination.stop) outputs |= port_bit((port + 2) % 4);
  } else {
    if (port < kCore) {
      if (place.x != destination.stop) outputs |= port_bit((port + 2) % 4);
    } else {
      const Run row = row_run(place.x, place.y, region.x0, region.x1);
      if (row.up > 0) outputs |= port_bit(kEast);
      if (row.down > 0) outputs |= port_bit(kWest);
    }
    if (place.x < region.x0 || place.x > region.x1) return outputs;
    const Run column = column_run(place.x, place.y, region.y0, region.y1);
    if (column.up > 0) outputs |= port_bit(kSouth);
    if (column.down > 0) outputs |= port_bit(kNorth);
  }
  if (place.y < region.y0 || place.y > region.y1) return outputs;
  return outputs | port_bit(destination.target.to_host() ? kHost : kCore);
}

/// Returns the cost of `up` links upwards from place `from`.
int TorusTopology::cost(int from, int up, int size, int chip_side, const LinkCosts& costs) {
  const int crossings = chip_side == size ? 0 : (from + up) / chip_side - from / chip_side;
  return up * costs.on_chip + crossings * (costs.between_chips - costs.on_chip);
}

/// Returns the cost of a run from place `from`.
int TorusTopology::cost(int from, const Run& run, int size, int chip_side, const LinkCosts& costs) {
  const int lowest = from >= run.down ? from - run.down : from - run.down + size;
  return cost(from, run.up, size, chip_side, costs) +
         cost(lowest, run.down, size, chip_side, costs);
}

/// Counts the links along the row, then those along each column of the region.
int TorusTopology::hops(const RouterPlace& from, const Region& region,
                        const LinkCosts& costs) const {
  const auto in_column = [&](int x) {
    return cost(from.y, column_run(x, from.y, region.y0, region.y1), grid().rows, chip_grid().rows,
                costs);
  };
  int hops = cost(from.x, row_run(from.x, from.y, region.x0, region.x1), grid().columns,
                  chip_grid().columns, costs);
  if (!columns_differ_) return hops + in_column(region.x0) * (region.x1 - region.x0 + 1);
  for (int x = region.x0; x <= region.x1; ++x) hops += in_column(x);
  return hops;
}

std::vector<double> TorusTopology::distances(const std::vector<double>& packets,
                                             double host_packets, const LinkCosts& costs) const {
  const auto distance = [&costs](int size, int chip_side) {
    return [&costs, size, chip_side](int i, int j) {
      const int up = upwards(i, j, size);
      return up <= reach_upwards(i, size) ? cost(i, up, size, chip_side, costs)
                                          : cost(j, size - up, size, chip_side, costs);
    };
  };
  return GridRouters::distances(packets, host_packets,
                                distance(grid().columns, chip_grid().columns),
                                distance(grid().rows, chip_grid().rows));
}

std::string_view TorusTopology::port_name(unsigned input) {
  constexpr std::array<std::string_view, kInputs - kPorts> kSecond = {"north-2", "east-2",
                                                                      "south-2", "west-2"};
  return input < kPorts ? GridRouters::port_name(input) : kSecond.at(input - kPorts);
}

}  // namespace spikeloom::arch
