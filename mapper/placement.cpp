// SPDX-License-Identifier: Apache-2.0
#include "mapper/placement.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numeric>
#include <random>
#include <tuple>
#include <utility>

#include "mapper/block_array.h"
#include "mapper/core_space.h"
#include "mapper/traffic.h"

namespace spikeloom::mapper {
namespace {

constexpr int kNowhere = -1;
constexpr int kRandomOrders = 64;
constexpr int kImprovementRounds = 8;

std::size_t at(int i) { return static_cast<std::size_t>(i); }

/// A layer's blocks, or a part of them, that are placed as one rectangle.
struct Piece {
  int layer = 0;
  std::vector<BlockArray> shapes;  ///< same blocks, to choose from
};

/// A piece on the mesh.
struct Spot {
  int shape = kNowhere;
  int x = 0;
  int y = 0;
  int group_base = 0;
  int entry_base = 0;
};

enum class Aim {
  kTraffic,  ///< where packets travel least
  kTight,    ///< where it leaves most room: topmost, then leftmost
};

/// Cost of a block on a core: the columns' part plus the rows' part, distances being Manhattan's.
struct BlockCost {
  std::vector<double> columns;
  std::vector<double> rows;
};

class Placer {
 public:
  Placer(const std::vector<LayerMap>& layers, const common::ChipDescription& chip)
      : layers_(layers),
        chip_(chip),
        grid_(chip.grid()),
        traffic_(layers),
        space_(chip.core, grid_.cores()) {
    for (std::size_t l = 0; l < layers.size(); ++l) {
      needs_.push_back(block_needs(layers[l], l + 1 < layers.size() ? &layers[l + 1] : nullptr));
    }
    clear();
  }

  std::vector<Piece> whole_layers() const {
    std::vector<Piece> pieces;
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      pieces.push_back({static_cast<int>(l), arrangements(layers_[l])});
    }
    return pieces;
  }

  /// Places all pieces, in their order.
  bool place_all(std::vector<Piece> pieces, Aim aim) {
    clear();
    pieces_ = std::move(pieces);
    spots_.assign(pieces_.size(), {});
    for (std::size_t p = 0; p < pieces_.size(); ++p) {
      if (!put(p, best_spot(pieces_[p], aim))) return false;
    }
    return true;
  }

  /// As place_all, but halves what finds no place.
  bool place_halved(std::vector<Piece> pieces) {
    clear();
    pieces_.clear();
    spots_.clear();
    std::reverse(pieces.begin(), pieces.end());
    while (!pieces.empty()) {
      const Piece piece = std::move(pieces.back());
      pieces.pop_back();
      const Spot spot = best_spot(piece, Aim::kTraffic);
      if (spot.shape != kNowhere) {
        pieces_.push_back(piece);
        spots_.emplace_back();
        put(pieces_.size() - 1, spot);
        continue;
      }
      const BlockArray& array = squarest(piece.shapes);
      if (array.size() == 1) return false;
      for (const BlockArray& half : halves(array)) {
        pieces.push_back({piece.layer, {half, half.transposed()}});
      }
    }
    return true;
  }

  /// Takes up each piece in turn and puts it where it is best now.
  void improve() {
    for (int round = 0; round < kImprovementRounds; ++round) {
      bool moved = false;
      for (std::size_t p = 0; p < pieces_.size(); ++p) {
        const Spot before = spots_[p];
        take(p);
        put(p, best_spot(pieces_[p], Aim::kTraffic));
        const Spot& now = spots_[p];
        moved |= std::tie(now.shape, now.x, now.y) != std::tie(before.shape, before.x, before.y);
      }
      if (!moved) return;
    }
  }

  const Placement& placement() const { return placement_; }

 private:
  void clear() {
    space_ = CoreSpace(chip_.core, grid_.cores());
    placement_.clear();
    for (const LayerMap& layer : layers_) {
      const std::size_t blocks = at(layer.blocks());
      placement_.push_back({std::vector<int>(blocks, kNowhere), std::vector<int>(blocks, 0),
                            std::vector<int>(blocks, 0)});
    }
  }

  static const BlockArray& squarest(const std::vector<BlockArray>& shapes) {
    return *std::min_element(shapes.begin(), shapes.end(),
                             [](const BlockArray& a, const BlockArray& b) {
                               return a.rows + a.columns < b.rows + b.columns;
                             });
  }

  static std::vector<BlockArray> halves(const BlockArray& array) {
    if (array.rows >= array.columns) {
      const int top = array.rows / 2;
      return {array.part(top, 0, array.rows - top, array.columns),
              array.part(0, 0, top, array.columns)};
    }
    const int left = array.columns / 2;
    return {array.part(0, left, array.rows, array.columns - left),
            array.part(0, 0, array.rows, left)};
  }

  int core_of(const Spot& spot, int row, int column) const {
    return grid_.core_at(spot.x + column, spot.y + row);
  }

  bool put(std::size_t p, const Spot& spot) {
    if (spot.shape == kNowhere) return false;
    spots_[p] = spot;
    const Piece& piece = pieces_[p];
    const BlockArray& array = piece.shapes[at(spot.shape)];
    for (int row = 0; row < array.rows; ++row) {
      for (int column = 0; column < array.columns; ++column) {
        const int block = array.at(row, column);
        const int core = core_of(spot, row, column);
        space_.add(core, needs_[at(piece.layer)][at(block)], spot.group_base, spot.entry_base);
        placement_[at(piece.layer)].core[at(block)] = core;
        placement_[at(piece.layer)].group_base[at(block)] = spot.group_base;
        placement_[at(piece.layer)].entry_base[at(block)] = spot.entry_base;
      }
    }
    return true;
  }

  void take(std::size_t p) {
    const Piece& piece = pieces_[p];
    const Spot& spot = spots_[p];
    for (const int block : piece.shapes[at(spot.shape)].blocks) {
      int& core = placement_[at(piece.layer)].core[at(block)];
      space_.remove(core, needs_[at(piece.layer)][at(block)], spot.group_base, spot.entry_base);
      core = kNowhere;
    }
  }

  /// Adds the ends of `flows` that are placed to a histogram of packets by column and row.
  void add_ends(const std::vector<Flow>& flows, int layer, BlockCost& ends) const {
    for (const Flow& flow : flows) {
      int x = chip_.host_port.x;
      int y = chip_.host_port.y;
      if (layer >= 0 && layer < static_cast<int>(layers_.size())) {
        const int core = placement_[at(layer)].core[at(flow.block)];
        if (core == kNowhere) continue;
        x = grid_.x(core);
        y = grid_.y(core);
      }
      ends.columns[at(x)] += flow.packets;
      ends.rows[at(y)] += flow.packets;
    }
  }

  /// Turns packets by place into packets times distance from each place; `chip_side` is a chip's
  /// length along the line. A link between chips is as long as it is slow.
  void to_distances(std::vector<double>& line, int chip_side) const {
    const double crossing = static_cast<double>(chip_.inter_chip.packet_link_cycles()) /
                                chip_.router.packet_link_cycles() -
                            1.0;
    const auto position = [&](std::size_t i) {
      return static_cast<double>(i) + crossing * static_cast<double>(i / at(chip_side));
    };
    std::vector<double> sums(line.size());
    for (std::size_t i = 0; i < line.size(); ++i) {
      for (std::size_t j = 0; j < line.size(); ++j) {
        sums[i] += line[j] * std::abs(position(i) - position(j));
      }
    }
    line = std::move(sums);
  }

  BlockCost cost_of(int layer, int block) const {
    BlockCost cost{std::vector<double>(at(grid_.columns)), std::vector<double>(at(grid_.rows))};
    add_ends(traffic_.into(layer, block), layer - 1, cost);
    add_ends(traffic_.out_of(layer, block), layer + 1, cost);
    to_distances(cost.columns, chip_.mesh.columns);
    to_distances(cost.rows, chip_.mesh.rows);
    return cost;
  }

  /// The place of fewest new cores, then of least cost.
  Spot best_spot(const Piece& piece, Aim aim) const {
    std::vector<BlockCost> costs(needs_[at(piece.layer)].size());
    if (aim == Aim::kTraffic) {
      for (const int block : piece.shapes.front().blocks) {
        costs[at(block)] = cost_of(piece.layer, block);
      }
    }
    Spot best;
    int best_new_cores = 0;
    double best_cost = 0.0;
    for (std::size_t shape = 0; shape < piece.shapes.size(); ++shape) {
      const BlockArray& array = piece.shapes[shape];
      for (int y = 0; y + array.rows <= grid_.rows; ++y) {
        for (int x = 0; x + array.columns <= grid_.columns; ++x) {
          Spot spot{static_cast<int>(shape), x, y, 0, 0};
          const int new_cores = settle(piece, spot);
          if (new_cores == kNowhere) continue;
          if (best.shape != kNowhere && new_cores > best_new_cores) continue;
          const double cost =
              aim == Aim::kTraffic ? array_cost(array, spot, costs) : tight_cost(array, spot);
          if (best.shape == kNowhere || new_cores < best_new_cores || cost < best_cost) {
            best = spot;
            best_new_cores = new_cores;
            best_cost = cost;
          }
        }
      }
    }
    return best;
  }

  double array_cost(const BlockArray& array, const Spot& spot,
                    const std::vector<BlockCost>& costs) const {
    double sum = 0.0;
    for (int row = 0; row < array.rows; ++row) {
      for (int column = 0; column < array.columns; ++column) {
        const BlockCost& cost = costs[at(array.at(row, column))];
        sum += cost.columns[at(spot.x + column)] + cost.rows[at(spot.y + row)];
      }
    }
    return sum;
  }

  double tight_cost(const BlockArray& array, const Spot& spot) const {
    return static_cast<double>(spot.y + array.rows) * grid_.columns + spot.x + array.columns;
  }

  /// Gives the spot its group base and counts the cores that it opens. kNowhere where it does not
  /// fit.
  int settle(const Piece& piece, Spot& spot) const {
    const BlockArray& array = piece.shapes[at(spot.shape)];
    const std::vector<BlockNeed>& needs = needs_[at(piece.layer)];
    int new_cores = 0;
    for (int row = 0; row < array.rows; ++row) {
      for (int column = 0; column < array.columns; ++column) {
        const int core = core_of(spot, row, column);
        if (!space_.fits(core, needs[at(array.at(row, column))])) return kNowhere;
        new_cores += space_.empty(core) ? 1 : 0;
      }
    }
    const auto [groups, entries] =
        std::pair(needs[at(array.blocks.front())].groups, needs[at(array.blocks.front())].entries);
    spot.group_base = common_base(array, spot, groups, &CoreSpace::free_groups);
    if (entries > 0) {
      spot.entry_base = common_base(array, spot, entries, &CoreSpace::free_entries);
      if (spot.entry_base + entries > chip_.core.expansion.entries) return kNowhere;
    }
    return spot.group_base + groups <= chip_.core.fan_in_groups ? new_cores : kNowhere;
  }

  /// The first group, or entry, from which on all cores of the spot have `count` free: the same for
  /// all of them, so that multicast packets reach them all.
  int common_base(const BlockArray& array, const Spot& spot, int count,
                  int (CoreSpace::*free_in)(int, int, int) const) const {
    int base = 0;
    for (bool settled = false; !settled;) {
      settled = true;
      for (int row = 0; row < array.rows; ++row) {
        for (int column = 0; column < array.columns; ++column) {
          const int free = (space_.*free_in)(core_of(spot, row, column), base, count);
          settled = settled && free == base;
          base = free;
        }
      }
    }
    return base;
  }

  const std::vector<LayerMap>& layers_;
  const common::ChipDescription& chip_;
  common::MeshDescription grid_;  ///< the board's cores
  Traffic traffic_;
  CoreSpace space_;
  std::vector<std::vector<BlockNeed>> needs_;
  std::vector<Piece> pieces_;
  std::vector<Spot> spots_;
  Placement placement_;
};

/// Cannot fit, however blocks are packed.
bool too_large(const std::vector<LayerMap>& layers, const common::ChipDescription& chip) {
  long long dendrites = 0;
  for (const LayerMap& layer : layers) {
    for (int block = 0; block < layer.blocks(); ++block) {
      dendrites += layer.dendrites(layer.block_place(block));
    }
  }
  return dendrites > static_cast<long long>(chip.grid().cores()) * chip.core.ternary_dendrites();
}

}  // namespace

std::optional<Placement> place_blocks(const std::vector<LayerMap>& layers,
                                      const common::ChipDescription& chip, std::uint64_t seed) {
  if (too_large(layers, chip)) return std::nullopt;
  Placer placer(layers, chip);
  std::vector<Piece> pieces = placer.whole_layers();
  bool placed = placer.place_all(pieces, Aim::kTraffic);
  if (!placed) {
    std::stable_sort(pieces.begin(), pieces.end(), [](const Piece& a, const Piece& b) {
      return a.shapes.front().size() > b.shapes.front().size();
    });
    placed = placer.place_all(pieces, Aim::kTight);
    std::mt19937_64 random(seed);
    for (int i = 0; i < kRandomOrders && !placed; ++i) {
      // Not std::shuffle: its results differ between standard libraries.
      for (std::size_t k = pieces.size(); k > 1; --k) {
        std::swap(pieces[k - 1], pieces[random() % k]);
      }
      placed = placer.place_all(pieces, Aim::kTight);
    }
  }
  if (!placed) placed = placer.place_halved(placer.whole_layers());
  if (!placed) return std::nullopt;
  placer.improve();
  return placer.placement();
}

}  // namespace spikeloom::mapper
