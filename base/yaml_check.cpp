// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/yaml_check.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <sstream>
#include <vector>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include "spikeloom/base/error.h"

namespace spikeloom::base {
namespace {

constexpr int kMaxYamlDepth = 64;
constexpr std::int64_t kMaxYamlNodes = 100'000;

/// Size of a node with its aliases replaced.
struct NodeSize {
  std::int64_t nodes = 1;
  int depth = 1;
};

/// Follows the nodes as they are parsed. Those that are open are the ancestors of the next one.
class YamlChecker : public YAML::EventHandler {
 public:
  explicit YamlChecker(const std::string& path) : path_(path) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 1) return;
    fail(mark, "a second document begins here, allowed is one in a file");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(mark, anchor, {}); }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                const std::string&) override {
    add(mark, anchor, {});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const bool open = std::any_of(open_.begin(), open_.end(),
                                  [anchor](const OpenNode& node) { return node.anchor == anchor; });
    if (open) fail(mark, "this alias stands for a mapping or list that it is part of");
    add(mark, YAML::NullAnchor, sizes_[anchor]);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    begin(mark, anchor);
  }
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    begin(mark, anchor);
  }
  void OnMapEnd() override { end(); }

 private:
  struct OpenNode {
    YAML::anchor_t anchor;
    NodeSize size;
  };

  [[noreturn]] void fail(const YAML::Mark& mark, const std::string& problem) const {
    throw UserError(fmt::format("{}:{}:{}: {}", path_, mark.line + 1, mark.column + 1, problem));
  }

  /// Adds a whole node to the innermost open one, and checks that the bounds hold.
  void add(const YAML::Mark& mark, YAML::anchor_t anchor, const NodeSize& size) {
    if (anchor != YAML::NullAnchor) sizes_[anchor] = size;
    check_depth(mark, static_cast<int>(open_.size()) + size.depth);
    count(mark, size.nodes);
    grow(size);
  }
  void count(const YAML::Mark& mark, std::int64_t nodes) {
    nodes_ += nodes;
    if (nodes_ <= kMaxYamlNodes) return;
    fail(mark, fmt::format("here are more than {} keys and values, with aliases replaced by what "
                           "they stand for",
                           kMaxYamlNodes));
  }
  void begin(const YAML::Mark& mark, YAML::anchor_t anchor) {
    count(mark, 1);
    open_.push_back({anchor, {}});
    check_depth(mark, static_cast<int>(open_.size()));
  }
  void end() {
    const OpenNode node = open_.back();
    open_.pop_back();
    if (node.anchor != YAML::NullAnchor) sizes_[node.anchor] = node.size;
    grow(node.size);
  }
  void grow(const NodeSize& child) {
    if (open_.empty()) return;
    NodeSize& parent = open_.back().size;
    parent.nodes += child.nodes;
    parent.depth = std::max(parent.depth, 1 + child.depth);
  }
  void check_depth(const YAML::Mark& mark, int depth) const {
    if (depth <= kMaxYamlDepth) return;
    fail(mark, fmt::format("mappings and lists are nested more than {} deep", kMaxYamlDepth));
  }

  const std::string& path_;
  int documents_ = 0;
  std::int64_t nodes_ = 0;
  std::vector<OpenNode> open_;
  std::map<YAML::anchor_t, NodeSize> sizes_;
};

}  // namespace

void check_yaml(const std::string& text, const std::string& path) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  YamlChecker checker(path);
  while (parser.HandleNextDocument(checker)) {
  }
}

}  // namespace spikeloom::base
