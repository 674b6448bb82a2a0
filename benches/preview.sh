#!/bin/sh
# How long it takes from saving a file to seeing it in the preview, in Chromium. Usage: benches/preview.sh [PROGRAM];
# without one it builds the release.
set -eu
cd "$(dirname "$0")/.."
binary="${1:-}"
if [ -z "$binary" ]; then
    cargo build --release --locked --quiet
    binary="${CARGO_TARGET_DIR:-target}/release/rundbrief"
fi
modules="${RUNDBRIEF_NODE_MODULES:-${TMPDIR:-/tmp}/rundbrief-browser/node_modules}"
if [ ! -d "$modules/axe-core" ] || [ ! -d "$modules/playwright-core" ]; then
    npm install --silent --no-audit --no-fund --no-save --prefix "$(dirname "$modules")" playwright-core@1 axe-core@4
fi
RUNDBRIEF_NODE_MODULES="$modules" exec node benches/preview.mjs "$binary"
