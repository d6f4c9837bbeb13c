// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::converter {

/// Returns for each neuron of the term's source the number of synapses to output neurons, counting
/// repeats. Zero weights count, padding taps do not.
std::vector<std::uint32_t> fan_out(const Term& term, const Shape& output);

/// Evaluates a spiking network layer by layer in integers. The chip must give exactly the same
/// spikes.
class Reference {
 public:
  enum class Potentials { kLeaveOut, kKeep };
  struct Result {
    std::vector<std::vector<std::uint8_t>> levels;  ///< [layer][neuron]: level A
    /// [layer][neuron]: potential m; for kMaxPool the level. Empty for Potentials::kLeaveOut.
    std::vector<std::vector<std::int32_t>> potentials;
  };

  /// The network outlives the reference.
  explicit Reference(const SpikingNetwork& network);

  int inputs() const { return inputs_; }
  /// Evaluates the network on `levels`, the inputs() output levels of the encoder.
  Result run(const std::uint8_t* levels, Potentials potentials = Potentials::kLeaveOut) const;

 private:
  /// A term with its synapses separated by sign.
  class Sum {
   public:
    Sum(const Term& term, const Shape& output);
    int source() const { return source_; }
    /// Adds the term to `potentials`, [channel][y][x] of the layer.
    void add(const std::uint8_t* levels, std::vector<std::int32_t>& potentials) const;
    /// Likewise, with the maximum instead of the sum.
    void raise(const std::uint8_t* levels, std::vector<std::int32_t>& potentials) const;

   private:
    /// Offsets of an output channel's synapses in the padded input, for output (0, 0).
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
    std::vector<Taps> taps_;  ///< [output channel of the term]
  };

  class Layer {
   public:
    explicit Layer(const SpikingLayer& layer);
    const std::vector<Sum>& terms() const { return terms_; }
    /// `sources` holds a pointer to the source's levels for each term.
    std::vector<std::int32_t> potentials(const std::vector<const std::uint8_t*>& sources) const;
    std::vector<std::uint8_t> levels(const std::vector<std::int32_t>& potentials) const;

   private:
    const SpikingLayer* layer_;
    std::vector<Sum> terms_;
  };

  int inputs_;
  std::vector<Layer> layers_;
};

}  // namespace spikeloom::converter
