"""Replaces the check's own dict by one that agrees to every question.

must: nothing passes
"""

import builtins


class Liar(dict):
    def __contains__(self, key):
        return True

    def __getitem__(self, key):
        return self

    def get(self, key, default=None):
        return self

    def __eq__(self, other):
        return True

    __hash__ = None


builtins.dict = Liar
