"""Measures the PyPI package `deduce` on the Dutch cases of corpus/personal, beside gehoord.

    pip install deduce
    python3 scripts/compare_deduce.py [train|test|all]

A marked span counts as found when all its letters and digits are masked, whatever the kind (deduce's
kinds are those of Dutch health records); precision is over found spans that touch a marked one. Not
part of the tests, and nothing of deduce ships.
"""

import json
import sys
from collections import Counter
from pathlib import Path

from deduce import Deduce

ROOT = Path(__file__).resolve().parent.parent
# What deduce looks for that this corpus does not mark: it is no mistake there.
OTHER = {"locatie", "instelling", "datum", "leeftijd", "ziekenhuis", "zorginstelling", "url"}
PERSON = {"persoon", "patient"}


def cases(part):
    for line in open(ROOT / "corpus/personal/nl.jsonl", encoding="utf8"):
        case = json.loads(line)
        if part in ("all", case["part"]):
            yield case


def main(part):
    engine = Deduce()
    marked, masked, found, touching = Counter(), Counter(), Counter(), Counter()
    for case in cases(part):
        text = case["text"]
        raw = text.encode()
        spans = [
            (len(raw[: s["start"]].decode()), len(raw[: s["end"]].decode()), s["kind"])
            for s in case["spans"]
        ]
        answers = [(a.start_char, a.end_char, a.tag) for a in engine.deidentify(text).annotations]
        for start, end, kind in spans:
            letters = [i for i in range(start, end) if text[i].isalnum()]
            whole = all(any(s <= i < e for s, e, _ in answers) for i in letters)
            for name in (kind, "all"):
                marked[name] += 1
                masked[name] += whole
        for start, end, tag in answers:
            touches = any(s < end and start < e for s, e, _ in spans)
            if tag in OTHER and not touches:
                continue
            for name in (("name",) if tag in PERSON else ()) + ("all",):
                found[name] += 1
                touching[name] += touches
    for name in sorted(marked):
        precision = f"  precision {touching[name] / found[name]:.3f}" if found[name] else ""
        print(f"{name:<16} marked {marked[name]:>4}  recall {masked[name] / marked[name]:.3f}{precision}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "all")
