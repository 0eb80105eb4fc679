#!/usr/bin/env bash
# Builds the binary that is installed on a server: stripped, without the machine's paths, without what nothing calls.
# Usage: ./build.sh [file, default ./lienthong]
set -euo pipefail
cd "$(dirname "$0")"
go build -trimpath -ldflags='-s -w "-extldflags=-Wl,--gc-sections -Wl,--no-export-dynamic"' -o "${1:-lienthong}" ./cmd/lienthong
