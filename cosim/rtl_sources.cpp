// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/cosim/rtl_sources.h"

#include <regex>
#include <set>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "spikeloom/cosim/resources.h"

namespace spikeloom::cosim {
namespace {

constexpr std::string_view kSuffix = ".sv";
constexpr std::string_view kTestbenchEnd = "_tb";

/// Lists modules such that each follows those that it instantiates, and all follow the packages.
class ModuleOrder {
 public:
  explicit ModuleOrder(const std::map<std::string, std::string>& modules) : modules_(modules) {
    for (const auto& [name, text] : modules_) {
      if (text.find("\npackage " + name) != std::string::npos) add(name);
    }
  }

  /// Adds a module and those that it consists of.
  void add(const std::string& name) {
    if (!seen_.insert(name).second) return;
    // An instance: its module, then parameters, or its name and ports.
    static const std::regex kInstance("([a-z_0-9]+)\\s+(?:#\\s*\\(|[a-z_]\\w*\\s*\\()");
    const std::string& text = modules_.at(name);
    const std::sregex_iterator end;
    for (std::sregex_iterator at(text.begin(), text.end(), kInstance); at != end; ++at) {
      const std::string used = (*at)[1];
      if (modules_.count(used) != 0) add(used);
    }
    names_.push_back(name);
  }

  const std::vector<std::string>& names() const { return names_; }

 private:
  const std::map<std::string, std::string>& modules_;
  std::set<std::string> seen_;
  std::vector<std::string> names_;
};

/// Returns the modules and packages of rtl/ and the testbenches by name.
std::map<std::string, std::string> modules() {
  std::map<std::string, std::string> result;
  for (const base::Resource& file : resources().files()) {
    const std::size_t dot = file.name.rfind('.');
    if (file.name.substr(dot) == kSuffix) result.emplace(file.name.substr(0, dot), file.text);
  }
  return result;
}

bool is_testbench(std::string_view module) {
  return module.size() > kTestbenchEnd.size() &&
         module.substr(module.size() - kTestbenchEnd.size()) == kTestbenchEnd;
}

/// Returns the packages, the modules `tops` with all that they consist of, and the list of files.
std::map<std::string, std::string> sources(const arch::ChipDescription& chip,
                                           const RtlOptions& options,
                                           const std::map<std::string, std::string>& all,
                                           const std::vector<std::string>& tops) {
  std::map<std::string, std::string> files = {{"chip_params.sv", chip_params(chip, options)},
                                              {"register_map.sv", register_map(chip)}};
  std::string list;
  for (const auto& [name, text] : files) list += name + "\n";
  ModuleOrder order(all);
  for (const std::string& top : tops) order.add(top);
  for (const std::string& module : order.names()) {
    const std::string name = fmt::format("{}{}", module, kSuffix);
    files.emplace(name, all.at(module));
    list += name + "\n";
  }
  files.emplace(kFileList, list);
  return files;
}

}  // namespace

std::map<std::string, std::string> rtl_sources(const arch::ChipDescription& chip,
                                               const RtlOptions& options, const std::string& top) {
  const std::map<std::string, std::string> all = modules();
  if (!top.empty()) return sources(chip, options, all, {top});
  std::vector<std::string> tops;
  for (const auto& [name, text] : all) {
    if (!is_testbench(name)) tops.push_back(name);
  }
  return sources(chip, options, all, tops);
}

std::map<std::string, std::string> testbench_sources(const arch::ChipDescription& chip,
                                                     const std::vector<std::string>& testbenches) {
  return sources(chip, {}, modules(), testbenches);
}

}  // namespace spikeloom::cosim
