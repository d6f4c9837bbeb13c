// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "spikeloom/converter/network/spiking_network.h"
#include "testbenches/unit/support/random.h"

namespace spikeloom::test {

converter::Window square_window(int kernel, int stride = 1, int pad = 0);
/// Returns the window of a dense layer.
converter::Window whole_window(const converter::Shape& input);

enum class Weights {
  kTernary,  ///< random
  kOnes,
  kPicks,  ///< a 1 for each output channel, at random, and zeros
};

/// A term of the layer under construction.
struct TermSpec {
  static constexpr int kUsualDensity = -1;

  int source = converter::kEncoder;
  converter::Window window;
  int groups = 1;
  int repeat = 1;
  int first_output = 0;
  int outputs = 0;  ///< number of channels; 0 means all channels of the layer
  Weights weights = Weights::kTernary;
  int density = kUsualDensity;  ///< percent of the ternary weights that are not zero
};

/// Builds networks layer by layer, with random ternary weights, thresholds and readout.
class NetworkBuilder {
 public:
  /// Uses an encoder that copies the single channel of the image to each channel of `input`.
  NetworkBuilder(const std::string& name, const converter::Shape& input, int levels,
                 std::uint64_t seed);
  NetworkBuilder(const std::string& name, const converter::HostEncoder& encoder,
                 std::uint64_t seed);

  /// Returns the number of the layer added last, or the encoder's if there is none.
  int last() const { return static_cast<int>(network_.layers.size()) - 1; }
  const converter::Shape& shape() const { return shape(last()); }
  const converter::Shape& shape(int source) const { return network_.shape_of(source); }
  int levels() const { return network_.quantizer_of(last()).levels; }
  const converter::SpikingNetwork& network() const { return network_; }

  // Each of these functions adds a layer.
  /// The windows of all terms must give the same output height and width.
  NetworkBuilder& sum(int channels, const converter::Quantizer& quantizer,
                      const std::vector<TermSpec>& terms);
  NetworkBuilder& max_pool(int source, const converter::Window& window);
  NetworkBuilder& relay(int source);
  /// Passes on some channels of `source`, each as often as it is drawn.
  NetworkBuilder& pick(int source, int channels, const converter::Window& window = {});
  /// Adds a convolution of the last layer with the same number of levels.
  NetworkBuilder& convolution(int channels, int kernel, int stride = 1, int pad = 0);

  /// Gives the last layer, a sum, at most this many border classes along each axis, with thresholds
  /// of their own.
  NetworkBuilder& classify(int rows, int columns);

  /// From now on thresholds are in all of the range of potentials, some at its ends or beyond.
  void spread_thresholds() { spread_ = true; }

  /// Sets the weights of an output channel of the last layer, a sum, to 0.
  NetworkBuilder& silence(int channel);

  /// Returns the network, with a readout of its last layer. The layers are sorted by depth, and
  /// shorter paths have relays.
  converter::SpikingNetwork build(int classes = 2);

 private:
  converter::Term make_term(const TermSpec& spec, int channels) const;
  std::vector<std::int8_t> weights(const converter::Term& term, const TermSpec& spec);
  void add_thresholds(converter::SpikingLayer& layer, int channel);
  void add_spread_thresholds(converter::SpikingLayer& layer, int channel);
  /// Adds a layer whose levels are its potentials.
  NetworkBuilder& pass_on(const TermSpec& spec, int channels);
  void push(converter::SpikingLayer layer);

  Random random_;
  bool spread_ = false;
  converter::SpikingNetwork network_;
};

/// Return the networks of the source paper, with random weights.
converter::SpikingNetwork lenet(int levels = 4);
converter::SpikingNetwork vgg(int levels = 4);

}  // namespace spikeloom::test
