"""Makes the table of words that tells names from other words.

    pip install faker
    python3 scripts/names.py --data FOLDER

writes crates/gehoord-ingest/pseudonym/words.bin: which words are first names, last names, places or
firms, and which are ordinary words of Dutch, English, German or French; and letters.bin: how much
runs of letters say that an unknown word is a name (logistic regression over the same words). FOLDER holds the sets whose
texts are counted for the ordinary words (xed/, brighter/track_a/, goemotions/, pattern/, see
NOTICE), beside the train part of corpus/cases.

Names, places and firms come from the lists of Faker (MIT licence). A word is ordinary when it
stands in lower case in running text; German nouns, which have a capital, when an article stands
before them. The table is sorted and front-coded in blocks of 16 (see pseudonym/words.rs).
"""

import argparse
import collections
import importlib
import json
import math
import random
import re
import struct
import unicodedata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "crates/gehoord-ingest/pseudonym/words.bin"
WORD = {"nl": 1, "en": 2, "de": 4, "fr": 8}
FIRST, LAST, PLACE, FIRM, NEAR, STOP = 16, 32, 64, 128, 256, 512
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
            name = table.get(word, 0) & (FIRST | LAST | PLACE)
            seen = capital[word] if language != "de" else capital[word] / 4
            if not name or (count >= 3 and count > seen / 2):
                if name or count >= 2 or language != "en":
                    table[word] |= bit | (STOP if word in most and count > 2 * seen else 0)


def write(table):
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


def letters(table):
    """One signed byte a cell, in sixteenths of a logit."""
    rows = []
    for word, flags in table.items():
        name = flags & (FIRST | LAST)
        other = flags & (15 | PLACE | FIRM)
        if bool(name) != bool(other) and len(word) > 2 and "'" not in word:
            rows.append((list(cells(word)), 1.0 if name else 0.0, word))
    random.Random(1).shuffle(rows)
    held, rows = rows[: len(rows) // 10], rows[len(rows) // 10 :]
    weights, squares = [0.0] * CELLS, [1e-6] * CELLS
    for epoch in range(6):
        for places, gold, _ in rows:
            sum_ = sum(weights[p] for p in places)
            slope = 1 / (1 + math.exp(-max(-30, min(30, sum_)))) - gold
            for p in places:
                step = slope + 0.0005 * weights[p]
                squares[p] += step * step
                weights[p] -= 0.25 * step / math.sqrt(squares[p])
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
    table = collections.defaultdict(int)
    names(table)
    places(table)
    ordinary(table, arguments.parse_args().data)
    table = {w: f for w, f in table.items() if len(w) <= 40}
    for name, bit in dict(WORD, first=FIRST, last=LAST, place=PLACE, firm=FIRM, near=NEAR, stop=STOP).items():
        print(name, sum(1 for f in table.values() if f & bit))
    write(table)
    letters(table)
