// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "spikeloom/arch/names.h"
#include "spikeloom/converter/recognize/value.h"

namespace spikeloom::converter {

/// The layers of a graph that is being read. Quantized tensors become layers as they are used.
class LayerStore {
 public:
  /// Returns the number of the layer that gives the levels of `part`, which is added if there is
  /// none. `reader` is the node that needs it, for messages.
  int number_of(const OnnxNode& reader, const LevelsPart& part);
  /// Returns numbers that the sum of a channel cannot go below and above, after its steps. Not for
  /// a sum over the image.
  std::pair<Rational, Rational> range_of(const QuantizedLayer& layer, std::size_t channel) const;
  /// Returns the values of the levels of `part`: level 0 is its lowest integer.
  static Decoding levels_of(const LevelsPart& part);

  /// Returns the layers in the order of the nodes that begin them, and renumbers the sources of
  /// `output`.
  std::vector<QuantizedLayer> take(GraphOutput& output);

 private:
  int add(QuantizedLayer layer, int node, int levels);
  /// Gives readers of different levels of the image, or of the layer over it, one layer to read:
  /// the host computes no other.
  void share_first_layer();

  std::vector<QuantizedLayer> layers_;
  /// Of the layers, and what they may not have.
  std::set<std::string> names_ = {std::string(arch::kInputPart), std::string(arch::kIdleCoresPart),
                                  std::string(arch::kChipPart)};
  std::vector<int> nodes_;                ///< [layer]: position of the node that begins it
  std::vector<int> levels_;               ///< [layer]: its highest level
  std::vector<LevelsPart> first_layers_;  ///< of tensors over the image: what is read first
  std::set<int> narrowing_;               ///< layers that only narrow another one of the same node
};

}  // namespace spikeloom::converter
