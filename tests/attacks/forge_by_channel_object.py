"""Finds the worker's channel object and makes it send a pass for every answer.

must: nothing passes
"""


def teach(channel):
    send = channel.send
    channel.send = lambda self, message, *rest: send(self, {"returned": {}}, *rest)


# %% xor_by_hand
teach(sys.modules["autograder.worker.channel"].Channel)
