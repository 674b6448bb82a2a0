#!/usr/bin/env bash
# Every test of the project, on a machine with Rust and Debian's packages. Installs what is missing, starts what it
# needs itself, skips nothing, and prints how long each stage took.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
current=start
ended() {
  local code=$?
  stop_postgres
  rm -rf "$work"
  [ "$code" -eq 0 ] || echo "FAILED: $current" >&2
}
trap ended EXIT
export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-never} INSTA_UPDATE=no XDG_CACHE_HOME="$work/cache"
started=$SECONDS

stage() { # NAME COMMAND…
  local name=$1 from=$SECONDS
  shift
  current=$name
  echo "== $name"
  "$@" # not in a condition: there bash would go on after a failed command inside
  echo "-- $name: $((SECONDS - from)) s"
}

as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }

install_packages() {
  local missing=()
  command -v cc >/dev/null || missing+=(gcc libc6-dev)
  command -v python3 >/dev/null || missing+=(python3)
  python3 -c 'import venv, ensurepip' 2>/dev/null || missing+=(python3-venv)
  command -v node >/dev/null || missing+=(nodejs)
  command -v npm >/dev/null || missing+=(npm)
  command -v chromium >/dev/null || missing+=(chromium)
  command -v systemd-analyze >/dev/null || missing+=(systemd)
  command -v java >/dev/null || missing+=(default-jre-headless)
  for package in postfix dovecot-core postgrey openssl spamassassin ruby postgresql pgbouncer libfaketime zsh fish mandoc groff-base; do
    dpkg-query -W "$package" >/dev/null 2>&1 || missing+=("$package")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  fi
}

install_readers() { # independent readers of what we write
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install --quiet --disable-pip-version-check feedparser==6.0.14 jsonschema==4.26.0 standardwebhooks==1.1.0
  npm install --silent --no-audit --no-fund --no-save --prefix "$work/node" playwright-core@1 axe-core@4 vnu-jar@26.9.27
  export RUNDBRIEF_NODE_MODULES="$work/node/node_modules"
}

build_sample() { # the README's way, on a copy of what a fresh clone has
  mkdir "$work/clone"
  git ls-files -z newsletters config.example.toml | xargs -0 cp --parents -t "$work/clone"
  cd "$work/clone"
  for post in newsletters/*.md; do "$binary" build "$post" >/dev/null; done
  "$binary" send newsletters/2026-11-herbsttagung.md | tail -n 1
  cd - >/dev/null
}

mails_parse() { # golden mails and the outbox, in Python's e-mail package
  find tests/cases "$work/clone/out" -name '*.eml' -print0 | xargs -0 python3 tests/mime.py >/dev/null
}

mails_are_accessible() { # WCAG A and AA, light and dark, phone and desk, in Chromium
  cargo test --locked --quiet --test mail -- --ignored >/dev/null
  (cd "$work/clone" && "$binary" report 2026-11-herbsttagung --out out/report.html >/dev/null)
  tests/axe.sh "$work/clone/out/report.html" "$work"/clone/out/*/email.html $(find "${CARGO_TARGET_DIR:-target}/tmp/mail" -name email.html -not -path '*/english/*')
  ALLOW_LINKED_PICTURES=1 tests/axe.sh "${CARGO_TARGET_DIR:-target}/tmp/mail/english/email.html"
}

the_preview_works() { tests/preview.sh "$binary"; } # in Chromium, with axe-core on the page itself

feeds_read() { # the sample's feed, and every golden one
  local feed
  "$work/venv/bin/python" tests/feed_reader.py "$work/clone/public/feed.xml" --expect-items 1
  for feed in tests/cases/feed/{new,third-party,third-party-with-item,thirty-first}.xml; do "$work/venv/bin/python" tests/feed_reader.py "$feed"; done
}

feeds_are_valid() { # Ruby's RSS library, with validation
  ruby tests/feed_valid.rb "$work/clone/public/feed.xml" tests/cases/feed/{new,thirty-first}.xml
}

webhooks_verify() { # real requests, with an independent Standard Webhooks library and a JSON Schema validator
  "$work/venv/bin/python" tests/webhook.py "$binary"
}

mails_are_html() { # the Nu HTML checker
  node tests/vnu.mjs "$work"/clone/out/*/email.html
}

mails_are_no_spam() { tests/spam.sh "$work"/clone/out/*/email.eml; }

samples_have_no_finding() { # of any weight
  local findings
  findings=$(cd "$work/clone" && "$binary" --format json check newsletters/*.md)
  [ "$findings" = "[]" ] || { echo "$findings" >&2; return 1; }
}

unit_files() { # as systemd reads them, with the program and a user that are there
  mkdir "$work/units"
  cp contrib/systemd/* "$work/units"
  sed -i "s#/usr/local/bin/rundbrief#$binary#; s#^User=rundbrief#User=daemon#" "$work"/units/*.service
  systemd-analyze verify "$work"/units/rundbrief.{service,timer} "$work"/units/rundbrief-{worker,failed}.service
  local unit
  for unit in rundbrief rundbrief-worker; do
    systemd-analyze security --offline=true --threshold=25 "$work/units/$unit.service" | tail -n 1
  done
}

completions_are_read() { # by the shells that they are for; what bash offers is among the tests
  local shell
  mkdir "$work/completions"
  for shell in bash zsh fish; do
    "$binary" completions "$shell" >"$work/completions/_rundbrief.$shell"
    "$shell" -n "$work/completions/_rundbrief.$shell"
  done
  fish --no-config -c "source $work/completions/_rundbrief.fish; complete -C 'rundbrief sta'" | grep -q '^status'
  mv "$work/completions/_rundbrief.zsh" "$work/completions/_rundbrief"
  zsh -f -c "fpath=($work/completions \$fpath); autoload -U compinit; compinit -D -u; print \$_comps[rundbrief]" | grep -qx _rundbrief
}

manual_pages_are_in_order() { # for both programs that format them, without a word of theirs
  local page said
  "$binary" man --out "$work/man" >/dev/null
  mandoc -Tlint -Wwarning "$work"/man/*.1
  for page in "$work"/man/*.1; do
    said=$(groff -man -Tutf8 -ww "$page" 2>&1 >/dev/null)
    [ -z "$said" ] || { echo "$said" >&2; return 1; }
  done
}

as_postgres() { # the server refuses to run as root
  if [ "$(id -u)" -eq 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi
}

start_postgres() { # a server of our own on the loopback, and a pooler in transaction mode before it
  RUNDBRIEF_POSTGRES_BIN=$(find /usr/lib/postgresql -maxdepth 2 -name bin | sort -V | tail -n 1)
  export RUNDBRIEF_POSTGRES_BIN
  postgres=$(mktemp -d)
  if [ "$(id -u)" -eq 0 ]; then chown postgres "$postgres"; fi
  read -r port pooled < <(python3 -c 'import socket; a, b = socket.socket(), socket.socket(); a.bind(("127.0.0.1", 0)); b.bind(("127.0.0.1", 0)); print(a.getsockname()[1], b.getsockname()[1])')
  (cd / && as_postgres "$RUNDBRIEF_POSTGRES_BIN/initdb" --auth=trust --username=anna --no-sync --encoding=UTF8 -D "$postgres/data" >/dev/null)
  (cd / && as_postgres "$RUNDBRIEF_POSTGRES_BIN/pg_ctl" -w -D "$postgres/data" -l "$postgres/log" \
    -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories='' -c max_connections=300" start >/dev/null)
  printf '%s\n' '[databases]' "postgres = host=127.0.0.1 port=$port dbname=postgres user=anna" '[pgbouncer]' \
    'listen_addr = 127.0.0.1' "listen_port = $pooled" 'auth_type = any' 'pool_mode = transaction' 'unix_socket_dir =' \
    'default_pool_size = 10' 'max_client_conn = 500' "logfile = $postgres/pooler.log" "pidfile = $postgres/pooler.pid" |
    as_postgres tee "$postgres/pooler.ini" >/dev/null
  (cd / && as_postgres "$(PATH=$PATH:/usr/sbin command -v pgbouncer)" -d -q "$postgres/pooler.ini")
}

stop_postgres() {
  [ -n "${postgres:-}" ] || return 0
  if [ -f "$postgres/pooler.pid" ]; then as_postgres kill "$(cat "$postgres/pooler.pid")" || true; fi
  (cd / && as_postgres "$RUNDBRIEF_POSTGRES_BIN/pg_ctl" -m immediate -D "$postgres/data" stop >/dev/null 2>&1) || true
  rm -rf "$postgres"
}

record_in_postgres() { # the contract of every record, directly and through the pooler
  start_postgres
  RUNDBRIEF_POSTGRES="postgres://anna@127.0.0.1:$port/postgres" \
    cargo test --locked --quiet --test ledger_postgres -- --include-ignored
  RUNDBRIEF_POSTGRES="postgres://anna@127.0.0.1:$pooled/postgres" \
    cargo test --locked --quiet --test ledger_postgres -- --include-ignored --skip schema:: --skip outage::
  cargo test --locked --quiet --test postgres_commands -- --include-ignored
  # Few at once: each has several processes with several connections, and some measure times.
  RUNDBRIEF_POSTGRES="postgres://anna@127.0.0.1:$port/postgres" \
    cargo test --locked --quiet --test work_command -- --ignored --test-threads 3
  RUNDBRIEF_POSTGRES="postgres://anna@127.0.0.1:$pooled/postgres" \
    cargo test --locked --quiet --test work_command -- --ignored --test-threads 3 signals:: begun::
}

commands_on_postgres() { # every test that runs the program in a project, its record in the database instead of a file
  local tests=() test
  for test in $(grep -lE 'support/(project|sending)\.rs' tests/*.rs); do
    test=$(basename "$test" .rs)
    # The first has a server of its own, the other needs more time than it has beside so many.
    case "$test" in postgres_commands | networks) ;; *) tests+=(--test "$test") ;; esac
  done
  # The program is killed here, not the server: nothing is lost that it has not written to the disk.
  psql -X -q -h 127.0.0.1 -p "$port" -U anna postgres -c 'ALTER SYSTEM SET fsync = off' -c 'SELECT pg_reload_conf()' >/dev/null
  RUNDBRIEF_TEST_RECORD="postgres://anna@127.0.0.1:$port/postgres" \
    cargo test --locked --quiet "${tests[@]}" -- --test-threads 4 2>"$work/on-postgres.log" >"$work/on-postgres.out" ||
    { cat "$work/on-postgres.out" "$work/on-postgres.log" >&2; return 1; }
  RUNDBRIEF_TEST_RECORD="postgres://anna@127.0.0.1:$port/postgres" \
    cargo test --locked --quiet --test networks -- --test-threads 3
  echo "about files only, left out here:"
  grep -h '^about files only' "$work/on-postgres.log" "$work/on-postgres.out" | sed 's/^about files only: /  /' | sort
}

chaos() { # workers are killed and stand still, the database is restarted; RUNDBRIEF_POSTGRES_BIN is known from the stage before
  python3 -B tests/chaos.py "$binary" 10000
}

real_mail_servers() { as_root env PATH="$PATH:/usr/sbin" python3 -B tests/postfix.py "$binary"; }

first_use() { as_root env PATH="$PATH:/usr/sbin" python3 -B tests/first_use.py "$binary"; }

stage "packages" install_packages
stage "independent readers" install_readers
stage "format" cargo fmt --check
stage "lints" cargo clippy --locked --all-targets --quiet -- -D warnings
stage "build" cargo build --locked --quiet
binary=$(cd "${CARGO_TARGET_DIR:-target}" && pwd)/debug/rundbrief
stage "tests" cargo test --locked --quiet
stage "kill test" cargo test --locked --quiet --test kill --test faults --test run_together -- --ignored --test-threads 8
stage "record in PostgreSQL" record_in_postgres
stage "commands on PostgreSQL" commands_on_postgres
stage "chaos" chaos
stage "documentation" env RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --quiet
stage "sample: build and send" build_sample
stage "mails parse without a defect" mails_parse
stage "mails are accessible" mails_are_accessible
stage "the preview works in a browser" the_preview_works
stage "the feed reads" feeds_read
stage "the feed is valid" feeds_are_valid
stage "webhooks verify" webhooks_verify
stage "mails are valid HTML" mails_are_html
stage "mails are no spam" mails_are_no_spam
stage "check finds nothing in the samples" samples_have_no_finding
stage "unit files" unit_files
stage "shells read the completions" completions_are_read
stage "manual pages are in order" manual_pages_are_in_order
stage "real mail servers" real_mail_servers
stage "a first use, from init to the report" first_use
stage "memory does not grow with the list" python3 tests/memory.py "$binary"
echo "all stages passed in $((SECONDS - started)) s"
