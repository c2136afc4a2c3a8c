#!/usr/bin/env bash
# A run under LSF; `rogallo submit` fills this in (see jobs/README.md).
# NOT RUN: written from the documentation of LSF 10.1.
#BSUB -J @NAME@
#BSUB -n @RANKS@
#BSUB -R "span[ptile=@RANKS_PER_NODE@]"
#BSUB -R "rusage[mem=@MEMORY@MB/task]"
#BSUB -W @WALLTIME@
#BSUB -P @ACCOUNT@
#BSUB -q @QUEUE@
#BSUB -o @DIRECTORY@/job-%J.log
# If a node fails, the job restarts, and the run continues from its last checkpoint.
#BSUB -r
# A run that has stopped early returns to the queue.
#BSUB -Q "@REQUEUE@"

# Errors are handled by exit code, so no `set -e`.
set -uo pipefail

failed=@DIRECTORY@/job.failed
if [[ -e $failed ]]; then
    echo "an earlier job ended with an error that would occur again: see its log, fix the cause, and use rogallo submit"
    exit "$(<"$failed")"
fi

# In the background, since bash handles no signal while it waits for a command in the foreground. LSF sends SIGUSR2 at
# the time limit, SIGINT and SIGTERM when the job is killed.
"${MPIRUN:-mpirun}" -n @RANKS@ @COMMAND@ --walltime @RUN_SECONDS@ &
mpirun=$!
signalled=false
trap 'signalled=true; echo "asked to stop"; kill -USR1 "$mpirun"' USR1 USR2 INT TERM
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
