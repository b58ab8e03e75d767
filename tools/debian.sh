#!/bin/sh
# `debian.sh PACKAGE FOLDER [SUITE]` unpacks a package of apt's into a folder: no root, and the machine stays as it is.
# SUITE: of a later Debian than the machine's.
set -eu
package=$1 folder=$2 suite=${3:-}
mkdir -p "$folder/apt/lists/partial" "$folder/apt/cache/archives/partial"
cd "$folder/apt"
set -- -o "Dir::State::lists=$PWD/lists" -o "Dir::Cache=$PWD/cache" -o Acquire::Languages=none -o Acquire::Retries=0 -o APT::Sandbox::User=
if [ -n "$suite" ]; then
  sed "s/bookworm/$suite/g" /etc/apt/sources.list.d/debian.sources > debian.sources
  set -- "$@" -o "Dir::Etc::sourcelist=$PWD/debian.sources" -o Dir::Etc::sourceparts=-
fi
apt-get -qq "$@" update
apt-get -qq "$@" download "$package"
dpkg-deb -x "$package"_*.deb ..
cd ..
rm -rf apt
