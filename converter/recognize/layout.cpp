// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/recognize/layout.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

#include "spikeloom/base/index.h"

namespace spikeloom::converter {
namespace {

using base::at;

int element_count(const std::vector<int>& dims, std::size_t first, std::size_t end) {
  return std::accumulate(dims.begin() + static_cast<std::ptrdiff_t>(first),
                         dims.begin() + static_cast<std::ptrdiff_t>(end), 1, std::multiplies<>());
}

}  // namespace

int Layout::size() const { return element_count(dims_, 0, dims_.size()); }

void Layout::set_order(std::vector<int> order) {
  bool in_order = true;
  for (std::size_t i = 0; in_order && i < order.size(); ++i) {
    in_order = order[i] == static_cast<int>(i);
  }
  order_ = in_order ? std::vector<int>() : std::move(order);
}

Layout Layout::reshaped(std::vector<int> dims) const {
  Layout result = *this;
  result.dims_ = std::move(dims);
  return result;
}

Layout Layout::transposed(const std::vector<int>& axes) const {
  Layout result;
  std::vector<int> strides(dims_.size());
  for (std::size_t d = 0; d < dims_.size(); ++d)
    strides[d] = element_count(dims_, d + 1, dims_.size());
  for (const int axis : axes) result.dims_.push_back(dims_[at(axis)]);
  std::vector<int> order;
  order.reserve(at(size()));
  std::vector<int> index(dims_.size());
  for (int element = 0; element < size(); ++element) {
    int from = 0;
    for (std::size_t d = 0; d < axes.size(); ++d) from += index[d] * strides[at(axes[d])];
    order.push_back(neuron(from));
    for (std::size_t d = axes.size(); d-- > 0;) {
      if (++index[d] < result.dims_[d]) break;
      index[d] = 0;
    }
  }
  result.set_order(std::move(order));
  return result;
}

Layout Layout::concatenated(const std::vector<const Layout*>& layouts, int axis) {
  Layout result;
  result.dims_ = layouts.front()->dims_;
  result.dims_[at(axis)] = 0;
  for (const Layout* layout : layouts) result.dims_[at(axis)] += layout->dims_[at(axis)];
  const int outer = element_count(result.dims_, 0, at(axis));
  std::vector<int> order;
  order.reserve(at(result.size()));
  for (int o = 0; o < outer; ++o) {
    int first_neuron = 0;
    for (const Layout* layout : layouts) {
      const int chunk = layout->size() / std::max(outer, 1);
      for (int i = 0; i < chunk; ++i) order.push_back(first_neuron + layout->neuron(o * chunk + i));
      first_neuron += layout->size();
    }
  }
  result.set_order(std::move(order));
  return result;
}

bool Layout::is_planes(const Shape& shape) const {
  if (!in_order()) return false;
  switch (rank()) {
    case 1:
      return shape.height == 1 && shape.width == 1 && dims_[0] == shape.channels;
    case 2:
      return dims_[0] == shape.channels && dims_[1] == shape.height * shape.width &&
             (shape.height == 1 || shape.width == 1);
    case 3:
      return dims_ == std::vector<int>{shape.channels, shape.height, shape.width};
    default:
      return false;
  }
}

}  // namespace spikeloom::converter
