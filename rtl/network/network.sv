// SPDX-License-Identifier: Apache-2.0
// The network of a board: all its routers and the links between them, on chips and between chips.
// Timing: a packet of a core or the host enters in the cycle in which valid and ready are high, and
// leaves for a core or the host likewise; the receiver keeps `ready` low while its port is
// occupied. An empty network returns to its first state in the cycle after `tick_start`, cycle 0 of
// the tick, in which no packet can leave a router. If packets are late, in the network or outside,
// there must be no `tick_start`.
module network #(
    parameter  int TAG_BITS = 0,  // carried beside each packet
    localparam int FLIT     = 64 + TAG_BITS,
    localparam int CORES    = chip_params::CORES,
    localparam int ROUTERS  = chip_params::ROUTERS,
    localparam int PORTS    = chip_params::PORTS,
    localparam int INPUTS   = chip_params::INPUTS
) (
    input  logic                          clock,
    input  logic                          reset,
    input  logic                          tick_start,  // in the last cycle before a tick
    // From and to the cores.
    input  logic [             CORES-1:0] in_valid,
    input  logic [        CORES*FLIT-1:0] in_flit,
    output logic [             CORES-1:0] in_ready,    // the core's FIFO has a place
    output logic [             CORES-1:0] out_valid,
    output logic [        CORES*FLIT-1:0] out_flit,
    input  logic [             CORES-1:0] out_ready,
    // From and to the host.
    input  logic                          host_in_valid,
    input  logic [              FLIT-1:0] host_in_flit,
    output logic                          host_in_ready,
    output logic                          host_out_valid,
    output logic [              FLIT-1:0] host_out_flit,
    input  logic                          host_out_ready,
    output logic                          idle,          // no packet in FIFOs or between routers
    output logic [                   1:0] waiting_next,  // parities of such in the next cycle
    // For observers: copies that leave a router, by [router][output], with the input that each comes
    // from; packets that leave a FIFO, by [router][input].
    output logic [     ROUTERS*PORTS-1:0] activity_departure,
    output logic [ROUTERS*PORTS*FLIT-1:0] activity_flit,
    output logic [   ROUTERS*PORTS*4-1:0] activity_input,
    output logic [    ROUTERS*INPUTS-1:0] activity_left
);
  localparam logic IS_QUADTREE = chip_params::TOPOLOGY == chip_params::TOPOLOGY_QUADTREE;
  localparam logic IS_TORUS = chip_params::TOPOLOGY == chip_params::TOPOLOGY_TORUS;
  localparam logic HAS_TRUNK = chip_params::TRUNK_MILLICYCLES != 0;
  localparam int COLUMNS = chip_params::COLUMNS;
  localparam int ROWS = chip_params::ROWS;
  localparam int CHANNELS = INPUTS > PORTS ? 2 : 1;
  localparam int PARITY = register_map::PACKET_PARITY_LSB;
  localparam int LINK = FLIT + 1;  // a flit, and whether it goes to the second channel

  // Ports. A quadtree's children are 0 to 3, column + 2 * row.
  localparam int NORTH = 0;
  localparam int EAST = 1;
  localparam int SOUTH = 2;
  localparam int CORE = 4;
  localparam int PARENT = 4;
  localparam int HOST = 5;

  // ---- Where routers are, and what their ports lead to. Routers of a quadtree are numbered level
  // by level, those of a level row by row; they have places in squares of their level.

  function automatic int squares(input int cores, input int level);
    squares = (cores + (1 << level) - 1) >> level;
  endfunction

  function automatic int first_router(input int level);
    int first;
    int below;
    first = 0;
    below = 1;
    while (below < level) begin
      first += squares(COLUMNS, below) * squares(ROWS, below);
      below++;
    end
    first_router = first;
  endfunction

  function automatic int level_of(input int router);
    int level;
    level = IS_QUADTREE ? 1 : 0;
    while (IS_QUADTREE && router >= first_router(level + 1)) level++;
    level_of = level;
  endfunction

  function automatic int x_of(input int router);
    x_of = (router - first_router(level_of(router))) % squares(COLUMNS, level_of(router));
  endfunction

  function automatic int y_of(input int router);
    y_of = (router - first_router(level_of(router))) / squares(COLUMNS, level_of(router));
  endfunction

  function automatic int router_at(input int level, input int x, input int y);
    router_at = first_router(level) + y * squares(COLUMNS, level) + x;
  endfunction

  // Whether a port leads to another router, or nowhere at the edge of the board, but not to a core
  // or the host.
  function automatic logic is_link(input int router, input int port);
    is_link = port != HOST &&
              (IS_QUADTREE ? port == PARENT || level_of(router) > 1 : port != CORE);
  endfunction

  // The router at the other end of a link; -1 if there is none.
  function automatic int peer(input int router, input int port);
    int level;
    int x;
    int y;
    level = level_of(router);
    x = x_of(router);
    y = y_of(router);
    peer = -1;
    if (IS_QUADTREE && port == PARENT) begin
      if (level < chip_params::LEVELS) peer = router_at(level + 1, x / 2, y / 2);
      else if (HAS_TRUNK) peer = router;
    end else if (IS_QUADTREE) begin
      x = 2 * x + port % 2;
      y = 2 * y + port / 2;
      if (x < squares(COLUMNS, level - 1) && y < squares(ROWS, level - 1)) begin
        peer = router_at(level - 1, x, y);
      end
    end else begin
      if (port == NORTH) y--;
      else if (port == EAST) x++;
      else if (port == SOUTH) y++;
      else x--;
      if (IS_TORUS && COLUMNS > 1) x = (x + COLUMNS) % COLUMNS;
      if (IS_TORUS && ROWS > 1) y = (y + ROWS) % ROWS;
      if (x >= 0 && x < COLUMNS && y >= 0 && y < ROWS) peer = router_at(0, x, y);
    end
  endfunction

  // The port at the other end of a link.
  function automatic int peer_port(input int router, input int port);
    if (!IS_QUADTREE) peer_port = (port + 2) % 4;
    else if (port != PARENT || peer(router, port) == router) peer_port = PARENT;
    else peer_port = x_of(router) % 2 + 2 * (y_of(router) % 2);
  endfunction

  function automatic logic is_between_chips(input int router, input int port);
    if (IS_QUADTREE) begin
      is_between_chips = level_of(router) - (port == PARENT ? 0 : 1) >= chip_params::CHIP_LEVELS;
    end else if (port == NORTH || port == SOUTH) begin
      is_between_chips = chip_params::CHIP_ROWS < ROWS &&
          (y_of(router) + (port == SOUTH ? 1 : 0)) % chip_params::CHIP_ROWS == 0;
    end else begin
      is_between_chips = chip_params::CHIP_COLUMNS < COLUMNS &&
          (x_of(router) + (port == EAST ? 1 : 0)) % chip_params::CHIP_COLUMNS == 0;
    end
  endfunction

  function automatic int core_at(input int router, input int port);
    if (!IS_QUADTREE) core_at = router;
    else core_at = (2 * y_of(router) + port / 2) * COLUMNS + 2 * x_of(router) + port % 2;
  endfunction

  localparam int HOST_ROUTER = router_at(chip_params::HOST_LEVEL,
                                         chip_params::HOST_X >> chip_params::HOST_LEVEL,
                                         chip_params::HOST_Y >> chip_params::HOST_LEVEL);

  // ---- Routers, by [router][port] and [router][input]; links, by the output that they begin at.
  logic [ROUTERS-1:0] empty;
  logic [ROUTERS*INPUTS-1:0] router_in_valid;
  logic [ROUTERS*INPUTS*FLIT-1:0] router_in_flit;
  logic [ROUTERS*INPUTS-1:0] router_in_ready;
  logic [ROUTERS*INPUTS-1:0] freed;
  logic [ROUTERS*PORTS-1:0] router_out_valid;
  logic [ROUTERS*PORTS*FLIT-1:0] router_out_flit;
  logic [ROUTERS*PORTS-1:0] router_out_second;
  logic [ROUTERS*PORTS-1:0] router_out_ready;
  logic [ROUTERS*PORTS*CHANNELS-1:0] router_out_freed;
  logic [ROUTERS*PORTS-1:0] link_valid;
  logic [ROUTERS*PORTS*LINK-1:0] link_flit;
  logic [ROUTERS*PORTS-1:0] link_idle;
  logic [ROUTERS*PORTS*2-1:0] link_waiting;  // parities, see waiting_next
  logic [ROUTERS*2-1:0] router_waiting;
  logic unused_ports;  // on a board of one router
  logic tick_starts;   // cycle 0 of a tick
  logic restart;

  assign unused_ports = ^{router_out_second, link_valid, link_flit};

  assign idle    = &empty && &link_idle;
  assign restart = tick_starts && idle;

  always_comb begin
    waiting_next = '0;
    for (int i = 0; i < ROUTERS; i++) waiting_next = waiting_next | router_waiting[i*2+:2];
    for (int i = 0; i < ROUTERS * PORTS; i++) waiting_next = waiting_next | link_waiting[i*2+:2];
  end

  always_ff @(posedge clock) begin
    if (reset) tick_starts <= 1'b0;
    else tick_starts <= tick_start;
  end

  for (genvar r = 0; r < ROUTERS; r++) begin : g_router
    localparam int LEVEL = level_of(r);
    logic [PORTS-1:0] links;

    for (genvar p = 0; p < PORTS; p++) begin : g_port
      localparam int INPUT = r * INPUTS + p;
      localparam int OUTPUT = r * PORTS + p;
      localparam int PEER = is_link(r, p) ? peer(r, p) : -1;
      localparam int PEER_PORT = is_link(r, p) ? peer_port(r, p) : 0;

      assign links[p] = PEER >= 0;

      if (PEER >= 0) begin : g_link
        localparam int FROM = PEER * PORTS + PEER_PORT;
        for (genvar c = 0; c < CHANNELS; c++) begin : g_channel
          // The first channel is the input of the port.
          assign router_in_valid[INPUT+c*PORTS] =
              link_valid[FROM] && link_flit[FROM*LINK+FLIT] == 1'(c);
          assign router_in_flit[(INPUT+c*PORTS)*FLIT+:FLIT] = link_flit[FROM*LINK+:FLIT];
          assign router_out_freed[OUTPUT*CHANNELS+c] = freed[PEER*INPUTS+PEER_PORT+c*PORTS];
        end
        logic idle_next;
        logic [LINK-1:0] flit_next;
        assign link_waiting[OUTPUT*2+:2] = idle_next ? 2'b00 : flit_next[PARITY] ? 2'b10 : 2'b01;
        if (PEER == r) begin : g_trunk
          trunk #(
              .WIDTH      (LINK),
              .MILLICYCLES(chip_params::TRUNK_MILLICYCLES)
          ) line (
              .clock    (clock),
              .reset    (reset),
              .restart  (restart),
              .in_valid (router_out_valid[OUTPUT]),
              .in_flit  ({router_out_second[OUTPUT], router_out_flit[OUTPUT*FLIT+:FLIT]}),
              .in_ready (router_out_ready[OUTPUT]),
              .out_valid(link_valid[OUTPUT]),
              .out_flit (link_flit[OUTPUT*LINK+:LINK]),
              .idle     (link_idle[OUTPUT]),
              .idle_next(idle_next),
              .flit_next(flit_next)
          );
        end else begin : g_wire
          link #(
              .WIDTH (LINK),
              .CYCLES(is_between_chips(r, p) ? chip_params::INTER_CHIP_LINK_CYCLES
                                             : chip_params::ROUTER_LINK_CYCLES)
          ) line (
              .clock    (clock),
              .reset    (reset),
              .in_valid (router_out_valid[OUTPUT]),
              .in_flit  ({router_out_second[OUTPUT], router_out_flit[OUTPUT*FLIT+:FLIT]}),
              .in_ready (router_out_ready[OUTPUT]),
              .out_valid(link_valid[OUTPUT]),
              .out_flit (link_flit[OUTPUT*LINK+:LINK]),
              .idle     (link_idle[OUTPUT]),
              .idle_next(idle_next),
              .flit_next(flit_next)
          );
        end
      end else begin : g_end
        // No link begins here: a core, the host, or nothing, where a packet would vanish.
        assign link_valid[OUTPUT] = 1'b0;
        assign link_flit[OUTPUT*LINK+:LINK] = '0;
        assign link_idle[OUTPUT] = 1'b1;
        assign link_waiting[OUTPUT*2+:2] = '0;
        assign router_out_freed[OUTPUT*CHANNELS+:CHANNELS] = '0;
        if (p == HOST && r == HOST_ROUTER) begin : g_host
          assign router_in_valid[INPUT] = host_in_valid;
          assign router_in_flit[INPUT*FLIT+:FLIT] = host_in_flit;
          assign host_in_ready = router_in_ready[INPUT];
          assign host_out_valid = router_out_valid[OUTPUT];
          assign host_out_flit = router_out_flit[OUTPUT*FLIT+:FLIT];
          assign router_out_ready[OUTPUT] = host_out_ready;
        end else if (p != HOST && !is_link(r, p)) begin : g_core
          localparam int NUMBER = core_at(r, p);
          assign router_in_valid[INPUT] = in_valid[NUMBER];
          assign router_in_flit[INPUT*FLIT+:FLIT] = in_flit[NUMBER*FLIT+:FLIT];
          assign in_ready[NUMBER] = router_in_ready[INPUT];
          assign out_valid[NUMBER] = router_out_valid[OUTPUT];
          assign out_flit[NUMBER*FLIT+:FLIT] = router_out_flit[OUTPUT*FLIT+:FLIT];
          assign router_out_ready[OUTPUT] = out_ready[NUMBER];
        end else begin : g_nothing
          assign router_in_valid[INPUT] = 1'b0;
          assign router_in_flit[INPUT*FLIT+:FLIT] = '0;
          assign router_out_ready[OUTPUT] = 1'b1;
        end
        if (CHANNELS > 1 && p < CORE) begin : g_no_second_channel
          assign router_in_valid[INPUT+PORTS] = 1'b0;
          assign router_in_flit[(INPUT+PORTS)*FLIT+:FLIT] = '0;
        end
      end
    end

    router #(
        .TAG_BITS(TAG_BITS)
    ) node (
        .clock         (clock),
        .reset         (reset),
        .restart       (restart),
        .x             (7'(x_of(r) << LEVEL)),
        .y             (7'(y_of(r) << LEVEL)),
        .level         (3'(LEVEL)),
        .is_link       (links),
        .in_valid      (router_in_valid[r*INPUTS+:INPUTS]),
        .in_flit       (router_in_flit[r*INPUTS*FLIT+:INPUTS*FLIT]),
        .in_ready      (router_in_ready[r*INPUTS+:INPUTS]),
        .freed         (freed[r*INPUTS+:INPUTS]),
        .out_valid     (router_out_valid[r*PORTS+:PORTS]),
        .out_flit      (router_out_flit[r*PORTS*FLIT+:PORTS*FLIT]),
        .out_second    (router_out_second[r*PORTS+:PORTS]),
        .out_ready     (router_out_ready[r*PORTS+:PORTS]),
        .out_freed     (router_out_freed[r*PORTS*CHANNELS+:PORTS*CHANNELS]),
        .empty         (empty[r]),
        .waiting_next  (router_waiting[r*2+:2]),
        .activity_input(activity_input[r*PORTS*4+:PORTS*4])
    );
  end

  assign activity_departure = router_out_valid & router_out_ready;
  assign activity_flit      = router_out_flit;
  assign activity_left      = freed;
endmodule : network
