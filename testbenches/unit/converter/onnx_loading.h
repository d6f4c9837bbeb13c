// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "spikeloom/base/error.h"
#include "spikeloom/converter/onnx/onnx_graph.h"
#include "testbenches/unit/converter/onnx_builder.h"
#include "testbenches/unit/support/temporary_file.h"

namespace spikeloom::converter {

/// A model that is loaded from a file of its own.
struct LoadedModel {
  explicit LoadedModel(const std::string& bytes, const std::string& output = "")
      : file(bytes, ".onnx"), graph(file.path(), output) {}

  test::TemporaryFile file;
  OnnxGraph graph;
};

/// Makes a constant; returns its name.
using MakeConstant = std::function<std::string(OnnxBuilder&)>;

/// Returns the tensor that `make` makes, as a node reads it beside the image.
inline Tensor constant_of(const MakeConstant& make, std::int64_t opset = 13) {
  OnnxBuilder o({-1, 1, 4, 4});
  o.model().mutable_opset_import(0)->set_version(opset);
  o.node("Reader", {"image", make(o)}, {}, "reader");
  const LoadedModel model(o.serialize());
  return model.graph.constant(*model.graph.nodes().back(), 1, "operand");
}

/// Returns the message, without the path, of the UserError that `act` throws; empty without one.
inline std::string refusal_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const base::UserError& error) {
    const std::string text = error.what();
    const std::size_t end = text.find(".onnx: ");
    return end == std::string::npos ? text : text.substr(end + 7);
  }
  return "";
}

inline std::string constant_refusal(const MakeConstant& make, std::int64_t opset = 13) {
  return refusal_of([&] { constant_of(make, opset); });
}

/// Returns the message with which loading refuses the model; empty if it does not.
inline std::string loading_refusal(OnnxBuilder& o, const std::string& output = "") {
  const std::string bytes = o.serialize();
  return refusal_of([&] { LoadedModel(bytes, output); });
}

}  // namespace spikeloom::converter
