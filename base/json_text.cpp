// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/json_text.h"

#include <fmt/format.h>

namespace spikeloom::base {
namespace {

// As nlohmann::json numbers its errors: 5xx are those of no other kind.
constexpr int kTooLarge = 502;

[[noreturn]] void fail_json(const std::string& what) {
  throw nlohmann::json::other_error::create(kTooLarge, what, nullptr);
}

}  // namespace

nlohmann::ordered_json parse_json(const std::vector<std::uint8_t>& text) {
  std::size_t values = 0;
  return nlohmann::ordered_json::parse(
      text, [&values](int depth, nlohmann::ordered_json::parse_event_t event,
                      const nlohmann::ordered_json&) {
        using Event = nlohmann::ordered_json::parse_event_t;
        if (event == Event::object_end || event == Event::array_end) return true;
        if (depth > kMaxJsonDepth) {
          fail_json(fmt::format("values are nested more than {} deep", kMaxJsonDepth));
        }
        if (++values > kMaxJsonValues)
          fail_json(fmt::format("it has more than {} values", kMaxJsonValues));
        return true;
      });
}

}  // namespace spikeloom::base
