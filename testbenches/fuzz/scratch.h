// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "spikeloom/base/cbor.h"

namespace spikeloom::fuzz {

/// Returns a folder of this process, which is removed at its end. Inputs that are files lie there.
const std::string& scratch_folder();

/// Writes an input into a file of the scratch folder; folders in `name` exist. Returns its path.
std::string write_scratch(std::string_view name, base::ByteView bytes);

std::string text_of(base::ByteView bytes);

}  // namespace spikeloom::fuzz
