// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <utility>

#include <boost/property_tree/ptree.hpp>

namespace spikeloom::mapper {

/// An element of an SVG document, which owns its children. Text and values are escaped when
/// written.
class SvgElement {
 public:
  using Attributes = std::initializer_list<std::pair<const char*, std::string>>;

  explicit SvgElement(boost::property_tree::ptree& tree) : tree_(&tree) {}

  SvgElement add(const char* name, Attributes attributes, const std::string& text = "");
  SvgElement add_text(double x, double y, const char* style, const std::string& text);
  /// What a viewer shows while the pointer is over the element.
  void describe(const std::string& text);

 private:
  boost::property_tree::ptree* tree_;
};

/// A length with two digits behind the point at most.
std::string length(double value);

}  // namespace spikeloom::mapper
