// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/converter/network/spiking_network.h"
#include "spikeloom/mapper/emit/core_image.h"
#include "spikeloom/mapper/emit/weight_bits.h"
#include "spikeloom/mapper/route/routing.h"

namespace spikeloom::mapper {

/// Resources that the blocks of a layer use in their cores.
struct EmissionCounts {
  std::int64_t neurons = 0;
  std::int64_t dendrites = 0;
  std::int64_t synapses = 0;  ///< cross-points with a nonzero weight
  std::int64_t axons = 0;     ///< axons in use
  std::int64_t groups = 0;    ///< groups in use
};

/// Writes the blocks of a layer into the images of their cores: groups, synapses, neurons with
/// their thresholds and routes, and labels.
class BlockEmitter {
 public:
  BlockEmitter(const converter::SpikingLayer& layer, int layer_number, const LayerMap& map,
               const NetworkRoutes& routes, const arch::CoreDescription& core);

  /// Returns the number of dendrites of each of the block's groups, relative to its first group.
  std::vector<int> group_dendrites(const BlockPlace& place) const;

  /// Writes a block whose first group is `group_base`. `groups` are the groups of the core; the
  /// dendrites of this block's groups must be set, and their axons are set here. Throws
  /// DoesNotFit if a potential may exceed potential_bits.
  EmissionCounts emit(const BlockPlace& place, int group_base,
                      std::vector<arch::GroupEntry>& groups, CoreImage& image,
                      arch::CoreLabels& labels) const;

 private:
  struct Output;
  struct Sums;
  struct Gather;

  void gather(const Output& output, std::vector<Gather>& gathers) const;
  int unit_base(std::size_t term, const Output& output) const;
  Span channels_beside(const Output& output, std::size_t term, const BlockPlace& place) const;
  std::vector<std::vector<WeightBits>> weight_bits(const BlockPlace& place) const;
  template <typename Function>
  void for_each_input(const Output& output, std::size_t term, Function function) const;
  void add_synapses(const Output& output, std::size_t term, const WeightBits& bits, int group_base,
                    const std::vector<int>& first_dendrites, std::vector<arch::GroupEntry>& groups,
                    CoreImage& image) const;
  Sums sums(const Output& output) const;
  void check_potential(const Output& output, const Sums& sums) const;
  void add_neuron(const Output& output, int copy, const std::vector<arch::GatherEntry>& gathers,
                  CoreImage& image, arch::CoreLabels& labels) const;
  template <typename Function>
  void for_each_output(const BlockPlace& place, Function function) const;

  const converter::SpikingLayer& layer_;
  int layer_number_;
  const LayerMap& map_;
  const NetworkRoutes& routes_;
  const arch::CoreDescription& core_;
  std::vector<TapSigns> signs_;  ///< by the network's terms
};

}  // namespace spikeloom::mapper
