#!/usr/bin/env python3
"""The example of somebody else's coder codes what Entente stores, and Entente goes on without it.

Method: runs example_coder.py and the binary. Skips, and says so, where python3-grpcio is not installed.
"""
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import unittest

BINARY = os.environ["ENTENTE_BINARY"]
SCRIPT = os.path.join(os.environ["ENTENTE_PYTHON_DIR"], "example_coder.py")
# The second sentence is beyond the toy's words; the letters before France have two bytes each.
TEXT = "Ééé. France condemned Iran. Moscow denounced Kyiv.\n"

try:
    import grpc  # noqa: F401
    from google import protobuf  # noqa: F401
    MISSING = ""
except ImportError as error:
    MISSING = f"python3-grpcio or python3-protobuf is not installed: {error}"


@unittest.skipIf(MISSING, MISSING)
class ExampleCoderTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.db = os.path.join(folder.name, "news.db")
        self.coder = subprocess.Popen([sys.executable, SCRIPT, "--listen", "127.0.0.1:0"], text=True,
                                      stderr=subprocess.PIPE)
        self.addCleanup(self.coder.stderr.close)
        self.addCleanup(self.coder.wait)
        self.addCleanup(self.coder.kill)
        line = self.coder.stderr.readline()
        found = re.search(r"listening on (\S+)", line)
        self.assertTrue(found, line)
        self.address = found.group(1)

    def entente(self, *arguments, stdin=TEXT, code=0):
        done = subprocess.run([BINARY, *arguments], input=stdin, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout, done.stderr

    def test_its_events_are_coded(self):
        out, err = self.entente("code", "-", "--date", "2024-01-02", "--explain", "--coder", self.address)
        self.assertIn("1 event", out)
        self.assertIn("[France] »condemned« [Iran].", out)
        self.assertIn('keyword "condemned" between two states', out)
        self.assertIn(f"1 of 1 articles coded by {self.address}", err)

    def test_a_server_uses_it(self):
        server = subprocess.Popen([BINARY, "serve", "--db", self.db, "--create", "--listen", "127.0.0.1:0", "--coder",
                                   self.address], text=True, stderr=subprocess.PIPE)
        self.addCleanup(server.stderr.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        at = re.search(r"listening on (\S+)", server.stderr.readline()).group(1)
        out, _ = self.entente("ingest", "--server", at, "--date", "2024-01-02", "-")
        self.assertIn("1 events", out)
        out, _ = self.entente("event", "1", "--format", "jsonl", "--server", at)
        event = json.loads(out)
        self.assertEqual((event["cameo"], event["plover"]), ("111", "ACCUSE"))  # from the ontology
        self.assertEqual(event["date"]["start"], "2024-01-02")
        self.assertEqual(event["mentions"][0]["coder"], "example-keywords/1")
        span = event["mentions"][0]["participants"][1]["span"]
        self.assertEqual(TEXT.encode()[span["begin"]:span["end"]], b"Iran")
        server.send_signal(signal.SIGTERM)
        self.assertIn(f"1 of 1 articles coded by {self.address}", server.communicate(timeout=60)[1])

    def test_without_it_the_own_coder_steps_in_or_the_article_is_refused(self):
        self.coder.kill()
        self.coder.wait()
        out, err = self.entente("code", "-", "--format", "jsonl", "--coder", self.address)
        self.assertTrue(json.loads(out)["coder"].startswith("entente-rules/"))
        self.assertTrue(json.loads(out)["events"])
        self.assertIn(f"the coder at {self.address} did not code", err)
        self.assertIn("0 of 1 articles coded by", err)
        out, err = self.entente("code", "-", "--coder", self.address, "--coder-required", code=1)
        self.assertEqual(out, "")
        self.assertIn("the coder at", err)
        server = subprocess.Popen([BINARY, "serve", "--db", self.db, "--create", "--listen", "127.0.0.1:0", "--coder",
                                   self.address, "--coder-required"], text=True, stderr=subprocess.PIPE)
        self.addCleanup(server.stderr.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        at = re.search(r"listening on (\S+)", server.stderr.readline()).group(1)
        quarantine = self.db + ".quarantine"
        out, err = self.entente("ingest", "--server", at, "--quarantine", quarantine, "-", code=1)
        self.assertIn("1 rejected", out)
        with open(quarantine, encoding="utf-8") as lines:
            self.assertIn("the coder at", lines.read())

    def test_wrong_usage(self):
        _, err = self.entente("code", "-", "--coder-timeout", "5", code=2)
        self.assertIn("--coder", err)
        _, err = self.entente("code", "-", "--coder", "192.0.2.1:80", code=1)
        self.assertIn("openly", err)
        _, err = self.entente("code", "-", "--coder", "nonsense", code=1)
        self.assertIn("the coder's address", err)


if __name__ == "__main__":
    unittest.main()
