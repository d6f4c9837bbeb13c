// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/recognize/operands.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/base/index.h"
#include "spikeloom/base/list_text.h"

namespace spikeloom::converter {
namespace {

using base::at;

/// Assigns the number of each element to the channel of its neuron; false if a channel gets two.
template <typename Index>
bool assign(const Value& value, const std::vector<double>& numbers, Index index,
            std::vector<double>& channels) {
  const int pixels = value.shape.height * value.shape.width;
  std::vector<bool> set(at(value.shape.channels));
  channels.assign(at(value.shape.channels), 0);
  for (int element = 0; element < value.layout.size(); ++element) {
    const double number = numbers[index(element)];
    const std::size_t channel = at(value.layout.neuron(element) / pixels);
    if (set[channel] && channels[channel] != number) return false;
    channels[channel] = number;
    set[channel] = true;
  }
  return true;
}

}  // namespace

std::string operator_name(const OnnxNode& node) {
  return node.op().substr(node.op().rfind('.') + 1);
}

Tensor channels_first(Tensor weights) {
  if (weights.rank() < 3) return weights;
  const auto outputs = static_cast<std::size_t>(weights.dims.front());
  const auto inputs = static_cast<std::size_t>(weights.dims.back());
  const std::size_t taps = weights.values.size() / std::max<std::size_t>(1, outputs * inputs);
  const auto reorder = [&](auto& numbers) {
    auto sorted = numbers;
    for (std::size_t o = 0; o < outputs; ++o) {
      for (std::size_t t = 0; t < taps; ++t) {
        for (std::size_t i = 0; i < inputs; ++i) {
          sorted[(o * inputs + i) * taps + t] = numbers[(o * taps + t) * inputs + i];
        }
      }
    }
    numbers = std::move(sorted);
  };
  reorder(weights.values);
  const int last = weights.rank() - 1;
  if (weights.grid) {
    reorder(weights.grid->codes);
    int& axis = weights.grid->axis;
    axis = axis == last ? 1 : axis == 0 ? 0 : axis + 1;
  }
  std::rotate(weights.dims.begin() + 1, weights.dims.end() - 1, weights.dims.end());
  return weights;
}

double scalar(const OnnxGraph& graph, const OnnxNode& node, int i, const std::string& what) {
  const Tensor& tensor = graph.constant(node, i, what);
  if (!tensor.is_scalar() || !std::isfinite(tensor.values[0])) {
    node.refuse(tensor.is_scalar()
                    ? fmt::format("its {} is {}", what, tensor.values[0])
                    : fmt::format("its {} is of shape {}", what, format_dims(tensor.dims)),
                "one finite number");
  }
  return tensor.values[0];
}

std::int64_t whole_number(const OnnxNode& node, double value, const std::string& what) {
  constexpr double kLimit = 9.2e18;
  if (!(std::abs(value) < kLimit) || value != std::floor(value)) {
    node.refuse(fmt::format("{} in its {}", value, what), "integers of 64 bits");
  }
  return static_cast<std::int64_t>(value);
}

void require_finite(const OnnxNode& node, const Tensor& tensor, const std::string& what) {
  for (const double value : tensor.values) {
    if (std::isfinite(value)) continue;
    node.refuse(fmt::format("its {} holds {}", what, value), "finite numbers");
  }
}

std::vector<double> numbers(const OnnxNode& node, const Tensor& tensor, const std::string& what) {
  require_finite(node, tensor, what);
  return tensor.values;
}

std::vector<float> floats(const OnnxNode& node, const Tensor& tensor, const std::string& what) {
  std::vector<float> result(tensor.values.begin(), tensor.values.end());
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (static_cast<double>(result[i]) == tensor.values[i] && std::isfinite(result[i])) continue;
    node.refuse(
        fmt::format("its {} holds {}, which is no finite float32 number", what, tensor.values[i]),
        "numbers that float32 holds exactly");
  }
  return result;
}

std::vector<double> per_channel(const OnnxNode& node, const Value& value, const Tensor& tensor,
                                const std::string& what) {
  const std::vector<double> values = numbers(node, tensor, what);
  if (tensor.is_scalar()) return std::vector<double>(at(value.shape.channels), values.front());
  // Strides of the tensor along the dimensions of the value, 0 where it is repeated.
  const std::vector<int>& dims = value.layout.dims();
  std::vector<std::size_t> strides(dims.size());
  std::size_t stride = 1;
  bool fits = !values.empty();
  for (int d = tensor.rank() - 1, v = value.layout.rank() - 1; d >= 0; --d, --v) {
    const std::int64_t dim = tensor.dims[at(d)];
    fits = fits && (dim == 1 || (v >= 0 && dim == dims[at(v)])) && v >= -1;
    if (!fits) break;
    if (v >= 0 && dim != 1) strides[at(v)] = stride;
    stride *= static_cast<std::size_t>(dim);
  }
  const auto index = [&](int element) {
    std::size_t at_element = 0;
    for (std::size_t d = dims.size(); d-- > 0;) {
      at_element += static_cast<std::size_t>(element % dims[d]) * strides[d];
      element /= dims[d];
    }
    return at_element;
  };
  std::vector<double> channels;
  if (!fits || !assign(value, values, index, channels)) {
    node.refuse(
        fmt::format("its {} is of shape {} for activations of {}", what, format_dims(tensor.dims),
                    format_shape(value)),
        fmt::format("a scalar, or one number for each of {} channels", value.shape.channels));
  }
  return channels;
}

std::vector<double> per_channel_along(const OnnxNode& node, const Value& value,
                                      const std::vector<double>& numbers, int axis,
                                      const std::string& what) {
  const std::vector<int>& dims = value.layout.dims();
  if (axis == 0 && value.layout.in_order() && dims[0] == value.shape.channels &&
      numbers.size() == at(dims[0])) {
    return numbers;
  }
  std::vector<double> channels;
  if (axis < value.layout.rank() && numbers.size() == at(dims[at(axis)])) {
    int inner = 1;
    for (std::size_t d = at(axis) + 1; d < dims.size(); ++d) inner *= dims[d];
    const auto index = [&](int element) { return at(element / inner % dims[at(axis)]); };
    if (assign(value, numbers, index, channels)) return channels;
  }
  node.refuse(fmt::format("{} {} for activations of {}", numbers.size(), what, format_shape(value)),
              "one per channel");
}

bool is_uniform(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(),
                     [&values](double value) { return value == values.front(); });
}

std::string format_shape(const Value& value) { return base::list_text(value.layout.dims(), "x"); }

}  // namespace spikeloom::converter
