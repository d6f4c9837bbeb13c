// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/recognize/window_recognition.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "spikeloom/base/list_text.h"

namespace spikeloom::converter {
namespace {

constexpr std::int64_t kMaxSize = 32767;

/// Reads an attribute of `count` numbers, each in min..kMaxSize; all are `default_value` if the
/// attribute is missing.
std::vector<int> read_sizes(const OnnxNode& node, const char* attribute, std::size_t count,
                            int rank, std::int64_t min, std::int64_t default_value) {
  const auto values = node.integers(attribute, std::vector<std::int64_t>(count, default_value));
  const auto allowed = [min](std::int64_t v) { return v >= min && v <= kMaxSize; };
  if (values.size() != count || !std::all_of(values.begin(), values.end(), allowed)) {
    node.refuse(fmt::format("{} is [{}]", attribute, base::list_text(values, ", ")),
                fmt::format("{} numbers of {}..{}, for windows in {}", count, min, kMaxSize,
                            rank == 2 ? "two dimensions" : "one dimension"));
  }
  return {values.begin(), values.end()};
}

/// Reads one size per dimension of the window, as height and width.
std::pair<int, int> read_extent(const OnnxNode& node, const char* attribute, int rank,
                                bool along_height, std::int64_t min, std::int64_t default_value) {
  const std::vector<int> sizes =
      read_sizes(node, attribute, static_cast<std::size_t>(rank), rank, min, default_value);
  if (rank == 2) return {sizes[0], sizes[1]};
  return along_height ? std::make_pair(sizes[0], 1) : std::make_pair(1, sizes[0]);
}

/// Returns the padding before and after for ceil(input / stride) outputs. The odd pixel goes after
/// if `upper`, else before.
std::pair<int, int> same_pads(const OnnxNode& node, int input, int kernel, int stride, int dilation,
                              bool upper) {
  const int outputs = (input + stride - 1) / stride;
  const int pads = (outputs - 1) * stride + (kernel - 1) * dilation + 1 - input;
  // With fewer than none, TensorFlow has the first window at the first pixel, and ONNX Runtime
  // leaves pixels out on both sides.
  if (pads < (upper ? -1 : -2)) {
    node.refuse(fmt::format("auto_pad {} with strides above its window",
                            upper ? "SAME_UPPER" : "SAME_LOWER"),
                "pads, since tools disagree on where its first window is");
  }
  const int all = std::max(pads, 0);
  return upper ? std::make_pair(all / 2, all - all / 2) : std::make_pair(all - all / 2, all / 2);
}

void read_pads(const OnnxNode& node, const Shape& input, int rank, bool along_height,
               Window& window) {
  auto pads = read_sizes(node, "pads", 2 * static_cast<std::size_t>(rank), rank, 0, 0);
  if (rank == 1) {
    pads = along_height ? std::vector<int>{pads[0], 0, pads[1], 0}
                        : std::vector<int>{0, pads[0], 0, pads[1]};
  }
  const std::string mode = node.text("auto_pad", "NOTSET");
  if (mode == "NOTSET" || mode.empty()) {
    window.pad_top = pads[0];
    window.pad_left = pads[1];
    window.pad_bottom = pads[2];
    window.pad_right = pads[3];
    return;
  }
  if (std::any_of(pads.begin(), pads.end(), [](int pad) { return pad != 0; })) {
    node.refuse(fmt::format("both pads and auto_pad {}", mode), "one of them");
  }
  if (mode == "VALID") return;
  if (mode != "SAME_UPPER" && mode != "SAME_LOWER") {
    node.refuse(fmt::format("auto_pad {}", mode), "NOTSET, VALID, SAME_UPPER, SAME_LOWER");
  }
  const bool upper = mode == "SAME_UPPER";
  std::tie(window.pad_top, window.pad_bottom) = same_pads(
      node, input.height, window.kernel_height, window.stride_y, window.dilation_y, upper);
  std::tie(window.pad_left, window.pad_right) =
      same_pads(node, input.width, window.kernel_width, window.stride_x, window.dilation_x, upper);
}

/// Rounding the output size up makes no difference if the last window ends with the padded input;
/// refuses ceil_mode if it does make one.
void check_ceil_mode(const OnnxNode& node, const Shape& input, const Window& w) {
  const int rest_y =
      (input.height + w.pad_top + w.pad_bottom - ((w.kernel_height - 1) * w.dilation_y + 1)) %
      w.stride_y;
  const int rest_x =
      (input.width + w.pad_left + w.pad_right - ((w.kernel_width - 1) * w.dilation_x + 1)) %
      w.stride_x;
  if (node.integer("ceil_mode", 0) != 0 && (rest_y != 0 || rest_x != 0)) {
    node.refuse("ceil_mode lets its last windows overhang", "ceil_mode 0 and pads");
  }
}

}  // namespace

Window read_window(const OnnxNode& node, const Shape& input, int rank, std::pair<int, int> kernel,
                   bool along_height) {
  Window window;
  const auto size = node.has("kernel_shape") || kernel.first == 0
                        ? read_extent(node, "kernel_shape", rank, along_height, 1, 0)
                        : kernel;
  if (kernel.first != 0 && size != kernel) {
    node.refuse(fmt::format("kernel_shape {}x{} for weights of {}x{}", size.first, size.second,
                            kernel.first, kernel.second),
                "the weights' own");
  }
  std::tie(window.kernel_height, window.kernel_width) = size;
  std::tie(window.stride_y, window.stride_x) =
      read_extent(node, "strides", rank, along_height, 1, 1);
  std::tie(window.dilation_y, window.dilation_x) =
      read_extent(node, "dilations", rank, along_height, 1, 1);
  read_pads(node, input, rank, along_height, window);
  const Shape output = output_shape(window, input, 1);
  if (output.height < 1 || output.width < 1) {
    node.refuse(fmt::format("its window is larger than its padded input of {}x{}", input.height,
                            input.width),
                "a window that fits");
  }
  check_ceil_mode(node, input, window);
  return window;
}

}  // namespace spikeloom::converter
