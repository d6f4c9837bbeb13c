// SPDX-License-Identifier: Apache-2.0
#include "cli/help/bash_completion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/command_line/command_list.h"
#include "cli/help/option_info.h"

namespace spikeloom::cli {
namespace {

/// Functions that complete a value; `_spikeloom` calls them with the current word in $cur.
constexpr const char* kActions =
    R"(# bash completion for spikeloom; made by `spikeloom completion bash`

_spikeloom_words() {
  mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "$*" -- "$cur")
}

_spikeloom_directories() {
  compopt -o filenames 2>/dev/null
  mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -d -- "$cur")
}

# Files of the given types; any file where there is none of them, or no type is given.
_spikeloom_files() {
  local type
  local -a found=()
  compopt -o filenames 2>/dev/null
  for type in "$@"; do
    mapfile -t -O "${#found[@]}" found < <(compgen -f -X "!*.$type" -- "$cur")
  done
  if ((${#found[@]})); then
    COMPREPLY+=("${found[@]}")
    _spikeloom_directories
  else
    mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$cur")
  fi
}

_spikeloom_nothing() { :; }

)";

/// The rest of the script: selects the action by the preceding words.
constexpr const char* kDispatch = R"(
  # An option and its value may be joined by '=', which bash takes for a word of its own.
  if [[ $cur == = ]]; then
    cur=
  elif [[ $previous == = ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  if [[ -n ${values[$previous]-} ]]; then
    ${values[$previous]}
    return
  fi
  if [[ $cur == -* ]]; then
    _spikeloom_words "${!values[@]}" "${switches[@]}"
    return
  fi
  local count=0 i
  for ((i = 2; i < COMP_CWORD; i++)); do
    if [[ ${COMP_WORDS[i]} == = || ${COMP_WORDS[i - 1]} == = ]]; then
      continue
    elif [[ ${COMP_WORDS[i]} != -* && -z ${values[${COMP_WORDS[i - 1]}]-} ]]; then
      count=$((count + 1))
    fi
  done
  ((many && count >= ${#operands[@]})) && count=$((${#operands[@]} - 1))
  ((count < ${#operands[@]})) && ${operands[count]}
}

complete -F _spikeloom spikeloom
)";

std::string bash_action(const std::string& value_name) {
  const ValueKind kind(value_name);
  if (!kind.types.empty()) return fmt::format("_spikeloom_files {}", fmt::join(kind.types, " "));
  if (kind.any_file) return "_spikeloom_files";
  if (kind.directory) return "_spikeloom_directories";
  if (kind.words.empty()) return "_spikeloom_nothing";
  return fmt::format("_spikeloom_words {}", fmt::join(kind.words, " "));
}

std::string bash_case_of(const Command& command) {
  const CommandLine line = line_of(command);
  std::string values;
  std::string switches;
  for (const OptionInfo& option : list_options(line.options)) {
    std::vector<std::string> names = {"--" + option.name};
    if (!option.letter.empty()) names.push_back("-" + option.letter);
    for (const std::string& name : names) {
      if (option.value.empty()) {
        switches += " " + name;
      } else {
        values += fmt::format("        [{}]='{}'\n", name, bash_action(option.value));
      }
    }
  }
  std::string operands;
  for (const Operand& operand : line.operands)
    operands += fmt::format(" '{}'", bash_action(operand.value));
  const bool many = !line.operands.empty() && line.operands.back().many;
  return fmt::format(
      "    {})\n      values=(\n{}      )\n      switches=({})\n      operands=({})\n      "
      "many={}\n"
      "      ;;\n",
      command.name, values, switches.substr(1), operands.empty() ? operands : operands.substr(1),
      many ? 1 : 0);
}

}  // namespace

std::string bash_completion() {
  std::string names;
  std::string cases;
  for (const Command* command : commands()) {
    names += std::string(command->name) + " ";
    cases += bash_case_of(*command);
  }
  return fmt::format(
             "{}_spikeloom() {{\n"
             "  local cur=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD - 1]}} "
             "many\n"
             "  local -A values=()\n"
             "  local -a switches=() operands=()\n"
             "  COMPREPLY=()\n"
             "  if ((COMP_CWORD == 1)); then\n"
             "    _spikeloom_words '{}--help --version'\n"
             "    return\n"
             "  fi\n"
             "  case ${{COMP_WORDS[1]}} in\n{}    *) return ;;\n  esac\n",
             kActions, names, cases) +
         kDispatch;
}

}  // namespace spikeloom::cli
