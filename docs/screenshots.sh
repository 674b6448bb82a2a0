#!/bin/sh
# Makes pictures of a mail and of the preview; installs playwright-core into a folder outside the project.
# Usage: docs/screenshots.sh PROGRAM [OUT]
set -eu
modules="${RUNDBRIEF_NODE_MODULES:-${TMPDIR:-/tmp}/rundbrief-browser/node_modules}"
if [ ! -d "$modules/axe-core" ] || [ ! -d "$modules/playwright-core" ]; then
    npm install --silent --no-audit --no-fund --no-save --prefix "$(dirname "$modules")" playwright-core@1 axe-core@4
fi
RUNDBRIEF_NODE_MODULES="$modules" exec node "$(dirname "$0")/screenshots.mjs" "$@"
