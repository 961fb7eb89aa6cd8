#!/bin/bash
# {{title}}
# Submit it again with: bsub < {{script}}
#BSUB -J {{jobName}}
#BSUB -q {{partition}}
#BSUB -P {{account}}
#BSUB -U {{reservation}}
#BSUB -w {{dependency}}
#BSUB -n {{tasks}}
#BSUB -R "span[ptile={{ntasksPerNode}}]"
#BSUB -R {{constraint}}
#BSUB -gpu {{gres}}
#BSUB {{exclusive}}
#BSUB -W {{hoursMinutes}}
#BSUB -o {{log}}
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
