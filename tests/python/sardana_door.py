# SPDX-FileCopyrightText: 2026 The parcorana authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A door that measures one scan and waits for its analysis. Arguments: config, file that the scan writes, options as JSON."""
import json
import sys

import sardana_macro


class Door:
    def __init__(self, path, options):
        self.said, self.checkpoints = [], 0
        self.env = {"ParcoranaOptions": options}
        self.macros = {"timescan": lambda points, seconds: self.measure(path, points, seconds)}

    def measure(self, path, points, seconds):
        self.measured = [points, seconds]
        self.env["LastScanFile"] = path


config, path, options = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
door = Door(path, options)
sardana_macro.xpcs_scan(door)("600", "0.01", config)
if "ParcoranaJob" in door.env:
    sardana_macro.xpcs_result(door)()
print(json.dumps({"said": door.said, "measured": door.measured, "result": door.env.get("ParcoranaResult"), "checks": door.checkpoints}))
