"""An object whose shape, dtype and data change each time they are read.

must: xor_by_hand fails
"""


class Liar:
    asked = 0

    @property
    def shape(self):
        Liar.asked += 1
        return [(2, 2), (2,), (2, 1), (1,)][Liar.asked % 4]

    @property
    def __array_interface__(self):
        Liar.asked += 1
        return {"version": 3, "shape": self.shape, "typestr": "<f8", "data": (0x10000 * Liar.asked, False)}


# %% xor_by_hand
def xor_by_hand():
    return [Liar()] * 4
