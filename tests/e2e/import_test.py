#!/usr/bin/env python3
"""entente import as a black box.

Goal: files of other people's event data go in from the command line, packed or not, and bad input gives one clear
line; an import that is killed with SIGKILL, again and again, ends with each row in the store exactly once.

Method: spawns the binary given by ENTENTE_BINARY with small files in a temporary folder. Standard library only.
"""
import gzip
import io
import json
import os
import signal
import subprocess
import tempfile
import unittest
import zipfile

BINARY = os.environ["ENTENTE_BINARY"]
TESTDATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "testdata", "import")
HEADER = "Event ID\tEvent Date\tSource Name\tSource Country\tTarget Name\tTarget Country\tCAMEO Code\n"


def icews(first, count):
    return HEADER + "".join(f"{i}\t2018-06-{1 + i % 28:02}\tRussia\tRussia\tChina\tChina\t040\n"
                            for i in range(first, first + count))


class ImportTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.db = self.path("news.db")
        self.environment = {k: v for k, v in os.environ.items()
                            if not k.startswith("ENTENTE_") or k == "ENTENTE_DATA"}

    def path(self, name, content=None):
        path = os.path.join(self.folder.name, name)
        if content is not None:
            with open(path, "wb" if isinstance(content, bytes) else "w") as out:
                out.write(content)
        return path

    def run_entente(self, *arguments, stdin=b""):
        done = subprocess.run([BINARY, *arguments], input=stdin, capture_output=True, env=self.environment, timeout=300)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def ok(self, *arguments, **extra):
        code, out, err = self.run_entente(*arguments, **extra)
        self.assertEqual(code, 0, f"{arguments}: {err}")
        return out

    def counts(self, *arguments, code=0, **extra):
        got, out, err = self.run_entente("import", "--db", self.db, "--format", "jsonl", *arguments, **extra)
        self.assertEqual(got, code, err)
        return json.loads(out)

    def fails(self, *arguments, part, code=1):
        got, out, err = self.run_entente("import", *arguments)
        self.assertEqual(got, code, out + err)
        self.assertIn(part, err)

    def test_every_format(self):
        expected = {"gdelt/v2.CSV": (6, 9), "icews/events.tab": (4, 4), "polecat/events.csv": (2, 2),
                    "acled/events.csv": (4, 4), "ucdp-ged/events.csv": (2, 2), "jsonl/events.jsonl": (2, 3)}
        for name, (events, rejected) in expected.items():
            with self.subTest(name):
                bad = self.path("bad.jsonl")
                arguments = ["--from", name.split("/")[0], "--quarantine", bad, os.path.join(TESTDATA, name)]
                counts = self.counts(*arguments, code=1)
                self.assertEqual((counts["events"], counts["rejected"]), (events, rejected))
                with open(bad, encoding="utf-8") as lines:
                    self.assertEqual(len([json.loads(line)["reason"] for line in lines]), rejected)
                os.remove(bad)
                again = self.counts(*arguments, code=1)
                self.assertEqual((again["events"], again["known_events"]), (0, events))
                os.remove(bad)
        self.assertIn("sound", self.ok("verify", "--db", self.db))

    def test_an_event_shows_where_the_data_set_has_it_from(self):
        self.counts("--from", "gdelt", os.path.join(TESTDATA, "gdelt/v2.CSV"), code=1)
        event = json.loads(self.ok("event", "1", "--format", "jsonl", "--db", self.db))
        shown = self.ok("event", "1", "--db", self.db)
        self.assertIn(f"1.  occurred in {event['mentions'][0]['url']}\n", shown)
        self.assertIn(f"Imported as {event['source_id']}\n", shown)
        self.assertRegex(shown, r"Data set +\d+ mentions? · ")
        self.assertNotIn("rule", shown)
        self.assertNotIn("bytes", shown)

    def test_packed_files_and_standard_input(self):
        text = icews(1, 10).encode()
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
            out.writestr("a.tab", icews(21, 10))
            out.writestr("b.tab", icews(31, 10))
        self.assertEqual(self.counts("--from", "icews", self.path("a", gzip.compress(text)))["events"], 10)
        self.assertEqual(self.counts("--from", "icews", "-", stdin=gzip.compress(icews(11, 10).encode()))["events"], 10)
        self.assertEqual(self.counts("--from", "icews", "-", stdin=archive.getvalue())["events"], 20)
        self.assertEqual(self.counts("--from", "icews", self.path("c.zip", archive.getvalue()))["known_events"], 20)

    def test_what_is_wrong_is_said(self):
        good = self.path("good.tab", icews(1, 3))
        db = ["--db", self.db]
        self.fails(*db, "--from", "icews", good, self.path("missing.tab"), part="missing.tab: cannot open")
        self.fails(*db, "--from", "gdelt", good, part="good.tab: the first line has 7 columns")
        self.fails(*db, "--from", "acled", good, part="lacks the columns event_id_cnty")
        self.fails(*db, "--from", "excel", good, part="is none of acled", code=2)
        self.fails("--server", "127.0.0.1:1", "--from", "icews", good, part="needs --db DIR", code=2)
        self.fails("--from", "icews", good, part="--db", code=2)
        self.fails(*db, "--from", "icews", "--quarantine", self.path("no/bad.jsonl"), good, part="quarantine file")
        self.fails(*db, "--from", "icews", self.path("cut.gz", gzip.compress(icews(1, 9999).encode())[:-30]),
                   part="cut off")
        self.assertIn("3 can be imported", self.ok("import", "--dry-run", "--from", "icews", good))
        self.assertIn("Example", self.ok("import", "--help"))

    def test_a_store_exports_what_another_imports(self):
        self.counts("--from", "icews", self.path("a.tab", icews(1, 20)))
        export = self.ok("timeline", "RUS", "--format", "jsonl", "--mentions", "--db", self.db)
        first, self.db = self.db, self.path("other.db")
        self.assertEqual(self.counts("--from", "jsonl", "-", stdin=export.encode())["events"], 20)
        again = self.ok("timeline", "RUS", "--format", "jsonl", "--mentions", "--db", self.db)

        def comparable(lines):
            events = [json.loads(line) for line in lines.splitlines()]
            kept = ("source_id", "type", "participants", "date", "cameo", "goldstein", "status", "quad_class")
            return sorted(json.dumps([event.get(name) for name in kept]) for event in events)
        self.assertEqual(comparable(again), comparable(export))
        self.assertNotEqual(first, self.db)

    def test_killed_again_and_again(self):
        rows = 60_000
        file = self.path("many.tab", icews(1, rows))
        arguments = [BINARY, "import", "--db", self.db, "--memory", "1", "--from", "icews", file]
        patience = 0.15
        while True:
            process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                       env=self.environment)
            try:
                _, err = process.communicate(timeout=patience)
                self.assertEqual(process.returncode, 0, err.decode())
                break
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.communicate()
                patience *= 1.5  # so that it ends on the slowest machine as well
        self.assertIn(f"{rows} events", self.ok("verify", "--db", self.db))
        self.assertEqual(self.counts("--from", "icews", file)["known_events"], rows)

    def test_an_interrupted_import_ends_in_order_and_goes_on(self):
        rows = 20_000
        reader, writer = os.pipe()
        process = subprocess.Popen([BINARY, "import", "--db", self.db, "--from", "icews", "-"], stdin=reader,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environment)
        os.close(reader)
        with os.fdopen(writer, "w") as out:
            out.write(icews(1, rows))
            out.flush()
            process.send_signal(signal.SIGINT)  # while it waits for more
            stdout, stderr = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 1, stderr.decode())
        if stdout:  # the signal may have come before the first row
            self.assertIn("interrupted", stderr.decode())
        self.assertEqual(self.counts("--from", "icews", self.path("all.tab", icews(1, rows)))["rows"], rows)
        self.assertIn(f"{rows} events", self.ok("verify", "--db", self.db))


if __name__ == "__main__":
    unittest.main(verbosity=2)
