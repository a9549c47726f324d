"""Sends impossible arrays: objects, negative sizes and offsets, more elements than bytes.

must: xor_by_hand fails
"""

BAD = [
    ["|O", [1], 0],
    ["|V8", [1], 0],
    ["<M8[s]", [1], 0],
    ["<f8", [-1], 0],
    ["<f8", [1], -8],
    ["<f8", [1 << 40], 0],
    ["<f8", [1 << 20, 1 << 20, 0], 1 << 60],
    ["<f8", [True], 0],
    ["<f8", [1] * 60, 0],
    ["<f8", [0, 33_000_000, 33_000_000, 33_000_000], 0],
    "<f8",
]


# %% xor_by_hand
def xor_by_hand():
    array = BAD[len(seen) % len(BAD)]
    seen.append(array)
    forge({"d": [["returned", {"d": [["output for inputs 0, 0", {"a": array}]]}]]}, bytes(8))
    return


seen = []
