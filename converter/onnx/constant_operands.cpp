// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/onnx/constant_operands.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

namespace spikeloom::converter {

void require(bool condition, const char* problem) {
  if (!condition) throw std::invalid_argument(problem);
}

const Tensor* ConstantOperands::find(int i) const {
  return i < size() ? inputs_[static_cast<std::size_t>(i)] : nullptr;
}

const Tensor& ConstantOperands::at(int i) const {
  const Tensor* tensor = find(i);
  require(tensor != nullptr, "computed by a node that lacks an input");
  return *tensor;
}

std::vector<std::int64_t> ConstantOperands::integers(int i) const {
  const Tensor& tensor = at(i);
  require(is_integer(tensor.type) && tensor.rank() <= 1,
          "computed with axes, indices or a shape that is no list of integers");
  std::vector<std::int64_t> numbers;
  for (const double value : tensor.values) numbers.push_back(to_integer(value));
  return numbers;
}

std::vector<std::int64_t> ConstantOperands::axes() const {
  return find(1) != nullptr ? integers(1) : node_.integers("axes", {});
}

std::size_t computed_elements(const Dims& dims, std::size_t inputs) {
  return element_count(dims, std::max(kMaxGrownElements, static_cast<std::int64_t>(inputs)));
}

std::int64_t to_integer(double value) {
  require(!std::isnan(value), "computed from the symbolic batch dimension");
  const auto [lowest, highest] = integer_range(onnx::TensorProto::INT64);
  return static_cast<std::int64_t>(std::clamp(value, lowest, highest));
}

double stored(int type, double value) {
  if (is_floating(type)) return round_to_type(type, value);
  require(!std::isnan(value), "computed from the symbolic batch dimension");
  const auto [lowest, highest] = integer_range(type);
  if (value < lowest || value > highest || value != std::trunc(value)) {
    throw std::invalid_argument(
        fmt::format("computed as {}, which the type {} does not have", value, type_name(type)));
  }
  return value + 0.0;  // integers have no -0
}

}  // namespace spikeloom::converter
