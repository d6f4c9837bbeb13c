// SPDX-License-Identifier: Apache-2.0
#include "cli/help/option_info.h"

#include <algorithm>
#include <cctype>
#include <sstream>

#include <fmt/format.h>

namespace spikeloom::cli {

namespace options = boost::program_options;

ValueKind::ValueKind(const std::string& value_name) {
  std::istringstream alternatives(value_name);
  for (std::string item; std::getline(alternatives, item, '|');) {
    const std::size_t dot = item.find('.');
    if (item == "FILE") {
      any_file = true;
    } else if (item == "DIR") {
      directory = true;
    } else if (std::none_of(item.begin(), item.end(),
                            [](unsigned char c) { return std::isupper(c) != 0; })) {
      words.push_back(item);
    } else if (dot != std::string::npos) {
      types.push_back(item.substr(dot + 1));
    }
  }
}

std::vector<OptionInfo> list_options(const options::options_description& options) {
  std::vector<OptionInfo> list;
  for (const auto& option : options.options()) {
    OptionInfo info;
    info.name = option->long_name();
    // The letter with its dash, if there is one.
    const std::string letter =
        option->canonical_display_name(options::command_line_style::allow_dash_for_short);
    if (letter.front() == '-') info.letter = letter.substr(1);
    info.description = option->description();
    const auto& semantic = *option->semantic();
    if (semantic.max_tokens() > 0) {
      // "N (=1)": the value name and the default value.
      const std::string name = semantic.name();
      const std::size_t end = name.find(" (=");
      info.value = name.substr(0, end);
      if (end != std::string::npos)
        info.default_value = name.substr(end + 3, name.size() - end - 4);
      info.required = semantic.is_required();
      info.repeatable = semantic.is_composing();
    }
    list.push_back(std::move(info));
  }
  return list;
}

std::string signature(const OptionInfo& option) {
  std::string text = option.letter.empty() ? "" : fmt::format("-{}, ", option.letter);
  text += "--" + option.name;
  if (!option.value.empty()) text += " " + option.value;
  return text;
}

std::string explanation(const OptionInfo& option) {
  std::string text = option.description;
  if (!option.default_value.empty()) text += fmt::format(" (default: {})", option.default_value);
  if (option.repeatable) text += " (may be repeated)";
  return text;
}

}  // namespace spikeloom::cli
