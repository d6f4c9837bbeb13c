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

/// What numbers of networks go up to, in Range::kAll.
constexpr int kMostKernel = 11;
constexpr int kMostStride = 6;
constexpr int kMostPad = 7;
constexpr int kMostDilation = 6;
constexpr int kMostExtent = 24;
constexpr int kMostRepeat = 16;
constexpr int kMostPlanes = 8;
constexpr int kMostClasses = 200;
/// Spiking neurons of a layer, and weights of the readout, that are quickly simulated.
constexpr int kMostSpikes = 600;
constexpr int kMostReadoutWeights = 20000;

/// Returns a number of `minimum`..`usual`, or with Range::kAll sometimes up to `most`.
int up_to(Random& random, Range range, int minimum, int usual, int most) {
  const bool wide = range == Range::kAll && most > usual && random.chance(25);
  return random.between(minimum, wide ? most : usual);
}

/// Returns a window that fits `input`. No window of a pooling lies entirely in the padding.
Window random_window(Random& random, const Shape& input, bool pool, Range range) {
  const auto axis = [&](int size, int& kernel, int& stride, int& before, int& after,
                        int& dilation) {
    kernel = up_to(random, range, 1, std::min(3, size), std::min(kMostKernel, size));
    stride = random.chance(35) ? up_to(random, range, 2, 3, kMostStride) : 1;
    const auto pad = [&] {
      return pool ? random.between(0, kernel - 1) : up_to(random, range, 0, 2, kMostPad);
    };
    before = pad();
    after = pad();
    if (random.chance(20) && 2 * (kernel - 1) < size) {
      const int most = kernel == 1 ? kMostDilation : (size - 1) / (kernel - 1);
      dilation = range == Range::kAll ? random.between(2, std::min(kMostDilation, most)) : 2;
    }
    if (range == Range::kAll && !pool && random.chance(5)) {
      // Larger than the input.
      dilation = 1;
      kernel = std::min(kMostKernel, size + before + after);
    }
  };
  Window w;
  axis(input.height, w.kernel_height, w.stride_y, w.pad_top, w.pad_bottom, w.dilation_y);
  axis(input.width, w.kernel_width, w.stride_x, w.pad_left, w.pad_right, w.dilation_x);
  return w;
}

/// Widens the strides of a window until it has at most `most` outputs in a channel.
void limit(Window& window, const Shape& input, int most) {
  for (;;) {
    const Shape output = output_shape(window, input, 1);
    if (output.size() <= most) return;
    ++(output.height > output.width ? window.stride_y : window.stride_x);
  }
}

/// Returns a window over `input` that gives the height and width of `output`.
Window exact_window(Random& random, const Shape& input, const Shape& output) {
  const auto axis = [&](int size, int wanted, int& kernel, int& stride, int& before, int& after) {
    kernel = random.between(1, std::min(3, size));
    stride = wanted > 1 ? std::max(1, (size - kernel) / (wanted - 1)) : 1;
    const int spare = size - (wanted - 1) * stride - kernel;
    if (spare > 0) kernel += spare;
    const int padding = std::max(0, -spare);
    before = random.between(0, padding);
    after = padding - before;
  };
  Window w;
  axis(input.height, output.height, w.kernel_height, w.stride_y, w.pad_top, w.pad_bottom);
  axis(input.width, output.width, w.kernel_width, w.stride_x, w.pad_left, w.pad_right);
  return w;
}

/// Returns a window over `input` that gives the height and width of `output`, if one is found.
std::optional<Window> window_to(Random& random, const Shape& input, const Shape& output,
                                Range range) {
  if (range == Range::kAll) return exact_window(random, input, output);
  for (int i = 0; i < kTries; ++i) {
    const Window window = random_window(random, input, false, range);
    if (output_shape(window, input, output.channels) == output) return window;
  }
  return std::nullopt;
}

/// Returns a number of levels; no more than fit for an output of `size` neurons.
int random_levels(Random& random, int size) {
  constexpr int kSteps[] = {4, 4, 4, 4, 4, 16, 16, 64, Quantizer::kMaxLevels};
  const int most = kSteps[random.between(0, 8)];
  return std::clamp(kMostSpikes / size, 1, random.between(1, most));
}

/// Returns a quantizer of any precision and number of levels for an output of `size` neurons.
Quantizer any_quantizer(Random& random, int size) {
  const int precision = up_to(random, Range::kAll, 0, 2, Quantizer::kMaxPrecision);
  const int levels = random_levels(random, size);
  return Quantizer::of_precision(precision, levels,
                                 random.chance(50) ? Rounding::kHalfUp : Rounding::kHalfEven);
}

/// Returns a quantizer with any values and rounding.
Quantizer random_values(Random& random, Quantizer quantizer) {
  if (random.chance(50)) return quantizer;
  quantizer.step = random.chance(20) ? -0.75 : static_cast<double>(random.real(0.01F, 2.0F));
  quantizer.offset = random.chance(50) ? -quantizer.step : 0.25;
  quantizer.rounding = static_cast<Rounding>(random.between(0, 8));
  return quantizer;
}

/// Adds operations on the pixels in float32, and may add a quantizer of them.
void add_pixel_steps(Random& random, converter::HostEncoder& encoder, Range range) {
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
  quantizer.levels = up_to(random, range, 1, 6, Quantizer::kMaxLevels);
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

/// Adds layers to a network.
class Grower {
 public:
  Grower(Random& random, NetworkBuilder& builder, Range range)
      : random_(random), builder_(builder), range_(range) {}

  /// Adds a layer that reads the single tensor of the last depth.
  void grow() {
    const int kind = random_.between(1, 10);
    if (kind <= 2) {
      builder_.max_pool(front_, random_window(random_, builder_.shape(front_), true, range_));
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

  /// Adds any layers that read any earlier ones, and in the end one that reads all those that no
  /// other does.
  void weave(int steps) {
    for (int i = 0; i < steps; ++i) step();
    std::vector<bool> read(builder_.network().layers.size());
    for (const converter::SpikingLayer& layer : builder_.network().layers) {
      for (const converter::Term& term : layer.terms) {
        if (term.source != converter::kEncoder) read[static_cast<std::size_t>(term.source)] = true;
      }
    }
    std::vector<int> ends;
    for (int l = 0; l < static_cast<int>(read.size()); ++l) {
      if (!read[static_cast<std::size_t>(l)]) ends.push_back(l);
    }
    if (ends.size() == 1) return;
    if (random_.chance(50)) {
      add_concatenation(ends);
    } else {
      add_sum(ends, random_.chance(50));
    }
  }

 private:
  /// Returns the layer added last, or any earlier one.
  int any() {
    const int last = builder_.last();
    return random_.chance(35) ? random_.between(converter::kEncoder, last) : last;
  }
  std::vector<int> several() {
    std::vector<int> sources;
    for (int count = random_.between(2, 3); count > 0; --count) sources.push_back(any());
    return sources;
  }
  int channels_of(int source) const { return builder_.shape(source).channels; }
  /// Outputs in a channel of a layer that keeps channels and levels of its source.
  int most_outputs(int source) const {
    const int levels = builder_.network().quantizer_of(source).levels;
    return std::max(1, kMostSpikes / (levels * channels_of(source)));
  }
  Window pool_window(int source) {
    Window window = random_window(random_, builder_.shape(source), true, range_);
    if (random_.chance(20)) window = whole_window(builder_.shape(source));
    limit(window, builder_.shape(source), most_outputs(source));
    return window;
  }

  void step() {
    switch (random_.between(0, 12)) {
      default:
        add_sum({any()}, false);
        break;
      case 3:
        add_sum({any()}, true);
        break;
      case 4:
        add_sum(several(), random_.chance(15));
        break;
      case 5:
        add_concatenation(several());
        break;
      case 6: {
        const int source = any();
        builder_.max_pool(source, pool_window(source));
        break;
      }
      case 7: {  // an average
        const int source = any();
        const Window window = pool_window(source);
        const int channels = channels_of(source);
        const int size = output_shape(window, builder_.shape(source), channels).size();
        builder_.sum(channels, values(size), {{source, window, channels, 1, 0, 0, Weights::kOnes}});
        break;
      }
      case 8:
      case 9:
        add_shortcut(any());
        break;
      case 10: {  // maxima of a concatenation, which are maxima of its parts
        std::vector<int> parts = several();
        const Window window = pool_window(parts.front());
        for (int& part : parts) {
          // All windows are the same, as long as all parts have the same extents.
          const Shape& first = builder_.shape(parts.front());
          const Shape& own = builder_.shape(part);
          const bool same = own.height == first.height && own.width == first.width;
          builder_.max_pool(part, same ? window : pool_window(part));
          part = builder_.last();
        }
        add_concatenation(parts);
        break;
      }
      case 11: {  // some channels, in every row and column or at equal distances
        const int source = any();
        Window window;
        if (random_.chance(40)) window.stride_y = window.stride_x = random_.between(2, 3);
        const Shape one = output_shape(window, builder_.shape(source), 1);
        const int levels = builder_.network().quantizer_of(source).levels;
        builder_.pick(source, random_.between(1, channels_at_most(one.size() * levels, 6)), window);
        break;
      }
      case 12: {  // an image of one pixel, repeated
        const int source = any();
        const Shape& pixel = builder_.shape(source);
        if (pixel.height * pixel.width > 1) {
          builder_.relay(source);
          break;
        }
        Window window;
        window.kernel_height = random_.between(1, 4);
        window.kernel_width = random_.between(1, 4);
        window.pad_top = window.pad_bottom = window.kernel_height - 1;
        window.pad_left = window.pad_right = window.kernel_width - 1;
        const int size = window.taps() * pixel.channels;
        builder_.sum(pixel.channels, values(size),
                     {{source, window, pixel.channels, 1, 0, 0, Weights::kOnes}});
      }
    }
  }

  /// Adds a layer of a convolution and of a source itself.
  void add_shortcut(int source) {
    const Shape shape = builder_.shape(source);
    TermSpec identity{source, {}, shape.channels, 1, 0, 0, Weights::kOnes};
    identity.repeat = repeat();
    const int other = any();
    TermSpec sum{other, exact_window(random_, builder_.shape(other), shape)};
    sum.density = density();
    builder_.sum(shape.channels, values(shape.size()), {identity, sum});
    vary(shape.channels);
  }

  /// Returns at most `usual` channels, each with so many spiking neurons.
  static int channels_at_most(int spikes, int usual) {
    return std::clamp(kMostSpikes / std::max(1, spikes), 1, usual);
  }
  /// Returns at most `usual` output channels for each group; with Range::kAll, no more than are
  /// quickly simulated, and maybe a single group.
  int outputs_of(int& groups, int usual, int area) {
    if (range_ == Range::kAll) {
      if (groups * area > kMostSpikes) groups = 1;
      usual = channels_at_most(groups * area, usual);
    }
    return groups * random_.between(1, usual);
  }
  Quantizer values(int size) {
    return random_values(
        random_, range_ == Range::kAll ? any_quantizer(random_, size) : random_quantizer(random_));
  }
  int repeat() { return random_.chance(40) ? up_to(random_, range_, 2, 4, kMostRepeat) : 1; }
  int density() {
    if (range_ == Range::kUsual || !random_.chance(30)) return TermSpec::kUsualDensity;
    return random_.between(0, 100);
  }

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
                                        : random_window(random_, first, false, range_)};
    if (range_ == Range::kAll) limit(result.front(), first, kMostSpikes / 4);
    const Shape output = output_shape(result.front(), first, 1);
    for (std::size_t i = 1; i < sources.size(); ++i) {
      const Shape& input = builder_.shape(sources[i]);
      const std::optional<Window> window =
          dense ? whole_window(input)
                : window_to(random_, {1, input.height, input.width}, output, range_);
      if (!window) return windows(sources, true);
      result.push_back(*window);
    }
    return result;
  }

  /// Gives the weights of some term more planes.
  void add_planes(std::vector<TermSpec>& terms) {
    if (!random_.chance(25)) return;
    TermSpec plane =
        terms[static_cast<std::size_t>(random_.between(0, static_cast<int>(terms.size()) - 1))];
    for (int more = up_to(random_, range_, 1, 2, kMostPlanes - 1); more > 0; --more) {
      plane.repeat *= 2;
      terms.push_back(plane);
    }
  }

  /// Changes the last layer, a sum: border classes, and channels without weights.
  void vary(int channels) {
    if (random_.chance(25)) builder_.classify(random_.between(1, 3), random_.between(1, 3));
    if (range_ == Range::kAll && random_.chance(15)) {
      builder_.silence(random_.between(0, channels - 1));
    }
  }

  /// Adds a layer that sums all sources into all channels; one source may occur twice.
  void add_sum(std::vector<int> sources, bool dense) {
    const bool merges = sources.size() > 1;
    if (merges && random_.chance(30)) sources.push_back(sources.front());
    const std::vector<Window> all = windows(sources, dense);
    const int area = output_shape(all.front(), builder_.shape(sources.front()), 1).size();
    std::vector<TermSpec> terms;
    int channels = 0;
    for (std::size_t i = 0; i < sources.size(); ++i) {
      int groups = random_groups(channels_of(sources[i]));
      if (i == 0) channels = outputs_of(groups, groups > 4 ? 2 : 5, area);
      if (channels % groups != 0) groups = 1;
      terms.push_back({sources[i], all[i], groups, merges ? repeat() : 1});
      terms.back().density = density();
    }
    add_planes(terms);
    builder_.sum(channels, values(channels * area), terms);
    vary(channels);
  }

  /// Adds a layer in which each source has output channels of its own.
  void add_concatenation(const std::vector<int>& sources) {
    const std::vector<Window> all = windows(sources, false);
    const int area = output_shape(all.front(), builder_.shape(sources.front()), 1).size();
    std::vector<TermSpec> terms;
    int channels = 0;
    for (std::size_t i = 0; i < sources.size(); ++i) {
      int groups = random_groups(channels_of(sources[i]));
      const int outputs = outputs_of(groups, 2, area * static_cast<int>(sources.size()));
      terms.push_back({sources[i], all[i], groups, 1, channels, outputs});
      terms.back().density = density();
      channels += outputs;
    }
    add_planes(terms);
    builder_.sum(channels, values(channels * area), terms);
    vary(channels);
  }

  Random& random_;
  NetworkBuilder& builder_;
  Range range_;
  int front_ = converter::kEncoder;
};

}  // namespace

Quantizer random_quantizer(Random& random) {
  const int precision = random.between(0, 2);
  const int levels = random.between(1, 4);
  return Quantizer::of_precision(precision, levels,
                                 random.chance(50) ? Rounding::kHalfUp : Rounding::kHalfEven);
}

namespace {

/// Chooses the shape of the image and the window of the first layer.
void shape_encoder(Random& random, converter::HostEncoder& e, Range range) {
  e.groups = random.between(1, 2);
  const auto channels = [&] { return e.groups * random.between(1, 2); };
  if (range == Range::kUsual) {
    e.input = {channels(), random.between(3, 10), random.between(3, 10)};
    e.window = random_window(random, e.input, false, range);
    e.output = output_shape(e.window, e.input, e.groups * random.between(1, 4));
    return;
  }
  const auto extent = [&] { return up_to(random, range, 1, 10, kMostExtent); };
  switch (random.between(0, 6)) {
    default:
      e.input = {channels(), extent(), extent()};
      break;
    case 4:
      e.input = {channels(), 1, extent()};
      break;
    case 5:
      e.input = {channels(), extent(), 1};
      break;
    case 6:
      e.input = {e.groups * random.between(1, 30), 1, 1};
  }
  if (random.chance(15)) {
    // The levels of the image itself.
    e.groups = e.input.channels;
    e.output = e.input;
    return;
  }
  const bool dense = random.chance(20);
  e.window = dense ? whole_window(e.input) : random_window(random, e.input, false, range);
  limit(e.window, e.input, kMostSpikes / 8);
  e.output = output_shape(e.window, e.input, e.groups * random.between(1, dense ? 12 : 4));
}

}  // namespace

converter::HostEncoder random_encoder(Random& random, Range range) {
  converter::HostEncoder e;
  e.name = "encoder";
  shape_encoder(random, e, range);
  // With Range::kAll, many numbers are one choice.
  std::optional<Random> own;
  Random& bulk = range == Range::kAll ? own.emplace(random.bits()) : random;
  const int channels = e.output.channels;
  e.weights = bulk.reals(channels * (e.input.channels / e.groups) * e.window.taps(), -1.0F, 1.5F);
  e.bias = bulk.reals(channels, -0.2F, 0.2F);
  e.normalized = random.chance(50);
  if (e.normalized) {
    e.gamma = bulk.reals(channels, -2.0F, 2.0F);
    e.beta = bulk.reals(channels, -0.5F, 1.0F);
    e.mean = bulk.reals(channels, -0.5F, 0.5F);
    e.variance = bulk.reals(channels, 0.1F, 2.0F);
    e.epsilon = 1e-5F;
  }
  if (random.chance(30)) add_pixel_steps(bulk, e, range);
  const bool any_values = random.chance(50);
  e.quantizer =
      range == Range::kAll ? any_quantizer(random, e.output.size()) : random_quantizer(random);
  if (any_values) e.quantizer = random_values(random, e.quantizer);
  const bool plain = e.quantizer.precision() && (e.quantizer.rounding == Rounding::kHalfUp ||
                                                 e.quantizer.rounding == Rounding::kHalfEven);
  if (!plain || random.chance(20)) add_thresholds(bulk, e);
  return e;
}

namespace {

/// Returns the network, with a readout of any form.
converter::SpikingNetwork finish(Random& random, NetworkBuilder& builder, Range range) {
  const int most = std::clamp(kMostReadoutWeights / builder.shape().size(), 5, kMostClasses);
  converter::SpikingNetwork network = builder.build(up_to(random, range, 1, 5, most));
  converter::HostReadout& readout = network.readout;
  if (random.chance(30)) {
    std::optional<Random> own;
    Random& bulk = range == Range::kAll ? own.emplace(random.bits()) : random;
    for (int c = 0; c < readout.classes; ++c) {
      readout.constant.push_back(bulk.between(-8, 8));
      readout.scale.push_back(static_cast<double>(bulk.real(0.01F, 2.0F)));
    }
  }
  return network;
}

}  // namespace

converter::SpikingNetwork random_chain(Random& random) {
  NetworkBuilder builder("random", random_encoder(random), random.bits());
  Grower grower(random, builder, Range::kUsual);
  const int layers = random.between(1, 4);
  for (int i = 0; i < layers; ++i) grower.grow();
  return finish(random, builder, Range::kUsual);
}

converter::SpikingNetwork random_network(Random& random, Range range) {
  NetworkBuilder builder("random", random_encoder(random, range), random.bits());
  Grower grower(random, builder, range);
  if (range == Range::kAll) {
    builder.spread_thresholds();
    grower.weave(random.between(1, 5));
    return finish(random, builder, range);
  }
  const int parts = random.between(1, 3);
  for (int i = 0; i < parts; ++i) {
    if (random.chance(60)) {
      grower.branch();
    } else {
      grower.grow();
    }
  }
  return finish(random, builder, range);
}

}  // namespace spikeloom::test
