// SPDX-License-Identifier: Apache-2.0
// Keeps the first cause of a fault. Of causes in the same cycle, the one with the lowest number
// counts.
module fault_register #(
    parameter int CAUSES = 2
) (
    input  logic                               clock,
    input  logic                               reset,
    // Bit i: cause i + 1 is there in this cycle.
    input  logic [CAUSES-1:0]                  causes,
    output logic                               fault,
    // 0: no fault.
    output logic [core_params::FAULT_BITS-1:0] code
);

  localparam int FAULT_BITS = core_params::FAULT_BITS;

  logic any;
  logic [core_params::index_bits(CAUSES)-1:0] first;
  find_first #(.WIDTH(CAUSES)) find_cause (.bits(causes), .found(any), .index(first));

  always_ff @(posedge clock) begin
    if (reset) begin
      fault <= 1'b0;
      code <= '0;
    end else if (any && !fault) begin
      fault <= 1'b1;
      code <= FAULT_BITS'(first) + 1'b1;
    end
  end

endmodule : fault_register
