# SPDX-License-Identifier: Apache-2.0
"""Types into an interactive shell like a user, and reads the result of completion."""

import os
import pathlib
import pty
import re
import select
import subprocess

PATIENCE = 120    # seconds; a hanging shell fails the test


class Shell:
    """A bash or zsh in which `spikeloom` is a function that prints its arguments."""

    def __init__(self, command: list[str], directory: pathlib.Path, setup: list[str]) -> None:
        self.terminal, end = pty.openpty()
        self.process = subprocess.Popen(command, cwd=directory, stdin=end, stdout=end, stderr=end,
                                        start_new_session=True, close_fds=True,
                                        env={"PATH": os.environ["PATH"], "TERM": "xterm",
                                             "HOME": str(directory), "COLUMNS": "200"})
        os.close(end)
        # The quotes distinguish the echoed command line from the output of the function.
        setup = [*setup, "spikeloom() { printf '<''<%s>''>' \"$@\"; echo '<''<end>''>'; }"]
        for line in setup:
            os.write(self.terminal, f"{line}\n".encode())
        self._answer("spikeloom ready\n")

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.terminal)

    def _answer(self, keys: str) -> str:
        os.write(self.terminal, keys.encode())
        text = ""
        while "<<end>>" not in text:
            if not select.select([self.terminal], [], [], PATIENCE)[0]:
                raise TimeoutError(text)
            text += os.read(self.terminal, 65536).decode(errors="replace")
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", " ", text)

    def complete(self, line: str) -> list[str]:
        """Returns the arguments of `spikeloom LINE` after TAB."""
        found = re.findall(r"<<([^<>]*)>>", self._answer(f"spikeloom {line}\t\n"))
        return found[:-1]

    def listed(self, line: str) -> set[str]:
        """Returns the words that the shell offers for `spikeloom LINE`."""
        return set(self._answer(f"spikeloom {line}\t\t\n").split())
