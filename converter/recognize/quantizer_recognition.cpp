// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/recognize/quantizer_recognition.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace spikeloom::converter {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr const char* kAccepted =
    "a quantizer Clip(0, B), Mul(2^k), Add(0.5), Floor, Mul(2^-k), or with Round in place of "
    "Add(0.5), Floor, or Clip(0, B), QuantizeLinear, DequantizeLinear with scale 2^-k";

bool is_add_half(const Chain& chain) {
  if (!chain.next_is("Add")) return false;
  const OnnxNode& node = *chain.peek();
  const OnnxNode* second = chain.peek_second();
  if (second == nullptr || second->op() != "Floor") return false;
  const Tensor& half = chain.operand(node);
  return half.is_scalar() && half.values[0] == 0.5;
}

class QuantizerReader {
 public:
  explicit QuantizerReader(Chain& chain) : chain_(chain) {}

  void read(QuantizedLayer& layer) {
    while (read_bound() || read_scale()) {
    }
    read_rounding();
    while (read_bound() || read_scale() || read_dequantize()) {
    }
    if (dequantize_missing_) last_->refuse("no DequantizeLinear follows it", kAccepted);
    resolve(layer);
  }

 private:
  const OnnxNode& take() {
    last_ = &chain_.take();
    return *last_;
  }

  void bound(double lower, double upper) {
    lower_ = std::max(lower_, std::ldexp(lower, -exponent_));
    upper_ = std::min(upper_, std::ldexp(upper, -exponent_));
    if (lower_ > upper_) last_->refuse("its bounds exclude each other", "Clip(0, B)");
  }

  bool read_bound() {
    if (chain_.next_is("Relu")) {
      take().allow_attributes({});
      bound(0, kInfinity);
      return true;
    }
    if (!chain_.next_is("Clip")) return false;
    const OnnxNode& node = take();
    node.allow_attributes({"min", "max"});
    double lower = node.has("min") ? static_cast<double>(node.real("min", 0)) : -kInfinity;
    double upper = node.has("max") ? static_cast<double>(node.real("max", 0)) : kInfinity;
    if (!node.input(1).empty()) lower = chain_.scalar(node, 1, "minimum");
    if (!node.input(2).empty()) upper = chain_.scalar(node, 2, "maximum");
    if (std::isnan(lower) || std::isnan(upper)) node.refuse("a bound is NaN", "Clip(0, B)");
    bound(lower, upper);
    return true;
  }

  void scale(const OnnxNode& node, double factor, int direction) {
    const auto exponent = exponent_of(factor);
    if (!exponent) {
      node.refuse(
          fmt::format("the quantizer's scale {} is no power of two", static_cast<float>(factor)),
          kAccepted);
    }
    exponent_ += direction * *exponent;
  }

  bool read_scale() {
    if (!chain_.next_is("Mul") && !chain_.next_is("Div")) return false;
    const OnnxNode& node = take();
    const Tensor& operand = chain_.operand(node);
    if (!operand.is_scalar()) {
      node.refuse(fmt::format("a factor of shape {} within a quantizer", format_dims(operand.dims)),
                  kAccepted);
    }
    if (node.op() == "Div" && chain_.graph().is_constant(node.input(0))) {
      node.refuse("it divides by the activation", kAccepted);
    }
    scale(node, operand.values[0], node.op() == "Mul" ? 1 : -1);
    return true;
  }

  /// Returns the scale of a QuantizeLinear or DequantizeLinear; refuses a zero point other than 0.
  double read_linear(const OnnxNode& node) {
    node.allow_attributes({"axis"});
    if (!node.input(2).empty() && chain_.scalar(node, 2, "zero point") != 0) {
      node.refuse(fmt::format("zero point {}", chain_.scalar(node, 2, "zero point")), "0");
    }
    return chain_.scalar(node, 1, "scale");
  }

  void read_rounding() {
    using Rounding = Quantizer::Rounding;
    if (is_add_half(chain_)) {
      take();
      take();
      begin_levels(Rounding::kHalfUp);
    } else if (chain_.next_is("Round")) {
      take().allow_attributes({});
      begin_levels(Rounding::kHalfEven);
    } else if (chain_.next_is("QuantizeLinear")) {
      const OnnxNode& node = take();
      scale(node, read_linear(node), -1);
      begin_levels(Rounding::kHalfEven);
      read_saturation(node);
      dequantize_missing_ = true;
    } else if (chain_.next_is("Floor")) {
      chain_.peek()->refuse("no Add(0.5) before it", kAccepted);
    } else if (chain_.peek() != nullptr) {
      chain_.peek()->refuse(fmt::format("it follows {} in place of a rounding", last_->label()),
                            kAccepted);
    } else {
      last_->refuse("no rounding follows it", kAccepted);
    }
  }

  /// The rounding: after it the value is a level times 2^exponent_.
  void begin_levels(Quantizer::Rounding rounding) {
    rounding_ = rounding;
    lower_ = std::ldexp(lower_, exponent_);
    upper_ = std::ldexp(upper_, exponent_);
    scale_before_ = std::exchange(exponent_, 0);
  }

  /// QuantizeLinear saturates to the range of its output type.
  void read_saturation(const OnnxNode& node) {
    const int type = node.input(2).empty() ? static_cast<int>(onnx::TensorProto::UINT8)
                                           : chain_.graph().constant(node, 2, "zero point").type;
    if (type == onnx::TensorProto::UINT8) {
      bound(0, 255);
    } else if (type == onnx::TensorProto::INT8) {
      bound(-128, 127);
    } else {
      node.refuse(fmt::format("it makes {}", type_name(type)), "UINT8 or INT8");
    }
  }

  bool read_dequantize() {
    if (!chain_.next_is("DequantizeLinear") || !dequantize_missing_) return false;
    const OnnxNode& node = take();
    scale(node, read_linear(node), 1);
    dequantize_missing_ = false;
    return true;
  }

  void resolve(QuantizedLayer& layer) const {
    const int k = -exponent_;
    const double step = std::ldexp(1.0, exponent_);
    if (k < 0 || k > Quantizer::kMaxPrecision) {
      last_->refuse(fmt::format("the quantizer's step is {}", step),
                    fmt::format("2^-k, k of 0..{}", Quantizer::kMaxPrecision));
    }
    if (lower_ != 0) {
      last_->refuse(std::isinf(lower_)
                        ? "nothing bounds the quantizer from below"
                        : fmt::format("the quantizer's lower bound is {}", lower_ * step),
                    "0, by Clip(0, B) or Relu");
    }
    if (std::isinf(upper_)) {
      last_->refuse("nothing bounds the quantizer from above", "Clip(0, B)");
    }
    if (upper_ != std::floor(upper_) || upper_ < 1 || upper_ > Quantizer::kMaxLevels) {
      last_->refuse(
          fmt::format("B = {} and k = {} make B*2^k = {} levels", upper_ * step, k, upper_),
          fmt::format("an integer of 1..{}", Quantizer::kMaxLevels));
    }
    layer.quantized = true;
    layer.quantizer = {k, static_cast<int>(upper_), rounding_};
    layer.exponent = scale_before_ - k;
  }

  Chain& chain_;
  const OnnxNode* last_ = nullptr;
  int exponent_ = 0;           ///< the value is y (after the rounding: the level) times 2^exponent_
  int scale_before_ = 0;       ///< exponent_ at the rounding
  double lower_ = -kInfinity;  ///< bounds of y (after the rounding: of the level)
  double upper_ = kInfinity;
  bool dequantize_missing_ = false;
  Quantizer::Rounding rounding_ = Quantizer::Rounding::kHalfUp;
};

}  // namespace

std::optional<int> exponent_of(double value) {
  int exponent = 0;
  if (std::frexp(value, &exponent) != 0.5) return std::nullopt;
  return exponent - 1;
}

bool starts_quantizer(const Chain& chain) {
  for (const char* op : {"Relu", "Clip", "Round", "Floor", "QuantizeLinear"}) {
    if (chain.next_is(op)) return true;
  }
  return is_add_half(chain);
}

void read_quantizer(Chain& chain, QuantizedLayer& layer) { QuantizerReader(chain).read(layer); }

}  // namespace spikeloom::converter
