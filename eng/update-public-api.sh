#!/usr/bin/env bash
# Records the public API as it is now in src/Millrace/PublicAPI.Unshipped.txt. Look at the difference before you commit it.
set -euo pipefail
cd "$(dirname "$0")/.."
file=src/Millrace/PublicAPI.Unshipped.txt
printf '#nullable enable\n' > "$file"
{ dotnet build src/Millrace --nologo -v q -p:TreatWarningsAsErrors=false 2>&1 || true; } \
  | sed -n "s/.*RS0016: Symbol '\(.*\)' is not part of the declared public API.*/\1/p" \
  | LC_ALL=C sort -u > "$file.new"
cat "$file.new" >> "$file"
rm "$file.new"
echo "$(($(wc -l < "$file") - 1)) symbols in $file"
