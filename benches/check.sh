#!/usr/bin/env bash
# How long `rundbrief check` takes for 200 posts. Usage: benches/check.sh [PROGRAM]; without one it builds the release.
set -euo pipefail
cd "$(dirname "$0")/.."
binary=${1:-}
if [ -z "$binary" ]; then
  cargo build --release --locked --quiet
  binary=${CARGO_TARGET_DIR:-target}/release/rundbrief
fi
binary=$(realpath "$binary")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git ls-files -z newsletters | xargs -0 cp --parents -t "$work"
cd "$work/newsletters"
# The sample with its picture, its quote and its links, under names and titles of their own.
for number in $(seq 200); do
  sed "s/^title: \"\(.*\)\"/title: \"\1 $number\"/" 2026-11-herbsttagung.md >"bench-$number.md"
done
rm 20*.md
cd "$work"
python3 - "$binary" <<'PY'
import statistics, subprocess, sys, time

took = []
for _ in range(5):
    begin = time.perf_counter()
    done = subprocess.run([sys.argv[1], "check"], capture_output=True, text=True)
    took.append(time.perf_counter() - begin)
    assert done.returncode == 0, (done.stdout + done.stderr)[:1000]
print(done.stdout.strip().splitlines()[-1])
print(f"median {statistics.median(took):.2f} s, worst {max(took):.2f} s, of {len(took)}")
PY
