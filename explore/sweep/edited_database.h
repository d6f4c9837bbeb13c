// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <filesystem>
#include <new>

#include <fmt/format.h>

#include "spikeloom/base/error.h"
#include "spikeloom/base/stopped.h"
#include "spikeloom/explore/sweep/sweep_store.h"

namespace spikeloom::explore {

/// Returns what `work` returns. Whoever edits the database of a sweep can make anything fail that
/// reads it: that is a UserError with the path.
template <typename Work>
auto with_database(const std::filesystem::path& directory, const Work& work) {
  try {
    return work();
  } catch (const base::UserError&) {
    throw;
  } catch (const base::Stopped&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    throw base::UserError(fmt::format("{}: is damaged, or was changed by hand: {}",
                                      (directory / kSweepDatabase).string(), error.what()));
  }
}

}  // namespace spikeloom::explore
