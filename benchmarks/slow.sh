#!/usr/bin/env bash
# 1,000 slow clients of each kind against samples/Echo while another client measures its own requests. Prints a row for each kind.
# Needs slowhttptest and wrk. usage: benchmarks/slow.sh [connections]
set -euo pipefail
cd "$(dirname "$0")/.."
connections=${1:-1000}
port=${PORT:-8093}
out=$(mktemp -d)
ulimit -n 16384 2> "$out/ulimit" || echo "fewer descriptors than wanted: $(ulimit -n)"
dotnet build samples/Echo -c Release -v q --nologo > "$out/build"
dotnet run --project samples/Echo -c Release --no-build -- "$port" > "$out/echo" 2>&1 &
server=$!
# The server ends by the signal it ends gracefully by; dotnet run passes it on.
trap 'kill -TERM $server 2> "$out/kill" || true; wait $server || true' EXIT
until curl -fsS -o "$out/page" "http://127.0.0.1:$port/" 2> "$out/curl"; do kill -0 $server; done

# measure NAME SECONDS [slowhttptest arguments]
measure() {
  local name=$1 seconds=$2 attack= end=-
  shift 2
  if (($# > 0)); then
    slowhttptest -c "$connections" -r 500 -l "$seconds" -p 3 "$@" > "$out/$name" 2>&1 &
    attack=$!
    # Connected, all of them, before anything is measured.
    until (($(ss -Htn state established "dport = :$port" | wc -l) >= connections * 9 / 10)) || ! kill -0 $attack 2> "$out/kill"; do read -rt 0.2 <> <(:) || true; done
  fi
  local p50 p99
  read -r p50 p99 < <(wrk -t1 -c8 -d4s --latency "http://127.0.0.1:$port/" | awk '$1 == "50%" { a = $2 } $1 == "99%" { b = $2 } END { print a, b }')
  if [ -n "$attack" ]; then
    local began=$SECONDS
    while kill -0 $attack 2> "$out/kill" && (($(ss -Htn state established "dport = :$port" | wc -l) > 0)); do read -rt 0.2 <> <(:) || true; done
    end="$((SECONDS - began + 4)) s, $(ss -Htn state established "dport = :$port" | wc -l) left"
    wait $attack || true
  fi
  echo "| $name | $p50 | $p99 | $end |"
}

echo "| slow clients: $connections | p50 of the other | p99 | all cut off after |"
echo "|---|---|---|---|"
measure nobody 0
measure head 75 -H -i 5 -u "http://127.0.0.1:$port/"
measure body 30 -B -i 5 -s 8192 -u "http://127.0.0.1:$port/"
measure read 100 -X -w 512 -y 1024 -n 5 -z 16 -k 1 -u "http://127.0.0.1:$port/large"
measure nobody-again 0
