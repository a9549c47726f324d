"""`python -m autograder.cli`: the `gradfn` command where it is not on the PATH."""

import sys

from autograder.cli import main

if __name__ == "__main__":
    sys.exit(main())
