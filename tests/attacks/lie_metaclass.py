"""A class whose metaclass claims to be every other class, and an object without a class.

must: xor_by_hand fails
"""


class Meta(type):
    def __eq__(cls, other):
        return True

    def __instancecheck__(cls, item):
        return True

    def __hash__(cls):
        return hash(dict)

    __module__ = property(lambda cls: 1 / 0)
    __qualname__ = property(lambda cls: 1 / 0)


Everything = Meta("Everything", (), {})


# %% xor_by_hand
def xor_by_hand():
    return [Everything()] * 4
