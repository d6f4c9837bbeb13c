// SPDX-License-Identifier: Apache-2.0
#include <systemc>

namespace {

/// Each simulation of a test runs in a process that inherits it: there, a warning of SystemC ends
/// the run with a failure.
[[maybe_unused]] const bool kWarningsAreErrors = [] {
  sc_core::sc_report_handler::set_actions(sc_core::SC_WARNING, sc_core::SC_THROW);
  return true;
}();

}  // namespace

// Required by the SystemC library. Tests of the program do not elaborate; each simulation runs in a
// process of its own.
int sc_main(int /*argc*/, char** /*argv*/) { return 0; }
