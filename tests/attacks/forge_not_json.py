"""Sends bytes that are not JSON, not UTF-8 and not numbers.

must: xor_by_hand fails
"""

WORSE = [
    b"\xff\xfe",
    b"NaN",
    b"[Infinity]",
    b'{"a": 1, "a": 2}',
    b"",
    b'{"d": [[1, 2]]}',
    b'{"?": 1}',
    b"\x00",
]


# %% xor_by_hand
def xor_by_hand():
    forge(WORSE[len(sent) % len(WORSE)])
    sent.append(1)
    return


sent = []
