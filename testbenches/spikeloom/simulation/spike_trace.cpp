// SPDX-License-Identifier: Apache-2.0
#include "testbenches/spikeloom/simulation/spike_trace.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <numeric>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/error.h"
#include "testbenches/spikeloom/formats/npz.h"
#include "testbenches/spikeloom/run/prepared_run.h"

namespace spikeloom::program {
namespace {

constexpr std::int32_t kHostCore = -1;
constexpr std::uint32_t kInputLayer = 0;

[[noreturn]] void fail(const std::string& path) {
  throw common::UserError(fmt::format("{}: cannot be written: {}", path, std::strerror(errno)));
}

/// NumPy's strings: UTF-32, padded with zeros to the longest.
void add_names(NpzWriter& archive, const std::string& name, const std::vector<std::string>& texts) {
  std::size_t longest = 1;
  for (const std::string& text : texts) longest = std::max(longest, text.size());
  std::vector<std::uint32_t> characters(texts.size() * longest);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    for (std::size_t c = 0; c < texts[i].size(); ++c) {
      characters[i * longest + c] = static_cast<unsigned char>(texts[i][c]);
    }
  }
  archive.begin(name, fmt::format("<U{}", longest), {texts.size()});
  archive.write(characters.data(), characters.size() * sizeof characters[0]);
  archive.end();
}

/// An array of integers, whatever their type.
class Column {
 public:
  Column(const std::map<std::string, NpyArray>& arrays, const std::string& path,
         const std::string& name)
      : place_(path + ": " + name) {
    const auto found = arrays.find(name);
    if (found == arrays.end()) throw common::UserError(place_ + ": is missing");
    const NpyArray& array = found->second;
    const std::string kind = array.type.substr(1);
    if (array.shape.size() != 1 || (kind[0] != 'u' && kind[0] != 'i') || kind.size() != 2) {
      throw common::UserError(
          fmt::format("{}: got type {} of {} dimensions, wanted integers of one", place_,
                      array.type, array.shape.size()));
    }
    const auto width = static_cast<std::size_t>(kind[1] - '0');
    for (std::size_t at = 0; at < array.data.size(); at += width) {
      std::uint64_t value = 0;
      std::memcpy(&value, &array.data[at], width);
      // The sign of the narrow ones.
      const unsigned unused = 64 - 8 * static_cast<unsigned>(width);
      const auto shifted = static_cast<std::int64_t>(value << unused);
      values_.push_back(kind[0] == 'i' ? shifted >> unused : static_cast<std::int64_t>(value));
    }
  }

  std::size_t size() const { return values_.size(); }
  std::int64_t operator[](std::size_t i) const { return values_[i]; }
  void check(std::size_t i, std::int64_t most) const {
    if (values_[i] >= 0 && values_[i] <= most) return;
    throw common::UserError(
        fmt::format("{}: row {}: got {}, allowed 0..{}", place_, i, values_[i], most));
  }
  void check_size(std::size_t size) const {
    if (values_.size() == size) return;
    throw common::UserError(
        fmt::format("{}: got {} rows, wanted {}", place_, values_.size(), size));
  }

 private:
  std::string place_;
  std::vector<std::int64_t> values_;
};

}  // namespace

SpikeTraceWriter::SpikeTraceWriter(std::string path, const PreparedRun& prepared)
    : path_(std::move(path)),
      log_path_(path_ + ".tmp"),
      prepared_(prepared),
      schedule_(prepared.deployment.chip.sync.pipeline,
                static_cast<std::size_t>(prepared.network.depth())),
      depths_(prepared.network.depths()) {
  depths_.insert(depths_.begin(), 0);
  log_ = ::open(log_path_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0666);
  if (log_ < 0) fail(log_path_);
}

SpikeTraceWriter::~SpikeTraceWriter() {
  ::close(log_);
  ::unlink(log_path_.c_str());
}

std::uint32_t SpikeTraceWriter::entry_tick(std::size_t image) const {
  return static_cast<std::uint32_t>((image - prepared_.first) * schedule_.ticks_per_image());
}

std::vector<SpikeTraceWriter::Spike> SpikeTraceWriter::spikes_of(const Observation& seen) const {
  std::vector<Spike> spikes;
  if (seen.account == kInputAccount) {
    for (const InputSpike& spike : seen.input) {
      spikes.push_back({kHostCore, spike.neuron, spike.neuron, spike.level});
    }
    return spikes;
  }
  for (const common::CoreLabels& labels : prepared_.deployment.cores) {
    const std::vector<std::uint64_t>& fired =
        seen.board.cores()[static_cast<std::size_t>(labels.core)]->model().fired();
    for (std::size_t j = 0; j < labels.neurons.size(); ++j) {
      const common::NeuronLabel& label = labels.neurons[j];
      if (layer_account(label.layer) != seen.account) continue;
      for (std::uint64_t bits = fired[j]; bits != 0; bits &= bits - 1) {
        const auto level = static_cast<std::uint32_t>(label.first_level + __builtin_ctzll(bits));
        spikes.push_back({labels.core, static_cast<std::uint32_t>(j), label.neuron, level});
      }
    }
  }
  return spikes;
}

void SpikeTraceWriter::write(const Observation& seen) const {
  const std::vector<Spike> spikes = spikes_of(seen);
  const Block block{entry_tick(seen.image) + static_cast<std::uint32_t>(depths_[seen.account]),
                    static_cast<std::uint32_t>(seen.account), spikes.size()};
  // In one piece, so that no other process's comes between.
  std::vector<std::uint8_t> bytes(sizeof block + spikes.size() * sizeof(Spike));
  std::memcpy(bytes.data(), &block, sizeof block);
  if (!spikes.empty()) {
    std::memcpy(&bytes[sizeof block], spikes.data(), spikes.size() * sizeof(Spike));
  }
  if (::write(log_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
    fail(log_path_);
  }
}

std::vector<SpikeTraceWriter::Place> SpikeTraceWriter::find_blocks() const {
  std::vector<Place> places;
  const off_t end = ::lseek(log_, 0, SEEK_END);
  for (off_t at = 0; at < end;) {
    Place place{};
    if (::pread(log_, &place.block, sizeof place.block, at) != sizeof place.block) fail(log_path_);
    place.offset = static_cast<std::uint64_t>(at) + sizeof place.block;
    at = static_cast<off_t>(place.offset + place.block.spikes * sizeof(Spike));
    places.push_back(place);
  }
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    return std::pair(a.block.tick, a.block.layer) < std::pair(b.block.tick, b.block.layer);
  });
  return places;
}

std::vector<SpikeTraceWriter::Spike> SpikeTraceWriter::read(const Place& place) const {
  std::vector<Spike> spikes(place.block.spikes);
  const std::size_t bytes = spikes.size() * sizeof(Spike);
  if (::pread(log_, spikes.data(), bytes, static_cast<off_t>(place.offset)) !=
      static_cast<ssize_t>(bytes)) {
    fail(log_path_);
  }
  return spikes;
}

void SpikeTraceWriter::finish() {
  const std::vector<Place> places = find_blocks();
  const std::size_t rows =
      std::accumulate(places.begin(), places.end(), std::size_t{0},
                      [](std::size_t sum, const Place& place) { return sum + place.block.spikes; });
  const std::string whole = path_ + ".new";
  NpzWriter archive(whole);
  const auto column = [&](const char* name, const char* type, const auto& value) {
    archive.begin(name, type, {rows});
    for (const Place& place : places) {
      std::vector<decltype(value(place.block, Spike{}))> values;
      for (const Spike& spike : read(place)) values.push_back(value(place.block, spike));
      if (!values.empty()) archive.write(values.data(), values.size() * sizeof values[0]);
    }
    archive.end();
  };
  column("tick", "<u4", [](const Block& block, const Spike&) { return block.tick; });
  column("core", "<i4", [](const Block&, const Spike& spike) { return spike.core; });
  column("neuron", "<u4", [](const Block&, const Spike& spike) { return spike.neuron; });
  column("layer", "<u2",
         [](const Block& block, const Spike&) { return static_cast<std::uint16_t>(block.layer); });
  column("index", "<u4", [](const Block&, const Spike& spike) { return spike.index; });
  column("level", "|u1",
         [](const Block&, const Spike& spike) { return static_cast<std::uint8_t>(spike.level); });
  std::vector<std::uint32_t> images;
  std::vector<std::uint8_t> labels;
  std::vector<std::uint32_t> entries;
  for (std::size_t i = prepared_.first; i < prepared_.first + prepared_.count; ++i) {
    images.push_back(static_cast<std::uint32_t>(i));
    labels.push_back(prepared_.data.labels[i]);
    entries.push_back(entry_tick(i));
  }
  archive.add("images", "<u4", images);
  archive.add("labels", "|u1", labels);
  archive.add("entry_ticks", "<u4", entries);
  const converter::Shape& input = prepared_.network.encoder.output;
  archive.add("input_shape", "<i4",
              std::vector<std::int32_t>{input.channels, input.height, input.width,
                                        prepared_.deployment.input.levels});
  std::vector<std::string> names = {"input"};
  for (const converter::SpikingLayer& layer : prepared_.network.layers) names.push_back(layer.name);
  add_names(archive, "layers", names);
  archive.finish();
  if (::rename(whole.c_str(), path_.c_str()) != 0) fail(path_);
}

RecordedInput RecordedInput::read(const std::string& path,
                                  const converter::SpikingNetwork& network) {
  const std::map<std::string, NpyArray> arrays = read_npz(path);
  const Column shape(arrays, path, "input_shape");
  const converter::Shape& wanted = network.encoder.output;
  const std::int64_t levels = network.encoder.quantizer.levels;
  shape.check_size(4);
  if (shape[0] != wanted.channels || shape[1] != wanted.height || shape[2] != wanted.width ||
      shape[3] != levels) {
    throw common::UserError(fmt::format(
        "{}: holds an input of {}x{}x{} neurons of {} levels, but {} takes {}x{}x{} of {}", path,
        shape[0], shape[1], shape[2], shape[3], network.name, wanted.channels, wanted.height,
        wanted.width, levels));
  }
  const Column images(arrays, path, "images");
  const Column labels(arrays, path, "labels");
  const Column entries(arrays, path, "entry_ticks");
  labels.check_size(images.size());
  entries.check_size(images.size());
  RecordedInput input;
  std::map<std::int64_t, std::size_t> image_of_tick;
  for (std::size_t i = 0; i < images.size(); ++i) {
    images.check(i, INT32_MAX);
    labels.check(i, UINT8_MAX);
    if (i == 0) input.first = static_cast<std::size_t>(images[0]);
    input.labels.push_back(static_cast<std::uint8_t>(labels[i]));
    image_of_tick[entries[i]] = i;
  }
  if (input.labels.empty()) throw common::UserError(path + ": images: holds none");
  input.spikes.resize(images.size());
  const Column tick(arrays, path, "tick");
  const Column layer(arrays, path, "layer");
  const Column neuron(arrays, path, "neuron");
  const Column level(arrays, path, "level");
  for (const Column* column : {&layer, &neuron, &level}) column->check_size(tick.size());
  for (std::size_t i = 0; i < tick.size(); ++i) {
    if (layer[i] != kInputLayer) continue;
    neuron.check(i, wanted.size() - 1);
    level.check(i, levels - 1);
    const auto image = image_of_tick.find(tick[i]);
    if (image == image_of_tick.end()) {
      throw common::UserError(
          fmt::format("{}: tick: row {}: got {}, which is none of entry_ticks", path, i, tick[i]));
    }
    input.spikes[image->second].push_back(
        {static_cast<std::uint32_t>(neuron[i]), static_cast<std::uint8_t>(level[i])});
  }
  return input;
}

}  // namespace spikeloom::program
