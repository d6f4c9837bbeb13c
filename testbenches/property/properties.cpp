// SPDX-License-Identifier: Apache-2.0
// Random networks on random chips: each is mapped, verified, loaded and run in both timings, and
// all its spikes are compared with the integer reference. A case that fails is simplified and
// written to a file.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "spikeloom/base/directory.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/mix.h"
#include "spikeloom/base/parse_number.h"
#include "spikeloom/base/stopped.h"
#include "testbenches/property/isolated.h"
#include "testbenches/property/reproducer.h"
#include "testbenches/property/shrink.h"
#include "testbenches/property/tally.h"
#include "testbenches/testbench_main.h"

namespace spikeloom::property {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kHelp =
    R"(usage: spikeloom_properties [--seed S] [--first I] [--cases N] [-o DIR] [--tally FILE]
       spikeloom_properties --reproduce FILE
       spikeloom_properties --sum FILE...

Checks N random cases from number I on (100, 0) of the stream S (1). What fails is simplified
and written to DIR (.), a file for each case, until 5 have failed. The counts go to FILE.
--reproduce checks the case of such a file again. --sum adds up files of counts, and ends with
status 1 if there is a failure, or a feature that no case had.
--shrink SECONDS: time to simplify a case (60).
)";

constexpr std::uint64_t kMostFailures = 5;

struct Options {
  std::uint64_t seed = 1;
  std::uint64_t first = 0;
  std::uint64_t cases = 100;
  std::uint64_t shrink = 60;
  std::string directory = ".";
  std::string tally;
  std::string reproduce;
  std::vector<std::string> sum;
};

/// Returns a value after `option`.
const std::string& value_of(const std::vector<std::string>& arguments, std::size_t& i) {
  if (i + 1 == arguments.size()) throw base::UserError(arguments[i] + ": its value is missing");
  return arguments[++i];
}

Options read_options(const std::vector<std::string>& arguments) {
  Options options;
  const auto number = [&](std::size_t& i) {
    const std::string& option = arguments[i];
    const std::string& text = value_of(arguments, i);
    const auto value = base::parse_number<std::uint64_t>(text);
    if (!value) throw base::UserError(fmt::format("{}: got {}, allowed numbers", option, text));
    return *value;
  };
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& option = arguments[i];
    if (option == "--seed") {
      options.seed = number(i);
    } else if (option == "--first") {
      options.first = number(i);
    } else if (option == "--cases") {
      options.cases = number(i);
    } else if (option == "--shrink") {
      options.shrink = number(i);
    } else if (option == "-o") {
      options.directory = value_of(arguments, i);
    } else if (option == "--tally") {
      options.tally = value_of(arguments, i);
    } else if (option == "--reproduce") {
      options.reproduce = value_of(arguments, i);
    } else if (option == "--sum") {
      do {
        options.sum.push_back(value_of(arguments, i));
      } while (i + 1 < arguments.size());
    } else {
      throw base::UserError(fmt::format("{}: no such option\n{}", option, kHelp));
    }
  }
  return options;
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Returns the simplest case found that fails in the same check.
Tried simplify(const Tried& failed, std::uint64_t seconds) {
  Tried simplest = failed;
  std::uint64_t tries = 0;
  const Clock::time_point start = Clock::now();
  const Try fails = [&](const test::Choices& choices) -> std::optional<test::Choices> {
    ++tries;
    Tried tried = try_case(choices);
    if (tried.outcome.kind != Outcome::Kind::kFailed ||
        tried.outcome.check != failed.outcome.check) {
      return std::nullopt;
    }
    test::Choices made = tried.choices;
    if (simpler(made, simplest.choices)) simplest = std::move(tried);
    return made;
  };
  const auto stop = [&] { return seconds_since(start) > static_cast<double>(seconds); };
  shrink(failed.choices, fails, stop);
  std::cout << fmt::format("  {} tries in {:.0f} s left {} of {} choices\n", tries,
                           seconds_since(start), simplest.choices.size(), failed.choices.size());
  return simplest;
}

void report(const Options& options, std::uint64_t number, const Tried& failed) {
  std::cout << fmt::format("case {} of seed {} failed, {}: {}\n", number, options.seed,
                           failed.outcome.check, failed.outcome.text)
            << std::flush;
  const std::string path = (std::filesystem::path(options.directory) /
                            fmt::format("case-{}-{}.txt", options.seed, number))
                               .string();
  base::make_directory(options.directory);
  // A process that ended early has not said what it had made.
  Tried simplest = failed;
  if (!failed.choices.empty()) simplest = simplify(failed, options.shrink);
  write_reproducer(path, options.seed, number, simplest);
  std::cout << fmt::format("  {}: {}\n  {}\n", simplest.outcome.check, simplest.outcome.text, path)
            << std::flush;
}

int run_cases(const Options& options) {
  Tally tally;
  const Clock::time_point start = Clock::now();
  for (std::uint64_t i = 0; i < options.cases && tally.failed < kMostFailures; ++i) {
    const std::uint64_t number = options.first + i;
    const Tried tried = try_case(base::mixed(options.seed, number));
    tally.add(tried);
    if (tried.outcome.kind == Outcome::Kind::kFailed) report(options, number, tried);
  }
  tally.seconds = seconds_since(start);
  std::cout << tally.table();
  if (!options.tally.empty()) tally.save(options.tally);
  return tally.failed == 0 ? 0 : 1;
}

int reproduce(const std::string& path) {
  const test::Choices choices = read_reproducer(path);
  test::Choices made;
  const Tried tried = try_case(choices);
  std::cout << describe(make_case(choices, made));
  switch (tried.outcome.kind) {
    case Outcome::Kind::kPassed:
      std::cout << "passed\n";
      return 0;
    case Outcome::Kind::kRefused:
      std::cout << "refused: " << tried.outcome.text << "\n";
      return 0;
    case Outcome::Kind::kFailed:
      break;
  }
  std::cout << fmt::format("failed, {}: {}\n", tried.outcome.check, tried.outcome.text);
  return 1;
}

int sum(const std::vector<std::string>& paths) {
  Tally whole;
  for (const std::string& path : paths) whole.add(Tally::load(path));
  std::cout << whole.table();
  const std::vector<std::string> missing = whole.missing();
  if (!missing.empty()) {
    std::cout << fmt::format("no passed case had: {}\n", fmt::join(missing, ", "));
  }
  return whole.failed == 0 && missing.empty() ? 0 : 1;
}

int run(const std::vector<std::string>& arguments) {
  if (arguments.size() == 1 && arguments[0] == "--help") {
    std::cout << kHelp;
    return 0;
  }
  const Options options = read_options(arguments);
  try {
    if (!options.sum.empty()) return sum(options.sum);
    if (!options.reproduce.empty()) return reproduce(options.reproduce);
    return run_cases(options);
  } catch (const base::Stopped& stopped) {
    std::cerr << "spikeloom_properties: stopped\n";
    return stopped.exit_status();
  }
}

}  // namespace
}  // namespace spikeloom::property

int main(int argc, char** argv) {
  return spikeloom::testbench_main(argc, argv, spikeloom::property::run);
}
