# SPDX-License-Identifier: Apache-2.0
"""The commands around a deployment."""

import json

import program

MODEL = program.NETWORKS / "lenet-fashion-k1b2.onnx"
CHIP = program.CHIPS / "reference.yaml"


class VerifyAcceptsWhatMapWrites(program.ProgramTest):
    def test(self) -> None:
        self.succeed("convert", MODEL, "-o", "lenet.snn")
        for chip in ("reference", "nc64"):
            self.succeed("map", MODEL, "--chip", program.CHIPS / f"{chip}.yaml", "-o", "whole")
            for network in (MODEL, "lenet.snn"):
                text = self.succeed("verify", "whole", network)
                self.assertRegex(text, r"\nthresholds +57344  ")
                self.assertRegex(text, r"\noutputs +1024  ")
                self.assertTrue(text.endswith("\nno difference\n"), text)
            checked = json.loads(self.succeed("verify", "whole", MODEL, "--json"))
            self.assertTrue(checked["matches"])
            self.assertEqual((checked["findings"], checked["first_findings"]), (0, []))
            self.assertEqual(checked["checked"]["cores"], 68 if chip == "reference" else 202)


class VerifyNamesWhatDiffers(program.ProgramTest):
    def test(self) -> None:
        self.succeed("map", MODEL, "--chip", CHIP, "-o", "whole")
        core = self.damage("whole", "damaged")
        done = self.start("verify", "damaged", MODEL)
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        self.assertRegex(done.stdout, rf"\n1 findings:\n  core {core}: layer 0, neuron \d+, level 0 "
                                      r"has threshold -2147483648 for level 0, not -?\d+\n$")
        other = program.NETWORKS / "lenet-mnist-k1b2.onnx"
        done = self.start("verify", "whole", other, "--findings", 3)
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        self.assertRegex(done.stdout, r"\n\d+ findings:\n  the spiking network inside it.*\n"
                                      r"  core .*\n  core .*\n  and \d+ more\n$")
        checked = self.start("verify", "whole", other, "--findings", 3, "--json")
        self.assertEqual(checked.returncode, 1)
        checked = json.loads(checked.stdout)
        self.assertFalse(checked["matches"])
        self.assertEqual(len(checked["first_findings"]), 3)


if __name__ == "__main__":
    program.main()
