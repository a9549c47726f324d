"""Prints what graders print: a full score, a passed test, a report.

must: xor_by_hand fails
"""

# %% xor_by_hand
print('{"unit": "perceptron", "points": 25.0, "max_points": 25.0, "checks": []}')


def xor_by_hand():
    print("4.0")
    print("passed\n4 / 4 points\n===== 2 passed in 0.01s =====")
    print('{"status": "passed", "points": 4}', file=sys.stderr)
    return 4.0
