#!/usr/bin/env bash
# Mails a second against Debian's smtp-sink, in turn with smtp-source: the same sizes, connections and numbers.
# rundbrief keeps its record durable meanwhile; smtp-source keeps none. Needs Debian's postfix (for smtp-sink and
# smtp-source). Sends to 127.0.0.1 alone and ends by itself.
# usage: benches/smtp.sh [pairs, default 5] [connections, default 16]
set -euo pipefail
cd "$(dirname "$0")/.."
pairs=${1:-5} connections=${2:-16} port=${PORT:-2526}
PATH=$PATH:/usr/sbin
work=$(mktemp -d)
user=(); [ "$(id -u)" -ne 0 ] || user=(-u nobody)
smtp-sink "${user[@]}" "127.0.0.1:$port" 500 >"$work/sink.log" 2>&1 &
sink=$!
trap 'kill $sink 2>/dev/null; rm -rf "$work"' EXIT
cargo bench --locked --quiet --no-run --bench dispatch
binary=$(cargo bench --locked --no-run --bench dispatch --message-format=json 2>/dev/null |
  python3 -c 'import json,sys
for line in sys.stdin:
    about = json.loads(line)
    if about.get("executable") and about["target"]["name"] == "dispatch": print(about["executable"])')

source_rate() { # BYTES MAILS
  local from to
  from=$(date +%s.%N)
  timeout 300 smtp-source -d -s "$connections" -m "$2" -l "$1" "127.0.0.1:$port"
  to=$(date +%s.%N)
  python3 -c "print(round($2 / ($to - $from)))"
}

for setting in "60000 6000" "1000 20000"; do
  read -r bytes mails <<<"$setting"
  source_rate "$bytes" 1000 >/dev/null
  timeout 300 "$binary" "$port" "$bytes" "$connections" 1000 >/dev/null 2>&1
  for _ in $(seq "$pairs"); do
    ours=$(timeout 300 "$binary" "$port" "$bytes" "$connections" "$mails" 2>>"$work/frozen")
    theirs=$(source_rate "$bytes" "$mails")
    echo "$ours $theirs"
  done >"$work/pairs"
  python3 - "$bytes" "$connections" "$work/pairs" <<'PY'
import statistics, sys
pairs = [tuple(map(float, line.split())) for line in open(sys.argv[3])]
ours, theirs = (statistics.median(column) for column in zip(*pairs))
ratio = statistics.median(a / b for a, b in pairs)
print(f"{sys.argv[1]} bytes, {sys.argv[2]} connections, {len(pairs)} pairs: "
      f"rundbrief {ours:.0f}/s, smtp-source {theirs:.0f}/s, ratio {ratio:.2f} "
      f"({min(a / b for a, b in pairs):.2f} to {max(a / b for a, b in pairs):.2f})")
PY
done
sort "$work/frozen" | tail -n 1
