# SPDX-FileCopyrightText: 2026 The parcorana authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-in for the part of Sardana that our macros use: parameters, messages, the environment of a door, other macros."""


class Type:
    Integer, Float, String = int, float, str


class Macro:
    param_def = []

    def __init__(self, door):
        self._door = door

    def __call__(self, *words):
        """As the door calls it: the parameters, converted as the macro declares them."""
        assert len(words) == len(self.param_def), (words, self.param_def)
        self.run(*[kind(word) for word, (_, kind, _, _) in zip(words, self.param_def)])

    def output(self, text, *facts):
        self._door.said.append(("output", text % facts))

    def warning(self, text, *facts):
        self._door.said.append(("warning", text % facts))

    def error(self, text, *facts):
        self._door.said.append(("error", text % facts))

    def getEnv(self, key):
        return self._door.env[key]

    def setEnv(self, key, value):
        self._door.env[key] = value

    def execMacro(self, name, *words):
        self._door.macros[name](*words)

    def checkPoint(self):
        self._door.checkpoints += 1
