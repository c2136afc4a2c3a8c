#!/usr/bin/env bash
# A run under PBS; `rogallo submit` fills this in (see jobs/README.md).
# NOT RUN: written from the documentation of PBS Professional and OpenPBS.
#PBS -N @NAME@
#PBS -l select=@NODES@:ncpus=@RANKS_PER_NODE@:mpiprocs=@RANKS_PER_NODE@:mem=@NODE_MEMORY@mb
#PBS -l walltime=@WALLTIME@
#PBS -A @ACCOUNT@
#PBS -q @QUEUE@
#PBS -j oe
#PBS -o @DIRECTORY@/
# The environment of the submitting shell, with its modules.
#PBS -V
# If a node fails, the job restarts, and the run continues from its last checkpoint.
#PBS -r y

# Errors are handled by exit code, so no `set -e`.
set -uo pipefail

failed=@DIRECTORY@/job.failed
if [[ -e $failed ]]; then
    echo "an earlier job ended with an error that would occur again: see its log, fix the cause, and use rogallo submit"
    exit "$(<"$failed")"
fi

# In the background, since bash handles no signal while it waits for a command in the foreground (qdel, qsig).
"${MPIRUN:-mpirun}" -n @RANKS@ @COMMAND@ --walltime @RUN_SECONDS@ &
mpirun=$!
signalled=false
trap 'signalled=true; echo "asked to stop"; kill -USR1 "$mpirun"' USR1 TERM
wait "$mpirun"
status=$?
# A signal ends the wait, not the run.
while $signalled; do
    signalled=false
    wait "$mpirun"
    status=$?
done

case $status in
    0) echo "done" ;;
    3) echo "stopped early: the next job continues" ;;
    2 | 4) echo "$status" >"$failed" ;;
esac
exit "$status"
