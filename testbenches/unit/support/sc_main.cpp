// SPDX-License-Identifier: Apache-2.0
#include <systemc>

// Required by the SystemC library. Tests of the program do not elaborate; each simulation runs in a
// process of its own.
int sc_main(int /*argc*/, char** /*argv*/) { return 0; }
