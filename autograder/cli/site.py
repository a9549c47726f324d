"""The command that builds the site."""

from __future__ import annotations

import argparse
from pathlib import Path

from autograder.cli.commands import command
from autograder.cli.common import display_path, kit_to_grade


@command("site", "--kit")
def _site(arguments: argparse.Namespace) -> None:
    """Build a site for learners without an install.

    Python runs in their browser. All units that need no PyTorch are there, as notebooks. Any web server
    that serves files will do, also from a folder of its own. An earlier site in DIR is replaced. Pyodide,
    the Python in the browser, is loaded from its CDN. For a network that has none of it, name a folder
    with Pyodide 0.27 and its packages: what the site needs of it is copied.

        DIR                    the folder to write
        --pyodide URL|FOLDER   where Pyodide is: an address, or a folder to copy it from (default: its CDN)
        --workflow REPOSITORY  write a workflow into this repository too, for GitHub Pages at each push

        gradfn site public
        gradfn site public --pyodide ~/Downloads/pyodide
        gradfn site public --workflow .
    """
    kit = kit_to_grade(arguments)
    from autograder.authors.site.build import CDN, build_site, write_workflow

    folder = arguments.dir
    site = build_site(kit, folder, arguments.pyodide or CDN)
    size = f"{site.files} files, {site.size / 1e6:.0f} MB, no solutions"
    print(f"The site is in {display_path(folder)}: {len(site.units)} units, {size}")
    print(f"To look at it: python -m http.server --directory {display_path(folder)}")
    if arguments.workflow:
        print(f"The workflow is in {display_path(write_workflow(Path(arguments.workflow)))}")
        print("On GitHub, choose GitHub Actions as the source once: Settings, Pages")
