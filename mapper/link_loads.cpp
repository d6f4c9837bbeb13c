// SPDX-License-Identifier: Apache-2.0
#include "mapper/link_loads.h"

#include <array>
#include <memory>

#include <fmt/format.h>

#include "mapper/traffic_cost.h"

namespace spikeloom::mapper {
namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

/// The links of a topology, numbered, and the ones that a packet crosses.
class Links {
 public:
  virtual ~Links() = default;
  /// `core` may be Stream::kHost.
  virtual void add(int core, const common::Region& region, std::int64_t packets) = 0;
  virtual void add_to_host(int core, std::int64_t packets) = 0;
  /// Those that carry packets.
  virtual std::vector<LinkLoad> loads() const = 0;
};

class MeshLinks : public Links {
 public:
  explicit MeshLinks(const common::ChipDescription& chip)
      : chip_(chip), grid_(chip.grid()), packets_(at(grid_.cores()) * kSteps.size()) {}

  void add(int core, const common::Region& region, std::int64_t packets) override {
    const int x = core == Stream::kHost ? chip_.host_port.x : grid_.x(core);
    const int y = core == Stream::kHost ? chip_.host_port.y : grid_.y(core);
    for (int i = x; i < region.x1; ++i) at_link(i, y, kEast) += packets;
    for (int i = x; i > region.x0; --i) at_link(i, y, kWest) += packets;
    for (int column = region.x0; column <= region.x1; ++column) {
      for (int i = y; i < region.y1; ++i) at_link(column, i, kSouth) += packets;
      for (int i = y; i > region.y0; --i) at_link(column, i, kNorth) += packets;
    }
  }

  void add_to_host(int core, std::int64_t packets) override {
    const common::HostPortDescription& host = chip_.host_port;
    add(core, {host.x, host.y, host.x, host.y}, packets);
  }

  std::vector<LinkLoad> loads() const override {
    std::vector<LinkLoad> loads;
    for (int core = 0; core < grid_.cores(); ++core) {
      for (std::size_t step = 0; step < kSteps.size(); ++step) {
        const std::int64_t packets = packets_[at(core) * kSteps.size() + step];
        if (packets == 0) continue;
        const int x = grid_.x(core);
        const int y = grid_.y(core);
        const int next_x = x + kSteps[step].x;
        const int next_y = y + kSteps[step].y;
        const bool between =
            chip_.place(core).chip != chip_.place(grid_.core_at(next_x, next_y)).chip;
        loads.push_back({{0, x, y}, {0, next_x, next_y}, between, packets});
      }
    }
    return loads;
  }

 private:
  enum Direction : std::size_t { kEast, kWest, kSouth, kNorth };
  struct Step {
    int x;
    int y;
  };
  static constexpr std::array<Step, 4> kSteps = {{{1, 0}, {-1, 0}, {0, 1}, {0, -1}}};

  std::int64_t& at_link(int x, int y, Direction direction) {
    return packets_[at(grid_.core_at(x, y)) * kSteps.size() + direction];
  }

  const common::ChipDescription& chip_;
  common::MeshDescription grid_;
  std::vector<std::int64_t> packets_;
};

/// Each square of a level below the root's has a link up and a link down.
class TreeLinks : public Links {
 public:
  explicit TreeLinks(const common::ChipDescription& chip)
      : chip_(chip), grid_(chip.grid()), root_(chip.tree_levels()), packets_(at(root_)) {
    host_ = {chip.host_port.level == 0 ? root_ : chip.host_port.level, chip.host_port.x,
             chip.host_port.y};
    for (int level = 1; level < root_; ++level) {
      packets_[at(level)].resize(at(columns(level) * ((grid_.rows >> level) + 1)));
    }
  }

  void add(int core, const common::Region& region, std::int64_t packets) override {
    const common::RouterPlace from =
        core == Stream::kHost ? host_ : common::RouterPlace{1, grid_.x(core), grid_.y(core)};
    for (int level = 1; level < root_; ++level) {
      const bool own = level >= from.level;
      const int own_x = from.x >> level;
      const int own_y = from.y >> level;
      bool beyond = false;
      for (int y = region.y0 >> level; y <= region.y1 >> level; ++y) {
        for (int x = region.x0 >> level; x <= region.x1 >> level; ++x) {
          if (own && x == own_x && y == own_y) continue;
          link(level, x, y).down += packets;
          beyond = true;
        }
      }
      if (own && beyond) link(level, own_x, own_y).up += packets;
    }
  }

  void add_to_host(int core, std::int64_t packets) override {
    const int x = grid_.x(core);
    const int y = grid_.y(core);
    for (int level = 1; level < root_; ++level) {
      const bool met =
          level >= host_.level && x >> level == host_.x >> level && y >> level == host_.y >> level;
      if (met) return;
      link(level, x >> level, y >> level).up += packets;
      if (level >= host_.level) link(level, host_.x >> level, host_.y >> level).down += packets;
    }
  }

  std::vector<LinkLoad> loads() const override {
    std::vector<LinkLoad> loads;
    for (int level = 1; level < root_; ++level) {
      for (int square = 0; square < static_cast<int>(packets_[at(level)].size()); ++square) {
        const Pair& pair = packets_[at(level)][at(square)];
        const common::RouterPlace below{level, square % columns(level), square / columns(level)};
        const common::RouterPlace above{level + 1, below.x / 2, below.y / 2};
        const bool between = level >= chip_.chip_tree_levels();
        if (pair.up != 0) loads.push_back({below, above, between, pair.up});
        if (pair.down != 0) loads.push_back({above, below, between, pair.down});
      }
    }
    return loads;
  }

 private:
  struct Pair {
    std::int64_t up = 0;
    std::int64_t down = 0;
  };

  int columns(int level) const { return (grid_.columns >> level) + 1; }
  Pair& link(int level, int x, int y) { return packets_[at(level)][at(y * columns(level) + x)]; }

  const common::ChipDescription& chip_;
  common::MeshDescription grid_;
  int root_;
  common::RouterPlace host_;                ///< above core x, y
  std::vector<std::vector<Pair>> packets_;  ///< [level][square]
};

std::string text(const common::RouterPlace& router) {
  const std::string place = fmt::format("({},{})", router.x, router.y);
  return router.level == 0 ? place : fmt::format("level {} {}", router.level, place);
}

}  // namespace

std::string text(const LinkLoad& link) {
  return fmt::format("{} to {}", text(link.from), text(link.to));
}

std::vector<LinkLoad> link_loads(const Traffic& traffic, const Seats& seats,
                                 const common::ChipDescription& chip) {
  std::unique_ptr<Links> links;
  if (chip.topology == common::TopologyKind::kMesh) {
    links = std::make_unique<MeshLinks>(chip);
  } else {
    links = std::make_unique<TreeLinks>(chip);
  }
  StreamRegions finder(chip);
  std::vector<common::Region> regions;
  for (const Stream& stream : traffic.streams()) {
    finder.find(stream, seats, regions);
    for (const Stream::Source& source : stream.sources) {
      const int core = source.block == Stream::kHost ? Stream::kHost : seats[at(source.block)].core;
      for (const common::Region& region : regions) links->add(core, region, source.spikes);
    }
  }
  for (const Stream::Source& output : traffic.outputs()) {
    links->add_to_host(seats[at(output.block)].core, output.spikes);
  }
  return links->loads();
}

}  // namespace spikeloom::mapper
