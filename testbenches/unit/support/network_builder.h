// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "spikeloom/converter/network/spiking_network.h"
#include "testbenches/unit/support/random.h"

namespace spikeloom::test {

converter::Window square_window(int kernel, int stride = 1, int pad = 0);
/// Returns the window of a dense layer.
converter::Window whole_window(const converter::Shape& input);

/// A term of the layer under construction.
struct TermSpec {
  int source = converter::kEncoder;
  converter::Window window;
  int groups = 1;
  int repeat = 1;
  int first_output = 0;
  int outputs = 0;  ///< number of channels; 0 means all channels of the layer
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

  // Each of these functions adds a layer.
  /// The windows of all terms must give the same output height and width.
  NetworkBuilder& sum(int channels, const converter::Quantizer& quantizer,
                      const std::vector<TermSpec>& terms);
  NetworkBuilder& max_pool(int source, const converter::Window& window);
  NetworkBuilder& relay(int source);
  /// Adds a convolution of the last layer with the same number of levels.
  NetworkBuilder& convolution(int channels, int kernel, int stride = 1, int pad = 0);

  /// Returns the network, with a readout of its last layer.
  converter::SpikingNetwork build(int classes = 2);

 private:
  converter::Term make_term(const TermSpec& spec, int channels) const;
  void push(converter::SpikingLayer layer);

  Random random_;
  converter::SpikingNetwork network_;
};

/// Return the networks of the source paper, with random weights.
converter::SpikingNetwork lenet(int levels = 4);
converter::SpikingNetwork vgg(int levels = 4);

}  // namespace spikeloom::test
