#!/bin/sh
# Runs the programs of `fcnet init --adapter` in all their languages, as root on Debian, which has all of them.
set -eu
apt-get install -y --no-install-recommends gcc g++ python3-numpy python3-torch rustc golang-go default-jdk-headless octave r-base-core
cd "$(dirname "$0")/.."
npm run build
FCNET_ADAPTERS=all npx vitest run --config test/vitest.config.ts test/cli/adapters.test.ts
