#!/usr/bin/env bash
# A run on a machine without a batch system; `rogallo submit --scheduler mpirun` fills this in (see jobs/README.md).

# It keeps running when you log out.
trap '' HUP
exec "${MPIRUN:-mpirun}" -n @RANKS@ @COMMAND@ --walltime @RUN_SECONDS@
