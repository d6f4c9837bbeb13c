// SPDX-License-Identifier: Apache-2.0
#include "cli/inspect/level_inspection.h"

#include <array>
#include <cstdint>
#include <stdexcept>

#include <fmt/format.h>

#include "spikeloom/base/error.h"
#include "spikeloom/base/npy.h"

namespace spikeloom::cli {
namespace {

constexpr std::size_t kValues = 256;

base::NpyArray read_levels(const InspectedFile& file) {
  try {
    base::NpyArray array = base::parse_npy(file.bytes);
    if (array.type == "|u1" && array.shape.size() == 4) return array;
    throw std::invalid_argument(
        fmt::format("a NumPy array, but not one of --record-levels: {} of {} dimensions; those are "
                    "|u1 [image][channel][y][x]",
                    array.type, array.shape.size()));
  } catch (const std::invalid_argument& error) {
    throw base::UserError(fmt::format("{}: {}", file.path, error.what()));
  }
}

}  // namespace

bool is_numpy(const InspectedFile& file) { return file.begins_with("\x93NUMPY"); }

Inspection inspect_levels(const InspectedFile& file) {
  const base::NpyArray array = read_levels(file);
  const std::size_t images = array.shape[0];
  std::array<std::uint64_t, kValues> counts{};
  for (const std::uint8_t level : array.data) ++counts[level];
  std::uint64_t spikes = 0;
  std::size_t maximum = 0;
  for (std::size_t level = 0; level < kValues; ++level) {
    spikes += level * counts[level];
    if (counts[level] != 0) maximum = level;
  }
  const auto values = static_cast<double>(array.data.size());
  const double per_image =
      images == 0 ? 0.0 : static_cast<double>(spikes) / static_cast<double>(images);
  base::TextTable table({"spikes of a neuron", "times", "%"});
  nlohmann::ordered_json histogram = nlohmann::ordered_json::array();
  for (std::size_t level = 0; level <= maximum; ++level) {
    table.add({fmt::format("{}", level), fmt::format("{}", counts[level]),
               values > 0
                   ? fmt::format("{:.2f}", 100.0 * static_cast<double>(counts[level]) / values)
                   : "-"});
    histogram.push_back(counts[level]);
  }
  Inspection result;
  result.text = fmt::format(
      "levels of a layer, from run --record-levels: NumPy array, version 1.0, uint8\n\n"
      "images  {}\nneurons {} x {} x {} (channels, rows, columns)\n"
      "spikes  {}, {:.1f} an image\n\n",
      images, array.shape[1], array.shape[2], array.shape[3], spikes, per_image);
  result.text += table.text();
  result.json = {{"kind", "levels"},      {"version", "1.0"}, {"bytes", file.bytes.size()},
                 {"shape", array.shape},  {"spikes", spikes}, {"spikes_per_image", per_image},
                 {"histogram", histogram}};
  return result;
}

}  // namespace spikeloom::cli
