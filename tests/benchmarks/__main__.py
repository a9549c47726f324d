"""Every figure in one command: `python -m tests.benchmarks`, or `make benchmark`."""

from __future__ import annotations

from tests.benchmarks import engine, grading, student, watch

if __name__ == "__main__":
    print("## A student's wait")
    student.main()
    print("\n## From save to card\n")
    watch.main()
    print("\n## Grading a class\n")
    grading.main()
    print("\n## Engine\n")
    engine.main()
