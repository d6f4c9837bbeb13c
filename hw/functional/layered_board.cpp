// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/functional/layered_board.h"

#include <algorithm>
#include <map>

#include "spikeloom/base/index.h"

namespace spikeloom::hw {
namespace {

constexpr std::size_t kWordBits = 64;
constexpr std::size_t kHost = 0;  ///< part of the host
constexpr std::uint32_t kNoSpike = 0;

using base::to_size;
std::uint32_t to_index(std::size_t value) { return static_cast<std::uint32_t>(value); }
std::size_t part_of(std::uint16_t layer) { return std::size_t{layer} + 1; }

/// Why a board is not layered.
struct NotLayered {
  std::string reason;
};

/// Calls `function` with the number of each bit that is set among the first `count`.
template <typename Function>
void for_each_bit(const std::uint64_t* words, int count, Function function) {
  for (int first = 0; first < count; first += static_cast<int>(kWordBits)) {
    std::uint64_t bits = words[to_size(first) / kWordBits];
    if (count - first < static_cast<int>(kWordBits)) {
      bits &= (std::uint64_t{1} << (count - first)) - 1;
    }
    for (; bits != 0; bits &= bits - 1) function(first + __builtin_ctzll(bits));
  }
}

bool contains(const arch::GroupEntry& group, int dendrite) {
  return dendrite >= group.first_dendrite && dendrite < group.first_dendrite + group.dendrites;
}

}  // namespace

void LayeredBoard::Columns::load(const Crossbar& crossbar, int axons, int dendrites) {
  words = (to_size(axons) + kWordBits - 1) / kWordBits;
  const std::size_t row_words = (to_size(dendrites) + kWordBits - 1) / kWordBits;
  plus.resize(row_words * kWordBits * words);
  minus.resize(plus.size());
  std::array<std::uint64_t, kWordBits> square;
  for (std::size_t word = 0; word < words; ++word) {
    for (std::size_t column = 0; column < row_words; ++column) {
      for (const bool positive : {true, false}) {
        for (std::size_t i = 0; i < kWordBits; ++i) {
          const std::size_t axon = word * kWordBits + i;
          square[i] = 0;
          if (axon >= to_size(axons)) continue;
          square[i] = positive ? crossbar.plus_row(static_cast<int>(axon))[column]
                               : crossbar.minus_row(static_cast<int>(axon))[column];
        }
        transpose(square);
        std::vector<std::uint64_t>& plane = positive ? plus : minus;
        for (std::size_t i = 0; i < kWordBits; ++i) {
          plane[(column * kWordBits + i) * words + word] = square[i];
        }
      }
    }
  }
}

std::unique_ptr<LayeredBoard> LayeredBoard::make(const arch::Deployment& deployment,
                                                 const std::vector<CoreIf*>& cores,
                                                 std::string& reason) {
  std::unique_ptr<LayeredBoard> board(new LayeredBoard(deployment));
  try {
    board->add_cores(cores);
    for (const arch::CoreLabels& labels : deployment.cores) board->add_sections(labels);
    for (std::size_t j = 0; j + 1 < deployment.input.first.size(); ++j) {
      std::vector<arch::Packet> packets;
      for (std::uint32_t i = deployment.input.first[j]; i < deployment.input.first[j + 1]; ++i) {
        packets.emplace_back(deployment.input.packets[i]);
      }
      board->input_.push_back(board->add_routes(packets, deployment.input.levels, 0));
    }
  } catch (const NotLayered& error) {
    reason = error.reason;
    return nullptr;
  }
  board->input_spikes_.resize(board->spike_counts_.front());
  board->counts_ = std::vector<Counts>(deployment.layers.size() + 1);
  return board;
}

void LayeredBoard::add_cores(const std::vector<CoreIf*>& cores) {
  cores_.resize(cores.size());
  std::vector<std::size_t> axons(to_size(deployment_->layers.back().depth) + 1);
  for (const arch::CoreLabels& labels : deployment_->cores) {
    LoadedCore& core = cores_[to_size(labels.core)];
    core.model = model_of(*cores[to_size(labels.core)]);
    if (core.model == nullptr) throw NotLayered{"a core is not the built-in model"};
    core.tables = core.model->neurons().stateless();
    if (core.tables == nullptr) throw NotLayered{"neurons keep a state"};
    if (!core.model->fault().empty()) throw NotLayered{core.model->fault()};
    const std::vector<arch::GroupEntry>& groups = core.model->groups();
    if (labels.group_layers.size() != groups.size() ||
        labels.neurons.size() != core.tables->neurons.size()) {
      throw NotLayered{"labels and tables of a core differ"};
    }
    for (std::size_t g = 0; g < groups.size(); ++g) {
      const int depth = depth_of(labels.group_layers[g]);
      core.first_axon.push_back(to_index(axons[to_size(depth)]));
      core.layers.push_back(labels.group_layers[g]);
      core.depths.push_back(depth);
      axons[to_size(depth)] += to_size(groups[g].axons);
    }
  }
  for (std::size_t i = 0; i < cores.size(); ++i) {
    if (cores[i]->enabled() && cores_[i].model == nullptr) {
      throw NotLayered{"a core without labels is enabled"};
    }
  }
  sections_.resize(axons.size() - 1);
  for (std::size_t depth = 1; depth < axons.size(); ++depth) {
    sources_.emplace_back(axons[depth], kNoSpike);
  }
  spike_counts_.assign(axons.size(), kNoSpike + 1);
  merges_.resize(axons.size());
}

int LayeredBoard::depth_of(std::size_t layer) const {
  const int depth = deployment_->layers[layer].depth;
  if (depth < 1) throw NotLayered{"a layer fires without input"};
  if (depth > deployment_->layers.back().depth) {
    throw NotLayered{"a layer is deeper than the last one"};
  }
  return depth;
}

void LayeredBoard::add_sections(const arch::CoreLabels& labels) {
  const LoadedCore& core = cores_[to_size(labels.core)];
  const std::vector<arch::GroupEntry>& groups = core.model->groups();
  columns_.load(core.model->crossbar(), deployment_->chip.core.axons,
                deployment_->chip.core.ternary_dendrites());
  std::map<int, Section> sections;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    sections[core.depths[g]].groups.push_back(
        {groups[g], core.first_axon[g], core.layers[g],
         static_cast<std::uint32_t>(core.model->row_words(groups[g])),
         core.model->nonzeros(g).data()});
  }
  for (std::size_t j = 0; j < labels.neurons.size(); ++j) {
    const arch::NeuronLabel& label = labels.neurons[j];
    const arch::NeuronEntry& entry = core.tables->neurons[j];
    const int depth = depth_of(label.layer);
    for (int i = 0; i < entry.gathers; ++i) {
      const int dendrite = core.tables->gather[to_size(entry.first_gather + i)].dendrite;
      for (std::size_t g = 0; g < groups.size(); ++g) {
        if (contains(groups[g], dendrite) && core.depths[g] != depth) {
          throw NotLayered{"a neuron adds dendrites of another layer's tick"};
        }
      }
    }
    const auto first = core.model->routes().begin() + entry.first_route;
    sections[depth].neurons.push_back(
        {entry, label.layer, label.neuron,
         add_routes({first, first + entry.routes}, entry.thresholds, depth)});
  }
  for (auto& [depth, section] : sections) {
    section.core = to_size(labels.core);
    section.depth = depth;
    check_potentials(section);
    sections_[to_size(depth) - 1].push_back(std::move(section));
  }
}

LayeredBoard::Routes LayeredBoard::add_routes(const std::vector<arch::Packet>& packets, int levels,
                                              int depth) {
  Routes routes;
  std::uint32_t& spikes = spike_counts_[to_size(depth)];
  routes.first_spike = spikes;
  spikes += static_cast<std::uint32_t>(levels);
  routes.first_output = to_index(output_numbers_.size());
  routes.packets = to_index(packets.size());
  std::vector<Writes> writes;
  const arch::MeshDescription grid = deployment_->chip.grid();
  for (const arch::Packet packet : packets) {
    if (packet.addresses_host()) {
      if (to_size(depth) != sections_.size()) throw NotLayered{"an output of an earlier layer"};
      add_output(packet.output(), levels);
      continue;
    }
    const arch::Region region = packet.region();
    routes.deliveries += static_cast<std::uint32_t>(region.cores());
    for (int y = region.y0; y <= region.y1; ++y) {
      for (int x = region.x0; x <= region.x1; ++x) {
        const int core = grid.core_at(x, y);
        const LoadedCore& loaded = cores_[to_size(core)];
        if (loaded.model == nullptr || !loaded.model->enabled()) {
          throw NotLayered{"a packet goes to a core that is not enabled"};
        }
        if (!packet.expanded()) {
          add_axon(core, packet.group(), packet.axon(), levels, depth, routes.first_spike, writes);
          continue;
        }
        const std::vector<arch::ExpansionEntry>& table = loaded.model->expansion();
        for (std::size_t i = to_size(packet.entry());; ++i) {
          if (i >= table.size()) throw NotLayered{"a list of axons has no end"};
          add_axon(core, table[i].group, table[i].axon + packet.level(), levels, depth,
                   routes.first_spike, writes);
          if (table[i].last) break;
        }
      }
    }
  }
  routes.end_output = to_index(output_numbers_.size());
  routes.first_write = to_index(writes_.size());
  writes_.insert(writes_.end(), writes.begin(), writes.end());
  routes.end_write = to_index(writes_.size());
  return routes;
}

void LayeredBoard::add_output(int first, int levels) {
  const arch::DeployedLayer& last = deployment_->layers.back();
  outputs_.resize(to_size(last.neurons) * to_size(last.levels));
  has_output_.resize(outputs_.size());
  if (to_size(first + levels) > outputs_.size()) throw NotLayered{"an output that does not exist"};
  for (int i = first; i < first + levels; ++i) {
    if (has_output_[to_size(i)]) throw NotLayered{"two neurons have the same output"};
    has_output_[to_size(i)] = true;
  }
  output_numbers_.push_back(static_cast<std::uint32_t>(first));
}

void LayeredBoard::add_axon(int core, int group, int axon, int levels, int depth,
                            std::uint32_t spike, std::vector<Writes>& writes) {
  const LoadedCore& loaded = cores_[to_size(core)];
  if (to_size(group) >= loaded.depths.size() ||
      axon + levels > loaded.model->groups()[to_size(group)].axons) {
    throw NotLayered{"a packet goes to an axon that does not exist"};
  }
  if (loaded.depths[to_size(group)] != depth + 1) {
    throw NotLayered{"a packet goes to a layer that is not the next one"};
  }
  std::uint32_t* const sources =
      sources_[to_size(depth)].data() + loaded.first_axon[to_size(group)] + axon;
  for (int level = 0; level < levels; ++level) {
    const std::uint32_t own = spike + static_cast<std::uint32_t>(level);
    if (sources[level] == kNoSpike) {
      sources[level] = own;
    } else {
      const std::uint32_t merged = spike_counts_[to_size(depth)]++;
      merges_[to_size(depth)].push_back({merged, sources[level], own});
      sources[level] = merged;
    }
  }
  const auto part = static_cast<std::uint16_t>(part_of(loaded.layers[to_size(group)]));
  const auto same = std::find_if(writes.begin(), writes.end(),
                                 [&](const Writes& other) { return other.part == part; });
  if (same == writes.end()) {
    writes.push_back({part, 1});
  } else {
    ++same->axons;
  }
}

void LayeredBoard::gather_rows(const Section& section, const arch::GatherEntry& entry) {
  const std::size_t column = to_size(entry.dendrite) * columns_.words;
  for (const Group& group : section.groups) {
    if (!contains(group.entry, entry.dendrite)) continue;
    const std::uint32_t* const sources =
        sources_[to_size(section.depth) - 1].data() + group.first_axon;
    const auto append = [&](const std::vector<std::uint64_t>& plane,
                            std::vector<std::uint32_t>& rows) {
      for_each_bit(&plane[column], group.entry.axons,
                   [&](int axon) { rows.push_back(sources[axon]); });
    };
    append(columns_.plus, rows_.set);
    append(columns_.minus, rows_.clear);
  }
}

void LayeredBoard::check_potentials(const Section& section) {
  const std::int64_t maximum = (std::int64_t{1} << (deployment_->chip.core.potential_bits - 1)) - 1;
  const LoadedCore& core = cores_[section.core];
  for (const Neuron& neuron : section.neurons) {
    std::int64_t highest = 0;
    std::int64_t lowest = 0;
    for (int i = 0; i < neuron.entry.gathers; ++i) {
      const arch::GatherEntry& entry = core.tables->gather[to_size(neuron.entry.first_gather + i)];
      rows_.erase();
      gather_rows(section, entry);
      highest += static_cast<std::int64_t>(rows_.set.size()) << entry.shift;
      lowest -= static_cast<std::int64_t>(rows_.clear.size()) << entry.shift;
      // Each term is one of the sums, too.
      if (highest > maximum || lowest < -maximum - 1) throw NotLayered{"a potential may overflow"};
    }
  }
}

void LayeredBoard::send(const Routes& routes, std::size_t part, int level, const Lanes& images) {
  for (std::uint32_t i = routes.first_output; i < routes.end_output; ++i) {
    outputs_[output_numbers_[i] + static_cast<std::uint32_t>(level)] = images;
  }
  counts_[part].packets.add(images, routes.packets);
  counts_[part].deliveries.add(images, routes.deliveries);
  for (std::uint32_t i = routes.first_write; i < routes.end_write; ++i) {
    counts_[writes_[i].part].axon_writes.add(images, writes_[i].axons);
  }
}

void LayeredBoard::count_rows(const Section& section, const Group& group, std::size_t images) {
  Counts& counts = counts_[part_of(group.layer)];
  const std::uint32_t* const sources =
      sources_[to_size(section.depth) - 1].data() + group.first_axon;
  const std::size_t axons = to_size(group.entry.axons);
  counts.synaptic_operations.add(spikes_.data(), sources, group.nonzeros, axons);
  switch (deployment_->chip.core.rows) {
    case arch::CrossbarRows::kAxons:
      counts.row_word_reads.add(spikes_.data(), sources, axons, group.row_words);
      break;
    case arch::CrossbarRows::kDendrites:
      counts.row_word_reads.add(
          Lanes::first(images),
          static_cast<std::uint32_t>(group.entry.dendrites) * group.row_words);
      break;
  }
}

void LayeredBoard::merge(int depth, std::vector<Lanes>& spikes) const {
  for (const Merge& merge : merges_[to_size(depth)]) {
    for (std::size_t w = 0; w < Lanes::kWords; ++w) {
      spikes[merge.spike].words[w] = spikes[merge.first].words[w] | spikes[merge.second].words[w];
    }
  }
}

void LayeredBoard::run_section(const Section& section, std::size_t images,
                               const FiredCallback& fired) {
  const LoadedCore& core = cores_[section.core];
  columns_.load(core.model->crossbar(), deployment_->chip.core.axons,
                deployment_->chip.core.ternary_dendrites());
  for (const Group& group : section.groups) count_rows(section, group, images);
  const Lanes all = Lanes::first(images);
  for (const Neuron& neuron : section.neurons) {
    potential_.erase();
    // The number of a clear row is 1 - x for a weight of -1, so the potential is less by their
    // count.
    std::int64_t offset = 0;
    rows_.erase();
    for (int i = 0; i < neuron.entry.gathers; ++i) {
      const arch::GatherEntry* const entry =
          &core.tables->gather[to_size(neuron.entry.first_gather + i)];
      gather_rows(section, *entry);
      // Dendrites with the same shift are counted together.
      if (i + 1 < neuron.entry.gathers && entry[1].shift == entry->shift) continue;
      offset += static_cast<std::int64_t>(rows_.clear.size()) << entry->shift;
      potential_.add(spikes_.data(), rows_, entry->shift);
      rows_.erase();
    }
    for (int level = 0; level < neuron.entry.thresholds; ++level) {
      const std::int64_t threshold =
          core.tables->thresholds[to_size(neuron.entry.first_threshold + level)];
      Lanes mask = potential_.reach(threshold + offset);
      for (std::size_t w = 0; w < Lanes::kWords; ++w) mask.words[w] &= all.words[w];
      if (!mask.any()) continue;
      next_spikes_[neuron.routes.first_spike + to_size(level)] = mask;
      fired(neuron.layer, neuron.number, mask);
      send(neuron.routes, part_of(neuron.layer), level, mask);
    }
  }
}

void LayeredBoard::run(std::size_t images, const FiredCallback& fired) {
  std::fill(outputs_.begin(), outputs_.end(), Lanes{});
  for (const Routes& routes : input_) {
    for (int level = 0; level < deployment_->input.levels; ++level) {
      const Lanes& mask = input_spikes_[routes.first_spike + to_size(level)];
      if (mask.any()) send(routes, kHost, level, mask);
    }
  }
  spikes_.assign(input_spikes_.begin(), input_spikes_.end());
  merge(0, spikes_);
  for (std::size_t i = 0; i < sections_.size(); ++i) {
    next_spikes_.assign(spike_counts_[i + 1], Lanes{});
    for (const Section& section : sections_[i]) run_section(section, images, fired);
    spikes_.swap(next_spikes_);
    merge(static_cast<int>(i) + 1, spikes_);
  }
}

}  // namespace spikeloom::hw
