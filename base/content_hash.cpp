// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/content_hash.h"

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>

namespace spikeloom::base {

std::string content_hash(std::string_view content) {
  const boost::uuids::name_generator_sha1 name(boost::uuids::ns::oid());
  return boost::uuids::to_string(name(content.data(), content.size()));
}

std::string content_hash(const std::vector<std::uint8_t>& content) {
  return content_hash(
      std::string_view(reinterpret_cast<const char*>(content.data()), content.size()));
}

}  // namespace spikeloom::base
