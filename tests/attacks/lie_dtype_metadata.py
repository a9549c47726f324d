"""Arrays whose dtype carries objects, titles and other dtypes along, and records that look like numbers.

must: signed_distance fails
"""


class Evil(str):
    def __eq__(self, other):
        return True

    __hash__ = str.__hash__

    def __reduce__(self):
        return (os.system, ("touch /tmp/gradfn-attack-evidence",))


# %% signed_distance
def signed_distance(X, w, b):
    asked.append(1)
    kinds = (
        np.dtype(float, metadata={Evil("expected"): Evil("passed")}),
        np.dtype([(("title", "n"), "f8")]),
        np.dtype((np.record, [("n", "f8")])),
        np.dtype({"names": ["n"], "formats": ["f8"], "offsets": [8], "itemsize": 24}),
        np.dtype(("f8", (1,))),
    )
    return np.zeros(len(X), kinds[len(asked) % len(kinds)])


asked = []
