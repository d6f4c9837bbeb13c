// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/recognize/shape_operators.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/base/index.h"
#include "spikeloom/base/list_text.h"
#include "spikeloom/converter/recognize/weighted_operators.h"
#include "spikeloom/converter/recognize/weighted_sums.h"

namespace spikeloom::converter {
namespace {

using base::at;

/// Returns an attribute of numbers, or the input that replaced it in later versions.
std::vector<std::int64_t> attribute_or_input(const Context& context, const OnnxNode& node,
                                             const char* attribute, int input) {
  std::vector<std::int64_t> values = node.integers(attribute, {});
  if (node.input(input).empty()) return values;
  values.clear();
  for (const double value : context.graph.constant(node, input, attribute).values) {
    values.push_back(whole_number(node, value, attribute));
  }
  return values;
}

Layout reshape(const Context& context, const OnnxNode& node, const Layout& layout) {
  node.allow_attributes({"allowzero", "shape"});
  const std::vector<std::int64_t> target = attribute_or_input(context, node, "shape", 1);
  const auto refuse = [&] {
    node.refuse(fmt::format("it reshapes N x {} to [{}]", base::list_text(layout.dims(), " x "),
                            base::list_text(target, ", ")),
                fmt::format("[N, ...] of {} values for each N", layout.size()));
  };
  if (target.size() < 2) refuse();
  const bool zero_copies = node.integer("allowzero", 0) == 0;
  const std::int64_t batch = std::max<std::int64_t>(1, context.graph.input_dims().front());
  if (target[0] != batch && target[0] != -1 && !(target[0] == 0 && zero_copies)) refuse();
  std::vector<int> dims;
  std::int64_t known = 1;
  int open = -1;
  for (std::size_t d = 1; d < target.size(); ++d) {
    std::int64_t dim = target[d];
    if (dim == 0 && zero_copies && d <= layout.dims().size()) dim = layout.dims()[d - 1];
    if (dim == -1 && open == -1 && target[0] != -1) {
      open = static_cast<int>(d) - 1;
      dim = 1;
    }
    if (dim < 1 || dim > layout.size()) refuse();
    known *= dim;
    if (known > layout.size()) refuse();
    dims.push_back(static_cast<int>(dim));
  }
  if (open >= 0 && layout.size() % known == 0) {
    dims[at(open)] = static_cast<int>(layout.size() / known);
    known = layout.size();
  }
  if (known != layout.size()) refuse();
  return layout.reshaped(std::move(dims));
}

Layout transpose(const OnnxNode& node, const Layout& layout) {
  node.allow_attributes({"perm"});
  const std::vector<std::int64_t> axes = node.integers("perm", {});
  std::vector<int> order;
  for (std::size_t i = 1; i < axes.size(); ++i) order.push_back(static_cast<int>(axes[i]) - 1);
  std::vector<int> sorted = order;
  std::sort(sorted.begin(), sorted.end());
  bool valid = axes.size() == layout.dims().size() + 1 && axes[0] == 0;
  for (std::size_t i = 0; valid && i < sorted.size(); ++i) {
    valid = sorted[i] == static_cast<int>(i);
  }
  if (!valid) {
    node.refuse(fmt::format("perm [{}]", base::list_text(axes, ", ")),
                "an order of all dimensions that keeps the batch first");
  }
  return layout.transposed(order);
}

Layout flatten(const OnnxNode& node, const Layout& layout) {
  node.allow_attributes({"axis"});
  const std::int64_t axis = node.integer("axis", 1);
  if (axis != 1 && axis + layout.rank() + 1 != 1) {
    node.refuse(fmt::format("axis {}", axis), "axis 1");
  }
  return layout.reshaped({layout.size()});
}

Layout squeeze(const Context& context, const OnnxNode& node, const Layout& layout) {
  node.allow_attributes({"axes"});
  std::vector<std::int64_t> axes = attribute_or_input(context, node, "axes", 1);
  const int rank = layout.rank() + 1;
  if (axes.empty()) {
    node.refuse("it names no axes, and may take the batch", "axes of size 1 beside the batch");
  }
  std::vector<bool> gone(at(rank));
  for (std::int64_t axis : axes) {
    if (axis < 0) axis += rank;
    if (axis < 1 || axis >= rank || layout.dims()[static_cast<std::size_t>(axis) - 1] != 1) {
      node.refuse(fmt::format("axis {}", axis), "axes of size 1 beside the batch");
    }
    gone[static_cast<std::size_t>(axis)] = true;
  }
  std::vector<int> dims;
  for (int d = 1; d < rank; ++d) {
    if (!gone[at(d)]) dims.push_back(layout.dims()[at(d) - 1]);
  }
  if (dims.empty()) dims.push_back(1);
  return layout.reshaped(std::move(dims));
}

Layout unsqueeze(const Context& context, const OnnxNode& node, const Layout& layout) {
  node.allow_attributes({"axes"});
  const std::vector<std::int64_t> axes = attribute_or_input(context, node, "axes", 1);
  const int rank = layout.rank() + 1 + static_cast<int>(axes.size());
  std::vector<bool> added(at(rank));
  for (std::int64_t axis : axes) {
    if (axis < 0) axis += rank;
    if (axis < 1 || axis >= rank || added[static_cast<std::size_t>(axis)]) {
      node.refuse(fmt::format("axis {}", axis), "axes after the batch");
    }
    added[static_cast<std::size_t>(axis)] = true;
  }
  std::vector<int> dims;
  std::size_t next = 0;
  for (int d = 1; d < rank; ++d) {
    dims.push_back(added[at(d)] || next >= layout.dims().size() ? 1 : layout.dims()[next++]);
  }
  return layout.reshaped(std::move(dims));
}

}  // namespace

Value read_shape_change(const Context& context, const OnnxNode& node, Value value) {
  if (!value.pads.empty()) node.refuse("padding goes before it", "a convolution after padding");
  if (node.op() == "Flatten") {
    value.layout = flatten(node, value.layout);
  } else if (node.op() == "Reshape") {
    value.layout = reshape(context, node, value.layout);
  } else if (node.op() == "Transpose") {
    value.layout = transpose(node, value.layout);
  } else if (node.op() == "Squeeze") {
    value.layout = squeeze(context, node, value.layout);
  } else {
    value.layout = unsqueeze(context, node, value.layout);
  }
  return value;
}

Value read_pad(const Context& context, const OnnxNode& node, Value value) {
  set_channels_first(value);
  node.allow_attributes({"mode", "pads", "value"});
  const std::string mode = node.text("mode", "constant");
  if (mode != "constant") node.refuse(fmt::format("mode {}", mode), "constant");
  const std::vector<std::int64_t> pads = attribute_or_input(context, node, "pads", 1);
  double number = static_cast<double>(node.real("value", 0));
  if (!node.input(2).empty()) number = scalar(context.graph, node, 2, "value");
  if (!node.input(3).empty()) node.refuse("it names axes", "pads of all dimensions");
  const int rank = value.layout.rank() + 1;
  constexpr std::int64_t kMaxPad = 32767;
  bool fits = pads.size() == 2 * at(rank);
  bool none = true;
  for (std::size_t i = 0; fits && i < pads.size(); ++i) {
    const bool image = i % at(rank) >= 2;
    fits = pads[i] >= 0 && pads[i] <= (image ? kMaxPad : 0);
    none = none && pads[i] == 0;
  }
  if (!fits) {
    node.refuse(fmt::format("pads [{}]", base::list_text(pads, ", ")),
                "pads of 0 or more, of height and width alone");
  }
  if (none) return value;
  if (rank < 3 || !value.layout.is_planes(value.shape) || !value.pads.empty()) {
    node.refuse("it pads a reshaped, transposed or padded activation", "one Pad of an image");
  }
  if (std::holds_alternative<SumValue>(value.content)) {
    node.refuse("it pads a sum without a quantizer", "padding of quantized activations");
  }
  const auto pad = [&](int dimension, bool end) {
    return static_cast<int>(pads[at(dimension) + (end ? at(rank) : 0)]);
  };
  if (rank == 4) {
    value.pads = {pad(2, false), pad(3, false), pad(2, true), pad(3, true)};
  } else if (value.shape.width == 1 && value.shape.height != 1) {
    value.pads = {pad(2, false), 0, pad(2, true), 0};
  } else {
    value.pads = {0, pad(2, false), 0, pad(2, true)};
  }
  value.pad_value = Rational::from_double(number);
  return value;
}

Value read_concatenation(const OnnxNode& node, const std::vector<const Value*>& inputs) {
  node.allow_attributes({"axis"});
  const Layout& first = inputs.front()->layout;
  std::int64_t axis = node.integer("axis", 1);
  if (axis < 0) axis += first.rank() + 1;
  if (axis < 1 || axis > first.rank()) node.refuse(fmt::format("axis {}", axis), "the channels");
  LevelsValue levels;
  std::vector<const Layout*> layouts;
  Shape shape{0, inputs.front()->shape.height, inputs.front()->shape.width};
  bool planes = true;
  std::int64_t neurons = 0;
  for (const Value* input : inputs) {
    if (std::holds_alternative<ImageValue>(input->content)) {
      node.refuse("the image is not quantized", "quantized activations");
    }
    const auto* parts = std::get_if<LevelsValue>(&input->content);
    if (parts == nullptr) {
      node.refuse(fmt::format("its input comes from {} without a quantizer",
                              std::get<SumValue>(input->content).layer.label),
                  "a quantizer after every layer but the last");
    }
    if (!input->pads.empty()) node.refuse("padding goes before it", "padding after it");
    bool fits = input->layout.rank() == first.rank();
    for (int d = 0; fits && d < first.rank(); ++d) {
      fits = d == axis - 1 || input->layout.dims()[at(d)] == first.dims()[at(d)];
    }
    if (!fits) {
      node.refuse("its inputs are of different height or width",
                  "equal ones, to be put together along the channels");
    }
    neurons += input->shape.size();
    check_size(node, neurons);
    check_parts(node, levels.parts.size() + parts->parts.size());
    levels.parts.insert(levels.parts.end(), parts->parts.begin(), parts->parts.end());
    layouts.push_back(&input->layout);
    planes = planes && input->shape.height == shape.height && input->shape.width == shape.width;
    shape.channels += input->shape.channels;
  }
  Value value;
  value.layout = Layout::concatenated(layouts, static_cast<int>(axis) - 1);
  value.shape = planes ? shape : Shape{static_cast<int>(neurons), 1, 1};
  value.is_integer = inputs.front()->is_integer;
  value.content = std::move(levels);
  return value;
}

}  // namespace spikeloom::converter
