#!/usr/bin/env bash
# 1,000 slow clients of each kind against samples/Echo while another client asks at a steady rate. Prints a row for each kind; for the same against another process
# of the same program, while nobody but the other client asks the first ("elsewhere"): what that costs is the machine's doing; and for nobody.
# Needs Linux, slowhttptest and h2load (Debian: slowhttptest, nghttp2-client). usage: benchmarks/slow.sh [connections]
set -euo pipefail
cd "$(dirname "$0")/.."
connections=${1:-1000}
port=${PORT:-8093}
url=http://127.0.0.1:$port
out=$(mktemp -d)
ulimit -n 16384 2> "$out/ulimit" || echo "fewer descriptors than wanted: $(ulimit -n)"
dotnet build samples/Echo -c Release -v q --nologo > "$out/build" || { cat "$out/build"; exit 1; }
servers=()
# A server ends by the signal it ends gracefully by; dotnet run passes it on.
trap 'kill -TERM "${servers[@]}" 2> "$out/kill" || true; wait "${servers[@]}" || true; rm -rf "$out"' EXIT
for number in "$port" $((port + 1)); do
  dotnet run --project samples/Echo -c Release --no-build -- "$number" > "$out/echo$number" 2>&1 &
  servers+=($!)
  until curl -fsS -o "$out/page" "http://127.0.0.1:$number/" 2> "$out/curl"; do kill -0 "${servers[-1]}"; done
done

# ask SECONDS: 16 connections ask 125 times a second each; their times in microseconds, sorted, lie in $out/times
ask() {
  h2load --h1 -t1 -c16 --rps=125 -D "$1" --log-file="$out/log" "$url/" > "$out/h2load"
  cut -f3 "$out/log" | sort -n > "$out/times"
  rm "$out/log"
}
part() { awk -v part="$1" '{ t[NR] = $1 } END { print t[int(NR * part) + 1] }' "$out/times"; }
median() { sort -n | awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }'; }
held() { ss -Htn state established "dport = :$attacked" | wc -l; }

# measure NAME PORT PATH [slowhttptest arguments]: windows of two seconds as long as there are slow clients; of nobody there are ten
measure() {
  local name=$1 attacked=$2 target=http://127.0.0.1:$2$3 attack= most=0 began now ended=- windows=0
  shift 3
  began=$(date +%s%3N)
  : > "$out/p50"
  : > "$out/p99"
  if (($# > 0)); then
    # They stand for other machines: what this one spends on being them is not to be taken from the server.
    chrt --idle 0 slowhttptest -c "$connections" -r 500 -p 3 "$@" -u "$target" > "$out/attack" 2>&1 &
    attack=$!
    until (($(held) > 0)) || ! kill -0 $attack 2> "$out/kill"; do :; done
  fi
  while [ -n "$attack" ] && (($(held) > 0)) || { [ -z "$attack" ] && ((windows < 10)); }; do
    ask 2
    now=$(held)
    ((most = now > most ? now : most)) || true
    part 0.5 >> "$out/p50"
    part 0.99 >> "$out/p99"
    ((++windows))
  done
  if [ -n "$attack" ]; then
    ended="$(($(date +%s%3N) - began))"
    ended="$((ended / 1000)) s"
    kill $attack 2> "$out/kill" || true
    wait $attack || true
  fi
  echo "| $name | $windows | $most | $(median < "$out/p50") µs | $(median < "$out/p99") µs | $(sort -n "$out/p99" | head -1)–$(sort -n "$out/p99" | tail -1) µs | $ended |"
}

echo "| slow clients: $connections | windows | most of them at once | p50 of the other, median | p99, median | p99 of the windows | all cut off after |"
echo "|---|--:|--:|--:|--:|--:|--:|"
ask 5
measure nobody "$port" /
for where in "$port" $((port + 1)); do
  elsewhere=$( ((where == port)) || echo ", elsewhere")
  measure "head$elsewhere" "$where" / -l 75 -H -i 5
  measure "body$elsewhere" "$where" / -l 60 -B -i 5 -s 8192
  measure "read$elsewhere" "$where" /large -l 60 -X -w 512 -y 1024 -n 5 -z 16 -k 1
  measure nobody "$port" /
done
