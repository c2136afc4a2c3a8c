#!/usr/bin/env bash
# TEMPLATE: a rogallo run under SLURM. Change the lines marked <-- and submit with `sbatch jobs/slurm.sh`.
# The first submission starts the case; every further one continues it from the latest checkpoint.
#SBATCH --job-name=rogallo              # one name a case: two jobs must not share a run directory
#SBATCH --dependency=singleton          # so a second submission waits for the first to end
#SBATCH --nodes=4                       # <--
#SBATCH --ntasks-per-node=64            # <-- one rank a core
#SBATCH --cpus-per-task=1
#SBATCH --time=12:00:00                 # <-- rogallo reads this limit and stops in time, with a checkpoint
#SBATCH --output=%x-%j.log

# Errors are handled by exit code below, so no `set -e`.
set -uo pipefail

case=configs/taylor-green.toml          # <--
module load openmpi hdf5-parallel       # <-- the same as for the build

# Older SLURM (22.05 for one) does not tell the job when it ends; rogallo needs it to stop in time.
export SLURM_JOB_END_TIME=${SLURM_JOB_END_TIME:-$(date -d "$(squeue -h -j "$SLURM_JOB_ID" -o %e)" +%s)}

# With Open MPI built for SLURM; where srun has no PMIx use: mpirun target/release/rogallo run "$case"
srun --mpi=pmix target/release/rogallo run "$case"
status=$?

case $status in
    0) echo "done" ;;
    3) echo "stopped early with a checkpoint; submit this script again to go on" ;;
    2) echo "bad input, nothing was computed; see the message above" ;;
    4) echo "the solution diverged; see the message above" ;;
    *) echo "failed with exit code $status; see the message above" ;;
esac
exit "$status"
