// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/csv.h"

#include "spikeloom/base/quotes.h"

namespace spikeloom::base {
namespace {

/// Removes a quoted field from the front of `text`. Returns nullopt if the closing quote is
/// missing.
std::optional<std::string> take_quoted(std::string_view& text) {
  std::string field;
  text.remove_prefix(1);
  while (true) {
    const std::size_t quote = text.find('"');
    if (quote == std::string_view::npos) return std::nullopt;
    field += text.substr(0, quote);
    text.remove_prefix(quote + 1);
    if (text.empty() || text.front() != '"') return field;
    field += '"';
    text.remove_prefix(1);
  }
}

/// Removes a field from the front of `text`, up to the comma or newline after it. Returns nullopt
/// if there is neither, or a quote comes first.
std::optional<std::string> take_field(std::string_view& text) {
  if (!text.empty() && text.front() == '"') return take_quoted(text);
  const std::size_t end = text.find_first_of(",\n\"");
  if (end == std::string_view::npos || text[end] == '"') return std::nullopt;
  std::string field(text.substr(0, end));
  text.remove_prefix(end);
  return field;
}

}  // namespace

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  return quoted(text, '"');
}

std::optional<std::vector<std::string>> take_csv_line(std::string_view& text) {
  std::vector<std::string> fields;
  while (true) {
    std::optional<std::string> field = take_field(text);
    if (!field || text.empty() || (text.front() != ',' && text.front() != '\n')) {
      return std::nullopt;
    }
    fields.push_back(std::move(*field));
    const bool last = text.front() == '\n';
    text.remove_prefix(1);
    if (last) return fields;
  }
}

}  // namespace spikeloom::base
