// SPDX-License-Identifier: Apache-2.0
#include "testbenches/rtl/chip/vcd_pair.h"

#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "spikeloom/base/error.h"

namespace spikeloom::rtl {
namespace {

/// Reads a VCD file, first its header, then change by change. Prefixes its identifiers, so that
/// those of two files differ.
class Reader {
 public:
  Reader(const std::string& path, char prefix) : path_(path), file_(path), prefix_(prefix) {
    if (!file_) throw base::UserError(path + ": cannot be read\n");
  }

  /// Returns the declarations, and fills `signals`.
  std::string header(std::vector<VcdSignal>& signals) {
    std::string text;
    std::vector<std::string> scopes;
    std::string line;
    while (std::getline(file_, line)) {
      std::istringstream words(line);
      std::string keyword;
      words >> keyword;
      if (keyword == "$enddefinitions") return text;
      if (keyword == "$scope") {
        std::string type;
        scopes.emplace_back();
        words >> type >> scopes.back();
        text += line + "\n";
      } else if (keyword == "$upscope") {
        scopes.pop_back();
        text += line + "\n";
      } else if (keyword == "$var") {
        std::string type, width, code, name, rest;
        words >> type >> width >> code >> name;
        while (words >> rest && rest != "$end") name += rest;
        text += fmt::format("$var {} {} {}{} {} $end\n", type, width, prefix_, code, name);
        std::string scope;
        for (const std::string& part : scopes) scope += (scope.empty() ? "" : ".") + part;
        signals.push_back({scope, name});
      }
    }
    throw base::UserError(path_ + ": the declarations have no end\n");
  }

  /// Moves on to the next time. Returns false at the end of the file.
  bool next_time() {
    std::string line;
    while (std::getline(file_, line)) {
      if (!line.empty() && line[0] == '#') {
        time_ = std::stoll(line.substr(1));
        return true;
      }
      pending_ += changed(line);
    }
    return false;
  }
  std::int64_t time() const { return time_; }
  /// Returns the changes at the current time, and moves on to the next one.
  std::string changes(bool& more) {
    pending_.clear();
    more = next_time();
    return std::move(pending_);
  }

 private:
  /// Returns a line of changes with the prefix in its identifier.
  std::string changed(const std::string& line) const {
    if (line.empty() || line[0] == '$') return {};
    const bool has_value = line[0] == 'b' || line[0] == 'B' || line[0] == 'r' || line[0] == 'R';
    const std::size_t at = has_value ? line.find(' ') + 1 : 1;
    return line.substr(0, at) + prefix_ + line.substr(at) + "\n";
  }

  std::string path_;
  std::ifstream file_;
  char prefix_;
  std::int64_t time_ = 0;
  std::string pending_;
};

// GTKWave's flags of trace lines.
constexpr unsigned kHex = 0x22;
constexpr unsigned kGroupBegin = 0x800200;
constexpr unsigned kGroupEnd = 0x1000200;
constexpr unsigned kClosedBegin = 0xc00200;
constexpr unsigned kClosedEnd = 0x1401200;
constexpr int kYellow = 3;
constexpr int kBlue = 5;

std::string lines_of(const std::vector<VcdSignal>& signals, const std::string& scope, int colour) {
  std::string text;
  for (const VcdSignal& signal : signals) {
    if (signal.scope != scope) continue;
    text += fmt::format("[color] {}\n{}.{}\n", colour, signal.scope, signal.name);
  }
  return text.empty() ? text : fmt::format("@{:x}\n", kHex) + text;
}

}  // namespace

MergedVcd merge_vcd(const std::string& first, const std::string& second,
                    const std::string& merged) {
  MergedVcd signals;
  Reader a(first, 'a'), b(second, 'b');
  std::ofstream out(merged);
  out << "$timescale 1 ps $end\n"
      << a.header(signals.first) << b.header(signals.second) << "$enddefinitions $end\n";
  bool more_a = a.next_time();
  bool more_b = b.next_time();
  while (more_a || more_b) {
    const bool take_a = more_a && (!more_b || a.time() <= b.time());
    const bool take_b = more_b && (!more_a || b.time() <= a.time());
    out << '#' << (take_a ? a.time() : b.time()) << '\n';
    if (take_a) out << a.changes(more_a);
    if (take_b) out << b.changes(more_b);
  }
  out.flush();
  if (!out) throw base::UserError(merged + ": cannot be written\n");
  return signals;
}

std::string paired_save_file(const std::string& merged, const MergedVcd& signals,
                             const std::vector<ScopePair>& pairs, std::int64_t time) {
  constexpr std::int64_t kBefore = 40000;  // ps
  std::string text = fmt::format("[dumpfile] \"{}\"\n[size] 1600 900\n[timestart] {}\n*-14 {}\n",
                                 merged, std::max<std::int64_t>(0, time - kBefore), time);
  bool open = true;
  for (const ScopePair& pair : pairs) {
    const std::string above = lines_of(signals.first, pair.first, kYellow);
    const std::string below = lines_of(signals.second, pair.second, kBlue);
    if (above.empty() && below.empty()) continue;
    text += fmt::format("@{:x}\n-{}\n", open ? kGroupBegin : kClosedBegin, pair.title);
    text += above + below;
    text += fmt::format("@{:x}\n-{}\n", open ? kGroupEnd : kClosedEnd, pair.title);
    open = false;
  }
  return text;
}

}  // namespace spikeloom::rtl
