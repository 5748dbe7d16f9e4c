#!/usr/bin/env python3
"""Makes sentences in the manner of news agencies, with their trees, for training the parser.

    python3 tools/treebank/make_news.py --wordnet /usr/share/wordnet --count 6000 --seed 1 > news.conllu

The treebanks that the language model learns from have few verbs of war and diplomacy and few leads of
agency reports, so the parser takes "court" in "A Zimbabwean court on Tuesday freed activist pastor
Evan Mawarire" for the root and "freed" for an adjective. This program writes such sentences from a
small grammar: the verbs with their frames and the words of their objects come from data/coder/*.rules,
the names from data/lexicon, irregular forms from WordNet's verb.exc. The trees follow the conventions
of UD English EWT and are right by construction.

With --treebank it also copies sentences of treebanks with verbs and names put in place of theirs
(--substituted says how many), so that the new verbs are seen in the shapes of real sentences too.

The output is CoNLL-U with words, UPOS, XPOS, head and relation, and is the same for the same data and
seed. It needs nothing but Python's standard library. `entente-train parser --extra news.conllu` learns
from it (docs/language_model.md has what that gave).
"""
import argparse
import pathlib
import random
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
VOWELS = "aeiou"


# --- Words ------------------------------------------------------------------------------------------

def read_table(name):
    """The rows of data/lexicon/NAME.tsv as dictionaries."""
    lines = (ROOT / "data/lexicon" / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    lines = [line for line in lines if line and not line.startswith("#")]
    columns = lines[0].split("\t")
    return [dict(zip(columns, line.split("\t"))) for line in lines[1:]]


class Verbs:
    """Inflection: irregular and doubling forms from WordNet's verb.exc, the rest by spelling."""

    def __init__(self, wordnet):
        self.forms = {}
        for line in (pathlib.Path(wordnet) / "verb.exc").read_text().splitlines():
            form, lemma = line.split()[:2]
            self.forms.setdefault(lemma, []).append(form)
        # Where WordNet has two forms, or does not say which is which.
        self.past = {"be": ("was", "been"), "lead": ("led", "led"), "hold": ("held", "held"),
                     "seek": ("sought", "sought"), "bring": ("brought", "brought"), "put": ("put", "put"),
                     "cut": ("cut", "cut"), "hit": ("hit", "hit"), "set": ("set", "set"), "let": ("let", "let"),
                     "shut": ("shut", "shut"), "quit": ("quit", "quit"), "split": ("split", "split"),
                     "have": ("had", "had"), "pay": ("paid", "paid"), "lay": ("laid", "laid"), "say": ("said", "said"),
                     "free": ("freed", "freed"), "agree": ("agreed", "agreed"), "flee": ("fled", "fled"),
                     "sell": ("sold", "sold"), "tell": ("told", "told"), "fight": ("fought", "fought"),
                     "win": ("won", "won"), "meet": ("met", "met"), "send": ("sent", "sent"), "lend": ("lent", "lent"),
                     "build": ("built", "built"), "strike": ("struck", "struck"), "shoot": ("shot", "shot"),
                     "catch": ("caught", "caught"), "hang": ("hanged", "hanged"), "burn": ("burned", "burned"),
                     "cast": ("cast", "cast"), "bid": ("bid", "bid"), "broadcast": ("broadcast", "broadcast"),
                     "buy": ("bought", "bought"), "find": ("found", "found"), "keep": ("kept", "kept"),
                     "leave": ("left", "left"), "lose": ("lost", "lost"), "make": ("made", "made"),
                     "stand": ("stood", "stood"), "spend": ("spent", "spent"), "withhold": ("withheld", "withheld"),
                     "uphold": ("upheld", "upheld"), "oversee": ("oversaw", "overseen"),
                     "withdraw": ("withdrew", "withdrawn"), "overthrow": ("overthrew", "overthrown"),
                     "give": ("gave", "given"), "take": ("took", "taken"), "break": ("broke", "broken"),
                     "drive": ("drove", "driven"), "seize": ("seized", "seized"), "throw": ("threw", "thrown"),
                     "fly": ("flew", "flown"), "draw": ("drew", "drawn"), "begin": ("began", "begun"),
                     "blow": ("blew", "blown"), "choose": ("chose", "chosen"), "come": ("came", "come"),
                     "go": ("went", "gone"), "freeze": ("froze", "frozen"), "forbid": ("forbade", "forbidden"),
                     "forgive": ("forgave", "forgiven"), "know": ("knew", "known"), "overrun": ("overran", "overrun"),
                     "run": ("ran", "run"), "see": ("saw", "seen"), "shake": ("shook", "shaken"), "show": ("showed", "shown"),
                     "sink": ("sank", "sunk"), "speak": ("spoke", "spoken"), "steal": ("stole", "stolen"),
                     "strive": ("strove", "striven"), "swear": ("swore", "sworn"), "tear": ("tore", "torn"),
                     "undertake": ("undertook", "undertaken"), "wear": ("wore", "worn"), "write": ("wrote", "written"),
                     "do": ("did", "done"), "beat": ("beat", "beaten"), "override": ("overrode", "overridden"),
                     "undergo": ("underwent", "undergone"), "rise": ("rose", "risen"), "fall": ("fell", "fallen"),
                     "hide": ("hid", "hidden"), "forget": ("forgot", "forgotten"), "get": ("got", "got"),
                     "ride": ("rode", "ridden"), "bite": ("bit", "bitten"), "grow": ("grew", "grown"),
                     "unfreeze": ("unfroze", "unfrozen"), "slay": ("slew", "slain"), "sing": ("sang", "sung")}

    def doubled(self, lemma):
        """Whether the last letter doubles: WordNet lists those forms ("banned")."""
        return any(form == lemma + lemma[-1] + "ed" for form in self.forms.get(lemma, ()))

    def inflect(self, lemma, tag):
        if tag in ("VB", "VBP"):
            return lemma
        if tag == "VBZ":
            if lemma == "have":
                return "has"
            if re.search(r"(s|sh|ch|x|z|o)$", lemma):
                return lemma + "es"
            return lemma[:-1] + "ies" if re.search(r"[^aeiou]y$", lemma) else lemma + "s"
        if tag == "VBG":
            if lemma.endswith("ie"):
                return lemma[:-2] + "ying"
            if self.doubled(lemma) or any(f == lemma + lemma[-1] + "ing" for f in self.forms.get(lemma, ())):
                return lemma + lemma[-1] + "ing"
            return (lemma[:-1] if re.search(r"[^eoy]e$", lemma) else lemma) + "ing"
        if lemma in self.past:
            return self.past[lemma][tag == "VBN"]
        if self.doubled(lemma):
            return lemma + lemma[-1] + "ed"
        if lemma.endswith("e"):
            return lemma + "d"
        return lemma[:-1] + "ied" if re.search(r"[^aeiou]y$", lemma) else lemma + "ed"

    def known(self, lemma):
        """Whether the past is one that this program can spell."""
        irregular = [f for f in self.forms.get(lemma, ()) if not f.endswith(("ed", "ing", "es", "s"))]
        return lemma in self.past or not irregular


# --- Frames of verbs from the rules -----------------------------------------------------------------

class Frames:
    """(verb, particle, object, obliques) of the verb rules; an object or oblique is "actor" or words."""

    def __init__(self, verbs):
        self.classes, self.frames = {}, {}
        for path in sorted((ROOT / "data/coder").glob("*.rules")):
            for line in self.logical_lines(path):
                self.read(line, verbs)
        self.lemmas = sorted(self.frames)

    @staticmethod
    def logical_lines(path):
        lines = []
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.strip() or line.startswith("#"):
                continue
            if line[0] in " \t" and lines:
                lines[-1] += " " + line.strip()
            else:
                lines.append(line.strip())
        return lines

    def words(self, text):
        found = []
        for word in text.split("|"):
            found += self.classes.get(word[1:], []) if word.startswith("$") else [word.replace("+", " ")]
        return [w for w in found if re.fullmatch(r"[a-z][a-z -]*", w)]

    def read(self, line, verbs):
        match = re.match(r"class (\w+) = (.*)", line)
        if match:
            self.classes[match[1]] = [w.strip() for w in match[2].split(",")]
            return
        match = re.match(r"[\w.-]+: +(.*)", line)
        if not match or line.startswith(("embed", "modifier", "modal", "forms")):
            return
        pattern, *options = match[1].split(" ; ")
        if any(o.strip().startswith("weight=0.0") for o in options):
            return
        parts = pattern.split()
        if not parts or not parts[0].startswith("{") or "comp" in pattern or len(parts) < 2:
            return
        triggers = self.classes.get(parts[1][1:]) if parts[1].startswith("$") else parts[1].split("|")
        frame = self.frame_of(parts[2:])
        if frame is None or triggers is None:
            return
        for trigger in triggers:
            lemma, _, particle = trigger.partition("_")
            if re.fullmatch(r"[a-z-]+", lemma) and verbs.known(lemma) and lemma not in ("be", "have"):
                self.frames.setdefault((lemma, particle), []).append(frame)

    def frame_of(self, parts):
        """(object, [(prepositions, words)]) of what follows the trigger; None if it is not plain."""
        known = {"to", "on", "in", "with", "from", "of", "against", "for", "at", "over", "into", "about", "by",
                 "toward", "towards", "across", "between", "near", "under", "through", "as", "onto", "within"}
        obj, obliques, prepositions = None, [], None
        for part in parts:
            words = part.split("|")
            if all(w in known for w in words):
                if prepositions:
                    return None
                prepositions = [w for w in words if w != "between"]
                continue
            if part == "*":
                content = ["*"]
            elif part[0] in "{<":
                inner = part[1:].rstrip(">}").split(":", 1)
                content = self.words(inner[1]) if len(inner) > 1 else ["*actor"]
            else:
                content = self.words(part)
            if not content:
                return None
            if prepositions is None:
                if obj is not None:
                    return None
                obj = content
            else:
                if not prepositions:
                    return None
                obliques.append((prepositions, content))
                prepositions = None
        return None if prepositions else (obj, obliques)


# --- Trees ------------------------------------------------------------------------------------------

class Node:
    def __init__(self, form, upos, xpos, left=(), right=()):
        self.form, self.upos, self.xpos = form, upos, xpos
        self.left, self.right = list(left), list(right)  # (relation, Node)
        self.plural = False

    def before(self, relation, node):
        self.left.append((relation, node))
        return self

    def front(self, relation, node):
        self.left.insert(0, (relation, node))
        return self

    def after(self, relation, node):
        self.right.append((relation, node))
        return self


def linear(root):
    """The words with head and relation, from left to right."""
    order = []

    def walk(node):
        for _, child in node.left:
            walk(child)
        order.append(node)
        for _, child in node.right:
            walk(child)

    walk(root)
    number = {id(node): i + 1 for i, node in enumerate(order)}
    rows = {id(root): (0, "root")}
    for node in order:
        for relation, child in node.left + node.right:
            rows[id(child)] = (number[id(node)], relation)
    return [(node, *rows[id(node)]) for node in order]


def punct(mark=","):
    return Node(mark, "PUNCT", mark)


def adp(word):
    return Node(word, "ADP", "IN")


def noun_tag(plural):
    return "NNS" if plural else "NN"


class Grammar:
    THINGS = ("decision plan statement resolution report policy law move effort attempt ruling offer claim proposal "
              "bid campaign programme crackdown offensive operation investigation inquiry request vote meeting").split()
    # What stands behind these nouns with these prepositions is theirs, whatever the verb: "welcomed the visit to Syria".
    COMPLEMENTS = {"to": "visit trip tour journey return response threat access opposition embassy ambassador envoy "
                         "commitment approach challenge".split(),
                   "with": "talks meeting ties relations war cooperation alliance border negotiations summit partnership "
                           "dispute ceasefire dialogue conflict".split(),
                   "on": "decision statement resolution report policy law ban attack sanctions assault embargo vote ruling "
                         "talks restrictions position pressure crackdown".split(),
                   "for": "support responsibility plan proposal request bid call demand plans campaign calls".split(),
                   "against": "campaign offensive sanctions resolution operation crackdown war attack vote".split(),
                   "in": "war embassy coup elections fighting involvement role presence interference".split(),
                   "into": "investigation inquiry probe incursion".split()}
    # Offices that are held somewhere: "Ambassador to South Korea Philip Goldberg".
    OFFICES = {"to": "Ambassador Envoy Representative ambassador envoy".split(),
               "of": "President Governor King president governor leader".split(),
               "for": "Commissioner Minister spokesman".split()}
    ADJECTIVES = ("new joint major key senior top local military political economic international strict harsh recent "
                  "fresh alleged controversial temporary permanent nuclear annual regional illegal former").split()
    ADVERBS = ("reportedly unanimously repeatedly formally officially strongly sharply publicly temporarily swiftly also "
               "again recently immediately later finally already").split()
    DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
    MONTHS = "January February April June July August September October November December".split()
    GROUPS = ("troops forces soldiers police officials lawmakers rebels militants protesters workers students refugees "
              "migrants activists journalists prosecutors authorities diplomats villagers civilians prisoners hackers "
              "fighters leaders ministers residents farmers unions judges courts banks companies jets warplanes "
              "demonstrators detainees hostages opposition_leaders police_officers security_forces human_rights_groups "
              "army_officers health_workers government_troops trade_unions aid_workers peacekeepers").split()
    ONES = ("court government parliament army judge president minister ambassador envoy spokesman prosecutor lawmaker "
            "soldier journalist student pastor lawyer dissident activist general commander company bank newspaper "
            "diplomat official senator governor mayor bishop navy police_officer opposition_leader foreign_ministry "
            "supreme_court defence_ministry central_bank aid_agency human_rights_group trade_union news_agency").split()
    TITLES = ("President Minister Ambassador Senator General Governor Chancellor King Secretary Judge Colonel Pope "
              "Premier Mayor Commissioner").split()
    LONG_TITLES = ("Prime_Minister Foreign_Minister Defence_Minister Defense_Secretary Vice_President Interior_Minister "
                   "Finance_Minister Energy_Minister Deputy_Minister Home_Secretary").split()
    LIGHT_TITLES = "activist opposition_leader pastor journalist businessman lawyer singer dissident lawmaker army_chief spokesman".split()
    PLACE_PREPOSITIONS = "in near at outside across".split()
    CAUSES = ("human rights abuses,corruption charges,the nuclear programme,a border dispute,the disputed election,its missile "
              "tests,alleged war crimes,espionage charges,the killing of civilians,press freedom,a trade dispute").split(",")

    def __init__(self, rng, verbs, frames):
        self.rng, self.verbs, self.frames = rng, verbs, frames
        states = read_table("states")
        self.states = [s["name"] for s in states if re.fullmatch(r"[A-Z][A-Za-z]+( [A-Z][a-z]+)?", s["name"])]
        self.demonyms = sorted({d for s in states for d in s["demonyms"].split("|")
                                if re.fullmatch(r"[A-Z][a-z]+(n|sh|se|ch|i|k|an)", d)})
        self.capitals = [s["capital"] for s in states if re.fullmatch(r"[A-Z][a-z]+", s["capital"])]
        self.given = [r["name"] for r in read_table("given_names") if re.fullmatch(r"[A-Z][a-z]+", r["name"])]
        self.surnames = sorted({r["name"].split()[-1] for r in read_table("offices")
                                if re.fullmatch(r"[A-Z][A-Za-z-]+", r["name"].split()[-1])})
        self.organizations = [r["name"] for r in read_table("organizations")
                              if re.fullmatch(r"[A-Z][A-Za-z]*( (of|for|and|the|[A-Z][A-Za-z]+))*", r["name"])]
        self.role_nouns = [r["phrase"] for r in read_table("role_nouns")
                           if r["number"] == "pl" and re.fullmatch(r"[a-z]+( [a-z]+)?", r["phrase"])]

    def chance(self, p):
        return self.rng.random() < p

    def pick(self, items):
        return items[self.rng.randrange(len(items))]

    # --- noun phrases

    def compound(self, words, plural, proper=False):
        """Words of which the last is the head and the others are compounded with it."""
        words = words.replace("_", " ").split()
        tag = ("NNP" if not plural else "NNPS") if proper else noun_tag(plural)
        head = Node(words[-1], "PROPN" if proper else "NOUN", tag)
        above = head
        for word in reversed(words[:-1]):
            # "air defence systems" are systems of air defence.
            adjective = word in ("human", "foreign", "supreme", "central", "humanitarian", "military", "medical", "economic")
            node = Node(word, "ADJ" if adjective else "PROPN" if proper else "NOUN",
                        "JJ" if adjective else "NNP" if proper else "NNS" if word == "rights" else "NN")
            above.front("amod" if adjective else "compound", node)
            if not adjective:
                above = node
        head.plural = plural
        return head

    def determiner(self, head, form=None):
        if form is None:
            form = "the" if head.plural or self.chance(0.5) else "a"
        if form == "a":
            first = head
            while first.left:
                first = first.left[0][1]
            form = "an" if first.form[0].lower() in VOWELS else "a"
        return head.front("det", Node(form, "DET", "DT"))

    def name_chain(self, name):
        """A name in capitals: "Ministry of Defence", "Human Rights Watch"."""
        words = name.split()
        for at, word in enumerate(words):
            if word in ("of", "for") and 0 < at < len(words) - 1:
                rest = words[at + 1:]
                the = rest[0] == "the"
                if the:
                    rest = rest[1:]
                if not rest:
                    break
                head, tail = self.name_chain(" ".join(words[:at])), self.name_chain(" ".join(rest))
                if the:
                    tail.front("det", Node("the", "DET", "DT"))
                return head.after("nmod", tail.front("case", adp(word)))
        if "and" in words[1:-1]:
            at = words.index("and")
            head = Node(words[-1], "PROPN", "NNP")
            first = Node(words[0], "PROPN", "NNP")
            if at == 1 and len(words) >= 4:
                second = Node(words[2], "PROPN", "NNP").before("cc", Node("and", "CCONJ", "CC"))
                first.after("conj", second)
                head.before("compound", first)
                for word in words[3:-1]:
                    head.before("compound", Node(word, "PROPN", "NNP"))
                return head
        plural = len(words) > 1 and words[-1].endswith("s") and not words[-1].endswith("ss")
        head = Node(words[-1], "PROPN", "NNPS" if plural else "NNP")
        for word in words[:-1]:
            adjective = word in self.adjective_names or word in self.demonyms
            head.before("amod" if adjective else "compound",
                        Node(word, "ADJ" if adjective and word in self.demonyms else "PROPN",
                             "JJ" if adjective and word in self.demonyms else "NNP"))
        return head

    adjective_names = {"United", "National", "New", "Human", "Supreme", "European", "African", "International",
                       "Islamic", "Democratic", "Federal", "Central", "Red", "Revolutionary", "Free"}

    def state(self):
        name = self.pick(self.states)
        head = self.name_chain(name)
        if name.startswith("United") or name.endswith(("Islands", "Republic", "Netherlands", "Philippines")):
            self.determiner(head, "the")
        return head

    def us(self):
        return self.determiner(Node(self.pick(["U.S.", "US", "EU", "UN", "U.N.", "UAE"]), "PROPN", "NNP"), "the")

    def organization(self):
        if self.chance(0.25):
            if self.chance(0.3):
                return Node(self.pick("Hamas Hezbollah NATO ECOWAS UNICEF OPEC Amnesty Facebook".split()), "PROPN", "NNP")
            return self.determiner(Node(self.pick("Taliban Kremlin Pentagon Vatican FBI CIA WHO AU DEA IMF PKK".split()),
                                        "PROPN", "NNP"), "the")
        head = self.name_chain(self.pick(self.organizations))
        return self.determiner(head, "the") if self.chance(0.4) else head

    def of_state(self, head):
        """A state before the head: "Turkish", "U.S.", "Albania's"."""
        kind = self.rng.random()
        if kind < 0.6:
            return head.front("amod", Node(self.pick(self.demonyms), "ADJ", "JJ"))
        if kind < 0.7:
            return head.front("compound", self.name_chain(self.pick(self.states)))
        if kind < 0.78:
            return head.front("compound", Node(self.pick(["government", "opposition", "rebel", "police", "army"]), "NOUN", "NN"))
        return head.front("compound", Node(self.pick(["U.S.", "US", "UN", "EU", "U.N."]), "PROPN", "NNP"))

    def possessed(self, head):
        owner = self.state() if self.chance(0.7) else self.person()
        return head.front("nmod:poss", owner.after("case", Node("'s", "PART", "POS")))

    def some(self):
        """Several unnamed ones: "at least 19 Nigerian soldiers", "members of the Taliban"."""
        head = self.compound(self.pick(self.GROUPS) if self.chance(0.7) else self.pick(self.role_nouns), True)
        if self.chance(0.6):
            self.of_state(head)
        elif self.chance(0.2):
            head.front("amod", Node(self.pick(self.ADJECTIVES), "ADJ", "JJ"))
        kind = self.rng.random()
        if kind < 0.12:
            number = Node(str(self.rng.randrange(2, 900)), "NUM", "CD")
            if self.chance(0.4):
                least = Node(self.pick(["least", "most"]), "ADJ", "JJS").before("case", adp("at"))
                head.front("nummod", number.before("nmod", least))
            elif self.chance(0.5):
                more = Node("more", "ADJ", "JJR").after("fixed", adp("than"))
                head.front("nummod", number.before("advmod", more))
            else:
                head.front("nummod", number)
        elif kind < 0.2:
            head.front("nummod", Node(self.pick("two three four five six seven ten".split()), "NUM", "CD"))
        elif kind < 0.35:
            self.determiner(head, "the")
        if self.chance(0.1):
            head = self.compound(self.pick(["members", "leaders", "supporters", "fighters"]), True).after(
                "nmod", self.organization().front("case", adp(self.pick(["of", "from"]))))
        elif self.chance(0.08):
            head.after("nmod", self.place().front("case", adp(self.pick(["in", "from"]))))
        return head

    def one(self):
        """A single unnamed one: "a Zimbabwean court", "Albania's parliament", "a court in Istanbul"."""
        head = self.compound(self.pick(self.ONES), False)
        kind = self.rng.random()
        if kind < 0.25:
            return self.possessed(head)
        if kind < 0.7:
            self.of_state(head)
        elif kind < 0.8:
            head.front("amod", Node(self.pick(self.ADJECTIVES), "ADJ", "JJ"))
        self.determiner(head)
        if self.chance(0.12):
            head.after("nmod", self.place().front("case", adp("in")))
        return head

    def person(self):
        head = Node(self.pick(self.given), "PROPN", "NNP").after("flat", Node(self.pick(self.surnames), "PROPN", "NNP"))
        kind = self.rng.random()
        if kind < 0.35:
            title = Node(self.pick(self.TITLES), "PROPN", "NNP")
        elif kind < 0.55:
            first, last = self.pick(self.LONG_TITLES).split("_")
            title = Node(last, "PROPN", "NNP").before("amod" if first in ("Prime", "Foreign") else "compound", Node(first, "PROPN", "NNP"))
        elif kind < 0.7:
            title = self.compound(self.pick(self.LIGHT_TITLES), False)
        else:
            return head
        if self.chance(0.6):
            self.of_state(title)
        if self.chance(0.06):
            preposition = self.pick(sorted(self.OFFICES))
            title = Node(self.pick(self.OFFICES[preposition]), "PROPN", "NNP")
            if title.form.islower():
                title.upos, title.xpos = "NOUN", "NN"
            if self.chance(0.5):
                self.of_state(title)
            where = self.state() if self.chance(0.7) else self.determiner(self.name_chain("United Nations"), "the")
            title.after("nmod", where.front("case", adp(preposition)))
        return head.front("nmod:desc", title)

    def place(self):
        return Node(self.pick(self.capitals), "PROPN", "NNP") if self.chance(0.5) else self.state()

    def apposition(self, head):
        """", a critic of President X,"; without its closing comma."""
        role = self.determiner(self.compound(self.pick(["critic", "ally", "member", "leader", "supporter", "spokesman", "rival"]), False))
        role.after("nmod", self.simple_actor().front("case", adp("of")))
        return head.after("appos", role.front("punct", punct()))

    def simple_actor(self):
        kind = self.rng.random()
        if kind < 0.28:
            return self.state()
        if kind < 0.34:
            return self.us()
        if kind < 0.5:
            return self.person()
        if kind < 0.68:
            return self.organization()
        if kind < 0.85:
            return self.some()
        return self.one()

    def actor(self, closing=True):
        """(phrase, is plural): now and then coordinated or with an apposition or a clause."""
        head = self.simple_actor()
        plural = head.plural
        kind = self.rng.random()
        if kind < 0.1:
            other = self.simple_actor().front("cc", Node("and", "CCONJ", "CC"))
            head.after("conj", other)
            plural = True
            if self.chance(0.3):
                head.right.insert(len(head.right) - 1, ("conj", self.simple_actor().front("punct", punct())))
        elif kind < 0.16:
            self.apposition(head)
            if closing:
                head.after("punct", punct())
        elif kind < 0.19:
            self.relative(head, plural)
            if closing:
                head.after("punct", punct())
        head.plural = plural
        return head

    def relative(self, head, plural):
        """", who VERBed …"."""
        clause = self.predicate("VBD", depth=2)
        clause.front("nsubj", Node("who", "PRON", "WP")).front("punct", punct())
        head.after("acl:relcl", clause)

    NOUN_PREPOSITIONS = "of of of on by from against in in for with between over".split()
    MIDDLES = ("movement killing arrest government leaders members families withdrawal export use sale treatment number "
               "presence detention release head embassy border people rights demands").split()

    def phrases_of(self, head, depth):
        """What hangs on a noun: "restrictions on the movement of workers in conflict zones"."""
        preposition = self.complement(head) or self.pick(self.NOUN_PREPOSITIONS)
        kind = self.rng.random()
        if preposition == "in" or head.form in ("visit", "trip", "tour", "journey", "return", "embassy"):
            inner = self.place()
        elif kind < 0.65 or depth > 1:
            inner = self.simple_actor() if preposition != "between" else self.actor(closing=False)
        else:
            inner = self.compound(self.pick(self.MIDDLES), False)
            self.determiner(inner, "the")
            self.phrases_of(inner, depth + 1)
        head.after("nmod", inner.front("case", adp(preposition)))
        if depth == 0 and self.chance(0.2):
            head.after("nmod", self.place().front("case", adp("in")))

    def complement(self, head):
        """A preposition that belongs to the noun; None if it has none."""
        own = [p for p, nouns in sorted(self.COMPLEMENTS.items()) if head.form in nouns]
        return self.pick(own) if own else None

    def complemented(self):
        """Nouns that have a preposition of their own."""
        return self.COMPLEMENTS[self.pick(sorted(self.COMPLEMENTS))]

    def thing(self, words):
        """A phrase headed by one of `words`, or any thing: "tariffs on Chinese goods"."""
        if words == ["*actor"]:
            if self.chance(0.72):
                return self.actor(closing=False)
            words = self.THINGS
        if words == ["*"]:
            words = self.THINGS
        if words is self.THINGS and self.chance(0.4):
            words = self.complemented()
        word = self.pick(words)
        plural = word.endswith("s") and not word.endswith("ss")
        if not plural and self.chance(0.3) and re.search(r"[a-z]{3}$", word) and not word.endswith(("y", "s", "h", "x", "f", "e")):
            word, plural = word + "s", True
        head = self.compound(word, plural)
        if self.chance(0.3):
            head.front("amod", Node(self.pick(self.ADJECTIVES), "ADJ", "JJ"))
        kind = self.rng.random()
        if kind < 0.25:
            self.of_state(head)
        owned = 0.25 <= kind < 0.42
        if 0.25 <= kind < 0.35:
            self.possessed(head)
        elif owned:
            head.front("nmod:poss", Node(self.pick(["its", "their", "his"]), "PRON", "PRP$"))
        elif not plural or self.chance(0.25):
            self.determiner(head)
        elif self.chance(0.2):
            head.front("nummod", Node(str(self.rng.randrange(2, 60)), "NUM", "CD"))
        if self.chance(0.7 if self.complement(head) else 0.1 if owned else 0.35):
            self.phrases_of(head, 0)
        if head.form in ("decision", "plan", "request", "offer", "bid", "attempt", "effort", "proposal", "move") and self.chance(0.4):
            head.after("acl", self.predicate("VB", 2).front("mark", Node("to", "PART", "TO")))
        elif self.chance(0.1):
            clause = self.predicate("VBN", depth=2, passive=True)
            head.after("acl", clause)
        elif self.chance(0.1):
            head.after("acl", self.predicate("VBG", depth=2))
        return head

    # --- clauses

    def day(self, bare):
        node = Node(self.pick(self.DAYS), "PROPN", "NNP")
        return node if bare else node.before("case", adp("on"))

    def date(self):
        kind = self.rng.random()
        if kind < 0.7:
            return self.day(bare=self.chance(0.4))
        if kind < 0.85:
            return Node(self.pick(["week", "month", "year"]), "NOUN", "NN").before("amod", Node(self.pick(["last", "this"]), "ADJ", "JJ"))
        return Node(str(self.rng.randrange(1, 29)), "NUM", "CD").before(
            "compound", Node(self.pick(self.MONTHS), "PROPN", "NNP")).front("case", adp("on"))

    def cause(self):
        words = self.pick(self.CAUSES).split()
        if "of" in words:
            at = words.index("of")
            head = self.determiner(Node(words[at - 1], "NOUN", "NN"), "the")
            return head.after("nmod", Node(words[-1], "NOUN", "NNS").before("case", adp("of"))).front("case", adp("over"))
        plural = words[-1].endswith("s")
        head = Node(words[-1], "NOUN", noun_tag(plural))
        for word in words[:-1]:
            if word in ("the", "a"):
                head.before("det", Node(word, "DET", "DT"))
            elif word == "its":
                head.before("nmod:poss", Node(word, "PRON", "PRP$"))
            elif word in ("disputed", "alleged", "nuclear", "human"):
                head.before("amod", Node(word, "VERB" if word == "disputed" else "ADJ", "VBN" if word == "disputed" else "JJ"))
            else:
                head.before("compound", Node(word, "NOUN", "NNS" if word == "rights" else "NN"))
        return head.front("case", adp(self.pick(["over", "after", "amid"])))

    def predicate(self, tag, depth=0, passive=False):
        """A verb with its object and phrases; for a passive without the object."""
        if depth == 0 and not passive and self.chance(0.18):
            verb = self.governed(tag)
            self.adjuncts(verb)
            return verb
        for _ in range(200):
            lemma, particle = self.pick(self.frames.lemmas)
            frame = self.pick(self.frames.frames[lemma, particle])
            if not passive or frame[0] is not None:
                break
        obj, obliques = frame
        if obj is not None and not passive and self.chance(0.12):
            obj, obliques = self.complemented(), obliques if self.chance(0.3) else []
        verb = Node(self.verbs.inflect(lemma, tag), "VERB", tag)
        if particle:
            preposition = particle in ("on", "for", "to", "with", "against", "of", "from", "into", "about")
            if not preposition:
                verb.after("compound:prt", Node(particle, "ADP", "RP"))
            elif not obliques:
                obliques = [([particle], ["*actor"])]
        if obj is not None and not passive:
            verb.after("obj", self.thing(obj))
        for prepositions, words in obliques:
            if depth > 1 and self.chance(0.5):
                continue
            phrase = self.thing(words) if words != ["*actor"] else self.actor(closing=False)
            attach = verb
            preposition = adp(self.pick(prepositions))
            # "sanctions on Iran": behind an object that is a thing the phrase is the object's.
            own = obj is not None and obj not in (["*actor"], ["*"]) and preposition.form in ("on", "against", "of", "over", "between")
            if obj is not None and not passive and verb.right[-1][0] == "obj":
                own = own or verb.right[-1][1].form in self.COMPLEMENTS.get(preposition.form, ())
            if own and not passive:
                attach = verb.right[-1][1]
            attach.after("nmod" if attach is not verb else "obl", phrase.front("case", preposition))
        # "returned to Brazil last Wednesday 21 frogs": a long object moves behind the rest.
        shifted = len(verb.right) > 1 and verb.right[0][0] == "obj" and verb.right[1][0] == "obl" and self.chance(0.06)
        if shifted:
            verb.right.append(verb.right.pop(0))
        if passive and self.chance(0.5):
            verb.after("obl:agent", self.actor(closing=False).front("case", adp("by")))
        if depth == 0:
            self.adjuncts(verb)
        return verb

    def adjuncts(self, verb):
        if self.chance(0.25):
            date = self.date()
            verb.after("obl", date)
        # Behind an object a place is as often the object's; the treebanks know better than we.
        bare = not any(relation in ("obj", "obl") for relation, _ in verb.right)
        if self.chance(0.2 if bare else 0.03):
            verb.after("obl", self.place().front("case", adp(self.pick(self.PLACE_PREPOSITIONS))))
        if self.chance(0.12):
            verb.after("obl", self.cause())
        kind = self.rng.random()
        if kind < 0.1:
            clause = self.predicate("VBG", depth=2)
            verb.after("advcl", clause.front("punct", punct()))
        elif kind < 0.17:
            clause = self.predicate("VB", depth=2)
            verb.after("advcl", clause.front("mark", Node("to", "PART", "TO")))
        elif kind < 0.23:
            clause = self.finite(depth=2)
            verb.after("advcl", clause.front("mark", Node(self.pick(["after", "as", "because", "while", "before"]), "SCONJ", "IN")))

    def finite(self, depth=0):
        """A clause with its subject."""
        subject = self.thing(self.complemented()) if self.chance(0.06) else self.actor()
        plural = subject.plural
        kind = self.rng.random()
        passive = kind > 0.86
        auxiliaries = []
        if passive:
            verb = self.predicate("VBN", depth, passive=True)
            if self.chance(0.3):
                auxiliaries = [("aux", "have" if plural else "has", "VBP" if plural else "VBZ"), ("aux:pass", "been", "VBN")]
            else:
                auxiliaries = [("aux:pass", "were" if plural else "was", "VBD")]
        elif kind < 0.55:
            verb = self.predicate("VBD", depth)
        elif kind < 0.68:
            verb = self.predicate("VBN", depth)
            auxiliaries = [("aux", "have" if plural else "has", "VBP" if plural else "VBZ")]
        elif kind < 0.74:
            verb = self.predicate("VBG", depth)
            auxiliaries = [("aux", "are" if plural else "is", "VBP" if plural else "VBZ")]
        elif kind < 0.8:
            verb = self.predicate("VB", depth)
            auxiliaries = [("aux", self.pick(["will", "would", "could", "may", "must", "should"]), "MD")]
        else:
            verb = self.predicate("VBP" if plural else "VBZ", depth)
        verb.before("nsubj:pass" if passive else "nsubj", subject)
        adverb = self.chance(0.12) and Node(self.pick(self.ADVERBS), "ADV", "RB")
        if depth == 0 and self.chance(0.18):
            verb.before("obl", self.day(bare=self.chance(0.4)))
        for i, (relation, form, tag) in enumerate(auxiliaries):
            verb.before(relation, Node(form, "AUX", tag))
            if adverb and i == 0:
                verb.before("advmod", adverb)
        if adverb and not auxiliaries:
            verb.before("advmod", adverb)
        if depth == 0 and self.chance(0.08):
            other = self.predicate(verb.xpos, 2) if not passive else None
            if other is not None:
                verb.after("conj", other.front("cc", Node("and", "CCONJ", "CC")))
        return verb

    TO_VERBS = ("agree refuse threaten vow pledge plan decide promise offer decline seek continue begin fail try prepare "
                "hope want propose move attempt intend manage help").split()
    OBJECT_VERBS = "urge ask order tell force warn press pressure invite allow encourage persuade authorize request".split()
    OF_VERBS = (("accuse", "of"), ("suspect", "of"), ("convict", "of"), ("criticize", "for"), ("condemn", "for"),
                ("blame", "for"), ("praise", "for"), ("sanction", "for"), ("bar", "from"), ("ban", "from"),
                ("prevent", "from"), ("warn", "against"), ("punish", "for"), ("detain", "for"))

    def governed(self, tag):
        """A verb that governs another: "refused to …", "called on X to …", "accused X of …ing"."""
        kind = self.rng.random()
        if kind < 0.4:
            verb = Node(self.verbs.inflect(self.pick(self.TO_VERBS), tag), "VERB", tag)
            return verb.after("xcomp", self.predicate("VB", 1).front("mark", Node("to", "PART", "TO")))
        if kind < 0.55:
            verb = Node(self.verbs.inflect("call", tag), "VERB", tag)
            verb.after("obl", self.actor(closing=False).front("case", adp("on")))
            return verb.after("xcomp", self.predicate("VB", 1).front("mark", Node("to", "PART", "TO")))
        if kind < 0.75:
            verb = Node(self.verbs.inflect(self.pick(self.OBJECT_VERBS), tag), "VERB", tag)
            verb.after("obj", self.actor(closing=False))
            return verb.after("xcomp", self.predicate("VB", 1).front("mark", Node("to", "PART", "TO")))
        lemma, word = self.pick(self.OF_VERBS)
        verb = Node(self.verbs.inflect(lemma, tag), "VERB", tag)
        verb.after("obj", self.actor(closing=False))
        return verb.after("advcl", self.predicate("VBG", 1).front("mark", Node(word, "SCONJ", "IN")))

    def headline(self):
        """No full stop, no article before the subject: "Japan to give aid to Nepal"."""
        subject = self.simple_actor() if self.chance(0.5) else Node(self.pick(self.surnames), "PROPN", "NNP")
        plural = subject.plural
        if self.chance(0.25):
            subject.after("conj", Node(self.pick(self.surnames + self.states[:40]).split()[0], "PROPN", "NNP").front("punct", punct()))
            plural = True
        if subject.left and subject.left[0][0] == "det":
            subject.left.pop(0)
        kind = self.rng.random()
        if kind < 0.3:
            verb = self.predicate("VB", 1).front("mark", Node("to", "PART", "TO"))
        else:
            verb = self.predicate("VBP" if plural else "VBZ", 1)
        return verb.front("nsubj", subject)

    def sentence(self):
        kind = self.rng.random()
        if kind < 0.07:
            return self.headline()
        if kind < 0.65:
            root = self.finite()
            if self.chance(0.1):
                lead = self.date()
                root.front("punct", punct()).front("obl", lead)
            elif self.chance(0.08):
                clause = self.finite(depth=2)
                root.front("punct", punct()).front("advcl", clause.front("mark", Node(self.pick(["After", "As", "While"]), "SCONJ", "IN")))
        elif kind < 0.86:
            said = Node(self.pick(["said", "announced", "told", "confirmed", "reported", "claimed", "warned"]), "VERB", "VBD")
            if said.form == "told":
                said.after("obj", self.simple_actor())
            clause = self.finite(depth=1)
            if self.chance(0.5):
                clause.front("mark", Node("that", "SCONJ", "IN"))
            root = said.before("nsubj", self.actor())
            if self.chance(0.3):
                root.after("obl", self.day(bare=self.chance(0.5)))
            root.after("ccomp", clause)
        else:
            said = Node(self.pick(["said", "reported", "announced"]), "VERB", "VBD")
            clause = self.finite(depth=1)
            clause.after("punct", punct())
            root = said.front("nsubj", self.simple_actor()).front("ccomp", clause)
            if self.chance(0.3):
                root.after("obl", self.day(bare=self.chance(0.5)))
        return root.after("punct", punct("."))


# --- Sentences of treebanks with other words --------------------------------------------------------

def read_conllu(paths):
    """Sentences as lists of ten fields; words that are parts or copies of others are left out."""
    for path in paths:
        rows = []
        for line in open(path, encoding="utf-8"):
            line = line.rstrip("\n")
            if line and not line.startswith("#"):
                fields = line.split("\t")
                if fields[0].isdigit():
                    rows.append(fields)
            elif not line and rows:
                yield rows
                rows = []


class Substituter:
    """Puts verbs of the rules and names of the lexicon into sentences of treebanks."""

    KEPT = {"be", "have", "do", "say", "let", "make", "get", "know", "think", "want"}
    CLAUSES = {"xcomp", "ccomp", "iobj", "compound:prt"}

    def __init__(self, grammar):
        self.grammar = grammar
        self.transitive = sorted({lemma for (lemma, particle), frames in grammar.frames.frames.items()
                                  if not particle and any(f[0] in (["*actor"], ["*"]) for f in frames)})
        self.names = [n for n in grammar.states if " " not in n] + ["Hamas", "Hezbollah", "NATO", "Taliban", "Kremlin", "UNICEF"]

    def substitute(self, rows):
        """A copy with other words; None if there is nothing to put others for."""
        grammar = self.grammar
        children = {}
        for fields in rows:
            children.setdefault(fields[6], []).append(fields)
        copy, changed = [list(fields) for fields in rows], 0
        for fields in copy:
            below = {child[7] for child in children.get(fields[0], ())}
            if fields[3] == "VERB" and fields[4] in ("VBD", "VBN", "VBZ", "VBP", "VB", "VBG"):
                transitive = ("obj" in below or "nsubj:pass" in below) and not below & self.CLAUSES
                if transitive and fields[2] not in self.KEPT and fields[7] != "amod" and grammar.chance(0.75):
                    fields[1] = grammar.verbs.inflect(grammar.pick(self.transitive), fields[4])
                    changed += 1
            elif fields[4] == "NNP" and fields[7] in ("nsubj", "obj", "obl", "nmod") and below <= {"case", "punct"}:
                if grammar.chance(0.5):
                    fields[1] = grammar.pick(self.names if grammar.chance(0.7) else grammar.surnames)
                    changed += 1
        if not any(a[1] != b[1] and b[3] == "VERB" for a, b in zip(copy, rows)):
            return None
        copy[0][1] = copy[0][1][0].upper() + copy[0][1][1:] if rows[0][1][0].isupper() else copy[0][1]
        return copy

    def write(self, paths, count, out):
        sentences = [rows for rows in read_conllu(paths) if 6 <= len(rows) <= 45]
        number = 0
        while number < count:
            copy = self.substitute(self.grammar.pick(sentences))
            if copy is None:
                continue
            number += 1
            print(f"# sent_id = substituted-{number}", file=out)
            for fields in copy:
                print("\t".join([fields[0], fields[1], "_", *fields[3:5], "_", *fields[6:8], "_", "_"]), file=out)
            print(file=out)


def write(root, number, out):
    rows = linear(root)
    if not 5 <= len(rows) <= 60:
        return False
    words = [node.form for node, _, _ in rows]
    # Two commas side by side, or one before the full stop, are one mark.
    for a, b in zip(words, words[1:]):
        if a == "," and b in (",", "."):
            return False
    first = rows[0][0]
    first.form = first.form[0].upper() + first.form[1:]
    print(f"# sent_id = news-{number}", file=out)
    for i, (node, head, relation) in enumerate(rows, 1):
        print(f"{i}\t{node.form}\t_\t{node.upos}\t{node.xpos}\t_\t{head}\t{relation}\t_\t_", file=out)
    print(file=out)
    return True


def main():
    parser = argparse.ArgumentParser(description="Makes news sentences with their trees (CoNLL-U).")
    parser.add_argument("--wordnet", default="/usr/share/wordnet", help="folder of verb.exc (Debian: wordnet-base)")
    parser.add_argument("--count", type=int, default=6000, help="sentences")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--treebank", nargs="*", default=[], help="CoNLL-U files to copy sentences from")
    parser.add_argument("--substituted", type=int, default=6000, help="copies, if there is a treebank")
    args = parser.parse_args()
    rng = random.Random(args.seed)
    verbs = Verbs(args.wordnet)
    grammar = Grammar(rng, verbs, Frames(verbs))
    number = 0
    while number < args.count:
        number += write(grammar.sentence(), number + 1, sys.stdout)
    if args.treebank:
        Substituter(grammar).write(args.treebank, args.substituted, sys.stdout)


if __name__ == "__main__":
    main()
