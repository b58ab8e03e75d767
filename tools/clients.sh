#!/bin/sh
# Puts the clients of other services into .clients, unmodified: programs that newsrooms have and that we are tried with;
# and Caddy, for the recipe of docs/moving-from-perspective.md, where apt has it.
# Each Python one lies in a folder of its own, for two of them share the name of their module.
# Where they cannot be had, the tests that need them say so and are skipped.
set -eu
cd "$(dirname "$0")/.."
wanted=$(cat tests/clients/python.txt tests/clients/node.txt tools/clients.sh tools/debian.sh | cksum)
[ "$(cat .clients/.made 2>/dev/null)" = "$wanted" ] && exit 0
printf 'Installing the clients of tests/clients (once) ...\n' >&2
rm -rf .clients
if command -v uv >/dev/null 2>&1; then
  install() { uv pip install --quiet --python .venv/bin/python "$@"; }
else
  install() { .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input "$@"; }
fi
while read -r packages; do  # the client, and what it uses without saying so
  # shellcheck disable=SC2086  # one word for each package
  install --target ".clients/python/${packages%%==*}" $packages
done < tests/clients/python.txt
if command -v npm >/dev/null 2>&1; then
  # shellcheck disable=SC2046  # one word for each package
  npm install --silent --no-audit --no-fund --prefix .clients/node $(cat tests/clients/node.txt) >/dev/null
fi
command -v caddy >/dev/null 2>&1 || sh tools/debian.sh caddy "$PWD/.clients/caddy" >/dev/null 2>&1 \
  || printf 'Caddy could not be had.\n' >&2
printf '%s\n' "$wanted" > .clients/.made
