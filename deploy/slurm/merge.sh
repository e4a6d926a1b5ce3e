#!/bin/bash
# Puts the stores of an array together and writes the tables; sends nothing unless a shard was lost:
#   sbatch --dependency=afterany:JOB deploy/slurm/merge.sh experiments/mmlu.yaml
#SBATCH --job-name=smallbench-merge
#SBATCH --cpus-per-task=2
#SBATCH --time=00:30:00
set -euo pipefail

spec=$1
shared=${SMALLBENCH_SHARED:-$PWD/shards}
smallbench merge "$shared"/store-*-of-*.sqlite --into outputs/store.sqlite
smallbench plan "$spec" --set "output.dir=$PWD/outputs/merged"
smallbench judge "$spec" --set "output.dir=$PWD/outputs/merged"
