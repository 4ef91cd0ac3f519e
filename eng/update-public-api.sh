#!/usr/bin/env bash
# Records the public API as it is now in PublicAPI.Unshipped.txt of each package. Look at the difference before you commit it.
set -euo pipefail
cd "$(dirname "$0")/.."
for project in src/Millrace src/Millrace.Extensions.Hosting; do
  file=$project/PublicAPI.Unshipped.txt
  printf '#nullable enable\n' > "$file"
  { dotnet build "$project" --nologo -v q -p:TreatWarningsAsErrors=false 2>&1 || true; } \
    | grep "/$project/" \
    | sed -n "s/.*RS0016: Symbol '\(.*\)' is not part of the declared public API.*/\1/p" \
    | LC_ALL=C sort -u > "$file.new"
  cat "$file.new" >> "$file"
  rm "$file.new"
  echo "$(($(wc -l < "$file") - 1)) symbols in $file"
done
