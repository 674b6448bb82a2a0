#!/usr/bin/env bash
# Compares with npm's mjml on the MJML of the sample post, in the same run: as whole processes and warm.
# Needs node, npm and a release build; everything it installs lies in a temporary folder.
# usage: benches/mjml.sh [pairs, default 21]
set -euo pipefail
cd "$(dirname "$0")/.."
pairs=${1:-21}
post=newsletters/2026-11-herbsttagung.md
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cargo build --release --locked --quiet
binary=$PWD/target/release/rundbrief
export XDG_CACHE_HOME=$work/cache
"$binary" build "$post" --out "$work/out" >/dev/null
mjml=$work/out/2026-11-herbsttagung/email.mjml
npm install --silent --no-audit --no-fund --prefix "$work/node" mjml >/dev/null
cat >"$work/whole.cjs" <<'JS'
const mjml2html = require('mjml'); const fs = require('fs');
Promise.resolve(mjml2html(fs.readFileSync(process.argv[2], 'utf8'), {filePath: process.argv[2]})).then(r => fs.writeFileSync(process.argv[3], r.html));
JS
cat >"$work/warm.cjs" <<'JS'
const mjml2html = require('mjml'); const fs = require('fs');
(async () => {
  const text = fs.readFileSync(process.argv[2], 'utf8');
  for (let i = 0; i < 20; i++) await mjml2html(text);
  const times = [];
  for (let i = 0; i < 50; i++) { const t = process.hrtime.bigint(); await mjml2html(text); times.push(Number(process.hrtime.bigint() - t) / 1e6); }
  times.sort((a, b) => a - b); console.log(times[25].toFixed(3));
})();
JS
node --version; node -p "'mjml ' + require('$work/node/node_modules/mjml/package.json').version"

python3 - "$binary" "$post" "$work" "$mjml" "$pairs" <<'PY'
import os, re, statistics, subprocess, sys, time
binary, post, work, mjml, pairs = sys.argv[1:5] + [int(sys.argv[5])]
env = dict(os.environ, NODE_PATH=f"{work}/node/node_modules")
ours = [binary, "build", post, "--out", f"{work}/out"]
theirs = ["node", f"{work}/whole.cjs", mjml, f"{work}/mjml.html"]

nowhere = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]

# Started as a shell does it, so that nothing of Python's own is in the figure.
def timed(command):
    start = time.perf_counter()
    child = os.posix_spawnp(command[0], command, env, file_actions=nowhere)
    status = os.waitpid(child, 0)[1]
    seconds = time.perf_counter() - start
    return seconds if status == 0 else sys.exit(f"{command[0]} failed")

timed(ours), timed(theirs)
rows = [(timed(ours), timed(theirs)) for _ in range(pairs)]
a, b = (statistics.median(column) for column in zip(*rows))
ratio = statistics.median(y / x for x, y in rows)
print(f"whole process, median of {pairs} pairs: rundbrief build {a*1e3:.1f} ms (everything: mail, text, teasers, feed item, plan);"
      f" node with mjml {b*1e3:.0f} ms (the HTML alone); {ratio:.0f} times")
warm = subprocess.run(["node", f"{work}/warm.cjs", mjml], check=True, env=env, capture_output=True, text=True)
warm = float(warm.stdout)
bench = subprocess.run(["cargo", "bench", "--locked", "--quiet", "--bench", "render", "--", "^mjml$", "--noplot"],
                       check=True, env=env, capture_output=True, text=True).stdout
value, unit = re.search(r"time:\s+\[\S+ \S+ (\S+) (\S+)", bench).groups()
own = float(value) * {"ns": 1e-6, "µs": 1e-3, "ms": 1.0, "s": 1e3}[unit]
print(f"warm, MJML to HTML with its styles inlined: rundbrief {own:.2f} ms, mjml {warm:.1f} ms; {warm / own:.0f} times")
PY
