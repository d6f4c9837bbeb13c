// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <boost/program_options.hpp>

#include "spikeloom/sim/run/mapping_cache.h"

namespace spikeloom::cli {

/// Adds --no-cache.
void add_cache_option(boost::program_options::options_description& description);

/// Returns the user's cache of mappings; nullopt with --no-cache. Throws base::UserError.
std::optional<sim::MappingCache> mapping_cache(const boost::program_options::variables_map& values);

}  // namespace spikeloom::cli
