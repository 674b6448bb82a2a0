#!/bin/sh
# What SpamAssassin says of mails, with the rules of its package and without any network: less than one point, or an error.
# Usage: tests/spam.sh FILE.eml…
set -eu
[ $# -gt 0 ] || { echo "usage: tests/spam.sh FILE.eml…" >&2; exit 64; }
PATH="$PATH:/usr/sbin"
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
# No rules but the package's, nothing learned, nothing asked; a home of its own, so that nobody's settings count.
check() {
    HOME="$home" spamassassin --local --siteconfigpath=/etc/spamassassin --prefspath="$home/prefs" \
        --cf="use_bayes 0" --cf="use_auto_whitelist 0" <"$1" | sed -n '/^X-Spam-Status:/,/^[^[:space:]X]/p' | tr -d '\n'
}
: >"$home/prefs"
code=0
for mail in "$@"; do
    status=$(check "$mail")
    score=$(printf '%s' "$status" | sed -n 's/.*score=\(-\{0,1\}[0-9.]*\).*/\1/p')
    tests=$(printf '%s' "$status" | sed -n 's/.*tests=\(.*\)[[:space:]]autolearn.*/\1/p' | tr -d '\t ')
    [ -n "$score" ] || { echo "$mail: SpamAssassin did not answer" >&2; exit 1; }
    echo "$score points ($tests): $mail"
    awk "BEGIN { exit !($score < 1) }" || { echo "$mail: $score points, 1 is too many" >&2; code=1; }
done
exit $code
