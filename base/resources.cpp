// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/resources.h"

#include <stdexcept>

namespace spikeloom::base {

const Resource* Resources::find(std::string_view name) const {
  for (const Resource& file : files_) {
    if (file.name == name) return &file;
  }
  return nullptr;
}

bool Resources::has(std::string_view name) const { return find(name) != nullptr; }

std::string_view Resources::text(std::string_view name) const {
  const Resource* found = find(name);
  if (found == nullptr) throw std::out_of_range("no resource " + std::string(name));
  return found->text;
}

}  // namespace spikeloom::base
