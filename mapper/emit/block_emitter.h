// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/converter/network/spiking_network.h"
#include "spikeloom/mapper/emit/core_image.h"
#include "spikeloom/mapper/route/routing.h"

namespace spikeloom::mapper {

/// What the blocks of a layer have put into cores.
struct EmissionCounts {
  std::int64_t neurons = 0;
  std::int64_t dendrites = 0;
  std::int64_t synapses = 0;  ///< cross-points that hold a nonzero weight
  std::int64_t axons = 0;     ///< in use
  std::int64_t groups = 0;    ///< in use
};

/// Writes one block into the image of its core: groups, synapses, neurons with their thresholds and
/// routes, labels.
class BlockEmitter {
 public:
  BlockEmitter(const converter::SpikingLayer& layer, int layer_number, const LayerMap& map,
               const NetworkRoutes& routes, const arch::CoreDescription& core);

  /// Dendrites of each of the block's groups, counted from the block's first group.
  std::vector<int> group_dendrites(const BlockPlace& place) const;

  /// Fills in the block. `groups` are the core's, with the dendrites of this block's groups, from
  /// `group_base` on, set; their axons are set here. Throws UserError where a potential may not fit
  /// potential_bits.
  EmissionCounts emit(const BlockPlace& place, int group_base,
                      std::vector<arch::GroupEntry>& groups, CoreImage& image,
                      arch::CoreLabels& labels) const;

 private:
  struct Output;
  struct Sums;

  void gather(const Output& output, std::vector<int>& groups) const;
  int unit_base(std::size_t term, const Output& output) const;
  void add_synapses(const Output& output, std::size_t term, int copy,
                    const std::vector<int>& dendrite_of_group, int group_base,
                    std::vector<arch::GroupEntry>& groups, CoreImage& image, EmissionCounts& counts,
                    Sums& sums) const;
  void check_potential(const Output& output, const Sums& sums) const;
  void add_neuron(const Output& output, int copy, const std::vector<int>& dendrites,
                  CoreImage& image, arch::CoreLabels& labels) const;
  template <typename Function>
  void for_each_output(const BlockPlace& place, Function function) const;

  const converter::SpikingLayer& layer_;
  int layer_number_;
  const LayerMap& map_;
  const NetworkRoutes& routes_;
  const arch::CoreDescription& core_;
};

}  // namespace spikeloom::mapper
