// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "converter/spiking_network.h"

namespace spikeloom::converter {

/// For each input neuron of `layer` the number of its output neurons that receive it: zero weights
/// count, padding taps do not.
std::vector<std::uint32_t> fan_out(const SpikingLayer& layer);

/// A spiking network evaluated layer by layer in integers: what the chip must give, spike for
/// spike.
class Reference {
 public:
  enum class Potentials { kLeaveOut, kKeep };
  struct Result {
    std::vector<std::vector<std::uint8_t>> levels;  ///< [layer][neuron]: A
    /// [layer][neuron]: m; for kMaxPool the level. Empty for Potentials::kLeaveOut.
    std::vector<std::vector<std::int32_t>> potentials;
  };

  explicit Reference(const SpikingNetwork& network);

  int inputs() const { return inputs_; }
  /// `levels`: inputs() of the encoder's.
  Result run(const std::uint8_t* levels, Potentials potentials = Potentials::kLeaveOut) const;

 private:
  class Layer {
   public:
    explicit Layer(const SpikingLayer& layer);
    std::vector<std::int32_t> potentials(const std::uint8_t* levels) const;
    std::vector<std::uint8_t> levels(const std::vector<std::int32_t>& potentials) const;

   private:
    /// Synapses of an output channel by sign: where they are in the padded input for output (0, 0).
    struct Taps {
      std::vector<std::ptrdiff_t> plus;
      std::vector<std::ptrdiff_t> minus;
    };
    std::vector<std::int32_t> padded(const std::uint8_t* levels) const;

    LayerKind kind_;
    Shape input_;
    Shape output_;
    Window window_;
    int levels_;
    int padded_height_;
    int padded_width_;
    std::vector<Taps> taps_;  ///< [out channel]
    std::vector<std::int32_t> thresholds_;
  };

  int inputs_;
  std::vector<Layer> layers_;
};

}  // namespace spikeloom::converter
