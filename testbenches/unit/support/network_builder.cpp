// SPDX-License-Identifier: Apache-2.0
#include "testbenches/unit/support/network_builder.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "spikeloom/arch/core_tables.h"
#include "spikeloom/converter/network/depth_alignment.h"

namespace spikeloom::test {

using converter::BorderClasses;
using converter::LayerKind;
using converter::Quantizer;
using converter::Shape;
using converter::SpikingLayer;
using converter::Term;
using converter::Window;

namespace {

converter::HostEncoder passing_on(const Shape& output, int levels) {
  converter::HostEncoder encoder;
  encoder.name = "encoder";
  encoder.input = {1, output.height, output.width};
  encoder.output = output;
  encoder.weights.assign(static_cast<std::size_t>(output.channels), 1.0F);
  encoder.bias.assign(static_cast<std::size_t>(output.channels), 0.0F);
  encoder.quantizer.levels = levels;
  return encoder;
}

}  // namespace

Window square_window(int kernel, int stride, int pad) {
  Window window;
  window.kernel_height = window.kernel_width = kernel;
  window.stride_y = window.stride_x = stride;
  window.pad_top = window.pad_left = window.pad_bottom = window.pad_right = pad;
  return window;
}

Window whole_window(const Shape& input) {
  Window window;
  window.kernel_height = input.height;
  window.kernel_width = input.width;
  return window;
}

NetworkBuilder::NetworkBuilder(const std::string& name, const Shape& input, int levels,
                               std::uint64_t seed)
    : NetworkBuilder(name, passing_on(input, levels), seed) {}

NetworkBuilder::NetworkBuilder(const std::string& name, const converter::HostEncoder& encoder,
                               std::uint64_t seed)
    : random_(seed) {
  network_.name = name;
  network_.encoder = encoder;
}

Term NetworkBuilder::make_term(const TermSpec& spec, int channels) const {
  Term term;
  term.source = spec.source;
  term.input = network_.shape_of(spec.source);
  term.input_levels = network_.quantizer_of(spec.source).levels;
  term.window = spec.window;
  term.groups = spec.groups;
  term.repeat = spec.repeat;
  term.first_output = spec.first_output;
  term.outputs = spec.outputs == 0 ? channels : spec.outputs;
  return term;
}

void NetworkBuilder::push(SpikingLayer layer) {
  layer.name = fmt::format("layer{}", network_.layers.size() + 1);
  const Term& term = layer.terms.front();
  layer.output = output_shape(term.window, term.input, layer.output.channels);
  network_.layers.push_back(std::move(layer));
}

NetworkBuilder& NetworkBuilder::sum(int channels, const Quantizer& quantizer,
                                    const std::vector<TermSpec>& terms) {
  SpikingLayer layer;
  layer.output.channels = channels;
  layer.quantizer = quantizer;
  for (const TermSpec& spec : terms) {
    Term& term = layer.terms.emplace_back(make_term(spec, channels));
    term.weights = weights(term, spec);
  }
  for (int c = 0; c < channels; ++c) add_thresholds(layer, c);
  push(std::move(layer));
  return *this;
}

std::vector<std::int8_t> NetworkBuilder::weights(const Term& term, const TermSpec& spec) {
  const auto fan_in = static_cast<std::size_t>(term.fan_in());
  std::vector<std::int8_t> result(fan_in * static_cast<std::size_t>(term.outputs),
                                  spec.weights == Weights::kOnes ? 1 : 0);
  switch (spec.weights) {
    case Weights::kOnes:
      break;
    case Weights::kPicks:
      for (std::size_t first = 0; first < result.size(); first += fan_in) {
        result[first + static_cast<std::size_t>(random_.between(0, term.fan_in() - 1))] = 1;
      }
      break;
    case Weights::kTernary:
      for (std::int8_t& weight : result) {
        if (spec.density == TermSpec::kUsualDensity) {
          weight = static_cast<std::int8_t>(random_.between(-1, 1));
        } else if (random_.chance(spec.density)) {
          weight = random_.chance(50) ? 1 : -1;
        }
      }
  }
  return result;
}

/// Adds the thresholds of a border class of a channel.
void NetworkBuilder::add_thresholds(SpikingLayer& layer, int channel) {
  if (spread_) {
    add_spread_thresholds(layer, channel);
    return;
  }
  const int constant = random_.between(1, 20);
  int threshold = random_.between(-4, 4);
  for (int i = 0; i < layer.levels(); ++i) {
    layer.thresholds.push_back(constant == 1   ? arch::kAlwaysFires
                               : constant == 2 ? arch::kNeverFires
                                               : threshold);
    threshold += random_.between(0, 4);
  }
}

void NetworkBuilder::add_spread_thresholds(SpikingLayer& layer, int channel) {
  std::int64_t largest = 0;
  double likely = 0;
  for (const Term& term : layer.terms) {
    if (channel < term.first_output || channel >= term.first_output + term.outputs) continue;
    const std::int64_t spike = std::int64_t{term.repeat} * term.input_levels;
    largest += spike * term.fan_in();
    likely += static_cast<double>(spike) * std::sqrt(term.fan_in()) / 2;
  }
  const auto most = static_cast<std::int32_t>(
      std::min<std::int64_t>(largest, std::numeric_limits<std::int32_t>::max() - 2));
  std::vector<std::int32_t> thresholds;
  if (random_.chance(15)) {
    // Around all limits of potentials and of what always or never fires.
    const std::int32_t ends[] = {
        arch::kAlwaysFires,    arch::kAlwaysFires + 1, -most, -most + 1, -1, 0, 1, most, most + 1,
        arch::kNeverFires - 1, arch::kNeverFires};
    for (int i = 0; i < layer.levels(); ++i) thresholds.push_back(ends[random_.between(0, 10)]);
    std::sort(thresholds.begin(), thresholds.end());
  } else {
    const int reach = 1 + static_cast<int>(std::min(likely, 1e6));
    const int step = std::max(1, 4 * reach / layer.levels());
    std::int32_t threshold = random_.between(-reach, reach / 2);
    for (int i = 0; i < layer.levels(); ++i) {
      thresholds.push_back(threshold);
      threshold += random_.between(0, step);
    }
  }
  layer.thresholds.insert(layer.thresholds.end(), thresholds.begin(), thresholds.end());
}

NetworkBuilder& NetworkBuilder::silence(int channel) {
  for (Term& term : network_.layers.back().terms) {
    const int output = channel - term.first_output;
    if (output < 0 || output >= term.outputs) continue;
    std::fill_n(term.weights.begin() + static_cast<std::ptrdiff_t>(output) * term.fan_in(),
                term.fan_in(), std::int8_t{0});
  }
  return *this;
}

NetworkBuilder& NetworkBuilder::classify(int rows, int columns) {
  SpikingLayer& layer = network_.layers.back();
  const auto classes = [this](int size, int count) {
    BorderClasses result;
    if (std::min(size, count) < 2) return result;
    result.count = std::min(size, count);
    for (int i = 0; i < size; ++i) {
      // Each class occurs, the last of them at random.
      const int number = i < result.count ? i : random_.between(0, result.count - 1);
      result.of.push_back(static_cast<std::uint16_t>(number));
    }
    return result;
  };
  layer.rows = classes(layer.output.height, rows);
  layer.columns = classes(layer.output.width, columns);
  layer.thresholds.clear();
  const int sets = layer.rows.count * layer.columns.count;
  for (int i = 0; i < layer.output.channels * sets; ++i) add_thresholds(layer, i / sets);
  return *this;
}

NetworkBuilder& NetworkBuilder::max_pool(int source, const Window& window) {
  SpikingLayer layer;
  layer.kind = LayerKind::kMaxPool;
  layer.output.channels = network_.shape_of(source).channels;
  layer.quantizer = network_.quantizer_of(source);
  layer.terms = {make_term({source, window, layer.output.channels}, layer.output.channels)};
  push(std::move(layer));
  return *this;
}

NetworkBuilder& NetworkBuilder::relay(int source) {
  const int channels = network_.shape_of(source).channels;
  return pass_on({source, {}, channels, 1, 0, 0, Weights::kOnes}, channels);
}

NetworkBuilder& NetworkBuilder::pick(int source, int channels, const Window& window) {
  return pass_on({source, window, 1, 1, 0, 0, Weights::kPicks}, channels);
}

NetworkBuilder& NetworkBuilder::pass_on(const TermSpec& spec, int channels) {
  SpikingLayer layer;
  layer.output.channels = channels;
  layer.quantizer = network_.quantizer_of(spec.source);
  layer.terms = {make_term(spec, channels)};
  layer.terms.front().weights = weights(layer.terms.front(), spec);
  for (int c = 0; c < channels; ++c) {
    for (int i = 1; i <= layer.levels(); ++i) layer.thresholds.push_back(i);
  }
  push(std::move(layer));
  return *this;
}

NetworkBuilder& NetworkBuilder::convolution(int channels, int kernel, int stride, int pad) {
  Quantizer quantizer;
  quantizer.levels = levels();
  return sum(channels, quantizer, {{last(), square_window(kernel, stride, pad)}});
}

converter::SpikingNetwork NetworkBuilder::build(int classes) {
  converter::HostReadout& readout = network_.readout;
  readout.name = "readout";
  readout.inputs = shape().size();
  readout.classes = classes;
  readout.weights = random_.reals(readout.inputs * classes, -1.0F, 1.0F);
  const std::vector<float> bias = random_.reals(classes, -1.0F, 1.0F);
  readout.bias.assign(bias.begin(), bias.end());
  converter::align_depths(network_);
  return network_;
}

converter::SpikingNetwork lenet(int levels) {
  NetworkBuilder builder("lenet", {16, 28, 28}, levels, 1);
  return builder.convolution(16, 5)
      .convolution(16, 2, 2)
      .convolution(32, 5)
      .convolution(32, 2, 2)
      .convolution(256, 4)
      .build();
}

converter::SpikingNetwork vgg(int levels) {
  NetworkBuilder builder("vgg", {64, 24, 24}, levels, 1);
  return builder.convolution(64, 3, 1, 1)
      .convolution(64, 3, 1, 1)
      .convolution(64, 2, 2)
      .convolution(128, 3, 1, 1)
      .convolution(128, 3, 1, 1)
      .convolution(128, 2, 2)
      .convolution(256, 3, 1, 1)
      .convolution(256, 3, 1, 1)
      .convolution(256, 2, 2)
      .convolution(512, 3, 1, 1)
      .convolution(512, 3)
      .build();
}

}  // namespace spikeloom::test
