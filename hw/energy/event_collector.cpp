// SPDX-License-Identifier: Apache-2.0
#include "hw/energy/event_collector.h"

namespace spikeloom::hw {
namespace {

void collect_core(const CoreModel& core, std::vector<EventCounts>& counts) {
  const std::vector<GroupActivity>& groups = core.group_activity();
  for (std::size_t g = 0; g < groups.size(); ++g) {
    EventCounts& account = counts[core.group_accounts()[g]];
    account[Event::kAxonWrite] += groups[g].axon_writes;
    account[Event::kExpansionWrite] += groups[g].expansion_writes;
    account[Event::kScanWord] += groups[g].scan_words;
    account[Event::kRowWordRead] += groups[g].row_word_reads;
    account[Event::kAccumulate] += groups[g].synaptic_operations;
  }
  const std::vector<common::NeuronEntry>& neurons = core.neurons();
  for (std::size_t j = 0; j < neurons.size(); ++j) {
    EventCounts& account = counts[core.neuron_accounts()[j]];
    account[Event::kGather] += static_cast<std::uint64_t>(neurons[j].gathers);
    account[Event::kThresholdCompare] += static_cast<std::uint64_t>(neurons[j].thresholds);
  }
}

}  // namespace

void collect_events(Board& board, std::vector<EventCounts>& counts) {
  for (const Core* core : board.cores()) {
    if (core->model().enabled()) collect_core(core->model(), counts);
  }
  const std::vector<NetworkActivity>& network = board.fabric().activity();
  for (std::size_t a = 0; a < network.size(); ++a) {
    counts[a][Event::kRouteRead] += network[a].packets;
    counts[a][Event::kRouterTraversal] += network[a].router_traversals;
    counts[a][Event::kLinkTransfer] += network[a].link_transfers;
    counts[a][Event::kInterChipTransfer] += network[a].inter_chip_transfers;
    counts[a][Event::kHostTransfer] += network[a].host_packets;
  }
}

}  // namespace spikeloom::hw
