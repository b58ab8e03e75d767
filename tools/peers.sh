#!/bin/sh
# Puts the filters that we compare ourselves with into .peers, beside our environment and not in it.
# Where they cannot be had, what asks them says so and goes on.
set -eu
cd "$(dirname "$0")/.."
wanted=$(cksum < bench/peers.txt)
[ "$(cat .peers/.made 2>/dev/null)" = "$wanted" ] && exit 0
printf 'Installing the filters of bench/peers.txt (once) ...\n' >&2
rm -rf .peers
if command -v uv >/dev/null 2>&1; then
  uv pip install --quiet --python .venv/bin/python --target .peers -r bench/peers.txt || exit 0
else
  .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input --target .peers -r bench/peers.txt || exit 0
fi
printf '%s\n' "$wanted" > .peers/.made
