"""An exception whose words, name and traceback are false, and whose str() never returns.

must: xor_by_hand fails
"""


class NotImplementedError(NotImplementedError):
    def __str__(self):
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass


# %% xor_by_hand
def xor_by_hand():
    raise NotImplementedError
