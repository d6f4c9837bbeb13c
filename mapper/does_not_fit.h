// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/base/error.h"

namespace spikeloom::mapper {

/// The network does not fit the chip. The message names the layer, the limit, and the needed and
/// available amounts.
class DoesNotFit : public base::UserError {
 public:
  using base::UserError::UserError;
};

}  // namespace spikeloom::mapper
