#!/usr/bin/env bash
# TEMPLATE: a rogallo run without a batch system: jobs/mpirun.sh CASE.toml RANKS [OPTIONS of `rogallo run`]
# To stop it with a checkpoint: kill -USR1 and the process id of mpirun, or start it with --walltime 11:30:00.
# Call it again to go on from there.
set -euo pipefail

case=${1:?usage: jobs/mpirun.sh CASE.toml RANKS [OPTIONS]}
ranks=${2:?usage: jobs/mpirun.sh CASE.toml RANKS [OPTIONS]}

exec mpirun -n "$ranks" target/release/rogallo run "$case" "${@:3}"
