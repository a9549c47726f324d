"""Every right and every wrong answer of the site's units, judged in the browser and here.

    python -m tests.site.sweep [UNIT ...]

It takes minutes, so the suite judges one unit this way. Exit status 1 if the browser says anything else.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from autograder.authors.site.build import build_site
from autograder.units.kit import Kit
from tests.browser import Page, chromium
from tests.conftest import ROOT
from tests.site.served import pyodide, served, verdicts_there
from tests.site.verdicts import verdicts


def main() -> int:
    """Compare unit by unit; print what differs."""
    differ = 0
    kit = Kit(ROOT)
    with TemporaryDirectory() as name:
        names = build_site(kit, Path(name) / "site", str(pyodide())).units
        with served(Path(name)) as (url, _), chromium() as driver:
            driver.set_script_timeout(1200)
            driver.command_executor.client_config.timeout = 1200
            page = Page(driver)
            for unit in sys.argv[1:] or names:
                page.open(f"{url}site/")
                start = time.monotonic()
                there, here = verdicts_there(page, unit), verdicts(kit, unit)
                seconds = time.monotonic() - start
                wrong = {
                    key: (value, there.get(key)) for key, value in here.items() if there.get(key) != value
                }
                differ += len(wrong)
                mistakes = len(here) - sum(len(e.checks) for e in kit.unit(unit).exercises.values())
                print(
                    f"{unit}: {len(here) - mistakes} checks, {mistakes} mistakes, {seconds:.0f} s", flush=True
                )
                for key, (home, browser) in wrong.items():
                    print(f"  {key}: here {home!r}, in the browser {browser!r}")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
