// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/place/piece_placement.h"

#include <algorithm>
#include <random>
#include <tuple>
#include <utility>

#include "spikeloom/base/index.h"
#include "spikeloom/mapper/place/distance_field.h"
#include "spikeloom/mapper/place/hops.h"
#include "spikeloom/mapper/place/used_cores.h"

namespace spikeloom::mapper {
namespace {

constexpr int kRandomOrders = 64;
constexpr int kImprovementRounds = 8;

using base::at;

enum class Aim {
  kTraffic,  ///< minimize the distance that packets travel
  kTight,    ///< leave the most room: topmost, then leftmost
};

const BlockArray& shape_of(const Piece& piece, const PiecePosition& spot) {
  return piece.shapes[at(spot.shape)];
}

int block_at(const Occupancy& occupancy, const Piece& piece, const BlockArray& array, int row,
             int column) {
  return occupancy.blocks().number(piece.layer, array.at(row, column));
}

int core_at(const Occupancy& occupancy, const PiecePosition& spot, int row, int column) {
  return occupancy.grid().core_at(spot.x + column, spot.y + row);
}

/// Returns the first group, or entry, from which `count` are free in all cores of the spot. The
/// base must be the same in all of them, so that one multicast packet can address them.
int common_base(const Occupancy& occupancy, const BlockArray& array, const PiecePosition& spot,
                int count, int (CoreSpace::*free_in)(int, int, int) const) {
  int base = 0;
  for (bool settled = false; !settled;) {
    settled = true;
    for (int row = 0; row < array.rows; ++row) {
      for (int column = 0; column < array.columns; ++column) {
        const int free =
            (occupancy.space().*free_in)(core_at(occupancy, spot, row, column), base, count);
        settled = settled && free == base;
        base = free;
      }
    }
  }
  return base;
}

class Placer {
 public:
  Placer(const std::vector<LayerMap>& layers, const Traffic& traffic,
         const arch::ChipDescription& chip, const arch::UsableCores& usable, Sharing sharing)
      : layers_(layers),
        traffic_(traffic),
        chip_(chip),
        grid_(chip.grid()),
        occupancy_(layers, chip, usable, sharing) {}

  std::vector<Piece> whole_layers() const {
    std::vector<Piece> pieces;
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      pieces.push_back({static_cast<int>(l), arrangements(layers_[l])});
    }
    return pieces;
  }

  /// Places all pieces in the given order. Returns false if one of them finds no place.
  bool place_all(std::vector<Piece> pieces, Aim aim) {
    occupancy_.take_all();
    pieces_ = std::move(pieces);
    spots_.clear();
    for (const Piece& piece : pieces_) {
      spots_.push_back(best_spot(piece, aim));
      if (spots_.back().shape == PiecePosition::kNone) return false;
      put(piece, spots_.back());
    }
    return true;
  }

  /// Like place_all, but halves pieces that find no place.
  bool place_halved(std::vector<Piece> pieces) {
    occupancy_.take_all();
    pieces_.clear();
    spots_.clear();
    std::reverse(pieces.begin(), pieces.end());
    while (!pieces.empty()) {
      const Piece piece = std::move(pieces.back());
      pieces.pop_back();
      const PiecePosition spot = best_spot(piece, Aim::kTraffic);
      if (spot.shape != PiecePosition::kNone) {
        pieces_.push_back(piece);
        spots_.push_back(spot);
        put(piece, spot);
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

  /// Moves each piece in turn to its best position, until nothing changes or kImprovementRounds are
  /// done.
  void improve() {
    for (int round = 0; round < kImprovementRounds; ++round) {
      bool moved = false;
      for (std::size_t p = 0; p < pieces_.size(); ++p) {
        const PiecePosition before = spots_[p];
        take(pieces_[p]);
        const PiecePosition now = spots_[p] = best_spot(pieces_[p], Aim::kTraffic);
        put(pieces_[p], now);
        moved |= std::tie(now.shape, now.x, now.y) != std::tie(before.shape, before.x, before.y);
      }
      if (!moved) return;
    }
  }

  PieceLayout layout() && { return {std::move(pieces_), std::move(spots_), std::move(occupancy_)}; }

 private:
  void put(const Piece& piece, const PiecePosition& spot) {
    for_each_slot(occupancy_, piece, spot,
                  [this](int block, const Slot& slot) { occupancy_.put(block, slot); });
  }
  void take(const Piece& piece) {
    for (const int block : blocks_of(occupancy_, piece)) occupancy_.take(block);
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

  /// Returns the cost of the block at each core, counting its traffic with the blocks already
  /// placed. The cost of a multicast packet is divided equally between its receivers.
  std::vector<double> costs_of(int block) const {
    DistanceField field(chip_, link_cycles(chip_));
    const auto add = [&](int other, double packets) {
      if (other == Stream::kHost) {
        field.add_host(packets);
      } else if (occupancy_.slot(other).core != Slot::kNowhere) {
        field.add(occupancy_.slot(other).core, packets);
      }
    };
    for (const int number : traffic_.received_by(block)) {
      const Stream& stream = traffic_.streams()[at(number)];
      double share = 0.0;
      for_each_packet(stream, [&](std::size_t first, std::size_t end) {
        for (std::size_t r = first; r < end; ++r) {
          if (stream.receivers[r].block == block) share += 1.0 / static_cast<double>(end - first);
        }
      });
      for (const Stream::Source& source : stream.sources) {
        add(source.block, share * static_cast<double>(source.spikes));
      }
    }
    for (const int number : traffic_.sent_by(block)) {
      const Stream& stream = traffic_.streams()[at(number)];
      const double spikes = static_cast<double>(stream.spikes_of(block));
      for_each_packet(stream, [&](std::size_t first, std::size_t end) {
        for (std::size_t r = first; r < end; ++r) {
          add(stream.receivers[r].block, spikes / static_cast<double>(end - first));
        }
      });
    }
    add(Stream::kHost, static_cast<double>(traffic_.outputs_of(block)));
    return field.at_cores();
  }

  /// Calls `function` with the range of receivers of each packet, assuming that all blocks have
  /// equal bases.
  template <typename Function>
  static void for_each_packet(const Stream& stream, Function function) {
    const std::vector<Stream::Receiver>& receivers = stream.receivers;
    for (std::size_t first = 0; first < receivers.size();) {
      std::size_t end = first;
      while (end < receivers.size() && receivers[end].base == receivers[first].base) ++end;
      function(first, end);
      first = end;
    }
  }

  double cost_for(Aim aim, const BlockArray& array, const PiecePosition& spot,
                  const std::vector<std::vector<double>>& costs) const {
    switch (aim) {
      case Aim::kTraffic:
        return array_cost(array, spot, costs);
      case Aim::kTight:
        return tight_cost(array, spot);
    }
    return 0.0;
  }

  /// Like settle, in less time where all cores of the spot are empty, as most are.
  std::optional<int> settle_at(const Piece& piece, PiecePosition& spot, const UsedCores& used,
                               bool fits_empty) const {
    const BlockArray& array = shape_of(piece, spot);
    const int in_use = used.in(spot.x, spot.y, array.columns, array.rows);
    if (in_use == 0) return fits_empty ? std::optional<int>(array.size()) : std::nullopt;
    if (occupancy_.space().sharing() == Sharing::kNone) return std::nullopt;
    return settle(occupancy_, piece, spot);
  }

  /// Whether all blocks of a piece fit empty cores.
  bool fits_empty_cores(const Piece& piece) const {
    const std::vector<int> blocks = blocks_of(occupancy_, piece);
    return std::all_of(blocks.begin(), blocks.end(), [this](int block) {
      return occupancy_.space().fits_empty(occupancy_.need(block)) &&
             occupancy_.within(block, {0, 0, 0});
    });
  }

  /// Returns the position that takes the fewest new cores, then has the lowest cost.
  PiecePosition best_spot(const Piece& piece, Aim aim) const {
    const UsedCores used(occupancy_);
    const bool fits_empty = fits_empty_cores(piece);
    std::vector<std::vector<double>> costs(at(layers_[at(piece.layer)].blocks()));
    if (aim == Aim::kTraffic) {
      for (const int block : piece.shapes.front().blocks) {
        costs[at(block)] = costs_of(occupancy_.blocks().number(piece.layer, block));
      }
    }
    PiecePosition best;
    int best_new_cores = 0;
    double best_cost = 0.0;
    for (std::size_t shape = 0; shape < piece.shapes.size(); ++shape) {
      const BlockArray& array = piece.shapes[shape];
      for (int y = 0; y + array.rows <= grid_.rows; ++y) {
        for (int x = 0; x + array.columns <= grid_.columns; ++x) {
          PiecePosition spot{static_cast<int>(shape), x, y, 0, 0};
          const std::optional<int> new_cores = settle_at(piece, spot, used, fits_empty);
          if (!new_cores) continue;
          if (best.shape != PiecePosition::kNone && *new_cores > best_new_cores) continue;
          const double cost = cost_for(aim, array, spot, costs);
          if (best.shape == PiecePosition::kNone || *new_cores < best_new_cores ||
              cost < best_cost) {
            best = spot;
            best_new_cores = *new_cores;
            best_cost = cost;
          }
        }
      }
    }
    return best;
  }

  double array_cost(const BlockArray& array, const PiecePosition& spot,
                    const std::vector<std::vector<double>>& costs) const {
    double sum = 0.0;
    for (int row = 0; row < array.rows; ++row) {
      for (int column = 0; column < array.columns; ++column) {
        sum += costs[at(array.at(row, column))][at(core_at(occupancy_, spot, row, column))];
      }
    }
    return sum;
  }

  double tight_cost(const BlockArray& array, const PiecePosition& spot) const {
    return static_cast<double>(spot.y + array.rows) * grid_.columns + spot.x + array.columns;
  }

  const std::vector<LayerMap>& layers_;
  const Traffic& traffic_;
  const arch::ChipDescription& chip_;
  arch::MeshDescription grid_;  ///< the board's cores
  Occupancy occupancy_;
  std::vector<Piece> pieces_;
  std::vector<PiecePosition> spots_;
};

/// Whether the board has too few dendrites for any packing of the blocks.
bool too_large(const std::vector<LayerMap>& layers, const arch::ChipDescription& chip, int cores) {
  long long dendrites = 0;
  for (const LayerMap& layer : layers) {
    for (int block = 0; block < layer.blocks(); ++block) {
      dendrites += layer.dendrites(layer.block_place(block));
    }
  }
  return dendrites > static_cast<long long>(cores) * chip.core.ternary_dendrites();
}

}  // namespace

std::optional<int> settle(const Occupancy& occupancy, const Piece& piece, PiecePosition& spot) {
  const BlockArray& array = shape_of(piece, spot);
  int new_cores = 0;
  for (int row = 0; row < array.rows; ++row) {
    for (int column = 0; column < array.columns; ++column) {
      const int core = core_at(occupancy, spot, row, column);
      const int block = block_at(occupancy, piece, array, row, column);
      if (!occupancy.space().fits(core, occupancy.need(block))) return std::nullopt;
      new_cores += occupancy.space().empty(core) ? 1 : 0;
    }
  }
  // All blocks of a layer reserve the same number of groups and entries.
  const int first = block_at(occupancy, piece, array, 0, 0);
  const BlockNeed& need = occupancy.need(first);
  spot.group_base = common_base(occupancy, array, spot, need.groups, &CoreSpace::free_groups);
  if (need.entries > 0) {
    spot.entry_base = common_base(occupancy, array, spot, need.entries, &CoreSpace::free_entries);
  }
  const Slot slot{core_at(occupancy, spot, 0, 0), spot.group_base, spot.entry_base};
  return occupancy.within(first, slot) ? std::optional<int>(new_cores) : std::nullopt;
}

void for_each_slot(const Occupancy& occupancy, const Piece& piece, const PiecePosition& spot,
                   const std::function<void(int, const Slot&)>& function) {
  const BlockArray& array = shape_of(piece, spot);
  for (int row = 0; row < array.rows; ++row) {
    for (int column = 0; column < array.columns; ++column) {
      function(block_at(occupancy, piece, array, row, column),
               {core_at(occupancy, spot, row, column), spot.group_base, spot.entry_base});
    }
  }
}

std::vector<int> blocks_of(const Occupancy& occupancy, const Piece& piece) {
  std::vector<int> blocks;
  for (const int block : piece.shapes.front().blocks) {
    blocks.push_back(occupancy.blocks().number(piece.layer, block));
  }
  return blocks;
}

std::optional<PieceLayout> place_pieces(const std::vector<LayerMap>& layers, const Traffic& traffic,
                                        const arch::ChipDescription& chip,
                                        const arch::UsableCores& usable, std::uint64_t seed,
                                        Sharing sharing) {
  if (too_large(layers, chip, usable.count())) return std::nullopt;
  Placer placer(layers, traffic, chip, usable, sharing);
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
  return std::move(placer).layout();
}

}  // namespace spikeloom::mapper
