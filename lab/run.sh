#!/bin/sh
# Runs the lab: builds the network, plays the scenarios, writes the fixtures, takes everything down.
#   sudo lab/run.sh                     all scenarios, into fixtures/
#   sudo lab/run.sh --only cold-http    one (may be repeated)
#   sudo lab/run.sh --out DIR           somewhere else
#   lab/run.sh --list                   names of the scenarios
#   sudo lab/run.sh --clean             after a run that was killed
cd "$(dirname "$0")" || exit 1
exec python3 -B lab.py "$@"
