// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::converter {

/// How the elements of a tensor lie in the neurons of an activation: reshaping and transposing only
/// move data, so that they change the layout alone. The batch dimension is left out.
class Layout {
 public:
  Layout() = default;
  /// Elements in the order of the neurons.
  explicit Layout(std::vector<int> dims) : dims_(std::move(dims)) {}

  const std::vector<int>& dims() const { return dims_; }
  int rank() const { return static_cast<int>(dims_.size()); }
  int size() const;
  /// Whether the elements are in the order of the neurons.
  bool in_order() const { return order_.empty(); }
  /// Returns the neuron of an element, in row-major order of the dimensions.
  int neuron(int element) const {
    return order_.empty() ? element : order_[static_cast<std::size_t>(element)];
  }
  /// Returns the neuron of each element; empty if they are in order.
  const std::vector<int>& order() const { return order_; }

  /// Returns the layout with the same elements in other dimensions of the same size.
  Layout reshaped(std::vector<int> dims) const;
  /// Returns the layout with dimension i being dimension axes[i] of this one.
  Layout transposed(const std::vector<int>& axes) const;
  /// Returns the layouts put together along dimension `axis`; the neurons of each follow those of
  /// the one before.
  static Layout concatenated(const std::vector<const Layout*>& layouts, int axis);

  /// Whether the elements are channels x height x width of `shape`, in order. With fewer dimensions
  /// those of size 1 are missing.
  bool is_planes(const Shape& shape) const;

 private:
  void set_order(std::vector<int> order);

  std::vector<int> dims_;
  std::vector<int> order_;
};

}  // namespace spikeloom::converter
