// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/arch/topology/router_place.h"

#include <fmt/format.h>

namespace spikeloom::arch {

std::vector<int> coordinates(const RouterPlace& router) {
  if (router.level == 0) return {router.x, router.y};
  return {router.level, router.x, router.y};
}

std::string text(const RouterPlace& router) {
  const std::string place = fmt::format("({},{})", router.x, router.y);
  return router.level == 0 ? place : fmt::format("level {} {}", router.level, place);
}

}  // namespace spikeloom::arch
