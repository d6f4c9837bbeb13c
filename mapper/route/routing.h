// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/packet.h"
#include "spikeloom/mapper/place/cover.h"
#include "spikeloom/mapper/place/placement.h"
#include "spikeloom/mapper/plan/layer_plan.h"
#include "spikeloom/mapper/plan/layer_readers.h"

namespace spikeloom::mapper {

/// Packets into a term of a layer.
class TermRoutes {
 public:
  /// `placement` is the placement of `layer`.
  TermRoutes(const LayerMap& layer, std::size_t term, const LayerPlacement& placement,
             const arch::ChipDescription& chip);

  /// Appends the packets of level 0 of an input neuron, in a fixed order. Each core with a window
  /// over the neuron receives one packet per unit, or a single packet if the term is expanded; no
  /// other core receives any.
  void append(int channel, int y, int x, std::vector<arch::Packet>& packets) const;
  int packet_count(int channel, int y, int x) const {
    return static_cast<int>(targets(channel, y, x).size());
  }

 private:
  /// Receivers of a packet, without the part of its address that depends on the channel.
  struct Target {
    int base = 0;  ///< first group of the unit in its cores, or first entry of the term if expanded
    arch::Region region;
  };
  const std::vector<Target>& targets(int channel, int y, int x) const;
  std::vector<Target> find_targets(const LayerMap& layer, std::size_t term, const Span& chunks,
                                   int y, int x, const LayerPlacement& placement,
                                   const arch::ChipDescription& chip, Cover& cover) const;

  TermMap term_;
  std::vector<std::vector<Target>> targets_;  ///< [channel class][y][x]
};

/// All packets of a network except those to the host.
class NetworkRoutes {
 public:
  NetworkRoutes(const std::vector<LayerMap>& layers, const Placement& placement,
                const arch::ChipDescription& chip);

  /// Whether a layer's packets go to cores; otherwise they go to the host.
  bool has_readers(int source) const { return !consumers_.of(source).empty(); }
  /// Sets `packets` to the packets of level 0 of a neuron of a layer or of converter::kEncoder, to
  /// all its readers.
  void packets(int source, int channel, int y, int x, std::vector<arch::Packet>& packets) const;
  int packet_count(int source, int channel, int y, int x) const;
  const TermRoutes& into(std::size_t layer, std::size_t term) const { return terms_[layer][term]; }

 private:
  LayerReaders consumers_;
  std::vector<std::vector<TermRoutes>> terms_;  ///< [layer][term]
};

}  // namespace spikeloom::mapper
