"""HTML and scripts in names, messages, printed text and code.

must: xor_by_hand fails
"""

SCRIPT = "</pre><script>alert('EVID' + 'ENCE')</script><img src=x onerror=alert(1)>"
print(SCRIPT)


# %% xor_by_hand
def xor_by_hand():
    raise type(SCRIPT, (Exception,), {})(SCRIPT)  # </pre><script>alert(1)</script>
