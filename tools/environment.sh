#!/bin/sh
# Makes .venv ready: `environment.sh run` for the service, `environment.sh dev` with what tests and checks need too.
# A stamp holds the hash of all that went in, so a second call does nothing; a half-made .venv is mended or remade.
set -eu
cd "$(dirname "$0")/.."
kind=${1:-run}
requirements=requirements.txt
[ "$kind" = dev ] && requirements=requirements-dev.txt
say() { printf '%s\n' "$*" >&2; }

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
  for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python; do
    if command -v "$candidate" >/dev/null 2>&1 && new_enough "$candidate"; then
      command -v "$candidate"
      return 0
    fi
  done
  say "Python 3.11 or newer is needed and was not found. Install it, or say where it is: make PYTHON=/path/to/python3"
  return 1
}

fingerprint() { cat "$requirements" pyproject.toml tools/environment.sh | cksum; .venv/bin/python -VV 2>/dev/null; pwd; }

ready() {
  [ -x .venv/bin/python ] && [ -x .venv/bin/moderation ] || return 1
  for stamp in ".venv/.made-$kind" .venv/.made-dev; do  # what serves the tests serves the service
    [ "$kind" = run ] && [ "$stamp" = .venv/.made-dev ] && requirements=requirements-dev.txt
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(fingerprint)" ] && return 0
  done
  requirements=requirements.txt
  [ "$kind" = dev ] && requirements=requirements-dev.txt
  return 1
}

ready && exit 0
python=$(find_python)
uv=$(command -v uv 2>/dev/null || true)
rm -f .venv/.made-run .venv/.made-dev

if [ -d .venv ] && ! { [ -x .venv/bin/python ] && new_enough .venv/bin/python; }; then
  say "The environment in .venv was left half-made: making it again."
  rm -rf .venv
fi

if [ ! -d .venv ]; then
  if [ -n "$uv" ]; then
    "$uv" venv --quiet --python "$python" .venv
  else
    # --without-pip needs no ensurepip, which Debian keeps in a package of its own; pip is looked for below
    "$python" -m venv --without-pip .venv || {
      say "python3 -m venv failed. On Debian and Ubuntu: apt-get install python3-venv. Or install uv, which needs neither."
      rm -rf .venv
      exit 1
    }
  fi
fi

if [ -n "$uv" ]; then
  install() { "$uv" pip install --quiet --python .venv/bin/python "$@"; }
  compile=--compile-bytecode
else
  compile=
  if .venv/bin/python -m pip --version >/dev/null 2>&1; then
    install() { .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input "$@"; }
  elif .venv/bin/python -m ensurepip --default-pip >/dev/null 2>&1; then
    install() { .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input "$@"; }
  elif "$python" -m pip --python .venv/bin/python --version >/dev/null 2>&1; then
    install() { "$python" -m pip --python .venv/bin/python install -qq --disable-pip-version-check --no-input "$@"; }
  else
    say "Nothing here can install packages: $python has no ensurepip and no pip (22.3 or newer), and uv is not on the PATH."
    say "On Debian and Ubuntu: apt-get install python3-venv. Elsewhere: install uv or pip."
    exit 1
  fi
fi

say "Installing what $requirements pins (once; takes a minute) ..."
install $compile --require-hashes -r "$requirements"
install --no-deps --no-build-isolation -e .
fingerprint > ".venv/.made-$kind"
