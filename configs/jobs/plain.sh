#!/bin/bash
# {{title}}
note() { printf '%s %s %s\n' "$1" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$2" >> {{status}}; }
trap 'note ended 143; exit 143' TERM INT
note started "$(hostname) $$ ${SLURM_JOB_ID:-}"
cd {{folder}} || { note ended 4; exit 4; }
# From here on signals are for the program: it writes what it has, then this script notes how it ended.
trap : TERM INT
{{{command}}} > {{records}}
{{{other}}}
code=$?
note ended "$code"
exit "$code"
