"""A callable with a false signature, a false __name__ and a __call__ that is found late.

must: xor_by_hand fails
"""


class Answer:
    __signature__ = "none at all"
    __wrapped__ = property(lambda self: self)

    def __getattr__(self, name):
        return self

    def __call__(self, *rest, **options):
        return self

    def __iter__(self):
        return iter([self] * 4)


# %% xor_by_hand
xor_by_hand = Answer()
