#!/bin/bash
# One experiment over the tasks of an array, which count from 1, each with a store on the disk of its node; then one table:
#   sbatch --array=1-8 deploy/slurm/array.sh experiments/mmlu.yaml
#   sbatch --dependency=afterany:JOB deploy/slurm/merge.sh experiments/mmlu.yaml
# Tasks that were lost, run again:
#   SMALLBENCH_SHARDS=8 sbatch --array=3,5 deploy/slurm/array.sh experiments/mmlu.yaml
# The model's server runs on the node, as `serve` of the spec starts it, or as a hosted endpoint.
#
# | variable | meaning |
# | --- | --- |
# | SMALLBENCH_SHARED | folder in which the stores of all tasks are collected, also for merge.sh; `shards` where sbatch is called if it is not set |
# | SMALLBENCH_SHARDS | number of all tasks, where the array has some of them only |
#SBATCH --job-name=smallbench
#SBATCH --cpus-per-task=4
#SBATCH --time=04:00:00
#SBATCH --signal=B:TERM@120
set -euo pipefail

spec=$1
shared=${SMALLBENCH_SHARED:-$PWD/shards}
shards=${SMALLBENCH_SHARDS:-$SLURM_ARRAY_TASK_COUNT}
store=store-$SLURM_ARRAY_TASK_ID-of-$shards.sqlite
scratch=${SLURM_TMPDIR:-$(mktemp -d)}        # a disk of the node: SQLite does not belong on NFS
own=$scratch/outputs
mkdir -p "$shared" "$own"
# A task that runs again continues with what it had.
cp "$shared/$store" "$own" 2>/dev/null || true

# What a task leaves on its node is removed once it is kept, unless Slurm does that.
keep() { cp "$own/$store" "$shared" && { [[ -n ${SLURM_TMPDIR:-} ]] || rm -rf "$scratch"; }; }
trap keep EXIT
# SIGTERM comes two minutes before the end: requests in flight are waited for, and what came is kept.
smallbench apply "$spec" --shard "$SLURM_ARRAY_TASK_ID/$shards" --set "output.dir=$own/run" --yes &
trap 'kill -TERM $!; wait $!' TERM
wait $!
