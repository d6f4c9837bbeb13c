// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/simulation/spike_trace_writer.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spikeloom/arch/names.h"
#include "spikeloom/base/file.h"
#include "spikeloom/base/npz.h"
#include "spikeloom/sim/inputs/network_file.h"
#include "spikeloom/sim/simulation/stat_categories.h"

namespace spikeloom::sim {
namespace {

constexpr std::int32_t kHostCore = -1;

/// Adds an array of NumPy strings: UTF-32, padded with zeros to the longest.
void add_names(base::NpzWriter& archive, const std::string& name,
               const std::vector<std::string>& texts) {
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

void add_labels(base::NpzWriter& archive, const std::vector<std::uint32_t>& labels) {
  if (std::any_of(labels.begin(), labels.end(), [](auto label) { return label > UINT8_MAX; })) {
    archive.add("labels", "<u4", labels);
  } else {
    archive.add("labels", "|u1", std::vector<std::uint8_t>(labels.begin(), labels.end()));
  }
}

}  // namespace

SpikeTraceWriter::SpikeTraceWriter(std::string path, const Simulation& simulation,
                                   std::size_t first, std::size_t count)
    : path_(std::move(path)),
      log_path_(path_ + ".tmp"),
      deployment_(simulation.deployment),
      network_(simulation.network),
      data_(simulation.data),
      first_(first),
      count_(count),
      schedule_(simulation.schedule()),
      depths_(category_depths(simulation.deployment)),
      shapes_(simulation.shapes()) {
  log_ = ::open(log_path_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0666);
  if (log_ < 0) throw base::unwritable(log_path_);
}

SpikeTraceWriter::~SpikeTraceWriter() {
  ::close(log_);
  ::unlink(log_path_.c_str());
}

std::uint32_t SpikeTraceWriter::entry_tick(std::size_t image) const {
  return static_cast<std::uint32_t>((image - first_) * schedule_.ticks_per_image());
}

std::vector<SpikeTraceWriter::Spike> SpikeTraceWriter::spikes_of(const Observation& seen) const {
  std::vector<Spike> spikes;
  if (seen.category == kInputCategory) {
    for (const InputSpike& spike : seen.input) {
      spikes.push_back({kHostCore, spike.neuron, spike.neuron, spike.level});
    }
    return spikes;
  }
  for (const arch::CoreLabels& labels : deployment_.cores) {
    const std::vector<std::uint64_t>& fired = seen.board.core(labels.core).fired();
    for (std::size_t j = 0; j < labels.neurons.size(); ++j) {
      const arch::NeuronLabel& label = labels.neurons[j];
      if (layer_category(label.layer) != seen.category) continue;
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
  const Block block{entry_tick(seen.image) + static_cast<std::uint32_t>(depths_[seen.category]),
                    static_cast<std::uint32_t>(seen.category), spikes.size()};
  // Written with one call, so that blocks of several processes do not interleave. If it does not
  // write all, the run ends.
  std::vector<std::uint8_t> bytes(sizeof block + spikes.size() * sizeof(Spike));
  std::memcpy(bytes.data(), &block, sizeof block);
  if (!spikes.empty()) {
    std::memcpy(&bytes[sizeof block], spikes.data(), spikes.size() * sizeof(Spike));
  }
  base::write_all(log_, bytes.data(), bytes.size(), path_);
}

std::vector<SpikeTraceWriter::Place> SpikeTraceWriter::find_blocks() const {
  std::vector<Place> places;
  const off_t end = ::lseek(log_, 0, SEEK_END);
  for (off_t at = 0; at < end;) {
    Place place{};
    if (::pread(log_, &place.block, sizeof place.block, at) != sizeof place.block) {
      throw base::unwritable(log_path_);
    }
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
    throw base::unwritable(log_path_);
  }
  return spikes;
}

void SpikeTraceWriter::finish() {
  const std::vector<Place> places = find_blocks();
  const std::size_t rows =
      std::accumulate(places.begin(), places.end(), std::size_t{0},
                      [](std::size_t sum, const Place& place) { return sum + place.block.spikes; });
  const std::string whole = path_ + ".new";
  base::NpzWriter archive(whole);
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
  std::vector<std::uint32_t> labels;
  std::vector<std::uint32_t> entries;
  for (std::size_t i = first_; i < first_ + count_; ++i) {
    images.push_back(static_cast<std::uint32_t>(i));
    if (const auto label = data_.label(i)) labels.push_back(static_cast<std::uint32_t>(*label));
    entries.push_back(entry_tick(i));
  }
  archive.add("images", "<u4", images);
  add_labels(archive, labels);
  archive.add("entry_ticks", "<u4", entries);
  const converter::Shape& input = shapes_[kInputCategory].shape;
  archive.add("input_shape", "<i4",
              std::vector<std::int32_t>{input.channels, input.height, input.width,
                                        deployment_.input.levels});
  std::vector<std::string> names = {std::string(arch::kInputPart)};
  for (std::size_t l = 0; l < deployment_.layers.size(); ++l) {
    names.push_back(shapes_[layer_category(l)].name);
  }
  add_names(archive, "layers", names);
  // The ticks of a workload are of no network.
  if (deployment_.driven()) {
    const NetworkName network = NetworkName::of(network_);
    add_names(archive, "network", {network.name});
    archive.add("network_crc32", "<u4", std::vector<std::uint32_t>{network.checksum});
  }
  archive.finish();
  if (::rename(whole.c_str(), path_.c_str()) != 0) throw base::unwritable(path_);
}

}  // namespace spikeloom::sim
