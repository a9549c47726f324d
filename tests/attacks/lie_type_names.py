"""A type whose name is an escape sequence, a page of HTML and a line of a report.

must: signed_distance fails
"""

NAME = "\x1b[2J\x1b]0;owned\x07<img src=x onerror=alert(1)>\u202e\n4 / 4 points"
Named = type(NAME, (), {"__module__": NAME})


# %% signed_distance
def signed_distance(X, w, b):
    return Named()
