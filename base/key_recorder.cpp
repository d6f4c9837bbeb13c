// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/key_recorder.h"

namespace spikeloom::base {
namespace {

thread_local KeyRecorder* newest_recorder = nullptr;

}  // namespace

KeyRecorder::KeyRecorder() : outer_(newest_recorder) { newest_recorder = this; }

KeyRecorder::~KeyRecorder() { newest_recorder = outer_; }

std::optional<KeyType> KeyRecorder::type(const std::string& key) const {
  const auto found = types_.find(key);
  return found == types_.end() ? std::nullopt : std::optional(found->second);
}

void KeyRecorder::record(const std::string& key, KeyType type) {
  if (newest_recorder != nullptr) newest_recorder->types_.emplace(key, type);
}

}  // namespace spikeloom::base
