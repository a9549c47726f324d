"""Sends names with terminal escapes, bidi controls and a lone surrogate, where the card shows them.

must: xor_by_hand fails
"""


# %% xor_by_hand
def xor_by_hand():
    evil = "\x1b]0;owned\x07\x1b[2J\u202e\u2066\ud800\x00<script>alert(1)</script>"
    values = [["output for inputs 0, 0", {"o": evil}], [evil, 1], ["shape of W1", {"o": evil}]]
    forge(
        {"d": [["returned", {"d": values}], ["last_call", evil], ["modified", [evil]], ["warnings", [evil]]]}
    )
    return
