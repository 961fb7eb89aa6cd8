// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later
export async function showResult(
  _output: string,
  _resolved: unknown,
  _options: { table: boolean; plot: boolean },
): Promise<string> {
  return ''
}
