# SPDX-License-Identifier: Apache-2.0
"""Errors that the user can fix: one line on standard error, exit status 2."""

import argparse
import os
import sys
from typing import Callable, NoReturn


class InputError(Exception):
    """A bad argument, missing data or an unsuitable file; the text is one line."""


class ArgumentParser(argparse.ArgumentParser):
    """Reports a bad argument as an InputError; prints the description without reformatting it."""

    def __init__(self, description: str) -> None:
        super().__init__(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message} (see --help)")


def run(main: Callable[[], None]) -> None:
    """Calls `main`. An InputError, or a failure to read or write a file, ends the program with status 2.

    Ctrl-C ends it with status 130.
    """
    program = os.path.basename(sys.argv[0])
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except InputError as error:
        print(f"{program}: error: {error}", file=sys.stderr)
        sys.exit(2)
    except OSError as error:
        print(f"{program}: error: {error.filename or 'input/output'}: {error.strerror or error}", file=sys.stderr)
        sys.exit(2)
