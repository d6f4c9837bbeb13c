# SPDX-License-Identifier: Apache-2.0
"""Tests the program at a terminal: help, tables, progress, shell completion and the manual page."""

import json
import os
import pathlib
import pty
import re
import shutil
import subprocess

import program
import shell

COLUMNS = 80
RUN = program.RUNS / "lenet-fashion.yaml"
MODEL = program.NETWORKS / "lenet-fashion-k1b2.onnx"
CHIP = program.CHIPS / "reference.yaml"


class TerminalTest(program.ProgramTest):
    def commands(self) -> list[str]:
        """Returns all sub-commands listed in the help of the program."""
        return re.findall(r"^  ([a-z]+) +[A-Z]", self.succeed("--help"), re.MULTILINE)

    def options(self, command: str) -> list[str]:
        """Returns the options in the help of a command, such as "--jobs" and "-j"."""
        help_text = self.succeed(command, "--help").partition("\noptions:\n")[2]
        lines = re.findall(r"^  (-.*)$", help_text.partition("\nexample:\n")[0], re.MULTILINE)
        return [name for line in lines for name in re.findall(r"(?:^|, )(--?[a-z-]+)", line)]

    def assert_fits(self, text: str) -> None:
        for line in text.splitlines():
            self.assertLessEqual(len(line), COLUMNS, line)


class HelpFitsAndHasAnExample(TerminalTest):
    def test(self) -> None:
        self.assert_fits(self.succeed("--help"))
        self.assertGreater(len(self.commands()), 8)
        for command in self.commands():
            text = self.succeed(command, "--help")
            self.assert_fits(text)
            self.assertIn(f"usage: spikeloom {command}", text)
            self.assertIn(f"spikeloom {command}", text.partition("\nexample:\n")[2])
            self.assertIn("--help", self.options(command))


class ExamplesOfTheHelpWork(TerminalTest):
    """The examples work as printed. The example of validate, which takes minutes, is run on
    fewer images of one case."""

    SHORTER = {"validate": " --case lenet --images 8"}

    def run_example(self, command: str, binaries: pathlib.Path) -> None:
        example = (self.succeed(command, "--help").partition("\nexample:\n")[2].rstrip() +
                   self.SHORTER.get(command, ""))
        done = subprocess.run(["bash", "-e", "-c", example], cwd=self.directory, text=True,
                              capture_output=True, check=False,
                              env={**os.environ, "HOME": str(self.directory), "PAGER": "cat",
                                   "PATH": f"{binaries}:{os.environ['PATH']}"})
        if command in ("sweep", "validate") and "data set mnist: not found" in done.stderr:
            self.skipTest(done.stderr.strip())
        # With so few images validate may exceed its tolerances.
        allowed = (0, 1) if command == "validate" else (0,)
        self.assertIn(done.returncode, allowed, example + done.stderr)

    def test(self) -> None:
        (self.directory / "configs").symlink_to(program.ROOT / "configs")
        (self.directory / ".zfunc").mkdir()
        binaries = pathlib.Path(program.PROGRAM).resolve().parent
        # Results of an earlier run that some examples use.
        self.succeed("run", "configs/runs/lenet-fashion.yaml", "--images", 7)
        for command in self.commands():
            with self.subTest(command):
                self.run_example(command, binaries)


class TablesFitQuietAndJson(TerminalTest):
    """Tables have at most 80 columns, --quiet prints nothing, and --json prints one JSON
    document."""

    def test(self) -> None:
        self.succeed("convert", MODEL, "-o", "a.snn")
        self.succeed("map", "a.snn", "--chip", CHIP, "-o", "a.deployment", "--report", "report")
        images = ("--images", 7, "-o", "out")
        self.succeed("run", RUN, *images, "--record-spikes", "a.npz", "--record-levels", "levels",
                     "--tick-events")
        for arguments in (
                ("convert", MODEL),
                ("map", "a.snn", "--chip", CHIP),
                ("verify", "a.deployment", "a.snn"),
                ("run", RUN, *images),
                ("replay", "a.npz", RUN, "-o", "again"),
                ("diff", RUN, "--images", 2)):
            self.assert_fits(self.succeed(*arguments))
            self.assertEqual(self.succeed(*arguments, "--quiet"), "")
            self.assertTrue(json.loads(self.succeed(*arguments, "--json", "--quiet")), arguments)
        for file in ("a.snn", "a.deployment", "a.npz", "report/report.json", *sorted(
                str(path.relative_to(self.directory)) for folder in ("out", "levels")
                for path in (self.directory / folder).iterdir())):
            self.assert_fits(self.succeed("inspect", file))
            self.assertTrue(json.loads(self.succeed("inspect", file, "--json")), file)


class ProgressIsForTerminals(TerminalTest):
    def progress(self, *arguments: object) -> str:
        """Returns what the program writes to standard error if that is a terminal."""
        terminal, end = pty.openpty()
        with subprocess.Popen([program.PROGRAM, *map(str, arguments)], cwd=self.directory,
                              stdout=subprocess.DEVNULL, stderr=end,
                              env={**os.environ, "TERM": "vt100"}) as process:
            os.close(end)
            text = b""
            try:
                while part := os.read(terminal, 65536):
                    text += part
            except OSError:    # the other end of the terminal is closed
                pass
            os.close(terminal)
        self.assertEqual(process.returncode, 0, text)
        return text.decode()

    def test(self) -> None:
        run = ("run", RUN, "--images", 2, "-o", "out")
        shown = self.progress(*run)
        self.assertIn("moves ", shown)
        self.assertIn("images 0/2 [", shown)
        self.assertTrue(shown.endswith("\r\x1b[K"))
        self.assertNotRegex(shown, r"\x1b\[[0-9;]*m")    # no colours
        for line in re.split(r"\r\x1b\[K", shown):
            self.assertLess(len(line), COLUMNS)
        self.assertEqual(self.progress(*run, "--quiet"), "")
        self.assertIn("images 0/2 [", self.progress("diff", RUN, "--images", 2))
        self.assertIn("moves ", self.progress("map", MODEL, "--chip", CHIP, "-o", "a.deployment"))
        self.assertIn("checks of cores 0/", self.progress("verify", "a.deployment", MODEL))
        done = self.start(*run)
        self.assertEqual((done.returncode, done.stderr), (0, ""))


class CompletionTest(TerminalTest):
    """The completion of a shell offers what the help lists."""

    def open_shell(self) -> shell.Shell:
        raise NotImplementedError

    def check(self) -> None:
        for name in ("one.yaml", "two words.yaml", "model.onnx", "trace.npz"):
            (self.directory / name).touch()
        (self.directory / "folder").mkdir()
        typist = self.open_shell()
        self.addCleanup(typist.close)
        self.assertTrue(set(self.commands()) <= typist.listed(""))
        self.assertEqual(typist.complete("reg"), ["registers"])
        for command in self.commands():
            offered = typist.listed(f"{command} --")
            long = {name for name in self.options(command) if name.startswith("--")}
            self.assertTrue(long <= offered, (command, long - offered))
        self.assertEqual(typist.complete("run --timing f"), ["run", "--timing", "functional"])
        self.assertEqual(typist.complete("run --timing=c"), ["run", "--timing=cycle"])
        self.assertTrue({"cores", "traffic", "energy", "balance"}
                        <= typist.listed("map --objective "))
        self.assertEqual(typist.complete("run o"), ["run", "one.yaml"])
        self.assertEqual(typist.complete("run tw"), ["run", "two words.yaml"])
        self.assertEqual(typist.complete("run -j 2 --quiet o"),
                         ["run", "-j", "2", "--quiet", "one.yaml"])
        self.assertEqual(typist.complete("replay t"), ["replay", "trace.npz"])
        self.assertEqual(typist.complete("replay trace.npz o"), ["replay", "trace.npz", "one.yaml"])
        self.assertEqual(typist.complete("map --chip o"), ["map", "--chip", "one.yaml"])
        # zsh removes the slash at the end of a line.
        self.assertIn(typist.complete("map --report f")[-1], ("folder", "folder/"))
        self.assertEqual(typist.complete("convert m"), ["convert", "model.onnx"])
        self.assertEqual(typist.complete("run one.yaml --images 5"),
                         ["run", "one.yaml", "--images", "5"])


class BashCompletes(CompletionTest):
    def open_shell(self) -> shell.Shell:
        (self.directory / ".script").write_text(self.succeed("completion", "bash"))
        return shell.Shell(["bash", "--norc", "--noprofile", "-i"], self.directory,
                           ["bind 'set bell-style none'", "bind 'set completion-query-items 500'",
                            "bind 'set page-completions off'", "source .script"])

    def test(self) -> None:
        if shutil.which("bash") is None:
            self.skipTest("bash is not there")
        self.check()


class ZshCompletes(CompletionTest):
    def open_shell(self) -> shell.Shell:
        functions = self.directory / ".functions"
        functions.mkdir()
        (functions / "_spikeloom").write_text(self.succeed("completion", "zsh"))
        return shell.Shell(["zsh", "-f", "-i"], self.directory,
                           ["unsetopt beep prompt_sp prompt_cr auto_menu", "LISTMAX=500",
                            f"fpath=({functions} $fpath)", "autoload -Uz compinit",
                            "compinit -D -u"])

    def test(self) -> None:
        if shutil.which("zsh") is None:
            self.skipTest("zsh is not there")
        self.check()


class ManualIsCleanAndComplete(TerminalTest):
    def checked(self, *command: str) -> str:
        done = subprocess.run(command, cwd=self.directory, capture_output=True, text=True,
                              check=False, env={**os.environ, "MANWIDTH": "80", "LC_ALL": "C"})
        self.assertEqual((done.returncode, done.stderr), (0, ""), command)
        return done.stdout

    def test(self) -> None:
        page = self.directory / "spikeloom.1"
        page.write_text(self.succeed("manual"))
        if shutil.which("groff") is None:
            self.skipTest("groff is not there")
        text = self.checked("groff", "-man", "-Tascii", "-P-cbou", "-ww", str(page))
        if shutil.which("mandoc") is not None:
            self.assertEqual(self.checked("mandoc", "-T", "lint", str(page)), "")
        for command in self.commands():
            own = re.search(rf"^   {command}\n(.*?)^(?:   )?\S", text,
                            re.MULTILINE | re.DOTALL)
            self.assertIsNotNone(own, command)
            for option in self.options(command):
                self.assertRegex(own[1], rf"(?m)^ +(-\w, )?{option}\b", command)


if __name__ == "__main__":
    program.main()
