// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/network/quantized_graph.h"

namespace spikeloom::converter {

void QuantizedTerm::multiply(std::size_t output, const Rational& factor) {
  if (factors.empty()) factors.assign(static_cast<std::size_t>(outputs), Rational(1));
  factors[output] = factors[output] * factor;
}

}  // namespace spikeloom::converter
