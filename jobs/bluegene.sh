#!/usr/bin/env bash
# A run on a Blue Gene/Q under LoadLeveler; `rogallo submit --scheduler bluegene` fills this in (see jobs/README.md).
# NOT RUN: written from the documentation of LoadLeveler and runjob, as published by the centres at Juelich, Daresbury and Orsay.
# @ job_name = @NAME@
# @ job_type = bluegene
# @ bg_size = @NODES@
# @ wall_clock_limit = @WALLTIME@
# @ account_no = @ACCOUNT@
# @ class = @QUEUE@
# @ environment = COPY_ALL
# @ output = @DIRECTORY@/job-$(jobid).log
# @ error = $(output)
# @ notification = never
# @ queue

runjob --np @RANKS@ --ranks-per-node @RANKS_PER_NODE@ : @COMMAND@ --walltime @RUN_SECONDS@
