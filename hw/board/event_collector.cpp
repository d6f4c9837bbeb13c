// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/board/event_collector.h"

namespace spikeloom::hw {
namespace {

/// Adds a core's own events to `counts` by account, and to `all`.
void collect_core(const CoreModel& core, std::vector<EventCounts>& counts, EventCounts& all) {
  const std::vector<GroupActivity>& groups = core.group_activity();
  for (std::size_t g = 0; g < groups.size(); ++g) {
    EventCounts own;
    own[Event::kAxonWrite] = groups[g].axon_writes;
    own[Event::kExpansionWrite] = groups[g].expansion_writes;
    own[Event::kScanWord] = groups[g].scan_words;
    own[Event::kRowWordRead] = groups[g].row_word_reads;
    own[Event::kAccumulate] = groups[g].synaptic_operations;
    counts[core.group_categories()[g]] += own;
    all += own;
  }
  const std::vector<arch::NeuronEntry>& neurons = core.neurons();
  for (std::size_t j = 0; j < neurons.size(); ++j) {
    const auto gathers = static_cast<std::uint64_t>(neurons[j].gathers);
    const auto thresholds = static_cast<std::uint64_t>(neurons[j].thresholds);
    EventCounts& category = counts[core.neuron_categories()[j]];
    category[Event::kGather] += gathers;
    category[Event::kThresholdCompare] += thresholds;
    all[Event::kGather] += gathers;
    all[Event::kThresholdCompare] += thresholds;
  }
  // The network books these to accounts.
  all[Event::kRouteRead] += core.emissions().size();
}

}  // namespace

void collect_events(Board& board, std::vector<EventCounts>& counts,
                    std::vector<EventCounts>& cores) {
  for (std::size_t i = 0; i < board.cores().size(); ++i) {
    const CoreModel& core = board.cores()[i]->model();
    if (core.enabled()) collect_core(core, counts, cores[i]);
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
