#!/bin/bash
#SBATCH --job-name=hello.default.3b1f0c6e-0000-4000-8000-000000000001
#SBATCH --comment=virtual-kubelet/vk-slurm@0c5a3a57-62a5-4e3c-9b4e-0a4b7d2f8a10/3b1f0c6e-0000-4000-8000-000000000001
#SBATCH --output=/shared/vk/default_hello_3b1f0c6e-0000-4000-8000-000000000001/job.out
#SBATCH --open-mode=append
#SBATCH --chdir=HOME
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --no-requeue
#SBATCH --signal=B:USR2@40

# exec: the shim takes the script's place, so that the signals Slurm sends to the batch script reach it.
exec '/opt/vk slurm/vk-slurm-shim' run '/shared/vk/default_hello_3b1f0c6e-0000-4000-8000-000000000001'
