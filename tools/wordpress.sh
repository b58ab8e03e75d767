#!/bin/sh
# Puts a real WordPress into .wordpress, a PHP in WebAssembly that runs it, and the Akismet plugin where apt has it: for the tests.
# What cannot be had is left out; the tests that need it say so and are skipped.
set -eu
cd "$(dirname "$0")/.."
command -v npm >/dev/null 2>&1 || exit 0
wanted=$(cat tests/clients/wordpress.txt tools/wordpress.sh tools/debian.sh | cksum)
[ "$(cat .wordpress/.made 2>/dev/null)" = "$wanted" ] && exit 0
printf 'Installing the WordPress of tests/clients/wordpress.txt (once) ...\n' >&2
rm -rf .wordpress
mkdir -p .wordpress/fetched
{ read -r program; read -r builds; } < tests/clients/wordpress.txt

npm install --silent --no-audit --no-fund --prefix .wordpress/node "$program" >/dev/null
for php in .wordpress/node/node_modules/@php-wasm/node-[0-9]*; do  # eight versions of PHP; one is used
  [ "${php##*/}" = node-8-3 ] || rm -rf "$php"
done

cd .wordpress/fetched
npm pack --silent "$builds" >/dev/null
tar xzf ./*.tgz package/src/wordpress/wp-6.5.zip
../../.venv/bin/python -m zipfile -e package/src/wordpress/wp-6.5.zip ../site

# The plugin comes with Debian's WordPress. That of Debian 12 is older than 5.3.7, since when it goes by no answer without an id.
{ sh ../../tools/debian.sh wordpress "$PWD/debian" trixie && mv debian/usr/share/wordpress/wp-content/plugins/akismet ../akismet; } \
  >/dev/null 2>&1 || printf 'The Akismet plugin could not be had.\n' >&2
cd ../..
rm -rf .wordpress/fetched
printf '%s\n' "$wanted" > .wordpress/.made
