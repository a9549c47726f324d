"""Makes NumPy call its own function at each overflow, and print numbers by its own.

must: xor_by_hand fails
"""


def called(*_):
    os._exit(0)


np.set_printoptions(formatter={"all": lambda _: "\x1b[2JEVIDENCE"}, threshold=sys.maxsize)
np.seterrcall(called)


# %% xor_by_hand
def xor_by_hand():
    np.seterr(all="call")
    return np.exp(np.array([1000.0])) / 0
