// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::converter {

/// For each neuron of the term's source the number of output neurons that receive it, each as
/// often as the term repeats its weights: zero weights count, padding taps do not.
std::vector<std::uint32_t> fan_out(const Term& term, const Shape& output);

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
  /// A term with its synapses by sign.
  class Sum {
   public:
    Sum(const Term& term, const Shape& output);
    int source() const { return source_; }
    /// Adds to `potentials`, [channel][y][x] of the layer.
    void add(const std::uint8_t* levels, std::vector<std::int32_t>& potentials) const;
    /// Likewise, the maximum in place of the sum.
    void raise(const std::uint8_t* levels, std::vector<std::int32_t>& potentials) const;

   private:
    /// Where an output channel's synapses are in the padded input for output (0, 0).
    struct Taps {
      std::vector<std::ptrdiff_t> plus;
      std::vector<std::ptrdiff_t> minus;
    };
    std::vector<std::int32_t> padded(const std::uint8_t* levels) const;
    template <typename Function>
    void for_each_row(const std::uint8_t* levels, std::vector<std::int32_t>& potentials,
                      Function function) const;

    int source_;
    Shape input_;
    Shape output_;
    Window window_;
    int repeat_;
    int first_output_;
    int padded_height_;
    int padded_width_;
    std::vector<Taps> taps_;  ///< [of the term's output channels]
  };

  class Layer {
   public:
    explicit Layer(const SpikingLayer& layer);
    const std::vector<Sum>& terms() const { return terms_; }
    /// `sources`: a pointer to the levels for each term.
    std::vector<std::int32_t> potentials(const std::vector<const std::uint8_t*>& sources) const;
    std::vector<std::uint8_t> levels(const std::vector<std::int32_t>& potentials) const;

   private:
    LayerKind kind_;
    Shape output_;
    int levels_;
    std::vector<Sum> terms_;
    std::vector<std::int32_t> thresholds_;
  };

  int inputs_;
  std::vector<Layer> layers_;
};

}  // namespace spikeloom::converter
