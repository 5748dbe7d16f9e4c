#!/usr/bin/env python3
"""The Python export writes what the command line writes.

Method: ingests an article with the binary, serves it, and compares export_timeline.py with `entente timeline`. Skips, and
says so, where python3-grpcio is not installed.
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
SCRIPT = os.path.join(os.environ["ENTENTE_PYTHON_DIR"], "export_timeline.py")
TEXT = "Kim Jong Un met Vladimir Putin in Vladivostok on Thursday. Russia supplied weapons to North Korea.\n"

try:
    import grpc  # noqa: F401
    from google import protobuf  # noqa: F401
    MISSING = ""
except ImportError as error:
    MISSING = f"python3-grpcio or python3-protobuf is not installed: {error}"


@unittest.skipIf(MISSING, MISSING)
class ExportTimelineTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        db = os.path.join(folder.name, "news.db")
        subprocess.run([BINARY, "ingest", "--db", db, "--date", "2019-04-26", "-"], input=TEXT, text=True, check=True,
                       capture_output=True)
        self.server = subprocess.Popen([BINARY, "serve", "--db", db, "--listen", "127.0.0.1:0"], text=True,
                                       stderr=subprocess.PIPE)
        self.addCleanup(self.server.stderr.close)
        self.addCleanup(self.server.wait)
        self.addCleanup(self.server.send_signal, signal.SIGTERM)
        self.address = re.search(r"listening on (\S+)", self.server.stderr.readline()).group(1)

    def export(self, *arguments):
        return subprocess.run([sys.executable, SCRIPT, "--server", self.address, *arguments], capture_output=True,
                              text=True, timeout=60)

    def timeline(self, *arguments):
        return subprocess.run([BINARY, "timeline", "--server", self.address, *arguments], capture_output=True,
                              text=True, check=True, timeout=60).stdout

    def test_csv_is_that_of_the_command_line(self):
        exported = self.export("PRK", "RUS")
        self.assertEqual(exported.returncode, 0, exported.stderr)
        self.assertGreater(exported.stdout.count("\n"), 1)
        self.assertEqual(exported.stdout, self.timeline("PRK", "RUS", "--format", "csv"))

    def test_jsonl_has_the_same_events(self):
        ids = [json.loads(line)["id"] for line in self.export("PRK", "--format", "jsonl").stdout.splitlines()]
        wanted = [json.loads(line)["id"] for line in self.timeline("PRK", "--format", "jsonl").splitlines()]
        self.assertEqual(ids, wanted)

    def test_the_client_explains_and_codes(self):
        from entente.v1 import article_pb2, event_graph_pb2
        from entente_client import Client
        with Client(self.address) as client:
            event = next(iter(client.timeline("PRK", "RUS")))
            explained = list(client.explain(event.id))
            self.assertEqual([one.outcome for one in explained], [event_graph_pb2.EXPLAINED])
            self.assertTrue(explained[0].mention.explanation.rule_text)
            article = article_pb2.Article(text=TEXT, publish_date="2019-04-26")
            coded = client.code(article, explain=True)
            self.assertTrue(coded.events[0].mentions[0].explanation.tokens)
            self.assertEqual(len(client.code(article, min_confidence=1.0).events), 0)

    def test_errors_are_one_line(self):
        unknown = self.export("Atlantis")
        self.assertEqual(unknown.returncode, 1)
        self.assertEqual(unknown.stderr.count("\n"), 1, unknown.stderr)
        self.assertIn("Atlantis", unknown.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
