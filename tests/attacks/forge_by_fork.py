"""Forks: the child keeps the judge's socket and answers, the parent exits.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    if os.fork():
        os._exit(0)
    forge({"d": [["returned", {"d": [["points", 4.0]]}]]})
    while True:
        signal.pause()
