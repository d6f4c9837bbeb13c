// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/inputs/data_check.h"

#include <fmt/format.h>

#include "spikeloom/base/error.h"

namespace spikeloom::sim {
namespace {

void check_crop(const DataSource& source, const DataSet& data, const converter::Shape& input) {
  const converter::Shape stored = data.stored(input);
  if (!data.crop || (data.crop->height <= stored.height && data.crop->width <= stored.width)) {
    return;
  }
  throw base::UserError(fmt::format(
      "{}: got {} x {}, allowed up to {} x {}, the size of the images of {}", source.at("crop"),
      data.crop->height, data.crop->width, stored.height, stored.width, source.name()));
}

/// Returns the shapes of arrays that hold a network's inputs: "N x 3 x 32 x 32".
std::string array_shapes(const converter::Shape& input, Layout layout) {
  if (takes_vectors(input)) {
    return fmt::format("N x {0}, or N x dimensions whose product is {0}", input.channels);
  }
  const std::string one_channel =
      input.channels == 1 ? fmt::format(" or N x {} x {}", input.height, input.width) : "";
  const bool sequence = takes_sequences(input);
  const int length = input.height * input.width;
  switch (layout) {
    case Layout::kNchw:
      return fmt::format("N x {} x {} x {}", input.channels, input.height, input.width) +
             (sequence ? fmt::format(" or N x {} x {}", input.channels, length) : one_channel);
    case Layout::kNhwc:
      return fmt::format("N x {} x {} x {}", input.height, input.width, input.channels) +
             (sequence ? fmt::format(" or N x {} x {}", length, input.channels) : one_channel);
  }
  return "";
}

void check_shape(const DataSource& source, const DataSet& data, const converter::Shape& input,
                 const std::string& network_path) {
  const converter::Shape shape = data.shape(input);
  if (shape == input || (takes_vectors(input) && shape.size() == input.size())) return;
  if (!source.is_file()) {
    throw base::UserError(fmt::format(
        "{}: needs images of {}, but those of {} are {} (channels x height x width)", network_path,
        converter::format_shape(input), source.name(), converter::format_shape(shape)));
  }
  throw base::UserError(fmt::format(
      "{}: {}: got an array of {}, in layout {} images of {}{} (channels x height x width), "
      "allowed {}{}, the input of {}",
      source.at("images"), source.images.text(), data.pixels.shape_text(), name(data.layout),
      converter::format_shape(data.stored(input)),
      data.crop ? fmt::format(", cropped to {}", converter::format_shape(shape)) : "",
      array_shapes(input, data.layout), data.crop ? " after the crop" : "", network_path));
}

void check_factors(const DataSource& source, const char* key, const std::vector<float>& factors,
                   const DataSet& data, const converter::Shape& input) {
  const int channels = data.stored(input).channels;
  if (factors.size() == 1 || factors.size() == static_cast<std::size_t>(channels)) return;
  throw base::UserError(
      fmt::format("{}: got {} numbers, allowed 1 for all channels or {}, one for "
                  "each channel of {}",
                  source.at(key), factors.size(), channels, source.images.text()));
}

void check_labels(const DataSource& source, const DataSet& data, int classes,
                  const std::string& network_path) {
  for (std::size_t i = 0; i < data.labels.size(); ++i) {
    if (data.labels[i] >= 0 && data.labels[i] < classes) continue;
    const std::string where =
        source.is_file() ? fmt::format("{}: {}", source.at("labels"), source.labels->text())
                         : fmt::format("data set {}", source.name());
    throw base::UserError(fmt::format("{}: label [{}]: got {}, allowed 0..{}, the classes of {}",
                                      where, i, data.labels[i], classes - 1, network_path));
  }
}

}  // namespace

void check_data_set(const DataSource& source, const DataSet& data,
                    const converter::SpikingNetwork& network, const std::string& network_path) {
  const converter::Shape& input = network.encoder.input;
  check_crop(source, data, input);
  check_shape(source, data, input, network_path);
  check_labels(source, data, network.readout.classes, network_path);
  if (!source.is_file()) return;
  check_factors(source, "scale", data.scale, data, input);
  check_factors(source, "offset", data.offset, data, input);
}

}  // namespace spikeloom::sim
