// SPDX-License-Identifier: Apache-2.0
#include "cli/run_report/image_model.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "spikeloom/base/error.h"
#include "spikeloom/sim/inputs/class_names.h"
#include "spikeloom/sim/results/wrong_images.h"

namespace spikeloom::cli {
namespace {

using nlohmann::ordered_json;

/// Upper bound of a class number; more means that the file is not a run's.
constexpr long kMaxClasses = 1000;

struct Image {
  long index;
  std::size_t label;
  std::size_t predicted;
};

std::size_t class_of(const sim::CsvTable& images, std::size_t row, const char* column) {
  const long value = images.integer(row, column);
  if (value < 0 || value >= kMaxClasses) {
    throw base::UserError(fmt::format("{}: line {}: {}: got {}, allowed 0..{}",
                                      sim::kImagesCsv.name, row + 2, column, value,
                                      kMaxClasses - 1));
  }
  return static_cast<std::size_t>(value);
}

std::string base64(const std::uint8_t* begin, std::size_t size) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < size; i += 3) {
    const std::size_t left = size - i;
    const std::uint32_t bits = static_cast<std::uint32_t>(begin[i]) << 16 |
                               (left > 1 ? static_cast<std::uint32_t>(begin[i + 1]) << 8 : 0U) |
                               (left > 2 ? begin[i + 2] : 0U);
    text += kDigits[bits >> 18];
    text += kDigits[bits >> 12 & 63U];
    text += left > 1 ? kDigits[bits >> 6 & 63U] : '=';
    text += left > 2 ? kDigits[bits & 63U] : '=';
  }
  return text;
}

ordered_json wrong_model(const RunDirectory& run, const std::vector<Image>& wrong) {
  ordered_json json = {{"total", wrong.size()}, {"kept", run.wrong.has_value()}};
  json["images"] = ordered_json::array();
  if (!run.wrong) return json;
  const std::vector<std::size_t>& shape = run.wrong->shape;
  if (shape[0] != std::min(wrong.size(), sim::kMaxWrongImages)) {
    throw base::UserError(fmt::format("{}: {} has {} images, but {} lists {} wrong ones", run.path,
                                      sim::kWrongImagesFile, shape[0], sim::kImagesCsv.name,
                                      wrong.size()));
  }
  json["shape"] = {shape[1], shape[2], shape[3]};
  const std::size_t size = shape[1] * shape[2] * shape[3];
  for (std::size_t i = 0; i < shape[0]; ++i) {
    json["images"].push_back({{"index", wrong[i].index},
                              {"label", wrong[i].label},
                              {"predicted", wrong[i].predicted},
                              {"pixels", base64(run.wrong->data.data() + i * size, size)}});
  }
  return json;
}

}  // namespace

ordered_json image_model(const RunDirectory& run) {
  const bool labelled = run.labelled();
  std::vector<Image> images;
  std::vector<std::string> names = sim::class_names(data_set_name(run.summary));
  std::size_t classes = names.size();
  ordered_json latencies = ordered_json::array();
  for (std::size_t i = 0; i < run.images.size(); ++i) {
    if (labelled) {
      images.push_back({run.images.integer(i, "index"), class_of(run.images, i, "label"),
                        class_of(run.images, i, "predicted")});
      classes = std::max({classes, images.back().label + 1, images.back().predicted + 1});
    }
    if (const auto latency = run.images.number(i, "latency_ms")) latencies.push_back(*latency);
  }
  ordered_json model = {{"latency_ms", latencies}};
  if (!labelled) return model;
  while (names.size() < classes) names.push_back(fmt::format("{}", names.size()));
  std::vector<std::vector<std::size_t>> confusion(classes, std::vector<std::size_t>(classes));
  std::vector<Image> wrong;
  for (const Image& image : images) {
    ++confusion[image.label][image.predicted];
    if (image.label != image.predicted) wrong.push_back(image);
  }
  model["classes"] = names;
  model["confusion"] = confusion;
  model["wrong"] = wrong_model(run, wrong);
  return model;
}

}  // namespace spikeloom::cli
