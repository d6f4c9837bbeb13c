// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <string>

#include <fmt/format.h>

#include "cli/command_line/command_list.h"
#include "cli/help/bash_completion.h"
#include "cli/help/zsh_completion.h"
#include "spikeloom/base/error.h"

namespace spikeloom::cli {
namespace {

CommandLine completion_line() { return {{}, {{"shell", "bash|zsh"}}}; }

int run_completion(const boost::program_options::variables_map& values) {
  const auto shell = values["shell"].as<std::string>();
  if (shell == "bash") {
    std::cout << bash_completion();
  } else if (shell == "zsh") {
    std::cout << zsh_completion();
  } else {
    throw base::UserError(fmt::format("spikeloom completion: got {}, allowed bash, zsh", shell));
  }
  return 0;
}

}  // namespace

const Command kCompletionCommand = {
    "completion",
    "Print the script that completes command lines in bash or zsh",
    "An installation includes both scripts; use this if the program is not installed.",
    "source <(spikeloom completion bash)\n"
    "spikeloom completion zsh > ~/.zfunc/_spikeloom   # a directory of $fpath",
    completion_line,
    run_completion,
};

}  // namespace spikeloom::cli
