// SPDX-License-Identifier: Apache-2.0
#include <systemc>

// SystemC's library wants it, but tests of the program elaborate nothing: each simulation is a
// process of its own.
int sc_main(int /*argc*/, char** /*argv*/) { return 0; }
