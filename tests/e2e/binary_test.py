#!/usr/bin/env python3
"""The entente binary as a black box: what people and scripts see.

Goal: the main job works from the command line, against a directory and against a server; bad input gives one
clear line, a non-zero exit code and loses nothing; SIGTERM ends a server in order.

Method: spawns the binary given by ENTENTE_BINARY with small inputs in a temporary folder. Standard library only.
"""
import csv
import io
import json
import math
import os
import pty
import re
import signal
import subprocess
import tempfile
import time
import unittest

BINARY = os.environ["ENTENTE_BINARY"]
TEXT = "Kim Jong Un met Vladimir Putin in Vladivostok on Thursday.\n"
OTHER = "Russia supplied weapons to North Korea. The United States condemned Russia.\n"


def environment(**extra):
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ENTENTE_") or k == "ENTENTE_DATA"}
    return {**kept, **extra}


class BinaryTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.db = self.path("news.db")

    def path(self, name, content=None):
        path = os.path.join(self.folder.name, name)
        if content is not None:
            mode = "wb" if isinstance(content, bytes) else "w"
            with open(path, mode) as out:
                out.write(content)
        return path

    def run_entente(self, *arguments, stdin="", **extra):
        done = subprocess.run([BINARY, *arguments], input=stdin, capture_output=True, text=True,
                              env=environment(**extra), timeout=60)
        return done.returncode, done.stdout, done.stderr

    def ok(self, *arguments, **extra):
        code, out, err = self.run_entente(*arguments, **extra)
        self.assertEqual(code, 0, f"{arguments}: {err}")
        return out

    def fails(self, *arguments, part, code=1, **extra):
        """One line on standard error that contains `part`, nothing on standard output."""
        got, out, err = self.run_entente(*arguments, **extra)
        self.assertEqual(got, code, f"{arguments}: {out} {err}")
        lines = [line for line in err.splitlines() if line.startswith("entente: ")]
        self.assertEqual(len(lines), 1, err)
        self.assertIn(part, lines[0])
        return out

    def ingest(self):
        self.path("a.txt", TEXT)
        self.path("b.jsonl", json.dumps({"id": "b1", "text": OTHER, "date": "2024-06-20"}) + "\n")
        return self.ok("ingest", "--db", self.db, "--date", "2019-04-26", self.path("a.txt"), self.path("b.jsonl"))

    def serve(self, *arguments):
        server = subprocess.Popen([BINARY, "serve", "--listen", "127.0.0.1:0", *arguments], stderr=subprocess.PIPE,
                                  text=True, env=environment())
        self.addCleanup(server.stderr.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        line = server.stderr.readline()
        found = re.search(r"listening on (\S+)", line)
        self.assertTrue(found, line)
        return server, found.group(1)

    # --- the main job ---

    def test_from_an_article_to_its_evidence(self):
        self.assertIn("2 stored", self.ingest())
        self.assertIn("2 known", self.ingest())  # the same again changes nothing
        rows = list(csv.DictReader(io.StringIO(self.ok("timeline", "PRK", "RUS", "--format", "csv", "--db", self.db))))
        meeting = [r for r in rows if r["type"] == "meeting"]
        self.assertEqual(len(meeting), 1, rows)
        self.assertIn("person:vladimir-putin", meeting[0]["participants"])
        shown = self.ok("event", meeting[0]["id"], "--db", self.db)
        self.assertIn("»met«", shown)
        self.assertIn("[Kim Jong Un]", shown)
        event = json.loads(self.ok("event", meeting[0]["id"], "--format", "jsonl", "--db", self.db))
        span = event["mentions"][0]["trigger"]
        self.assertEqual(TEXT[span["begin"]:span["end"]], "met")
        self.assertIn("North Korea", self.ok("relationship", "PRK", "RUS", "--db", self.db))
        self.assertIn("2019-04", self.ok("summary", "PRK", "--db", self.db))
        self.assertIn("RUS", self.ok("partners", "PRK", "--db", self.db))
        self.assertIn("person:kim-jong-un", self.ok("actors", "search", "kim", "--db", self.db))
        self.assertIn("Meeting", self.ok("path", "Kim Jong Un", "Vladimir Putin", "--db", self.db))
        self.assertIn("Path 1", self.ok("path", "PRK", "RUS", "--paths", "3", "--db", self.db))
        earliest = self.ok("path", "PRK", "RUS", "--order", "earliest-arrival", "--format", "jsonl", "--db", self.db)
        self.assertEqual(len(json.loads(earliest)["hops"]), 1)
        ranked = list(csv.DictReader(io.StringIO(self.ok("rank", "--format", "csv", "--db", self.db))))
        self.assertIn("RUS", [r["actor"] for r in ranked])
        self.assertAlmostEqual(sum(float(r["score"]) for r in ranked), 1, places=5)
        self.assertIn("modularity", self.ok("communities", "--db", self.db))
        self.fails("rank", "--type", "meting", "--db", self.db, part="did you mean meeting?")
        self.assertIn("Articles", self.ok("stats", "--db", self.db))
        self.assertIn("b1", self.ok("article", "b1", "--db", self.db))
        self.assertIn("sound", self.ok("verify", "--db", self.db))

    def test_an_event_says_why(self):
        self.ingest()
        rows = list(csv.DictReader(io.StringIO(self.ok("timeline", "PRK", "RUS", "--format", "csv", "--db", self.db))))
        number = [r for r in rows if r["type"] == "meeting"][0]["id"]
        shown = self.ok("event", number, "--explain", "--db", self.db)
        for part in ["trigger met", "rule ", ".rules:", "nsubj", "person:kim-jong-un, PRKGOV", "head of state of RUS",
                     "confidence 0.", "rule_weight", "\tmeet\tVERB\t"]:
            self.assertIn(part, shown)
        direct = json.loads(self.ok("event", number, "--explain", "--format", "jsonl", "--db", self.db))
        self.assertEqual(direct["mentions"][0]["outcome"], "EXPLAINED")
        why = direct["mentions"][0]["mention"]["explanation"]
        tokens = why["tokens"]
        self.assertEqual(" ".join(t["text"] for t in tokens[:3]), "Kim Jong Un")
        self.assertEqual(TEXT[why["trigger"]["begin"]:why["trigger"]["end"]], "met")
        self.assertEqual([t["deprel"] for t in tokens if t.get("head", 0) == 0], ["root"])
        odds = sum(f.get("value", 0) * f.get("weight", 0) for f in why["features"])
        self.assertAlmostEqual(1 / (1 + math.exp(-odds)), direct["mentions"][0]["mention"]["confidence"], places=6)
        # `entente code` shows the same reasons.
        coded = self.ok("code", self.path("a.txt"), "--date", "2019-04-26", "--explain")
        self.assertIn("trigger met", coded)
        self.assertIn(why["ruleText"] if "ruleText" in why else why["rule_text"], " ".join(coded.split()))
        _, address = self.serve("--db", self.db)
        served = json.loads(self.ok("event", number, "--explain", "--format", "jsonl", "--server", address))
        self.assertEqual(served, direct)
        self.fails("event", number, "--explain", "--as-of", "1", "--server", address, part="--as-of", code=2)
        self.fails("event", number, "--explain", "--format", "csv", "--server", address, part="jsonl")

    def test_the_operator_sets_the_threshold(self):
        self.path("a.txt", TEXT)
        job = json.loads(self.ok("ingest", "--db", self.db, "--date", "2019-04-26", "--min-confidence", "1",
                                 "--format", "jsonl", self.path("a.txt")))
        self.assertEqual((job["events"], job["min_confidence"]), (0, 1))
        other = self.path("other.db")
        shown = self.ok("ingest", "--db", other, "--date", "2019-04-26", self.path("a.txt"))
        self.assertIn("events of confidence 0.15 and more", shown)
        _, address = self.serve("--db", other, "--min-confidence", "0.99")
        self.path("b.txt", OTHER)
        shown = self.ok("ingest", "--server", address, "--date", "2024-06-20", self.path("b.txt"))
        self.assertIn("0 events", shown)
        self.assertIn("events of confidence 0.99 and more", shown)
        self.path("c.txt", OTHER + "\n")
        job = json.loads(self.ok("ingest", "--server", address, "--date", "2024-06-21", "--min-confidence", "0.2",
                                 "--format", "jsonl", self.path("c.txt")))
        self.assertGreater(job["events"], 0)
        self.fails("ingest", "--db", other, "--min-confidence", "1.5", self.path("b.txt"), part="--min-confidence", code=2)

    def test_the_readme_names_flags_that_there_are(self):
        readme = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "README.md")
        with open(readme, encoding="utf-8") as lines:
            commands = [line.split("#")[0].split() for line in lines if re.match(r"    (\$ )?entente [a-z]", line)]
        self.assertGreater(len(commands), 15)
        for command in commands:
            words = command[command.index("entente") + 1:]
            flags = [word for word in words if word.startswith("--")]
            names = words[:2] if words[0] in ("actors", "curate", "lexicon") else words[:1]
            listed = self.ok(*names, "--help")
            for flag in flags:
                self.assertIn(flag, listed, " ".join(words))

    # --- a user's own lexicon ---

    def test_a_dictionary_becomes_a_lexicon_that_wins(self):
        actors = self.path("actors.txt", "JANE_EXAMPLESON_\n+MINISTER_EXAMPLESON\n\t[FRAELI 990101-051231]\n"
                                         "\t[FRAGOV >060101]\nLOST_SAMPLE [XQZ]\n")
        agents = self.path("agents.txt", "SAMPLEWRIGHT [~BUS]\nSOLDIER [~MIL]\n")
        mine = self.path("mine")
        code, out, err = self.run_entente("lexicon", "import", actors, agents, "--output", mine, "--format", "jsonl")
        self.assertEqual(code, 1, err)  # something was refused
        made = json.loads(out)
        self.assertEqual((made["people"], made["roles"], made["refused"]), (1, 1, 2))
        self.assertIn("actors.txt:5:14: ", err)
        with open(os.path.join(mine, "refused.txt")) as refused:
            self.assertEqual(len(refused.readlines()), 2)
        resolve = ["actors", "resolve", "Jane Exampleson", "--lexicon", mine, "--date"]
        self.assertEqual(json.loads(self.ok(*resolve, "2003-01-01"))["code"], "FRAELI")
        self.assertEqual(json.loads(self.ok(*resolve, "2010-01-01"))["code"], "FRAGOV")
        self.assertEqual(self.ok("lexicon", "check", mine), "")
        self.fails("lexicon", "import", actors, "--output", mine, part="--replace")
        text = self.path("j.txt", "Jane Exampleson met Vladimir Putin on Thursday.\n")
        record = self.ok("code", "--date", "2010-05-01", "--lexicon", mine, "--format", "jsonl", text)
        self.assertIn("FRAGOV", record)
        self.assertIn("+lexicon.", record)
        self.ok("ingest", "--db", self.db, "--date", "2010-05-01", "--lexicon", mine, text)
        self.assertIn("person:jane-exampleson", self.ok("timeline", "FRA", "--format", "csv", "--db", self.db))
        # Without the lexicon the same words are somebody else's: that is said.
        number = next(csv.DictReader(io.StringIO(self.ok("timeline", "FRA", "--format", "csv", "--db", self.db))))["id"]
        why = json.loads(self.ok("event", number, "--explain", "--format", "jsonl", "--db", self.db))
        self.assertEqual(why["mentions"][0]["outcome"], "OTHER_CODER")
        why = json.loads(self.ok("event", number, "--explain", "--lexicon", mine, "--format", "jsonl", "--db", self.db))
        self.assertEqual(why["mentions"][0]["outcome"], "EXPLAINED")
        self.fails("ingest", "--server", "127.0.0.1:1", "--lexicon", mine, text, part="--lexicon needs a store")

    def test_a_table_of_ones_own_and_what_is_wrong_in_it(self):
        table = self.path("mine.tsv", "name\tcode\ttype\nSample Alliance\tSWEPTY\torganization\n")
        mine = self.path("mine")
        self.assertIn("organizations", self.ok("lexicon", "import", table, "--output", mine))
        self.assertEqual(json.loads(self.ok("actors", "resolve", "Sample Alliance", "--lexicon", mine))["code"], "SWEPTY")
        with open(os.path.join(mine, "organizations.tsv"), "a") as out:
            out.write("org:sample-alliance\tORGANIZATION\tSWE\tREB\tSample Alliance\t\t2001\t\n")
        code, out, err = self.run_entente("lexicon", "check", mine)
        self.assertEqual(code, 1)
        self.assertRegex(out, r"organizations\.tsv:\d+:1: error: org:sample-alliance is SWEREB here and SWEPTY")
        self.assertIn("1 error", err)
        self.fails("lexicon", "check", self.path("nowhere"), part="no such folder")
        self.fails("code", table, "--lexicon", self.path("nowhere"), part="no such folder")

    # --- curation, and the past ---

    def test_acts_of_a_curator_and_the_past(self):
        self.ingest()
        db = ["--db", self.db]
        why = ["--author", "ann", "--reason", "because", *db]
        timeline = ["timeline", "PRK", "RUS", "--format", "csv", *db]
        before = self.ok(*timeline)
        meeting = next(row for row in csv.DictReader(io.StringIO(before)) if row["type"] == "meeting")["id"]
        self.fails("curate", "correct", meeting, "--status", "denied", "--author", "ann", *db, part="--reason", code=2)
        self.assertIn("1 event changed", self.ok("curate", "correct", meeting, "--status", "denied", *why))
        self.assertIn("DENIED", self.ok("event", meeting, "--format", "csv", *db))
        self.assertIn("Revision 4: merge", self.ok("curate", "merge-actors", "person:kim-jong-un", "RUS", *why))
        self.assertIn(meeting, self.ok("timeline", "RUS", "--format", "csv", *db))
        self.assertIn("0 events changed", self.ok("curate", "alias", "PRK", "--add", "Choson", *why))
        self.assertIn("PRK", self.ok("actors", "search", "choson", *db))
        self.assertIn("retract", self.ok("curate", "retract", "b1", *why))
        self.assertNotIn("aid", self.ok(*timeline))
        self.assertIn("sound", self.ok("verify", *db))
        self.assertEqual(self.ok(*timeline, "--as-of", "2"), before)  # as it was
        for revision in ["4", "3", "6", "5"]:  # in any order
            self.ok("curate", "undo", revision, *why)
        self.fails("curate", "undo", "4", *why, part="already")
        self.assertEqual(self.ok(*timeline), before)
        self.assertEqual(len(self.ok("curate", "list", *db).splitlines()), 8)
        self.assertEqual([line.split()[0] for line in self.ok("log", "--after", "8", *db).splitlines()], ["9", "10"])
        self.assertIn("sound", self.ok("verify", *db))
        # What is forgotten says so.
        self.assertIn("is now 10", self.ok("compact", "--history-before", "10", *db))
        self.fails(*timeline, "--as-of", "2", part="the oldest revision that can be asked is 10")
        self.assertEqual(self.ok(*timeline, "--as-of", "10"), before)

    # --- backups ---

    def test_a_backup_is_listed_and_becomes_a_store_again(self):
        self.ingest()
        before = self.ok("timeline", "PRK", "--format", "jsonl", "--db", self.db)
        backup = self.path("backups/first")
        self.assertIn("revision 2", self.ok("backup", backup, "--db", self.db))
        self.path("c.txt", "France condemned Russia on Monday.\n")
        self.ok("ingest", "--db", self.db, "--date", "2024-07-01", self.path("c.txt"))
        self.assertIn("revision 3", self.ok("backup", self.path("backups/second"), ENTENTE_DB=self.db))
        self.path("backups/notes.txt", "not a backup\n")
        listed = self.ok("backups", self.path("backups")).splitlines()
        self.assertEqual([line.split()[0] for line in listed], ["BACKUP", "first", "second"])

        copy = self.path("copy.db")
        self.assertIn("revision 2", self.ok("restore", backup, "--db", copy))
        self.assertEqual(self.ok("timeline", "PRK", "--format", "jsonl", "--db", copy), before)
        self.assertIn("sound", self.ok("verify", "--db", copy))
        self.fails("restore", backup, "--db", self.db, part="--replace")
        self.assertIn("revision 2", self.ok("restore", backup, "--db", self.db, "--replace"))
        self.assertEqual(self.ok("timeline", "PRK", "--format", "jsonl", "--db", self.db), before)

    def test_backups_that_cannot_be(self):
        self.ingest()
        backup = self.path("backup")
        self.ok("backup", backup, "--db", self.db)
        self.fails("backup", backup, "--db", self.db, part="is there already")
        self.fails("backup", os.path.join(self.db, "inside"), "--db", self.db, part="within the store")
        self.fails("backup", self.path("b"), "--db", self.path("nowhere"), part="nowhere")
        self.fails("backup", self.path("b"), part="--db", code=2)
        self.fails("backup", "--db", self.db, part="TO", code=2)
        self.fails("restore", self.path("nowhere"), "--db", self.path("r"), part="no such directory")
        self.fails("restore", self.folder.name, "--db", self.path("r"), part="not a backup")
        self.fails("restore", backup, "--db", os.path.join(backup, "r"), part="within the backup")
        self.fails("restore", backup, part="--db", code=2)
        self.fails("backups", self.path("nowhere"), part="cannot list")
        os.makedirs(self.path("mine"))
        self.path("mine/letter.txt", "not a store\n")
        self.fails("restore", backup, "--db", self.path("mine"), "--replace", part="not a store")
        server, _ = self.serve("--db", self.db)
        self.fails("backup", self.path("b"), "--db", self.db, part="use")
        self.fails("restore", backup, "--db", self.db, "--replace", part="use")
        server.send_signal(signal.SIGTERM)
        self.assertEqual(server.wait(timeout=30), 0)
        # A damaged backup changes nothing.
        for name in os.listdir(os.path.join(backup, "db")):
            if name.endswith(".sst"):
                path = os.path.join(backup, "db", name)  # a hard link: not in place, the store has it too
                os.unlink(path)
                with open(path, "wb") as out:
                    out.write(b"damaged")
        self.fails("restore", backup, "--db", self.path("r"), part="")
        self.assertFalse(os.path.exists(self.path("r")))
        self.assertIn("sound", self.ok("verify", "--db", self.db))

    def test_searching_by_words_and_by_names_with_typing_errors(self):
        self.ingest()
        events = [json.loads(line) for line in self.ok(
            "search", "weapons -condemned", "--db", self.db, "--format", "jsonl", "--mentions").splitlines()]
        self.assertTrue(events)
        for event in events:
            self.assertTrue(any("weapons" in m["sentence_text"] for m in event["mentions"]), event)
        self.assertIn("Putin", self.ok("search", '"vladimir putin" met', "--db", self.db))
        self.assertEqual(self.ok("search", "weapons", "--actor", "USA", "--to", "1950-01-01", "--db", self.db), "")
        self.fails("search", '"no end', "--db", self.db, part="has no end")
        self.assertIn("Vladimir Putin", self.ok("actors", "search", "vladmir", "--db", self.db))
        self.assertIn("format", self.ok("upgrade", "--db", self.db))

    def test_indexes_can_be_made_again(self):
        self.ingest()
        questions = [["timeline", "PRK", "RUS"], ["summary", "PRK"], ["search", "weapons"], ["actors", "search", "kim"]]
        before = [self.ok(*question, "--db", self.db) for question in questions]
        self.assertIn("every index", self.ok("rebuild", "--db", self.db))
        self.assertIn("sound", self.ok("verify", "--db", self.db))
        self.assertEqual([self.ok(*question, "--db", self.db) for question in questions], before)
        self.fails("rebuild", "--db", self.path("nowhere"), part="no such directory")

    def test_a_server_answers_the_same(self):
        self.ingest()
        direct = self.ok("timeline", "PRK", "--format", "jsonl", "--db", self.db)
        server, address = self.serve("--db", self.db)
        self.assertEqual(self.ok("timeline", "PRK", "--format", "jsonl", "--server", address), direct)
        self.assertEqual(self.ok("timeline", "PRK", "--format", "jsonl", ENTENTE_SERVER=address), direct)
        self.fails("timeline", "PRK", "--db", self.db, part="use")  # a second process on the same store
        server.send_signal(signal.SIGTERM)
        self.assertEqual(server.wait(timeout=30), 0)
        self.assertIn("the store is closed", server.stderr.read())
        self.assertEqual(self.ok("timeline", "PRK", "--format", "jsonl", "--db", self.db), direct)

    def test_ingesting_over_the_wire(self):
        server, address = self.serve("--db", self.db, "--create")
        self.assertIn("1 stored", self.ok("ingest", "--server", address, "--date", "2019-04-26", "-", stdin=TEXT))
        self.assertIn("Meeting", self.ok("timeline", "PRK", "--server", address))
        server.send_signal(signal.SIGINT)
        self.assertEqual(server.wait(timeout=30), 0)

    def test_code_stores_nothing_and_keeps_spans(self):
        self.assertIn("Meeting", self.ok("code", "-", "--date", "2019-04-26", stdin=TEXT))
        records = self.path("in.jsonl", "".join(
            json.dumps({"id": f"r{i}", "text": TEXT, "date": "2019-04-26"}) + "\n" for i in range(300)))
        output = self.path("out.jsonl")
        self.ok("code", "--input", records, "--output", output)
        with open(output, encoding="utf-8") as lines:
            coded = [json.loads(line) for line in lines]
        self.assertEqual([r["id"] for r in coded], [f"r{i}" for i in range(300)])
        dyad = [d for e in coded[7]["events"] for d in e["dyads"]][0]
        for side in ("source", "target"):
            self.assertEqual(TEXT[dyad[side]["start"]:dyad[side]["end"]], dyad[side]["text"])

    def test_eval_scores_gold(self):
        gold = [{"id": "a", "text": "France condemned Russia.", "date": None, "kind": "pair",
                 "gold": [{"source_span": [0, 6], "target_span": [17, 23], "root": "ACCUSE"}]},
                {"id": "b", "text": "The weather was fine.", "kind": "triple", "gold": []}]
        path = self.path("gold.jsonl", "".join(json.dumps(r) + "\n" for r in gold))
        coded = self.path("coded.jsonl")
        self.ok("code", "--input", path, "--output", coded)
        at_once = self.ok("eval", path, "--json")
        self.assertEqual(self.ok("eval", path, coded, "--json"), at_once)
        figures = json.loads(at_once)
        self.assertEqual(figures["pair"]["accuracy"], 1)
        self.assertEqual(figures["triple"]["records_right"], 1)
        self.assertEqual(figures["reliability"]["dyads"], 1)
        self.assertEqual(json.loads(self.ok("eval", path, "--json", "--min-confidence", "1"))["pair"]["covered"], 0)
        self.assertIn("macro-F1             1.000", self.ok("eval", path))
        empty = self.path("empty.jsonl", '{"id": "z", "events": []}\n')
        code, out, err = self.run_entente("eval", path, empty, "--errors", "5")
        self.assertEqual(code, 0)
        self.assertIn("2 of 2 gold records have no prediction", out)
        self.assertIn("a: wanted ACCUSE, got nothing", out)
        self.assertIn("1 record of", err)

    def test_fitting_the_confidence(self):
        text = "France condemned Russia. Norway praised Chile. Peru sanctioned Mali and Niger arrested Ghana's envoy."
        pair = {"source_span": [0, 6], "target_span": [17, 23], "root": "ACCUSE"}
        gold = self.path("gold.jsonl", "".join(
            json.dumps({"id": str(i), "text": text + " " * i, "kind": "pair", "gold": [pair]}) + "\n" for i in range(30)))
        fitted = self.path("confidence.tsv")
        out = self.ok("eval", gold, "--fit-confidence", fitted)
        self.assertIn("Reliability of", out)
        with open(fitted, encoding="utf-8") as lines:
            self.assertIn("feature\tcoefficient\n", list(lines))
        self.fails("eval", gold, gold, "--fit-confidence", fitted, part="leave out PRED", code=2)
        few = self.path("few.jsonl", json.dumps({"id": "1", "text": text, "kind": "pair", "gold": [pair]}) + "\n")
        self.fails("eval", few, "--fit-confidence", fitted, part="that are right")

    def test_fitting_the_model_of_pairs(self):
        texts = [("France condemned Russia near Norway on day %d.", [(0, 6, 17, 23, "ACCUSE")]),
                 ("Peru and Chile share a border with Bolivia on page %d.", [])]
        gold = self.path("gold.jsonl", "".join(
            json.dumps({"id": f"{i}-{n}", "text": text % n, "kind": "pair",
                        "gold": [{"source_span": [a, b], "target_span": [c, d], "root": root} for a, b, c, d, root in pairs]})
            + "\n" for n in range(120) for i, (text, pairs) in enumerate(texts)))
        fitted = self.path("pairs.tsv")
        out = self.ok("eval", gold, "--fit-pairs", fitted)
        self.assertIn("in 240 texts, of which 120 are in the gold", out)
        with open(fitted, encoding="utf-8") as lines:
            rows = dict(line.split("\t")[:2] for line in lines if line[0] != "#" and line.count("\t") == 2)
        self.assertEqual(rows.pop("feature"), "related")
        self.assertGreater(float(rows["top frame=condemn|nsubj|obj"]), 0.1)
        self.assertLess(float(rows["about=border"]), 0)
        self.fails("eval", gold, gold, "--fit-pairs", fitted, part="leave out PRED", code=2)
        few = self.path("few.jsonl", open(gold, encoding="utf-8").readline())
        self.fails("eval", few, "--fit-pairs", fitted, part="at least 100")

    def test_eval_says_what_is_wrong_with_gold(self):
        bad = self.path("bad.jsonl", '{"id": "a", "text": "x", "kind": "pair", "gold": []}\n{"id": "b"}\n\n'
                                     '{"id": "a", "text": "y", "kind": "code", "gold": []}\n')
        code, out, err = self.run_entente("eval", bad)
        self.assertEqual((code, out), (1, ""))
        self.assertIn("bad.jsonl:2: no \"text\"", err)
        self.assertIn("bad.jsonl:4: the id \"a\" came before", err)
        self.assertIn("2 bad lines; nothing was scored", err)
        self.fails("eval", self.path("none.jsonl"), part="none.jsonl")
        self.fails("eval", self.path("void.jsonl", ""), part="has no records")
        self.fails("eval", "-", "-", part="cannot both", code=2)

    def test_parse_and_resolve(self):
        self.assertIn("root VERB", self.ok("parse", "-", stdin=TEXT))
        self.assertIn("\tnsubj\t", self.ok("parse", "-", "--format", "conllu", stdin=TEXT))
        actor = json.loads(self.ok("actors", "resolve", "the Russian president", "--date", "2010-05-01"))
        self.assertEqual(actor["actor"], "person:dmitry-medvedev")

    # --- bad input ---

    def test_inputs_that_are_no_articles(self):
        cases = [("missing.txt", None, "missing.txt"), ("binary.txt", b"\x7fELF\x00\x01\x02\x03" * 64, "binary"),
                 ("empty.txt", "", "empty.txt"), ("date.jsonl", '{"text": "x", "date": "2023-02-30"}\n', "date"),
                 ("bad.jsonl", '{"text": "Kim"\n', "bad.jsonl:1")]
        for name, content, part in cases:
            with self.subTest(name):
                self.fails("code", self.path(name, content), part=part)
                got, _, err = self.run_entente("ingest", "--db", self.db, self.path(name, content))
                self.assertEqual(got, 1)
                self.assertIn(part, err)
        self.fails("code", self.folder.name, part="directory")

    def test_a_bad_line_is_quarantined_and_the_rest_is_stored(self):
        good = [json.dumps({"id": f"g{i}", "text": f"Kim Jong Un met Vladimir Putin. Day {i}."}) for i in range(3)]
        records = self.path("mixed.jsonl", "\n".join([good[0], "{broken", good[1], '{"id": "x"}', good[2]]) + "\n")
        bad = self.path("bad.jsonl")
        code, out, err = self.run_entente("ingest", "--db", self.db, "--quarantine", bad, records)
        self.assertEqual(code, 1)
        self.assertIn("3 stored", out)
        self.assertIn("2 rejected", out)
        self.assertIn("mixed.jsonl:2", err)
        with open(bad, encoding="utf-8") as lines:
            self.assertEqual([json.loads(line)["record"] for line in lines], ["{broken", '{"id": "x"}'])

    def test_stores_that_are_none(self):
        self.fails("timeline", "PRK", "--db", self.path("nowhere"), part="nowhere")
        self.path("stray.txt", "x")
        self.fails("timeline", "PRK", "--db", self.folder.name, part="store")
        self.fails("ingest", "--db", self.folder.name, self.path("a.txt", TEXT), part="store")

    def test_a_server_that_is_not_there(self):
        begin = time.monotonic()
        self.fails("timeline", "PRK", "--server", "127.0.0.1:1", part="127.0.0.1:1")
        self.assertLess(time.monotonic() - begin, 15)

    def test_a_server_never_listens_openly_unasked(self):
        self.fails("serve", "--db", self.db, "--create", "--listen", "0.0.0.0:0", part="--insecure")

    def test_actors_that_are_not_known(self):
        self.ingest()
        self.fails("timeline", "Kim Jong Um", "--db", self.db, part="Kim Jong Un")
        self.fails("relationship", "PRK", "Atlantis", "--db", self.db, part="Atlantis")
        self.fails("event", "999999", "--db", self.db, part="999999")
        self.fails("timeline", "Kim", "--db", self.db, part="did you mean Kim Jong Un?")
        self.fails("timeline", "PRK", "Kim", "--db", self.db, part="did you mean Kim Jong Un?")
        self.fails("timeline", "Ōé", "--db", self.db, part="no actor 'Ōé'")
        _, _, said = self.run_entente("path", "Xyzzyq", "Qyzzyx", "--db", self.db)
        self.assertEqual(said.count("entente actors search"), 1, said)
        self.assertNotIn("Qyzzyx", said)

    def test_filters_that_make_no_sense(self):
        self.ingest()
        self.fails("timeline", "PRK", "--type", "meetin", "--db", self.db, part="did you mean meeting?")
        self.fails("timeline", "PRK", "--type", "xyz", "--db", self.db, part="entente types")
        self.fails("timeline", "PRK", "--from", "2023-13-01", "--db", self.db, part="--from: no such day", code=2)
        self.fails("actors", "search", "kim", "--limit", "5000", "--db", self.db, part="1000", code=2)
        self.fails("timeline", os.fsdecode(b"Ki\xff"), "--db", self.db, part="not UTF-8", code=2)
        self.fails("timeline", "PRK", "--min-goldstein", "11", "--db", self.db, part="--min-goldstein", code=2)
        self.fails("timeline", "PRK", "--min-goldstein", "2", "--max-goldstein", "1", "--db", self.db, part="exchange")
        kind = [json.loads(line) for line in self.ok(
            "timeline", "RUS", "--max-goldstein", "-0.5", "--format", "jsonl", "--db", self.db).splitlines()]
        self.assertEqual([(e["type"], e["goldstein"] < 0) for e in kind], [("criticism", True)])
        self.assertIn("Meeting", self.ok("timeline", "PRK", "--type", "meeting", "--type", "aid", "--db", self.db))

    def test_a_port_that_is_taken(self):
        _, address = self.serve("--db", self.db, "--create")
        code, _, err = self.run_entente("serve", "--db", self.path("other.db"), "--create", "--listen", address)
        self.assertEqual(code, 1)
        self.assertEqual(err.count("\n"), 1, err)
        self.assertIn(address, err)

    def test_an_article_is_wrapped_for_a_terminal(self):
        self.ingest()
        leader, follower = pty.openpty()
        self.addCleanup(os.close, leader)
        with os.fdopen(follower, "wb") as out:
            subprocess.run([BINARY, "article", "b1", "--db", self.db], stdout=out, check=True, timeout=60,
                           env=environment(COLUMNS="40", NO_COLOR="1"))
            shown = os.read(leader, 65536).decode()
        lines = shown.replace("\r\n", "\n").split("\n")
        self.assertLessEqual(max(map(len, lines)), 40, shown)
        self.assertIn(OTHER.strip(), " ".join(lines))

    def test_a_reader_that_goes_away(self):
        records = self.path("many.jsonl", "".join(
            json.dumps({"id": f"r{i}", "text": TEXT + f"Day {i}."}) + "\n" for i in range(1000)))
        process = subprocess.Popen([BINARY, "code", records, "--format", "jsonl"], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, env=environment())
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
        process.stderr.close()
        self.assertEqual(process.wait(timeout=60), 1)
        self.assertEqual(err.count("\n"), 1, err)
        self.assertIn("Broken pipe", err)


if __name__ == "__main__":
    unittest.main(verbosity=2)
