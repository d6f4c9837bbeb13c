// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line/cache_option.h"

namespace spikeloom::cli {

namespace options = boost::program_options;

void add_cache_option(options::options_description& description) {
  description.add_options()("no-cache",
                            "map anew: neither take the mapping of an earlier run from the cache "
                            "nor keep this one there");
}

std::optional<sim::MappingCache> mapping_cache(const options::variables_map& values) {
  if (values.count("no-cache") != 0) return std::nullopt;
  return sim::MappingCache::of_user();
}

}  // namespace spikeloom::cli
