"""Tests of tools/treebank/make_news.py: its trees are trees, its forms are English, and the same seed
gives the same sentences. WordNet's list of irregular forms is replaced by a small one."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools/treebank"))
import make_news  # noqa: E402  (found through the path above)

EXCEPTIONS = "banned ban\nbanning ban\nbarred bar\nbarring bar\nwent go\nwept weep\n"


def sentences(conllu):
    for block in conllu.strip().split("\n\n"):
        yield [line.split("\t") for line in block.splitlines() if not line.startswith("#")]


class MakeNewsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        (pathlib.Path(cls.folder.name) / "verb.exc").write_text(EXCEPTIONS)
        cls.verbs = make_news.Verbs(cls.folder.name)
        cls.output = cls.run_program("--count", "300", "--seed", "5")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def run_program(cls, *arguments):
        command = [sys.executable, ROOT / "tools/treebank/make_news.py", "--wordnet", cls.folder.name, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def test_every_sentence_is_a_tree_with_one_root(self):
        count = 0
        for words in sentences(self.output):
            count += 1
            heads = [int(word[6]) for word in words]
            self.assertEqual([i + 1 for i in range(len(words))], [int(word[0]) for word in words])
            self.assertEqual(heads.count(0), 1)
            for i, head in enumerate(heads):
                self.assertNotEqual(head, i + 1)
                self.assertEqual(head == 0, words[i][7] == "root")
                steps = 0
                while head:
                    head, steps = heads[head - 1], steps + 1
                    self.assertLessEqual(steps, len(words))
        self.assertEqual(count, 300)

    def test_trees_are_projective(self):
        for words in sentences(self.output):
            arcs = [sorted((int(word[0]), int(word[6]))) for word in words if word[6] != "0"]
            for low, high in arcs:
                self.assertFalse(any(low < a < high < b for a, b in arcs), words)

    def test_same_seed_same_sentences(self):
        self.assertEqual(self.output, self.run_program("--count", "300", "--seed", "5"))
        self.assertNotEqual(self.output, self.run_program("--count", "300", "--seed", "6"))

    def test_inflection(self):
        for lemma, tag, form in [("condemn", "VBD", "condemned"), ("ban", "VBD", "banned"), ("ban", "VBG", "banning"),
                                 ("free", "VBN", "freed"), ("deny", "VBZ", "denies"), ("deny", "VBD", "denied"),
                                 ("seize", "VBG", "seizing"), ("flee", "VBG", "fleeing"), ("give", "VBN", "given"),
                                 ("reach", "VBZ", "reaches"), ("withdraw", "VBD", "withdrew"), ("agree", "VBG", "agreeing")]:
            self.assertEqual(self.verbs.inflect(lemma, tag), form)
        # What it cannot spell it leaves out.
        self.assertFalse(self.verbs.known("weep"))
        self.assertTrue(self.verbs.known("condemn"))

    def test_frames_come_from_the_rules(self):
        frames = make_news.Frames(self.verbs)
        self.assertGreater(len(frames.lemmas), 500)
        self.assertIn(("condemn", ""), frames.lemmas)
        self.assertIn(("turn", "down"), frames.lemmas)


if __name__ == "__main__":
    unittest.main()
