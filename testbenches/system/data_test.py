# SPDX-License-Identifier: Apache-2.0
"""Tests scripts/get-data against a server run by the test."""

import http.server
import os
import pathlib
import subprocess
import threading

from program import ROOT, ProgramTest, main

LABELS = "t10k-labels-idx1-ubyte.gz"
OTHERS = ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz")


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves the same content under every name, from the requested byte on."""

    def do_GET(self) -> None:  # pylint: disable=invalid-name
        wanted = self.headers.get("Range")
        self.server.requests.append((self.path, wanted))
        first = int(wanted[len("bytes="):].split("-")[0]) if wanted else 0
        content = self.server.content[first:]
        self.send_response(206 if wanted else 200)
        if wanted:
            size = len(self.server.content)
            self.send_header("Content-Range", f"bytes {first}-{size - 1}/{size}")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # pylint: disable=redefined-builtin
        pass


class GetDataTest(ProgramTest):
    """A test with an empty data folder and a server whose content the test sets."""

    def setUp(self) -> None:
        super().setUp()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.content = b""
        self.server.requests = []
        thread = threading.Thread(target=self.server.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.data = self.directory / "data"

    def get(self, *names: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "SPIKELOOM_DATA": str(self.data),
                       "SPIKELOOM_MIRROR": f"http://127.0.0.1:{self.server.server_port}", "no_proxy": "*"}
        return subprocess.run([ROOT / "scripts" / "get-data", *names], text=True, capture_output=True, check=False,
                              env=environment)


class RefusesAWrongChecksum(GetDataTest):
    def runTest(self) -> None:
        self.server.content = b"not MNIST"
        done = self.get("mnist")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertRegex(done.stderr, r"train-images-idx3-ubyte.gz: SHA-256 is [0-9a-f]{64}, must be 440fcabf\w+; removed")
        self.assertEqual(list((self.data / "mnist").iterdir()), [])


class GoesOnWhereItWasStopped(GetDataTest):
    def runTest(self) -> None:
        labels = next((folder / "mnist" / LABELS for folder in self.folders() if (folder / "mnist" / LABELS).exists()),
                      None)
        if labels is None:
            self.skipTest("MNIST is not there")
        self.server.content = labels.read_bytes()
        folder = self.data / "mnist"
        folder.mkdir(parents=True)
        for name in OTHERS:  # exist already, so they are not downloaded again
            (folder / name).touch()
        (folder / f"{LABELS}.partial").write_bytes(self.server.content[:1000])
        done = self.get("mnist")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.server.requests, [(f"/{LABELS}", "bytes=1000-")])
        self.assertEqual((folder / LABELS).read_bytes(), self.server.content)
        self.assertEqual(sorted(path.name for path in folder.iterdir()), sorted((*OTHERS, LABELS)))

    @staticmethod
    def folders() -> list[pathlib.Path]:
        folders = [ROOT.parent / "shared" / "datasets"]
        if "SPIKELOOM_DATA" in os.environ:
            folders.insert(0, pathlib.Path(os.environ["SPIKELOOM_DATA"]))
        return folders


class UnknownDataSet(GetDataTest):
    def runTest(self) -> None:
        for names in ((), ("imagenet",), ("mnist", "cifar-10")):
            done = self.get(*names)
            self.assertEqual(done.returncode, 2)
            self.assertIn("needs the name of one data set", done.stderr)
            self.assertFalse(self.data.exists())


if __name__ == "__main__":
    main()
