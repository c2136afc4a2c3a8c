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
# If a node fails, or the job is preempted, the job restarts, and the run continues from its last checkpoint.
#SBATCH --requeue
# Before the time limit the batch script receives a signal, and forwards it.
#SBATCH --signal=B:USR1@@MARGIN@

# Errors are handled by exit code, so no `set -e`.
set -uo pipefail

failed=@DIRECTORY@/job.failed
if [[ -e $failed ]]; then
    echo "an earlier job ended with an error that would occur again: see its log, fix the cause, and use rogallo submit"
    exit "$(<"$failed")"
fi

# The run stops in time if it knows the end of the job, which older versions of SLURM (such as 22.05) do not set.
end=$(squeue -h -j "$SLURM_JOB_ID" -o %e)
export SLURM_JOB_END_TIME=${SLURM_JOB_END_TIME:-$(date -d "$end" +%s)}

# In the background, since bash handles no signal while it waits for a command in the foreground.
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
    3) $cancelled || echo "stopped early: the next job continues" ;;
    2 | 4) echo "$status" >"$failed" ;;
esac
$cancelled || [[ $status != @REQUEUE@ ]] || scontrol requeue "$SLURM_JOB_ID"
exit "$status"
