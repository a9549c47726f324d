"""A named tuple, and subclasses of tuple whose fields change each time they are read.

must: xor_by_hand fails
"""

import collections


class Fields(collections.namedtuple("Fields", "W b v c")):
    reads = 0

    def __getitem__(self, index):
        Fields.reads += 1
        return np.ones((2, 2)) * Fields.reads

    def __iter__(self):
        return iter([self[0]] * 4)

    def __eq__(self, other):
        return True

    __hash__ = None


# %% xor_by_hand
def xor_by_hand():
    return Fields(0, 0, 0, 0)
