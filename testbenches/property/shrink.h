// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>

#include "testbenches/unit/support/random.h"

namespace spikeloom::property {

/// Whether a sequence of choices is shorter than another one, or as long and lower at the first
/// difference.
bool simpler(const test::Choices& a, const test::Choices& b);

/// Tries choices. Returns those that were made in fact, or nullopt if they do not fail.
using Try = std::function<std::optional<test::Choices>(const test::Choices& choices)>;

/// Returns choices that still fail and of which nothing can be left out or lowered alone, or the
/// simplest ones found when `stop` returns true. `failing` are choices that fail.
test::Choices shrink(test::Choices failing, const Try& fails, const std::function<bool()>& stop);

}  // namespace spikeloom::property
