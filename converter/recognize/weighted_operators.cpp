// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/recognize/weighted_operators.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/base/index.h"
#include "spikeloom/converter/recognize/image_quantizer.h"
#include "spikeloom/converter/recognize/weighted_sums.h"
#include "spikeloom/converter/recognize/window_recognition.h"

namespace spikeloom::converter {
namespace {

using Kind = ChannelStep::Kind;

using base::at;

/// Returns the parts of each activation that the input adds: usually of one.
std::vector<std::vector<Source>> addends_of(const Context& context, const OnnxNode& node,
                                            const Value& input) {
  if (std::holds_alternative<ImageValue>(input.content)) return {{{kImage, {}, input.shape}}};
  if (const auto* levels = std::get_if<LevelsValue>(&input.content)) {
    return {sources_of(context, node, *levels)};
  }
  const SumValue& sum = std::get<SumValue>(input.content);
  if (sum.addends.empty() || !sum.layer.steps.empty()) {
    node.refuse(fmt::format("its input comes from {} without a quantizer", sum.layer.label),
                "a quantizer after every layer but the last");
  }
  std::vector<std::vector<Source>> addends;
  for (const LevelsValue& levels : sum.addends)
    addends.push_back(sources_of(context, node, levels));
  return addends;
}

/// Weights of all channels of an input, to be split by its parts.
struct Convolution {
  int groups = 1;
  int group_inputs = 1;
  int group_outputs = 1;
  int taps = 1;
  std::shared_ptr<const GraphWeights> weights;  ///< [out channel][in channel / groups][tap]
};

/// Sets `term` to the part of `whole` that reads the input channels first .. first +
/// term.input.channels - 1. If these are whole groups, the term keeps the groups. If not, the term
/// is one group over all outputs that the channels contribute to, with weights 0 between different
/// groups.
void cut(const OnnxNode& node, const Convolution& whole, int first, QuantizedTerm& term) {
  const int inputs = term.input.channels;
  const int first_group = first / whole.group_inputs;
  const int groups = (first + inputs - 1) / whole.group_inputs - first_group + 1;
  const bool aligned = first % whole.group_inputs == 0 && inputs % whole.group_inputs == 0;
  term.groups = aligned ? groups : 1;
  term.first_output = first_group * whole.group_outputs;
  term.outputs = groups * whole.group_outputs;
  if (inputs == whole.groups * whole.group_inputs) {
    term.weights = whole.weights;
    return;
  }
  const int term_inputs = inputs / term.groups;
  check_weights(node, std::int64_t{term.outputs} * term_inputs * whole.taps);
  auto weights = std::make_shared<GraphWeights>();
  const bool coded = !whole.weights->codes.empty();
  for (int o = 0; o < term.outputs; ++o) {
    const int group = first_group + o / whole.group_outputs;
    if (coded) weights->scales.push_back(whole.weights->scales[at(term.first_output + o)]);
    for (int i = 0; i < term_inputs; ++i) {
      const int channel = aligned ? group * whole.group_inputs + i : first + i;
      const bool inside = channel / whole.group_inputs == group;
      const int row = (term.first_output + o) * whole.group_inputs + channel % whole.group_inputs;
      for (int t = 0; t < whole.taps; ++t) {
        const std::size_t from = at(row * whole.taps + t);
        weights->values.push_back(inside ? whole.weights->values[from] : 0.0F);
        if (coded) weights->codes.push_back(inside ? whole.weights->codes[from] : 0);
      }
    }
  }
  term.weights = std::move(weights);
}

/// Returns the weights of a tensor, with codes and scales if it has them per output, which is
/// dimension `axis`.
GraphWeights graph_weights(const OnnxNode& node, const Tensor& tensor, int axis, int outputs) {
  if (!is_floating(tensor.type)) {
    node.refuse(fmt::format("weights of type {}", type_name(tensor.type)),
                "numbers of a floating type");
  }
  GraphWeights weights;
  if (!tensor.grid) {
    weights.values = floats(node, tensor, "weights");
    return weights;
  }
  require_finite(node, tensor, "weights");
  weights.values.assign(tensor.values.begin(), tensor.values.end());
  if (tensor.grid->scales.size() == 1 ||
      (tensor.grid->axis == axis && tensor.grid->scales.size() == at(outputs))) {
    weights.codes = tensor.grid->codes;
    weights.scales = tensor.grid->scales;
    weights.scales.resize(at(outputs), weights.scales.front());
  }
  return weights;
}

void multiply_channel(QuantizedLayer& side, std::size_t channel, const Rational& factor) {
  side.offset[channel] = side.offset[channel] * factor;
  for (QuantizedTerm& term : side.terms) {
    const auto first = at(term.first_output);
    if (channel >= first && channel < first + at(term.outputs)) {
      term.multiply(channel - first, factor);
    }
  }
}

/// Folds bias and steps of `side` into its offset and the factors of its terms.
void fold(const OnnxNode& node, QuantizedLayer& side) {
  const auto channels = at(side.output.channels);
  if (side.offset.empty()) side.offset.assign(channels, Rational());
  for (std::size_t c = 0; c < channels; ++c) {
    side.offset[c] = side.offset[c] + Rational::from_double(static_cast<double>(side.bias[c]));
    for (const ChannelStep& step : side.steps) {
      switch (step.kind) {
        case Kind::kNormalize:
          node.refuse(fmt::format("{} is on one side of it alone", step.label),
                      "an addition of integer sums, with the normalization after it");
        case Kind::kClamp:
        case Kind::kLeakyRelu:
          node.refuse(fmt::format("{} bends one side of it alone", step.label),
                      "an addition of integer sums, or of quantized activations");
        case Kind::kAdd:
          side.offset[c] = side.offset[c] + Rational::from_double(step.values[c]);
          break;
        case Kind::kMultiply:
          multiply_channel(side, c, Rational::from_double(step.values[c]));
          break;
        case Kind::kDivide:
          multiply_channel(side, c, Rational(1) / Rational::from_double(step.values[c]));
          break;
      }
    }
  }
  side.bias.assign(channels, 0.0F);
  side.steps.clear();
}

/// Whether two terms are the same convolution of the same levels, whatever their factors are. The
/// host computes those of the image, node by node.
bool same_convolution(const QuantizedTerm& a, const QuantizedTerm& b) {
  return a.source == b.source && a.source != kImage && a.first_output == b.first_output &&
         a.outputs == b.outputs && a.groups == b.groups && a.input == b.input &&
         a.window == b.window &&
         (a.weights == b.weights ||
          (a.weights->values == b.weights->values && a.weights->codes == b.weights->codes &&
           a.weights->scales == b.weights->scales)) &&
         a.decoding.step == b.decoding.step && a.decoding.offset == b.decoding.offset;
}

/// Adds a term to a sum. One that the sum has counts with the sum of their factors, unless an
/// output would lose it, so that a tensor added to itself again and again stays one term.
void add_term(QuantizedTerm term, std::vector<QuantizedTerm>& sum) {
  const auto factor = [](const QuantizedTerm& of, std::size_t output) {
    return of.factors.empty() ? Rational(1) : of.factors[output];
  };
  for (QuantizedTerm& other : sum) {
    if (!same_convolution(term, other)) continue;
    std::vector<Rational> factors;
    for (std::size_t o = 0; o < at(term.outputs); ++o) {
      factors.push_back(factor(other, o) + factor(term, o));
    }
    if (std::any_of(factors.begin(), factors.end(),
                    [](const Rational& of) { return of.sign() == 0; })) {
      continue;
    }
    other.factors = std::move(factors);
    return;
  }
  sum.push_back(std::move(term));
}

/// Merges the equal terms of a sum of many.
void merge_equal(std::vector<QuantizedTerm>& terms) {
  constexpr std::size_t kFewTerms = 16;
  if (terms.size() <= kFewTerms) return;
  std::vector<QuantizedTerm> merged;
  for (QuantizedTerm& term : terms) add_term(std::move(term), merged);
  terms = std::move(merged);
}

/// Whether a sum of these activations is to be kept as such: a weighted sum of it has terms of each
/// part of each of them.
bool few_parts(const std::vector<LevelsValue>& addends) {
  constexpr std::size_t kMaxParts = 256;
  std::size_t parts = 0;
  for (const LevelsValue& levels : addends) parts += levels.parts.size();
  return parts <= kMaxParts;
}

}  // namespace

void set_channels_first(Value& value) {
  auto* image = std::get_if<ImageValue>(&value.content);
  auto* levels = std::get_if<LevelsValue>(&value.content);
  const bool quantized = levels != nullptr && levels->parts.size() == 1 &&
                         levels->parts.front().tensor->quantizes_image &&
                         levels->parts.front().tensor->numbers.empty();
  if ((image == nullptr && !quantized) || value.layout.rank() < 2 ||
      value.layout.is_planes(value.shape)) {
    return;
  }
  // Its dimensions before the transposition, with the channels last.
  std::vector<int> before(value.layout.dims().begin() + 1, value.layout.dims().end());
  before.push_back(value.layout.dims().front());
  std::vector<int> axes = {value.layout.rank() - 1};
  for (int d = 0; d + 1 < value.layout.rank(); ++d) axes.push_back(d);
  const bool transposed = Layout(before).transposed(axes).order() == value.layout.order();
  const std::vector<ImageStep>& steps =
      quantized ? levels->parts.front().tensor->image_steps : image->steps;
  const bool uniform = std::all_of(steps.begin(), steps.end(), [](const ImageStep& step) {
    return std::all_of(step.values.begin(), step.values.end(),
                       [&step](float number) { return number == step.values.front(); });
  });
  if ((!transposed && !value.layout.in_order()) || !uniform) return;
  const std::vector<int>& dims = value.layout.dims();
  value.shape = {dims[0], dims.size() == 3 ? dims[1] : 1, dims.back()};
  const auto resize = [&value](std::vector<ImageStep>& all) {
    for (ImageStep& step : all) {
      if (!step.values.empty()) step.values.assign(at(value.shape.channels), step.values.front());
    }
  };
  value.layout = Layout(dims);
  if (image != nullptr) {
    resize(image->steps);
    return;
  }
  LevelsPart& part = levels->parts.front();
  auto tensor = std::make_shared<QuantizedTensor>(*part.tensor);
  resize(tensor->image_steps);
  const std::string name = tensor->layer.name;
  const std::string label = tensor->layer.label;
  tensor->layer = image_layer(name, label, value.shape, tensor->image_steps);
  part.tensor = std::move(tensor);
  part.shape = value.shape;
}

Value read_convolution(const Context& context, const OnnxNode& node, const Value& given,
                       const Tensor& weights) {
  Value input = given;
  set_channels_first(input);
  require_planes(node, input);
  require_zero_padding(node, input);
  const Shape shape = input.shape;
  const int rank = input.layout.rank() + 1;
  const std::int64_t groups = node.integer("group", 1);
  if (weights.rank() != rank || groups < 1 || groups > shape.channels ||
      weights.dims[1] * groups != shape.channels || weights.dims[0] % groups != 0 ||
      weights.values.empty()) {
    node.refuse(fmt::format("weights of {} in {} groups over {} channels",
                            format_dims(weights.dims), groups, shape.channels),
                rank == 4 ? "out channels x in channels/group x height x width"
                          : "out channels x in channels/group x length");
  }
  // A convolution in one dimension goes along the one that its input has.
  const bool along_height = rank == 3 && shape.width == 1 && shape.height != 1;
  std::pair<int, int> kernel(static_cast<int>(weights.dims[2]), 1);
  if (rank == 4) kernel.second = static_cast<int>(weights.dims[3]);
  if (rank == 3 && !along_height) std::swap(kernel.first, kernel.second);
  Window window = read_window(node, padded(input), rank - 2, kernel, along_height);
  add_pads(input, window);
  QuantizedLayer layer = start(node);
  layer.output = output_shape(window, shape, static_cast<int>(weights.dims[0]));
  layer.bias.assign(at(layer.output.channels), 0.0F);
  Convolution whole;
  whole.groups = static_cast<int>(groups);
  whole.group_inputs = shape.channels / whole.groups;
  whole.group_outputs = layer.output.channels / whole.groups;
  whole.taps = window.taps();
  whole.weights =
      std::make_shared<GraphWeights>(graph_weights(node, weights, 0, layer.output.channels));
  for (const std::vector<Source>& sources : addends_of(context, node, input)) {
    int first = 0;
    for (const Source& source : sources) {
      QuantizedTerm& term = layer.terms.emplace_back(start_term(node, source));
      term.window = window;
      cut(node, whole, first, term);
      first += source.shape.channels;
    }
  }
  Layout layout = planes_layout(input, layer.output);
  return sum_value(context, node, input, std::move(layer), std::move(layout));
}

void add_bias(const OnnxNode& node, const Tensor& tensor, Value& value) {
  QuantizedLayer& layer = std::get<SumValue>(value.content).layer;
  std::vector<double> bias = numbers(node, tensor, "bias");
  if (bias.size() == 1) bias.assign(layer.bias.size(), bias.front());
  if (bias.size() != layer.bias.size()) {
    node.refuse(fmt::format("{} numbers of bias", bias.size()),
                fmt::format("{}, one per output channel", layer.bias.size()));
  }
  for (std::size_t c = 0; c < bias.size(); ++c) {
    layer.bias[c] = static_cast<float>(bias[c]);
    if (static_cast<double>(layer.bias[c]) != bias[c]) {
      node.refuse(fmt::format("its bias holds {}, which is no float32 number", bias[c]),
                  "numbers that float32 holds exactly");
    }
  }
}

Value read_product(const Context& context, const OnnxNode& node, const Value& input,
                   const Tensor& weights, bool transposed) {
  const Layout& layout = input.layout;
  const int inputs = layout.dims().back();
  if (weights.rank() != 2 || weights.values.empty() || weights.dims[transposed ? 1 : 0] != inputs) {
    node.refuse(fmt::format("weights of {} over {} inputs", format_dims(weights.dims), inputs),
                transposed ? "outputs x inputs" : "inputs x outputs");
  }
  const int outputs = static_cast<int>(weights.dims[transposed ? 0 : 1]);
  const GraphWeights all = graph_weights(node, weights, transposed ? 0 : 1, outputs);
  const auto index = [&](int output, int i) {
    return transposed ? at(output) * at(inputs) + at(i) : at(i) * at(outputs) + at(output);
  };
  const bool coded = !all.codes.empty();
  QuantizedLayer layer = start(node);
  layer.bias.assign(at(outputs), 0.0F);
  if (!input.pads.empty()) node.refuse("padding goes before it", "no padding");
  if (layout.rank() > 1 && layout.size() != inputs) {
    // The last dimension holds the channels: a convolution of single pixels.
    std::vector<int> channels_first = {layout.rank() - 1};
    std::vector<int> channels_last;
    for (int d = 0; d + 1 < layout.rank(); ++d) {
      channels_first.push_back(d);
      channels_last.push_back(d + 1);
    }
    channels_last.push_back(0);
    const Layout sorted = layout.transposed(channels_first);
    if (!sorted.in_order() || inputs != input.shape.channels) {
      node.refuse(fmt::format("its input of {} is no vector", format_shape(input)),
                  "Flatten before it, or channels in the last dimension");
    }
    layer.output = {outputs, input.shape.height, input.shape.width};
    check_size(node, layer.output);
    auto weights_of_all = std::make_shared<GraphWeights>();
    for (int o = 0; o < outputs; ++o) {
      for (int i = 0; i < inputs; ++i) {
        weights_of_all->values.push_back(all.values[index(o, i)]);
        if (coded) weights_of_all->codes.push_back(all.codes[index(o, i)]);
      }
    }
    weights_of_all->scales = all.scales;
    Convolution whole;
    whole.group_inputs = inputs;
    whole.group_outputs = outputs;
    whole.weights = weights_of_all;
    for (const std::vector<Source>& sources : addends_of(context, node, input)) {
      int first = 0;
      for (const Source& source : sources) {
        QuantizedTerm& term = layer.terms.emplace_back(start_term(node, source));
        cut(node, whole, first, term);
        first += source.shape.channels;
      }
    }
    std::vector<int> dims = sorted.dims();
    dims[0] = outputs;
    Layout result = Layout(std::move(dims)).transposed(channels_last);
    return sum_value(context, node, input, std::move(layer), std::move(result));
  }
  layer.output = {outputs, 1, 1};
  std::vector<int> element(at(inputs));  // [neuron]: its element
  for (int i = 0; i < inputs; ++i) element[at(layout.neuron(i))] = i;
  for (const std::vector<Source>& sources : addends_of(context, node, input)) {
    int first = 0;
    for (const Source& source : sources) {
      QuantizedTerm& term = layer.terms.emplace_back(start_term(node, source));
      term.window.kernel_height = source.shape.height;
      term.window.kernel_width = source.shape.width;
      term.outputs = outputs;
      auto part = std::make_shared<GraphWeights>();
      const int count = source.shape.size();
      part->values.reserve(at(outputs) * at(count));
      for (int o = 0; o < outputs; ++o) {
        for (int n = first; n < first + count; ++n) {
          part->values.push_back(all.values[index(o, element[at(n)])]);
          if (coded) part->codes.push_back(all.codes[index(o, element[at(n)])]);
        }
      }
      part->scales = all.scales;
      term.weights = std::move(part);
      first += count;
    }
  }
  std::vector<int> dims = layout.dims();
  dims.back() = outputs;
  return sum_value(context, node, input, std::move(layer), Layout(std::move(dims)));
}

Value read_gemm(const Context& context, const OnnxNode& node, const Value& input) {
  node.allow_attributes({"alpha", "beta", "transA", "transB"});
  if (node.real("alpha", 1) != 1 || node.real("beta", 1) != 1 || node.integer("transA", 0) != 0) {
    node.refuse("alpha or beta is not 1, or transA not 0", "alpha 1, beta 1, transA 0");
  }
  if (input.layout.rank() != 1) node.refuse("its input is no vector", "Flatten before it");
  Value value = read_product(context, node, input, context.graph.constant(node, 1, "weights"),
                             node.integer("transB", 0) != 0);
  if (!node.input(2).empty()) add_bias(node, context.graph.constant(node, 2, "bias"), value);
  return value;
}

Value read_addition(const Context& context, const OnnxNode& node, std::vector<Value> sides) {
  node.allow_attributes({});
  // Activations, and sums of nothing else.
  std::vector<LevelsValue> addends;
  bool only_activations = true;
  for (std::size_t i = 0; i < sides.size(); ++i) {
    std::vector<LevelsValue> of_side;
    if (const auto* levels = std::get_if<LevelsValue>(&sides[i].content)) of_side = {*levels};
    if (const auto* sum = std::get_if<SumValue>(&sides[i].content)) {
      if (sum->layer.steps.empty()) of_side = sum->addends;
    }
    only_activations = only_activations && !of_side.empty();
    for (LevelsValue& levels : of_side) {
      for (LevelsPart& part : levels.parts) {
        if (i == 0 || node.op() != "Sub") continue;
        part.decoding = {-part.decoding.step, -part.decoding.offset};
        part.values.multiply(-1);
      }
      addends.push_back(std::move(levels));
    }
  }
  for (Value& side : sides) {
    if (side.layout.dims() != sides.front().layout.dims()) {
      node.refuse(fmt::format("its inputs are of the shapes {} and {}", format_shape(sides.front()),
                              format_shape(side)),
                  "equal shapes");
    }
    if (!std::holds_alternative<SumValue>(side.content)) side = identity_sum(context, node, side);
    if (!(side.shape == sides.front().shape) ||
        side.layout.order() != sides.front().layout.order()) {
      node.refuse("its inputs are reshaped or transposed in different ways", "equal ones");
    }
    fold(node, std::get<SumValue>(side.content).layer);
  }
  Value value = std::move(sides.front());
  SumValue& result = std::get<SumValue>(value.content);
  result.node = context.position(node);
  result.passed_on.clear();
  QuantizedLayer& sum = result.layer;
  sum.name = node.name();
  sum.label = node.label();
  std::size_t merged = sum.terms.size();
  for (std::size_t i = 1; i < sides.size(); ++i) {
    QuantizedLayer& side = std::get<SumValue>(sides[i].content).layer;
    for (std::size_t c = 0; c < side.offset.size(); ++c) {
      if (node.op() == "Sub") multiply_channel(side, c, Rational(-1));
      sum.offset[c] = sum.offset[c] + side.offset[c];
    }
    std::move(side.terms.begin(), side.terms.end(), std::back_inserter(sum.terms));
    // Not after each side: that would compare all terms with each other again and again.
    if (sum.terms.size() < 2 * merged) continue;
    merge_equal(sum.terms);
    check_parts(node, sum.terms.size());
    merged = sum.terms.size();
  }
  merge_equal(sum.terms);
  check_parts(node, sum.terms.size());
  result.addends =
      only_activations && few_parts(addends) ? std::move(addends) : std::vector<LevelsValue>();
  return value;
}

}  // namespace spikeloom::converter
