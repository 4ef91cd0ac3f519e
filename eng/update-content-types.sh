#!/usr/bin/env bash
# Makes the table of media types that the program carries from eng/content-types.txt.
set -euo pipefail
cd "$(dirname "$0")/.."

target=src/Millrace/Files/ContentTypes.Table.cs
duplicates=$(awk '!/^#/ { for (i = 2; i <= NF; i++) print $i }' eng/content-types.txt | sort | uniq -d)
[[ -z $duplicates ]] || { echo "These extensions stand twice in eng/content-types.txt:" $duplicates >&2; exit 1; }
{
    cat << 'HEAD'
// Made by eng/update-content-types.sh from eng/content-types.txt: change that and run it again.
namespace Millrace.Files;

internal static partial class ContentTypes
{
    /// <summary>A type and its extensions, up to a semicolon each.</summary>
    private const string Table = """
HEAD
    awk '!/^#/ && NF {
        if (length(line) + length($0) > 135) { print "        " line; line = "" }
        line = line $0 ";"
    }
    END { print "        " line }' eng/content-types.txt
    cat << 'TAIL'
        """;
}
TAIL
} > "$target"
echo "$target: $(awk '!/^#/ { n += NF ? NF - 1 : 0 } END { print n }' eng/content-types.txt) extensions"
