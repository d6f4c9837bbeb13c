// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/arch/chip_description.h"

#include <algorithm>

namespace spikeloom::arch {

int check_bits(Protection protection, int bits) {
  switch (protection) {
    case Protection::kNone:
      return 0;
    case Protection::kParity:
      return 1;
    case Protection::kSecded: {
      // The positions 1 .. bits + check are numbered by the Hamming code's check bits; one more bit
      // is the parity of all.
      int check = 1;
      while ((1 << check) < bits + check + 1) ++check;
      return check + 1;
    }
  }
  return 0;
}

CoreLocation ChipDescription::place(int number) const {
  const int x = grid().x(number);
  const int y = grid().y(number);
  return {y / mesh.rows * board.columns + x / mesh.columns,
          mesh.core_at(x % mesh.columns, y % mesh.rows)};
}

std::optional<int> ChipDescription::core_at(const CoreLocation& place) const {
  if (place.chip < 0 || place.chip >= board.chips() || place.unit < 0 ||
      place.unit >= mesh.cores()) {
    return std::nullopt;
  }
  return grid().core_at(place.chip % board.columns * mesh.columns + mesh.x(place.unit),
                        place.chip / board.columns * mesh.rows + mesh.y(place.unit));
}

bool ChipDescription::is_dead(int number) const {
  return std::any_of(defects.cores.begin(), defects.cores.end(), [&](const DeadCore& dead) {
    return grid().core_at(dead.x, dead.y) == number;
  });
}

}  // namespace spikeloom::arch
