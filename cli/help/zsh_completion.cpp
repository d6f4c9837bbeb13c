// SPDX-License-Identifier: Apache-2.0
#include "cli/help/zsh_completion.h"

#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/command_line/command_list.h"
#include "cli/help/option_info.h"

namespace spikeloom::cli {
namespace {

/// Escapes `text` for a single-quoted specification: `special` characters get a backslash.
std::string quoted(const std::string& text, std::string_view special) {
  std::string result;
  for (const char c : text) {
    if (c == '\'') {
      result += "'\\''";
      continue;
    }
    if (special.find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

/// Returns the ":message:action" of a value.
std::string zsh_action(const std::string& value_name) {
  const ValueKind kind(value_name);
  std::string how;
  if (!kind.types.empty()) {
    how = fmt::format("_files -g \"*.{}\"", fmt::join(kind.types, " *."));
  } else if (kind.any_file) {
    how = "_files";
  } else if (kind.directory) {
    how = "_directories";
  } else if (!kind.words.empty()) {
    how = fmt::format("({})", fmt::join(kind.words, " "));
  }
  return fmt::format(":{}:{}", quoted(value_name, ":\\"), how);
}

/// Returns the lines for an option in the call of _arguments.
std::string specifications(const OptionInfo& option) {
  const std::string rest = fmt::format("[{}]{}", quoted(explanation(option), "[]\\"),
                                       option.value.empty() ? "" : zsh_action(option.value));
  // A value may follow as a word or after '='; after a letter it may follow directly.
  const std::string name = fmt::format("--{}{}", option.name, option.value.empty() ? "" : "=");
  if (option.repeatable) return fmt::format("        '*{}{}' \\\n", name, rest);
  if (option.letter.empty()) return fmt::format("        '{}{}' \\\n", name, rest);
  const std::string letter = "-" + option.letter;
  return fmt::format("        '({0} --{1})'{{{0}{2},{3}}}'{4}' \\\n", letter, option.name,
                     option.value.empty() ? "" : "+", name, rest);
}

std::string zsh_case_of(const Command& command) {
  const CommandLine line = line_of(command);
  std::string text = fmt::format("    {})\n      _arguments -s \\\n", command.name);
  for (const OptionInfo& option : list_options(line.options)) text += specifications(option);
  for (std::size_t i = 0; i < line.operands.size(); ++i) {
    const Operand& operand = line.operands[i];
    const std::string place = operand.many ? "*" : std::to_string(i + 1);
    text += fmt::format("        '{}{}' \\\n", place, zsh_action(operand.value));
  }
  text.erase(text.size() - 3, 2);  // no continuation after the last line
  return text + "      ;;\n";
}

}  // namespace

std::string zsh_completion() {
  std::string names;
  std::string cases;
  for (const Command* command : commands()) {
    names += fmt::format("    '{}:{}'\n", command->name, quoted(command->summary, ":\\"));
    cases += zsh_case_of(*command);
  }
  return fmt::format(
      "#compdef spikeloom\n"
      "# zsh completion for spikeloom; made by `spikeloom completion zsh`\n\n"
      "_spikeloom() {{\n"
      "  local curcontext=$curcontext state line\n"
      "  local -A opt_args\n"
      "  local -a commands=(\n{}  )\n"
      "  _arguments -C '(- *)'{{-h,--help}}'[print the help]' \\\n"
      "    '(- *)--version[print the version]' '1:command:->command' '*::argument:->argument'\n"
      "  case $state in\n"
      "    command)\n"
      "      _describe command commands\n"
      "      return\n"
      "      ;;\n"
      "    argument) ;;\n"
      "    *) return ;;\n"
      "  esac\n"
      "  case $line[1] in\n{}  esac\n"
      "}}\n\n"
      "_spikeloom \"$@\"\n",
      names, cases);
}

}  // namespace spikeloom::cli
