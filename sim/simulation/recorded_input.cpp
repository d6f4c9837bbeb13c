// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/simulation/recorded_input.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "spikeloom/base/error.h"
#include "spikeloom/base/npz.h"
#include "spikeloom/base/number_array.h"
#include "spikeloom/sim/inputs/network_file.h"
#include "spikeloom/sim/simulation/stat_categories.h"

namespace spikeloom::sim {
namespace {

/// A one-dimensional array of integers of any integer type.
class Column {
 public:
  Column(const std::map<std::string, base::NpyArray>& arrays, const std::string& path,
         const std::string& name)
      : name_(path + ": " + name) {
    const auto found = arrays.find(name);
    if (found == arrays.end()) throw base::UserError(name_ + ": is missing");
    const base::NpyArray& array = found->second;
    if (array.shape.size() != 1 || !base::has_integers(array)) {
      throw base::UserError(
          fmt::format("{}: got type {} with {} dimensions, expected integers in one dimension",
                      name_, array.type, array.shape.size()));
    }
    const base::NumberArray numbers(array);
    for (std::size_t i = 0; i < array.size(); ++i) values_.push_back(numbers.integer(i));
  }

  std::size_t size() const { return values_.size(); }
  std::int64_t operator[](std::size_t i) const { return values_[i]; }
  void check(std::size_t i, std::int64_t max) const {
    if (values_[i] >= 0 && values_[i] <= max) return;
    throw base::UserError(
        fmt::format("{}: row {}: got {}, allowed 0..{}", name_, i, values_[i], max));
  }
  void check_size(std::size_t size) const {
    if (values_.size() == size) return;
    throw base::UserError(fmt::format("{}: got {} rows, expected {}", name_, values_.size(), size));
  }

 private:
  std::string name_;
  std::vector<std::int64_t> values_;
};

/// Returns the text of the first item of an array of names, empty if there is none.
std::string first_name(const std::map<std::string, base::NpyArray>& arrays,
                       const std::string& array) {
  const auto found = arrays.find(array);
  if (found == arrays.end() || found->second.type.rfind("<U", 0) != 0) return "";
  std::string name;
  const std::vector<std::uint8_t>& data = found->second.data;
  const std::size_t length = data.size() / std::max<std::size_t>(found->second.size(), 1);
  for (std::size_t i = 0; i < length && data[i] != 0; i += sizeof(char32_t)) {
    name += static_cast<char>(data[i]);
  }
  return name;
}

}  // namespace

RecordedInput RecordedInput::read(const std::string& path,
                                  const converter::SpikingNetwork& network) {
  const std::map<std::string, base::NpyArray> arrays = base::read_npz(path);
  // Those that were not recorded have no network.
  if (arrays.count("network_crc32") != 0) {
    const Column checksum(arrays, path, "network_crc32");
    checksum.check_size(1);
    checksum.check(0, UINT32_MAX);
    NetworkName{first_name(arrays, "network"), static_cast<std::uint32_t>(checksum[0])}.check(
        path, "was recorded", network);
  }
  const Column shape(arrays, path, "input_shape");
  const converter::Shape& expected = network.encoder.output;
  const std::int64_t levels = network.encoder.quantizer.levels;
  shape.check_size(4);
  if (shape[0] != expected.channels || shape[1] != expected.height || shape[2] != expected.width ||
      shape[3] != levels) {
    throw base::UserError(fmt::format(
        "{}: holds an input of {}x{}x{} neurons with {} levels, but {} needs {}x{}x{} with {}",
        path, shape[0], shape[1], shape[2], shape[3], network.name, expected.channels,
        expected.height, expected.width, levels));
  }
  const Column images(arrays, path, "images");
  const Column labels(arrays, path, "labels");
  const Column entries(arrays, path, "entry_ticks");
  // Images without labels have an empty array of them.
  if (labels.size() != 0) labels.check_size(images.size());
  const std::int64_t last_label = std::max(UINT8_MAX, network.readout.classes - 1);
  entries.check_size(images.size());
  RecordedInput input;
  std::map<std::int64_t, std::size_t> image_of_tick;
  for (std::size_t i = 0; i < images.size(); ++i) {
    images.check(i, INT32_MAX);
    if (i == 0) input.first = static_cast<std::size_t>(images[0]);
    if (images[i] != images[0] + static_cast<std::int64_t>(i)) {
      throw base::UserError(
          fmt::format("{}: images: row {}: got {}, expected {}: images must be consecutive", path,
                      i, images[i], images[0] + static_cast<std::int64_t>(i)));
    }
    image_of_tick[entries[i]] = i;
  }
  if (images.size() == 0) throw base::UserError(path + ": images: is empty");
  for (std::size_t i = 0; i < labels.size(); ++i) {
    labels.check(i, last_label);
    input.labels.push_back(labels[i]);
  }
  input.spikes.resize(images.size());
  const Column tick(arrays, path, "tick");
  const Column layer(arrays, path, "layer");
  const Column neuron(arrays, path, "neuron");
  const Column level(arrays, path, "level");
  for (const Column* column : {&layer, &neuron, &level}) column->check_size(tick.size());
  for (std::size_t i = 0; i < tick.size(); ++i) {
    if (layer[i] != std::int64_t{kInputCategory}) continue;
    neuron.check(i, expected.size() - 1);
    level.check(i, levels - 1);
    const auto image = image_of_tick.find(tick[i]);
    if (image == image_of_tick.end()) {
      throw base::UserError(
          fmt::format("{}: tick: row {}: got {}, which is not in entry_ticks", path, i, tick[i]));
    }
    input.spikes[image->second].push_back(
        {static_cast<std::uint32_t>(neuron[i]), static_cast<std::uint8_t>(level[i])});
  }
  return input;
}

}  // namespace spikeloom::sim
