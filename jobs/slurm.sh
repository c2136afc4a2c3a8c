#!/usr/bin/env bash
# A run under SLURM; `rogallo submit` fills this in (see jobs/README.md).
#SBATCH --job-name=@NAME@
#SBATCH --ntasks=@RANKS@
#SBATCH --nodes=@NODES@
#SBATCH --ntasks-per-node=@RANKS_PER_NODE@
#SBATCH --cpus-per-task=1
#SBATCH --mem-per-cpu=@MEMORY@M
#SBATCH --time=@WALLTIME@
#SBATCH --account=@ACCOUNT@
#SBATCH --partition=@QUEUE@
#SBATCH --output=@DIRECTORY@/job-%j.log
#SBATCH --open-mode=append
# When a node fails, or the job is preempted, it starts again, and the run goes on from its last checkpoint.
#SBATCH --requeue
# Before its time is over the batch script is sent a signal, and passes it on.
#SBATCH --signal=B:USR1@@MARGIN@

# Errors are handled by exit code, so no `set -e`.
set -uo pipefail

failed=@DIRECTORY@/job.failed
if [[ -e $failed ]]; then
    echo "an earlier job ended with an error that this one would meet again: see its log, mend it, use rogallo submit"
    exit "$(<"$failed")"
fi

# The run stops in time when it knows the end of the job, which older SLURM (22.05 for one) does not tell.
end=$(squeue -h -j "$SLURM_JOB_ID" -o %e)
export SLURM_JOB_END_TIME=${SLURM_JOB_END_TIME:-$(date -d "$end" +%s)}

# In the background, since bash takes no signal while it waits for a command in the foreground.
"${MPIRUN:-mpirun}" -n @RANKS@ @COMMAND@ &
mpirun=$!
signalled=false cancelled=false
trap 'signalled=true; echo "asked to stop"; kill -USR1 "$mpirun"' USR1
trap 'cancelled=true; signalled=true; echo "asked to stop"; kill -USR1 "$mpirun"' TERM
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
    3) $cancelled || echo "stopped early: the next job goes on" ;;
    2 | 4) echo "$status" >"$failed" ;;
esac
$cancelled || [[ $status != @REQUEUE@ ]] || scontrol requeue "$SLURM_JOB_ID"
exit "$status"
