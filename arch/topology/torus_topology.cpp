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

}  // namespace

TorusTopology::TorusTopology(const ChipDescription& chip)
    : GridRouters(chip),
      host_region_{chip.host_port.x, chip.host_port.y, chip.host_port.x, chip.host_port.y} {}

/// Returns the run to all places `first` to `last`, each by the shorter way.
TorusTopology::Run TorusTopology::run(int from, int first, int last, int size) {
  const int reach = reach_upwards(from, size);
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
  const Run run = column ? TorusTopology::run(from, region.y0, region.y1, size)
                         : TorusTopology::run(from, region.x0, region.x1, size);
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
      const Run row = run(place.x, region.x0, region.x1, grid().columns);
      if (row.up > 0) outputs |= port_bit(kEast);
      if (row.down > 0) outputs |= port_bit(kWest);
    }
    if (place.x < region.x0 || place.x > region.x1) return outputs;
    const Run column = run(place.y, region.y0, region.y1, grid().rows);
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

/// Counts the links along the row, then those along each column of the region.
int TorusTopology::hops(const RouterPlace& from, const Region& region,
                        const LinkCosts& costs) const {
  const auto axis = [&](int place, int first, int last, int size, int chip_side) {
    const Run run = TorusTopology::run(place, first, last, size);
    const int lowest = place >= run.down ? place - run.down : place - run.down + size;
    return cost(place, run.up, size, chip_side, costs) +
           cost(lowest, run.down, size, chip_side, costs);
  };
  return axis(from.x, region.x0, region.x1, grid().columns, chip_grid().columns) +
         axis(from.y, region.y0, region.y1, grid().rows, chip_grid().rows) *
             (region.x1 - region.x0 + 1);
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
