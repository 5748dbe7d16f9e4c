#!/usr/bin/env python3
"""Writes the lists of names in data/names that come from other packages and from data/lexicon:
surnames.txt, organizations.txt and world_persons.txt, for `entente-train names --list`.

    npm install --ignore-scripts @cspell/dict-people-names@1.1.16 @cspell/dict-companies@3.2.13 compromise@14.17.0
    node -e "import('compromise').then(m => console.log(JSON.stringify(m.default.model().one.lexicon)))" > lexicon.json
    python3 tools/lexicon/make_name_lists.py --npm node_modules --compromise lexicon.json --wordnet /usr/share/wordnet

Names that are also common words (lower-case entries of WordNet) are left out.
"""
import argparse
import json
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
NAMES = ROOT / "data" / "names"
LEXICON = ROOT / "data" / "lexicon"

CSPELL = "(npm, Street Side Software, MIT licence)"


def lines(path):
    """The lines of a text file that are neither empty nor a comment."""
    text = path.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in text if line.strip() and not line.startswith("#")]


def common_words(wordnet):
    words = set()
    for part in ("noun", "verb", "adj", "adv"):
        for line in (wordnet / f"data.{part}").read_text(encoding="utf-8").splitlines():
            if line.startswith(" "):
                continue
            fields = line.split(" | ")[0].split()
            count = int(fields[3], 16)
            for word in (fields[4 + 2 * i].split("(")[0] for i in range(count)):
                if word[0].islower():
                    words.add(word.lower().replace("_", " "))
    return words


def write(name, what, provenance, phrases):
    head = [
        f"# {what} One phrase a line, sorted; read by `entente-train names --list`.",
        f"# Provenance: {provenance}",
        "# Made by tools/lexicon/make_name_lists.py. Names that are also common words are left out.",
    ]
    body = sorted(phrases)
    (NAMES / name).write_text("\n".join(head + body) + "\n", encoding="utf-8")
    print(f"{name}: {len(body)}")


def table(name):
    """The rows of a table of the lexicon, by column name."""
    rows = [line.split("\t") for line in (LEXICON / name).read_text(encoding="utf-8").splitlines()
            if line and not line.startswith("#")]
    return [dict(zip(rows[0], row)) for row in rows[1:]]


def known(rows):
    """Names and aliases of rows, without "the"."""
    for row in rows:
        for name in [row["name"], *row["aliases"].split("|")]:
            name = re.sub(r"^[Tt]he ", "", name.strip())
            if len(name) > 1:
                yield name


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--npm", type=pathlib.Path, required=True)
    parser.add_argument("--compromise", type=pathlib.Path, required=True)
    parser.add_argument("--wordnet", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    common = common_words(arguments.wordnet)

    given = {name.lower() for name in lines(NAMES / "given.txt")}
    people = lines(arguments.npm / "@cspell/dict-people-names/dict/people-names.txt")
    surnames = {name for name in people if re.fullmatch(r"[A-Z][\w'’-]{2,}", name)
                and name.lower() not in common and name.lower() not in given}
    write("surnames.txt", "Family names and names of people that are not in given.txt.",
          f"@cspell/dict-people-names 1.1.16 {CSPELL}.", surnames)

    places = {name.lower() for file in ("places.txt", "states.txt", "regions.txt")
              for name in lines(NAMES / file)}
    persons = {name.lower() for name in people} | given
    companies = lines(arguments.npm / "@cspell/dict-companies/dict/companies.txt")
    taken = common | places | persons
    organizations = {name for name in companies
                     if len(name) > 2 and not name.startswith("!") and name.lower() not in taken}
    for word, tags in json.loads(arguments.compromise.read_text(encoding="utf-8")).items():
        if {"Organization", "SportsTeam"} & set([tags] if isinstance(tags, str) else tags):
            if word not in common and len(word) > 1:
                organizations.add(word)
    rows = [row for row in table("organizations.tsv") if row["kind"] != "GROUP"]
    organizations |= {name for name in known(rows) if name.lower() not in common}
    write("organizations.txt", "Companies, teams, parties, armed groups and other organisations.",
          f"@cspell/dict-companies 3.2.13 {CSPELL}; compromise 14.17.0 (npm, Spencer Kelly, MIT\n"
          "#   licence); data/lexicon/organizations.tsv.", organizations)

    write("world_persons.txt", "People who act in world news.", "data/lexicon/offices.tsv.",
          {name for name in known(table("offices.tsv")) if name.lower() not in common})


if __name__ == "__main__":
    main()
