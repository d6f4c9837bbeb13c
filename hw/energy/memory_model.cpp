// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/energy/memory_model.h"

#include <algorithm>
#include <cmath>

#include "spikeloom/base/ceil_div.h"

namespace spikeloom::hw {
namespace {

constexpr double kMillimetresPerMicrometre = 1e-3;

/// Returns the rows of a full bank.
double bank_rows(const MemoryDescription& description, const MemoryArray& array) {
  return std::min(static_cast<double>(array.rows), description.max_rows.value);
}

}  // namespace

MemoryArray memory_array(const MemoryDescription& description, const MemorySize& size) {
  const auto max_rows = static_cast<std::int64_t>(description.max_rows.value);
  std::int64_t words_per_row = 1;
  const auto rows = [&] { return base::ceil_div(size.words, words_per_row); };
  while (rows() > max_rows &&
         static_cast<double>(2 * words_per_row * size.bits) <= description.max_columns.value) {
    words_per_row *= 2;
  }
  return {rows(), words_per_row * size.bits,
          std::max<std::int64_t>(1, base::ceil_div(rows(), max_rows))};
}

MemoryModel::MemoryModel(const MemoryDescription& description, double register_um2,
                         const MemorySize& size)
    : description_(description),
      register_um2_(register_um2),
      size_(size),
      array_(memory_array(description, size)),
      register_file_(register_area() < sram_area()) {}

double MemoryModel::sram_area() const {
  return description_.cell_area.value * port_factor() *
         (static_cast<double>(array_.rows) +
          static_cast<double>(array_.banks) * description_.peripheral_rows.value) *
         (static_cast<double>(array_.columns) + description_.peripheral_columns.value);
}

double MemoryModel::register_area() const {
  return register_um2_ * static_cast<double>(size_.words * size_.bits);
}

double MemoryModel::area() const { return register_file_ ? register_area() : sram_area(); }

double MemoryModel::leakage() const {
  // Flip-flops leak by their area as cells do.
  const double cells = register_file_
                           ? register_area() / description_.cell_area.value
                           : static_cast<double>(size_.words * size_.bits) * port_factor();
  return description_.cell_leakage.value * cells;
}

double MemoryModel::between_banks() const {
  const double height =
      (bank_rows(description_, array_) + description_.peripheral_rows.value) *
      std::sqrt(description_.cell_area.value * port_factor() / description_.cell_aspect.value);
  return description_.wire.value * height * kMillimetresPerMicrometre *
         static_cast<double>(array_.banks - 1) / 2.0;
}

double MemoryModel::access(std::int64_t bits, double bit) const {
  if (size_.words == 0) return 0.0;
  if (register_file_) {
    return static_cast<double>(bits * size_.words) * description_.register_cell.value;
  }
  // More ports make cells larger and so their lines longer.
  const double lines = std::sqrt(port_factor());
  const double column =
      description_.column.value + bank_rows(description_, array_) * description_.cell.value;
  return description_.fixed.value + static_cast<double>(bits) * (bit + between_banks()) +
         lines * static_cast<double>(array_.columns) * column;
}

}  // namespace spikeloom::hw
