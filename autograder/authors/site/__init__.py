"""A static site on which a learner needs no install: JupyterLite, with Python in the browser.

build          build_site(kit, folder, pyodide): the whole site
wheels         the kit, and what its kernel lacks, as wheels in the site
jupyter.json   how JupyterLite is set up
index.html     the front page, with front.css and front.js: units, progress, download, upload
convert.js     a notebook as a script and back, by the kit's own code in the browser
pages.yml      a workflow that builds the site and puts it on GitHub Pages
"""
