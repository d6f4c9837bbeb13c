// SPDX-License-Identifier: Apache-2.0
// Tests that graphs are converted without loss. Random graphs of all accepted forms are written as
// ONNX models, and every layer is compared with the graph's evaluation node by node in exact
// numbers.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/base/error.h"
#include "testbenches/unit/converter/onnx_comparison.h"

namespace spikeloom::converter {
namespace {

constexpr const char* kQonnx = "qonnx.custom_op.general";

/// Generates random graphs of quantized layers. In a graph of short numbers all numbers are short
/// binary fractions, so that ties are frequent, and branches meet in sums and concatenations. In
/// other graphs scales are any float32 numbers, and the layers are a chain, since sums of
/// unrelated scales are refused.
class GraphMaker {
 public:
  /// Makes at most `max_steps` layers between the first and the last ones.
  GraphMaker(std::uint64_t seed, int max_steps)
      : random_(seed),
        short_(random_.chance(60)),
        planar_(random_.chance(80)),
        onnx_(planar_ ? Dims{-1, 1, 4, 4} : Dims{-1, 1, 8}) {
    options.first_layer = static_cast<FirstLayer>(random_.between(0, 2));
    Tensor image{"image", {1, planar_ ? 4 : 1, planar_ ? 4 : 8}};
    begin(image);
    const int steps = random_.between(2, 6);
    for (int i = 0; i < std::min(steps, max_steps); ++i) step();
    finish();
    remove_unused();
  }

  /// A quantized tensor, or a sum before its quantizer.
  struct Tensor {
    std::string name;
    Shape shape;
    std::string layer = {};  ///< the node that begins its layer
    int readers = 0;
    bool is_flat = false;
    // If a QuantizeLinear makes it: its integers, scale and zero point.
    std::string integers = {};
    std::string scale = {};
    std::string zero = {};
    bool is_signed = false;
  };

  OnnxBuilder& onnx() { return onnx_; }
  /// Returns the tensors whose values the levels of a layer may stand for.
  const std::set<std::string>& tensors_of(const std::string& layer) const {
    static const std::set<std::string> kNone;
    const auto found = tensors_of_.find(layer);
    return found == tensors_of_.end() ? kNone : found->second;
  }

  /// Returns the scales of the QuantizeLinear and QLinearConv.
  const std::set<double>& scales() const { return scales_; }
  /// Whether it is the output of one.
  bool is_integer(const std::string& tensor) const { return integers_.count(tensor) != 0; }

  /// Returns the exact weights of tensors that the model has rounded.
  const std::map<std::string, std::vector<test::Real>>& exact() const { return exact_; }

  ImportOptions options;

 private:
  std::vector<float> numbers(int count, int minimum, int maximum, float unit) {
    std::vector<float> values;
    for (int i = 0; i < count; ++i) {
      values.push_back(static_cast<float>(random_.between(minimum, maximum)) * unit);
    }
    return values;
  }

  /// A positive number of about this size, a power of two in a graph of short numbers.
  float scale_near(float size) { return short_ ? size : size * random_.real(0.75F, 1.5F); }

  /// Adds weights of 1 to 8 bits: floats, or int8 through DequantizeLinear, with one scale for all
  /// or one per output.
  std::string weights(const Dims& dims) {
    const auto outputs = static_cast<int>(dims[0]);
    int fan_in = 1;
    for (std::size_t d = 1; d < dims.size(); ++d) fan_in *= static_cast<int>(dims[d]);
    const int maximum = random_.chance(60) ? 1 : random_.chance(50) ? 3 : short_ ? 7 : 127;
    const bool by_output = random_.chance(50);
    const float size = maximum == 127 ? 0.0078125F : 0.25F;
    std::vector<float> scales;
    for (int o = 0; o < (by_output ? outputs : 1); ++o) {
      scales.push_back(short_ ? static_cast<float>(random_.between(1, 4)) * size
                              : scale_near(2 * size));
    }
    if (random_.chance(20)) {
      // The integers are those that Quant makes of real numbers.
      return quant(onnx_.floats(dims, random_.reals(outputs * fan_in, -1.0F, 1.0F)),
                   random_.between(1, 4), scale_near(0.25F), 0);
    }
    std::vector<std::int8_t> codes;
    std::vector<float> products;
    for (int i = 0; i < outputs * fan_in; ++i) {
      codes.push_back(static_cast<std::int8_t>(random_.between(-maximum, maximum)));
      products.push_back(static_cast<float>(codes.back()) *
                         scales[by_output ? static_cast<std::size_t>(i / fan_in) : 0]);
    }
    if (random_.chance(50)) {
      // The products are rounded to float32; the network is one of integers and scales.
      const auto tensor = onnx_.floats(dims, products);
      std::vector<test::Real>& exact = exact_[tensor];
      for (std::size_t i = 0; i < codes.size(); ++i) {
        const std::size_t scale = by_output ? i / static_cast<std::size_t>(fan_in) : 0;
        exact.push_back(test::Real(scales[scale]) * static_cast<int>(codes[i]));
      }
      return tensor;
    }
    const auto scale = by_output ? onnx_.floats({outputs}, scales) : onnx_.scalar(scales.front());
    return onnx_.node("DequantizeLinear", {onnx_.bytes(dims, codes), scale},
                      {{"axis", std::int64_t{0}}});
  }

  /// One number per dimension of the image.
  Dims spatial(std::int64_t number) const { return planar_ ? Dims{number, number} : Dims{number}; }
  Dims around(std::int64_t pad) const {
    return planar_ ? Dims{pad, pad, pad, pad} : Dims{pad, pad};
  }
  int size_of(const Tensor& t) const { return t.shape.width; }
  Shape shape_of(int channels, int size) const { return {channels, planar_ ? size : 1, size}; }

  /// Returns a name of the tensor: sometimes a DequantizeLinear of its own.
  std::string read(Tensor& from) {
    ++from.readers;
    if (from.integers.empty() || random_.chance(60)) return from.name;
    return dequantize(from, from.integers);
  }
  std::string dequantize(const Tensor& like, const std::string& integers) {
    integers_.insert(integers);
    std::vector<std::string> inputs = {integers, like.scale};
    if (!like.zero.empty()) inputs.push_back(like.zero);
    auto x = onnx_.node("DequantizeLinear", inputs);
    for (auto& [layer, names] : tensors_of_) {
      if (names.count(integers) != 0) names.insert(x);
    }
    return x;
  }

  std::string transpose(const std::string& x, bool channels_last) {
    if (!planar_) return onnx_.node("Transpose", {x}, {{"perm", Dims{0, 2, 1}}});
    return onnx_.node("Transpose", {x},
                      {{"perm", channels_last ? Dims{0, 2, 3, 1} : Dims{0, 3, 1, 2}}});
  }

  /// Adds a convolution to `size` outputs along each side, as many as the input has or half of
  /// them. The result is not quantized yet.
  Tensor convolve(Tensor& from, int channels, int size) {
    const int stride = size_of(from) / size;
    int kernel = random_.chance(50) && size > 1 ? 3 : 1;
    const int inputs = from.shape.channels;
    Tensor result{"", shape_of(channels, size)};
    if (stride == 1 && random_.chance(15)) {
      // A product over the channels, which are last.
      auto x = transpose(read(from), true);
      std::string w;
      if (random_.chance(50)) {
        w = onnx_.node("Transpose", {weights({channels, inputs})}, {{"perm", Dims{1, 0}}});
      } else {
        w = weights({inputs, channels});  // its scales are not per output
        // A second attempt with one scale: columns of rows with different scales have none.
        w = onnx_.floats({inputs, channels}, numbers(inputs * channels, -2, 2, scale_near(0.25F)));
      }
      x = onnx_.node("MatMul", {x, w});
      result.layer = x;
      result.name = transpose(x, false);
      return result;
    }
    const int dilation = kernel == 3 && stride == 1 && random_.chance(30) ? 2 : 1;
    std::int64_t pad = kernel == 3 ? dilation : 0;
    int groups = 1;
    for (const int divisor : {inputs, 2}) {
      if (random_.chance(30) && inputs % divisor == 0 && channels % divisor == 0) groups = divisor;
    }
    Dims dims = {channels, inputs / groups};
    for (int d = 0; d < (planar_ ? 2 : 1); ++d) dims.push_back(kernel);
    std::vector<Attribute> attributes = {{"strides", spatial(stride)},
                                         {"dilations", spatial(dilation)},
                                         {"group", std::int64_t{groups}}};
    if (!from.integers.empty() && random_.chance(30)) {
      ++from.readers;
      attributes.emplace_back("pads", around(pad));
      return integer_convolution(from, result, dims, attributes);
    }
    auto x = read(from);
    if (pad > 0 && random_.chance(20)) {
      Dims pads(planar_ ? 8 : 6, 0);
      for (const std::size_t side : {std::size_t{0}, pads.size() / 2}) {
        for (std::size_t d = 2; d < pads.size() / 2; ++d) pads[side + d] = pad;
      }
      const auto count = static_cast<std::int64_t>(pads.size());
      x = onnx_.node("Pad", {x, onnx_.integers({count}, pads)});
      pad = 0;
    }
    attributes.emplace_back("pads", around(pad));
    std::vector<std::string> operands = {x, weights(dims)};
    if (random_.chance(30)) {
      operands.push_back(onnx_.floats({channels}, numbers(channels, -4, 6, scale_near(0.125F))));
    }
    result.name = result.layer = onnx_.node("Conv", operands, attributes);
    return result;
  }

  /// Adds a ConvInteger and what scales its result, or a QLinearConv with a quantizer of its own.
  Tensor integer_convolution(const Tensor& from, Tensor result, const Dims& dims,
                             const std::vector<Attribute>& attributes) {
    int count = 1;
    for (const std::int64_t dim : dims) count *= static_cast<int>(dim);
    std::vector<std::int8_t> codes;
    const int maximum = random_.chance(50) ? 1 : 7;
    for (int i = 0; i < count; ++i) {
      codes.push_back(static_cast<std::int8_t>(random_.between(-maximum, maximum)));
    }
    const auto w = onnx_.bytes(dims, codes);
    const auto zero = random_.chance(30) ? std::int8_t{1} : std::int8_t{0};
    const auto w_zero = onnx_.bytes({}, {zero});
    const auto w_scale = onnx_.scalar(scale_near(0.25F));
    if (random_.chance(50)) {
      std::vector<std::string> operands = {from.integers, w};
      if (!from.zero.empty() || zero != 0) operands.push_back(from.zero);
      if (zero != 0) operands.push_back(w_zero);
      const auto sum = onnx_.node("ConvInteger", operands, attributes);
      result.layer = sum;
      const auto real = onnx_.node("Cast", {sum}, {{"to", std::int64_t{1}}});
      result.name = onnx_.node("Mul", {onnx_.node("Mul", {real, from.scale}), w_scale});
      return result;
    }
    const auto zero_of_input = from.zero.empty() ? onnx_.unsigned_bytes({}, {0}) : from.zero;
    set_type(result, scale_near(0.5F));
    std::vector<std::string> operands = {from.integers, from.scale, zero_of_input, w,
                                         w_scale,       w_zero,     result.scale,  result.zero};
    if (random_.chance(50)) {
      std::vector<std::int32_t> bias;
      for (int c = 0; c < result.shape.channels; ++c) bias.push_back(random_.between(-9, 9));
      operands.push_back(onnx_.words({result.shape.channels}, bias));
    }
    result.layer = result.integers = onnx_.node("QLinearConv", operands, attributes);
    result.name = dequantize(result, result.integers);
    tensors_of_[result.layer] = {result.integers, result.name};
    return result;
  }

  /// Adds a MatMulInteger and what scales its result, or a QLinearMatMul with a quantizer of its
  /// own.
  void integer_product(const Tensor& from, Tensor& result) {
    const std::int64_t inputs = from.shape.size();
    const std::int64_t outputs = result.shape.channels;
    const auto x = onnx_.node("Flatten", {from.integers});
    std::vector<std::int8_t> codes;
    for (int i = 0; i < inputs * outputs; ++i) {
      codes.push_back(static_cast<std::int8_t>(random_.between(-2, 2)));
    }
    const auto w = onnx_.bytes({inputs, outputs}, codes);
    const auto w_scale = onnx_.scalar(scale_near(0.25F));
    if (random_.chance(50)) {
      result.layer = onnx_.node("MatMulInteger", {x, w, from.zero});
      const auto real = onnx_.node("Cast", {result.layer}, {{"to", std::int64_t{1}}});
      result.name = onnx_.node("Mul", {onnx_.node("Mul", {real, from.scale}), w_scale});
      return;
    }
    set_type(result, scale_near(0.5F));
    result.layer = result.integers = onnx_.node(
        "QLinearMatMul",
        {x, from.scale, from.zero, w, w_scale, onnx_.bytes({}, {0}), result.scale, result.zero});
    result.name = dequantize(result, result.integers);
    tensors_of_[result.layer] = {result.integers, result.name};
  }

  /// Chooses scale, zero point and type of a QuantizeLinear.
  void set_type(Tensor& t, float scale) {
    t.scale = onnx_.scalar(scale);
    scales_.insert(static_cast<double>(scale));
    t.is_signed = random_.chance(50);
    if (t.is_signed) {
      t.zero = onnx_.bytes({}, {static_cast<std::int8_t>(random_.between(-128, 120))});
    } else {
      t.zero = onnx_.unsigned_bytes({}, {static_cast<std::uint8_t>(random_.between(0, 250))});
    }
  }

  std::string by_channel(const Tensor& t, const std::vector<float>& values, bool channels_last) {
    const std::int64_t channels = t.shape.channels;
    if (t.is_flat || channels_last) return onnx_.floats({channels}, values);
    return onnx_.floats(planar_ ? Dims{channels, 1, 1} : Dims{channels, 1}, values);
  }

  /// May add operators that the conversion folds into a side of a sum: a bias and a factor.
  Tensor side(Tensor t) {
    if (random_.chance(50)) {
      const auto bias = by_channel(t, numbers(t.shape.channels, -4, 4, 0.25F), false);
      t.name = onnx_.node("Add", {t.name, bias});
    }
    if (random_.chance(30)) {
      t.name = onnx_.node("Mul", {t.name, onnx_.scalar(random_.chance(50) ? -1.0F : 0.5F)});
    }
    if (random_.chance(15)) {
      t.name =
          onnx_.node("Mul", {t.name, by_channel(t, numbers(t.shape.channels, -1, 2, 0.5F), false)});
    }
    return t;
  }

  std::string normalize(const Tensor& t, const std::string& x) {
    const int channels = t.shape.channels;
    std::vector<float> variance;
    for (int c = 0; c < channels; ++c) {
      const auto root = static_cast<float>(1 << random_.between(0, 2));
      variance.push_back(short_ ? root * root - 0.25F : random_.real(0.25F, 16));
    }
    const Dims dims = {channels};
    auto values = x;
    const bool wrapped = !t.is_flat && random_.chance(15);
    if (wrapped) values = onnx_.node("Unsqueeze", {values, onnx_.integers({1}, {-1})});
    values = onnx_.node("BatchNormalization",
                        {values, onnx_.floats(dims, numbers(channels, -8, 16, scale_near(0.125F))),
                         onnx_.floats(dims, numbers(channels, -2, 6, scale_near(0.125F))),
                         onnx_.floats(dims, numbers(channels, -4, 4, scale_near(0.125F))),
                         onnx_.floats(dims, variance)},
                        {{"epsilon", 0.25F}});
    if (wrapped) values = onnx_.node("Squeeze", {values, onnx_.integers({1}, {-1})});
    return values;
  }

  /// Adds steps and a quantizer. All tensors of it belong to the layer.
  Tensor quantize(Tensor t) {
    if (!t.integers.empty()) return t;  // a QLinearConv is quantized
    std::set<std::string>& names = tensors_of_[t.layer];
    const bool channels_last = !t.is_flat && random_.chance(10);
    auto x = t.name;
    bool bounded = false;
    if (random_.chance(15)) x = onnx_.node("Relu", {x});
    if (random_.chance(50)) x = normalize(t, x);
    if (channels_last) x = transpose(x, true);
    if (random_.chance(40)) {
      x = onnx_.node("Add", {x, by_channel(t, numbers(t.shape.channels, -4, 6, scale_near(0.125F)),
                                           channels_last)});
    }
    if (random_.chance(15)) {
      x = onnx_.node(
          "Mul",
          {by_channel(t, numbers(t.shape.channels, 1, 4, scale_near(0.5F)), channels_last), x});
    }
    if (random_.chance(10)) {
      if (random_.chance(50)) {
        x = onnx_.node("LeakyRelu", {x}, {{"alpha", scale_near(0.25F)}});
      } else {
        x = onnx_.node(
            "PRelu",
            {x, by_channel(t, numbers(t.shape.channels, 1, 4, scale_near(0.25F)), channels_last)});
      }
    }
    if (random_.chance(10)) x = onnx_.node("Neg", {x});
    const int begin = onnx_.graph().node_size();
    const int kind = random_.between(0, 11);
    if (kind >= 10) {
      x = qonnx_quantizer(t, x, channels_last);
    } else if (kind < 5) {
      x = clip_and_round(x);
    } else if (kind < 9) {
      if (random_.chance(60)) {
        bounded = true;
        const bool positive = random_.chance(50);
        x = onnx_.node("Clip", {x, onnx_.scalar(positive ? 0.0F : -1.0F), onnx_.scalar(2)});
      }
      set_type(t, scale_near(bounded ? 0.25F : 0.5F));
      const auto integers = onnx_.node("QuantizeLinear", {x, t.scale, t.zero});
      t.integers = integers;
      x = dequantize(t, integers);
      names.insert(integers);
    } else {
      x = onnx_.node("Sign", {x});
    }
    names.insert(x);
    if (channels_last) {
      x = transpose(x, false);
      t.integers.clear();
    }
    if (random_.chance(15)) {
      // Quantizes the values once more, without a change or more coarsely.
      t.integers.clear();
      names.insert(x);
      const auto scale = onnx_.scalar(random_.chance(50) ? 0.5F : 1.0F);
      const auto finer = onnx_.node("Round", {onnx_.node("Div", {x, scale})});
      x = onnx_.node("Mul", {finer, scale});
      // If it does anything else than a shift it is a layer of its own. Its name is that of the
      // first node that changes the integers of the first quantizer.
      for (int n = begin; n < onnx_.graph().node_size(); ++n) {
        const std::string& node = onnx_.graph().node(n).name();
        tensors_of_[node] = {finer, x};
        tensors_of_[t.layer].insert(node);
      }
    }
    if (random_.chance(10)) {
      // Other values of the same levels.
      t.integers.clear();
      x = onnx_.node("Add", {onnx_.node("Mul", {x, onnx_.scalar(2)}), onnx_.scalar(-1)});
      t.name = x;
      add_to_layers(begin, t);
    }
    tensors_of_[t.layer].insert(x);
    t.name = x;
    t.readers = 0;
    if (random_.chance(10)) {
      // Bounds take some of the levels away, maybe for some of the readers alone.
      if (short_ && random_.chance(30)) tensors_.push_back(t);
      t.integers.clear();
      t.name = onnx_.node("Relu", {x});
      add_to_layers(begin, t);
    }
    if (random_.chance(3)) {
      t.integers.clear();
      t.name = onnx_.node("Neg", {t.name});
      add_to_layers(begin, t);
    }
    return t;
  }

  /// Adds a tensor to its layer, and to a layer of a second quantizer since node `begin`.
  void add_to_layers(int begin, const Tensor& t) {
    tensors_of_[t.layer].insert(t.name);
    for (int n = begin; n < onnx_.graph().node_size(); ++n) {
      const auto found = tensors_of_.find(onnx_.graph().node(n).name());
      if (found != tensors_of_.end()) found->second.insert(t.name);
    }
  }

  /// Adds a quantizer of QONNX or FINN.
  std::string qonnx_quantizer(const Tensor& t, const std::string& x, bool channels_last) {
    const int kind = random_.between(0, 3);
    if (kind == 0) {
      return onnx_.node_of(kQonnx, "BipolarQuant", {x, onnx_.scalar(scale_near(0.5F))});
    }
    if (kind == 1) {
      // A list for each channel where MultiThreshold knows the channels.
      const bool by_list = (planar_ || t.is_flat) && random_.chance(60);
      const int rows = by_list ? t.shape.channels : 1;
      const int levels = random_.between(1, 6);
      std::vector<float> thresholds;
      for (int r = 0; r < rows; ++r) {
        std::vector<float> row = numbers(levels, -8, 12, scale_near(0.125F));
        std::sort(row.begin(), row.end());
        thresholds.insert(thresholds.end(), row.begin(), row.end());
      }
      std::vector<Attribute> attributes = {{"out_scale", scale_near(0.5F)},
                                           {"out_bias", random_.chance(50) ? -0.5F : 0.0F}};
      if (channels_last) attributes.emplace_back("data_layout", std::string("NHWC"));
      return onnx_.node_of("finn.custom_op.general", "MultiThreshold",
                           {x, onnx_.floats({rows, levels}, thresholds)}, attributes);
    }
    return quant(x, random_.between(1, 4), scale_near(0.5F),
                 random_.chance(50) ? static_cast<float>(random_.between(-2, 2)) : 0.0F);
  }

  std::string quant(const std::string& x, int bits, float scale, float zero) {
    static const char* const kModes[] = {"ROUND", "CEIL",    "FLOOR",    "UP",
                                         "DOWN",  "HALF_UP", "HALF_DOWN"};
    const bool is_signed = random_.chance(50);
    const bool narrow = bits > 1 && random_.chance(30);
    return onnx_.node_of(
        kQonnx, "Quant",
        {x, onnx_.scalar(scale), onnx_.scalar(zero), onnx_.scalar(static_cast<float>(bits))},
        {{"signed", std::int64_t{is_signed ? 1 : 0}},
         {"narrow", std::int64_t{narrow ? 1 : 0}},
         {"rounding_mode", std::string(kModes[random_.between(0, 6)])}});
  }

  /// Adds a quantizer of Clip and a rounding.
  std::string clip_and_round(std::string x) {
    const auto scale = static_cast<float>(1 << random_.between(0, 1)) * scale_near(1);
    const auto lower = random_.chance(60) ? 0.0F : -static_cast<float>(random_.between(1, 4)) / 2;
    const auto upper = static_cast<float>(random_.between(2, 6)) / 2;
    const bool divides = random_.chance(50);
    x = onnx_.node("Clip", {x, onnx_.scalar(lower), onnx_.scalar(upper)});
    x = divides ? onnx_.node("Div", {x, onnx_.scalar(1 / scale)})
                : onnx_.node("Mul", {x, onnx_.scalar(scale)});
    switch (random_.between(0, 3)) {
      case 0:
        x = onnx_.node("Floor", {onnx_.node("Add", {x, onnx_.scalar(0.5F)})});
        break;
      case 1:
        x = onnx_.node(random_.chance(50) ? "Floor" : "Ceil", {x});
        break;
      default:
        x = onnx_.node("Round", {x});
    }
    return onnx_.node("Div", {x, onnx_.scalar(scale)});
  }

  /// Adds the first layer: real-valued, or after a quantizer of the image.
  void begin(Tensor& image) {
    if (random_.chance(30)) {
      // In float32, exact for the images of the test.
      image.name = onnx_.node("Sub", {image.name, onnx_.scalar(0.25F)});
      image.name = onnx_.node(random_.chance(50) ? "Mul" : "Div",
                              {image.name, onnx_.scalar(random_.chance(50) ? 2.0F : -0.5F)});
    }
    if (random_.chance(40)) {
      // The host's convolution is in double: ties need short numbers.
      const bool exact = options.first_layer != FirstLayer::kChip;
      if (random_.chance(30)) {
        image.layer = image.name =
            quant(image.name, 4, exact ? 0.25F : scale_near(0.25F), exact ? 1.0F : 0.0F);
        tensors_of_[image.layer] = {image.name};
      } else {
        set_type(image, exact ? 0.125F : scale_near(0.125F));
        image.layer = image.integers =
            onnx_.node("QuantizeLinear", {image.name, image.scale, image.zero});
        image.name = dequantize(image, image.integers);
        tensors_of_[image.layer] = {image.integers, image.name};
      }
      if (short_) options.first_layer = FirstLayer::kAuto;
      tensors_ = {image};
      if (options.first_layer == FirstLayer::kHost) {
        first_on_host(image);
        return;
      }
      Tensor first = quantize(convolve(tensors_.back(), 4, size_of(image)));
      tensors_.push_back(first);
      return;
    }
    options.first_layer = random_.chance(50) ? FirstLayer::kAuto : FirstLayer::kHost;
    first_on_host(image);
  }

  /// Adds a layer of real-valued weights, which are short so that doubles are exact, and any
  /// quantizer without steps that need exact square roots or products.
  void first_on_host(const Tensor& image) {
    const Dims dims = planar_ ? Dims{4, 1, 3, 3} : Dims{4, 1, 3};
    const auto w = onnx_.floats(dims, numbers(planar_ ? 36 : 12, -8, 12, 0.125F));
    Tensor first{"", shape_of(4, size_of(image))};
    first.name = first.layer =
        onnx_.node("Conv", {image.name, w, onnx_.floats({4}, numbers(4, -4, 6, 0.125F))},
                   {{"pads", around(1)}});
    const auto scale = scale_near(2);
    auto x = onnx_.node(
        "Clip", {first.name, onnx_.scalar(random_.chance(50) ? 0.0F : -1.5F), onnx_.scalar(2)});
    x = onnx_.node("Mul", {x, onnx_.scalar(scale)});
    x = random_.chance(50) ? onnx_.node("Round", {x})
                           : onnx_.node("Floor", {onnx_.node("Add", {x, onnx_.scalar(0.5F)})});
    tensors_of_[first.layer] = {x};
    first.name = onnx_.node("Div", {x, onnx_.scalar(scale)});
    tensors_of_[first.layer].insert(first.name);
    tensors_ = {first};
  }

  /// Returns a random tensor of this size; the last one in a chain.
  Tensor& any(int size) {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < tensors_.size(); ++i) {
      if (size_of(tensors_[i]) == size) found.push_back(i);
    }
    if (!short_) return tensors_.back();
    return tensors_[found[static_cast<std::size_t>(
        random_.between(0, static_cast<int>(found.size()) - 1))]];
  }

  void step() {
    const int from = size_of(tensors_.back());
    const int size = from > 1 && random_.chance(25) ? from / 2 : from;
    const Dims window = spatial(from / size);
    Tensor result;
    switch (short_ ? random_.between(0, 5) : random_.chance(60) ? 0 : random_.between(4, 5)) {
      case 0:
        result = quantize(convolve(any(from), random_.between(1, 4), size));
        break;
      case 1: {  // sum of two convolutions with a bias and a factor each
        const int channels = random_.between(1, 4);
        Tensor left = side(real_sum(any(from), channels, size));
        const Tensor right = side(real_sum(any(from), channels, size));
        left.name = left.layer =
            onnx_.node(random_.chance(30) ? "Sub" : "Add", {left.name, right.name});
        result = quantize(left);
        break;
      }
      case 2: {  // sum of a convolution and a shortcut
        Tensor& shortcut = any(from);
        Tensor sum = real_sum(any(from), shortcut.shape.channels, from);
        sum.name = sum.layer = onnx_.node("Add", {read(shortcut), sum.name});
        result = quantize(sum);
        break;
      }
      case 3: {  // convolution of a concatenation of two tensors, possibly the same one
        Tensor whole = join({&any(from), &any(from)});
        result = quantize(convolve(whole, 2 * random_.between(1, 2), size));
        break;
      }
      case 4: {
        Tensor whole =
            short_ && random_.chance(50) ? join({&any(from), &any(from)}) : Tensor(any(from));
        if (!whole.layer.empty()) ++any_named(whole.name).readers;
        if (size == 1 && random_.chance(50)) {
          const bool reduce = random_.chance(50);
          const Attribute axes("axes", planar_ ? Dims{2, 3} : Dims{-1});
          whole.name = reduce ? onnx_.node("ReduceMean", {whole.name}, {axes})
                              : onnx_.node("GlobalAveragePool", {whole.name});
        } else {
          whole.name = onnx_.node("AveragePool", {whole.name},
                                  {{"kernel_shape", window}, {"strides", window}});
        }
        whole.layer = whole.name;
        whole.integers.clear();
        whole.shape = shape_of(whole.shape.channels, size);
        if (onnx_.graph().node(onnx_.graph().node_size() - 1).op_type() != "AveragePool") {
          whole.shape = shape_of(whole.shape.channels, 1);
        }
        result = quantize(whole);
        break;
      }
      default: {
        Tensor& source = any(from);
        ++source.readers;
        result = source;
        result.readers = 0;
        result.shape = shape_of(source.shape.channels, size);
        const std::vector<Attribute> attributes = {{"kernel_shape", window}, {"strides", window}};
        if (!source.integers.empty() && random_.chance(50)) {
          // A maximum of the integers.
          result.layer = result.integers = onnx_.node("MaxPool", {source.integers}, attributes);
          result.name = dequantize(source, result.integers);
        } else {
          if (size == 1 && random_.chance(50)) {
            result.name = random_.chance(50)
                              ? onnx_.node("GlobalMaxPool", {source.name})
                              : onnx_.node("ReduceMax", {source.name},
                                           {{"axes", planar_ ? Dims{-1, 2} : Dims{2}}});
          } else {
            result.name = onnx_.node("MaxPool", {source.name}, attributes);
          }
          result.layer = result.name;
          result.integers.clear();
        }
        tensors_of_[result.layer] = {result.layer, result.name};
      }
    }
    tensors_.push_back(result);
  }

  /// A convolution without a quantizer of its own.
  Tensor real_sum(Tensor& from, int channels, int size) {
    const std::string integers = std::move(from.integers);
    from.integers.clear();
    Tensor sum = convolve(from, channels, size);
    from.integers = integers;
    return sum;
  }

  Tensor& any_named(const std::string& name) {
    return *std::find_if(tensors_.begin(), tensors_.end(),
                         [&](const Tensor& t) { return t.name == name; });
  }

  /// Adds a concatenation, which is not a layer of its own.
  Tensor join(const std::vector<Tensor*>& parts) {
    Tensor whole;
    std::vector<std::string> names;
    whole.shape = parts.front()->shape;
    whole.shape.channels = 0;
    for (Tensor* part : parts) {
      names.push_back(read(*part));
      whole.shape.channels += part->shape.channels;
    }
    whole.name = onnx_.node("Concat", names, {{"axis", std::int64_t{1}}});
    return whole;
  }

  /// Connects all tensors without readers to the scores, through a dense layer if their sizes
  /// differ.
  void finish() {
    std::vector<Tensor*> free;
    for (Tensor& t : tensors_) {
      if (t.readers == 0) free.push_back(&t);
    }
    if (free.size() == 1 && random_.chance(20)) {
      // The scores are an average of a convolution, or the activations themselves.
      Tensor& last = *free.front();
      if (random_.chance(30)) {
        onnx_.node("Flatten", {read(last)}, {}, "scores");
        return;
      }
      const Dims dims =
          planar_ ? Dims{3, last.shape.channels, 1, 1} : Dims{3, last.shape.channels, 1};
      const auto w = onnx_.floats(dims, numbers(3 * last.shape.channels, -8, 8, 0.125F));
      const auto sum = onnx_.node("Conv", {read(last), w, onnx_.floats({3}, {0.5F, 0, -1})});
      onnx_.node("Flatten", {onnx_.node("GlobalAveragePool", {sum})}, {}, "scores");
      return;
    }
    std::vector<std::string> ends;
    std::int64_t size = 0;
    bool equal = true;
    for (Tensor* t : free) {
      ends.push_back(onnx_.node("Flatten", {read(*t)}));
      size += t->shape.size();
      equal = equal && size_of(*t) == size_of(tensors_.back());
    }
    auto x =
        ends.size() == 1 ? ends.front() : onnx_.node("Concat", ends, {{"axis", std::int64_t{-1}}});
    if (!equal || random_.chance(50)) {
      Tensor dense{"", {4, 1, 1}};
      dense.is_flat = true;
      if (free.size() == 1 && !free.front()->integers.empty() && random_.chance(50)) {
        integer_product(*free.front(), dense);
      } else {
        dense.name = dense.layer =
            onnx_.node("Gemm", {x, weights({4, size})}, {{"transB", std::int64_t{1}}});
      }
      x = quantize(dense).name;
      size = 4;
    }
    const auto last = onnx_.floats({3, size}, numbers(static_cast<int>(3 * size), -8, 8, 0.125F));
    onnx_.node("Gemm", {x, last}, {{"transB", std::int64_t{1}}}, "scores");
  }

  /// Removes nodes that nothing reads, such as a DequantizeLinear of which all readers got their
  /// own.
  void remove_unused() {
    auto& nodes = *onnx_.graph().mutable_node();
    for (int n = nodes.size() - 2; n >= 0; --n) {
      const bool used = std::any_of(nodes.begin(), nodes.end(), [&](const onnx::NodeProto& node) {
        return std::count(node.input().begin(), node.input().end(), nodes[n].output(0)) != 0;
      });
      if (used) continue;
      for (auto& [layer, names] : tensors_of_) names.erase(nodes[n].output(0));
      nodes.erase(nodes.begin() + n);
    }
  }

  test::Random random_;
  bool short_;
  bool planar_;
  OnnxBuilder onnx_;
  std::vector<Tensor> tensors_;
  std::set<std::string> integers_;
  std::set<double> scales_;
  std::map<std::string, std::vector<test::Real>> exact_;
  std::map<std::string, std::set<std::string>> tensors_of_;
};

/// Layer "conv.relay2" relays "conv".
std::string origin(const std::string& layer) { return layer.substr(0, layer.find(".relay")); }

/// Returns the layer's name without the number that tells layers of one tensor apart.
std::string without_number(const std::string& layer) {
  const std::size_t end = layer.find_last_not_of("0123456789");
  return end != std::string::npos && layer[end] == '.' ? layer.substr(0, end) : layer;
}

/// Whether the levels of a layer stand for a tensor's values. If operators on integers read a
/// layer, its own values may be the integers, with or without the zero point: then the values are
/// another step apart.
bool are_equal(const GraphMaker& maker, const std::vector<std::uint8_t>& levels,
               const Quantizer& quantizer, const std::string& tensor, const test::Values& values) {
  if (stand_for(levels, quantizer, values)) return true;
  const auto with_step = [&](double step) {
    Quantizer other;
    other.step = step;
    other.offset = values.data.front().convert_to<double>() - step * levels.front();
    return stand_for(levels, other, values);
  };
  if (maker.is_integer(tensor)) return are_integers_of(levels, values);
  return quantizer.step == 1 &&
         std::any_of(maker.scales().begin(), maker.scales().end(), with_step);
}

struct Counts {
  int converted = 0;
  int compared = 0;
  int relays = 0;
  int sums = 0;
  int repeated = 0;
  int bordered = 0;
  int signed_levels = 0;
  int other_steps = 0;
  int pixel_quantizers = 0;
  int image_quantizers = 0;
  std::map<std::string, int> refusals;

  void add(const SpikingNetwork& network) {
    ++converted;
    pixel_quantizers += network.encoder.pixel_quantizer ? 1 : 0;
    const Shape& input = network.encoder.input;
    image_quantizers += input == network.encoder.output && !network.encoder.pixel_quantizer ? 1 : 0;
    for (const SpikingLayer& layer : network.layers) {
      relays += layer.name != origin(layer.name) ? 1 : 0;
      sums += layer.terms.size() > 1 ? 1 : 0;
      bordered += layer.rows.count * layer.columns.count > 1 ? 1 : 0;
      signed_levels += layer.quantizer.offset < 0 ? 1 : 0;
      other_steps += layer.quantizer.precision() ? 0 : 1;
      for (const Term& term : layer.terms) repeated += term.repeat > 1 ? 1 : 0;
    }
  }
};

/// Converts the graph, and compares all layers and scores. Returns the first difference.
std::string difference(GraphMaker& maker, std::uint64_t seed, Counts& counts) {
  SpikingNetwork network;
  try {
    network = import(maker.onnx(), maker.options).network;
  } catch (const base::UserError& error) {
    const std::string message = error.what();
    for (const char* const accepted :
         {"a level counts", "have more than 255 levels of the smallest step",
          "levels above the lowest", "goes to more than one convolution",
          "only the host can compute it", "the padding before it stands for",
          "is no value of the activations"}) {
      if (message.find(accepted) == std::string::npos) continue;
      ++counts.refusals[accepted];
      return "";
    }
    return message;
  }
  counts.add(network);
  // The tensors that each layer has had the levels of in all images; the encoder comes first.
  std::vector<std::set<std::string>> tensors = {maker.tensors_of(network.encoder.name)};
  for (const SpikingLayer& layer : network.layers) {
    const std::string name = origin(layer.name);
    std::set<std::string> of_layer = maker.tensors_of(name);
    if (of_layer.empty()) of_layer = maker.tensors_of(without_number(name));
    tensors.push_back(std::move(of_layer));
  }
  test::Random random(seed);
  for (int i = 0; i < 3; ++i) {
    const std::vector<double> image = random_image(random, network.encoder.input.size());
    const auto values = test::OnnxEvaluator(maker.onnx().graph(), maker.exact()).run(image);
    const Activity activity(network, image);
    for (std::size_t l = 0; l < tensors.size(); ++l) {
      const std::string& name = l == 0 ? network.encoder.name : network.layers[l - 1].name;
      if (name.find(".concat") != std::string::npos) continue;  // checked by the scores
      if (i == 0 && tensors[l].empty()) return "unknown layer " + name;
      const auto& levels = l == 0 ? activity.encoded : activity.result.levels[l - 1];
      const Quantizer& quantizer = network.quantizer_of(static_cast<int>(l) - 1);
      for (auto tensor = tensors[l].begin(); tensor != tensors[l].end();) {
        const bool equal = are_equal(maker, levels, quantizer, *tensor, values.at(*tensor));
        tensor = equal ? std::next(tensor) : tensors[l].erase(tensor);
      }
      if (tensors[l].empty()) return "layer " + name + " has other levels";
      ++counts.compared;
    }
    const test::Values& scores = values.at("scores");
    if (scores.data.size() != activity.scores.size()) return "another number of scores";
    for (std::size_t s = 0; s < activity.scores.size(); ++s) {
      const auto expected = scores.data[s].convert_to<double>();
      if (std::abs(activity.scores[s] - expected) > 1e-6 * (1 + std::abs(expected))) {
        return "score " + std::to_string(s) + " is " + std::to_string(activity.scores[s]) +
               ", not " + std::to_string(expected);
      }
    }
  }
  return "";
}

/// Describes the nodes of a graph, one a line.
std::string describe(const onnx::GraphProto& graph) {
  std::string text;
  for (const onnx::NodeProto& node : graph.node()) {
    text += node.output(0) + " = " + node.op_type() + "(";
    for (const std::string& input : node.input()) text += " " + input;
    text += " )\n";
  }
  return text;
}

/// Returns the difference of the smallest graph of this seed that has one, with its nodes.
std::string reproducer(std::uint64_t seed) {
  for (int steps = 0;; ++steps) {
    GraphMaker maker(seed, steps);
    Counts counts;
    const std::string found = difference(maker, seed, counts);
    if (!found.empty()) {
      return found + "\nGraphMaker(" + std::to_string(seed) + ", " + std::to_string(steps) +
             "):\n" + describe(maker.onnx().graph());
    }
  }
}

/// Returns the number of graphs, which the environment can increase.
std::uint64_t graphs() {
  const char* const wanted = std::getenv("SPIKELOOM_RANDOM_GRAPHS");
  return wanted == nullptr ? 800 : std::strtoull(wanted, nullptr, 10);
}

TEST(GraphConversion, IsLosslessSpikeForSpike) {
  constexpr int kAllSteps = 100;
  Counts counts;
  for (std::uint64_t seed = 0; seed < graphs(); ++seed) {
    GraphMaker maker(seed, kAllSteps);
    if (!difference(maker, seed, counts).empty()) FAIL() << reproducer(seed);
  }
  for (const auto& [message, count] : counts.refusals) {
    std::cout << count << " graphs refused: " << message << "\n";
  }
  EXPECT_GT(counts.converted, 500);
  EXPECT_GT(counts.compared, 6000);
  EXPECT_GT(counts.relays, 200);
  EXPECT_GT(counts.sums, 300);
  EXPECT_GT(counts.repeated, 200);
  EXPECT_GT(counts.bordered, 100);
  EXPECT_GT(counts.signed_levels, 300);
  EXPECT_GT(counts.other_steps, 300);
  EXPECT_GT(counts.pixel_quantizers, 10);
  EXPECT_GT(counts.image_quantizers, 50);
}

}  // namespace
}  // namespace spikeloom::converter
