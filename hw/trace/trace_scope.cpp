// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/trace/trace_scope.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "spikeloom/arch/topology/topologies.h"
#include "spikeloom/base/diagnostics.h"

namespace spikeloom::hw {
namespace {

/// A number, a range, or all numbers.
struct Index {
  int first = 0;
  int last = INT32_MAX;

  bool contains(int value) const { return first <= value && value <= last; }
};

bool contain(const std::vector<Index>& indices, const std::vector<int>& values) {
  return std::equal(indices.begin(), indices.end(), values.begin(), values.end(),
                    [](const Index& index, int value) { return index.contains(value); });
}

/// Reads an item from its start, and leaves what it cannot read.
class ItemReader {
 public:
  explicit ItemReader(std::string_view text) : left_(text) {}

  bool done() const { return left_.empty(); }

  bool take(std::string_view word) {
    if (left_.substr(0, word.size()) != word) return false;
    left_.remove_prefix(word.size());
    return true;
  }

  std::optional<Index> index() {
    if (take("*")) return Index{};
    const std::optional<int> first = number();
    if (!first) return std::nullopt;
    if (!take(":")) return Index{*first, *first};
    const std::optional<int> last = number();
    if (!last || *last < *first) return std::nullopt;
    return Index{*first, *last};
  }

  /// Reads "[I,J]", or "_I_J" with numbers only. Returns an empty list if it finds neither.
  std::vector<Index> indices() {
    std::vector<Index> result;
    while (take("_")) {
      const std::optional<int> next = number();
      if (!next) return {};
      result.push_back({*next, *next});
    }
    if (!result.empty()) return result;
    if (!take("[")) return {};
    do {
      const std::optional<Index> next = index();
      if (!next) return {};
      result.push_back(*next);
    } while (take(","));
    return take("]") ? result : std::vector<Index>();
  }

 private:
  std::optional<int> number() {
    int value = 0;
    const auto [end, error] = std::from_chars(left_.data(), left_.data() + left_.size(), value);
    if (error != std::errc() || value < 0) return std::nullopt;
    left_.remove_prefix(static_cast<std::size_t>(end - left_.data()));
    return value;
  }

  std::string_view left_;
};

/// Splits a scope into its items, at the commas outside brackets.
std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> items(1);
  int depth = 0;
  for (const char c : text) {
    if (c == '[') ++depth;
    if (c == ']') --depth;
    if (c == ',' && depth == 0) {
      items.emplace_back();
    } else if (c != ' ') {
      items.back() += c;
    }
  }
  return items;
}

class ScopeParser {
 public:
  explicit ScopeParser(const TraceableBoard& board) : board_(board) {}

  void add(const std::string& item) {
    item_ = item;
    ItemReader reader(item);
    if (reader.take("host") && reader.done()) {
      scope.host = true;
    } else if (reader = ItemReader(item); reader.take("bus") && reader.done()) {
      scope.bus = true;
    } else if (reader = ItemReader(item); reader.take("board.router")) {
      add_routers(reader, std::nullopt);
    } else if (reader = ItemReader(item); reader.take("chip")) {
      add_of_chip(reader);
    } else {
      fail_to_read();
    }
  }

  TraceScope scope;
  base::Diagnostics problems;

 private:
  void fail(const std::string& what) {
    problems.add(fmt::format("--vcd-scope: {}: {}", item_, what));
  }
  void fail_to_read() {
    fail(
        "not a scope; allowed are host, bus, chipC.core[X,Y], chipC.core[X,Y].neuron[N], "
        "chipC.router[X,Y] and board.router[L,X,Y], where each index is a number, a range A:B or "
        "*");
  }

  void add_of_chip(ItemReader& reader) {
    const std::optional<Index> chip = reader.index();
    if (!chip) return fail_to_read();
    const int chips = board_.chip.board.chips();
    if (chip->first >= chips) {
      return fail(fmt::format("no such chip; the board has chips 0..{}", chips - 1));
    }
    if (reader.take(".core")) return add_cores(reader, *chip);
    if (reader.take(".router")) return add_routers(reader, chip);
    fail_to_read();
  }

  void add_cores(ItemReader& reader, const Index& chip) {
    const std::vector<Index> at = reader.indices();
    std::optional<Index> neuron;
    if (reader.take(".neuron")) {
      const std::vector<Index> numbers = reader.indices();
      if (numbers.size() != 1) return fail_to_read();
      neuron = numbers.front();
    }
    if (at.size() != 2 || !reader.done()) return fail_to_read();
    const arch::MeshDescription grid = board_.chip.grid();
    bool found = false;
    bool found_neuron = false;
    for (int core = 0; core < grid.cores(); ++core) {
      if (!chip.contains(board_.chip.place(core).chip)) continue;
      if (!contain(at, {grid.x(core), grid.y(core)})) continue;
      found = true;
      std::set<int>& neurons = scope.cores[core];
      const auto used = board_.neurons.find(core);
      const int count = used == board_.neurons.end() ? 0 : used->second;
      for (int j = 0; neuron && j < count; ++j) {
        if (neuron->contains(j)) found_neuron = neurons.insert(j).second || found_neuron;
      }
    }
    if (!found) {
      fail(fmt::format("no such core; the board has core[0:{},0:{}], in chips of {} x {} cores",
                       grid.columns - 1, grid.rows - 1, board_.chip.mesh.columns,
                       board_.chip.mesh.rows));
    } else if (neuron && !found_neuron) {
      fail_without_neurons(at);
    }
  }

  void fail_without_neurons(const std::vector<Index>& at) {
    const arch::MeshDescription grid = board_.chip.grid();
    int maximum = 0;
    for (const auto& [core, count] : board_.neurons) {
      if (contain(at, {grid.x(core), grid.y(core)})) maximum = std::max(maximum, count);
    }
    fail(maximum == 0 ? "no such neuron; no neurons are in use there"
                      : fmt::format("no such neuron; neurons 0..{} are in use", maximum - 1));
  }

  void add_routers(ItemReader& reader, const std::optional<Index>& chip) {
    const std::vector<Index> at = reader.indices();
    if (at.empty() || !reader.done()) return fail_to_read();
    bool found = false;
    for (std::size_t i = 0; i < board_.routers.routers.size(); ++i) {
      const ListedRouter& router = board_.routers.routers[i];
      const bool on_board = router.chip == ListedRouter::kBoard;
      if (chip ? on_board || !chip->contains(router.chip) : !on_board) continue;
      if (!contain(at, router.coordinates)) continue;
      found = true;
      scope.routers.insert(static_cast<std::uint32_t>(i));
    }
    if (found) return;
    fail(arch::with_topology(board_.chip, [](const auto& topology) {
      return fmt::format("no such router; the {} has {}", topology.kName, topology.router_range());
    }));
  }

  const TraceableBoard& board_;
  std::string item_;
};

}  // namespace

TraceScope parse_scope(const std::string& text, const TraceableBoard& board) {
  ScopeParser parser(board);
  for (const std::string& item : split(text)) parser.add(item);
  parser.problems.finish();
  return parser.scope;
}

}  // namespace spikeloom::hw
