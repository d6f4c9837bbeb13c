// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/recognize/layout.h"

#include <algorithm>
#include <numeric>

#include <gtest/gtest.h>

#include "testbenches/unit/support/random.h"

namespace spikeloom::converter {
namespace {

using Ints = std::vector<int>;

/// A tensor whose elements are the numbers of neurons, as NumPy would hold it.
struct Array {
  Ints dims;
  Ints data;

  int at(const Ints& index) const {
    int element = 0;
    for (std::size_t d = 0; d < dims.size(); ++d) element = element * dims[d] + index[d];
    return data[static_cast<std::size_t>(element)];
  }
};

/// Calls function(index) for each element in row-major order.
template <typename Function>
void for_each_index(const Ints& dims, Function function) {
  Ints index(dims.size());
  const int size = std::accumulate(dims.begin(), dims.end(), 1, std::multiplies<>());
  for (int element = 0; element < size; ++element) {
    int rest = element;
    for (std::size_t d = dims.size(); d-- > 0;) {
      index[d] = rest % dims[d];
      rest /= dims[d];
    }
    function(index);
  }
}

Array range(const Ints& dims) {
  Array result{dims, {}};
  for_each_index(dims,
                 [&](const Ints&) { result.data.push_back(static_cast<int>(result.data.size())); });
  return result;
}

Array transposed(const Array& from, const Ints& axes) {
  Array result;
  for (const int axis : axes) result.dims.push_back(from.dims[static_cast<std::size_t>(axis)]);
  for_each_index(result.dims, [&](const Ints& index) {
    Ints source(index.size());
    for (std::size_t d = 0; d < axes.size(); ++d) {
      source[static_cast<std::size_t>(axes[d])] = index[d];
    }
    result.data.push_back(from.at(source));
  });
  return result;
}

/// Puts arrays together; the neurons of each follow those of the one before.
Array concatenated(const std::vector<Array>& parts, int axis) {
  const auto along = static_cast<std::size_t>(axis);
  Array result{parts.front().dims, {}};
  result.dims[along] = 0;
  for (const Array& part : parts) result.dims[along] += part.dims[along];
  for_each_index(result.dims, [&](Ints index) {
    int first = 0;
    for (const Array& part : parts) {
      if (index[along] < part.dims[along]) {
        result.data.push_back(first + part.at(index));
        return;
      }
      index[along] -= part.dims[along];
      first += static_cast<int>(part.data.size());
    }
  });
  return result;
}

void expect_equal(const Layout& layout, const Array& array) {
  ASSERT_EQ(layout.dims(), array.dims);
  ASSERT_EQ(layout.rank(), static_cast<int>(array.dims.size()));
  ASSERT_EQ(layout.size(), static_cast<int>(array.data.size()));
  Ints neurons;
  for (int element = 0; element < layout.size(); ++element) {
    neurons.push_back(layout.neuron(element));
  }
  EXPECT_EQ(neurons, array.data);
  const bool in_order = std::is_sorted(array.data.begin(), array.data.end());
  EXPECT_EQ(layout.in_order(), in_order);
  EXPECT_EQ(layout.order(), in_order ? Ints() : array.data);
}

/// Returns random dimensions of the same size.
Ints refactored(test::Random& random, int size) {
  Ints dims;
  while (size > 1 && dims.size() < 4) {
    int divisor = random.between(1, size);
    while (size % divisor != 0) --divisor;
    dims.push_back(divisor);
    size /= divisor;
  }
  dims.push_back(size);
  return dims;
}

TEST(Layout, FollowsReshapesTranspositionsAndConcatenations) {
  test::Random random(1);
  for (int i = 0; i < 400; ++i) {
    SCOPED_TRACE(i);
    const Ints dims = {random.between(1, 4), random.between(1, 4), random.between(1, 4)};
    Layout layout(dims);
    Array array = range(dims);
    const int steps = random.between(1, 6);
    for (int s = 0; s < steps; ++s) {
      switch (random.between(0, 2)) {
        case 0: {
          const Ints target = refactored(random, layout.size());
          layout = layout.reshaped(target);
          array.dims = target;
          break;
        }
        case 1: {
          Ints axes(array.dims.size());
          std::iota(axes.begin(), axes.end(), 0);
          for (std::size_t a = axes.size(); a > 1; --a) {
            std::swap(axes[a - 1],
                      axes[static_cast<std::size_t>(random.between(0, static_cast<int>(a) - 1))]);
          }
          layout = layout.transposed(axes);
          array = transposed(array, axes);
          break;
        }
        default: {
          // With a tensor of another size along the axis, and with itself.
          const int axis = random.between(0, layout.rank() - 1);
          Ints other = array.dims;
          other[static_cast<std::size_t>(axis)] = random.between(1, 3);
          if (layout.size() > 500) break;
          const Layout second(other);
          const Array second_array = range(other);
          std::vector<const Layout*> layouts = {&layout, &second};
          std::vector<Array> arrays = {array, second_array};
          if (random.chance(50)) {
            std::swap(layouts[0], layouts[1]);
            std::swap(arrays[0], arrays[1]);
          }
          if (random.chance(30)) {
            layouts.push_back(&second);
            arrays.push_back(second_array);
          }
          const Layout whole = Layout::concatenated(layouts, axis);
          array = concatenated(arrays, axis);
          layout = whole;
          break;
        }
      }
      expect_equal(layout, array);
    }
  }
}

TEST(Layout, ATranspositionAndItsInverseRestoreTheOrder) {
  const Layout planes({3, 4, 5});
  const Layout last = planes.transposed({1, 2, 0});
  EXPECT_FALSE(last.in_order());
  EXPECT_EQ(last.dims(), (Ints{4, 5, 3}));
  EXPECT_EQ(last.neuron(1), 20);  // channel 1 of the first pixel
  const Layout back = last.transposed({2, 0, 1});
  EXPECT_TRUE(back.in_order());
  EXPECT_TRUE(back.is_planes({3, 4, 5}));
  // Swapping dimensions of size 1 moves nothing.
  EXPECT_TRUE(Layout({6, 1, 1}).transposed({2, 0, 1}).in_order());
}

TEST(Layout, Planes) {
  const Shape shape{2, 3, 4};
  EXPECT_TRUE(Layout({2, 3, 4}).is_planes(shape));
  EXPECT_FALSE(Layout({2, 4, 3}).is_planes(shape));
  EXPECT_FALSE(Layout({2, 12}).is_planes(shape));
  EXPECT_FALSE(Layout({24}).is_planes(shape));
  EXPECT_FALSE(Layout({1, 2, 3, 4}).is_planes(shape));
  EXPECT_FALSE(Layout({3, 4, 2}).transposed({2, 0, 1}).is_planes(shape));
  // In one dimension, along height or width.
  EXPECT_TRUE(Layout({2, 12}).is_planes({2, 1, 12}));
  EXPECT_TRUE(Layout({2, 12}).is_planes({2, 12, 1}));
  EXPECT_TRUE(Layout({2}).is_planes({2, 1, 1}));
  EXPECT_FALSE(Layout({12}).is_planes({2, 1, 6}));
}

}  // namespace
}  // namespace spikeloom::converter
