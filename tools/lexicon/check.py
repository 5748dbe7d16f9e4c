#!/usr/bin/env python3
"""Checks the tables of data/lexicon. Prints every fault as file:line: what; exits with 1 if there is one.

    tools/lexicon/check.py [data/lexicon]

Python 3.9+, standard library only.
"""
import datetime
import os
import re
import sys

COLUMNS = {
    "states.tsv": "code name names demonyms capital capital_names from to",
    "metonyms.tsv": "phrase actor country sector",
    "offices.tsv": "person name aliases country sector office from to",
    "organizations.tsv": "id kind country sector name aliases from to",
    "role_nouns.tsv": "phrase sector kind number",
    "office_terms.tsv": "phrase office sector countries",
    "places.tsv": "name names country admin latitude longitude population kind",
    "titles.tsv": "title sector office",
    "given_names.tsv": "name",
}
SECTORS = set("""AGR BUS COP CRM CVL EDU ELI GOV IGO JNK JRN JUD LAB LEG MED MIL NGO OPP PRE PRM PTY REB REF REL SPY UAF
UNK""".split())
OFFICES = set("""head of state|deputy head of state|head of government|deputy head of government|foreign minister|
defence minister|interior minister|finance minister|unification minister|minister|national security adviser|
speaker of parliament|legislator|opposition leader|party leader|candidate|armed forces chief|commander|
intelligence chief|police chief|ambassador|special envoy|spokesperson|central bank governor|governor|mayor|judge|
religious leader|rebel leader|armed group leader|militia leader|crime boss|secretary-general|official|
head of organization|activist|dissident|businessperson|journalist|scientist|public figure""".replace("\n", "").split("|"))
# Held by one person at a time in a state; a few states had several by law, or two who claimed it.
SINGLE = {"head of state", "head of government", "foreign minister", "defence minister"}
SEVERAL = {("BIH", "head of state"), ("AFG", "head of state"), ("CIV", "head of state"), ("MDG", "head of state"),
           ("KHM", "head of government"), ("LBY", "foreign minister")}
BODIES = {"UNO", "EUR", "IGO"}
KINDS = {"INTERNATIONAL_ORGANIZATION", "ORGANIZATION", "ARMED_GROUP", "GROUP"}


class Checker:
    def __init__(self, folder):
        self.folder = folder
        self.faults = 0
        self.codes = set()
        self.ids = set()

    def fault(self, name, line, what):
        print(f"{os.path.join(self.folder, name)}:{line}: {what}")
        self.faults += 1

    def rows(self, name):
        """Yields (line number, cells by column) and checks the shape of the file."""
        columns = COLUMNS[name].split()
        seen_columns = False
        with open(os.path.join(self.folder, name), encoding="utf-8") as handle:
            for number, line in enumerate(handle, 1):
                line = line.rstrip("\n")
                if line.startswith("#") and not seen_columns:
                    continue
                cells = line.split("\t")
                if not seen_columns:
                    seen_columns = True
                    if cells != columns:
                        self.fault(name, number, f"columns must be {columns}")
                    continue
                if len(cells) != len(columns):
                    self.fault(name, number, f"{len(cells)} cells, not {len(columns)}")
                    continue
                for cell in cells:
                    if cell != cell.strip() or "||" in cell or cell.startswith("|") or cell.endswith("|"):
                        self.fault(name, number, f"blank or empty alternative in {cell!r}")
                yield number, dict(zip(columns, cells))

    def day(self, name, number, text, last):
        """The first or last day that `text` stands for; None if it is empty or no date."""
        if not text:
            return None
        if not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", text):
            self.fault(name, number, f"no date: {text!r}")
            return None
        year, month, day = (list(map(int, text.split("-"))) + [0, 0])[:3]
        try:
            if day:
                return datetime.date(year, month, day)
            if not last:
                return datetime.date(year, month or 1, 1)
            if not month or month == 12:
                return datetime.date(year, 12, 31)
            return datetime.date(year, month + 1, 1) - datetime.timedelta(1)
        except ValueError:
            self.fault(name, number, f"no such day: {text!r}")
            return None

    def period(self, name, number, row):
        first = self.day(name, number, row["from"], False) or datetime.date.min
        last = self.day(name, number, row["to"], True) or datetime.date.max
        if first > last:
            self.fault(name, number, f"ends ({row['to']}) before it begins ({row['from']})")
        return first, last

    def sector(self, name, number, text, may_be_empty):
        if text not in SECTORS and not (may_be_empty and not text):
            self.fault(name, number, f"unknown sector {text!r}")

    def country(self, name, number, text, may_be_empty):
        if text not in self.codes | BODIES and not (may_be_empty and not text):
            self.fault(name, number, f"unknown country {text!r}")

    def sorted_and_unique(self, name, keys):
        for (number, key), (_, before) in zip(keys[1:], keys):
            if key == before:
                self.fault(name, number, f"twice: {key}")
            elif key < before:
                self.fault(name, number, f"out of order: {key} after {before}")

    def states(self):
        keys = []
        for number, row in self.rows("states.tsv"):
            keys.append((number, (row["code"], row["from"])))
            self.codes.add(row["code"])
            self.period("states.tsv", number, row)
            if not re.fullmatch("[A-Z]{3}", row["code"]) or row["name"] not in row["names"].split("|"):
                self.fault("states.tsv", number, "code must be three capitals, and name one of names")
        self.sorted_and_unique("states.tsv", keys)

    def organizations(self):
        keys = []
        for number, row in self.rows("organizations.tsv"):
            keys.append((number, (row["id"], row["from"])))
            self.ids.add(row["id"])
            self.period("organizations.tsv", number, row)
            self.country("organizations.tsv", number, row["country"], True)
            self.sector("organizations.tsv", number, row["sector"], True)
            if row["kind"] not in KINDS or not re.fullmatch(r"org:[a-z0-9-]+", row["id"]) or not row["name"]:
                self.fault("organizations.tsv", number, "bad kind, id or name")
        self.sorted_and_unique("organizations.tsv", keys)

    def offices(self):
        name, keys, names, terms, rows = "offices.tsv", [], {}, {}, {}
        for number, row in self.rows(name):
            keys.append((number, (row["person"], row["from"], row["office"], row["country"], row["to"])))
            rows[number] = row
            first, last = self.period(name, number, row)
            self.country(name, number, row["country"], True)
            self.sector(name, number, row["sector"], False)
            if row["office"] not in OFFICES:
                self.fault(name, number, f"unknown office {row['office']!r}")
            if not re.fullmatch(r"person:[a-z0-9-]+", row["person"]) or not row["name"]:
                self.fault(name, number, "bad person or name")
            if names.setdefault(row["person"], (row["name"], row["aliases"])) != (row["name"], row["aliases"]):
                self.fault(name, number, "another name or other aliases than in the person's first row")
            terms.setdefault((row["country"], row["office"]), []).append((first, last, row["person"], number))
        self.sorted_and_unique(name, keys)
        for key, held in terms.items():
            held.sort()
            for (_, last, person, before), (begin, _, other, number) in zip(held, held[1:]):
                # A day, month or year of change belongs to both where no more is known.
                begin = self.day(name, number, rows[number]["from"], True) or begin
                last = self.day(name, before, rows[before]["to"], False) or last
                if (key[1] in SINGLE and key not in SEVERAL and key[0] not in BODIES and person != other
                        and last > begin):
                    self.fault(name, number, f"{other} is {key[1]} of {key[0]} while {person} is (to {rows[before]['to'] or 'now'})")

    def simple(self):
        for name, key in (("metonyms.tsv", "phrase"), ("role_nouns.tsv", "phrase"), ("titles.tsv", "title"),
                          ("given_names.tsv", "name")):
            keys = []
            for number, row in self.rows(name):
                keys.append((number, row[key]))
                if "sector" in row:
                    self.sector(name, number, row["sector"], name != "role_nouns.tsv")
                if row.get("office") and row["office"] not in OFFICES:
                    self.fault(name, number, f"unknown office {row['office']!r}")
                if name == "metonyms.tsv":
                    self.country(name, number, row["country"], False)
                    actor = row["actor"]
                    if actor not in self.ids and actor != f"{row['country']}.{row['sector']}":
                        self.fault(name, number, f"unknown actor {actor!r}")
                if name == "role_nouns.tsv" and (row["kind"] not in {"person", "group", "institution"}
                                                 or row["number"] not in {"sg", "pl", "mass"}):
                    self.fault(name, number, "bad kind or number")
            self.sorted_and_unique(name, keys)
        keys = []
        for number, row in self.rows("office_terms.tsv"):
            keys.append((number, (row["phrase"], row["office"])))
            self.sector("office_terms.tsv", number, row["sector"], False)
            if row["office"] not in OFFICES:
                self.fault("office_terms.tsv", number, f"unknown office {row['office']!r}")
            for code in filter(None, row["countries"].split("|")):
                self.country("office_terms.tsv", number, code, False)
        self.sorted_and_unique("office_terms.tsv", keys)

    def places(self):
        keys = []
        for number, row in self.rows("places.tsv"):
            keys.append((number, (row["name"], row["country"], row["kind"])))
            self.country("places.tsv", number, row["country"], True)
            if row["kind"] not in {"city", "capital", "region", "site", "sea"}:
                self.fault("places.tsv", number, f"unknown kind {row['kind']!r}")
            for column, most in (("latitude", 90), ("longitude", 180)):
                if row[column] and not abs(float(row[column])) <= most:
                    self.fault("places.tsv", number, f"{column} {row[column]}")
        self.sorted_and_unique("places.tsv", keys)


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    checker = Checker(sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "..", "..", "data", "lexicon"))
    checker.states()
    checker.organizations()
    checker.offices()
    checker.simple()
    checker.places()
    print(f"{checker.faults} faults")
    sys.exit(1 if checker.faults else 0)


if __name__ == "__main__":
    main()
