// SPDX-License-Identifier: Apache-2.0
#include "testbenches/property/tally.h"

#include <regex>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"
#include "testbenches/property/features.h"

namespace spikeloom::property {
namespace {

using nlohmann::json;

std::string without_names_and_numbers(const std::string& text) {
  static const std::regex kNames("\"[^\"]*\"");
  static const std::regex kNumbers("-?[0-9]+");
  const std::string half = std::regex_replace(text, kNames, "NAME");
  return std::regex_replace(half, kNumbers, "N").substr(0, 100);
}

}  // namespace

void Tally::add(const Tried& tried) {
  ++cases;
  switch (tried.outcome.kind) {
    case Outcome::Kind::kPassed:
      for (const std::string& feature : tried.features) ++features[feature];
      break;
    case Outcome::Kind::kRefused:
      ++refused;
      ++refusals[without_names_and_numbers(tried.outcome.text)];
      break;
    case Outcome::Kind::kFailed:
      ++failed;
  }
}

void Tally::add(const Tally& other) {
  cases += other.cases;
  refused += other.refused;
  failed += other.failed;
  seconds += other.seconds;
  for (const auto& [name, count] : other.features) features[name] += count;
  for (const auto& [text, count] : other.refusals) refusals[text] += count;
}

std::vector<std::string> Tally::missing() const {
  std::vector<std::string> result;
  for (const std::string& name : all_features()) {
    if (features.count(name) == 0) result.push_back(name);
  }
  return result;
}

std::string Tally::table() const {
  std::string text = fmt::format("{} cases in {:.0f} s: {} passed, {} refused, {} failed\n", cases,
                                 seconds, cases - refused - failed, refused, failed);
  for (const auto& [refusal, count] : refusals) text += fmt::format("{:>7} {}\n", count, refusal);
  text += "passed cases with\n";
  for (const std::string& name : all_features()) {
    const auto found = features.find(name);
    text += fmt::format("{:>7} {}\n", found == features.end() ? 0 : found->second, name);
  }
  return text;
}

void Tally::save(const std::string& path) const {
  const json result = {{"cases", cases},     {"refused", refused},   {"failed", failed},
                       {"seconds", seconds}, {"features", features}, {"refusals", refusals}};
  base::write_file(path, result.dump(1) + "\n");
}

Tally Tally::load(const std::string& path) {
  const std::vector<std::uint8_t> bytes = base::read_file(path);
  Tally tally;
  try {
    const json read = json::parse(bytes);
    read.at("cases").get_to(tally.cases);
    read.at("refused").get_to(tally.refused);
    read.at("failed").get_to(tally.failed);
    read.at("seconds").get_to(tally.seconds);
    read.at("features").get_to(tally.features);
    read.at("refusals").get_to(tally.refusals);
  } catch (const json::exception& error) {
    throw base::UserError(fmt::format("{}: {}", path, error.what()));
  }
  return tally;
}

}  // namespace spikeloom::property
