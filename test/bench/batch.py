"""The answers of a twin to many configs in one Python, for starting one takes a second each time.

    python3 test/bench/batch.py numpy_net --dtype float32 < configs.ndjson > references.ndjson

A config a line on standard input, a reference a line on standard output, as the twin itself would answer.
"""
import argparse
import importlib
import json
import os
import sys
import warnings

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "fixtures"))

parser = argparse.ArgumentParser()
parser.add_argument("twin", choices=["numpy_net", "pytorch_net"])
parser.add_argument("--dtype", choices=["float64", "float32"], default="float64")
parser.add_argument("--threshold", type=float, help="above which PyTorch takes z for softplus(z); its own default is 20")
options = parser.parse_args()

warnings.simplefilter("ignore")  # σ(−1000) overflows on its way to 0
twin = importlib.import_module(options.twin)
if options.threshold is not None:
    twin.ACTIVATIONS["softplus"] = lambda z: twin.F.softplus(z, threshold=options.threshold)

for line in sys.stdin:
    config = json.loads(line, parse_int=float)
    if options.twin == "numpy_net":
        reference = twin.answer(config, options.dtype, numerical=False)
    else:
        reference = twin.answer(config, getattr(twin.torch, options.dtype))
    print(json.dumps({"dtype": options.dtype, **reference}))
