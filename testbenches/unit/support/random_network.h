// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/converter/network/spiking_network.h"
#include "testbenches/unit/support/random.h"

namespace spikeloom::test {

/// Returns a quantizer of 1 to 4 levels and precision 0 to 2 that rounds ties up or to even.
converter::Quantizer random_quantizer(Random& random);

/// Returns an encoder of any kind for a small image.
converter::HostEncoder random_encoder(Random& random, Range range = Range::kUsual);

/// Returns a small network in which each layer reads the one before it: strides, padding, dilation,
/// groups, dense layers, weights of several planes, max pooling, relays, 1 to 4 levels of any
/// values, constant neurons, border classes.
converter::SpikingNetwork random_chain(Random& random);

/// Returns a small network with branches that end in sums, some with repeated weights, and in
/// concatenations. With Range::kAll any layer reads any earlier one, numbers go as far as they are
/// accepted, and tables of numbers are one choice each.
converter::SpikingNetwork random_network(Random& random, Range range = Range::kUsual);

}  // namespace spikeloom::test
