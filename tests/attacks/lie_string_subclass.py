"""A string that equals every string, as a value and as a name.

must: xor_by_hand fails
"""


class Liar(str):
    def __eq__(self, other):
        return True

    def __str__(self):
        return self

    __hash__ = str.__hash__


# %% xor_by_hand
def xor_by_hand():
    return [Liar("passed")] * 4
