// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/network/reference.h"

#include <algorithm>

#include "spikeloom/base/vector_clones.h"

namespace spikeloom::converter {
namespace {

/// sums[x] += factor * (sum over the taps of pixels[offset + x * stride]).
SPIKELOOM_VECTOR_CLONES
void add_taps(const std::int32_t* pixels, const std::vector<std::ptrdiff_t>& offsets, int factor,
              int width, int stride, std::int32_t* __restrict sums) {
  for (const std::ptrdiff_t offset : offsets) {
    const std::int32_t* row = pixels + offset;
    if (stride == 1) {
      for (int x = 0; x < width; ++x) sums[x] += factor * row[x];
    } else {
      for (int x = 0; x < width; ++x) sums[x] += factor * row[std::ptrdiff_t{x} * stride];
    }
  }
}

/// maxima[x] = max(maxima[x], pixels[offset + x * stride] for each tap).
void raise_to_taps(const std::int32_t* pixels, const std::vector<std::ptrdiff_t>& offsets,
                   int width, int stride, std::int32_t* maxima) {
  for (const std::ptrdiff_t offset : offsets) {
    const std::int32_t* row = pixels + offset;
    for (int x = 0; x < width; ++x) {
      maxima[x] = std::max(maxima[x], row[std::ptrdiff_t{x} * stride]);
    }
  }
}

/// Returns, along one axis, the number of outputs whose window contains each input position.
std::vector<std::uint32_t> receivers(int inputs, int outputs, int kernel, int stride, int pad,
                                     int dilation) {
  std::vector<std::uint32_t> counts(static_cast<std::size_t>(inputs));
  for (int o = 0; o < outputs; ++o) {
    for (int k = 0; k < kernel; ++k) {
      const int i = o * stride - pad + k * dilation;
      if (i >= 0 && i < inputs) ++counts[static_cast<std::size_t>(i)];
    }
  }
  return counts;
}

}  // namespace

std::vector<std::uint32_t> fan_out(const Term& term, const Shape& output) {
  const Window& w = term.window;
  const auto rows = receivers(term.input.height, output.height, w.kernel_height, w.stride_y,
                              w.pad_top, w.dilation_y);
  const auto columns = receivers(term.input.width, output.width, w.kernel_width, w.stride_x,
                                 w.pad_left, w.dilation_x);
  const auto channels = static_cast<std::uint32_t>(term.group_outputs() * term.repeat);
  std::vector<std::uint32_t> counts;
  counts.reserve(static_cast<std::size_t>(term.input.size()));
  for (int c = 0; c < term.input.channels; ++c) {
    for (const std::uint32_t row : rows) {
      for (const std::uint32_t column : columns) counts.push_back(channels * row * column);
    }
  }
  return counts;
}

Reference::Sum::Sum(const Term& term, const Shape& output)
    : source_(term.source),
      input_(term.input),
      output_(output),
      window_(term.window),
      repeat_(term.repeat),
      first_output_(term.first_output),
      padded_height_(term.input.height + term.window.pad_top + term.window.pad_bottom),
      padded_width_(term.input.width + term.window.pad_left + term.window.pad_right),
      taps_(static_cast<std::size_t>(term.outputs)) {
  const bool pool = term.weights.empty();
  std::size_t weight = 0;
  for (int c = 0; c < term.outputs; ++c) {
    for (int i = 0; i < term.group_inputs(); ++i) {
      const std::ptrdiff_t plane =
          std::ptrdiff_t{c} / term.group_outputs() * term.group_inputs() + i;
      for (int ky = 0; ky < window_.kernel_height; ++ky) {
        for (int kx = 0; kx < window_.kernel_width; ++kx, ++weight) {
          const std::int8_t value = pool ? std::int8_t{1} : term.weights[weight];
          if (value == 0) continue;
          const std::ptrdiff_t row =
              plane * padded_height_ + std::ptrdiff_t{ky} * window_.dilation_y;
          Taps& taps = taps_[static_cast<std::size_t>(c)];
          (value > 0 ? taps.plus : taps.minus)
              .push_back(row * padded_width_ + std::ptrdiff_t{kx} * window_.dilation_x);
        }
      }
    }
  }
}

/// Pads with level 0, which adds nothing to a sum and never exceeds a maximum.
std::vector<std::int32_t> Reference::Sum::padded(const std::uint8_t* levels) const {
  std::vector<std::int32_t> values(static_cast<std::size_t>(input_.channels) *
                                   static_cast<std::size_t>(padded_height_) *
                                   static_cast<std::size_t>(padded_width_));
  for (int c = 0; c < input_.channels; ++c) {
    for (int y = 0; y < input_.height; ++y) {
      const std::ptrdiff_t row = std::ptrdiff_t{c} * padded_height_ + window_.pad_top + y;
      std::copy_n(levels + input_.index(c, y, 0), input_.width,
                  values.data() + row * padded_width_ + window_.pad_left);
    }
  }
  return values;
}

/// Calls function(taps, start of the windows' row in the padded input, row of `potentials`) for
/// each row of each output channel.
template <typename Function>
void Reference::Sum::for_each_row(const std::uint8_t* levels, std::vector<std::int32_t>& potentials,
                                  Function function) const {
  const std::vector<std::int32_t> values = padded(levels);
  std::int32_t* sums = potentials.data() + output_.index(first_output_, 0, 0);
  for (const Taps& taps : taps_) {
    for (int y = 0; y < output_.height; ++y, sums += output_.width) {
      function(taps, values.data() + std::ptrdiff_t{y} * window_.stride_y * padded_width_, sums);
    }
  }
}

void Reference::Sum::add(const std::uint8_t* levels, std::vector<std::int32_t>& potentials) const {
  for_each_row(levels, potentials,
               [this](const Taps& taps, const std::int32_t* rows, std::int32_t* sums) {
                 add_taps(rows, taps.plus, repeat_, output_.width, window_.stride_x, sums);
                 add_taps(rows, taps.minus, -repeat_, output_.width, window_.stride_x, sums);
               });
}

void Reference::Sum::raise(const std::uint8_t* levels,
                           std::vector<std::int32_t>& potentials) const {
  for_each_row(levels, potentials,
               [this](const Taps& taps, const std::int32_t* rows, std::int32_t* maxima) {
                 raise_to_taps(rows, taps.plus, output_.width, window_.stride_x, maxima);
               });
}

Reference::Layer::Layer(const SpikingLayer& layer) : layer_(&layer) {
  for (const Term& term : layer.terms) terms_.emplace_back(term, layer.output);
}

std::vector<std::int32_t> Reference::Layer::potentials(
    const std::vector<const std::uint8_t*>& sources) const {
  std::vector<std::int32_t> potentials(static_cast<std::size_t>(layer_->output.size()));
  for (std::size_t t = 0; t < terms_.size(); ++t) {
    switch (layer_->kind) {
      case LayerKind::kSum:
        terms_[t].add(sources[t], potentials);
        break;
      case LayerKind::kMaxPool:
        terms_[t].raise(sources[t], potentials);
        break;
    }
  }
  return potentials;
}

std::vector<std::uint8_t> Reference::Layer::levels(
    const std::vector<std::int32_t>& potentials) const {
  if (pools(layer_->kind)) return {potentials.begin(), potentials.end()};
  std::vector<std::uint8_t> levels;
  levels.reserve(potentials.size());
  const Shape& output = layer_->output;
  for (int c = 0; c < output.channels; ++c) {
    for (int y = 0; y < output.height; ++y) {
      for (int x = 0; x < output.width; ++x) {
        const std::int32_t* thresholds = layer_->thresholds_of(c, y, x);
        // Thresholds are in ascending order, so those reached come first.
        const auto* end =
            std::upper_bound(thresholds, thresholds + layer_->levels(), potentials[levels.size()]);
        levels.push_back(static_cast<std::uint8_t>(end - thresholds));
      }
    }
  }
  return levels;
}

Reference::Reference(const SpikingNetwork& network)
    : inputs_(network.encoder.output.size()),
      layers_(network.layers.begin(), network.layers.end()) {}

Reference::Result Reference::run(const std::uint8_t* levels, Potentials potentials) const {
  Result result;
  for (const Layer& layer : layers_) {
    std::vector<const std::uint8_t*> sources;
    for (const Sum& term : layer.terms()) {
      const auto source = static_cast<std::size_t>(term.source());
      sources.push_back(term.source() == kEncoder ? levels : result.levels[source].data());
    }
    std::vector<std::int32_t> m = layer.potentials(sources);
    result.levels.push_back(layer.levels(m));
    if (potentials == Potentials::kKeep) result.potentials.push_back(std::move(m));
  }
  return result;
}

}  // namespace spikeloom::converter
