// SPDX-License-Identifier: Apache-2.0
#include "testbenches/property/reproducer.h"

#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"

namespace spikeloom::property {
namespace {

constexpr const char* kChoices = "choices:";

}  // namespace

void write_reproducer(const std::string& path, std::uint64_t seed, std::uint64_t number,
                      const Tried& failed) {
  std::string text = fmt::format("seed {}, case {}\ncheck: {}\n{}\n\n{} {}\n\n", seed, number,
                                 failed.outcome.check, failed.outcome.text, kChoices,
                                 fmt::join(failed.choices, " "));
  test::Choices made;
  text += describe(make_case(failed.choices, made));
  base::write_file(path, text);
}

test::Choices read_reproducer(const std::string& path) {
  const std::vector<std::uint8_t> bytes = base::read_file(path);
  std::istringstream lines(std::string(bytes.begin(), bytes.end()));
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind(kChoices, 0) != 0) continue;
    std::istringstream numbers(line.substr(std::string(kChoices).size()));
    test::Choices choices;
    for (std::uint64_t number = 0; numbers >> number;) choices.push_back(number);
    if (numbers.eof() && !choices.empty()) return choices;
  }
  throw base::UserError(fmt::format("{}: no line \"{} NUMBER...\"", path, kChoices));
}

}  // namespace spikeloom::property
