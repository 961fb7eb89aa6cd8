// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Why a job waits, in words: Slurm's reason and what can be done. */
const meanings: readonly (readonly [RegExp, string])[] = [
  [/^Priority/, 'jobs before it come first'],
  [/^Resources/, 'its nodes are busy'],
  [/^Reservation/, 'its reservation has not begun, or is full'],
  [/^ReqNodeNotAvail/, 'a node it asks for is down, drained or reserved'],
  [/^(Dependency|DependencyNeverSatisfied)/, 'the job it depends on has not ended as wanted'],
  [/^BadConstraints/, 'no node has what it asks for: change --constraint, --gres or --nodes'],
  [/^PartitionTimeLimit/, 'it asks for more time than its partition allows: shorten --time'],
  [/^PartitionNodeLimit/, 'it asks for more nodes than its partition has: lower --nodes'],
  [
    /^PartitionConfig/,
    'its partition has fewer nodes, cores or memory than it asks for: lower --nodes or --ntasks-per-node, or change --partition',
  ],
  [/^Partition(Down|Inactive)/, 'its partition is closed'],
  [/^JobHeld/, "it is held: 'scontrol release ID' lets it go"],
  [/^(QOS|Assoc|MaxJobs)/, 'a limit of your account or QOS is reached'],
  [/^Invalid(Account|QOS)/, 'the cluster does not know its account or QOS: change --account or --qos'],
  [/^NodeDown/, 'a node it had is down'],
  [/^BeginTime/, 'its start time has not come'],
  [/^Licenses/, 'it waits for a licence'],
  [/^None$/, 'Slurm has not looked at it yet'],
]

/** `Resources (its nodes are busy)`; a reason that is not known here comes back as Slurm says it. */
export function reasonText(reason: string | null): string {
  const word = reason ?? 'None'
  const meaning = meanings.find(([pattern]) => pattern.test(word))?.[1]
  return meaning === undefined ? word : `${word} (${meaning})`
}
