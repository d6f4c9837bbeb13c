#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# g++ 12.2.0-14 and clang 14.0.6 of Debian 12, 2026-11-28.
#
# Vector types (vector_size) may be wider than the registers of the instruction set; the compiler then uses several. For
# AVX2 g++ at -O3 keeps sums of 64-byte vectors in memory, and each step of the loop loads and stores all of them, though 8 of
# the 16 registers would hold them. The same loop with twice as many 32-byte vectors has no store in it, and clang writes
# the same loop for both. A sum of 25 products was 20 times slower with the wide vectors (measured once).
#
# Functions whose innermost loop stores to memory. Output seen:
#   g++, 64-byte vectors: stores in the loop
#   g++, 32-byte vectors: no store in the loop
#   clang++, 64-byte vectors: no store in the loop
#   clang++, 32-byte vectors: no store in the loop
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
command -v g++-12 clang++-14 >/dev/null || { apt-get update -qq && apt-get install -y -qq g++-12 clang-14; } >/dev/null
cat >sums.cpp <<'EOF2'
#include <cstddef>

using Doubles = double __attribute__((vector_size(BYTES), aligned(8), may_alias));
constexpr std::size_t kVectors = 32 * sizeof(double) / sizeof(Doubles);

void sums(const double* values, const std::ptrdiff_t* offsets, const double* weights, int count, double* result) {
  Doubles block[kVectors] = {};
  for (int k = 0; k < count; ++k) {
    const double weight = weights[k];
    const auto* const row = reinterpret_cast<const Doubles*>(values + offsets[k]);
    for (std::size_t i = 0; i < kVectors; ++i) block[i] += weight * row[i];
  }
  auto* const to = reinterpret_cast<Doubles*>(result);
  for (std::size_t i = 0; i < kVectors; ++i) to[i] = block[i];
}
EOF2
# Whether a store to the stack or to a result lies between the loop's label and the jump back to it.
stores() {
  "$1" -O3 -mavx2 -ffp-contract=off -std=c++17 -w -DBYTES="$2" -S -o sums.s sums.cpp
  awk '
    /^\.L[^:]*:/ { label = $1; sub(":.*", "", label); at[label] = NR }
    /^\tvmov[a-z]*\t%[xy]mm[0-9]+, [^%]*\(/ { store[NR] = 1 }
    /^\tj[a-z]+\t\.L/ { if ($2 in at) for (i = at[$2]; i <= NR; ++i) if (i in store) found = 1 }
    END { print found ? "stores" : "no store" }' sums.s
}
for compiler in g++-12 clang++-14; do
  for bytes in 64 32; do echo "${compiler%-*}, $bytes-byte vectors: $(stores "$compiler" "$bytes") in the loop"; done
done | tee seen
diff - seen <<'EOF2'
g++, 64-byte vectors: stores in the loop
g++, 32-byte vectors: no store in the loop
clang++, 64-byte vectors: no store in the loop
clang++, 32-byte vectors: no store in the loop
EOF2
