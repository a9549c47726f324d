"""JSON that parsers read in several ways: repeated keys, huge exponents, other encodings, a mark in front.

must: xor_by_hand fails
"""

TREES = [
    b'{"d": [["returned", 1]], "d": [["returned", 2]]}',
    b'{"d": [["returned", 1e999], ["returned", -1e999], ["returned", {"f": "nan"}]]}',
    '{"d": [["returned", 1]]}'.encode("utf-16"),
    '{"d": [["returned", 1]]}'.encode("utf-32-be"),
    b"\xef\xbb\xbf" + b'{"d": [["returned", 1]]}',
    b'{"d": [["\\u0000returned", "\\ud800"], ["failed", {"t": []}]]}',
    b'{"d": [["returned", {"a": ["<f8", [], 0, 0]}]]}',
    b'{"d": [["returned", {"d": [["__class__", 1], ["output for inputs 0, 0", {"o": "float"}]]}]]}',
    b"1" * 4000,
    b"[" * 30 + b"]" * 30,
    b'""',
]


# %% xor_by_hand
def xor_by_hand():
    seen.append(1)
    forge(TREES[len(seen) % len(TREES)])
    return


seen = []
