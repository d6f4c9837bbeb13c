// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/recognize/weighted_sums.h"

#include <utility>

#include <fmt/format.h>

#include "spikeloom/base/index.h"

namespace spikeloom::converter {
namespace {

using base::at;

/// A quarter of a GiB, as float32: more than the largest dense layer of VGG-Net on a whole image.
constexpr std::int64_t kMaxMadeWeights = std::int64_t{1} << 26;
/// Each is a convolution of its own.
constexpr std::size_t kMaxTerms = 4096;

}  // namespace

QuantizedLayer start(const OnnxNode& node) {
  QuantizedLayer layer;
  layer.name = node.name();
  layer.label = node.label();
  return layer;
}

void check_size(const OnnxNode& node, const Shape& output) {
  if (std::int64_t{output.channels} * output.height * output.width > SpikingNetwork::kMaxNeurons) {
    node.refuse(fmt::format("{} x {} x {} outputs", output.channels, output.height, output.width),
                fmt::format("at most {}", SpikingNetwork::kMaxNeurons));
  }
}

std::vector<Source> sources_of(const Context& context, const OnnxNode& node,
                               const LevelsValue& levels) {
  std::vector<Source> sources;
  for (const LevelsPart& part : levels.parts) {
    const int number = context.layers.number_of(node, part);
    sources.push_back({number, LayerStore::levels_of(part), part.shape});
  }
  return sources;
}

QuantizedTerm start_term(const OnnxNode& node, const Source& source) {
  QuantizedTerm term;
  term.label = node.label();
  term.source = source.number;
  term.decoding = source.decoding;
  term.input = source.shape;
  return term;
}

void check_size(const OnnxNode& node, std::int64_t outputs) {
  if (outputs <= SpikingNetwork::kMaxNeurons) return;
  node.refuse(fmt::format("{} outputs", outputs),
              fmt::format("at most {}", SpikingNetwork::kMaxNeurons));
}

void check_weights(const OnnxNode& node, std::int64_t weights) {
  if (weights <= kMaxMadeWeights) return;
  node.refuse(fmt::format("its windows and channels make {} weights", weights),
              fmt::format("at most {}", kMaxMadeWeights));
}

void check_parts(const OnnxNode& node, std::size_t terms) {
  if (terms <= kMaxTerms) return;
  node.refuse(fmt::format("it puts {} activations together", terms),
              fmt::format("at most {}", kMaxTerms));
}

Value sum_value(const Context& context, const OnnxNode& node, const Value& input,
                QuantizedLayer layer, Layout layout) {
  if (const auto* image = std::get_if<ImageValue>(&input.content)) {
    for (const ImageStep& step : image->steps) {
      PixelStep::Kind kind = PixelStep::Kind::kAdd;
      switch (step.kind) {
        case ImageStep::Kind::kMultiply:
          kind = PixelStep::Kind::kMultiply;
          break;
        case ImageStep::Kind::kDivide:
          kind = PixelStep::Kind::kDivide;
          break;
        case ImageStep::Kind::kAdd:
          break;
        case ImageStep::Kind::kClamp:
          node.refuse(fmt::format("{} bounds the image before it", step.label),
                      "a quantizer of the image after the bounds");
      }
      layer.pixel_steps.push_back({kind, step.values});
    }
  }
  check_size(node, layer.output);
  Value value;
  value.shape = layer.output;
  value.layout = std::move(layout);
  value.content = SumValue{std::move(layer), context.position(node), {}};
  return value;
}

void require_zero_padding(const OnnxNode& node, const Value& input) {
  if (input.pads.empty() || input.pad_value.sign() == 0) return;
  node.refuse(fmt::format("the padding before it stands for {}", input.pad_value.to_double()),
              "zero padding");
}

void add_pads(const Value& input, Window& window) {
  if (input.pads.empty()) return;
  window.pad_top += input.pads[0];
  window.pad_left += input.pads[1];
  window.pad_bottom += input.pads[2];
  window.pad_right += input.pads[3];
}

Shape padded(const Value& input) {
  Shape shape = input.shape;
  if (input.pads.empty()) return shape;
  shape.height += input.pads[0] + input.pads[2];
  shape.width += input.pads[1] + input.pads[3];
  return shape;
}

void require_planes(const OnnxNode& node, const Value& input) {
  if (input.layout.rank() < 2) {
    node.refuse("its input is a vector", "channels x height x width, or channels x length");
  }
  if (!input.layout.is_planes(input.shape)) {
    node.refuse(
        fmt::format("its input of {} is a reshaped or transposed activation", format_shape(input)),
        "channels x height x width, as a layer gives them");
  }
}

Layout planes_layout(const Value& input, const Shape& shape) {
  if (input.layout.rank() == 3) return Layout({shape.channels, shape.height, shape.width});
  return Layout({shape.channels, shape.height * shape.width});
}

QuantizedLayer depthwise(const OnnxNode& node, const std::vector<Source>& sources,
                         const Window& window, const Shape& output) {
  QuantizedLayer layer = start(node);
  layer.output = output;
  layer.bias.assign(at(output.channels), 0.0F);
  check_weights(node, std::int64_t{output.channels} * window.kernel_height * window.kernel_width);
  int first = 0;
  for (const Source& source : sources) {
    QuantizedTerm& term = layer.terms.emplace_back(start_term(node, source));
    term.window = window;
    term.groups = term.outputs = source.shape.channels;
    term.first_output = first;
    auto weights = std::make_shared<GraphWeights>();
    weights->values.assign(at(term.outputs * window.taps()), 1.0F);
    term.weights = std::move(weights);
    first += source.shape.channels;
  }
  return layer;
}

Value identity_sum(const Context& context, const OnnxNode& node, const Value& input) {
  if (std::holds_alternative<ImageValue>(input.content)) {
    node.refuse("the image is not quantized", "a quantized activation");
  }
  if (!input.pads.empty()) node.refuse("padding goes before it", "a convolution after padding");
  const std::vector<Source> sources =
      sources_of(context, node, std::get<LevelsValue>(input.content));
  for (const Source& source : sources) {
    if (source.shape.height != input.shape.height || source.shape.width != input.shape.width) {
      node.refuse("its input is a concatenation of images of different sizes",
                  "activations of one height and width");
    }
  }
  Value value =
      sum_value(context, node, input, depthwise(node, sources, {}, input.shape), input.layout);
  value.is_integer = input.is_integer;
  std::get<SumValue>(value.content).passed_on = std::get<LevelsValue>(input.content).parts;
  return value;
}

}  // namespace spikeloom::converter
