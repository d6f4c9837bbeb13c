// SPDX-License-Identifier: Apache-2.0
// Tests child processes and signals: no message is lost, no wait lasts forever, and no process is
// left running.
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "spikeloom/base/child_process.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/stop_guard.h"
#include "spikeloom/base/stopped.h"
#include "spikeloom/explore/sweep/pool.h"
#include "spikeloom/mapper/mapper.h"
#include "spikeloom/sim/simulation/workers.h"
#include "testbenches/unit/support/chips.h"
#include "testbenches/unit/support/network_builder.h"

namespace spikeloom::sim {
namespace {

using testing::HasSubstr;

/// Longer than any operation in these tests; a wait of this length is a failure.
constexpr auto kForever = std::chrono::minutes(2);

[[noreturn]] void wait_for_the_end() {
  for (;;) ::pause();
}

bool has_children() { return ::waitpid(-1, nullptr, WNOHANG) >= 0 || errno != ECHILD; }

/// Waits until the other end is closed, which means that all processes that held it have ended.
bool closes(int descriptor) {
  std::vector<pollfd> polled{{descriptor, POLLIN, 0}};
  char byte = 0;
  return base::StopGuard::poll(polled, kForever) == 1 && ::read(descriptor, &byte, 1) == 0;
}

// ---- Signals

class Signals : public ::testing::TestWithParam<int> {
 protected:
  ~Signals() override {
    ::close(pipe_[0]);
    ::close(pipe_[1]);
  }

  void SetUp() override { ASSERT_EQ(::pipe(pipe_.data()), 0); }
  /// Waits on a pipe to which no process writes.
  int wait() {
    std::vector<pollfd> polled{{pipe_[0], POLLIN, 0}};
    return base::StopGuard::poll(polled, kForever);
  }

  std::array<int, 2> pipe_{};
};

TEST_P(Signals, ComeBeforeWaiting) {
  const base::StopGuard guard;
  ::raise(GetParam());
  EXPECT_EQ(wait(), 0);
  EXPECT_EQ(base::StopGuard::signal(), GetParam());
  EXPECT_THROW(base::StopGuard::check(), base::Stopped);
}

/// A signal that is blocked until the wait simulates one that arrives between the check and the
/// wait.
TEST_P(Signals, ComeBetweenLookAndWait) {
  const base::StopGuard guard;
  sigset_t one;
  sigset_t before;
  sigemptyset(&one);
  sigaddset(&one, GetParam());
  ::pthread_sigmask(SIG_BLOCK, &one, &before);
  ::raise(GetParam());
  EXPECT_EQ(base::StopGuard::signal(), 0);
  EXPECT_EQ(wait(), 0);
  EXPECT_EQ(base::StopGuard::signal(), GetParam());
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST_P(Signals, ComeWhileWaiting) {
  const base::StopGuard guard;
  const pid_t parent = ::getpid();
  base::ChildProcess child([&](base::MessageSocket&) { ::kill(parent, GetParam()); });
  EXPECT_EQ(wait(), 0);
  EXPECT_EQ(base::StopGuard::signal(), GetParam());
}

TEST_P(Signals, AreForgottenAfterTheOutermostGuard) {
  {
    const base::StopGuard guard;
    {
      const base::StopGuard inner;
      ::raise(GetParam());
    }
    EXPECT_EQ(base::StopGuard::signal(), GetParam());
  }
  EXPECT_EQ(base::StopGuard::signal(), 0);
}

INSTANTIATE_TEST_SUITE_P(Both, Signals, ::testing::Values(SIGINT, SIGTERM));

TEST(StopGuard, WaitsForDescriptorsAndTimes) {
  base::ChildProcess child([](base::MessageSocket& parent) { parent.send("x"); });
  std::vector<pollfd> polled{{child.socket().descriptor(), POLLIN, 0}};
  EXPECT_EQ(base::StopGuard::poll(polled, kForever), 1);
  EXPECT_NE(polled[0].revents, 0);
  std::vector<pollfd> nothing;
  EXPECT_EQ(base::StopGuard::poll(nothing, std::chrono::milliseconds(1)), 0);
}

// ---- Child processes

void echo(base::MessageSocket& parent) {
  while (const auto message = parent.receive()) parent.send(*message);
}

TEST(ChildProcess, SendsWhatItIsSent) {
  base::ChildProcess child(echo);
  for (const std::string& message :
       {std::string(), std::string("a"), std::string(1000, '\0'), std::string("b\nc")}) {
    ASSERT_TRUE(child.socket().send(message));
    EXPECT_EQ(child.socket().receive(), message);
  }
}

TEST(ChildProcess, LongMessagesComeWhole) {
  base::ChildProcess child(
      [](base::MessageSocket& parent) { parent.send(std::string(3'000'000, 'x')); });
  EXPECT_EQ(child.socket().receive(), std::string(3'000'000, 'x'));
  EXPECT_EQ(child.socket().receive(), std::nullopt);
  EXPECT_EQ(child.wait().text(), "ended with status 0");
}

TEST(ChildProcess, SaysHowItEnded) {
  base::ChildProcess throws([](base::MessageSocket&) { throw std::runtime_error("x"); });
  EXPECT_EQ(throws.wait().status, 1);
  EXPECT_EQ(throws.wait().text(), "ended with status 1");
  base::ChildProcess killed([](base::MessageSocket&) { ::raise(SIGKILL); });
  EXPECT_EQ(killed.socket().receive(), std::nullopt);
  EXPECT_EQ(killed.wait().signal, SIGKILL);
  EXPECT_EQ(killed.wait().text(), "was ended by signal 9");
  EXPECT_FALSE(killed.socket().send("x"));
  EXPECT_FALSE(has_children());
}

TEST(ChildProcess, LeavesCtrlCToItsParent) {
  const base::StopGuard guard;
  base::ChildProcess child(echo);
  ASSERT_TRUE(child.socket().send("ready"));
  ASSERT_EQ(child.socket().receive(), "ready");
  ::kill(child.id(), SIGINT);
  ::kill(child.id(), SIGTERM);
  ASSERT_TRUE(child.socket().send("still there"));
  EXPECT_EQ(child.socket().receive(), "still there");
}

TEST(ChildProcess, EndsWithItsObject) {
  {
    base::ChildProcess child([](base::MessageSocket&) { wait_for_the_end(); });
  }
  EXPECT_FALSE(has_children());
}

/// Parent and child hold the write end of a pipe, which is closed when both have ended.
TEST(ChildProcess, EndsWithAParentThatIsKilled) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  base::ChildProcess parent([&](base::MessageSocket& test) {
    ::close(ends[0]);
    base::ChildProcess child([&](base::MessageSocket& middle) {
      middle.send("ready");
      wait_for_the_end();
    });
    child.socket().receive();
    test.send("ready");
    wait_for_the_end();
  });
  ::close(ends[1]);
  ASSERT_EQ(parent.socket().receive(), "ready");
  ::kill(parent.id(), SIGKILL);
  EXPECT_TRUE(closes(ends[0])) << "the child goes on";
  ::close(ends[0]);
}

// ---- Workers of a run

constexpr std::size_t kImages = 8;

class Workers : public ::testing::Test {
 protected:
  Workers()
      : network_(test::NetworkBuilder("net", {1, 6, 6}, 2, 1).convolution(2, 3).build()),
        deployment_(mapper::map_network(network_, network_.encode(), test::small_chip(), {})),
        simulation_{deployment_, network_, data_, hw::Timing::kFunctional, nullptr, nullptr} {
    const converter::Shape& input = network_.encoder.input;
    data_.set_pixels(kImages, input,
                     std::vector<std::uint8_t>(static_cast<std::size_t>(input.size()) * kImages));
    data_.labels.resize(kImages);
  }
  ~Workers() override { EXPECT_FALSE(has_children()); }

  /// Runs two workers. `act` is called in the second worker, for one of its images; the first never
  /// ends.
  void run(const std::function<void()>& act) {
    simulation_.observe = [&](const Observation& seen) {
      if (seen.image < kImages / 2) wait_for_the_end();
      act();
    };
    run_workers(simulation_, 0, kImages, 2, nullptr);
  }

  converter::SpikingNetwork network_;
  arch::Deployment deployment_;
  DataSet data_;
  Simulation simulation_;
};

template <typename Error>
std::string error_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST_F(Workers, GiveAllImages) {
  EXPECT_EQ(run_workers(simulation_, 0, kImages, 3, nullptr).images.size(), kImages);
}

TEST_F(Workers, AFailureIsToldAtOnce) {
  EXPECT_EQ(error_of<base::UserError>([&] { run([] { throw base::UserError("user"); }); }), "user");
  EXPECT_EQ(error_of<ChipStopped>([&] { run([] { throw ChipStopped("chip"); }); }), "chip");
  EXPECT_EQ(error_of<std::runtime_error>([&] { run([] { throw std::runtime_error("own"); }); }),
            "own");
}

TEST_F(Workers, OneThatIsKilledEndsTheRun) {
  EXPECT_THAT(error_of<base::UserError>([&] { run([] { ::raise(SIGKILL); }); }),
              HasSubstr("a worker process was ended by signal 9: killed by a user, or because "
                        "memory ran out"));
  EXPECT_EQ(error_of<std::runtime_error>([&] { run([] { ::_exit(3); }); }),
            "a worker process ended with status 3");
}

TEST_F(Workers, EndWithCtrlCAndSigterm) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const pid_t parent = ::getpid();
    try {
      run([&] {
        ::kill(parent, signal);
        wait_for_the_end();
      });
      ADD_FAILURE() << "not stopped";
    } catch (const base::Stopped& stopped) {
      EXPECT_EQ(stopped.exit_status(), 128 + signal);
    }
    EXPECT_FALSE(has_children());
  }
}

/// The program is killed while both workers are running.
TEST_F(Workers, EndWithAProgramThatIsKilled) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  base::ChildProcess program([&](base::MessageSocket& test) {
    ::close(ends[0]);
    run([&] {
      test.send("running");
      wait_for_the_end();
    });
  });
  ::close(ends[1]);
  ASSERT_EQ(program.socket().receive(), "running");
  ::kill(program.id(), SIGKILL);
  EXPECT_TRUE(closes(ends[0])) << "a worker goes on";
  ::close(ends[0]);
}

// ---- Workers of a sweep

TEST(LocalPool, ASignalEndsItsWait) {
  const base::StopGuard guard;
  explore::LocalPool pool(1);
  ::raise(SIGINT);
  EXPECT_EQ(pool.wait(kForever), std::nullopt);
  EXPECT_EQ(base::StopGuard::signal(), SIGINT);
}

TEST(ChildProcess, HalfAMessageDoesNotKeepTheProgramFromStopping) {
  const base::StopGuard guard;
  base::ChildProcess child([](base::MessageSocket& parent) {
    const std::uint64_t length = 10;
    if (::write(parent.descriptor(), &length, sizeof length) != sizeof length) ::_exit(1);
    ::kill(::getppid(), SIGTERM);
    ::pause();
  });
  EXPECT_THROW(child.socket().receive(), base::Stopped);
}

}  // namespace
}  // namespace spikeloom::sim
