"""Answers with lone surrogates, as texts, keys, names and exceptions.

must: step loses points
"""


# %% step
def step(z):
    print("\udc80 \ud800")
    sys.stdout.write("\udfff" * 3000)
    if np.ndim(z):
        return {"\ud800": "\udcff", ("\udc80",): [float("nan")]}
    raise type("\u0416rror", (Exception,), {})("\udc80" * 50)
