// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "spikeloom/mapper/plan/term_map.h"

namespace spikeloom::mapper {

/// How a layer is cut into blocks, one a core, and how a block gives each term groups of axons of
/// its own.
struct LayerPlan {
  ChannelPlan channels;
  std::vector<TermPlan> terms;  ///< their blocks along an axis are alike
};

/// Number of a block in its layer, taken apart.
struct BlockPlace {
  int channel_block = 0;
  int y = 0;
  int x = 0;
  int chunk = 0;  ///< of the channel block's
};

/// A layer with its plan.
class LayerMap {
 public:
  LayerMap(const LayerGeometry& geometry, const LayerPlan& plan);

  const LayerGeometry& geometry() const { return geometry_; }
  const LayerPlan& plan() const { return plan_; }
  const std::vector<TermMap>& terms() const { return terms_; }
  int blocks() const { return channel_blocks() * rows() * columns() * chunks(); }
  /// Rows, or columns, as its terms' blocks cut them.
  const AxisMap& y() const { return terms_.front().y(); }
  const AxisMap& x() const { return terms_.front().x(); }
  int rows() const { return y().plan().blocks(y().axis()); }
  int columns() const { return x().plan().blocks(x().axis()); }
  int channel_blocks() const { return plan_.channels.blocks(); }
  int chunks() const { return plan_.channels.chunks; }
  int block_number(const BlockPlace& place) const;
  /// `chunk` as numbered over all channel blocks.
  int block_at(int chunk, int y, int x) const {
    return block_number({chunk / chunks(), y, x, chunk % chunks()});
  }
  BlockPlace block_place(int block) const;
  /// The block that holds an output neuron.
  int block_of_output(int channel, int y, int x) const;
  /// The outputs of a block.
  Span block_rows(const BlockPlace& place) const { return y().block(place.y); }
  Span block_columns(const BlockPlace& place) const { return x().block(place.x); }
  Span block_channels(const BlockPlace& place) const;
  /// First group of axons of a term, counted in a block of the chunk: the terms with outputs in it
  /// take theirs one after the other, those with more outputs first, so that their inputs' groups
  /// are the same in all chunks.
  int group_base(std::size_t term, int chunk) const { return bases_[at(chunk)].groups[term]; }
  /// Likewise entries of the expansion table.
  int entry_base(std::size_t term, int chunk) const { return bases_[at(chunk)].entries[term]; }
  /// That a block numbers: any as many as the one with most.
  int groups() const { return groups_; }
  int entries() const { return entries_; }
  int neurons(const BlockPlace& place) const;
  int dendrites(const BlockPlace& place) const;

 private:
  /// [term]
  struct Bases {
    std::vector<int> groups;
    std::vector<int> entries;
  };
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }
  void add_bases();

  LayerGeometry geometry_;
  LayerPlan plan_;
  std::vector<TermMap> terms_;
  std::vector<Bases> bases_;  ///< of the chunks
  int groups_ = 0;
  int entries_ = 0;
};

}  // namespace spikeloom::mapper
