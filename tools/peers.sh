#!/bin/sh
# Puts the filters that we compare ourselves with into .peers, beside our environment and not in it.
# Where they cannot be had, what asks them says so and goes on.
set -eu
cd "$(dirname "$0")/.."
wanted=$(cat bench/peers.txt tools/peers.sh | cksum)
[ "$(cat .peers/.made 2>/dev/null)" = "$wanted" ] && exit 0
printf 'Installing the filters of bench/peers.txt (once) ...\n' >&2
rm -rf .peers
if command -v uv >/dev/null 2>&1; then
  uv pip install --quiet --python .venv/bin/python --target .peers -r bench/peers.txt || exit 0
else
  .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input --target .peers -r bench/peers.txt || exit 0
fi
if command -v npm >/dev/null 2>&1; then
  npm install --silent --no-audit --no-fund --prefix .peers/node obscenity@0.4.6 >/dev/null 2>&1 || true
fi
printf '%s\n' "$wanted" > .peers/.made
