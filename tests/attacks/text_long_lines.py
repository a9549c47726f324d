"""Lines of a megabyte in code, in messages and in printed text.

must: xor_by_hand fails
"""

# %% xor_by_hand
exec("def xor_by_hand():\n    raise ValueError('" + "y" * 1_000_000 + "')")
print("z" * 5_000_000)
