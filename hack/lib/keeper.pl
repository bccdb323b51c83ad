#!/usr/bin/perl
# keeper.pl NAME PIDFILE LOG COMMAND...: runs one daemon in the foreground and adopts whatever it leaves behind.
#
# As a child subreaper it stays the ancestor of every process that comes from the daemon: slurmstepd, the job's
# processes, what they put into the background with an empty environment. So "all processes of this cluster" is a
# question about the process tree. It ends when the last of them has ended.
use strict;
use warnings;

my ($name, $pidfile, $log, @command) = @ARGV;
my %prctl = (x86_64 => 157, aarch64 => 167, riscv64 => 167, ppc64le => 171, s390x => 172);
my $PR_SET_CHILD_SUBREAPER = 36;
chomp(my $machine = `uname -m`);
my $number = $prctl{$machine} or die "keeper: unknown machine $machine\n";
syscall($number, $PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0 or die "keeper: prctl: $!\n";

# A pipe or lock inherited from whoever called `up` must not stay open as long as the daemon runs.
opendir(my $fds, '/proc/self/fd') or die "keeper: /proc/self/fd: $!\n";
my @open = grep { /^\d+$/ && $_ > 2 && $_ != fileno($fds) } readdir $fds;
closedir $fds;
require POSIX;
POSIX::close($_) for @open;

open(STDIN, '<', '/dev/null') or die "keeper: /dev/null: $!\n";
open(STDOUT, '>>', $log) or die "keeper: $log: $!\n";
open(STDERR, '>&', \*STDOUT) or die "keeper: $log: $!\n";
umask 022;
# Background jobs of a shell ignore SIGINT; Slurm's jobs must not inherit that.
$SIG{$_} = 'DEFAULT' for qw(INT QUIT HUP TERM PIPE CHLD TSTP TTIN TTOU USR1 USR2);

my $pid = fork // die "keeper: fork: $!\n";
if ($pid == 0) {
    exec { $command[0] } @command or die "keeper: $command[0]: $!\n";
}
open(my $out, '>', "$pidfile.new") or die "keeper: $pidfile: $!\n";
print {$out} "$pid\n";
close $out;
rename "$pidfile.new", $pidfile or die "keeper: $pidfile: $!\n";

1 while waitpid(-1, 0) > 0;
