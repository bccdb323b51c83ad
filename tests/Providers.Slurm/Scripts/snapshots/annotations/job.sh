#!/bin/bash
#SBATCH --job-name=hello.default.3b1f0c6e-0000-4000-8000-000000000001
#SBATCH --comment=virtual-kubelet/vk-slurm/3b1f0c6e-0000-4000-8000-000000000001
#SBATCH --output=/shared/vk/default_hello_3b1f0c6e-0000-4000-8000-000000000001/job.out
#SBATCH --open-mode=append
#SBATCH --chdir=HOME
#SBATCH --nodes=2
#SBATCH --ntasks=8
#SBATCH --partition=gpu
#SBATCH --account=chem
#SBATCH --qos=high
#SBATCH --constraint=a100|h100
#SBATCH --reservation=r1
#SBATCH --dependency=afterok:100:101
#SBATCH --licenses=matlab:1
#SBATCH --gres=shard:4
#SBATCH --time=2160
#SBATCH --exclusive
#SBATCH --no-requeue
#SBATCH --signal=B:USR2@40
#SBATCH --nice=10
#SBATCH --mail-type=END

# exec: the shim takes the script's place, so that the signals Slurm sends to the batch script reach it.
exec '/opt/vk slurm/vk-slurm-shim' run '/shared/vk/default_hello_3b1f0c6e-0000-4000-8000-000000000001'
