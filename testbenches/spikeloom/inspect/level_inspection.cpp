// SPDX-License-Identifier: Apache-2.0
#include "testbenches/spikeloom/inspect/level_inspection.h"

#include <array>
#include <numeric>
#include <regex>
#include <string_view>

#include <fmt/format.h>

#include "common/error.h"

namespace spikeloom::program {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kPrefix = 10;  ///< magic, version, length of the dictionary
constexpr std::size_t kValues = 256;

/// A file of the format's version 1.0 that holds levels.
struct LevelArray {
  std::array<std::size_t, 4> shape;  ///< image, channel, y, x
  std::size_t header = 0;            ///< bytes before the levels
};

LevelArray read_header(const InspectedFile& file) {
  const auto fail = [&file](const std::string& what) -> common::UserError {
    return common::UserError(fmt::format("{}: {}", file.path, what));
  };
  if (file.bytes.size() < kPrefix) throw fail("truncated inside its header");
  if (file.bytes[6] != 1) {
    throw fail(
        fmt::format("NumPy format version {}, --record-levels writes version 1", file.bytes[6]));
  }
  LevelArray array;
  array.header = kPrefix + file.bytes[8] + (std::size_t{file.bytes[9]} << 8);
  if (file.bytes.size() < array.header) throw fail("truncated inside its header");
  const std::string dictionary(file.bytes.begin() + kPrefix,
                               file.bytes.begin() + static_cast<std::ptrdiff_t>(array.header));
  static const std::regex kForm(R"(\{'descr': '\|u1', 'fortran_order': False, 'shape': )"
                                R"(\((\d{1,9}), (\d{1,9}), (\d{1,9}), (\d{1,9})\), \}\s*)");
  std::smatch match;
  if (!std::regex_match(dictionary, match, kForm)) {
    throw fail("a NumPy array, but not one of --record-levels: " +
               dictionary.substr(0, dictionary.find_last_not_of(" \n") + 1) +
               "; those are uint8 [image][channel][y][x]");
  }
  for (std::size_t i = 0; i < array.shape.size(); ++i) array.shape[i] = std::stoul(match[i + 1]);
  const std::size_t size =
      std::accumulate(array.shape.begin(), array.shape.end(), std::size_t{1}, std::multiplies<>());
  if (file.bytes.size() - array.header != size) {
    throw fail(fmt::format("truncated or extended: {} levels of {}",
                           file.bytes.size() - array.header, size));
  }
  return array;
}

}  // namespace

bool is_numpy(const InspectedFile& file) {
  return file.bytes.size() >= kMagic.size() &&
         std::equal(kMagic.begin(), kMagic.end(), file.bytes.begin(),
                    [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

Inspection inspect_levels(const InspectedFile& file) {
  const LevelArray array = read_header(file);
  const auto& [images, channels, height, width] = array.shape;
  std::array<std::uint64_t, kValues> counts{};
  for (std::size_t i = array.header; i < file.bytes.size(); ++i) ++counts[file.bytes[i]];
  std::uint64_t spikes = 0;
  std::size_t most = 0;
  for (std::size_t level = 0; level < kValues; ++level) {
    spikes += level * counts[level];
    if (counts[level] != 0) most = level;
  }
  const auto values = static_cast<double>(file.bytes.size() - array.header);
  const double per_image =
      images == 0 ? 0.0 : static_cast<double>(spikes) / static_cast<double>(images);
  TextTable table({"spikes of a neuron", "times", "%"});
  nlohmann::ordered_json histogram = nlohmann::ordered_json::array();
  for (std::size_t level = 0; level <= most; ++level) {
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
      images, channels, height, width, spikes, per_image);
  result.text += table.text();
  result.json = {{"kind", "levels"},      {"version", "1.0"}, {"bytes", file.bytes.size()},
                 {"shape", array.shape},  {"spikes", spikes}, {"spikes_per_image", per_image},
                 {"histogram", histogram}};
  return result;
}

}  // namespace spikeloom::program
