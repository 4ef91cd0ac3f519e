#!/usr/bin/env bash
# 1,000 slow clients of each kind against samples/Echo while another client asks at a steady rate; a row for each kind, and one for nobody but the other client.
# All clients stand for other machines. So the server has a processor for itself, and on the other one the slow clients get what the client that asks leaves over.
# The first round is not counted: in it the runtime compiles what only slow clients make it do.
# Needs Linux, two processors, slowhttptest and h2load (Debian: slowhttptest, nghttp2-client). usage: benchmarks/slow.sh [connections [rounds]]
# SERVER_CPUS and CLIENT_CPUS name other processors, as taskset does: 0,1 for both puts all of them on both.
set -euo pipefail
cd "$(dirname "$0")/.."
connections=${1:-1000}
rounds=${2:-3}
port=${PORT:-8093}
url=http://127.0.0.1:$port
for tool in slowhttptest h2load taskset chrt ss curl; do command -v $tool > /dev/null || { echo "$tool is not installed"; exit 1; }; done
out=$(mktemp -d)
ulimit -n 16384 2> "$out/ulimit" || echo "fewer descriptors than wanted: $(ulimit -n)"
dotnet build samples/Echo -c Release -v q --nologo > "$out/build" || { cat "$out/build"; exit 1; }
taskset -c "${SERVER_CPUS:-0}" dotnet run --project samples/Echo -c Release --no-build -- "$port" > "$out/echo" 2>&1 &
server=$!
taskset -cp "${CLIENT_CPUS:-1}" $$ > "$out/taskset"
# A server ends by the signal it ends gracefully by; dotnet run passes it on.
trap 'kill -TERM $server 2> "$out/kill" || true; wait $server || true; rm -rf "$out"' EXIT
until curl -fsS -o "$out/page" "$url/" 2> "$out/curl"; do kill -0 $server; done

# ask SECONDS FILE: 16 connections ask 125 times a second each; adds their times in microseconds to the file
ask() {
  h2load --h1 -t1 -c16 --rps=125 -D "$1" --log-file="$out/log" "$url/" > "$out/h2load"
  cut -f3 "$out/log" >> "$2"
  rm "$out/log"
}
part() { sort -n "$2" | awk -v part="$1" '{ t[NR] = $1 } END { print t[int(NR * part) + 1] }'; }
held() { ss -Htn state established "dport = :$port" "sport != :$port" | wc -l; }

# measure NAME ROUND [PATH slowhttptest arguments]: as long as there are slow clients; of nobody, ten seconds
measure() {
  local name=$1 times=$out/$1.$2 attack most=0 began now
  if (($# == 2)); then
    for _ in 1 2 3 4 5; do ask 2 "$times"; done
    return
  fi
  local target=$url$3
  shift 3
  began=$(date +%s%3N)
  chrt --idle 0 slowhttptest -c "$connections" -r 500 -p 3 "$@" -u "$target" > "$out/attack" 2>&1 &
  attack=$!
  until (($(held) > 0)) || ! kill -0 $attack 2> "$out/kill"; do sleep 0.1; done
  while now=$(held) && ((now > 0)); do
    ((most = now > most ? now : most)) || true
    ask 2 "$times"
  done
  echo "$(($(date +%s%3N) - began))" >> "$out/$name.ended"
  echo "$most" >> "$out/$name.most"
  kill $attack 2> "$out/kill" || true
  wait $attack || true
}

# row NAME: all rounds together, and the p99 of each
row() {
  local name=$1 each=() most=- ended=-
  rm "$out/$name".0*
  for times in "$out/$name".[0-9]*; do each+=("$(part 0.99 "$times")"); done
  cat "$out/$name".[0-9]* > "$out/all"
  if [ -e "$out/$name.most" ]; then
    most=$(sort -n "$out/$name.most" | head -1)
    ended="$(($(sort -n "$out/$name.ended" | tail -1) / 1000)) s"
  fi
  echo "| $name | $(wc -l < "$out/all") | $most | $(part 0.5 "$out/all") µs | $(part 0.99 "$out/all") µs | ${each[*]} | $(part 0.999 "$out/all") µs | $ended |"
}

ask 5 "$out/warm"
for ((round = 0; round <= rounds; round++)); do
  measure nobody $round
  measure head $round / -l 75 -H -i 5
  measure nobody $round.
  measure body $round / -l 60 -B -i 5 -s 8192
  measure read $round /large -l 60 -X -w 512 -y 1024 -n 5 -z 16 -k 1
done
echo "| slow clients: $connections | requests of the other | held at once | p50 | p99 | p99 of each round | p99.9 | all cut off after |"
echo "|---|--:|--:|--:|--:|--:|--:|--:|"
for name in nobody head body read; do row $name; done
