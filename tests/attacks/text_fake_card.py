"""A message that looks like the judge's own card with full points.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    raise ValueError("\nxor_by_hand · network computes xor" + " " * 40 + "3 / 3 points\n  passed")
