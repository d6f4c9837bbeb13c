// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/hw/core/core_model.h"
#include "spikeloom/hw/functional/lanes.h"

namespace spikeloom::hw {

/// Computes the spikes of many images at once on a loaded board, layer by layer, without ticks and
/// cycles: what Timing::kFunctional computes for one image after the other. Weights, thresholds and
/// routes are those that the cores have loaded.
///
/// That gives the same spikes if the neurons keep no state and the board is layered: the packets of
/// a layer, or of the host, arrive only at groups of layers one tick deeper. An image's spikes then
/// depend on no other image. `make` checks this in the cores' tables. A spike, one for each level
/// of a neuron, is a mask of images (Lanes), an axon refers to the spike that sets it, and a
/// potential is a number for each image (LaneNumbers).
class LayeredBoard {
 public:
  /// Called for each level of each neuron that has fired for any image, with the index of its
  /// layer, the number of its neuron in the layer (arch::NeuronLabel), and the images.
  using FiredCallback =
      std::function<void(std::size_t layer, std::size_t neuron, const Lanes& images)>;

  /// What one layer, or the host, has done for each image.
  struct Counts {
    LaneSum synaptic_operations;
    LaneSum row_word_reads;
    LaneSum packets;
    LaneSum deliveries;
    LaneSum axon_writes;  ///< axons of the layer that packets have set
  };

  /// Makes the layers of a board whose cores have the deployment loaded and have run a tick.
  /// `cores` are those of the board, by number; they must outlive the layers. Returns null, and why
  /// in `reason`, if the board is not layered or any potential could overflow.
  static std::unique_ptr<LayeredBoard> make(const arch::Deployment& deployment,
                                            const std::vector<CoreIf*>& cores, std::string& reason);

  /// The images in which a neuron of the host sends a level, of the first `images` of the next run.
  Lanes& input(std::size_t neuron, std::size_t level) {
    return input_spikes_[input_[neuron].first_spike + level];
  }
  /// Runs up to kLanes images.
  void run(std::size_t images, const FiredCallback& fired);

  // Results of the last run.
  /// Returns the images in which each output of the last layer has been sent to the host, by number
  /// (arch::Packet::output).
  const std::vector<Lanes>& outputs() const { return outputs_; }
  /// Returns what a layer has done, by its index + 1; 0 is the host. Kept until taken.
  Counts& counts(std::size_t part) { return counts_[part]; }

 private:
  /// What a neuron, or a neuron of the host, sends for a spike of each of its levels.
  struct Routes {
    std::uint32_t first_spike = 0;  ///< its level 0; the other levels follow
    std::uint32_t first_output =
        0;  ///< its outputs are those from output_numbers_[first_output] on
    std::uint32_t end_output = 0;
    std::uint32_t first_write = 0;  ///< likewise in writes_
    std::uint32_t end_write = 0;
    std::uint32_t packets = 0;
    std::uint32_t deliveries = 0;
  };
  /// Axons of a layer that a spike sets.
  struct Writes {
    std::uint16_t part;
    std::uint32_t axons;
  };
  /// A spike that stands for two others, which set the same axon.
  struct Merge {
    std::uint32_t spike;
    std::uint32_t first;
    std::uint32_t second;
  };
  /// A group of a core.
  struct Group {
    arch::GroupEntry entry;
    std::uint32_t first_axon = 0;  ///< among those of its depth
    std::uint16_t layer = 0;
    std::uint32_t row_words = 0;
    const std::uint16_t* nonzeros = nullptr;  ///< by axon
  };
  struct Neuron {
    arch::NeuronEntry entry;
    std::uint16_t layer = 0;
    std::uint32_t number = 0;  ///< in the layer
    Routes routes;
  };
  /// The groups and neurons of a core that work in the same tick of an image.
  struct Section {
    std::size_t core = 0;
    int depth = 0;
    std::vector<Group> groups;
    std::vector<Neuron> neurons;
  };
  struct LoadedCore {
    const CoreModel* model = nullptr;
    const ThresholdTables* tables = nullptr;
    std::vector<std::uint32_t> first_axon;  ///< by group
    std::vector<int> depths;                ///< by group
    std::vector<std::uint16_t> layers;      ///< by group
  };
  /// The rows with a weight of +1 and of -1 of each dendrite of a core, as bits.
  struct Columns {
    std::size_t words = 0;  ///< of a dendrite
    std::vector<std::uint64_t> plus;
    std::vector<std::uint64_t> minus;
    void load(const Crossbar& crossbar, int axons, int dendrites);
  };

  explicit LayeredBoard(const arch::Deployment& deployment) : deployment_(&deployment) {}

  int depth_of(std::size_t layer) const;
  void add_cores(const std::vector<CoreIf*>& cores);
  void add_sections(const arch::CoreLabels& labels);
  Routes add_routes(const std::vector<arch::Packet>& packets, int levels, int depth);
  void add_axon(int core, int group, int axon, int levels, int depth, std::uint32_t spike,
                std::vector<Writes>& writes);
  void add_output(int first, int levels);
  void check_potentials(const Section& section);
  void gather_rows(const Section& section, const arch::GatherEntry& entry);

  void send(const Routes& routes, std::size_t part, int level, const Lanes& images);
  void merge(int depth, std::vector<Lanes>& spikes) const;
  void run_section(const Section& section, std::size_t images, const FiredCallback& fired);
  void count_rows(const Section& section, const Group& group, std::size_t images);

  const arch::Deployment* deployment_;
  std::vector<LoadedCore> cores_;               ///< by number on the board
  std::vector<std::vector<Section>> sections_;  ///< by depth - 1
  std::vector<Routes> input_;                   ///< by neuron
  std::vector<std::uint32_t> output_numbers_;
  std::vector<Writes> writes_;
  /// By depth - 1, by axon: the spike that sets it, of the depth before.
  std::vector<std::vector<std::uint32_t>> sources_;
  std::vector<std::uint32_t> spike_counts_;  ///< by depth; the first of them is never sent
  std::vector<std::vector<Merge>> merges_;   ///< by depth, in the order of their calculation
  std::vector<Lanes> input_spikes_;
  // The images of each spike, of the depth before the one that is computed, and of this one.
  std::vector<Lanes> spikes_;
  std::vector<Lanes> next_spikes_;
  std::vector<Lanes> outputs_;
  std::vector<bool> has_output_;  ///< likewise: whether a neuron sends it
  std::vector<Counts> counts_;
  // Of the core that is computed.
  Columns columns_;
  LaneRows rows_;
  LaneNumbers potential_;
};

}  // namespace spikeloom::hw
