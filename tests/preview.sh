#!/bin/sh
# Drives the preview in Chromium; installs what that needs into a folder outside the project. Usage: tests/preview.sh PROGRAM
set -eu
modules="${RUNDBRIEF_NODE_MODULES:-${TMPDIR:-/tmp}/rundbrief-browser/node_modules}"
if [ ! -d "$modules/axe-core" ] || [ ! -d "$modules/playwright-core" ]; then
    npm install --silent --no-audit --no-fund --no-save --prefix "$(dirname "$modules")" playwright-core@1 axe-core@4
fi
RUNDBRIEF_NODE_MODULES="$modules" exec node "$(dirname "$0")/preview.mjs" "$@"
