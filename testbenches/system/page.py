# SPDX-License-Identifier: Apache-2.0
"""Base class of tests that open pages of spikeloom report in a browser. They need Chromium and
the packages of testbenches/browser, which scripts/test installs, and fail without them."""

import json
import os
import pathlib
import shutil
import subprocess

import program

SCRIPT = program.ROOT / "testbenches" / "browser" / "look_at_page.js"
BUILD = pathlib.Path(os.environ.get("SPIKELOOM_BUILD", program.ROOT / "build" / "dev"))
MODULES = BUILD.parent / "browser" / "node_modules"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
MAX_BYTES = 5_000_000


class PageTest(program.ProgramTest):
    def report(self, *directories: str) -> pathlib.Path:
        page = self.directory / "page.html"
        self.assertEqual(self.succeed("report", *directories, "-o", "page.html"), "page.html\n")
        self.assertLess(page.stat().st_size, MAX_BYTES)
        return page

    def look(self, page: pathlib.Path, **options: object) -> dict:
        """Opens the page and returns its content; the page must make no requests and log no
        messages."""
        browser = os.environ.get("SPIKELOOM_BROWSER") or next(
            (path for path in map(shutil.which, BROWSERS) if path), None)
        self.assertIsNotNone(browser, f"no browser: wants one of {', '.join(BROWSERS)} "
                                      "(apt-get install chromium)")
        self.assertTrue(MODULES.is_dir(), f"{MODULES}: is not there: scripts/test makes it")
        done = subprocess.run(["node", SCRIPT, page, json.dumps(options)], text=True,
                              capture_output=True, check=False, timeout=300,
                              env={**os.environ, "NODE_PATH": str(MODULES),
                                   "SPIKELOOM_BROWSER": browser})
        self.assertEqual(done.returncode, 0, done.stderr)
        facts = json.loads(done.stdout)
        self.assertEqual(facts["messages"], [])
        self.assertEqual(facts["requests"], [page.as_uri()])
        for chart, drawn in facts["charts"].items():
            self.assertGreater(drawn, 0, f"{chart} is empty")
        self.assertEqual(facts["sections"], facts["links"])
        return facts
