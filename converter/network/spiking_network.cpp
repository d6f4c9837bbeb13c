// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/network/spiking_network.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include <fmt/format.h>

#include "spikeloom/base/enum_names.h"
#include "spikeloom/base/envelope.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/json_integer.h"
#include "spikeloom/converter/network/network_check.h"

namespace spikeloom::converter {
namespace {

using nlohmann::json;

int to_int(const json& value) { return base::json_integer<int>(value, "a size"); }

template <typename T>
std::vector<T> to_numbers(const json& value) {
  if (value.get_binary().size() % sizeof(T) != 0) {
    throw std::invalid_argument("an array ends within a number");
  }
  return base::unpack<T>(value);
}

json from_shape(const Shape& shape) { return {shape.channels, shape.height, shape.width}; }

Shape to_shape(const json& value) {
  return {to_int(value.at(0)), to_int(value.at(1)), to_int(value.at(2))};
}

json from_window(const Window& w) {
  return {{"kernel", {w.kernel_height, w.kernel_width}},
          {"stride", {w.stride_y, w.stride_x}},
          {"pad", {w.pad_top, w.pad_left, w.pad_bottom, w.pad_right}},
          {"dilation", {w.dilation_y, w.dilation_x}}};
}

Window to_window(const json& value) {
  const auto at = [&value](const char* key, std::size_t i) { return to_int(value.at(key).at(i)); };
  return {at("kernel", 0), at("kernel", 1), at("stride", 0), at("stride", 1),   at("pad", 0),
          at("pad", 1),    at("pad", 2),    at("pad", 3),    at("dilation", 0), at("dilation", 1)};
}

/// Whether version 2 of the format can hold the quantizer.
bool fits_version_2(const Quantizer& quantizer) {
  return quantizer.precision() &&
         (quantizer.rounding == Rounding::kHalfUp || quantizer.rounding == Rounding::kHalfEven);
}

json from_quantizer(const Quantizer& quantizer) {
  if (fits_version_2(quantizer)) {
    return {{"k", *quantizer.precision()},
            {"levels", quantizer.levels},
            {"half_even", quantizer.rounding == Rounding::kHalfEven}};
  }
  return {{"step", quantizer.step},
          {"offset", quantizer.offset},
          {"levels", quantizer.levels},
          {"rounding", name(quantizer.rounding)}};
}

Quantizer to_quantizer(const json& value) {
  const int levels = to_int(value.at("levels"));
  if (value.contains("k")) {
    const int k = to_int(value.at("k"));
    if (k < 0 || k > Quantizer::kMaxPrecision) throw std::invalid_argument("precision");
    return Quantizer::of_precision(
        k, levels, value.at("half_even").get<bool>() ? Rounding::kHalfEven : Rounding::kHalfUp);
  }
  const auto rounding = base::value_named<Rounding>(value.at("rounding").get<std::string>());
  if (!rounding) throw std::invalid_argument("unknown rounding");
  return {levels, value.at("step").get<double>(), value.at("offset").get<double>(), *rounding};
}

json from_border(const BorderClasses& classes) {
  return {{"count", classes.count}, {"of", base::pack(classes.of)}};
}

BorderClasses to_border(const json& value) {
  return {to_numbers<std::uint16_t>(value.at("of")), to_int(value.at("count"))};
}

json from_term(const Term& term) {
  return {{"source", term.source},
          {"input", from_shape(term.input)},
          {"input_levels", term.input_levels},
          {"window", from_window(term.window)},
          {"groups", term.groups},
          {"repeat", term.repeat},
          {"first_output", term.first_output},
          {"outputs", term.outputs},
          {"weights", base::pack(term.weights)}};
}

Term to_term(const json& value) {
  Term term;
  term.source = to_int(value.at("source"));
  term.input = to_shape(value.at("input"));
  term.input_levels = to_int(value.at("input_levels"));
  term.window = to_window(value.at("window"));
  term.groups = to_int(value.at("groups"));
  term.repeat = to_int(value.at("repeat"));
  term.first_output = to_int(value.at("first_output"));
  term.outputs = to_int(value.at("outputs"));
  term.weights = to_numbers<std::int8_t>(value.at("weights"));
  return term;
}

json from_layer(const SpikingLayer& layer) {
  json terms = json::array();
  for (const Term& term : layer.terms) terms.push_back(from_term(term));
  json value = {{"name", layer.name},
                {"max_pool", pools(layer.kind)},
                {"output", from_shape(layer.output)},
                {"quantizer", from_quantizer(layer.quantizer)},
                {"thresholds", base::pack(layer.thresholds)},
                {"terms", std::move(terms)}};
  if (!layer.rows.of.empty()) value["rows"] = from_border(layer.rows);
  if (!layer.columns.of.empty()) value["columns"] = from_border(layer.columns);
  return value;
}

SpikingLayer to_layer(const json& value) {
  SpikingLayer layer;
  value.at("name").get_to(layer.name);
  layer.kind = value.at("max_pool").get<bool>() ? LayerKind::kMaxPool : LayerKind::kSum;
  layer.output = to_shape(value.at("output"));
  layer.quantizer = to_quantizer(value.at("quantizer"));
  if (value.contains("rows")) layer.rows = to_border(value.at("rows"));
  if (value.contains("columns")) layer.columns = to_border(value.at("columns"));
  layer.thresholds = to_numbers<std::int32_t>(value.at("thresholds"));
  for (const json& term : value.at("terms")) layer.terms.push_back(to_term(term));
  return layer;
}

json from_encoder(const HostEncoder& encoder) {
  json value = {{"name", encoder.name},
                {"input", from_shape(encoder.input)},
                {"output", from_shape(encoder.output)},
                {"window", from_window(encoder.window)},
                {"groups", encoder.groups},
                {"weights", base::pack(encoder.weights)},
                {"bias", base::pack(encoder.bias)},
                {"normalized", encoder.normalized},
                {"gamma", base::pack(encoder.gamma)},
                {"beta", base::pack(encoder.beta)},
                {"mean", base::pack(encoder.mean)},
                {"variance", base::pack(encoder.variance)},
                {"epsilon", encoder.epsilon},
                {"quantizer", from_quantizer(encoder.quantizer)}};
  if (!encoder.thresholds.empty()) value["thresholds"] = base::pack(encoder.thresholds);
  for (const PixelStep& step : encoder.pixel_steps) {
    value["pixel_steps"].push_back(
        {{"kind", name(step.kind)}, {"values", base::pack(step.values)}});
  }
  if (encoder.pixel_quantizer) {
    value["pixel_quantizer"] = {{"quantizer", from_quantizer(encoder.pixel_quantizer->quantizer)},
                                {"thresholds", base::pack(encoder.pixel_quantizer->thresholds)}};
  }
  return value;
}

HostEncoder to_encoder(const json& value) {
  HostEncoder encoder;
  value.at("name").get_to(encoder.name);
  encoder.input = to_shape(value.at("input"));
  encoder.output = to_shape(value.at("output"));
  encoder.window = to_window(value.at("window"));
  encoder.groups = to_int(value.at("groups"));
  encoder.weights = to_numbers<float>(value.at("weights"));
  encoder.bias = to_numbers<float>(value.at("bias"));
  value.at("normalized").get_to(encoder.normalized);
  encoder.gamma = to_numbers<float>(value.at("gamma"));
  encoder.beta = to_numbers<float>(value.at("beta"));
  encoder.mean = to_numbers<float>(value.at("mean"));
  encoder.variance = to_numbers<float>(value.at("variance"));
  value.at("epsilon").get_to(encoder.epsilon);
  encoder.quantizer = to_quantizer(value.at("quantizer"));
  if (value.contains("thresholds")) {
    encoder.thresholds = to_numbers<double>(value.at("thresholds"));
  }
  if (value.contains("pixel_steps")) {
    for (const json& step : value.at("pixel_steps")) {
      const auto kind = base::value_named<PixelStep::Kind>(step.at("kind").get<std::string>());
      if (!kind) throw std::invalid_argument("unknown step of pixels");
      encoder.pixel_steps.push_back({*kind, to_numbers<float>(step.at("values"))});
    }
  }
  if (value.contains("pixel_quantizer")) {
    const json& quantizer = value.at("pixel_quantizer");
    encoder.pixel_quantizer = {to_quantizer(quantizer.at("quantizer")),
                               to_numbers<float>(quantizer.at("thresholds"))};
  }
  return encoder;
}

/// Whether version 2 of the format can hold the readout: with biases in float32 alone.
bool fits_version_2(const HostReadout& readout) {
  return readout.constant.empty() && readout.scale.empty() &&
         std::all_of(readout.bias.begin(), readout.bias.end(), [](double bias) {
           return static_cast<double>(static_cast<float>(bias)) == bias;
         });
}

json from_readout(const HostReadout& readout) {
  json value = {{"name", readout.name},
                {"inputs", readout.inputs},
                {"classes", readout.classes},
                {"weights", base::pack(readout.weights)}};
  if (fits_version_2(readout)) {
    value["bias"] = base::pack(std::vector<float>(readout.bias.begin(), readout.bias.end()));
  } else {
    value["bias"] = base::pack(readout.bias);
    value["constant"] = base::pack(readout.constant);
    value["scale"] = base::pack(readout.scale);
  }
  return value;
}

/// Whether version 2 of the format can hold the network. Such networks are written as before.
bool fits_version_2(const SpikingNetwork& network) {
  const HostEncoder& encoder = network.encoder;
  return fits_version_2(encoder.quantizer) && encoder.thresholds.empty() &&
         encoder.pixel_steps.empty() && !encoder.pixel_quantizer &&
         fits_version_2(network.readout) &&
         std::all_of(network.layers.begin(), network.layers.end(), [](const SpikingLayer& layer) {
           return fits_version_2(layer.quantizer) && layer.rows.of.empty() &&
                  layer.columns.of.empty();
         });
}

HostReadout to_readout(const json& value) {
  HostReadout readout;
  value.at("name").get_to(readout.name);
  readout.inputs = to_int(value.at("inputs"));
  readout.classes = to_int(value.at("classes"));
  readout.weights = to_numbers<float>(value.at("weights"));
  if (value.contains("constant")) {
    readout.bias = to_numbers<double>(value.at("bias"));
    readout.constant = to_numbers<double>(value.at("constant"));
    readout.scale = to_numbers<double>(value.at("scale"));
  } else {
    const auto bias = to_numbers<float>(value.at("bias"));
    readout.bias.assign(bias.begin(), bias.end());
  }
  return readout;
}

int output_extent(int input, int kernel, int stride, int pads, int dilation) {
  const std::int64_t room =
      std::int64_t{input} + pads - std::int64_t{dilation} * (kernel - std::int64_t{1}) - 1;
  return room < 0 || stride < 1 ? 0 : static_cast<int>(room / stride + 1);
}

}  // namespace

Quantizer Quantizer::of_precision(int k, int levels, Rounding rounding) {
  return {levels, std::ldexp(1.0, -k), 0, rounding};
}

std::optional<int> Quantizer::precision() const {
  int exponent = 0;
  if (offset != 0 || std::frexp(step, &exponent) != 0.5) return std::nullopt;
  const int k = 1 - exponent;
  return k >= 0 && k <= kMaxPrecision ? std::optional<int>(k) : std::nullopt;
}

Shape output_shape(const Window& window, const Shape& input, int channels) {
  return {channels,
          output_extent(input.height, window.kernel_height, window.stride_y,
                        window.pad_top + window.pad_bottom, window.dilation_y),
          output_extent(input.width, window.kernel_width, window.stride_x,
                        window.pad_left + window.pad_right, window.dilation_x)};
}

std::vector<std::uint8_t> SpikingNetwork::encode() const {
  json body;
  body["name"] = name;
  body["encoder"] = from_encoder(encoder);
  body["layers"] = json::array();
  for (const SpikingLayer& layer : layers) body["layers"].push_back(from_layer(layer));
  body["readout"] = from_readout(readout);
  return base::encode_envelope({base::FileKind::kSpikingNetwork,
                                fits_version_2(*this) ? kOldestVersion : kVersion,
                                std::move(body)});
}

SpikingNetwork SpikingNetwork::decode(const std::vector<std::uint8_t>& bytes,
                                      const std::string& source) {
  const json body =
      base::decode_body(bytes, source, base::FileKind::kSpikingNetwork, kVersion, kOldestVersion);
  try {
    SpikingNetwork network;
    body.at("name").get_to(network.name);
    network.encoder = to_encoder(body.at("encoder"));
    for (const json& layer : body.at("layers")) network.layers.push_back(to_layer(layer));
    network.readout = to_readout(body.at("readout"));
    check_network(network);
    return network;
  } catch (const std::exception& error) {
    throw base::UserError(fmt::format("{}: not a valid spiking network: {}", source, error.what()));
  }
}

int SpikingLayer::fan_in(int channel) const {
  int synapses = 0;
  for (const Term& term : terms) {
    const bool has = channel >= term.first_output && channel < term.first_output + term.outputs;
    if (has) synapses += term.repeat * term.fan_in();
  }
  return synapses;
}

const Shape& SpikingNetwork::shape_of(int source) const {
  return source == kEncoder ? encoder.output : layers[static_cast<std::size_t>(source)].output;
}

const Quantizer& SpikingNetwork::quantizer_of(int source) const {
  return source == kEncoder ? encoder.quantizer
                            : layers[static_cast<std::size_t>(source)].quantizer;
}

std::vector<int> SpikingNetwork::depths() const {
  std::vector<int> depths;
  for (const SpikingLayer& layer : layers) {
    const int source = layer.terms.front().source;
    depths.push_back(source == kEncoder ? 1 : depths[static_cast<std::size_t>(source)] + 1);
  }
  return depths;
}

void collect_synapses(const Term& term, int channel, int y, int x, std::vector<Synapse>& synapses) {
  synapses.clear();
  const int output = channel - term.first_output;
  if (output < 0 || output >= term.outputs) return;
  const Window& w = term.window;
  const int inputs = term.group_inputs();
  const int first_input = output / term.group_outputs() * inputs;
  for (int c = 0; c < inputs; ++c) {
    for (int ky = 0; ky < w.kernel_height; ++ky) {
      const int in_y = y * w.stride_y - w.pad_top + ky * w.dilation_y;
      if (in_y < 0 || in_y >= term.input.height) continue;
      for (int kx = 0; kx < w.kernel_width; ++kx) {
        const int in_x = x * w.stride_x - w.pad_left + kx * w.dilation_x;
        if (in_x < 0 || in_x >= term.input.width) continue;
        const auto weight = static_cast<std::size_t>(
            ((output * inputs + c) * w.kernel_height + ky) * w.kernel_width + kx);
        synapses.push_back({term.input.index(first_input + c, in_y, in_x),
                            term.weights.empty() ? 1 : term.weights[weight]});
      }
    }
  }
}

std::string format_shape(const Shape& shape) {
  return fmt::format("{}x{}x{}", shape.channels, shape.height, shape.width);
}

}  // namespace spikeloom::converter
