// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/converter/network/spiking_network.h"
#include "testbenches/unit/support/random.h"

namespace spikeloom::test {

/// Of 1 to 4 levels.
converter::Quantizer random_quantizer(Random& random);

/// A host's first layer of any kind over a small image.
converter::HostEncoder random_encoder(Random& random);

/// A small spiking network, layer after layer: strides, padding, dilation, groups, dense layers,
/// max pooling, relays, 1 to 4 levels, constant neurons.
converter::SpikingNetwork random_chain(Random& random);

/// The same with branches that end in sums, with repeated weights too, and concatenations.
converter::SpikingNetwork random_network(Random& random);

}  // namespace spikeloom::test
