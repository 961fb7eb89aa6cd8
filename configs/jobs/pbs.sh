#!/bin/bash
# {{title}}
# Submit it again with: qsub {{script}}
#PBS -N {{jobName}}
#PBS -q {{partition}}
#PBS -A {{account}}
#PBS -W depend={{dependency}}
#PBS -l select={{select}}
#PBS -l place={{place}}
#PBS -l walltime={{walltime}}
#PBS -j oe
#PBS -o {{log}}
note() { printf '%s %s %s\n' "$1" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$2" >> {{status}}; }
trap 'note ended 143; exit 143' TERM INT
note started "$(hostname) $$"
cd {{folder}} || { note ended 4; exit 4; }
# From here on signals are for the program: it writes what it has, then this script notes how it ended.
trap : TERM INT
{{{command}}} > {{records}}
code=$?
note ended "$code"
exit "$code"
