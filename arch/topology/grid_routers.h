// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/topology/attachment.h"
#include "spikeloom/arch/topology/router_place.h"

namespace spikeloom::arch {

/// The common part of topologies with one router for each core: numbers, places and names of the
/// routers, and their ports to four neighbours, the core and the host. y grows to the south.
class GridRouters {
 public:
  /// Ports of a router, for inputs and outputs alike.
  enum Port : unsigned { kNorth, kEast, kSouth, kWest, kCore, kHost };
  static constexpr unsigned kPorts = 6;
  static constexpr unsigned kHostPort = kHost;

  struct Place {
    std::uint8_t x = 0;
    std::uint8_t y = 0;
    std::uint8_t between_chips = 0;  ///< ports whose links lead to another chip
  };

  std::size_t routers() const { return static_cast<std::size_t>(grid_.cores()); }
  Place place(std::uint32_t router) const;
  Attachment core_port(int core) const { return {static_cast<std::uint32_t>(core), kCore}; }
  Attachment host_port() const {
    return {static_cast<std::uint32_t>(grid_.core_at(host_.x, host_.y)), kHost};
  }
  static int core(std::uint32_t router, const Place& /*place*/, unsigned /*port*/) {
    return static_cast<int>(router);
  }
  static bool is_link(const Place& /*place*/, unsigned port) { return port < kCore; }
  static bool between_chips(const Place& place, unsigned port) {
    return (place.between_chips >> port & 1U) != 0;
  }
  static constexpr bool is_trunk(const Place& /*place*/, unsigned /*port*/) { return false; }

  static RouterPlace router_place(const Place& place) { return {0, place.x, place.y}; }
  RouterPlace core_place(int core) const { return {0, grid_.x(core), grid_.y(core)}; }
  const RouterPlace& host_place() const { return host_; }
  std::optional<int> chip(const Place& place) const;
  std::size_t link_rank(std::uint32_t router, const Place& place, unsigned port) const;

  static std::string_view port_name(unsigned port);
  std::string router_range() const;

  static constexpr bool kHasLevels = false;
  static int top_level(const ChipDescription& /*chip*/) { return 0; }
  static std::optional<std::string> refusal(const MeshDescription& /*mesh*/) {
    return std::nullopt;
  }

 protected:
  explicit GridRouters(const ChipDescription& chip);

  const MeshDescription& grid() const { return grid_; }
  const MeshDescription& chip_grid() const { return chip_; }
  /// Returns the sum of packets times distance for each core. Rows and columns are computed
  /// separately: `columns` and `rows` return the distance between places i and j along such an
  /// axis.
  template <class Columns, class Rows>
  std::vector<double> distances(const std::vector<double>& packets, double host_packets,
                                const Columns& columns, const Rows& rows) const {
    const auto at = [](int i) { return static_cast<std::size_t>(i); };
    std::vector<double> by_column(at(grid_.columns));
    std::vector<double> by_row(at(grid_.rows));
    for (int core = 0; core < grid_.cores(); ++core) {
      by_column[at(grid_.x(core))] += packets[at(core)];
      by_row[at(grid_.y(core))] += packets[at(core)];
    }
    by_column[at(host_.x)] += host_packets;
    by_row[at(host_.y)] += host_packets;
    by_column = along_axis(by_column, columns);
    by_row = along_axis(by_row, rows);
    std::vector<double> sums;
    sums.reserve(at(grid_.cores()));
    for (int core = 0; core < grid_.cores(); ++core) {
      sums.push_back(by_column[at(grid_.x(core))] + by_row[at(grid_.y(core))]);
    }
    return sums;
  }

 private:
  template <class Distance>
  static std::vector<double> along_axis(const std::vector<double>& packets,
                                        const Distance& distance) {
    std::vector<double> sums(packets.size());
    for (std::size_t j = 0; j < packets.size(); ++j) {
      if (packets[j] == 0.0) continue;
      for (std::size_t i = 0; i < packets.size(); ++i) {
        sums[i] += packets[j] * distance(static_cast<int>(i), static_cast<int>(j));
      }
    }
    return sums;
  }

  MeshDescription grid_;
  MeshDescription chip_;
  RouterPlace host_;
};

}  // namespace spikeloom::arch
