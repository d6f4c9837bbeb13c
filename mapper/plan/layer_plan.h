// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "spikeloom/mapper/plan/term_map.h"

namespace spikeloom::mapper {

/// Partition of a layer into blocks, one per core. In a block, each term has groups of axons of its
/// own.
struct LayerPlan {
  ChannelPlan channels;
  std::vector<TermPlan> terms;  ///< all with the same blocks along an axis
};

/// Coordinates of a block in its layer.
struct BlockPlace {
  int channel_block = 0;
  int y = 0;
  int x = 0;
  int chunk = 0;  ///< within the channel block
};

/// A layer with its plan.
class LayerMap {
 public:
  LayerMap(const LayerGeometry& geometry, const LayerPlan& plan);

  const LayerGeometry& geometry() const { return geometry_; }
  const LayerPlan& plan() const { return plan_; }
  const std::vector<TermMap>& terms() const { return terms_; }
  int blocks() const { return channel_blocks() * rows() * columns() * chunks(); }
  /// Division of the rows, or columns, into blocks; the same for all terms.
  const AxisMap& y() const { return terms_.front().y(); }
  const AxisMap& x() const { return terms_.front().x(); }
  int rows() const { return y().plan().blocks(y().axis()); }
  int columns() const { return x().plan().blocks(x().axis()); }
  int channel_blocks() const { return plan_.channels.blocks(); }
  int chunks() const { return plan_.channels.chunks; }
  int block_number(const BlockPlace& place) const;
  /// Number of a block. `chunk` is numbered over all channel blocks.
  int block_at(int chunk, int y, int x) const {
    return block_number({chunk / chunks(), y, x, chunk % chunks()});
  }
  BlockPlace block_place(int block) const;
  /// The block that holds an output neuron.
  int block_of_output(int channel, int y, int x) const;
  /// Outputs of a block.
  Span block_rows(const BlockPlace& place) const { return y().block(place.y); }
  Span block_columns(const BlockPlace& place) const { return x().block(place.x); }
  Span block_channels(const BlockPlace& place) const;
  /// First group of axons of a term, relative to the first group of a block of the chunk. Terms
  /// with outputs in the chunk take their groups in turn, starting with the terms that have the
  /// most outputs, so that their groups are the same in all chunks.
  int group_base(std::size_t term, int chunk) const { return bases_[at(chunk)].groups[term]; }
  /// First entry of a term in the expansion table, likewise.
  int entry_base(std::size_t term, int chunk) const { return bases_[at(chunk)].entries[term]; }
  /// Number of groups, and of expansion entries, reserved in every block: the maximum of all
  /// blocks.
  int groups() const { return groups_; }
  int entries() const { return entries_; }
  int neurons(const BlockPlace& place) const;
  int dendrites(const BlockPlace& place) const;

 private:
  struct Bases {
    std::vector<int> groups;   ///< [term]
    std::vector<int> entries;  ///< [term]
  };
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }
  void add_bases();

  LayerGeometry geometry_;
  LayerPlan plan_;
  std::vector<TermMap> terms_;
  std::vector<Bases> bases_;  ///< [chunk]
  int groups_ = 0;
  int entries_ = 0;
};

}  // namespace spikeloom::mapper
