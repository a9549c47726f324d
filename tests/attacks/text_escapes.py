"""Prints and raises terminal escapes, bidi controls, nulls and lone surrogates.

must: xor_by_hand fails
"""

EVIL = "\x1b]0;owned\x07\x1b[2J\x1b[31m\u202epassed\u2066\x00\x08\r\ud800\u200b\ufeff"
print(EVIL)
print(EVIL, file=sys.stderr)


# %% xor_by_hand
def xor_by_hand():
    print(EVIL)
    error = type(EVIL, (Exception,), {})
    raise error(EVIL)
