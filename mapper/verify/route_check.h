// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "spikeloom/arch/deployment.h"
#include "spikeloom/arch/names.h"
#include "spikeloom/arch/packet.h"
#include "spikeloom/arch/topology/dead_links.h"
#include "spikeloom/arch/topology/topologies.h"
#include "spikeloom/converter/network/spiking_network.h"
#include "spikeloom/mapper/verify/findings.h"
#include "spikeloom/mapper/verify/spike_index.h"
#include "spikeloom/mapper/verify/verified_core.h"
#include "spikeloom/mapper/verify/verify.h"

namespace spikeloom::mapper {

/// Follows packets through the cores' tables. Records what arrives at each axon and what reaches
/// the host.
class RouteCheck {
 public:
  RouteCheck(const arch::Deployment& deployment, const converter::SpikingNetwork& network,
             const SpikeIndex& spikes, VerifiedCores& cores, Findings& findings,
             VerifyCounts& counts)
      : deployment_(deployment),
        network_(network),
        spikes_(spikes),
        cores_(cores),
        findings_(findings),
        counts_(counts),
        topology_(arch::make_topology(deployment.chip)),
        dead_(deployment.chip) {}

  /// Follows the packets that the host sends.
  void follow_input();
  /// Follows the packets of every neuron of a core.
  void follow_core(int number, const VerifiedCore& core);
  /// Checks that each output reached the host; call it after all packets.
  void check_outputs();

 private:
  std::string core_name(int number) const { return arch::core_name(deployment_.chip, number); }
  bool reads(int layer, int source) const;
  int last_layer() const { return static_cast<int>(network_.layers.size()) - 1; }
  /// `sender` is a core or kHost.
  void follow(int sender, int layer, int neuron, int level, arch::Packet packet);
  static constexpr int kHost = -1;
  void check_way(int sender, int spike, arch::Packet packet);
  /// Returns the first dead link on a packet's way, or DeadLinks::kNone.
  int dead_link(int sender, arch::Packet packet) const;
  void arrive(int layer, int spike, int number, arch::Packet packet);
  void arrive_at(int layer, int spike, int number, int group, int axon);

  const arch::Deployment& deployment_;
  const converter::SpikingNetwork& network_;
  const SpikeIndex& spikes_;
  VerifiedCores& cores_;
  Findings& findings_;
  VerifyCounts& counts_;
  arch::Topology topology_;
  arch::DeadLinks dead_;
  std::map<std::pair<int, std::uint64_t>, int> ways_;  ///< results of dead_link
  std::set<int> outputs_;  ///< outputs that reached the host: neuron * levels + level
};

}  // namespace spikeloom::mapper
