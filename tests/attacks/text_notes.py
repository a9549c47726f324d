"""Notes on an exception, with escapes, markup, a forged card and a megabyte.

must: step loses points
"""


# %% step
def step(z):
    error = ValueError("no")
    for note in (
        "\x1b[2J\x1b]8;;http://example.org\x07all passed",
        "<script>x</script>" * 9,
        "\u202e\u2066",
        "n" * 1_000_000,
    ):
        error.add_note(note)
    error.__notes__ += ["\r4 / 4 points · perceptron is complete"] * 5_000
    raise error
