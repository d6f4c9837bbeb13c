// SPDX-License-Identifier: Apache-2.0
#include "testbenches/unit/support/random_network.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "testbenches/unit/support/network_builder.h"

namespace spikeloom::test {

using converter::Quantizer;
using converter::Rounding;
using converter::Shape;
using converter::Window;

namespace {

constexpr int kTries = 30;

/// Returns a window that fits `input`. No window of a pooling lies entirely in the padding.
Window random_window(Random& random, const Shape& input, bool pool) {
  const auto axis = [&](int size, int& kernel, int& stride, int& before, int& after,
                        int& dilation) {
    kernel = random.between(1, std::min(3, size));
    stride = random.chance(35) ? random.between(2, 3) : 1;
    before = random.between(0, pool ? kernel - 1 : 2);
    after = random.between(0, pool ? kernel - 1 : 2);
    if (random.chance(20) && 2 * (kernel - 1) < size) dilation = 2;
  };
  Window w;
  axis(input.height, w.kernel_height, w.stride_y, w.pad_top, w.pad_bottom, w.dilation_y);
  axis(input.width, w.kernel_width, w.stride_x, w.pad_left, w.pad_right, w.dilation_x);
  return w;
}

/// Returns a window over `input` that gives the height and width of `output`, if one is found.
std::optional<Window> window_to(Random& random, const Shape& input, const Shape& output) {
  for (int i = 0; i < kTries; ++i) {
    const Window window = random_window(random, input, false);
    if (output_shape(window, input, output.channels) == output) return window;
  }
  return std::nullopt;
}

/// Returns a quantizer with any values and rounding.
Quantizer random_values(Random& random) {
  Quantizer quantizer = random_quantizer(random);
  if (random.chance(50)) return quantizer;
  quantizer.step = random.chance(20) ? -0.75 : static_cast<double>(random.real(0.01F, 2.0F));
  quantizer.offset = random.chance(50) ? -quantizer.step : 0.25;
  quantizer.rounding = static_cast<Rounding>(random.between(0, 8));
  return quantizer;
}

/// Adds operations on the pixels in float32, and may add a quantizer of them.
void add_pixel_steps(Random& random, converter::HostEncoder& encoder) {
  using Kind = converter::PixelStep::Kind;
  const int channels = encoder.input.channels;
  const int steps = random.between(0, 3);
  for (int i = 0; i < steps; ++i) {
    const auto kind = static_cast<Kind>(random.between(0, 2));
    std::vector<float> values = random.reals(channels, 0.25F, 2.0F);
    if (random.chance(30)) values.front() = -values.front();
    encoder.pixel_steps.push_back({kind, values});
  }
  if (random.chance(50)) return;
  encoder.pixel_quantizer.emplace();
  Quantizer& quantizer = encoder.pixel_quantizer->quantizer;
  quantizer.levels = random.between(1, 6);
  quantizer.step = static_cast<double>(random.real(0.1F, 1.0F));
  quantizer.offset = -quantizer.step;
  for (int c = 0; c < channels; ++c) {
    float threshold = random.real(-1.0F, 0.0F);
    for (int i = 0; i < quantizer.levels; ++i) {
      encoder.pixel_quantizer->thresholds.push_back(threshold);
      threshold += random.real(0.0F, 0.5F);
    }
  }
}

/// Adds thresholds of each channel: ascending numbers, the first and the last of which may be
/// infinite.
void add_thresholds(Random& random, converter::HostEncoder& encoder) {
  const double infinity = std::numeric_limits<double>::infinity();
  for (int c = 0; c < encoder.output.channels; ++c) {
    auto threshold = static_cast<double>(random.real(-1.0F, 1.0F));
    for (int i = 0; i < encoder.quantizer.levels; ++i) {
      encoder.thresholds.push_back(threshold);
      threshold += random.between(0, 4) * 0.25;
    }
    if (random.chance(10)) encoder.thresholds.back() = infinity;
    if (random.chance(10)) *(encoder.thresholds.end() - encoder.quantizer.levels) = -infinity;
  }
}

/// Adds layers to a network. Each layer reads tensors of the previous depth, and all of these are
/// read.
class Grower {
 public:
  Grower(Random& random, NetworkBuilder& builder) : random_(random), builder_(builder) {}

  /// Adds a layer that reads the single tensor of the last depth.
  void grow() {
    const int kind = random_.between(1, 10);
    if (kind <= 2) {
      builder_.max_pool(front_, random_window(random_, builder_.shape(front_), true));
    } else if (kind == 3) {
      builder_.relay(front_);
    } else {
      add_sum({front_}, random_.chance(25));
    }
    front_ = builder_.last();
  }

  /// Adds two branches and a layer that reads both.
  void branch() {
    std::vector<int> ends(2, front_);
    const int depth = random_.between(1, 2);
    for (int d = 0; d < depth; ++d) {
      for (int& end : ends) {
        front_ = end;
        grow();
        end = front_;
      }
    }
    if (random_.chance(50)) {
      add_sum(ends, random_.chance(15));
    } else {
      add_concatenation(ends);
    }
    front_ = builder_.last();
  }

 private:
  int random_groups(int inputs) {
    for (const int groups : {inputs, 2, 3}) {
      if (inputs % groups == 0 && random_.chance(30)) return groups;
    }
    return 1;
  }

  /// Returns one window per source; all give the same output height and width.
  std::vector<Window> windows(const std::vector<int>& sources, bool dense) {
    const Shape first = builder_.shape(sources.front());
    std::vector<Window> result = {dense ? whole_window(first)
                                        : random_window(random_, first, false)};
    const Shape output = output_shape(result.front(), first, 1);
    for (std::size_t i = 1; i < sources.size(); ++i) {
      const Shape& input = builder_.shape(sources[i]);
      const std::optional<Window> window =
          dense ? whole_window(input) : window_to(random_, {1, input.height, input.width}, output);
      if (!window) return windows(sources, true);
      result.push_back(*window);
    }
    return result;
  }

  /// Gives the weights of some term one or two more planes.
  void add_planes(std::vector<TermSpec>& terms) {
    if (!random_.chance(25)) return;
    TermSpec plane =
        terms[static_cast<std::size_t>(random_.between(0, static_cast<int>(terms.size()) - 1))];
    for (int more = random_.between(1, 2); more > 0; --more) {
      plane.repeat *= 2;
      terms.push_back(plane);
    }
  }

  /// Adds a layer that sums all sources into all channels; one source may occur twice.
  void add_sum(std::vector<int> sources, bool dense) {
    const bool merges = sources.size() > 1;
    if (merges && random_.chance(30)) sources.push_back(sources.front());
    const std::vector<Window> all = windows(sources, dense);
    std::vector<TermSpec> terms;
    int channels = 0;
    for (std::size_t i = 0; i < sources.size(); ++i) {
      int groups = random_groups(builder_.shape(sources[i]).channels);
      if (i == 0) channels = groups * random_.between(1, groups > 4 ? 2 : 5);
      if (channels % groups != 0) groups = 1;
      const int repeat = merges && random_.chance(40) ? random_.between(2, 4) : 1;
      terms.push_back({sources[i], all[i], groups, repeat});
    }
    add_planes(terms);
    builder_.sum(channels, random_values(random_), terms);
    if (random_.chance(25)) builder_.classify(random_.between(1, 3), random_.between(1, 3));
  }

  /// Adds a layer in which each source has output channels of its own.
  void add_concatenation(const std::vector<int>& sources) {
    const std::vector<Window> all = windows(sources, false);
    std::vector<TermSpec> terms;
    int channels = 0;
    for (std::size_t i = 0; i < sources.size(); ++i) {
      const int groups = random_groups(builder_.shape(sources[i]).channels);
      const int outputs = groups * random_.between(1, 2);
      terms.push_back({sources[i], all[i], groups, 1, channels, outputs});
      channels += outputs;
    }
    add_planes(terms);
    builder_.sum(channels, random_values(random_), terms);
    if (random_.chance(25)) builder_.classify(random_.between(1, 3), random_.between(1, 3));
  }

  Random& random_;
  NetworkBuilder& builder_;
  int front_ = converter::kEncoder;
};

}  // namespace

Quantizer random_quantizer(Random& random) {
  const int precision = random.between(0, 2);
  const int levels = random.between(1, 4);
  return Quantizer::of_precision(precision, levels,
                                 random.chance(50) ? Rounding::kHalfUp : Rounding::kHalfEven);
}

converter::HostEncoder random_encoder(Random& random) {
  converter::HostEncoder e;
  e.name = "encoder";
  e.groups = random.between(1, 2);
  e.input = {e.groups * random.between(1, 2), random.between(3, 10), random.between(3, 10)};
  e.window = random_window(random, e.input, false);
  e.output = output_shape(e.window, e.input, e.groups * random.between(1, 4));
  const int channels = e.output.channels;
  e.weights = random.reals(channels * (e.input.channels / e.groups) * e.window.taps(), -1.0F, 1.5F);
  e.bias = random.reals(channels, -0.2F, 0.2F);
  e.normalized = random.chance(50);
  if (e.normalized) {
    e.gamma = random.reals(channels, -2.0F, 2.0F);
    e.beta = random.reals(channels, -0.5F, 1.0F);
    e.mean = random.reals(channels, -0.5F, 0.5F);
    e.variance = random.reals(channels, 0.1F, 2.0F);
    e.epsilon = 1e-5F;
  }
  if (random.chance(30)) add_pixel_steps(random, e);
  e.quantizer = random.chance(50) ? random_values(random) : random_quantizer(random);
  const bool plain = e.quantizer.precision() && (e.quantizer.rounding == Rounding::kHalfUp ||
                                                 e.quantizer.rounding == Rounding::kHalfEven);
  if (!plain || random.chance(20)) add_thresholds(random, e);
  return e;
}

namespace {

/// Returns the network, with a readout of 1 to 5 classes of any form.
converter::SpikingNetwork finish(Random& random, NetworkBuilder& builder) {
  converter::SpikingNetwork network = builder.build(random.between(1, 5));
  converter::HostReadout& readout = network.readout;
  if (random.chance(30)) {
    for (int c = 0; c < readout.classes; ++c) {
      readout.constant.push_back(random.between(-8, 8));
      readout.scale.push_back(static_cast<double>(random.real(0.01F, 2.0F)));
    }
  }
  return network;
}

}  // namespace

converter::SpikingNetwork random_chain(Random& random) {
  NetworkBuilder builder("random", random_encoder(random), random.bits());
  Grower grower(random, builder);
  const int layers = random.between(1, 4);
  for (int i = 0; i < layers; ++i) grower.grow();
  return finish(random, builder);
}

converter::SpikingNetwork random_network(Random& random) {
  NetworkBuilder builder("random", random_encoder(random), random.bits());
  Grower grower(random, builder);
  const int parts = random.between(1, 3);
  for (int i = 0; i < parts; ++i) {
    if (random.chance(60)) {
      grower.branch();
    } else {
      grower.grow();
    }
  }
  return finish(random, builder);
}

}  // namespace spikeloom::test
