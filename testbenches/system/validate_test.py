# SPDX-License-Identifier: Apache-2.0
"""Tests spikeloom validate, which compares the model with published figures."""

import json
import pathlib

import program

FILE = program.ROOT / "configs" / "validation" / "zou2021.yaml"


class Validation(program.ProgramTest):
    def validate(self, *arguments: object) -> tuple[int, str]:
        done = self.start("validate", FILE, "--case", "lenet", "--images", 40, "-j", 2, *arguments)
        if done.returncode == 2 and done.stderr.startswith("data set "):
            self.skipTest(done.stderr.strip())
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return done.returncode, done.stdout


class ValidateScalesToThePublishedActivity(Validation):
    def test(self) -> None:
        status, text = self.validate("--json")
        result = json.loads(text)
        self.assertEqual(result["passes"], status == 0)
        (case,) = result["cases"]
        self.assertEqual(case["mapping"], case["pinned_mapping"], "the mapping has changed: calibrate and pin anew")
        activity = case["published_spikes_per_image"] / case["spikes_per_image"]
        for name in ("ms_per_image", "mj_per_image"):
            figure = case[name]
            self.assertAlmostEqual(figure["model_at_published_activity"], figure["model"] * activity, places=9)
            self.assertAlmostEqual(figure["error"], figure["model_at_published_activity"] / figure["published"] - 1)
            self.assertEqual(figure["within"], abs(figure["error"]) <= figure["tolerance"])
            self.assertEqual(figure["status"], "fitted")
            # The fit used 200 images; the first 40 agree to within a few percent.
            self.assertLess(abs(figure["error"]), 0.05)


class ValidateFailsOutsideTheTolerance(Validation):
    def test(self) -> None:
        status, text = self.validate("--set", "chip.host_port.cycles_per_packet=6")
        self.assertEqual(status, 1)
        self.assertRegex(text, r"lenet ms +0\.38 .* -4\d\.\d %  +1 % +fitted OUT")


class ValidateRefusesWhatItCannotUse(program.ProgramTest):
    def test(self) -> None:
        done = self.start("validate", FILE, "--case", "alexnet")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--case: got alexnet, allowed lenet, vgg", done.stderr)
        wrong = pathlib.Path(self.directory / "wrong.yaml")
        wrong.write_text(FILE.read_text().replace("0.38 ms", "0.38 mJ").replace("spikes: 16861", "spike: 16861"))
        done = self.start("validate", wrong)
        self.assertEqual(done.returncode, 2)
        self.assertIn("cases.lenet.time.published", done.stderr)
        self.assertIn("cases.lenet.spike: unknown key", done.stderr)


if __name__ == "__main__":
    program.main()
