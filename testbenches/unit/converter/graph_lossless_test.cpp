// SPDX-License-Identifier: Apache-2.0
// Tests that graphs with branches are converted without loss. Random graphs are written as ONNX
// models and compared with their evaluation node by node in floating point, which is exact because
// all numbers are short binary fractions.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/base/error.h"
#include "spikeloom/converter/network/host_layers.h"
#include "spikeloom/converter/network/reference.h"
#include "spikeloom/converter/onnx_import.h"
#include "testbenches/unit/converter/onnx_builder.h"
#include "testbenches/unit/support/onnx_evaluator.h"
#include "testbenches/unit/support/random.h"
#include "testbenches/unit/support/temporary_file.h"

namespace spikeloom::converter {
namespace {

using ::testing::HasSubstr;

/// Generates random graphs of quantized layers.
class GraphMaker {
 public:
  explicit GraphMaker(std::uint64_t seed) : random_(seed), onnx_({-1, 1, 4, 4}) {
    Tensor image{"image", "", {1, 4, 4}};
    image = quantize(convolve(image, 4, 4, false));
    tensors_ = {image};
    const int steps = random_.between(2, 6);
    for (int i = 0; i < steps; ++i) step();
    finish();
  }

  /// A quantized tensor and the layer that computes it.
  struct Tensor {
    std::string name;
    std::string layer;
    Shape shape;
    int k = 0;
    int readers = 0;
  };

  OnnxBuilder& onnx() { return onnx_; }
  const std::vector<Tensor>& tensors() const { return tensors_; }

 private:
  std::vector<float> numbers(int count, int minimum, int maximum, float unit) {
    std::vector<float> values;
    for (int i = 0; i < count; ++i) {
      values.push_back(static_cast<float>(random_.between(minimum, maximum)) * unit);
    }
    return values;
  }

  /// Returns `outputs` rows of weights; not ternary in the layer that reads the image.
  std::vector<float> weights(int outputs, int fan_in, bool ternary) {
    if (!ternary) return numbers(outputs * fan_in, -8, 12, 0.125F);
    const bool by_channel = random_.chance(50);
    std::vector<float> result;
    float scale = static_cast<float>(random_.between(1, 4)) * 0.25F;
    for (int o = 0; o < outputs; ++o) {
      if (by_channel) scale = static_cast<float>(random_.between(1, 4)) * 0.25F;
      for (int i = 0; i < fan_in; ++i) {
        result.push_back(scale * static_cast<float>(random_.between(-1, 1)));
      }
    }
    return result;
  }

  /// Adds a convolution to `size` x `size`, the size of the input or half of it. The result is not
  /// quantized yet.
  Tensor convolve(Tensor& from, int channels, int size, bool ternary = true) {
    ++from.readers;
    const int stride = from.shape.height / size;
    const int kernel = random_.chance(50) && size > 1 ? 3 : 1;
    const int dilation = kernel == 3 && stride == 1 && random_.chance(30) ? 2 : 1;
    const std::int64_t pad = kernel == 3 ? dilation : 0;
    int groups = 1;
    for (const int divisor : {from.shape.channels, 2}) {
      if (random_.chance(30) && from.shape.channels % divisor == 0 && channels % divisor == 0) {
        groups = divisor;
      }
    }
    const int inputs = from.shape.channels / groups;
    const auto w = onnx_.floats({channels, inputs, kernel, kernel},
                                weights(channels, inputs * kernel * kernel, ternary));
    const auto name = onnx_.node("Conv", {from.name, w},
                                 {{"strides", Dims{stride, stride}},
                                  {"dilations", Dims{dilation, dilation}},
                                  {"group", std::int64_t{groups}},
                                  {"pads", Dims{pad, pad, pad, pad}}});
    return {name, name, {channels, size, size}};
  }

  std::string by_channel(const Tensor& t, const std::vector<float>& values) {
    const std::int64_t channels = t.shape.channels;
    const bool planes = t.shape.height > 0;
    return onnx_.floats(planes ? Dims{channels, 1, 1} : Dims{channels}, values);
  }

  /// May add operators that the conversion folds into a sum: a bias and a factor.
  Tensor side(Tensor t) {
    if (random_.chance(50)) {
      const auto bias = by_channel(t, numbers(t.shape.channels, -4, 4, 0.25F));
      t.name = onnx_.node("Add", {t.name, bias});
    }
    if (random_.chance(30)) {
      t.name = onnx_.node("Mul", {t.name, onnx_.scalar(random_.chance(50) ? -1.0F : 0.5F)});
    }
    return t;
  }

  /// Adds an optional bias, an optional normalization, and a quantizer.
  Tensor quantize(Tensor t) {
    const int channels = t.shape.channels;
    if (random_.chance(40)) {
      t.name = onnx_.node("Add", {t.name, by_channel(t, numbers(channels, -4, 6, 0.125F))});
    }
    if (random_.chance(50)) {
      std::vector<float> variance;
      for (int c = 0; c < channels; ++c) {
        const auto root = static_cast<float>(1 << random_.between(0, 2));
        variance.push_back(root * root - 0.25F);
      }
      const Dims dims = {channels};
      t.name = onnx_.node(
          "BatchNormalization",
          {t.name, onnx_.floats(dims, numbers(channels, -8, 16, 0.125F)),
           onnx_.floats(dims, numbers(channels, -2, 6, 0.125F)),
           onnx_.floats(dims, numbers(channels, -4, 4, 0.125F)), onnx_.floats(dims, variance)},
          {{"epsilon", 0.25F}});
    }
    t.k = random_.between(0, 1);
    const auto scale = static_cast<float>(1 << t.k);
    const auto bound = static_cast<float>(random_.between(1, 3));
    t.name = onnx_.node("Clip", {t.name, onnx_.scalar(0), onnx_.scalar(bound)});
    t.name = onnx_.node("Mul", {t.name, onnx_.scalar(scale)});
    if (random_.chance(50)) {
      t.name = onnx_.node("Round", {t.name});
    } else {
      t.name = onnx_.node("Floor", {onnx_.node("Add", {t.name, onnx_.scalar(0.5F)})});
    }
    t.name = onnx_.node("Div", {t.name, onnx_.scalar(scale)});
    t.readers = 0;
    return t;
  }

  /// Returns a random tensor of this height.
  Tensor& any(int height) {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < tensors_.size(); ++i) {
      if (tensors_[i].shape.height == height) found.push_back(i);
    }
    return tensors_[found[static_cast<std::size_t>(
        random_.between(0, static_cast<int>(found.size()) - 1))]];
  }

  void step() {
    const int from = tensors_.back().shape.height;
    const int size = from > 1 && random_.chance(25) ? from / 2 : from;
    Tensor result;
    switch (random_.between(0, 5)) {
      case 0:
        result = quantize(convolve(any(from), random_.between(1, 4), size));
        break;
      case 1: {  // sum of two convolutions with a bias and a factor each
        const int channels = random_.between(1, 4);
        Tensor left = side(convolve(any(from), channels, size));
        const Tensor right = side(convolve(any(from), channels, size));
        left.name = left.layer =
            onnx_.node(random_.chance(30) ? "Sub" : "Add", {left.name, right.name});
        result = quantize(left);
        break;
      }
      case 2: {  // sum of a convolution and a shortcut
        Tensor& shortcut = any(from);
        Tensor sum = convolve(any(from), shortcut.shape.channels, from);
        ++shortcut.readers;
        sum.name = sum.layer = onnx_.node("Add", {shortcut.name, sum.name});
        result = quantize(sum);
        break;
      }
      case 3: {  // convolution of a concatenation of two tensors, possibly the same one
        Tensor whole = join({&any(from), &any(from)});
        result = quantize(convolve(whole, 2 * random_.between(1, 2), size));
        break;
      }
      case 4: {
        Tensor whole = random_.chance(50) ? join({&any(from), &any(from)}) : any(from);
        if (whole.layer != "") ++any_named(whole.name).readers;
        whole.name = whole.layer = onnx_.node("AveragePool", {whole.name},
                                              {{"kernel_shape", Dims{from / size, from / size}},
                                               {"strides", Dims{from / size, from / size}}});
        whole.shape = {whole.shape.channels, size, size};
        result = quantize(whole);
        break;
      }
      default: {
        Tensor& source = any(from);
        ++source.readers;
        result = source;
        result.readers = 0;
        result.shape.height = result.shape.width = size;
        result.name = result.layer = onnx_.node("MaxPool", {source.name},
                                                {{"kernel_shape", Dims{from / size, from / size}},
                                                 {"strides", Dims{from / size, from / size}}});
      }
    }
    tensors_.push_back(result);
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
      ++part->readers;
      names.push_back(part->name);
      whole.shape.channels += part->shape.channels;
    }
    whole.name = onnx_.node("Concat", names, {{"axis", std::int64_t{1}}});
    return whole;
  }

  /// Connects all tensors without readers to the last layer, through a dense layer if their sizes
  /// differ.
  void finish() {
    std::vector<std::string> ends;
    std::int64_t size = 0;
    bool equal = true;
    for (const Tensor& t : tensors_) {
      if (t.readers != 0) continue;
      ends.push_back(onnx_.node("Flatten", {t.name}));
      size += t.shape.size();
      equal = equal && t.shape.height == tensors_.back().shape.height;
    }
    auto x =
        ends.size() == 1 ? ends.front() : onnx_.node("Concat", ends, {{"axis", std::int64_t{-1}}});
    if (!equal || random_.chance(50)) {
      const auto w = onnx_.floats({4, size}, weights(4, static_cast<int>(size), true));
      x = onnx_.node("Gemm", {x, w}, {{"transB", std::int64_t{1}}});
      Tensor dense{x, x, {4, 0, 0}};
      dense = quantize(dense);
      dense.shape = {4, 1, 1};
      tensors_.push_back(dense);
      x = dense.name;
      size = 4;
    }
    const auto last = onnx_.floats({3, size}, numbers(static_cast<int>(3 * size), -8, 8, 0.125F));
    onnx_.node("Gemm", {x, last}, {{"transB", std::int64_t{1}}}, "scores");
  }

  test::Random random_;
  OnnxBuilder onnx_;
  std::vector<Tensor> tensors_;
};

std::vector<std::uint8_t> to_levels(const test::Values& values, int k) {
  std::vector<std::uint8_t> levels;
  for (const double a : values.data) levels.push_back(static_cast<std::uint8_t>(a * (1 << k)));
  return levels;
}

/// Layer "conv.relay2" relays "conv".
std::string origin(const std::string& layer) { return layer.substr(0, layer.find(".relay")); }

TEST(GraphConversion, IsLosslessSpikeForSpike) {
  int compared = 0;
  int relays = 0;
  int sums = 0;
  int repeated = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE(seed);
    GraphMaker maker(seed);
    const test::TemporaryFile file(maker.onnx().serialize(), ".onnx");
    SpikingNetwork network;
    try {
      network = convert_onnx(file.path());
    } catch (const base::UserError& error) {
      // The graph is only an encoder, without a layer on the chip.
      ASSERT_THAT(error.what(), HasSubstr("2 layers"));
      continue;
    }
    const Encoder encoder(network.encoder);
    const Reference reference(network);
    const Readout readout(network.readout, network.layers.back().quantizer);
    test::Random random(seed);
    for (int image = 0; image < 4; ++image) {
      test::Values pixels{{1, 4, 4}, {}};
      for (int i = 0; i < 16; ++i) pixels.data.push_back(random.between(0, 8) / 8.0);
      const auto tensors = test::OnnxEvaluator(maker.onnx().graph()).run(pixels);
      std::vector<std::uint8_t> levels(static_cast<std::size_t>(encoder.outputs()));
      encoder.encode(pixels.data.data(), levels.data());
      const Reference::Result result = reference.run(levels.data());
      for (std::size_t l = 0; l < network.layers.size(); ++l) {
        const std::string name = origin(network.layers[l].name);
        const auto tensor =
            std::find_if(maker.tensors().begin(), maker.tensors().end(),
                         [&](const GraphMaker::Tensor& t) { return t.layer == name; });
        if (tensor == maker.tensors().end()) {
          ASSERT_EQ(name, "scores.concat");
          continue;
        }
        ASSERT_EQ(result.levels[l], to_levels(tensors.at(tensor->name), tensor->k)) << name;
        ++compared;
      }
      EXPECT_EQ(readout.scores(result.levels.back().data()), tensors.at("scores").data);
    }
    for (const SpikingLayer& layer : network.layers) {
      relays += layer.name != origin(layer.name) ? 1 : 0;
      sums += layer.terms.size() > 1 ? 1 : 0;
      for (const Term& term : layer.terms) repeated += term.repeat > 1 ? 1 : 0;
    }
  }
  EXPECT_GT(compared, 5000);
  EXPECT_GT(relays, 200);
  EXPECT_GT(sums, 200);
  EXPECT_GT(repeated, 100);
}

}  // namespace
}  // namespace spikeloom::converter
