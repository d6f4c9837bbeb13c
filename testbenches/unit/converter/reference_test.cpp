// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/network/reference.h"

#include <cmath>

#include <gtest/gtest.h>

#include "spikeloom/converter/network/host_layers.h"
#include "testbenches/unit/support/random_network.h"

namespace spikeloom::converter {
namespace {

/// Adds the products of one output of a host layer in the documented order.
double naive_sum(const HostEncoder& e, const std::vector<double>& image, int channel, int y,
                 int x) {
  const Window& w = e.window;
  const int inputs = e.input.channels / e.groups;
  const int first = channel / (e.output.channels / e.groups) * inputs;
  double sum = 0;
  for (int c = 0; c < inputs; ++c) {
    for (int ky = 0; ky < w.kernel_height; ++ky) {
      for (int kx = 0; kx < w.kernel_width; ++kx) {
        const int iy = y * w.stride_y - w.pad_top + ky * w.dilation_y;
        const int ix = x * w.stride_x - w.pad_left + kx * w.dilation_x;
        if (iy < 0 || iy >= e.input.height || ix < 0 || ix >= e.input.width) continue;
        const int tap = ((channel * inputs + c) * w.kernel_height + ky) * w.kernel_width + kx;
        const double weight = e.weights[static_cast<std::size_t>(tap)];
        sum += weight * image[static_cast<std::size_t>(e.input.index(first + c, iy, ix))];
      }
    }
  }
  return sum;
}

int naive_level(const HostEncoder& e, double sum, std::size_t channel) {
  double y = sum + static_cast<double>(e.bias[channel]);
  if (e.normalized) {
    const double deviation =
        std::sqrt(static_cast<double>(e.variance[channel]) + static_cast<double>(e.epsilon));
    y = static_cast<double>(e.gamma[channel]) * (y - static_cast<double>(e.mean[channel])) /
            deviation +
        static_cast<double>(e.beta[channel]);
  }
  const double scaled = y * (1 << e.quantizer.k);
  int level = 0;
  for (int i = 0; i < e.quantizer.levels; ++i) {
    const bool strict = e.quantizer.rounding == Quantizer::Rounding::kHalfEven && i % 2 == 0;
    level += (strict ? scaled > i + 0.5 : scaled >= i + 0.5) ? 1 : 0;
  }
  return level;
}

TEST(Encoder, SumsInTheDocumentedOrder) {
  test::Random random(1);
  for (int i = 0; i < 200; ++i) {
    const HostEncoder e = test::random_encoder(random);
    std::vector<double> image(static_cast<std::size_t>(e.input.size()));
    // Halves and quarters often produce ties, other pixels produce rounding errors.
    const int divisor = random.between(0, 1) == 0 ? 4 : 255;
    for (double& pixel : image) pixel = random.between(-divisor, divisor) / double(divisor);
    const Encoder encoder(e);
    ASSERT_EQ(encoder.inputs(), e.input.size());
    ASSERT_EQ(encoder.outputs(), e.output.size());
    std::vector<std::uint8_t> levels(static_cast<std::size_t>(e.output.size()), 77);
    encoder.encode(image.data(), levels.data());
    for (int c = 0; c < e.output.channels; ++c) {
      for (int y = 0; y < e.output.height; ++y) {
        for (int x = 0; x < e.output.width; ++x) {
          ASSERT_EQ(levels[static_cast<std::size_t>(e.output.index(c, y, x))],
                    naive_level(e, naive_sum(e, image, c, y, x), static_cast<std::size_t>(c)));
        }
      }
    }
  }
}

/// Returns an encoder that copies its pixels.
HostEncoder pass_on(int pixels, const Quantizer& quantizer) {
  HostEncoder e;
  e.input = e.output = {1, 1, pixels};
  e.weights = {1.0F};
  e.bias = {0.0F};
  e.quantizer = quantizer;
  return e;
}

TEST(Encoder, RoundsAsItsQuantizerSays) {
  const double below = std::nextafter(0.5, 0.0);
  const double above = std::nextafter(0.5, 1.0);
  const std::vector<double> image = {-1e300, -0.5, below, 0.5,   above, 1.5,
                                     2.5,    3.49, 3.5,   1e300, 0.0,   1.0};
  std::vector<std::uint8_t> levels(image.size());
  const auto pixels = static_cast<int>(image.size());
  Encoder(pass_on(pixels, {0, 4, Quantizer::Rounding::kHalfUp}))
      .encode(image.data(), levels.data());
  EXPECT_EQ(levels, (std::vector<std::uint8_t>{0, 0, 0, 1, 1, 2, 3, 3, 4, 4, 0, 1}));
  Encoder(pass_on(pixels, {0, 4, Quantizer::Rounding::kHalfEven}))
      .encode(image.data(), levels.data());
  EXPECT_EQ(levels, (std::vector<std::uint8_t>{0, 0, 0, 0, 1, 2, 2, 3, 4, 4, 0, 1}));
  Encoder(pass_on(pixels, {1, 3, Quantizer::Rounding::kHalfUp}))
      .encode(image.data(), levels.data());
  EXPECT_EQ(levels, (std::vector<std::uint8_t>{0, 0, 1, 1, 1, 3, 3, 3, 3, 3, 0, 2}));
}

TEST(Readout, AddsInTheOrderOfItsInputs) {
  test::Random random(2);
  for (int i = 0; i < 50; ++i) {
    HostReadout r;
    r.inputs = random.between(1, 40);
    r.classes = random.between(1, 12);
    r.weights = random.reals(r.inputs * r.classes, -1.0F, 1.0F);
    r.bias = random.reals(r.classes, -1.0F, 1.0F);
    const Quantizer last = test::random_quantizer(random);
    std::vector<std::uint8_t> levels;
    for (int j = 0; j < r.inputs; ++j) {
      levels.push_back(static_cast<std::uint8_t>(random.between(0, last.levels)));
    }
    const std::vector<double> scores = Readout(r, last).scores(levels.data());
    ASSERT_EQ(scores.size(), static_cast<std::size_t>(r.classes));
    for (std::size_t c = 0; c < scores.size(); ++c) {
      double sum = 0;
      for (std::size_t j = 0; j < levels.size(); ++j) {
        sum += static_cast<double>(r.weights[c * levels.size() + j]) * levels[j];
      }
      EXPECT_EQ(scores[c], sum / (1 << last.k) + static_cast<double>(r.bias[c]));
    }
  }
}

TEST(Readout, TheFirstOfEqualScoresIsBest) {
  EXPECT_EQ(Readout::best({1.0, 3.0, 2.0, 3.0}), 1);
  EXPECT_EQ(Readout::best({-1.0}), 0);
}

TEST(Reference, SumsComparesAndPools) {
  test::Random random(3);
  std::vector<Synapse> synapses;
  for (int i = 0; i < 200; ++i) {
    const SpikingNetwork n = test::random_network(random);
    std::vector<std::uint8_t> levels;
    for (int j = 0; j < n.encoder.output.size(); ++j) {
      levels.push_back(static_cast<std::uint8_t>(random.between(0, n.encoder.quantizer.levels)));
    }
    const Reference reference(n);
    ASSERT_EQ(reference.inputs(), n.encoder.output.size());
    const Reference::Result result = reference.run(levels.data(), Reference::Potentials::kKeep);
    EXPECT_TRUE(reference.run(levels.data()).potentials.empty());
    ASSERT_EQ(result.levels.size(), n.layers.size());
    ASSERT_EQ(result.potentials.size(), n.layers.size());
    for (std::size_t l = 0; l < n.layers.size(); ++l) {
      const SpikingLayer& layer = n.layers[l];
      ASSERT_EQ(result.levels[l].size(), static_cast<std::size_t>(layer.output.size()));
      for (int o = 0; o < layer.output.size(); ++o) {
        const auto neuron = static_cast<std::size_t>(o);
        const int plane = layer.output.height * layer.output.width;
        int sum = 0;
        int maximum = 0;
        for (const Term& term : layer.terms) {
          const std::vector<std::uint8_t>& source =
              term.source == kEncoder ? levels
                                      : result.levels[static_cast<std::size_t>(term.source)];
          collect_synapses(term, o / plane, o % plane / layer.output.width, o % layer.output.width,
                           synapses);
          for (const Synapse& s : synapses) {
            const int level = source[static_cast<std::size_t>(s.input)];
            sum += term.repeat * s.weight * level;
            maximum = std::max(maximum, level);
          }
        }
        if (layer.kind == LayerKind::kMaxPool) {
          ASSERT_EQ(result.levels[l][neuron], maximum);
          ASSERT_EQ(result.potentials[l][neuron], maximum);
          continue;
        }
        ASSERT_EQ(result.potentials[l][neuron], sum);
        int fired = 0;
        for (int t = 0; t < layer.levels(); ++t) {
          const int at = o / plane * layer.levels() + t;
          fired += sum >= layer.thresholds[static_cast<std::size_t>(at)] ? 1 : 0;
        }
        ASSERT_EQ(result.levels[l][neuron], fired);
      }
    }
  }
}

TEST(Reference, AddsTheTermsOfALayer) {
  // Channel 0 is 3 * (a - b) of the encoder's two pixels; channel 1 is the same plus both pixels of
  // "left", which copies the first pixel and is never above 1.
  SpikingNetwork n;
  n.encoder.output = {2, 1, 1};
  n.encoder.quantizer.levels = 4;
  const auto term = [](int source, int channels, int levels) {
    Term t;
    t.source = source;
    t.input = {channels, 1, 1};
    t.input_levels = levels;
    t.groups = channels;
    t.outputs = channels;
    t.weights.assign(static_cast<std::size_t>(channels), 1);
    return t;
  };
  SpikingLayer relay;
  relay.output = {2, 1, 1};
  relay.quantizer.levels = 4;
  relay.thresholds = {1, 2, 3, 4, 1, 2, 3, 4};
  relay.terms = {term(kEncoder, 2, 4)};
  SpikingLayer left;
  left.output = {2, 1, 1};
  left.thresholds = {1, 1};
  left.terms = {term(kEncoder, 2, 4)};
  SpikingLayer sum;
  sum.output = {2, 1, 1};
  sum.quantizer.levels = 3;
  sum.thresholds = {-3, 0, 6, 1, 4, 8};
  Term difference = term(0, 2, 4);
  difference.groups = 1;
  difference.repeat = 3;
  difference.weights = {1, -1, 1, -1};
  Term both = term(1, 2, 1);
  both.groups = 1;
  both.first_output = 1;
  both.outputs = 1;
  both.weights = {1, 1};
  sum.terms = {difference, both};
  n.layers = {relay, left, sum};
  EXPECT_EQ(n.depths(), (std::vector<int>{1, 1, 2}));
  EXPECT_EQ(sum.fan_in(0), 6);
  EXPECT_EQ(sum.fan_in(1), 8);
  EXPECT_EQ(fan_out(difference, sum.output), (std::vector<std::uint32_t>{6, 6}));
  EXPECT_EQ(fan_out(both, sum.output), (std::vector<std::uint32_t>{1, 1}));
  std::vector<Synapse> synapses;
  collect_synapses(both, 0, 0, 0, synapses);
  EXPECT_TRUE(synapses.empty());
  const std::uint8_t levels[] = {3, 1};
  const Reference::Result result = Reference(n).run(levels, Reference::Potentials::kKeep);
  EXPECT_EQ(result.levels[0], (std::vector<std::uint8_t>{3, 1}));
  EXPECT_EQ(result.levels[1], (std::vector<std::uint8_t>{1, 1}));
  EXPECT_EQ(result.potentials[2], (std::vector<std::int32_t>{6, 8}));
  EXPECT_EQ(result.levels[2], (std::vector<std::uint8_t>{3, 3}));
}

TEST(FanOut, CountsReceivingNeurons) {
  test::Random random(4);
  std::vector<Synapse> synapses;
  for (int i = 0; i < 100; ++i) {
    const SpikingNetwork network = test::random_network(random);
    for (const SpikingLayer& layer : network.layers) {
      for (const Term& term : layer.terms) {
        std::vector<std::uint32_t> expected(static_cast<std::size_t>(term.input.size()));
        for (int o = 0; o < layer.output.size(); ++o) {
          const int plane = layer.output.height * layer.output.width;
          collect_synapses(term, o / plane, o % plane / layer.output.width, o % layer.output.width,
                           synapses);
          for (const Synapse& s : synapses) {
            expected[static_cast<std::size_t>(s.input)] += static_cast<std::uint32_t>(term.repeat);
          }
        }
        EXPECT_EQ(fan_out(term, layer.output), expected);
      }
    }
  }
}

}  // namespace
}  // namespace spikeloom::converter
