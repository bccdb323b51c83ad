# shellcheck shell=bash disable=SC2154,SC2034 # the parts share variables
# The cluster's configuration: ports, slurm.conf, gres.conf, cgroup.conf.

choose_ports() {
  local ports
  ports=$(free_ports 4) || exit
  read -r ctld_port n0_port n1_port dbd_port <<<"$ports"
}

save_instance() {
  printf '%s=%q\n' suite "$suite" accounting "$accounting" min_job_age "$min_job_age" \
    ctld_port "$ctld_port" n0_port "$n0_port" n1_port "$n1_port" dbd_port "$dbd_port" >"$dir/instance"
}

write_configuration() {
  local user
  user=$(id -un 2>/dev/null || id -u)
  mkdir -p "$dir"/{log,run,munge,ctld,n0,n1}
  cat >"$dir/slurm.conf" <<CONF
# Written by hack/slurm; gone with this directory.
ClusterName=vk
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=$ctld_port
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$dir/munge/socket
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
StateSaveLocation=$dir/ctld
SlurmctldPidFile=$dir/run/slurmctld.own
SlurmctldLogFile=$dir/log/slurmctld.log
SlurmdPidFile=$dir/run/slurmd-%n.own
SlurmdSpoolDir=$dir/%n
SlurmdLogFile=$dir/log/slurmd-%n.log
SlurmdParameters=config_overrides
MailProg=/bin/true
SlurmctldDebug=info
SlurmdDebug=info

ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
# Else a job that names no memory gets all of a node.
DefMemPerCPU=1000
# Without cgroups a job over its memory is killed within a second or two and ends FAILED by signal 9; no Slurm version
# calls that OUT_OF_MEMORY.
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
PropagateResourceLimitsExcept=MEMLOCK

# Tests wait for these: start at once, notice at once.
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0,bf_interval=1,bf_continue
MinJobAge=$min_job_age
MaxJobCount=30000
MaxDBDMsgs=100000
KillWait=5
InactiveLimit=0
OverTimeLimit=0
ReturnToService=2
MessageTimeout=10
SlurmctldTimeout=30
SlurmdTimeout=30

GresTypes=gpu
NodeName=n[0-1] NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=[$n0_port,$n1_port] CPUs=16 RealMemory=16000 Gres=gpu:2
PartitionName=main Nodes=n[0-1] Default=YES MaxTime=UNLIMITED State=UP
PartitionName=short Nodes=n[0-1] MaxTime=1 State=UP
CONF
  # A gpu must be a device file, and every machine has these two.
  printf 'NodeName=n[0-1] Name=gpu File=/dev/%s\n' null zero >"$dir/gres.conf"
  # Slurm 22.05 does not know this plugin, and does not touch cgroups with the plugins above anyway.
  [ -z "$suite" ] || echo 'CgroupPlugin=disabled' >"$dir/cgroup.conf"
  [ "$accounting" = no ] || write_accounting_configuration "$user"
  save_instance
}
