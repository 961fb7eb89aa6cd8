#!/bin/bash
# {{title}}
# Submit it again with: sbatch {{script}}
#SBATCH --job-name={{jobName}}
#SBATCH --partition={{partition}}
#SBATCH --reservation={{reservation}}
#SBATCH --account={{account}}
#SBATCH --qos={{qos}}
#SBATCH --dependency={{dependency}}
#SBATCH --constraint={{constraint}}
#SBATCH --gres={{gres}}
#SBATCH --nodes={{nodes}}
#SBATCH --ntasks-per-node={{ntasksPerNode}}
#SBATCH --cpus-per-task={{cpusPerTask}}
#SBATCH {{exclusive}}
#SBATCH --mem={{mem}}
#SBATCH --time={{time}}
#SBATCH --output={{output}}
#SBATCH --open-mode=append
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
