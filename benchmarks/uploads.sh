#!/usr/bin/env bash
# What uploads cost samples/upload.cs in memory: one of 5 GiB, then 64 at once of 8 to 20 MiB, again and again. Prints a row for each.
# Needs Linux, curl and room for the files: they lie in a directory of mktemp and are gone at the end. usage: benchmarks/uploads.sh [GiB] [rounds]
set -euo pipefail
cd "$(dirname "$0")/.."
gib=${1:-5}
rounds=${2:-5}
port=${PORT:-8094}
out=$(mktemp -d)
mkdir "$out/tmp" "$out/answers"
server=
# The server ends by the signal it ends gracefully by.
finish() {
  [ -z "$server" ] || { kill -TERM "$server" 2> "$out/kill" || true; wait "$server" || true; }
  rm -rf "$out"
}
trap finish EXIT
dotnet build samples/upload.cs -c Release -o "$out/upload" -v q --nologo > "$out/build" || { cat "$out/build"; exit 1; }
TMPDIR=$out/tmp dotnet "$out/upload/upload.dll" "$port" > "$out/log" 2>&1 &
server=$!
until curl -fsS -o "$out/page" "http://127.0.0.1:$port/" 2> "$out/curl"; do kill -0 "$server"; done

# memory NAME: a figure of /proc/PID/status in MB
memory() { awk -v name="$1:" '$1 == name { printf "%d", $2 / 1000 }' "/proc/$server/status"; }
cpu() { awk '{ print ($14 + $15) * 10 }' "/proc/$server/stat"; }

# upload FILE ANSWER
upload() { curl -fsS -F "file=@$1" "http://127.0.0.1:$port/upload" > "$2"; }

# row NAME MILLISECONDS-BEFORE CPU-BEFORE BYTES
row() {
  local wall=$(($(date +%s%3N) - $2)) used=$(($(cpu) - $3))
  echo "| $1 | $((wall / 1000)).$((wall % 1000 / 100)) s | $(($4 / 1000 / wall)) MB/s | $((used * 1000000 / ($4 / 1000))) ns | $(memory VmRSS) MB | $(memory VmHWM) MB |"
}

echo "| upload | took | rate | CPU per KB | RSS afterwards | greatest RSS so far |"
echo "|---|--:|--:|--:|--:|--:|"
truncate -s 1M "$out/small"
upload "$out/small" "$out/answers/small"
echo "| 1 MiB, the first | | | | $(memory VmRSS) MB | $(memory VmHWM) MB |"

truncate -s "${gib}G" "$out/large"
began=$(date +%s%3N) used=$(cpu)
upload "$out/large" "$out/answers/large"
[ "$(cat "$out/answers/large")" = "large: $((gib << 30)) bytes" ] || { echo "answered: $(cat "$out/answers/large")"; exit 1; }
row "$gib GiB" "$began" "$used" $((gib << 30))
rm "$out/large"
find "$out/tmp" -type f -delete

for ((i = 0; i < 64; i++)); do truncate -s "$((8 + i % 13))M" "$out/file$i"; done
for ((round = 1; round <= rounds; round++)); do
  began=$(date +%s%3N) used=$(cpu) bytes=0
  pids=()
  for ((i = 0; i < 64; i++)); do
    upload "$out/file$i" "$out/answers/$i" & pids+=($!)
    bytes=$((bytes + ((8 + i % 13) << 20)))
  done
  for pid in "${pids[@]}"; do wait "$pid"; done
  row "64 at once, round $round" "$began" "$used" "$bytes"
  find "$out/tmp" -type f -delete
done
