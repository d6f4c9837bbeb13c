// SPDX-License-Identifier: Apache-2.0
#include "testbenches/fuzz/mutation.h"

#include <algorithm>
#include <cctype>
#include <exception>
#include <limits>
#include <string_view>

#include <fmt/format.h>

#include "spikeloom/base/cbor.h"
#include "spikeloom/base/json_text.h"

namespace spikeloom::fuzz {
namespace {

using nlohmann::json;

constexpr std::int64_t kIntegers[] = {-1,
                                      0,
                                      1,
                                      2,
                                      3,
                                      7,
                                      8,
                                      15,
                                      16,
                                      127,
                                      128,
                                      255,
                                      256,
                                      32767,
                                      32768,
                                      65535,
                                      65536,
                                      std::int64_t{1} << 24,
                                      std::numeric_limits<std::int32_t>::max(),
                                      std::numeric_limits<std::int32_t>::min(),
                                      std::int64_t{1} << 32,
                                      std::int64_t{1} << 53,
                                      std::numeric_limits<std::int64_t>::max(),
                                      std::numeric_limits<std::int64_t>::min()};
constexpr double kReals[] = {0.0,
                             -0.0,
                             -1.0,
                             0.5,
                             1.0,
                             0.1,
                             255.0,
                             256.0,
                             1e-9,
                             1e-308,
                             9.3e18,
                             1e300,
                             -1e300,
                             2147483648.0,
                             16.5,
                             1e-45,
                             3.5e38,
                             65535.5,
                             std::numeric_limits<double>::infinity(),
                             std::numeric_limits<double>::quiet_NaN()};
constexpr std::string_view kWords[] = {"null",
                                       "true",
                                       "false",
                                       "~",
                                       ".nan",
                                       ".inf",
                                       "-.inf",
                                       "{}",
                                       "[]",
                                       "''",
                                       "\"\"",
                                       "&a",
                                       "*a",
                                       "!!int",
                                       "- ",
                                       "---",
                                       "1 V",
                                       "1 GHz",
                                       "0 pJ",
                                       "-1 mW",
                                       "1e999",
                                       "0x10",
                                       "1_000",
                                       "010",
                                       "1.",
                                       ".5",
                                       "+1",
                                       "x",
                                       ",",
                                       ";",
                                       "{a: 1}",
                                       "[1, 2]",
                                       "\n",
                                       "1e-320",
                                       "nan",
                                       "inf",
                                       "..",
                                       "/",
                                       "\t",
                                       "#",
                                       ":",
                                       "from: 0",
                                       "=",
                                       "--",
                                       "chip.",
                                       "\"",
                                       "'",
                                       "%",
                                       "*",
                                       "\xff",
                                       "é",
                                       "auto",
                                       "9223372036854775808"};
/// More than this a mutation does not grow.
constexpr std::size_t kMaxBytes = std::size_t{1} << 20;

std::ptrdiff_t at(std::size_t place) { return static_cast<std::ptrdiff_t>(place); }

void collect(json& value, std::vector<json*>& all) {
  all.push_back(&value);
  if (!value.is_structured()) return;
  for (json& item : value) collect(item, all);
}

void mutate_once(json& root, Choices& choices) {
  std::vector<json*> all;
  collect(root, all);
  json& value = *choices.of(all);
  if (value.is_binary() && !choices.one_in(4)) {
    mutate_bytes(value.get_binary(), choices);
    return;
  }
  switch (choices.below(10)) {
    case 0:
      value = choices.integer();
      break;
    case 1:
      value = choices.real();
      break;
    case 2:
      value = nullptr;
      break;
    case 3:
      value = choices.of(kWords);
      break;
    case 4:
      if (value.is_structured() && !value.empty()) {
        auto item = value.begin();
        std::advance(item, at(choices.below(value.size())));
        value.erase(item);
      }
      break;
    case 5:
      if (value.is_array() && !value.empty()) {
        json item = value[choices.below(value.size())];
        value.push_back(std::move(item));
      }
      break;
    case 6: {
      json copy = *choices.of(all);
      value = std::move(copy);
      break;
    }
    case 7:
      value = choices.number();
      break;
    case 8:
      if (value.is_number_unsigned())
        value = value.get<std::uint64_t>() + (choices.one_in(2) ? 1U : ~0U);
      break;
    case 9:
      if (value.is_array() && value.size() > 1) {
        std::swap(value[choices.below(value.size())], value[choices.below(value.size())]);
      }
      break;
  }
}

/// The words of a text: what is between separators, and each separator.
std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  bool inside = false;
  for (const char c : text) {
    const bool part = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' ||
                      c == '+' || (static_cast<unsigned char>(c) & 0x80U) != 0;
    if (!part || !inside) words.emplace_back();
    words.back() += c;
    inside = part;
  }
  return words;
}

std::string new_word(Choices& choices) {
  switch (choices.below(3)) {
    case 0:
      return std::to_string(choices.integer());
    case 1:
      return fmt::format("{}", choices.real());
    default:
      return std::string(choices.of(kWords));
  }
}

void mutate_words(std::string& text, Choices& choices) {
  std::vector<std::string> words = words_of(text);
  if (words.empty()) words.emplace_back();
  std::string& word = words[choices.below(words.size())];
  switch (choices.below(4)) {
    case 0:
      word = choices.of(words);
      break;
    case 1:
      word.clear();
      break;
    default:
      word = new_word(choices);
  }
  text.clear();
  for (const std::string& part : words) text += part;
}

void mutate_lines(std::string& text, Choices& choices) {
  std::vector<std::string> lines(1);
  for (const char c : text) {
    lines.back() += c;
    if (c == '\n') lines.emplace_back();
  }
  const std::size_t line = choices.below(lines.size());
  const std::string other = choices.of(lines);
  switch (choices.below(5)) {
    case 0:
      lines.erase(lines.begin() + at(line));
      break;
    case 1:
      lines.insert(lines.begin() + at(line), other);
      break;
    case 2:
      std::swap(lines[line], lines[choices.below(lines.size())]);
      break;
    case 3:
      lines[line] = std::string(1 + choices.below(4), ' ') + lines[line];
      break;
    case 4:
      lines[line].erase(0, lines[line].find_first_not_of(' '));
      break;
  }
  text.clear();
  for (const std::string& part : lines) text += part;
}

}  // namespace

std::int64_t Choices::integer() { return of(kIntegers); }

double Choices::real() { return of(kReals); }

void mutate_bytes(Bytes& bytes, Choices& choices) {
  for (std::size_t left = 1 + choices.below(4); left > 0; --left) {
    if (bytes.empty()) {
      bytes.push_back(static_cast<std::uint8_t>(choices.number()));
      continue;
    }
    const std::size_t place = choices.below(bytes.size());
    const std::size_t rest = bytes.size() - place;
    switch (choices.below(6)) {
      case 0:
        bytes[place] = static_cast<std::uint8_t>(bytes[place] ^ (1U << choices.below(8)));
        break;
      case 1:
        bytes[place] = static_cast<std::uint8_t>(choices.number());
        break;
      case 2:
        bytes.resize(place);
        break;
      case 3: {
        const Bytes part(
            bytes.begin() + at(place),
            bytes.begin() + at(place + choices.below(std::min<std::size_t>(64, rest))));
        bytes.insert(bytes.begin() + at(choices.below(bytes.size())), part.begin(), part.end());
        break;
      }
      case 4:
        bytes.erase(bytes.begin() + at(place),
                    bytes.begin() + at(place + choices.below(std::min<std::size_t>(16, rest))));
        break;
      case 5: {
        const auto value = static_cast<std::uint64_t>(choices.integer());
        for (std::size_t i = 0; i < std::min<std::size_t>(rest, 1U << choices.below(4)); ++i) {
          bytes[place + i] = static_cast<std::uint8_t>(value >> (8 * i));
        }
        break;
      }
    }
  }
}

void mutate_json(json& json, Choices& choices) {
  for (std::size_t left = 1 + choices.below(3); left > 0; --left) mutate_once(json, choices);
}

bool mutate_cbor(Bytes& input, Choices& choices) {
  try {
    // The program's own reader, which bounds depth and size.
    json body = base::CborItem::whole(input).json();
    mutate_json(body, choices);
    if (json::to_cbor(body).size() > kMaxBytes) return false;
    input = json::to_cbor(body);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

bool mutate_text(Bytes& input, Choices& choices) {
  std::string text(input.begin(), input.end());
  if (text.size() > kMaxBytes) return false;
  for (std::size_t left = 1 + choices.below(3); left > 0; --left) {
    if (choices.one_in(3)) {
      mutate_lines(text, choices);
    } else {
      mutate_words(text, choices);
    }
  }
  input.assign(text.begin(), text.end());
  return true;
}

bool mutate_json_or_text(Bytes& input, Choices& choices) {
  if (input.empty() || input.front() != '{') return mutate_text(input, choices);
  try {
    json value = base::parse_json(input);
    mutate_json(value, choices);
    const std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
    if (text.size() > kMaxBytes) return false;
    input.assign(text.begin(), text.end());
    return true;
  } catch (const std::exception&) {
    return mutate_text(input, choices);
  }
}

}  // namespace spikeloom::fuzz
