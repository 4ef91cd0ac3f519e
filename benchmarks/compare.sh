#!/bin/sh
# Compares Millrace with Kestrel on this machine; --help tells how.
exec dotnet run --project "$(dirname "$0")/Compare" --configuration Release -- "$@"
