// SPDX-License-Identifier: Apache-2.0
#include "testbenches/property/isolated.h"

#include <chrono>
#include <exception>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/resource.h>

#include "spikeloom/base/child_process.h"
#include "spikeloom/base/stop_guard.h"
#include "testbenches/property/features.h"

namespace spikeloom::property {
namespace {

using nlohmann::json;

/// Of each process of a case, which takes a tenth of a second.
constexpr rlim_t kCpuSeconds = 60;
constexpr std::chrono::seconds kSeconds{600};

void limit_cpu() {
  const rlimit limit{kCpuSeconds, kCpuSeconds};
  ::setrlimit(RLIMIT_CPU, &limit);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

void run(const Source& source, base::MessageSocket& parent) {
  limit_cpu();
  Outcome outcome;
  try {
    test::Choices made;
    const Case c = make_case(source, made);
    parent.send(json{{"choices", made}, {"features", features(c)}}.dump());
    outcome = check(c);
  } catch (const std::exception& error) {
    outcome = {Outcome::Kind::kFailed, "generator", error.what()};
  }
  parent.send(json{{"kind", outcome.kind}, {"check", outcome.check}, {"text", outcome.text}}.dump(
      -1, ' ', false, json::error_handler_t::replace));
}

/// Returns the next message of the child, or nullopt if it has ended or takes too long.
std::optional<json> receive(base::ChildProcess& child) {
  std::vector<pollfd> polled{{child.socket().descriptor(), POLLIN, 0}};
  const auto end = std::chrono::steady_clock::now() + kSeconds;
  while (std::chrono::steady_clock::now() < end) {
    const int ready = base::StopGuard::poll(polled, std::chrono::milliseconds(1000));
    base::StopGuard::check();
    if (ready == 0) continue;
    const std::optional<std::string> message = child.socket().receive();
    if (!message) return std::nullopt;
    return json::parse(*message);
  }
  return std::nullopt;
}

}  // namespace

Case make_case(const Source& source, test::Choices& made) {
  if (const auto* const seed = std::get_if<std::uint64_t>(&source)) {
    test::Random random(*seed, made);
    return make_case(random);
  }
  test::Random random(std::get<test::Choices>(source), made);
  return make_case(random);
}

Tried try_case(const Source& source) {
  const base::StopGuard guard;
  base::ChildProcess child([&](base::MessageSocket& parent) { run(source, parent); });
  Tried tried;
  const std::optional<json> made = receive(child);
  if (made && made->contains("choices")) {
    made->at("choices").get_to(tried.choices);
    made->at("features").get_to(tried.features);
  }
  const std::optional<json> end = made && !made->contains("kind") ? receive(child) : made;
  if (end) {
    end->at("kind").get_to(tried.outcome.kind);
    end->at("check").get_to(tried.outcome.check);
    end->at("text").get_to(tried.outcome.text);
    return tried;
  }
  const bool ended = child.socket().readable();
  tried.outcome = {Outcome::Kind::kFailed, "process",
                   ended ? "the process " + child.wait().text()
                         : fmt::format("the process did not end in {} s", kSeconds.count())};
  return tried;
}

}  // namespace spikeloom::property
