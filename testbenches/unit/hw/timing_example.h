// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/arch/packet.h"
#include "testbenches/unit/hw/core_program.h"

namespace spikeloom::test {

/// Loads the network of docs/timing.md, "A whole tick". Core 0 receives the input and sends to
/// cores 1 and 2, which send to the host as outputs 10, 11 and 20. `host` needs a member load()
/// like that of test::Host.
template <class Host>
void load_timing_example(Host& host, const arch::CoreDescription& core) {
  using arch::Packet;
  CoreProgram first;
  first.groups = {{0, 2, 4}};
  first.gather = {0, 1};
  first.thresholds = {1, 2};
  // Neuron 0 fires for one of axons 0 and 1, neuron 1 for two of 0, 1 and 2.
  first.neurons = {{0, 1, 0, 1, 0, 1}, {1, 1, 1, 1, 1, 1}};
  first.routes = {Packet::to_cores({1, 0, 2, 0}, 0, 0), Packet::to_cores({1, 0, 2, 0}, 0, 1)};
  first.weights = {{0, 0, 1}, {1, 0, 1}, {0, 1, 1}, {1, 1, 1}, {2, 1, 1}, {3, 0, -1}};
  host.load(core, 0, first);
  CoreProgram counter;  // fires as many levels as axons are set
  counter.groups = {{0, 1, 2}};
  counter.gather = {0};
  counter.thresholds = {1, 2};
  counter.neurons = {{0, 1, 0, 2, 0, 1}};
  counter.routes = {Packet::to_host(10)};
  counter.weights = {{0, 0, 1}, {1, 0, 1}};
  host.load(core, 1, counter);
  CoreProgram
      difference;  // fires for axon 1 without axon 0 and for both, with dendrites in two groups
  difference.groups = {{0, 2, 2}};
  difference.gather = {0, 1};
  difference.thresholds = {1};
  difference.neurons = {{0, 2, 0, 1, 0, 1}};
  difference.routes = {Packet::to_host(20)};
  difference.weights = {{0, 0, -1}, {1, 0, 1}, {1, 1, 1}};
  host.load(core, 2, difference);
}

}  // namespace spikeloom::test
