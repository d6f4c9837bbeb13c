// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/network/visit_wheel.h"

namespace spikeloom::hw {

void VisitWheel::clear() {
  std::fill(sets_.begin(), sets_.end(), 0);
  std::fill(summaries_.begin(), summaries_.end(), 0);
  filled_ = 0;
  later_.clear();
  now_ = 0;
}

}  // namespace spikeloom::hw
