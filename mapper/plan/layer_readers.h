// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "spikeloom/mapper/plan/geometry.h"

namespace spikeloom::mapper {

/// A term of a layer that reads the output of its source.
struct Consumer {
  std::size_t layer = 0;
  std::size_t term = 0;
};

/// Readers of each layer's output.
class LayerReaders {
 public:
  /// `geometry` is the member of Layer (variable or function) that gives its LayerGeometry.
  template <typename Layer, typename Geometry>
  LayerReaders(const std::vector<Layer>& layers, Geometry geometry) : of_(layers.size() + 1) {
    for (std::size_t l = 0; l < layers.size(); ++l) {
      const std::vector<TermGeometry>& terms = std::invoke(geometry, layers[l]).terms;
      for (std::size_t t = 0; t < terms.size(); ++t) {
        std::vector<Consumer>& readers = of_[static_cast<std::size_t>(terms[t].source + 1)];
        if (readers.empty()) spikes_ += terms[t].spikes();
        readers.push_back({l, t});
      }
    }
  }

  /// Readers of a layer or of converter::kEncoder, ordered by layer and term. Empty if the host
  /// reads the source.
  const std::vector<Consumer>& of(int source) const {
    return of_[static_cast<std::size_t>(source + 1)];
  }
  /// Number of spikes per image if every level of every neuron with a reader fires.
  std::int64_t spikes() const { return spikes_; }

 private:
  std::vector<std::vector<Consumer>> of_;
  std::int64_t spikes_ = 0;
};

}  // namespace spikeloom::mapper
